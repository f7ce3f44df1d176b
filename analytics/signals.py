"""Early signals: changes that stand outside an area's own history, with false discoveries held to 5 %."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.special import stdtr

FALSE_SHARE = 0.05  # at most, among the changes called unusual
LEAST_HISTORY = 5  # earlier changes without which a history cannot be called one


class Signals(NamedTuple):
    """Unusual changes, and among how many areas they were looked for.

    rows: the changes (see `unusual_changes`). tested: areas with a history long enough. surprising: how many of them
    have a p-value under 5 %, of which a twentieth would by chance.
    """

    rows: pd.DataFrame
    tested: int
    surprising: int


def unusual_changes(counts: pd.DataFrame, least_change: int = 10) -> Signals:
    """The newest change of each area against its own earlier changes.

    counts: area_id, period, persons; one boundary version, empty where suppressed. A change is a difference of two
    neighbouring half-years, both published. t = (change - mean) / (s sqrt(1 + 1/n)) over n earlier changes follows
    Student's t with n - 1 degrees of freedom where changes are alike (a prediction interval, Hahn & Meeker 1991, sec.
    4.7); of all areas tested those are unusual whose p-values pass Benjamini & Hochberg (1995) at 5 %. Changes of fewer
    than `least_change` persons are not signals. Rows: area_id, period, before, persons, change, mean_change, spread, t,
    p, history (earlier changes), strongest first.
    """
    wide = counts.pivot(index="period", columns="area_id", values="persons").astype(float).sort_index()
    if len(wide) < 2:
        return Signals(pd.DataFrame(columns=["area_id", "change"]), 0, 0)
    steps = wide.diff()
    earlier = steps.iloc[:-1]
    rows = pd.DataFrame(
        {
            "period": wide.index[-1],
            "before": wide.iloc[-2],
            "persons": wide.iloc[-1],
            "change": steps.iloc[-1],
            "mean_change": earlier.mean(),
            "spread": earlier.std(ddof=1),
            "history": earlier.notna().sum(),
        }
    )
    rows = rows[rows["change"].notna() & (rows["history"] >= LEAST_HISTORY) & (rows["spread"] > 0)]
    if rows.empty:
        return Signals(rows.reset_index(), 0, 0)
    rows["t"] = (rows["change"] - rows["mean_change"]) / (rows["spread"] * np.sqrt(1 + 1 / rows["history"]))
    rows["p"] = 2 * stdtr(rows["history"] - 1, -rows["t"].abs())
    from scipy.stats import false_discovery_control  # a third of a second, where nothing is tested

    unusual = (false_discovery_control(rows["p"]) <= FALSE_SHARE) & (rows["change"].abs() >= least_change)
    strongest = rows[unusual].sort_values("p").rename_axis("area_id").reset_index()
    return Signals(strongest, len(rows), int((rows["p"] < FALSE_SHARE).sum()))
