"""Targets: is an indicator on the straight path to where a city wants it, and what rate would be needed?"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import stats

LEVEL = 0.8  # of the prediction interval that decides


class Track(NamedTuple):
    """status: 'reached', 'on track', 'behind' or 'cannot tell'. expected: where the trend leads by the target's day, with
    low and high (80 % prediction interval). path: where the straight path is now. needed, seen: change a year needed from now on,
    and seen so far. why: a reason where it cannot be told.
    """

    status: str
    expected: float
    low: float
    high: float
    path: float
    needed: float
    seen: float
    why: str = ""


def _years(days: pd.DatetimeIndex, origin: pd.Timestamp) -> np.ndarray:
    return np.asarray((days - origin).days / 365.25, dtype=float)


def track(observed: pd.Series, target: float, due: pd.Timestamp, good: str) -> Track:
    """Judge a target by the trend so far.

    observed: values by day, any order; gaps are left out. due: the day the target is for. good: 'high' or 'low', which way the target is to be
    passed. The trend is a least-squares line; it is on track if the whole 80 % prediction interval of the due day meets the target,
    behind if none of it does, and cannot be told otherwise, with fewer than four values, or before any. Raises ValueError if the
    target's day is not after the first value.
    """
    known = observed.dropna().sort_index()
    nothing = float("nan")
    if known.empty:
        return Track("cannot tell", nothing, nothing, nothing, nothing, nothing, nothing, "no value is known")
    days, first, last = pd.DatetimeIndex(known.index), known.index[0], known.index[-1]
    if due <= first:
        raise ValueError(f"The target's day ({due.date()}) must come after the first value ({first.date()}).")
    meets = (lambda value: value >= target) if good == "high" else (lambda value: value <= target)
    start, now = float(known.iloc[0]), float(known.iloc[-1])
    done = min((last - first).days / (due - first).days, 1.0)
    left = (due - last).days / 365.25
    needed = (target - now) / left if left > 0 else nothing
    path = start + (target - start) * done
    if meets(now):
        return Track("reached", nothing, nothing, nothing, path, needed, nothing)
    if left <= 0:
        return Track("behind", nothing, nothing, nothing, path, needed, nothing, "the day has passed")
    if len(known) < 4:
        return Track(
            "cannot tell",
            nothing,
            nothing,
            nothing,
            path,
            needed,
            nothing,
            f"only {len(known)} value{'s' * (len(known) > 1)} known, a trend needs four",
        )
    x, y = _years(days, first), known.to_numpy(float)
    fit = stats.linregress(x, y)
    at = float(_years(pd.DatetimeIndex([due]), first)[0])
    residual = y - fit.intercept - fit.slope * x
    spread = np.sqrt(
        (residual**2).sum() / (len(x) - 2) * (1 + 1 / len(x) + (at - x.mean()) ** 2 / ((x - x.mean()) ** 2).sum())
    )
    half = float(stats.t.ppf(0.5 + LEVEL / 2, len(x) - 2) * spread)
    expected = float(fit.intercept + fit.slope * at)
    low, high = expected - half, expected + half
    worst, best = (low, high) if good == "high" else (high, low)
    status = "on track" if meets(worst) else "behind" if not meets(best) else "cannot tell"
    return Track(
        status,
        expected,
        low,
        high,
        path,
        needed,
        float(fit.slope),
        "" if status != "cannot tell" else "the interval holds the target",
    )
