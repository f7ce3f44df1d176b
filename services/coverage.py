"""Who has which services, how many places, and who lives near one."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pandas as pd

from analytics import coverage
from analytics.findings import extreme
from data.context import CityContext, Territory, ViewState
from data.errors import NothingToShow
from data.figures import Column, Figure, KeyFigure, publishers
from data.translation import N_
from services import access, transit
from services.areas import area_names, hierarchy, in_district, place_name, require_period
from services.cache import cached_numbers
from services.columns import by_name
from services.figures import Caption, Shading, area_map, chart, figure
from services.findings import ends, left_out, some
from services.names import facility_kinds, level_plurals
from services.served import cut_note, known_first, require_served, residents_served, served_on
from services.tables import city_table, facilities_source, missing_table, optional_table, require_tables, source
from services.walks import about_walks, has_network, metres_from_cells

# measure -> its name, unit, digits, suffix and factor of the legend
MEASURES = {
    "share_within": (N_("Share of residents near one"), N_("% of the residents served"), 0, " %", 100),
    "residents_per_facility": (N_("Residents per facility"), N_("residents served per facility"), 0, "", 1),
    "places_per_100": (N_("Places per 100 of those served"), N_("places per 100 residents served"), 1, "", 1),
}
Way = Literal["metres", "foot", "wheelchair", "bicycle", "transit"]
WAYS = {
    "metres": N_("Metres on foot"),
    "foot": N_("Minutes on foot"),
    "wheelchair": N_("Minutes by wheelchair"),
    "bicycle": N_("Minutes by bicycle"),
    "transit": N_("Minutes by bus and train, door to door"),
}
WALKER_OF = {"foot": "adult", "wheelchair": "wheelchair", "bicycle": "bicycle"}
# grouping of kinds -> the need that initiatives are filed under
NEEDS = {"learning": "learning", "community": "participation", "health": "health"}
COLUMNS = by_name(
    Column("persons", N_("Residents served")),
    Column("without_places", N_("Facilities that state no places")),
    Column("places_per_100", N_("Places per 100 of those served"), digits=1, missing=N_("not stated")),
    Column("per_10000", N_("Facilities per 10,000 residents"), digits=2),
    Column("residents_per_facility", N_("Residents per facility"), missing=N_("none")),
    Column("within", N_("Residents near one (estimate)")),
    Column("share_within", N_("Share of residents near one (estimate)"), digits=3),
)


class Query(ViewState):
    """What a reader asks of this page: kind of service, measure, level of areas.

    How one gets there, and the limit in metres or, by the others, in minutes; by public transport, when one sets out.
    """

    service: str = ""
    coverage: Literal["share_within", "residents_per_facility", "places_per_100"] = "share_within"
    level: str = ""
    way: Way = "metres"
    distance: Literal[250, 500, 750, 1000, 1500, 2000, 3000] = 500
    minutes: Literal[5, 10, 15, 20, 30, 45, 60] = 15
    window: transit.Window = "morning"

    @property
    def limit(self) -> int:
        """The limit in the way's unit."""
        return self.distance if self.way == "metres" else self.minutes


def services(ctx: CityContext) -> dict[str, str]:
    """The services of the city that are not culture: name by kind. Raises NothingToShow where there is none."""
    require_tables(ctx, "facilities")
    kinds = facility_kinds(ctx)
    labels = kinds.loc[kinds["grouping"] != "culture", "label"].to_dict()
    if not labels:
        raise missing_table(ctx.language, ctx.key, "facilities")
    return {kind: labels[kind] for kind in known_first(ctx, labels)}


def ways(ctx: CityContext) -> dict[str, str]:
    """How one may get there in this city, in words."""
    known = [way for way in WAYS if way != "transit" or transit.has_timetable(ctx)]
    return {way: ctx.language(WAYS[way]) for way in known}


