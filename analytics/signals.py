"""Early signals: changes that stand outside an area's own history."""

from __future__ import annotations

import numpy as np
import pandas as pd

UNUSUAL = 3.5  # Iglewicz & Hoaglin (1993): a modified z-score beyond 3.5 is a potential outlier
LEAST_HISTORY = 5  # earlier changes without which a history cannot be called one


def unusual_changes(counts: pd.DataFrame, least_change: int = 10) -> pd.DataFrame:
    """The newest change of each area against its own earlier changes, by modified z-score.

    counts: area_id, period, persons; one boundary version, empty where suppressed. A change is a difference of two
    neighbouring half-years, both published. z = 0.6745 (change - median) / MAD (Iglewicz & Hoaglin 1993, eq. 3); where
    more than half of the changes are equal, MAD gives way to 1.2533 times the mean absolute deviation. Changes of fewer
    than `least_change` persons are not signals. Returns area_id, period, before, persons, change, median_change,
    spread, z, history (earlier changes), strongest first.
    """
    wide = counts.pivot(index="period", columns="area_id", values="persons").astype("Float64").sort_index()
    steps = wide.diff().astype(float)
    columns = ["area_id", "period", "before", "persons", "change", "median_change", "spread", "z", "history"]
    rows = []
    for area in wide.columns:
        change, history = steps[area].iloc[-1], steps[area].iloc[:-1].dropna()
        if np.isnan(change) or abs(change) < least_change or len(history) < LEAST_HISTORY:
            continue
        median = float(history.median())
        off = (history - median).abs()
        spread = float(off.median()) / 0.6745 or float(off.mean()) * 1.2533
        if spread and abs(change - median) / spread >= UNUSUAL:
            before, persons = wide[area].iloc[-2:]
            z = (change - median) / spread
            rows.append((area, wide.index[-1], before, persons, change, median, spread, z, len(history)))
    return pd.DataFrame(rows, columns=columns).sort_values("z", key=abs, ascending=False, ignore_index=True)
