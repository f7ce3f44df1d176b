"""The table of servers: as expected, another answer, not reached; and the document that says what is expected."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from data.connectors import endpoints, http_cache, unhcr_api

DOCUMENT = Path(__file__).parents[2] / "docs/endpoints.md"
ENDPOINTS = {endpoint.name: endpoint for endpoint in endpoints.endpoints()}


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoints, "PAUSE_S", 0.0)


def client(handle: Callable[[httpx.Request], httpx.Response]) -> httpx.Client:
    return httpx.Client(transport=httpx.MockTransport(handle))


def eurostat(*dimensions: str) -> bytes:
    names = [*dimensions, "geo", "time"]
    dimension = {name: {"category": {"index": {name: 0}}} for name in names}
    content = {"version": "2.0", "class": "dataset", "id": names, "size": [1] * len(names), "dimension": dimension}
    return json.dumps(content | {"value": {"0": 1.5}}).encode()


def unhcr(name: str) -> bytes:
    columns = next(columns for path, columns in unhcr_api.ENDPOINTS.values() if name == f"UNHCR {path}")
    return json.dumps({"page": 1, "maxPages": 9, "items": [dict.fromkeys(columns, "0")]}).encode()


OVERPASS = {
    "elements": [
        {"type": "relation", "id": 34914, "tags": {"name": "Helsinki", "admin_level": "8"}},
        {"type": "node", "id": 25199022, "tags": {"place": "city", "population": "658864"}},
    ]
}
RECORDED: dict[str, bytes] = {
    "Overpass": json.dumps(OVERPASS).encode(),
    **{name: unhcr(name) for name in ENDPOINTS if name.startswith("UNHCR")},
    "Eurostat cult_emp_reg": eurostat("freq", "unit"),
    "Eurostat nama_10r_2gdp": eurostat("freq", "unit"),
    "Eurostat lfst_r_lfe2emp": eurostat("freq", "unit", "sex", "age"),
    "Eurostat cult_emp_sex": eurostat("freq", "unit", "sex"),
    "Eurostat cult_emp_age": eurostat("freq", "unit", "age"),
    "Eurostat cult_emp_edu": eurostat("freq", "unit", "isced11"),
    "Eurostat cult_emp_n2": eurostat("freq", "unit", "nace_r2"),
    "Eurostat census grid": b"PK\1\2 ... Eurostat_Census-GRID_2021_V3/ESTAT_Census_2021_V3.csv ... PK\5\6",
    "Kontur": b"\x1f\x8b\x08\x00 ...",
    "WorldPop": b"II*\0 ...",
    "GHS-POP": b"PK\3\4 ...",
    "Geofabrik": b"\0\0\0\x0d\n\tOSMHeader\x18 ...",
    "IHK Berlin, register": "\ufeffopendata_id;city;...;ihk_branch_id;nace_id".encode(),
}


@pytest.mark.parametrize("name", ENDPOINTS)
def test_a_recorded_answer_is_as_expected_and_a_page_of_html_is_not(name: str) -> None:
    endpoint, asked = ENDPOINTS[name], []

    def handle(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(206 if endpoint.part else 200, content=RECORDED[name])

    assert endpoints.ask(endpoint, client(handle)).state == endpoints.REACHED
    assert asked[0].headers["User-Agent"] == http_cache.AGENT
    assert asked[0].headers.get("Range", "") == endpoint.part
    wrong = endpoints.ask(endpoint, client(lambda _request: httpx.Response(200, content=b"<html>moved</html>")))
    assert wrong.state == endpoints.OTHER
    assert wrong.what
    gone = endpoints.ask(endpoint, client(lambda _request: httpx.Response(404)))
    assert (gone.state, gone.status, gone.what) == (endpoints.OTHER, 404, "the server says 404")
    busy = endpoints.ask(endpoint, client(lambda _request: httpx.Response(429)))
    assert (busy.state, busy.what) == (endpoints.FAILED, "it is busy or out of order")


def test_a_pointer_in_place_of_the_register_and_an_empty_list_are_another_answer() -> None:
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 9\n"
    register = ENDPOINTS["IHK Berlin, register"]
    outcome = endpoints.ask(register, client(lambda _request: httpx.Response(206, content=pointer)))
    assert (outcome.state, outcome.what) == (endpoints.OTHER, "it is Git LFS's pointer to the register")
    empty = json.dumps({"maxPages": 1, "items": []}).encode()
    outcome = endpoints.ask(ENDPOINTS["UNHCR idmc"], client(lambda _request: httpx.Response(200, content=empty)))
    assert outcome.what == "its items lack year, coo_iso, coa_iso, total"


def test_a_large_file_is_not_taken_whole_from_a_server_without_ranges() -> None:
    sent = []

    def whole() -> object:
        for number in range(10_000):
            sent.append(number)
            yield b"\x1f\x8b" + bytes(4094)

    answer = client(lambda _request: httpx.Response(200, content=whole()))  # type: ignore[arg-type]
    outcome = endpoints.ask(ENDPOINTS["Kontur"], answer)
    assert outcome.state == endpoints.REACHED
    assert len(sent) <= 20


def test_without_a_network_there_is_a_table_and_no_fault(capsys: pytest.CaptureFixture[str]) -> None:
    def refuse(_request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("[Errno 111] Connection refused")

    assert endpoints.main([], client(refuse)) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(ENDPOINTS) + 2
    assert all("not reached" in line and "Connection refused" in line for line in lines[1:-1])
    assert lines[-1] == f"0 as expected, 0 gave another answer, {len(ENDPOINTS)} not reached."


def test_another_answer_is_told_by_the_exit_code_and_names_choose(capsys: pytest.CaptureFixture[str]) -> None:
    asked = []

    def handle(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.host)
        return httpx.Response(200, content=RECORDED["Overpass"])

    assert endpoints.main(["overpass"], client(handle)) == 0
    assert endpoints.main(["overpass", "kontur"], client(handle)) == 1
    assert asked == ["overpass-api.de", "overpass-api.de", "geodata-eu-central-1-kontur-public.s3.amazonaws.com"]
    assert "1 as expected, 1 gave another answer, 0 not reached." in capsys.readouterr().out


def test_every_host_is_on_the_list_and_in_the_document() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    hosts = {httpx.URL(endpoint.address).host for endpoint in ENDPOINTS.values()}
    for endpoint in ENDPOINTS.values():
        http_cache.check_host(endpoint.address)
    assert hosts == set(http_cache.HOSTS)
    assert [host for host in hosts if host not in text] == []
    assert [path for path, _columns in unhcr_api.ENDPOINTS.values() if path not in text] == []
    assert [name for name in ENDPOINTS if name.startswith("Eurostat ") and name.split()[1] not in text] == []
