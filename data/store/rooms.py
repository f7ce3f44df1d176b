"""A workshop's room: questions, one answer a device and question, results that outlive the answers.

No address and no name is stored. A device is a random token of its browser, stored as a keyed hash that differs from
room to room.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pandas as pd
from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from data.errors import DataError
from data.rights import require_role
from data.store import codes
from data.store.database import engine
from data.store.models import Answer, Question, Room, aware

KINDS = ("poll", "budget", "priorities", "text")
MIN_PEOPLE = 5  # people whose answers may be shown together
BUDGET_POINTS = 100  # points of a budget
MAX_PRIORITIES = 3
MAX_TEXT_LENGTH = 280  # characters of a free text


class RefusedError(DataError, ValueError):
    """An answer, question or room that cannot be; the sentence says why."""


@dataclass(frozen=True)
class QuestionView:
    """A question as a room shows it."""

    id: int
    kind: str
    prompt: str
    options: tuple[tuple[str, str], ...]
    open: bool
    result: dict[str, Any] | None

    @property
    def keys(self) -> list[str]:
        """The options' keys, in order."""
        return [key for key, _ in self.options]


@dataclass(frozen=True)
class RoomView:
    """A room: its code, title, groups, the id of the question shown (0: none), whether it is closed and purged."""

    id: int
    code: str
    title: str
    groups: tuple[str, ...]
    shown: int
    closed: bool
    purged: bool
    keep_days: int


@require_role("editor")
def open_room(city: str, title: str, groups: list[str], keep_days: int = 30) -> str:
    """Open a room; returns its code."""
    names = [group.strip()[:60] for group in groups if group.strip()]
    if not title.strip():
        raise RefusedError("A room needs a title.")
    with Session(engine()) as session, session.begin():
        room = Room(
            code=codes.random_code(),
            city=city,
            title=title.strip()[:200],
            groups=list(dict.fromkeys(names)),
            salt=secrets.token_hex(16),
            keep_days=keep_days,
        )
        session.add(room)
        return room.code


def rooms(city: str) -> list[RoomView]:
    """A city's rooms, newest first."""
    with Session(engine()) as session:
        return [
            _room_view(room) for room in session.scalars(select(Room).where(Room.city == city).order_by(Room.id.desc()))
        ]


def room(code: str) -> RoomView | None:
    """The room of a code, as people type it."""
    with Session(engine()) as session:
        row = session.scalar(select(Room).where(Room.code == code.strip().upper()))
        return None if row is None else _room_view(row)


def _room_view(room: Room) -> RoomView:
    return RoomView(
        room.id,
        room.code,
        room.title,
        tuple(room.groups),
        room.shown,
        room.closed is not None,
        room.purged is not None,
        room.keep_days,
    )


@require_role("editor")
def add_question(code: str, kind: str, prompt: str, options: list[tuple[str, str]]) -> int:
    """Put a question to a room and show it; options: key and label (none for a text). Returns its id."""
    if kind not in KINDS:
        raise RefusedError(f"A question is one of {', '.join(KINDS)}, not '{kind}'.")
    if not prompt.strip():
        raise RefusedError("A question needs its words.")
    if kind != "text" and len({key for key, _ in options}) < 2:
        raise RefusedError("A question needs two different options or more.")
    with Session(engine()) as session, session.begin():
        room = session.scalars(select(Room).where(Room.code == code, Room.closed.is_(None))).one()
        question = Question(
            room_id=room.id,
            kind=kind,
            prompt=prompt.strip()[:300],
            open=True,
            result=None,
            options=[{"key": key, "label": label} for key, label in options],
        )
        session.add(question)
        session.flush()
        room.shown = question.id
        return question.id


@require_role("editor")
def show_question(code: str, question: int) -> None:
    """Show a question of the room on every phone; 0 shows none."""
    with Session(engine()) as session, session.begin():
        session.execute(update(Room).where(Room.code == code).values(shown=question))


@require_role("editor")
def set_open(question: int, is_open: bool) -> None:
    """Let answers in, or hold them where they are."""
    with Session(engine()) as session, session.begin():
        session.execute(update(Question).where(Question.id == question).values(open=is_open))


def questions(code: str) -> list[QuestionView]:
    """A room's questions in the order they were asked."""
    query = select(Question).join(Room, Room.id == Question.room_id).where(Room.code == code).order_by(Question.id)
    with Session(engine()) as session:
        return [_question_view(row) for row in session.scalars(query)]


def question(number: int) -> QuestionView | None:
    """One question."""
    with Session(engine()) as session:
        row = session.get(Question, number)
        return None if row is None else _question_view(row)


def _question_view(row: Question) -> QuestionView:
    options = tuple((option["key"], option["label"]) for option in row.options)
    return QuestionView(row.id, row.kind, row.prompt, options, row.open, row.result)


