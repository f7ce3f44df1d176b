"""Rooms, stories and short links, on both databases."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import create_engine, text

from data.errors import SourceError
from data.store import database, devices, rooms, stories, texts
from tests.devices import device

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
    for number in range(6):
        rooms.answer(code, question.id, device(code, f"device-{number}"), "", ["a"])
    rooms.answer(code, question.id, device(code, "device-0"), "", ["b"])
    assert rooms.count(question.id) == 6
    assert sorted(votes(question)) == ["a"] * 5 + ["b"]
    rooms.set_open(question.id, False)
    with pytest.raises(rooms.RefusedError, match="closed"):
        rooms.answer(code, question.id, device(code, "device-0"), "", ["a"])
    assert sorted(votes(question)) == ["a"] * 5 + ["b"]


def test_a_hundred_devices_at_once_are_all_counted(where: str) -> None:
    code, question = open_question()
    tokens = [devices.join(code) for _ in range(100)] * 2
    with ThreadPoolExecutor(12) as pool:
        list(pool.map(lambda token: rooms.answer(code, question.id, token, "", ["a"]), tokens))
    assert rooms.count(question.id) == 100


def test_answers_survive_a_restart(where: str) -> None:
    code, question = open_question()
    for number in range(5):
        rooms.answer(code, question.id, device(code, f"device-{number}"), "", ["c"])
    database.engine().dispose()
    database._engine.cache_clear()
    assert votes(question) == ["c"] * 5


def test_nothing_in_the_database_leads_to_a_device_or_joins_two_rooms(where: str) -> None:
    first, question = open_question()
    second, other = open_question()
    rooms.answer(first, question.id, device(first, "token-of-a-phone"), "", ["a"])
    rooms.answer(second, other.id, device(second, "token-of-a-phone"), "", ["a"])
    with create_engine(where).connect() as connection:
        rows = connection.execute(text("select * from answers")).mappings().all()
    answer = {"id", "question_id", "device", "slot", "group", "value", "approved", "merged", "batched"}
    assert set(rows[0]) == answer, "no address, no time"
    assert rows[0]["device"] != rows[1]["device"]
    for token in (device(first, "token-of-a-phone"), device(second, "token-of-a-phone")):
        for part in (token, *token.split(".")):
            assert part not in str(rows)


def test_fewer_than_five_are_not_shown_alone_or_as_a_group(where: str) -> None:
    code, question = open_question(groups=["staff", "residents"])
    for number in range(4):
        rooms.answer(code, question.id, device(code, f"device-{number}"), "residents", ["a"])
    assert rooms.answers(question).empty
    for number in range(4, 9):
        rooms.answer(code, question.id, device(code, f"device-{number}"), "staff", ["b"])
    assert set(rooms.answers(question)["group"]) == {""}, "four residents are all less five staff"
    rooms.answer(code, question.id, device(code, "device-9"), "a group nobody offered", ["b"])
    assert set(rooms.answers(question)["group"]) == {"staff", ""}


def test_closed_rooms_keep_results_and_lose_answers_on_their_day(where: str) -> None:
    code, question = open_question(keep_days=7)
    for number in range(5):
        rooms.answer(code, question.id, device(code, f"device-{number}"), "", ["a"])
    rooms.close(code, lambda _question, answers, people: {"people": people, "votes": len(answers)})
    with pytest.raises(rooms.RefusedError, match="closed"):
        rooms.answer(code, question.id, device(code, "late"), "", ["a"])
    assert rooms.purge(datetime.now(UTC) + timedelta(days=6.9)) == 0
    assert rooms.count(question.id) == 5
    assert rooms.purge(datetime.now(UTC) + timedelta(days=7.1)) == 1
    assert rooms.count(question.id) == 0
    closed = rooms.question(question.id)
    assert closed is not None
    assert closed.result is not None
    assert closed.result == {"people": 5, "votes": 5}
    with create_engine(where).connect() as connection:
        assert connection.execute(text("select count(*) from answers")).scalar() == 0
        assert connection.execute(text("select salt from rooms")).scalar() == ""


def summarised(_question: rooms.QuestionView, answers: pd.DataFrame, people: int) -> dict[str, Any]:
    """People, and who chose what; what services.rooms keeps is tested there."""
    return {"people": people, "choices": sorted(choice[0] for choice in answers["choice"])}


def test_no_vote_is_acknowledged_that_the_kept_result_lacks(where: str) -> None:
    """A hundred devices vote while the room is closed: each is in the result, or was refused."""
    code, question = open_question()
    tokens, together = [devices.join(code) for _ in range(100)], Barrier(101)

    def vote(token: str) -> bool:
        together.wait(60)
        try:
            rooms.answer(code, question.id, token, "", ["a"])
        except rooms.RefusedError:
            return False
        return True

    with ThreadPoolExecutor(100) as pool:
        votes = [pool.submit(vote, token) for token in tokens]
        together.wait(60)
        while rooms.count(question.id) < 20:
            time.sleep(0.001)
        rooms.close(code, summarised)
        acknowledged = sum(vote.result() for vote in votes)
    closed = rooms.question(question.id)
    assert closed is not None
    assert closed.result is not None
    assert closed.result["people"] == len(closed.result["choices"]) == acknowledged == rooms.count(question.id)
    assert acknowledged >= 20
    rooms.close(code, lambda *_: {"people": 0})  # closed once for good
    assert rooms.question(question.id) == closed


@pytest.mark.parametrize("invented", ["", "x" * 16, "x" * 24, "name.", ".", "name." + "0" * 64, "ä" * 30])
def test_only_a_device_that_joined_votes(where: str, invented: str) -> None:
    code, question = open_question()
    other, _question = open_question()
    for token in (invented, devices.join(other), devices.join(code)[:-1]):
        assert not devices.has_joined(code, token)
        with pytest.raises(devices.UnknownDeviceError, match="Open the room's page first"):
            rooms.answer(code, question.id, token, "", ["a"])
    assert rooms.count(question.id) == 0
    token = devices.join(code)
    assert devices.has_joined(code, token)
    rooms.answer(code, question.id, token, "", ["a"])
    assert (rooms.count(question.id), rooms.room(code).joined) == (1, 2)  # type: ignore[union-attr]


def test_the_last_of_a_group_cannot_be_told_by_subtraction(where: str) -> None:
    code, question = open_question(groups=["staff", "residents", "business"])
    groups = ["staff"] * 6 + ["residents"] * 5 + ["business"]
    for group in groups:
        rooms.answer(code, question.id, devices.join(code), group, ["a"])
    # All less the staff is six people; were residents shown as well, all less both would be the one of business.
    assert rooms.answers(question)["group"].value_counts().to_dict() == {"staff": 6, "": 6}


def test_between_two_pictures_there_are_five_people_or_more(where: str) -> None:
    code, question = open_question()
    pictures = []
    for number in range(12):
        rooms.answer(code, question.id, device(code, str(number)), "", ["a"])
        pictures.append((rooms.batch(question, summarised) or {"people": 0})["people"])
    assert pictures == [0] * 4 + [5] * 5 + [10] * 3
    rooms.answer(code, question.id, device(code, "0"), "", ["b"])  # one who changes their mind is seen with others
    assert "b" not in (rooms.batch(question, summarised) or {})["choices"]
    rooms.set_open(question.id, False)
    held = rooms.batch(question, summarised)
    assert held is not None
    assert held["choices"] == ["a"] * 11 + ["b"]
    for number in range(12, 15):  # who takes answers again and holds them after each sees none of them
        rooms.set_open(question.id, True)
        rooms.answer(code, question.id, device(code, str(number)), "", ["c"])
        rooms.set_open(question.id, False)
        assert rooms.batch(question, summarised) == held
    rooms.close(code, summarised)
    closed = rooms.question(question.id)
    assert closed is not None
    assert closed.result == {"people": 15, "choices": ["a"] * 11 + ["b"] + ["c"] * 3}


@pytest.mark.parametrize("number", [0, -1, 2**31, 10**30])
def test_a_question_of_an_impossible_number_does_not_exist(where: str, number: int) -> None:
    code, _question = open_question()
    with pytest.raises(rooms.RefusedError, match="does not exist"):
        rooms.answer(code, number, devices.join(code), "", ["a"])


@pytest.mark.parametrize("code", ["", "\x00", "²²²²²²", "A" * 5000, "' OR 1=1", "\ud800"])
def test_what_cannot_be_a_code_leads_nowhere(where: str, code: str) -> None:
    assert (rooms.room(code), stories.story(code), stories.link(code)) == (None, None, None)


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
        rooms.answer(code, question.id, device(code, "device"), "", value)
    assert rooms.count(question.id) == 0


def test_a_question_of_another_room_takes_no_answer(where: str) -> None:
    code, _question = open_question()
    _other, other_question = open_question()
    with pytest.raises(rooms.RefusedError, match="does not exist"):
        rooms.answer(code, other_question.id, device(code, "device"), "", ["a"])


def test_texts_wait_for_the_moderator(where: str) -> None:
    code, question = open_question("text")
    rooms.answer(code, question.id, device(code, "device"), "", "More benches\u0000 please")
    row = texts.texts(question.id).iloc[0]
    assert row["value"] == "More benches please"
    assert not row["approved"]
    texts.approve([int(row["id"])], True)
    assert rooms.answers(question)["approved"].all()
    rooms.answer(code, question.id, device(code, "device"), "", "Something else")
    assert not rooms.answers(question)["approved"].any(), "changed words wait again"
    texts.remove(int(row["id"]))
    assert rooms.count(question.id) == 0


STEPS = [
    {
        "page": "coverage",
        "query": {"service": "library"},
        "title": "Libraries",
        "note": "Say hello",
        "words": "",
        "text": "",
    }
]


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
