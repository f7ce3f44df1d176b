"""Fit: whether schools, day care, homes and care suit the people who live here now and in five years."""

from __future__ import annotations

from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
from pydantic import Field

from analytics import access as walking
from analytics import cohorts, coverage
from data.context import CityContext, Territory, ViewState
from data.errors import NothingToShow
from data.figures import Column, Figure
from data.translation import N_
from services import homes, transit
from services.access import cells_within, people_in_cells
from services.areas import area_names, district_of, half_years, hierarchy, in_district, place_name, require_period
from services.cache import cached, cached_numbers
from services.columns import by_name
from services.figures import Caption, Shading, area_map, figure
from services.findings import ends
from services.names import level_plurals
from services.tables import city_table, entries, optional_table, require_tables, source

AHEAD = 5  # years
RIDE = 30  # minutes by bus and train to a library
COLUMNS = by_name(
    Column("group", N_("People"), kind="name"),
    Column("need", N_("What they need"), kind="text"),
    Column("people", N_("How many they are")),
    Column("there", N_("There is")),
    Column("per_100", N_("Per 100 people"), digits=1),
    Column("short", N_("Short of the norm")),
    Column("later_low", N_("People in five years, low")),
    Column("later_high", N_("People in five years, high")),
    Column("persons", N_("People"), missing=N_("not known")),
    Column("places", N_("Places")),
    Column("catchment", N_("Catchment area"), kind="id"),
    Column("recorded", N_("Recorded"), kind="id"),
    Column("centres", N_("Day-care centres")),
    Column("counted", N_("Children counted on"), kind="text"),
    Column("children", N_("Children aged 6 to 11 (estimate)")),
    Column("schools", N_("Public primary schools in it"), kind="text"),
    Column("pupils", N_("Pupils now"), missing=N_("not stated")),
    Column("classes", N_("Classes for the children of the area")),
)


class Query(ViewState):
    """What the city sets: places per 100 children under six, pupils in a class; the level of the day-care map."""

    norm: int = Field(default=90, ge=10, le=110)
    class_size: int = Field(default=24, ge=10, le=35)
    level: str = ""


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


@cached  # its reasons are in the reader's language
def children_ahead(ctx: CityContext) -> pd.DataFrame:
    """Children of 6 to 14 in AHEAD years by district: area_id, school, low, high. Raises NothingToShow without years
    enough, or ages.
    """
    _, rows = ctx.language, optional_table(ctx, "residents")
    days = [day for day in half_years(ctx) if day.month == 12]
    rows = rows[rows["period"].isin(days)]
    if not len(rows) or not {"0-5", "6-14"} <= set(rows["age"]):
        raise NothingToShow(_("Children are not counted by the ages that a forecast needs."), "")
    groups = rows["area_id"].map(district_of(ctx)) if ctx.has_districts else pd.Series("", rows.index)
    sums = rows.groupby(["age", "period", groups])["persons"].sum(min_count=1).unstack().fillna(0)
    young, school = (sums.loc[age].to_numpy(float) for age in ("0-5", "6-14"))
    try:
        result = cohorts.forecast(young, school, AHEAD)
    except ValueError:
        raise NothingToShow(_("The city counts too few years for a forecast of its children."), "") from None
    return result.assign(area_id=sums.columns, held=cohorts.coverage(young, school, AHEAD))


def _later(ctx: CityContext, territory: Territory) -> tuple[float, float, str]:
    """Children of 6 to 14 in AHEAD years, low and high, and how sure that is."""
    _ = ctx.language
    try:
        rows = children_ahead(ctx)
    except NothingToShow as reason:
        return float("nan"), float("nan"), str(reason)
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


def _public_primary(ctx: CityContext) -> pd.DataFrame:
    rows = optional_table(ctx, "schools")
    return rows[(rows["stage"] == "primary") & rows["public"]].reset_index(drop=True)


def newest_daycare(ctx: CityContext) -> tuple[pd.DataFrame, str]:
    """Day-care places by area at the newest record: area_id, places; and which record that is."""
    rows = optional_table(ctx, "daycare_register")
    if len(rows):
        recorded = max(rows["recorded"])
        return rows.loc[rows["recorded"] == recorded, ["area_id", "places"]], recorded
    rows = optional_table(ctx, "facilities")
    rows = rows[(rows["kind"] == "daycare") & rows["places"].notna()]
    return rows[["area_id", "places"]], ", ".join(entry.period for entry in entries(ctx, "facilities"))


def needs(ctx: CityContext, territory: Territory, query: Query) -> list[Need]:
    """What each group needs and what there is, in the city or the district."""
    parts = _of_children, _of_adults, _of_older_people, _of_all
    return [line for part in parts for line in part(ctx, territory, query)]


UNKNOWN = (float("nan"), float("nan"))


