"""How areas nest: from the smallest areas up to the city."""

from __future__ import annotations

from itertools import pairwise

import pandas as pd


def ancestors(areas: pd.DataFrame) -> pd.DataFrame:
    """For each smallest area the id of its area at every level.

    areas: level, area_id, parent_id of one cut, levels from the city down. Returns one column a level, indexed by the
    id of the smallest areas. Raises ValueError if an area's parent is unknown.
    """
    levels = list(dict.fromkeys(areas["level"]))
    parents = {level: rows.set_index("area_id")["parent_id"] for level, rows in areas.groupby("level")}
    lowest = max(levels, key=lambda level: len(parents[level]))
    order = sorted(levels, key=lambda level: len(parents[level]), reverse=True)
    table = pd.DataFrame({lowest: parents[lowest].index}, index=parents[lowest].index.rename("area_id"))
    for below, above in pairwise(order):
        table[above] = table[below].map(parents[below])
        unknown = table.index[~table[above].isin(parents[above].index)]
        if len(unknown):
            raise ValueError(f"Area {unknown[0]} has no {above} above it.")
    return table
