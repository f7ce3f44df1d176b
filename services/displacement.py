"""Displacement of the world and of countries of asylum: how many, from where, since when, how young, how protected."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from analytics import displacement
from data import engine
from data.context import CityContext, Territory, ViewState
from data.errors import NothingToShow
from data.figures import Column, Figure
from data.translation import N_
from services.areas import country_names, world_years
from services.cache import cached
from services.figures import Caption, chart, figure
from services.tables import world_source, world_table

SEXES = {"female": N_("female"), "male": N_("male")}
AGES = ["0-4", "5-11", "12-17", "18-59", "60+"]
LARGEST = 7  # groups drawn by name; all others are one
BREAKDOWNS = {"category": N_("Category"), "origin": N_("Origin"), "asylum": N_("Asylum")}
# measure -> its name, unit, digits and column
MEASURES = {
    "absolute": (N_("Persons"), N_("persons, at year end"), 0, "persons"),
    "per_1000": (N_("Per 1,000 residents"), N_("displaced people per 1,000 residents"), 1, "per_1000"),
    "index": (N_("Index, first year = 100"), N_("index, first year shown = 100"), 1, "index"),
}
COLUMNS = {
    column.name: column
    for column in (
        Column("persons", N_("People")),
        Column("per_1000", N_("Per 1,000 residents"), digits=1),
        Column("index", N_("Index, first year = 100"), digits=1),
        Column("summed", N_("sum of the tables")),
        Column("published", N_("published")),
        Column("difference", N_("difference")),
        Column("overlap", N_("under two mandates (estimate)")),
        Column("remainder", N_("later revision and rounding")),
        Column("sex", N_("Sex"), kind="text"),
        Column("age", N_("Age"), kind="text"),
        Column("protected", N_("Decisions that gave protection")),
        Column("decided", N_("Substantive decisions")),
    )
}


class Scope(ViewState):
    """Whether a page is about the world or about the chosen country of asylum."""

    scope: Literal["world", "country"] = "world"


class Query(Scope):
    """What a reader asks of the trends: scope, breakdown, one origin (ISO 3) or all (''), measure."""

    by: Literal["category", "origin", "asylum"] = "category"
    only_from: str = ""
    measure: Literal["absolute", "per_1000", "index"] = "absolute"


@dataclass(frozen=True)
class Place:
    """The world (code None) or a country of asylum (ISO 3), with its name alone and inside a sentence."""

    code: str | None
    name: str
    within: str


def place(ctx: CityContext, territory: Territory, query: Scope) -> Place:
    """What a page is about. Raises NothingToShow where UNHCR counts nobody there in the chosen years."""
    _ = ctx.language
    if query.scope == "world":
        chosen = Place(None, _("The world"), _("the world"))
    else:
        name = country_names(ctx)[territory.country]
        chosen = Place(territory.country, name, name[0].lower() + name[1:] if name.startswith("The ") else name)
    if by_group(ctx, "category", chosen.code, territory.first_year, territory.last_year).empty:
        raise nobody(ctx, chosen)
    return chosen


def nobody(ctx: CityContext, place: Place) -> NothingToShow:
    """What to say where nobody is counted in the chosen years."""
    _ = ctx.language
    return NothingToShow(
        _("UNHCR counts nobody in {place} in these years.", place=place.within), _("Widen the years in the sidebar.")
    )


def breakdowns(scope: str) -> list[str]:
    """What the people of a scope can be broken down by; a country of asylum is one asylum."""
    return [name for name in BREAKDOWNS if scope == "world" or name != "asylum"]


def origins(ctx: CityContext, country: str | None) -> list[str]:
    """Codes of every origin of displaced people in a country, or in the world, by name; first '' for all of them."""
    codes = stock(ctx, "origin", country)["origin"].unique()
    return ["", *sorted(codes, key=country_names(ctx).__getitem__)]


@cached
def _every_year(ctx: CityContext, by: str, country: str | None, origin: str) -> pd.DataFrame:
    categories = displacement.ACROSS_BORDERS if country else displacement.FORCIBLY_DISPLACED
    displaced = engine.table("displaced")
    return engine.run(displacement.stock(displaced, by, origin=origin, asylum=country, categories=categories))


def stock(
    ctx: CityContext, by: str, country: str | None, first: int = 0, last: int = 9999, origin: str = ""
) -> pd.DataFrame:
    """People at year end by 'category', 'origin' or 'asylum': year, `by`, persons. The engine is asked once."""
    rows = _every_year(ctx, by, country, origin)
    return rows[rows["year"].between(first, last)]


@cached
def by_group(ctx: CityContext, by: str, country: str | None, first: int, last: int, origin: str = "") -> pd.DataFrame:
    """The same for the largest groups and the rest, with the name of each: year, `by`, persons, group."""
    _, rows = ctx.language, displacement.top_with_rest(stock(ctx, by, country, first, last, origin), by, LARGEST)
    names = {key: _(name) for key, name in displacement.LABELS.items()} | pair_names(ctx)
    return rows.assign(group=rows[by].map(names))


def years_of(years: Collection[int]) -> str:
    """First and last of some years: '2015–2025'."""
    return "–".join(str(year) for year in sorted({min(years), max(years)}))


def pair_names(ctx: CityContext) -> dict[str, str]:
    """Name of each country, and of what remains beside the largest."""
    return country_names(ctx) | {"REST": ctx.language("All others"), "TOTAL": ctx.language("Total")}


@cached
def ages(ctx: CityContext, country: str | None, origin: str = "") -> tuple[pd.DataFrame, float]:
    """Persons by sex and age, percent of those for whom both are stated, and the share for whom they are."""
    rows = world_table("displaced_by_age_place")
    people = displacement.pyramid(rows[rows["origin"] == origin] if origin else rows, country)
    stated = people[(people["sex"] != "not stated") & (people["age"] != "not stated")]
    total = stated["persons"].sum()
    stated = stated.assign(percent=100 * stated["persons"] / max(total, 1))
    stated = stated.sort_values("age", key=lambda age: age.map(AGES.index), kind="stable")
    return stated, float(total / max(people["persons"].sum(), 1))


@cached
def decisions(ctx: CityContext, country: str | None, origin: str, first: int, last: int) -> pd.DataFrame:
    """Decisions and recognition rate by year: year, protected, decided, percent."""
    rows = world_table("asylum_decisions")
    chosen = rows["year"].between(first, last)
    for side, code in (("asylum", country), ("origin", origin)):
        chosen &= rows[side].eq(code) if code else True
    rates = displacement.recognition_rate(rows[chosen], ["year"]).dropna()
    return rates.assign(percent=100 * rates.pop("rate"))


def answers(ctx: CityContext, territory: Territory, place: Place) -> str:
    """The page's questions, answered in sentences made from the tables."""
    _, names, years = ctx.language, country_names(ctx), (territory.first_year, territory.last_year)
    total = stock(ctx, "category", place.code, *years).groupby("year")["persons"].sum()
    counts = stock(ctx, "origin", place.code, *years)
    largest = counts[counts["year"] == total.index[-1]].nlargest(3, "persons")
    who = _(
        "**Who and from where:** {iloc} displaced people in {place} at the end of {index}, most from {parts}.",
        iloc=_.compact(total.iloc[-1]),
        place=place.within,
        index=total.index[-1],
        parts=", ".join(f"{names[row['origin']]} ({_.compact(row['persons'])})" for row in largest.to_dict("records")),
    )
    since = _(
        "**Since when:** {iloc} since {index}; the highest count in these years is {total}, {peak}.",
        iloc=_.signed_percent(displacement.change(total.iloc[0], total.iloc[-1]), 0),
        index=total.index[0],
        total=_.compact(total.max()),
        peak=total.idxmax(),
    )
    lines = [who, since if len(total) > 1 else "", *_how_young_how_urban(ctx, place)]
    return "\n\n".join(line for line in lines if line)


