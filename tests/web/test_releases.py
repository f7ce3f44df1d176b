"""The calendar of releases: by RFC 5545, the same as the page's table, an estimate that says so, nothing invented."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from starlette.testclient import TestClient

import data
from data.context import CityContext
from data.translation import LANGUAGES
from services import releases
from tests.unlimited import unlimited

CTX = CityContext(data.cities()["berlin"], data.version())


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with unlimited("https://city.example") as asks:
        yield asks


def events(content: bytes) -> list[dict[str, str]]:
    """A calendar's events, read by the standard's own rules for lines."""
    text = content.decode("utf-8")
    assert "\n" not in text.replace("\r\n", "")
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    lines = text.replace("\r\n ", "").split("\r\n")
    assert (lines[0], lines[-2], lines[-1]) == ("BEGIN:VCALENDAR", "END:VCALENDAR", "")
    assert "VERSION:2.0" in lines
    found: list[dict[str, str]] = []
    for line in lines:
        if line == "BEGIN:VEVENT":
            found.append({})
        elif found and ":" in line:
            name, value = line.split(":", 1)
            found[-1][name.partition(";")[0]] = value
    return found


def test_every_table_with_a_rhythm_has_an_event_that_says_it_is_an_estimate(client: TestClient) -> None:
    answer = client.get("/api/releases.ics")
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    shown = events(answer.content)
    figure = releases.calendar_figure(CTX)
    assert len(figure.rows) == len(data.catalogue())
    assert len(shown) == figure.rows["expected"].notna().sum() > 10
    assert len({event["UID"] for event in shown}) == len(shown)
    for event in shown:
        assert event["SUMMARY"].startswith("Expected by now (estimate): ")
        assert "an estimate\\, announced by nobody" in event["DESCRIPTION"]
        assert event["STATUS"] == "TENTATIVE"
        assert date.fromisoformat(event["DTSTART"]) < date.fromisoformat(event["DTEND"])
    assert events(client.get("/api/releases.ics").content) == shown


def test_half_years_of_residents_by_hand_and_nothing_of_what_came_once() -> None:
    rows = releases.calendar_figure(CTX).rows.set_index(["place", "table"])
    residents = rows.loc["berlin", data.entry("residents", "berlin").title]
    assert (residents["newest"], residents["every"], residents["editions"]) == ("2024-12-31", "half-yearly", 6)
    # half a year after 31 December 2024, and at the latest as many days after it as 31 December 2024 lay back
    taken = date.fromisoformat(data.entry("residents", "berlin").version_word)
    latest = date(2025, 6, 30).toordinal() + (taken - date(2024, 12, 31)).days
    assert residents["expected"] == f"2025-06 – {date.fromordinal(latest):%Y-%m}"
    for place, name in (("berlin", "social_monitoring"), ("world", "published_totals"), ("berlin", "schools")):
        once = rows.loc[place, data.entry(name, place).title]
        assert once[["every", "expected"]].isna().all()
    assert rows.loc["berlin", data.entry("housing_costs", "berlin").title]["every"] == "every 4 years"


@pytest.mark.parametrize("code", LANGUAGES)
def test_each_language_has_its_own_words_in_lines_of_at_most_75_bytes(client: TestClient, code: str) -> None:
    shown = events(client.get(f"/api/releases.ics?lang={code}").content)
    assert shown
    assert all(f"lang={code}" in event["URL"] for event in shown)
    assert all(event["SUMMARY"].startswith("Expected") == (code == "en") for event in shown)
