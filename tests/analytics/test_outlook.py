"""Forecasts: what they must hold on made series, and signals by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analytics import outlook, signals


def test_a_steady_growth_is_carried_on_by_drift_and_beats_naive() -> None:
    values = pd.Series(1000 * 1.05 ** np.arange(25))
    found = outlook.outlook(values, 5)
    assert found.beats_naive
    assert found.forecast["mean"].iloc[-1] == pytest.approx(1000 * 1.05**29, rel=0.01)


def test_a_random_walk_backtest_finds_honest_coverage() -> None:
    random = np.random.default_rng(7)
    walks = [np.exp(np.cumsum(random.normal(0, 0.05, 40)) + 8) for _ in range(60)]
    past = [rows for walk in walks if (rows := outlook.errors("naive", walk, 3)) is not None]
    inside = pd.concat(past)["z"] <= stats.norm.ppf(0.9)
    assert 0.75 < inside.mean() < 0.85
    tested = outlook.backtest(walks[0], 3)[0].set_index("model").loc["naive"]
    assert tested["coverage_80"] == inside.iloc[: len(past[0])].mean()
    assert tested["forecasts"] == len(past[0])


def test_where_nothing_beats_naive_naive_is_shown() -> None:
    random = np.random.default_rng(3)
    shown = [outlook.outlook(pd.Series(np.exp(np.cumsum(random.normal(0, 0.1, 30)) + 5)), 2) for _ in range(3)]
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


def test_intervals_are_as_wide_as_past_errors_ask_for() -> None:
    past = pd.DataFrame({"end": range(10, 20), "horizon": 1, "scaled": 1.0, "z": 0.3 * np.arange(1, 11)})
    assert outlook.calibrate(past, 0.8) == pytest.approx(
        2.7
    )  # the 8.8th of ten: with one more error to come, four in five are below
    assert outlook.calibrate(past, 0.95) == pytest.approx(3)
    assert outlook.calibrate(past.assign(z=99.0), 0.8) == pytest.approx(3 * 1.2816, abs=1e-3)  # nor over three times
    assert outlook.calibrate(past.assign(z=0.1), 0.8) == pytest.approx(1.2816, abs=1e-4)  # never below the model's own
    # the first five ends have fewer than ten errors known; each later one is judged by those before it alone
    longer = pd.DataFrame({"end": range(30), "horizon": 1, "scaled": 1.0, "z": [1.0] * 29 + [99.0]})
    share, tested = outlook.held_out(longer, 0.8)
    assert tested == 20
    assert share == pytest.approx(19 / 20)


def test_signal_by_hand() -> None:
    # earlier changes of a: 2, 4, 6, 4, 2: mean 3.6, s = sqrt(2.8); the next is 40
    periods = pd.date_range("2021-06-30", periods=7, freq="6ME")
    a = [100, 102, 106, 112, 116, 118, 158]
    b = [50, 52, 56, 62, 66, 68, 72]
    rows = pd.DataFrame({"period": list(periods) * 2, "area_id": ["a"] * 7 + ["b"] * 7, "persons": a + b})
    unusual, tested, surprising = signals.unusual_changes(rows)
    assert unusual["area_id"].tolist() == ["a"]
    t = 36.4 / np.sqrt(2.8 * 1.2)
    assert unusual["t"].iloc[0] == pytest.approx(t)
    assert unusual["p"].iloc[0] == pytest.approx(2 * stats.t.sf(t, 4))
    assert unusual["history"].iloc[0] == 5
    assert (tested, surprising) == (2, 1)


def test_among_many_areas_a_change_must_be_stronger() -> None:
    periods = pd.date_range("2021-06-30", periods=7, freq="6ME")
    steps = np.array([2, 4, 6, 4, 2, 13])  # t = 5.13, p = 0.007
    rows = pd.DataFrame({"period": periods, "area_id": "a", "persons": 100 + np.r_[0, steps.cumsum()]})
    usual = [rows.assign(area_id=f"b{number}", persons=100 + np.r_[0, 2, 6, 12, 16, 18, 22]) for number in range(20)]
    assert len(signals.unusual_changes(rows).rows) == 1
    every = signals.unusual_changes(pd.concat([rows, *usual]))
    assert every.rows.empty
    assert (every.tested, every.surprising) == (21, 1)


def test_a_suppressed_neighbour_makes_no_signal() -> None:
    periods = pd.date_range("2021-06-30", periods=7, freq="6ME")
    rows = pd.DataFrame({"period": periods, "area_id": "a", "persons": [100, 102, 106, 112, 116, None, 300]})
    assert signals.unusual_changes(rows).rows.empty
    assert signals.unusual_changes(rows.head(1)).tested == 0


def test_steps_are_as_long_as_the_days_are_apart() -> None:
    ends = pd.to_datetime(["2022-06-30", "2022-12-31", "2023-06-30"])
    assert outlook.step_months(ends) == 6
    assert outlook.step_months(pd.to_datetime(["2011-05-09", "2021-05-09"])) == 120
    assert outlook.step_months(pd.to_datetime(["2020-12-31", "2021-12-31", "2022-06-30"])) == 0  # a year, then half
    assert outlook.step_months(ends[:1]) == 0
