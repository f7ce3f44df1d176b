"""Equity of access: how evenly places are spread over people, who walks further, where the underserved cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analytics import access as walking
from analytics import classes, equity
from data.context import CityContext, Territory
from data.errors import NothingToShow
from data.figures import Column, Figure, KeyFigure
from data.translation import GAP, N_
from services import access, reception, transit
from services.access import Question
from services.areas import area_names, area_shapes, hierarchy, require_period, residents
from services.cache import cached, cached_numbers
from services.columns import by_name
from services.figures import Caption, area_layer, chart, city_map, figure, legend, outline_layer
from services.indicator_days import social_day, social_shares
from services.names import facility_kinds, level_plurals
from services.served import require_served, served_on
from services.tables import city_table, facilities_source, source

if TYPE_CHECKING:
    from libpysal.weights import Queen

MIN_CLUSTERS = 30  # areas that are left out one by one
COLUMNS = by_name(
    Column("people", N_("People, worst served first"), "%", digits=1),
    Column("good", N_("Places in reach"), "%", digits=1),
    Column("shown", N_("Cluster"), kind="text"),
)


@cached_numbers
def fairness(ctx: CityContext, kind: str, walker: str, limit: float, period: pd.Timestamp) -> dict[str, float | None]:
    """Inequality of places in reach over people: gini, palma, concentration (against child poverty of the areas).

    What the city's tables cannot tell is not a number.
    """
    places, people = access.by_cell(ctx, kind, walker, limit, period)[["places_per_100", "persons"]].to_numpy().T
    areas = access.by_area(ctx, kind, walker, limit, period, ctx.levels[-1]).set_index("area_id")
    poverty = _child_poverty(ctx, period).reindex(areas.index).to_numpy(float)
    result: dict[str, float | None] = {"concentration": np.nan, "gini": equity.gini(places, people)}
    result["palma"] = equity.palma(places, people)
    if np.isfinite(poverty).any():
        per_100, persons = areas["places_per_100"].to_numpy(float), areas["persons"].to_numpy()
        result["concentration"] = equity.concentration_index(per_100, persons, poverty)
    return result


@cached
def displaced_gap(
    ctx: CityContext, kind: str, walker: str, period: pd.Timestamp, left_out: tuple[str, ...] = ()
) -> tuple[equity.Gap, str]:
    """Minutes that residents of displaced origin walk more than others, and the area that moves this number most.

    left_out: smallest areas that do not count, such as those with a reception centre. Only for a city that counts
    origins on that day (counts_displaced).
    """
    cells, level = city_table(ctx, "cells")["area_id"], _cluster_level(ctx)
    everybody = access.people_in_cells(ctx, "", period)
    minutes = walking.weighted_mean(access.minutes_to_nearest(ctx, kind, walker), everybody, cells)
    minutes = minutes[~minutes.index.isin(left_out)]
    displaced = pd.Series(access.displaced_in_cells(ctx, period)).groupby(cells).sum().reindex(minutes.index)
    others = residents(ctx, period).set_index("area_id")["persons"].astype("float64").reindex(minutes.index) - displaced
    clusters = hierarchy(ctx)[level].reindex(minutes.index).to_numpy(str)
    gap = equity.gap(minutes.to_numpy(float), displaced.to_numpy(float), others.to_numpy(), clusters)
    return gap, area_names(ctx, ctx.levels[-1])[minutes.index[gap.area]]


def _cluster_level(ctx: CityContext) -> str:
    """The largest areas of which there are enough to leave out one by one; neighbours inside them are alike."""
    enough = [level for level in ctx.levels if hierarchy(ctx)[level].nunique() >= MIN_CLUSTERS]
    return enough[0] if enough else ctx.levels[-1]


def _child_poverty(ctx: CityContext, period: pd.Timestamp) -> pd.Series:
    """Per cent of children in poverty by smallest area, as last counted by a day."""
    rows = social_shares(ctx, period)
    return rows[rows["indicator"] == "child_poverty"].set_index("area_id")["percent"]


def key_figures(ctx: CityContext, territory: Territory, query: Question) -> list[KeyFigure]:
    """Four measures of how evenly places are spread, and who walks further."""
    _, values = ctx.language, _fairness(ctx, territory, query)
    gap, interval = _(GAP), ""
    period = require_period(ctx, territory)
    if counts_displaced(ctx, territory):
        found, _area = displaced_gap(ctx, query.service, query.walker, period)
        gap = _("{gap_mean:+.1f} min", gap_mean=found.gap) if found.sure else _("unclear")
        interval = _(
            "Residents of all ages; 95 % interval {gap_low:+.1f} to {gap_high:+.1f} minutes.",
            gap_low=found.low,
            gap_high=found.high,
        )
    poverty = _(
        "Concentration index: above 0, places lean to areas with much child poverty; below 0, to areas with little."
    )
    day = social_day(ctx, period, "child_poverty")
    if day is not None:
        dates = _("residents of {period}, social monitoring of {day}", period=_.day(period), day=_.day(day))
        poverty = f"{poverty} ({dates})"
    palma = _("Palma-style ratio; 0.25 would be even.")
    gini = _("Gini of places") if access.states_places(ctx, query.service) else _("Gini of facilities")
    return [
        KeyFigure(gini, _.number(values["gini"], 2), help=_("0: the same for all.")),
        KeyFigure(_("Best 10 % / worst 40 %"), _.number(values["palma"], 2), help=palma),
        KeyFigure(_("Against child poverty"), _.number(values["concentration"], 3), help=poverty),
        KeyFigure(_("Longer way of the displaced"), gap, help=interval),
    ]


def counts_displaced(ctx: CityContext, territory: Territory) -> bool:
    """Whether the city counts residents of displaced origin on the day that is shown, in areas enough to compare."""
    return len(area_names(ctx, ctx.levels[-1])) > 1 and access.counts_displaced(ctx, require_period(ctx, territory))


def _fairness(ctx: CityContext, territory: Territory, query: Question) -> dict[str, float | None]:
    period = require_served(ctx, query.service, require_period(ctx, territory))
    return fairness(ctx, query.service, query.walker, query.limit, period)


def gap_sentence(ctx: CityContext, territory: Territory, query: Question) -> str:
    """Whether residents of displaced origin walk as far as others, for a city that counts origins."""
    _ = ctx.language
    gap, area = displaced_gap(ctx, query.service, query.walker, require_period(ctx, territory))
    said = _(
        "{service}: the way of residents of displaced origin, of all ages, {sure}: {gap:+.2f} minutes against all "
        "other residents on {day} (95 % interval {gap_low:+.1f} to "
        "{gap_high:+.1f}, jackknife over {areas}). Without {area}, which moves it most: {without:+.2f} "
        "({without_low:+.1f} to {without_high:+.1f}).",
        service=facility_kinds(ctx).loc[query.service, "label"],
        day=_.day(require_period(ctx, territory)),
        sure=_("differs") if gap.sure else _("cannot be told from that of the others"),
        gap=gap.gap,
        gap_low=gap.low,
        gap_high=gap.high,
        areas=level_plurals(ctx)[_cluster_level(ctx)],
        area=area,
        without=gap.without,
        without_low=gap.without_low,
        without_high=gap.without_high,
    )
    centres = reception.areas(ctx)
    if not centres:
        return said
    rest, _area = displaced_gap(
        ctx, query.service, query.walker, require_period(ctx, territory), tuple(sorted(centres))
    )
    without = _(
        "Without areas that hold a reception centre: {gap:+.2f} ({low:+.1f} to {high:+.1f}).",
        gap=rest.gap,
        low=rest.low,
        high=rest.high,
    )
    return f"{said} {without}"


@cached_numbers
def bus_need(
    ctx: CityContext, kind: str, query: transit.Query, period: pd.Timestamp
) -> tuple[pd.DataFrame, equity.Gap | None]:
    """Per cent of the people served who walk to a service, need a bus or train, or have neither, by fifth of people.

    Fifths go from areas with least child poverty (1) to most (5): fifth, way, percent, persons. And how many points
    more of the last fifth than of all others need a bus; None where the last fifth lives in one cluster.
    """
    people, areas = access.people_in_cells(ctx, kind, period), access.cell_groups(ctx, ctx.levels[-1]).to_numpy()
    ways = transit.by_way(ctx, kind, query.window, query.ride_limit)
    counts = pd.DataFrame({way: np.where(flags, people, 0) for way, flags in ways.items()}).groupby(areas).sum()
    total = counts.sum(axis=1)
    fifth = equity.fifths(_child_poverty(ctx, period).reindex(counts.index).to_numpy(float), total.to_numpy())
    rows = counts.groupby(fifth).sum().drop(index=0, errors="ignore").rename_axis("fifth")
    long = rows.reset_index().melt("fifth", var_name="way", value_name="persons")
    long["percent"] = 100 * long["persons"] / long["fifth"].map(rows.sum(axis=1))
    clusters = hierarchy(ctx)[_cluster_level(ctx)].reindex(counts.index).to_numpy(str)
    last, others = (np.where(flags, total, 0).astype(float) for flags in (fifth == 5, (fifth > 0) & (fifth < 5)))
    if min(len(np.unique(clusters[group > 0])) for group in (last, others)) < 2:
        return long, None
    share = (100 * counts["ride"] / total.where(total > 0)).to_numpy(float)
    return long, equity.gap(share, last, others, clusters)


def bus_figure(ctx: CityContext, territory: Territory, kind: str, query: transit.Query) -> Figure:
    """Who needs a bus where others walk, by child poverty of the area.

    Raises NothingToShow without a timetable, or where the city's areas have no child poverty.
    """
    transit.require_timetable(ctx)
    _, period = ctx.language, require_served(ctx, kind, require_period(ctx, territory))
    day = social_day(ctx, period, "child_poverty")
    if day is None or _child_poverty(ctx, period).notna().sum() < MIN_CLUSTERS:
        raise NothingToShow(
            _("Child poverty is not known for {n} areas or more, so people cannot be compared by it.", n=MIN_CLUSTERS),
            _("Who needs a bus is on the page *Who is served*."),
        )
    rows, gap = bus_need(ctx, kind, query, period)
    words, ways = {n: _("fifth {n}", n=n) for n in range(1, 6)}, transit.way_words(ctx, query.ride_limit)
    words |= {1: _("fifth with least child poverty"), 5: _("fifth with most child poverty")}
    ride = rows[rows["way"] == "ride"].set_index("fifth")
    last = ride["percent"].get(5, np.nan)
    rest = rows[rows["fifth"] < 5]
    others = 100 * rest.loc[rest["way"] == "ride", "persons"].sum() / max(rest["persons"].sum(), 1)
    values = {
        "service": facility_kinds(ctx).loc[kind, "label"],
        "last": _.percent(last / 100, 1),
        "others": _.percent(others / 100, 1),
    }
    finding = _(
        "{service}: {last} of those served where child poverty is highest need a bus or train, {others} of the others",
        **values,
    )
    if gap is None or not gap.sure:
        finding = _(
            "{service}: whether more need a bus or train where child poverty is highest cannot be told ({last} there, "
            "{others} of the others)",
            **values,
        )
    notes = [served_on(ctx, kind, period), transit.about(ctx, query.window)]
    if gap is not None:
        notes.insert(
            0,
            _(
                "difference {gap:+.1f} points (95 % interval {low:+.1f} to {high:+.1f}, jackknife over {areas})",
                gap=gap.gap,
                low=gap.low,
                high=gap.high,
                areas=level_plurals(ctx)[_cluster_level(ctx)],
            ),
        )
    table = rows.assign(group=rows["fifth"].map(words), way=rows["way"].map(ways)).drop(columns="fifth")
    unit = _("% of people served, by child poverty of their area (estimate)")
    credit = source(ctx, "facilities", "residents", "social_monitoring", *transit.TABLES, "network_edges")
    dates = _("{dates}, social monitoring of {day}", dates=transit.dates(ctx, period), day=_.day(day))
    caption = Caption(finding, unit, dates, credit, " · ".join(notes))
    drawing = chart("stacked", table, label="group", part="way", value="percent", unit=unit)
    return figure(ctx, "bus-need", caption, table, drawing, transit.COLUMNS)


@cached
def lorenz(ctx: CityContext, kind: str, walker: str, limit: float, period: pd.Timestamp) -> pd.DataFrame:
    """Lorenz curve of places over people, in per cent, thinned for drawing; beside it the line of equality."""
    _, rows = ctx.language, access.by_cell(ctx, kind, walker, limit, period)
    curve = 100 * equity.lorenz(rows["places_per_100"].to_numpy(), rows["persons"].to_numpy())
    curve = curve.iloc[np.unique(np.linspace(0, len(curve) - 1, 120).astype(int))].assign(group=_("as it is"))
    # At the same places as the curve: slides draw lines over shared places only.
    even = pd.DataFrame({"people": curve["people"], "good": curve["people"], "group": _("the same for all")})
    return pd.concat([curve, even], ignore_index=True)


def lorenz_figure(ctx: CityContext, territory: Territory, query: Question) -> Figure:
    """The Lorenz curve of places in reach. Raises NothingToShow where nobody reaches any."""
    _, period = ctx.language, require_period(ctx, territory)
    gini = _fairness(ctx, territory, query)["gini"]
    if not np.isfinite(gini or 0):
        raise NothingToShow(_("Nobody can reach any of these places."), _("Choose a longer walk or another service."))
    rows = lorenz(ctx, query.service, query.walker, query.limit, period)
    label, day = facility_kinds(ctx).loc[query.service, "label"], _.day(period)
    values = {"service": label, "day": day, "limit": query.limit, "gini": _.number(gini, 2)}
    finding = _("{service}, {day}: places in reach in {limit} minutes have a Gini of {gini} over people", **values)
    unit = _("% of places, by % of people, worst served first")
    if not access.states_places(ctx, query.service):
        finding = _(
            "{service}, {day}: facilities in reach in {limit} minutes have a Gini of {gini} over people", **values
        )
        unit = _("% of facilities, by % of people, worst served first")
    places = access.measure(ctx, query.changed(reach_measure="places_per_100"))
    notes = [_(places.unit), access.unstated_note(ctx, query.service)]
    caption = Caption(finding, unit, _.day(period), facilities_source(ctx), " · ".join(note for note in notes if note))
    return figure(
        ctx, "lorenz", caption, rows, chart("lines", rows, x="people", y="good", by="group", unit=unit), COLUMNS
    )


@cached_numbers
def _neighbours(ctx: CityContext) -> Queen:
    """Smallest areas that touch."""
    from libpysal.weights import Queen

    rows, level = city_table(ctx, "areas"), ctx.levels[-1]
    rows = rows[(rows["level"] == level) & (rows["boundary_version"] == ctx.boundary_version)]
    return Queen.from_dataframe(rows, ids=rows["area_id"].tolist(), silence_warnings=True)


@cached_numbers
def clusters(
    ctx: CityContext, kind: str, walker: str, limit: float, period: pd.Timestamp, measure: str
) -> tuple[dict[str, float], pd.Series]:
    """Moran's I {moran, p} and by smallest area 'low' or 'high' where it and its neighbours are ('' elsewhere).

    False discoveries are held to 5 %. Raises NothingToShow where areas do not differ or none has a neighbour.
    """
    values = access.by_area(ctx, kind, walker, limit, period, ctx.levels[-1]).set_index("area_id")[measure]
    weights = _neighbours(ctx)
    values = values.reindex(weights.id_order)
    if values.nunique() < 2 or not weights.nonzero:
        _ = ctx.language
        raise NothingToShow(_("There are no neighbouring areas that differ."), _("Choose another service."))
    # Areas in which nobody of the age lives have no value: they take the middle one, so that they pull nowhere.
    overall, kinds = equity.local_moran(values.fillna(values.median()), weights)
    return overall, kinds.where(values.notna(), "")


def cluster_figure(ctx: CityContext, territory: Territory, query: Question) -> Figure:
    """Not a rainbow: the areas that are jointly underserved or well served, in the whole city."""
    _, period, level, measure = ctx.language, require_period(ctx, territory), ctx.levels[-1], query.measure
    require_served(ctx, query.service, period)
    overall, kinds = clusters(ctx, query.service, query.walker, query.limit, period, query.reach_measure)
    labels = {"": _("no cluster"), "bad": _("jointly underserved"), "good": _("jointly well served")}
    bad, good = ("low", "high") if measure.low_is_bad else ("high", "low")
    codes = kinds.map({"": "", bad: "bad", good: "good"})
    count, names = int((codes == "bad").sum()), area_names(ctx, level)
    rows = pd.DataFrame({"area_id": kinds.index, "name": kinds.index.map(names), "shown": codes.map(labels).to_numpy()})
    grouped = classes.classify(codes.map({"good": 0.0, "bad": 1.0}).reset_index(drop=True))
    title, whole_city = _("clusters (local Moran, false discoveries held to 5 %)"), territory.changed(district="")
    key = legend(ctx, title, grouped, [labels["bad" if value else "good"] for value in grouped.lows], labels[""])
    shapes = area_shapes(ctx, level)
    layers = [area_layer(ctx, whole_city, shapes, rows, grouped, level), outline_layer(ctx, whole_city)]
    finding = _.plural("{n} area is jointly underserved", "{n} areas are jointly underserved", count)
    if not count:
        finding = _("No areas are jointly underserved")
        if len(rows) < MIN_CLUSTERS:
            finding = _("{n} areas are too few to tell which are jointly underserved", n=len(rows))
    caption = Caption(
        finding,
        title,
        _.day(period),
        facilities_source(ctx),
        _(
            "Moran's I {moran:.2f} ({p}, 999 permutations); {measures}",
            moran=overall["moran"],
            p=_.p_value(overall["p"]),
            measures=_(access.measure(ctx, query).unit),
        ),
        _("Map of {bad} jointly underserved areas", bad=count),
    )
    return figure(ctx, "clusters", caption, rows, city_map(ctx, whole_city, layers, key, level), COLUMNS, shapes)
