"""The room's page: opening, asking, and carrying the answer on."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs, urlparse

import pytest

from analytics.indicators import DIMENSIONS
from data.store import rooms
from pages.common import area_names
from tests.pages.test_pages import open_page


@pytest.fixture(autouse=True)
def _own_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZONE_DATABASE", f"sqlite:///{tmp_path / 'zone.db'}")


def test_a_room_is_opened_and_asked() -> None:
    app = open_page("workshop")
    next(one for one in app.text_input if one.label == "Title of the room").set_value("Budget 2027")
    next(one for one in app.button if one.label == "Open room").click().run()
    assert not app.exception
    (room,) = rooms.rooms("berlin")
    assert room.title == "Budget 2027"
    assert any("Nothing is asked yet." in one.value for one in app.info)


def test_the_rooms_weights_lead_into_the_index() -> None:
    code = rooms.open_room("berlin", "Weights", [])
    number = rooms.add_question(code, "budget", "What matters?", list(DIMENSIONS.items()))
    for device in range(5):
        rooms.answer(code, number, f"device-{device}", "", dict(zip(DIMENSIONS, (50, 10, 10, 10, 10, 10), strict=True)))
    app = open_page("workshop", room=code)
    assert not app.exception
    (link,) = [one.proto.url for one in app.get("link_button")]
    asked = {key: value[0] for key, value in parse_qs(urlparse(link).query).items()}
    assert asked["points_housing"] == "50"
    app = open_page("inclusion", **{key: value for key, value in asked.items() if key != "lang"})
    assert not app.exception
    assert app.number_input(key="points_housing").value == 50
    assert any(code in one.value for one in app.info)


def test_the_rooms_priorities_become_the_scenarios_own_table() -> None:
    code = rooms.open_room("berlin", "Where", [])
    districts = list(area_names("district").items())
    number = rooms.add_question(code, "priorities", "Where first?", districts)
    for device in range(6):
        rooms.answer(code, number, f"device-{device}", "", [districts[0][0], districts[1 + device % 2][0]])
    app = open_page("workshop", room=code)
    next(one for one in app.button if "priorities" in one.label).click().run()
    assert not app.exception
    given = app.session_state["draft"].arrivals
    assert given.rule == "own table"
    shares = dict(zip(sorted(area_names("district")), given.own, strict=True))
    assert shares[districts[0][0]] == 1.0
    assert shares[districts[1][0]] == 0.5
    assert shares[districts[3][0]] == 0.0


def test_closing_keeps_the_result() -> None:
    code = rooms.open_room("berlin", "Close", [])
    number = rooms.add_question(code, "poll", "First?", [("a", "Schools"), ("b", "Parks")])
    for device in range(6):
        rooms.answer(code, number, f"device-{device}", "", ["ab"[device % 2]])
    app = open_page("workshop", room=code)
    next(one for one in app.button if one.label == "Close for good").click().run()
    assert not app.exception
    kept = rooms.question(number)
    assert kept is not None
    assert kept.result is not None
    assert [row["votes"] for row in kept.result["rows"]] == [3, 3]
    assert any("closed" in one.value for one in app.info)