def _how_young_how_urban(ctx: CityContext, place: Place) -> list[str]:
    _, rows = ctx.language, world_table("displaced_by_age_place")
    (people, stated), urban, year = (
        ages(ctx, place.code),
        displacement.urban_share(rows, place.code),
        rows["year"].max(),
    )
    young = _(
        "**How young:** {share} are 5 to 17, among the {stated} whose age is stated ({year}).",
        share=_.percent(displacement.school_age_share(people)[0]),
        stated=_.percent(stated),
        year=year,
    )
    low, high = (_.percent(share) for share in urban or (None, None))
    towns = _(
        "**How urban:** between {urban} and {urban_2} live in towns; for the rest UNHCR states various places "
        "({year}).",
        urban=low,
        urban_2=high,
        year=year,
    )
    return [young if stated else "", towns if urban else ""]


def stock_figure(ctx: CityContext, territory: Territory, query: Query, place: Place) -> Figure:
    """How many, by category, origin or asylum. Raises NothingToShow where people or residents are not counted."""
    _, origin = ctx.language, country_names(ctx).get(query.only_from, "")
    rows = by_group(ctx, query.by, place.code, territory.first_year, territory.last_year, query.only_from)
    if rows.empty:
        raise NothingToShow(
            _("UNHCR counts nobody from {names} in {place} in these years.", names=origin, place=place.within),
            _("Choose another origin or other years."),
        )
    total = rows.groupby("year")["persons"].sum()
    _label, unit, digits, column = MEASURES[query.measure]
    if column == "index":
        rows["index"] = displacement.index_to_first(rows, "group")["persons"]
    elif column == "per_1000":
        residents = pd.Series(_residents(ctx, place), rows.index)
        rows["per_1000"] = displacement.per_1000(rows["persons"], residents)
    breaks = _wider_counts(ctx, place.code, total)
    tables = ("displaced", "country_population") if column == "per_1000" else ("displaced",)
    finding = _stock_finding(ctx, total, bool(breaks), origin, place)
    options = {"unit": _(unit), "stacked": column != "index", "digits": digits, "breaks": breaks}
    return figure(
        ctx,
        "stock",
        Caption(finding, _(unit), years_of(total.index), world_source(*tables)),
        rows.drop(columns=query.by),
        chart("lines", rows, x="year", y=column, by="group", **options),
        COLUMNS | {"group": Column("group", BREAKDOWNS[query.by], kind="text")},
    )


