"""Growth against the median region, and classes for maps."""

from __future__ import annotations

import mapclassify
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

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
    assert rows["growth"].to_dict() == pytest.approx({"AA01": 0.10, "AA02": 0.0, "AA03": 0.05})
    assert rows["above_median"].to_dict() == pytest.approx({"AA01": 5.0, "AA02": -5.0, "AA03": 0.0})


def test_growth_needs_two_years_in_order() -> None:
    with pytest.raises(ValueError, match="must come after"):
        creative.growth_against_median(WORK, 2016, 2014)
    assert creative.growth_against_median(WORK, 2000, 2016).empty


def test_median_path_uses_the_constant_panel_only() -> None:
    rows = creative.median_index(WORK)
    assert rows["regions"].unique().tolist() == [2]
    assert rows["index"].tolist() == pytest.approx([100, 107.5, (121 + 110.25) / 2])


@pytest.mark.parametrize("scheme", ["quantiles", "jenks"])
def test_breaks_equal_mapclassify(scheme: str) -> None:
    values = pd.Series(np.random.default_rng(3).gamma(1, 1, 542).round(2))
    peer = {"quantiles": mapclassify.Quantiles, "jenks": mapclassify.FisherJenks}[scheme](values.to_numpy(), k=5)
    grouped = classes.classify(values, scheme=scheme)
    assert grouped.counts == peer.counts.tolist()
    assert grouped.number.tolist() == peer.yb.tolist()


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


def test_growing_faster_is_said_only_when_the_interval_says_so() -> None:
    years = range(2014, 2023)
    whole = pd.Series([100 * 1.01**i for i in range(9)], index=years)
    wobble = np.array([0, 1, -1, 0.5, -0.5, 1, -1, 0.3, 0]) / 1000
    fast = pd.Series([50 * 1.04**i for i in range(9)], index=years) * (1 + wobble)
    found = creative.faster_than(fast, whole)
    assert found["verdict"] == "faster"
    assert found["low"] < 100 * (1.04 / 1.01 - 1) < found["high"]
    assert creative.faster_than(whole * (1 + 30 * wobble), whole)["verdict"] == "cannot tell"
    assert creative.faster_than(whole, fast)["verdict"] == "slower"


def test_a_break_is_not_taken_for_growth() -> None:
    years = range(2014, 2023)
    whole = pd.Series(100.0, index=years)
    wobble = np.array([0, 1, -1, 0.5, -0.5, 1, -1, 0.3, 0]) / 1000
    jumped = pd.Series([100.0] * 7 + [120.0] * 2, index=years) * (1 + wobble)
    assert creative.faster_than(jumped, whole)["slope"] > 2
    result = creative.faster_than(jumped, whole, break_year=2021)
    assert abs(result["slope"]) < 0.1
    assert result["verdict"] == "cannot tell"


def test_the_trend_is_least_squares_on_logs_and_its_interval_never_narrower() -> None:
    rng, years = np.random.default_rng(4), np.arange(2014, 2023)
    for _round in range(20):
        values = np.exp(rng.normal(0, 0.05, 9).cumsum() + rng.normal(0, 0.05, 9))
        found = creative.trend(pd.Series(values, years))
        fit = stats.linregress(years, np.log(values))
        assert np.log1p(found.growth) == pytest.approx(fit.slope)
        assert np.log1p(found.high) - fit.slope >= stats.t.ppf(0.975, 7) * fit.stderr - 1e-12
        rises = np.diff(np.log(values))
        weights = (years - 2018) / 60
        walk = rises.std(ddof=1) * np.sqrt(weights @ (np.minimum.outer(years, years) - 2014) @ weights)
        half = stats.t.ppf(0.975, 7) * max(fit.stderr, walk)
        assert np.log1p(found.low) == pytest.approx(fit.slope - half)


