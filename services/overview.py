"""Displacement, services and creative work in the chosen territory: six numbers with their paths."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pandas as pd

import data
from analytics.displacement import Growth
from analytics.findings import relative_change
from data.context import CityContext, Territory, ViewState
from data.errors import NothingToShow
from data.figures import Column, Figure, KeyFigure, Map
from data.translation import N_
from services import city_map, coverage, origins, stocks
from services.areas import country_names, current_half_years, half_years, in_district, place_name
from services.creative import break_note
from services.figures import Caption, chart, figure
from services.names import facility_kinds, region_name
from services.served import require_served, residents_served
from services.tables import UNDATED, entries, optional_table, require_tables, source, world_source, world_table
from services.walks import has_network

Tile = tuple[KeyFigure, Figure]
WALK_M = 1000
NARROWER = 0.35  # of the map's zoom: it has half of the page's width
PERSONS = N_("persons")
# who asks -> the questions in their order, each with the page that answers it
ROADS = {
    N_("To plan"): {
        "map": N_("Where is what? Which areas stand out?"),
        "fit": N_("What is short for those who live here?"),
        "reach": N_("Who lives too far from it?"),
        "what_if_sites": N_("Where does a new site reach most?"),
    },
    N_("To decide"): {
        "profile": N_("How does my district stand?"),
        "inclusion": N_("Who is ahead, whatever the weights?"),
        "goals": N_("Are our goals on track?"),
        "what_if_arrivals": N_("What if more people arrive?"),
    },
    N_("To talk about it"): {
        "workshop": N_("What does the room think?"),
        "what_if_compare": N_("Which of our plans does more?"),
        "partnerships": N_("Who works with whom?"),
        "story": N_("How do I show it?"),
    },
}


def _tile(
    ctx: CityContext,
    key: str,
    path: pd.Series,
    caption: Caption,
    link: str,
    show: Callable[[float], str] | None = None,
    digits: int = 0,
    growth: Growth | None = None,
) -> Tile:
    """A number with its change, and its path as a figure.

    path: by year or day. caption: its finding is the label, its note what it is and whose. show: a value in words.
    growth: the change where two ends alone do not tell it. Raises NothingToShow where no value is known.
    """
    _, label, show = ctx.language, caption.finding, show or ctx.language.compact
    path = path.dropna().astype(float)
    if path.empty:
        raise NothingToShow(f"{label}. {_('No figure in these years.')}", _("Widen the years in the sidebar."))
    first, last = path.index[0], path.index[-1]
    is_day = isinstance(last, pd.Timestamp)
    delta = relative_change(path.iloc[0], path.iloc[-1], floor=1e-9) if len(path) > 1 else None
    if growth:
        delta = None if growth.wider else growth.share
    value = show(path.iloc[-1])
    finding = (
        f"{label}: {value}"
        if len(path) == 1
        else _(
            "{label}: from {iloc} in {first} to {value}",
            label=label,
            iloc=show(path.iloc[0]),
            first=_.day(first) if is_day else first,
            value=value,
        )
    )
    when = _.day(last) if is_day else str(last)
    number = KeyFigure(
        label, value, "" if delta is None else _.signed_percent(delta), f"{when} · {caption.note}", path, link=link
    )
    time = "period" if is_day else "year"
    rows = path.rename("value").rename_axis(time).reset_index()
    drawing = chart("lines", rows.assign(group=label), x=time, y="value", by="group", unit=caption.unit, digits=digits)
    years = stocks.years_of([day.year if is_day else day for day in (first, last)])
    said = Caption(finding, caption.unit, years, caption.source, caption.note)
    return number, figure(ctx, f"overview-{key}", said, rows, drawing, {"value": Column("value", label, digits=digits)})


def _displaced(ctx: CityContext, territory: Territory, country: str | None, label: str) -> Tile:
    """Displaced people of the world or a country by year: across borders or not, and their change where it holds."""
    _, (whose, credit), years = ctx.language, _world("displaced"), (territory.first_year, territory.last_year)
    rows = stocks.stock(ctx, "category", country, *years)
    path, note, growth = rows.groupby("year")["persons"].sum(), whose, None
    if len(path):
        last, growth = path.index[-1], stocks.growth(ctx, country, *years)
        parts = _("{parts}, at year end", parts=stocks.parts(ctx, country, last))
        note = " · ".join(filter(None, [parts, stocks.overlap_note(ctx, country, last), whose]))
    caption = Caption(label, _(PERSONS), "", credit, note)
    key = "country" if country else "world"
    return _tile(ctx, key, path, caption, "pages/displacement.py", growth=growth)


def world(ctx: CityContext, territory: Territory) -> Tile:
    """Forcibly displaced people in the world."""
    return _displaced(ctx, territory, None, ctx.language("Forcibly displaced worldwide"))


def country(ctx: CityContext, territory: Territory) -> Tile:
    """Displaced people in the chosen country, from elsewhere and within it."""
    name = country_names(ctx)[territory.country]
    return _displaced(ctx, territory, territory.country, ctx.language("Displaced people in {names}", names=name))


def city(ctx: CityContext, territory: Territory) -> Tile:
    """Residents of the origins that stand for displacement, in the city or district."""
    require_tables(ctx, "residents_by_origin", "residents")
    _, names, codes = ctx.language, country_names(ctx), ctx.city.displaced_origins
    rows = origins.series(ctx, territory.changed(area=""))
    people = rows[rows["origin"].isin(codes)].groupby("period")["persons"].sum(min_count=max(1, len(codes)))
    if not codes:
        raise NothingToShow(
            _("{city} names no origins that stand for displacement.", city=ctx.name),
            _("Name them as displaced_origins in the city's pack and build it on the page *Your city*."),
        )
    if len(people) and people.isna().all():
        raise NothingToShow(
            _("{origins}: every count is suppressed or unknown", origins=_.listed(names[code] for code in codes)) + ".",
            _("Choose larger areas, other years or another origin."),
        )
    label = _(
        "Residents with roots in {origins} in {place}",
        origins=_.listed(names[code] for code in codes),
        place=place_name(ctx, territory),
    )
    note = _(
        "Persons with that migration background · {attribution}",
        attribution=entries(ctx, "residents_by_origin")[0].attribution,
    )
    caption = Caption(label, _(PERSONS), "", source(ctx, "residents_by_origin"), note)
    return _tile(ctx, "city", people, caption, "pages/displacement_city.py")


def _daycare(ctx: CityContext, district: str, period: pd.Timestamp) -> float:
    """Day-care places for every child under six; NaN where no centre states its places or no children are counted."""
    places = optional_table(ctx, "facilities")
    places = in_district(ctx, places[places["kind"] == "daycare"], district)["places"].sum(min_count=1)
    served = in_district(ctx, residents_served(ctx, "daycare", period), district)
    children = served["persons"].sum(min_count=1)
    return float("nan") if pd.isna(places) or pd.isna(children) or not children else float(places) / float(children)


def _places_counted(ctx: CityContext, district: str) -> str:
    """Day-care places at each time they were counted, with their change from end to end; empty where counted once."""
    rows, _ = optional_table(ctx, "daycare_register"), ctx.language
    places = (
        in_district(ctx, rows, district).groupby("recorded")["places"].sum() if len(rows) else pd.Series(dtype=float)
    )
    if len(places) < 2:
        return ""
    counts = ", ".join(f"{when}: {_.number(count)}" for when, count in places.items())
    return _("places {counts} ({change})", counts=counts, change=_.signed_percent(places.iloc[-1] / places.iloc[0] - 1))


def _require_kind(ctx: CityContext, kind: str) -> None:
    """Raises NothingToShow where the city counts no residents or lists no facilities of a kind."""
    require_tables(ctx, "residents", "facilities")
    if kind not in facility_kinds(ctx).index:
        _, plural = ctx.language, world_table("facility_kinds").set_index("kind").loc[kind, "plural"]
        raise NothingToShow(
            _("{place} has no {loc} and no figure to show.", place=ctx.name, loc=_(plural)),
            _("Add it to the city's pack and build it on the page *Your city*."),
        )


def daycare(ctx: CityContext, territory: Territory) -> Tile:
    """Day-care places for the children of the city or district in the newest of the chosen years.

    Places are counted once, so there is no path: over children of other years it would tell of births.
    """
    _require_kind(ctx, "daycare")
    _, registers, residents = ctx.language, *entries(ctx, "facilities", "residents")
    periods = half_years(ctx, territory.first_year, territory.last_year)[-1:]
    for period in periods:
        require_served(ctx, "daycare", period)
    path = pd.Series({period: 100 * _daycare(ctx, territory.district, period) for period in periods}, dtype=float)
    label = _("Day-care places per 100 children under 6 in {place}", place=place_name(ctx, territory))
    note = _(
        "Places ({period}) over the children of the day; its change would be that of births · {registers}; {residents}",
        period=registers.period or _(UNDATED),
        registers=registers.attribution,
        residents=residents.attribution,
    )
    tables, counted = ["facilities", "residents"], _places_counted(ctx, territory.district)
    if counted:
        tables, note = [*tables, "daycare_register"], f"{counted} · {note}"
    caption = Caption(label, _("places per 100 children"), "", source(ctx, *tables), note)
    return _tile(ctx, "daycare", path, caption, "pages/coverage.py", lambda value: _.number(value, 1), 1)


def library(ctx: CityContext, territory: Territory) -> Tile:
    """Share of the residents of the city or district near a library.

    Of the newest half-year of the chosen years that fits today's areas; libraries are counted once, so there is no
    path.
    """
    _require_kind(ctx, "library")
    _, shares, level = ctx.language, {}, ctx.largest_level
    registers, residents = entries(ctx, "facilities", "residents")
    for period in current_half_years(ctx, territory.first_year, territory.last_year)[-1:]:
        rows = coverage.by_area(ctx, "library", period, level, WALK_M)
        near = in_district(ctx, rows, territory.district, level)[["within", "persons"]].sum()
        shares[period] = 100 * near["within"] / near["persons"] if near["persons"] else float("nan")
    label = _("Residents within 1 km of a library in {place}", place=place_name(ctx, territory))
    note = _(
        "Estimate, {way}; libraries: {period}, counted once: no change shown · {registers}; {residents}",
        way=_("over streets") if has_network(ctx) else _("straight line"),
        period=registers.period or _(UNDATED),
        registers=registers.attribution,
        residents=residents.attribution,
    )
    caption = Caption(label, _("% of residents"), "", source(ctx, "facilities", "residents", "network_edges"), note)
    return _tile(
        ctx,
        "library",
        pd.Series(shares, dtype=float),
        caption,
        "pages/coverage.py",
        lambda value: _.percent(value / 100),
        1,
    )


def culture(ctx: CityContext, territory: Territory) -> Tile:
    """Cultural employment in the city's region."""
    _, (attribution, credit), rows = ctx.language, _world("cultural_employment"), world_table("cultural_employment")
    region = region_name(ctx)
    rows = rows[(rows["nuts_id"] == ctx.city.region) & rows["year"].between(territory.first_year, territory.last_year)]
    note = _(
        "Persons, yearly average (scope: Eurostat culture statistics); the series breaks in 2021 · {attribution}",
        attribution=attribution,
    )
    label = _("Cultural employment in {region_name}", region_name=region)
    caption = Caption(label, _(PERSONS), "", credit, note)
    if len(rows) and (spans := break_note(ctx, int(rows["year"].min()), int(rows["year"].max()))):
        caption = replace(caption, note=f"{note} · {spans}")
    return _tile(ctx, "culture", 1000 * rows.set_index("year")["thousand_persons"], caption, "pages/creative.py")


