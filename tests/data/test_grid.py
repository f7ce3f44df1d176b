"""Where residents of an area are estimated to live: near facilities where these are many, else evenly."""

from __future__ import annotations

import geopandas as gpd
import pytest
import shapely

from data import grid

AREAS = gpd.GeoDataFrame(
    {"area_id": ["w", "e"]}, geometry=[shapely.box(0, 0, 2000, 2000), shapely.box(2000, 0, 4000, 2000)], crs=3067
)
AREAS = AREAS.set_geometry(AREAS.translate(380_000, 6_670_000))


def places(count: int) -> gpd.GeoDataFrame:
    """Facilities side by side in the middle of the western area."""
    return gpd.GeoDataFrame(geometry=[shapely.Point(381_000 + n, 6_671_000) for n in range(count)], crs=3067)


@pytest.mark.parametrize("count", [0, 1, 9])
def test_few_facilities_do_not_house_their_own_users(count: int) -> None:
    """Two areas need ten: with nine a library would have everybody within 500 m of it."""
    shares = grid.cells(AREAS, places(count)).groupby("area_id")["share"]
    assert (shares.max() == shares.min()).all()


def test_many_facilities_show_where_an_area_is_built() -> None:
    cells = grid.cells(AREAS, places(10)).set_index("area_id")
    west = cells.loc["w"]
    near = ((west["x"] - 381_005) ** 2 + (west["y"] - 6_671_000) ** 2) ** 0.5
    assert west.loc[near < 290, "share"].gt(0).all()
    assert west.loc[near > 310, "share"].eq(0).all()
    assert cells.loc["e", "share"].nunique() == 1
