"""What the browser is sent for each map: the city and its densest district, smallest areas and hexagons."""

from __future__ import annotations

import pytest

from tests.driver import open_page

LEVELS = {
    "map": "planning_area",
    "reach": "planning_area",
    "coverage": "planning_area",
    "displacement_city": "planning_area",
}


@pytest.mark.parametrize("district", ["", "03"])
@pytest.mark.parametrize("page", ["map", "reach", "coverage", "displacement_city", "creative"])
def test_no_map_sends_more_than_a_megabyte_and_a_half(page: str, district: str) -> None:
    level = {"level": LEVELS[page]} if page in LEVELS else {}
    app = open_page(page, city="berlin", district=district, **level)
    assert not app.exception
    sizes = [len(chart.proto.json) for kind in ("bidi_component", "deck_gl_json_chart") for chart in app.get(kind)]
    assert sizes
    assert max(sizes) < 1.5e6
