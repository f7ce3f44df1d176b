from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

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


def test_rankings_by_hand() -> None:
    answers = pd.DataFrame({"group": "", "choice": [["a", "b", "c"], ["a", "c", "b"], ["b", "a", "c"]]})
    rows = voting.ranking(answers, ["c", "b", "a"]).set_index("option")
    assert list(rows.index) == ["a", "b", "c"]
    assert rows["mean"].tolist() == pytest.approx([4 / 3, 2, 8 / 3])
    assert rows["first"].tolist() == [2, 1, 0]
    # Rank sums 4, 6, 8 around 6: S = 8, W = 12 * 8 / (9 * 24).
    assert voting.concordance(answers, ["a", "b", "c"]) == pytest.approx(96 / 216)


@given(st.lists(st.permutations(["a", "b", "c", "d"]), min_size=2, max_size=30))
def test_concordance_is_friedmans_statistic_over_its_largest(rankings: list[list[str]]) -> None:
    options = ["a", "b", "c", "d"]
    answers = pd.DataFrame({"group": "", "choice": rankings})
    places = voting.ranks(answers, options)
    peer = stats.friedmanchisquare(*(places[option] for option in options)).statistic / (len(rankings) * 3)
    assert voting.concordance(answers, options) == pytest.approx(peer, abs=1e-9)


def test_a_scale_counts_only_those_who_rated() -> None:
    answers = pd.DataFrame({"group": "", "x": [1, 5, 5, None], "y": [None] * 4})
    rows = voting.scale(answers, ["x", "y"], 5).set_index(["option", "step"])
    assert rows.loc["x", "votes"].tolist() == [1, 0, 0, 0, 2]
    assert rows.loc[("x", 5), "share"] == pytest.approx(2 / 3)
    assert rows.loc[("x", 5), "median"] == 5
    assert rows.loc["y", "share"].isna().all(), "nobody rated it: no share of nothing"


@given(st.lists(st.integers(1, 5), min_size=2, max_size=30))
def test_distance_is_the_mean_over_all_pairs(steps: list[int]) -> None:
    pairs = [abs(first - second) for first, second in combinations(steps, 2)]
    assert voting.distance(pd.Series(steps)) == pytest.approx(sum(pairs) / len(pairs))


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=60))
def test_every_guess_is_in_one_bin(numbers: list[float]) -> None:
    rows = voting.guesses(pd.Series(numbers))
    assert rows["votes"].sum() == len(numbers)
    assert len(rows) <= 100
    assert (rows["high"] > rows["low"]).all()


def test_a_guess_far_out_does_not_squeeze_the_others() -> None:
    rows = voting.guesses(pd.Series([10, 12, 15, 18, 20, 22, 5000]))
    assert rows["high"].max() < 100
    assert rows["votes"].iloc[-1] == 1


def test_words_are_counted_in_any_case_and_script() -> None:
    typed = ["Trees", "trees ", "TREES!", "trees", "деревья", "Деревья", "حديقة", "«حديقة»", "  "]
    rows = voting.words(typed)
    assert rows["votes"].tolist() == [4, 2, 2]
    assert rows["label"].iloc[0].casefold() == "trees"


def test_pins_are_shown_where_five_people_mean_one_place_and_else_by_area() -> None:
    pins = pd.DataFrame(
        {
            "cell": ["h1"] * 5 + ["h2"] * 4 + ["h3"] * 2,
            "area": ["A"] * 7 + ["B"] * 2 + ["A"] * 2,
            "district": ["D"] * 9 + ["E"] * 2,
        }
    )
    rows = voting.snap(pins, ["cell", "area", "district"], 5)
    # Five in h1; of the other six the area A has four (two of h2, two of h3): too few; so D has four and E two.
    assert rows.set_index(["place", "key"])["people"].to_dict() == {
        ("cell", "h1"): 5,
        ("district", "D"): 4,
        ("district", "E"): 2,
    }


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 3)), max_size=80))
def test_each_pin_is_counted_once_and_no_small_place_is_below_five(spots: list[tuple[int, int]]) -> None:
    pins = pd.DataFrame({"cell": [f"c{cell}" for cell, _ in spots], "area": [f"a{area}" for _, area in spots]})
    rows = voting.snap(pins, ["cell", "area"], 5)
    assert rows["people"].sum() == len(spots)
    assert (rows.loc[rows["place"] == "cell", "people"] >= 5).all()


def test_who_moved_is_counted_among_those_who_voted_twice() -> None:
    answers = pd.DataFrame({"before": [["a"], ["a"], None, ["b", "c"]], "choice": [["a"], ["b"], ["b"], ["c", "b"]]})
    assert voting.moved(answers, "choice") == (3, 1)
    assert voting.moved(answers, "choice", is_ordered=True) == (3, 2)
    points = pd.DataFrame({"before": [{"x": 50, "y": 50}, {"x": 1}], "x": [50.0, 2.0], "y": [50.0, None]})
    assert voting.moved(points, ["x", "y"]) == (2, 1)