def _residents(ctx: CityContext, place: Place) -> int:
    """Residents of a country or of the world. Raises NothingToShow where they are not known."""
    _, rows = ctx.language, world_table("country_population")
    residents = int((rows[rows["iso3"] == place.code] if place.code else rows)["persons"].sum())
    if not residents:
        raise NothingToShow(
            _("There is no count of residents for {place}.", place=place.within), _("Choose persons or index.")
        )
    return residents


def _wider_counts(ctx: CityContext, country: str | None, total: pd.Series) -> dict[int, str]:
    """Years inside the period from which a category was counted at all, for the chart to say so. total: by year."""
    _, counted = ctx.language, displacement.ACROSS_BORDERS if country else displacement.FORCIBLY_DISPLACED
    return {
        year: _("from here: {labels}", labels=_(displacement.LABELS[category]))
        for category, year in displacement.COUNTED_FROM.items()
        if category in counted and total.index[0] < year <= total.index[-1]
    }


def _stock_finding(ctx: CityContext, total: pd.Series, wider: bool, origin: str, place: Place) -> str:
    """Newest count and growth. total: people by year. wider: whether more is counted than in the first year."""
    _, first, last = ctx.language, total.index[0], total.index[-1]
    finding = _(
        "{iloc} displaced people{of} in {place} at the end of {index}",
        iloc=_.compact(total[last]),
        of=_(" from {names}", names=origin) if origin else "",
        place=place.within,
        index=last,
    )
    if first == last:
        return finding
    growth = _.signed_percent(displacement.change(total[first], total[last]), 0)
    finding += _(", {growth} since {index}", growth=growth, index=first)
    if wider:
        return finding + _(", counting more categories than then")
    years = displacement.doubling_time(total[first], total[last], last - first)
    return finding + (_(": doubling in {years:.0f} years at that pace", years=years) if years and years < 100 else "")


