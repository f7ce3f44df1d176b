"""Arrivals: people are conserved, demand by hand, bands in order, the same seed the same table."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import triang

from analytics import arrivals
from analytics.arrivals import Need, Triangular


@given(st.integers(0, 10**6), st.lists(st.floats(0, 1e6, allow_nan=False), min_size=1, max_size=40))
def test_allocation_conserves_people_exactly(people: int, weights: list[float]) -> None:
    found = arrivals.allocate(people, pd.Series(weights))
    assert found.sum() == people
    assert (found >= 0).all()


def test_allocation_by_hand() -> None:
    assert arrivals.allocate(10, pd.Series({"a": 1, "b": 1, "c": 1})).tolist() == [4, 3, 3]
    assert arrivals.allocate(7, pd.Series({"a": 0.0, "b": 0.0})).tolist() == [4, 3]
    assert arrivals.allocate(100, pd.Series({"a": 3, "b": 1})).tolist() == [75, 25]
    with pytest.raises(ValueError, match="negative"):
        arrivals.allocate(1, pd.Series([-1.0]))


POINT = Need("School", (6, 18), Triangular(1, 1, 1), Triangular(1, 1, 1), "places")
AGES = {(0, 6): 0.1, (6, 18): 0.3, (18, 65): 0.5, (65, 120): 0.1}


def test_demand_and_shortfall_by_hand() -> None:
    allocated = pd.Series({"a": 100, "b": 300})
    free = {"school": np.tile([20.0, 100.0], (50, 1))}
    table = arrivals.demand(allocated, 2, AGES, {"school": POINT}, Triangular(400, 400, 400), free, draws=50).set_index(
        ["area", "month"]
    )
    assert table.loc[("a", 2), "likely"] == pytest.approx(30)
    assert table.loc[("a", 1), "likely"] == pytest.approx(15)
    assert table.loc[("a", 2), "short"] == pytest.approx(10)
    assert table.loc[("b", 2), "chance"] == 0
    assert arrivals.first_shortfall(table.reset_index(), "school").to_numpy().tolist() == [["a", 2]]


def test_bands_are_in_order_and_repeat() -> None:
    allocated = pd.Series({"a": 100, "b": 300})
    people = Triangular(300, 400, 600)
    make = partial(arrivals.demand, allocated, 6, AGES, arrivals.NEEDS, people, {}, draws=200, seed=7)
    table = make()
    assert (table["low"] <= table["likely"]).all()
    assert (table["likely"] <= table["high"]).all()
    assert table["short"].isna().all()  # free places not known: a gap, not a zero
    pd.testing.assert_frame_equal(table, make())


def test_a_range_that_falls_is_refused() -> None:
    with pytest.raises(ValueError, match="must rise"):
        Triangular(3, 2, 1).draw(np.random.default_rng(0), 5)


def test_a_variable_has_a_stream_of_its_own() -> None:
    allocated, total = pd.Series({"a": 100}), Triangular(100, 200, 400)
    few = arrivals.demand(allocated, 1, AGES, {"language": arrivals.NEEDS["language"]}, total, {}, seed=3)
    every = arrivals.demand(allocated, 1, AGES, arrivals.NEEDS, total, {}, seed=3)
    again = every[every["service"] == "language"].reset_index(drop=True)
    pd.testing.assert_frame_equal(few, again)  # what else is drawn changes nothing
    draws = [arrivals.stream(3, name).random(50) for name in ("people", "free places")]
    assert abs(np.corrcoef(draws)[0, 1]) < 0.5


@given(
    st.tuples(st.floats(0, 100), st.floats(0, 100), st.floats(0, 100)).map(sorted).filter(lambda v: v[0] + 1e-3 < v[2]),
    st.integers(0, 1000),
)
@settings(max_examples=50)
def test_draws_are_the_quantiles_of_scipys_triangle(values: list[float], seed: int) -> None:
    low, likely, high = values
    drawn = arrivals.Triangular(low, likely, high).draw(np.random.default_rng(seed), 200)
    again = np.random.default_rng(seed)
    ranks = (again.permutation(200) + again.random(200)) / 200
    assert drawn == pytest.approx(triang.ppf(ranks, (likely - low) / (high - low), low, high - low), abs=1e-6)
