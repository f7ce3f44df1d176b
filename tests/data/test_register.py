"""The register on both databases it supports: SQLite and a PostgreSQL that the tests start."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from alembic import command
from alembic.config import Config

from data.errors import DataError, SourceError
from data.store import database as schema
from data.store import exchange, register
from data.translation import Language
from tests.languages import in_english_only

ROOT = Path(__file__).parents[2]
ROW: dict[str, Any] = {
    "name": "Reading room",
    "kind": "practice",
    "stage": "applied",
    "theme": "social",
    "topic": "learning",
    "city": "Town",
    "country": "DE",
    "budget_eur": 1000,
    "start": "2020-01-01",
    "partners": [{"name": "Town", "sector": "public", "role": "lead"}],
    "evidence": [{"address": "https://example.org", "checked": "2026-11-24", "fact": "name"}],
}


def test_the_schema_is_what_the_models_say(where: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(schema.MIGRATIONS))
    with schema.engine().connect() as connection:
        config.attributes["connection"] = connection
        command.check(config)  # raises where a migration is missing


def test_what_is_stored_comes_back_and_unknowns_stay_empty(where: str) -> None:
    number = register.add(ROW, "ann")
    row = register.everything().set_index("id").loc[number]
    assert (row["name"], row["budget_eur"], row["start"]) == ("Reading room", 1000, "2020-01-01")
    assert row["partners"] == [{"name": "Town", "sector": "public", "role": "lead"}]
    assert pd.isna(row["reached"])
    assert row["end"] is None


def test_conflicting_edits_are_told_apart(where: str) -> None:
    number = register.add(ROW, "ann")
    version = int(register.everything()["version"].iloc[0])
    register.change(number, version, {**ROW, "budget_eur": 2000}, "bob")
    with pytest.raises(register.ConflictError, match=r"changed by someone else.*budget_eur") as raised:
        register.change(number, version, {**ROW, "name": "Mine"}, "cleo")
    assert raised.value.theirs["budget_eur"] == 2000
    assert "von jemand anderem geändert" in Language("de")(raised.value.sentence)
    assert not in_english_only([raised.value.sentence])
    assert register.everything()["name"].tolist() == ["Reading room"]  # nothing was overwritten


def test_history_undo_and_soft_delete(where: str) -> None:
    number = register.add(ROW, "ann")
    version = register.change(number, 1, {**ROW, "stage": "scaled"}, "bob")
    register.remove(number, version, "cleo")
    assert register.everything().empty
    assert len(register.everything(removed=True)) == 1
    register.undo(number, "dan")
    assert register.everything()["stage"].tolist() == ["scaled"]
    changes = register.history(number)
    assert changes["action"].tolist() == ["undone", "removed", "changed", "added"]
    assert changes["who"].tolist() == ["dan", "cleo", "bob", "ann"]
    assert changes["fields"].iloc[2] == "stage"
    with pytest.raises(DataError, match="no change"):
        register.undo(register.add({**ROW, "name": "New"}, "ann"), "ann")


def test_every_fault_is_named_with_its_mend() -> None:
    with pytest.raises(register.InvalidInitiativeError) as raised:
        register.check(
            {
                **ROW,
                "stage": "done",
                "budget_eur": "lots",
                "end": "2019-01-01",
                "contact_role": "me@home.org",
                "colour": "red",
            }
        )
    assert set(raised.value.problems) == {"stage", "budget_eur", "end", "contact_role", "colour"}
    assert "detected, developed, applied, scaled" in raised.value.problems["stage"]
    assert not in_english_only(raised.value.problems.values())


@pytest.mark.parametrize("kind", exchange.KINDS)
def test_out_and_in_again_is_the_same(where: str, kind: str) -> None:
    register.add(
        {
            **ROW,
            "about": 'Ein Raum; für alle, "ja"',
            "outcomes": [{"indicator": "visits", "value": "30", "unit": "a day", "date": "2021-05-01"}],
        },
        "ann",
    )
    before = register.everything()
    stored, report = exchange.import_file(exchange.export(before, kind), f"file.{kind}", "bob")
    assert (stored, len(report)) == (1, 0)
    after = register.everything()
    assert len(after) == 2
    for field in register.FIELDS:
        value, expected = after[field].iloc[0], after[field].iloc[1]
        assert (str(value), type(value)) == (str(expected), type(expected)), field


def test_ten_thousand_rows_with_five_hundred_broken(where: str) -> None:
    rows = [{**ROW, "name": f"Initiative {n}"} | ({"stage": "maybe"} if n % 20 == 7 else {}) for n in range(10_000)]
    stored, report = exchange.import_file(json.dumps(rows).encode(), "many.json", "ann")
    assert stored == 9_500 == len(register.everything())
    assert report["row"].tolist() == [n + 1 for n in range(10_000) if n % 20 == 7]
    assert len(report) == 500
    assert set(report["column"]) == {"stage"}


def test_a_file_that_cannot_be_read_changes_nothing(where: str) -> None:
    for content, name in ((b"{", "x.json"), (b"\xff\xfe\x00", "x.csv"), (b"PK", "x.xlsx"), (b"a", "x.doc")):
        with pytest.raises(SourceError, match=f"{name}:"):
            exchange.import_file(content, name, "ann")
    assert register.everything().empty


WRITER = """
import sys
from concurrent.futures import ThreadPoolExecutor
from data import rights
from data.store import register
from tests.data.test_register import ROW

def write(n):
    rights.act_as(rights.OWNER)
    register.add({**ROW, "name": f"w{n}"}, "writer")
    sys.stdout.write(f"w{n}\\n"); sys.stdout.flush()

with ThreadPoolExecutor(8) as pool:
    list(pool.map(write, range(200)))
"""


def test_a_killed_writer_loses_no_acknowledged_write(where: str) -> None:
    assert register.everything().empty
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER], stdout=subprocess.PIPE, cwd=ROOT, env=os.environ | {"ZONE_DATABASE": where}
    )
    assert process.stdout is not None
    acknowledged = [process.stdout.readline() for _ in range(40)]
    process.send_signal(signal.SIGKILL)
    acknowledged += process.stdout.readlines()
    process.wait()
    acknowledged_names = {line.decode().strip() for line in acknowledged if line.endswith(b"\n")}
    assert 40 <= len(acknowledged_names) < 200
    stored = set(register.everything()["name"])
    assert acknowledged_names <= stored
    register.add(ROW, "afterwards")  # the database is still sound
    assert len(register.everything()) == len(stored) + 1
