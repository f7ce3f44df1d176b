"""Culture beside inclusion, by area of the city and by region of Europe: what goes together, how strongly, how sure."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from analytics import association, creative
from analytics.association import RankCorrelation
from analytics.measures import social_share
from data.context import CityContext, Territory, ViewState
from data.errors import NothingToShow
from data.figures import Column, Figure
from data.translation import N_
from services.areas import hierarchy, in_district, require_period
from services.cache import cached
from services.columns import by_name
from services.creative import COLUMNS as EUROPE
from services.creative import SCOPE
from services.creative_city import SETTLED_RESIDENTS, require_kinds, venues_by_area
from services.figures import Caption, chart, figure
from services.indicator_days import bases_day, social_day, social_days, social_shares
from services.tables import (
    city_table,
    facilities_source,
    optional_table,
    require_tables,
    source,
    world_source,
    world_table,
)

INDICATORS = {
    "child_poverty": N_("child poverty"),
    "unemployment": N_("unemployment"),
    "transfer_receipt": N_("receipt of transfers"),
    "single_parent_households": N_("single-parent households"),
}
FIRST_YEAR, LAST_YEAR = 2014, 2019  # of both regional tables, before the pandemic and the break of 2021
FEWEST_AREAS = 10
COLUMNS = by_name(
    Column("per_10000", N_("Venues per 10,000 residents"), digits=2),
    Column("density", N_("Residents per km²")),
    *(Column(name, label, "%", digits=1) for name, label in INDICATORS.items()),
    replace(EUROPE["growth"], name="culture"),
    Column("income", N_("Growth of household income (PPS)"), N_("% a year"), digits=2),
    Column("first_income", N_("Household income in the first year"), N_("PPS per inhabitant")),
    replace(EUROPE["first"], name="size"),
)


class Query(ViewState):
    """What a reader asks of this page: kinds of venue, the indicator beside them, and the one held still."""

    venues: tuple[str, ...] = ()
    beside: str = ""
    still: str = ""


def indicators(ctx: CityContext) -> dict[str, str]:
    """Name of each indicator that the city has; none where it has no social shares."""
    stored = set(optional_table(ctx, "social_monitoring")["indicator"])
    return {key: ctx.language(label) for key, label in INDICATORS.items() if key in stored}


def confounders(ctx: CityContext, beside: str) -> list[str]:
    """Indicators that may be held still beside another, the usual one first."""
    others = [key for key in indicators(ctx) if key != beside]
    return sorted(others, key=lambda key: key != "transfer_receipt") or [""]


@cached
def by_area(ctx: CityContext, kinds: tuple[str, ...], period: pd.Timestamp, district: str) -> pd.DataFrame:
    """By area of the middle level: venues per 10,000, residents per km2 and the social indicators in %.

    An indicator is the mean of the smallest areas' shares, weighted with residents of its own ages within a year of it.
    """
    level, shapes = ctx.middle_level, city_table(ctx, "areas")
    km2 = shapes[(shapes["level"] == level) & (shapes["boundary_version"] == ctx.boundary_version)]
    rows = venues_by_area(ctx, kinds, period, level)
    rows = rows[rows["persons"] >= SETTLED_RESIDENTS]
    density = rows["persons"].astype(float) / rows["area_id"].map(km2.set_index("area_id")["area_km2"])
    social, residents, groups = social_shares(ctx, period), city_table(ctx, "residents"), hierarchy(ctx)[level]
    bases = {name: bases_day(ctx, day) for name, day in social_days(ctx, period).items()}
    shares = {
        name: social_share(name, social, residents[residents["period"] == (bases.get(name) or pd.NaT)], groups)
        for name in indicators(ctx)
    }
    rows = rows.assign(density=density).join(pd.DataFrame(shares, dtype=float), on="area_id")
    return in_district(ctx, rows, district, level).astype({"per_10000": float})


@cached
def correlation(
    ctx: CityContext, kinds: tuple[str, ...], period: pd.Timestamp, beside: str, still: str, district: str
) -> RankCorrelation:
    """Rank correlation of venue density with an indicator, plain and with density and another indicator held still."""
    _, rows = ctx.language, by_area(ctx, kinds, period, district)
    confounding = ["density", *filter(None, [still])]
    complete = len(rows.dropna(subset=["per_10000", beside, *confounding]))
    if complete < FEWEST_AREAS:
        raise NothingToShow(
            _("Only {n} areas have every figure; an association needs ten.", n=complete), _("Choose the whole city.")
        )
    return association.rank_correlation(rows, "per_10000", beside, confounding, _neighbourhoods(ctx, rows["area_id"]))


def _neighbourhoods(ctx: CityContext, areas: pd.Series) -> pd.Series | None:
    """The largest areas, such as districts, that each area lies in; None where these are too few to be compared."""
    parents, level = hierarchy(ctx), ctx.middle_level
    for larger in ctx.levels[: ctx.levels.index(level)]:
        groups = areas.map(parents.drop_duplicates(level).set_index(level)[larger])
        if groups.nunique() >= association.FEWEST_GROUPS:
            return groups
    return None


@cached
def regions_beside_income(ctx: CityContext, first: int, last: int) -> tuple[pd.DataFrame, RankCorrelation]:
    """Yearly growth of cultural work and of household income by region in %, and how they go together."""
    work = world_table("cultural_employment").pivot(index="nuts_id", columns="year", values="thousand_persons")
    income = world_table("household_income").pivot(index="nuts_id", columns="year", values="pps_per_inhabitant")
    rows = pd.DataFrame(
        {
            "culture": 100 * creative.growth_rate(work[first], work[last], last - first),
            "income": 100 * creative.growth_rate(income[first], income[last], last - first),
            "first_income": income[first],
            "size": work[first],
        }
    ).dropna()
    about = world_table("regions").set_index("nuts_id")
    result = association.rank_correlation(
        rows, "culture", "income", ["first_income", "size"], about["country"], within=True
    )
    return rows.assign(name=about["name"]).rename_axis("nuts_id").reset_index(), result


def _strength(ctx: CityContext, result: RankCorrelation) -> str:
    size = abs(result.partial)
    return ctx.language(N_("strong") if size > 0.5 else N_("moderate") if size > 0.3 else N_("weak"))


def _direction(ctx: CityContext, result: RankCorrelation) -> str:
    return ctx.language(N_("more") if result.partial > 0 else N_("less"))


def _spelled(ctx: CityContext, result: RankCorrelation, what: str, still: str, independent: str) -> str:
    """The association in a sentence, with what it does not show. independent: what its intervals take as such."""
    return ctx.language(
        "Spearman's rank correlation over {n:.0f} {what} is {plain:+.2f} (95 % interval {plain_low:+.2f} to "
        "{plain_high:+.2f}). With {still} held still it is **{partial:+.2f} ({partial_low:+.2f} to "
        "{partial_high:+.2f})**. {independent} What goes together need not follow from one another.",
        what=what,
        still=still,
        independent=independent,
        **result._asdict(),
    )


def areas_figure(ctx: CityContext, territory: Territory, query: Query) -> tuple[Figure, str]:
    """Venue density beside an indicator, and the association in a sentence. Raises NothingToShow."""
    _, names = ctx.language, indicators(ctx)
    kinds, period = require_kinds(ctx, query.venues), require_period(ctx, territory)
    require_tables(ctx, "social_monitoring")
    result = correlation(ctx, kinds, period, query.beside, query.still, territory.district)
    beside, day = names[query.beside], social_day(ctx, period, query.beside)
    bases = None if day is None else bases_day(ctx, day)
    finding = (
        _(
            "Areas with more venues have {found} {indicators}: a {found_2} association",
            found=_direction(ctx, result),
            indicators=beside,
            found_2=_strength(ctx, result),
        )
        if result.significant
        else _("Venues and {indicators}: no association that the figures can tell from chance", indicators=beside)
    )
    caption = Caption(
        finding,
        _("areas with 1,000 residents or more"),
        _("residents on {period}, {indicators} on {day}", period=_.day(period), indicators=beside, day=_.plain(day)),
        f"{facilities_source(ctx)}; {source(ctx, 'social_monitoring')}",
        _("In larger areas social shares are weighted with their own ages, counted on {day}.", day=_.day(bases))
        if bases
        else "",
    )
    rows = by_area(ctx, kinds, period, territory.district).dropna(subset=[query.beside])
    drawing = chart(
        "scatter",
        rows,
        x=query.beside,
        y="per_10000",
        name="name",
        x_unit=f"{beside}, %",
        y_unit=_("venues per 10,000 residents"),
        labelled=list(rows.nlargest(4, "per_10000")["name"]),
    )
    shown = ["area_id", "name", "per_10000", "density", query.beside, *filter(None, [query.still])]
    density = _("residents per km²")
    still = _("residents per km² and {indicators}", indicators=names[query.still]) if query.still else density
    independent = (
        _("Neighbours are alike, so the true intervals are wider.")
        if result.groups == result.n
        else _("Intervals take {groups} larger areas as independent, not the areas in them.", groups=result.groups)
    )
    sentence = _spelled(ctx, result, _("areas"), still, independent) + _(" Income is not known by area.")
    return figure(ctx, "together", caption, rows[shown], drawing, COLUMNS), sentence


def regions_figure(ctx: CityContext) -> tuple[Figure, str]:
    """Growth of cultural work beside growth of household income by region, and the association in a sentence."""
    _ = ctx.language
    rows, result = regions_beside_income(ctx, FIRST_YEAR, LAST_YEAR)
    finding = (
        _(
            "Regions whose cultural work grew had {found} growth of income: a {found_2} association",
            found=_direction(ctx, result),
            found_2=_strength(ctx, result),
        )
        if result.significant
        else _("Growth of cultural work and of income: no association that the figures can tell from chance")
    )
    caption = Caption(
        finding,
        _("% a year, NUTS 2 regions (scope: {scope}); income at current prices", scope=_(SCOPE)),
        f"{FIRST_YEAR}–{LAST_YEAR}",
        world_source("cultural_employment", "household_income"),
    )
    ends = pd.concat([rows.nlargest(2, "culture"), rows.nsmallest(2, "culture"), rows.nlargest(2, "income")])
    drawing = chart(
        "scatter",
        rows,
        x="culture",
        y="income",
        name="name",
        x_unit=_("growth of cultural work, % a year"),
        y_unit=_("growth of household income (PPS), % a year"),
        labelled=list(ends["name"]),
        marked=next(iter(rows.loc[rows["nuts_id"] == ctx.city.region, "name"]), ""),
    )
    still = _("the country, income of {first} and the number in cultural work", first=str(FIRST_YEAR))
    independent = _("Intervals take {groups} countries as independent, not their regions.", groups=result.groups)
    sentence = _spelled(ctx, result, _("regions"), still, independent)
    return figure(ctx, "regions-together", caption, rows, drawing, COLUMNS), sentence
