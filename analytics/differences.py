"""What a new version of a table says otherwise than the one in use."""

from __future__ import annotations

import pandas as pd


def compare(before: pd.DataFrame, after: pd.DataFrame, keys: list[str], value: str = "") -> pd.DataFrame:
    """Rows that differ, the largest change first.

    before, after: the same columns. keys: what a figure is of; rows with the same keys are added up first, empty values
    left out. value: the column compared; '' counts rows. Returns keys, before, after, change (after less before; a side
    that lacks the row is empty, and then so is the change), what ('changed', 'new', 'gone').
    """
    sides = []
    for table in (before, after):
        grouped = table.groupby(keys, observed=True, dropna=False)
        sides.append((grouped[value].sum(min_count=1) if value else grouped.size()).astype("float64"))
    both = pd.concat({"before": sides[0], "after": sides[1]}, axis=1)
    inside = pd.DataFrame(
        {"before": both.index.isin(sides[0].index), "after": both.index.isin(sides[1].index)}, index=both.index
    )
    what = pd.Series("changed", index=both.index).mask(~inside["before"], "new").mask(~inside["after"], "gone")
    same = inside.all(axis=1) & ((both["before"] == both["after"]) | (both["before"].isna() & both["after"].isna()))
    both = both.assign(change=both["after"] - both["before"], what=what)[~same]
    size = both["change"].abs().fillna(both[["before", "after"]].max(axis=1))
    return both.assign(size=size).sort_values("size", ascending=False, kind="stable").drop(columns="size").reset_index()
