"""Targets: on track, behind and cannot tell, by series made to be so."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analytics import goals

DAYS = pd.date_range("2021-06-30", periods=8, freq="6ME")
DUE = pd.Timestamp("2030-12-31")


def series(slope: float, noise: float = 0.05, start: float = 50.0) -> pd.Series:
    wobble = noise * np.array([1, -1, 0.5, -0.5, 1, -1, 0.5, -0.5])
    return pd.Series(start + slope * (DAYS - DAYS[0]).days / 365.25 + wobble, index=DAYS)


def test_a_steady_rise_is_on_track_and_a_flat_line_behind() -> None:
    assert goals.track(series(2.0), 65, DUE, "high").status == "on track"
    assert goals.track(series(0.1), 65, DUE, "high").status == "behind"
    assert goals.track(series(-2.0), 40, DUE, "low").status == "on track"


def test_noise_means_it_cannot_be_told() -> None:
    found = goals.track(series(1.5, noise=4), 64, DUE, "high")
    assert found.status == "cannot tell"
    assert found.low < 64 < found.high


def test_needed_rate_and_path_by_hand() -> None:
    values = pd.Series([10.0, 12.0], index=pd.to_datetime(["2020-12-31", "2022-12-31"]))
    found = goals.track(values, 20, pd.Timestamp("2024-12-31"), "high")
    assert found.path == pytest.approx(15, abs=0.01)
    assert found.needed == pytest.approx(4, abs=0.01)
    assert (found.status, found.why) == ("cannot tell", "fewer than four values are known; a trend needs four")


def test_the_interval_is_that_of_a_random_walk_with_drift() -> None:
    # a step every four years: changes 1, 3, 1, 3 -> 2 a step, variance 4/3, two steps ahead of four
    days = pd.DatetimeIndex([pd.Timestamp("2020-01-01") + pd.Timedelta(days=1461 * year) for year in range(5)])
    result = goals.track(pd.Series([10.0, 11, 14, 15, 18], days), 99, days[-1] + pd.Timedelta(days=2922), "high")
    half = stats.t.ppf(0.9, 3) * np.sqrt(4 / 3 * 2 * (1 + 2 / 4))
    assert (result.seen, result.expected) == (pytest.approx(0.5), pytest.approx(22))
    assert (result.low, result.high) == (pytest.approx(22 - half), pytest.approx(22 + half))


def test_reached_passed_and_impossible() -> None:
    assert goals.track(series(2.0), 40, DUE, "high").status == "reached"
    assert goals.track(series(0.0), 65, pd.Timestamp("2023-01-01"), "high").status == "behind"
    assert goals.track(pd.Series(dtype=float), 1, DUE, "high").status == "cannot tell"
    with pytest.raises(ValueError, match="must come after"):
        goals.track(series(1.0), 65, pd.Timestamp("2020-01-01"), "high")
