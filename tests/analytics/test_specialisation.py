"""Specialisation: by hand, by property, against segregation-free textbook cases."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analytics import specialisation


def counts(**areas: list[int]) -> pd.DataFrame:
    return pd.DataFrame(
        [(area, f"k{i}", n) for area, row in areas.items() for i, n in enumerate(row)],
        columns=["area", "kind", "count"],
    )


def test_location_quotient_is_the_exact_binomial_of_scipy() -> None:
    rows = specialisation.location_quotient(counts(a=[20, 80], b=[10, 190], c=[0, 30]))
    row = rows.set_index(["area", "kind"]).loc[("a", "k0")]
    assert row["lq"] == pytest.approx((20 / 100) / (30 / 330))
    for row in rows.itertuples():
        size, reference = {"a": 100, "b": 200, "c": 30}[row.area], {"k0": 30 / 330, "k1": 300 / 330}[row.kind]
        test = stats.binomtest(int(row.count), size, reference)
        interval = test.proportion_ci(0.95, "exact")
        assert (row.low, row.high) == pytest.approx((interval.low / reference, interval.high / reference))
        greater, less = (stats.binomtest(int(row.count), size, reference, side).pvalue for side in ("greater", "less"))
        assert row.p == pytest.approx(min(1, 2 * min(greater, less)))
        assert (row.p < 0.05) == (not row.low <= 1 <= row.high)


def test_four_of_twelve_cinemas_are_not_over_represented() -> None:
    """The shipped city: 4 of district 05's 12 venues are cinemas, 69 of 498 in the city; exact one-sided p 0.07."""
    rows = specialisation.location_quotient(counts(a=[4, 8], rest=[65, 421])).set_index(["area", "kind"])
    row = rows.loc[("a", "k0")]
    assert row["p"] / 2 == pytest.approx(0.0726, abs=1e-4)
    assert row["low"] < 1 < row["high"]
    assert row["adjusted"] >= row["p"]


def test_nothing_observed_reaches_down_to_zero_and_a_sample_has_a_wider_interval() -> None:
    rows = specialisation.location_quotient(counts(a=[0, 50], b=[10, 40]))
    row = rows.query("area == 'a' and kind == 'k0'").iloc[0]
    assert row["low"] == 0
    assert row["high"] == pytest.approx((1 - 0.025 ** (1 / 50)) / 0.1)
    whole = specialisation.location_quotient(counts(a=[20, 80], b=[10, 190])).iloc[0]
    part = specialisation.location_quotient(counts(a=[20, 80], b=[10, 190]), sampled=0.01).iloc[0]
    assert part["high"] > whole["high"]
    with pytest.raises(ValueError, match="sampled share"):
        specialisation.location_quotient(counts(a=[1, 1]), sampled=0)


tables = st.lists(st.lists(st.integers(0, 50), min_size=3, max_size=3), min_size=2, max_size=5).filter(
    lambda rows: all(sum(row) for row in rows)
)


@given(tables)
def test_quotients_weighted_by_the_areas_size_average_to_one(rows: list[list[int]]) -> None:
    table = counts(**{f"a{i}": row for i, row in enumerate(rows)})
    lq = specialisation.location_quotient(table)
    sizes = table.groupby("area")["count"].sum()
    mean = lq.assign(w=lq["area"].map(sizes)).groupby("kind").apply(lambda g: np.average(g["lq"], weights=g["w"]))
    assert np.allclose(mean, 1)


@given(tables)
def test_krugman_and_herfindahl_stay_within_their_ranges(rows: list[list[int]]) -> None:
    table = counts(**{f"a{i}": row for i, row in enumerate(rows)})
    index = specialisation.krugman(table)
    assert index["krugman"].between(-1e-12, 2 + 1e-12).all()
    assert index["p"].between(0, 1).all()
    assert specialisation.herfindahl(table)["herfindahl"].between(1 / 3 - 1e-12, 1 + 1e-12).all()


def test_krugman_by_hand() -> None:
    rows = specialisation.krugman(counts(a=[10, 0], b=[0, 10], c=[5, 5])).set_index("area")
    assert rows.loc["a", "krugman"] == pytest.approx(abs(1 - 5 / 20) + abs(0 - 15 / 20))
    assert rows.loc["c", "krugman"] == pytest.approx(0)
    chance = stats.hypergeom.pmf([0, 10], 30, 15, 10).sum()  # all of one kind, or all of the other
    assert rows.loc["a", "p"] == pytest.approx(chance, abs=1e-3)
    assert rows.loc["c", "p"] == 1


def test_the_error_of_the_herfindahl_index_is_that_of_samples() -> None:
    rng, shares = np.random.default_rng(5), [0.5, 0.3, 0.2]
    row = specialisation.herfindahl(counts(a=[200, 120, 80])).iloc[0]
    drawn = ((rng.multinomial(400, shares, 20_000) / 400) ** 2).sum(axis=1)
    assert row["error"] == pytest.approx(drawn.std(), rel=0.05)
    assert row["count"] == 400


def test_herfindahl_of_four_equal_kinds_is_a_quarter() -> None:
    row = specialisation.herfindahl(counts(a=[5, 5, 5, 5])).iloc[0]
    assert (row["herfindahl"], row["effective"]) == (pytest.approx(0.25), pytest.approx(4))


def test_rounded_shares_leave_a_range() -> None:
    row = specialisation.quotient_of_rounded(pd.Series({"NL": 5.4}), 3.8).loc["NL"]
    assert row["lq"] == pytest.approx(1.42105, abs=1e-5)
    assert (row["low"], row["high"]) == (pytest.approx(5.35 / 3.85), pytest.approx(5.45 / 3.75))
