"""Atom feeds: by the rules of RFC 4287, read by feedparser, with the news of the pages and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlparse

import feedparser
import pytest
from defusedxml import ElementTree
from starlette.testclient import TestClient

import data
from data import store
from data.catalogue import Entry
from data.context import CityContext, Territory
from services import feeds, outlook
from tests.unlimited import unlimited

CITY = "berlin"
ATOM = "{http://www.w3.org/2005/Atom}"
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with unlimited("https://city.example") as asks:
        yield asks


@pytest.fixture
def own_database(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ZONE_DATABASE", f"sqlite:///{tmp_path / 'zone.db'}")


def read(client: TestClient, path: str) -> feedparser.FeedParserDict:
    """A feed, checked by the rules of the standard, as a reader of feeds has it."""
    answer = client.get(f"/api/feeds/{path}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/atom+xml"
    root = ElementTree.fromstring(answer.text)
    assert root.tag == f"{ATOM}feed"
    for element in (root, *root.findall(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            (child,) = element.findall(f"{ATOM}{name}")
            assert child.text
        assert element.find(f"{ATOM}id").text.startswith("urn:uuid:")
        assert MOMENT.fullmatch(element.find(f"{ATOM}updated").text)
    ids = [element.text for element in root.iter(f"{ATOM}id")]
    assert len(ids) == len(set(ids))
    links = {link.get("rel"): link.get("href") for link in root.findall(f"{ATOM}link")}
    assert client.get(links["self"]).text == answer.text
    assert root.find(f"{ATOM}author/{ATOM}name").text
    feed = feedparser.parse(answer.content)
    assert not feed.bozo
    return feed


def test_every_table_in_use_is_news_of_its_day(client: TestClient) -> None:
    feed = read(client, "versions.atom")
    assert len(feed.entries) >= len(data.catalogue())
    news = {entry.link: entry for entry in feed.entries}
    for (place, name), entry in data.catalogue().items():
        (link,) = [link for link in news if parse_qs(urlparse(link).query)["table"] == [f"{place}/{name}"]]
        assert news[link].updated == f"{entry.built_on}T00:00:00Z"
        assert entry.source_line in news[link].summary
    assert [entry.updated for entry in feed.entries] == sorted((entry.updated for entry in feed.entries), reverse=True)


def test_a_version_that_waits_is_no_news(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = data.entry("solutions")
    rows = [
        Entry(**{**entry.__dict__, "version": f"2026-11-2{day}T065659.874927", "state": state})
        for day, state in ((5, "kept"), (6, "offered"))
    ]
    monkeypatch.setattr(feeds, "local_rows", lambda: (rows, []))
    from data.translation import Language

    moments = [item.updated for item in feeds.versions(Language())]
    assert "2026-11-25T06:56:59Z" in moments
    assert "2026-11-26T06:56:59Z" not in moments


def test_signals_are_those_of_the_page(client: TestClient) -> None:
    ctx = CityContext(data.cities()[CITY], data.version())
    feed = read(client, f"{CITY}/signals.atom")
    expected = 0
    for origin in ctx.city.displaced_origins:
        for level in ctx.levels:
            expected += bool(len(outlook.unusual(ctx, level, origin).rows))
    assert len(feed.entries) == expected > 0
    for entry in feed.entries:
        query = {name: value[0] for name, value in parse_qs(urlparse(entry.link).query).items()}
        page = outlook.signals_figure(
            ctx,
            Territory(first_year=2015, last_year=2025),
            outlook.Query(signal_origin=query["signal_origin"], signal_level=query["signal_level"]),
        )
        assert page.finding in entry.title
        assert page.source in entry.summary
        assert "at most 5 % of those listed by chance" in entry.summary


@pytest.mark.usefixtures("own_database")
def test_only_goals_that_are_behind_are_told(client: TestClient) -> None:
    assert read(client, f"{CITY}/goals.atom").entries == []
    store.add_target(CITY, "district", "08", "origin_mix", 1.0, 2035)  # reached
    store.add_target(CITY, "district", "08", "apart", 0.0, 2027)  # far from it
    store.add_target(CITY, "district", "gone", "apart", 0.0, 2027)  # an area that there is not
    (entry,) = read(client, f"{CITY}/goals.atom").entries
    assert "behind" in entry.title
    assert "by 2027" in entry.title
    assert "Straight path today" in entry.summary
    assert "*" not in entry.summary
    (german,) = read(client, f"{CITY}/goals.atom?lang=de").entries
    assert german.title != entry.title
    assert german.id == entry.id


def test_titles_are_in_the_readers_language(client: TestClient) -> None:
    assert read(client, "versions.atom?lang=de").feed.title == "Neue Versionen von Tabellen"
    assert read(client, "versions.atom?lang=xx").feed.title == "New versions of tables"


def test_what_there_is_not_is_said(client: TestClient) -> None:
    assert client.get("/api/feeds/nowhere/signals.atom").status_code == 404
    assert client.get(f"/api/feeds/{CITY}/weather.atom").status_code == 422


def test_marks_in_a_text_stay_text() -> None:
    from data.translation import Language

    item = feeds.Item("k", "<b>&\x26", "2026-01-01T00:00:00Z", "]]><script>", "goals")
    feed = feedparser.parse(feeds.atom("https://a/f", "https://a/", "T", "A", Language("ar"), [item]))
    assert not feed.bozo
    root = ElementTree.fromstring(feeds.atom("https://a/f", "https://a/", "T", "A", Language("ar"), [item]).decode())
    assert root.find(f"{ATOM}entry/{ATOM}title").text == "<b>&&"
    assert root.find(f"{ATOM}entry/{ATOM}summary").text == "]]><script>"


def test_cities_without_counts_have_empty_feeds(cities: tuple[str, ...], client: TestClient) -> None:
    for city in cities:
        for subject in ("signals", "goals"):
            read(client, f"{city}/{subject}.atom")
