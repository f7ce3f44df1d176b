"""Children of school age in some years' time: cohort survival with ages in bands.

Who will be of school age is born already; only growing older, moving and dying count.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

YOUNG, SCHOOL = 6, 9  # years of age in the bands under six, and six to fourteen
HISTORY = 4  # of the newest years' rates whose mean is used
LEAST = 3  # years of rates that a projection needs
MOST = YOUNG - 1  # years ahead: later on children would enter who are not born yet
INTERVAL = (0.05, 0.95)  # of past errors: held at least eight of ten, one to five years ahead


def stay_rates(young: np.ndarray, school: np.ndarray) -> np.ndarray:
    """Children of school age over those whom growing older alone would give, a year: years - 1 × areas.

    young, school: children under six and of six to fourteen, years × areas. Ages are taken to be spread evenly over
    the years of a band (an approximation).
    """
    return school[1:] / (school[:-1] * (SCHOOL - 1) / SCHOOL + young[:-1] / YOUNG)


def project(young: np.ndarray, school: np.ndarray, years: int) -> np.ndarray:
    """Children of school age `years` after the last of a series by the mean of its last HISTORY rates, by area."""
    if not 1 <= years <= MOST:
        raise ValueError(f"Children are projected 1 to {MOST} years ahead, not {years}.")
    usual = stay_rates(young, school)[-HISTORY:].mean(axis=0)
    older = school[-1].astype(float)
    for _ in range(years):
        older = usual * (older * (SCHOOL - 1) / SCHOOL + young[-1] / YOUNG)
    return older


def errors(young: np.ndarray, school: np.ndarray, years: int) -> np.ndarray:
    """Relative errors of projections `years` ahead from every earlier year: origins × areas."""
    made = [
        school[origin + years] / project(young[: origin + 1], school[: origin + 1], years) - 1
        for origin in range(LEAST, len(school) - years)
    ]
    return np.array(made).reshape(-1, school.shape[1])


def forecast(young: np.ndarray, school: np.ndarray, years: int) -> pd.DataFrame:
    """Children of school age `years` ahead by area: school, low, high (holding at least eight of ten earlier ones).

    The interval is of the errors that projections from earlier years made, over all areas, so that a shock of the past
    is in it; it holds the projection itself. Raises ValueError without one such year.
    """
    past = errors(young, school, years)
    if not past.size:
        raise ValueError(f"A forecast of {years} years needs at least {years + LEAST + 1} years of counts.")
    low, high = np.quantile(past, INTERVAL)
    projected = project(young, school, years)
    ends = {"low": projected * (1 + min(low, 0.0)), "high": projected * (1 + max(high, 0.0))}
    return pd.DataFrame({"school": projected} | ends)


def coverage(young: np.ndarray, school: np.ndarray, years: int) -> float:
    """Share of past projections that an interval made of the other areas' errors alone would have held."""
    past = errors(young, school, years)
    held = []
    for area in range(past.shape[1]):
        low, high = np.quantile(np.delete(past, area, axis=1), INTERVAL)
        held.append((past[:, area] >= min(low, 0.0)) & (past[:, area] <= max(high, 0.0)))
    return float(np.concatenate(held).mean())
