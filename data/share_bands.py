"""Percentages of few people, rounded to bands so wide that each stands for as many people as may be published."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from data.errors import DataError
from data.suppression import THRESHOLD

STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0)  # percent: how coarse a share may become


def round_shares(
    table: pd.DataFrame, areas: pd.DataFrame, residents: pd.DataFrame, bases: Mapping[str, tuple[int, int, int]]
) -> pd.DataFrame:
    """Percentages, each moved to the middle of a band of 0.01 to 20 percent.

    The band is the narrowest that stands for more than THRESHOLD of the people it is a share of; 0 stays 0, and where
    even the widest band is too narrow the share is empty. table: period, area_id, what it is a share of (one column),
    percent, and level where areas are not the smallest. areas: as in `Surroundings`. residents: as published; those of
    the nearest date count. bases: ages from, to under, and residents to one of the base, by what it is a share of.
    Raises DataError for shares of several levels, which would bound one another.
    """
    version = areas["boundary_version"].iloc[-1]
    residents = residents[residents["boundary_version"] == version]
    by = next(name for name in table if name not in ("period", "level", "area_id", "percent"))
    if "level" in table:
        if table["level"].nunique() > 1:
            raise DataError("Shares of several levels would bound one another: give them for one level of areas.")
        holders = _within(areas[areas["boundary_version"] == version], table["level"].iloc[0])
        residents = residents.assign(area_id=residents["area_id"].map(holders))
    parts = []
    for (period, group), rows in table.groupby(["period", by], sort=False):
        dates = residents["period"].drop_duplicates()
        people = residents[residents["period"] == dates.iloc[(dates - period).abs().argmin()]]
        low, high, per_case = bases.get(str(group), (0, 120, 10))
        base = rows["area_id"].map(_of_age(people, low, high)) / per_case
        steps = np.array([*STEPS, np.nan])
        step = steps[np.searchsorted(STEPS, 100 * (THRESHOLD + 1) / base.where(base > 0, 1e-9).fillna(1e-9))]
        middle = (np.floor(rows["percent"] / step) + 0.5) * step
        parts.append(rows.assign(percent=middle.round(4).clip(upper=100).where(rows["percent"] != 0, 0.0 * step)))
    return pd.concat(parts).sort_index()


def _within(areas: pd.DataFrame, level: str) -> pd.Series:
    """The area of a level that each smallest area lies in."""
    levels = list(areas["level"].drop_duplicates())
    smallest = areas.loc[areas["level"] == levels[-1], "area_id"]
    result = pd.Series(smallest.to_numpy(), index=smallest)
    for lower in levels[: levels.index(level) : -1]:
        result = result.map(areas[areas["level"] == lower].set_index("area_id")["parent_id"])
    return result


def _of_age(residents: pd.DataFrame, low: int, high: int) -> pd.Series:
    """Residents aged low to under high by area; a band of ages that a bound cuts counts in proportion."""
    bands = residents["age"].str.extract(r"(\d+)(?:-(\d+))?").astype(float)
    first, last = bands[0], bands[1].fillna(119) + 1
    share = ((np.minimum(last, high) - np.maximum(first, low)) / (last - first)).clip(lower=0)
    return (residents["persons"].astype(float) * share).groupby(residents["area_id"]).sum(min_count=1)
