"""Berlin's addresses: house numbers of an OpenStreetMap extract, each with the named street that is nearest to it."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.spatial import cKDTree

from data.connectors import raw

METRIC = 25833
EVERY_M = 10  # a street is known by points so far apart
FARTHEST_M = 80  # a house is farther from its street in back yards at most


def addresses(folder: Path) -> pd.DataFrame:
    """Streets and their house numbers: name, number ('' for the street's own middle), x, y (metres, EPSG:25833).

    The source has no street beside a number: it is of the nearest street with a name (an estimate, wrong at some
    corners); numbers farther than FARTHEST_M from any are left out. Of a number that stands at several doors of one
    street within 300 m the first is taken.
    """
    edges = raw.open_raw(folder / "berlin_walk_edges.parquet", ["name", "geometry"], geometry=True)
    named = edges[edges["name"].fillna("").str.strip() != ""].to_crs(METRIC)
    lines = shapely.segmentize(named.geometry.to_numpy(), EVERY_M)
    corners, line = shapely.get_coordinates(lines, return_index=True)
    names = named["name"].str.strip().to_numpy()[line]
    numbers = raw.open_raw(folder / "berlin_housenumbers.parquet", ["lon", "lat", "housenumber"]).dropna()
    points = gpd.GeoSeries.from_xy(numbers["lon"], numbers["lat"], crs=4326).to_crs(METRIC)
    places = np.column_stack([points.x, points.y])
    away, nearest = cKDTree(corners).query(places)
    houses = pd.DataFrame({"name": names[nearest], "number": numbers["housenumber"].str.strip().to_numpy()})
    houses[["x", "y"]] = places.round().astype("int32")
    houses = houses[(away <= FARTHEST_M) & (houses["number"].str.len() <= 10)]
    middles = _middles(pd.DataFrame({"name": names, "x": corners[:, 0], "y": corners[:, 1]}))
    rows = pd.concat([middles, houses], ignore_index=True).sort_values(["name", "number", "x", "y"])
    rows = rows.assign(block_x=rows["x"] // 300, block_y=rows["y"] // 300)
    rows = rows.drop_duplicates(["name", "number", "block_x", "block_y"])
    return rows[["name", "number", "x", "y"]].astype({"x": "int32", "y": "int32"}).reset_index(drop=True)


def _middles(points: pd.DataFrame, apart_m: int = 1500) -> pd.DataFrame:
    """The middle point of each street; streets of one name that lie apart_m from each other are different ones."""
    from sklearn.cluster import DBSCAN  # a second to load, for the build alone

    rows = []
    for name, own in points.groupby("name", sort=True):
        places = own[["x", "y"]].to_numpy()
        street = DBSCAN(apart_m, min_samples=1).fit_predict(places)
        for part in range(street.max() + 1):
            along = places[street == part]
            middle = along[cKDTree(along).query(along.mean(axis=0))[1]]
            rows.append((name, "", round(middle[0]), round(middle[1])))
    return pd.DataFrame(rows, columns=["name", "number", "x", "y"])
