"""What a room answered: summed up from its answers while they are kept, from the kept result afterwards."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
from pydantic import Field

from analytics import voting
from analytics.indicators import DIMENSIONS
from data.context import CityContext, ViewState
from data.figures import Chart, Column, Figure
from data.store import rooms as store
from data.store.rooms import QuestionView, RoomView
from data.translation import N_, Language
from services.areas import area_names
from services.columns import by_name
from services.figures import Caption, chart, figure
from services.findings import names_at_end

KINDS = {
    "poll": N_("Poll: one of several"),
    "budget": N_("Budget: share out 100 points over the index's dimensions"),
    "priorities": N_("Priorities: up to three districts"),
    "text": N_("Free text, moderated"),
}
PROMPTS = store.PROMPTS
COLUMNS = by_name(
    Column("label", N_("Answer"), kind="name"),
    Column("votes", N_("Votes")),
    Column("share", N_("Share of the people who answered"), digits=2),
    Column("mean", N_("Mean points"), digits=1),
    Column("median", N_("Median points"), digits=1),
    Column("q25", N_("Points, first quarter"), digits=1),
    Column("q75", N_("Points, third quarter"), digits=1),
    Column("low", N_("Fewest points")),
    Column("high", N_("Most points")),
    Column("value", N_("Mean points, or % of the group"), digits=1),
    Column("people", N_("People who answered")),
    Column("option", N_("Key"), kind="id"),
)


class Query(ViewState):
    """The room by its code, the question looked at by its id, the kind of the next one."""

    room: str = Field("", max_length=12)
    question: int = 0
    kind: str = "poll"


def questions_of(code: str) -> list[int]:
    """Ids of a room's questions: the one that the phones show, then the others as they were asked."""
    shown = store.room(code) if code else None
    ids = [question.id for question in store.questions(shown.code)] if shown else []
    return sorted(ids, key=lambda number: (shown is None or number != shown.shown, number))


def ask(ctx: CityContext, room: RoomView, kind: str, prompt: str, lines: str) -> None:
    """Put a question to a room. lines: of a poll, one answer a line. Raises RefusedError."""
    options = dict[str, str]()
    if kind == "poll":
        answers = filter(None, map(str.strip, lines.splitlines()))
        options = {str(number): answer[:120] for number, answer in enumerate(answers, 1)}
    elif kind != "text":
        options = dict(DIMENSIONS) if kind == "budget" else area_names(ctx, ctx.largest_level)
    usual = PROMPTS.get(kind, "")
    if usual and prompt.strip() == ctx.language(usual):
        prompt = usual  # each phone then asks in its own language
    store.add_question(room.code, kind, prompt, list(options.items()))


def asked(language: Language, question: QuestionView) -> str:
    """The question in the reader's language where it is a usual one."""
    return store.prompt(language, question.prompt)


def summarise(question: QuestionView, answers: pd.DataFrame, people: int) -> dict[str, Any]:
    """The result of a question as it is kept: people, rows, groups, and how far they disagree (0 to 1)."""
    result: dict[str, Any] = {"people": people, "rows": [], "groups": [], "apart": None}
    if question.kind == "text":
        return result | {"rows": [{"value": value} for value in answers[answers["approved"]]["value"]]}
    if answers.empty:
        return result
    is_budget = question.kind == "budget"
    rows = (voting.budget if is_budget else voting.poll)(answers, question.keys)
    return result | {
        "rows": rows.to_dict("records"),
        "groups": voting.by_group(answers, question.keys).to_dict("records"),
        "apart": voting.disagreement(answers, question.keys)
        if is_budget
        else 1 - voting.consensus(list(rows["votes"])),
    }


def result(question: QuestionView) -> dict[str, Any]:
    """The kept result of a closed room's question, else what may be seen of the answers so far."""
    if question.result is not None:
        return question.result
    if question.kind == "text":  # the moderator lets these through one by one
        return summarise(question, store.answers(question), store.count(question.id))
    return store.batch(question, summarise) or summarise(question, pd.DataFrame(), 0)


def close(room: RoomView) -> None:
    """Close a room for good and keep its results."""
    store.close(room.code, summarise)


