"""Backup and restore of what people entered, on both databases; databases of the first schema brought up to date."""

from __future__ import annotations

import re
import time
from datetime import date
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text

from data import store
from data.errors import DataError, SourceError
from data.store import backup, database, devices, register, rooms, stories
from tests.data.test_register import ROW


def filled() -> None:
    number = register.add({**ROW, "about": "ünï\u2028code = 'x'; --"}, "ann")
    register.change(number, 1, {**ROW, "budget_eur": None}, "bob")
    store.add_target("town", "district", "01", "library_walk", 1.5, 2030)
    store.add_assessment("town", date(2026, 1, 1), "desk", {"a": {"level": 2}})
    code = rooms.open_room("town", "Room", ["staff"])
    number = rooms.add_question(code, "poll", "What?", [("a", "A"), ("b", "B")])
    rooms.answer(code, number, devices.join(code), "staff", ["b"])
    stories.save("Story", [{"page": "reach"}])
    stories.shorten("reach", "Title")


@pytest.mark.parametrize("to", ["sqlite", "postgres"])
def test_what_is_restored_is_what_was_saved(
    where: str, to: str, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled()
    count = backup.save(tmp_path / "saved")
    assert (tmp_path / "saved").stat().st_mode & 0o077 == 0
    if to == "sqlite":
        address = f"sqlite:///{tmp_path / 'other.db'}"
    else:
        server, name = request.getfixturevalue("postgres"), f"restored{count}{time.time_ns()}"
        with create_engine(server, isolation_level="AUTOCOMMIT").connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        address = server.replace("/postgres?", f"/{name}?")
    before = register.everything()
    monkeypatch.setenv("ZONE_DATABASE", address)
    assert backup.restore(tmp_path / "saved") == count
    assert backup.save(tmp_path / "again") == count
    assert (tmp_path / "again").read_bytes() == (tmp_path / "saved").read_bytes()
    assert register.everything().equals(before)
    assert store.add_target("town", "district", "02", "library_walk", 2.5, 2030) == 2  # ids go on behind those restored
    with pytest.raises(DataError, match="Restore into an empty one"):
        backup.restore(tmp_path / "saved")


def test_a_file_that_is_no_backup_stores_nothing(where: str, tmp_path: Path) -> None:
    filled()
    backup.save(tmp_path / "saved")
    lines = (tmp_path / "saved").read_text(encoding="utf-8").splitlines()
    for text_ in (
        "",
        "{}",
        lines[0].replace("zone-backup-1", "other"),
        "\n".join([*lines[:2], '{"table": "users", "row": {}}']),
    ):
        (tmp_path / "wrong").write_text(text_, encoding="utf-8")
        with pytest.raises(SourceError, match="no backup of ours"):
            backup.restore(tmp_path / "wrong")
    (tmp_path / "wrong").write_text(re.sub(r'"00\d\d"', '"0001"', lines[0]), encoding="utf-8")
    with pytest.raises(DataError, match="schema 0001"):
        backup.restore(tmp_path / "wrong")


def test_a_database_of_the_first_release_is_brought_up_to_date(where: str) -> None:
    """Rows written under schema 0001 are there, and can be changed, under today's."""
    engine = create_engine(where)
    config = Config()
    config.set_main_option("script_location", str(database.MIGRATIONS))
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.execute(
            text(
                "INSERT INTO targets (city, level, area_id, indicator, value, year, entered) "
                "VALUES ('town', 'district', '01', 'library_walk', 15, 2030, '2026-01-01 00:00:00')"
            )
        )
        connection.execute(
            text(
                "INSERT INTO initiatives (version, name, kind, stage, theme, topic, city, country, area_id, about, "
                "target_group, languages, funding, contact_role, partners, outcomes, evidence) "
                "VALUES (1, 'Old', 'practice', 'applied', 'social', 'work', 'Town', 'DE', "
                "'', '', '', '', '', '', '[]', '[]', '[]')"
            )
        )
        connection.commit()
    assert store.targets("town")["value"].tolist() == [15.0]
    row = register.everything().iloc[0]
    register.change(int(row["id"]), 1, {**ROW, "name": "New"}, "ann")
    assert register.everything()["name"].tolist() == ["New"]
    assert rooms.open_room("town", "Room", [])
