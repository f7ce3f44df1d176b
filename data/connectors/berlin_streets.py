"""Berlin's streets: the walkable network of an OpenStreetMap extract in the form that every city's network has."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from data.connectors import raw, street_network

METRIC = 25833
# The source's class of a way -> the tag highway of OpenStreetMap that it was made from, where it has no subclass.
CLASSES = {
    "minor": "residential",
    "platform": "platform",
    "pier": "footway",
    "pedestrian": "pedestrian",
    "corridor": "corridor",
    "elevator": "elevator",
}


@cache
def network(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Nodes and ways, EPSG:25833, as `street_network.Network` (build only); the largest connected part of the source.

    Every node of the source stays, those between two ways too: cells and facilities are joined to the nearest.
    """
    columns = ["u", "v", "length_m", "class", "subclass", "name", "brunnel", "walk", "main", "geometry"]
    rows = raw.open_raw(folder / "berlin_walk_edges.parquet", columns, geometry=True)
    rows = gpd.GeoDataFrame(rows[rows["walk"] & rows["main"]])
    spots = gpd.GeoDataFrame(raw.open_raw(folder / "berlin_walk_nodes.parquet", ["id", "geometry"], geometry=True))
    spots = spots.to_crs(METRIC).set_index("id").geometry
    used = np.unique(rows[["u", "v"]].to_numpy())
    x, y = spots.loc[used].x.to_numpy(), spots.loc[used].y.to_numpy()
    order = street_network.along_a_curve(x, y)
    nodes = pd.DataFrame({"node": np.arange(len(used)), "x": x[order].round(1), "y": y[order].round(1)})
    number = pd.Series(np.arange(len(used)), index=used[order])
    highway = rows["subclass"].fillna(rows["class"].replace(CLASSES))
    middle = rows.to_crs(METRIC).geometry.interpolate(0.5, normalized=True)
    bridge = rows["name"].fillna("").str.strip().where(rows["brunnel"] == "bridge")
    edges = pd.DataFrame(
        {
            "origin": rows["u"].map(number),
            "target": rows["v"].map(number),
            "metres": rows["length_m"].clip(lower=0.1).round(1),
            "kind": street_network.kinds(highway),
            "bridge": street_network.bridges(middle.x.to_numpy(), middle.y.to_numpy(), bridge),
        }
    )
    return nodes, street_network.shortest_of_twins(edges)
