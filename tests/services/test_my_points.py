"""A reader's own points: read in a process of its own, matched with areas by hand, faults named with row and column."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

import data
from data.city import own_points
from data.context import CityContext, Territory
from data.errors import DataError, NothingToShow, SourceError
from data.figures import Map
from data.translation import Language
from services import city_map, my_points

PERIOD = pd.Timestamp("2024-12-31")
TERRITORY = Territory(first_year=2015, last_year=2025)
HERMANNPLATZ, ALEX = (13.4247, 52.4869), (13.4132, 52.5219)


def context(city: str = "berlin") -> CityContext:
    return CityContext(data.cities()[city], data.version())


def text(*rows: str) -> bytes:
    return "\n".join(["name;lon;lat;seats", *rows, ""]).encode()


def test_points_lie_in_their_areas_and_bring_their_columns() -> None:
    """Read as an upload is, in a process of its own; the third point is in Potsdam."""
    rows = text("Café;13.4247;52.4869;40", "=1+1;13.4132;52.5219;10", "Far;13.06;52.40;5")
    points = my_points.receive(Language(), "mine.csv", rows)
    figure = my_points.map_figure(context(), TERRITORY, points, "own: seats", "library_walk")
    assert figure.finding == "2 of 3 points of mine.csv lie in Berlin"
    assert figure.rows["own: seats"].tolist() == [40, 10]
    assert figure.rows["area_id"].str[:2].tolist() == ["08", "01"]
    walk = city_map.by_area(context(), "library_walk", PERIOD, "planning_area").rows.set_index("area_id")["value"]
    assert figure.rows["indicator_value"].tolist() == walk[figure.rows["area_id"]].tolist()
    labels = {column.name: column.label for column in figure.columns}
    assert labels["own: seats"] == "seats"
    assert isinstance(figure.drawing, Map)
    circles = figure.drawing.layers[-1].options["points"]["radius"]
    assert circles.tolist() == [18.0, 9.0]  # a quarter of the seats, half the radius


def test_shapes_of_any_reference_system_are_points_in_degrees(tmp_path: Path) -> None:
    shapes = gpd.GeoDataFrame({"n": ["a"]}, geometry=[shapely.Point(*HERMANNPLATZ).buffer(0.001)], crs=4326)
    path = tmp_path / "a.gpkg"
    shapes.to_crs(25833).to_file(path)
    rows = own_points.read_points(path.read_bytes(), "a.gpkg")
    assert rows[["lon", "lat"]].to_numpy()[0] == pytest.approx(HERMANNPLATZ, abs=1e-3)
    assert rows["own: n"].tolist() == ["a"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (text("A;13.4;52.5;1", "B;eastwards;52.5;1"), ["mine.csv", "row 3", "column 'lon'"]),
        (b"name;where\nA;here\n", ["mine.csv"]),
        (b"", ["mine.csv", "empty"]),
        (text(*["A;13.4;52.5;1"] * 5001), ["mine.csv", "5,001 points", "at most 5,000"]),
    ],
    ids=["no number", "no place", "empty", "too many"],
)
def test_a_bad_file_ends_in_one_sentence(content: bytes, words: list[str]) -> None:
    with pytest.raises(SourceError) as fault:
        own_points.read_points(content, "mine.csv")
    for word in words:
        assert word in str(fault.value)
    assert "\n" not in str(fault.value)


def test_the_process_gives_its_sentence_on_and_other_cities_say_what_is_missing(cities: tuple[str, ...]) -> None:
    with pytest.raises(DataError, match=r"mine\.csv"):
        my_points.receive(Language(), "mine.csv", b"name\nA\n")
    points = my_points.Points("mine.csv", own_points.read_points(text("A;13.4;52.5;1"), "mine.csv"))
    ctx, territory = context("three-shores"), TERRITORY.changed(first_year=2018, last_year=2019)
    indicator = next(iter(city_map.indicators(ctx)))
    with pytest.raises(NothingToShow, match=r"No point of mine\.csv lies in Three Shores"):
        my_points.map_figure(ctx, territory, points, "", indicator)
