"""Accessibility: minutes to the nearest service, opportunities in reach, and floating catchment areas.

Everything works on a TravelMatrix: which demand points can walk to which facilities, in how many minutes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix
from scipy.spatial import cKDTree

from analytics.coverage import nearest_m

# Walking speed, metres a minute. Adult and older person: usual gait of people in their forties and from eighty on,
# Bohannon & Andrews (2011), meta-analysis. Child (walking with one) and wheelchair (by hand, on pavements): our
# assumptions, between the two.
SPEEDS = {"adult": 83.0, "child": 66.0, "older person": 57.0, "wheelchair": 60.0}
# E2SFCA's zones and weights: Luo & Qi (2009), Gaussian weights of three equal zones (their weight set 1).
ZONE_WEIGHTS = (1.0, 0.68, 0.22)


@dataclass(frozen=True)
class TravelMatrix:
    """minutes[i, j] for every demand point i and facility j within `limit` minutes; a zero stands as the smallest float."""

    minutes: csr_matrix
    limit: float


def travel_matrix(demand: pd.DataFrame, facilities: pd.DataFrame, limit: float, speed: float, circuity: float) -> TravelMatrix:
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


def gravity(travel: TravelMatrix, supply: np.ndarray, beta: float) -> np.ndarray:
    """Hansen (1959): supply in reach, discounted by exp(-beta * minutes)."""
    return _weighted(travel, np.exp(-beta * travel.minutes.data)) @ supply


def _weighted(travel: TravelMatrix, weights: np.ndarray) -> csr_matrix:
    return csr_matrix((weights, travel.minutes.indices, travel.minutes.indptr), shape=travel.minutes.shape)


def _ratio(supply: np.ndarray, demand: np.ndarray) -> np.ndarray:
    """Supply per head of demand; nothing where nobody demands."""
    return np.divide(supply, demand, out=np.zeros(len(supply)), where=demand > 0)


def two_step(travel: TravelMatrix, demand: np.ndarray, supply: np.ndarray) -> np.ndarray:
    """2SFCA (Luo & Wang 2003): supply per head in reach. demand: persons. supply: places. Returns places per person."""
    inside = _weighted(travel, np.ones(travel.minutes.nnz))
    return inside @ _ratio(supply, inside.T @ demand)


def zone_weights(travel: TravelMatrix) -> np.ndarray:
    """E2SFCA's weight of every pair: three equal zones up to the limit, each holding its outer edge."""
    edges = travel.limit * np.arange(1, len(ZONE_WEIGHTS) + 1) / len(ZONE_WEIGHTS)
    zone = np.searchsorted(edges, travel.minutes.data - 1e-9, side="left")
    return np.array(ZONE_WEIGHTS)[np.minimum(zone, len(ZONE_WEIGHTS) - 1)]


def e2sfca(
    travel: TravelMatrix, demand: np.ndarray, supply: np.ndarray, decay: np.ndarray | None = None
) -> np.ndarray:
    """E2SFCA (Luo & Qi 2009, eqs. 2 and 3): as 2SFCA, but the nearer counts more. Returns places per person.

    decay: weight of every pair in the order of travel.minutes.data, where Luo & Qi's zones are not wanted.
    """
    weights = _weighted(travel, zone_weights(travel) if decay is None else decay)
    return weights @ _ratio(supply, weights.T @ demand)


def three_step(travel: TravelMatrix, demand: np.ndarray, supply: np.ndarray) -> np.ndarray:
    """3SFCA (Wan, Zou & Sternberg 2012): people choose among what they reach, so nearby facilities compete for them."""
    weights = zone_weights(travel)
    rows = np.repeat(np.arange(travel.minutes.shape[0]), np.diff(travel.minutes.indptr))
    chosen = weights / np.bincount(rows, weights, minlength=travel.minutes.shape[0])[rows]
    pull = _weighted(travel, weights * chosen)
    return pull @ _ratio(supply, pull.T @ demand)


def largest_remainder(total: int, shares: np.ndarray) -> np.ndarray:
    """Whole people over cells by share, adding up exactly to the total (largest remainder; ties to the first)."""
    quota = total * shares / shares.sum()
    base = np.floor(quota + 1e-9).astype(int)
    left = total - base.sum()
    base[np.argsort(-(quota - base), kind="stable")[:left]] += 1
    return base


def people_in_cells(cells: pd.DataFrame, residents: pd.DataFrame) -> np.ndarray:
    """Whole residents of each cell; every area's cells add up to the area (an estimate).

    cells: area_id, share. residents: area_id, persons (empty: suppressed, nobody is placed).
    """
    totals = residents.set_index("area_id")["persons"].fillna(0).round().astype(int)
    people = np.zeros(len(cells), dtype=int)
    shares = cells["share"].to_numpy()
    for area, places in cells.groupby("area_id", sort=False).indices.items():
        people[places] = largest_remainder(int(totals.get(area, 0)), shares[places])
    return people


def coverage_curve(minutes: np.ndarray, people: np.ndarray, thresholds: list[float]) -> pd.DataFrame:
    """Share of people within each threshold, not within one only. Returns minutes, share."""
    order = np.argsort(minutes)
    reached = np.cumsum(people[order])
    places = np.searchsorted(minutes[order], thresholds, side="right")
    total = max(int(people.sum()), 1)
    share = [float(reached[place - 1]) / total if place else 0.0 for place in places]
    return pd.DataFrame({"minutes": thresholds, "share": share})


def weighted_mean(values: np.ndarray, people: np.ndarray, groups: pd.Series) -> pd.Series:
    """Mean of a cell value over the people of each group; empty where nobody lives."""
    lived = people > 0
    table = pd.DataFrame({"people": people[lived], "sum": values[lived] * people[lived]})
    sums = table.groupby(groups.array[lived])[["sum", "people"]].sum()
    return sums["sum"] / sums["people"]
