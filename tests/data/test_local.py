"""Versions of tables: offered, used, kept, one step back; the catalogue is the one word that decides."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from pandera.errors import SchemaError

import data
from data import definitions, local, rights
from data.catalogue import local_catalogue, shipped
from data.errors import DataError
from data.files import write as put


@pytest.fixture(autouse=True)
def own_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZONE_LOCAL", str(tmp_path))


def employment(value: float) -> pd.DataFrame:
    return pd.DataFrame({"year": [2022], "geo": ["DE30"], "thousand_persons": [value], "flag": [""]})


ENTRY = replace(definitions.entry("employment"), period="2022")


def test_an_offer_changes_nothing_until_it_is_accepted_and_one_goes_back() -> None:
    first = local.save(ENTRY, employment(1.0))
    offer = local.offer(ENTRY, employment(2.0))
    assert offer is not None
    assert data.table("employment")["thousand_persons"].tolist() == [1.0]
    assert [row.state for row in local.versions("world", "employment")] == ["offered", "used"]
    version = data.version()
    local.use("world", "employment", offer.version)
    assert data.version() != version  # whatever is cached by version is computed again
    assert data.table("employment")["thousand_persons"].tolist() == [2.0]
    assert data.entry("employment").source_line.endswith(f"v{offer.version[:10]}")
    assert local.go_back("world", "employment") == first.version
    assert data.table("employment")["thousand_persons"].tolist() == [1.0]
    with pytest.raises(DataError, match="no version of world/employment before"):
        local.go_back("world", "employment")


def test_an_offer_described_by_the_version_in_use_does_not_replace_its_file() -> None:
    local.save(ENTRY, employment(1.0))
    used = data.entry("employment")
    offer = local.offer(used, employment(2.0))
    assert offer is not None
    assert offer.version != used.version
    assert data.opened(data.entry("employment"))["thousand_persons"].tolist() == [1.0]
    local.use("world", "employment", offer.version)
    assert data.table("employment")["thousand_persons"].tolist() == [2.0]
    assert local.go_back("world", "employment") == used.version
    assert data.table("employment")["thousand_persons"].tolist() == [1.0]


def test_the_same_figures_are_no_news_and_a_new_offer_replaces_the_old() -> None:
    local.save(ENTRY, employment(1.0))
    assert local.offer(ENTRY, employment(1.0)) is None
    local.offer(ENTRY, employment(2.0))
    local.offer(ENTRY, employment(3.0))
    assert [row.rows for row in local.offers()] == [1]
    local.reject("world", "employment")
    assert local.offers() == []
    assert len(list((local_catalogue().parent / "world" / "employment").iterdir())) == 1


def test_one_goes_back_to_what_was_shipped() -> None:
    entry = shipped()["world", "cultural_employment"]
    rows = data.table("cultural_employment")
    offer = local.offer(entry, rows.assign(thousand_persons=rows["thousand_persons"] + 1))
    assert offer is not None
    local.use("world", "cultural_employment", offer.version)
    assert data.table("cultural_employment")["thousand_persons"].sum() > rows["thousand_persons"].sum()
    assert local.go_back("world", "cultural_employment") == ""
    pd.testing.assert_frame_equal(data.table("cultural_employment"), rows)


def test_a_table_that_breaks_its_contract_is_not_stored() -> None:
    local.save(ENTRY, employment(1.0))
    with pytest.raises(SchemaError):
        local.save(ENTRY, employment(-1.0))
    assert data.table("employment")["thousand_persons"].tolist() == [1.0]


def test_a_broken_catalogue_leaves_the_shipped_tables_in_use() -> None:
    local.save(ENTRY, employment(1.0))
    local_catalogue().write_text("{ half", encoding="utf-8")
    assert not data.has("employment")
    assert len(data.table("displaced"))


def test_a_file_that_went_missing_falls_back_to_the_shipped_one() -> None:
    entry = shipped()["world", "cultural_employment"]
    rows = data.table("cultural_employment")
    stored = local.save(entry, rows.head(5))
    assert len(data.table("cultural_employment")) == 5
    stored.path.unlink()
    local_catalogue().touch()
    assert len(data.table("cultural_employment")) == len(rows)


def test_many_writers_lose_nothing() -> None:
    names = ("employment", "regional_gdp")
    gdp = pd.DataFrame({"year": [2022], "geo": ["DE30"], "million_pps": [1.0], "flag": [""]})

    def write(name: str) -> None:
        for number in range(5):
            table = employment(number + 1.0) if name == "employment" else gdp.assign(million_pps=number + 1.0)
            local.save(replace(definitions.entry(name), period="2022"), table)

    with ThreadPoolExecutor(None, "", rights.act_as, (rights.OWNER,)) as pool:
        list(pool.map(write, names))  # a writer that fails says so here
    assert data.table("employment")["thousand_persons"].tolist() == [5.0]
    assert data.table("regional_gdp")["million_pps"].tolist() == [5.0]


def test_a_draft_that_goes_away_while_it_is_swept_breaks_no_save(tmp_path: Path) -> None:
    """Another writer renames its draft between listing and reading its age: a link to nowhere is such a file."""
    folder = tmp_path / "world" / "regional_gdp"
    folder.mkdir(parents=True)
    (folder / "2026.parquet.0.tmp").symlink_to(folder / "renamed")
    local.save(ENTRY, employment(1.0))
    assert data.table("employment")["thousand_persons"].tolist() == [1.0]


def test_drafts_of_killed_writers_leave_after_a_day_and_young_ones_stay(tmp_path: Path) -> None:
    (tmp_path / "world" / "regional_gdp").mkdir(parents=True)
    old = [
        tmp_path / "catalogue.json.0.tmp",
        tmp_path / "world" / "regional_gdp" / "2026.parquet.0.tmp",
        tmp_path / "world" / "regional_gdp" / "2026.parquet",
    ]
    young = tmp_path / "world" / "regional_gdp" / "2026.parquet.1.tmp"
    for file in [*old, young]:
        file.write_bytes(b"")
    for file in old:
        os.utime(file, (time.time() - 90_000,) * 2)
    local.save(ENTRY, employment(1.0))
    assert [file.exists() for file in [*old, young]] == [False, False, False, True]


def test_what_cannot_be_put_in_place_leaves_no_draft(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    with pytest.raises(OSError, match="taken"):
        put(tmp_path / "taken", b"content")
    assert [file.name for file in tmp_path.iterdir()] == ["taken"]


def test_a_broken_catalogue_is_never_written_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZONE_LOCAL", str(tmp_path))
    local.save(data.entry("countries"), data.table("countries"))
    file = tmp_path / "catalogue.json"
    whole = file.read_text(encoding="utf-8")
    file.write_text(whole[:-30], encoding="utf-8")
    with pytest.raises(DataError, match="Nothing was changed"):
        local.save(data.entry("countries"), data.table("countries"))
    file.write_text(whole, encoding="utf-8")
    assert len(local.versions("world", "countries")) == 2
