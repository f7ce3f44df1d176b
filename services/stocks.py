"""Counts of displaced people: by category, origin and asylum, across borders or within a country, and their growth."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import pandas as pd

from analytics import displacement
from analytics.findings import extreme, relative_change
from data import engine
from data.context import CityContext
from data.errors import NothingToShow
from data.translation import N_, Language
from services.areas import country_names
from services.cache import cached
from services.tables import world_table

LARGEST = 7  # groups shown by name; all others are one


@dataclass(frozen=True)
class Place:
    """The world (code None) or a country of asylum (ISO 3), with its name alone and inside a sentence."""

    code: str | None
    name: str
    within: str


def nobody(ctx: CityContext, place: Place) -> NothingToShow:
    """What to say where nobody is counted in the chosen years."""
    _ = ctx.language
    return NothingToShow(
        _("UNHCR counts nobody in {place} in these years.", place=place.within), _("Widen the years in the sidebar.")
    )


@cached
def _every_year(
    ctx: CityContext, by: str, country: str | None, origin: str, categories: tuple[str, ...]
) -> pd.DataFrame:
    stock = displacement.stock(
        engine.table("displaced"), by, origin=origin, asylum=country, categories=list(categories)
    )
    return engine.run(stock)


def stock(
    ctx: CityContext,
    by: str,
    country: str | None,
    first: int = 0,
    last: int = 9999,
    origin: str = "",
    categories: Collection[str] = displacement.FORCIBLY_DISPLACED,
) -> pd.DataFrame:
    """People at year end by 'category', 'origin' or 'asylum': year, `by`, persons. The engine is asked once.

    Of a country these are those who came across borders and those displaced within it.
    """
    rows = _every_year(ctx, by, country, origin, tuple(sorted(categories)))
    return rows[rows["year"].between(first, last)]


@cached
def _kinds(ctx: CityContext, country: str | None, origin: str) -> pd.DataFrame:
    return engine.run(displacement.kinds(engine.table("displaced"), origin, country))


# What the forcibly displaced are by where they are, in the order of the sentence.
KINDS = {
    "across": N_("{persons} across borders"),
    "inside": N_("{persons} within their country"),
    "at_home": N_("{persons} Palestine refugees in Palestine itself"),
}


def parts(ctx: CityContext, country: str | None, year: int, origin: str = "", leave_out: str = "") -> str:
    """How many of the displaced people of a year crossed a border and how many did not, in words."""
    _, rows = ctx.language, _kinds(ctx, country, origin)
    counts = rows[rows["year"] == year].set_index("kind")["persons"]
    return _.listed(
        _(text, persons=_.compact(counts[kind])) for kind, text in KINDS.items() if kind in counts and kind != leave_out
    )


def _counted_twice(country: str | None, year: int, origin: str = "") -> float:
    """How many people the categories of a place hold twice in a year (estimate)."""
    published = world_table("published_totals")
    places = {"", None, *published["overlap_place"]}
    is_held = country in places and origin in places
    return displacement.overlap(world_table("displaced"), published, year) if is_held else 0


def overlap_note(ctx: CityContext, country: str | None, year: int, origin: str = "") -> str:
    """What to say beside a sum of categories that holds people twice; '' where it holds nobody twice."""
    _, twice = ctx.language, _counted_twice(country, year, origin)
    if not twice:
        return ""
    return _(
        "the sum holds about {persons} Palestine refugees displaced within Gaza twice, under two mandates (estimate "
        "for {year}: {share} of the displaced people there); changes are without them",
        persons=_.compact(twice),
        year=year,
        share=_.percent(world_table("published_totals")["overlap_share"].iloc[-1]),
    )


def counted_once(rows: pd.DataFrame, by: str, country: str | None, origin: str = "") -> pd.DataFrame:
    """Counts that hold the internally displaced, without those counted twice. rows: year, `by` (category or origin)."""
    place = "idps_idmc" if by == "category" else world_table("published_totals")["overlap_place"].iloc[-1]
    twice = rows["year"].map({year: _counted_twice(country, year, origin) for year in rows["year"].unique()})
    return rows.assign(persons=rows["persons"] - twice.where(rows[by] == place, 0).round().astype("int64"))


@cached
def by_group(ctx: CityContext, by: str, country: str | None, first: int, last: int, origin: str = "") -> pd.DataFrame:
    """The same for the largest groups and the rest, with the name of each: year, `by`, persons, group."""
    rows = displacement.top_with_rest(stock(ctx, by, country, first, last, origin), by, LARGEST)
    return named(ctx, rows, by, country)


def named(ctx: CityContext, rows: pd.DataFrame, by: str, country: str | None) -> pd.DataFrame:
    """Counts by 'category', 'origin' or 'asylum' with the name of each group."""
    _ = ctx.language
    names = {key: _(name) for key, name in displacement.LABELS.items()} | pair_names(ctx)
    return rows.assign(group=rows[by].map(names | (origin_names(ctx, country) if by == "origin" else {})))


def origin_names(ctx: CityContext, country: str | None) -> dict[str, str]:
    """Name of each origin; who is displaced within the chosen country comes from no other."""
    names = country_names(ctx)
    return names | ({country: ctx.language("{name} (within the country)", name=names[country])} if country else {})


def years_of(years: Collection[int]) -> str:
    """First and last of some years: '2015–2025'."""
    return "–".join(str(year) for year in sorted({min(years), max(years)}))


def pair_names(ctx: CityContext) -> dict[str, str]:
    """Name of each country, and of what remains beside the largest."""
    return country_names(ctx) | {"REST": ctx.language("All others"), "TOTAL": ctx.language("Total")}


@cached
def growth(ctx: CityContext, country: str | None, first: int, last: int, origin: str = "") -> displacement.Growth:
    """The change of the displaced people of a place between the first and the last chosen year that have a count."""
    rows = counted_once(stock(ctx, "category", country, first, last, origin), "category", country, origin)
    return displacement.growth(rows, by_country=bool(country))


def growth_words(ctx: CityContext, country: str | None, first: int, last: int, origin: str = "") -> str:
    """The change in words: as a share where it can be told so, else the first count."""
    _, change = ctx.language, growth(ctx, country, first, last, origin)
    if change.share is not None:
        sentence = (
            N_("{growth} since {index} in the categories counted then")
            if change.wider
            else N_("{growth} since {index}")
        )
        return _(sentence, growth=_.signed_percent(change.share, 0), index=change.first)
    counts = stock(ctx, "category", country, change.first, change.first, origin)["persons"]
    sentence = N_("{persons} in {index}, counted otherwise") if change.wider else N_("{persons} in {index}")
    return _(sentence, persons=_.compact(counts.sum()), index=change.first)


def since_peak(_: Language, total: pd.Series) -> str:
    """The change since the highest count of the years, where it is not the newest. total: persons by year."""
    peak = extreme(total.rename_axis("name").reset_index(name="persons"), "persons", largest=True)
    years = [int(year) for year in peak.names] if peak else []
    change = relative_change(peak.value, float(total.iloc[-1])) if peak else None
    if change is None or len(years) > 1 or years[0] in (total.index[0], total.index[-1]):
        return ""
    return _(", {change} since the peak of {year}", change=_.signed_percent(change, 0), year=years[0])
