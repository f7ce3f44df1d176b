"""How things look, where it can be wrong: words for numbers, labels that do not collide, printed pages."""

from __future__ import annotations

import io
from itertools import pairwise

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from views import comparisons, exports, prints, text


def test_words_for_numbers() -> None:
    assert text.p_value(0.0004) == "p below 0.001"
    assert text.p_value(0.0312) == "p 0.031"
    assert text.places(1, 1) == "place 1"
    assert text.places(1, 7) == "place 1 to 7"
    assert text.number(float("nan")) == text.GAP
    assert text.moment("2026-11-25T065659.874927") == "2026-11-25 06:56:59 UTC"
    assert text.moment("") == ""


@given(st.lists(st.floats(-100, 100), min_size=1, max_size=30), st.floats(0.01, 5))
def test_labels_keep_their_order_and_their_distance(values: list[float], step: float) -> None:
    placed = comparisons._apart(pd.Series(values), step)
    ordered = [place for _, place in sorted(zip(values, placed, strict=True))]
    assert all(later - earlier >= step - 1e-6 for earlier, later in pairwise(ordered))


def test_a_lone_label_stays_where_its_value_is() -> None:
    assert comparisons._apart(pd.Series([4.2]), 1) == [4.2]
    assert comparisons._apart(pd.Series([0.0, 10.0]), 1) == [0, 10]


def test_a_waterfall_says_its_sum() -> None:
    parts = pd.DataFrame({"part": ["Europe", "own"], "change": [3.0, -1.0]})
    figure = comparisons.waterfall(parts, "part", "change", unit="", total="change")
    assert list(figure.data[0].text) == ["+3.0", "-1.0", "+2.0"]


def test_two_areas_of_one_name_keep_a_row_each() -> None:
    rows = pd.DataFrame(
        {"name": ["Schloßstraße", "Schloßstraße"], "v": [1.0, 2.0], "low": [0.5, 1.5], "high": [1.5, 2.5]}
    )
    figure = comparisons.intervals(rows, "name", "v", "low", "high", unit="")
    assert list(figure.data[0].y) == [0, 1]


def test_a_cell_cannot_run_as_a_formula() -> None:
    table = pd.read_csv(io.BytesIO(exports.csv_bytes(pd.DataFrame({"name": ["=1+1", "plain"]}))), encoding="utf-8-sig")
    assert table["name"].tolist() == ["'=1+1", "plain"]


def test_print_holds_any_text() -> None:
    odd = 'Straße #let x = "1" $ * _ @ <tag> \\'
    made = prints.pdf(odd, odd, {"Gaps": [odd]}, {"Table": (["", "A"], [[odd, "1"]])}, odd)
    assert made.startswith(b"%PDF")
