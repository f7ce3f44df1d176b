"""Sites: PySAL spopt's published San Francisco example, brute force on small cases, bounds that hold."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import spopt
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from analytics import siting

FOLDER = Path(spopt.__file__).parent / "tests/test_locate/data"


@pytest.fixture(scope="module")
def san_francisco() -> tuple[np.ndarray, np.ndarray]:
    """205 tracts and 16 stores: distances in metres, people."""
    walks = pd.read_csv(FOLDER / "SF_network_distance_candidateStore_16_censusTract_205_new.csv")
    tracts = pd.read_csv(FOLDER / "SF_demand_205_centroid_uniform_weight.csv").sort_values("NAME")
    return walks.pivot_table(values="distance", index="DestinationName", columns="name").to_numpy(), tracts[
        "POP2000"
    ].to_numpy(float)


def within(distance: np.ndarray, limit: float) -> sparse.csr_matrix:
    return sparse.csr_matrix((limit >= distance.T).astype(float))


def test_spopts_published_answers(san_francisco: tuple[np.ndarray, np.ndarray]) -> None:
    distance, people = san_francisco
    assert len(siting.set_cover(within(distance, 5000)).sites) == 8
    best = siting.max_cover(within(distance, 5000), people, 4, gap=0)
    served = distance[:, best.sites].min(axis=1) <= 5000
    assert 100 * served.mean() == pytest.approx(89.75609756097562)  # spopt's perc_cov, of tracts
    assert best.value == pytest.approx(875_247)
    median = siting.p_median(distance, people, 4, gap=1e-6)
    assert median.value == pytest.approx(2_848_268_129.7145104)
    assert median.bound <= median.value
    assert siting.p_center(distance, 4).value == pytest.approx(7_403.06, abs=0.01)


def test_greedy_is_below_the_optimum_and_its_bound_above(san_francisco: tuple[np.ndarray, np.ndarray]) -> None:
    distance, people = san_francisco
    for count in (1, 2, 3, 5):
        quick = siting.greedy_cover(within(distance, 4000), people, count)
        best = siting.max_cover(within(distance, 4000), people, count, gap=0)
        assert quick.value <= best.value + 1e-6 <= quick.bound + 1e-3


cases = st.tuples(st.integers(0, 10**6), st.integers(1, 3))


@settings(max_examples=25)
@given(cases)
def test_every_model_equals_trying_everything(case: tuple[int, int]) -> None:
    seed, count = case
    rng = np.random.default_rng(seed)
    points, sites, people = (
        rng.uniform(0, 10, (12, 2)),
        rng.uniform(0, 10, (6, 2)),
        rng.integers(1, 20, 12).astype(float),
    )
    distance = np.hypot(*(points[:, None] - sites[None]).transpose(2, 0, 1))
    covers, groups = within(distance, 3), np.vstack([people * (points[:, 0] < 5), people * (points[:, 0] >= 5)])
    near = distance <= 3
    tried = [list(one) for one in itertools.combinations(range(6), count)]
    reached = {tuple(sites_): near[:, sites_].any(axis=1) for sites_ in tried}
    assert siting.max_cover(covers, people, count, gap=0).value == pytest.approx(
        max(people[hit].sum() for hit in reached.values())
    )
    nearest = [(people * distance[:, sites_].min(axis=1)).sum() for sites_ in tried]
    median = siting.p_median(distance, people, count, gap=1e-6)
    assert median.bound - 1e-6 <= min(nearest) <= median.value + 1e-9
    assert median.value <= 1.02 * min(nearest)
    assert siting.p_center(distance, count).value == pytest.approx(
        min(distance[:, sites_].min(axis=1).max() for sites_ in tried)
    )
    sizes = groups.sum(axis=1)
    if (sizes > 0).all():
        worst = max(min((groups[g][hit].sum() / sizes[g]) for g in range(2)) for hit in reached.values())
        assert siting.max_min_cover(covers, groups, count, np.zeros(12, dtype=bool), gap=0).value == pytest.approx(
            worst, abs=1e-3
        )


def test_points_that_are_served_already_call_for_no_site() -> None:
    covers, groups = sparse.csr_matrix(np.eye(3)), np.diag([5.0, 5.0, 5.0])[:2]
    assert siting.max_min_cover(covers, groups, 1, np.array([True, False, False]), gap=0).sites == [1]
    assert siting.max_min_cover(covers, groups, 1, np.ones(3, dtype=bool), gap=0).value == 1
    problem = siting.SitingProblem(
        "maximal covering", 30.0 - 25 * np.eye(3), np.array([9.0, 5, 4]), groups, np.array([1.0, 40, 40]), 1, 15
    )
    assert siting.solve(problem).sites == [1]  # not the point with most people, which has a site
    assert siting.solve(replace(problem, model="fairest")).sites == [1]
    assert siting.solve(replace(problem, model="set covering")).sites == [1, 2]


def test_room_is_never_overfilled() -> None:
    covers = sparse.csr_matrix(np.array([[1.0, 1, 0], [0, 1, 1]]))
    people, room = np.array([10.0, 10, 10]), np.array([15.0, 5])
    assert siting.capacitated_cover(covers, people, room, 1, gap=0).value == pytest.approx(15)
    assert siting.capacitated_cover(covers, people, room, 2, gap=0).value == pytest.approx(20)


def test_sites_that_fill_up_and_sites_in_part_enclose_the_optimum() -> None:
    covers, weight = sparse.csr_matrix([[1.0, 1.0, 0.0], [0.0, 1.0, 1.0]]), np.array([4.0, 6.0, 5.0])
    assert siting.serve_with_room(covers, weight, [0, 1], 100) == 15
    assert siting.serve_with_room(covers, weight, [0, 1], 7) == pytest.approx(13.8)  # 7, then the 6.8 that are left
    assert siting.serve_with_room(covers, weight, [0], 7) == 7
    best = siting.max_cover(covers, weight, 1)
    assert best.value == 11 <= siting.max_cover(covers, weight, 1, whole=False).value + 1e-6


def test_what_cannot_be_done_is_said() -> None:
    with pytest.raises(ValueError, match="relax one of them"):
        siting.max_cover(sparse.csr_matrix(np.ones((2, 2))), np.ones(2), -1)
