"""What breaks around the app: killed writers, a full disk, a jumping clock, no database; more in `bench.faults`."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.exc import SQLAlchemyError

import data
from bench import faults
from bench.driver import ROOT, Reader, free_port, healthy, served
from data import engine, local, store
from data.errors import BrokenTableError, storage_fault
from data.files import parquet_bytes
from data.store import database as database_module
from data.store import rooms, stories
from web import health as health_module


def test_killed_writers_lose_nothing_and_break_nothing(tmp_path: Path) -> None:
    result = faults.killed(list(faults.KINDS), 10, tmp_path, random.Random())
    assert result["kills"] == 10
    assert result["acknowledged"] >= 10
    assert (result["lost"], result["faults"]) == (0, 0)


@pytest.mark.parametrize("what", faults.TRIALS)
def test_what_cannot_be_stored_leaves_what_was(what: str) -> None:
    code, *arguments = faults.TRIALS[what]
    assert faults.trial(code, *arguments) == "calm"


def health(host: str) -> int:
    try:
        return int(urllib.request.urlopen(f"http://{host}/healthz", timeout=30).status)
    except urllib.error.HTTPError as answer:
        return answer.code


def test_a_database_that_goes_away_takes_no_figure_with_it_and_is_found_again(tmp_path: Path) -> None:
    place = tmp_path / "postgres"
    pgserver = pytest.importorskip("pgserver", reason="it has no wheel for this version of Python")
    database = pgserver.get_server(place)
    address = database.get_uri().replace("postgresql://", "postgresql+psycopg://")
    with served({"ZONE_DATABASE": address, "ZONE_LOCAL": str(tmp_path)}) as (host, _process):
        reader = Reader(host)
        reader.open("goals")
        assert not reader.faults
        assert health(host) == 200
        database.cleanup()
        reader.open("goals")
        assert not reader.faults
        assert any("database does not answer" in words for words in reader.words)
        assert health(host) == 503
        reader.open("coverage")
        assert not reader.faults
        assert reader.received > 300_000  # the map and its figures
        again = pgserver.get_server(place)
        assert again.get_uri().replace("postgresql://", "postgresql+psycopg://") == address
        reader.open("goals")
        assert not any("database does not answer" in words for words in reader.words)
        assert health(host) == 200
        reader.close()
        again.cleanup()


def get(host: str, path: str, body: bytes | None = None) -> tuple[int, bytes]:
    kind = {"Content-Type": "application/json", "Accept": "text/html"}
    try:
        with urllib.request.urlopen(urllib.request.Request(f"http://{host}{path}", body, kind), timeout=60) as answer:
            return int(answer.status), answer.read()
    except urllib.error.HTTPError as answer:
        return answer.code, answer.read()


@contextmanager
def logged(folder: Path, database: Path) -> Iterator[tuple[str, Path]]:
    """The app on a database, and the file that its lines go to."""
    port, log = free_port(), folder / "log"
    surroundings = {"ZONE_LOCAL": str(folder), "ZONE_DATABASE": f"sqlite:///{database}", "ZONE_ROLE": "editor"}
    with log.open("w") as lines:
        process = subprocess.Popen(
            [sys.executable, "serve.py", "--server.port", str(port)],
            cwd=ROOT,
            env=os.environ | surroundings,
            stderr=lines,
            stdout=lines,
        )
        try:
            healthy(f"localhost:{port}")
            yield f"localhost:{port}", log
        finally:
            process.terminate()
            process.wait(15)


def entered(database: Path) -> tuple[str, int]:
    """A database with what people entered: a room's code and its question."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ZONE_DATABASE", f"sqlite:///{database}")
        code = rooms.open_room("berlin", "SECRET-TITLE", [])
        question = rooms.add_question(code, "poll", "What?", [("a", "A"), ("b", "B")])
        for number in range(200):  # some pages of the file
            store.add_scenario("berlin", f"name {number}", "x" * 500)
        stories.save("Story", [{"page": "reach", "query": {}, "title": "Step", "note": ""}])
        with database_module.engine().connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        database_module.engine().dispose()
    return code, question


def tear(database: Path) -> None:
    """A file whose middle is gone, as after a disk that lost blocks."""
    content = bytearray(database.read_bytes())
    content[4096:-4096] = b"\x5a" * (len(content) - 8192)
    database.write_bytes(content)


def away(database: Path) -> None:
    """A folder where the file was: nothing can be opened."""
    database.unlink()
    database.mkdir()


