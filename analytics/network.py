"""Ways over a street network: on foot, by wheelchair and by bicycle."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from scipy.sparse import bmat, csr_matrix
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.spatial import cKDTree

# Metres a minute by bicycle on each kind of way: 15 km/h on streets, slower beside traffic and off the pavement; on
# footways it is pushed, on steps carried. Our assumptions.
CYCLING = {
    "cycleway": 267.0,
    "street": 250.0,
    "road": 250.0,
    "main_road": 233.0,
    "path": 200.0,
    "footway": 83.0,
    "steps": 30.0,
}
CYCLING_USUAL = CYCLING["street"]
STEEP = 6.0  # per cent: ramps are no steeper by DIN 18040-3
CRUMB = 20  # nodes: smaller parts are left when steps are, or a bridge, and nobody is put on them
BLOCK = 64  # sites searched from at once


@dataclass(frozen=True)
class Streets:
    """A network for one way to travel.

    xy: nodes × 2, metres. ways: nodes × nodes, metres both ways (by bicycle: metres that take as long on a usual
    street). usable: whether points may be joined to a node.
    """

    xy: np.ndarray
    ways: csr_matrix
    usable: np.ndarray

    @cached_property
    def tree(self) -> cKDTree:
        """The usable nodes, in the order of their numbers."""
        return cKDTree(self.xy[self.usable], balanced_tree=False, compact_nodes=False)


def bars_wheelchairs(edges: pd.DataFrame) -> pd.Series:
    """Which ways nobody takes by wheelchair: steps, those steeper than STEEP, those said to be for none."""
    barred = pd.Series(False, index=edges.index)
    if "kind" in edges:
        barred |= edges["kind"] == "steps"
    if "incline" in edges:
        barred |= edges["incline"] > STEEP
    if "wheelchair" in edges:
        barred |= edges["wheelchair"] == "no"
    return barred


def streets(nodes: pd.DataFrame, edges: pd.DataFrame, travel: str = "foot", closed: Iterable[str] = ()) -> Streets:
    """The network for a way to travel: 'foot', 'wheelchair' (without what `bars_wheelchairs`) or 'bicycle' (CYCLING).

    nodes: node (0..n-1), x, y (metres). edges: origin, target, metres and, where they are known, kind, bridge, incline
    and wheelchair; of two between the same nodes the shorter counts. closed: names of bridges that nobody crosses.
    """
    if "bridge" in edges and (names := list(closed)):
        edges = edges[~edges["bridge"].isin(names)]
    if travel == "wheelchair":
        edges = edges[~bars_wheelchairs(edges)]
    metres = edges["metres"].to_numpy(float)
    if "kind" in edges and travel == "bicycle":
        metres = metres * CYCLING_USUAL / edges["kind"].map(CYCLING).to_numpy(float)
    ends = np.concatenate([edges["origin"], edges["target"]]), np.concatenate([edges["target"], edges["origin"]])
    both = pd.DataFrame({"a": ends[0], "b": ends[1], "metres": np.tile(metres, 2)})
    if both.duplicated(["a", "b"]).any():
        both = both.groupby(["a", "b"], as_index=False)["metres"].min()
    size = len(nodes)
    ways = csr_matrix((both["metres"], (both["a"], both["b"])), shape=(size, size))
    part = connected_components(ways, directed=False)[1]
    sizes = np.bincount(part, minlength=1)
    usable = sizes[part] >= min(CRUMB, sizes.max(initial=0))
    return Streets(nodes[["x", "y"]].to_numpy(float), ways, usable)


def snap(points: pd.DataFrame, network: Streets) -> tuple[np.ndarray, np.ndarray]:
    """Nearest usable node of each point, and the metres to it. points: x, y (metres, CRS of the network)."""
    metres, nearest = network.tree.query(points[["x", "y"]].to_numpy(float))
    return np.flatnonzero(network.usable)[nearest], metres


def metres_to_nearest(network: Streets, sites: pd.DataFrame) -> np.ndarray:
    """Shortest way from every node to the nearest site (x, y), metres, the way from the network to it included.

    Infinite where there is no way. Of two sites on one node the nearer stands for both.
    """
    size = len(network.xy)
    if sites.empty:
        return np.full(size, np.inf)
    end, from_network = snap(sites, network)
    least = pd.Series(from_network).groupby(end).min()
    # One more node, joined to every site's node by the way from the network, stands for "any site".
    any_site = csr_matrix((np.maximum(least, 1e-6), (np.full(len(least), 0), least.index)), shape=(1, size))
    joined = bmat([[network.ways, any_site.T], [any_site, None]], format="csr")
    return dijkstra(joined, directed=False, indices=size)[:size]


def walk_metres(points: pd.DataFrame, sites: pd.DataFrame, network: Streets) -> np.ndarray:
    """Way from each point over the network to the nearest site, metres, the ways to and from the network included."""
    start, to_network = snap(points, network)
    return to_network + metres_to_nearest(network, sites)[start]


def reach_metres(points: pd.DataFrame, sites: pd.DataFrame, network: Streets, limit_m: float) -> csr_matrix:
    """Ways from points to all sites within limit_m, as points × sites in metres.

    Sites that are near each other are searched from together, over the nodes that lie within limit_m of them along a
    straight line: no shorter way leaves these, and time grows with the sites, not with sites times the city.
    """
    start, to_network = snap(points, network)
    end, from_network = snap(sites, network)
    usable, parts = np.flatnonzero(network.usable), []  # no way from a usable node leads to another
    for block in _blocks(network.xy[end], 2 * limit_m):
        low, high = network.xy[end[block]].min(axis=0), network.xy[end[block]].max(axis=0)
        near = usable[np.sort(network.tree.query_ball_point((low + high) / 2, np.hypot(*(high - low)) / 2 + limit_m))]
        sites_at = np.searchsorted(near, end[block])
        walked = dijkstra(network.ways[near][:, near], directed=False, indices=sites_at, limit=limit_m)
        points_at = np.minimum(np.searchsorted(near, start), len(near) - 1)
        inside = np.flatnonzero(near[points_at] == start)
        metres = walked[:, points_at[inside]] + to_network[inside] + from_network[block][:, None]
        site, point = np.nonzero(metres <= limit_m)
        parts.append((metres[site, point], inside[point], block[site]))
    shape = (len(points), len(sites))
    if not parts:
        return csr_matrix(shape)
    metres, point, site = (np.concatenate(values) for values in zip(*parts, strict=True))
    return csr_matrix((np.maximum(metres, np.finfo(float).tiny), (point, site)), shape=shape)


def _blocks(xy: np.ndarray, side: float) -> Iterator[np.ndarray]:
    """Positions of points, those of a square of a grid together, at most BLOCK at once."""
    squares = pd.DataFrame((xy // side).astype(int), columns=["x", "y"])
    for positions in squares.groupby(["x", "y"]).indices.values():
        for first in range(0, len(positions), BLOCK):
            yield positions[first : first + BLOCK]
