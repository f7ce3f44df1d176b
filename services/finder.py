"""One search over everything: pages, areas, indicators, places of the city, initiatives; each hit leads to a page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from rapidfuzz import fuzz

from data.context import CityContext
from data.errors import NothingToShow
from data.translation import N_, Language
from services import city_map, examples, search
from services.areas import area_names, district_by_area
from services.initiatives import all_initiatives
from services.names import cards

KINDS = {
    "page": N_("Page"),
    "area": N_("Area"),
    "indicator": N_("Indicator"),
    "initiative": N_("Initiative"),
    "place": N_("Place"),
    "street": N_("Street"),
    "address": N_("Address"),
    "facility": N_("Facility"),
}
ALIKE = 85  # of 100, by rapidfuzz's WRatio: one typing error in a word
CLOSE = "15"  # the map's zoom at which a street is seen
LEAST = 2  # letters


class Hit(NamedTuple):
    """What was found: kind (of KINDS), name, where it lies or belongs to, the page that shows it and its choices."""

    kind: str
    label: str
    detail: str
    page: str
    choices: dict[str, str]


def find(ctx: CityContext, text: str, pages: Mapping[str, str], limit: int = 12) -> list[Hit]:
    """Everything whose name is like a text, the likest first: exact names, then names that begin with it.

    pages: what each page is called in the reader's language. Nothing is found for less than two letters.
    """
    asked = search.folded(text[: search.LONGEST])
    if len(asked) < LEAST:
        return []
    hits = [*_pages(ctx, pages), *_indicators(ctx), *_initiatives(ctx.language)]
    scored = [(_score(asked, search.folded(hit.label)), hit) for hit in hits]
    scored = [(score, hit) for score, hit in scored if score]
    for number, place in enumerate(search.search(ctx, text, limit)):
        scored.append((max(_score(asked, search.folded(place.label)), ALIKE - number), _place(ctx, place)))
    kinds = list(KINDS)
    scored.sort(key=lambda pair: (-pair[0], kinds.index(pair[1].kind), pair[1].label))
    return [hit for _score_, hit in scored[:limit]]


def _score(asked: str, name: str) -> float:
    """How like a folded name is; 0 for not at all."""
    if asked == name:
        return 300
    if name.startswith(asked):
        return 200
    if f" {asked}" in f" {name}":
        return 150
    alike = fuzz.WRatio(asked, name) if len(asked) > 3 else 0
    return alike if alike >= ALIKE else 0


def _pages(ctx: CityContext, pages: Mapping[str, str]) -> list[Hit]:
    return [Hit("page", title, "", page, {}) for page, title in pages.items()]


def _indicators(ctx: CityContext) -> list[Hit]:
    """Each indicator on the map, where the city has it there; else among the indicators."""
    try:
        shown = city_map.indicators(ctx)
    except NothingToShow:
        shown = {}
    return [
        Hit("indicator", card.label, card.unit, "map", {"colour": key})
        if key in shown
        else Hit("indicator", card.label, card.unit, "indicator_cards", {})
        for key, card in cards(ctx.language).items()
    ]


def _initiatives(language: Language) -> list[Hit]:
    rows = all_initiatives()
    details = rows["city"].where(~rows["example"], rows["city"] + f" · {language(examples.MARK)}")
    columns = (rows["id"].tolist(), rows["name"].tolist(), details.tolist())
    return [
        Hit("initiative", str(name), str(detail), "initiatives", {"initiative": str(number)})
        for number, name, detail in zip(*columns, strict=True)
    ]


def _place(ctx: CityContext, place: search.Hit) -> Hit:
    """An area leads to its profile, every other place to the map there."""
    detail = ctx.language(place.detail) if place.detail else ""
    if place.kind != "area":
        choices = {"lon": str(place.lon), "lat": str(place.lat), "zoom": CLOSE}
        return Hit(place.kind, place.label, detail, "map", choices)
    level = next(level for level in ctx.levels if place.key in area_names(ctx, level))
    choices = {"level": level, "profile_area": place.key, "district": district_by_area(ctx, level)[place.key]}
    choices["area"] = place.key if level == ctx.levels[-1] else ""
    return Hit("area", place.label, detail, "profile", choices)
