"""What if a bridge, a line or a station is closed: whose way to a service grows, and by how much."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pandas as pd

from analytics import access as walking
from data.context import CityContext, Territory, ViewState
from data.errors import NothingToShow
from data.figures import Column, Figure
from data.translation import N_
from services import transit, walks
from services.access import cell_groups, minutes_to_nearest, people_in_cells
from services.areas import area_names, in_district, require_period
from services.cache import cached_numbers
from services.columns import by_name
from services.figures import Caption, Shading, area_map
from services.findings import ends, left_out
from services.names import facility_kinds, level_plurals
from services.served import require_served, served_on
from services.tables import city_table, source

KINDS = {"bridge": N_("A bridge, for people on foot"), "line": N_("A line"), "station": N_("A station")}
TENS = 10  # people: estimates are told to so many
LONGER = 1.0  # minutes by which a way must grow to count as longer
COLUMNS = by_name(
    Column("persons", N_("People served")),
    Column("longer", N_("People whose way is longer (estimate)")),
    Column("added", N_("Minutes more for them, mean"), digits=1),
    Column("cut_off", N_("People who reach none any more (estimate)")),
    Column("per_1000", N_("People with a longer way"), N_("per 1,000"), digits=0),
)


class Query(ViewState):
    """What is closed, by kind and names, and the window in which one travels."""

    closing: Literal["bridge", "line", "station"] = "bridge"
    closed_ways: tuple[str, ...] = ()
    window: transit.Window = "morning"


def kinds(ctx: CityContext) -> list[str]:
    """What can be closed in this city."""
    bridges = ["bridge"] if walks.bridges(ctx) else []
    return bridges + (["line", "station"] if transit.has_timetable(ctx) else [])


@cached_numbers
def closable(ctx: CityContext, kind: str) -> list[str]:
    """Names of the bridges, lines, or stations of trains and the metro."""
    if kind == "bridge":
        return walks.bridges(ctx)
    if not transit.has_timetable(ctx):
        return []
    stops, patterns, trips = (city_table(ctx, name) for name in transit.TABLES)
    if kind == "line":
        return sorted(trips["line"].unique())
    on_rails = patterns[patterns["pattern"].isin(trips.loc[trips["mode"].isin(["rail", "metro"]), "pattern"])]
    return sorted(stops.loc[stops["stop"].isin(on_rails["stop"]), "name"].unique())


def options(ctx: CityContext) -> dict[str, Any]:
    """What the choices may be in this city."""
    return {"closing": kinds(ctx), "closed_ways": lambda chosen: closable(ctx, chosen["closing"])}


def _minutes(ctx: CityContext, query: Query, kind: str) -> tuple[np.ndarray, np.ndarray]:
    """Minutes from every cell to the nearest of a kind before and after: on foot, or by public transport (median)."""
    if query.closing == "bridge":
        before = minutes_to_nearest(ctx, kind, "adult")
        return before, minutes_to_nearest(ctx, kind, "adult", bridges=query.closed_ways)
    lines = query.closed_ways if query.closing == "line" else ()
    stops = query.closed_ways if query.closing == "station" else ()
    before, _late = transit.minutes_to_nearest(ctx, kind, query.window)
    return before, transit.minutes_to_nearest(ctx, kind, query.window, lines, stops)[0]


@cached_numbers
def losses(ctx: CityContext, query: Query, kind: str, period: pd.Timestamp, level: str) -> pd.DataFrame:
    """Who has a longer way, by area: area_id, name, persons, longer, added (minutes), cut_off, per_1000."""
    before, after = _minutes(ctx, query, kind)
    people, groups = people_in_cells(ctx, kind, period), cell_groups(ctx, level)
    reached, still = np.isfinite(before), np.isfinite(after)
    cut_off = reached & ~still
    more = np.subtract(after, before, out=np.zeros(len(after)), where=reached & still)
    longer = (more >= LONGER) | cut_off
    counts = {"persons": people, "longer": people * longer, "cut_off": people * cut_off}
    result = pd.DataFrame({name: pd.Series(values).groupby(groups.to_numpy()).sum() for name, values in counts.items()})
    result["added"] = walking.weighted_mean(more, people * (longer & ~cut_off), groups)
    names = area_names(ctx, level)
    result = result.reindex(pd.Index(names, name="area_id")).reset_index()
    result[list(counts)] = result[list(counts)].fillna(0).astype(int)
    result["per_1000"] = 1000 * result["longer"] / result["persons"].where(result["persons"] > 0)
    return result.assign(name=result["area_id"].map(names))


def _finding(ctx: CityContext, query: Query, kind: str, rows: pd.DataFrame) -> str:
    """Whose way is longer, and by how much. Raises NothingToShow where nobody's is."""
    _, closed, label = ctx.language, ctx.language.listed(query.closed_ways), facility_kinds(ctx).loc[kind, "label"]
    longer, cut_off = int(rows["longer"].sum()), int(rows["cut_off"].sum())
    if longer < TENS:  # an estimate of so few people is none
        raise NothingToShow(
            _(
                "Without {closed} nobody's way to the nearest {service} is a minute longer.",
                closed=closed,
                service=label,
            ),
            _("Choose another service, or close more."),
        )
    added = float((rows["added"].fillna(0) * (rows["longer"] - rows["cut_off"])).sum() / max(longer - cut_off, 1))
    finding = _(
        "Without {closed} about {people:,} people have a longer way to the nearest {service}, by {minutes} minutes in "
        "the mean",
        closed=closed,
        people=round(longer, -1),
        service=_.inside(label),
        minutes=_.number(added, 1),
    )
    return finding + (
        _("; about {people:,} of them reach none any more", people=round(cut_off, -1)) if cut_off >= TENS else ""
    )


