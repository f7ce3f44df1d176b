"""How two measures go together, with confounders held still and the uncertainty said; never what makes what."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

FEWEST_GROUPS = 8  # an interval from fewer independent groups says little


class RankCorrelation(NamedTuple):
    """Rank correlation with its 95 % interval, plain and with the confounders held still, over n areas in groups."""

    n: int
    groups: int
    plain: float
    plain_low: float
    plain_high: float
    partial: float
    partial_low: float
    partial_high: float

    @property
    def significant(self) -> bool:
        """Whether the interval with confounders held still leaves out zero."""
        return bool(self.partial_low > 0 or self.partial_high < 0)


def _partial(ranks: np.ndarray, groups: np.ndarray | None) -> float:
    """Fisher's z of the correlation of the first two columns, the others (and groups' means) taken out of both."""
    if groups is not None:
        frame = pd.DataFrame(ranks)
        ranks = (frame - frame.groupby(groups).transform("mean")).to_numpy()
    others = np.column_stack([np.ones(len(ranks)), ranks[:, 2:]])
    residuals = ranks[:, :2] - others @ np.linalg.lstsq(others, ranks[:, :2], rcond=None)[0]
    spread = residuals.std(axis=0)
    value = (residuals[:, 0] * residuals[:, 1]).mean() / (spread[0] * spread[1]) if (spread > 1e-9).all() else 0.0
    return float(np.arctanh(np.clip(value, -1 + 1e-12, 1 - 1e-12)))


def rank_correlation(
    table: pd.DataFrame, x: str, y: str, confounders: list[str], groups: pd.Series | None = None, within: bool = False
) -> RankCorrelation:
    """Spearman's rank correlation of two columns, plain and partial.

    table: one row an area; rows with a gap in any of the columns are left out. confounders: columns held still. groups:
    what each row lies in, such as its country: rows of one group are alike, groups are independent (without: every row
    is). within: whether the partial one holds the group still too, so that only rows of one group are compared.
    Intervals leave out one group at a time (jackknife on Fisher's z, Student's t with one degree fewer than groups).
    Source: Cameron & Miller (2015), "A practitioner's guide to cluster-robust inference", on few clusters.
    Raises ValueError with fewer than ten complete areas or FEWEST_GROUPS groups.
    """
    from scipy.stats import t

    known = table[[x, y, *confounders]].dropna()
    if len(known) < 10:
        raise ValueError(f"Only {len(known)} areas have every figure; an association needs ten.")
    values = known.to_numpy(float)
    labels = np.arange(len(known)) if groups is None else groups.loc[known.index].to_numpy()
    units = pd.unique(labels)
    if len(units) < FEWEST_GROUPS:
        raise ValueError(f"Only {len(units)} groups are independent; an interval needs {FEWEST_GROUPS}.")

    def correlations(rows: np.ndarray) -> np.ndarray:
        ranks = pd.DataFrame(values[rows]).rank().to_numpy()
        return np.array([_partial(ranks[:, :2], None), _partial(ranks, labels[rows] if within else None)])

    middle = correlations(np.full(len(values), True))
    without = np.array([correlations(labels != unit) for unit in units])
    error = np.sqrt((len(units) - 1) / len(units) * ((without - middle) ** 2).sum(axis=0))
    half = t.ppf(0.975, len(units) - 1) * error
    plain, partial = np.tanh(np.column_stack([middle, middle - half, middle + half])).tolist()
    return RankCorrelation(len(values), len(units), *plain, *partial)
