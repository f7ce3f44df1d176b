"""Who is served and Equity of access: what they say of a territory, and that no choice strays from one to the other."""

from __future__ import annotations

import pytest

from tests.driver import contents, figures, follow_link, open_page


def test_equity_reached_by_the_menu_is_equity_opened_fresh() -> None:
    fresh = open_page("access_equity")
    app = open_page("reach", city="berlin", service="library", walker="child")
    assert figures(app)[0].finding.startswith("Library: hardest for ")
    app = follow_link(app, "access_equity")
    assert app.metric[0].value == fresh.metric[0].value == "0.24"
    assert [metric.value for metric in app.metric] == [metric.value for metric in fresh.metric]
    assert contents(app) == contents(fresh)


def test_choices_wait_for_the_reader_to_come_back() -> None:
    app = open_page("reach", city="berlin", service="library", walker="child")
    before = contents(app)
    app = follow_link(follow_link(app, "access_equity"), "reach")
    assert contents(app) == before
    assert app.selectbox(key="reach.walker").value == "child"


@pytest.mark.parametrize(("view", "key"), [("hexagons", "hexagons"), ("facilities", "load")])
def test_who_is_served_in_every_view(view: str, key: str) -> None:
    app = open_page("reach", city="berlin", area="08100314", closer=view)
    assert not app.exception
    shown = {figure.key: figure for figure in figures(app)}
    assert list(shown) == ["reach-map", "profile", "curve", "transit-map", "transit-need", key]
    assert shown["profile"].finding == "Donaustraße: minutes to each service"
    assert "Berlin" in app.title[0].value
    assert any("estimate" in caption.value.lower() for caption in app.caption)


def test_the_chosen_district_changes_title_and_figures() -> None:
    app = open_page("reach", city="berlin", district="08", closer="facilities")
    assert app.title[0].value == "Who is served in Neukölln"
    shown = {figure.key: figure for figure in figures(app)}
    assert set(shown["reach-map"].rows["area_id"].str.startswith("08")) == {True}
    facility = shown["load"].rows["source_id"].iloc[1]
    app.selectbox(key="reach.facility").set_value(facility).run()
    assert figures(app)[-1].finding.startswith(shown["load"].rows["name"].iloc[1])
    # Of another service there is no such facility: the most crowded is shown.
    app.selectbox(key="reach.service").set_value("library").run()
    assert not app.exception
    assert figures(app)[-1].finding.startswith(figures(app)[-1].rows["name"].iloc[0])


def test_equity_says_that_it_is_about_the_whole_city() -> None:
    plain, district = open_page("access_equity"), open_page("access_equity", city="berlin", district="08")
    assert district.title[0].value == "Equity of access in Berlin"
    assert district.caption[0].value.startswith("This page is about the whole city")
    assert contents(plain) == contents(district)


@pytest.mark.parametrize("against", ["another service", "an earlier date"])
def test_two_maps_side_by_side(against: str) -> None:
    app = open_page("reach")
    app.radio(key="reach.against").set_value(against).run()
    assert not app.exception
    assert "side by side" in app.header[0].value
    left, right = figures(app)[:2]
    assert (left.key, right.key) == ("side-0", "side-1")
    assert (left.period == right.period) == (against == "another service")


def test_a_city_without_districts_is_served_in_german_too(cities: tuple[str, ...]) -> None:
    query = {"city": "strange", "from": "2012", "to": "2013", "area": "Área 2", "closer": "facilities", "lang": "de"}
    app = open_page("reach", **query)
    assert not app.exception
    shown = {figure.key: figure for figure in figures(app)}
    assert shown["profile"].rows["persons"].tolist() == [1350]
    assert shown["load"].rows["source_id"].tolist() == ["ї/2", "a b"]
    equity = follow_link(app, "access_equity")
    assert not equity.exception
    assert equity.metric[2].value == "nicht bekannt"
