"""What people enter, in a real SQLite database."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from data import rights, store


@pytest.fixture(autouse=True)
def _own_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZONE_DATABASE", f"sqlite:///{tmp_path / 'zone.db'}")


def test_a_target_is_stored_listed_and_removed_but_not_lost(tmp_path: Path) -> None:
    number = store.add_target("town", "district", "01", "library_walk", 10.0, 2030)
    store.add_target("elsewhere", "district", "01", "library_walk", 5.0, 2030)
    rows = store.targets("town")
    assert rows.drop(columns="id").values.tolist() == [["district", "01", "library_walk", 10.0, 2030]]
    store.remove_target(number)
    store.remove_target(number)
    assert store.targets("town").empty
    stored = (
        sqlite3.connect(tmp_path / "zone.db")
        .execute("select count(*) from targets where removed is not null")
        .fetchone()
    )
    assert stored == (1,)


def test_many_writers_at_once_lose_nothing(tmp_path: Path) -> None:
    store.targets("town")
    with ThreadPoolExecutor(8, "", rights.act_as, (rights.OWNER,)) as pool:
        list(pool.map(lambda n: store.add_target("town", "district", "01", "unemployment", float(n), 2030), range(40)))
    assert sorted(store.targets("town")["value"]) == [float(n) for n in range(40)]
    assert sqlite3.connect(tmp_path / "zone.db").execute("pragma journal_mode").fetchone() == ("wal",)
