"""A workshop's room: questions, one answer a device and question, results that outlive the answers.

No address and no name is stored (data.store.devices). What is seen while answers come changes in batches of MIN_PEOPLE
or more, so that nobody's choice shows between two pictures.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pandas as pd
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from data.disclosure import merge_small_groups
from data.rights import require_role
from data.store import codes
from data.store.ballots import KINDS, MAX_GROUPS, MAX_OPTIONS, MAX_QUESTIONS, MOST_TEXTS, RefusedError, check
from data.store.database import engine, insertion
from data.store.devices import pseudonym
from data.store.locks import GRACE_S, locked, takes_answers
from data.store.models import Answer, Question, Room, Support, Ticket, aware
from data.store.texts import texts_in
from data.translation import N_

MIN_PEOPLE = 5  # people whose answers may be shown together
LEAST_OPTIONS = {"poll": 2, "several": 2, "ranking": 2, "budget": 2, "priorities": 2, "scale": 1}


Summarise = Callable[["QuestionView", pd.DataFrame, int], dict[str, Any]]  # question, its answers, people -> result


@dataclass(frozen=True)
class QuestionView:
    """A question as a room shows it. open: whether it takes answers now; until: when its countdown ends."""

    id: int
    kind: str
    prompt: str
    options: tuple[tuple[str, str], ...]
    open: bool
    result: dict[str, Any] | None
    settings: dict[str, Any]
    hidden: bool
    until: datetime | None
    repeats: int | None

    @property
    def keys(self) -> list[str]:
        """The options' keys, in order."""
        return [key for key, _ in self.options]


@dataclass(frozen=True)
class RoomView:
    """A room: its code, title, groups, the id of the question shown (0: none), whether it is closed and purged.

    joined: devices that were given a cookie. language: of its minutes. practice: its voters are simulated. needs_code:
    only devices with a one-time code answer.
    """

    id: int
    code: str
    city: str
    title: str
    groups: tuple[str, ...]
    shown: int
    closed: bool
    purged: bool
    keep_days: int
    joined: int
    language: str
    practice: bool
    needs_code: bool
    created: datetime


@require_role("editor")
def open_room(
    city: str, title: str, groups: list[str], keep_days: int = 30, *, language: str = "en", practice: bool = False
) -> str:
    """Open a room; returns its code."""
    names = [group.strip()[:60] for group in groups if group.strip()][:MAX_GROUPS]
    if not title.strip():
        raise RefusedError(N_("A room needs a title."))
    with Session(engine()) as session, session.begin():
        room = Room(
            code=codes.random_code(),
            city=city,
            title=title.strip()[:200],
            groups=list(dict.fromkeys(names)),
            salt=secrets.token_hex(16),
            keep_days=keep_days,
            language=language,
            practice=practice,
        )
        session.add(room)
        return room.code


def rooms(city: str) -> list[RoomView]:
    """A city's rooms, newest first."""
    with Session(engine()) as session:
        return [_room_view(row) for row in session.scalars(select(Room).filter_by(city=city).order_by(Room.id.desc()))]


def room(code: str) -> RoomView | None:
    """The room of a code, as people type it."""
    with Session(engine()) as session:
        row = session.scalar(select(Room).where(Room.code == codes.typed(code)))
        return None if row is None else _room_view(row)


def _room_view(room: Room) -> RoomView:
    return RoomView(
        room.id,
        room.code,
        room.city,
        room.title,
        tuple(room.groups),
        room.shown,
        room.closed is not None,
        room.purged is not None,
        room.keep_days,
        room.joined,
        room.language,
        room.practice,
        room.needs_code,
        aware(room.created),
    )


@require_role("editor")
def add_question(
    code: str,
    kind: str,
    prompt: str,
    options: Sequence[tuple[str, str]],
    settings: Mapping[str, Any] | None = None,
    *,
    show: bool = True,
    hidden: bool = False,
    repeats: int | None = None,
) -> int:
    """Put a question to a room; returns its id. options: key and label (none for texts, a pin, an estimate).

    show: on the phones at once; questions to the stage stand beside the one that is shown. repeats: the question of
    which it is the second vote. Raises RefusedError.
    """
    if kind not in KINDS:
        raise RefusedError(f"A question is one of {', '.join(KINDS)}, not '{kind}'.")
    if not prompt.strip():
        raise RefusedError(N_("A question needs its words."))
    if len({key for key, _ in options}) < LEAST_OPTIONS.get(kind, 0):
        raise RefusedError(N_("A question needs two different options or more."))
    if len(options) > MAX_OPTIONS:
        raise RefusedError(N_("A question has up to 30 options."))
    with Session(engine()) as session, session.begin():
        room = session.scalars(select(Room).where(Room.code == code, Room.closed.is_(None))).one()
        if (session.scalar(select(func.count()).where(Question.room_id == room.id)) or 0) >= MAX_QUESTIONS:
            raise RefusedError(N_("A room has up to 50 questions."))
        question = Question(
            room_id=room.id,
            kind=kind,
            prompt=prompt.strip()[:300],
            open=True,
            hidden=hidden,
            repeats=repeats,
            settings=dict(settings or {}),
            options=[{"key": key, "label": label} for key, label in options],
        )
        session.add(question)
        session.flush()
        if show and kind != "stage":
            room.shown = question.id
        return question.id


