"""JSON-stat as Eurostat writes it: full and sparse cells, flags, errors; and the tables made from it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from data import definitions, refresh
from data.connectors import eurostat_api, http_cache
from data.errors import SourceError


@pytest.fixture(autouse=True)
def own_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZONE_LOCAL", str(tmp_path / "local"))
    monkeypatch.setattr(http_cache, "WAIT_S", 0.0)
    monkeypatch.setattr(http_cache, "PAUSE_S", 0.0)


def answer(dimensions: dict[str, list[str]], values: object, status: object = None) -> dict[str, object]:
    content: dict[str, object] = {
        "version": "2.0",
        "class": "dataset",
        "id": list(dimensions),
        "size": [len(codes) for codes in dimensions.values()],
        "dimension": {
            name: {
                "category": {
                    "index": {code: place for place, code in enumerate(codes)},
                    "label": {code: code for code in codes},
                }
            }
            for name, codes in dimensions.items()
        },
        "value": values,
    }
    return content if status is None else content | {"status": status}


TWO = {"freq": ["A"], "unit": ["THS_PER"], "geo": ["DE30", "NL32"], "time": ["2020", "2021"]}


def test_sparse_cells_keep_their_places_and_flags() -> None:
    cells = eurostat_api.decode("t", answer(TWO, {"0": 110.5, "3": 80.0}, {"0": "b", "1": "c", "3": "bu"}))
    by_cell = {(row.geo, row.time): (row.value, row.flag) for row in cells.itertuples()}
    assert by_cell[("DE30", "2020")] == (110.5, "b")
    assert by_cell[("NL32", "2021")] == (80.0, "bu")
    value, flag = by_cell[("DE30", "2021")]
    assert value != value  # confidential: a gap with its reason, not a zero
    assert flag == "c"
    assert ("NL32", "2020") not in by_cell


def test_full_lists_and_one_flag_for_all() -> None:
    cells = eurostat_api.decode("t", answer(TWO, [1, None, 3, 4], "p"))
    assert cells["flag"].tolist() == ["p"] * 4
    assert cells["value"].isna().tolist() == [False, True, False, False]
    listed = answer(TWO, [1, 2, 3, 4])
    listed["dimension"]["geo"]["category"]["index"] = ["NL32", "DE30"]  # type: ignore[index]
    assert eurostat_api.decode("t", listed)["geo"].tolist() == ["NL32", "NL32", "DE30", "DE30"]


def test_the_publishers_error_is_told() -> None:
    refused = {"error": [{"status": 400, "id": 150, "label": "Dataset not found"}]}
    with pytest.raises(SourceError, match=r"cult_emp_x: Eurostat refused the question \(Dataset not found\)"):
        eurostat_api.decode("cult_emp_x", refused)
    with pytest.raises(SourceError, match=r"cult_emp_x: Eurostat refused the question \(Dataset not found\)"):
        eurostat_api.fetch("cult_emp_x", client(lambda _: httpx.Response(400, json=refused)))
    with pytest.raises(SourceError, match="no JSON-stat dataset"):
        eurostat_api.decode("t", {"class": "collection"})


def client(handler: Callable[[httpx.Request], httpx.Response]) -> httpx.Client:
    return httpx.Client(transport=httpx.MockTransport(handler))


def test_a_passing_fault_is_tried_again_and_a_lasting_one_told() -> None:
    calls = []

    def flaky(request: httpx.Request) -> httpx.Response:
        calls.append(request.url)
        return httpx.Response(503) if len(calls) < 3 else httpx.Response(200, json=answer(TWO, [1, 2, 3, 4]))

    cells = eurostat_api.fetch("cult_emp_reg", client(flaky), geo=["DE30", "NL32"])
    assert len(cells) == 4
    assert len(calls) == 3
    assert calls[0].params.get_list("geo") == ["DE30", "NL32"]
    with pytest.raises(SourceError, match="stays in use"):
        eurostat_api.fetch("cult_emp_reg", client(lambda _: httpx.Response(503)))
    with pytest.raises(
        SourceError, match="cult_emp_reg: the server could not be reached; what is cached was fetched today"
    ):
        eurostat_api.fetch("cult_emp_reg", client(lambda _: httpx.Response(503)), geo=["DE30", "NL32"])
    with pytest.raises(SourceError, match="cannot be fetched"):
        eurostat_api.fetch("cult_emp_reg", client(lambda _: httpx.Response(200, text="<html>")))


def test_every_refreshed_table_keeps_its_contract() -> None:
    def eurostat(request: httpx.Request) -> httpx.Response:
        name = request.url.path.rsplit("/", 1)[-1]
        head = {"freq": ["A"], "unit": [request.url.params["unit"]]}
        rest = {"geo": ["DE", "DE30"], "time": ["2021", "2022"]}
        more = {
            "cult_emp_sex": {"sex": ["T", "F"]},
            "cult_emp_age": {"age": ["Y15-29", "TOTAL"], "sex": ["T"]},
            "cult_emp_edu": {"isced11": ["ED5-8", "TOTAL"]},
            "cult_emp_n2": {"nace_r2": ["R90", "R91"]},
            "lfst_r_lfe2emp": {"sex": ["T"], "age": ["Y_GE15"]},
        }.get(name, {})
        dimensions = head | more | rest
        count = 1
        for codes in dimensions.values():
            count *= len(codes)
        values = {str(place): 10.0 + place for place in range(count - 1)}
        return httpx.Response(200, text=json.dumps(answer(dimensions, values, {"0": "b", str(count - 1): "c"})))

    tables = {}
    for name in ("cultural_employment", "employment", "cultural_employment_parts", "regional_gdp"):
        download = refresh.sources()[f"world/{name}"].download
        assert download is not None
        tables[name] = definitions.check(name, download("world", client(eurostat)))
        assert len(tables[name]), name
    regions = tables["cultural_employment"]
    assert set(regions["nuts_id"]) == {"DE30"}  # countries are not regions
    assert regions["year"].tolist() == [2021]  # the confidential cell stays a gap
