"""OpenStreetMap buildings: the homes of an extract, with their floor area."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from data import grid
from data.connectors.street_network import tag
from data.errors import SourceError
from data.placing import lie_on

STOREY_M = 3.3
# Values of the tag building that are homes; 'yes' says nothing of the use.
HOMES = (
    *("apartments", "residential", "house", "detached", "semidetached_house", "terrace", "dormitory", "bungalow"),
    *("block", "cabin", "farm", "houseboat", "static_caravan", "townhouse", "tower"),
)
OTHER_LAND = (
    "commercial",
    "industrial",
    "retail",
    "railway",
    "military",
    "port",
    "depot",
    "allotments",
    "construction",
)
OTHER_USES = ("amenity", "shop", "office", "tourism", "leisure", "man_made")


def homes(pbf: Path, crs: int, bounds: tuple[float, float, float, float]) -> gpd.GeoDataFrame:
    """Homes of an extract within bounds (west, south, east, north in degrees) as points in `crs`, with floor_m2.

    A building is a home by its tag (HOMES); one whose use is not told is if it is nothing else by its other tags and
    stands on no land of another use (OTHER_LAND). Raises SourceError.
    """
    import pyrosm

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of an extract without buildings
        try:
            osm = pyrosm.OSM(str(pbf), bounding_box=[*bounds])
            buildings, land = osm.get_buildings(), osm.get_landuse()
        except MemoryError:
            raise
        except Exception as fault:
            what = f"the extract's buildings cannot be read ({str(fault)[:100]})"
            raise SourceError(pbf.name, what, hint="Fetch the extract again") from fault
    if buildings is None or buildings.empty:
        return gpd.GeoDataFrame({"floor_m2": pd.Series(dtype=float)}, geometry=[], crs=crs)
    shapes = gpd.GeoSeries(buildings.geometry, crs=4326).to_crs(crs)
    points = shapes.representative_point()
    use = tag(buildings, "building")
    unknown = (use == "yes") & ~np.logical_or.reduce([tag(buildings, name) != "" for name in OTHER_USES])
    lived_in = use.isin(HOMES) | unknown & ~_on_other_land(points, land, crs)
    footprint = shapes.area.to_numpy()
    floor = np.where(lived_in, grid.floor_area(footprint, _storeys(buildings)), 0.0)
    return gpd.GeoDataFrame({"floor_m2": floor[floor > 0]}, geometry=points[floor > 0].to_numpy(), crs=crs)


def _storeys(buildings: pd.DataFrame) -> np.ndarray:
    """Storeys as tagged, else from the height; empty where neither is."""
    levels, height = (
        pd.to_numeric(tag(buildings, name).str.extract(r"^([\d.]+)")[0], errors="coerce")
        for name in ("building:levels", "height")
    )
    return levels.fillna((height / STOREY_M).round()).to_numpy(float)


def _on_other_land(points: gpd.GeoSeries, land: Any, crs: int) -> np.ndarray:
    """Whether each point lies on land of another use."""
    if land is None or land.empty:
        return np.zeros(len(points), bool)
    other = land[land["landuse"].isin(OTHER_LAND) & (shapely.get_dimensions(land.geometry) == 2)]
    return lie_on(points, gpd.GeoSeries(other.geometry, crs=4326).to_crs(crs))
