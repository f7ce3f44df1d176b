"""The base map under data: on the screen where the city has one, and in pictures with whose it is."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from data.figures import Layer, Map
from data.ground import ATTRIBUTION
from views import map_pictures, maps
from views.ground import COLOURS, MISSING_OPACITY, OPACITY
from views.palette import AMOUNTS, MISSING, Style

INSIDE, OUTSIDE = (13.40, 52.52), (24.94, 60.17)
FACILITIES = pd.DataFrame({"lon": [13.38, 13.42], "lat": [52.51, 52.53], "name": ["A", "B"], "shown": ["", ""]})


def drawing(lon: float, lat: float, zoom: float = 11) -> Map:
    rows = FACILITIES.assign(lon=FACILITIES["lon"] + lon - INSIDE[0], lat=FACILITIES["lat"] + lat - INSIDE[1])
    return Map([Layer("points", {"points": rows})], lon, lat, zoom)


@pytest.mark.parametrize(("place", "zoom", "city"), [(INSIDE, 11, "berlin"), (OUTSIDE, 11, ""), (INSIDE, 3, "")])
def test_a_map_has_the_ground_of_where_it_looks(place: tuple[float, float], zoom: float, city: str) -> None:
    assert drawing(*place, zoom).ground == city


def test_the_style_is_this_servers_own_with_and_without_a_base_map() -> None:
    assert maps.ground(Style(theme="dark"), "berlin") == "ground/berlin/dark.json"
    assert maps.ground(Style(theme="dark")) == "app/static/map-dark.json"


def test_names_lie_above_and_cannot_be_clicked() -> None:
    layer = json.loads(maps.CompactDeck(layers=[maps.names(Style(), "berlin")]).to_json())["layers"][0]
    assert (layer["data"], layer["pickable"]) == ("ground/berlin/names.json", False)
    assert layer["extensions"] == [{"@@type": "CollisionFilterExtension"}]


def test_a_picture_shows_the_ground_below_what_is_drawn_and_whose_it_is() -> None:
    figure = map_pictures.picture(drawing(*INSIDE), Style())
    assert [note.text for note in figure.layout.annotations] == [ATTRIBUTION]
    assert figure.data[-1].mode == "markers"  # facilities on top
    colours = [trace.fillcolor for trace in figure.data[:-1]]
    assert colours[:2] == [COLOURS["light"]["park"], COLOURS["light"]["water"]]
    west, east = figure.layout.xaxis.range
    assert (west, east) == pytest.approx((13.38 - 0.001, 13.42 + 0.001))  # the picture is of the facilities
    corners = np.concatenate([np.asarray(trace.x, float) for trace in figure.data])
    corners = corners[np.isfinite(corners)]
    assert corners.min() >= west - 1e-4
    assert corners.max() <= east + 1e-4


def test_a_picture_of_another_city_owes_nothing() -> None:
    figure = map_pictures.picture(drawing(*OUTSIDE), Style())
    assert not figure.layout.annotations
    assert len(figure.data) == 1


def lab(colour: str) -> np.ndarray:
    """CIE L*a*b* (D65) of '#rrggbb'."""
    rgb = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    matrix = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    ratio = matrix @ linear / np.array([0.9505, 1.0, 1.089])
    root = np.where(ratio > 0.008856, np.cbrt(ratio), 7.787 * ratio + 16 / 116)
    return np.array([116 * root[1] - 16, 500 * (root[0] - root[1]), 200 * (root[1] - root[2])])


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_grey_is_told_from_the_lowest_class_on_the_ground(theme: str) -> None:
    style = Style(theme=theme)
    grey = maps._on_ground(MISSING[theme], MISSING_OPACITY, style)
    lowest = maps._on_ground(AMOUNTS[theme][0], OPACITY[theme], style)
    assert np.linalg.norm(lab(grey) - lab(lowest)) > 12


def test_a_legends_colour_is_the_maps_over_land() -> None:
    # 165/255 of #2b7597 over #f4f2ee: 43 * 0.647 + 244 * 0.353 = 113.9, and so on.
    assert maps._on_ground("#2b7597", 165, Style()) == "#72a1b6"
