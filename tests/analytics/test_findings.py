"""A superlative needs its conditions: each is tried at its edge."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.findings import MIN_BASE, Finding, extreme, relative_change

NAMES = list("abcdefgh")
values = st.lists(st.one_of(st.none(), st.integers(-5, 5).map(float)), min_size=1, max_size=8)


def rows(numbers: list[float | None], **columns: list[float]) -> pd.DataFrame:
    return pd.DataFrame({"name": NAMES[: len(numbers)], "v": numbers, **columns})


@given(values, st.booleans())
def test_all_that_share_the_extreme_are_named_and_no_other(numbers: list[float | None], largest: bool) -> None:
    end = extreme(rows(numbers), "v", largest=largest)
    known = [number for number in numbers if number is not None]
    if not known:
        assert end is None
        return
    assert end is not None
    best = max(known) if largest else min(known)
    assert end.names == tuple(name for name, number in zip(NAMES, numbers, strict=False) if number == best)
    assert end.alone == (known.count(best) == 1 and len(set(known)) > 1)


@given(st.integers(0, 2 * MIN_BASE))
def test_a_small_base_is_no_extreme(people: int) -> None:
    end = extreme(rows([1.0, 9.0], people=[1e6, people]), "v", largest=True, base="people")
    assert end is not None
    assert end.names == (("b",) if people >= MIN_BASE else ("a",))
    assert end.left_out == int(people < MIN_BASE)


@given(st.floats(0.01, 10), st.floats(0.01, 10), st.floats(0, 60))
def test_a_lead_within_the_error_is_not_clear(first: float, second: float, lead: float) -> None:
    end = extreme(rows([0.0, lead], se=[first, second]), "v", largest=True, error="se")
    assert end is not None
    if lead > 1e-6:
        assert end.clear == (round(lead, 9) > 1.96 * math.hypot(first, second))


def test_values_tie_as_they_are_shown() -> None:
    end = extreme(rows([8.96, 9.04, 2.0]), "v", largest=True, digits=1)
    assert end is not None
    assert end.names == ("a", "b") or end.value == 9.0


def test_a_ranking_of_one_has_no_extreme() -> None:
    end = extreme(rows([3.0]), "v", largest=False)
    assert end is not None
    assert not end.alone


@pytest.mark.parametrize(
    ("first", "last", "change"),
    [
        (1000, 1500, 0.5),
        (999, 1500, None),
        (None, 5, None),
        (2000, float("nan"), None),
        (0, 892_538, None),
        (2000, 0, -1),
    ],
)
def test_a_share_of_change_needs_a_floor_and_both_ends(
    first: float | None, last: float | None, change: float | None
) -> None:
    assert relative_change(first, last) == change


def test_a_finding_says_its_statement_only_where_it_holds() -> None:
    assert Finding("x is most", True, "tie").text == "x is most"
    assert Finding("x is most", False, "tie").text == "tie"
