"""The what-if pages: a link carries every input, what was proven stays proven, scenarios save, open and compare."""

from __future__ import annotations

from pathlib import Path

import pytest

import data
from analytics import scenario
from data import store
from data.context import CityContext
from services import background
from services.access import facilities
from tests.driver import contents, figures, follow_link, open_page, words

CONTEXT = CityContext(data.cities()["berlin"], data.version())
PAGES = ["what_if_arrivals", "what_if_sites", "what_if_shock"]


@pytest.fixture(autouse=True)
def _database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZONE_DATABASE", f"sqlite:///{tmp_path / 'zone.db'}")


@pytest.mark.parametrize("language", ["de", "fr", "ar"])
def test_we_build_in_every_language_proves_its_curve(language: str) -> None:
    app = open_page("what_if_sites", city="berlin", lang=language, count="3")
    assert not app.exception
    assert [figure.key for figure in figures(app)] == ["sites-map", "gain", "new-sites", "frontier"]
    assert len(figures(app)[2].rows) == 3


def test_the_address_opens_the_same_view() -> None:
    app = open_page("what_if_sites", city="berlin")
    app.number_input(key="what_if_sites.count").set_value(3)
    app.number_input(key="what_if_sites.limit").set_value(20)
    app.multiselect(key="what_if_sites.closed").set_value(
        facilities(CONTEXT, "library")["source_id"].tolist()[:2]
    ).run()
    address = dict(app.query_params)
    assert address["count"] == "3"
    assert address["limit"] == "20"
    again = open_page("what_if_sites", **address)
    assert contents(again) == contents(app)


def test_a_proven_optimum_is_part_of_the_view_until_the_question_changes() -> None:
    app = open_page("what_if_sites", city="berlin", lang="en", model="p-centre", count="2", limit="25")
    assert "as the answer for 'the longest walk is as short as possible' is not computed yet" in figures(app)[0].finding
    app.button(key="prove").click().run()
    task: background.Task = app.session_state["proof"][0]
    task.wait(120)
    app.run()
    assert "the proven optimum" in figures(app)[0].finding
    assert app.session_state["_query"]["proven"] == "True"
    again = open_page("what_if_sites", **app.session_state["_query"])
    assert contents(again) == contents(app)
    app.number_input(key="what_if_sites.count").set_value(3).run()
    assert "is not computed yet" in figures(app)[0].finding
    assert app.session_state["_query"]["proven"] == "False"


def test_a_shock_carries_the_arrivals_that_it_builds_on() -> None:
    app = open_page("what_if_arrivals", city="berlin")
    app.number_input(key="what_if_arrivals.people_high").set_value(40_000).run()
    app = follow_link(app, "what_if_shock")
    assert app.query_params["people_high"] == "40000"
    again = open_page("what_if_shock", **dict(app.query_params.items()))
    assert words(again) == words(app)
    plain = open_page("what_if_shock", city="berlin")
    assert contents(plain) == contents(app)  # its figures are of closures
    assert words(plain) != words(app)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_says_that_it_is_about_the_whole_city(page: str) -> None:
    plain, district = open_page(page, city="berlin"), open_page(page, city="berlin", district="08")
    assert district.title[0].value == plain.title[0].value
    assert district.caption[0].value.startswith("This page is about the whole city")
    assert contents(plain) == contents(district)


def test_a_saved_scenario_reruns_identically_opens_and_compares() -> None:
    app = open_page("what_if_arrivals", city="berlin")
    app.number_input(key="what_if_arrivals.people_high").set_value(40_000).run()
    app = follow_link(app, "what_if_compare")
    assert "Set by you: People arrive. As usual in this city: We build, Something breaks." in words(app)
    app.button(key="save-scenario").click().run()
    assert not app.exception
    saved = scenario.load(store.scenarios("berlin")["text"].iloc[0])
    assert saved.arrivals.people[2] == 40_000  # what was set on another page is what is saved
    assert contents(open_page("what_if_compare", city="berlin")) == contents(app)
    rows = figures(app)[0].rows.set_index("result")["scenario_1"]
    assert rows["Set by whoever saved it"] == "People arrive"
    assert len(rows["Where"].split(", ")) == 5
    fresh = open_page("what_if_compare", city="berlin")
    fresh.button(key="open-1").click().run()
    assert fresh.text_input(key="what_if_compare.name").value == "My scenario"
    fresh = follow_link(fresh, "what_if_arrivals")
    assert fresh.number_input(key="what_if_arrivals.people_high").value == 40_000
    app.button(key="copy-1").click().run()
    assert len(store.scenarios("berlin")) == 2
    app.button(key="drop-1").click().run()
    assert store.scenarios("berlin")["name"].tolist() == ["My scenario (copy)"]
    assert figures(app)[0].headings() == ["Result", "2: My scenario (copy)"]


def test_a_scenario_that_no_longer_fits_is_told_why() -> None:
    old = scenario.Scenario(name="Old", city="berlin", period="1999-12-31")
    store.add_scenario("berlin", "Old", scenario.dump(old))
    app = open_page("what_if_compare", city="berlin", compare="")
    app.button(key="open-1").click().run()
    assert "1999\\-12\\-31' is not known here" in app.error[0].value
