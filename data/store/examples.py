"""Entries that came with the app: put once into a store that nobody has used, marked, removed together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Select, delete, func, select, union_all, update
from sqlalchemy.orm import Session

from data.rights import require_role
from data.store import register
from data.store.database import engine
from data.store.models import (
    Answer,
    Base,
    Decision,
    Example,
    Initiative,
    Question,
    Room,
    SavedScenario,
    Story,
    Support,
    Target,
    Ticket,
)

KINDS: dict[str, Any] = {
    "initiative": Initiative,
    "goal": Target,
    "scenario": SavedScenario,
    "room": Room,
    "story": Story,
}


@require_role("admin")
def mark(numbers: Mapping[str, Sequence[int]]) -> None:
    """Mark entries of each kind as examples."""
    with Session(engine()) as session, session.begin():
        session.add_all(Example(kind=kind, number=number) for kind, each in numbers.items() for number in each)


def _present(kind: str) -> Select[Any]:
    """Numbers of a kind's examples that are there. An initiative that somebody has changed is no example."""
    entry = KINDS[kind]
    query = select(entry.id).join(Example, (Example.number == entry.id) & (Example.kind == kind))
    if "removed" in entry.__table__.columns:
        query = query.where(entry.removed.is_(None))
    return query.where(Initiative.version == 1) if entry is Initiative else query


def marked(kind: str) -> set[int]:
    """Numbers of the examples of a kind that are there."""
    with Session(engine()) as session:
        return set(session.scalars(_present(kind)))


def count() -> int:
    """How many examples of all kinds are there."""
    with Session(engine()) as session:
        return session.scalar(_number_of(union_all(*map(_present, KINDS)))) or 0


def story_codes() -> set[str]:
    """Codes of the stories that are examples."""
    with Session(engine()) as session:
        return set(session.scalars(select(Story.code).where(Story.id.in_(marked("story")))))


def are_all(connection: Connection) -> bool:
    """Whether a database holds nothing but examples that nobody has touched."""
    with_them = {"examples", "changes", "questions"}  # history of initiatives, what the room asks
    its_rows = {
        table.name: connection.scalar(select(func.count()).select_from(table)) for table in Base.metadata.sorted_tables
    }
    by_kind = {entry.__table__.name: connection.scalar(_number_of(_present(kind))) for kind, entry in KINDS.items()}
    return all(rows == by_kind.get(name, 0) for name, rows in its_rows.items() if name not in with_them)


def _number_of(query: Any) -> Select[Any]:
    return select(func.count()).select_from(query.subquery())


@require_role("editor")
def remove_all(who: str) -> None:
    """Remove every example; what removed entries leave behind elsewhere (history, marks) stays here too."""
    for number in marked("initiative"):
        register.remove(number, 1, who)
    numbers = {kind: marked(kind) for kind in KINDS}
    with Session(engine()) as session, session.begin():
        for kind in ("goal", "scenario"):
            entry = KINDS[kind]
            session.execute(update(entry).where(entry.id.in_(numbers[kind])).values(removed=datetime.now(UTC)))
        session.execute(delete(Story).where(Story.id.in_(numbers["story"])))
        for room in numbers["room"]:
            _delete_room(session, room)


def _delete_room(session: Session, room: int) -> None:
    """A room with its questions and answers, unless something was decided in it."""
    if session.scalar(select(Decision.id).where(Decision.room_id == room).limit(1)):
        session.execute(delete(Example).filter_by(kind="room", number=room))
        return
    its_questions = select(Question.id).where(Question.room_id == room)
    its_answers = select(Answer.id).where(Answer.question_id.in_(its_questions))
    session.execute(delete(Support).where(Support.answer_id.in_(its_answers)))
    session.execute(delete(Answer).where(Answer.question_id.in_(its_questions)))
    for table in (Question, Ticket):
        session.execute(delete(table).where(table.room_id == room))
    session.execute(delete(Room).where(Room.id == room))
