"""Initiatives, partnerships, policy framework and impact: what people enter here, on every city."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data import rights
from data.store import register, seeds
from tests.driver import figures, follow_link, open_page, words

PAGES = ["initiatives", "partnerships", "readiness", "impact"]


@pytest.fixture(autouse=True)
def _own_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZONE_DATABASE", f"sqlite:///{tmp_path / 'zone.db'}")


def press(app: AppTest, label: str) -> AppTest:
    return next(button for button in app.button if button.label == label).click().run()


def initiative(**values: object) -> dict[str, object]:
    fields = {
        "name": "Reading room",
        "kind": "practice",
        "stage": "applied",
        "theme": "social",
        "topic": "learning",
        "city": "Town",
        "country": "DE",
    }
    return fields | values


@pytest.mark.parametrize("page", [*PAGES, "story"])
def test_a_page_on_entries_says_what_to_do_first(page: str) -> None:
    app = open_page(page)
    assert not app.exception
    assert app.info


def test_the_starting_set_fills_the_pages() -> None:
    app = open_page("initiatives")
    app.button(key="plant").click().run()
    assert len(figures(app)[0].rows) == len(seeds.seeds())
    app = follow_link(app, "partnerships")
    assert {"network", "missing"} == {figure.key for figure in figures(app)}
    assert [figure.key for figure in figures(follow_link(app, "impact"))] == ["outcomes", "tornado"]


def test_what_is_looked_for_is_in_the_address_and_found_by_it() -> None:
    seeds.fill_register()
    app = open_page("initiatives", city="berlin", topic="housing", stage="applied", lang="de")
    listed = figures(app)[0].rows
    every = register.everything()
    expected = every[(every["topic"] == "housing") & (every["stage"] == "applied")]
    assert set(listed["name"]) == set(expected["name"])
    assert 0 < len(expected) < len(every)
    assert app.selectbox(key="initiatives.topic").value == "housing"
    other = int(expected[expected["name"] != app.subheader[1].value]["id"].iloc[0])
    app = open_page("initiatives", city="berlin", topic="housing", initiative=str(other))
    assert app.subheader[1].value.replace("\\", "") == expected.set_index("id").loc[other, "name"]
    fewer = figures(open_page("initiatives", city="berlin", words=listed["name"].iloc[0]))[0]
    assert listed["name"].iloc[0] in set(fewer.rows["name"])


def test_an_edit_is_kept_with_its_history_and_a_stale_one_refused() -> None:
    number = register.add(initiative(), "ann")
    app = open_page("initiatives")
    description = next(box for box in app.text_area if box.label == "Description")
    description.set_value("A room to read in")
    register.change(number, 1, initiative(languages="Greek"), "bob")  # meanwhile, elsewhere
    press(app, "Save")
    assert any("changed by someone else" in line.value and "languages" in line.value for line in app.error)
    assert register.everything()["languages"].tolist() == ["Greek"]  # nothing was overwritten,
    typed = next(box for box in app.text_area if box.label == "Description").value
    assert typed == "A room to read in"  # and nothing typed was lost
    press(app, "Save")  # having seen the other version, it may be saved
    assert register.everything()["about"].tolist() == ["A room to read in"]
    assert register.history(number)["action"].tolist() == ["changed", "changed", "added"]


def test_the_history_names_the_account_whatever_is_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    number = register.add(initiative(), "bob")
    monkeypatch.setattr("views.initiatives.account", lambda: "ann@city.example")
    monkeypatch.setattr(rights, "actor", lambda: rights.Actor("ann@city.example", "editor"))
    app = open_page("initiatives")
    assert "Your name or role, for the history" not in [box.label for box in app.text_input]
    next(box for box in app.text_area if box.label == "Description").set_value("A room")
    press(app, "Save")
    press(app, "Undo the last change")
    assert register.history(number)["who"].tolist() == ["ann@city.example", "ann@city.example", "bob"]


def test_unknown_budgets_are_said_and_a_cost_is_the_budget_by_people() -> None:
    register.add(initiative(budget_eur=1000, reached=40), "ann")
    register.add(initiative(name="A choir"), "ann")
    app = open_page("initiatives", initiative="2")
    assert "**Budget** not known" in words(app)
    cost = next(figure for figure in figures(open_page("impact")) if figure.key == "cost")
    assert cost.rows[["name", "per_person"]].to_numpy().tolist() == [["Reading room", 25]]


def test_example_assumptions_are_called_so_until_the_reader_has_own_ones() -> None:
    example = figures(open_page("impact"))[-1]
    assert example.finding.startswith("Example: ")
    assert "example" in example.source
    own = figures(open_page("impact", city="berlin", people="200", deadweight="0", others="0", years="1"))[-1]
    assert own.finding.startswith("1.60 EUR")  # 200 people, 2,000 EUR each, over 250,000 EUR
    assert own.source == "your assumptions above"


def test_partners_of_chosen_needs_only() -> None:
    town, club = {"name": "Town", "sector": "public", "role": ""}, {"name": "Club", "sector": "non-profit", "role": ""}
    register.add(initiative(partners=[town, club]), "ann")
    register.add(initiative(name="Clinic", topic="health", partners=[{**club, "name": "Doctors"}]), "ann")
    app = open_page("partnerships", city="berlin", needs="learning")
    assert set(figures(app)[0].rows["name"]) == {"Town", "Club"}
    assert [metric.value for metric in app.metric] == ["0 %", "2", "1"]
    assert "No partner is on record" in words(open_page("partnerships", city="berlin", needs="work"))


def test_an_assessment_is_stored_and_compared_and_no_question_stands_twice() -> None:
    app = open_page("readiness")
    assert all(box.proto.label_visibility.value for box in app.text_input if box.label.startswith("Evidence"))
    app.selectbox(key="level-crisis_plan").set_value(1)
    press(app, "Store assessment")
    assert not app.exception
    score, gaps = figures(app)
    assert "Crisis plans, 33 of 100" in score.finding
    assert "discussed" in set(gaps.rows["what"])
    assert score.rows.set_index("label").loc["Crisis plans", "score"] == pytest.approx(100 / 3)
    assert "crisis plans 33 of 100" in words(open_page("what_if_shock"))


@pytest.mark.parametrize("page", PAGES)
def test_pages_on_entries_open_on_any_city_with_entries(page: str, cities: tuple[str, ...]) -> None:
    seeds.fill_register()
    for city in cities:
        app = open_page(page, city=city, lang="ar")
        assert not app.exception
        assert "<NA>" not in words(app)
