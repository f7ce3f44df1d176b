"""Displacement as stocks: who is displaced, from where, to where, since when, and how much of a place that is."""

from __future__ import annotations

import pandas as pd

# UNHCR, Global Trends, 'forcibly displaced': refugees under its mandate, Palestine refugees under UNRWA's,
# asylum-seekers, other people in need of international protection, and internally displaced people (IDMC).
FORCIBLY_DISPLACED = ["idps_idmc", "refugees", "asylum_seekers", "other_in_need", "palestine_refugees"]
ACROSS_BORDERS = ["refugees", "asylum_seekers", "other_in_need", "palestine_refugees"]
LABELS = {
    "refugees": "Refugees (UNHCR)",
    "asylum_seekers": "Asylum-seekers",
    "other_in_need": "Others in need of protection",
    "idps_idmc": "Internally displaced (IDMC)",
    "idps_unhcr": "Internally displaced (UNHCR)",
    "palestine_refugees": "Palestine refugees (UNRWA)",
    "stateless": "Stateless people",
    "others_of_concern": "Others of concern",
    "host_community": "Host community",
    "returned_refugees": "Returned refugees",
    "returned_idps": "Returned internally displaced",
}


def stock(
    displaced: pd.DataFrame,
    by: str,
    *,
    categories: list[str] | None = None,
    origin: str | None = None,
    asylum: str | None = None,
    years: tuple[int, int] | None = None,
) -> pd.DataFrame:
    """People at year end by `by` ('category', 'origin' or 'asylum').

    displaced: year, origin, asylum, category, persons. Returns year, `by`, persons; a year without rows is absent.
    """
    keep = displaced["category"].isin(categories or FORCIBLY_DISPLACED)
    if origin:
        keep &= displaced["origin"] == origin
    if asylum:
        keep &= displaced["asylum"] == asylum
    if years:
        keep &= displaced["year"].between(*years)
    return displaced[keep].groupby(["year", by], as_index=False, observed=True)["persons"].sum()


def top_with_rest(
    table: pd.DataFrame, by: str, n: int, *, rest: str = "REST", rank_year: int | None = None
) -> pd.DataFrame:
    """The n largest groups of the newest (or the given) year and one honest rest, so that every year still adds up.

    table: year, `by`, persons. Returns the same columns; the rest's `by` is `rest`.
    """
    if table.empty:
        return table
    year = int(table["year"].max()) if rank_year is None else rank_year
    newest = table[table["year"] == year].nlargest(n, "persons", keep="first")
    group = table[by].where(table[by].isin(newest[by]), rest)
    return table.assign(**{by: group}).groupby(["year", by], as_index=False)["persons"].sum()


def per_1000(persons: pd.Series, residents: pd.Series) -> pd.Series:
    """People per 1,000 residents; empty where residents are unknown or none."""
    return 1000 * persons.astype("Float64") / residents.astype("Float64").where(residents > 0)


def index_to_first(table: pd.DataFrame, by: str, time: str = "year", value: str = "persons") -> pd.DataFrame:
    """Each group's series with its first positive value set to 100."""
    ordered = table.sort_values(time)
    first = ordered[ordered[value] > 0].groupby(by, observed=True)[value].first()
    base = ordered[by].map(first).astype("Float64")
    return ordered.assign(**{value: 100 * ordered[value].astype("Float64") / base})


def change(first: float, last: float) -> float | None:
    """Relative change; None when there is nothing to compare with."""
    return None if not first else last / first - 1
