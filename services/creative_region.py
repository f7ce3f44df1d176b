"""Creative economy of one region: its path, a tested statement, the fall of 2020, its peers, all regions."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

import data
from analytics import creative, displacement, profile, shift_share
from data.context import CityContext, Territory, ViewState
from data.errors import NothingToShow
from data.figures import Column, Figure, KeyFigure
from data.translation import N_, is_gap
from services.cache import cached
from services.creative import (
    COLUMNS,
    LFS_BREAK,
    SCOPE,
    THOUSANDS,
    WORK,
    absent_regions,
    break_note,
    breaks,
    europe_map,
    fetch_hint,
)
from services.figures import Caption, chart, figure
from services.findings import ends
from services.tables import world_source, world_table

INCOME, EVERYONE = "household_income", "employment"
SHOCK_YEAR = 2020
SHOWN_PLACES = 10
VERDICTS = {
    "faster": N_("grew faster than"),
    "slower": N_("grew more slowly than"),
    "cannot tell": N_("cannot be told apart from"),
}

REFRESH = N_(
    "Run `make refresh` where the machine is online; shares by country are on the page *Creative economy in Europe*."
)


class Query(ViewState):
    """What a reader asks of this page: the region, by its NUTS code."""

    region: str = ""


class Years(NamedTuple):
    """First and last chosen year for which the region has a figure."""

    first: int
    last: int

    def __str__(self) -> str:
        return f"{self.first}–{self.last}"


def _by_code(column: str) -> pd.Series:
    """A column of the regions, such as name or country, by NUTS code."""
    return world_table("regions").set_index("nuts_id")[column]


def regions(ctx: CityContext) -> dict[str, str]:
    """Name of every region that has figures by its NUTS code, in the order of codes."""
    names = _by_code("name")
    return {code: str(names[code]) for code in sorted(world_table(WORK)["nuts_id"].unique())}


def _work(years: Years) -> pd.DataFrame:
    rows = world_table(WORK)
    return rows[rows["year"].between(*years)]


def _series(region: str, years: Years) -> pd.Series:
    rows = _work(years)
    return rows[rows["nuts_id"] == region].set_index("year")["thousand_persons"].sort_index()


def years_of(ctx: CityContext, territory: Territory, query: Query) -> Years:
    """The region's first and last year among the chosen ones. Raises NothingToShow where there are fewer than two."""
    _, own = ctx.language, _series(query.region, Years(territory.first_year, territory.last_year)).index
    if len(own) > 1:
        return Years(int(own[0]), int(own[-1]))
    covered = world_table(WORK)["year"]
    said = N_(
        "Eurostat's regional table covers {years} to {years_2}; this region has fewer than two of the chosen years."
    )
    what = _(said, years=str(covered.min()), years_2=str(covered.max()))
    raise NothingToShow(what, _("Choose more years in the sidebar, or another region."))


@cached
def _growth(ctx: CityContext, years: Years) -> pd.DataFrame:
    """Trend of every region over the years in % a year; regions without both end years have none."""
    rows = creative.growth_against_median(world_table(WORK), *years, LFS_BREAK)
    measures = ["growth", "low", "high", "error"]
    rows[measures] = 100 * rows[measures].astype(float)
    return world_table("regions")[["nuts_id", "name", "country"]].merge(rows, on="nuts_id", how="left")


@cached
def _statement(ctx: CityContext, region: str, years: Years) -> dict[str, float | str]:
    """Whether a region grew faster than all regions that have every year, together."""
    whole = _work(years).pivot(index="year", columns="nuts_id", values="thousand_persons").dropna(axis=1)
    result = creative.faster_than(_series(region, years), whole.sum(axis=1), LFS_BREAK)
    return {"regions": float(whole.shape[1])} | result


@cached
def _peers(ctx: CityContext, region: str, years: Years) -> tuple[pd.DataFrame, int]:
    """The five regions most like one by rank of size, income and growth before 2020; the year of the income."""
    income = world_table(INCOME)
    income_year = int(income["year"][income["year"] < SHOCK_YEAR].max())
    income = income[income["year"] == income_year].set_index("nuts_id")["pps_per_inhabitant"]
    size, before = _work(years).groupby("nuts_id")["thousand_persons"].median(), 0.0 * income
    if years.first < SHOCK_YEAR - 1:
        before = _growth(ctx, Years(years.first, min(years.last, SHOCK_YEAR - 1))).set_index("nuts_id")["growth"]
    features = pd.DataFrame({"size": size.rank(pct=True), "income": income, "growth": before})
    rows = profile.peers(features, region).rename_axis("nuts_id")
    rows = rows.join(pd.DataFrame({"people": size, "income": income, "growth": before}))
    return rows.assign(name=_by_code("name")).reset_index(), income_year


