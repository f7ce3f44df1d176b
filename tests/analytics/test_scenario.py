"""Scenario files: what is saved is what is loaded, and what does not fit is named with its mend."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics import scenario
from analytics.scenario import Arrivals, Scenario, Sites

PLAIN = Scenario("Winter", "berlin", "2024-12-31")


@given(
    st.text(min_size=1, max_size=30).filter(lambda name: max(name) < "\ud800" or min(name) > "\udfff"),
    st.integers(0, 2**31),
    st.integers(1, 36),
)
def test_a_file_loads_to_the_same_scenario(name: str, seed: int, months: int) -> None:
    made = replace(PLAIN, name=name, seed=seed, arrivals=Arrivals(months=months), sites=Sites(kind="library", count=3))
    assert scenario.load(scenario.dump(made)) == made


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("months = 12", 'months = "twelve"'), r"arrivals\.months: expected int, got 'twelve'"),
        (("months = 12", "monthz = 12"), r"arrivals\.monthz: there is no such input"),
        (('city = "berlin"', ""), "city: the scenario file must state it"),
        (("[sites]", "[sites"), "not TOML"),
        (("ages = (0.1", "ages = (0.1"), None),
        (("0.62", "0.9"), "must add up to 1"),
        (('model = "maximal covering"', 'model = "best"'), "none of maximal covering"),
    ],
)
def test_what_does_not_fit_is_one_clear_sentence(change: tuple[str, str], told: str | None) -> None:
    text = scenario.dump(PLAIN).replace(*change)
    if told is None:
        assert scenario.load(text) == PLAIN
        return
    with pytest.raises(ValueError, match=told):
        scenario.load(text)
