"""Headers, health, logs, what the static folder gives away, and two instances on one database, over real HTTP."""

from __future__ import annotations

import http.client
import http.cookiejar
import json
import select
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace
from uuid import uuid4

import pytest
from sqlalchemy.exc import OperationalError
from starlette.responses import Response
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFileRec

from bench.driver import ROOT, Reader, free_port, healthy, served
from data.errors import DataError
from data.settings import settings
from data.store import rooms
from views import uploads
from web import guard
from web.guard import Guard
from web.rates import Rates


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
    assert "connect-src 'self';" in headers["content-security-policy"]
    assert "frame-ancestors 'self'" in headers["content-security-policy"]
    assert "strict-transport-security" not in headers  # over plain HTTP browsers would not heed it
    https = get(running[0], path, **{"X-Forwarded-Proto": "https"})[1]  # as the proxy before it says
    assert https["strict-transport-security"] == "max-age=31536000"
    assert all("secure" in cookie.lower() for cookie in https.get("set-cookie", "").split(", ") if "=" in cookie)


def test_cookies_over_tls_go_nowhere_else() -> None:
    def cookies(scheme: str) -> list[str]:
        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            response = Response()
            response.set_cookie("plain", "1")
            response.set_cookie("safe", "1", secure=True)
            await response(scope, receive, send)

        return TestClient(Guard(app), base_url=f"{scheme}://testserver").get("/").headers.get_list("set-cookie")

    assert [cookie.lower().count("secure") for cookie in cookies("https")] == [1, 1]
    assert [cookie.lower().count("secure") for cookie in cookies("http")] == [0, 1]


def test_sites_that_may_frame_a_page_are_the_owners_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await Response()(scope, receive, send)

    monkeypatch.setenv("ZONE_EMBED", "https://city.example https://*.city.example:8443")
    policy = TestClient(Guard(app)).get("/").headers["content-security-policy"]
    assert policy.endswith("frame-ancestors 'self' https://city.example https://*.city.example:8443")
    for wrong in ("*", "https:", "https://a; script-src *", "https://a\r\nx: y", "data:"):
        monkeypatch.setenv("ZONE_EMBED", wrong)
        with pytest.raises(DataError, match="ZONE_EMBED is"):
            settings()


def test_a_fault_is_one_calm_answer_and_one_line(caplog: pytest.LogCaptureFixture) -> None:
    def answer(error: Exception) -> tuple[int, str]:
        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            raise error

        reply = TestClient(Guard(app)).get("/x")
        return reply.status_code, reply.json()["fault"]

    statement = OperationalError("SELECT secret", {"name": "Ann"}, Exception("disk I/O error"))
    assert answer(statement)[0] == 503
    assert "Nothing was stored" in answer(statement)[1]
    assert not any(word in caplog.text for word in ("SELECT", "Ann", "Traceback"))
    assert answer(ValueError("ours"))[0] == 500


def test_a_client_that_asks_too_fast_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await Response()(scope, receive, send)

    monkeypatch.setattr(guard, "DELAY_S", 0.0)
    monkeypatch.setitem(guard.RATES, "/api", Rates(burst=3, per_s=0.01))
    greedy, quiet = (TestClient(Guard(app), client=(host, 1)) for host in ("192.0.2.1", "192.0.2.2"))
    assert [greedy.get("/api/catalogue").status_code for _ in range(5)] == [200, 200, 200, 429, 429]
    assert int(greedy.get("/api/x").headers["Retry-After"]) > 1
    assert greedy.get("/api/x").json()["fault"].startswith("Too many requests from one place.")
    assert quiet.get("/api/catalogue").status_code == 200
    assert greedy.get("/coverage").status_code == 200  # pages go on


