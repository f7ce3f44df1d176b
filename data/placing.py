"""Points and the areas they stand in."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely


def assign_areas(points: gpd.GeoDataFrame, areas: gpd.GeoDataFrame) -> pd.DataFrame:
    """Facilities inside the areas, one row a source_id and kind, with area_id, x, y (metres), lon, lat.

    Those outside are left out; one on the line between two areas is in the first. points: source_id, kind and more, any
    CRS. areas: area_id, geometry in a metric CRS, in which x and y are given.
    """
    inside = gpd.sjoin(points.to_crs(areas.crs), areas[["area_id", "geometry"]], predicate="intersects")
    inside = inside.drop_duplicates(["source_id", "kind"])
    degrees = inside.geometry.to_crs(4326)
    inside["x"], inside["y"] = inside.geometry.x.round(1), inside.geometry.y.round(1)
    inside["lon"], inside["lat"] = degrees.x.round(5), degrees.y.round(5)
    return pd.DataFrame(inside.drop(columns=["geometry", "index_right"]))


def lie_on(points: gpd.GeoSeries, shapes: gpd.GeoSeries) -> np.ndarray:
    """Whether each point lies within any of the shapes, both in one CRS."""
    on = np.zeros(len(points), bool)
    on[shapely.STRtree(shapes.to_numpy()).query(points.to_numpy(), predicate="within")[0]] = True
    return on
