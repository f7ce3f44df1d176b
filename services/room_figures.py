"""A room's answers as figures: votes, points, ranks, guesses, pins, words, groups, and what a second vote moved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import h3
import pandas as pd

from data.context import CityContext, Territory
from data.figures import Chart, Column, Figure, Layer, Map
from data.store import rooms as store
from data.store.ballots import BUDGET_POINTS, SCALE
from data.store.rooms import QuestionView
from data.translation import N_, Language
from services.areas import area_names, area_shapes
from services.columns import by_name
from services.figures import Caption, chart, city_map, figure, outline_layer
from services.findings import names_at_end
from services.names import cards
from services.room_results import result
from services.rooms import asked, guess_words, labels

MOST_NAMES = 3  # of answers that tie, in a sentence
COLUMNS = by_name(
    Column("label", N_("Answer"), kind="name"),
    Column("votes", N_("Votes")),
    Column("share", N_("Share of the people who answered"), digits=2),
    Column("mean", N_("Mean"), digits=1),
    Column("median", N_("Median"), digits=1),
    Column("q25", N_("First quarter"), digits=1),
    Column("q75", N_("Third quarter"), digits=1),
    Column("low", N_("Lowest"), digits=1),
    Column("high", N_("Highest"), digits=1),
    Column("first", N_("In the first place")),
    Column("step", N_("Step of the scale")),
    Column("value", N_("Value"), digits=1),
    Column("people", N_("People")),
    Column("place", N_("Place"), kind="name"),
    Column("words", N_("Words"), kind="text"),
    Column("range", N_("Range"), kind="name"),
)


def figures(ctx: CityContext, question: QuestionView, answer: Mapping[str, Any]) -> list[Figure]:
    """The answers, how groups differ, what a second vote moved, and words; nothing below the least number of people.

    answer: of `result`.
    """
    if not answer["rows"]:
        return []
    shown = [_MAIN.get(question.kind, _votes)(ctx, question, answer)]
    if groups := _group_figure(ctx, question, answer):
        shown.append(groups)
    if question.repeats and (shift := _shift(ctx, question, answer)):
        shown.append(shift)
    if answer.get("comments"):
        shown.append(_said(ctx, question, answer, answer["comments"], N_("Reasons, as people wrote them")))
    return shown


def caption_source(ctx: CityContext, answer: Mapping[str, Any]) -> str:
    """Whose answers they are, on which day; no sample. Of a room to practise in it says so."""
    _ = ctx.language
    people, day = answer["people"], _.day(date.fromisoformat(answer.get("day", f"{date.today()}")))
    if answer.get("practice"):
        return _("a room to practise in, {people} answers, most of them invented, {day}", people=people, day=day)
    return _("this room, {people} people, {day}; no sample of the city", people=people, day=day)


def _named(ctx: CityContext, question: QuestionView, answer: Mapping[str, Any]) -> pd.DataFrame:
    rows = pd.DataFrame(answer["rows"])
    rows.insert(0, "label", rows["option"].map(labels(ctx, question)))
    return rows


def _figure(
    ctx: CityContext,
    question: QuestionView,
    caption: Caption,
    rows: pd.DataFrame,
    drawing: Chart | Map | None,
    part: str = "",
) -> Figure:
    """A figure of a question, which says the question too. part: of the question's figures, for its key."""
    said, rows = replace(caption, note=asked(ctx, question)), rows.drop(columns="option", errors="ignore")
    return figure(ctx, f"room-{question.id}{part}", said, rows, drawing, COLUMNS)


def _spoken(language: Language, rows: pd.DataFrame, measure: str, digits: int = 0) -> str:
    group = rows["group"] + ", " if "group" in rows else ""
    return "; ".join(group + rows["label"] + ": " + rows[measure].map(lambda value: language.number(value, digits)))


