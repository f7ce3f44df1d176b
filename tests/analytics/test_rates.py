"""Rates: intervals as published examples have them, and no order where they meet."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from analytics import rates


def test_a_share_has_wilsons_interval_as_newcombe_prints_it() -> None:
    """Newcombe (1998), Statistics in Medicine 17, table I, method 3: 81 of 263, 15 of 148, 0 of 20, 1 of 29."""
    for count, base, low, high in (
        (81, 263, 25.53, 36.62),
        (15, 148, 6.24, 16.05),
        (0, 20, 0, 16.11),
        (1, 29, 0.61, 17.18),
    ):
        share = rates.percentage(count, base)
        assert share.value == pytest.approx(100 * count / base)
        assert (share.low, share.high) == pytest.approx((low, high), abs=0.006)


def test_a_rate_has_the_exact_poisson_interval() -> None:
    """Garwood (1936): 10 events have 4.795 to 18.390, none 0 to 3.689; over 20,000 people half of it."""
    rate = rates.per(10, 20_000)
    assert rate == pytest.approx((5.0, 4.795 / 2, 18.390 / 2), abs=0.001)
    assert rates.per(0, 10_000) == pytest.approx((0.0, 0.0, 3.689), abs=0.001)


def test_a_difference_of_shares_is_as_newcombe_prints_it() -> None:
    """Newcombe (1998), Statistics in Medicine 17, 873-890, table II, method 10: his examples (a), (b), (e) and (h)."""
    for count, base, other, other_base, low, high in (
        (56, 70, 48, 80, 5.24, 33.39),
        (9, 10, 3, 10, 17.05, 80.90),
        (5, 56, 0, 29, -3.81, 19.26),
        (10, 10, 0, 10, 60.75, 100),
    ):
        apart = rates.difference(count, base, other, other_base)
        assert apart.value == pytest.approx(100 * (count / base - other / other_base))
        assert (apart.low, apart.high) == pytest.approx((low, high), abs=0.006)
        turned = rates.difference(other, other_base, count, base)
        assert (turned.low, turned.high) == pytest.approx((-apart.high, -apart.low))
    assert math.isnan(rates.difference(1, 0, 1, 10).low)


@pytest.mark.parametrize(("count", "base"), [(1, 0), (math.nan, 10), (1, math.nan), (11, 10)])
def test_what_is_no_share_is_not_known(count: float, base: float) -> None:
    assert all(math.isnan(number) for number in rates.percentage(count, base))


def test_nobody_is_ranked_before_another_whose_interval_meets() -> None:
    rows = pd.DataFrame(
        [
            ("a", 5.0, 4.0, 6.0),
            ("b", 9.0, 8.0, 10.0),
            ("c", 7.5, 6.5, 8.5),
            ("d", 1.0, 0.5, 1.5),
            ("e", 3.0, None, None),
        ],
        columns=["name", "value", "low", "high"],
    )
    assert rates.ordered(rows) == [["b", "c"], ["a"], ["d"]]
    assert rates.ordered(rows.iloc[:1]) == [["a"]]
    assert rates.ordered(rows.iloc[4:]) == []


def test_intervals_that_touch_or_lie_inside_another_are_not_ordered() -> None:
    wide = pd.DataFrame(
        {"name": ["a", "b", "c"], "value": [5.0, 6.0, 9.0], "low": [1, 5.5, 8.5], "high": [8.5, 6.5, 9.5]}
    )
    assert rates.ordered(wide) == [["c", "a", "b"]]
