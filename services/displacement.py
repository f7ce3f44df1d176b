"""Displacement of the world and of countries of asylum: how many, from where, since when, how young, how protected."""

from __future__ import annotations

from typing import Literal

import pandas as pd

from analytics import displacement
from analytics.findings import MIN_START, extreme
from data.context import CityContext, Territory, ViewState
from data.errors import NothingToShow
from data.figures import Column, Figure
from data.translation import N_
from services.areas import country_names, world_years
from services.cache import cached_numbers
from services.columns import by_name
from services.figures import Caption, chart, figure
from services.stocks import (
    LARGEST,
    Place,
    by_group,
    growth,
    growth_words,
    named,
    nobody,
    origin_names,
    overlap_note,
    parts,
    since_peak,
    stock,
    years_of,
)
from services.tables import world_source, world_table

SEXES = {"female": N_("female"), "male": N_("male")}
AGES = ["0-4", "5-11", "12-17", "18-59", "60+"]
BREAKDOWNS = {"category": N_("Category"), "origin": N_("Origin"), "asylum": N_("Asylum")}
# measure -> its name, unit, digits and column
MEASURES = {
    "absolute": (N_("Persons"), N_("persons, at year end"), 0, "persons"),
    "per_1000": (
        N_("Per 1,000 residents"),
        N_("displaced people at year end per 1,000 residents at mid-year"),
        1,
        "per_1000",
    ),
    "per_gdp": (
        N_("Refugees to the economy"),
        N_("refugees under UNHCR's mandate per US$ 1 of gross domestic product per resident"),
        1,
        "per_gdp",
    ),
    "index": (N_("Index, first year = 100"), N_("index, first year shown = 100"), 1, "index"),
}
COLUMNS = by_name(
    Column("persons", N_("People")),
    Column("per_1000", N_("Per 1,000 residents"), digits=1),
    Column("per_gdp", N_("Refugees per US$ 1 of GDP per resident"), digits=1),
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


class Scope(ViewState):
    """Whether a page is about the world or about the chosen country of asylum."""

    scope: Literal["world", "country"] = "world"


class Query(Scope):
    """What a reader asks of the trends: scope, breakdown, one origin (ISO 3) or all (''), measure."""

    by: Literal["category", "origin", "asylum"] = "category"
    only_from: str = ""
    measure: Literal["absolute", "per_1000", "per_gdp", "index"] = "absolute"


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


def breakdowns(scope: str) -> list[str]:
    """What the people of a scope can be broken down by; a country of asylum is one asylum."""
    return [name for name in BREAKDOWNS if scope == "world" or name != "asylum"]


def measures(scope: str) -> list[str]:
    """How people can be counted in a scope; UNHCR sets refugees against the economy of a country of asylum."""
    return [name for name in MEASURES if scope != "world" or name != "per_gdp"]


def origins(ctx: CityContext, country: str | None) -> list[str]:
    """Codes of every origin of displaced people in a country, or in the world, by name; first '' for all of them."""
    codes = stock(ctx, "origin", country)["origin"].unique()
    return ["", *sorted(codes, key=country_names(ctx).__getitem__)]


@cached_numbers
def ages(ctx: CityContext, country: str | None, origin: str = "") -> tuple[pd.DataFrame, float]:
    """Persons by sex and age, percent of those for whom both are stated, and the share for whom they are."""
    rows = world_table("displaced_by_age_place")
    people = displacement.pyramid(rows[rows["origin"] == origin] if origin else rows, country)
    stated = people[(people["sex"] != "not stated") & (people["age"] != "not stated")]
    total = stated["persons"].sum()
    stated = stated.assign(percent=100 * stated["persons"] / max(total, 1))
    stated = stated.sort_values("age", key=lambda age: age.map(AGES.index), kind="stable")
    return stated, float(total / max(people["persons"].sum(), 1))


@cached_numbers
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
    _, years = ctx.language, (territory.first_year, territory.last_year)
    names, total = (
        origin_names(ctx, place.code),
        stock(ctx, "category", place.code, *years).groupby("year")["persons"].sum(),
    )
    counts = stock(ctx, "origin", place.code, *years)
    largest = displacement.leading(counts[counts["year"] == total.index[-1]], 3)
    who = _(
        "**Who and from where:** {iloc} displaced people in {place} at the end of {index}: {kinds}.",
        iloc=_.compact(total.iloc[-1]),
        place=place.within,
        index=total.index[-1],
        kinds=parts(ctx, place.code, total.index[-1]),
    )
    if len(largest) > 1:
        listed = [f"{names[row['origin']]} ({_.compact(row['persons'])})" for row in largest.to_dict("records")]
        who += " " + _("Most from {parts}.", parts=", ".join(listed))
    peak = extreme(total.rename_axis("name").reset_index(), "persons", largest=True)
    since = _(
        "**Since when:** {change}; the highest count in these years is {total}, {peak}.",
        change=growth_words(ctx, place.code, *years),
        total=_.compact(total.max()),
        peak=_.listed(peak.names if peak else ()),
    )
    note = overlap_note(ctx, place.code, total.index[-1])
    lines = [who, since if len(total) > 1 else "", *_how_young_how_urban(ctx, place)]
    return "\n\n".join(line for line in [*lines, note and f"{note[0].upper()}{note[1:]}."] if line)


def _how_young_how_urban(ctx: CityContext, place: Place) -> list[str]:
    _, rows = ctx.language, world_table("displaced_by_age_place")
    (people, stated), urban, year = (
        ages(ctx, place.code),
        displacement.urban_share(rows, place.code),
        rows["year"].max(),
    )
    young = _(
        "**How young:** of those across borders {share} are 5 to 17, among the {stated} whose age is stated ({year}).",
        share=_.percent(displacement.school_age_share(people)[0]),
        stated=_.percent(stated),
        year=year,
    )
    low, high = urban or (0, 1)
    sentence = N_(
        "**How urban:** of those across borders between {urban} and {urban_2} live in towns; for the rest UNHCR states "
        "various places ({year})."
    )
    if low == high:
        sentence = N_("**How urban:** of those across borders {urban} live in towns ({year}).")
    towns = _(sentence, urban=_.percent(low), urban_2=_.percent(high), year=year)
    return [young if stated else "", towns if high - low < 1 else ""]


def stock_figure(ctx: CityContext, territory: Territory, query: Query, place: Place) -> Figure:
    """How many, by category, origin or asylum. Raises NothingToShow where people or residents are not counted."""
    _, origin, years = ctx.language, query.only_from, (territory.first_year, territory.last_year)
    rows = by_group(ctx, query.by, place.code, *years, origin)
    if rows.empty:
        raise NothingToShow(
            _(
                "UNHCR counts nobody from {names} in {place} in these years.",
                names=country_names(ctx)[origin],
                place=place.within,
            ),
            _("Choose another origin or other years."),
        )
    rows, note = _measured(ctx, rows, query, place)
    _label, unit, digits, column = MEASURES[query.measure]
    drawn = rows.dropna(subset=[column])
    notes = [note, overlap_note(ctx, place.code, rows["year"].max(), origin) if column != "per_gdp" else ""]
    categories = ["refugees"] if column == "per_gdp" else displacement.FORCIBLY_DISPLACED
    breaks = _wider_counts(ctx, stock(ctx, "category", place.code, *years, origin, categories), place)
    tables = {"per_1000": ["country_population"], "per_gdp": ["country_population", "country_gdp"]}.get(column, [])
    options = {"unit": _(unit), "stacked": column != "index", "digits": digits, "breaks": breaks}
    caption = Caption(
        _stock_finding(ctx, rows, query, place, *years),
        _(unit),
        years_of(drawn["year"]),
        world_source("displaced", *tables),
        " · ".join(filter(None, notes)),
    )
    return figure(
        ctx,
        "stock",
        caption,
        rows.drop(columns=query.by),
        chart("lines", drawn, x="year", y=column, by="group", **options),
        COLUMNS | {"group": Column("group", BREAKDOWNS[query.by], kind="text")},
    )


def _measured(ctx: CityContext, rows: pd.DataFrame, query: Query, place: Place) -> tuple[pd.DataFrame, str]:
    """The rows with the chosen measure, and what is to say of it. Raises NothingToShow where no year has one."""
    _ = ctx.language
    if query.measure == "index":
        index = displacement.index_to_first(rows, "group", floor=MIN_START)
        return rows.assign(index=index["persons"]), _(
            "each group starts at its first year with {count} people", count=_.number(MIN_START)
        )
    if query.measure == "absolute":
        return rows, ""
    residents, usd = _by_year("country_population", "persons", place), _by_year("country_gdp", "usd", place)
    if query.measure == "per_gdp":
        first, last = rows["year"].min(), rows["year"].max()
        refugees = stock(ctx, query.by, place.code, first, last, query.only_from, ["refugees"])
        rows = named(ctx, displacement.top_with_rest(refugees, query.by, LARGEST), query.by, place.code)
        rate = displacement.refugees_to_gdp(rows["persons"], rows["year"].map(residents), rows["year"].map(usd))
        what = _("There is no gross domestic product of {place} in these years.", place=place.within)
        note = _("product at market exchange rates; UNHCR's own figure takes purchasing power")
    else:
        rate = displacement.per_1000(rows["persons"], rows["year"].map(residents))
        what = _("There is no count of residents for {place} in these years.", place=place.within)
        note = _("only years with a count of residents")
    if rate.isna().all():
        raise NothingToShow(what, _("Choose persons or index."))
    return rows.assign(**{query.measure: rate}), note


def _by_year(table: str, column: str, place: Place) -> pd.Series:
    """A figure of a country, or of all together, by year."""
    rows = world_table(table)
    return (rows[rows["iso3"] == place.code] if place.code else rows).groupby("year")[column].sum()


def _wider_counts(ctx: CityContext, rows: pd.DataFrame, place: Place) -> dict[int, str]:
    """Years from which more or something else is counted, for the chart to say so. rows: year, category."""
    _, counted, first, last = ctx.language, set(rows["category"]), rows["year"].min(), rows["year"].max()
    breaks = {
        year: _("from here: {labels}", labels=_(displacement.LABELS[category]))
        for category, year in displacement.counted_from(bool(place.code)).items()
        if category in counted
    }
    if "refugees" in counted:
        breaks[displacement.REFUGEE_LIKE] = _("from here: with refugee-like situations")
    return {year: words for year, words in breaks.items() if first < year <= last}


def _stock_finding(ctx: CityContext, rows: pd.DataFrame, query: Query, place: Place, first: int, last: int) -> str:
    """Newest count, what it is made of, and its growth; of a rate the newest that is known. rows: of all years."""
    _, origin = ctx.language, query.only_from
    total = stock(ctx, "category", place.code, first, last, origin).groupby("year")["persons"].sum()
    newest = total.index[-1]
    finding = _(
        "{iloc} displaced people{of} in {place} at the end of {index}",
        iloc=_.compact(total[newest]),
        of=_(" from {names}", names=country_names(ctx)[origin]) if origin else "",
        place=place.within,
        index=newest,
    )
    finding += f" ({parts(ctx, place.code, newest, origin)})"
    if query.measure in ("per_1000", "per_gdp"):
        rates = rows.groupby("year")[query.measure].sum(min_count=1).dropna()
        sentence = {
            "per_1000": N_(": {rate} per 1,000 residents in {year}"),
            "per_gdp": N_(": {rate} refugees per US$ 1 of GDP per resident in {year}"),
        }
        return finding + _(sentence[query.measure], rate=_.number(rates.iloc[-1], 1), year=rates.index[-1])
    if len(total) == 1:
        return finding
    change = growth(ctx, place.code, first, last, origin)
    finding += f", {growth_words(ctx, place.code, first, last, origin)}"
    if change.share is None or change.wider:
        return finding
    if not (total.loc[change.first : change.last].diff().dropna() > 0).all():  # no pace: what rose fell again
        return finding + since_peak(ctx.language, total)
    years = displacement.doubling_time(1, 1 + change.share, change.last - change.first)
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
        note += " " + _("There was no total for {year}.", year=last_counted)
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
    year = int(world_table("displaced_by_age_place")["year"].max())
    caption = Caption(
        _(
            "{place}, {year}: {share} of {base}{of} across borders with a stated age are of school age, 5 to 17",
            place=place.name,
            year=year,
            share=_.percent(displacement.school_age_share(people)[0]),
            base=_.number(people["persons"].sum()),
            of=_(" from {names}", names=country_names(ctx)[query.only_from]) if query.only_from else "",
        ),
        _("percent of those across borders whose age and sex are stated ({stated})", stated=_.percent(stated)),
        str(year),
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
        rate=_.percent(newest["percent"] / 100, 0 if newest["protected"] in (0, newest["decided"]) else 1),
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
