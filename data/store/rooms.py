"""A workshop's room: questions, one answer a device and question, results that outlive the answers.

No address and no name is stored. A device is a random token that the server gave its browser when it joined the room,
signed with the room's salt and stored as a hash keyed with it. What is seen while answers come changes in batches of
MIN_PEOPLE or more, so that nobody's choice shows between two pictures.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from data.disclosure import merge_small_groups
from data.errors import DataError
from data.rights import require_role
from data.store import codes
from data.store.database import engine
from data.store.models import Answer, Question, Room, aware
from data.translation import N_, Language

KINDS = ("poll", "budget", "priorities", "text")
MIN_PEOPLE = 5  # people whose answers may be shown together
PROMPTS = {
    "budget": N_("Which dimensions of inclusion matter most here?"),
    "priorities": N_("Where should the city act first?"),
}
BUDGET_POINTS = 100  # points of a budget
MAX_PRIORITIES = 3
MAX_TEXT_LENGTH = 280  # characters of a free text


class RefusedError(DataError, ValueError):
    """An answer, question or room that cannot be; the sentence says why."""


class UnknownDeviceError(RefusedError):
    """An answer of a device that has not joined the room."""


def prompt(language: Language, asked: str) -> str:
    """A question in a language, where it is a usual one; what people wrote stays as it is."""
    return language(asked) if asked in PROMPTS.values() else asked


Summarise = Callable[["QuestionView", pd.DataFrame, int], dict[str, Any]]  # question, its answers, people -> result


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
    """A room: its code, title, groups, the id of the question shown (0: none), whether it is closed and purged.

    joined: devices that were given a cookie.
    """

    id: int
    code: str
    title: str
    groups: tuple[str, ...]
    shown: int
    closed: bool
    purged: bool
    keep_days: int
    joined: int


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
        row = session.scalar(select(Room).where(Room.code == codes.typed(code)))
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
        room.joined,
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


def join(code: str) -> str:
    """A new device's token, for its cookie."""
    with Session(engine()) as session, session.begin():
        session.execute(update(Room).where(Room.code == code).values(joined=Room.joined + 1))
        room, name = session.scalars(select(Room).where(Room.code == code)).one(), secrets.token_urlsafe(18)
        return f"{name}.{_keyed(room, 'cookie', name)}"


def has_joined(code: str, token: str) -> bool:
    """Whether this server gave the token to a device of the room."""
    with Session(engine()) as session:
        room = session.scalar(select(Room).where(Room.code == code))
        return room is not None and _is_signed(room, token)


def _is_signed(room: Room, token: str) -> bool:
    name, _, signature = token.rpartition(".")
    return hmac.compare_digest(signature.encode(), _keyed(room, "cookie", name).encode())


def _keyed(room: Room, purpose: str, words: str) -> str:
    return hmac.new(room.salt.encode(), f"{purpose} {words}".encode(), hashlib.sha256).hexdigest()


def _locked(session: Session, which: ColumnElement[bool], *, is_shared: bool = False) -> Room | None:
    """A room that stays as it is until the transaction ends. is_shared: for votes, which do not wait for each other.

    SQLite has one writer at a time, who must say so before reading: else a vote could read the room open, wait, and be
    stored after the room was closed and summed up.
    """
    if session.get_bind().dialect.name == "sqlite":
        session.connection().exec_driver_sql("BEGIN IMMEDIATE")
    return session.scalar(select(Room).where(which).with_for_update(read=is_shared))


