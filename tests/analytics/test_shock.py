"""Shock tests on a town one can draw: three sites, four quarters."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from analytics import shock

#            quarter:          0  1  2  3
COVERS = sparse.csr_matrix([[1.0, 1, 0, 0], [0, 1, 1, 0], [0, 0, 1, 0]])
PEOPLE = np.array([10.0, 20, 30, 40])


def test_parts_of_resilience_by_hand() -> None:
    found = shock.resilience(COVERS, PEOPLE, lose=1 / 3, draws=3000)
    # 60 are served; 50 of them by two sites; losing site 0 costs the 10 who have no other.
    assert found.redundancy == pytest.approx(50 / 60)
    assert found.absorption == pytest.approx(50 / 60)
    assert found.robustness == pytest.approx((50 / 60 + 1 + 1) / 3, abs=0.01)
    assert found.score == pytest.approx((found.redundancy * found.robustness * found.absorption) ** (1 / 3))
    assert found.draws_low <= found.robustness <= found.draws_high


def test_share_served_keeps_gaps_apart_from_zero() -> None:
    share = shock.share_served(COVERS, np.array([10.0, 20, 30, 0]), np.array(["a", "a", "b", "c"]), np.array([1, 0, 0]))
    assert share["a"] == 1
    assert share["b"] == 0
    assert np.isnan(share["c"])


def test_recovery_reopens_the_most_useful_first() -> None:
    rows = shock.recovery(COVERS, PEOPLE, np.array([0, 0, 0]), 1)
    assert rows["served"].tolist() == [0, 50, 60, 60]
    assert rows["share"].iloc[-1] == 1


def test_a_smaller_budget_closes_what_is_missed_least() -> None:
    assert shock.close_least_used(COVERS, PEOPLE, 1 / 3).tolist() == [True, True, False]


def test_nobody_served_has_no_resilience() -> None:
    with pytest.raises(ValueError, match="Nobody is served"):
        shock.resilience(sparse.csr_matrix((2, 4)), PEOPLE)
