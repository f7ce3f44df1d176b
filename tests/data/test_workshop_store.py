"""Countdown, second votes, texts that people support, one-time codes and decisions, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from data.store import decisions, devices, rooms, texts
from tests.devices import device

OPTIONS = [("a", "Schools"), ("b", "Parks")]


def opened(kind: str = "poll", **options: Any) -> tuple[str, int]:
    code = rooms.open_room("town", "A room", [])
    return code, rooms.add_question(code, kind, "What first?", OPTIONS if kind == "poll" else [], **options)


def question(number: int) -> rooms.QuestionView:
    view = rooms.question(number)
    assert view is not None
    return view


def test_a_countdown_takes_answers_until_it_ends_and_no_later(where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    code, number = opened()
    rooms.count_down(number, 60)
    rooms.answer(code, number, device(code, "early"), "", ["a"])
    assert question(number).open
    rooms.count_down(number, -1)
    assert not question(number).open
    rooms.answer(code, number, device(code, "under way"), "", ["a"])  # sent before, here a moment later
    rooms.count_down(number, -rooms.GRACE_S - 1)
    with pytest.raises(rooms.RefusedError, match="closed"):
        rooms.answer(code, number, device(code, "late"), "", ["a"])
    rooms.set_open(number, True)
    rooms.answer(code, number, device(code, "late"), "", ["a"])
    assert rooms.count(number) == 3


def test_a_second_vote_stands_beside_the_first_of_the_same_device(where: str) -> None:
    code, first = opened()
    for place in range(6):
        rooms.answer(code, first, device(code, f"d{place}"), "", ["a"])
    second = rooms.add_question(code, "poll", "What first?", OPTIONS, repeats=first)
    for place in range(1, 7):  # the first device does not vote again, the last is new
        rooms.answer(code, second, device(code, f"d{place}"), "", ["b" if place < 3 else "a"])
    rows = rooms.answers(question(second))
    assert [(choice, before) for choice, before in zip(rows["choice"], rows["before"], strict=True)] == [
        (["b"], ["a"]),
        (["b"], ["a"]),
        (["a"], ["a"]),
        (["a"], ["a"]),
        (["a"], ["a"]),
        (["a"], None),
    ]
    assert "device" not in rows


def test_people_support_a_text_once_and_merged_texts_count_their_people_once(where: str) -> None:
    code, number = opened("text")
    for place, words in enumerate(("More trees", "Trees!", "A tram")):
        rooms.answer(code, number, device(code, f"d{place}"), "", words)
    with pytest.raises(rooms.RefusedError):
        texts.support(code, 1, device(code, "d3"), True)  # nobody has let it through
    trees, too, tram = map(int, texts.texts(number)["id"])
    texts.approve([trees, too, tram], True)
    for name in ("d1", "d3", "d3", "d4"):
        texts.support(code, trees, device(code, name), True)
    assert list(texts.texts(number)["people"]) == [4, 1, 1], "its author and three others"
    texts.merge(trees, too)
    rows = texts.texts(number)
    assert list(rows["value"]) == ["More trees", "A tram"]
    assert list(rows["people"]) == [4, 1], "who wrote the second supports the first already"
    texts.support(code, trees, device(code, "d4"), False)
    assert list(texts.texts(number)["people"]) == [3, 1]
    rooms.answer(code, number, device(code, "d0"), "", "Fewer trees")
    row = texts.texts(number).set_index("id").loc[trees]
    assert (row["people"], row["approved"]) == (1, False), "who supported other words does not support these"
    assert list(texts.texts(number)["value"]) == ["Fewer trees", "Trees!", "A tram"], "what was merged stands alone"
    texts.merge(trees, too)
    with pytest.raises(rooms.RefusedError):
        texts.merge(too, trees)  # another moderator, the other way round
    texts.remove(trees)
    assert list(texts.texts(number)["value"]) == ["A tram"], "a deleted text takes along what was merged into it"


def test_a_device_writes_some_texts_and_counts_as_one_person(where: str) -> None:
    code, number = opened("cloud")
    for slot in range(3):
        rooms.answer(code, number, device(code, "d"), "", f"word {slot}", slot)
    with pytest.raises(rooms.RefusedError, match="No more texts"):
        rooms.answer(code, number, device(code, "d"), "", "word", 3)
    assert (rooms.count(number), len(texts.texts(number))) == (1, 3)


def test_questions_to_the_stage_are_taken_beside_the_question_shown(where: str) -> None:
    code, shown = opened()
    stage = rooms.add_question(code, "stage", "Ask", [])
    room = rooms.room(code)
    assert room is not None
    assert room.shown == shown
    rooms.answer(code, stage, device(code, "d"), "", "When?")
    rooms.answer(code, shown, device(code, "d"), "", ["a"])
    assert (rooms.count(stage), rooms.count(shown)) == (1, 1)


def test_a_question_nobody_answered_can_be_taken_out(where: str) -> None:
    code, number = opened()
    rooms.answer(code, number, device(code, "d"), "", ["a"])
    other = rooms.add_question(code, "poll", "And then?", OPTIONS)
    rooms.remove_question(number)
    rooms.remove_question(other)
    assert [question.id for question in rooms.questions(code)] == [number]
    assert rooms.room(code).shown == 0  # type: ignore[union-attr]


def test_a_code_lets_one_device_in_and_nothing_says_which(where: str) -> None:
    code, _number = opened()
    tickets = devices.make_tickets(code, 3)
    with pytest.raises(rooms.RefusedError, match="not valid"):
        devices.join(code)
    with ThreadPoolExecutor(8) as crowd:  # one code, eight devices at once
        tries = [crowd.submit(devices.join, code, tickets[0].lower()) for _ in range(8)]
    assert sum(attempt.exception() is None for attempt in tries) == 1
    assert devices.tickets(code) == (3, 1)
    with create_engine(where).connect() as connection:
        rows = connection.execute(text("select * from tickets")).mappings().all()
    assert set(rows[0]) == {"room_id", "code", "used"}
    assert not any(ticket in str(rows) for ticket in tickets)


def test_codes_come_before_the_devices(where: str) -> None:
    code, _number = opened()
    devices.join(code)
    with pytest.raises(rooms.RefusedError, match="joined without a code"):
        devices.make_tickets(code, 10)


def test_what_was_decided_comes_back_with_its_vote_and_dissent(where: str) -> None:
    code, number = opened()
    room = rooms.room(code)
    assert room is not None
    first = decisions.add(room.id, "Build a library", vote="12 of 20 for it", against="Too far out", question=number)
    with pytest.raises(rooms.RefusedError, match="words"):
        decisions.add(room.id, "  ")
    (decision,) = decisions.decisions("town")
    assert (decision.what, decision.vote, decision.against) == ("Build a library", "12 of 20 for it", "Too far out")
    assert (decision.room, decision.day) == (code, datetime.now(UTC).date())
    assert decisions.decisions("elsewhere") == []
    decisions.remove(first)
    assert decisions.decisions("town") == []


def test_supports_and_codes_go_with_the_answers(where: str) -> None:
    code = rooms.open_room("town", "A room", [], keep_days=0)
    number = rooms.add_question(code, "text", "What else?", [])
    tickets = devices.make_tickets(code, 1)
    token = devices.join(code, tickets[0])
    rooms.answer(code, number, token, "", "More trees")
    texts.approve([1], True)
    texts.support(code, 1, token, True)
    rooms.close(code, lambda _question, _answers, people: {"people": people})
    rooms.purge(datetime.now(UTC) + timedelta(seconds=1))
    with create_engine(where).connect() as connection:
        for table in ("answers", "supports", "tickets"):
            assert connection.execute(text(f"select count(*) from {table}")).scalar() == 0, table
