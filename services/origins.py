"""Residents by origin in the city: how many, where they live, how mixed and how apart."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

import pandas as pd

from analytics import displacement, diversity
from analytics.findings import MIN_BASE, relative_change
from data.context import CityContext, Territory, ViewState
from data.errors import NothingToShow
from data.figures import Column, Figure
from data.translation import N_, SUPPRESSED
from services.areas import area_names, country_names, current_half_years, hierarchy, in_district, place_name, redrawn
from services.cache import cached_numbers
from services.columns import by_name
from services.figures import Caption, chart, figure
from services.findings import ends
from services.stocks import years_of
from services.tables import city_table, optional_table, require_tables, source

# measure over time -> its name, unit, digits
TRENDS = {
    "persons": (N_("Persons"), N_("residents with that migration background"), 0),
    "per_1000": (N_("Per 1,000 residents"), N_("residents with that migration background per 1,000 residents"), 1),
    "index": (N_("Index, first count = 100"), N_("index, first count shown = 100"), 1),
}
SIMPSON = N_("chance that two people with a named origin differ, % (Simpson)")
# measure on the map -> its name, unit, digits, suffix
MEASURES = {
    "persons": (N_("Residents"), N_("residents with that migration background"), 0, ""),
    "per_1000": (N_("Share of residents"), N_("residents with that background per 1,000 residents"), 1, ""),
    "quotient": (N_("Location quotient"), N_("times the city's share of residents"), 2, ""),
    "growth": (N_("Growth since a chosen date"), N_("% change"), 0, " %"),
    "diversity": (N_("Diversity of origins"), SIMPSON, 0, " %"),
}
GROWTH_BASE = 30  # people at the start below which growth is not told in per cent
POINT = 1.0  # percentage points under which one does not stand out from another
LARGEST_BASE = 100  # people of the origin at the start, below which a growth is not called the highest
INVASION = pd.Timestamp("2022-02-24")
# Half-years just before many people fled, with what is said about them in a list and in a sentence.
MARKS = {
    "2015-06-30": (N_("the summer of 2015"), N_("June 2015")),
    "2021-12-31": (N_("last before February 2022"), N_("the end of 2021")),
}
COLUMNS = by_name(
    Column("origin", N_("Origin"), kind="text"),
    Column("persons", N_("People of that origin"), missing=SUPPRESSED),
    Column("per_1000", N_("Per 1,000 residents"), digits=1),
    Column("index", N_("Index, first count = 100"), digits=1),
    Column("quotient", N_("Location quotient"), digits=2),
    Column("growth", N_("Growth since a chosen date"), "%", digits=1),
    Column("diversity", N_("Diversity of origins"), "%", digits=1),
    Column("dissimilarity", N_("Dissimilarity"), "%", digits=1),
    Column("isolation", N_("Isolation"), "%", digits=1),
    Column("areas", N_("Areas counted")),
)


class Query(ViewState):
    """What a reader asks: origins (ISO 3), measure over time; measure, origin and level of the map, start of growth."""

    origins: tuple[str, ...] = ()
    city_measure: Literal["persons", "per_1000", "index"] = "persons"
    map_measure: Literal["persons", "per_1000", "quotient", "growth", "diversity"] = "persons"
    origin: str = ""
    level: str = ""
    since: str = "2021-12-31"


def place(ctx: CityContext, territory: Territory) -> str:
    """Name of the chosen area, else of the district, else of the city."""
    return area_names(ctx, ctx.levels[-1]).get(territory.area) or place_name(ctx, territory)


def all_hidden(ctx: CityContext) -> NothingToShow:
    """What is said where every count is suppressed."""
    _ = ctx.language
    return NothingToShow(
        _("Every area is suppressed or unknown."), _("Choose larger areas, other years or another origin.")
    )


@cached_numbers
def _series(ctx: CityContext, level: str, area: str, first: int, last: int) -> pd.DataFrame:
    rows, residents = city_table(ctx, "residents_by_origin"), city_table(ctx, "residents")
    rows = rows[rows["level"].eq(level) & rows["area_id"].eq(area) & rows["period"].dt.year.between(first, last)]
    if level == ctx.levels[-1]:  # an id may have meant another area before
        rows, residents = (table[table["boundary_version"] == ctx.boundary_version] for table in (rows, residents))
        residents = residents[residents["area_id"] == area]
    elif level == "district":
        residents = in_district(ctx, residents, area)
    rows = rows[["period", "origin", "persons", "suppressed"]].reset_index(drop=True)
    total = rows["period"].map(residents.groupby("period")["persons"].sum())
    return rows.assign(per_1000=displacement.per_1000(rows["persons"], total))


def series(ctx: CityContext, territory: Territory) -> pd.DataFrame:
    """Every named origin in the area, district or city: period, origin (ISO 3), persons, suppressed, per_1000."""
    return _series(ctx, *_scope(ctx, territory), territory.first_year, territory.last_year)


def _scope(ctx: CityContext, territory: Territory) -> tuple[str, str]:
    if territory.area:
        return ctx.levels[-1], territory.area
    return ("district", territory.district) if territory.district else ("city", next(iter(area_names(ctx, "city"))))


def origins(ctx: CityContext, territory: Territory) -> dict[str, str]:
    """Name by ISO 3 code of every origin that is counted there in the chosen years.

    Raises NothingToShow where the city counts none, or none in these years.
    """
    require_tables(ctx, "residents_by_origin", "residents")
    _, names, codes = ctx.language, country_names(ctx), series(ctx, territory)["origin"].unique()
    if not len(codes):
        years = _series(ctx, *_scope(ctx, territory), 0, 9999)["period"].dt.year
        if years.empty:
            raise all_hidden(ctx)
        first, last = years.min(), years.max()
        raise NothingToShow(
            _("{name} counts residents by origin from {first} to {last}.", name=ctx.name, first=first, last=last),
            _("Move the years in the sidebar."),
        )
    return {code: names[code] for code in sorted(codes, key=names.__getitem__)}


def usual_origins(ctx: CityContext, listed: Collection[str]) -> list[str]:
    """Those that stand for displacement in the city; the first one where it names none."""
    return [code for code in ctx.city.displaced_origins if code in listed] or list(listed)[:1]


def close_to_top(rows: pd.DataFrame, value: str, base: str) -> list[str]:
    """Names whose value is less than a percentage point below the highest, highest first; enough people behind each."""
    rows = rows[rows[base].astype(float) >= MIN_BASE].dropna(subset=value).sort_values(value, ascending=False)
    return list(rows.loc[rows[value] > rows[value].max() - POINT, "name"])


def require_origins(ctx: CityContext, query: Query) -> None:
    """Raises NothingToShow where the reader chose no origin."""
    if not query.origins:
        raise NothingToShow(ctx.language("No origin is chosen."), ctx.language("Choose one or more above."))


def trend_figure(ctx: CityContext, territory: Territory, query: Query) -> Figure:
    """The chosen origins over time in the area, district or city. Raises NothingToShow where no count is published."""
    _, rows = ctx.language, series(ctx, territory)
    rows = rows[rows["origin"].isin(query.origins)]
    rows["origin"] = rows["origin"].map(country_names(ctx))
    published = rows.dropna(subset="persons").sort_values("persons", ascending=False)
    if published.empty:
        raise all_hidden(ctx)
    if query.city_measure == "index":
        rows["index"] = displacement.index_to_first(rows, "origin", "period")["persons"]
    name, unit, digits = TRENDS[query.city_measure]
    if rows[query.city_measure].isna().all():
        raise NothingToShow(
            _("{measure}: not known on the days of these counts.", measure=_(name)), _("Choose another measure.")
        )
    largest = published[published["period"] == published["period"].max()].iloc[0]
    finding = _(
        "On {day} {persons} residents of {place} had roots in {group}",
        day=_.day(largest["period"]),
        persons=_.number(largest["persons"]),
        place=place(ctx, territory),
        group=largest["origin"],
    )
    counts = published[published["origin"] == largest["origin"]].set_index("period")["persons"]
    for day, (_listed, mark) in MARKS.items():
        before = counts.get(pd.Timestamp(day))
        if before and pd.Timestamp(day) < largest["period"]:
            growth = relative_change(float(before), float(largest["persons"]), floor=GROWTH_BASE)
            if growth is not None:
                rate = _.signed_percent(growth, 0)
                same = abs(growth) < 0.005  # shown as +0 %
                finding += (
                    _(", about as many as at {mark}", mark=_(mark))
                    if same
                    else _(", {rate} since {mark}", rate=rate, mark=_(mark))
                )
    invasion = {INVASION: _.day(INVASION)} if rows["period"].min() < INVASION < rows["period"].max() else {}
    unpublished = [origin for origin, part in rows.groupby("origin") if part["persons"].isna().all()]
    caption = Caption(
        finding,
        _("{unit}, on each day counted", unit=_(unit)),
        years_of(rows["period"].dt.year),
        source(ctx, "residents_by_origin", "residents"),
        _("{origins}: every count is suppressed or unknown", origins=_.listed(unpublished)) if unpublished else "",
    )
    drawing = chart(
        "lines", rows, x="period", y=query.city_measure, by="origin", unit=_(unit), digits=digits, breaks=invasion
    )
    return figure(ctx, "trend", caption, rows, drawing, COLUMNS)


def _map_periods(ctx: CityContext, territory: Territory) -> list[pd.Timestamp]:
    """Chosen half-years with origins by today's areas."""
    counted = set(city_table(ctx, "residents_by_origin")["period"].unique())
    return [day for day in current_half_years(ctx, territory.first_year, territory.last_year) if day in counted]


