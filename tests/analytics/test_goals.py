"""Targets: on track, behind and cannot tell, by series made to be so; intervals agree with statsmodels."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

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


def test_the_interval_is_statsmodels() -> None:
    values = series(1.0, noise=0.5)
    x = (DAYS - DAYS[0]).days.to_numpy() / 365.25
    at = (DUE - DAYS[0]).days / 365.25
    expected = (
        sm.OLS(values.to_numpy(), sm.add_constant(x)).fit().get_prediction([[1, at]]).conf_int(obs=True, alpha=0.2)[0]
    )
    found = goals.track(values, 100, DUE, "high")
    assert (found.low, found.high) == (pytest.approx(expected[0]), pytest.approx(expected[1]))


def test_reached_passed_and_impossible() -> None:
    assert goals.track(series(2.0), 40, DUE, "high").status == "reached"
    assert goals.track(series(0.0), 65, pd.Timestamp("2023-01-01"), "high").status == "behind"
    assert goals.track(pd.Series(dtype=float), 1, DUE, "high").status == "cannot tell"
    with pytest.raises(ValueError, match="must come after"):
        goals.track(series(1.0), 65, pd.Timestamp("2020-01-01"), "high")
