"""Runs of questions: the ones that come with the app, those of earlier rooms, files; and rooms to practise in."""

from __future__ import annotations

import math
from contextlib import suppress
from typing import Any

import numpy as np

from analytics.indicators import DIMENSIONS
from data import limits
from data.context import CityContext
from data.store import devices, runs
from data.store import rooms as store
from data.store.ballots import BUDGET_POINTS, MOST_TEXTS, SCALE, RefusedError
from data.store.rooms import QuestionView, RoomView
from data.store.runs import Opening, Run, Step
from data.translation import N_, Language
from services import background
from services.areas import exact_areas
from services.rooms import HELP, NEEDED, PROMPTS, SCENARIOS, Query, ask, usual_guess, usual_prompt

MAX_BYTES = 100_000  # of a run's file
VOTERS = 30  # of a room to practise in
MOVED = 0.3  # share of them who change their mind for a second vote
AT_A_TIME = 3  # of them, each time that the picture is drawn
LIBRARY = {
    "where first": Run(
        title=N_("Where should we act first?"),
        questions=(
            Step(kind="cloud"),
            Step(kind="estimate", hidden=True),
            Step(kind="priorities", hidden=True),
            Step(kind="text"),
            Step(kind="priorities", again=3, hidden=True),
        ),
    ),
    "what counts": Run(
        title=N_("What counts most for inclusion here?"),
        questions=(
            Step(kind="budget", hidden=True),
            Step(kind="scale", prompt=HELP, hidden=True),
            Step(kind="text"),
            Step(kind="budget", again=1, hidden=True),
        ),
    ),
    "where to build": Run(
        title=N_("What should open where?"),
        questions=(
            Step(
                kind="ranking",
                prompt=NEEDED,
                options=(N_("Day-care"), N_("Library"), N_("Youth centre"), N_("Room for culture"), N_("Sports hall")),
            ),
            Step(kind="pin"),
            Step(kind="several", options_of="scenarios", limit=2, hidden=True),
        ),
    ),
    "questions": Run(title=N_("Ask the people on the stage"), questions=(Step(kind="stage"), Step(kind="cloud"))),
}
WORDS = (N_("More trees"), N_("A meeting place"), N_("Help with papers"), N_("Safe ways to school"), N_("Music rooms"))


def library(ctx: CityContext) -> dict[str, str]:
    """Runs to begin with: title by key; those of the city's earlier rooms by the room's code."""
    titles = {key: ctx.language(run.title) for key, run in LIBRARY.items()}
    earlier = {
        room.code: f"{room.title} · {room.code}" for room in store.rooms(ctx.key)[:30] if store.questions(room.code)
    }
    return {"": ctx.language("an empty one"), **titles, **earlier}


def run_of(ctx: CityContext, key: str) -> Run:
    """A run of the library, or of an earlier room."""
    if key in LIBRARY:
        return LIBRARY[key]
    room = store.room(key)
    assert room is not None
    questions = store.questions(room.code)
    places = {question.id: place for place, question in enumerate(questions, 1)}
    usual = {*PROMPTS.values(), SCENARIOS}
    steps = []
    for question in questions:
        truth = question.settings.get("truth", {})
        from_scenarios = any(option.startswith("scenario-") for option in question.keys)
        written = question.kind != "priorities" and not from_scenarios and question.keys != list(DIMENSIONS)
        steps.append(
            Step(
                kind=question.kind,
                prompt="" if question.prompt in usual else question.prompt,
                options=tuple(label for _key, label in question.options if label) if written else (),
                limit=question.settings.get("limit", 3),
                options_of="scenarios" if from_scenarios else "lines",
                indicator=truth.get("indicator", ""),
                area=truth.get("area", ""),
                hidden=question.hidden,
                again=places.get(question.repeats or 0, 0),
            )
        )
    return Run(title=room.title, groups=room.groups, questions=tuple(steps))


def as_file(ctx: CityContext, room: RoomView) -> str:
    """A room's questions as a run in a TOML file."""
    return runs.dump(run_of(ctx, room.code)) if store.questions(room.code) else ""


def read(language: Language, content: bytes, name: str) -> Run:
    """A run of a file, read in a process of its own. Raises DataError in a sentence."""
    limits.check_size(content, name, MAX_BYTES)
    run: Run = background.run(language, runs.load, content.decode("utf-8", "replace"), name)
    return run


