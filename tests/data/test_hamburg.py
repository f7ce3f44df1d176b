"""Hamburg from its publishers' files by the public commands alone: the files' own totals, each quarter, every page."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

import data
from data.city.__main__ import main
from tests.driver import PAGES, figures, open_page, words

ROOT = Path(__file__).parents[2]
SOURCES = ROOT.parent / "shared" / "sources" / "hamburg"
IN_NO_QUARTER = 6_777  # people whom the rows of Hamburg-Mitte and of the city hold beyond the sum of all quarters
DISTRICTS = ("Hamburg-Mitte", "Altona", "Eimsbüttel", "Hamburg-Nord", "Wandsbek", "Bergedorf", "Harburg")
pytestmark = pytest.mark.skipif(not SOURCES.exists(), reason="no folder with Hamburg's files beside this checkout")


def profile(column: str) -> list[tuple[str, float]]:
    """A column of the profiles as the file has it, row by row: the quarters, then seven districts, then the city."""
    with (SOURCES / "stadtteilprofile_2014.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file, delimiter=";")
    place = [name.strip() for name in header].index(column)
    return [(row[0].strip(), float(re.sub(r"\s", "", row[place]).replace(",", "."))) for row in rows]


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A machine with Hamburg on it, and what the check said."""
    place = tmp_path_factory.mktemp("hamburg")
    pack = str(place / "pack")
    subprocess.run([sys.executable, ROOT / "docs" / "hamburg" / "make_pack.py", SOURCES, pack], check=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ZONE_LOCAL", str(place / "local"))
        patch.setenv("ZONE_DATABASE", f"sqlite:///{place / 'zone.db'}")
        command = [sys.executable, "-m", "data.city", "check", pack]
        checked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        assert checked.returncode == 0, checked.stdout
        assert main(["build", pack]) == 0
        yield checked.stdout


@pytest.fixture(scope="module")
def people(said: str) -> pd.DataFrame:
    """Residents by quarter and age: name, district (its name), age, persons."""
    areas = data.table("areas", "hamburg").set_index("area_id")
    rows = data.table("residents", "hamburg")
    assert rows["period"].unique().tolist() == [pd.Timestamp("2013-12-31")]
    quarter = areas[areas["level"] == "planning_area"]
    district = areas[areas["level"] == "district"]["name"]
    parents = rows["area_id"].map(quarter["parent_id"])
    return rows.assign(name=rows["area_id"].map(quarter["name"]), district=parents.map(district))


@pytest.mark.parametrize(
    ("column", "ages", "beyond"),
    [
        ("Bevölkerung", ["0-17", "18-64", "65+"], IN_NO_QUARTER),
        ("Unter 18-Jährige", ["0-17"], 9),
        ("65-Jährige und Ältere", ["65+"], 63),
    ],
)
def test_districts_and_the_city_have_the_totals_of_the_file(
    people: pd.DataFrame, column: str, ages: list[str], beyond: int
) -> None:
    *_quarters, city = profile(column)
    districts = dict(profile(column)[-8:-1])
    assert city[0] == "Hamburg"
    assert tuple(districts) == DISTRICTS
    built = people[people["age"].isin(ages)].groupby("district")["persons"].sum()
    for name, persons in districts.items():
        assert built[name] == persons - (beyond if name == "Hamburg-Mitte" else 0), name
    assert built.sum() == city[1] - beyond


def test_every_quarter_is_found_by_its_name_and_keeps_its_people(people: pd.DataFrame, said: str) -> None:
    published = dict(profile("Bevölkerung")[:-8])
    assert len(published) == 99
    assert people.groupby("name")["persons"].sum().to_dict() == published
    assert "0 errors" in said
    assert "the areas are found by their names" in said
    assert "is not among the areas" not in said


def test_rows_of_totals_that_do_not_add_up_are_named(said: str) -> None:
    assert "'Altona' is a sum of other rows and left out; so are 'Eimsbüttel' (row 103)" in said
    assert "'Hamburg-Mitte' (row 101) says 289,876, the rows 283,099" in said
    assert "'Hamburg' (row 108) says 1,788,994, the rows 1,782,217" in said
    assert "the city has 1,782,217" in said


def test_foreign_nationals_and_those_with_a_background_add_up(said: str) -> None:
    rows = data.table("residents_by_background", "hamburg")
    city = rows[rows["level"] == "city"].set_index("background")["persons"]
    published = [
        dict(profile(name)[-8:])["Hamburg"]
        for name in ("Ausländerinnen und Ausländer", "Bevölkerung mit Migrations-hintergrund")
    ]
    assert city["migration_background"] == published[1] == 548_279
    assert city["foreign_nationals"] == published[0] - 6_716  # of those in no quarter


def test_shares_are_the_files_but_for_their_rounding_and_their_mean_is_near_the_citys(people: pd.DataFrame) -> None:
    """Shares are moved to the middle of a band at most two and a half times as wide as eleven people are."""
    grown = people[people["age"] == "18-64"].set_index("area_id")["persons"].astype(float)
    names = data.table("areas", "hamburg").query("level == 'planning_area'").set_index("area_id")["name"]
    rows = data.table("social_monitoring", "hamburg").query("indicator == 'unemployment'").dropna()
    *quarters, (_city, whole) = profile("Arbeitslosenanteil in % (Dez 2013)")
    published = dict(quarters[:99])
    assert len(rows) > 95
    for area, percent in zip(rows["area_id"], rows["percent"], strict=True):
        assert percent == pytest.approx(published[names[area]], abs=1.25 * 100 * 11 / grown[area]), names[area]
    table = next(
        figure for figure in figures(open_page("cities", city="hamburg", topic="work")) if figure.key == "cities"
    )
    mean = float(table.rows.set_index("measure")["city_hamburg"]["Unemployment"].split(" ")[0].rstrip(","))
    assert mean == pytest.approx(whole, abs=0.15)  # 5.8 in the file, from its own ages; ours are weighted by 18 to 64


def test_places_are_those_inside_the_city(said: str) -> None:
    rows = pd.read_parquet(SOURCES / "osm_points_of_interest_2026-02.parquet")
    shapes = gpd.read_parquet(SOURCES / "quarters.parquet").query("name != 'Neuwerk'")
    points = gpd.GeoDataFrame(
        rows, geometry=gpd.points_from_xy(rows["lon"].astype(float), rows["lat"].astype(float)), crs=4326
    )
    inside = points[points.intersects(shapes.union_all())]["kind"].value_counts()
    built = data.table("facilities", "hamburg")["kind"].value_counts()
    ours = {"pharmacy": "pharmacies", "library": "libraries", "doctor": "doctors", "metro_station": "ubahn-stops"}
    for kind, theirs in ours.items():
        assert built[kind] == inside[theirs], kind
    assert not {"daycare", "school_primary"} & set(built.index)  # half of them are not in the file: left out, and said


@pytest.mark.parametrize("page", PAGES)
def test_every_page_shows_hamburg_or_says_what_is_missing(said: str, page: str) -> None:
    app = open_page(page, city="hamburg")
    assert not app.exception
    text = words(app)
    assert app.title[0].value
    assert not re.search(r"\bnan\b|\bNone\b|<NA>", text), text


def dates(app: AppTest) -> str:
    assert not app.exception
    return " ".join([words(app), *(f"{figure.period} {figure.source}" for figure in figures(app))])


@pytest.mark.parametrize("page", ["coverage", "reach", "access_equity"])
def test_pages_say_that_people_are_of_2013_and_places_of_2026(said: str, page: str) -> None:
    text = dates(open_page(page, city="hamburg", service="library"))
    assert "31 December 2013" in text
    assert "2026-02" in text


def test_beside_berlin_what_is_years_apart_is_not_compared(said: str) -> None:
    def table(topic: str) -> pd.DataFrame:
        app = open_page("cities", city="hamburg", cities="berlin", topic=topic)
        assert not app.exception
        return next(figure for figure in figures(app) if figure.key == "cities").rows.set_index("measure")

    people = table("people")
    assert people["city_hamburg"]["Residents"] == "1,782,217, 2013-12-31"
    # The nearest day that Berlin counted; one of its 448 areas of then has no row.
    assert people["city_berlin"]["Residents"] == "3,576,190, 2015-06-30; areas without a count: 1"
    assert people["city_hamburg"]["Under 18"].startswith("15.7 (15.7–15.8)")  # 280,355 of them
    assert people["comparison"]["Under 18"] == "Berlin not comparable: 1.5 years apart"
    libraries = table("services").loc["Library"]
    assert libraries["city_hamburg"].endswith("2013-12-31; 2026-02")
    assert "11.0 years apart" in libraries["comparison"]
