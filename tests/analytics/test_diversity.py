"""Mix and separation by hand, and against PySAL's segregation package."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from segregation.singlegroup import Dissim, Isolation

import data
from analytics import bridge, diversity


def test_concentration_and_diversity_by_hand() -> None:
    counts = pd.Series([50, 30, 20, 0, None])
    assert diversity.herfindahl(counts) == pytest.approx(0.25 + 0.09 + 0.04)
    assert diversity.simpson(counts) == pytest.approx(0.62)
    assert diversity.shannon(counts) == pytest.approx(
        -(0.5 * math.log(0.5) + 0.3 * math.log(0.3) + 0.2 * math.log(0.2))
    )
    assert diversity.shannon(pd.Series([7])) == 0
    assert math.isnan(diversity.simpson(pd.Series([0, 0])))  # nobody is not mixed


@given(st.integers(1, 30), st.integers(1, 1000))
def test_n_equal_groups_have_the_effective_number_n(n: int, size: int) -> None:
    counts = pd.Series([size] * n)
    assert diversity.herfindahl(counts) == pytest.approx(1 / n)
    assert math.exp(diversity.shannon(counts)) == pytest.approx(n)


def test_location_quotient_by_hand() -> None:
    quotient = diversity.location_quotient(pd.Series([10, 5, None]), pd.Series([100, 0, 50]), 20, 400)
    assert quotient.iloc[0] == pytest.approx(2.0)
    assert quotient.isna().tolist() == [False, True, True]


def test_dissimilarity_of_even_and_of_fully_apart() -> None:
    assert diversity.dissimilarity(pd.Series([10, 20]), pd.Series([100, 200])) == pytest.approx(0)
    assert diversity.dissimilarity(pd.Series([10, 0]), pd.Series([0, 200])) == pytest.approx(1)
    assert diversity.dissimilarity(pd.Series([0, 0]), pd.Series([1, 2])) is None


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(1, 5000)), min_size=2, max_size=40))
def test_pysal_segregation_agrees(pairs: list[tuple[int, int]]) -> None:
    group = pd.Series([a for a, _ in pairs])
    if not group.sum():
        return
    frame = pd.DataFrame({"group": group, "total": group + pd.Series([b for _, b in pairs])})
    ours = diversity.dissimilarity(frame["group"], frame["total"] - frame["group"])
    assert ours == pytest.approx(Dissim(frame, "group", "total").statistic, abs=1e-9)
    assert diversity.isolation(frame["group"], frame["total"]) == pytest.approx(
        Isolation(frame, "group", "total").statistic, abs=1e-9
    )


def test_pysal_segregation_agrees_on_berlin() -> None:
    rows = data.table("residents_by_origin", "berlin")
    rows = rows[(rows["period"] == "2024-12-31") & (rows["level"] == "planning_area")]
    people = data.table("residents", "berlin")
    people = people[people["period"] == "2024-12-31"].groupby("area_id")["persons"].sum()
    table = diversity.unevenness(rows, people).set_index("origin")
    syria = rows[rows["origin"] == "SYR"].set_index("area_id")["persons"].dropna().astype(float)
    frame = pd.DataFrame({"group": syria, "total": people.reindex(syria.index).astype(float)}).reset_index()
    frame = frame[frame["total"] > 0]
    assert table.loc["SYR", "dissimilarity"] == pytest.approx(Dissim(frame, "group", "total").statistic, abs=1e-9)
    assert table.loc["SYR", "areas"] + table.loc["SYR", "hidden_areas"] == 542


BRIDGE = pd.DataFrame({"old_id": ["a", "a", "b"], "new_id": ["x", "y", "y"], "share": [0.25, 0.75, 1.0]})


def test_an_area_has_the_index_of_the_older_one_that_holds_nearly_all_of_it() -> None:
    # x is a quarter of a (1 km2); y is three quarters of a (3 km2) and all of b (27 km2), so 90 % b
    holders = bridge.holders(BRIDGE, pd.Series({"a": 4.0, "b": 27.0}), 0.9)
    assert holders.to_dict() == {"x": "a", "y": "b"}
    assert bridge.holders(BRIDGE, pd.Series({"a": 4.0, "b": 27.0}), 0.91).to_dict() == {"x": "a"}


def test_bridge_moves_people_by_shared_area_and_loses_none() -> None:
    moved = bridge.areal_weighting(pd.Series({"a": 100, "b": 40}), BRIDGE)
    assert moved.to_dict() == {"x": 25, "y": 115}


def test_bridge_fills_in_no_suppressed_count() -> None:
    moved = bridge.areal_weighting(pd.Series({"a": None, "b": 40}), BRIDGE)
    assert moved.isna().all()


def test_bridge_error_is_measured_on_the_half_year_known_in_both_cuts() -> None:
    ways = data.table("bridge", "berlin")
    assert ways.groupby("old_id")["share"].sum().to_numpy() == pytest.approx(np.ones(448))
    people = data.table("residents", "berlin")
    old = people[people["period"] == "2020-12-31"].groupby("area_id")["persons"].sum(min_count=1)
    known = data.table("residents_new_boundaries", "berlin").set_index("area_id")["persons"]
    wrong = bridge.weighting_error(bridge.areal_weighting(old, ways), known)
    assert wrong["areas"] > 530
    assert wrong["median_error"] < 0.01
    assert 0.7 < wrong["within_10_percent"] < 0.75
    assert wrong["misplaced"] == pytest.approx(0.05, abs=0.005)


def test_entropies_of_all_areas_at_once_are_those_of_each() -> None:
    random = np.random.default_rng(3)
    persons = pd.Series(random.integers(0, 40, 400), dtype="Int64").mask(pd.Series(random.random(400) < 0.2))
    areas = pd.Series(random.integers(0, 30, 400)).astype(str)
    together = diversity.shannon_by(persons, areas)
    for area, entropy in together.items():
        assert entropy == pytest.approx(diversity.shannon(persons[areas == area]), abs=1e-12)
    assert diversity.shannon_by(pd.Series([0, 0, None]), pd.Series(["a"] * 3)).isna().all(), "where nobody is"
