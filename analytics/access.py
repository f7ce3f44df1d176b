"""Accessibility: minutes to the nearest service, opportunities in reach, and floating catchment areas.

A TravelMatrix says which demand points can walk to which facilities, in how many minutes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix
from scipy.spatial import cKDTree

from analytics.coverage import nearest_m
from analytics.names import N_

# Walking speed, metres a minute. Adult and older person: usual gait of people in their forties and from eighty on,
# Bohannon & Andrews (2011), meta-analysis. Child (walking with one) and wheelchair (by hand, on pavements): our
# assumptions, between the two. Bicycle: 15 km/h on a street, our assumption (analytics/network has other ways).
SPEEDS = {"adult": 83.0, "child": 66.0, "older person": 57.0, "wheelchair": 60.0, "bicycle": 250.0}
WALKERS = {
    "adult": N_("On foot: adult"),
    "child": N_("On foot: child"),
    "older person": N_("On foot: older person"),
    "wheelchair": N_("By wheelchair"),
    "bicycle": N_("By bicycle"),
}
# E2SFCA's zones and weights: Luo & Qi (2009), Gaussian weights of three equal zones (their weight set 1).
ZONE_WEIGHTS = (1.0, 0.68, 0.22)


@dataclass(frozen=True)
class TravelMatrix:
    """minutes[i, j] of demand point i and facility j within `limit` minutes; a zero stands as the smallest float."""

    minutes: csr_matrix
    limit: float


def travel_matrix(
    demand: pd.DataFrame, facilities: pd.DataFrame, limit: float, speed: float, circuity: float
) -> TravelMatrix:
    """Who can walk to what within `limit` minutes: straight line times circuity over speed (an estimate).

    demand, facilities: x, y (metres). speed: metres a minute. circuity: walked over straight distance.
    """
    shape = (len(demand), len(facilities))
    if not all(shape):
        return TravelMatrix(csr_matrix(shape), limit)
    near = cKDTree(demand[["x", "y"]].to_numpy()).sparse_distance_matrix(
        cKDTree(facilities[["x", "y"]].to_numpy()), limit * speed / circuity, output_type="coo_matrix"
    )
    minutes = np.maximum(near.data * circuity / speed, np.finfo(float).tiny)
    return TravelMatrix(csr_matrix((minutes, (near.row, near.col)), shape=shape), limit)


def nearest_minutes(demand: pd.DataFrame, facilities: pd.DataFrame, speed: float, circuity: float) -> np.ndarray:
    """Minutes from each demand point to the nearest facility (infinite without one; an estimate)."""
    return nearest_m(demand, facilities) * circuity / speed


def cumulative_opportunities(travel: TravelMatrix) -> np.ndarray:
    """Number of facilities in reach of each demand point."""
    return np.diff(travel.minutes.indptr).astype(float)


def zone_weights(travel: TravelMatrix) -> np.ndarray:
    """E2SFCA's weight of every pair: three equal zones up to the limit, each holding its outer edge."""
    edges = travel.limit * np.arange(1, len(ZONE_WEIGHTS) + 1) / len(ZONE_WEIGHTS)
    zone = np.searchsorted(edges, travel.minutes.data - 1e-9, side="left")
    return np.array(ZONE_WEIGHTS)[np.minimum(zone, len(ZONE_WEIGHTS) - 1)]


def e2sfca(travel: TravelMatrix, demand: np.ndarray, supply: np.ndarray, decay: np.ndarray | None = None) -> np.ndarray:
    """E2SFCA (Luo & Qi 2009, eqs. 2 and 3): supply per head in reach, the nearer counting more; places per person.

    demand: persons. supply: places. decay: weight of every pair in the order of travel.minutes.data, where Luo & Qi's
    zones are not wanted; ones give 2SFCA (Luo & Wang 2003). Nobody's supply is divided where nobody demands.
    """
    matrix = travel.minutes
    weights = csr_matrix(
        (zone_weights(travel) if decay is None else decay, matrix.indices, matrix.indptr), matrix.shape
    )
    demanded = weights.T @ demand
    return weights @ np.divide(supply, demanded, out=np.zeros(len(supply)), where=demanded > 0)


def largest_remainder(totals: np.ndarray, weights: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """Whole people in proportion to weights, adding up exactly to each group's total (Hamilton; ties to the first).

    groups: of each weight, the place of its total; a group's weights are not all 0.
    """
    quota = totals[groups] * weights / np.bincount(groups, weights, len(totals))[groups]
    whole = np.floor(quota + 1e-9).astype(int)
    order = np.lexsort((whole - quota, groups))
    sizes = np.bincount(groups, minlength=len(totals))
    rank = np.arange(len(order)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    left = totals - np.bincount(groups, whole, len(totals)).astype(int)
    whole[order] += rank < np.repeat(left, sizes)
    return whole


def people_in_cells(cells: pd.DataFrame, residents: pd.DataFrame) -> np.ndarray:
    """Whole residents of each cell; every area's cells add up to the area (an estimate).

    cells: area_id, share. residents: area_id, persons (empty: suppressed, nobody is placed).
    """
    totals = residents.set_index("area_id")["persons"].fillna(0).round().astype(int)
    groups, areas = pd.factorize(cells["area_id"])
    return largest_remainder(totals.reindex(areas, fill_value=0).to_numpy(), cells["share"].to_numpy(), groups)


def coverage_curve(minutes: np.ndarray, people: np.ndarray, thresholds: list[float]) -> pd.DataFrame:
    """Share of people within each threshold, not within one only. Returns minutes, share."""
    order = np.argsort(minutes)
    reached = np.cumsum(people[order])
    counts = np.searchsorted(minutes[order], thresholds, side="right")
    share = np.concatenate([[0.0], reached])[counts] / max(int(people.sum()), 1)
    return pd.DataFrame({"minutes": thresholds, "share": share})


def weighted_mean(values: np.ndarray, people: np.ndarray, groups: pd.Series) -> pd.Series:
    """Mean of a cell value over the people of each group; empty where nobody lives."""
    inhabited = people > 0
    table = pd.DataFrame({"people": people[inhabited], "sum": values[inhabited] * people[inhabited]})
    sums = table.groupby(groups.array[inhabited])[["sum", "people"]].sum()
    return sums["sum"] / sums["people"]
