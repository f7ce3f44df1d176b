"""Rank intervals and Sobol shares: they hold the base rank, repeat exactly, and find the choice that matters."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analytics import composite, robustness
from tests.analytics.test_composite import DIMENSION, frame

BASE = {
    "imputation": "median",
    "outliers": "winsorised",
    "normalisation": "min-max",
    "weights": "equal",
    "aggregation": "arithmetic",
}


@pytest.fixture(scope="module")
def found() -> robustness.Robustness:
    return robustness.assess(frame(40, 6), DIMENSION, BASE, draws=128)


def test_every_interval_holds_the_base_rank(found: robustness.Robustness) -> None:
    ranks = found.ranks
    assert ((ranks["low"] <= ranks["rank"]) & (ranks["rank"] <= ranks["high"])).all()
    assert ranks[["low", "high"]].stack().between(1, 40).all()
    assert (ranks["rank"] == composite.index(frame(40, 6), DIMENSION, **BASE)["rank"]).all()


def test_the_same_seed_gives_the_same_ranks_and_shares(found: robustness.Robustness) -> None:
    again = robustness.assess(frame(40, 6), DIMENSION, BASE, draws=128)
    pd.testing.assert_frame_equal(found.ranks, again.ranks)
    pd.testing.assert_frame_equal(found.shares, again.shares)
    assert found.runs == 128 * (6 + 2)


def test_without_gaps_imputation_has_no_share_and_shares_are_shares(found: robustness.Robustness) -> None:
    shares = found.shares.set_index("choice")
    assert abs(shares.loc["imputation", "total"]) < 0.01
    assert shares["total"].between(-1e-9, 1.6).all()
    assert shares["first"].sum() < 1.3
    assert (shares["total"] + shares["total_conf"] + 0.05 >= shares["first"] - shares["first_conf"]).all()


def test_a_dimension_that_disagrees_makes_weights_matter() -> None:
    rng = np.random.default_rng(5)
    good = rng.normal(size=50)
    table = pd.DataFrame({"i0": good, "i1": -good, "i2": rng.normal(size=50)})
    dimension = pd.Series({"i0": "a", "i1": "b", "i2": "c"})
    shares = robustness.assess(table, dimension, BASE, pd.Series({"a": 10, "b": 0, "c": 0})).shares.set_index("choice")
    assert shares["total"].idxmax() == "weights"


def test_a_dimension_never_vanishes_when_its_only_indicator_is_left_out() -> None:
    table = frame(20, 2)
    found = robustness.assess(table, pd.Series({"i0": "a", "i1": "b"}), BASE, draws=32)
    assert found.ranks.notna().all(axis=None)


def test_where_no_choice_moves_an_area_nothing_is_shared_out() -> None:
    table = pd.DataFrame(
        {f"i{n}": [3.0, 2.0, 1.0] for n in range(6)}, index=["x", "y", "z"]
    )  # first everywhere, always
    found = robustness.assess(table, DIMENSION, BASE, draws=32)
    assert found.ranks["rank"].tolist() == [1, 2, 3]
    assert found.shift == 0
    assert found.shares.empty
