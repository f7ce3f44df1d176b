"""The base map in a real browser: drawn from this server's tiles alone, water and names seen, in both themes."""

from __future__ import annotations

import io
from collections.abc import Callable
from urllib.parse import urlsplit

import numpy as np
import pytest
from PIL import Image

from data.ground import ATTRIBUTION
from tests.browser.conftest import Visit
from views.ground import COLOURS


def shown(seen: Visit) -> np.ndarray:
    """The map's pixels, red, green and blue, once its tiles have come and nothing moves."""
    chart = seen.first_map()
    seen.page.wait_for_timeout(1500)
    return np.asarray(Image.open(io.BytesIO(chart.screenshot())).convert("RGB")).astype(int)


def share(pixels: np.ndarray, colour: str) -> float:
    """Of the pixels, those that have a colour nearly."""
    wanted = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)])
    return float((np.abs(pixels - wanted).max(axis=2) <= 3).mean())


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_tiles_and_names_come_from_this_server_alone(visit: Callable[..., Visit], theme: str) -> None:
    seen = visit("coverage?city=berlin&service=library&level=district", theme=theme)
    asked: list[str] = []
    seen.page.on("response", lambda answer: asked.append(f"{answer.status} {answer.url}"))
    seen.page.reload()
    seen.settle()
    pixels = shown(seen)
    tiles = [line for line in asked if line.endswith(".pbf") and "/ground/berlin/" in line]
    assert tiles
    assert {line.split()[0] for line in tiles} <= {"200", "204"}
    hosts = {urlsplit(line.split()[1]).netloc for line in asked} - {""}  # what the page made itself has none
    assert hosts == {urlsplit(seen.address).netloc}
    assert any("names.json" in line for line in asked)
    assert share(pixels, COLOURS[theme]["land"]) > 0.1  # around the city
    assert share(pixels, COLOURS[theme]["park"]) > 0.001  # green and water at its edge, beyond the areas
    assert share(pixels, COLOURS[theme]["water"]) > 0.0004
    assert seen.page.locator(".maplibregl-ctrl-attrib").get_by_text(ATTRIBUTION).is_visible()
    assert seen.foreign == []
    assert seen.errors == []


def test_a_close_map_shows_water_and_street_names(visit: Callable[..., Visit]) -> None:
    seen = visit("coverage?city=berlin&service=library&level=district")
    chart = seen.first_map()
    asked: list[str] = []
    seen.page.on("request", lambda request: asked.append(request.url))
    box = chart.bounding_box()
    assert box
    before = shown(seen)
    seen.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    for _ in range(12):  # half a zoom each
        seen.page.mouse.wheel(0, -400)
        seen.page.wait_for_timeout(500)
    assert any("/ground/berlin/14/" in url or "/ground/berlin/13/" in url for url in asked)
    colours = [len(np.unique(pixels.reshape(-1, 3), axis=0)) for pixels in (before, shown(seen))]
    assert colours[1] > 100, "a district close by was one flat colour"
    assert seen.foreign == []
    assert seen.errors == []