def options(ctx: CityContext) -> dict[str, Any]:
    """What the choices may be in this city."""
    return {
        "service": list(services(ctx)),
        "coverage": lambda values: measures(ctx, values["service"]),
        "level": list(ctx.levels),
        "way": list(ways(ctx)),
    }


def measures(ctx: CityContext, kind: str) -> list[str]:
    """Measures that make sense for a kind: places only where some are stated."""
    return [name for name in MEASURES if name != "places_per_100" or _states_places(ctx, kind)]


def _states_places(ctx: CityContext, kind: str) -> bool:
    rows = optional_table(ctx, "facilities")
    return bool(rows.loc[rows["kind"] == kind, "places"].notna().any())


@cached_numbers
def metres_to(ctx: CityContext, kind: str) -> np.ndarray:
    """Metres from every cell of the city to the nearest facility of a kind: over its streets, else straight."""
    rows = optional_table(ctx, "facilities")
    rows = rows[rows["kind"] == kind]
    return metres_from_cells(ctx, rows) if has_network(ctx) else coverage.nearest_m(city_table(ctx, "cells"), rows)


def _distances(ctx: CityContext, kind: str, way: Way, window: transit.Window) -> np.ndarray:
    """From every cell to the nearest facility of a kind: metres, or minutes; by public transport the median."""
    if way == "metres":
        return metres_to(ctx, kind)
    if way == "transit":
        return transit.minutes_to_nearest(ctx, kind, window)[0]
    return access.minutes_to_nearest(ctx, kind, WALKER_OF[way])


@cached_numbers
def by_area(
    ctx: CityContext,
    kind: str,
    period: pd.Timestamp,
    level: str,
    limit: int,
    way: Way = "metres",
    window: transit.Window = "morning",
) -> pd.DataFrame:
    """Every measure of one kind by area of a level, for the whole city.

    area_id, name, persons, facilities and the measures. limit: metres, or minutes.
    """
    people, places = residents_served(ctx, kind, period), optional_table(ctx, "facilities")
    groups, distances = hierarchy(ctx)[level], _distances(ctx, kind, way, window)
    near = coverage.share_within(city_table(ctx, "cells"), distances, people, limit, groups)
    result = coverage.supply(places[places["kind"] == kind], people, groups)
    result = result.merge(near[["area_id", "within", "share_within"]], on="area_id")
    return result.assign(name=result["area_id"].map(area_names(ctx, level)))


def _rows(ctx: CityContext, query: Query, period: pd.Timestamp, level: str) -> pd.DataFrame:
    return by_area(ctx, query.service, period, level, query.limit, query.way, query.window)


def within(ctx: CityContext, query: Query) -> str:
    """The limit in words."""
    _ = ctx.language
    words = {
        "metres": _("within {distance:,} m on foot", distance=query.distance),
        "foot": _("within {minutes} minutes on foot", minutes=query.minutes),
        "wheelchair": _("within {minutes} minutes by wheelchair", minutes=query.minutes),
        "bicycle": _("within {minutes} minutes by bicycle", minutes=query.minutes),
        "transit": _("within {minutes} minutes by bus and train", minutes=query.minutes),
    }
    return words[query.way]


def _dates(ctx: CityContext, query: Query, period: pd.Timestamp) -> str:
    """Of which day residents are and, where one rides, the timetable."""
    return transit.dates(ctx, period) if query.way == "transit" else ctx.language.day(period)


def _sources(ctx: CityContext, query: Query) -> str:
    """Whose figures these are."""
    _, line = ctx.language, facilities_source(ctx)
    if query.way != "transit":
        return line
    return _("{sources}; timetable: {timetable}", sources=line, timetable=source(ctx, *transit.TABLES))


def facility_points(ctx: CityContext, kind: str) -> pd.DataFrame:
    """Facilities of a kind with the text their dots show: their places."""
    rows, _ = optional_table(ctx, "facilities"), ctx.language
    rows = rows[rows["kind"] == kind]
    texts = [_.plural("{n:,} place", "{n:,} places", int(places)) for places in rows["places"].fillna(0)]
    texts = pd.Series(texts, index=rows.index, dtype=object)
    return rows.assign(shown=texts.where(rows["places"].notna(), _("places not stated")))


