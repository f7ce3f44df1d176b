"""Growth against the median region, and classes for maps."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics import classes, creative

WORK = pd.DataFrame(
    [
        (2014, "AA01", 100.0),
        (2015, "AA01", 110.0),
        (2016, "AA01", 121.0),
        (2014, "AA02", 50.0),
        (2016, "AA02", 50.0),
        (2014, "AA03", 10.0),
        (2015, "AA03", 10.5),
        (2016, "AA03", 11.025),
        (2015, "AA04", 7.0),
    ],
    columns=["year", "nuts_id", "thousand_persons"],
)


def test_growth_against_the_median_by_hand() -> None:
    rows = creative.growth_against_median(WORK, 2014, 2016).set_index("nuts_id")
    # 10 %, 0 % and 5 % a year; the median is 5 %; AA04 has one year only and is left out.
    assert rows["yearly_growth"].to_dict() == pytest.approx({"AA01": 0.10, "AA02": 0.0, "AA03": 0.05})
    assert rows["above_median"].to_dict() == pytest.approx({"AA01": 5.0, "AA02": -5.0, "AA03": 0.0})


def test_growth_needs_two_years_in_order() -> None:
    with pytest.raises(ValueError, match="must come after"):
        creative.growth_against_median(WORK, 2016, 2014)
    assert creative.growth_against_median(WORK, 2000, 2016).empty


def test_median_path_uses_the_constant_panel_only() -> None:
    rows = creative.median_index(WORK)
    assert rows["regions"].unique().tolist() == [2]
    assert rows["index"].tolist() == pytest.approx([100, 107.5, (121 + 110.25) / 2])


def test_quantile_classes_by_hand() -> None:
    grouped = classes.classify(pd.Series([1.0, 2, 3, 4, 5, 6, 7, 8, 9, None]), k=3)
    assert grouped.counts == [3, 3, 3]
    assert grouped.lows == [1, 4, 7]
    assert grouped.missing == 1
    assert grouped.number.tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2, -1]


@given(st.lists(st.one_of(st.none(), st.floats(-1e6, 1e6)), max_size=60), st.sampled_from(["quantiles", "jenks"]))
def test_classes_hold_every_value_once_and_do_not_overlap(values: list[float | None], scheme: str) -> None:
    grouped = classes.classify(pd.Series(values, dtype="float64"), scheme=scheme)
    assert sum(grouped.counts) + grouped.missing == len(values)
    assert all(high < low for high, low in zip(grouped.highs, grouped.lows[1:], strict=False))
    assert set(grouped.number) <= set(range(len(grouped.lows))) | {-1}


def test_an_unknown_scheme_is_refused() -> None:
    with pytest.raises(ValueError, match="quantiles"):
        classes.classify(pd.Series([1.0]), scheme="rainbow")