def key_figures(ctx: CityContext, query: Query, years: Years) -> list[KeyFigure]:
    """People in cultural work, growth against all regions, the fall of 2020."""
    _, own = ctx.language, _series(query.region, years)
    fall = creative.resilience(world_table(WORK)).set_index("nuts_id")["fall"].get(query.region)
    slope = _statement(ctx, query.region, years)["slope"]
    return [
        KeyFigure(_("Thousand in cultural work, {index}", index=str(years.last)), _.number(own.iloc[-1], 1)),
        KeyFigure(_("Points a year above all regions (estimate)"), _.number(slope, 1, "+,")),
        KeyFigure(_("2019 to 2020"), _.signed_percent(fall)),
    ]


def statement(ctx: CityContext, query: Query, years: Years) -> str:
    """Whether the region grew faster than all together, with the interval, and whether it has recovered from 2020."""
    _, result = ctx.language, _statement(ctx, query.region, years)
    said = N_(
        " (95 % interval {low:+.1f} to {high:+.1f} points a year, {years:.0f} years, a step allowed for the "
        "break of 2021)"
    )
    interval = "" if is_gap(result["slope"]) else _(said, **result)
    return _(
        "**Above-average growth?** Cultural work in {name} {words} the {n:.0f} regions with every year "
        "together{interval}.{recovered}",
        n=result["regions"],
        name=regions(ctx)[query.region],
        words=_(VERDICTS[str(result["verdict"])]),
        interval=interval,
        recovered=_recovery(ctx, query.region),
    )


def _recovery(ctx: CityContext, region: str) -> str:
    _, rows = ctx.language, creative.resilience(world_table(WORK)).set_index("nuts_id")
    if region not in rows.index:
        return ""
    row = rows.loc[region]
    if row["fall"] >= 0:
        return _(" It did not fall in 2020.")
    until = SHOCK_YEAR - 1 + row["recovery_years"] if pd.notna(row["recovery_years"]) else row["last_year"]
    note = f" ({note})" if (note := break_note(ctx, SHOCK_YEAR, int(until))) else ""
    if pd.notna(row["recovery_years"]):
        return _(" It was back at its level of 2019 after {back} years.", back=row["recovery_years"]) + note
    return _(" It was not back at its level of 2019 by {last_year}.", last_year=f"{row['last_year']:.0f}") + note


def path_figure(ctx: CityContext, query: Query, years: Years) -> Figure:
    """The region's path beside its peers and the median region."""
    _, work, own = ctx.language, _work(years), _series(query.region, years)
    peers, _income_year = _peers(ctx, query.region, years)
    rows = work[work["nuts_id"].isin([query.region, *peers["nuts_id"]])]
    rows = rows.assign(region=rows["nuts_id"].map(_by_code("name")))
    median = creative.median_index(work).rename(columns={"index": "thousand_persons"})
    typical = median.assign(region=_("Median of {iloc} regions", iloc=median["regions"].iloc[0]))
    lines = pd.concat([displacement.index_to_first(rows, "region", value="thousand_persons"), typical])
    unit = _("index, first year shown = 100 (scope: {scope})", scope=_(SCOPE))
    caption = Caption(
        _(
            "{name}: from {iloc:,.1f} thousand people in cultural work to {iloc_2:,.1f}, {years}",
            name=regions(ctx)[query.region],
            iloc=own.iloc[0],
            iloc_2=own.iloc[-1],
            years=str(years),
        ),
        _("chart: {index}; table: thousand persons", index=unit),
        str(years),
        world_source(WORK),
        break_note(ctx, *years),
    )
    drawing = chart(
        "lines",
        lines[["year", "region", "thousand_persons"]],
        x="year",
        y="thousand_persons",
        by="region",
        unit=unit,
        digits=1,
        from_zero=False,
        breaks=breaks(ctx, *years),
        height=480,
    )
    rows = rows[["year", "nuts_id", "region", "thousand_persons", "flag"]]
    return figure(ctx, "employment", caption, rows, drawing, COLUMNS)


