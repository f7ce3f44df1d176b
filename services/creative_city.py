"""Creative economy in the city: venues per resident, specialisation, hot spots and crowds, the walk to culture."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics import access, classes, coverage, hotspots, specialisation
from data.context import CityContext, Territory, ViewState
from data.errors import NothingToShow
from data.figures import Chart, Column, Figure
from data.translation import N_
from services.access import cell_groups, minutes_to_nearest, people_in_cells
from services.areas import area_names, area_shapes, exact_areas, hierarchy, in_district, require_period, residents
from services.cache import cached_numbers
from services.columns import by_name
from services.figures import (
    Caption,
    Shading,
    area_layer,
    area_map,
    chart,
    city_map,
    figure,
    legend,
    outline_layer,
    point_layer,
)
from services.findings import ends
from services.names import facility_kinds, level_plurals
from services.tables import UNDATED, entries, facilities_source, has_tables, missing_table, optional_table, source
from services.walks import spread

SETTLED_RESIDENTS = 1000  # below so many a rate says nothing
USUAL_KINDS = ("museum", "theatre", "cinema", "nightclub", "coworking")
CROWD_WITHIN_M, CROWD_VENUES = 400, 8
NEAR_MINUTES = 15
HELD = N_("clearly: beyond chance, false discoveries held to 5 % over all areas shown")
HOT_OR_COLD = {"hot": N_("hot spot"), "cold": N_("cold spot"), "": N_("neither")}
COLUMNS = by_name(
    Column("facilities", N_("Venues")),
    Column("per_10000", N_("Venues per 10,000 residents"), digits=2),
    Column("residents_per_facility", N_("Residents per venue"), missing=N_("none")),
    Column("persons", N_("Residents")),
    Column("count", N_("Venues")),
    Column("share", N_("Share of the area's venues"), digits=3),
    Column("lq", N_("Location quotient"), digits=2),
    Column("z", N_("Standard deviations (Getis-Ord Gi*)"), digits=2),
    Column("p", N_("p-value"), digits=4),
    Column("adjusted", N_("p-value with false discoveries held"), digits=4),
    Column("hot_or_cold", N_("Hot or cold"), kind="text"),
    Column("crowd", N_("Crowd"), kind="id"),
    Column("venues", N_("Venues")),
    Column("mostly_in", N_("mostly in"), kind="name"),
    Column("minutes", N_("Mean minutes on foot (estimate)"), digits=1),
    Column("share_within", N_("Share of residents within 15 minutes (estimate)"), digits=3),
    Column("share_low", N_("The same if ways are long"), digits=3),
    Column("share_high", N_("The same if ways are direct"), digits=3),
)


class Query(ViewState):
    """What a reader asks of this page: kinds of venue, level of areas, the kind whose quotients are compared."""

    venues: tuple[str, ...] = ()
    level: str = ""
    specialised: str = ""


def culture_kinds(ctx: CityContext) -> dict[str, str]:
    """Kinds of cultural venue that the city has: name by kind."""
    kinds = facility_kinds(ctx)
    labels: dict[str, str] = kinds.loc[kinds["grouping"] == "culture", "label"].to_dict()
    return labels


def usual_kinds(ctx: CityContext) -> tuple[str, ...]:
    """The kinds chosen at first: the usual ones that the city has, else all of its own."""
    kinds = culture_kinds(ctx)
    return tuple(kind for kind in USUAL_KINDS if kind in kinds) or tuple(kinds)


def require_kinds(ctx: CityContext, venues: tuple[str, ...]) -> tuple[str, ...]:
    """The chosen kinds, in order. Raises NothingToShow where the city has no venue, or none is chosen."""
    _ = ctx.language
    if not culture_kinds(ctx):
        if not has_tables(ctx, "facilities"):
            raise missing_table(_, ctx.key, "facilities")
        raise NothingToShow(
            _("{city} has no venue of culture among its facilities.", city=ctx.name),
            _("Add it to the city's pack and build it on the page *Your city*."),
        )
    if not venues:
        raise NothingToShow(ctx.language("No kind of venue is chosen."), ctx.language("Choose one or more above."))
    return tuple(sorted(venues))


def _venues(ctx: CityContext, kinds: tuple[str, ...]) -> pd.DataFrame:
    rows = optional_table(ctx, "facilities")
    return rows[rows["kind"].isin(kinds)]


@cached_numbers
def venues_by_area(ctx: CityContext, kinds: tuple[str, ...], period: pd.Timestamp, level: str) -> pd.DataFrame:
    """Venues and residents by area: area_id, name, persons, facilities, per_10000, residents_per_facility."""
    rows = coverage.supply(_venues(ctx, kinds), residents(ctx, period), hierarchy(ctx)[level])
    rows = rows.drop(columns=["places", "without_places", "places_per_100"])
    return rows.assign(name=rows["area_id"].map(area_names(ctx, level)))


@cached_numbers
def _counts(ctx: CityContext, kinds: tuple[str, ...], level: str) -> pd.DataFrame:
    """How many venues of each kind an area has: area, kind, count."""
    rows = _venues(ctx, kinds)
    groups = [rows["area_id"].map(hierarchy(ctx)[level]).rename("area"), rows["kind"]]
    return rows.groupby(groups).size().rename("count").reset_index()


def hot_areas(ctx: CityContext, counts: pd.Series) -> pd.DataFrame:
    """Getis-Ord Gi* of a number by smallest area; areas that are not in counts have none. area_id, z, p, kind."""
    shapes = exact_areas(ctx)
    values = counts.reindex(shapes["area_id"], fill_value=0).astype(float)
    return hotspots.getis_ord(values, shapes, "area_id").rename(columns={"area": "area_id"})


@cached_numbers
def _hot_spots(ctx: CityContext, kinds: tuple[str, ...]) -> pd.DataFrame:
    return hot_areas(ctx, _venues(ctx, kinds).groupby("area_id").size())


@cached_numbers
def _crowds(ctx: CityContext, kinds: tuple[str, ...]) -> pd.DataFrame:
    """Venues that belong to a crowd, with its number; the largest is 0."""
    rows = _venues(ctx, kinds)
    rows = hotspots.dbscan(rows, CROWD_WITHIN_M, CROWD_VENUES) if len(rows) else rows.assign(crowd=-1)
    return rows[rows["crowd"] >= 0]


@cached_numbers
def minutes_to_culture(ctx: CityContext, kinds: tuple[str, ...], period: pd.Timestamp, level: str) -> pd.DataFrame:
    """Mean minutes on foot to the nearest venue and share within 15 minutes, by area (an estimate)."""
    minutes = np.minimum.reduce([minutes_to_nearest(ctx, kind, "adult") for kind in kinds])
    people, groups = people_in_cells(ctx, "", period), cell_groups(ctx, level)
    result = pd.DataFrame({"persons": pd.Series(people).groupby(groups).sum()})
    result["minutes"] = access.weighted_mean(minutes, people, groups)
    shortest, longest = spread(ctx)
    for name, factor in (("share_within", 1.0), ("share_low", longest), ("share_high", shortest)):
        near = (minutes * factor <= NEAR_MINUTES).astype(float)
        result[name] = access.weighted_mean(near, people, groups)
    result = result.rename_axis("area_id").reset_index()
    return result.assign(name=result["area_id"].map(area_names(ctx, level)))


def density_figure(ctx: CityContext, territory: Territory, query: Query) -> Figure:
    """Venues per 10,000 residents by area, with the venues on top. Raises NothingToShow."""
    _, kinds, level = ctx.language, require_kinds(ctx, query.venues), query.level
    period, points = require_period(ctx, territory), _venues(ctx, kinds)
    rows = venues_by_area(ctx, kinds, period, level).assign(value=lambda t: t["per_10000"])
    rows["shown"] = [
        _("{rate} per 10,000 residents ({n} venues)", rate=_.number(rate, 1), n=n)
        for rate, n in zip(rows["per_10000"], rows["facilities"], strict=True)
    ]
    rows = in_district(ctx, rows, territory.district, level).sort_values("value", ascending=False)
    shown = dict(zip(rows["name"], rows["shown"], strict=True))
    errors = 10_000 * rows["facilities"].astype(float) ** 0.5 / rows["persons"].astype(float)  # of counts (Poisson)
    densest = ends(
        ctx,
        rows.assign(error=errors),
        "value",
        lambda name, _rate: _("Densest in {name}: {shown}", name=name, shown=shown[name]),
        lambda rate: _.number(rate, 1),
        largest=True,
        base="persons",
        min_base=SETTLED_RESIDENTS,
        error="error",
        subject=_("Venues per 10,000 residents"),
        what=level_plurals(ctx)[level],
    )
    caption = Caption(densest.text, _("venues per 10,000 residents"), _.day(period), facilities_source(ctx))
    points = points.assign(shown=points["kind"].map(culture_kinds(ctx)))
    return area_map(ctx, territory, "venues-map", caption, rows, level, Shading(1), points=points, columns=COLUMNS)


def kinds_figure(ctx: CityContext, territory: Territory, query: Query) -> Figure:
    """What the venues of the city or the chosen district are."""
    _, kinds, labels = ctx.language, require_kinds(ctx, query.venues), culture_kinds(ctx)
    level = ctx.middle_level if territory.district else ctx.largest_level
    rows = _counts(ctx, kinds, level).rename(columns={"area": "area_id"})
    rows = in_district(ctx, rows, territory.district, level)
    rows = rows.assign(kind=rows["kind"].map(labels), name=rows["area_id"].map(area_names(ctx, level)))
    if rows.empty:
        raise NothingToShow(_("No venue of these kinds is here."), _("Choose other kinds, or the whole city."))
    total = rows.groupby("kind")["count"].sum()
    finding = ends(
        ctx,
        total.rename_axis("name").reset_index(),
        "count",
        lambda name, count: _(
            "{index}: {iloc} of {total:,} venues, the most frequent kind", index=name, iloc=count, total=total.sum()
        ),
        _.number,
        largest=True,
        what=_("kinds of venue"),
    ).text
    caption = Caption(finding, _("venues by kind and area"), *dated_source(ctx, "facilities"))
    drawing = chart("treemap", rows, group="kind", value="count", part="name", unit=_("venues"))
    return figure(ctx, "treemap", caption, rows, drawing, COLUMNS)


def dated_source(ctx: CityContext, table: str) -> tuple[str, str]:
    """Period and source line of a table of the city."""
    return entries(ctx, table)[0].period or ctx.language(UNDATED), source(ctx, table)


def location_quotients(ctx: CityContext, counts: pd.DataFrame, kind: str) -> pd.DataFrame:
    """One kind's location quotients by largest area with exact intervals, false discoveries held over these areas.

    counts: area, kind, count.
    """
    rows = specialisation.location_quotient(counts)
    rows = rows[rows["kind"] == kind].rename(columns={"area": "area_id"})
    return rows.assign(name=rows["area_id"].map(area_names(ctx, ctx.largest_level))).sort_values("lq", ascending=False)


def over_represented(rows: pd.DataFrame) -> pd.Series:
    """Names of the areas whose quotient is above 1 by more than chance."""
    return rows.loc[(rows["lq"] > 1) & (rows["adjusted"] <= specialisation.DISCOVERY_RATE), "name"]


def quotients_chart(ctx: CityContext, territory: Territory, rows: pd.DataFrame) -> Chart:
    """Location quotients as intervals around 1, the chosen district marked."""
    marked = area_names(ctx, ctx.largest_level).get(territory.district, "")
    options = {"name": "name", "value": "lq", "low": "low", "high": "high", "unit": "", "digits": 2, "reference": 1}
    return chart("intervals", rows, **options, marked=marked)


def quotients_figure(ctx: CityContext, territory: Territory, query: Query) -> Figure:
    """In which districts one of several kinds is over-represented among the venues."""
    _, kinds = ctx.language, require_kinds(ctx, query.venues)
    kind, counts = culture_kinds(ctx)[query.specialised], _counts(ctx, kinds, ctx.largest_level)
    rows = location_quotients(ctx, counts, query.specialised).assign(kind=kind)
    above = over_represented(rows)
    caption = Caption(
        _("{kind}: clearly over-represented in {sure}", kind=kind, sure=", ".join(above))
        if len(above)
        else _("{kind}: no area is clearly above the city's share", kind=kind),
        _("location quotient of '{kind}' among the chosen venues, city = 1, exact 95 % interval", kind=kind),
        *dated_source(ctx, "facilities"),
        " · ".join(filter(None, [_(HELD), _krugman(ctx, counts)])),
    )
    return figure(ctx, "quotients", caption, rows, quotients_chart(ctx, territory, rows), COLUMNS)


def _krugman(ctx: CityContext, counts: pd.DataFrame) -> str:
    """Which areas' mix of venues differs from that of the rest beyond chance; '' where there are no two to compare."""
    _, rows = ctx.language, specialisation.krugman(counts)
    if len(rows) < 2:
        return ""
    rows = rows[rows["adjusted"] <= specialisation.DISCOVERY_RATE].sort_values("krugman", ascending=False)
    names = rows["area"].map(area_names(ctx, ctx.largest_level))
    apart = [f"{name} ({_.number(index, 2)})" for name, index in zip(names, rows["krugman"], strict=True)]
    if not apart:
        return _("Krugman index: no area's mix of venues differs from that of the rest by more than chance.")
    return _(
        "Krugman index: the mix of venues differs from that of the rest by more than chance in {names}; 0 is alike, 2 "
        "nothing in common.",
        names=", ".join(apart),
    )


