"""Walking over a street network: shortest ways, and how much longer they are than the straight line."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra


def graph(nodes: pd.DataFrame, edges: pd.DataFrame) -> csr_matrix:
    """The network as a matrix of metres, walkable both ways. nodes: node (0..n-1). edges: origin, target, metres."""
    size = len(nodes)
    ends = np.concatenate([edges["origin"], edges["target"]]), np.concatenate([edges["target"], edges["origin"]])
    both = pd.DataFrame({"a": ends[0], "b": ends[1], "metres": np.tile(edges["metres"].to_numpy(), 2)})
    both = both.groupby(["a", "b"], as_index=False)["metres"].min()
    return csr_matrix((both["metres"], (both["a"], both["b"])), shape=(size, size))


def metres_to_nearest(ways: csr_matrix, targets: np.ndarray) -> np.ndarray:
    """Shortest walk from every node to the nearest target node, metres (infinite where there is no way)."""
    if not len(targets):
        return np.full(ways.shape[0], np.inf)
    return dijkstra(ways, directed=False, indices=np.unique(targets), min_only=True)


def circuity(
    nodes: pd.DataFrame, ways: csr_matrix, *, within_m: tuple[float, float] = (200, 1000), seed: int = 0
) -> dict[str, float]:
    """Network distance over straight-line distance (Giacomin & Levinson 2015), fitted on a real network.

    From 200 nodes drawn at random to every node at a straight distance in `within_m`. Returns the median over pairs
    (factor; ways cut off at the edge of the extract make a mean too large), the 10th and 90th percentile (low, high)
    and the number of pairs.
    """
    start = np.random.default_rng(seed).choice(len(nodes), size=min(200, len(nodes)), replace=False)
    walked = dijkstra(ways, directed=False, indices=start)
    xy = nodes[["x", "y"]].to_numpy()
    straight = np.hypot(xy[start, None, 0] - xy[None, :, 0], xy[start, None, 1] - xy[None, :, 1])
    use = np.isfinite(walked) & (straight >= within_m[0]) & (straight <= within_m[1])
    ratio = walked[use] / straight[use]
    low, factor, high = (float(quantile) for quantile in np.quantile(ratio, [0.1, 0.5, 0.9]))
    return {"factor": factor, "low": low, "high": high, "pairs": int(use.sum())}
