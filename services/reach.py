"""Who is served: access on foot by area and hexagon, over all limits, by facility, and of one area to every service."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

import h3
import ibis
import pandas as pd

from analytics import access as walking
from analytics import cells as hexes
from analytics import classes
from data import engine
from data.context import CityContext, Territory
from data.errors import NothingToShow
from data.figures import Column, Figure, Layer, Legend, Map
from data.translation import N_, Language
from services import access, walks
from services.access import DISPLACED, EVERYONE, Question
from services.areas import area_names, area_shapes, current_half_years, in_district, require_period
from services.cache import cached_numbers
from services.columns import by_name
from services.coverage import facility_points, services
from services.figures import Caption, Shading, area_map, chart, city_map, figure, legend, ranges
from services.findings import ends, left_out
from services.names import facility_kinds, level_plurals
from services.served import cut_note, knows_served, require_served, served_words
from services.tables import city_table, facilities_source

MOST_CELLS = 12_000  # hexagons that a map sends to a browser: about 70 bytes each
THRESHOLDS = [float(minutes) for minutes in range(1, 46)]
COMPARISONS = {
    "nothing": N_("nothing"),
    "another service": N_("another service"),
    "an earlier date": N_("an earlier date"),
}
DETAILS = {"hexagons": N_("Hexagons"), "facilities": N_("Facilities")}
COLUMNS = access.COLUMNS | by_name(
    Column("cell", N_("H3 cell"), kind="id"),
    Column("group", N_("People"), kind="name"),
    Column("reachable", N_("People within the limit")),
    Column("per_place", N_("People within the limit for each place"), digits=1, missing=N_("not stated")),
    Column("service", N_("Service"), kind="name"),
    Column("areas", N_("Areas ranked")),
)


class Query(Question):
    """Also the level of areas, what to compare with, the closer look and the facility that it is at."""

    level: str = ""
    against: Literal["nothing", "another service", "an earlier date"] = "nothing"
    other: str = ""
    closer: Literal["hexagons", "facilities"] = "hexagons"
    facility: str = ""


def options(ctx: CityContext, territory: Territory) -> dict[str, Any]:
    """What the page's choices may be in this city and territory. Raises NothingToShow without services or residents."""
    kinds, period = list(access.services(ctx)), require_period(ctx, territory)
    comparisons = [
        name
        for name in COMPARISONS
        if name == "nothing"
        or (name == "another service" and len(kinds) > 1)
        or (name == "an earlier date" and current_half_years(ctx)[0] < period)
    ]
    return {
        "service": kinds,
        "level": list(ctx.levels),
        "against": comparisons,
        "other": lambda chosen: [kind for kind in kinds if kind != chosen["service"]],
        "facility": lambda chosen: list(facility_names(ctx, territory, Query(**chosen))),
    }


def _rows(ctx: CityContext, territory: Territory, query: Query, kind: str, period: pd.Timestamp) -> pd.DataFrame:
    """A map's rows for a kind and day, in the territory. Raises NothingToShow where no area has a value."""
    _, asked = ctx.language, query.changed(service=kind)
    require_served(ctx, kind, period)
    rows = access.by_area(ctx, kind, query.walker, query.limit, period, query.level)
    rows = in_district(ctx, rows, territory.district, query.level)
    values = rows[query.reach_measure] * query.measure.factor
    if values.isna().all():
        raise NothingToShow(
            _("Nobody of the ages that this service is for lives here."), _("Choose another service or district.")
        )
    return rows.assign(value=values, shown=[access.value_text(ctx, asked, row) for row in rows.to_dict("records")])


def maps(ctx: CityContext, territory: Territory, query: Query) -> list[Figure]:
    """The measure by area: one map, or two on one scale (two services, or one on two dates)."""
    _, pairs = ctx.language, [(query.service, require_period(ctx, territory))]
    if query.against == "another service":
        pairs.append((query.other, pairs[0][1]))
    elif query.against == "an earlier date":
        pairs.append((query.service, current_half_years(ctx)[0]))
    tables = [_rows(ctx, territory, query, kind, period) for kind, period in pairs]
    grouped = classes.classify(pd.concat(tables, ignore_index=True)["value"], scheme="jenks")
    figures = []
    for place, ((kind, period), rows) in enumerate(zip(pairs, tables, strict=True)):
        measure = access.measure(ctx, query.changed(service=kind))
        hardest = _hardest(ctx, query.changed(service=kind), rows)
        notes = [hardest[1], access.unstated_note(ctx, kind) if query.reach_measure == "places_per_100" else ""]
        notes += [cut_note(ctx, kind, period)]
        part = classes.part(grouped, slice(place * len(rows), (place + 1) * len(rows)))  # both have the same areas
        figures.append(
            area_map(
                ctx,
                territory,
                "reach-map" if len(pairs) == 1 else f"side-{place}",
                Caption(
                    hardest[0],
                    _(measure.unit),
                    _.day(period),
                    facilities_source(ctx),
                    " · ".join(note for note in notes if note),
                ),
                rows,
                query.level,
                Shading(measure.digits, classes=part),
                points=facility_points(ctx, kind),
                columns=COLUMNS | access.columns(ctx, kind),
            )
        )
    return figures if len(figures) == 1 else [_smaller(result) for result in figures]


