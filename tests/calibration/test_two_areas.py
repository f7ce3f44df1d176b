"""Shares of two areas: intervals of their difference hold it; where they are alike none is told, but rarely."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from analytics import rates
from tests.calibration.conftest import bounds

Record = Callable[[str, str, float, int], None]
Runs = Callable[[int, int], int]


def test_intervals_of_differences_hold_them(rng: np.random.Generator, runs: Runs, record: Record) -> None:
    count, held, wrong = runs(400, 10_000), 0, 0
    for _run in range(count):
        base, other_base = rng.integers(300, 5_000, 2)
        share, other = rng.uniform(0.02, 0.4, 2)
        apart = rates.difference(rng.binomial(base, share), base, rng.binomial(other_base, other), other_base)
        held += apart.low <= 100 * (share - other) <= apart.high
        alike = rates.difference(rng.binomial(base, share), base, rng.binomial(other_base, share), other_base)
        wrong += not alike.low <= 0 <= alike.high
    record("two areas: 95 % intervals of a difference of shares hold it", "0.95", held / count, count)
    assert held / count >= bounds(0.95, count)[0]
    record("two areas: a difference told where there is none", "at most 0.05", wrong / count, count)
    assert wrong / count <= bounds(0.05, count)[1]