@pytest.mark.parametrize(("fault", "words"), [(tear, "is damaged"), (away, "does not answer")])
def test_every_address_tells_a_database_that_is_damaged_or_away(
    tmp_path: Path, fault: Callable[[Path], None], words: str
) -> None:
    database = tmp_path / "zone.db"
    code, question = entered(database)
    fault(database)
    with logged(tmp_path, database) as (host, log):
        vote = json.dumps({"question": question, "value": ["a"]}).encode()
        for path, body in (
            (f"/join/{code}", None),
            (f"/join?code={code}", None),
            (f"/join/{code}/now", None),
            (f"/join/{code}/answer", vote),
            ("/s/ABCDE", None),
            ("/s/ABCDE.png", None),
        ):
            status, content = get(host, path, body)
            assert status == 503, path
            is_page = path.split("?")[0] in (f"/join/{code}", "/join")  # what people open, others are read by scripts
            assert words in (content.decode() if is_page else json.loads(content)["fault"]), path
        status, content = get(host, "/healthz")
        assert status == 503
        assert ("damaged" in content.decode()) == (fault is tear)
        assert get(host, "/api/catalogue")[0] == 200  # what needs no database goes on
        reader = Reader(host)
        for page, query in (
            ("goals", {}),
            ("workshop", {"room": code}),
            ("story", {"code": "ABCDEF"}),
            ("initiatives", {}),
            ("coverage", {"story": "ABCDEF", "step": "0"}),
        ):
            reader.open(page, **query)
            assert not reader.faults, page
            assert any(words in sentence for sentence in reader.words), page
            assert not any("is lost" in sentence for sentence in reader.words) or fault is away, page
        reader.close()
        lines = log.read_text().splitlines()
    assert all(json.loads(line)["message"] for line in lines if not line.startswith("Zone of Social Creativity"))
    for secret in ("SECRET-TITLE", "SELECT", "Traceback", code):
        assert secret not in "\n".join(lines)


def test_a_database_that_is_full_says_so_and_keeps_what_it_has(tmp_path: Path) -> None:
    """As a disk that takes no more bytes: SQLite may not grow beyond the pages it has."""
    database = tmp_path / "zone.db"
    entered(database)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ZONE_DATABASE", f"sqlite:///{database}")
        event.listen(
            database_module.engine(),
            "connect",
            lambda connection, _record: connection.execute("PRAGMA max_page_count=1"),
        )
        database_module.engine().dispose()
        with pytest.raises(SQLAlchemyError) as fault:
            [store.add_scenario("berlin", "n", "x" * 5000) for _ in range(100)]
        assert storage_fault(fault.value) == "database"
        assert len(store.scenarios("berlin")) >= 200


def test_a_damaged_database_is_told_at_the_start(tmp_path: Path) -> None:
    database = tmp_path / "zone.db"
    entered(database)
    tear(database)
    with logged(tmp_path, database) as (host, log):
        Reader(host).open("coverage")
        end = time.monotonic() + 30
        while "database is damaged" not in log.read_text() and time.monotonic() < end:
            time.sleep(0.2)
        assert "put back a backup" in log.read_text()


def test_a_table_that_is_not_the_catalogues_is_told_and_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZONE_LOCAL", str(tmp_path))
    stored = local.save(data.entry("countries"), data.table("countries"))
    store.targets("berlin")
    files = [path for path in tmp_path.rglob("*") if path.is_file() and path.suffix != ".lock"]
    assert {path.suffix for path in files} >= {".parquet", ".json"}
    assert not [path for path in files if path.stat().st_mode & 0o077], "only their owner reads them"
    assert health_module.tables() == "ok"
    other = data.table("countries").assign(name="forged")
    stored.path.write_bytes(parquet_bytes(other))
    for attempt in (lambda: data.table("countries"), lambda: engine.table("countries")):
        with pytest.raises(BrokenTableError, match="not what its catalogue says"):
            attempt()
    assert health_module.tables() == "broken: world/countries"
    stored.path.write_bytes(parquet_bytes(other)[:-10])
    assert health_module.tables() == "broken: world/countries"
    local.use("world", "countries", "")
    assert health_module.tables() == "ok"


def test_a_tables_file_is_read_for_its_checksum_once(monkeypatch: pytest.MonkeyPatch) -> None:
    data._is_intact.cache_clear()
    for _ in range(3):
        data.table("countries")
    assert data._is_intact.cache_info().misses == 1


@pytest.mark.parametrize("broken", ["{", "[]x", '{"tables": 3}'])
def test_a_broken_catalogue_says_so_and_the_shipped_tables_serve(tmp_path: Path, broken: str) -> None:
    (tmp_path / "catalogue.json").write_text(broken)
    with served({"ZONE_LOCAL": str(tmp_path)}) as (host, _process):
        reader = Reader(host)
        reader.open("coverage")
        assert not reader.faults
        assert reader.received > 300_000
        assert any("catalogue of this server" in words for words in reader.words)
        reader.close()