def open_room(ctx: CityContext, opening: Opening) -> tuple[str, list[str], list[str]]:
    """Open a room with its run; returns its code, its one-time codes, and which questions could not be asked here.

    Raises DataError in words; then no room is opened.
    """
    run = None
    if opening.file is not None:
        run = read(ctx.language, opening.file.getvalue(), opening.file.name)
    elif opening.run:
        run = run_of(ctx, opening.run)
    groups = [group for group in opening.groups if group.strip()] or list(run.groups if run else ())
    code = store.open_room(
        ctx.key, opening.title, groups, opening.days, language=ctx.language.code, practice=opening.practice
    )
    left_out = prepare(ctx, code, run) if run else []
    return code, devices.make_tickets(code, opening.codes) if opening.codes else [], left_out


def prepare(ctx: CityContext, code: str, run: Run) -> list[str]:
    """Put a run's questions into a room, none shown yet; returns why some could not be asked in this city."""
    room, left_out = store.room(code), list[str]()
    assert room is not None
    numbers: list[int] = []
    for step in run.questions:
        try:
            numbers.append(_prepare(ctx, room, step, numbers))
        except RefusedError as fault:
            numbers.append(0)
            left_out.append(f"{(step.prompt and ctx.language(step.prompt)) or step.kind}: {ctx.language(str(fault))}")
    return left_out


def _prepare(ctx: CityContext, room: RoomView, step: Step, numbers: list[int]) -> int:
    prompt = step.prompt
    if 0 < step.again <= len(numbers):
        first = store.question(numbers[step.again - 1])
        if first is None:
            raise RefusedError(N_("The first vote is missing."))
        return store.add_question(
            room.code,
            first.kind,
            first.prompt,
            first.options,
            first.settings,
            show=False,
            hidden=step.hidden,
            repeats=first.id,
        )
    indicator = step.indicator
    if step.kind == "estimate" and not indicator:
        indicator = usual_guess(ctx)
    query = Query(
        room=room.code, kind=step.kind, options_of=step.options_of, guess_indicator=indicator, guess_area=step.area
    )
    words = prompt or usual_prompt(ctx, query)
    lines = "\n".join(step.options)
    return ask(ctx, room, query, words, lines, limit=step.limit, show=False, hidden=step.hidden)


def practise(ctx: CityContext, room: RoomView, question: QuestionView) -> None:
    """Some more of a practice room's invented voters answer, until all have."""
    if not room.practice or room.closed or not question.open or question.id != room.shown:
        return
    there = store.count(question.id)
    for number in range(there, min(there + AT_A_TIME, VOTERS)):
        value = _invented(ctx, question, number)
        group = room.groups[number % len(room.groups)] if room.groups else ""
        with suppress(RefusedError):  # another window has shown another question meanwhile
            store.answer(room.code, question.id, devices.simulated(room.code, number), group, value)


def _invented(ctx: CityContext, question: QuestionView, number: int) -> Any:
    """An answer of an invented voter: the same for the same voter, most towards the first options."""
    first, keys = question.repeats or question.id, question.keys
    moves = bool(question.repeats) and np.random.default_rng([first, number, 2]).random() < MOVED
    draw = np.random.default_rng([first, number, int(moves)])  # who does not move says the same again
    liking = 1 / np.arange(1, len(keys) + 1) if keys else np.ones(1)
    liking = liking / liking.sum()
    kind = question.kind
    if kind in MOST_TEXTS:
        return ctx.language(WORDS[int(draw.integers(len(WORDS)))])
    if kind in ("poll", "several", "priorities"):
        count = int(draw.integers(1, min(question.settings.get("limit", 1), len(keys)) + 1))
        return [str(key) for key in draw.choice(keys, count, replace=False, p=liking)]
    if kind == "ranking":
        return [str(key) for key in draw.choice(keys, len(keys), replace=False, p=liking)]
    if kind == "scale":
        return {key: int(draw.binomial(SCALE - 1, 0.6)) + 1 for key in keys}
    if kind == "budget":
        points = draw.multinomial(BUDGET_POINTS, draw.dirichlet(liking * len(keys) * 3))
        return {key: int(point) for key, point in zip(keys, points, strict=True)}
    if kind == "estimate":
        low, high = question.settings.get("low"), question.settings.get("high")
        guess = round(float(question.settings["truth"]["value"] * draw.lognormal(0.1, 0.4)), 1)
        return min(max(guess, -math.inf if low is None else low), math.inf if high is None else high)
    return _invented_pin(ctx, draw)


def _invented_pin(ctx: CityContext, draw: np.random.Generator) -> dict[str, Any]:
    """A pin near one of three places, so that some stand together."""
    areas = exact_areas(ctx).to_crs(4326).geometry
    centre = areas.iloc[int(draw.integers(3)) * (len(areas) // 3)].representative_point()
    lon, lat = (float(centre.x + draw.normal(0, 0.002)), float(centre.y + draw.normal(0, 0.002)))
    return {"lon": lon, "lat": lat, "reason": ctx.language(WORDS[int(draw.integers(len(WORDS)))])}
