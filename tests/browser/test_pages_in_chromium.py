"""In a real browser: every page draws, asks nobody else, complains of nothing and can be used by everyone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import AXE, MAP, Visit, shows_colours
from tests.browser.test_overlap_in_chromium import CHARTS, overlaps

PAGES = {
    "": 1,
    "displacement": 0,
    "displacement_flows": 1,
    "displacement_city": 1,
    "outlook": 0,
    "coverage": 1,
    "reach": 3,
    "fit": 4,
    "access_equity": 1,
    "creative": 1,
    "creative_region": 1,
    "creative_city": 3,
    "creative_firms": 1,
    "map": 1,
    "map?lang=ar&level=district": 1,
    "creative_inclusion": 0,
    "profile": 0,
    "inclusion": 1,
    "inclusion?weights=expert&room=ABCDEF": 1,
    "diversity": 0,
    "economic_health": 0,
    "goals": 0,
    "indicator_cards": 0,
    "what_if_arrivals": 1,
    "what_if_sites": 1,
    "what_if_shock": 1,
    "what_if_compare": 0,
    "initiatives": 0,
    "partnerships": 0,
    "readiness": 0,
    "impact": 0,
    "data_tables": 0,
    "data_elsewhere": 0,
    "data_city": 0,
    "reach?city=bare": 2,
    "workshop": 0,
    "workshop?room=PLANTED": 0,
    "workshop_screen?room=PLANTED": 0,
    "workshop_minutes?room=PLANTED": 0,
    "story": 0,
    "story?code=PLANTED": 0,
    "coverage?lang=ar": 1,
    "displacement?lang=uk": 0,
}  # page -> maps on it


@pytest.fixture
def planted(codes: dict[str, str]) -> Callable[[str], str]:
    """The code of the room or story that the server was started with."""
    return lambda page: codes["room" if "room=" in page else "story"]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_draws_for_everyone_in_both_themes_and_asks_nobody_else(
    visit: Callable[..., Visit], planted: Callable[[str], str], page: str
) -> None:
    seen = visit(page.replace("PLANTED", planted(page)))
    grounds = []
    for theme in ("light", "dark"):
        if theme == "dark":
            seen.page.emulate_media(color_scheme="dark")  # the page follows the system's setting at once
            seen.page.wait_for_timeout(500)
            seen.settle()
        grounds.append(seen.page.evaluate("getComputedStyle(document.querySelector('[data-testid=stApp]')).background"))
        assert seen.page.locator("[data-testid=stException]").count() == 0
        expect(seen.page.locator(MAP)).to_have_count(PAGES[page], timeout=60_000)
        if PAGES[page]:
            seen.drawn()
        for drawn in seen.maps():
            assert shows_colours(drawn, 50), f"the map is blank ({theme})"
        for chart in seen.page.locator("[data-testid=stPlotlyChart]").all():
            assert chart.locator("path").count() > 0, f"a chart is empty ({theme})"
        assert serious_violations(seen, "" if theme == "light" else "color-contrast") == [], theme
    assert grounds[0] != grounds[1]
    assert overlaps(seen) == []
    assert seen.page.locator("[data-testid=stPlotlyChart] svg text").count() == 0 or is_watched(page)
    figures = seen.page.locator(f"[data-testid=stPlotlyChart], {MAP}")
    for number in range(figures.count()):
        text = figures.nth(number).evaluate(
            "node => (node.closest('[aria-label]') || node.querySelector('[aria-label]'))?.getAttribute('aria-label')"
        )
        assert text, f"figure {number} has no text for those who cannot see it"
    assert_fits_a_phone(seen)
    assert seen.foreign == []
    assert seen.errors == []


def assert_fits_a_phone(seen: Visit) -> None:
    """Nothing needs sideways scrolling and no words of charts collide once the window is a phone's."""
    seen.page.set_viewport_size({"width": 360, "height": 740})
    seen.page.wait_for_timeout(500)
    assert overlaps(seen) == [], "phone"
    assert seen.page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")
    main = "document.querySelector('[data-testid=stMain]')"
    assert seen.page.evaluate(f"() => {main}.scrollWidth <= {main}.clientWidth")


