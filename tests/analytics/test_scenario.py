"""Scenario files: what is saved is what is loaded, and what does not fit is named with its mend."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics import scenario
from analytics.scenario import Arrivals, Scenario, Shock, Sites

PLAIN = Scenario(name="Winter", city="berlin", period="2024-12-31")
DEEP = "[" * 3000 + "]" * 3000


@given(
    st.text(min_size=1, max_size=30).filter(lambda name: max(name) < "\ud800" or min(name) > "\udfff"),
    st.integers(0, 2**31),
    st.integers(1, 36),
)
def test_a_file_loads_to_the_same_scenario(name: str, seed: int, months: int) -> None:
    saved = PLAIN.replace(name=name, seed=seed, arrivals=Arrivals(months=months), sites=Sites(kind="library", count=3))
    assert scenario.load(scenario.dump(saved)) == saved


def test_scenarios_are_keys_and_travel_between_processes() -> None:
    assert {PLAIN: 1}[pickle.loads(pickle.dumps(PLAIN))] == 1
    assert PLAIN.replace(sites=Sites(closed=("a",))) != PLAIN


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("months = 12", 'months = "twelve"', r"arrivals\.months: expected a valid integer, got 'twelve'"),
        ("months = 12", "months = true", r"arrivals\.months: expected a valid integer, got True"),
        ("months = 12", "months = 1000000000", r"arrivals\.months: expected less than or equal to 36, got 1000000000"),
        ("months = 12", "months = 0x" + "f" * 5000, r"arrivals\.months: .* got a number too long to write"),
        ("months = 12", "monthz = 12", r"arrivals\.monthz: there is no such input\. Known: people, months"),
        ("seed = 0", "seeds = 0", r"seeds: there is no such input\. Known: name, city"),
        ('city = "berlin"', "", "city: the scenario file must state it"),
        ("[sites]", "[sites", "not TOML"),
        ("[sites]", "[[sites]]", r"sites: expected a table \[sites\]"),
        ("own = []", f"own = {DEEP}", "not TOML: it is nested too deeply"),
        ("8000,", "-8000,", r"arrivals\.people\.0: expected greater than or equal to 0, got -8000"),
        ("8000,", "", r"arrivals\.people: too few numbers"),
        ("8000,", "8000, 9000,", r"arrivals\.people: too many numbers"),
        ("8000,", "12000,", r"arrivals\.people: the three numbers must rise"),
        ("0.62", "0.9", r"arrivals\.ages: shares must add up to 1"),
        ("0.62", "nan", r"arrivals\.ages\.2: expected a finite number"),
        ("0.02", "inf", r"arrivals\.vacancy\.2: expected"),
        ("own = []", "own = [1.0, -2.0]", r"arrivals\.own\.1: expected greater than or equal to 0"),
        ('rule = "where compatriots live"', 'rule = "by lot"', r"arrivals\.rule: expected 'where compatriots live', "),
        ('model = "maximal covering"', 'model = "best"', r"sites\.model: expected 'maximal covering', .* got 'best'"),
        ("limit = 15", "limit = 0", r"sites\.limit: expected greater than or equal to 5, got 0"),
        ("budget = 0.1", "budget = 1.0", r"shock\.budget: expected less than or equal to 0\.9, got 1\.0"),
    ],
)
def test_what_does_not_fit_is_one_clear_sentence(old: str, new: str, sentence: str) -> None:
    text = scenario.dump(PLAIN)
    assert old in text
    with pytest.raises(ValueError, match=sentence) as fault:
        scenario.load(text.replace(old, new, 1))
    assert "\n" not in str(fault.value)


def test_a_change_is_checked_like_a_file() -> None:
    with pytest.raises(ValueError, match="count"):
        PLAIN.sites.replace(count=26)


def test_a_page_shares_default_and_range_of_a_field() -> None:
    count, budget = scenario.shared(Sites, "count"), scenario.shared(Shock, "budget", 100)
    assert (count.default, [rule.ge if hasattr(rule, "ge") else rule.le for rule in count.metadata]) == (5, [1, 25])
    ends = [rule.ge if hasattr(rule, "ge") else rule.le for rule in budget.metadata]
    assert (budget.default, ends) == (10.0, [0.0, 90.0])
    assert all(isinstance(end, float) for end in ends)  # a control takes whole numbers or floats, not both
