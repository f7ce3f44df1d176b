"""A workshop's room: its questions as they are asked, prepared, repeated and shown on phones."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from threading import Lock
from typing import Any, Literal

import pandas as pd
from cachetools import TTLCache, cached
from pydantic import Field

import data
from analytics.indicators import DIMENSIONS
from data import store as plans
from data.context import CityContext, ViewState
from data.store import devices, texts
from data.store import rooms as store
from data.store.ballots import BUDGET_POINTS, LONGEST, MAX_PRIORITIES, MOST_TEXTS, SCALE, SUPPORTED, RefusedError
from data.store.rooms import QuestionView, RoomView
from data.translation import N_, Language
from services import examples
from services.areas import area_names, area_shapes, bounds, current_half_years
from services.figures import shapes_address
from services.names import cards
from services.tables import source

KINDS = {
    "poll": N_("Choice: one of several"),
    "several": N_("Choice: several"),
    "ranking": N_("Ranking: all options, the best first"),
    "scale": N_("Scale: statements from 1 (not at all) to 5 (fully)"),
    "budget": N_("Budget: share out 100 points"),
    "priorities": N_("Priorities: up to three areas"),
    "pin": N_("Pin: a place on the map, with a reason"),
    "text": N_("Ideas: words of one's own, moderated; others support them"),
    "cloud": N_("Cloud: single words, moderated"),
    "estimate": N_("Guess: a figure of the city, then the true one"),
    "stage": N_("Questions to the stage, open all the time"),
}
PROMPTS = {
    "scale": N_("How far do you agree?"),
    "budget": N_("Which dimensions of inclusion matter most here?"),
    "priorities": N_("Where should the city act first?"),
    "pin": N_("Where is something missing? Put a pin on the map and say what."),
    "text": N_("What should the city do?"),
    "stage": N_("What would you like to ask the people on the stage?"),
    "cloud": N_("Which words come to your mind?"),
    "estimate": N_("What do you guess: {label}, {place}, {day}? ({unit})"),
}
SCENARIOS = N_("Which of these scenarios should the city follow?")
# Of the runs that come with the app.
OWN_PROMPTS = (HELP, NEEDED) = (N_("Newcomers find help in this city within a week."), N_("What is needed most?"))
MODERATED = (*MOST_TEXTS, "pin")  # whose words wait for a moderator
WITH_LINES = ("poll", "several", "ranking", "scale", "budget")  # whose options are written one a line
COUNTDOWNS = (30, 60, 120)  # seconds


class RoomQuery(ViewState):
    """The room by its code."""

    room: str = Field("", max_length=12)


class Query(RoomQuery):
    """The room by its code, the question looked at by its id; kind and settings of the next one.

    options_of: whether a choice is among lines that are written or among the city's saved scenarios.
    """

    question: int = 0
    kind: str = "poll"
    options_of: Literal["lines", "scenarios"] = "lines"
    guess_indicator: str = ""
    guess_area: str = ""


def kinds(ctx: CityContext) -> dict[str, str]:
    """What each kind of question is called."""
    return {kind: ctx.language(label) for kind, label in KINDS.items()}


def questions_of(code: str) -> list[int]:
    """Ids of a room's questions: the one that the phones show, then the others as they were asked."""
    shown = store.room(code) if code else None
    ids = [question.id for question in store.questions(shown.code)] if shown else []
    return sorted(ids, key=lambda number: (shown is None or number != shown.shown, number))


def room(ctx: CityContext, code: str) -> RoomView | None:
    """The room of a code; an example's title is marked."""
    room = store.room(code)
    return None if room is None else _labelled(ctx, [room])[0]


def listed(ctx: CityContext, most: int = 30) -> list[RoomView]:
    """The city's newest rooms; titles of examples are marked."""
    return _labelled(ctx, store.rooms(ctx.key)[:most])


def _labelled(ctx: CityContext, rooms: list[RoomView]) -> list[RoomView]:
    titles = examples.labels(ctx.language, "room", {room.id: room.title for room in rooms})
    return [replace(room, title=titles[room.id]) for room in rooms]


