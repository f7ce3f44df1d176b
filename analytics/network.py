"""Walking over a street network: shortest walks, and how much longer they are than the straight line."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.sparse import bmat, csr_matrix, hstack
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree


def graph(nodes: pd.DataFrame, edges: pd.DataFrame) -> csr_matrix:
    """The network as a matrix of metres, walkable both ways. nodes: node (0..n-1). edges: origin, target, metres."""
    size = len(nodes)
    ends = np.concatenate([edges["origin"], edges["target"]]), np.concatenate([edges["target"], edges["origin"]])
    both = pd.DataFrame({"a": ends[0], "b": ends[1], "metres": np.tile(edges["metres"].to_numpy(), 2)})
    both = both.groupby(["a", "b"], as_index=False)["metres"].min()
    return csr_matrix((both["metres"], (both["a"], both["b"])), shape=(size, size))


def metres_to_nearest(streets: csr_matrix, targets: np.ndarray) -> np.ndarray:
    """Shortest walk from every node to the nearest target node, metres (infinite where there is no way)."""
    if not len(targets):
        return np.full(streets.shape[0], np.inf)
    return dijkstra(streets, directed=False, indices=np.unique(targets), min_only=True)


def snap(points: pd.DataFrame, nodes: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Nearest node of each point, and the metres to it. points, nodes: x, y (metres, one CRS)."""
    metres, node = cKDTree(nodes[["x", "y"]].to_numpy()).query(points[["x", "y"]].to_numpy())
    return node, metres


def walk_metres(points: pd.DataFrame, sites: pd.DataFrame, nodes: pd.DataFrame, streets: csr_matrix) -> np.ndarray:
    """Walk from each point over the network to the nearest site, metres, the way to and from the network included.

    The way from a node to a site is added at the site: of two sites on one node the nearer stands for both.
    """
    if sites.empty:
        return np.full(len(points), np.inf)
    start, to_network = snap(points, nodes)
    end, from_network = snap(sites, nodes)
    least = pd.Series(from_network).groupby(end).min()
    # One more node, joined to every site's node by the way from the network, stands for "any site".
    size = streets.shape[0]
    any_site = csr_matrix((np.maximum(least, 1e-6), (np.full(len(least), 0), least.index)), shape=(1, size))
    joined = bmat([[streets, any_site.T], [any_site, None]], format="csr")
    return to_network + dijkstra(joined, directed=False, indices=size)[start]


def reach_metres(
    points: pd.DataFrame, sites: pd.DataFrame, nodes: pd.DataFrame, streets: csr_matrix, limit_m: float
) -> csr_matrix:
    """Walks from points to all sites within limit_m, as points × sites in metres; sites a few hundred at a time."""
    start, to_network = snap(points, nodes)
    end, from_network = snap(sites, nodes)
    blocks = []
    for first in range(0, len(sites), 256):
        part = slice(first, first + 256)
        walked = dijkstra(streets, directed=False, indices=end[part], limit=limit_m)[:, start].T
        walked += to_network[:, None] + from_network[None, part]
        walked[walked > limit_m] = 0
        blocks.append(csr_matrix(walked))
    return hstack(blocks, format="csr") if blocks else csr_matrix((len(points), 0))


def circuity(
    nodes: pd.DataFrame, streets: csr_matrix, *, within_m: tuple[float, float] = (200, 1000), seed: int = 0
) -> dict[str, float]:
    """Network distance over straight-line distance (Giacomin & Levinson 2015), fitted on a real network.

    From 200 nodes drawn at random to every node at a straight distance in `within_m`. Returns the median over pairs
    (factor; ways cut off at the edge of the extract make a mean too large), the 10th and 90th percentile (low, high)
    and the number of pairs.
    """
    start = np.random.default_rng(seed).choice(len(nodes), size=min(200, len(nodes)), replace=False)
    walked = dijkstra(streets, directed=False, indices=start)
    xy = nodes[["x", "y"]].to_numpy()
    straight = np.hypot(xy[start, None, 0] - xy[None, :, 0], xy[start, None, 1] - xy[None, :, 1])
    use = np.isfinite(walked) & (straight >= within_m[0]) & (straight <= within_m[1])
    ratio = walked[use] / straight[use]
    low, factor, high = (float(quantile) for quantile in np.quantile(ratio, [0.1, 0.5, 0.9]))
    return {"factor": factor, "low": low, "high": high, "pairs": int(use.sum())}