def _votes(ctx: CityContext, question: QuestionView, answer: Mapping[str, Any]) -> Figure:
    _, rows, source = ctx.language, _named(ctx, question, answer), caption_source(ctx, answer)
    if question.kind == "priorities":  # the areas that somebody chose, most first
        rows = rows[rows["votes"] > 0].sort_values("votes", ascending=False, ignore_index=True)
    label = names_at_end(rows, "label", "votes", largest=True)
    finding = _("At the top: {label}, {share}", label=label, share=_.percent(rows["share"].max()))
    drawing = chart("votes", rows, unit=_("people"))
    return _figure(
        ctx, question, Caption(finding, _("people"), "", source, summary=_spoken(_, rows, "votes")), rows, drawing
    )


def _points(ctx: CityContext, question: QuestionView, answer: Mapping[str, Any]) -> Figure:
    _, rows, source = ctx.language, _named(ctx, question, answer), caption_source(ctx, answer)
    label = names_at_end(rows, "label", "mean", largest=True)
    first = rows.sort_values("mean", ascending=False).iloc[0]  # of several that tie, the figures of one
    finding = _(
        "{label} gets most: {mean} points on average, half the room between {low} and {high}",
        label=label,
        mean=_.number(first["mean"]),
        low=_.number(first["q25"]),
        high=_.number(first["q75"]),
    )
    unit = _("points of {total}", total=BUDGET_POINTS)
    drawing = chart("points", rows, unit=unit)
    return _figure(ctx, question, Caption(finding, unit, "", source, summary=_spoken(_, rows, "mean")), rows, drawing)


def _ranks(ctx: CityContext, question: QuestionView, answer: Mapping[str, Any]) -> Figure:
    _, rows, source = ctx.language, _named(ctx, question, answer), caption_source(ctx, answer)
    label, first = names_at_end(rows, "label", "mean", largest=False), rows.sort_values("mean").iloc[0]
    finding = _("{label} is ranked best: place {mean} on average", label=label, mean=_.number(first["mean"], 1))
    unit = _("mean place, 1 is best")
    drawing = chart("points", rows, unit=unit, digits=1)
    return _figure(
        ctx, question, Caption(finding, unit, "", source, summary=_spoken(_, rows, "mean", 1)), rows, drawing
    )


def _steps(ctx: CityContext, question: QuestionView, answer: Mapping[str, Any]) -> Figure:
    _, rows, source = ctx.language, _named(ctx, question, answer), caption_source(ctx, answer)
    agreed = rows[rows["step"] > (SCALE + 1) / 2].groupby("label", as_index=False, sort=False)["share"].sum()
    label = names_at_end(agreed, "label", "share", largest=True)
    share = _.percent(agreed["share"].max())
    finding = (
        _("{share} agree (step 4 or 5 of 5)", share=share)
        if len(agreed) == 1
        else _("Most agree with: {label} ({share} on step 4 or 5 of 5)", label=label, share=share)
    )
    unit = _("% of those who rated it")
    drawing = chart("steps", rows, unit=unit)
    said = "; ".join(f"{row.label}, {row.step}: {row.votes}" for row in rows.itertuples())
    return _figure(ctx, question, Caption(finding, unit, "", source, summary=said), rows, drawing)


def _guesses(ctx: CityContext, question: QuestionView, answer: Mapping[str, Any]) -> Figure:
    _, rows, source = ctx.language, pd.DataFrame(answer["rows"]), caption_source(ctx, answer)
    truth, median = question.settings["truth"], float(rows["median"].iloc[0])
    words = guess_words(ctx, truth)
    digits = cards(_)[truth["indicator"]].digits if truth["indicator"] in cards(_) else 1
    rows.insert(
        0,
        "range",
        [
            f"{_.number(low, digits)}–{_.number(high, digits)}"
            for low, high in zip(rows["low"], rows["high"], strict=True)
        ],
    )
    finding = _("The room's middle guess: {median} {unit}", median=_.number(median, digits), unit=words["unit"])
    value = None
    if not question.hidden and not question.open:  # nobody guesses any more
        value = truth["value"]
        finding = _(
            "The room's middle guess: {median}; the true figure: {value} {unit}",
            median=_.number(median, digits),
            value=words["value"],
            unit=words["unit"],
        )
        source = f"{source}; {words['source']}"
    drawing = chart("guesses", rows, unit=words["unit"], median=median, truth=value, digits=digits)
    rows = rows[["range", "votes"]]
    said = "; ".join(f"{row.range}: {row.votes}" for row in rows.itertuples())
    unit = _("people by their guess, {label} ({unit})", label=words["label"], unit=words["unit"])
    return _figure(ctx, question, Caption(finding, unit, "", source, summary=said), rows, drawing)


