"""Fit in one view: what each group needs and what there is, a sentence each, and all of it on one page of paper."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from analytics import coverage
from data.context import CityContext, Territory
from data.errors import NothingToShow
from data.figures import Figure
from data.store.city_tables import Version
from services import homes, transit
from services.access import cells_within, displaced_by_area
from services.areas import country_names, in_district, place_name, require_period
from services.figures import Caption, figure
from services.fit import COLUMNS, Query, adults_in_cells, children_ahead, newest_daycare, public_primary
from services.tables import city_table, optional_table, require_tables, source

RIDE = 30  # minutes by bus and train to a library


class Need(NamedTuple):
    """One line of the summary; numbers are empty where they are not known."""

    group: str
    need: str
    people: float
    there: float
    norm: float
    later: tuple[float, float]
    sure: str


def _of_age(ctx: CityContext, territory: Territory, first: int, last: int | None) -> float:
    """Residents of an age in the city or district on the newest day; empty where its ages do not tell."""
    rows = city_table(ctx, "residents")
    rows = rows[rows["period"] == require_period(ctx, territory)]
    if not coverage.knows_age(rows["age"].unique(), first, last):
        return float("nan")
    return float(in_district(ctx, coverage.of_age(rows, first, last), territory.district)["persons"].sum())


def _later(ctx: CityContext, territory: Territory) -> tuple[float, float, str]:
    """Children of 6 to 14 in AHEAD years, low and high, and how sure that is."""
    _ = ctx.language
    try:
        rows = children_ahead(ctx)
    except NothingToShow as reason:
        return float("nan"), float("nan"), reason.what.rstrip(".")
    here = rows[rows["area_id"] == territory.district] if territory.district else rows
    said = _(
        "cohort survival; such intervals held {held} of earlier forecasts of districts",
        held=_.percent(float(rows["held"].iloc[0])),
    )
    return float(here["low"].sum()), float(here["high"].sum()), said


def _places(ctx: CityContext, territory: Territory, kind: str) -> float:
    rows = optional_table(ctx, "facilities")
    rows = in_district(ctx, rows[rows["kind"] == kind], territory.district)
    return float(rows["places"].sum()) if rows["places"].notna().any() else float("nan")


def needs(ctx: CityContext, territory: Territory, query: Query, courses: Version | None = None) -> list[Need]:
    """What each group needs and what there is, in the city or the district. courses: places that the city entered."""
    parts = _of_children, _of_adults, _of_older_people, _of_newcomers, _of_all
    lines = [line for part in parts for line in part(ctx, territory, query)]
    return lines if courses is None else [*lines, _of_courses(ctx, territory, courses)]


UNKNOWN = (float("nan"), float("nan"))


def _of_children(ctx: CityContext, territory: Territory, query: Query) -> list[Need]:
    _, day = ctx.language, require_period(ctx, territory)
    low, high, sure = _later(ctx, territory)
    daycare, recorded = newest_daycare(ctx)
    places = float(in_district(ctx, daycare, territory.district)["places"].sum()) if len(daycare) else np.nan
    dates = _("residents of {day}, places of {recorded}", day=_.day(day), recorded=recorded)
    own = in_district(ctx, public_primary(ctx), territory.district)
    pupils = float(own["pupils"].sum()) if len(own) else np.nan
    published = _("pupils now, not places: how many places schools have is not published")
    under_six, primary, school = (_of_age(ctx, territory, *ages) for ages in ((0, 6), (6, 12), (6, 15)))
    return [
        Need(_("Children under 6"), _("places in day care"), under_six, places, query.norm, UNKNOWN, dates),
        Need(_("Children of 6 to 11"), _("public primary schools"), primary, pupils, np.nan, UNKNOWN, published),
        Need(_("Children of 6 to 14"), _("schools"), school, np.nan, np.nan, (low, high), sure),
    ]


def _of_adults(ctx: CityContext, territory: Territory, _query: Query) -> list[Need]:
    """Adults who reach a library in the evening by bus and train, the nearest open data come to lifelong learning."""
    _, adults = ctx.language, _of_age(ctx, territory, 18, None)
    people = adults_in_cells(ctx, require_period(ctx, territory))
    if not transit.has_timetable(ctx) or people is None:
        return []
    middle, _late = transit.minutes_to_nearest(ctx, "library", "evening")
    reached = float(people[(middle <= RIDE) & cells_within(ctx, territory.district)].sum())
    need = _("a library within {minutes} minutes in the evening", minutes=RIDE)
    said = _(
        "people who reach one from {window} by the timetable of {day}; whether it is open then is not known",
        window=_(transit.WINDOWS["evening"][0]),
        day=transit.timetable_day(ctx),
    )
    return [Need(_("Adults of 18 and over"), need, adults, reached, np.nan, UNKNOWN, said)]


def _of_courses(ctx: CityContext, territory: Territory, courses: Version) -> Need:
    _, adults = ctx.language, _of_age(ctx, territory, 18, None)
    places = float(in_district(ctx, courses.rows, territory.district)["places"].sum())
    said = _("{file}, entered by the city", file=courses.name)
    return Need(_("Adults of 18 and over"), _("places in courses"), adults, places, np.nan, UNKNOWN, said)


def _of_older_people(ctx: CityContext, territory: Territory, _query: Query) -> list[Need]:
    _, older = ctx.language, _of_age(ctx, territory, 65, None)
    places = _places(ctx, territory, "care_home")
    said = _("most need no home: a number to compare districts by, not a shortage")
    return [Need(_("People of 65 and over"), _("places in care homes"), older, places, np.nan, UNKNOWN, said)]


def _of_newcomers(ctx: CityContext, territory: Territory, _query: Query) -> list[Need]:
    """Residents with roots in countries that people are displaced from; what they need by age is in the other lines."""
    level = ctx.largest_level if territory.district else "city"
    rows = displaced_by_area(ctx, require_period(ctx, territory), level)
    if not len(rows):
        return []
    _, here = ctx.language, rows[rows["area_id"] == territory.district] if territory.district else rows
    names = country_names(ctx)
    said = _(
        "roots in {countries}, however long ago; which courses there are is not published",
        countries=_.listed(names[code] for code in sorted(here["origin"].unique())),
    )
    people = float(here["persons"].astype("float64").sum(min_count=1))
    need = _("places in language courses")
    return [Need(_("People from countries of displacement"), need, people, np.nan, np.nan, UNKNOWN, said)]


def _of_all(ctx: CityContext, territory: Territory, _query: Query) -> list[Need]:
    _, dwellings = ctx.language, homes.by_area(ctx)
    if dwellings is None:
        return []
    here = in_district(ctx, dwellings, territory.district)
    known, year = here.dropna(subset="dwellings"), homes.newest_year(ctx)
    said = _("{known} of {all} areas known, end of {year}", known=len(known), all=len(here), year=year)
    people, count = (float(known[name].sum()) for name in ("persons", "dwellings"))
    return [Need(_("All residents"), _("dwellings"), people, count, np.nan, UNKNOWN, said)]


def summary_figure(
    ctx: CityContext, territory: Territory, query: Query, lines: list[Need], courses: Version | None = None
) -> Figure:
    """All groups in one table. lines: of needs. Raises NothingToShow without residents."""
    require_tables(ctx, "residents")
    _ = ctx.language
    rows = pd.DataFrame(
        [
            {
                "group": line.group,
                "need": line.need,
                "people": line.people,
                "there": line.there,
                "per_100": 100 * line.there / line.people if line.people else np.nan,
                "short": max(line.norm / 100 * line.people - line.there, 0.0),
                "later_low": line.later[0],
                "later_high": line.later[1],
            }
            for line in lines
        ]
    )
    rows[["later_low", "later_high"]] = rows[["later_low", "later_high"]].round(-1)
    daycare = rows.iloc[0]
    if np.isfinite(daycare["short"]):
        finding = _(
            "{place}: {places} day-care places for {children} children under 6; {short} short of {norm} per 100",
            place=place_name(ctx, territory),
            places=_.number(daycare["there"]),
            children=_.number(daycare["people"]),
            short=_.number(daycare["short"]),
            norm=query.norm,
        )
    else:
        finding = _(
            "{place}: how many children under 6 or day-care places there are is not known",
            place=place_name(ctx, territory),
        )
    tables = ("residents", "daycare_register", "facilities", "schools", "dwellings", *transit.TABLES)
    note = " · ".join(f"{line.group}: {line.sure}" for line in lines)
    day = _.day(require_period(ctx, territory))
    credit = source(ctx, *tables)
    if courses is not None:
        credit = "; ".join([credit, _("{file}, entered by the city", file=courses.name)])
    caption = Caption(finding, _("people, places, pupils, dwellings"), day, credit, note)
    return figure(ctx, "fit-summary", caption, rows, columns=COLUMNS)


def sentences(ctx: CityContext, lines: list[Need]) -> list[str]:
    """What fits and what is short, by how much and how sure, a sentence a group. lines: of needs."""
    return [_sentence(ctx, line) for line in lines]


def _sentence(ctx: CityContext, line: Need) -> str:
    _ = ctx.language
    values = {
        "group": line.group,
        "need": line.need,
        "people": _.number(line.people),
        "there": _.number(line.there),
        "sure": line.sure,
    }
    if np.isfinite(line.later[0]):
        return _(
            "{group}: {people} now, {low} to {high} in five years ({sure}).",
            low=_.number(round(line.later[0], -1)),
            high=_.number(round(line.later[1], -1)),
            **values,
        )
    if not (np.isfinite(line.people) and np.isfinite(line.there)):
        return _("{group}, {need}: not known ({sure}).", **values)
    short = line.norm / 100 * line.people - line.there
    if np.isfinite(short):
        values["norm"] = _.number(line.norm)
        if short > 0:
            return _(
                "{group}: {there} {need} for {people}; {short} short of the norm of {norm} per 100 ({sure}).",
                short=_.number(short),
                **values,
            )
        return _("{group}: {there} {need} for {people}; the norm of {norm} per 100 is met ({sure}).", **values)
    per_100 = 100 * line.there / line.people if line.people else np.nan
    return _("{group}: {people}; {need}: {there}, {per_100} per 100 ({sure}).", per_100=_.number(per_100, 1), **values)


def page(ctx: CityContext, territory: Territory, said: list[str], summary: Figure) -> dict[str, Any]:
    """What views.prints.pdf takes, by name. said: of sentences. summary: of summary_figure."""
    _ = ctx.language
    columns = [column for column in summary.columns if column.name not in ("group", "need")]
    rows = [
        [f"{row['group']}: {row['need']}", *(column.text(row[column.name], ctx.language) for column in columns)]
        for row in summary.rows.to_dict("records")
    ]
    tables = {_("In numbers"): (["", *(column.heading for column in columns)], rows)}
    return {
        "title": _("People and places in {place}: does it fit?", place=place_name(ctx, territory)),
        "subtitle": f"{ctx.name}, {summary.period}",
        "sentences": {_("What fits and what is short"): said},
        "tables": tables,
        "source": summary.source,
        "language": ctx.language,
    }
