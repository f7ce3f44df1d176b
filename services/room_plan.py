"""From vote to plan: where an answer leads, what a room decided, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd

from data import store as plans
from data.city.countries import iso2_by_iso3
from data.context import CityContext
from data.errors import DataError
from data.figures import Column, Figure
from data.store import decisions, register
from data.store.ballots import RefusedError
from data.store.decisions import Decided, DecisionView
from data.store.rooms import QuestionView, RoomView
from data.translation import N_
from services import goals
from services.areas import area_names
from services.columns import by_name
from services.figures import Caption, figure
from services.room_figures import figures, spot
from services.rooms import asked

MOST_PLACES = 60  # of a room's pins, as sites
BECOMES = {
    "note": N_("Only written down"),
    "initiative": N_("An initiative in the register"),
    "goal": N_("A goal for an indicator"),
}
COLUMNS = by_name(
    Column("day", N_("Day"), kind="day"),
    Column("room", N_("Workshop"), kind="name"),
    Column("what", N_("Decided"), kind="text"),
    Column("vote", N_("Vote"), kind="text"),
    Column("against", N_("Said against it"), kind="text"),
    Column("became", N_("What became of it"), kind="text"),
)
Way = tuple[str, str, dict[str, str]]  # what to do, the page, its choices


def follow_ups(ctx: CityContext, room: RoomView, question: QuestionView, answer: Mapping[str, Any]) -> list[Way]:
    """Where an answer leads. answer: of services.room_results.result.

    Points become the index's weights, priorities the weights by which people are placed, pins the places where sites
    may stand, a vote on scenarios their comparison.
    """
    if not answer["rows"]:
        return []
    if question.kind == "budget":
        return _weights(ctx, room, question, answer)
    if question.kind == "priorities":
        return _priorities(ctx, answer)
    if question.kind == "pin":
        return _places(ctx, answer)
    return _scenarios(ctx, question, answer)


def _weights(ctx: CityContext, room: RoomView, question: QuestionView, answer: Mapping[str, Any]) -> list[Way]:
    from analytics.indicators import DIMENSIONS

    if not set(question.keys) <= set(DIMENSIONS):  # options of the room's own are no dimensions of the index
        return []
    choices = {f"points_{row['option']}": str(round(row["mean"])) for row in answer["rows"]}
    alike = answer.get("concentration")
    if alike is not None and not pd.isna(alike):
        choices["concentration"] = f"{alike:.3g}"
    label = ctx.language("Rank areas with the room's weights")
    return [(label, "inclusion", {"weights": "expert", "room": room.code, **choices})]


def _priorities(ctx: CityContext, answer: Mapping[str, Any]) -> list[Way]:
    shares = {row["option"]: row["share"] for row in answer["rows"]}
    weights = ",".join(f"{shares.get(area, 0.0):.4g}" for area in sorted(area_names(ctx, ctx.largest_level)))
    choices = {"level": ctx.largest_level, "rule": "own table", "own": weights}
    return [(ctx.language("Take the room's priorities into the scenario"), "what_if_arrivals", choices)]


def _places(ctx: CityContext, answer: Mapping[str, Any]) -> list[Way]:
    near = [row for row in answer["rows"] if row["level"] != ctx.largest_level or len(ctx.levels) == 1]
    if len(near) < 2:
        return []
    spots = (spot(ctx, row["level"], row["option"]) for row in near[:MOST_PLACES])
    places = ",".join(f"{lat:.4f};{lon:.4f}" for lon, lat in spots)
    return [(ctx.language("Test the room's places as sites"), "what_if_sites", {"places": places})]


def _scenarios(ctx: CityContext, question: QuestionView, answer: Mapping[str, Any]) -> list[Way]:
    numbers = [key.removeprefix("scenario-") for key in question.keys if key.startswith("scenario-")]
    saved = set(plans.scenarios(ctx.key)["id"].astype(str)) & set(numbers)
    if not saved:
        return []
    order = sorted(answer["rows"], key=lambda row: row.get("mean", -row.get("votes", 0)))
    best = [row["option"].removeprefix("scenario-") for row in order]
    compare = [number for number in best if number in saved][:4]
    return [
        (ctx.language("Compare the scenarios, the room's first"), "what_if_compare", {"compare": ",".join(compare)})
    ]


def vote_in_words(ctx: CityContext, question: QuestionView, answer: Mapping[str, Any]) -> str:
    """A vote in one sentence, with how many people; '' where nothing may be shown yet."""
    shown = figures(ctx, question, answer)
    if not shown:
        return ""
    words = ctx.language("{people} people", people=answer["people"])
    return f"{asked(ctx, question)} {shown[0].finding} ({words})"


def form_choices(ctx: CityContext) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    """What a decision can become, indicators and areas of a goal; each by its key."""
    becomes = {kind: ctx.language(label) for kind, label in BECOMES.items()}
    return becomes, goals.indicators(ctx), area_names(ctx, ctx.largest_level)


def take_back(number: int) -> None:
    """Mark a decision as removed; the goal or initiative that it became stays."""
    decisions.remove(number)


def decide(ctx: CityContext, room: RoomView, decided: Decided, vote: str = "", question: int | None = None) -> None:
    """Write down a decision and what it becomes. vote: in words. Raises DataError in words."""
    _, what, against = ctx.language, decided.what, decided.against
    if not what.strip():
        raise RefusedError(_("A decision needs its words."))
    target = initiative = None
    if decided.becomes == "goal":
        if decided.goal is None:
            raise RefusedError(_("A goal needs an indicator, an area, a value and a year."))
        indicator, area, value, year = decided.goal
        target = plans.add_target(ctx.key, ctx.largest_level, area, indicator, value, year)
    elif decided.becomes == "initiative":
        initiative = register.add(_as_initiative(ctx, room, what, against, vote), room.title)
    decisions.add(room.id, what, vote=vote, against=against, question=question, target=target, initiative=initiative)


def _as_initiative(ctx: CityContext, room: RoomView, what: str, against: str, vote: str) -> dict[str, Any]:
    """A decision as an entry of the register, with date, vote and dissent in its description."""
    _ = ctx.language
    about = [_("Decided in the workshop {title} on {day}.", title=room.title, day=_.day(date.today())), vote]
    if against.strip():
        about.append(_("Said against it: {words}", words=against.strip()))
    return {
        "name": what.strip()[:200],
        "kind": "concept",
        "stage": "detected",
        "theme": "social",
        "topic": "participation",
        "city": ctx.name,
        "country": iso2_by_iso3().get(ctx.city.country, ctx.city.country),
        "about": " ".join(filter(None, about)),
        "start": date.today().isoformat(),
    }


def decisions_of(ctx: CityContext, room: RoomView | None = None) -> list[DecisionView]:
    """What a room decided, or all rooms of the city."""
    return [entry for entry in decisions.decisions(ctx.key) if room is None or entry.room == room.code]


def decisions_figure(ctx: CityContext, entries: list[DecisionView], key: str = "decisions") -> Figure | None:
    """Decisions with date, vote and dissent, and what became of each; None without one."""
    if not entries:
        return None
    _ = ctx.language
    goals_by_id = {row.id: row for row in goals.targets(ctx)}
    register_by_id = register.everything(removed=True).set_index("id")
    rows = pd.DataFrame(
        [
            {
                "day": entry.day,
                "room": entry.room_title,
                "what": entry.what,
                "vote": entry.vote,
                "against": entry.against,
                "became": _became(ctx, entry, goals_by_id, register_by_id),
            }
            for entry in entries
        ]
    )
    finding = _.plural("{n} decision, and what became of it", "{n} decisions, and what became of them", len(rows))
    caption = Caption(finding, "", _.day(date.today()), _("this server's workshops, goals and register"))
    return figure(ctx, key, caption, rows, None, COLUMNS)


def _became(ctx: CityContext, entry: DecisionView, targets: Mapping[int, Any], initiatives: pd.DataFrame) -> str:
    _ = ctx.language
    if entry.target is not None:
        if entry.target not in targets:
            return _("The goal was removed.")
        try:
            return _("Goal: {finding}", finding=goals.goal_figure(ctx, targets[entry.target])[0].finding)
        except DataError as fault:
            return _(fault.sentence)
    if entry.initiative is not None and entry.initiative in initiatives.index:
        row = initiatives.loc[entry.initiative]
        if row["removed"]:
            return _("The initiative was removed from the register.")
        return _("Initiative: {stage}", stage=_(row["stage"]))
    return _("Written down; nobody has made a goal or an initiative of it.")
