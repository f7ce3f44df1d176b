"""Forecasts: what they must hold on made series, and signals by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analytics import outlook, signals


def test_a_steady_growth_is_carried_on_by_drift_and_beats_naive() -> None:
    values = pd.Series(1000 * 1.05 ** np.arange(25))
    found = outlook.outlook(values, 5)
    assert found.beats_naive
    assert found.forecast["mean"].iloc[-1] == pytest.approx(1000 * 1.05**29, rel=0.01)


def test_a_random_walk_backtest_finds_honest_coverage() -> None:
    random = np.random.default_rng(7)
    inside, total = 0.0, 0
    for _ in range(12):
        walk = np.exp(np.cumsum(random.normal(0, 0.05, 40)) + 8)
        rows = outlook.backtest(walk, 3).set_index("model")
        inside += rows.loc["naive", "coverage_80"] * rows.loc["naive", "forecasts"]
        total += rows.loc["naive", "forecasts"]
    assert 0.7 < inside / total < 0.9


def test_where_nothing_beats_naive_naive_is_shown() -> None:
    random = np.random.default_rng(3)
    shown = [outlook.outlook(pd.Series(np.exp(np.cumsum(random.normal(0, 0.1, 30)) + 5)), 2) for _ in range(6)]
    for found in shown:
        naive = found.backtest.set_index("model").loc["naive", "mase"]
        assert found.beats_naive == (found.backtest["mase"].iloc[0] < naive)
        assert found.model == found.backtest["model"].iloc[0]


def test_naive_error_and_interval_by_hand() -> None:
    mean, error = outlook._naive(np.log(np.array([100.0, 110.0, 100.0])), 4)
    assert np.exp(mean) == pytest.approx([100] * 4)
    assert error == pytest.approx(np.log(1.1) * np.sqrt([1, 2, 3, 4]))


def test_bands_nest_and_widen_and_never_fall_below_zero() -> None:
    random = np.random.default_rng(1)
    found = outlook.outlook(pd.Series(np.exp(np.cumsum(random.normal(0, 0.4, 20)) + 3)), 6).forecast
    assert (found["low_95"] < found["low_80"]).all()
    assert (found["low_80"] < found["mean"]).all()
    assert (found["mean"] < found["high_80"]).all()
    assert (found["high_80"] < found["high_95"]).all()
    assert (found["low_95"] > 0).all()
    width = np.log(found["high_80"] / found["low_80"])
    assert (np.diff(width) > -1e-9).all()


@pytest.mark.parametrize("values", [[1.0] * 9, [1.0] * 9 + [0.0], [1.0] * 9 + [np.nan]])
def test_short_or_broken_series_are_refused(values: list[float]) -> None:
    with pytest.raises(ValueError, match="forecast needs"):
        outlook.outlook(pd.Series(values), 3)


def test_signal_by_hand() -> None:
    # changes of a: 2, 4, 6, 4, 2, then 40: median 4, MAD 2 -> spread 2/0.6745; z = 0.6745 * 36 / 2
    periods = pd.date_range("2021-06-30", periods=7, freq="6ME")
    a = [100, 102, 106, 112, 116, 118, 158]
    b = [50, 52, 56, 62, 66, 68, 72]
    rows = pd.DataFrame({"period": list(periods) * 2, "area_id": ["a"] * 7 + ["b"] * 7, "persons": a + b})
    found = signals.unusual_changes(rows)
    assert found["area_id"].tolist() == ["a"]
    assert found["z"].iloc[0] == pytest.approx(0.6745 * 36 / 2)
    assert found["history"].iloc[0] == 5


def test_a_suppressed_neighbour_makes_no_signal() -> None:
    periods = pd.date_range("2021-06-30", periods=7, freq="6ME")
    rows = pd.DataFrame({"period": periods, "area_id": "a", "persons": [100, 102, 106, 112, 116, None, 300]})
    assert signals.unusual_changes(rows).empty
