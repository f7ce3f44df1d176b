"""How mixed a group is, how concentrated in few origins, and how apart its parts live."""

from __future__ import annotations

import numpy as np
import pandas as pd


def _shares(persons: pd.Series) -> pd.Series:
    counts = persons.dropna().astype(float)
    counts = counts[counts > 0]
    return counts / counts.sum()


def herfindahl(persons: pd.Series) -> float:
    """Herfindahl-Hirschman index: sum of squared shares; 1 is one group only, 1/n is n equal groups; nan is nobody."""
    return float((_shares(persons) ** 2).sum(min_count=1))


def simpson(persons: pd.Series) -> float:
    """Simpson's diversity 1 - sum p^2: the chance that two people drawn at random differ (Simpson 1949)."""
    return 1 - herfindahl(persons)


def shannon(persons: pd.Series) -> float:
    """Shannon's entropy -sum p ln p, in nats (Shannon 1948); exp of it is the effective number of groups."""
    shares = _shares(persons)
    return float(-(shares * np.log(shares)).sum()) + 0.0


def shannon_by(persons: pd.Series, areas: pd.Series) -> pd.Series:
    """Shannon's entropy of each area at once: ln S - sum n ln n / S of its counts n and their sum S; nan is nobody.

    persons: counts, gaps left out. areas: the area of each.
    """
    counts = persons.astype("float64").where(lambda n: n > 0)
    sums = counts.groupby(areas).sum(min_count=1)
    return np.log(sums) - (counts * np.log(counts)).groupby(areas).sum(min_count=1) / sums


def location_quotient(group: pd.Series, total: pd.Series, group_all: float, total_all: float) -> pd.Series:
    """Share of a group in each area over its share in the whole; 1 is average, empty where nobody lives."""
    share = group.astype("Float64") / total.astype("Float64").where(total > 0)
    return share / (group_all / total_all)


def dissimilarity(group: pd.Series, others: pd.Series) -> float | None:
    """Duncan & Duncan (1955): share of the group that would have to move for an even spread, 0..1.

    group, others: persons by area; areas without a figure for either are left out. None if either is nobody.
    """
    known = group.notna() & others.notna()
    a, b = group[known].astype(float), others[known].astype(float)
    if not a.sum() or not b.sum():
        return None
    return float(0.5 * (a / a.sum() - b / b.sum()).abs().sum())


def isolation(group: pd.Series, total: pd.Series) -> float | None:
    """Bell's xPx: the chance that a neighbour, drawn from one's own area, is of one's own group, 0..1 (Lieberson 1981).

    group, total: persons by area; areas without a figure for either are left out. None if the group is nobody.
    """
    known = group.notna() & total.notna() & (total > 0)
    a, t = group[known].astype(float), total[known].astype(float)
    return float((a / a.sum() * a / t).sum()) if a.sum() else None


def unevenness(counts: pd.DataFrame, residents: pd.Series) -> pd.DataFrame:
    """Dissimilarity and isolation of each origin over the areas whose count is published.

    counts: area_id, origin, persons (empty: suppressed). residents: all residents by area. Returns origin, persons,
    dissimilarity, isolation, areas (with a published count), hidden_areas.
    """
    rows = []
    for origin, part in counts.groupby("origin"):
        group = part.set_index("area_id")["persons"].astype("Float64")
        total, hidden = residents.reindex(group.index).astype("Float64"), int(group.isna().sum())
        uneven, isolated = dissimilarity(group, total - group), isolation(group, total)
        rows.append((origin, group.sum(), uneven, isolated, len(group) - hidden, hidden))
    columns = ["origin", "persons", "dissimilarity", "isolation", "areas", "hidden_areas"]
    return pd.DataFrame(rows, columns=columns)