def map_period(ctx: CityContext, territory: Territory) -> pd.Timestamp:
    """The newest of them. Raises NothingToShow where there is none."""
    _, since, fitting = ctx.language, ctx.city.boundary_since, _map_periods(ctx, territory)
    if not fitting and not redrawn(ctx):
        raise NothingToShow(
            _("Origins are not counted on a day of these years on which residents are."),
            _("Move the years in the sidebar."),
        )
    if not fitting:
        raise NothingToShow(
            _("Areas were redrawn on {boundary_since}; earlier half-years do not fit the map.", boundary_since=since),
            _("Choose later years in the sidebar."),
        )
    return fitting[-1]


def growth_starts(ctx: CityContext, territory: Territory, level: str) -> list[str]:
    """Half-years from which growth can be told: all of them for districts, those in today's areas for smaller ones."""
    rows, last = city_table(ctx, "residents_by_origin"), max(_map_periods(ctx, territory), default=pd.Timestamp.min)
    fits = rows["level"].eq(level) & (rows["boundary_version"].eq(ctx.boundary_version) | (level == "district"))
    return [f"{day:%Y-%m-%d}" for day in sorted(rows.loc[fits & (rows["period"] < last), "period"].unique())]


def start_name(ctx: CityContext, day: str) -> str:
    """A half-year's day, with what stands out about it."""
    _ = ctx.language
    return _.day(pd.Timestamp(day)) + (f" ({_(MARKS[day][0])})" if day in MARKS else "")