def peers_figure(ctx: CityContext, query: Query, years: Years) -> Figure:
    """The regions most like this one as a table. Raises NothingToShow where a figure of it is missing."""
    _, (rows, income_year) = ctx.language, _peers(ctx, query.region, years)
    if rows.empty:
        raise NothingToShow(
            _("No similar regions: a figure of this region's income or growth is missing."), _("Choose another region.")
        )
    income = Column("income", _("Household income, {year}", year=str(income_year)), N_("PPS per inhabitant"))
    caption = Caption(
        _("Five similar regions"),
        _("Peers are the five regions nearest by rank of size, household income and growth before 2020"),
        str(years),
        world_source(WORK, INCOME),
    )
    rows = rows[["nuts_id", "name", "people", "income", "growth", "distance"]]
    return figure(ctx, "peers", caption, rows, columns=COLUMNS | {"income": income})


def shift_share_figure(ctx: CityContext, query: Query, years: Years) -> Figure:
    """The region's change taken apart: Europe, the country, the region itself."""
    _, country_of = ctx.language, _by_code("country")
    both = (
        _work(years).pivot(index="year", columns="nuts_id", values="thousand_persons").loc[list(years)].dropna(axis=1)
    )
    own, every = both[query.region], both.sum(axis=1)
    country = both.loc[:, [country_of[code] == country_of[query.region] for code in both]].sum(axis=1)
    rows = shift_share.nested(
        own.iloc[0],
        own.iloc[-1],
        (_("{shape} regions of Europe", shape=both.shape[1]), every.iloc[0], every.iloc[-1]),
        (_("the country beyond Europe"), country.iloc[0], country.iloc[-1]),
    )
    rows["part"] = rows["part"].replace("own", _("the region beyond the country"))
    unit = _("thousand persons (scope: {scope})", scope=_(SCOPE))
    caption = Caption(
        _(
            "{name}: {change:+,.1f} thousand in all; {last_part:+,.1f} thousand against the growth of its country",
            change=rows["change"].sum(),
            last_part=rows["change"].iloc[-1],
            name=regions(ctx)[query.region],
        ),
        _("{unit}: shift-share over regions with both years", unit=unit),
        str(years),
        world_source(WORK),
        " · ".join(filter(None, [break_note(ctx, *years), absent_regions(ctx)])),
    )
    drawing = chart("waterfall", rows, part="part", change="change", unit=_(THOUSANDS), total=_("change"))
    return figure(ctx, "waterfall", caption, rows, drawing, COLUMNS)


def growth_figure(ctx: CityContext, query: Query, years: Years) -> Figure:
    """Growth of every region against the median; regions without both years are grey, those without a row named."""
    _, rows = ctx.language, _growth(ctx, years)
    both = rows.dropna(subset="growth")
    if both.empty:
        raise NothingToShow(_("These years carry no trend within one series."), _("Choose more years in the sidebar."))
    growth, low, high = ([_.number(x, 1, "+,", " %") for x in both[end]] for end in ("growth", "low", "high"))
    shown = _.each("{g} a year, {above:+.1f} points against the median", g=growth, above=both["above_median"])
    ranges = _.each("; 95 % interval {low} to {high}, {n:.0f} years", low=low, high=high, n=both["years"])
    shown = [text + ("" if gap else ends_) for text, ends_, gap in zip(shown, ranges, both["low"].isna(), strict=True)]
    rows = rows.assign(value=rows["above_median"], shown=pd.Series(shown, both.index, dtype=object))
    in_table = rows["nuts_id"].isin(world_table(WORK)["nuts_id"])
    rows["shown"] = rows["shown"].fillna(in_table.map({True: _("no figure"), False: _("no figure in any year")}))
    above = both.drop_duplicates("name").set_index("name")["above_median"]
    fastest = ends(
        ctx,
        both,
        "growth",
        lambda name, yearly: _(
            "Fastest growth {years}: {name}, {yearly_growth} ({above} points against the median region)",
            years=str(years),
            name=name,
            yearly_growth=yearly,
            above=_.signed(above[name]),
        ),
        lambda growth: _("{growth} a year", growth=_.number(growth, 1, "+,", " %")),
        subject=_("Growth {years}", years=str(years)),
        what=_("regions"),
        largest=True,
        digits=1,
        error="error",
    )
    caption = Caption(
        fastest.text,
        _(
            "percentage points a year above the median region, trend over all years with a step allowed for the break "
            "of 2021 (scope: {scope})",
            scope=_(SCOPE),
        ),
        str(years),
        world_source(WORK, "regions"),
        " · ".join([_("{note}{rows} regions with both years", note="", rows=len(both)), absent_regions(ctx)]),
    )
    rows = rows.drop(columns="error").astype({"years": "Int64"})
    return europe_map(ctx, "europe", caption, rows, query.region)


