"""How ready a city's policy framework is by its own assessment, with evidence, compared over time."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from analytics import readiness
from data import store
from data.context import CityContext
from data.figures import Column, Figure
from data.translation import N_
from services.columns import by_name
from services.figures import Caption, chart, figure
from services.findings import names_at_end

CREDIT = N_("self-assessment on this server, after OECD (2022) and the Intercultural Cities index, in our words")
COLUMNS = by_name(
    Column("label", N_("Part"), kind="name"),
    Column("score", N_("Readiness, 0 to 100"), missing=N_("not answered")),
    Column("answered", N_("Questions answered")),
    Column("of", N_("Questions")),
    Column("with_evidence", N_("Answers with evidence")),
    Column("day", N_("Day"), kind="day"),
    Column("question", N_("Question"), kind="name"),
    Column("part", N_("Part"), kind="text"),
    Column("what", N_("What"), kind="text"),
)


def assessments(ctx: CityContext) -> pd.DataFrame:
    """The city's assessments, newest first: day, answers."""
    return store.assessments(ctx.key)


def questions(ctx: CityContext) -> dict[str, dict[str, str]]:
    """Every question by part and key, in the reader's language."""
    parts: dict[str, dict[str, str]] = {}
    for key, (part, question) in readiness.QUESTIONS.items():
        parts.setdefault(ctx.language(readiness.PARTS[part]), {})[key] = ctx.language(question)
    return parts


def levels(ctx: CityContext) -> dict[int | None, str]:
    """What may be answered."""
    names: dict[int | None, str] = {level: ctx.language(label) for level, label in enumerate(readiness.LEVEL_LABELS)}
    return {None: ctx.language("not answered"), **names}


def save(ctx: CityContext, day: date, who: str, answers: dict[str, Any]) -> None:
    """Store an assessment; earlier ones stay. Raises NotAllowedError."""
    store.add_assessment(ctx.key, day, who, answers)


def score_figure(ctx: CityContext, rows: pd.DataFrame) -> Figure:
    """The newest assessment beside the one before."""
    _ = ctx.language
    parts = [readiness.score(row.answers).assign(day=pd.Timestamp(row.day)) for row in rows.head(2).itertuples()]
    table = pd.concat(parts, ignore_index=True).drop(columns="part")
    table["label"] = table["label"].map(_)
    now = table.head(len(parts[0]))
    if now["score"].isna().all():
        finding = _("Nothing is answered yet")
    else:
        weakest = names_at_end(now, "label", "score", largest=False)
        finding = _("Weakest: {label}, {score:.0f} of 100", label=weakest, score=now["score"].min())
    answered = _(
        "{answered} of {of} questions answered, {evidence} with evidence.",
        answered=now["answered"].sum(),
        of=now["of"].sum(),
        evidence=now["with_evidence"].sum(),
    )
    days = ", ".join(_.day(day) for day in table["day"].unique())
    caption = Caption(
        finding, _("0 absent to 100 in use and reviewed; mean of the answered questions"), days, _(CREDIT), answered
    )
    drawing = chart("radar", table.assign(day=table["day"].map(_.day)), label="label", value="score", by="day")
    return figure(ctx, "radar", caption, table, drawing, COLUMNS)


def gaps_figure(ctx: CityContext, rows: pd.DataFrame) -> Figure:
    """Questions below 'in place' or without evidence in the newest assessment, weakest first."""
    _ = ctx.language
    table = readiness.gaps(rows["answers"].iloc[0]).drop(columns="level").map(_)
    caption = Caption(_("Gaps"), _("Gaps, weakest first"), _.day(pd.Timestamp(rows["day"].iloc[0])), _(CREDIT))
    return figure(ctx, "gaps", caption, table, None, COLUMNS)