def follow_ups(ctx: CityContext, room: RoomView, question: QuestionView) -> list[tuple[str, str, dict[str, str]]]:
    """Where an answer leads: what to do there, the page, its choices.

    Points become the index's weights, priorities the weights by which people are placed.
    """
    _, rows = ctx.language, result(question)["rows"] if question.kind in PROMPTS else []
    if not rows:
        return []
    if question.kind == "budget":
        points = {f"points_{row['option']}": str(round(row["mean"])) for row in rows}
        choices = {"weights": "expert", "room": room.code, **points}
        return [(_("Rank areas with the room's weights"), "inclusion", choices)]
    shares = {row["option"]: row["share"] for row in rows}
    weights = ",".join(f"{shares.get(area, 0.0):.4g}" for area in sorted(area_names(ctx, ctx.largest_level)))
    choices = {"level": ctx.largest_level, "rule": "own table", "own": weights}
    return [(_("Take the room's priorities into the scenario"), "what_if_arrivals", choices)]


def labels(language: Language, question: QuestionView) -> dict[str, str]:
    """What each option is called."""
    return {key: language(label) for key, label in question.options}


def figures(ctx: CityContext, question: QuestionView, answer: dict[str, Any]) -> list[Figure]:
    """The answers, and how groups differ where there are several; nothing below the least number of people.

    answer: of `result`.
    """
    if not answer["rows"] or question.kind == "text":
        return []
    _, people, is_budget = ctx.language, int(answer["people"]), question.kind == "budget"
    source = _("this room, {people} people, {day}; no sample of the city", people=people, day=_.day(date.today()))
    unit = _("points of {total}", total=store.BUDGET_POINTS) if is_budget else _("people")
    names = labels(_, question)
    rows = pd.DataFrame(answer["rows"])
    rows.insert(0, "label", rows["option"].map(names))
    drawing = chart("points" if is_budget else "votes", rows, unit=unit)
    shown = [
        _figure(ctx, f"room-{question.id}", Caption(_finding(_, rows, is_budget), unit, "", source), rows, drawing)
    ]
    groups = pd.DataFrame(answer["groups"], columns=["group", "option", "value", "people"])
    if groups["group"].nunique() > 1:
        groups.insert(0, "label", groups["option"].map(names))
        groups["value"] *= 1 if is_budget else 100
        unit = _("mean points of {total}", total=store.BUDGET_POINTS) if is_budget else _("% of the group")
        caption = Caption(_gap(_, groups), unit, "", source)
        shown.append(_figure(ctx, f"room-{question.id}-groups", caption, groups, chart("groups", groups, unit=unit)))
    return shown


def _figure(ctx: CityContext, key: str, caption: Caption, rows: pd.DataFrame, drawing: Chart) -> Figure:
    """A figure whose alternative text says every value."""
    measure = next(name for name in ("mean", "votes", "value") if name in rows)
    group = rows["group"] + ", " if "group" in rows else ""
    values = "; ".join(group + rows["label"] + ": " + rows[measure].map(ctx.language.number))
    own = Caption(caption.finding, caption.unit, caption.period, caption.source, summary=values)
    return figure(ctx, key, own, rows, drawing, COLUMNS)


def _finding(_: Language, rows: pd.DataFrame, is_budget: bool) -> str:
    measure = "mean" if is_budget else "votes"
    label = names_at_end(rows, "label", measure, largest=True)
    first = rows.sort_values(measure, ascending=False).iloc[0]  # of several that tie, the figures of one
    if is_budget:
        return _(
            "{label} gets most: {mean} points on average, half the room between {low} and {high}",
            label=label,
            mean=_.number(first["mean"]),
            low=_.number(first["q25"]),
            high=_.number(first["q75"]),
        )
    return _("{label} leads with {share}", label=label, share=_.percent(first["share"]))


def _gap(_: Language, groups: pd.DataFrame) -> str:
    wide = groups.pivot(index="label", columns="group", values="value")
    spans = (wide.max(axis=1) - wide.min(axis=1)).rename("span").reset_index()
    label = names_at_end(spans, "label", "span", largest=True)
    low, high = (_.number(end) for end in (wide.loc[label.split(" / ")[0]].agg(["min", "max"])))
    return _("Groups differ most on {label}: {low} to {high}", label=label, low=low, high=high)


def disagreement(_: Language, question: QuestionView, answer: dict[str, Any]) -> str:
    """How far the room disagrees, in a sentence; '' where it cannot be told."""
    if (apart := answer["apart"]) is None:
        return ""
    sentence = (
        N_("Two people of the room placed {apart} of their points differently on average.")
        if question.kind == "budget"
        else N_("Spread of the votes: {apart} (0 % all on one option, 100 % evenly spread).")
    )
    return f"**{_('Disagreement')}** {_(sentence, apart=_.percent(apart))}"