def key_figures(ctx: CityContext, territory: Territory, query: Query) -> list[KeyFigure]:
    """Facilities, share of residents near one, and places or residents for each, in the city or the chosen district."""
    _, period = ctx.language, require_served(ctx, query.service, require_period(ctx, territory))
    rows = _rows(ctx, query, period, ctx.largest_level)
    rows = in_district(ctx, rows, territory.district, ctx.largest_level)
    facilities, places, people = (int(rows[name].sum()) for name in ("facilities", "places", "persons"))
    plural = facility_kinds(ctx).loc[query.service, "plural"].capitalize()
    share = rows["within"].sum() / rows["persons"].sum() if people else None
    label = _("Within {minutes} minutes (estimate)", minutes=query.minutes)
    if query.way == "metres":
        label = _("Within {distance:,} m (estimate)", distance=query.distance)
    near = KeyFigure(label, _.percent(share, 1), help=within(ctx, query))
    per_100 = KeyFigure(_("Places per 100"), _.number(100 * places / people if people else None, 1))
    each = KeyFigure(_("Residents per facility"), _.number(people / facilities if facilities else None))
    return [KeyFigure(plural, _.number(facilities)), near, per_100 if _states_places(ctx, query.service) else each]


def about(ctx: CityContext, territory: Territory, query: Query) -> str:
    """For whom and when these numbers are, and from what."""
    _, period = ctx.language, require_period(ctx, territory)
    if query.way == "metres":
        how = _("Distances are walked over streets") if has_network(ctx) else _("Distances are straight lines")
        how = f"{_(ctx.city.estimate_note)} {how}"
    elif query.way == "transit":
        how = transit.about(ctx, query.window)
    else:
        how = about_walks(ctx, WALKER_OF[query.way])
    return _(
        "For {loc} on {period} · {how} · Source: {credit}",
        loc=served_on(ctx, query.service, period),
        period=_.day(period),
        how=how,
        credit=publishers(_sources(ctx, query)),
    )


def _shown(ctx: CityContext, name: str, value: float) -> str:
    """A value of a measure in words with its unit."""
    _, (_label, unit, digits, suffix, factor) = ctx.language, MEASURES[name]
    return f"{_.number(value * factor, digits)}{suffix} {'' if suffix else _(unit)}".strip()


def _end_words(ctx: CityContext, rows: pd.DataFrame, largest: bool, digits: int) -> tuple[float, str]:
    """The value at an end of the bars and the areas that have it."""
    end = extreme(rows, "value", largest=largest, digits=digits)
    assert end is not None
    return end.value, some(ctx, end.names)


def _least_served(ctx: CityContext, query: Query, rows: pd.DataFrame) -> str:
    """Which area is least served. rows: of by_area with the column value (a gap: none stands there or nobody lives)."""
    _, label = ctx.language, facility_kinds(ctx).loc[query.service, "label"]
    _label, unit, digits, _suffix, factor = MEASURES[query.coverage]
    many, what = query.coverage == "residents_per_facility", level_plurals(ctx)[query.level]
    options: dict[str, Any] = {"largest": many, "digits": 3 if factor > 1 else digits, "base": "persons", "what": what}
    without = int((rows["facilities"] == 0).sum()) if many else 0
    if not without:
        return ends(
            ctx,
            rows,
            "value",
            lambda name, shown: _("{loc}: least served is {name}, {shown}", loc=label, name=name, shown=shown),
            lambda value: _shown(ctx, query.coverage, value),
            subject=label,
            **options,
        ).text
    rest = _.number(len(rows) - without)
    most = ends(
        ctx,
        rows,
        "value",
        lambda name, shown: _(
            "of the other {rest} {name} has most residents for one, {shown}", rest=rest, name=name, shown=shown
        ),
        _.number,
        subject=_("of the other {rest}, {unit}", rest=rest, unit=_(unit)),
        **options,
    )
    return _(
        "{without} of {all} {areas} have no {service}; {most}",
        without=_.number(without),
        all=_.number(len(rows)),
        areas=what,
        service=_.inside(label),
        most=most.text,
    )


