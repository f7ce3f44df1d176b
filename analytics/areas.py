"""How areas nest: from the smallest areas up to the city."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pandas as pd


def ancestors(areas: pd.DataFrame, levels: Sequence[str] = ()) -> pd.DataFrame:
    """For each smallest area the id of its area at every level.

    areas: level, area_id, parent_id of one boundary version. levels: from the city down, as the city lists them; the
    order of the rows where none are passed. Returns one column a level, indexed by the id of the smallest areas.
    Raises ValueError if an area's parent is unknown.
    """
    upwards = list(dict.fromkeys(levels or areas["level"]))[::-1]
    parents = {level: rows.set_index("area_id")["parent_id"] for level, rows in areas.groupby("level")}
    smallest = parents[upwards[0]].index
    table = pd.DataFrame({upwards[0]: smallest}, index=smallest.rename("area_id"))
    for below, above in pairwise(upwards):
        table[above] = table[below].map(parents[below])
        unknown = table.index[~table[above].isin(parents[above].index)]
        if len(unknown):
            raise ValueError(f"Area {unknown[0]} has no {above} above it.")
    return table
