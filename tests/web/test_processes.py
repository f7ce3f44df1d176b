"""Several processes behind one port: who answers whom, that sessions stay where they are, what outlives a process."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.web.server.starlette.starlette_app_utils import generate_xsrf_token_string

from bench.driver import ROOT, Reader, healthy, served
from services.presence import Presence
from web.processes import parsed, process_for

PAGES = 2


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int]]:
    """One server of three processes beside its first."""
    surroundings = {"ZONE_LOCAL": str(tmp_path_factory.mktemp("local")), "ZONE_PROCESSES": str(PAGES)}
    with served(surroundings | {"ZONE_ROLE": "admin", "ZONE_METRICS": "1"}) as running:
        yield running


def children(process: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def cookie(token: bytes) -> bytes:
    return f"lang=de; _streamlit_xsrf={generate_xsrf_token_string(token, 1)}".encode()


def test_a_reader_has_one_process_whatever_hides_the_cookie() -> None:
    tokens = [number.to_bytes(16, "big") for number in range(300)]
    numbers = [{process_for("/", [(b"cookie", cookie(token))], 3) for _again in range(5)} for token in tokens]
    assert all(len(number) == 1 for number in numbers)
    readers = Counter(number for (number,) in numbers)
    assert set(readers) == {1, 2, 3}
    assert min(readers.values()) > 60, "shared about evenly: 100 each, and 60 is five standard deviations away"


def test_phones_and_programs_are_apart_and_strangers_go_by_their_browser() -> None:
    for path in ("/join/ABCD/now", "/api/tables", "/s/ABCD", "/healthz", "/metrics"):
        assert process_for(path, [(b"cookie", cookie(bytes(16)))], 2) == 0
    assert process_for("/stories", [], 2) > 0
    browser = [(b"User-Agent", b"Firefox"), (b"accept-language", b"de")]
    assert {process_for(path, browser, 7) for path in ("/", "/_stcore/stream", "/media/a.png")} == {
        process_for("/coverage", list(reversed(browser)), 7)
    }
    torn = (b"2|zz|", b"2||00|1", b"2|00|zz|1", b"|||", b"")
    for value in torn:
        fields = [(b"cookie", b"_streamlit_xsrf=" + value), *browser]
        assert process_for("/", fields, 7) == process_for("/", browser, 7)


def test_heads_are_read_and_what_is_none_goes_to_pages() -> None:
    head = b"GET /join/AB?x=1 HTTP/1.1\r\nHost: a\r\nCookie:  b=c:d \r\n\r\nbody: x\r\n"
    assert parsed(head) == ("/join/AB", [(b"Host", b"a"), (b"Cookie", b"b=c:d")])
    for nothing in (b"", b"\r\n\r\n", b"\x16\x03\x01 hello", b"GET /join/AB"):
        assert parsed(nothing) == ("", [])
        assert process_for("", [], 2) in (1, 2)


def test_readers_are_shared_and_each_finds_its_own_files(server: tuple[str, int]) -> None:
    host, _process = server
    statuses: list[int] = []
    for number in range(6):  # two processes: one side for all of them has a chance of 1 in 32
        reader = Reader(host)
        reader.open("data_city")
        assert not reader.faults
        connection = http.client.HTTPConnection(host, timeout=30)
        address = f"/_stcore/upload_file/{reader.session}/file{number}"
        body = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\na,b\r\n--x--\r\n'
        token = reader.cookie.split("=", 1)[1]
        fields = {"Cookie": reader.cookie, "X-Xsrftoken": token, "Content-Type": "multipart/form-data; boundary=x"}
        # a connection that a stranger of this browser opened before there was a cookie
        connection.request("GET", "/_stcore/health", headers={"User-Agent": "Browser"})
        connection.getresponse().read()
        for _redirect in range(3):
            connection.request("PUT", address, body=body, headers=fields)
            answer = connection.getresponse()
            answer.read()
            statuses.append(answer.status)
            if answer.status != 307:
                break
            assert answer.getheader("connection") == "close"
            assert answer.getheader("location") == address
        assert statuses[-1] == 204
        reader.close()
    assert 307 in statuses, "some came over a connection of the other process"


def test_a_session_never_begins_over_another_readers_connection(server: tuple[str, int]) -> None:
    """As behind a proxy that keeps its connections: it is refused, closed, and finds its process on a new one."""
    host, _process = server
    tokens = [number.to_bytes(16, "big") for number in range(40)]
    cookies = {process_for("/", [(b"cookie", cookie(token))], PAGES): cookie(token).decode() for token in tokens}
    assert set(cookies) == {1, 2}
    upgrade = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Origin": f"http://{host}",
    }
    connection = http.client.HTTPConnection(host, timeout=30)
    for first in (1, 2):
        connection.request("GET", "/_stcore/health", headers={"Cookie": cookies[first]})
        connection.getresponse().read()
        connection.request("GET", "/_stcore/stream", headers=upgrade | {"Cookie": cookies[3 - first]})
        refused = connection.getresponse()
        assert refused.status == 403
        refused.read()
        connection.close()
        connection.request("GET", "/_stcore/stream", headers=upgrade | {"Cookie": cookies[3 - first]})
        assert connection.getresponse().status == 101
        connection.close()


def test_a_process_that_dies_is_begun_anew_and_the_others_go_on(server: tuple[str, int]) -> None:
    host, process = server
    before = children(process)
    readers = [Reader(host) for _number in range(8)]
    for reader in readers:
        reader.open("data_tables")
    os.kill(before[1], signal.SIGKILL)
    alive = 0
    for reader in readers:
        try:
            reader.open("data_tables")
            alive += 1
        except Exception:  # its process is gone
            continue
    assert 0 < alive < len(readers), "one process of two was killed"
    end = time.monotonic() + 30
    while len(children(process)) < len(before) or before[1] in children(process):
        assert time.monotonic() < end
        time.sleep(0.1)
    for _number in range(4):
        again = Reader(host)
        again.open("data_tables")
        assert not again.faults
        again.close()


def test_whoever_says_half_a_sentence_holds_nobody_up(server: tuple[str, int]) -> None:
    host, _process = server
    name, port = host.split(":")
    silent = [socket.create_connection((name, int(port))) for _number in range(50)]
    for connection in silent:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: ")
    start = time.monotonic()
    assert urllib.request.urlopen(f"http://{host}/_stcore/health", timeout=5).status == 200
    assert time.monotonic() - start < 5
    silent[0].sendall(f"{host}\r\n\r\n".encode())
    silent[0].settimeout(10)
    assert silent[0].recv(15).startswith(b"HTTP/1.1 200")
    for connection in silent:
        connection.close()


def test_instruments_count_all_processes(server: tuple[str, int]) -> None:
    host, _process = server
    readers = [Reader(host) for _number in range(8)]
    text = urllib.request.urlopen(f"http://{host}/metrics", timeout=5).read().decode()
    line = next(line for line in text.splitlines() if line.startswith("zone_readers"))
    assert float(line.split()[-1]) >= 8
    for reader in readers:
        reader.close()


@pytest.mark.parametrize("kind", [signal.SIGTERM, signal.SIGKILL])
def test_all_end_with_the_first(kind: signal.Signals, tmp_path: Path) -> None:
    surroundings = {"ZONE_LOCAL": str(tmp_path), "ZONE_PROCESSES": str(PAGES)}
    with served(surroundings) as (_host, process):
        family = children(process)
        assert len(family) == PAGES + 1
        os.kill(process, kind)
        end = time.monotonic() + 20
        while any(is_running(member) for member in family):
            assert time.monotonic() < end
            time.sleep(0.1)


def is_running(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_pages_know_the_phones_of_another_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZONE_LOCAL", str(tmp_path))
    phones = "from services.presence import PRESENCE as p; p._written = -9; p.note('AB', 'x', False)"
    more = "; p._written = -9; p.note('AB', 'y', True); p._written = -9; p.note('CD', 'y', True)"
    subprocess.run([sys.executable, "-c", phones + more], cwd=ROOT, check=True)
    here = Presence()
    assert here.count("AB") == (2, 1)
    here.note("AB", "z", True)
    assert here.count("AB") == (3, 2)
    assert here.count("EF") == (0, 0)
    for file in tmp_path.glob("presence/*.json"):
        assert b"x" not in file.read_bytes()
        os.utime(file, (time.time() - 9, time.time() - 9))
    assert here.count("AB") == (1, 1), "what is old is over"


def test_more_silent_connections_than_a_process_may_open_end_nothing(tmp_path: Path) -> None:
    surroundings = {"ZONE_LOCAL": str(tmp_path), "ZONE_PROCESSES": str(PAGES)}
    with served(surroundings, before=("sh", "-c", 'ulimit -n 160; exec "$@"', "sh")) as (host, process):
        name, port = host.split(":")
        silent = [socket.create_connection((name, int(port))) for _number in range(400)]
        healthy(host, within=20)
        assert len(children(process)) == PAGES + 1
        assert urllib.request.urlopen(f"http://{host}/_stcore/health", timeout=20).status == 200
        for connection in silent:
            connection.close()
