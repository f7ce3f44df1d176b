"""Spatial models: intervals of effects hold the truth as often as promised, unrelated terms are rarely sure."""

from __future__ import annotations

from collections.abc import Callable

import libpysal
import numpy as np
import pandas as pd
import pytest

from analytics import spatial
from tests.calibration.conftest import bounds

SIDE = 13
Record = Callable[[str, str, float, int], None]
Runs = Callable[[int, int], int]


def _process(
    rng: np.random.Generator, kind: str, strength: float, effect: float
) -> tuple[pd.DataFrame, libpysal.weights.W, float]:
    """An outcome with three terms of which the first counts; its true total effect in standard deviations."""
    weights = libpysal.weights.lat2W(SIDE, SIDE, rook=False)
    weights.transform = "r"
    near, size = weights.full()[0], SIDE**2
    x, noise = rng.normal(size=(size, 3)), rng.normal(size=size)
    spread = np.linalg.inv(np.eye(size) - strength * near)
    y = spread @ (effect * x[:, 0] + noise) if kind == "lag" else effect * x[:, 0] + spread @ noise
    table = pd.DataFrame(x, columns=["a", "b", "c"]).assign(y=y)
    truth = effect / (1 - strength) if kind == "lag" else effect
    return table, weights, truth * table["a"].std(ddof=0) / table["y"].std(ddof=0)


@pytest.mark.parametrize(("kind", "strength"), [("lag", 0.5), ("error", 0.5)])
def test_intervals_of_effects_hold_the_truth(
    kind: str, strength: float, rng: np.random.Generator, runs: Runs, record: Record
) -> None:
    held = []
    for run in range(runs(15, 1000)):
        table, weights, truth = _process(rng, kind, strength, 0.6)
        model = spatial.fit(table, "y", ["a", "b", "c"], weights, draws=runs(99, 199), seed=run)
        row = model.terms.iloc[0]
        if model.kind == kind:  # the claim is of the model that is named; a test chooses it and is wrong at times
            held.append(row["low"] <= truth <= row["high"])
    share, count = float(np.mean(held)), len(held)
    record(f"spatial {kind}: 95 % intervals of total effects hold the truth", "0.95", share, count)
    assert share >= bounds(0.95, count)[0] - 0.01


@pytest.mark.parametrize("kind", ["lag", "error"])
def test_unrelated_terms_are_rarely_called_sure(
    kind: str, rng: np.random.Generator, runs: Runs, record: Record
) -> None:
    count, wrong = runs(15, 1000), 0
    for run in range(count):
        table, weights, _truth = _process(rng, kind, 0.5, 0.0)
        wrong += spatial.fit(table, "y", ["a", "b", "c"], weights, draws=runs(99, 199), seed=run).terms["sure"].any()
    record(f"spatial {kind}: any of three unrelated terms called sure", "at most 0.05", wrong / count, count)
    assert wrong / count <= bounds(0.05, count)[1]
