"""Rents by a sample of buildings: where nothing changed, a change is rarely told; intervals hold the true mean."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from analytics import sampling
from tests.calibration.conftest import bounds

Record = Callable[[str, str, float, int], None]
Runs = Callable[[int, int], int]
BUILDING, ALIKE = 9, 0.06  # households of a building drawn whole; correlation: (9 - 1) x 0.06 + 1 = 1.5 times


def _means(rng: np.random.Generator, districts: int, sampled: int) -> tuple[np.ndarray, np.ndarray]:
    """Mean and deviation of a sample of whole buildings in each district; the true ones are 30 and 12."""
    buildings = sampled // BUILDING
    shared = rng.normal(0, np.sqrt(ALIKE) * 12, (districts, buildings, 1))
    values = 30 + shared + rng.normal(0, np.sqrt(1 - ALIKE) * 12, (districts, buildings, BUILDING))
    flat = values.reshape(districts, -1)
    return flat.mean(axis=1), flat.std(axis=1)


def test_a_change_of_rents_is_rarely_told_where_there_is_none(
    rng: np.random.Generator, runs: Runs, record: Record
) -> None:
    count, wrong, held = runs(400, 4000), 0, 0
    for _run in range(count):
        (before, first), (after, second) = (_means(rng, 12, 1200) for _year in range(2))
        errors = tuple(sampling.standard_error(deviation, np.full(12, 120_000)) for deviation in (first, second))
        wrong += sampling.sure_changes(before, after, errors).any()
        low, high = sampling.interval(before, errors[0])
        held += ((low <= 30) & (high >= 30)).mean()
    record("rents: any of twelve districts changed where none did", "at most 0.05", wrong / count, count)
    assert wrong / count <= bounds(0.05, count)[1]
    record("rents: 95 % intervals of means hold them", "0.95", held / count, count)
    assert held / count >= bounds(0.95, 12 * count)[0] - 0.005