def _world(name: str) -> tuple[str, str]:
    """Whose a table of the world is, and the line under its figures."""
    return data.entry(name).attribution, world_source(name)


# Three rows of two beside the map.
TILES = ((world, country), (city, daycare), (library, culture))


class Query(ViewState):
    """What the map of the overview shows: an indicator by its key."""

    colour: str = ""


def map_figure(ctx: CityContext, territory: Territory, query: Query) -> Figure:
    """The map of the smallest areas, coloured by an indicator. Raises NothingToShow where no area has a value."""
    shown = city_map.city_map(
        ctx, territory, city_map.Query.model_validate({"colour": query.colour, "level": ctx.levels[-1]})
    )
    assert isinstance(shown.drawing, Map)
    drawing = replace(shown.drawing, board=None, height=620, zoom=shown.drawing.zoom - NARROWER)
    return replace(shown, key="overview-map", drawing=drawing)


def require_residents(ctx: CityContext, territory: Territory) -> None:
    """Raises NothingToShow where the city counts no residents in the chosen years, with those in which it does."""
    years = [period.year for period in half_years(ctx)]
    if years and not half_years(ctx, territory.first_year, territory.last_year):
        _ = ctx.language
        raise NothingToShow(
            _("{name} counts residents from {first} to {last}.", name=ctx.name, first=years[0], last=years[-1]),
            _("Move the years in the sidebar to see its figures."),
        )
