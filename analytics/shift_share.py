"""Shift-share: a place's change taken apart into what the wholes that hold it and the place itself contributed."""

from __future__ import annotations

import pandas as pd


def nested(first: float, last: float, *wholes: tuple[str, float, float]) -> pd.DataFrame:
    """One sector's change in an area, taken apart along the wholes that hold it, largest first.

    wholes: name, first, last of each whole (Europe, the country). Returns part, change: the growth of the largest
    whole, what each smaller one adds, and what is the area's own; the parts add up to last - first exactly. With one
    sector there is no mix; these are the national and local part of Dunn (1960), "A statistical and analytical
    technique for regional analysis", at more than one level.
    """
    rows, above = [], 0.0
    for name, start, end in wholes:
        rate = end / start - 1
        rows.append((name, first * (rate - above)))
        above = rate
    rows.append(("own", (last - first) - first * above))
    return pd.DataFrame(rows, columns=["part", "change"])
