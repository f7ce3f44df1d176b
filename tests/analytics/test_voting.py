from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics import voting


def test_poll_by_hand() -> None:
    answers = pd.DataFrame({"group": ["a", "a", "b", ""], "choice": [["x"], ["y"], ["x"], ["x"]]})
    found = voting.poll(answers, ["x", "y", "z"])
    assert list(found["votes"]) == [3, 1, 0]
    assert list(found["share"]) == [0.75, 0.25, 0.0]
    groups = voting.by_group(answers, ["x", "y", "z"]).set_index(["group", "option"])["value"]
    assert groups["a", "x"] == 0.5
    assert groups["b", "x"] == 1
    assert "" not in groups.index.get_level_values("group")


def test_priorities_count_people_not_choices() -> None:
    answers = pd.DataFrame({"group": [""] * 2, "choice": [["x", "y"], ["x"]]})
    assert list(voting.poll(answers, ["x", "y"])["share"]) == [1.0, 0.5]


def test_consensus_at_its_ends() -> None:
    assert voting.consensus([7, 0, 0]) == 1
    assert voting.consensus([5, 5, 5]) == pytest.approx(0, abs=1e-12)
    assert np.isnan(voting.consensus([0, 0]))


def test_budget_by_hand() -> None:
    answers = pd.DataFrame({"group": ["", ""], "x": [100, 0], "y": [0, 100]})
    found = voting.budget(answers, ["x", "y"])
    assert list(found["mean"]) == [50, 50]
    assert list(found["high"]) == [100, 100]
    assert voting.disagreement(answers, ["x", "y"]) == 1
    assert voting.disagreement(answers.assign(x=60, y=40), ["x", "y"]) == 0


@given(st.lists(st.tuples(st.integers(0, 100), st.integers(0, 100)), min_size=2, max_size=12))
def test_disagreement_equals_all_pairs(cuts: list[tuple[int, int]]) -> None:
    rows = [(min(a, b), abs(a - b), 100 - max(a, b)) for a, b in cuts]
    answers = pd.DataFrame(rows, columns=["x", "y", "z"])
    pairs = [sum(abs(p - q) for p, q in zip(one, other, strict=True)) / 200 for one, other in combinations(rows, 2)]
    assert voting.disagreement(answers, ["x", "y", "z"]) == pytest.approx(np.mean(pairs))