def _hardest(ctx: CityContext, query: Query, rows: pd.DataFrame) -> tuple[str, str]:
    """For which area it is hardest, where one is and enough people are behind it; and how many areas are too small."""
    _, measure, label = ctx.language, access.measure(ctx, query), facility_kinds(ctx).loc[query.service, "label"]
    options: dict[str, Any] = {"largest": not measure.low_is_bad, "digits": measure.digits, "base": "persons"}

    def statement(name: str, _value: str) -> str:
        shown = rows.loc[rows["name"] == name, "shown"].iloc[0]
        return _(
            "{labels}: hardest for {name}, {shown}, with those in {city} alone counted",
            labels=label,
            name=name,
            shown=shown,
            city=ctx.name,
        )

    def number(value: float) -> str:
        return f"{_.number(value, measure.digits)} {_(measure.unit)}"

    what = level_plurals(ctx)[query.level]
    finding = ends(ctx, rows, "value", statement, number, subject=label, what=what, **options)
    return finding.text, left_out(ctx, rows, "value", "persons")


def _smaller(result: Figure) -> Figure:
    """A map that stands beside another."""
    assert isinstance(result.drawing, Map)
    return replace(result, drawing=replace(result.drawing, zoom=result.drawing.zoom - 0.8, height=420))


@cached_numbers
def hexagons(
    ctx: CityContext, kind: str, walker: str, limit: float, period: pd.Timestamp, district: str
) -> tuple[pd.DataFrame, int]:
    """Hexagons with residents and their measures, as fine as MOST_CELLS allows: a district's finer than the city's.

    Returns them (cell, persons and access.MEANS) and their resolution.
    """
    names, rows = city_table(ctx, "cells")["cell"], access.by_cell(ctx, kind, walker, limit, period)
    shown = (rows["persons"] > 0).to_numpy() & access.cells_within(ctx, district)
    resolution = hexes.level_of_detail(int(shown.sum()), h3.get_resolution(names.iloc[0]), MOST_CELLS)
    rows = rows[shown].assign(cell=[int(name, 16) for name in names[shown]])
    result = engine.run(hexes.coarser(ibis.memtable(rows), resolution, "persons", access.MEANS))
    return result.assign(cell=[f"{cell:x}" for cell in result["cell"]]), resolution


def hexagon_figure(ctx: CityContext, territory: Territory, query: Query) -> Figure:
    """The measure where people live, hexagon by hexagon. Raises NothingToShow where nobody served lives."""
    _, measure, period = ctx.language, access.measure(ctx, query), require_period(ctx, territory)
    require_served(ctx, query.service, period)
    rows, resolution = hexagons(ctx, query.service, query.walker, query.limit, period, territory.district)
    sizes = (
        N_("H3 resolution {value}")
        if territory.district
        else N_("H3 resolution {value}; choose a district for finer cells")
    )
    if rows.empty:
        raise NothingToShow(
            _("Nobody of the ages that this service is for lives here."), _("Choose another service or district.")
        )
    values, unit = rows[query.reach_measure] * measure.factor, _(measure.unit)
    grouped = classes.classify(values, scheme="quantiles")
    layer = Layer("hexagons", {"cells": rows.assign(value=values), "classes": grouped, "digits": measure.digits})
    key = legend(ctx, f"{unit}, {_.day(period)}", grouped, ranges(grouped, Shading(measure.digits), _))
    caption = Caption(
        _("Hexagon by hexagon: {rows:,} lived-in cells", rows=len(rows)),
        unit,
        _.day(period),
        facilities_source(ctx),
        f"{_(sizes, value=resolution)} · {_(ctx.city.estimate_note)}",
        _("Map of hexagons: {unit}", unit=unit),
    )
    columns = COLUMNS | access.columns(ctx, query.service)
    result = figure(ctx, "hexagons", caption, rows, city_map(ctx, territory, [layer], key), columns)
    return replace(result, geometry=lambda: [h3.cells_to_geo([cell]) for cell in rows["cell"]])


