"""The room's page: opening, asking, and carrying the answer on."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs, urlparse

import pytest
from streamlit.testing.v1 import AppTest

import data
from analytics.indicators import DIMENSIONS
from data.context import CityContext
from data.store import devices, rooms
from services.areas import area_names
from tests.driver import contents, figures, open_page


@pytest.fixture(autouse=True)
def _own_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZONE_DATABASE", f"sqlite:///{tmp_path / 'zone.db'}")


def press(app: AppTest, label: str) -> AppTest:
    return next(button for button in app.button if button.label == label).click().run()


def followed(app: AppTest) -> tuple[str, dict[str, str]]:
    """The page that the answer leads to, with its choices."""
    links = [urlparse(button.proto.url) for button in app.get("link_button")]
    (link,) = [link for link in links if not link.path.startswith("workshop_")]
    return link.path, {key: value[0] for key, value in parse_qs(link.query).items() if key != "lang"}


def answered(kind: str, options: dict[str, str], answers: list[object], groups: list[str] | None = None) -> str:
    """A room with one question and a device for each answer; its code."""
    code = rooms.open_room("berlin", "A room", groups or [])
    number = rooms.add_question(code, kind, "What first?", list(options.items()))
    for group, value in zip(groups or [""] * len(answers), answers, strict=True):
        rooms.answer(code, number, devices.join(code), group, value)
    return code


def test_a_room_is_opened_and_asked() -> None:
    app = open_page("workshop", lang="en")
    next(field for field in app.text_input if field.label == "Title of the room").set_value("Budget 2027")
    press(app, "Open room")
    assert not app.exception
    (room,) = rooms.rooms("berlin")
    assert room.title == "Budget 2027"
    assert app.query_params["room"] == room.code
    assert any("Nothing is asked yet." in info.value for info in app.info)
    app.selectbox(key="workshop.kind").set_value("priorities").run()
    press(app, "Ask")
    assert [question.kind for question in rooms.questions(room.code)] == ["priorities"]
    press(app, "Ask")
    first, second = rooms.questions(room.code)
    assert app.selectbox(key="workshop.question").value == second.id  # the newest is looked at
    app.selectbox(key="workshop.question").set_value(first.id).run()
    assert app.query_params["question"] == str(first.id)
    press(app, "Show on the phones")
    assert rooms.room(room.code).shown == first.id  # type: ignore[union-attr]


def test_a_room_without_a_title_is_refused_in_a_sentence() -> None:
    app = press(open_page("workshop", lang="en"), "Open room")
    assert [error.value for error in app.error] == ["A room needs a title\\."]
    assert rooms.rooms("berlin") == []


def test_the_rooms_weights_lead_into_the_index() -> None:
    points = dict(zip(DIMENSIONS, (50, 10, 10, 10, 10, 10), strict=True))
    code = answered("budget", DIMENSIONS, [points] * 5)
    app = open_page("workshop", room=code)
    assert not app.exception
    assert figures(app)[0].rows.set_index("label").loc["Housing", "mean"] == 50
    page, choices = followed(app)
    assert (page, choices["points_housing"]) == ("inclusion", "50")
    app = open_page(page, **choices)
    assert not app.exception
    assert app.number_input(key="inclusion.points_housing").value == 50
    assert any(code in info.value for info in app.info)


def test_the_rooms_priorities_become_the_weights_of_arrivals() -> None:
    ctx = CityContext(data.cities()["berlin"], data.version())
    districts = area_names(ctx, "district")
    first, second, third, fourth, *_others = districts
    code = answered("priorities", districts, [[first, (second, third)[device % 2]] for device in range(6)])
    page, choices = followed(open_page("workshop", room=code))
    assert (page, choices["rule"], choices["level"]) == ("what_if_arrivals", "own table", "district")
    shares = dict(zip(sorted(districts), map(float, choices["own"].split(",")), strict=True))
    assert [shares[area] for area in (first, second, third, fourth)] == [1, 0.5, 0.5, 0]


def test_groups_stand_side_by_side_in_every_language() -> None:
    options = {"a": "Schools", "b": "Parks"}
    votes = [["a"]] * 5 + [["b"]] * 5
    code = answered("poll", options, list(votes), ["staff"] * 5 + ["guests"] * 5)
    rooms.set_open(rooms.questions(code)[0].id, False)  # groups are summed up when answers are held
    shown = {language: figures(open_page("workshop", room=code, lang=language)) for language in ("en", "uk", "ar")}
    for language, (all_of_them, by_group) in shown.items():
        assert all_of_them.rows["votes"].tolist() == [5, 5], language
        assert by_group.rows.groupby("group")["value"].max().to_dict() == {"staff": 100, "guests": 100}
    assert shown["en"][1].finding == "Groups differ most on Parks / Schools: 0 to 100"


def test_closing_keeps_the_result() -> None:
    code = answered("poll", {"a": "Schools", "b": "Parks"}, [["ab"[device % 2]] for device in range(6)])
    app = open_page("workshop", room=code, lang="en")
    live = contents(app)
    press(app, "Close for good")
    assert not app.exception
    (question,) = rooms.questions(code)
    assert question.result is not None
    assert [row["votes"] for row in question.result["rows"]] == [3, 3]
    assert not question.open
    assert any("closed" in info.value for info in app.info)
    assert contents(app) == live


def test_priorities_of_a_city_without_districts_are_its_areas(cities: tuple[str, ...]) -> None:
    code = rooms.open_room("strange", "Кімната", [])
    app = open_page("workshop", city="strange", room=code, kind="priorities", lang="en")
    press(app, "Ask")
    (question,) = rooms.questions(code)
    assert set(question.keys) == {"St. Pauli 1", "Área 2", "Київ", "Œ-3", "0", "北 4"}
