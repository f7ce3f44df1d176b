"""Forecasts, goals, signals and what-if inputs: intervals hold what they promise, chance alone makes few findings."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from analytics import arrivals, goals, outlook, signals
from analytics.scenario import Arrivals
from tests.calibration.conftest import bounds

Record = Callable[[str, str, float, int], None]
Runs = Callable[[int, int], int]
DAYS = pd.date_range("2021-06-30", periods=8, freq="6ME")


@pytest.mark.parametrize("tails", ["normal", "heavy"])
def test_outlook_intervals_hold_random_walks_with_drift(
    tails: str, rng: np.random.Generator, runs: Runs, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    simple = {model: outlook.MODELS[model] for model in ("naive", "drift")}  # the two that claim to hold this process
    monkeypatch.setattr(outlook, "MODELS", simple)
    count, held = runs(60, 2000), 0
    for _run in range(count):
        steps = rng.normal(size=40) if tails == "normal" else rng.standard_t(3, size=40)
        walk = np.exp(8 + np.cumsum(0.02 + 0.05 * steps))
        end = outlook.outlook(pd.Series(walk[:36]), 4).forecast.iloc[-1]
        held += end["low_80"] <= walk[-1] <= end["high_80"]
    record(f"outlook: 80 % intervals hold random walks with drift, {tails} steps", "0.75-0.85", held / count, count)
    assert bounds(0.75, count)[0] <= held / count <= bounds(0.85, count)[1]


@pytest.mark.parametrize("years", [1, 5])
def test_goal_intervals_hold_random_walks(years: int, rng: np.random.Generator, runs: Runs, record: Record) -> None:
    count, held, due = runs(1000, 20_000), 0, pd.Timestamp("2024-12-31") + pd.DateOffset(years=years)
    for _run in range(count):
        walk = 50 + np.cumsum(rng.normal(0.3, 1, 8 + 2 * years))
        track = goals.track(pd.Series(walk[:8], DAYS), 1000, due, "high")
        held += track.low <= walk[-1] <= track.high
    record(f"goals: 80 % intervals hold random walks {years} years ahead", "0.75-0.85", held / count, count)
    assert bounds(0.75, count)[0] <= held / count <= bounds(0.85, count)[1]


def test_a_walk_without_drift_is_rarely_on_track(rng: np.random.Generator, runs: Runs, record: Record) -> None:
    count, wrong = runs(1000, 20_000), 0
    for _run in range(count):
        walk = 50 + np.cumsum(rng.normal(0, 1, 18))
        track = goals.track(pd.Series(walk[:8], DAYS), walk[7] + 3, pd.Timestamp("2029-12-31"), "high")
        wrong += track.status == "on track" and walk[-1] < walk[7] + 3
    record("goals: a walk called on track that misses its target", "at most 0.10", wrong / count, count)
    assert wrong / count <= bounds(0.10, count)[1]


@pytest.mark.parametrize("process", ["normal", "arrivals and departures"])
def test_a_map_without_signals_shows_none(process: str, rng: np.random.Generator, runs: Runs, record: Record) -> None:
    count, wrong = runs(100, 3000), 0
    for _run in range(count):
        start = rng.integers(20, 400, 300)
        if process == "normal":
            steps = rng.normal(3, 1, (7, 300)) * np.sqrt(start)
        else:
            steps = rng.poisson(start * 0.1, (7, 300)) - rng.poisson(start * 0.08, (7, 300))
        wide = pd.DataFrame(np.vstack([start, start + np.cumsum(steps, axis=0)]), DAYS)
        counts = wide.melt(ignore_index=False, var_name="area_id", value_name="persons").reset_index(names="period")
        wrong += len(signals.unusual_changes(counts).rows) > 0
    record(f"signals: a map of chance ({process}) shows any", "at most 0.05", wrong / count, count)
    assert wrong / count <= bounds(0.05, count)[1]


def test_any_two_inputs_of_arrivals_are_drawn_apart(runs: Runs, record: Record) -> None:
    usual, worst, seeds = Arrivals(), 0.0, runs(5, 200)
    spans = {"people": usual.people, "free places": usual.vacancy}
    for name, need in arrivals.NEEDS.items():
        spans |= {f"{name}: use": need.use, f"{name}: per user": need.per_user}
    for seed in range(seeds):
        draws = [
            arrivals.Triangular(*span).draw(arrivals.stream(seed, name), 2000)
            for name, span in spans.items()
            if span[0] < span[2]
        ]
        ranks = pd.DataFrame(draws).T.rank().to_numpy()
        worst = max(
            [worst, *(abs(np.corrcoef(ranks[:, [a, b]].T)[0, 1]) for a, b in combinations(range(len(draws)), 2))]
        )
    record("arrivals: largest rank correlation of two inputs", "under 0.1", worst, seeds)
    assert worst < 0.1
