"""What breaks around the app: killed writers, a full disk, a jumping clock, no database; more in `bench.faults`."""

from __future__ import annotations

import random
import urllib.error
import urllib.request
from pathlib import Path

import pgserver
import pytest

from bench import faults
from bench.driver import Reader, served


def test_killed_writers_lose_nothing_and_break_nothing(tmp_path: Path) -> None:
    result = faults.killed(list(faults.KINDS), 10, tmp_path, random.Random())
    assert result["kills"] == 10
    assert result["acknowledged"] > 50
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
