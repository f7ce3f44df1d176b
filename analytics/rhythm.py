"""How often a table comes, by the days of its editions, and when the next one is to be expected: an estimate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import pandas as pd

LAST = 6  # editions that the rhythm is taken from
LEAST = 3  # editions that make a rhythm: two gaps that are alike
TOLERANCE = 1  # months that two gaps may differ


@dataclass(frozen=True)
class Rhythm:
    """months: between two editions. editions: how many gave it. next_day: which day the next edition is of.

    from_day, to_day: between which days it is to be expected; not before its own day, and at the latest as long after
    it as the newest edition was taken in after its own.
    """

    months: int
    editions: int
    next_day: date
    from_day: date
    to_day: date


def rhythm(days: Sequence[date], taken: date) -> Rhythm | None:
    """The rhythm of a table; None where fewer than LEAST editions, or gaps that differ, give none.

    days: that the editions are of, one each. taken: when the newest was taken in.
    """
    last = sorted(set(days))[-LAST:]
    months = [12 * (after.year - before.year) + after.month - before.month for before, after in pairwise(last)]
    if len(last) < LEAST or max(months) - min(months) > TOLERANCE or min(months) < 1:
        return None
    usual = sorted(months)[len(months) // 2]
    at_end = last[-1] == (pd.Timestamp(last[-1]) + pd.offsets.MonthEnd(0)).date()
    following = pd.Timestamp(last[-1]) + pd.DateOffset(months=usual)
    following = following + pd.offsets.MonthEnd(0) if at_end else following
    late = max(0, (taken - last[-1]).days)
    return Rhythm(usual, len(last), following.date(), following.date(), (following + pd.Timedelta(days=late)).date())
