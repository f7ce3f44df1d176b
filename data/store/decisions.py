"""What rooms decided: words, vote, what was said against it, and the goal or initiative that it became."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import NamedTuple

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from data.rights import require_role
from data.store.ballots import RefusedError
from data.store.database import engine
from data.store.models import Decision, Room
from data.translation import N_


class Decided(NamedTuple):
    """A decision as it is written down. goal: indicator, area, value, year."""

    what: str
    against: str
    becomes: str
    goal: tuple[str, str, float, int] | None


@dataclass(frozen=True)
class DecisionView:
    """A decision of a room; against: what was said against it, '' if nothing; vote: in words."""

    id: int
    room: str
    room_title: str
    question: int | None
    what: str
    against: str
    vote: str
    day: date
    target: int | None
    initiative: int | None


@require_role("editor")
def add(
    room: int,
    what: str,
    *,
    vote: str = "",
    against: str = "",
    question: int | None = None,
    target: int | None = None,
    initiative: int | None = None,
) -> int:
    """Write down what a room decided today; returns its id. Raises RefusedError."""
    if not what.strip():
        raise RefusedError(N_("A decision needs its words."))
    with Session(engine()) as session, session.begin():
        row = Decision(
            city=session.get_one(Room, room).city,
            room_id=room,
            question_id=question,
            what=what.strip()[:300],
            against=against.strip()[:600],
            vote=vote[:300],
            day=datetime.now(UTC).date(),
            target_id=target,
            initiative_id=initiative,
        )
        session.add(row)
        session.flush()
        return row.id


@require_role("editor")
def remove(number: int) -> None:
    """Mark a decision as removed."""
    with Session(engine()) as session, session.begin():
        session.execute(update(Decision).where(Decision.id == number).values(removed=datetime.now(UTC)))


def decisions(city: str) -> list[DecisionView]:
    """What the rooms of a city decided, newest first."""
    query = select(Decision, Room.code, Room.title).join(Room, Room.id == Decision.room_id)
    query = query.where(Decision.city == city, Decision.removed.is_(None)).order_by(Decision.id.desc())
    with Session(engine()) as session:
        return [
            DecisionView(
                row.id,
                code,
                title,
                row.question_id,
                row.what,
                row.against,
                row.vote,
                row.day,
                row.target_id,
                row.initiative_id,
            )
            for row, code, title in session.execute(query)
        ]
