"""Ten things that people come for, and how many clicks each takes; keys that are typed count apart. docs/design.md."""

from __future__ import annotations

import io
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import Browser, Download, Locator, expect

from bench.driver import served
from tests.browser.conftest import Visit


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server on which whoever comes may store scenarios, stories and rooms."""
    folder = tmp_path_factory.mktemp("tasks")
    with served({"ZONE_LOCAL": str(folder), "ZONE_ROLE": "editor"}) as (host, _process):
        yield f"http://{host}"


class Hand:
    """Somebody at work: clicks are counted, and each waits until the page stands still."""

    def __init__(self, seen: Visit) -> None:
        self.seen, self.page, self.clicks = seen, seen.page, 0

    def click(self, target: Locator) -> None:
        self.clicks += 1
        target.click()
        self.seen.settle()

    def icon(self, label: str, nth: int = 0) -> None:
        self.click(self.page.get_by_role("button", name=label, exact=True).nth(nth))

    def write(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key) if key in ("Enter", "/") else self.page.keyboard.type(key)
        self.page.wait_for_timeout(600)
        self.seen.settle()

    def choose(self, label: str, words: str) -> None:
        """One click into the box, the beginning of an option, Enter."""
        self.click(self.page.locator("[data-testid=stMain]").get_by_label(label, exact=True).first)
        self.write(words, "Enter")

    def go(self, menu: str, name: str) -> None:
        """Two clicks: the menu, its entry."""
        self.click(self.page.locator("[data-testid=stTopNavSection]:visible").get_by_text(menu).first)
        self.click(self.page.get_by_role("menuitem", name=name).first)

    def find(self, words: str) -> None:
        """One click: the key /, the words, the first that fits."""
        self.write("/")
        self.write(words)
        self.click(self.page.get_by_role("dialog").get_by_role("link", name=words).first)

    def download(self, label: str) -> Download:
        self.clicks += 1
        with self.page.expect_download(timeout=90_000) as taken:
            self.page.get_by_role("button", name=label, exact=True).first.click()
        return taken.value


@pytest.fixture
def hand(place: str, browser: Browser) -> Iterator[Callable[[str], Hand]]:
    context = browser.new_context(viewport={"width": 1440, "height": 1000}, accept_downloads=True)
    yield lambda path: Hand(Visit(context.new_page(), place).open(path))
    context.close()


def test_the_worst_five_areas_as_a_geopackage(hand: Callable[[str], Hand], tmp_path: Path) -> None:
    reader = hand("")
    reader.find("Child poverty")
    reader.icon("Download")
    reader.click(reader.page.get_by_text("Ranks 1 to 5"))
    file = reader.download("GeoPackage")
    file.save_as(tmp_path / "worst.gpkg")
    with sqlite3.connect(tmp_path / "worst.gpkg") as layers:
        (name,) = layers.execute("select table_name from gpkg_contents").fetchone()
        rows = layers.execute(f'select rank, value from "{name}" order by rank').fetchall()
    assert len(rows) >= 5
    assert rows[-1][0] <= 5
    assert [value for _rank, value in rows] == sorted((value for _rank, value in rows), reverse=True), (
        "most poverty first"
    )
    assert reader.clicks <= 4


def test_three_sites_saved_and_shared(hand: Callable[[str], Hand]) -> None:
    reader = hand("")
    reader.find("We build")
    reader.click(reader.page.get_by_role("spinbutton", name="New sites"))
    reader.page.keyboard.press("Control+a")
    reader.write("3", "Enter")
    reader.go("What if?", "Scenarios")
    reader.icon("Save")
    assert "compare=1" in reader.page.url, "the address is what is shared"
    other = hand(reader.page.url.split("/", 3)[3])
    expect(other.page.get_by_text("Side by side").first).to_be_visible()
    assert reader.clicks <= 6


def test_two_districts_compared(hand: Callable[[str], Hand]) -> None:
    reader = hand("")
    reader.find("Neukölln")
    reader.choose("Beside", "Pankow")
    assert "beside=03" in reader.page.url
    assert reader.clicks <= 4


def test_the_brief_of_a_district(hand: Callable[[str], Hand], tmp_path: Path) -> None:
    reader = hand("")
    reader.find("Neukölln")
    file = reader.download("PDF")
    file.save_as(tmp_path / "brief.pdf")
    assert (tmp_path / "brief.pdf").read_bytes().startswith(b"%PDF")
    assert "neukölln" in file.suggested_filename
    assert reader.clicks <= 3


def test_a_street_is_found(hand: Callable[[str], Hand]) -> None:
    reader = hand("")
    reader.find("Sonnenallee")
    assert "/map" in reader.page.url
    assert reader.clicks <= 2


def test_a_figure_is_pinned_and_its_story_presented(hand: Callable[[str], Hand]) -> None:
    reader = hand("coverage")
    reader.icon("Pin")
    reader.go("What do we do?", "Story")
    reader.click(reader.page.get_by_label("Title of the story"))
    reader.write("For the council", "Enter")
    reader.icon("Store story")
    reader.icon("Present")
    expect(reader.page.locator("[data-testid=stPlotlyChart], .stage").first).to_be_visible(timeout=60_000)
    assert reader.clicks <= 6


def test_a_chart_alone_by_its_link(hand: Callable[[str], Hand]) -> None:
    reader = hand("displacement")
    reader.icon("Link")
    address = reader.page.locator("[data-testid=stCode]").filter(has_text="frame=").first.inner_text()
    alone = hand(address.strip().split("/", 3)[3])
    expect(alone.page.locator("[data-testid=stPlotlyChart]")).to_have_count(1)
    assert reader.clicks <= 2


def test_a_district_stays_from_page_to_page(hand: Callable[[str], Hand]) -> None:
    reader = hand("coverage")
    reader.click(reader.page.get_by_label("District of Berlin"))
    reader.write("Pankow", "Enter")
    reader.click(reader.page.get_by_role("link", name="Who is served").first)
    assert reader.page.locator("h1").inner_text() == "Who is served in Pankow"
    assert reader.clicks <= 3


def test_a_table_in_the_readers_language(hand: Callable[[str], Hand], tmp_path: Path) -> None:
    reader = hand("displacement?lang=de")
    reader.icon("Herunterladen")
    reader.download("CSV").save_as(tmp_path / "table.csv")
    table = pd.read_csv(io.BytesIO((tmp_path / "table.csv").read_bytes()))
    assert table.columns[0] == "Kategorie"
    assert reader.clicks <= 2


def test_a_room_is_open_with_its_first_question(hand: Callable[[str], Hand]) -> None:
    reader = hand("workshop")
    reader.icon("Open room")
    expect(reader.page.locator("[data-testid=stMain]").get_by_text("code").first).to_be_visible()
    assert reader.clicks <= 4


def test_a_newcomer_walks_the_tour_with_the_keyboard(hand: Callable[[str], Hand]) -> None:
    reader = hand("?lang=en")
    reader.icon("Two-minute tour")
    window = reader.page.get_by_role("dialog")
    titles = [window.locator("h3").inner_text()]
    while window.get_by_role("button", name="Next", exact=True).is_enabled():
        window.get_by_role("button", name="Next", exact=True).focus()
        reader.write("Enter")
        titles.append(window.locator("h3").inner_text())
    assert len(set(titles)) == len(titles) == 6
    window.get_by_role("link").first.focus()
    reader.write("Enter")
    assert reader.page.url.split("?")[0].endswith("/data_tables")
    reader.page.go_back()
    reader.seen.settle()
    assert reader.page.get_by_role("dialog").count() == 0, "it does not come back by itself"
