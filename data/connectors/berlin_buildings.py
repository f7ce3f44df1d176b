"""Berlin's homes: buildings of an OpenStreetMap extract that people are taken to live in, with their floor area."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
from scipy.spatial import cKDTree

from data import grid
from data.connectors import openmaptiles, raw
from data.placing import lie_on

METRIC = 25833
STOREY_M = 3.66  # height of a storey in the source, and of every building whose storeys are not known
DOOR_M = 20  # from the middle of a home to an address at most; halls, garages and barns have none
HOMES_LAND = "residential"
OTHER_LAND = (  # uses of land whose buildings are no homes, unless it is residential as well
    *("commercial", "industrial", "retail", "railway", "military", "bus_station", "cemetery", "stadium", "pitch"),
    *("school", "kindergarten", "college", "university", "hospital", "library", "zoo", "theme_park", "playground"),
)


def homes(folder: Path) -> gpd.GeoDataFrame:
    """Homes as points (EPSG:25833) with floor_m2; the source has no use of a building, so land and addresses tell.

    A building counts if it has an address within DOOR_M of its middle and stands on no land of another use.
    """
    path = folder / "berlin_buildings_centroids.parquet"
    rows = raw.open_raw(path, ["lon", "lat", "area_m2", "height"])
    points = gpd.GeoSeries.from_xy(rows["lon"], rows["lat"], crs=4326).to_crs(METRIC)
    doors = raw.open_raw(folder / "berlin_housenumbers.parquet", ["lon", "lat"])
    doors = gpd.GeoSeries.from_xy(doors["lon"], doors["lat"], crs=4326).to_crs(METRIC)
    to_door, _ = cKDTree(np.column_stack([doors.x, doors.y])).query(np.column_stack([points.x, points.y]))
    storeys = (rows["height"] / STOREY_M).round().where((rows["height"] - STOREY_M).abs() > 0.01)
    floor = grid.floor_area(rows["area_m2"].to_numpy(), storeys.to_numpy(float))
    land = openmaptiles.layers(folder / "openmaptiles_z14.tar.gz", ["landuse"])["landuse"].to_crs(METRIC)
    lived_on = _on(points, land, (HOMES_LAND,)) | ~_on(points, land, OTHER_LAND)
    use = (floor > 0) & (to_door <= DOOR_M) & lived_on
    return gpd.GeoDataFrame({"floor_m2": floor[use]}, geometry=points[use].to_numpy(), crs=METRIC)


def _on(points: gpd.GeoSeries, land: gpd.GeoDataFrame, uses: tuple[str, ...]) -> np.ndarray:
    """Whether each point lies on land of one of the uses."""
    return lie_on(points, land.geometry[land["class"].isin(uses)])
