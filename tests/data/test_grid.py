"""Where residents of an area are estimated to live: by homes or a grid, else evenly; never by where services are."""

from __future__ import annotations

import geopandas as gpd
import h3
import numpy as np
import pytest
import shapely

from data import grid

AREAS = gpd.GeoDataFrame(
    {"area_id": ["w", "e"]}, geometry=[shapely.box(0, 0, 2000, 2000), shapely.box(2000, 0, 4000, 2000)], crs=3067
)
AREAS = AREAS.set_geometry(AREAS.translate(380_000, 6_670_000))


def homes(*rows: tuple[float, float, float]) -> gpd.GeoDataFrame:
    """Homes at x, y (metres from the south-western corner) with their floor area."""
    points = [shapely.Point(380_000 + x, 6_670_000 + y) for x, y, _floor in rows]
    return gpd.GeoDataFrame({"floor_m2": [float(floor) for _x, _y, floor in rows]}, geometry=points, crs=3067)


def test_without_homes_or_a_grid_everybody_lives_everywhere() -> None:
    shares = grid.cells(AREAS).groupby("area_id")["share"]
    assert (shares.max() == shares.min()).all()
    assert shares.sum().tolist() == pytest.approx([1, 1])


def test_homes_house_an_area_by_their_floor_area() -> None:
    cells = grid.cells(AREAS, homes((500, 500, 300), (1500, 1500, 100), (1505, 1500, 200)))
    west = cells[(cells["area_id"] == "w") & (cells["share"] > 0)].sort_values("y")
    assert west["share"].tolist() == [0.5, 0.5]
    away = np.hypot(west["x"] - [380_500, 381_500], west["y"] - [6_670_500, 6_671_500])
    assert (away <= 80).all()
    assert cells.loc[cells["area_id"] == "e", "share"].nunique() == 1  # no home is known there


def test_a_home_on_the_border_is_of_its_own_area() -> None:
    """The hexagon around it may lie in the other."""
    cells = grid.cells(AREAS, homes((1999, 1000, 50), (2001, 1000, 70), (3000, 1000, 70)))
    lived_in = cells[cells["share"] > 0].groupby("area_id")["share"].apply(list)
    assert lived_in["w"] == [1.0]
    assert sorted(lived_in["e"]) == [0.5, 0.5]


def test_floor_area_by_hand() -> None:
    """A shed, a house and a hall of unknown height, a block of unknown and one of five storeys, a tower."""
    footprint = np.array([39.0, 100.0, 5000.0, 400.0, 400.0, 400.0])
    storeys = np.array([2.0, np.nan, np.nan, np.nan, 5.0, 60.0])
    assert grid.floor_area(footprint, storeys).tolist() == [0, 150, 7500, 1200, 2000, 8800]


def test_a_country_has_larger_hexagons_than_a_city_and_a_square_of_people_still_finds_its_own() -> None:
    city = grid.cells(squares(1000.0))
    country = squares(100_000.0)  # two of 10,000 km2
    people = gpd.GeoDataFrame(
        {"persons": [30.0, 10.0]},
        geometry=[shapely.box(x, 4_000_050, x + 100, 4_000_150) for x in (4_000_050, 4_050_050)],
        crs=3035,
    )
    hexagons = grid.cells(country, people)
    assert {h3.get_resolution(cell) for cell in city["cell"]} == {10}
    assert {h3.get_resolution(cell) for cell in hexagons["cell"]} == {9}
    assert len(hexagons) < grid.MOST_CELLS
    assert hexagons.groupby("area_id")["share"].sum().to_numpy() == pytest.approx(1)
    housed = hexagons[(hexagons["area_id"] == "1") & (hexagons["share"] > 0)]
    assert sorted(housed["share"]) == pytest.approx([0.25, 0.75])
    assert abs(housed["x"] - 4_000_100).min() <= grid.CORNERS_M[9]
    assert [grid.resolution(km2) for km2 in (891, 15_000, 16_000, 100_000, 357_000)] == [10, 10, 9, 9, 8]


def squares(side_m: float) -> gpd.GeoDataFrame:
    """Two areas beside each other, EPSG:3035."""
    west, south = 4_000_000, 4_000_000
    shapes = [shapely.box(west + n * side_m, south, west + (n + 1) * side_m, south + side_m) for n in range(2)]
    return gpd.GeoDataFrame({"area_id": ["1", "2"]}, geometry=shapes, crs=3035)
