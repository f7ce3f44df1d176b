"""A table of a city's own in a real browser: sent, reported, saved, shown on the map, taken back."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.conftest import Visit

COURSES = "Kursart;Plätze;Adresse\nIntegrationskurs;20;Torstraße 1\nBerufskurs;viele;Torstraße 1\n"


def test_places_in_courses_are_sent_saved_shown_and_taken_back(
    visit: Callable[..., Visit], codes: dict[str, str]
) -> None:
    seen = visit("fit")
    seen.unfold("Places in courses: a table of your own")
    page = seen.page
    file = {"name": "courses.csv", "mimeType": "text/csv", "buffer": COURSES.encode()}
    page.locator("[data-testid=stFileUploaderDropzoneInput]").nth(1).set_input_files([file])  # the first is of schools
    expect(page.get_by_text("courses.csv: rows that can be saved: 1; rows with faults: 1").first).to_be_visible(
        timeout=60_000
    )
    page.get_by_role("button", name="Save these rows").click()
    shown = page.get_by_role("heading", name="Berlin: 20 places in courses; courses in the table: 1")
    expect(shown).to_be_visible(timeout=60_000)
    seen.settle()
    again = visit("fit?lang=de")  # another reader sees it, with whose table it is
    expect(again.page.get_by_role("heading", name="Berlin: 20 Plätze in Kursen")).to_be_visible(timeout=60_000)
    assert again.page.get_by_text("courses.csv, von der Stadt eingetragen").count() > 0
    page.get_by_role("button", name="Take this version back").click()
    expect(shown).to_have_count(0, timeout=60_000)
    assert seen.errors == []
    assert again.errors == []