def _of_children(ctx: CityContext, territory: Territory, query: Query) -> list[Need]:
    _, day = ctx.language, require_period(ctx, territory)
    low, high, sure = _later(ctx, territory)
    daycare, recorded = newest_daycare(ctx)
    places = float(in_district(ctx, daycare, territory.district)["places"].sum()) if len(daycare) else np.nan
    dates = _("residents of {day}, places of {recorded}", day=_.day(day), recorded=recorded)
    own = in_district(ctx, _public_primary(ctx), territory.district)
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
    if not transit.has_timetable(ctx) or np.isnan(adults):
        return []
    rows = city_table(ctx, "residents")
    rows = coverage.of_age(rows[rows["period"] == require_period(ctx, territory)], 18, None)
    people = walking.people_in_cells(city_table(ctx, "cells"), rows)
    middle, _late = transit.minutes_to_nearest(ctx, "library", "evening")
    reached = float(people[(middle <= RIDE) & cells_within(ctx, territory.district)].sum())
    need = _("a library within {minutes} minutes in the evening", minutes=RIDE)
    said = _(
        "people who reach one from {window} by the timetable of {day}; whether it is open then is not known",
        window=_(transit.WINDOWS["evening"][0]),
        day=transit.timetable_day(ctx),
    )
    return [Need(_("Adults of 18 and over"), need, adults, reached, np.nan, UNKNOWN, said)]


def _of_older_people(ctx: CityContext, territory: Territory, _query: Query) -> list[Need]:
    _, older = ctx.language, _of_age(ctx, territory, 65, None)
    places = _places(ctx, territory, "care_home")
    said = _("most need no home: a number to compare districts by, not a shortage")
    return [Need(_("People of 65 and over"), _("places in care homes"), older, places, np.nan, UNKNOWN, said)]


def _of_all(ctx: CityContext, territory: Territory, _query: Query) -> list[Need]:
    _, dwellings = ctx.language, homes.by_area(ctx)
    if dwellings is None:
        return []
    here = in_district(ctx, dwellings, territory.district)
    known, year = here.dropna(subset="dwellings"), homes.newest_year(ctx)
    said = _("{known} of {all} areas known, end of {year}", known=len(known), all=len(here), year=year)
    people, count = (float(known[name].sum()) for name in ("persons", "dwellings"))
    return [Need(_("All residents"), _("dwellings"), people, count, np.nan, UNKNOWN, said)]


def summary_figure(ctx: CityContext, territory: Territory, query: Query) -> Figure:
    """All groups in one table. Raises NothingToShow without residents."""
    require_tables(ctx, "residents")
    _, lines = ctx.language, needs(ctx, territory, query)
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
    caption = Caption(finding, _("people, places, pupils, dwellings"), day, source(ctx, *tables), note)
    return figure(ctx, "fit-summary", caption, rows, columns=COLUMNS)


def daycare_figure(ctx: CityContext, territory: Territory, query: Query, level: str) -> Figure:
    """Places short of the norm by area. Raises NothingToShow where children or places are not known."""
    require_tables(ctx, "residents", "facilities")
    _, day = ctx.language, require_period(ctx, territory)
    residents, (daycare, recorded) = city_table(ctx, "residents"), newest_daycare(ctx)
    residents = residents[residents["period"] == day]
    if not len(daycare) or not coverage.knows_age(residents["age"].unique(), 0, 6):
        raise NothingToShow(_("Children under 6 or day-care places are not known here."), _("Choose another city."))
    groups = hierarchy(ctx)[level]
    children = coverage.of_age(residents, 0, 6)
    persons = children.groupby(children["area_id"].map(groups))["persons"].sum(min_count=1)
    places = daycare.groupby(daycare["area_id"].map(groups))["places"].sum()
    rows = pd.DataFrame({"persons": persons}).join(places).rename_axis("area_id").reset_index()
    rows["places"] = rows["places"].fillna(0).astype(float)
    rows["short"] = (query.norm / 100 * rows["persons"] - rows["places"]).clip(lower=0)
    rows["per_100"] = 100 * rows["places"] / rows["persons"].where(rows["persons"] > 0)
    rows = in_district(ctx, rows.assign(name=rows["area_id"].map(area_names(ctx, level))), territory.district, level)
    rows = rows.assign(
        value=rows["short"],
        shown=[
            _(
                "{short} short: {places} places for {children} children",
                short=_.number(s),
                places=_.number(p),
                children=_.number(c),
            )
            for s, p, c in zip(rows["short"], rows["places"], rows["persons"], strict=True)
        ],
    )
    finding = ends(
        ctx,
        rows,
        "value",
        lambda name, shown: _("Most day-care places are short in {name}, {shown}", name=name, shown=shown),
        lambda value: _("{short} of the norm", short=_.number(value)),
        subject=_("places short"),
        what=level_plurals(ctx)[level],
        largest=True,
        digits=0,
    ).text
    note = _(
        "Norm: {norm} per 100 children under 6, set by the reader. Children may go to day care in another area.",
        norm=query.norm,
    )
    dates = _("residents of {day}, places of {recorded}", day=_.day(day), recorded=recorded)
    caption = Caption(
        finding, _("day-care places short of the norm"), dates, source(ctx, "residents", "daycare_register"), note
    )
    return area_map(ctx, territory, "fit-daycare", caption, rows, level, Shading(0, scheme="jenks"), columns=COLUMNS)


