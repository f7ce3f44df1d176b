"""Fit: whether schools, day care, homes and care suit the people who live here now and in five years."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
from pydantic import Field

from analytics import access as walking
from analytics import cohorts, coverage
from data.context import CityContext, Territory, ViewState
from data.errors import NothingToShow
from data.figures import Column, Figure
from data.store.city_tables import Version
from data.translation import N_
from services import own_tables
from services.access import people_in_cells
from services.areas import area_names, district_of, half_years, in_district, place_name, require_period
from services.cache import cached, cached_numbers
from services.columns import by_name
from services.figures import Caption, figure
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
    Column("capacity", N_("Pupils that these schools can take"), missing=N_("not entered")),
    Column("free", N_("Places less pupils now"), missing=N_("not entered")),
)


class Query(ViewState):
    """What the city sets: places per 100 children under six, pupils in a class; the level of the day-care map."""

    norm: int = Field(default=90, ge=10, le=110)
    class_size: int = Field(default=24, ge=10, le=35)
    level: str = ""


def forecast_days(ctx: CityContext) -> list[pd.Timestamp]:
    """The days from whose counts children are forecast: each year's end."""
    return [day for day in half_years(ctx) if day.month == 12]


@cached  # its reasons are in the reader's language
def children_ahead(ctx: CityContext) -> pd.DataFrame:
    """Children of 6 to 14 in AHEAD years by district: area_id, school, low, high.

    Raises NothingToShow without years enough, or ages.
    """
    _, rows = ctx.language, optional_table(ctx, "residents")
    rows = rows[rows["period"].isin(forecast_days(ctx))]
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


@cached_numbers
def adults_in_cells(ctx: CityContext, period: pd.Timestamp) -> np.ndarray | None:
    """Residents of 18 and over in every cell on a day (an estimate); None where the city's ages do not tell."""
    rows = city_table(ctx, "residents")
    rows = rows[rows["period"] == period]
    if not coverage.knows_age(rows["age"].unique(), 18, None):
        return None
    return walking.people_in_cells(city_table(ctx, "cells"), coverage.of_age(rows, 18, None))


def public_primary(ctx: CityContext) -> pd.DataFrame:
    """Public primary schools."""
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
    """Catchment areas of primary schools.

    catchment, district, children (6 to 11), schools, ids (of these), pupils (empty: none).
    """
    shapes, cells = gpd.GeoDataFrame(city_table(ctx, "school_catchments")), city_table(ctx, "cells")
    people = people_in_cells(ctx, "school_primary", period)
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(cells["x"], cells["y"]), crs=shapes.crs)
    inside = gpd.sjoin(points[people > 0], shapes[["catchment", "geometry"]], predicate="within")
    inside = inside[~inside.index.duplicated()]
    children = pd.Series(people[inside.index]).groupby(inside["catchment"].to_numpy()).sum()
    schools = public_primary(ctx)
    spots = gpd.GeoDataFrame(schools, geometry=gpd.points_from_xy(schools["x"], schools["y"]), crs=shapes.crs)
    own = gpd.sjoin(spots, shapes[["catchment", "geometry"]], predicate="within").drop_duplicates("source_id")
    grouped = own.groupby("catchment")
    result = shapes[["catchment", "district"]].set_index("catchment")
    result["children"] = children.reindex(result.index).fillna(0).astype(int)
    result["schools"] = grouped["name"].agg(", ".join).reindex(result.index).fillna("")
    result["ids"] = grouped["source_id"].agg(",".join).reindex(result.index).fillna("")
    result["pupils"] = grouped["pupils"].sum(min_count=1).reindex(result.index)
    return result.reset_index()


def _with_capacities(rows: pd.DataFrame, capacities: Version) -> pd.DataFrame:
    """Catchment areas with what their schools can take, empty unless it was entered for all of them, less pupils."""
    places = capacities.rows.set_index("school")["places"]
    known = rows["ids"].map(lambda ids: bool(ids) and all(school in places.index for school in ids.split(",")))
    rows["capacity"] = rows["ids"].where(known).map(lambda ids: places.loc[ids.split(",")].sum(), na_action="ignore")
    rows["free"] = rows["capacity"].astype("float64") - rows["pupils"].astype("float64")
    return rows


def schools_figure(ctx: CityContext, territory: Territory, query: Query, capacities: Version | None = None) -> Figure:
    """Children and pupils by catchment area, most children beyond pupils first. Raises NothingToShow.

    capacities: how many pupils schools can take, where the city entered it (school, places).
    """
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
    if capacities is not None:
        rows = _with_capacities(rows, capacities)
    rows = rows.drop(columns="ids")
    note = _(
        "Pupils now, never places: how many a school can take is not published. Children also go to private and "
        "comprehensive schools and to other areas, and some schools stand outside of their own. Classes of {size}: an "
        "assumption of the reader.",
        size=query.class_size,
    )
    if capacities is not None:
        note += " " + _("Places as the city entered them: {table}.", table=own_tables.saved_words(ctx, capacities))
    dates = _("residents of {day}, pupils of {recorded}", day=_.day(period), recorded=entries(ctx, "schools")[0].period)
    caption = Caption(
        finding, _("children (estimate), pupils"), dates, source(ctx, "schools", "school_catchments", "residents"), note
    )
    return figure(ctx, "fit-schools", caption, rows, columns=COLUMNS)
