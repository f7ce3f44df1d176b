"""The menu: few questions, few entries, every page in one of them; pages that were joined keep their addresses."""

from __future__ import annotations

from collections import Counter

import pytest

from data.store import stories
from tests.driver import PAGES, menus, open_page, windows, words

JOINED = [entry for entries in menus().values() for entry in entries if len(entry) > 1]


def test_six_menus_by_question_lead_to_at_most_24_pages() -> None:
    named = {name: entries for name, entries in menus().items() if name}
    assert len(named) <= 6
    assert all(name.endswith("?") for name in named)
    assert sum(len(entries) for entries in menus().values()) <= 24


def test_every_page_stands_in_one_entry() -> None:
    counts = Counter(page for entries in menus().values() for entry in entries for page in entry)
    assert set(counts.values()) == {1}
    assert sorted(counts) == sorted(PAGES)


@pytest.mark.parametrize("entry", JOINED, ids=lambda entry: entry[0])
def test_an_address_of_a_joined_page_opens_it_with_its_choices(entry: list[str]) -> None:
    """Links, stories and short links hold the names of pages; they go on as they are."""
    for page in entry:
        app = open_page(page, city="berlin", lang="de", district="03")
        assert not app.exception, page
        assert app.session_state["_page"] == page
        if not page.startswith("data_"):  # those are of no territory
            assert app.session_state["district"] == "03"
        links = [link.proto.page for link in app.get("page_link")]
        assert [name for name in links if name in entry] == entry


def test_a_page_that_stands_alone_has_no_tabs() -> None:
    assert [link.proto.page for link in open_page("fit", city="berlin").get("page_link")] == []


def test_a_storys_file_may_name_every_page_and_says_what_it_is_called() -> None:
    app = open_page("story")
    names = app.session_state["_pages"]
    assert sorted(names) == sorted([*PAGES, *windows()])
    assert len(set(names.values())) == len(names)
    steps = [{"page": page, "query": {"district": "03"}} for page in names]
    content = stories.as_file("All of it", steps)
    assert [step["page"] for step in stories.from_file(content, "all.json", set(names))[1]] == list(names)
    assert "Story" in words(app)