def choices(ctx: CityContext) -> dict[str, Any]:
    """What each choice of the page may be."""
    return {
        "question": lambda chosen: questions_of(chosen["room"]),
        "kind": list(KINDS),
        "guess_indicator": lambda chosen: list(_counted(ctx)) if chosen["kind"] == "estimate" else [""],
        "guess_area": ["", *area_names(ctx, ctx.largest_level)],
    }


def _counted(ctx: CityContext) -> dict[str, str]:
    """Indicators that can be guessed: label by key, those of which the city has figures."""
    from services.inclusion import measured  # phones do without

    periods = current_half_years(ctx)
    known = measured(ctx, periods[-1], ctx.largest_level).notna().any() if periods else pd.Series(dtype=bool)
    return {key: f"{card.label} ({card.unit})" for key, card in cards(ctx.language).items() if known.get(key, False)}


def usual_guess(ctx: CityContext) -> str:
    """What a guess is about where nothing is chosen: the first share, which people can imagine; '' without figures."""
    known = _counted(ctx)
    shares = [key for key in known if _is_share(ctx, key)]
    return next(iter(shares or known), "")


def _is_share(ctx: CityContext, indicator: str) -> bool:
    return cards(ctx.language)[indicator].unit.lstrip().startswith("%")


def guessable(ctx: CityContext) -> tuple[dict[str, str], dict[str, str]]:
    """Indicators and areas by key that a guess may be about; '' is the whole city."""
    return _counted(ctx), {"": ctx.name, **area_names(ctx, ctx.largest_level)}


def ask(
    ctx: CityContext,
    room: RoomView,
    query: Query,
    prompt: str,
    lines: str = "",
    limit: int = MAX_PRIORITIES,
    show: bool = True,
    hidden: bool = False,
) -> int:
    """Put a question to a room, or prepare it; returns its id. lines: options, one a line. Raises RefusedError."""
    kind, settings = query.kind, dict[str, Any]()
    if kind in ("several", "priorities"):
        settings["limit"] = max(1, limit)
    if kind == "pin":
        settings["bounds"] = _bounds(ctx)
    if kind == "estimate":
        settings["truth"] = truth_of(ctx, query.guess_indicator, query.guess_area)
        settings |= _range(ctx, settings["truth"])
    usual = SCENARIOS if query.options_of == "scenarios" and kind in WITH_LINES else PROMPTS.get(kind, "")
    if usual and prompt.strip() == usual_prompt(ctx, query):
        prompt = usual  # each phone then asks in its own language
    chosen = options(ctx, kind, query.options_of, lines)
    return store.add_question(room.code, kind, prompt, chosen, settings, show=show, hidden=hidden)


def usual_prompt(ctx: CityContext, query: Query) -> str:
    """The words with which a kind of question usually asks, in the reader's language; '' where there are none."""
    if query.options_of == "scenarios" and query.kind in WITH_LINES:
        return ctx.language(SCENARIOS)
    if query.kind == "estimate":
        return _guess(ctx, truth_of(ctx, query.guess_indicator, query.guess_area)) if query.guess_indicator else ""
    return ctx.language(PROMPTS[query.kind]) if query.kind in PROMPTS else ""


def options(ctx: CityContext, kind: str, options_of: str, lines: str) -> list[tuple[str, str]]:
    """A question's options, key and label: written lines, saved scenarios, dimensions of the index, or areas."""
    if kind == "priorities":
        return list(area_names(ctx, ctx.largest_level).items())
    if kind not in WITH_LINES:
        return []
    if options_of == "scenarios":
        rows = plans.scenarios(ctx.key)
        names = examples.labels(ctx.language, "scenario", dict(zip(rows["id"].tolist(), rows["name"], strict=True)))
        return [(f"scenario-{number}", name) for number, name in names.items()]
    written = [line.strip()[:120] for line in lines.splitlines() if line.strip()]
    if kind == "budget" and not written:
        return list(DIMENSIONS.items())
    if kind == "scale" and not written:
        return [("1", "")]  # the question itself is the statement
    return [(str(number), line) for number, line in enumerate(dict.fromkeys(written), 1)]


