"""Rhythms by hand: half-years, years, every four years; none of two editions, of odd gaps, of one."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.rhythm import Rhythm, rhythm

HALVES = [date(2023, 6, 30), date(2023, 12, 31), date(2024, 6, 30), date(2024, 12, 31)]


def test_half_years_end_on_the_last_day_of_their_month_and_come_as_late_as_the_last_one() -> None:
    found = rhythm(HALVES, date(2025, 3, 31))  # taken in 90 days after its day
    assert found == Rhythm(6, 4, date(2025, 6, 30), date(2025, 6, 30), date(2025, 9, 28))


@pytest.mark.parametrize(
    ("days", "months", "following"),
    [
        ([date(year, 12, 31) for year in (2021, 2022, 2023)], 12, date(2024, 12, 31)),
        ([date(year, 12, 31) for year in (2014, 2018, 2022)], 48, date(2026, 12, 31)),
        ([date(2024, 9, 30), date(2024, 12, 31), date(2025, 3, 31)], 3, date(2025, 6, 30)),
        ([date(2024, 1, 31), date(2024, 2, 29), date(2024, 3, 31)], 1, date(2024, 4, 30)),
        ([date(2023, 5, 15), date(2024, 5, 15), date(2025, 6, 15)], 13, date(2026, 7, 15)),  # the later of two alike
    ],
)
def test_the_next_edition_by_hand(days: list[date], months: int, following: date) -> None:
    found = rhythm(days, days[-1])
    assert found is not None
    assert (found.months, found.next_day, found.from_day, found.to_day) == (months, following, following, following)


@pytest.mark.parametrize(
    "days",
    [
        [],
        HALVES[:2],  # one gap tells no rhythm
        [HALVES[0]] * 5,
        [date(2020, 12, 31), date(2021, 12, 31), date(2024, 12, 31)],  # a year and three
    ],
)
def test_fewer_than_three_editions_or_odd_gaps_give_nothing(days: list[date]) -> None:
    assert rhythm(days, date(2026, 1, 1)) is None


def test_only_the_last_six_count_so_an_old_gap_is_forgotten() -> None:
    years = [1951, 1970, *range(2000, 2006)]
    found = rhythm([date(year, 12, 31) for year in years], date(2006, 6, 30))
    assert found is not None
    assert (found.months, found.editions) == (12, 6)


@given(st.lists(st.dates(date(1990, 1, 1), date(2030, 1, 1)), max_size=9), st.dates(date(2030, 1, 1), date(2031, 1, 1)))
def test_what_is_expected_comes_after_what_is_there(days: list[date], taken: date) -> None:
    found = rhythm(days, taken)
    if found is not None:
        assert found.editions >= 3
        assert max(days) < found.next_day == found.from_day <= found.to_day
