"""Rooms, stories and short links, on both databases."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine, text

from data.errors import SourceError
from data.store import database, rooms, stories

OPTIONS = [("a", "Schools"), ("b", "Parks"), ("c", "Libraries")]


def open_question(
    kind: str = "poll", groups: list[str] | None = None, keep_days: int = 30
) -> tuple[str, rooms.QuestionView]:
    code = rooms.open_room("town", "A room", groups or [], keep_days)
    number = rooms.add_question(code, kind, "What first?", [] if kind == "text" else OPTIONS)
    question = rooms.question(number)
    assert question is not None
    return code, question


def votes(question: rooms.QuestionView) -> list[Any]:
    return [choice[0] for choice in rooms.answers(question)["choice"]]


def test_a_device_counts_once_and_may_change_its_mind_until_the_question_is_closed(where: str) -> None:
    code, question = open_question()
    for device in range(6):
        rooms.answer(code, question.id, f"device-{device}", "", ["a"])
    rooms.answer(code, question.id, "device-0", "", ["b"])
    assert rooms.count(question.id) == 6
    assert sorted(votes(question)) == ["a"] * 5 + ["b"]
    rooms.set_open(question.id, False)
    with pytest.raises(rooms.RefusedError, match="closed"):
        rooms.answer(code, question.id, "device-0", "", ["a"])
    assert sorted(votes(question)) == ["a"] * 5 + ["b"]


def test_a_hundred_devices_at_once_are_all_counted(where: str) -> None:
    code, question = open_question()
    with ThreadPoolExecutor(12) as pool:
        list(
            pool.map(
                lambda device: rooms.answer(code, question.id, f"device-{device % 100}", "", ["abc"[device % 3]]),
                range(200),
            )
        )
    assert rooms.count(question.id) == 100


def test_answers_survive_a_restart(where: str) -> None:
    code, question = open_question()
    for device in range(5):
        rooms.answer(code, question.id, f"device-{device}", "", ["c"])
    database.engine().dispose()
    database._engine.cache_clear()
    assert votes(question) == ["c"] * 5


def test_nothing_in_the_database_leads_to_a_device_or_joins_two_rooms(where: str) -> None:
    first, question = open_question()
    second, other = open_question()
    rooms.answer(first, question.id, "token-of-a-phone", "", ["a"])
    rooms.answer(second, other.id, "token-of-a-phone", "", ["a"])
    with create_engine(where).connect() as connection:
        rows = connection.execute(text("select * from answers")).mappings().all()
    assert set(rows[0]) == {"id", "question_id", "device", "group", "value", "approved"}, "no address, no time"
    assert rows[0]["device"] != rows[1]["device"]
    assert "token-of-a-phone" not in str(rows)


def test_fewer_than_five_are_not_shown_alone_or_as_a_group(where: str) -> None:
    code, question = open_question(groups=["staff", "residents"])
    for device in range(4):
        rooms.answer(code, question.id, f"device-{device}", "residents", ["a"])
    assert rooms.answers(question).empty
    for device in range(4, 9):
        rooms.answer(code, question.id, f"device-{device}", "staff", ["b"])
    assert set(rooms.answers(question)["group"]) == {"staff", ""}
    rooms.answer(code, question.id, "device-9", "a group nobody offered", ["b"])
    assert set(rooms.answers(question)["group"]) == {"staff", ""}


def test_closed_rooms_keep_results_and_lose_answers_on_their_day(where: str) -> None:
    code, question = open_question(keep_days=7)
    for device in range(5):
        rooms.answer(code, question.id, f"device-{device}", "", ["a"])
    rooms.close(code, {question.id: {"people": 5, "rows": [{"option": "a", "votes": 5}], "groups": [], "apart": 0.0}})
    with pytest.raises(rooms.RefusedError, match="closed"):
        rooms.answer(code, question.id, "late", "", ["a"])
    assert rooms.purge(datetime.now(UTC) + timedelta(days=6.9)) == 0
    assert rooms.count(question.id) == 5
    assert rooms.purge(datetime.now(UTC) + timedelta(days=7.1)) == 1
    assert rooms.count(question.id) == 0
    closed = rooms.question(question.id)
    assert closed is not None
    assert closed.result is not None
    assert closed.result["people"] == 5
    with create_engine(where).connect() as connection:
        assert connection.execute(text("select count(*) from answers")).scalar() == 0
        assert connection.execute(text("select salt from rooms")).scalar() == ""


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("poll", ["z"]),
        ("poll", ["a", "b"]),
        ("poll", []),
        ("poll", "a"),
        ("poll", None),
        ("priorities", ["a", "a"]),
        ("priorities", ["a", "b", "c", "a"]),
        ("budget", {"a": 50, "b": 50}),
        ("budget", {"a": 50, "b": 49, "c": 0}),
        ("budget", {"a": -10, "b": 60, "c": 50}),
        ("budget", {"a": 50.5, "b": 49.5, "c": 0}),
        ("budget", {"a": True, "b": 99, "c": 0}),
        ("text", ""),
        ("text", " " * 9),
        ("text", "x" * 281),
    ],
)
def test_answers_that_cannot_be_are_refused_and_change_nothing(where: str, kind: str, value: Any) -> None:
    code, question = open_question(kind)
    with pytest.raises(rooms.RefusedError):
        rooms.answer(code, question.id, "device", "", value)
    assert rooms.count(question.id) == 0


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inside: st.lists(inside) | st.dictionaries(st.text(), inside),
    )
)
def test_any_json_is_an_answer_or_refused(value: Any) -> None:
    for kind in rooms.KINDS:
        question = rooms.QuestionView(1, kind, "?", tuple(OPTIONS), True, None)
        try:
            checked = rooms.check(question, value)
        except rooms.RefusedError:
            continue
        assert rooms.check(question, checked) == checked


def test_a_question_of_another_room_takes_no_answer(where: str) -> None:
    code, _question = open_question()
    _other, other_question = open_question()
    with pytest.raises(rooms.RefusedError, match="does not exist"):
        rooms.answer(code, other_question.id, "device", "", ["a"])


def test_texts_wait_for_the_moderator(where: str) -> None:
    code, question = open_question("text")
    rooms.answer(code, question.id, "device", "", "More benches\u0000 please")
    row = rooms.answers(question).iloc[0]
    assert row["value"] == "More benches please"
    assert not row["approved"]
    rooms.approve_text(int(row["id"]), True)
    assert rooms.answers(question)["approved"].all()
    rooms.answer(code, question.id, "device", "", "Something else")
    assert not rooms.answers(question)["approved"].any(), "changed words wait again"
    rooms.delete_text(int(row["id"]))
    assert rooms.count(question.id) == 0


STEPS = [{"page": "coverage", "query": {"service": "library"}, "title": "Libraries", "note": "Say hello"}]


def test_a_story_is_stored_changed_and_carried_as_a_file(where: str) -> None:
    code = stories.save("A story", STEPS)
    assert stories.save("A better story", STEPS * 2, code) == code
    story = stories.story(code.lower())
    assert story is not None
    assert (story.title, len(story.steps), story.step) == ("A better story", 2, 0)
    stories.show_step(code, 1, start=True)
    story = stories.story(code)
    assert story is not None
    assert story.step == 1
    assert story.started is not None
    assert stories.from_file(stories.as_file(story.title, story.steps), "a.json", {"coverage"}) == (
        "A better story",
        STEPS * 2,
    )
    assert stories.story("NOPE") is None


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xff", "is no story"),
        (b"[]", "is no story"),
        (b'{"title": "x", "steps": []}', "has no steps"),
        (json.dumps({"title": "x", "steps": [{"page": "../etc/passwd"}]}).encode(), "row 1, column 'page'"),
        (json.dumps({"title": "x", "steps": [{"page": "coverage", "query": 3}]}).encode(), "row 1, column 'query'"),
        (b"[" * 100_000, "is no story"),
    ],
)
def test_a_file_that_is_no_story_is_refused_with_its_place(content: bytes, said: str) -> None:
    with pytest.raises(SourceError, match=said):
        stories.from_file(content, "a.json", {"coverage"})


def test_a_view_has_one_short_code(where: str) -> None:
    code = stories.shorten("coverage?service=library", "Libraries")
    assert stories.shorten("coverage?service=library", "Libraries") == code
    assert stories.link(code) == ("coverage?service=library", "Libraries")
    assert stories.link("XXXXX") is None
