"""How two measures go together, with confounders held still and the uncertainty said; never what makes what."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd


class RankCorrelation(NamedTuple):
    """Rank correlation with its 95 % bootstrap interval, plain and with the confounders held still."""

    n: int
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


def _partial(ranks: np.ndarray) -> float:
    """Correlation of the first two columns after taking the others out of both (least squares)."""
    others = np.column_stack([np.ones(len(ranks)), ranks[:, 2:]])
    residuals = ranks[:, :2] - others @ np.linalg.lstsq(others, ranks[:, :2], rcond=None)[0]
    spread = residuals.std(axis=0)
    return float((residuals[:, 0] * residuals[:, 1]).mean() / (spread[0] * spread[1])) if spread.all() else np.nan


def rank_correlation(
    table: pd.DataFrame, x: str, y: str, confounders: list[str], draws: int = 1000, seed: int = 0
) -> RankCorrelation:
    """Spearman's rank correlation of two columns, plain and partial.

    table: one row an area; rows with a gap in any of the columns are left out. confounders: columns held still.
    Intervals are percentile bootstraps over areas (Efron 1979), so they take areas as independent: neighbours are alike
    and the true interval is wider. Raises ValueError with fewer than ten complete areas.
    """
    columns = [x, y, *confounders]
    known = table[columns].dropna()
    if len(known) < 10:
        raise ValueError(f"Only {len(known)} areas have every figure; an association needs ten.")
    values = known.to_numpy(float)
    generator = np.random.default_rng(seed)

    def correlations(rows: np.ndarray) -> tuple[float, float]:
        ranks = pd.DataFrame(rows).rank().to_numpy()
        return _partial(ranks[:, :2]), _partial(ranks)

    plain, partial = correlations(values)
    drawn = np.array([correlations(values[generator.integers(len(values), size=len(values))]) for _ in range(draws)])
    low, high = np.nanpercentile(drawn, [2.5, 97.5], axis=0)
    return RankCorrelation(len(values), plain, low[0], high[0], partial, low[1], high[1])
