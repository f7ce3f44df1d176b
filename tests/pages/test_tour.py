"""The tour opens at its beginning, and each step has a page that is there. Walked in a browser: test_ten_tasks.py."""

from __future__ import annotations

from tests.driver import PAGES, open_page
from views import tour


def test_the_tour_opens_at_its_beginning_in_the_readers_language() -> None:
    app = open_page("overview", lang="de")
    app.button(key="tour").click().run()
    assert not app.exception
    assert "Die Stadt auf einer Seite" in [line.value for line in app.subheader]
    assert app.button(key="tour_back").disabled
    assert not app.button(key="tour_next").disabled


def test_each_step_leads_to_a_page_of_the_menu() -> None:
    assert {page for _title, _words, page in tour.STEPS} <= set(PAGES)
