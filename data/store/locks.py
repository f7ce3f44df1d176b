"""When a room's question takes answers, and how a room is kept as it is meanwhile."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from data.store.models import Question, Room, aware

GRACE_S = 2.0  # after a countdown's end, for answers that are under way


def takes_answers(row: Question, grace_s: float = 0.0) -> bool:
    """Whether a question takes answers now; grace_s: for so long after its countdown's end."""
    return row.open and (row.until is None or datetime.now(UTC) <= aware(row.until) + timedelta(seconds=grace_s))


def locked(session: Session, which: ColumnElement[bool], *, is_shared: bool = False) -> Room | None:
    """A room that stays as it is until the transaction ends. is_shared: for votes, which do not wait for each other.

    SQLite has one writer at a time, who must say so before reading: else a vote could read the room open, wait, and be
    stored after the room was closed and summed up.
    """
    if session.get_bind().dialect.name == "sqlite":
        session.connection().exec_driver_sql("BEGIN IMMEDIATE")
    return session.scalar(select(Room).where(which).with_for_update(read=is_shared))
