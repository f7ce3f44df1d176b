"""Headers, health, logs, what the static folder gives away, and two instances on one database, over real HTTP."""

from __future__ import annotations

import http.cookiejar
import json
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pgserver
import pytest

from bench.driver import ROOT, Reader, free_port, healthy, served
from data.store import rooms


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    folder = tmp_path_factory.mktemp("guard")
    port, log = free_port(), folder / "log"
    (folder / "catalogue.json").write_text('{"tables": [], "cities": []}')
    surroundings = {"ZONE_LOCAL": str(folder), "ZONE_ROLE": "viewer", "PATH": "/usr/bin:/bin"}
    with log.open("w") as lines:
        process = subprocess.Popen(
            [sys.executable, "serve.py", "--server.port", str(port)],
            cwd=ROOT,
            env=surroundings,
            stderr=lines,
            stdout=lines,
        )
        healthy(f"localhost:{port}")
        yield f"localhost:{port}", log
        process.terminate()
        process.wait(15)


def get(host: str, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    try:
        with urllib.request.urlopen(
            urllib.request.Request(f"http://{host}{path}", headers=headers), timeout=60
        ) as answer:
            return answer.status, {key.lower(): value for key, value in answer.headers.items()}, answer.read()
    except urllib.error.HTTPError as fault:
        return fault.code, {key.lower(): value for key, value in fault.headers.items()}, fault.read()


@pytest.mark.parametrize(
    "path", ["/", "/coverage", "/join", "/api/catalogue", "/healthz", "/app/static/icon.png", "/s/NONE.png"]
)
def test_every_answer_carries_the_headers(running: tuple[str, Path], path: str) -> None:
    _status, headers, _body = get(running[0], path)
    assert "default-src 'self'" in headers["content-security-policy"]
    assert "object-src 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "http" not in headers["content-security-policy"].replace("'self'", "")  # no other server is allowed anything


@pytest.mark.parametrize(
    "path",
    [
        "/app/static/../app.py",
        "/app/static/%2e%2e/app.py",
        "/app/static/..%2fserve.py",
        "/static/../../etc/passwd",
        "/app/static/.streamlit/secrets.toml",
        "/.streamlit/config.toml",
        "/data/local/zone.db",
        "/app/static/",
    ],
)
def test_nothing_but_assets_is_given_away(running: tuple[str, Path], path: str) -> None:
    _status, _headers, body = get(running[0], path)
    assert b"import streamlit" not in body
    assert b"PagesManager" not in body
    assert b"root:" not in body
    assert b"[server]" not in body
    assert b"SQLite format" not in body
    assert b"map-dark" not in body


def test_the_static_folder_holds_assets_only() -> None:
    assert {path.suffix for path in (ROOT / "static").rglob("*") if path.is_file()} <= {".png", ".json", ".svg"}


def test_health_says_what_is_well(running: tuple[str, Path]) -> None:
    status, _headers, body = get(running[0], "/healthz")
    state = json.loads(body)
    assert (status, state["status"], state["database"], state["local"]) == (200, "ok", "ok", "ok")


def test_logs_are_lines_of_json_without_anybody_in_them(running: tuple[str, Path]) -> None:
    host, log = running
    get(host, "/join/SECRET?lang=de&name=Ann", **{"User-Agent": "Annsbrowser", "X-Forwarded-For": "203.0.113.9"})
    get(host, "/api/tables/world/countries?iso3=SYR")
    lines = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    assert {"at", "level", "name", "message"} <= set(lines[-1])
    assert any(line.get("part") == "/join" for line in lines)
    for word in ("SECRET", "Ann", "203.0.113.9", "127.0.0.1", "SYR", "lang=de"):
        assert word not in log.read_text(), word


def test_an_agent_cannot_drive_the_app_unseen(running: tuple[str, Path]) -> None:
    assert get(running[0], "/_stcore/agent/interact")[0] in (403, 404, 405)


def test_uploads_and_forms_of_another_site_are_refused(running: tuple[str, Path]) -> None:
    host = running[0]
    request = urllib.request.Request(
        f"http://{host}/_stcore/upload_file/x/y", data=b"x", method="PUT", headers={"Origin": "http://evil.example"}
    )
    with pytest.raises(urllib.error.HTTPError) as fault:
        urllib.request.urlopen(request, timeout=30)
    assert fault.value.code in (400, 403)


def test_deep_links_with_nonsense_open_the_default(running: tuple[str, Path]) -> None:
    reader = Reader(running[0])
    for query in (
        {
            "district": "' OR 1=1 --",
            "from": "NaN",
            "to": "99999999999",
            "lang": "<script>",
            "city": "../../etc",
            "level": "x" * 5000,
        },
        {"story": "%00", "step": "-1", "room": "\u202e", "service": "__import__", "embed": "maybe"},
    ):
        for page in ("coverage", "displacement", "reach", "goals", "workshop", "story"):
            reader.open(page, **query)
            assert not reader.faults, (page, query)
    reader.close()


def test_two_instances_on_one_postgresql_are_one_app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    database = pgserver.get_server(tmp_path / "postgres")
    address = database.get_uri().replace("postgresql://", "postgresql+psycopg://")
    surroundings = {"ZONE_DATABASE": address, "ZONE_LOCAL": str(tmp_path / "local")}
    with served(surroundings) as (first, _process), served(surroundings) as (second, _other):
        monkeypatch.setenv("ZONE_DATABASE", address)
        code = rooms.open_room("berlin", "Room", [])
        number = rooms.add_question(code, "poll", "What?", [("a", "A"), ("b", "B")])
        jar = http.cookiejar.CookieJar()
        phone = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
        phone.open(f"http://{first}/join/{code}", timeout=30).read()
        for host, choice in ((first, "a"), (second, "b")):  # the phone comes back through the other one
            vote = json.dumps({"question": number, "value": [choice]}).encode()
            sent = urllib.request.Request(
                f"http://{host}/join/{code}/answer", data=vote, headers={"Content-Type": "application/json"}
            )
            assert json.loads(phone.open(sent, timeout=30).read()) == {"stored": True}
        assert rooms.count(number) == 1
        for host in (first, second):
            reader = Reader(host)
            reader.open("workshop")
            assert any(code in words for words in reader.words), host
            reader.close()
    database.cleanup()
