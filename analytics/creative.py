"""Creative work by region: growth against the median region, and culture venues per resident."""

from __future__ import annotations

import pandas as pd


def growth_against_median(employment: pd.DataFrame, first: int, last: int) -> pd.DataFrame:
    """Yearly growth of cultural employment between two years, against the median of the regions that have both.

    employment: year, nuts_id, thousand_persons. Returns nuts_id, first, last (thousand persons), yearly_growth
    (compound, per year), above_median (percentage points a year). Regions with a gap in either year are left out.
    """
    if last <= first:
        raise ValueError(f"The last year ({last}) must come after the first ({first}).")
    wide = employment.pivot(index="nuts_id", columns="year", values="thousand_persons")
    if first not in wide or last not in wide:
        return pd.DataFrame(columns=["nuts_id", "first", "last", "yearly_growth", "above_median"])
    both = wide[[first, last]].dropna().set_axis(["first", "last"], axis=1)
    both["yearly_growth"] = (both["last"] / both["first"]) ** (1 / (last - first)) - 1
    both["above_median"] = 100 * (both["yearly_growth"] - both["yearly_growth"].median())
    return both.reset_index()


def median_index(employment: pd.DataFrame, regions: list[str] | None = None) -> pd.DataFrame:
    """The median region's path: each region's first year is 100, then the median by year over a constant panel.

    Only regions with every year between the first and the last are used, so that entries and exits move nothing.
    Returns year, index, regions (how many stand behind it).
    """
    wide = employment.pivot(index="year", columns="nuts_id", values="thousand_persons").sort_index()
    if regions is not None:
        wide = wide[[region for region in wide if region in regions]]
    panel = wide.dropna(axis=1)
    index = 100 * panel / panel.iloc[0]
    return pd.DataFrame({"year": index.index, "index": index.median(axis=1).to_numpy(), "regions": panel.shape[1]})
