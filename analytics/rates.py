"""Rates with their intervals, and the order of those that can be told apart."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

NAN = float("nan")


class Rate(NamedTuple):
    """A rate with the ends of its 95 % interval; the ends are not known where it has none."""

    value: float
    low: float = NAN
    high: float = NAN


def percentage(count: float, base: float) -> Rate:
    """A share in % of a base with Wilson's score interval (Wilson 1927); not known where count or base is not."""
    if not base > 0 or not 0 <= count <= base:
        return Rate(NAN)
    from statsmodels.stats.proportion import proportion_confint  # half a second, for pages with rates only

    low, high = proportion_confint(count, base, method="wilson")
    return Rate(100 * count / base, 100 * float(low), 100 * float(high))


def per(count: int, residents: float, unit: int = 10_000) -> Rate:
    """Events or facilities per so many residents with the exact Poisson interval (Garwood 1936)."""
    if not residents > 0:
        return Rate(NAN)
    from statsmodels.stats.rates import confint_poisson  # as above

    low, high = confint_poisson(count, residents / unit, method="exact-c")
    return Rate(unit * count / residents, float(low), float(high))


def difference(count: float, base: float, other: float, other_base: float) -> Rate:
    """How many percentage points a share is above another, with the hybrid score interval (Newcombe 1998, method 10).

    Not known where a count or a base is not.
    """
    pairs = ((count, base), (other, other_base))
    if not all(of > 0 and 0 <= part <= of for part, of in pairs):
        return Rate(NAN)
    from statsmodels.stats.proportion import confint_proportions_2indep  # as above

    low, high = confint_proportions_2indep(count, base, other, other_base, method="newcomb", compare="diff")
    return Rate(100 * (count / base - other / other_base), 100 * float(low), 100 * float(high))


def ordered(rows: pd.DataFrame) -> list[list[str]]:
    """Names in groups, largest values first: between groups no interval meets another, inside them a chain does.

    rows: name, value, low, high; those without an interval are left out. Intervals that do not meet are a stricter
    condition than a test of their difference at 5 % (Schenker & Gentleman 2001): no order is said too early.
    """
    groups: list[list[str]] = []
    floor = np.inf
    for row in rows.dropna(subset=["value", "low", "high"]).sort_values("high", ascending=False).itertuples():
        if groups and row.high >= floor:
            groups[-1].append(str(row.name))
        else:
            groups.append([str(row.name)])
            floor = np.inf
        floor = min(floor, row.low)
    return groups
