"""Where points crowd: Getis-Ord hot spots of areas, DBSCAN clusters of points."""

from __future__ import annotations

import warnings

import geopandas as gpd
import numpy as np
import pandas as pd


def getis_ord(values: pd.Series, shapes: gpd.GeoDataFrame, key: str, discovery_rate: float = 0.05) -> pd.DataFrame:
    """Getis-Ord Gi* of every area: whether it and its neighbours together hold unusually much or little.

    values: by area. shapes: one row an area, column `key`. Neighbours share a border or corner (queen). Returns area,
    z (standard deviations), p (two-sided, normal), kind: 'hot', 'cold' or '' with false discoveries held to
    discovery_rate. Source: Ord & Getis (1995), "Local spatial autocorrelation statistics", eq. 5;
    Benjamini & Hochberg (1995).
    """
    from esda import fdr
    from esda.getisord import G_Local
    from libpysal.graph import Graph

    known = shapes.set_index(key).loc[values.dropna().index]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        neighbours = Graph.build_contiguity(known, rook=False)
        local = G_Local(values.dropna().to_numpy(float), neighbours, transform="B", permutations=0, star=True)
    z = np.asarray(local.Zs, float)
    p = 2 * np.asarray(local.p_norm, float)
    sure = p <= fdr(p, discovery_rate)
    kind = np.where(sure & (z > 0), "hot", np.where(sure & (z < 0), "cold", ""))
    return pd.DataFrame({"area": known.index, "z": z, "p": p, "kind": kind})


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
