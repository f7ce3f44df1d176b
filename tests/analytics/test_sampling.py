"""Errors of sampled means, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from analytics import sampling


def test_the_error_of_a_mean_by_hand() -> None:
    # 150,000 households: 1,500 are asked, as good as 1,000; deviation 10
    error = sampling.standard_error(np.array([10.0]), np.array([150_000]))
    assert error[0] == pytest.approx(10 / np.sqrt(1000))
    low, high = sampling.interval(np.array([30.0]), error)
    assert (high - low)[0] == pytest.approx(2 * 1.959964 * error[0])


def test_a_change_must_beat_the_errors_of_both_and_of_all_that_are_compared() -> None:
    one, errors = np.array([30.0]), (np.array([0.3]), np.array([0.4]))  # together 0.5
    assert sampling.sure_changes(one, one + 1.0, errors).tolist() == [1]  # 1.96 x 0.5 = 0.98
    assert sampling.sure_changes(one, one - 0.97, errors).tolist() == [0]
    twelve = np.full(12, 30.0)
    many = (np.full(12, 0.3), np.full(12, 0.4))
    after = twelve - np.array([1.0] * 11 + [1.5])
    assert sampling.sure_changes(twelve, after, many).tolist() == [0] * 11 + [-1]  # 2.87 x 0.5 = 1.43