def ranks_figure(ctx: CityContext, query: Query, years: Years) -> Figure:
    """Places of the country's regions by size over time. Raises NothingToShow where the region's years have gaps."""
    _, work, country_of = ctx.language, _work(years), _by_code("country")
    rows = work[work["nuts_id"].map(country_of) == country_of[query.region]]
    counted = rows.groupby("nuts_id")["year"].transform("nunique")
    rows = rows[counted == counted.max()]
    place = rows.groupby("year")["thousand_persons"].rank(ascending=False, method="min").astype(int)
    rows = rows.assign(place=place, region=rows["nuts_id"].map(_by_code("name")))
    rows = rows[rows["nuts_id"].isin([query.region, *rows.loc[rows["place"] <= SHOWN_PLACES, "nuts_id"]])]
    name, own = regions(ctx)[query.region], rows[rows["nuts_id"] == query.region].sort_values("year")
    if own.empty:
        raise NothingToShow(
            _("{name} has no figure in some years, so it has no place among the country's regions.", name=name),
            _("Choose other years in the sidebar."),
        )
    if rows["nuts_id"].nunique() == 1:
        alone = _("{name} is the only region of its country with every year: there is no order.", name=name)
        raise NothingToShow(alone, _("The map sets it against the regions of Europe."))
    first, last = own.iloc[0], own.iloc[-1]
    caption = Caption(
        _(
            "{here}: place {iloc:.0f} in {iloc_2}, place {iloc_3:.0f} in {iloc_4} among the country's regions",
            here=name,
            iloc=first["place"],
            iloc_2=str(first["year"]),
            iloc_3=last["place"],
            iloc_4=str(last["year"]),
        ),
        _("place by number of people in cultural work, regions with every year (scope: {scope})", scope=_(SCOPE)),
        str(years),
        world_source(WORK),
    )
    drawing = chart("bump", rows, x="year", rank="place", by="region", unit="", marked=name)
    rows = rows[["year", "nuts_id", "region", "thousand_persons", "place"]]
    return figure(ctx, "bump", caption, rows, drawing, COLUMNS)


def _quotients_of(year: int) -> pd.DataFrame:
    culture, everyone = (world_table(name).loc[lambda table: table["year"] == year] for name in (WORK, EVERYONE))
    return creative.regional_quotients(culture, everyone).merge(world_table("regions")[["nuts_id", "name"]])


def quotients_figure(ctx: CityContext, query: Query, years: Years) -> Figure:
    """How common cultural work is in each region. Raises NothingToShow where total employment has not been fetched."""
    _ = ctx.language
    if not data.has(EVERYONE):
        raise NothingToShow(
            _("Shares and location quotients by region need total employment, which is not shipped."),
            fetch_hint(ctx, REFRESH),
        )
    rows = _quotients_of(years.last)
    if rows.empty:
        raise NothingToShow(
            _("Total employment of {year} is not in the table fetched.", year=str(years.last)),
            _("Choose another last year."),
        )
    rows = rows.assign(value=rows["lq"], percent=100 * rows["share"]).drop(columns="share")
    rows["shown"] = _.each(
        "{share:.1f} % of work, {lq:.2f} times all regions ({low:.2f} to {high:.2f})",
        share=rows["percent"],
        lq=rows["lq"],
        low=rows["low"],
        high=rows["high"],
    )
    interval = rows.drop_duplicates("name").set_index("name")[["low", "high"]]
    most = ends(
        ctx,
        rows.assign(error=(rows["high"] - rows["low"]) / (2 * 1.96)),
        "lq",
        lambda name, _lq: _(
            "{name}: cultural work is {lq:.2f} times as common as in all regions ({low:.2f} to {high:.2f})",
            name=name,
            lq=rows["lq"].max(),
            **interval.loc[name],
        ),
        lambda lq: _.number(lq, 2),
        largest=True,
        digits=2,
        error="error",
        subject=_("Cultural work, location quotient"),
        what=_("regions"),
    )
    caption = Caption(
        most.text,
        _(
            "location quotient of cultural employment, all regions = 1 (scope: {scope}); 95 % interval for sampling",
            scope=_(SCOPE),
        ),
        str(years.last),
        world_source(WORK, EVERYONE),
    )
    return europe_map(ctx, "regional-quotients", caption, rows, query.region)
