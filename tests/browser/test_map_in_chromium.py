"""The page *Map* in a real browser: search, click, test, draw, swipe, days, the list by keyboard, a picture to keep."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page

from tests import map_server
from tests.browser.conftest import Visit, served, shows_colours
from views.map_component import is_available

pytestmark = pytest.mark.skipif(not is_available(), reason="the map's library was not fetched on this machine")


def ready(seen: Visit) -> Locator:
    """The map once it is drawn."""
    seen.first_map()
    return seen.page.locator("canvas.maplibregl-canvas").first


def click(page: Page, canvas: Locator, right: float = 0, down: float = 0, **more: int) -> None:
    """Click so many pixels from the map's middle."""
    box = canvas.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2 + right, box["y"] + box["height"] / 2 + down, **more)


def test_from_a_name_to_a_tested_place(visit: Callable[..., Visit]) -> None:
    seen = visit("map?city=berlin&lang=en", width=1440, height=1000)
    canvas, page = ready(seen), seen.page
    assert shows_colours(canvas, 500)
    box = page.get_by_role("combobox", name="Search a place, street or facility")
    box.fill("Sonnenalle 100")
    page.get_by_role("option", name=re.compile("^Sonnenallee 100")).wait_for(timeout=30_000)
    page.keyboard.press("Enter")
    page.wait_for_function("() => location.search.includes('zoom=16')", timeout=20_000)
    seen.settle()
    page.get_by_role("button", name="Test a site").click()
    click(page, canvas)
    page.get_by_role("heading", name="The tested place").wait_for(timeout=60_000)
    seen.settle()
    said = " ".join(page.locator("h3").all_inner_texts())
    assert re.search(r"residents live within 15 minutes on foot of this place", said)
    assert "site_lon=13.4" in page.url
    assert "site_lat=52.4" in page.url
    assert seen.foreign == []
    assert seen.errors == []


def test_a_click_chooses_an_area_and_the_list_follows(visit: Callable[..., Visit]) -> None:
    seen = visit("map?city=berlin&lang=en&level=district&lon=13.45&lat=52.45&zoom=11", width=1440, height=1000)
    canvas, page = ready(seen), seen.page
    click(page, canvas)
    page.wait_for_function("() => location.search.includes('district=08')", timeout=20_000)
    seen.settle()
    assert page.get_by_role("heading", name="Map of Neukölln").count() == 1
    rows = page.locator("aside.list tbody tr")
    assert rows.count() == 1
    assert rows.first.get_attribute("aria-selected") == "true"


def test_the_list_is_the_map_by_keyboard(visit: Callable[..., Visit]) -> None:
    seen = visit("map?city=berlin&lang=en&level=district&colour=displaced", width=1440, height=1000)
    ready(seen)
    page = seen.page
    values = [float(text) for text in page.locator("aside.list td.shown").all_inner_texts()]
    assert values == sorted(values, reverse=True)
    page.get_by_role("button", name="Name", exact=True).click()
    names = page.locator("aside.list tbody button").all_inner_texts()
    assert names == sorted(names)
    page.locator("aside.list tbody button").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_function("() => location.search.includes('district=')", timeout=20_000)
    seen.settle()
    assert page.get_by_role("heading", name=f"Map of {names[2]}").count() == 1


def test_a_drawn_area_has_a_profile(visit: Callable[..., Visit]) -> None:
    seen = visit("map?city=berlin&lang=en&lon=13.42&lat=52.49&zoom=13", width=1440, height=1000)
    canvas, page = ready(seen), seen.page
    page.get_by_role("button", name="Draw an area").click()
    for right, down in ((-120, -90), (120, -90), (120, 90)):
        click(page, canvas, right, down)
        page.wait_for_timeout(350)
    click(page, canvas, -120, 90, click_count=2)
    page.get_by_role("heading", name="The drawn area").wait_for(timeout=60_000)
    seen.settle()
    assert re.search(r"About [\d,]+ residents live in the area that was drawn", page.locator("h3").last.inner_text())
    assert "outline=13.4" in page.url
    assert seen.errors == []


