"""OpenStreetMap street network: the walking network of an extract."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.spatial import cKDTree

from data.errors import SourceError

# What a way is for people on foot, by wheelchair or bicycle -> values of the tag highway.
KINDS = {
    "steps": ("steps",),
    "footway": ("footway", "pedestrian", "corridor", "elevator", "platform"),
    "path": ("path", "bridleway", "track"),
    "cycleway": ("cycleway",),
    "street": ("residential", "living_street", "unclassified", "service", "road"),
    "road": ("tertiary", "tertiary_link", "secondary", "secondary_link"),
    "main_road": ("primary", "primary_link", "trunk", "trunk_link"),
}
WHEELCHAIR = ("yes", "limited", "no")  # values of the tag
BRIDGE_M = 60  # pieces of bridges nearer than this are one bridge: both pavements and the roadway
TAGS = ["route", "bridge", "name", "incline", "wheelchair"]
AROUND_DEGREES = 0.03  # ways are read this far around a city, for those that leave it and come back
Bounds = tuple[float, float, float, float]  # west, south, east, north in degrees


@dataclass(frozen=True)
class Network:
    """The largest connected part of a city's walking network, and what the rest is.

    nodes: node (0..n-1), x, y (metres). edges: origin, target, metres, kind (of KINDS, else 'path'), bridge (its name,
    '' for none), incline (per cent, up or down; empty: not known), wheelchair (of WHEELCHAIR, '': not known); walkable
    both ways, the shortest where two run side by side. share: of all nodes in the city's bounds,
    those in this part; parts: how many parts have some there; ferries: lines between them, which nobody walks. Without
    ways in the bounds all is empty; elsewhere: whether there are some beyond.
    """

    nodes: pd.DataFrame
    edges: pd.DataFrame
    share: float = 1.0
    parts: int = 0
    ferries: int = 0
    elsewhere: bool = False


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
    edges["kind"] = kinds(tag(lines, "highway")).to_numpy()
    edges["incline"] = inclines(tag(lines, "incline")).to_numpy()
    edges["wheelchair"] = tag(lines, "wheelchair").where(lambda own: own.isin(WHEELCHAIR), "").to_numpy()
    named = tag(lines, "name").where(tag(lines, "bridge").isin(["yes", "viaduct", "movable", "cantilever"]))
    x, y = ((axis[edges["origin"]] + axis[edges["target"]]) / 2 for axis in (metric.x.to_numpy(), metric.y.to_numpy()))
    edges["bridge"] = bridges(x, y, named)
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
    edges = shortest_of_twins(edges)
    parts = int((sizes > 0).sum())
    ferries = _ferries(pbf, bounds) if parts > 1 else 0
    return Network(nodes, edges, float(sizes.max() / sizes.sum()), parts, ferries)


def kinds(highway: pd.Series) -> pd.Series:
    """The kind of each way by its tag highway; 'path' for what is none of KINDS."""
    names = {value: kind for kind, values in KINDS.items() for value in values}
    return highway.map(names).fillna("path").astype(str)


def inclines(words: pd.Series) -> pd.Series:
    """How steep ways are, per cent, up or down, by their tag incline ('-8%', '5 %', '10°').

    Empty where it says no number.
    """
    parts = words.str.replace(",", ".").str.extract(r"^\s*[+-]?(\d{1,3}(?:\.\d+)?)\s*(%|°)\s*$")
    values = pd.to_numeric(parts[0], errors="coerce")
    return values.where(parts[1] != "°", 100 * np.tan(np.radians(values.clip(upper=80)))).round(1)


def bridges(x: np.ndarray, y: np.ndarray, names: pd.Series) -> np.ndarray:
    """The name of the bridge that each piece of a way is a part of; '' where there is none or it has no name.

    x, y: middle of each piece (metres). names: of its way where it is on a bridge, '' without a name, empty elsewhere.
    Pieces within BRIDGE_M of each other are one bridge, called by the name that most of them have; bridges of one name
    are numbered.
    """
    result, on = np.full(len(names), "", dtype=object), np.flatnonzero(names.notna())
    if not len(on):
        return result
    pairs = cKDTree(np.column_stack([x[on], y[on]])).query_pairs(BRIDGE_M, output_type="ndarray")
    near = csr_matrix((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(len(on), len(on)))
    part = pd.Series(connected_components(near, directed=False)[1])
    known = names.to_numpy()[on]
    name = pd.Series(known)[known != ""].groupby(part[known != ""]).agg(lambda own: own.mode().min())
    of_same = name.groupby(name).cumcount() + 1
    name = name.where(of_same == 1, name + " (" + of_same.astype(str) + ")")
    result[on] = part.map(name).fillna("")
    return result


def shortest_of_twins(edges: pd.DataFrame) -> pd.DataFrame:
    """Ways without loops, the smaller node first, one for each pair of nodes: the shortest."""
    low, high = np.minimum(edges["origin"], edges["target"]), np.maximum(edges["origin"], edges["target"])
    edges = edges.assign(origin=low, target=high)[low != high]
    edges = edges.sort_values(["origin", "target", "metres"], kind="stable")
    return edges.drop_duplicates(["origin", "target"]).reset_index(drop=True)


def along_a_curve(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """An order of points in which neighbours are near each other (Morton's), so that their numbers pack well."""
    cells = [((values - values.min()) / 10).astype(np.int64) for values in (x, y)]
    code = np.zeros(len(x), np.int64)
    for bit in range(16):
        for axis, values in enumerate(cells):
            code |= ((values >> bit) & 1) << (2 * bit + axis)
    return np.argsort(code, kind="stable")


def circuity(
    nodes: pd.DataFrame, edges: pd.DataFrame, start: np.ndarray, within_m: tuple[float, float] = (200, 1000)
) -> dict[str, float]:
    """Network distance over straight-line distance (Giacomin & Levinson 2015), fitted on a real network.

    From each of the nodes `start` to every node at a straight distance in `within_m`. Returns the median over pairs
    (factor; ways cut off at the edge of the extract make a mean too large), the 10th and 90th percentile (low, high)
    and the number of pairs. A way longer than five times the straight line counts as so long.
    """
    ends, size = (edges["origin"], edges["target"]), len(nodes)
    ways = csr_matrix((edges["metres"], ends), shape=(size, size))
    xy, ratios = nodes[["x", "y"]].to_numpy(), []
    tree = cKDTree(xy)
    for node in start:
        near = np.sort(tree.query_ball_point(xy[node], 3 * within_m[1]))
        walked = dijkstra(ways[near][:, near], directed=False, indices=np.searchsorted(near, node))
        straight = np.hypot(*(xy[near] - xy[node]).T)
        use = (straight >= within_m[0]) & (straight <= within_m[1])
        ratios.append(np.minimum(walked[use] / straight[use], 5.0))
    ratio = np.concatenate(ratios)
    shortest, factor, longest = (float(quantile) for quantile in np.quantile(ratio, [0.1, 0.5, 0.9]))
    return {"factor": factor, "low": shortest, "high": longest, "pairs": len(ratio)}


def _within(points: pd.DataFrame, bounds: Bounds | None) -> np.ndarray:
    """Which nodes lie in the bounds."""
    west, south, east, north = bounds or (-180, -90, 180, 90)
    return (points["lon"].between(west, east) & points["lat"].between(south, north)).to_numpy()


def _empty(elsewhere: bool) -> Network:
    whole, metres = pd.Series(dtype="int64"), pd.Series(dtype="float64")
    words = pd.Series(dtype=str)
    nodes = {"node": whole, "x": metres, "y": metres}
    edges = {"origin": whole, "target": whole, "metres": metres, "kind": words, "bridge": words}
    edges |= {"incline": metres, "wheelchair": words}
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
        points, lines = osm.get_network(network_type="all", nodes=True, extra_attributes=TAGS)
    if lines is None:
        return pd.DataFrame(), None
    closed = tag(lines, "foot").isin(["no", "private"]) | (tag(lines, "route") == "ferry")
    return points, lines[~closed & ~tag(lines, "highway").str.startswith(("motorway", "trunk"))]


def tag(rows: pd.DataFrame, name: str) -> pd.Series:
    """A tag's values, '' where there is none; an extract in which nothing has the tag has no such column."""
    return rows[name].fillna("").astype(str) if name in rows else pd.Series("", index=rows.index)
