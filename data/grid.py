"""Spreading planning areas over hexagons: where, inside an area, people are likely to live."""

from __future__ import annotations

import geopandas as gpd
import h3
import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

FINEST, COARSEST = 10, 8  # H3: hexagons of about 0.015 km2 (66 m from centre to corner) to 0.74 km2 (460 m)
MOST_CELLS = 1_000_000  # of a place: from some 15,000 km2 hexagons are larger, from 105,000 km2 the coarsest
CORNERS_M = {10: 80, 9: 210, 8: 560}  # no place in a hexagon is farther from its centre
SHED_M2 = 40  # footprint under which a building is no home
SMALL_HOUSE_M2 = 180  # footprint under which it is a house of one or two families
HALL_M2 = 3000  # footprint from which it is a hall
MOST_STOREYS = 22


def cells(areas: gpd.GeoDataFrame, people: gpd.GeoDataFrame | None = None) -> pd.DataFrame:
    """Hexagons of each area with the share of its residents that they are estimated to house, of one resolution.

    areas: area_id, geometry in a metric CRS. people: where they are, in the same CRS: squares of a population grid
    (persons), or homes (points; floor_m2, see floor_area).
    Returns cell (H3 index), area_id, x, y (metres, CRS of the areas), share (adds up to 1 in each area).
    A square's persons are spread evenly over the hexagons whose centre it holds; an area's residents over its homes by
    floor area. An area without either houses them evenly over all its hexagons. Facilities attract nobody: where people
    live near services must not come from where services are. All of it is an estimate.
    """
    rows: list[tuple[str, str]] = []
    size = resolution(float(areas.area.sum()) / 1e6)
    for area_id, shape in zip(areas["area_id"], areas.to_crs(4326).geometry, strict=True):
        hexagons = h3.geo_to_cells(shape, size)
        if not hexagons:
            point = shape.representative_point()
            hexagons = [h3.latlng_to_cell(point.y, point.x, size)]
        rows.extend((cell, area_id) for cell in hexagons)
    table = pd.DataFrame(rows, columns=["cell", "area_id"])
    lat, lon = zip(*table["cell"].map(h3.cell_to_latlng), strict=True)
    points = gpd.GeoSeries.from_xy(lon, lat, crs=4326).to_crs(areas.crs)
    table["x"], table["y"] = points.x.round().astype("int32"), points.y.round().astype("int32")
    if people is None or people.empty:
        weight = np.ones(len(table))
    elif "floor_m2" in people:
        weight = _from_homes(table, areas, people)
    else:
        weight = _from_grid(table, gpd.GeoDataFrame(geometry=points, crs=areas.crs), people, CORNERS_M[size])
    housed = pd.Series(weight).groupby(table["area_id"]).transform("sum") > 0
    weight = np.where(housed, weight, 1.0)
    table["share"] = weight / table.assign(weight=weight).groupby("area_id")["weight"].transform("sum")
    return table.sort_values(["area_id", "cell"], ignore_index=True)


def resolution(km2: float) -> int:
    """The finest resolution that has not too many cells in a place of this size."""
    fitting = (r for r in range(FINEST, COARSEST, -1) if km2 / h3.average_hexagon_area(r) <= MOST_CELLS)
    return next(fitting, COARSEST)


def floor_area(footprint_m2: np.ndarray, storeys: np.ndarray) -> np.ndarray:
    """Floor area of homes, m2: footprint times storeys; 0 for what is too small to live in (sheds, garages).

    storeys: empty where it is not known. Then a small house counts as one and a half storeys, a larger one as three,
    a hall as one and a half: chosen among a few for Berlin's census of 2011 (docs/streets.md).
    """
    large = (footprint_m2 >= SMALL_HOUSE_M2) & (footprint_m2 < HALL_M2)
    usual = np.where(large, 3.0, 1.5)
    area = footprint_m2 * np.where(np.isnan(storeys), usual, np.clip(storeys, 1, MOST_STOREYS))
    return np.where(footprint_m2 < SHED_M2, 0.0, area)


def _from_homes(table: pd.DataFrame, areas: gpd.GeoDataFrame, homes: gpd.GeoDataFrame) -> np.ndarray:
    """Floor area of the homes of each hexagon: a home is in the nearest hexagon of the area that it stands in."""
    inside = gpd.sjoin(homes[["floor_m2", "geometry"]], areas[["area_id", "geometry"]], predicate="within")
    inside = inside[~inside.index.duplicated()]
    weight = np.zeros(len(table))
    hexagons = table.groupby("area_id", sort=False).indices
    for area, rows in inside.groupby("area_id").indices.items():
        own = hexagons[area]
        points = inside.geometry.iloc[rows]
        _, nearest = cKDTree(table[["x", "y"]].to_numpy()[own]).query(np.column_stack([points.x, points.y]))
        np.add.at(weight, own[nearest], inside["floor_m2"].to_numpy()[rows])
    return weight


def _from_grid(
    table: pd.DataFrame, centres: gpd.GeoDataFrame, population: gpd.GeoDataFrame, corner_m: float
) -> np.ndarray:
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
    near = distance_m <= corner_m
    np.add.at(weight, nearest[near], between["persons"].to_numpy()[near])
    return weight
