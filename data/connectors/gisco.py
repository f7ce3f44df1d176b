"""Eurostat GISCO: country shapes and NUTS 2 shapes, simplified for drawing with shared borders kept shared."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely

from data.connectors.raw import open_raw


def simplify_coverage(shapes: gpd.GeoDataFrame, tolerance: float, decimals: int) -> gpd.GeoDataFrame:
    """Simplify neighbouring polygons together, so that no gap or sliver opens between them.

    tolerance: in the units of the shapes' CRS (Visvalingam-Whyatt, square root of the area dropped).
    decimals: places the coordinates are rounded to; shared corners stay shared because both sides round alike.
    """
    simple = shapely.coverage_simplify(np.asarray(shapes.geometry.array), tolerance)
    rounded = shapely.transform(simple, lambda xy: np.round(xy, decimals))
    return shapes.set_geometry(gpd.GeoSeries(shapely.make_valid(rounded), index=shapes.index, crs=shapes.crs))


def country_shapes(folder: Path) -> gpd.GeoDataFrame:
    """Countries and territories of 2024, EPSG:4326: iso3, name, geometry."""
    raw = open_raw(folder / "gisco_countries_2024.parquet", ["ISO3_CODE", "NAME_ENGL"], geometry=True)
    shapes = raw.rename(columns={"ISO3_CODE": "iso3", "NAME_ENGL": "name"})[["iso3", "name", "geometry"]]
    shapes = shapes[shapes["iso3"].str.fullmatch("[A-Z]{3}", na=False)].drop_duplicates("iso3")
    return simplify_coverage(gpd.GeoDataFrame(shapes), 0.15, 2).sort_values("iso3", ignore_index=True)


def regions(folder: Path) -> gpd.GeoDataFrame:
    """NUTS 2 regions in their boundaries of 2016, EPSG:4326: nuts_id, name, country, geometry."""
    raw = open_raw(folder / "nuts2_2016.parquet", ["NUTS_ID", "CNTR_CODE", "NUTS_NAME"], geometry=True)
    shapes = raw.rename(columns={"NUTS_ID": "nuts_id", "CNTR_CODE": "country", "NUTS_NAME": "name"})
    shapes = gpd.GeoDataFrame(shapes[["nuts_id", "name", "country", "geometry"]])
    return simplify_coverage(shapes, 0.02, 3).sort_values("nuts_id", ignore_index=True)
