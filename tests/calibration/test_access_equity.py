"""Equity of access: gaps between groups and clusters of areas are rarely seen where there are none."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from libpysal.weights import lat2W

from analytics import equity
from tests.calibration.conftest import bounds

SIDE = 24
BLOCKS = (np.arange(SIDE)[:, None] // 3 * 8 + np.arange(SIDE)[None, :] // 3).ravel()  # nine areas each
Record = Callable[[str, str, float, int], None]
Runs = Callable[[int, int], int]


def _smooth(rng: np.random.Generator) -> np.ndarray:
    """Noise that is alike within blocks of three by three areas."""
    return rng.normal(size=SIDE**2) + rng.normal(size=BLOCKS.max() + 1)[BLOCKS]


def test_a_gap_between_groups_is_rarely_sure_where_walks_are_alike(
    rng: np.random.Generator, runs: Runs, record: Record
) -> None:
    count, wrong = runs(300, 4000), 0
    for _run in range(count):
        people = rng.gamma(4, 1500, SIDE**2)
        share = 0.03 * np.exp(0.7 * _smooth(rng))  # some areas have many of the group, as real ones do
        found = equity.gap(10 * np.exp(0.3 * _smooth(rng)), share * people, people, BLOCKS)
        wrong += found.sure
    record(
        "access: the displaced are said to walk further or less where they do not", "at most 0.05", wrong / count, count
    )
    assert wrong / count <= bounds(0.05, count)[1]


def test_the_fifth_with_most_poverty_rarely_differs_where_poverty_says_nothing(
    rng: np.random.Generator, runs: Runs, record: Record
) -> None:
    count, wrong = runs(300, 4000), 0
    for _run in range(count):
        people = rng.gamma(4, 1500, SIDE**2)
        fifth = equity.fifths(_smooth(rng), people)  # whole blocks are poor, as real neighbourhoods are
        last, others = (np.where(flags, people, 0) for flags in (fifth == 5, fifth < 5))
        wrong += equity.gap(100 / (1 + np.exp(_smooth(rng))), last, others, BLOCKS).sure
    record(
        "access: more or fewer of the poorest fifth need a bus where poverty says nothing",
        "at most 0.05",
        wrong / count,
        count,
    )
    assert wrong / count <= bounds(0.05, count)[1]


def test_intervals_of_a_gap_hold_it(rng: np.random.Generator, runs: Runs, record: Record) -> None:
    count, held = runs(300, 4000), 0
    for _run in range(count):
        minutes, people = 10 + _smooth(rng), rng.gamma(4, 1500, SIDE**2)
        share = 0.05 * np.exp(
            0.3 * (minutes - 10)
        )  # E[minutes | group] - E[minutes | others] = 0.3 x their variance, 2
        found = equity.gap(minutes, share * people, people, BLOCKS)
        held += found.low <= 0.6 <= found.high
    record("access: 95 % intervals of the gap hold it", "0.95", held / count, count)
    assert held / count >= bounds(0.95, count)[0] - 0.05  # 64 blocks, some with many of the group


def test_shuffled_maps_rarely_show_clusters(rng: np.random.Generator, runs: Runs, record: Record) -> None:
    weights = lat2W(15, 15)
    count, wrong = runs(25, 500), 0
    for run in range(count):
        values = pd.Series(np.where(rng.random(225) < 0.6, 0.0, rng.gamma(1, 2, 225)))  # many share zero
        wrong += (equity.local_moran(values, weights, permutations=4999, seed=run)[1] != "").any()
    record("access: any cluster on a shuffled map", "at most 0.05", wrong / count, count)
    assert wrong / count <= bounds(0.05, count)[1]
