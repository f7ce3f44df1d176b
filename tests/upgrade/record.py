"""What a release leaves on a machine, for the tests of the next one: `python -m tests.upgrade.record`.

Run at each release with the code that is released. It writes tests/upgrade/VERSION.zip: the folder of local tables with
a built city and a database with every kind of entry, and the backup of that database.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
import tomllib
import zipfile
from datetime import date
from pathlib import Path

ROOT = Path(__file__).parents[2]


def record(target: Path) -> None:
    """Write the archive; what is in it is invented."""
    with tempfile.TemporaryDirectory() as place:
        local = Path(place) / "local"
        os.environ |= {"ZONE_LOCAL": str(local), "ZONE_DATABASE": "", "ZONE_SECRET": ""}
        from data import rights

        rights.act_as(rights.OWNER)
        _city(Path(place) / "pack")
        _entries(Path(place) / "backup.jsonl")
        with sqlite3.connect(local / "zone.db") as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in sorted(path for path in Path(place).rglob("*") if path.is_file()):
                name = file.relative_to(place)
                if name.parts[0] != "pack" and not name.name.startswith("zone.db-"):
                    archive.write(file, str(name))


def _city(folder: Path) -> None:
    from data.city import building, pack

    folder.mkdir()
    for name, content in pack.template("Older").items():
        (folder / name).write_text(content, encoding="utf-8")
    building.build(folder)


def _entries(saved: Path) -> None:
    from data import store
    from data.store import audit, backup, city_tables, register, rooms, stories
    from tests.data.test_register import ROW

    number = register.add({**ROW, "name": "Older initiative"}, "ann")
    register.change(number, 1, {**ROW, "name": "Older initiative", "budget_eur": None}, "bob")
    store.add_target("older", "city", "older", "library_walk", 1.5, 2030)
    store.add_scenario("older", "Older scenario", 'kind = "arrivals"\n')
    store.add_assessment("older", date(2026, 1, 1), "desk", {"a": {"level": 2}})
    city_tables.save("older", "courses", "courses.csv", [{"name": "Evening course"}], "ann")
    code = rooms.open_room("older", "Older room", ["staff"])
    question = rooms.add_question(code, "poll", "What?", [("a", "A"), ("b", "B")])
    for choice in ("a", "b", "b"):
        rooms.answer(code, question, rooms.join(code), "staff", [choice])
    stories.save("Older story", [{"page": "goals"}])
    stories.shorten("goals", "Older link")
    audit.record("ann", "editor", "add", "initiative 1")
    backup.save(saved)


if __name__ == "__main__":
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    record(Path(__file__).with_name(f"{version}.zip"))
