"""Entries that came with the app: put once into a store that nobody has used, marked, removed together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from data.rights import require_role
from data.store import register
from data.store.database import engine, insertion
from data.store.models import (
    Answer,
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
DECIDED = "decided"


@require_role("admin")
def begin() -> bool:
    """Whether a store holds nothing and was never asked so before; only the first of several processes is told so."""
    with Session(engine()) as session, session.begin():
        row = insertion(session, Example).values(kind=DECIDED, number=0).on_conflict_do_nothing()
        is_first = session.scalar(row.returning(Example.number)) is not None
        return is_first and not any(session.scalar(select(kind.id).limit(1)) for kind in KINDS.values())


@require_role("admin")
def mark(numbers: Mapping[str, Sequence[int]]) -> None:
    """Mark entries of each kind as examples."""
    with Session(engine()) as session, session.begin():
        session.add_all(Example(kind=kind, number=number) for kind, each in numbers.items() for number in each)


def marked(kind: str) -> set[int]:
    """Numbers of the examples of a kind that are there. An initiative that somebody has changed is no example."""
    entry = KINDS[kind]
    query = select(entry.id).join(Example, (Example.number == entry.id) & (Example.kind == kind))
    if "removed" in entry.__table__.columns:
        query = query.where(entry.removed.is_(None))
    if entry is Initiative:
        query = query.where(Initiative.version == 1)
    with Session(engine()) as session:
        return set(session.scalars(query))


def story_codes() -> set[str]:
    """Codes of the stories that are examples."""
    with Session(engine()) as session:
        return set(session.scalars(select(Story.code).where(Story.id.in_(marked("story")))))


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
