"""Texts of a room: let through by a moderator, merged where they say the same, supported by others."""

from __future__ import annotations

import pandas as pd
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from data.rights import require_role
from data.store.ballots import SUPPORTED, RefusedError
from data.store.database import engine, insertion
from data.store.devices import pseudonym
from data.store.locks import GRACE_S, locked, takes_answers
from data.store.models import Answer, Question, Room, Support
from data.translation import N_


def texts(question: int) -> pd.DataFrame:
    """A question's texts, oldest first, of pins their reasons: id, value, approved, people.

    people: devices that wrote or support it, or a text that was merged into it, each once.
    """
    with Session(engine()) as session:
        return texts_in(session, question)


def texts_in(session: Session, question: int) -> pd.DataFrame:
    """The same inside a transaction."""
    columns = [Answer.id, Answer.value, Answer.approved, Answer.merged, Answer.device]
    written = select(*columns).where(Answer.question_id == question).order_by(Answer.id)
    by_others = select(Support.answer_id, Support.device).join(Answer).where(Answer.question_id == question)
    rows = pd.DataFrame(session.execute(written).all(), columns=["id", "value", "approved", "merged", "device"])
    supports = pd.DataFrame(session.execute(by_others).all(), columns=["id", "device"])
    rows["root"] = rows["merged"].where(rows["merged"].notna(), rows["id"])
    behind = pd.concat([rows[["root", "device"]], supports.merge(rows[["id", "root"]], on="id")[["root", "device"]]])
    people = behind.groupby("root")["device"].nunique()
    rows["value"] = [value["reason"] if isinstance(value, dict) else value for value in rows["value"]]
    rows = rows[(rows["merged"].isna() & (rows["value"] != "")).astype(bool)]  # without rows it is of no kind
    rows = rows.assign(people=rows["id"].map(people)).astype({"approved": bool, "people": int})
    return rows[["id", "value", "approved", "people"]].reset_index(drop=True)


@require_role("editor")
def approve(numbers: list[int], approved: bool) -> None:
    """Let texts be seen by the room, or take them back."""
    with Session(engine()) as session, session.begin():
        session.execute(update(Answer).where(Answer.id.in_(numbers)).values(approved=approved))


@require_role("editor")
def remove(number: int) -> None:
    """Delete a text for good, with those that were merged into it."""
    with Session(engine()) as session, session.begin():
        its_own = select(Answer.id).where((Answer.id == number) | (Answer.merged == number))
        session.execute(delete(Support).where(Support.answer_id.in_(its_own)))
        session.execute(delete(Answer).where((Answer.id == number) | (Answer.merged == number)))


@require_role("editor")
def merge(into: int, other: int) -> None:
    """Count a text as the same as another of its question; the words of that one stand. Raises RefusedError."""
    with Session(engine()) as session, session.begin():
        first, second = session.get(Answer, into), session.get(Answer, other)
        target = (first.merged or into) if first else 0
        if first is None or second is None or first.question_id != second.question_id or target == other:
            raise RefusedError(N_("Only two texts of one question can be merged."))
        session.execute(update(Answer).where((Answer.id == other) | (Answer.merged == other)).values(merged=target))


def support(code: str, number: int, token: str, wants: bool) -> None:
    """A device supports a text that was let through, or no longer. Raises UnknownDeviceError, RefusedError."""
    with Session(engine()) as session, session.begin():
        room = locked(session, Room.code == code, is_shared=True)
        text = session.get(Answer, number) if 0 < number < 2**31 else None
        question = session.get(Question, text.question_id) if text else None
        if text is None or question is None or room is None or question.room_id != room.id or not text.approved:
            raise RefusedError(N_("This room or question does not exist."))
        if question.kind not in SUPPORTED or room.closed is not None or not takes_answers(question, GRACE_S):
            raise RefusedError(N_("This question is closed."))
        key = {"answer_id": text.merged or number, "device": pseudonym(room, token)}
        if wants:
            session.execute(
                insertion(session, Support).values(key).on_conflict_do_nothing()
            )  # a double tap is one support
        else:
            session.execute(delete(Support).filter_by(**key))