@cached_numbers
def curves(ctx: CityContext, kind: str, walker: str, period: pd.Timestamp, district: str) -> pd.DataFrame:
    """Share of each group of people within every number of minutes: minutes, group (EVERYONE or DISPLACED), percent.

    percent_low and percent_high: if ways are long, and if they are direct.
    """
    within, minutes = access.cells_within(ctx, district), access.minutes_to_nearest(ctx, kind, walker)
    factors = dict(zip(("percent_high", "percent_low"), walks.spread(ctx), strict=True))
    parts = []
    for group, people in access.groups_counted(ctx, kind, period).items():
        shares = {
            name: 100 * walking.coverage_curve(factor * minutes[within], people[within], THRESHOLDS)["share"]
            for name, factor in ({"percent": 1.0} | factors).items()
        }
        parts.append(pd.DataFrame({"minutes": THRESHOLDS, "group": group} | shares))
    return pd.concat(parts, ignore_index=True)


def curve_figure(ctx: CityContext, territory: Territory, query: Query) -> Figure:
    """Not one limit but all of them, for everyone and for residents of displaced origin."""
    _, period = ctx.language, require_served(ctx, query.service, require_period(ctx, territory))
    rows = curves(ctx, query.service, query.walker, period, territory.district)
    at_limit = rows[rows["minutes"] == query.limit].set_index("group")
    share = {
        group: walks.range_text(ctx, row["percent_low"], row["percent_high"], 0) for group, row in at_limit.iterrows()
    }
    served, label = served_words(ctx, query.service), facility_kinds(ctx).loc[query.service, "label"]
    values = {"service": label, "limit": query.limit, "at": share[EVERYONE], "served": served}
    finding = _("{service} within {limit} minutes: {at} % of {served}", **values)
    notes = [_(walking.WALKERS[query.walker]), cut_note(ctx, query.service, period)]
    groups = {EVERYONE: served, DISPLACED: _("residents of displaced origin of all ages")}
    if DISPLACED in share:
        finding = _(
            "{service} within {limit} minutes: {at} % of {served}, {at_2} % of {displaced}",
            at_2=share[DISPLACED],
            displaced=groups[DISPLACED],
            **values,
        )
        notes.append(_("areas whose counts are suppressed are left out of the displaced (estimate)"))
    note = " · ".join(part for part in notes if part)
    rows, unit = rows.assign(group=rows["group"].map(groups)), _("% of people, by minutes of the way")
    drawing = chart("lines", rows, x="minutes", y="percent", by="group", unit=unit)
    columns = COLUMNS | {
        "minutes": Column("minutes", N_("Minutes of the way")),
        "percent_low": Column("percent_low", N_("Share within the limit if ways are long"), "%", digits=1),
        "percent_high": Column("percent_high", N_("Share within the limit if ways are direct"), "%", digits=1),
    }
    return figure(
        ctx, "curve", Caption(finding, unit, _.day(period), facilities_source(ctx), note), rows, drawing, columns
    )


def _loads(ctx: CityContext, territory: Territory, query: Query) -> pd.DataFrame:
    """Facilities of the service with the people in their reach, the most crowded first; the nameless by their id."""
    period = require_period(ctx, territory)
    rows = access.places_in_reach(ctx, query.service, query.walker, query.limit, period)[2]
    rows = in_district(ctx, rows, territory.district)
    rows = rows.assign(name=rows["name"].where(rows["name"] != "", rows["source_id"]))
    return rows.sort_values(["per_place", "reachable"], ascending=False)


def facility_names(ctx: CityContext, territory: Territory, query: Query) -> dict[str, str]:
    """Names of the facilities that can be looked at, by source id, the most crowded first."""
    rows = _loads(ctx, territory, query)
    return dict(zip(rows["source_id"], rows["name"], strict=True))


def _load_words(_: Language, facility: pd.Series) -> str:
    if pd.isna(facility["places"]):
        return _("places not stated")
    per_place = _.number(facility["per_place"], 1)
    return _("{places:,} places, {per_place} people for each", places=facility["places"], per_place=per_place)