def is_watched(page: str) -> bool:
    """Whether words of the page's charts are looked at in other languages too; rooms show what people answer."""
    name = page.partition("?")[0]
    return name.startswith("workshop") or name == "story" or any(name == chart.partition("?")[0] for chart in CHARTS)


def serious_violations(seen: Visit, rule: str = "") -> list[list[str]]:
    """What axe-core calls serious or critical: impact, rule, how often, first place. rule: that one alone."""
    seen.page.add_script_tag(path=str(AXE))
    found = seen.page.evaluate(
        "rule => axe.run(rule ? {runOnly: [rule]} : {}).then(result => result.violations.map(v => "
        "[v.impact, v.id, String(v.nodes.length), v.nodes[0].html.slice(0, 300)]))",
        rule,
    )
    return [violation for violation in found if violation[0] in ("serious", "critical")]


def test_a_copied_link_opens_the_same_view(visit: Callable[..., Visit]) -> None:
    first = visit("coverage")
    first.page.get_by_label("District of Berlin").click()
    first.page.get_by_role("option", name="Pankow").click()
    first.settle()
    first.page.get_by_role("combobox", name="Service").click()
    first.page.get_by_role("option", name="Library").click()
    first.settle()
    link = first.page.url.removeprefix(f"{first.address}/")
    assert "district=" in link
    assert "service=" in link
    heading = first.page.locator("h3").first.inner_text()
    second = visit(link)
    assert second.page.locator("h1").inner_text() == "Service coverage in Pankow"
    assert second.page.locator("h3").first.inner_text() == heading
    second.page.locator("[data-testid=stTopNavSection]").get_by_text("Who creates?").click()
    second.page.get_by_role("menuitem", name="Creative economy in the city").click()
    second.settle()
    assert second.page.locator("h1").inner_text() == "Creative economy in Pankow"
    assert "district=" in second.page.url


def test_pages_that_are_joined_are_a_click_apart_and_keep_the_district(visit: Callable[..., Visit]) -> None:
    seen = visit("coverage?city=berlin&district=03&service=library")
    tabs = seen.page.locator(".st-key-tabs")
    assert tabs.get_by_role("link").all_inner_texts() == ["Service coverage", "Who is served", "Equity of access"]
    assert seen.page.locator(".st-key-tab-open").inner_text() == "Service coverage"
    tabs.get_by_role("link", name="Equity of access").click()
    seen.page.wait_for_url("**/access_equity**", timeout=20_000)
    seen.settle()
    assert seen.page.locator(".st-key-tab-open").inner_text() == "Equity of access"
    assert "district=03" in seen.page.url
    assert "service=" not in seen.page.url  # a choice of the tab that was left


def test_the_whole_menu_stands_in_a_window_of_1440_pixels(visit: Callable[..., Visit]) -> None:
    for language in ("en", "de", "ar"):
        seen = visit(f"partnerships?lang={language}", width=1440)
        menus = seen.page.get_by_test_id("stTopNavSection")
        assert menus.count() == 6, language
        assert all(menu.is_visible() for menu in menus.all()), language


def test_a_link_with_nonsense_falls_back_to_the_whole_city(visit: Callable[..., Visit]) -> None:
    seen = visit("coverage?district=Atlantis&from=x&country=%00&service=%3Cimg%20src=x%20onerror=alert(1)%3E&level=0")
    assert seen.page.locator("[data-testid=stException]").count() == 0
    assert seen.page.locator("h1").inner_text() == "Service coverage in Berlin"


