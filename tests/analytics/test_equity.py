"""Equity measures by hand, against PySAL's inequality where it has the measure, and their properties."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from esda import fdr
from esda.moran import Moran, Moran_Local
from hypothesis import given
from hypothesis import strategies as st
from libpysal.weights import lat2W

from analytics import equity


def test_gini_by_hand() -> None:
    # two people with 1, two with 3: mean absolute difference 1, over twice the mean 4 = 0.25
    assert equity.gini(np.array([1.0, 3.0]), np.array([2, 2])) == pytest.approx(0.25)
    assert equity.gini(np.array([5.0, 5.0]), np.array([1, 9])) == pytest.approx(0)


@given(st.lists(st.tuples(st.floats(0.01, 100), st.integers(1, 30)), min_size=1, max_size=25), st.floats(0.1, 50))
def test_gini_equals_the_mean_difference_and_knows_no_scale(pairs: list[tuple[float, int]], scale: float) -> None:
    values, people = (np.array(column) for column in zip(*pairs, strict=True))
    each = np.repeat(values, people)
    definition = np.abs(each[:, None] - each[None, :]).mean() / (2 * each.mean())
    assert equity.gini(values, people) == pytest.approx(definition, abs=1e-9)
    assert equity.gini(values * scale, people) == pytest.approx(definition, abs=1e-9)


def test_lorenz_of_nobody_skips_them() -> None:
    curve = equity.lorenz(np.array([1.0, 9.0, np.inf]), np.array([1, 1, 0]))
    assert curve["people"].tolist() == [0, 0.5, 1]
    assert curve["good"].tolist() == [0, 0.1, 1]


def test_concentration_index_has_the_sign_of_who_gets_more() -> None:
    people, poverty = np.array([10, 10]), np.array([0.1, 0.5])
    assert equity.concentration_index(np.array([1.0, 3.0]), people, poverty) == pytest.approx(0.25)
    assert equity.concentration_index(np.array([3.0, 1.0]), people, poverty) == pytest.approx(-0.25)
    assert equity.concentration_index(np.array([3.0, 1.0]), people, np.array([0.2, 0.2])) == pytest.approx(0)


def test_palma_by_hand() -> None:
    # ten people with 1..10: the best has 10, the worst four have 1 + 2 + 3 + 4
    assert equity.palma(np.arange(1.0, 11), np.ones(10)) == pytest.approx(1.0)
    assert equity.palma(np.array([0.0, 1.0]), np.array([5, 5])) is None


def test_gap_and_its_interval() -> None:
    random = np.random.default_rng(2)
    values = random.normal(10, 1, 200)
    group, others = random.integers(1, 50, 200).astype(float), random.integers(1, 50, 200).astype(float)
    none = equity.gap(values, group, others)
    assert none.low < 0 < none.high
    assert not none.sure
    lifted = equity.gap(values + np.where(group > others, 5, 0), group, others)
    assert lifted.sure
    assert 0 < lifted.low < lifted.gap < lifted.high


def test_a_gap_that_rests_on_one_area_is_not_sure() -> None:
    values, group, others = np.full(40, 10.0), np.full(40, 50.0), np.full(40, 1000.0)
    values[7], group[7], others[7] = 40, 3000, 900
    found = equity.gap(values, group, others)
    assert found.gap > 10
    assert found.area == 7
    assert found.without == pytest.approx(0)
    assert not found.sure


def test_without_is_what_leaving_the_area_out_gives() -> None:
    random = np.random.default_rng(8)
    values, group, others = random.normal(10, 3, 60), random.gamma(1, 50, 60), random.gamma(3, 300, 60)
    values[3] = np.nan
    found = equity.gap(values, group, others)
    rest = np.delete(np.arange(60), found.area)
    assert found.without == pytest.approx(equity.gap(values[rest], group[rest], others[rest]).gap)
    wide = equity.gap(values, group, others, np.arange(60) // 20)
    assert wide.gap == found.gap


def test_clusters_find_a_planted_patch_and_no_more_in_noise() -> None:
    weights = lat2W(12, 12)
    random = np.random.default_rng(4)
    noise = pd.Series(random.normal(0, 1, 144), index=weights.id_order)
    whole, kinds = equity.local_moran(noise, weights)
    assert (kinds != "").mean() < 0.05
    patch = [12 * i + j for i in range(4) for j in range(4)]
    planted = noise.copy()
    planted.loc[patch] -= 5
    whole, kinds = equity.local_moran(planted, weights)
    assert whole["moran"] > 0.3
    assert (kinds[patch] == "low").mean() > 0.65  # its corners have two neighbours of four outside
    assert (kinds.drop(patch) == "low").sum() <= 3


def test_clusters_agree_with_esda(request: pytest.FixtureRequest) -> None:
    """Long runs only: esda compiles its loops, which takes half a minute."""
    if not request.config.getoption("--long"):
        pytest.skip("compiles for half a minute: run with --long")
    weights = lat2W(12, 12)
    random = np.random.default_rng(11)
    values = pd.Series(random.normal(0, 1, 144), index=weights.id_order)
    values.loc[[12 * i + j for i in range(5) for j in range(5)]] += 4
    whole, kinds = equity.local_moran(values, weights, seed=1)
    weights.transform = "r"
    assert whole["moran"] == pytest.approx(Moran(values.to_numpy(), weights).I, rel=1e-12)
    peer = Moran_Local(values.to_numpy(), weights, permutations=9999, seed=1, n_jobs=1)
    alike = np.where(peer.Is > 0, peer.p_sim, 1 - peer.p_sim)  # esda folds to the nearer side, we look at one
    theirs = np.select([(alike <= fdr(alike, 0.05)) & (peer.q == q) for q in (3, 1)], ["low", "high"], "")
    assert (kinds.to_numpy() == theirs).mean() > 0.97  # chance decides the areas on the brink
    assert (theirs != "").sum() >= 10


def test_fifths_of_people_by_hand() -> None:
    # ten people: areas of 2, 2, 2, 2, 2 by value; one is unknown, nobody lives in another
    values = np.array([5.0, 1.0, 3.0, np.nan, 2.0, 4.0, 0.0])
    people = np.array([2, 2, 2, 9, 2, 2, 0])
    assert equity.fifths(values, people).tolist() == [5, 1, 3, 0, 2, 4, 0]
    # a third of all live where the value is lowest: their middle is at a sixth, in the first fifth
    assert equity.fifths(np.array([1.0, 1.0, 2.0]), np.array([10, 10, 40])).tolist() == [1, 1, 4]


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 30)), min_size=1, max_size=40))
def test_fifths_never_cross_and_equal_values_stay_together(pairs: list[tuple[int, int]]) -> None:
    values, people = (np.array(column, dtype=float) for column in zip(*pairs, strict=True))
    if not people.sum():
        return
    found = equity.fifths(values, people)
    assert ((found > 0) == (people > 0)).all()
    rows = pd.DataFrame({"value": values, "fifth": found})[people > 0].sort_values("value")
    assert rows["fifth"].is_monotonic_increasing
    assert (rows.groupby("value")["fifth"].nunique() == 1).all()
