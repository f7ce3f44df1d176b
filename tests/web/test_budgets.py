"""What a page sends and asks, in bytes and queries: no change makes it heavy unseen. Seconds are for `bench/`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import event
from streamlit.testing.v1 import AppTest

from bench.driver import ROOT, Reader, served
from data import engine, store
from data.cache import ByteCache
from data.store import database, seeds

PAGES = re.findall(r"pages/(\w+)\.py", (ROOT / "app.py").read_text(encoding="utf-8"))
VIEW_BYTES = 2_000_000
CHANGE_BYTES = {"reach": 1_600_000, "creative_city": 1_500_000, "coverage": 1_200_000}
USUAL_BYTES = 800_000


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("budget")
    with served({"ZONE_LOCAL": str(folder), "ZONE_DATABASE": f"sqlite:///{folder / 'zone.db'}"}) as (address, _process):
        yield address


def test_no_page_sends_more_than_two_megabytes(host: str) -> None:
    for page in PAGES:
        reader = Reader(host)
        reader.open(page.replace("overview", ""))
        assert not reader.faults, (page, reader.faults)
        assert reader.received < min(VIEW_BYTES, CHANGE_BYTES.get(page, USUAL_BYTES) + 500_000), (page, reader.received)
        if "district" in reader.controls:
            reader.choose("district", reader.controls["district"].options[1])
            assert reader.received < CHANGE_BYTES.get(page, USUAL_BYTES), (page, reader.received)
        reader.close()


def test_pages_ask_the_database_little(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZONE_DATABASE", f"sqlite:///{tmp_path / 'zone.db'}")
    seeds.fill_register()
    store.add_target("berlin", "district", "01", "library_walk", 15, 2030)
    statements: list[str] = []
    event.listen(database.engine(), "before_cursor_execute", lambda *event: statements.append(event[2]))
    for page in ("coverage", "goals", "initiatives", "partnerships", "readiness", "impact"):
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run().switch_page(f"pages/{page}.py").run()
        statements.clear()
        app.run()
        assert len(statements) <= 6, (page, statements)  # a number that does not grow with the rows


def test_the_engine_is_not_asked_twice_for_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    runs: list[object] = []
    real = engine.run
    monkeypatch.setattr(engine, "run", lambda expression: runs.append(expression) or real(expression))
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run().switch_page("pages/displacement.py").run()
    first = len(runs)
    app.run()
    assert len(runs) == first
    app.selectbox(key="first_year").select_index(3).run()
    assert len(runs) <= first + 6


def test_what_is_kept_is_bounded_and_the_oldest_leaves() -> None:
    cache, computed = ByteCache(1000, len), []

    def compute(size: int) -> bytes:
        computed.append(size)
        return b"x" * size

    for number in range(20):
        cache.get(("row", number), lambda: compute(300))
        assert cache.bytes <= 1000
    cache.get(("row", 19), lambda: compute(300))
    assert len(computed) == 20  # the newest was still there
    cache.get(("row", 0), lambda: compute(300))
    assert len(computed) == 21  # the oldest was not
    assert len(cache.get(("huge",), lambda: compute(5000))) == 5000
    assert cache.bytes <= 1000