def _most(ctx: CityContext, rows: pd.DataFrame, level: str) -> str:
    """In which area most people have a longer way. rows: with the column value."""
    _ = ctx.language
    return ends(
        ctx,
        rows,
        "value",
        lambda name, shown: _("most in {name}, {shown}", name=name, shown=shown),
        lambda value: _("{count} of 1,000", count=_.number(value)),
        subject=_("with a longer way"),
        what=level_plurals(ctx)[level],
        largest=True,
        digits=0,
        base="persons",
    ).text


def map_figure(ctx: CityContext, territory: Territory, query: Query, kind: str, level: str) -> Figure:
    """Of 1,000 people, how many have a longer way to the nearest of a kind.

    Raises NothingToShow where nothing is closed or nobody has.
    """
    _, period = ctx.language, require_served(ctx, kind, require_period(ctx, territory))
    if not query.closed_ways:
        raise NothingToShow(_("Nothing is closed yet."), _("Choose a bridge, a line or a station."))
    rows = in_district(ctx, losses(ctx, query, kind, period, level), territory.district, level)
    finding, on_foot = _finding(ctx, query, kind, rows), query.closing == "bridge"
    shown = [
        _("{count} of 1,000, {minutes} minutes more", count=_.number(row.per_1000), minutes=_.number(row.added, 1))
        if row.longer
        else _("nobody")
        for row in rows.itertuples()
    ]
    rows = rows.assign(value=rows["per_1000"], shown=shown)
    about = walks.about_walks(ctx) if on_foot else transit.about(ctx, query.window)
    notes = [_most(ctx, rows, level), left_out(ctx, rows, "value", "persons"), served_on(ctx, kind, period), about]
    tables = ("network_edges",) if on_foot else transit.TABLES
    caption = Caption(
        finding,
        _("people with a longer way, per 1,000 (estimate)"),
        _.day(period) if on_foot else transit.dates(ctx, period),
        source(ctx, "facilities", "residents", *tables),
        " · ".join(note for note in notes if note),
    )
    return area_map(ctx, territory, "closure-map", caption, rows, level, Shading(0, scheme="jenks"), columns=COLUMNS)
