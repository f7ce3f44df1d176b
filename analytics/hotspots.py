"""Where points crowd: Getis-Ord hot spots of areas, DBSCAN clusters of points."""

from __future__ import annotations

import warnings
from collections.abc import Callable

import geopandas as gpd
import numpy as np
import pandas as pd

from analytics.arrivals import stream

DRAWS = 99_999


def getis_ord(
    values: pd.Series, shapes: gpd.GeoDataFrame, key: str, discovery_rate: float = 0.05, seed: int = 0
) -> pd.DataFrame:
    """Getis-Ord Gi* of every area: whether it and its neighbours together hold unusually much or little.

    values: by area. shapes: one row an area, column `key`. Neighbours share a border or corner (queen). Returns area, z
    and p as gi_star does, and kind: 'hot', 'cold' or '' with false discoveries held to discovery_rate (Benjamini &
    Hochberg 1995).
    """
    from libpysal.graph import Graph
    from scipy.stats import false_discovery_control

    areas = shapes.set_index(key).loc[values.dropna().index]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an island may have no neighbour
        near = Graph.build_contiguity(areas, rook=False).sparse.toarray() > 0
    z, p = gi_star(values.dropna().to_numpy(float), near, seed)
    sure = false_discovery_control(p) <= discovery_rate
    kind = np.where(sure & (z > 0), "hot", np.where(sure & (z < 0), "cold", ""))
    return pd.DataFrame({"area": areas.index, "z": z, "p": p, "kind": kind})


def gi_star(x: np.ndarray, near: np.ndarray, seed: int = 0, draws: int = DRAWS) -> tuple[np.ndarray, np.ndarray]:
    """Gi* of every area in standard deviations, and its two-sided p by conditional randomisation.

    x: values. near: which areas are neighbours, areas x areas. An area's own value is held and as many values as it has
    neighbours are drawn from the other areas, so counts that are mostly zero need no normal distribution. Source: Ord &
    Getis (1995), "Local spatial autocorrelation statistics", eq. 5; Anselin (1995) for the randomisation.
    """
    near = near & ~np.eye(len(x), dtype=bool)
    neighbours, sums = near.sum(axis=1), near @ x + x
    counts = neighbours + 1
    spread = x.std() * np.sqrt((len(x) * counts - counts**2) / max(len(x) - 1, 1))
    z = np.divide(sums - x.mean() * counts, spread, out=np.zeros(len(x)), where=spread > 0)
    # Positions among all but the last area, which stands in for the area that is held: all areas share the draws.
    drawn = _distinct(len(x) - 1, int(neighbours.max()), stream(seed, "hot spots").integers, draws)
    totals = np.vstack([np.zeros(draws), np.cumsum(x[drawn], axis=0)])
    order = np.argsort(drawn, axis=None, kind="stable")
    starts = np.searchsorted(drawn.ravel()[order], np.arange(len(x) + 1))
    p = np.ones(len(x))
    for area, count in enumerate(neighbours):
        held_at, held_in = np.divmod(order[starts[area] : starts[area + 1]], draws)
        simulated = totals[count] + x[area]
        simulated[held_in[held_at < count]] += x[-1] - x[area]
        slack = 1e-9 * max(abs(sums[area]), 1)
        tails = (simulated >= sums[area] - slack).sum(), (simulated <= sums[area] + slack).sum()
        p[area] = min(1.0, 2 * (min(tails) + 1) / (draws + 1))
    return z, p


def _distinct(places: int, count: int, integers: Callable[..., np.ndarray], draws: int) -> np.ndarray:
    """So many distinct numbers below places in each of draws columns, all orders alike."""
    drawn = np.empty((count, draws), dtype=np.int64)
    for row in range(count):
        drawn[row] = integers(places - row, size=draws)
        for earlier in np.sort(drawn[:row], axis=0):
            drawn[row] += drawn[row] >= earlier
    return drawn


def dbscan(points: pd.DataFrame, within_m: float, at_least: int) -> pd.DataFrame:
    """Crowds of points by density, whatever the borders.

    points: x, y (metres). within_m: how near neighbours are; at_least: how many a core point has, itself included.
    Returns the points with crowd: 0 is the largest crowd, 1 the next, -1 no crowd. Source: Ester et al. (1996), DBSCAN.
    """
    from sklearn.cluster import DBSCAN

    labels = DBSCAN(eps=within_m, min_samples=at_least).fit_predict(points[["x", "y"]].to_numpy(float))
    sizes = pd.Series(labels[labels >= 0]).value_counts()
    rank = {label: place for place, label in enumerate(sizes.index)}
    return points.assign(crowd=[rank.get(label, -1) for label in labels])