def _pin_map(ctx: CityContext, question: QuestionView, answer: Mapping[str, Any]) -> Figure:
    _, rows, source = ctx.language, pd.DataFrame(answer["rows"]), caption_source(ctx, answer)
    everywhere = Territory(country=ctx.city.country, first_year=0, last_year=9999)
    names = {level: area_names(ctx, level) for level in ctx.levels}
    rows["place"] = [
        _("within 550 m of this place") if level == "cell" else names[level].get(key, key)
        for level, key in zip(rows["level"], rows["option"], strict=True)
    ]
    spots = [spot(ctx, level, key) for level, key in zip(rows["level"], rows["option"], strict=True)]
    rows[["lon", "lat"]] = spots
    rows = rows.sort_values("people", ascending=False, ignore_index=True)
    inside = int(rows["people"].sum())
    finding = _.plural(
        "{n} pin; where five or more mean one place it is shown, others by their area",
        "{n} pins; where five or more mean one place it is shown, others by their area",
        inside,
    )
    circles = rows.assign(
        id="",
        name=rows["place"],
        shown=[_("{people} people", people=people) for people in rows["people"]],
        radius=6 + 3 * rows["people"] ** 0.5,
    )
    layers = [outline_layer(ctx, everywhere), Layer("circles", {"points": circles})]
    said = "; ".join(f"{row.place}: {row.people}" for row in rows.itertuples())
    table = rows[["place", "people", "lon", "lat"]]
    return _figure(
        ctx,
        question,
        Caption(finding, _("people"), "", source, summary=said),
        table,
        city_map(ctx, everywhere, layers, None),
    )


def spot(ctx: CityContext, level: str, key: str) -> tuple[float, float]:
    """Where a place of pins is drawn: the middle of its cell, or a point inside its area."""
    if level == "cell":
        lat, lon = h3.cell_to_latlng(key)
        return lon, lat
    from shapely.geometry import shape

    point = shape(area_shapes(ctx, level)[key]).representative_point()
    return point.x, point.y


def _cloud(ctx: CityContext, question: QuestionView, answer: Mapping[str, Any]) -> Figure:
    _, rows = ctx.language, pd.DataFrame(answer["rows"])
    label = names_at_end(rows, "label", "votes", largest=True)
    finding = _("Written most often: {label}", label=label)
    drawing = chart("cloud", rows, unit="")
    source, said = caption_source(ctx, answer), _spoken(_, rows, "votes")
    return _figure(ctx, question, Caption(finding, _("times written"), "", source, summary=said), rows, drawing)


def _ideas(ctx: CityContext, question: QuestionView, answer: Mapping[str, Any]) -> Figure:
    return _said(ctx, question, answer, answer["rows"], N_("{texts} texts, those with most people behind them first"))


def _said(
    ctx: CityContext, question: QuestionView, answer: Mapping[str, Any], comments: list[dict[str, Any]], finding: str
) -> Figure:
    """Words that passed moderation, as a table."""
    _, rows = ctx.language, pd.DataFrame(comments).rename(columns={"value": "words"})[["words", "people"]]
    source = caption_source(ctx, answer)
    return _figure(
        ctx, question, Caption(_(finding, texts=len(rows)), _("people"), "", source, summary=""), rows, None, "-words"
    )


_MAIN = {
    "budget": _points,
    "ranking": _ranks,
    "scale": _steps,
    "estimate": _guesses,
    "pin": _pin_map,
    "cloud": _cloud,
    "text": _ideas,
    "stage": _ideas,
}


def _unit_of_groups(ctx: CityContext, kind: str) -> tuple[str, float]:
    """What the figures of groups are, and the factor from how they are kept."""
    _ = ctx.language
    units = {
        "budget": _("mean points of {total}", total=BUDGET_POINTS),
        "ranking": _("mean place, 1 is best"),
        "scale": _("mean step from 1 to 5"),
    }
    return (units[kind], 1.0) if kind in units else (_("% of the group"), 100.0)


