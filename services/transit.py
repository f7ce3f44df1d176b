"""Public transport: how long from where people live to the nearest of a service, who needs a bus where others walk."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix

from analytics import access, transit
from analytics.transit import Connections
from data.context import CityContext, Territory, ViewState
from data.errors import NothingToShow
from data.figures import Column, Figure
from data.translation import N_
from services.access import EVERYONE, cell_groups, cells_within, facilities, groups_counted, people_in_cells
from services.access import minutes_to_nearest as on_foot_to_nearest
from services.areas import area_names, in_district, require_period
from services.cache import cached_numbers
from services.columns import by_name
from services.figures import Caption, Shading, area_map, chart, figure
from services.findings import ends, left_out
from services.names import facility_kinds, level_plurals
from services.served import require_served, served_on, served_words
from services.tables import city_table, entries, has_tables, source
from services.walks import minutes_from_cells, travel_matrix

TABLES = ("timetable_stops", "timetable_patterns", "timetable_trips")
HOUR = 3600
Window = Literal["morning", "midday", "evening", "night"]
WINDOWS = {  # first and last setting out, hours
    "morning": (N_("7 to 9 h"), 7, 9),
    "midday": (N_("12 to 14 h"), 12, 14),
    "evening": (N_("19 to 21 h"), 19, 21),
    "night": (N_("1 to 3 h"), 1, 3),
}
TO_STOP = 15.0  # minutes on foot to the first stop and from the last, at most
CHANGING = 6.0  # minutes on foot between stops where one changes, at most
EVERY = 60  # seconds from one setting out to the next
WALKED = 15  # minutes: who has a service within so many on foot needs no bus to it
COLUMNS = by_name(
    Column("persons", N_("People served")),
    Column("minutes", N_("Minutes door to door, median"), digits=1),
    Column("minutes_late", N_("Minutes door to door, 85th percentile"), digits=1),
    Column("minutes_foot", N_("Minutes on foot"), digits=1),
    Column("share_within", N_("Share within the limit"), digits=3),
    Column("share_only", N_("Share within the limit by bus and train, not within 15 minutes on foot"), digits=3),
    Column("group", N_("People"), kind="name"),
    Column("way", N_("How"), kind="text"),
    Column("percent", N_("Share of people"), "%", digits=1),
)


class Query(ViewState):
    """When one sets out, and within how many minutes door to door."""

    window: Window = "morning"
    ride_limit: Literal[15, 20, 30, 45, 60] = 30


def window_labels(ctx: CityContext) -> dict[str, str]:
    """The windows in words."""
    return {name: ctx.language(window[0]) for name, window in WINDOWS.items()}


def question_labels(ctx: CityContext) -> dict[str, tuple[str, Any]]:
    """By field of Query: what its control is called, and what its options are."""
    _ = ctx.language
    return {
        "window": (_("Setting out"), window_labels(ctx)),
        "ride_limit": (_("Limit"), lambda minutes: _("{m} minutes", m=minutes)),
    }


def has_timetable(ctx: CityContext) -> bool:
    """Whether the city has a timetable."""
    return has_tables(ctx, *TABLES)


def require_timetable(ctx: CityContext) -> None:
    """Raises NothingToShow where the city has no timetable."""
    if not has_timetable(ctx):
        _ = ctx.language
        raise NothingToShow(
            _("{city} has no timetable, so nothing is known of ways by bus and train.", city=ctx.name),
            _("Add a GTFS feed to the city's pack as [stops] and build it on the page *Your city*."),
        )


@cached_numbers
def rides(ctx: CityContext, window: str, lines: tuple[str, ...] = (), stops: tuple[str, ...] = ()) -> Connections:
    """The rides of a window.

    lines, stops: names of those that are closed: trips of these lines do not run, vehicles pass these stops without
    halt.
    """
    first, last = WINDOWS[window][1:]
    names, patterns, trips = (city_table(ctx, name) for name in TABLES)
    trips = trips[~trips["line"].isin(lines)]
    patterns = patterns[~patterns["stop"].isin(names.loc[names["name"].isin(stops), "stop"])]
    return transit.connections(len(names), patterns, trips, first * HOUR, last * HOUR)


def _seconds(minutes: csr_matrix) -> csr_matrix:
    return csr_matrix(minutes * 60.0)


@cached_numbers
def between_stops(ctx: CityContext) -> csr_matrix:
    """Seconds on foot from stop to stop where one may change, transit.CHANGE at least, as at one stop."""
    stops = city_table(ctx, "timetable_stops")
    walks = _seconds(travel_matrix(ctx, stops, stops, "adult", CHANGING).minutes).tolil()
    walks.setdiag(transit.CHANGE)
    changes = csr_matrix(walks)
    changes.data = np.maximum(changes.data, transit.CHANGE)
    return changes


@cached_numbers
def cells_to_stops(ctx: CityContext) -> csr_matrix:
    """Seconds on foot from every cell to the stops within TO_STOP."""
    stops = city_table(ctx, "timetable_stops")
    return _seconds(travel_matrix(ctx, city_table(ctx, "cells"), stops, "adult", TO_STOP).minutes)


def minutes_to_sites(
    ctx: CityContext, sites: pd.DataFrame, window: str, lines: tuple[str, ...] = (), stops: tuple[str, ...] = ()
) -> tuple[np.ndarray, np.ndarray]:
    """Minutes door to door from every cell to the nearest of some sites (x, y).

    Median and 85th percentile over all minutes of setting out; infinite where none is reached in two hours. lines,
    stops: names of those that are closed.
    """
    timetable, first, last = rides(ctx, window, lines, stops), *WINDOWS[window][1:]
    walks = _seconds(travel_matrix(ctx, city_table(ctx, "timetable_stops"), sites, "adult", TO_STOP).minutes).tocoo()
    to_place = np.full(timetable.stops, np.inf)
    np.minimum.at(to_place, walks.row, walks.data)
    best = transit.arrivals(timetable, to_place, between_stops(ctx))
    departures = np.arange(first * HOUR, last * HOUR + 1, EVERY)
    on_foot = minutes_from_cells(ctx, sites, "adult") * 60
    return transit.typical(transit.door_to_door(best, timetable, cells_to_stops(ctx), on_foot, departures))


@cached_numbers
def minutes_to_nearest(
    ctx: CityContext, kind: str, window: str, lines: tuple[str, ...] = (), stops: tuple[str, ...] = ()
) -> tuple[np.ndarray, np.ndarray]:
    """The same to the nearest facility of a kind."""
    return minutes_to_sites(ctx, facilities(ctx, kind), window, lines, stops)


@cached_numbers
def by_area(ctx: CityContext, kind: str, window: str, limit: int, period: pd.Timestamp, level: str) -> pd.DataFrame:
    """Ways by public transport and on foot over the people of each area: area_id, name, persons and the measures.

    Means are over those who reach one in two hours; shares over all.
    """
    people, groups = people_in_cells(ctx, kind, period), cell_groups(ctx, level)
    (middle, late), on_foot = minutes_to_nearest(ctx, kind, window), on_foot_to_nearest(ctx, kind, "adult")
    result = pd.DataFrame({"persons": pd.Series(people).groupby(groups.to_numpy()).sum()})
    for name, values in {"minutes": middle, "minutes_late": late, "minutes_foot": on_foot}.items():
        reached = np.where(np.isfinite(values), people, 0)
        result[name] = access.weighted_mean(np.where(np.isfinite(values), values, 0), reached, groups)
    within = middle <= limit
    for name, flags in {"share_within": within, "share_only": within & (on_foot > WALKED)}.items():
        result[name] = access.weighted_mean(flags.astype(float), people, groups)
    names = area_names(ctx, level)
    result = result.reindex(pd.Index(names, name="area_id")).reset_index()
    return result.assign(name=result["area_id"].map(names), persons=result["persons"].fillna(0).astype(int))


def timetable_day(ctx: CityContext) -> str:
    """The period of the timetable in words."""
    return ", ".join(dict.fromkeys(entry.period for entry in entries(ctx, TABLES[2])))


def dates(ctx: CityContext, period: pd.Timestamp) -> str:
    """Of which day residents are, and of which the timetable is."""
    _ = ctx.language
    return _("{day}, timetable of {timetable}", day=_.day(period), timetable=timetable_day(ctx))


def about(ctx: CityContext, window: str) -> str:
    """How ways by public transport come about."""
    _ = ctx.language
    return _(
        "Walk to a stop ({to_stop:.0f} minutes at most), wait, ride, change (the walk, {change} s at least), walk; "
        "setting out at every minute from {window} by the plan of {day}; on foot all the way where that is shorter.",
        to_stop=TO_STOP,
        change=transit.CHANGE,
        window=_(WINDOWS[window][0]),
        day=timetable_day(ctx),
    )


def map_figure(ctx: CityContext, territory: Territory, kind: str, query: Query, level: str) -> Figure:
    """Minutes door to door to the nearest of a kind, by area. Raises NothingToShow without a timetable or people."""
    require_timetable(ctx)
    _, period = ctx.language, require_served(ctx, kind, require_period(ctx, territory))
    rows = in_district(
        ctx, by_area(ctx, kind, query.window, query.ride_limit, period, level), territory.district, level
    )
    if rows["minutes"].isna().all():
        raise NothingToShow(
            _("Nobody of the ages that this service is for lives here."), _("Choose another service or district.")
        )
    label = facility_kinds(ctx).loc[kind, "label"]
    unit = _("minutes by public transport, door to door (estimate)")
    rows = rows.assign(
        value=rows["minutes"],
        shown=[
            _(
                "{middle} minutes, one time in seven over {late}; on foot {foot}",
                middle=_.number(row.minutes, 0),
                late=_.number(row.minutes_late, 0),
                foot=_.number(row.minutes_foot, 0),
            )
            for row in rows.itertuples()
        ],
    )
    finding = ends(
        ctx,
        rows,
        "value",
        lambda name, shown: _(
            "{labels}: the longest way is from {name}, {shown}", labels=label, name=name, shown=shown
        ),
        lambda value: f"{_.number(value, 0)} {unit}",
        subject=label,
        what=level_plurals(ctx)[level],
        largest=True,
        digits=0,
        base="persons",
    ).text
    notes = [left_out(ctx, rows, "value", "persons"), served_on(ctx, kind, period), about(ctx, query.window)]
    caption = Caption(
        finding,
        unit,
        dates(ctx, period),
        source(ctx, "facilities", "residents", *TABLES, "network_edges"),
        " · ".join(note for note in notes if note),
    )
    return area_map(ctx, territory, "transit-map", caption, rows, level, Shading(0, scheme="jenks"), columns=COLUMNS)


def by_way(ctx: CityContext, kind: str, window: str, limit: int) -> dict[str, np.ndarray]:
    """Of every cell whether a service is near on foot, by public transport, or neither.

    'foot' is within WALKED minutes, else 'ride' within the limit.
    """
    near = on_foot_to_nearest(ctx, kind, "adult") <= WALKED
    reached = minutes_to_nearest(ctx, kind, window)[0] <= limit
    return {"foot": near, "ride": ~near & reached, "neither": ~near & ~reached}


@cached_numbers
def shares(ctx: CityContext, kind: str, window: str, limit: int, period: pd.Timestamp, district: str) -> pd.DataFrame:
    """Per cent of each group who have a service on foot, by public transport alone, and not at all.

    On foot is within WALKED minutes, by public transport within the limit: group, way (foot, ride, neither), percent,
    persons.
    """
    here, ways, rows = cells_within(ctx, district), by_way(ctx, kind, window, limit), []
    for group, people in groups_counted(ctx, kind, period).items():
        total = int(people[here].sum())
        for way, flags in ways.items():
            count = int(people[here & flags].sum())
            rows.append((group, way, 100 * count / total if total else np.nan, count))
    return pd.DataFrame(rows, columns=["group", "way", "percent", "persons"])


def way_words(ctx: CityContext, limit: int) -> dict[str, str]:
    """The ways of shares in words."""
    _ = ctx.language
    return {
        "foot": _("within {minutes} minutes on foot", minutes=WALKED),
        "ride": _("only by bus or train, within {minutes} minutes", minutes=limit),
        "neither": _("neither"),
    }


def need_figure(ctx: CityContext, territory: Territory, kind: str, query: Query) -> Figure:
    """Who walks to a service, who needs a bus or train, and who has neither. Raises NothingToShow."""
    require_timetable(ctx)
    _, period = ctx.language, require_served(ctx, kind, require_period(ctx, territory))
    rows = shares(ctx, kind, query.window, query.ride_limit, period, territory.district)
    if rows["percent"].isna().all():
        raise NothingToShow(
            _("Nobody of the ages that this service is for lives here."), _("Choose another service or district.")
        )
    ways = way_words(ctx, query.ride_limit)
    everyone = rows[rows["group"] == EVERYONE].set_index("way")["percent"]
    label = facility_kinds(ctx).loc[kind, "label"]
    finding = _(
        "{service}: {foot} of {served} walk, {ride} need a bus or train, {neither} have none within {limit} minutes",
        service=label,
        served=served_words(ctx, kind),
        foot=_.percent(everyone["foot"] / 100),
        ride=_.percent(everyone["ride"] / 100),
        neither=_.percent(everyone["neither"] / 100),
        limit=query.ride_limit,
    )
    groups = {EVERYONE: served_words(ctx, kind)}
    names = rows["group"].map(lambda group: groups.get(group, _("residents of displaced origin of all ages")))
    table = rows.assign(group=names, way=rows["way"].map(ways))
    unit = _("% of people (estimate)")
    caption = Caption(
        finding, unit, dates(ctx, period), source(ctx, "facilities", "residents", *TABLES), about(ctx, query.window)
    )
    drawing = chart("stacked", table, label="group", part="way", value="percent", unit=unit)
    return figure(ctx, "transit-need", caption, table, drawing, COLUMNS)
