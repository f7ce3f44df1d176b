"""What an answer to each kind of question must be."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.store import ballots

KEYS = ["a", "b", "c"]
SETTINGS = {"bounds": [13.0, 52.3, 13.8, 52.7], "low": 0, "high": 100, "limit": 2}


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("poll", ["a"]),
        ("several", ["a", "c"]),
        ("priorities", ["b"]),
        ("ranking", ["c", "a", "b"]),
        ("scale", {"a": 1, "c": 5}),
        ("budget", {"a": 50, "b": 0, "c": 50}),
        ("pin", {"lon": 13.4, "lat": 52.5, "reason": "No bench"}),
        ("text", "More trees"),
        ("stage", "When?"),
        ("cloud", "حديقة"),
        ("estimate", 17.5),
    ],
)
def test_a_right_answer_is_stored_as_it_is(kind: str, value: Any) -> None:
    assert ballots.check(kind, KEYS, SETTINGS, value) == value


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("poll", ["a", "b"]),
        ("poll", []),
        ("several", ["a", "b", "c"]),
        ("several", ["a", "a"]),
        ("priorities", ["x"]),
        ("ranking", ["a", "b"]),
        ("ranking", ["a", "b", "b"]),
        ("scale", {}),
        ("scale", {"a": 6}),
        ("scale", {"a": True}),
        ("scale", {"x": 1}),
        ("budget", {"a": 50, "b": 50}),
        ("budget", {"a": 50, "b": 51, "c": 0}),
        ("budget", {"a": 101, "b": -1, "c": 0}),
        ("pin", {"lon": 2.3, "lat": 48.8, "reason": "Paris"}),
        ("pin", {"lon": float("nan"), "lat": 52.5}),
        ("pin", {"reason": "nowhere"}),
        ("pin", {"lon": 13.4, "lat": 52.5, "reason": "x" * 281}),
        ("text", " \u0000 "),
        ("cloud", "x" * 41),
        ("estimate", 101),
        ("estimate", "17"),
        ("estimate", float("nan")),
        ("estimate", True),
    ],
)
def test_a_wrong_answer_is_refused(kind: str, value: Any) -> None:
    with pytest.raises(ballots.RefusedError):
        ballots.check(kind, KEYS, SETTINGS, value)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=8,
)


@given(kind=st.sampled_from(ballots.KINDS), value=ANYTHING)
def test_whatever_a_phone_sends_is_taken_or_refused_in_words(kind: str, value: Any) -> None:
    try:
        stored = ballots.check(kind, KEYS, SETTINGS, value)
    except ballots.RefusedError:
        return
    assert ballots.check(kind, KEYS, SETTINGS, stored) == stored, "what is stored is a right answer itself"


def test_a_pin_keeps_no_finer_place_than_ten_metres() -> None:
    pin = ballots.check("pin", [], SETTINGS, {"lon": 13.4049541, "lat": 52.5200066, "reason": ""})
    assert (pin["lon"], pin["lat"]) == (13.405, 52.52)