def _bounds(ctx: CityContext) -> list[float]:
    """West, south, east, north of the city, a little wider than its areas."""
    import shapely
    from shapely.geometry import shape

    shapes = [shape(geometry) for geometry in area_shapes(ctx, ctx.largest_level).values()]
    west, south, east, north = shapely.total_bounds(shapes)
    return [float(west) - 0.01, float(south) - 0.01, float(east) + 0.01, float(north) + 0.01]


def truth_of(ctx: CityContext, indicator: str, area: str) -> dict[str, Any]:
    """The figure to guess: indicator, level and area ('' is the city), its value and day. Raises RefusedError."""
    from services.inclusion import measured

    level, periods = ctx.largest_level if area else "city", current_half_years(ctx)
    if not periods or indicator not in (values := measured(ctx, periods[-1], level)):
        raise RefusedError(ctx.language("The city has no figure that could be guessed."))
    value = values.loc[area, indicator] if area else values[indicator].iloc[0]
    if not math.isfinite(value):
        raise RefusedError(ctx.language("The city has no figure that could be guessed."))
    day = periods[-1].date().isoformat()
    return {"indicator": indicator, "level": level, "area": area, "value": float(value), "day": day}


def _range(ctx: CityContext, truth: Mapping[str, Any]) -> dict[str, float]:
    """Between which ends a guess may be: shares between 0 and 100, others without the sign they cannot have."""
    if _is_share(ctx, truth["indicator"]):
        return {"low": 0.0, "high": 100.0}
    return {"low": 0.0} if truth["value"] >= 0 else {}


def guess_words(ctx: CityContext, truth: Mapping[str, Any]) -> dict[str, str]:
    """What is guessed, in the reader's language: label, unit, place, day, value, source."""
    _, card = ctx.language, cards(ctx.language).get(truth["indicator"])
    names = area_names(ctx, truth["level"]) if truth["area"] else {}
    return {
        "label": card.label if card else truth["indicator"],
        "unit": card.unit if card else "",
        "place": names.get(truth["area"], ctx.name),
        "day": _.day(datetime.fromisoformat(truth["day"])),
        "value": _.number(truth["value"], card.digits if card else 1),
        "source": source(ctx, *card.tables) if card else "",
    }


def _guess(ctx: CityContext, truth: Mapping[str, Any]) -> str:
    return ctx.language(PROMPTS["estimate"], **guess_words(ctx, truth))


def following(question: QuestionView, questions: list[QuestionView]) -> int | None:
    """The next question of the run that nobody has answered, None after the last.

    A second vote that was called in the room stands last; the run goes on behind its first vote.
    """
    is_called = question.repeats and question.id == max(other.id for other in questions)
    behind = question.repeats if question.repeats and is_called else question.id
    later = (other.id for other in questions if other.id > behind and other.kind != "stage")
    return next((number for number in later if number != question.id and store.count(number) == 0), None)


def actions(room: RoomView, question: QuestionView, following: int | None) -> dict[str, Callable[..., Any]]:
    """What a facilitator can do with a question; it is removed only while nobody has answered.

    following: the next one, None after the last.
    """
    actions: dict[str, Callable[..., Any]] = {
        "show": partial(store.show_question, room.code, question.id),
        "next": partial(store.show_question, room.code, following or 0),
        "hold": partial(store.set_open, question.id, not question.open),
        "reveal": partial(_reveal, question),
        "again": partial(ask_again, question, room),
        **{str(seconds): partial(store.count_down, question.id, seconds) for seconds in COUNTDOWNS},
    }
    if store.count(question.id) == 0:
        actions["remove"] = partial(store.remove_question, question.id)
    return actions


def _reveal(question: QuestionView) -> None:
    """Show the results to the room, or hide them again; a guess is held first, as the true figure comes with them."""
    if question.kind == "estimate" and question.hidden:
        store.set_open(question.id, False)
    store.set_hidden(question.id, not question.hidden)