def answer(code: str, number: int, token: str, group: str, value: Any) -> None:
    """Store or change one device's answer while its question is open. Acknowledged means on the disk and in the result.

    Raises UnknownDeviceError, RefusedError.
    """
    with Session(engine()) as session, session.begin():
        room = _locked(session, Room.code == code, is_shared=True)
        question = session.get(Question, number) if 0 < number < 2**31 else None
        if room is None or question is None or question.room_id != room.id:
            raise RefusedError("This room or question does not exist.")
        if room.closed is not None or not question.open or room.shown != number:
            raise RefusedError("This question is closed.")
        if not _is_signed(room, token):
            raise UnknownDeviceError("Open the room's page first; it needs a cookie to count each device once.")
        row = {
            "question_id": number,
            "device": _keyed(room, "device", token),
            "group": group if group in room.groups else "",
            "value": check(_question_view(question), value),
            "approved": False,
            "batched": False,
        }
        insert = (sqlite if session.get_bind().dialect.name == "sqlite" else postgresql).insert(Answer).values(row)
        changes = {key: insert.excluded[key] for key in ("group", "value", "approved", "batched")}
        session.execute(insert.on_conflict_do_update(index_elements=["question_id", "device"], set_=changes))


def count(number: int) -> int:
    """How many devices have answered a question."""
    with Session(engine()) as session:
        return _count(session, number)


def joined(number: int) -> int:
    """How many devices have joined the room of a question."""
    query = select(Room.joined).join(Question, Question.room_id == Room.id).where(Question.id == number)
    with Session(engine()) as session:
        return int(session.scalar(query) or 0)


def _count(session: Session, number: int, *conditions: Any) -> int:
    return int(session.scalar(select(func.count()).where(Answer.question_id == number, *conditions)) or 0)


def answers(question: QuestionView) -> pd.DataFrame:
    """The answers to a question: group and choice, or a column an option for a budget; for a text id, value, approved.

    Empty below MIN_PEOPLE people; groups are blank where one of fewer could be told, also by subtraction.
    """
    with Session(engine()) as session:
        return _answers(session, question)


def _answers(session: Session, question: QuestionView) -> pd.DataFrame:
    columns = [Answer.id, Answer.group, Answer.value, Answer.approved]
    stored = session.execute(select(*columns).where(Answer.question_id == question.id).order_by(Answer.id)).all()
    rows = pd.DataFrame(stored, columns=["id", "group", "value", "approved"])
    if question.kind == "text":
        return rows[["id", "value", "approved"]]
    if len(rows) < MIN_PEOPLE:
        rows = rows.iloc[:0]
    rows["group"] = merge_small_groups(rows["group"], MIN_PEOPLE)
    if question.kind == "budget":
        points = pd.DataFrame([*rows["value"]], columns=question.keys, index=rows.index)
        return pd.concat([rows[["group"]], points], axis=1)
    return rows[["group", "value"]].rename(columns={"value": "choice"})


def batch(question: QuestionView, summarise: Summarise) -> dict[str, Any] | None:
    """What may be seen of a question while its room is open; None before the first MIN_PEOPLE answers.

    A new batch takes MIN_PEOPLE answers that are new or changed. The first time that answers are held the rest come in.
    """
    with Session(engine()) as session:
        row = session.get_one(Question, question.id)
        if not _is_due(session, row):
            return row.batch
    with Session(engine()) as session, session.begin():
        _locked(session, Room.id == row.room_id)
        row = session.get_one(Question, question.id)
        if _is_due(session, row):
            result = summarise(question, _answers(session, question), _count(session, question.id))
            row.batch = result | {"was_held": not row.open or _was_held(row)}
            session.execute(update(Answer).where(Answer.question_id == question.id).values(batched=True))
        return row.batch


def _is_due(session: Session, row: Question) -> bool:
    new = _count(session, row.id, Answer.batched.is_(False))
    return new >= MIN_PEOPLE or (new > 0 and not row.open and not _was_held(row))


def _was_held(row: Question) -> bool:
    return bool((row.batch or {}).get("was_held"))


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
def close(code: str, summarise: Summarise) -> None:
    """Close a room for good and keep each question's result; its answers are deleted after the room's days.

    Summed up and closed in one transaction: an answer is acknowledged before it, and in the result, or refused.
    """
    with Session(engine()) as session, session.begin():
        room = _locked(session, Room.code == code)
        if room is None or room.closed is not None:
            return
        room.closed = datetime.now(UTC)
        for row in session.scalars(select(Question).where(Question.room_id == room.id)):
            row.open, question = False, _question_view(row)
            row.result = summarise(question, _answers(session, question), _count(session, row.id))


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