def hot_spots_figures(ctx: CityContext, territory: Territory, query: Query) -> list[Figure]:
    """Where venues crowd: hot spots among the smallest areas on a map, crowds whatever the borders as a table."""
    _, kinds, level = ctx.language, require_kinds(ctx, query.venues), ctx.levels[-1]
    words = {kind: _(name) for kind, name in HOT_OR_COLD.items()}
    rows = in_district(ctx, _hot_spots(ctx, kinds), territory.district, level)
    rows = rows.sort_values("z", ascending=False, ignore_index=True)
    rows = rows.assign(name=rows["area_id"].map(area_names(ctx, level)), hot_or_cold=rows["kind"].map(words))
    rows["shown"] = [f"{word} (z {_.signed(z)})" for word, z in zip(rows["hot_or_cold"], rows["z"], strict=True)]
    grouped = classes.classify(rows["kind"].map({"hot": 1.0, "cold": 0.0}).astype(float))
    dots = in_district(ctx, _crowds(ctx, kinds), territory.district)
    dots = dots.assign(shown=_.each("cluster {number}", number=dots["crowd"] + 1))
    key = legend(
        ctx,
        _("hot spots of venues (Getis-Ord Gi*, false discoveries held to 5 %)"),
        grouped,
        [words["hot" if low else "cold"] for low in grouped.lows],
        words[""],
        _("{value} venues in a cluster (8 or more within 400 m, DBSCAN)", value=len(dots)),
    )
    layers = [
        area_layer(ctx, territory, area_shapes(ctx, level), rows, grouped, level),
        outline_layer(ctx, territory),
        point_layer(ctx, dots, level),
    ]
    hot_areas_count, crowds = int((rows["kind"] == "hot").sum()), int(dots["crowd"].nunique())
    said = N_("Hot spots of venues: {hot} of {all} {areas}; clusters of venues: {crowds}")
    if not hot_areas_count:
        said = N_("None of {all} {areas} is a hot spot of venues; clusters of venues: {crowds}")
    caption = Caption(
        _(said, hot=hot_areas_count, all=len(rows), areas=level_plurals(ctx)[level], crowds=crowds or _("none")),
        _("number of venues"),
        *dated_source(ctx, "facilities"),
    )
    drawing = city_map(ctx, territory, layers, key, level)
    rows = rows[["area_id", "name", "z", "p", "hot_or_cold"]]
    hot = figure(ctx, "hot", caption, rows, drawing, COLUMNS, area_shapes(ctx, level))
    return [hot, _crowds_table(ctx, dots)] if len(dots) else [hot]