def ask_again(question: QuestionView, room: RoomView) -> int:
    """A second vote on a question, after people have talked; returns its id."""
    return store.add_question(
        room.code,
        question.kind,
        question.prompt,
        question.options,
        question.settings,
        hidden=question.hidden,
        repeats=question.id,
    )


def asked(ctx: CityContext, question: QuestionView) -> str:
    """The question in the reader's language where it is a usual one; what people wrote stays as it is."""
    if question.prompt == PROMPTS["estimate"]:
        words = _guess(ctx, question.settings["truth"])
    else:
        is_ours = question.prompt in (*PROMPTS.values(), SCENARIOS, *OWN_PROMPTS)
        words = ctx.language(question.prompt) if is_ours else question.prompt
    return f"{words} ({ctx.language('second vote')})" if question.repeats else words


def labels(ctx: CityContext, question: QuestionView) -> dict[str, str]:
    """What each option is called; the one statement of a scale is the question itself."""
    names, seen = dict[str, str](), dict[str, int]()
    for key, label in question.options:
        name = ctx.language(label) if label else asked(ctx, question)
        seen[name] = seen.get(name, 0) + 1
        names[key] = name if seen[name] == 1 else f"{name} ({seen[name]})"  # scenarios may share a name
    return names


def seconds_left(question: QuestionView) -> int | None:
    """Whole seconds until a question's countdown ends, None without one."""
    if question.until is None or not question.open:
        return None
    return max(0, math.ceil((question.until - datetime.now(UTC)).total_seconds()))


def context_of(room: RoomView, language: Language) -> CityContext:
    """A room's city for a phone in a language; another one where it is not here any more: its questions still are."""
    cities = data.cities()
    city = cities.get(room.city) or next(iter(cities.values()))
    return CityContext(city, data.version(city.key), language)


def phone_state(code: str, language: Language) -> dict[str, Any]:
    """What a phone needs to draw: the question shown, whether it takes answers, texts to support; no result."""
    room = store.room(code)
    if room is None:
        return {"missing": True}
    if room.closed:
        return {"closed": True, "question": None}
    ctx = context_of(room, language)
    # Two questions of the many that a room may have: each phone asks every two seconds.
    shown, stage = store.question(room.shown) if room.shown else None, store.stage_question(room)
    return {
        "closed": False,
        "question": _for_phone(ctx, shown) if shown else None,
        "stage": _for_phone(ctx, stage) if stage and stage.id != room.shown else None,
    }


def _for_phone(ctx: CityContext, question: QuestionView) -> dict[str, Any]:
    _, kind = ctx.language, question.kind
    parts: dict[str, Any] = {
        "id": question.id,
        "kind": kind,
        "prompt": asked(ctx, question),
        "open": question.open,
        "left_s": seconds_left(question),
        "options": list(map(list, labels(ctx, question).items())),
        "limit": question.settings.get("limit", 1 if kind == "poll" else len(question.options)),
    }
    if kind == "estimate":
        parts["unit"] = guess_words(ctx, question.settings["truth"])["unit"]
    if kind in MOST_TEXTS:
        parts |= {"longest": LONGEST[kind], "slots": MOST_TEXTS[kind]}
    if kind in SUPPORTED and not question.hidden:
        parts["texts"] = _texts_of(question.id)
    return parts


@cached(TTLCache(maxsize=64, ttl=1.0), lock=Lock())
def _texts_of(question: int) -> list[dict[str, Any]]:
    """Texts that phones may support; read once a second for all of them."""
    rows = texts.texts(question)
    return rows.loc[rows["approved"], ["id", "value", "people"]].to_dict("records")


def phone_map(ctx: CityContext) -> dict[str, Any]:
    """What a phone's map of the city needs: where it looks, shapes, search."""
    lon, lat, zoom = bounds(ctx, "")
    return {
        "lon": lon,
        "lat": lat,
        "zoom": zoom,
        "bounds": _bounds(ctx),
        "shapes": shapes_address(ctx, ctx.largest_level),
        "search": f"maps/search/{ctx.key}?lang={ctx.language.code}",
    }


__all__ = ["devices", "texts"]
LIMITS = {"points": BUDGET_POINTS, "steps": SCALE, "text": LONGEST["text"]}