def test_messages_of_one_websocket_come_no_faster_than_a_page_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "MESSAGES", Rates(burst=5, per_s=20))
    taken: list[float] = []

    async def app(_scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        for _ in range(15):
            await receive()
            taken.append(time.monotonic())
        await send({"type": "websocket.close", "code": 1000})

    with TestClient(Guard(app)).websocket_connect("/_stcore/stream") as flood:
        for _ in range(15):
            flood.send_bytes(b"x")
        assert flood.receive()["type"] == "websocket.close"
    assert taken[4] - taken[0] < 0.2
    assert taken[-1] - taken[0] >= 0.4  # ten of them at twenty a second


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
        {"story": "A", "step": "²", "room": "A", "question": "9" * 31, "notes": "²", "code": "\x00"},
        {"story": "%00", "step": "-1", "room": "\u202e", "service": "__import__", "embed": "maybe"},
    ):
        for page in ("coverage", "displacement", "reach", "goals", "workshop", "story"):
            reader.open(page, **query)
            assert not reader.faults, (page, query)
    reader.close()


def test_two_instances_on_one_postgresql_are_one_app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pgserver = pytest.importorskip("pgserver", reason="it has no wheel for this version of Python")
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


def test_uploads_are_taken_where_the_page_has_a_place_for_them(running: tuple[str, Path]) -> None:
    """A session's page without an uploader takes none; with one it does, up to a bound."""
    host = running[0]
    reader = Reader(host)
    reader.open("coverage")

    def upload(size: int) -> tuple[int, bytes]:
        start, end = b'--b\r\nContent-Disposition: form-data; name="f"; filename="a.toml"\r\n\r\n', b"\r\n--b--\r\n"
        connection = http.client.HTTPConnection(host, timeout=60)
        connection.putrequest("PUT", f"/_stcore/upload_file/{reader.session}/{uuid4()}")
        for name, value in (
            ("Content-Type", "multipart/form-data; boundary=b"),
            ("Content-Length", str(len(start) + size + len(end))),
            ("X-Xsrftoken", xsrf),
            ("Cookie", cookie),
            ("Expect", "100-continue"),  # as a client that waits to hear whether it may send
        ):
            connection.putheader(name, value)
        connection.endheaders()
        told = select.select([connection.sock], [], [], 2)[0]
        if not told or connection.sock.recv(12, socket.MSG_PEEK) == b"HTTP/1.1 100":
            connection.send(start + b"x" * size + end)
        response = connection.getresponse()
        return response.status, response.read()

    cookie = reader.cookie
    xsrf = cookie.split("=", 1)[1]
    assert upload(10) == (403, b'{"fault":"This page takes no files."}')
    reader.open("what_if_compare")
    assert upload(10)[0] == 204
    assert upload(40_000_000)[0] == upload(40_000_000)[0] == 204
    status, content = upload(40_000_000)
    assert (status, b"no room for more files" in content) == (403, True)
    reader.open("coverage")  # what was brought to the other page is gone
    assert upload(10)[0] == 403
    reader.open("what_if_compare")
    assert upload(40_000_000)[0] == 204
    reader.close()
    assert upload(10)[0] in (400, 403)


def test_uploads_of_all_sessions_together_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    manager = MemoryUploadedFileManager("/upload")
    sessions = {f"session-{number}" for number in range(16)}
    runtime = SimpleNamespace(uploaded_file_mgr=manager, is_active_session=sessions.__contains__)
    monkeypatch.setattr(uploads, "get_instance", lambda: runtime)
    monkeypatch.setattr(uploads, "_places", set(sessions))
    with ExitStack() as under_way:  # all at once: what is still coming counts as well
        answers = [under_way.enter_context(uploads.accepted(session, 49_000_000)) for session in sorted(sessions)]
    assert answers.count("") == uploads.MAX_BYTES // 49_000_000
    for session in sorted(sessions)[:6]:
        manager.add_file(session, UploadedFileRec("1", "a", "b", b"x" * 49_000_000))
    with uploads.accepted("session-9", 49_000_000) as fault:
        assert "no room" in fault
    with uploads.accepted("session-9", -1) as fault:
        assert fault == "An upload says how long it is."
    assert not uploads._coming