@require_role("editor")
def show_question(code: str, question: int) -> None:
    """Show a question of the room on every phone; 0 shows none."""
    with Session(engine()) as session, session.begin():
        session.execute(update(Room).where(Room.code == code).values(shown=question))


@require_role("editor")
def set_open(question: int, is_open: bool) -> None:
    """Let answers in, or hold them where they are; a countdown ends with it."""
    _set(question, open=is_open, until=None)


@require_role("editor")
def set_hidden(question: int, is_hidden: bool) -> None:
    """Show a question's results to the room, or not yet."""
    _set(question, hidden=is_hidden)


@require_role("editor")
def count_down(question: int, seconds: float) -> None:
    """Let answers in for so many seconds more."""
    _set(question, open=True, until=datetime.now(UTC) + timedelta(seconds=seconds))


@require_role("editor")
def remove_question(question: int) -> None:
    """Take a question out that nobody has answered; others stay."""
    with Session(engine()) as session, session.begin():
        unanswered = ~select(Answer.id).where(Answer.question_id == question).exists()
        session.execute(delete(Question).where(Question.id == question, unanswered))
        session.execute(update(Room).where(Room.shown == question, unanswered).values(shown=0))


def _set(question: int, **values: Any) -> None:
    with Session(engine()) as session, session.begin():
        session.execute(update(Question).filter_by(id=question).values(**values))


def questions(code: str) -> list[QuestionView]:
    """A room's questions in the order they were prepared."""
    query = select(Question).join(Room, Room.id == Question.room_id).where(Room.code == code).order_by(Question.id)
    with Session(engine()) as session:
        return [_question_view(row) for row in session.scalars(query)]


def stage_question(room: RoomView) -> QuestionView | None:
    """The newest question to the stage that takes answers, which stands beside the one that is shown."""
    asked = select(Question).filter_by(room_id=room.id, kind="stage", open=True).order_by(Question.id.desc())
    with Session(engine()) as session:
        views = [_question_view(row) for row in session.scalars(asked)]
    return next((view for view in views if view.open), None)


def question(number: int) -> QuestionView | None:
    """One question."""
    with Session(engine()) as session:
        row = session.get(Question, number)
        return None if row is None else _question_view(row)


def _question_view(row: Question) -> QuestionView:
    options = tuple((option["key"], option["label"]) for option in row.options)
    until, is_open = aware(row.until) if row.until else None, takes_answers(row)
    first = (row.id, row.kind, row.prompt, options, is_open, row.result)
    return QuestionView(*first, row.settings, row.hidden, until, row.repeats)


def answer(code: str, number: int, token: str, group: str, value: Any, slot: int = 0) -> None:
    """Store or change one device's answer while its question is open. Acknowledged means on the disk and in the result.

    slot: which of a device's texts, from 0. Raises UnknownDeviceError, RefusedError.
    """
    with Session(engine()) as session, session.begin():
        room = locked(session, Room.code == code, is_shared=True)
        question = session.get(Question, number) if 0 < number < 2**31 else None
        if room is None or question is None or question.room_id != room.id:
            raise RefusedError(N_("This room or question does not exist."))
        is_on = room.shown == number or question.kind == "stage"
        if room.closed is not None or not takes_answers(question, GRACE_S) or not is_on:
            raise RefusedError(N_("This question is closed."))
        if not 0 <= slot < MOST_TEXTS.get(question.kind, 1):
            raise RefusedError(N_("No more texts of one person are taken here."))
        row = {
            "question_id": number,
            "device": pseudonym(room, token),
            "slot": slot,
            "group": group if group in room.groups else "",
            "value": check(question.kind, _question_view(question).keys, question.settings, value),
            "approved": False,
            "merged": None,
            "batched": False,
        }
        said = session.scalar(select(Answer).filter_by(**{key: row[key] for key in ("question_id", "device", "slot")}))
        if said is not None and (said.value, said.group) == (row["value"], row["group"]):
            return  # sent again, as its acknowledgement was lost
        insert = insertion(session, Answer).values(row)
        changes = {key: insert.excluded[key] for key in ("group", "value", "approved", "merged", "batched")}
        stored = insert.on_conflict_do_update(index_elements=["question_id", "device", "slot"], set_=changes)
        changed = session.scalar(stored.returning(Answer.id))
        session.execute(delete(Support).where(Support.answer_id == changed))  # others supported the words before
        session.execute(update(Answer).where(Answer.merged == changed).values(merged=None))


def count(number: int) -> int:
    """How many devices have answered a question."""
    with Session(engine()) as session:
        return _count(session, number)


def _count(session: Session, number: int, *conditions: Any) -> int:
    devices = func.count(Answer.device.distinct())
    return int(session.scalar(select(devices).where(Answer.question_id == number, *conditions)) or 0)