@cached_numbers
def residents_by_area(ctx: CityContext, period: pd.Timestamp, level: str) -> pd.Series:
    """All residents by area of a level of today's areas; empty where suppressed."""
    rows = city_table(ctx, "residents")
    rows = rows[rows["period"] == period]
    return rows.groupby(rows["area_id"].map(hierarchy(ctx)[level]))["persons"].sum(min_count=1)


def districts_figure(ctx: CityContext, territory: Territory, query: Query) -> Figure:
    """Every district on one scale."""
    _, rows = ctx.language, city_table(ctx, "residents_by_origin")
    years = rows["period"].dt.year.between(territory.first_year, territory.last_year)
    rows = rows[(rows["level"] == "district") & rows["origin"].isin(query.origins) & years]
    rows = rows[["period", "origin", "persons", "suppressed"]].assign(
        district=rows["area_id"].map(area_names(ctx, "district")), origin=rows["origin"].map(country_names(ctx))
    )
    caption = Caption(
        _("District by district, on one scale"),
        _("{unit}, on each day counted", unit=_("residents with that migration background")),
        years_of(rows["period"].dt.year),
        source(ctx, "residents_by_origin"),
    )
    drawing = chart("small_multiples", rows, x="period", y="persons", panel="district", by="origin", unit=_("persons"))
    return figure(ctx, "districts", caption, rows, drawing, COLUMNS)