def trend_figure(ctx: CityContext, territory: Territory) -> Figure:
    """Day-care centres and places at each record, beside the children of the nearest day. Raises NothingToShow."""
    require_tables(ctx, "residents", "daycare_register")
    _, rows = ctx.language, in_district(ctx, city_table(ctx, "daycare_register"), territory.district)
    sums = rows.groupby("recorded")[["centres", "places"]].sum().reset_index()
    residents, days = city_table(ctx, "residents"), half_years(ctx)
    children = []
    for recorded in sums["recorded"]:
        when = pd.Timestamp(f"{recorded}-12-31" if len(recorded) == 4 else f"{recorded}-01")
        day = min(days, key=lambda own: abs(own - when))
        here = in_district(ctx, residents[residents["period"] == day], territory.district)
        children.append((_.day(day), float(coverage.of_age(here, 0, 6)["persons"].sum())))
    sums["counted"], sums["persons"] = zip(*children, strict=True)
    sums["per_100"] = 100 * sums["places"] / sums["persons"]
    first, last = sums.iloc[0], sums.iloc[-1]
    finding = _(
        "{place}: {before} day-care places in {first}, {after} in {last}",
        place=place_name(ctx, territory),
        before=_.number(first["places"]),
        after=_.number(last["places"]),
        first=first["recorded"],
        last=last["recorded"],
    )
    note = _("Without groups for curative education. Children of the newest day where none is nearer: see the dates.")
    caption = Caption(
        finding,
        _("centres, places, children"),
        f"{first['recorded']}, {last['recorded']}",
        source(ctx, "daycare_register", "residents"),
        note,
    )
    return figure(ctx, "fit-daycare-trend", caption, sums, columns=COLUMNS)


@cached_numbers
def by_catchment(ctx: CityContext, period: pd.Timestamp) -> pd.DataFrame:
    """Catchment areas of primary schools: catchment, district, children (6 to 11), schools, pupils (empty: none)."""
    shapes, cells = gpd.GeoDataFrame(city_table(ctx, "school_catchments")), city_table(ctx, "cells")
    people = people_in_cells(ctx, "school_primary", period)
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(cells["x"], cells["y"]), crs=shapes.crs)
    inside = gpd.sjoin(points[people > 0], shapes[["catchment", "geometry"]], predicate="within")
    inside = inside[~inside.index.duplicated()]
    children = pd.Series(people[inside.index]).groupby(inside["catchment"].to_numpy()).sum()
    schools = _public_primary(ctx)
    spots = gpd.GeoDataFrame(schools, geometry=gpd.points_from_xy(schools["x"], schools["y"]), crs=shapes.crs)
    own = gpd.sjoin(spots, shapes[["catchment", "geometry"]], predicate="within").drop_duplicates("source_id")
    grouped = own.groupby("catchment")
    result = shapes[["catchment", "district"]].set_index("catchment")
    result["children"] = children.reindex(result.index).fillna(0).astype(int)
    result["schools"] = grouped["name"].agg(", ".join).reindex(result.index).fillna("")
    result["pupils"] = grouped["pupils"].sum(min_count=1).reindex(result.index)
    return result.reset_index()


def schools_figure(ctx: CityContext, territory: Territory, query: Query) -> Figure:
    """Children and pupils by catchment area, most children beyond pupils first. Raises NothingToShow."""
    require_tables(ctx, "schools", "school_catchments", "cells", "residents")
    _, period = ctx.language, require_period(ctx, territory)
    rows = by_catchment(ctx, period)
    rows = rows[rows["district"] == territory.district] if territory.district else rows
    rows = rows.assign(classes=np.ceil(rows["children"] / query.class_size).astype(int))
    rows["district"] = rows["district"].map(area_names(ctx, "district"))
    beyond = rows["children"] - rows["pupils"].astype("float64").fillna(0)
    rows = rows.loc[beyond.sort_values(ascending=False, kind="stable").index].reset_index(drop=True)
    more = int((rows["children"] > rows["pupils"].astype("float64").fillna(0)).sum())
    finding = _(
        "In {more} of {all} catchment areas more children of 6 to 11 live than go to its public primary schools now",
        more=more,
        all=len(rows),
    )
    note = _(
        "Pupils now, never places: how many a school can take is not published. Children also go to private and "
        "comprehensive schools and to other areas, and some schools stand outside of their own. Classes of {size}: an "
        "assumption of the reader.",
        size=query.class_size,
    )
    dates = _("residents of {day}, pupils of {recorded}", day=_.day(period), recorded=entries(ctx, "schools")[0].period)
    caption = Caption(
        finding, _("children (estimate), pupils"), dates, source(ctx, "schools", "school_catchments", "residents"), note
    )
    return figure(ctx, "fit-schools", caption, rows, columns=COLUMNS)
