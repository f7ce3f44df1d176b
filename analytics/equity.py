"""Equity of access: how unequally a good is spread over people, against whom, and where the gaps cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix
from scipy.special import stdtrit

if TYPE_CHECKING:
    from libpysal.weights import W


def lorenz(values: np.ndarray, people: np.ndarray) -> pd.DataFrame:
    """Lorenz curve: cumulative share of people, worst served first, and of the good. Returns people, good (0..1)."""
    keep = (people > 0) & np.isfinite(values)
    order = np.argsort(values[keep], kind="stable")
    weight, good = people[keep][order], (values[keep] * people[keep])[order]
    shares = {name: np.cumsum(part) / part.sum() for name, part in (("people", weight), ("good", good))}
    return pd.DataFrame({name: np.concatenate([[0], share]) for name, share in shares.items()})


def gini(values: np.ndarray, people: np.ndarray) -> float:
    """Gini coefficient over people: 0 is the same for all, towards 1 all for one (area under the Lorenz curve)."""
    curve = lorenz(values, people)
    return float(1 - 2 * np.trapezoid(curve["good"], curve["people"]))


def concentration_index(values: np.ndarray, people: np.ndarray, rank_by: np.ndarray) -> float:
    """Concentration index (Kakwani, Wagstaff & van Doorslaer 1997): negative where the good goes to the low ranks.

    rank_by: what people are ranked by, lowest first, for instance child poverty of their area; equal values share
    their mean rank.
    """
    keep = (people > 0) & np.isfinite(values) & np.isfinite(rank_by)
    weight, value, key = people[keep].astype(float), values[keep].astype(float), rank_by[keep]
    share = weight / weight.sum()
    _, group = np.unique(key, return_inverse=True)
    mass = np.bincount(group, share)
    rank = (np.cumsum(mass) - mass / 2)[group]
    mean = (share * value).sum()
    return float(2 * (share * (value - mean) * (rank - (share * rank).sum())).sum() / mean)


def palma(values: np.ndarray, people: np.ndarray) -> float | None:
    """The good that the best-served tenth has over that of the worst-served four tenths, after Palma (2011)."""
    curve = lorenz(values, people)
    below = np.interp([0.4, 0.9], curve["people"], curve["good"])
    return float((1 - below[1]) / below[0]) if below[0] > 0 else None


def fifths(values: np.ndarray, people: np.ndarray) -> np.ndarray:
    """The fifth of people, 1 (lowest values) to 5, that each area lies in with its middle.

    0 where its value is unknown or nobody lives. Areas of one value are in one fifth, so fifths are only as even as
    values allow.
    """
    keep = (people > 0) & np.isfinite(values)
    _, group = np.unique(values[keep], return_inverse=True)
    mass = np.bincount(group, people[keep].astype(float))
    middle = (np.cumsum(mass) - mass / 2) / mass.sum()
    result = np.zeros(len(values), dtype=int)
    result[keep] = np.minimum((5 * middle).astype(int) + 1, 5)[group]
    return result


class Gap(NamedTuple):
    """Mean of a group less that of all others, its 95 % interval; the same without the area that moves it most.

    area: position of that area among those given.
    """

    gap: float
    low: float
    high: float
    area: int
    without: float
    without_low: float
    without_high: float

    @property
    def sure(self) -> bool:
        """Whether the two differ, and would without any single area."""
        return self.low * self.high > 0 and self.without_low * self.without_high > 0 and self.gap * self.without > 0


def gap(values: np.ndarray, group: np.ndarray, others: np.ndarray, clusters: np.ndarray | None = None) -> Gap:
    """How much longer (or more) the mean of a group is than that of all others.

    values, group, others: the value of each area and the persons of either group there. clusters: what holds each area;
    neighbours are alike, so the intervals are from a jackknife over these, with Student's t (Cameron & Miller 2015).
    """
    keep = np.isfinite(values) & np.isfinite(group) & np.isfinite(others)
    value, a, b = values[keep], group[keep], others[keep]
    members = np.arange(len(value)) if clusters is None else np.unique(clusters[keep], return_inverse=True)[1]
    parts = np.column_stack([value * a, a, value * b, b])

    def difference(sums: np.ndarray) -> np.ndarray:
        return sums[..., 0] / sums[..., 1] - sums[..., 2] / sums[..., 3]

    def interval(rows: np.ndarray) -> tuple[float, float]:
        sums = np.zeros((members.max() + 1, 4))
        np.add.at(sums, members, rows)
        middle, left_out, count = difference(sums.sum(axis=0)), difference(sums.sum(axis=0) - sums), len(sums)
        error = np.sqrt((count - 1) / count * ((left_out - left_out.mean()) ** 2).sum())
        half = stdtrit(count - 1, 0.975) * error
        return float(middle - half), float(middle + half)

    whole = float(difference(parts.sum(axis=0)))
    without = difference(parts.sum(axis=0) - parts)
    most = int(np.abs(without - whole).argmax())
    rest = parts.copy()
    rest[most] = 0
    return Gap(whole, *interval(parts), int(np.flatnonzero(keep)[most]), float(without[most]), *interval(rest))


def local_moran(
    values: pd.Series, weights: W, *, permutations: int = 9999, seed: int = 0, rate: float = 0.05
) -> tuple[dict[str, float], pd.Series]:
    """Moran's I, and the areas that are jointly low or jointly high, with the false discovery rate held down.

    values: by area, in the order of the weights' ids, without gaps. Local Moran with conditional permutations (Anselin
    1995, eq. 12: an area's own value stays, its neighbours are drawn from all others). Only areas that are like their
    neighbours are looked for, so pseudo p-values are of one side, how often chance is as alike or more, ties counted;
    Benjamini & Hochberg (1995) over all areas at `rate`. Here and not from esda, whose permutations compile for 14 s
    and 260 MB in every process; tests hold it to esda's. Returns {moran, p} and, by area, 'low', 'high' or ''.
    """
    ordered = values.reindex(weights.id_order)
    weights.transform = "r"
    near = csr_matrix(weights.sparse)
    z = ordered.to_numpy(float) - ordered.mean()
    n, square = len(z), float((z**2).sum())
    lag = near @ z
    whole = n / near.sum() * float(z @ lag) / square
    random = np.random.default_rng(seed)
    drawn = random.permuted(np.tile(z, (999, 1)), axis=1)
    p_whole = _as_alike((n / near.sum() * (drawn * (near @ drawn.T).T).sum(1) / square)[:, None], np.array([whole]))[0]
    most = int(np.diff(near.indptr).max())
    others = np.tile(np.arange(n - 1, dtype=np.int32), (permutations, 1))
    picks = random.permuted(others, axis=1)[:, :most]
    p = np.ones(n)
    for area in range(n):
        shares = near.data[near.indptr[area] : near.indptr[area + 1]]
        if len(shares):
            around = np.delete(z, area)[picks[:, : len(shares)]] @ shares
            p[area] = _as_alike(z[area] * around[:, None], np.array([z[area] * lag[area]]))[0]
    from scipy.stats import false_discovery_control  # a third of a second, for this alone

    sure = false_discovery_control(p) <= rate
    kind = np.select([sure & (z < 0) & (lag < 0), sure & (z > 0) & (lag > 0)], ["low", "high"], "")
    return {"moran": whole, "p": float(p_whole)}, pd.Series(kind, index=ordered.index)


def _as_alike(simulated: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """Pseudo p-value of each column: how often chance is as far up as what was seen, or further."""
    return ((simulated >= seen - 1e-12).sum(0) + 1) / (len(simulated) + 1)