@cached_numbers
def evenness(ctx: CityContext, period: pd.Timestamp, district: str) -> tuple[pd.DataFrame, float]:
    """How unevenly each origin is spread over the smallest areas of the city or a district, in percent.

    Of the whole city from all counts, as the build made it; of a district, or where a city has no such table, over
    areas whose count is published. Returns origin (ISO 3), persons, dissimilarity, isolation, areas; and the share of
    people not counted.
    """
    rows, level = city_table(ctx, "residents_by_origin"), ctx.levels[-1]
    rows = rows[rows["period"] == period]
    whole = rows[rows["area_id"] == district] if district else rows
    whole = whole[whole["level"] == ("district" if district else "city")]
    made = optional_table(ctx, "separation")
    made = made[made["period"] == period]
    if not district and len(made):
        persons = whole.groupby("origin", as_index=False)["persons"].sum(min_count=1)
        return made.drop(columns="period").merge(persons, on="origin"), 0.0
    areas = in_district(ctx, rows[rows["level"] == level], district, level)
    result = diversity.unevenness(areas, residents_by_area(ctx, period, level)).dropna(subset="dissimilarity")
    result[["dissimilarity", "isolation"]] = 100 * result[["dissimilarity", "isolation"]].astype(float)
    result = result[result["areas"] > 1].drop(columns="hidden_areas")
    return result, float(1 - areas["persons"].sum() / max(whole["persons"].sum(), 1))


def evenness_figure(ctx: CityContext, territory: Territory) -> Figure:
    """Which origins live most apart. Raises NothingToShow where no counts can be compared."""
    _, period = ctx.language, map_period(ctx, territory)
    rows, hidden = evenness(ctx, period, territory.district)
    if rows.empty:
        raise all_hidden(ctx)
    rows["origin"] = rows["origin"].map(country_names(ctx))
    finding = ends(
        ctx,
        rows.assign(name=rows["origin"]),
        "dissimilarity",
        lambda name, share: _("Most apart: {name}, {dissimilarity} would have to move", name=name, dissimilarity=share),
        lambda percent: _.percent(percent / 100),
        largest=True,
        base="persons",
    ).text
    near = close_to_top(rows.assign(name=rows["origin"]), "dissimilarity", "persons")
    if len(near) > 1:
        shares = rows.set_index("origin")["dissimilarity"]
        finding = _(
            "Most apart, less than a percentage point from each other: {origins} would have to move",
            origins=_.listed(f"{name} ({_.percent(shares[name] / 100, 1)})" for name in near),
        )
    note = _("over areas with a published count, which hold all but {share} of the people", share=_.percent(hidden, 1))
    if not hidden:
        note = _("over all areas, counts too small to be published included")
    caption = Caption(
        finding,
        _("dissimilarity index, % who would have to move to another area for an even spread"),
        _.day(period),
        source(ctx, "residents_by_origin", "residents"),
        f"{place_name(ctx, territory)} · {note}",
    )
    drawing = chart("bars", rows, label="origin", value="dissimilarity", unit=_("dissimilarity, %"))
    return figure(ctx, "evenness", caption, rows, drawing, COLUMNS)
