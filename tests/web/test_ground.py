"""The base map over HTTP, as a browser asks for it."""

from __future__ import annotations

import gzip
import json

import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

import web
from data import ground
from views.ground import style
from web.guard import Guard

# A tile over the middle of the city that has a base map.
TILE = "/ground/berlin/14/8802/5373.pbf"


@pytest.fixture(scope="module")
def browser() -> TestClient:
    return TestClient(Starlette(routes=web.ROUTES, middleware=[Middleware(Guard)]), base_url="https://maps.example")


def test_the_style_names_this_server_only(browser: TestClient) -> None:
    for theme in ("light", "dark"):
        look = browser.get(f"/ground/berlin/{theme}.json").json()
        assert look["sources"]["ground"]["tiles"] == ["https://maps.example/ground/berlin/{z}/{x}/{y}.pbf"]
        assert json.dumps(look).count("://") == 2  # of the tiles and of the letters
        assert "© OpenMapTiles © OpenStreetMap contributors" in look["sources"]["ground"]["attribution"]
    assert browser.get("/ground/berlin/blue.json").status_code == 404
    assert browser.get("/ground/atlantis/light.json").status_code == 404


def test_the_style_draws_all_that_the_archive_holds_and_nothing_else() -> None:
    drawn = {layer["source-layer"] for layer in style("light", "berlin", "/")["layers"] if "source-layer" in layer}
    assert drawn == ground.layers("berlin") - {"place"}  # places are named above the data


def test_a_tile_comes_packed_and_is_kept_for_a_day(browser: TestClient) -> None:
    answer = browser.get(TILE)
    assert (answer.status_code, answer.headers["content-encoding"]) == (200, "gzip")
    assert answer.headers["cache-control"] == "public, max-age=86400"
    assert answer.headers["content-type"] == "application/vnd.mapbox-vector-tile"
    assert b"Museumsinsel" in answer.content or b"Spree" in answer.content or b"Friedrichstra" in answer.content
    assert answer.content == gzip.decompress(ground.tile("berlin", 14, 8802, 5373) or b"")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/ground/berlin/14/1/1.pbf", 204),
        ("/ground/berlin/99/1/1.pbf", 204),
        ("/ground/atlantis/14/8802/5373.pbf", 204),
        ("/ground/berlin/14/-1/1.pbf", 404),
        ("/ground/berlin/14/1/x.pbf", 404),
        ("/ground/..%2fberlin/14/8802/5373.pbf", 404),
        ("/ground/glyphs/DejaVu%20Sans/1-256.pbf", 404),
        ("/ground/glyphs/DejaVu%20Sans/65536-65791.pbf", 404),
        ("/ground/glyphs/Arial/0-255.pbf", 404),
    ],
)
def test_what_is_not_there_is_said_and_nothing_else_is_given(browser: TestClient, path: str, status: int) -> None:
    assert browser.get(path).status_code == status


def test_places_come_with_the_size_of_their_names(browser: TestClient) -> None:
    places = {place["name"]: place for place in browser.get("/ground/berlin/names.json").json()}
    assert places["Pankow"]["size"] > places["Karow"]["size"]  # a borough and a part of it
    assert (places["Spandau"]["lon"], places["Spandau"]["lat"]) == pytest.approx((13.2, 52.54), abs=0.03)
    assert browser.get("/ground/atlantis/names.json").json() == []


def fields(content: bytes) -> list[tuple[int, int | bytes]]:
    """Fields of a protocol buffer: number and value."""
    place, values = 0, list[tuple[int, int | bytes]]()

    def varint() -> int:
        nonlocal place
        value = shift = 0
        while True:
            value |= (content[place] & 127) << shift
            shift, place = shift + 7, place + 1
            if content[place - 1] < 128:
                return value

    while place < len(content):
        key = varint()
        if key % 8 == 0:
            values.append((key // 8, varint()))
        else:
            length = varint()
            values.append((key // 8, content[place : place + length]))
            place += length
    return values


@pytest.mark.parametrize(("letter", "language"), [("ß", "de"), ("Ї", "uk"), ("ñ", "es"), ("é", "fr"), ("ش", "ar")])
def test_letters_of_all_languages_are_there(browser: TestClient, letter: str, language: str) -> None:
    first = ord(letter) // 256 * 256
    answer = browser.get(f"/ground/glyphs/DejaVu%20Sans/{first}-{first + 255}.pbf")
    ((_number, stack),) = fields(answer.content)
    assert isinstance(stack, bytes)
    glyphs = [dict(fields(value)) for number, value in fields(stack) if number == 3 and isinstance(value, bytes)]
    glyph = next(glyph for glyph in glyphs if glyph[1] == ord(letter))
    wide, high = int(glyph[3]) + 6, int(glyph[4]) + 6  # type: ignore[arg-type]
    shades = np.frombuffer(glyph[2], np.uint8).reshape(high, wide)  # type: ignore[arg-type]
    assert shades.max() > 192  # on the letter: 255 * (1 - 0.25) is its edge
    assert shades[0].max() < 192  # its rim is outside
    assert 5 < int(glyph[7]) < 30  # type: ignore[arg-type]


def test_a_letter_is_as_large_as_its_font_says(browser: TestClient) -> None:
    """A capital H of DejaVu Sans is 0.729 em high and 0.752 em wide with its margins; an em is 24 pixels."""
    ((_number, stack),) = fields(browser.get("/ground/glyphs/DejaVu%20Sans/0-255.pbf").content)
    glyphs = [dict(fields(value)) for number, value in fields(stack) if number == 3]  # type: ignore[arg-type]
    glyph = next(glyph for glyph in glyphs if glyph[1] == ord("H"))
    assert int(glyph[4]) == pytest.approx(0.729 * 24, abs=1.5)  # type: ignore[arg-type]
    assert glyph[7] == 18
