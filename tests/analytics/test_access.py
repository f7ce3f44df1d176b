"""Accessibility: worked examples, exact conservation, plain Dijkstra, and PySAL's access package to 1e-9."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from access import fca, weights
from hypothesis import given
from hypothesis import strategies as st

import data
from analytics import access


def line(*metres: float) -> pd.DataFrame:
    return pd.DataFrame({"x": list(metres), "y": [0.0] * len(metres)})


def test_2sfca_worked_example() -> None:
    """Two facilities on a street: f1 (10 places) reached by 60 + 40 people, f2 (6 places) by 40 + 20."""
    travel = access.travel_matrix(line(0, 500, 1000), line(250, 750), limit=3.1, speed=100, circuity=1.2)
    places = access.e2sfca(travel, np.array([60, 40, 20]), np.array([10, 6]), np.ones(4))
    assert places == pytest.approx([10 / 100, 10 / 100 + 6 / 60, 6 / 60])


def test_e2sfca_worked_example() -> None:
    """Zones of 10, 20 and 30 minutes weigh 1, 0.68 and 0.22 (Luo & Qi 2009)."""
    travel = access.travel_matrix(line(0, 1500, 2500), line(0), limit=30, speed=100, circuity=1)
    places = access.e2sfca(travel, np.array([100, 50, 200]), np.array([89]))
    ratio = 89 / (100 * 1 + 50 * 0.68 + 200 * 0.22)
    assert places == pytest.approx([ratio, 0.68 * ratio, 0.22 * ratio])


def test_published_example_of_sdc_catchment_reproduces() -> None:
    """sdc-catchment's documentation prints 0.065179, 0.069641, 0.065179: 3 consumers of 100, 2 providers of 10."""
    travel = access.travel_matrix(line(0, 1, 2), line(0, 2), limit=10, speed=1, circuity=1)
    decay = np.exp(-(travel.minutes.data**2) / 2)
    found = access.e2sfca(travel, np.full(3, 100), np.full(2, 10.0), decay)
    assert found.round(6).tolist() == [0.065179, 0.069641, 0.065179]


def test_a_zone_holds_its_outer_edge() -> None:
    travel = access.travel_matrix(line(1000, 2000, 3000), line(0), limit=30, speed=100, circuity=1)
    assert access.zone_weights(travel).tolist() == [1.0, 0.68, 0.22]


def test_every_place_is_handed_out_once_where_somebody_reaches_it() -> None:
    random = np.random.default_rng(5)
    homes, sites = (pd.DataFrame(random.uniform(0, 4000, (n, 2)), columns=["x", "y"]) for n in (300, 20))
    people, places = random.integers(1, 90, 300), random.integers(1, 50, 20).astype(float)
    travel = access.travel_matrix(homes, sites, 20, 80, 1.3)
    for decay in (None, np.ones(travel.minutes.nnz)):
        reached = np.diff(travel.minutes.tocsc().indptr) > 0
        assert (access.e2sfca(travel, people, places, decay) * people).sum() == pytest.approx(places[reached].sum())


@pytest.mark.parametrize("method", ["2SFCA", "E2SFCA"])
def test_pysal_access_agrees_to_1e_9(method: str) -> None:
    random = np.random.default_rng(11)
    homes, sites = (pd.DataFrame(random.uniform(0, 3000, (n, 2)), columns=["x", "y"]) for n in (120, 15))
    people, places = random.integers(1, 200, 120), random.integers(1, 80, 15).astype(float)
    travel = access.travel_matrix(homes, sites, 18, 80, 1.25)
    ours = access.e2sfca(travel, people, places, np.ones(travel.minutes.nnz) if method == "2SFCA" else None)
    pairs = travel.minutes.tocoo()
    cost = pd.DataFrame({"origin": pairs.row, "dest": pairs.col, "cost": pairs.data})
    demand = pd.DataFrame({"demand": people}).rename_axis("geoid")
    supply = pd.DataFrame({"supply": places}).rename_axis("geoid")
    step = weights.step_fn({6: 1.0, 12: 0.68, 18: 0.22})
    theirs = fca.two_stage_fca(demand, supply, cost, 18, weight_fn=step if method == "E2SFCA" else None)
    theirs = theirs.reindex(range(120)).fillna(0).to_numpy(dtype=float)
    assert np.abs(ours - theirs).max() < 1e-9


def test_cumulative_opportunities_by_hand() -> None:
    travel = access.travel_matrix(line(0, 1000), line(0, 400), limit=8, speed=100, circuity=1)
    assert access.cumulative_opportunities(travel).tolist() == [2, 1]


def test_nothing_to_reach() -> None:
    travel = access.travel_matrix(line(0, 1), line(), 10, 80, 1.3)
    assert access.cumulative_opportunities(travel).tolist() == [0, 0]
    assert np.isinf(access.nearest_minutes(line(0, 1), line(), 80, 1.3)).all()


@given(
    st.lists(st.integers(0, 100_000), min_size=3, max_size=3),
    st.lists(st.tuples(st.integers(0, 2), st.floats(0.001, 10)), min_size=1, max_size=60),
)
def test_spread_conserves_people_exactly_and_stays_within_one_of_the_quota(
    totals: list[int], parts: list[tuple[int, float]]
) -> None:
    groups, shares = np.array([group for group, _share in parts]), np.array([share for _group, share in parts])
    people = access.largest_remainder(np.array(totals), shares, groups)
    for group in set(groups):
        here, total = groups == group, totals[group]
        assert people[here].sum() == total
        assert (np.abs(people[here] - total * shares[here] / shares[here].sum()) < 1 + 1e-6).all()


def test_who_is_left_over_goes_to_the_largest_remainders_and_of_equal_ones_to_the_first() -> None:
    # Quotas 1.5, 1.5, 1 of four people; 2.8, 1.4, 2.8 of seven.
    groups, shares = np.array([0, 1, 0, 1, 0, 1]), np.array([3.0, 2, 3, 1, 2, 2])
    assert access.largest_remainder(np.array([4, 7]), shares, groups).tolist() == [2, 3, 1, 1, 1, 3]


def test_people_in_cells_conserve_every_area_of_the_city() -> None:
    cells, residents = data.table("cells", "berlin"), data.table("residents", "berlin")
    residents = residents[residents["period"] == "2024-12-31"].groupby("area_id", as_index=False)["persons"].sum()
    people = pd.Series(access.people_in_cells(cells, residents)).groupby(cells["area_id"]).sum()
    assert people.to_dict() == residents.set_index("area_id")["persons"].to_dict()
    assert people.sum() == 3_897_145


def test_coverage_curve_by_hand_and_never_falling() -> None:
    curve = access.coverage_curve(np.array([2.0, 10.0, 5.0, np.inf]), np.array([10, 20, 30, 40]), [1, 5, 10, 60])
    assert curve["share"].tolist() == [0, 0.4, 0.6, 0.6]
