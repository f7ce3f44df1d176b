"""Spreading planning areas over hexagons: where, inside an area, people are likely to live."""

from __future__ import annotations

import geopandas as gpd
import h3
import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

RESOLUTION = 10  # H3: hexagons of about 0.015 km2, 66 m from centre to corner
CORNER_M = 80  # no place in a hexagon is farther from its centre
FEWEST_PLACES = 5  # known facilities for each area, over the city, from which they show what is built
BUILT_WITHIN_M = 300  # a cell counts as built-up if a known school, doctor, stop, ... stands this near


def cells(
    areas: gpd.GeoDataFrame, places: gpd.GeoDataFrame, population: gpd.GeoDataFrame | None = None
) -> pd.DataFrame:
    """Hexagons of each area with the share of its residents that they are estimated to house.

    areas: area_id, geometry in a metric CRS. places: every known facility, same CRS. population: a grid (persons,
    squares in the same CRS), where the city has one.
    Returns cell (H3 index), area_id, x, y (metres, CRS of the areas), share (adds up to 1 in each area).
    Residents are spread evenly over an area's built-up cells: those within 300 m of a known facility (forest, lakes
    and fields hold none); over all its cells where no facility is known, or where too few are to show what is built
    (shows_building). A population grid replaces this: a square's persons spread evenly over the hexagons whose centre
    it holds. Either is an estimate.
    """
    rows: list[tuple[str, str]] = []
    for area_id, shape in zip(areas["area_id"], areas.to_crs(4326).geometry, strict=True):
        hexagons = h3.geo_to_cells(shape, RESOLUTION)
        if not hexagons:
            point = shape.representative_point()
            hexagons = [h3.latlng_to_cell(point.y, point.x, RESOLUTION)]
        rows.extend((cell, area_id) for cell in hexagons)
    table = pd.DataFrame(rows, columns=["cell", "area_id"])
    lat, lon = zip(*table["cell"].map(h3.cell_to_latlng), strict=True)
    points = gpd.GeoSeries.from_xy(lon, lat, crs=4326).to_crs(areas.crs)
    table["x"], table["y"] = points.x.round().astype("int32"), points.y.round().astype("int32")
    if population is None:
        weight = _near_places(table, places) if shows_building(areas, places) else np.ones(len(table))
    else:
        weight = _from_grid(table, gpd.GeoDataFrame(geometry=points, crs=areas.crs), population)
    housed = pd.Series(weight).groupby(table["area_id"]).transform("sum") > 0
    weight = np.where(housed, weight, 1.0)
    table["share"] = weight / table.assign(weight=weight).groupby("area_id")["weight"].transform("sum")
    return table.sort_values(["area_id", "cell"], ignore_index=True)


def shows_building(areas: gpd.GeoDataFrame, places: gpd.GeoDataFrame) -> bool:
    """Whether known facilities are enough to tell built-up land: of few, each would house its own users around it."""
    return len(places) >= FEWEST_PLACES * len(areas)


def _near_places(table: pd.DataFrame, places: gpd.GeoDataFrame) -> np.ndarray:
    """1 where a place is near, 0 elsewhere."""
    distance_m, _ = cKDTree(np.column_stack([places.geometry.x, places.geometry.y])).query(table[["x", "y"]].to_numpy())
    return (distance_m <= BUILT_WITHIN_M).astype(float)


def _from_grid(table: pd.DataFrame, centres: gpd.GeoDataFrame, population: gpd.GeoDataFrame) -> np.ndarray:
    """Persons of the square that holds each hexagon's centre, shared among all hexagons with a centre in it.

    A square between all centres, as small ones are, gives its persons to the hexagon whose centre is nearest.
    """
    inside = gpd.sjoin(centres, population[["persons", "geometry"]], predicate="within")
    inside = inside[~inside.index.duplicated()]
    share = inside["persons"] / inside.groupby("index_right")["persons"].transform("size")
    weight = share.reindex(table.index).fillna(0.0).to_numpy(copy=True)
    between = population[~population.index.isin(inside["index_right"])]
    middle = between.representative_point()
    distance_m, nearest = cKDTree(table[["x", "y"]].to_numpy()).query(np.column_stack([middle.x, middle.y]))
    near = distance_m <= CORNER_M
    np.add.at(weight, nearest[near], between["persons"].to_numpy()[near])
    return weight
