"""A brief of one area, two to four pages: who lives there, what stands out, what changed, what to ask next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import pandas as pd

from analytics.indicators import WALKS
from data.context import CityContext, Territory
from data.errors import DataError
from data.figures import Column, Figure, KeyFigure
from data.store import register
from data.translation import N_
from services import (
    area_supply,
    changes,
    city_map,
    examples,
    inclusion,
    indicator_days,
    initiatives,
    origins,
    outlook,
    profile,
    two_areas,
    walks,
)
from services.areas import area_names, district_by_area, hierarchy
from services.columns import by_name
from services.figures import Caption, figure
from services.names import cards, level_names
from services.tables import source

PEOPLE = "people"  # the dimension of measures that are neither good nor bad
FINDINGS = 5  # strengths and as many gaps: ten findings
ASKED, LISTED = 3, 4  # gaps that are asked about, initiatives that are named
COLUMNS = by_name(
    Column("measure", N_("Measure"), kind="name"),
    Column("value", N_("Area"), kind="text"),
    Column("city", N_("City"), kind="text"),
    Column("better_than", N_("Better than"), "%", missing=N_("not judged")),
)


class Brief(NamedTuple):
    """What the pages hold. sections: sentences by heading."""

    title: str
    lines: list[str]
    numbers: list[KeyFigure]
    sections: dict[str, list[str]]
    figures: list[Figure]


def brief(ctx: CityContext, territory: Territory, period: pd.Timestamp, level: str, area: str) -> Brief:
    """The brief of an area of a level. Only what passes its condition is said; what a city lacks is left out."""
    _, name = ctx.language, area_names(ctx, level)[area]
    is_smallest = level == ctx.levels[-1]
    here = territory.changed(district=district_by_area(ctx, level)[area], area=area if is_smallest else "")
    lines = [profile.about(ctx, period, level, area), indicator_days.about(ctx, period)]
    shown = [
        lambda: _map(ctx, here, period, level, area),
        lambda: _table(ctx, period, level, area),
        lambda: area_supply.supply_figure(ctx, period, level, area),
        lambda: _trend(ctx, here),
        lambda: _outlook(ctx, here),
    ]
    title = _("{name}: brief", name=name)
    return Brief(
        title, lines, _numbers(ctx, period, level, area), _sections(ctx, here, period, level, area), _of(shown)
    )


def comparison(ctx: CityContext, period: pd.Timestamp, level: str, area: str, other: str) -> Brief:
    """The same of two areas side by side: numbers of both, where each does clearly better, on one scale."""
    _, names = ctx.language, area_names(ctx, level)
    title = _("{name} beside {other}", name=names[area], other=names[other])
    about = [f"{names[place]}: {profile.about(ctx, period, level, place)}" for place in (area, other)]
    lines = [*about, indicator_days.about(ctx, period)]
    numbers = [
        replace(number, label=f"{names[place]}: {number.label}")
        for place in (area, other)
        for number in _numbers(ctx, period, level, place)
    ]
    better = two_areas.sentences(ctx, period, level, area, other)
    sections = {_("{name} does clearly better", name=name): said for name, said in better.items() if said}
    sections[_("What to ask next")] = [
        _("What does {name} do that {other} could try?", name=names[area], other=names[other]),
        _("What does {name} do that {other} could try?", name=names[other], other=names[area]),
        _("Which of these figures do the people who live here recognise, and which not?"),
    ]
    shown = [make(ctx, period, level, area, other) for make in (two_areas.pair_figure, two_areas.differences_figure)]
    return Brief(title, lines, numbers, sections, [drawn for drawn in shown if drawn])


def _of(makers: list[Callable[[], Figure | None]]) -> list[Figure]:
    """The figures that can be made."""
    made: list[Figure | None] = []
    for make in makers:
        try:
            made.append(make())
        except DataError:
            continue
    return [drawn for drawn in made if drawn]


def _numbers(ctx: CityContext, period: pd.Timestamp, level: str, area: str) -> list[KeyFigure]:
    """Who lives there: the measures that are neither good nor bad."""
    rows, _similar = profile.compared(ctx, period, level, area)
    by_key, of_day = cards(ctx.language), ctx.language.day(period)
    people = [key for key in rows.index if by_key[key].dimension == PEOPLE and pd.notna(rows.loc[key, "value"])]
    return [
        KeyFigure(f"{by_key[key].label} ({by_key[key].unit}, {of_day})", _shown(ctx, key, rows.loc[key, "value"]))
        for key in people
    ]


def _sections(ctx: CityContext, here: Territory, period: pd.Timestamp, level: str, area: str) -> dict[str, list[str]]:
    """Sentences by heading; headings without any are left out."""
    _ = ctx.language
    strengths = list(profile.standouts(ctx, period, level, area, "strength").values())[:FINDINGS]
    gaps = profile.standouts(ctx, period, level, area, "gap")
    worst = list(gaps)[:FINDINGS]
    sections = {
        _("Strengths"): strengths,
        _("Gaps"): [gaps[key] for key in worst],
        _("What changed"): changes.sentences(ctx, here),
        _("Initiatives here"): _initiatives_here(ctx, level, area),
        _("Initiatives that address it"): _initiatives(ctx, worst),
        _("What to ask next"): _questions(ctx, worst),
    }
    return {heading: sentences for heading, sentences in sections.items() if sentences}


def _questions(ctx: CityContext, gaps: list[str]) -> list[str]:
    _, by_key = ctx.language, cards(ctx.language)
    asked = [
        _("{label}: whom does it concern most, and what would change it?", label=by_key[key].label) for key in gaps
    ]
    return [
        *asked[:ASKED],
        _("Which of these figures do the people who live here recognise, and which not?"),
        _("What is under way that these figures do not show yet?"),
    ]


def _own_initiatives() -> pd.DataFrame:
    """The register without what came with the app."""
    rows = register.everything()
    return rows[~rows["id"].isin(examples.marked("initiative"))]


def _initiatives_here(ctx: CityContext, level: str, area: str) -> list[str]:
    """Initiatives of this city that name the area, or one inside it, as their place: name, stage and for whom."""
    rows, groups = _own_initiatives(), hierarchy(ctx)
    inside = {area, *groups.index[groups[level] == area]}
    rows = rows[(rows["city"].str.casefold() == ctx.name.casefold()) & rows["area_id"].isin(inside)]
    return [
        f"{row.name} ({ctx.language(row.stage)}{f', {row.target_group}' if row.target_group else ''})"
        for row in rows.head(LISTED).itertuples(index=False)
    ]


def _initiatives(ctx: CityContext, gaps: list[str]) -> list[str]:
    """Initiatives of the register that fit the needs behind the gaps, the worst gap first."""
    rows, by_key = _own_initiatives(), cards(ctx.language)
    if rows.empty:
        return []
    names = []
    for topic in dict.fromkeys(by_key[key].dimension for key in gaps):
        fitting = initiatives.matches(ctx, rows, initiatives.Query(topic=topic)).head(2)
        names += [f"{name} ({city})" for name, city in fitting[["name", "city"]].itertuples(index=False)]
    return list(dict.fromkeys(names))[:LISTED]


def _shown(ctx: CityContext, key: str, value: float) -> str:
    """A measure in its digits; a walk as walks are written."""
    digits = cards(ctx.language)[key].digits
    return walks.minutes_text(ctx, value, digits) if key in WALKS else ctx.language.number(value, digits)


def _map(ctx: CityContext, here: Territory, period: pd.Timestamp, level: str, area: str) -> Figure:
    """The smallest areas of its district, coloured by its worst gap, else by displaced origin."""
    gaps, known = profile.standouts(ctx, period, level, area, "gap"), city_map.indicators(ctx)
    colour = next((key for key in gaps if key in known), "displaced")
    query = city_map.Query.model_validate({"colour": colour, "level": ctx.levels[-1]})
    return city_map.city_map(ctx, here, query)


def _table(ctx: CityContext, period: pd.Timestamp, level: str, area: str) -> Figure:
    """Every measure that has a good side, beside the city; the weakest first."""
    _, (rows, _similar) = ctx.language, profile.compared(ctx, period, level, area)
    rows = rows.dropna(subset="better_than").sort_values("better_than")
    table = pd.DataFrame(
        {
            "measure": [f"{label} ({unit})" for label, unit in zip(rows["measure"], rows["unit"], strict=True)],
            **{side: [_shown(ctx, str(key), value) for key, value in rows[side].items()] for side in ("value", "city")},
            "better_than": rows["better_than"].to_numpy(),
        }
    )
    name = area_names(ctx, level)[area]
    finding = _("{name} beside the city, the weakest measures first", name=name)
    unit = _("as each row says; better than so many per cent of areas ({level})", level=level_names(ctx)[level])
    caption = Caption(finding, unit, indicator_days.about(ctx, period), source(ctx, *inclusion.TABLES))
    return figure(ctx, "brief-measures", caption, table, None, COLUMNS)


def _trend(ctx: CityContext, here: Territory) -> Figure:
    codes = origins.usual_origins(ctx, origins.origins(ctx, here))
    return origins.trend_figure(ctx, here, origins.Query(origins=tuple(codes)))


def _outlook(ctx: CityContext, here: Territory) -> Figure:
    usual = outlook.defaults(ctx, here) | {"subject": "city"}
    return outlook.forecast_figure(ctx, here, outlook.Query.model_validate(usual))