def _crowds_table(ctx: CityContext, dots: pd.DataFrame) -> Figure:
    names = area_names(ctx, ctx.levels[-1])
    rows = pd.DataFrame(
        [(number + 1, len(part), names[part["area_id"].mode()[0]]) for number, part in dots.groupby("crowd")],
        columns=["crowd", "venues", "mostly_in"],
    )
    _, dated = ctx.language, dated_source(ctx, "facilities")
    return figure(
        ctx,
        "crowds",
        Caption(_("Clusters of venues, largest first"), _("number of venues"), *dated),
        rows,
        None,
        COLUMNS,
    )


def walk_figure(ctx: CityContext, territory: Territory, query: Query) -> Figure:
    """How far culture is on foot, by area (an estimate)."""
    _, kinds, period = ctx.language, require_kinds(ctx, query.venues), require_period(ctx, territory)
    rows = minutes_to_culture(ctx, kinds, period, query.level).assign(value=lambda t: t["minutes"])
    rows = in_district(ctx, rows, territory.district, query.level).sort_values("value")
    rows["shown"] = _.each(
        "{minutes:.0f} minutes, {share:.0f} % within 15 (estimate)",
        minutes=rows["minutes"],
        share=100 * rows["share_within"],
    )
    near, low, high = (
        _.percent((rows[name] * rows["persons"]).sum() / rows["persons"].sum())
        for name in ("share_within", "share_low", "share_high")
    )
    shares = near if low == high else _("{low} to {high}", low=low, high=high)
    caption = Caption(
        _("{near} of residents walk 15 minutes or less to one of these venues (estimate)", near=shares),
        _("mean minutes on foot to the nearest venue (estimate)"),
        _.day(period),
        facilities_source(ctx),
        _(ctx.city.estimate_note),
    )
    return area_map(ctx, territory, "culture-walk", caption, rows, query.level, columns=COLUMNS)
