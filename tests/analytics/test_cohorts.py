"""Cohort survival: by hand, with no moves exactly, and Berlin's districts five years ahead from 2019."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import data
from analytics import cohorts


def test_children_grow_older_by_hand() -> None:
    """600 under six and 900 of six to fourteen stay: a hundred come in and a hundred leave each year."""
    young, school = np.full((5, 1), 600.0), np.full((5, 1), 900.0)
    assert cohorts.stay_rates(young, school) == pytest.approx(np.ones((4, 1)))
    assert cohorts.project(young, school, 5) == pytest.approx([900])
    # 10 % more than growing older gives, each year: 1.1 x (900 x 8/9 + 100) = 990, then 1.1 x (880 + 100) = 1078.
    grown = np.array([[900.0], [990.0], [1078.0]])
    assert cohorts.stay_rates(young[:3], grown) == pytest.approx(np.full((2, 1), 1.1))


@given(st.lists(st.integers(200, 900), min_size=2, max_size=4), st.integers(1, 5))
def test_without_moves_a_forecast_is_what_is_born(births: list[int], years: int) -> None:
    """Areas with as many born each year: the school ages hold nine years of them, whatever the horizon."""
    young, school = (np.tile(np.array(births, float) * size, (8, 1)) for size in (6, 9))
    assert cohorts.project(young, school, years) == pytest.approx(np.array(births) * 9.0)


def test_who_is_not_born_yet_is_not_forecast() -> None:
    young, school = np.full((5, 1), 600.0), np.full((5, 1), 900.0)
    with pytest.raises(ValueError, match="1 to 5 years ahead, not 6"):
        cohorts.project(young, school, 6)
    with pytest.raises(ValueError, match="needs at least 9 years"):
        cohorts.forecast(young, school, 5)


def berlin() -> tuple[np.ndarray, np.ndarray]:
    """Children under six, and of six to fourteen, at each year's end (2015 to 2024), by district."""
    rows = data.table("residents", "berlin")
    rows = rows[rows["period"].dt.month == 12]
    sums = rows.groupby(["age", "period", rows["area_id"].str[:2]])["persons"].sum().unstack()
    return sums.loc["0-5"].to_numpy(float), sums.loc["6-14"].to_numpy(float)


def test_five_years_from_2019_hold_2024_and_intervals_hold_eight_of_ten() -> None:
    young, school = berlin()
    error = cohorts.errors(young, school, 5)
    assert error.shape == (2, 12)  # from 2018 and from 2019
    assert abs(error[-1].mean()) < 0.02  # those who came from Ukraine are in it
    assert np.abs(error).max() < 0.08
    for years in range(1, 6):
        assert cohorts.coverage(young, school, years) >= 0.79
    ahead = cohorts.forecast(young, school, 5)
    assert (ahead["low"] <= ahead["school"]).all()
    assert (ahead["school"] <= ahead["high"]).all()