def test_two_indicators_are_swiped_and_days_are_played(visit: Callable[..., Visit], tmp_path: Path) -> None:
    seen = visit("map?city=berlin&lang=en&level=district&colour=displaced&beside=children", width=1440, height=1000)
    canvas, page = ready(seen), seen.page
    stage = page.locator(".stage")

    def picture() -> bytes:
        page.wait_for_timeout(800)
        return stage.screenshot()

    first = picture()
    handle = page.get_by_role("slider", name="Border between the two maps")
    handle.focus()
    for _ in range(25):
        page.keyboard.press("ArrowLeft")
    assert picture() != first
    seen.open("map?city=berlin&lang=en&level=district&colour=displaced&over_time=True")
    canvas = ready(seen)
    last = picture()
    slider = page.get_by_role("slider", name="Day")
    assert slider.get_attribute("aria-valuetext") == "31 December 2024"
    slider.focus()
    page.keyboard.press("Home")
    assert slider.get_attribute("aria-valuetext") == "30 June 2021"
    assert picture() != last
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Save the map as a picture").click()
    waiting.value.save_as(tmp_path / "map.png")
    saved = Image.open(io.BytesIO((tmp_path / "map.png").read_bytes()))
    assert waiting.value.suggested_filename.startswith("displaced-origin")
    box = canvas.bounding_box()
    assert box is not None
    assert saved.height > box["height"] + 150  # title, legend, source and credit
    assert seen.errors == []


@pytest.mark.parametrize(("theme", "lang"), [("dark", "ar"), ("light", "de")])
def test_a_phone_has_the_map_above_its_list(visit: Callable[..., Visit], theme: str, lang: str) -> None:
    seen = visit(f"map?city=berlin&lang={lang}&district=08", width=390, height=844, theme=theme)
    canvas, page = ready(seen), seen.page
    above, below = canvas.bounding_box(), page.locator("aside.list").bounding_box()
    assert above is not None
    assert below is not None
    assert above["y"] + above["height"] < below["y"]
    assert above["width"] > 300
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert shows_colours(canvas, 100)
    assert seen.errors == []


def test_every_map_of_areas_is_a_list_too_and_stays_one_on_the_next_page(visit: Callable[..., Visit]) -> None:
    seen = visit("coverage?city=berlin&lang=en&level=district", width=1440, height=1000)
    ready(seen)
    page = seen.page
    assert page.locator("aside.list:visible").count() == 0
    page.get_by_role("button", name="The map as a list").first.click()
    rows = page.locator("aside.list:visible").first.locator("tbody tr")
    assert rows.count() == 12
    shown = [float(text.removesuffix(" %")) for text in rows.locator("td.shown").all_inner_texts()]
    assert shown == sorted(shown, reverse=True)
    assert page.locator("aside.list:visible td.rank").count() == 0, "what is only sorted has no ranks"
    rows.first.get_by_role("button").click()
    page.wait_for_function("() => location.search.includes('district=')", timeout=20_000)
    seen.settle()
    assert page.get_by_role("button", name="The map as a list").count() == 0, "one area needs no list"
    assert seen.errors == []


def test_countries_are_named_in_the_readers_script(visit: Callable[..., Visit]) -> None:
    counts = {}
    for language in ("en", "ar"):
        seen = visit(f"displacement_flows?lang={language}", width=1440, height=1000)
        canvas = ready(seen)
        seen.page.wait_for_timeout(1500)
        dark = Image.open(io.BytesIO(canvas.screenshot())).convert("L").point(lambda grey: 255 * (grey < 130))
        counts[language] = sum(dark.histogram()[255:])
        assert seen.foreign == []
        assert seen.errors == []
    assert min(counts.values()) > 2000, counts  # pixels of letters


def test_another_servers_layer_comes_through_ours(browser: Browser, entries: dict[str, str]) -> None:
    with map_server.running() as (host, asked):
        settings = {"ZONE_DATABASE": entries["database"], "ZONE_LOCAL": entries["local"], "ZONE_HOSTS": host}
        with served(settings) as (app, _process):
            page = browser.new_page(viewport={"width": 1440, "height": 1000})
            seen = Visit(page, f"http://{app}")
            page.on("request", lambda request: None if app in request.url else seen.foreign.append(request.url))
            seen.open("map?city=berlin&lang=en&level=district")
            seen.unfold("A layer of another map server")
            page.get_by_label("Address of the server").fill(f"http://{host}/wms")
            page.get_by_label("Name of the layer").fill("red")
            page.keyboard.press("Enter")
            seen.settle()
            canvas = ready(seen)
            page.wait_for_timeout(2000)
            red, green, _blue = (
                Image.open(io.BytesIO(canvas.screenshot())).convert("RGB").resize((1, 1)).getpixel((0, 0))
            )
            assert red > green + 60
            assert {query["CRS"] for query in asked} == {"CRS:84", "EPSG:3857"}
            assert "layer_name=red" in page.url
            assert f"red ({host.split(':')[0]})" in page.locator("body").inner_text()
            assert [url for url in seen.foreign if not url.startswith(("data:", "blob:"))] == []
            page.get_by_label("Address of the server").fill("https://elsewhere.example/wms")
            page.keyboard.press("Enter")
            seen.settle()
            assert "this host is not among those the app asks" in page.locator("body").inner_text()
            assert ready(seen).is_visible(), "the map itself stays"
            page.close()
