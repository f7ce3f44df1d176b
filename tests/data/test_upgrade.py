"""A folder and a database as each earlier release wrote them, under today's code (tests/upgrade/record.py)."""

from __future__ import annotations

import json
import shutil
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import data
from data import store
from data.errors import DataError
from data.store import backup, city_tables, database, devices, register, rooms, stories
from tests.driver import open_page

RELEASES = sorted((Path(__file__).parents[1] / "upgrade").glob("*.zip"))


def rows(file: Path) -> dict[str, list[dict[str, Any]]]:
    """Every row of a database as it stands in its file."""
    with closing(sqlite3.connect(file)) as connection:
        connection.row_factory = sqlite3.Row
        names = [row["name"] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: [dict(row) for row in connection.execute(f'SELECT * FROM "{name}"')] for name in names}


@pytest.fixture(params=RELEASES, ids=lambda path: path.stem)
def release(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    with zipfile.ZipFile(request.param) as archive:
        archive.extractall(tmp_path)
    monkeypatch.setenv("ZONE_LOCAL", str(tmp_path / "local"))
    monkeypatch.setenv("ZONE_DATABASE", "")
    monkeypatch.setenv("ZONE_SECRET", "")
    return tmp_path


def test_there_is_an_earlier_release() -> None:
    assert RELEASES


def test_every_row_is_there_with_what_it_held(release: Path) -> None:
    file = release / "local" / "zone.db"
    before = rows(file)
    database.engine().dispose()
    after = rows(file)
    assert sum(map(len, before.values())) > 12
    for name, entries in before.items():
        if name != "alembic_version":
            assert len(after[name]) == len(entries), name
            for old, new in zip(entries, after[name], strict=True):
                assert old == {column: new[column] for column in old}, name


def test_what_people_entered_is_read_and_can_be_changed(release: Path) -> None:
    (initiative,) = register.everything().to_dict("records")
    assert initiative["name"] == "Older initiative"
    assert len(register.history(initiative["id"])) == 2
    assert store.targets("older")["value"].tolist() == [1.5]
    assert store.scenarios("older")["name"].tolist() == ["Older scenario"]
    assert len(store.assessments("older")) == 1
    kept = city_tables.newest("older", "courses")
    assert kept is not None
    assert kept.rows["name"].tolist() == ["Evening course"]
    (room,) = rooms.rooms("older")
    (question,) = rooms.questions(room.code)
    assert rooms.count(question.id) == 3
    rooms.answer(room.code, question.id, devices.join(room.code), "staff", ["a"])
    assert rooms.count(question.id) == 4
    assert list(stories.stories().values()) == ["Older story"]
    store.add_target("older", "city", "older", "library_walk", 2.0, 2031)
    assert len(store.targets("older")) == 2


def test_a_city_that_was_built_is_there_and_its_pages_open(release: Path) -> None:
    key = next(key for key, city in data.cities().items() if city.name == "Older")
    tables = [entry for entry in data.catalogue().values() if entry.place == key]
    assert tables
    for entry in tables:
        data.verify(entry)
        assert len(data.table(entry.name, key)) == entry.rows
    app = open_page("coverage", city=key)
    assert not app.exception
    assert any("Older" in title.value for title in app.title)


def test_its_backup_is_restored_or_says_how(release: Path) -> None:
    """A backup belongs to its schema: with another one the sentence tells the way, and nothing is stored."""
    shutil.move(release / "local" / "zone.db", release / "away.db")
    saved = release / "backup.jsonl"
    head = json.loads(saved.read_text(encoding="utf-8").splitlines()[0])
    with database.engine().connect() as connection:
        newest = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    if head["revision"] == newest:
        assert backup.restore(saved) == sum(map(len, rows(release / "away.db").values())) - 1
    else:
        with pytest.raises(DataError, match="Restore it with the app that wrote it"):
            backup.restore(saved)
        assert register.everything().empty