def _group_figure(ctx: CityContext, question: QuestionView, answer: Mapping[str, Any]) -> Figure | None:
    _, rows = ctx.language, pd.DataFrame(answer["groups"], columns=["group", "option", "value", "people"])
    if rows["group"].nunique() < 2:
        return None
    rows.insert(0, "label", rows["option"].map(labels(ctx, question)))
    unit, factor = _unit_of_groups(ctx, question.kind)
    rows["value"] *= factor
    wide = rows.pivot(index="label", columns="group", values="value").astype(float)
    spans = (wide.max(axis=1) - wide.min(axis=1)).rename("span").reset_index()
    label = names_at_end(spans, "label", "span", largest=True)
    widest = wide.loc[spans.sort_values("span")["label"].iloc[-1]]
    low, high = (_.number(end) for end in (widest.min(), widest.max()))
    finding = _("Groups differ most on {label}: {low} to {high}", label=label, low=low, high=high)
    if len(wide) == 1:
        finding = _("The groups: {low} to {high}", low=low, high=high)
    elif label.count(" / ") >= MOST_NAMES:
        finding = _("Groups differ most, by {span}, on several answers", span=_.number(spans["span"].max()))
    drawing, source = chart("groups", rows, unit=unit), caption_source(ctx, answer)
    return _figure(
        ctx, question, Caption(finding, unit, "", source, summary=_spoken(_, rows, "value")), rows, drawing, "-groups"
    )


def _shift(ctx: CityContext, question: QuestionView, answer: Mapping[str, Any]) -> Figure | None:
    """The first vote beside the second, each with all who answered it, and how many of those in both changed."""
    first = store.question(question.repeats or 0)
    before = result(ctx, first) if first else None
    measures = {"budget": ("mean", 1.0), "ranking": ("mean", 1.0)}
    if (
        first is None
        or first.hidden
        or before is None
        or not before["rows"]
        or question.kind not in (*measures, "poll", "several", "priorities")
    ):
        return None
    _, (measure, factor) = ctx.language, measures.get(question.kind, ("share", 100.0))
    votes = {_("first vote"): before, _("second vote"): answer}
    parts = [
        pd.DataFrame(vote["rows"])[["option", measure]].assign(group=name, people=vote["people"])
        for name, vote in votes.items()
    ]
    rows = pd.concat(parts, ignore_index=True).rename(columns={measure: "value"})
    rows["value"] *= factor
    rows.insert(0, "label", rows["option"].map(labels(ctx, question)))
    wide = rows.pivot(index="label", columns="group", values="value")
    change = (wide[_("second vote")] - wide[_("first vote")]).rename("change").abs().reset_index()
    label = names_at_end(change, "label", "change", largest=True)
    finding = _("Between the votes {label} moved most", label=label)
    if answer["moved"]:
        people, changed = answer["moved"]
        finding = _("{changed} of {people} who voted twice changed their answer", changed=changed, people=people)
    unit = {"budget": _("mean points of {total}", total=BUDGET_POINTS), "ranking": _("mean place, 1 is best")}.get(
        question.kind, _("% of those who answered")
    )
    drawing, source = chart("groups", rows, unit=unit), caption_source(ctx, answer)
    return _figure(
        ctx, question, Caption(finding, unit, "", source, summary=_spoken(_, rows, "value", 1)), rows, drawing, "-shift"
    )


def disagreement(ctx: CityContext, question: QuestionView, answer: Mapping[str, Any]) -> str:
    """How far the room disagrees, in a sentence; '' where it cannot be told."""
    _, apart = ctx.language, answer["apart"]
    if apart is None or pd.isna(apart):
        return ""
    sentences = {
        "budget": N_("Two people of the room placed {apart} of their points differently on average."),
        "ranking": N_("Rankings differ by {apart} (0 % all rank alike, 100 % no common order; 1 less Kendall's W)."),
        "scale": N_("Two people of the room stand {apart} of the scale apart on average."),
    }
    usual = N_("Spread of the votes: {apart} (0 % all on one option, 100 % evenly spread).")
    return f"**{_('Disagreement')}** {_(sentences.get(question.kind, usual), apart=_.percent(apart))}"
