"""Specialisation: by hand, by property, against segregation-free textbook cases."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics import specialisation


def counts(**areas: list[int]) -> pd.DataFrame:
    return pd.DataFrame(
        [(area, f"k{i}", n) for area, row in areas.items() for i, n in enumerate(row)],
        columns=["area", "kind", "count"],
    )


def test_location_quotient_by_hand() -> None:
    rows = specialisation.location_quotient(counts(a=[20, 80], b=[10, 190])).set_index(["area", "kind"])
    row = rows.loc[("a", "k0")]
    assert row["lq"] == pytest.approx((20 / 100) / (30 / 300))
    spread = np.sqrt(1 / 20 - 1 / 100 + 1 / 30 - 1 / 300)
    assert row["low"] == pytest.approx(2 * np.exp(-1.959964 * spread), rel=1e-6)
    assert row["high"] == pytest.approx(2 * np.exp(1.959964 * spread), rel=1e-6)


def test_nothing_observed_has_no_interval_and_a_sample_a_wider_one() -> None:
    rows = specialisation.location_quotient(counts(a=[0, 50], b=[10, 40]))
    assert rows.query("area == 'a' and kind == 'k0'")[["low", "high"]].isna().all(axis=None)
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
    assert specialisation.krugman(table).between(-1e-12, 2 + 1e-12).all()
    assert specialisation.herfindahl(table)["herfindahl"].between(1 / 3 - 1e-12, 1 + 1e-12).all()


def test_krugman_by_hand() -> None:
    index = specialisation.krugman(counts(a=[10, 0], b=[0, 10], c=[5, 5]))
    assert index["a"] == pytest.approx(abs(1 - 5 / 20) + abs(0 - 15 / 20))
    assert index["c"] == pytest.approx(0)


def test_herfindahl_of_four_equal_kinds_is_a_quarter() -> None:
    row = specialisation.herfindahl(counts(a=[5, 5, 5, 5])).iloc[0]
    assert (row["herfindahl"], row["effective"]) == (pytest.approx(0.25), pytest.approx(4))


def test_rounded_shares_leave_a_range() -> None:
    row = specialisation.quotient_of_rounded(pd.Series({"NL": 5.4}), 3.8).loc["NL"]
    assert row["lq"] == pytest.approx(1.42105, abs=1e-5)
    assert (row["low"], row["high"]) == (pytest.approx(5.35 / 3.85), pytest.approx(5.45 / 3.75))