def totals_figure(ctx: CityContext) -> Figure:
    """The sum of the tables beside the published total."""
    _ = ctx.language
    rows = displacement.reconciliation(world_table("displaced"), world_table("published_totals"))
    newest, last_counted = rows.iloc[-1], world_years(ctx)[1]
    note = _(
        "UNHCR counts Palestine refugees displaced within the Gaza Strip once; UNRWA estimates them at 70 % of the "
        "displaced people there (unhcr.org/refugee-statistics/data-summaries, end of 2023, assumed for 2024). IDMC "
        "has since lowered its figure for 2023 by about a million."
    )
    if newest["year"] < last_counted:
        note += " " + _("No total for {year} was at hand.", year=last_counted)
    finding = _(
        "{year}: the tables add up to {summed}, UNHCR prints {published}; people under two mandates explain "
        "{overlap} of the difference",
        year=int(newest["year"]),
        summed=_.compact(newest["summed"]),
        published=_.compact(newest["published"]),
        overlap=_.compact(newest["overlap"]),
    )
    caption = Caption(
        finding, _("persons, at year end"), years_of(rows["year"]), world_source("displaced", "published_totals"), note
    )
    return figure(ctx, "totals", caption, rows, columns=COLUMNS)


def ages_figure(ctx: CityContext, query: Query, place: Place) -> Figure:
    """How young, as a pyramid. Raises NothingToShow where no age is stated."""
    _, (people, stated) = ctx.language, ages(ctx, place.code, query.only_from)
    if not stated:
        raise NothingToShow(
            _("UNHCR states nobody's age in {place}.", place=place.within),
            _("Choose the world or another country of asylum."),
        )
    caption = Caption(
        _(
            "{place}: {share} are of school age, 5 to 17",
            place=place.name,
            share=_.percent(displacement.school_age_share(people)[0]),
        ),
        _("percent of those whose age and sex are stated ({stated} of all)", stated=_.percent(stated)),
        str(world_table("displaced_by_age_place")["year"].max()),
        world_source("displaced_by_age_place"),
        _only_from(ctx, query),
    )
    rows = people.assign(sex=people["sex"].map({code: _(name) for code, name in SEXES.items()}))
    return figure(ctx, "ages", caption, rows, chart("pyramid", people, ages=AGES), COLUMNS)


def decisions_figure(ctx: CityContext, territory: Territory, query: Query, place: Place) -> Figure:
    """How many decisions gave protection, of the chosen years and origin. Raises NothingToShow where there is none."""
    _ = ctx.language
    rows = decisions(ctx, place.code, query.only_from, territory.first_year, territory.last_year)
    if rows.empty:
        raise NothingToShow(
            _("UNHCR lists no decisions in persons for {place} in these years.", place=place.within),
            _("Choose another origin or other years."),
        )
    newest, unit = rows.iloc[-1], _("% of substantive decisions, all levels, counted in persons")
    finding = _(
        "{place}: {rate} of {decided} decisions in {year} gave protection",
        place=place.name,
        rate=_.percent(newest["percent"] / 100),
        decided=_.number(newest["decided"]),
        year=int(newest["year"]),
    )
    caption = Caption(finding, unit, years_of(rows["year"]), world_source("asylum_decisions"), _only_from(ctx, query))
    drawn = rows.assign(group=place.name)
    return figure(
        ctx,
        "decisions",
        caption,
        rows,
        chart("lines", drawn, x="year", y="percent", by="group", unit=unit, digits=1),
        COLUMNS,
    )


def _only_from(ctx: CityContext, query: Query) -> str:
    """The chosen origin, as a note beside a figure."""
    return f"{ctx.language('Only from')}: {country_names(ctx)[query.only_from]}" if query.only_from else ""