def answers(question: QuestionView) -> pd.DataFrame:
    """The answers to a question, in a shape by its kind.

    Choices and rankings: choice (list of keys); points and scales: a column an option; pins: lon, lat, reason,
    approved; an estimate: value; texts: of data.store.texts. All but texts have group, and before: what
    the same device said in the first vote, None without one. Empty below MIN_PEOPLE people; groups are blank where one
    of fewer could be told, also by subtraction.
    """
    with Session(engine()) as session:
        return _answers(session, question)


def _answers(session: Session, question: QuestionView) -> pd.DataFrame:
    columns = [Answer.device, Answer.group, Answer.value, Answer.approved]
    chosen = select(*columns).where(Answer.question_id == question.id, Answer.merged.is_(None)).order_by(Answer.id)
    rows = pd.DataFrame(session.execute(chosen).all(), columns=["device", "group", "value", "approved"])
    if question.kind in MOST_TEXTS:
        return texts_in(session, question.id)
    if len(rows) < MIN_PEOPLE:
        rows = rows.iloc[:0]
    first = select(Answer.device, Answer.value).where(Answer.question_id == question.repeats)
    before: dict[str, Any] = dict(session.execute(first).tuples().all()) if question.repeats else {}
    same = pd.DataFrame(
        {"group": merge_small_groups(rows["group"], MIN_PEOPLE), "before": rows["device"].map(before.get)}
    ).astype(object)
    if question.kind in ("budget", "scale"):
        return pd.concat([same, pd.DataFrame([*rows["value"]], columns=question.keys, index=rows.index)], axis=1)
    if question.kind == "pin":
        places = pd.DataFrame([*rows["value"]], columns=["lon", "lat", "reason"], index=rows.index)
        return pd.concat([same, places, rows[["approved"]]], axis=1)
    return same.assign(**{"value" if question.kind == "estimate" else "choice": rows["value"]})


def batch(question: QuestionView, summarise: Summarise) -> dict[str, Any] | None:
    """What may be seen of a question while its room is open; None before the first MIN_PEOPLE answers.

    A new batch takes MIN_PEOPLE new or changed answers; the rest, perhaps fewer, when answers are first held.
    """
    with Session(engine()) as session:
        row = session.get_one(Question, question.id)
        if not _is_due(session, row):
            return row.batch
    with Session(engine()) as session, session.begin():
        locked(session, Room.id == row.room_id)
        row = session.get_one(Question, question.id)
        if _is_due(session, row):
            result = summarise(question, _answers(session, question), _count(session, question.id))
            was_held = not takes_answers(row, 2 * GRACE_S) or _was_held(row)
            row.batch = result | {"was_held": was_held} | _groups(row, result)
            session.execute(update(Answer).where(Answer.question_id == question.id).values(batched=True))
        return row.batch


def _groups(row: Question, result: dict[str, Any]) -> dict[str, Any]:
    """How groups differ is summed up once, when answers are first held: later one new voter of a group would show."""
    if row.batch and _was_held(row):
        return {"groups": row.batch["groups"]} if "groups" in row.batch else {}
    return {"groups": []} if "groups" in result and takes_answers(row, 2 * GRACE_S) else {}


def _is_due(session: Session, row: Question) -> bool:
    if _count(session, row.id) < MIN_PEOPLE:
        return False  # nothing could be shown of them: they wait for others
    is_first_hold = not takes_answers(row, 2 * GRACE_S) and not _was_held(row)
    return is_first_hold or _count(session, row.id, Answer.batched.is_(False)) >= MIN_PEOPLE


def _was_held(row: Question) -> bool:
    return bool((row.batch or {}).get("was_held"))


@require_role("editor")
def close(code: str, summarise: Summarise) -> None:
    """Close a room for good and keep each question's result; its answers are deleted after the room's days.

    Summed up and closed in one transaction: an answer is acknowledged before it, and in the result, or refused.
    """
    with Session(engine()) as session, session.begin():
        room = locked(session, Room.code == code)
        if room is None or room.closed is not None:
            return
        room.closed = datetime.now(UTC)
        for row in session.scalars(select(Question).where(Question.room_id == room.id)):
            row.open, row.hidden = False, False
            question = _question_view(row)
            result = summarise(question, _answers(session, question), _count(session, row.id))
            row.result = result | _groups(row, result)


def purge(now: datetime | None = None) -> int:
    """Delete the answers of every room closed longer ago than its days; returns how many rooms."""
    moment = now or datetime.now(UTC)
    with Session(engine()) as session, session.begin():
        closed = session.scalars(select(Room).where(Room.closed.is_not(None), Room.purged.is_(None))).all()
        due = [room for room in closed if aware(room.closed or moment) + timedelta(days=room.keep_days) <= moment]
        for room in due:
            its_questions = select(Question.id).where(Question.room_id == room.id)
            its_answers = select(Answer.id).where(Answer.question_id.in_(its_questions))
            session.execute(delete(Support).where(Support.answer_id.in_(its_answers)))
            session.execute(delete(Answer).where(Answer.question_id.in_(its_questions)))
            session.execute(delete(Ticket).where(Ticket.room_id == room.id))
            room.purged, room.salt = moment, ""
        return len(due)