def test_a_click_on_the_map_chooses_the_area_on_every_page(visit: Callable[..., Visit]) -> None:
    seen = visit("coverage?level=planning_area&service=library")
    box = seen.first_map().bounding_box()
    assert box
    where = box["x"] + box["width"] / 2 + 10, box["y"] + box["height"] / 2 + 10
    seen.page.mouse.move(*where)
    seen.page.wait_for_timeout(1000)
    seen.page.mouse.click(*where)
    seen.page.wait_for_url("**district=**", timeout=20_000)
    seen.settle()
    title = seen.page.locator("h1").inner_text()
    assert title != "Service coverage in Berlin"
    seen.page.get_by_role("link", name="Overview", exact=True).click()
    seen.settle()
    assert title.removeprefix("Service coverage in ") in seen.page.locator("h1").inner_text()


def part(seen: Visit, figure: str, name: str) -> Locator:
    """A button of a figure's row of actions, by its accessible name."""
    return seen.page.locator(f".st-key-foot-{figure}").get_by_role("button", name=name).first


def test_table_and_picture_can_be_taken_away(visit: Callable[..., Visit]) -> None:
    seen = visit("displacement")
    part(seen, "stock", "Download").click()
    starts = {"CSV": b"\xef\xbb\xbfCategory,Year,People", "Parquet": b"PAR1", "PNG": b"\x89PNG", "SVG": b"<svg"}
    for kind, start in starts.items():
        with seen.page.expect_download(timeout=60_000) as waiting:
            seen.page.get_by_role("button", name=kind, exact=True).first.click()
        content = waiting.value.path().read_bytes()
        assert content.startswith(start), kind


def test_a_figure_says_all_of_its_source_and_shows_its_table_when_asked(visit: Callable[..., Visit]) -> None:
    seen = visit("displacement")
    licence, tables = seen.page.get_by_text("CC BY 4.0"), seen.page.get_by_test_id("stDataFrame")
    expect(licence).to_have_count(0)
    before = tables.count()
    part(seen, "stock", "Source: UNHCR").click()
    expect(licence.first).to_be_visible()
    seen.page.keyboard.press("Escape")
    part(seen, "stock", "Table").click()
    expect(tables).to_have_count(before + 1)
    part(seen, "stock", "Table").click()
    expect(tables).to_have_count(before)


def test_a_figure_is_linked_and_pinned_alone(visit: Callable[..., Visit]) -> None:
    seen = visit("displacement?scope=country")
    finding = seen.page.locator(".st-key-figure-stock h3").inner_text()
    part(seen, "stock", "Link").click()
    shown = seen.page.get_by_test_id("stPopoverBody").get_by_test_id("stCode")
    expect(shown).to_be_visible()
    link = shown.inner_text().replace("\n", "")
    seen.page.keyboard.press("Escape")
    part(seen, "stock", "Pin").click()
    expect(seen.page.get_by_text("1 view pinned")).to_be_visible()
    seen.page.goto(link)
    expect(seen.page.locator("h3:visible")).to_have_text([finding], timeout=60_000)
    expect(seen.page.locator("h1:visible, [data-testid=stSidebar]:visible")).to_have_count(0, timeout=15_000)
    seen.page.get_by_role("link", name="The whole page").click()
    expect(seen.page.locator("h1")).to_be_visible(timeout=60_000)


def test_a_closed_sidebar_lies_over_no_page_from_right_to_left(visit: Callable[..., Visit]) -> None:
    seen = visit("creative?lang=ar", width=390, height=844)
    expect(seen.page.get_by_test_id("stSidebar")).not_to_be_visible()
    seen.page.get_by_test_id("stExpandSidebarButton").click()
    expect(seen.page.get_by_test_id("stSidebar")).to_be_visible()


def test_a_street_is_found_by_one_key_and_one_click(visit: Callable[..., Visit]) -> None:
    seen = visit("goals?city=berlin")
    seen.page.locator("h1").click()
    seen.page.keyboard.press("/")
    field = seen.page.get_by_role("dialog").get_by_role("searchbox")
    expect(field).to_be_focused()
    field.type("Skirenwg")  # one letter is missing
    hit = seen.page.get_by_role("dialog").get_by_role("link", name="Skirenweg").first
    hit.click(timeout=60_000)
    seen.page.wait_for_url("**/map?**", timeout=30_000)
    assert "zoom=15" in seen.page.url
