"""Everything that a window on a room shows of one question: for the facilitator, the projector and the minutes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from data.context import CityContext
from data.figures import Figure
from data.store import rooms as store
from data.store.ballots import MOST_TEXTS
from data.store.rooms import QuestionView, RoomView
from services.presence import PRESENCE
from services.room_figures import disagreement, figures
from services.room_plan import Way, follow_ups
from services.room_results import result
from services.room_runs import practise
from services.rooms import asked, labels, seconds_left


@dataclass(frozen=True)
class Board:
    """A question with its answers so far.

    words: the question in the reader's language. seconds: of its countdown that are left, None without one. people:
    who answered; joined, here, typing: devices. rows: words or texts that were let through. labels: of the options.
    apart: how far people disagree, in words. ways: where the answer leads. least: people from whom
    on answers are shown.
    """

    key: str
    kind: str
    words: str
    seconds: int | None
    people: int
    joined: int
    here: int
    typing: int
    rows: Sequence[Mapping[str, Any]]
    labels: Mapping[str, str]
    figures: Sequence[Figure]
    apart: str
    ways: Sequence[Way]
    hidden: bool
    least: int = store.MIN_PEOPLE


def board(ctx: CityContext, room: RoomView, question: QuestionView) -> Board:
    """What is shown of a question now; a practice room's invented voters go on."""
    practise(ctx, room, question)
    answer = result(ctx, question) | {"practice": room.practice}
    return Board(
        f"room-{question.id}",
        question.kind,
        asked(ctx, question),
        seconds_left(question),
        answer["people"] if question.result is not None else store.count(question.id),
        room.joined,
        *PRESENCE.count(room.code),
        answer["rows"] if question.kind in MOST_TEXTS else [],
        labels(ctx, question),
        figures(ctx, question, answer),
        disagreement(ctx, question, answer),
        follow_ups(ctx, room, question, answer),
        question.hidden,
    )


def boards(ctx: CityContext, room: RoomView) -> list[Board]:
    """Every question of a room that somebody has answered, in order; those that are hidden once the room is closed."""
    asked_ones = [
        question for question in store.questions(room.code) if question.result is not None or not question.hidden
    ]
    every = [board(ctx, room, question) for question in asked_ones]
    return [shown for shown in every if shown.people]