def _catchment(
    ctx: CityContext, query: Query, point: pd.DataFrame, period: pd.Timestamp
) -> tuple[Layer, str, Legend | None]:
    """From where a facility is within the limit, what that is, and its legend: hexagons over streets, else a circle."""
    _, walker = ctx.language, ctx.language(walking.WALKERS[query.walker])
    if walks.has_network(ctx):
        travel = walks.travel_matrix(ctx, city_table(ctx, "cells"), point, query.walker, query.limit).minutes.tocoo()
        cells, people = city_table(ctx, "cells")["cell"].to_numpy(), access.people_in_cells(ctx, query.service, period)
        rows = pd.DataFrame({"cell": cells[travel.row], "persons": people[travel.row], "value": travel.data})
        grouped = classes.classify(rows["value"])
        unit = _(access.measure(ctx, query.changed(reach_measure="minutes")).unit)
        key = legend(ctx, unit, grouped, ranges(grouped, Shading(0), _))
        words = _("coloured: where at most {limit} minutes are needed ({walker})", limit=query.limit, walker=walker)
        return Layer("hexagons", {"cells": rows, "classes": grouped, "digits": 0}), words, key
    metres, (low, high) = query.limit * walking.SPEEDS[query.walker], walks.spread(ctx)
    metres /= walks.circuity(ctx)["factor"]
    circle = _(
        "Circle: {metres:,.0f} m straight ({shortest:,.0f} to {longest:,.0f} m as ways are long or direct), {limit} "
        "minutes ({walker})",
        metres=metres,
        shortest=metres / high,
        longest=metres / low,
        limit=query.limit,
        walker=walker,
    )
    return Layer("catchment", {"points": point, "metres": metres}), circle, None


def facility_figure(ctx: CityContext, territory: Territory, query: Query) -> Figure:
    """One facility's catchment and load; the table has all of them. Raises NothingToShow where there is none."""
    _, period = ctx.language, require_served(ctx, query.service, require_period(ctx, territory))
    rows = _loads(ctx, territory, query)
    if rows.empty:
        raise NothingToShow(_("There is none of this kind here."), _("Choose another service or district."))
    facility = rows.set_index("source_id").loc[query.facility]
    place = _load_words(_, facility)
    point = rows[rows["source_id"] == query.facility].assign(shown=place, id=facility["area_id"])
    catchment, reached, key = _catchment(ctx, query, point, period)
    layers = [
        Layer("outline", {"shapes": area_shapes(ctx, ctx.levels[-1])}),
        catchment,
        Layer("points", {"points": point}),
    ]
    unstated = _(
        "{place}. Opening hours, languages and wheelchair access: not known for any of the {sites:,} facilities.",
        place=place.capitalize(),
        sites=len(rows),
    )
    caption = Caption(
        _(
            "{names}: {reachable:,} of those it serves live within {limit} minutes",
            names=facility["name"],
            reachable=facility["reachable"],
            limit=query.limit,
        ),
        _("people within the limit"),
        _.day(period),
        facilities_source(ctx),
        f"{reached} · {unstated}",
        _("Map: catchment of {names}", names=facility["name"]),
    )
    table = rows[["name", "places", "reachable", "per_place", "source_id", "area_id", "lon", "lat"]]
    drawing = Map(layers, facility["lon"], facility["lat"], 13, key, height=360)
    return figure(ctx, "load", caption, table, drawing, COLUMNS)


def profile_figure(ctx: CityContext, territory: Territory, query: Query) -> Figure:
    """The chosen area's minutes to each service and its rank. Raises NothingToShow where no area is chosen."""
    _, level, period = ctx.language, ctx.levels[-1], require_period(ctx, territory)
    if not territory.area:
        raise NothingToShow(_("Choose an area for its profile."), _("Click one on a map or use the sidebar."))
    rows, left_out = [], []
    for kind, label in services(ctx).items():
        if not knows_served(ctx, kind, period):
            left_out.append(label)
            continue
        areas = access.by_area(ctx, kind, query.walker, query.limit, period, level).set_index("area_id")
        row, ranks = areas.loc[territory.area], areas["minutes"].rank(method="min")
        rows.append(
            {
                "service": label,
                "persons": int(row["persons"]),
                **{name: row[name] for name in ("minutes", "minutes_low", "minutes_high")},
                "percent": 100 * row["share_within"],
                "places_per_100": row["places_per_100"] if access.states_places(ctx, kind) else None,
                "in_reach": row["in_reach"],
                "rank": ranks[territory.area],
                "areas": int(ranks.notna().sum()),
            }
        )
    if not rows:
        require_served(ctx, query.service, period)
    unknown = _("not for {services}: residents are not counted by such ages", services=_.listed(left_out))
    caption = Caption(
        _("{name}: minutes to each service", name=area_names(ctx, level)[territory.area]),
        _(access.measure(ctx, query.changed(reach_measure="minutes")).unit),
        _.day(period),
        facilities_source(ctx),
        " · ".join([_("rank 1 is the shortest way"), *([unknown] if left_out else [])]),
    )
    columns = COLUMNS | {
        "percent": Column("percent", N_("Share within the limit"), "%", digits=1),
        "places_per_100": replace(COLUMNS["places_per_100"], missing=N_("not stated")),
    }
    table = pd.DataFrame(rows).astype({"places_per_100": float})
    return figure(ctx, "profile", caption, table, columns=columns)
