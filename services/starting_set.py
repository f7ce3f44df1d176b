"""Examples that a new server starts with, so that no page is empty: from the shipped city's own figures, all marked.

`python -m services.starting_set FILE` writes them as a backup, made in an empty database that ZONE_DATABASE names.
"""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import Any

import data
from analytics.indicators import DIMENSIONS
from data import rights, store
from data.catalogue import shipped
from data.context import CityContext, Territory
from data.store import backup, examples, register, seeds, stories
from data.store import rooms as room_store
from data.store.runs import Opening
from data.translation import N_
from services import arrivals, room_runs, scenarios, shock, sites
from services.areas import current_half_years
from services.goals import indicators
from services.inclusion import measured
from services.names import cards

WHO = "examples"
STEP, YEARS = 0.1, 4  # a goal's distance from today's value as a share of it, and when it is due
ARRIVING = N_("Half as many people arrive")
BUILDING = N_("Three more day-care centres")
STORY = N_("From who arrives to what we do")
STEPS = (
    ("displacement", N_("How many people are displaced"), N_("Begin with the world. What surprises the room?")),
    ("displacement_city", N_("Where displaced people live in the city"), N_("Ask who knows these areas well.")),
    ("coverage", N_("What is near whom"), N_("Change the service above the map to what the room talks about.")),
    ("what_if_sites", N_("What a new site would change"), N_("Try another number of sites together.")),
    ("goals", N_("What the city wants to reach"), N_("End with one goal, one name and one day.")),
)


def fill() -> None:
    """Put the examples into an empty database. Raises NotAllowedError."""
    city = next(city for key, city in data.cities().items() if any(place == key for place, _table in shipped()))
    ctx = CityContext(city, data.version(city.key), role="admin")
    examples.mark(
        {
            "initiative": register.add_many([register.check(seed) for seed in seeds.seeds()], WHO),
            "goal": _goals(ctx),
            "scenario": _scenarios(ctx),
            "room": [_room(ctx)],
            "story": [_story()],
        }
    )


def _scenarios(ctx: CityContext) -> list[int]:
    """One of people who arrive, one of sites."""
    usual = {
        "what_if_arrivals": arrivals.Query(**arrivals.defaults(ctx)),
        "what_if_sites": sites.Query(**sites.defaults(ctx)),
        "what_if_shock": shock.Query(**shock.defaults(ctx)),
    }
    fewer = {field: number // 2 for field, number in zip(arrivals.PEOPLE, arrivals.USUAL.people, strict=True)}
    more = {"service": "daycare", "count": 3}
    changes: dict[str, tuple[str, dict[str, Any]]] = {
        ARRIVING: ("what_if_arrivals", fewer),
        BUILDING: ("what_if_sites", more),
    }
    territory = Territory(first_year=0, last_year=9999)
    numbers = []
    for title, (page, choices) in changes.items():
        views = usual | {page: usual[page].changed(**choices)}
        numbers.append(scenarios.save(ctx, scenarios.build(ctx, territory, title, views)))
    return numbers


def _goals(ctx: CityContext) -> list[int]:
    """For the first indicator of each dimension: the area that is worst off comes a tenth nearer to the good end."""
    level, known = ctx.largest_level, indicators(ctx)
    values, numbers = measured(ctx, current_half_years(ctx)[-1], level), []
    for dimension in DIMENSIONS:
        its_cards = [card for key, card in cards(ctx.language).items() if key in known and card.dimension == dimension]
        if not its_cards:
            continue
        card, is_low_good = its_cards[0], its_cards[0].good == "low"
        column = values[card.key].dropna().sort_values(ascending=not is_low_good)
        value = round(float(column.iloc[0]) * (1 - STEP if is_low_good else 1 + STEP), card.digits)
        goal = str(column.index[0]), card.key, value, date.today().year + YEARS
        numbers.append(store.add_target(ctx.key, level, *goal))
    return numbers


def _room(ctx: CityContext) -> int:
    """A room to practise in, with the run about what counts."""
    run = "what counts"
    opening = Opening(room_runs.LIBRARY[run].title, [], 30, True, run, None, 0)
    room = room_store.room(room_runs.open_room(ctx, opening)[0])
    assert room is not None
    return room.id


def _story() -> int:
    unset: dict[str, Any] = {"query": {}, "words": "", "text": ""}
    steps = [unset | {"page": page, "title": title, "note": note} for page, title, note in STEPS]
    story = stories.story(stories.save(STORY, steps))
    assert story is not None
    return story.id


if __name__ == "__main__":
    rights.act_as(rights.OWNER)
    fill()
    backup.save(Path(sys.argv[1]))
