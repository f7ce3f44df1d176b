"""What leaves the screen is what was on it: links, stories, menus and the back button show the same figures."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from data.store import stories
from tests.driver import PAGES, change_choices, contents, figures, follow_link, menus, open_page

CITY = "three-shores"


def _view(app: AppTest) -> dict[str, str]:
    return {key: value for key, value in app.session_state["_query"].items() if key != "lang"}


@pytest.mark.parametrize("page", PAGES)
def test_a_pinned_view_is_presented_as_it_was(page: str, cities: tuple[str, ...]) -> None:
    app = open_page(page, city=CITY)
    changes = change_choices(app, page)
    assert not app.exception, changes
    expected = contents(app)
    step = {"page": page, "query": _view(app), "title": "", "note": ""}
    code = stories.save("A story", [step])
    shown = open_page(page, **_view(app), story=code, step="0")
    assert not shown.exception
    assert contents(shown) == expected


@pytest.mark.parametrize("page", PAGES)
def test_a_copied_address_opens_the_same_view(page: str, cities: tuple[str, ...]) -> None:
    app = open_page(page, city=CITY)
    change_choices(app, page)
    address = dict(app.query_params)
    fresh = open_page(page, **address)
    assert not fresh.exception
    assert not fresh.warning, [warning.value for warning in fresh.warning]  # nothing in our own address is out of range
    assert contents(fresh) == contents(app)
    assert dict(fresh.query_params) == address


@cache
def fresh(page: str) -> list[tuple[Any, ...]]:
    """What a page shows that is opened by itself; the same in every test, as nobody has entered anything."""
    return contents(open_page(page, city=CITY))


ENTRIES = [entry for entries in menus().values() for entry in entries]
STEPS = [(entry[0], other[0]) for entry, other in zip(ENTRIES, [*ENTRIES[1:], ENTRIES[0]], strict=True)]
# Pages that share an entry from each to each, and along the menu from one entry to the next and back.
PAIRS = [
    *((first, second) for entry in ENTRIES for first in entry for second in entry if first != second),
    *STEPS,
    *((second, first) for first, second in STEPS),
]


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_a_page_reached_by_the_menu_equals_it_opened_fresh(first: str, second: str, cities: tuple[str, ...]) -> None:
    app = open_page(first, city=CITY)
    change_choices(app, first)
    app = follow_link(app, second)
    assert not app.exception
    assert contents(app) == fresh(second)


def test_back_undoes_a_filter() -> None:
    app = open_page("coverage", city="berlin", lang="en", service="library")
    before, address = contents(app), dict(app.query_params)
    app.selectbox(key="coverage.distance").set_value(2000).run()
    assert contents(app) != before
    app.query_params.clear()
    for key, value in address.items():
        app.query_params[key] = value  # what the browser's back button sends
    app.run()
    assert contents(app) == before
    assert app.selectbox(key="coverage.distance").value == 500


def test_back_undoes_a_district() -> None:
    app = open_page("coverage", city="berlin", lang="en")
    address = dict(app.query_params)
    app.selectbox(key="district").set_value("08").run()
    assert "Neukölln" in app.title[0].value
    app.query_params.clear()
    for key, value in address.items():
        app.query_params[key] = value
    app.run()
    assert "Neukölln" not in app.title[0].value


def test_a_district_travels_with_the_menu_and_other_choices_do_not() -> None:
    app = open_page("coverage", city="berlin", district="08", service="library")
    app = follow_link(app, "reach")
    assert app.selectbox(key="district").value == "08"
    assert (
        app.selectbox(key="reach.service").value
        == open_page("reach", city="berlin").selectbox(key="reach.service").value
    )
    app = follow_link(app, "coverage")
    assert app.selectbox(key="coverage.service").value == "library"  # a page keeps its own


def test_nonsense_in_a_link_is_told_in_a_sentence_with_what_is_possible() -> None:
    app = open_page("coverage", city="berlin", distance="777", district="99", level="ward")
    assert not app.exception
    told = " ".join(warning.value for warning in app.warning)
    assert "777" in told
    assert "250, 500" in told
    assert "ward" in told
    assert figures(app)


ABOUT_PEOPLE_HERE = (
    "initiatives",
    "partnerships",
    "impact",
    "workshop",
    "story",
    "data_tables",
    "data_city",
    "data_elsewhere",
    "what_if_compare",
)


@pytest.mark.parametrize("page", [page for page in PAGES if page not in ABOUT_PEOPLE_HERE])
def test_a_chosen_district_changes_title_and_figures_or_the_page_says_what_it_is_about(
    page: str, cities: tuple[str, ...]
) -> None:
    whole, part = open_page(page, city=CITY), open_page(page, city=CITY, district="south-2")
    assert not part.exception
    says = any("This page is about" in caption.value for caption in part.caption)
    if part.title[0].value != whole.title[0].value:
        assert "Süd" in part.title[0].value
        assert contents(part) != contents(whole) or not contents(whole)
    else:
        world = "Three Shores" not in whole.title[0].value
        assert says or world, "a title that names the city, a district chosen, and not a word about it"
        if says:
            assert contents(part) == contents(whole)