def test_one_low_start_makes_no_fast_growth() -> None:
    """FRD2's figures of 2015 to 2022 as shipped: +15.7 % a year by its ends; the trend cannot tell it from none."""
    values = pd.Series([9.4, 12.1, 15.6, 16.4, 13.5, 18.1, 19.6, 26.1], index=range(2015, 2023))
    assert (values.iloc[-1] / values.iloc[0]) ** (1 / 7) - 1 == pytest.approx(0.157, abs=1e-3)
    found = creative.trend(values, break_year=2021)
    assert found.years == 8
    assert found.low < 0 < found.growth < found.high


def test_years_of_two_series_carry_no_growth() -> None:
    assert np.isnan(creative.trend(pd.Series({2020: 10.0, 2021: 20.0}), break_year=2021).growth)
    assert creative.trend(pd.Series({2020: 10.0, 2021: 20.0})).growth == pytest.approx(1)
    assert np.isnan(creative.trend(pd.Series({2020: 10.0})).growth)
    assert np.isnan(creative.trend(pd.Series(dtype=float)).growth)


def test_four_years_are_too_few_for_a_statement() -> None:
    short = pd.Series([1.0, 2, 4, 8], index=range(2014, 2018))
    assert creative.faster_than(short, short * 0 + 1)["verdict"] == "cannot tell"


def test_resilience_by_hand() -> None:
    rows = [
        ("a", 2019, 10.0),
        ("a", 2020, 8.0),
        ("a", 2021, 9.0),
        ("a", 2022, 11.0),
        ("b", 2019, 10.0),
        ("b", 2020, 9.0),
        ("b", 2021, 9.5),
        ("c", 2019, 10.0),
        ("c", 2020, 12.0),
        ("d", 2019, 5.0),
    ]
    found = creative.resilience(pd.DataFrame(rows, columns=["nuts_id", "year", "thousand_persons"])).set_index(
        "nuts_id"
    )
    assert list(found.index) == ["a", "b", "c"]
    assert found.loc["a", "fall"] == pytest.approx(-0.2)
    assert found["recovery_years"].tolist() == [3, pd.NA, 0]
    assert found["last_year"].tolist() == [2022, 2021, 2020]


def test_a_firm_belongs_to_the_longest_code_it_begins_with_and_counts_once_in_a_total() -> None:
    codes = pd.DataFrame(
        {
            "submarket": ["Film", "Performing arts", "Design", "Advertising", "Art"],
            "code": ["90.01.4", "90.01.4", "73.11", "73.11", "47.78.3"],
            "weight": [1, 1, 0.5, 1, 0.2],
        }
    )
    firms = pd.DataFrame({"activity": ["90014", "73110", "47783", "56290"], "firms": [10, 8, 5, 100]})
    found = creative.in_scope(firms, codes)
    assert set(found["activity"]) == {"90014", "73110", "47783"}
    total = (found["firms"] * found["share"]).groupby(found["activity"]).sum()
    assert total.to_dict() == {"90014": pytest.approx(10), "73110": pytest.approx(8), "47783": pytest.approx(1)}
    by_market = (found["firms"] * found["weight"]).groupby(found["submarket"]).sum()
    assert by_market["Design"] == 4


def test_regional_quotients_by_hand_and_wider_for_small_regions() -> None:
    culture = pd.DataFrame({"nuts_id": ["AA01", "AA02", "AA03"], "thousand_persons": [20.0, 60.0, 1.0]})
    everyone = pd.DataFrame({"geo": ["AA01", "AA02", "EU"], "thousand_persons": [200.0, 1800.0, 9999.0]})
    found = creative.regional_quotients(culture, everyone).set_index("nuts_id")
    assert list(found.index) == ["AA01", "AA02"]  # only regions in both tables count, in the whole too
    assert found.loc["AA01", "lq"] == pytest.approx(0.1 / (80 / 2000))
    width = np.log(found["high"] / found["low"])
    assert width["AA01"] > width["AA02"]
