"""Targets: is an indicator on the straight path to where a city wants it, and what rate would be needed?"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from analytics.names import N_

LEVEL = 0.8  # of the prediction interval that decides


class Track(NamedTuple):
    """How a target stands.

    status: 'reached', 'on track', 'behind' or 'cannot tell'. path: where the straight path is now. needed: change a
    year needed from now on. expected: where the trend leads by the target's day, with low and high (80 % prediction
    interval). seen: change a year so far. why: a reason where it cannot be told.
    """

    status: str
    path: float = np.nan
    needed: float = np.nan
    expected: float = np.nan
    low: float = np.nan
    high: float = np.nan
    seen: float = np.nan
    why: str = ""


def _years(days: pd.DatetimeIndex, origin: pd.Timestamp) -> np.ndarray:
    return np.asarray((days - origin).days / 365.25, dtype=float)


def track(observed: pd.Series, target: float, due: pd.Timestamp, good: str) -> Track:
    """Judge a target by the trend so far.

    observed: values by day, any order; gaps are left out. due: the day the target is for. good: 'high' or 'low', which
    way the target is to be passed. The trend is the mean change a year so far; it is on track if the whole 80 %
    prediction interval of the due day meets the target, behind if none of it does, and cannot be told otherwise, with
    fewer than four values, or before any. Raises ValueError if the target's day is not after the first value.
    """
    known = observed.dropna().sort_index()
    if known.empty:
        return Track("cannot tell", why=N_("no value is known"))
    first, last = known.index[0], known.index[-1]
    if due <= first:
        raise ValueError(f"The target's day ({due.date()}) must come after the first value ({first.date()}).")
    start, now = float(known.iloc[0]), float(known.iloc[-1])
    years_left = (due - last).days / 365.25
    needed = (target - now) / years_left if years_left > 0 else np.nan
    path = start + (target - start) * min((last - first).days / (due - first).days, 1.0)

    def meets(value: float) -> bool:
        return value >= target if good == "high" else value <= target

    if meets(now):
        return Track("reached", path, needed)
    if years_left <= 0:
        return Track("behind", path, needed, why=N_("the day has passed"))
    if len(known) < 4:
        return Track("cannot tell", path, needed, why=N_("fewer than four values are known; a trend needs four"))
    expected, half, slope = _forecast(known, due)
    low, high = expected - half, expected + half
    worst, best = (low, high) if good == "high" else (high, low)
    status = "on track" if meets(worst) else "behind" if not meets(best) else "cannot tell"
    why = N_("the interval holds the target") if status == "cannot tell" else ""
    return Track(status, path, needed, expected, low, high, slope, why)


def _forecast(known: pd.Series, due: pd.Timestamp) -> tuple[float, float, float]:
    """A random walk with drift at the due day: its mean, half its prediction interval, and its drift a year.

    Values of neighbouring days go together, so a line through them promises too much: a line's 80 % interval held 36 %
    of random walks. Changes are taken as independent with a variance that grows with time; the drift is estimated (as
    Hyndman & Athanasopoulos 2021, sec. 5.5, for days that are not evenly apart), the quantile Student's.
    """
    years = _years(pd.DatetimeIndex(known.index), known.index[0])
    steps, changes, ahead = np.diff(years), np.diff(known.to_numpy(float)), (due - known.index[-1]).days / 365.25
    drift, freedom = changes.sum() / years[-1], len(steps) - 1
    variance = ((changes - drift * steps) ** 2 / steps).sum() / freedom
    half = stdtrit(freedom, 0.5 + LEVEL / 2) * np.sqrt(variance * ahead * (1 + ahead / years[-1]))
    return float(known.iloc[-1] + drift * ahead), float(half), float(drift)
