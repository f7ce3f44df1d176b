"""The build: the shipped tables come out of the sources again, and a broken source is named and changes nothing."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import data
from data import build
from data.connectors import berlin_facilities, berlin_statistics, eurostat, unhcr
from data.errors import DataError, SourceError

SOURCES = Path(__file__).parents[3] / "shared" / "sources"
needs_sources = pytest.mark.skipif(not SOURCES.exists(), reason="the raw sources are not on this machine")


@needs_sources
@pytest.mark.parametrize(
    "name",
    [
        "displaced",
        "asylum_decisions",
        "country_gdp",
        "country_population",
        "cultural_employment",
        "bridge",
        "residents_new_boundaries",
        "health_atlas",
    ],
)
def test_a_shipped_table_comes_out_of_the_sources_again(name: str) -> None:
    table = build.Tables(SOURCES)[name]
    place = "berlin" if ("berlin", name) in data.catalogue() else "world"
    pd.testing.assert_frame_equal(table, data.table(name, place))


@needs_sources
@pytest.mark.parametrize(
    ("name", "value"), [("residents_by_origin", "persons"), ("residents", "persons"), ("social_monitoring", "percent")]
)
def test_a_table_protected_by_lot_comes_out_again_but_for_the_lots(name: str, value: str) -> None:
    """This machine of the tests has another secret than the one the shipped tables were made with."""
    tables, shipped = build.Tables(SOURCES), data.table(name, "berlin")
    keys = [column for column in tables[name] if column not in (value, "suppressed")]
    both = shipped.merge(tables[name], on=keys, suffixes=("", "_again"), validate="1:1")
    assert len(both) == len(shipped) == len(tables[name])
    published = both[[value, f"{value}_again"]].dropna()
    assert len(published) > 0.8 * len(both)
    same = published[value] == published[f"{value}_again"]
    assert same.all() if name == "residents_by_origin" else same.mean() > 0.98
    if name == "residents_by_origin":
        small = tables.unprotected[name].query("0 < persons < 10").assign(level="planning_area")
        hidden = small.drop(columns="persons").merge(both, how="left", on=keys)
        assert hidden[["persons", "persons_again"]].isna().all(axis=None)
        assert (both["suppressed"] != both["suppressed_again"]).sum() > 1000, "other complements were drawn"


def test_a_missing_source_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"idmc\.parquet: the file is missing\. Point --sources"):
        unhcr.displaced(tmp_path)


def test_a_missing_column_is_named_with_those_found(tmp_path: Path) -> None:
    pd.DataFrame({"year": [2020], "nuts_id": ["DE30"]}).to_csv(tmp_path / "cult_emp_reg_nuts2_2014_2022.csv")
    with pytest.raises(
        SourceError, match=r"column 'thousand_persons': the column is missing\. Columns found: .*nuts_id"
    ):
        eurostat.cultural_employment(tmp_path)


def test_a_negative_count_is_named_with_its_row(tmp_path: Path) -> None:
    table = pd.DataFrame({"year": [2020, 2021], "nuts_id": ["DE30"] * 2, "thousand_persons": [1.0, -2.0]})
    table.to_csv(tmp_path / "cult_emp_reg_nuts2_2014_2022.csv")
    with pytest.raises(SourceError, match=r"row 2, column 'thousand_persons': the count -2.0 is negative"):
        eurostat.cultural_employment(tmp_path)


def test_an_unreadable_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "idmc.parquet").write_bytes(b"not parquet")
    (tmp_path / "population.parquet").write_bytes(b"not parquet")
    with pytest.raises(SourceError, match="cannot be read"):
        unhcr.displaced(tmp_path)


@needs_sources
def test_planning_areas_that_do_not_add_up_to_the_district_stop_the_build(tmp_path: Path) -> None:
    for file in ("population_t2_planning-areas", "population_t2_districts"):
        table = pd.read_parquet(SOURCES / "berlin" / f"{file}.parquet")
        if file.endswith("areas"):
            table.loc[5, "inhabitants"] += 1
        table.to_parquet(tmp_path / f"{file}.parquet")
    with pytest.raises(SourceError, match=r"district 01 do not add up .* on 2015-06-30"):
        berlin_statistics.residents(tmp_path)


@needs_sources
def test_places_that_are_no_number_are_named_with_their_row(tmp_path: Path) -> None:
    import geopandas as gpd

    for file in ("official_schools", "official_daycare", "official_youth_centres", "official_care_facilities"):
        table = gpd.read_parquet(SOURCES / "berlin" / f"{file}.parquet")
        if file == "official_daycare":
            table.loc[2, "e_platz"] = "about forty"
        table.to_parquet(tmp_path / f"{file}.parquet")
    with pytest.raises(SourceError, match=r"row 3, column 'e_platz': 'about forty' is not a number of places"):
        berlin_facilities.facilities(tmp_path)


def test_a_failed_build_leaves_every_shipped_table_as_it_was(tmp_path: Path) -> None:
    before = {key: data.entry(*reversed(key)).path.read_bytes() for key in data.catalogue()}
    with pytest.raises(SourceError):
        build.build(tmp_path, report_progress=lambda _: None)
    assert before == {key: data.entry(*reversed(key)).path.read_bytes() for key in data.catalogue()}


@needs_sources
def test_a_table_that_hides_no_counts_is_made_alone_from_the_others_as_shipped() -> None:
    tables = build.Tables(SOURCES, only=("daycare_register",))
    pd.testing.assert_frame_equal(tables["daycare_register"], data.table("daycare_register", "berlin"))
    assert set(tables) == {"facilities", "daycare_register"}


def test_a_protected_table_is_not_made_alone() -> None:
    with pytest.raises(DataError, match="protected"):
        _ = build.Tables(SOURCES, only=("residents_by_origin",))["residents_by_origin"]