def check(question: QuestionView, value: Any) -> Any:
    """An answer as it is stored, or RefusedError with what is wrong."""
    if question.kind == "text":
        text = "".join(character for character in str(value) if character.isprintable() or character == "\n").strip()
        if not text or len(text) > MAX_TEXT_LENGTH:
            raise RefusedError(f"A text has 1 to {MAX_TEXT_LENGTH} signs.")
        return text
    if question.kind == "budget":
        if not isinstance(value, dict) or set(value) != set(question.keys):
            raise RefusedError("Points are needed for every option.")
        if (
            any(isinstance(points, bool) or not isinstance(points, int) or points < 0 for points in value.values())
            or sum(value.values()) != BUDGET_POINTS
        ):
            raise RefusedError(f"Points are whole numbers from 0 and add up to {BUDGET_POINTS}.")
        return value
    limit = 1 if question.kind == "poll" else MAX_PRIORITIES
    if not isinstance(value, list) or not 1 <= len(value) <= limit or len(set(map(str, value))) != len(value):
        raise RefusedError(f"1 to {limit} different options can be chosen.")
    if not set(map(str, value)) <= set(question.keys):
        raise RefusedError("The answer names an option that was not offered.")
    return list(map(str, value))


def answer(code: str, number: int, token: str, group: str, value: Any) -> None:
    """Store or change one device's answer while its question is open. Acknowledged means on the disk."""
    with Session(engine()) as session, session.begin():
        room = session.scalar(select(Room).where(Room.code == code))
        question = session.get(Question, number)
        if room is None or question is None or question.room_id != room.id:
            raise RefusedError("This room or question does not exist.")
        if room.closed is not None or not question.open or room.shown != number:
            raise RefusedError("This question is closed.")
        row = {
            "question_id": number,
            "device": hmac.new(room.salt.encode(), token.encode(), hashlib.sha256).hexdigest(),
            "group": group if group in room.groups else "",
            "value": check(_question_view(question), value),
            "approved": False,
        }
        insert = (sqlite if session.get_bind().dialect.name == "sqlite" else postgresql).insert(Answer).values(row)
        changes = {key: insert.excluded[key] for key in ("group", "value", "approved")}
        session.execute(insert.on_conflict_do_update(index_elements=["question_id", "device"], set_=changes))


def count(number: int) -> int:
    """How many devices have answered a question."""
    with Session(engine()) as session:
        return int(session.scalar(select(func.count()).where(Answer.question_id == number)) or 0)


def answers(question: QuestionView) -> pd.DataFrame:
    """The answers to a question: group and choice, or a column an option for a budget; for a text id, value, approved.

    Empty below MIN_PEOPLE people; a group below MIN_PEOPLE people is blank, so that no one can be singled out.
    """
    columns = [Answer.id, Answer.group, Answer.value, Answer.approved]
    with Session(engine()) as session:
        stored = session.execute(select(*columns).where(Answer.question_id == question.id).order_by(Answer.id)).all()
    rows = pd.DataFrame(stored, columns=["id", "group", "value", "approved"])
    if question.kind == "text":
        return rows[["id", "value", "approved"]]
    if len(rows) < MIN_PEOPLE:
        rows = rows.iloc[:0]
    people = rows["group"].map(rows["group"].value_counts())
    rows["group"] = rows["group"].where(people >= MIN_PEOPLE, "")
    if question.kind == "budget":
        points = pd.DataFrame([*rows["value"]], columns=question.keys, index=rows.index)
        return pd.concat([rows[["group"]], points], axis=1)
    return rows[["group", "value"]].rename(columns={"value": "choice"})


@require_role("editor")
def approve_text(number: int, approved: bool) -> None:
    """Let a text be seen by the room, or take it back."""
    with Session(engine()) as session, session.begin():
        session.execute(update(Answer).where(Answer.id == number).values(approved=approved))


@require_role("editor")
def delete_text(number: int) -> None:
    """Delete a text for good."""
    with Session(engine()) as session, session.begin():
        session.execute(delete(Answer).where(Answer.id == number))


@require_role("editor")
def close(code: str, results: dict[int, dict[str, Any]]) -> None:
    """Close a room for good and keep each question's result; its answers are deleted after the room's days."""
    with Session(engine()) as session, session.begin():
        room = session.scalars(select(Room).where(Room.code == code)).one()
        room.closed = room.closed or datetime.now(UTC)
        for question in session.scalars(select(Question).where(Question.room_id == room.id)):
            question.open = False
            question.result = results.get(question.id, question.result)


def purge(now: datetime | None = None) -> int:
    """Delete the answers of every room closed longer ago than its days; returns how many rooms."""
    moment = now or datetime.now(UTC)
    with Session(engine()) as session, session.begin():
        closed = session.scalars(select(Room).where(Room.closed.is_not(None), Room.purged.is_(None))).all()
        due = [room for room in closed if aware(room.closed or moment) + timedelta(days=room.keep_days) <= moment]
        for room in due:
            its_questions = select(Question.id).where(Question.room_id == room.id)
            session.execute(delete(Answer).where(Answer.question_id.in_(its_questions)))
            room.purged, room.salt = moment, ""
        return len(due)