def map_figure(ctx: CityContext, territory: Territory, query: Query) -> Figure:
    """The measure by area, with the facilities on top. Raises NothingToShow where no area has a value."""
    _, period = ctx.language, require_served(ctx, query.service, require_period(ctx, territory))
    label, unit, digits, suffix, factor = MEASURES[query.coverage]
    rows = _rows(ctx, query, period, query.level)
    rows["value"] = rows[query.coverage]
    rows["shown"] = [_shown(ctx, query.coverage, value) for value in rows["value"]]
    service = facility_kinds(ctx).loc[query.service]
    here = in_district(ctx, rows, territory.district, query.level)
    known = here.dropna(subset="value")
    if known.empty:
        place = place_name(ctx, territory)
        raise NothingToShow(
            _("{place} has no {loc} and no figure to show.", place=place, loc=service["plural"]),
            _("Choose another service."),
        )
    measured = within(ctx, query) if query.coverage == "share_within" else _(label)
    notes = [measured, left_out(ctx, known, "value", "persons"), cut_note(ctx, query.service, period)]
    if query.coverage == "places_per_100" and here["without_places"].any():
        unstated, every = (int(here[name].sum()) for name in ("without_places", "facilities"))
        notes.append(_("{count:,} of {all:,} state no places and add none", count=unstated, all=every))
    finding = _least_served(ctx, query, here)
    return area_map(
        ctx,
        territory,
        "coverage-map",
        Caption(
            finding,
            _(unit),
            _dates(ctx, query, period),
            _sources(ctx, query),
            " · ".join(note for note in notes if note),
        ),
        rows,
        query.level,
        Shading(digits, suffix, factor, "jenks"),
        points=facility_points(ctx, query.service),
        columns=COLUMNS,
    )


def districts_figure(ctx: CityContext, territory: Territory, query: Query) -> Figure:
    """The largest areas of the city compared by the measure."""
    _, period, level = ctx.language, require_period(ctx, territory), ctx.largest_level
    require_served(ctx, query.service, period)
    _label, unit, digits, suffix, factor = MEASURES[query.coverage]
    rows = _rows(ctx, query, period, level)
    bars = rows.assign(value=rows[query.coverage] * factor).dropna(subset="value").sort_values("value")
    marked = area_names(ctx, level).get(territory.district or territory.area, "")
    if bars.empty:
        raise NothingToShow(_("No area has a figure."), _("Choose another service."))
    service = facility_kinds(ctx).loc[query.service]
    gaps = rows[rows[query.coverage].isna() & (rows["persons"] > 0) & (rows["facilities"] == 0)]["name"]
    notes = [within(ctx, query)] if query.coverage == "share_within" else []
    if len(gaps):
        notes.append(_("without any {service}: {areas}", service=_.inside(service["label"]), areas=some(ctx, gaps)))
    (first, low), (last, high) = (_end_words(ctx, bars, largest, digits) for largest in (False, True))
    finding = _(
        "{service}: from {value}{suffix} in {name} to {value_2}{suffix} in {name_2}",
        service=service["label"],
        value=_.number(first, digits),
        suffix=suffix,
        name=low,
        value_2=_.number(last, digits),
        name_2=high,
    )
    if first == last:
        finding = f"{service['label']}, {low}: {_.number(first, digits)}{suffix}"
    return figure(
        ctx,
        "coverage-bars",
        Caption(finding, _(unit), _dates(ctx, query, period), _sources(ctx, query), " · ".join(notes)),
        rows,
        chart("bars", bars, label="name", value="value", unit=_(unit), digits=digits, marked=marked),
        COLUMNS,
    )
