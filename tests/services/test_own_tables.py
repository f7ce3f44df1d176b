"""Tables that a city fills: faults are named, good rows saved, versions taken back, courses placed and counted."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import data
from analytics import access as walking
from analytics import coverage
from data import rights
from data.city import own_tables as files
from data.context import CityContext, Territory
from data.errors import NothingToShow, SourceError
from data.figures import Map
from data.store import city_tables
from services import access, areas, courses, equity, fit, origin_map, origins, own_tables, reception, transit

TERRITORY = Territory(first_year=2015, last_year=2025)
COURSES = """Art;Niveau;Sprache;Stunden;Plätze;Adresse;Beginn
Integrationskurs;B1;Deutsch;600;20;Torstraße 1, 10119 Berlin;2026-09-01
Berufskurs;;;;35;Boddinstr 34;2026-10-15
Integrationskurs;A2;Deutsch;400;;Torstraße 1;2026-09-01
Integrationskurs;A2;Deutsch;400;12;Nirgendwo 99;2026-09-01
Integrationskurs;A2;Deutsch;9000;12;Torstraße 1;bald
"""


@pytest.fixture(autouse=True)
def _own_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZONE_DATABASE", f"sqlite:///{tmp_path / 'zone.db'}")


def context(city: str = "berlin") -> CityContext:
    return CityContext(data.cities()[city], data.version())


def sent(kind: str, text: str, ctx: CityContext) -> own_tables.Upload:
    return own_tables.receive(ctx, kind, "own.csv", text.encode())


def test_good_rows_are_placed_and_every_fault_is_named_with_its_row() -> None:
    upload = sent("courses", COURSES, context())
    assert upload.rows["places"].tolist() == [20, 35]
    assert [area[:2] for area in upload.rows["area_id"]] == ["01", "08"]  # Mitte, Neukölln
    faults = {(entry.row, entry.column) for entry in upload.findings}
    assert faults == {(4, "places"), (5, "address"), (6, "hours"), (6, "start")}
    figure = own_tables.report_figure(context(), upload)
    assert figure.finding == "own.csv: rows that can be saved: 2; rows with faults: 3"
    assert "'Nirgendwo 99' is not known" in figure.rows["what"].str.cat(sep="|")


def test_a_table_without_a_needed_column_or_with_too_many_rows_is_refused() -> None:
    with pytest.raises(SourceError, match="no column holds 'places'"):
        files.read(b"kind,address\na,b\n", "own.csv", "courses")
    with pytest.raises(SourceError, match="5,001 rows"):
        files.read(b"school,places\n" + b"01A01,3\n" * 5_001, "own.csv", "capacities")


def test_the_template_can_be_read() -> None:
    for kind in files.TABLES:
        table = files.read(files.template(kind), "own.csv", kind)
        assert len(table.rows) == 1
        assert table.findings == []


def test_the_newest_version_counts_and_the_one_before_comes_back() -> None:
    ctx = context()
    assert own_tables.newest(ctx, "courses") is None
    own_tables.save(ctx, "courses", sent("courses", COURSES, ctx))
    own_tables.save(ctx, "courses", sent("courses", COURSES.replace(";35;", ";50;"), ctx))
    version = own_tables.newest(ctx, "courses")
    assert version is not None
    assert version.rows["places"].sum() == 70
    assert version.has_before
    own_tables.take_back(version)
    version = own_tables.newest(ctx, "courses")
    assert version is not None
    assert version.rows["places"].sum() == 55
    assert city_tables.newest("elsewhere", "courses") is None
    rights.act_as(rights.Actor("", "viewer"))
    try:
        with pytest.raises(rights.NotAllowedError):
            own_tables.save(ctx, "courses", sent("courses", COURSES, ctx))
        with pytest.raises(rights.NotAllowedError):
            own_tables.take_back(version)
    finally:
        rights.act_as(rights.OWNER)


def test_courses_are_shown_and_counted_against_adults() -> None:
    ctx = context()
    own_tables.save(ctx, "courses", sent("courses", COURSES, ctx))
    version = own_tables.newest(ctx, "courses")
    assert version is not None
    figure = courses.map_figure(ctx, TERRITORY, version)
    assert figure.finding == "Berlin: 55 places in courses; courses in the table: 2"
    assert figure.period == "1 September 2026–15 October 2026"
    with pytest.raises(NothingToShow):
        courses.map_figure(ctx, TERRITORY.changed(district="05"), version)
    reach = courses.reach_figure(ctx, TERRITORY, version)
    rows = reach.rows.set_index("area_id")
    assert rows.loc[["01", "08"], "places"].tolist() == [20, 35]
    assert rows["places"].sum() == 55
    residents = data.table("residents", "berlin")
    day = residents["period"].max()
    people = walking.people_in_cells(
        data.table("cells", "berlin"), coverage.of_age(residents[residents["period"] == day], 18, None)
    )
    assert rows["persons"].sum() == people.sum()
    assert 0.3 * people.sum() < rows["reached"].sum() < people.sum()
    assert rows.loc["01", "share"] > rows.loc["05", "share"]  # Mitte has one, Spandau is far
    assert reach.source.startswith("own.csv, entered by the city")


def test_capacities_give_free_places_only_where_all_schools_have_one() -> None:
    ctx = context()
    rows = fit.by_catchment(ctx, data.table("residents", "berlin")["period"].max())
    several = rows[rows["ids"].str.contains(",")].iloc[0]
    single = rows[(rows["ids"] != "") & ~rows["ids"].str.contains(",") & rows["pupils"].notna()].iloc[0]
    text = f"bsn,Plätze\n{single['ids']},500\n{several['ids'].split(',')[0]},400\nXX,1\n{single['ids']},600\n"
    upload = sent("capacities", text, ctx)
    assert [(entry.row, entry.column) for entry in upload.findings] == [(4, "school"), (5, "school")]
    own_tables.save(ctx, "capacities", upload)
    version = own_tables.newest(ctx, "capacities")
    shown = fit.schools_figure(ctx, TERRITORY, fit.Query(), version).rows.set_index("catchment")
    assert shown.loc[single["catchment"], "free"] == 500 - single["pupils"]
    assert shown["free"].notna().sum() == 1
    assert pd.isna(shown.loc[several["catchment"], "capacity"])
    assert "capacity" not in fit.schools_figure(ctx, TERRITORY, fit.Query()).rows


def test_other_cities_place_by_coordinates_and_walk_where_nothing_runs(cities: tuple[str, ...]) -> None:
    for city in cities:
        ctx = context(city)
        spot = data.table("areas", city).geometry.iloc[-1].representative_point()
        text = f"kind,places,lon,lat\nlanguage,10,{spot.x},{spot.y}\nlanguage,10,0,0\nlanguage,10,,\n"
        upload = sent("courses", text, ctx)
        assert len(upload.rows) == 1
        assert sorted({entry.row for entry in upload.findings}) == [3, 4]
        own_tables.save(ctx, "courses", upload)
        version = own_tables.newest(ctx, "courses")
        assert version is not None
        assert np.isfinite(courses._minutes(ctx, version)).any()
        years, days = Territory(first_year=2000, last_year=2030), areas.current_half_years(ctx)
        if not days:
            with pytest.raises(NothingToShow, match="counts no residents"):
                courses.reach_figure(ctx, years, version)
            continue
        ages = data.table("residents", city).query("period == @days[-1]")["age"].unique()
        if not coverage.knows_age(ages, 18, None):
            with pytest.raises(NothingToShow, match="How many adults"):
                courses.reach_figure(ctx, years, version)
        else:
            note = courses.reach_figure(ctx, years, version).note
            assert ("on foot" in note) != transit.has_timetable(ctx)


def test_reception_centres_are_marked_and_figures_stand_with_and_without_them() -> None:
    ctx = context()
    figure = reception.comparison_figure(ctx, TERRITORY)
    rows = data.table("residents_by_origin", "berlin")
    rows = rows[(rows["period"] == rows["period"].max()) & (rows["level"] == "planning_area")]
    ukraine = rows[rows["origin"] == "UKR"].set_index("area_id")["persons"]
    assert ukraine["12200414"] == 3_576
    shown = figure.rows.iloc[0]
    assert shown["persons"] == ukraine.sum()
    assert shown["persons"] - shown["without"] == 3_576
    assert shown["dissimilarity_without"] < shown["dissimilarity"]
    assert "TXL (Tegel)" in figure.note
    query = origins.Query(origins=("UKR",), origin="UKR", level="planning_area")
    on_map = origin_map.map_figure(ctx, TERRITORY, query)
    assert isinstance(on_map.drawing, Map)
    texts = on_map.drawing.layers[0].options["rows"].set_index("area_id")["shown"]
    assert texts["12200414"].endswith("holds a reception centre")
    assert texts.str.contains("reception").sum() == 1
    assert "TXL (Tegel)" in on_map.note
    with pytest.raises(NothingToShow, match="No area with a reception centre"):
        reception.comparison_figure(ctx, TERRITORY.changed(district="08"))
    own_tables.save(ctx, "reception", sent("reception", "Name,Adresse\nHaus am Park,Boddinstr 34\n", ctx))
    own = reception.comparison_figure(ctx, TERRITORY.changed(district="08"))
    assert "(Haus am Park)" in own.note
    both = reception.comparison_figure(ctx, TERRITORY)
    assert both.rows.iloc[0]["without"] < shown["without"]
    sentence = equity.gap_sentence(ctx, TERRITORY, access.Question(service="doctor"))
    assert "Without areas that hold a reception centre: " in sentence


def test_a_city_that_knows_no_reception_centre_says_what_to_do(cities: tuple[str, ...]) -> None:
    for city in cities:
        assert reception.areas(context(city)) == {}
