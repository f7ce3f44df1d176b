"""Creative economy of one region: its path, a tested statement, the fall of 2020, its peers, all regions on a map."""

from __future__ import annotations

import pandas as pd
import streamlit as st

import data
from analytics import creative, displacement, profile, shift_share
from pages.common import cached, choices, city, geometry, source, table
from pages.europe import LFS_BREAK, SCOPE, breaks, map_of_europe
from views import charts, comparisons, controls, text
from views.language import _


@cached
def growth(first: int, last: int) -> pd.DataFrame:
    regions = table("regions")
    rows = creative.growth_against_median(table("cultural_employment"), first, last)
    return rows.merge(regions[["nuts_id", "name", "country"]], on="nuts_id", how="left")


@cached
def quotients(year: int) -> pd.DataFrame:
    """Location quotients of all regions, where this machine has fetched total employment."""
    culture, everyone = table("cultural_employment"), table("employment")
    rows = creative.regional_quotients(culture[culture["year"] == year], everyone[everyone["year"] == year])
    return rows.merge(table("regions")[["nuts_id", "name"]], on="nuts_id")


@cached
def panel(first: int, last: int) -> pd.Series:
    """Cultural employment by year of all regions that have every year, together."""
    work = table("cultural_employment")
    wide = work[work["year"].between(first, last)].pivot(index="year", columns="nuts_id", values="thousand_persons")
    return wide.dropna(axis=1).sum(axis=1)


@cached
def similar(region: str, first: int, last: int) -> pd.DataFrame:
    """The five regions most like one, by size, income and growth before 2020."""
    income = table("household_income")
    latest = income[income["year"] == income["year"][income["year"] < 2020].max()].set_index("nuts_id")
    work = table("cultural_employment")
    size = work[work["year"].between(first, last)].groupby("nuts_id")["thousand_persons"].median()
    before = growth(first, min(last, 2019)).set_index("nuts_id")["yearly_growth"] if first < 2019 else size * 0
    features = pd.DataFrame({"size": size.rank(pct=True), "income": latest["pps_per_inhabitant"], "growth": before})
    found = profile.peers(features, region)
    names = table("regions").set_index("nuts_id")["name"]
    result = found.join(pd.DataFrame({"people": size, "income": features["income"], "growth": before}))
    return result.assign(name=names).reset_index()


def series(region: str, first: int, last: int) -> pd.Series:
    work = table("cultural_employment")
    rows = work[(work["nuts_id"] == region) & work["year"].between(first, last)]
    return rows.set_index("year")["thousand_persons"].sort_index()


def profile_section(region: str, name: str, first: int, last: int) -> None:
    """Level, tested growth and the fall of 2020 on one line; then the path beside peers and the median."""
    own, unit = series(region, first, last), _("thousand persons (scope: {scope})", scope=_(SCOPE))
    statement = creative.faster_than(own, panel(first, last), LFS_BREAK)
    fall = creative.resilience(table("cultural_employment")).set_index("nuts_id")
    tiles = st.columns(3)
    tiles[0].metric(_("Thousand in cultural work, {index}", index=own.index[-1]), f"{own.iloc[-1]:,.1f}", border=True)
    slope = text.signed(statement["slope"])
    tiles[1].metric(_("Points a year above all regions (estimate)"), slope, border=True)
    lost = fall["fall"].get(region)
    tiles[2].metric(_("2019 to 2020"), text.signed_percent(lost), border=True)
    words = {
        "faster": _("grew faster than"),
        "slower": _("grew more slowly than"),
        "cannot tell": _("cannot be told apart from"),
    }
    interval = (
        ""
        if text.is_gap(statement["slope"])
        else (
            _(
                " (95 % interval {low:+.1f} to {high:+.1f} points a year, {years:.0f} years, a step allowed for the "
                "break of 2021)",
                low=statement["low"],
                high=statement["high"],
                years=statement["years"],
            )
        )
    )
    back = fall["recovery_years"].get(region) if region in fall.index else None
    recovered = (
        ""
        if region not in fall.index
        else (
            _(" It did not fall in 2020.")
            if lost >= 0
            else _(" It was back at its level of 2019 after {back} years.", back=back)
            if pd.notna(back)
            else _(" It was not back at its level of 2019 by {last_year}.", last_year=fall["last_year"][region])
        )
    )
    st.markdown(
        _(
            "**Above-average growth?** Cultural work in {name} {words} the regions together{interval}.{recovered}",
            name=name,
            words=words[str(statement["verdict"])],
            interval=interval,
            recovered=recovered,
        )
    )
    near = similar(region, first, last)
    shown = table("cultural_employment").query("nuts_id in @near.nuts_id or nuts_id == @region")
    shown = shown[shown["year"].between(first, last)]
    shown = shown.assign(group=shown["nuts_id"].map(table("regions").set_index("nuts_id")["name"]))
    work = table("cultural_employment")
    median = creative.median_index(work[work["year"].between(first, last)])
    lines = displacement.index_to_first(shown, "group", value="thousand_persons")
    typical = median.assign(
        group=_("Median of {iloc} regions", iloc=median["regions"].iloc[0]), thousand_persons=median["index"]
    )
    lines = pd.concat([lines[["year", "group", "thousand_persons"]], typical[["year", "group", "thousand_persons"]]])
    index = _("index, first year shown = 100 (scope: {scope})", scope=_(SCOPE))
    charts.show(
        charts.lines(
            lines,
            "year",
            "thousand_persons",
            "group",
            unit=index,
            digits=1,
            from_zero=False,
            breaks=breaks(first, last),
            height=480,
        ),
        title=_(
            "{name}: from {iloc:,.1f} to {iloc_2:,.1f} thousand people in cultural work",
            name=name,
            iloc=own.iloc[0],
            iloc_2=own.iloc[-1],
        ),
        unit=index,
        source=source("cultural_employment"),
        key="employment",
        table=shown[["year", "nuts_id", "group", "thousand_persons", "flag"]],
    )
    if near.empty:
        controls.empty(
            _("No similar regions: a figure of this region's income or growth is missing."), _("Choose another region.")
        )
        return
    st.caption(
        _(
            "Peers are the five regions nearest by rank of size, household income and growth before 2020. "
            "Source: {value}; {value_2}",
            value=source("cultural_employment"),
            value_2=source("household_income"),
        )
    )
    st.dataframe(
        near[["nuts_id", "name", "people", "income", "growth", "distance"]],
        hide_index=True,
        alt=_("Five similar regions"),
        column_config={
            "people": st.column_config.NumberColumn(_("median, thousand persons"), format="%.1f"),
            "income": st.column_config.NumberColumn(_("PPS per inhabitant, 2019"), format="%.0f"),
            "growth": st.column_config.NumberColumn(_("growth a year to 2019"), format="percent"),
            "distance": st.column_config.NumberColumn(_("distance, standard deviations"), format="%.2f"),
        },
    )
    waterfall_section(region, name, first, last, unit)


def waterfall_section(region: str, name: str, first: int, last: int, unit: str) -> None:
    """The change taken apart: Europe, the country, the region itself."""
    work = table("cultural_employment")
    wide = work[work["year"].between(first, last)].pivot(index="year", columns="nuts_id", values="thousand_persons")
    ends = wide.loc[[wide.index.min(), wide.index.max()]].dropna(axis=1)
    if region not in ends:
        return
    country = ends[[code for code in ends if code[:2] == region[:2]]].sum(axis=1)
    every, own = ends.sum(axis=1), ends[region]
    parts = shift_share.nested(
        own.iloc[0],
        own.iloc[-1],
        (_("{shape} regions of Europe", shape=ends.shape[1]), every.iloc[0], every.iloc[-1]),
        (_("the country beyond Europe"), country.iloc[0], country.iloc[-1]),
    )
    parts["part"] = parts["part"].replace("own", _("the region beyond the country"))
    last_part = parts["change"].iloc[-1]
    charts.show(
        comparisons.waterfall(parts, "part", "change", unit=_("thousand persons"), total="change"),
        title=_(
            "Of {change:+,.1f} thousand, {last_part:+,.1f} are {name}'s own",
            change=parts["change"].sum(),
            last_part=last_part,
            name=name,
        ),
        unit=_("{unit}, {first}–{last}: shift-share over regions with both years", unit=unit, first=first, last=last),
        source=source("cultural_employment"),
        key="waterfall",
        table=parts,
    )


def quotient_section(region: str, year: int) -> None:
    """How common cultural work is in each region, once total employment has been fetched."""
    if not data.has("employment"):
        controls.empty(
            _("Shares and location quotients by region need total employment, which is not shipped."),
            _(
                "Run `make refresh` where the machine is online; shares by country are on the page *Creative economy "
                "in Europe*."
            ),
        )
        return
    rows = quotients(year)
    if rows.empty:
        controls.empty(
            _("Total employment of {year} is not in the table fetched.", year=year), _("Choose another last year.")
        )
        return
    rows = rows.assign(
        value=rows["lq"],
        shown=[
            _(
                "{share:.1f} % of work, {lq:.2f} times all regions ({low:.2f} to {high:.2f})",
                share=100 * share,
                lq=lq,
                low=low,
                high=high,
            )
            for share, lq, low, high in rows[["share", "lq", "low", "high"]].itertuples(index=False)
        ],
    )
    best = rows.loc[rows["lq"].idxmax()]
    map_of_europe(
        geometry("regions", key="nuts_id"),
        "nuts_id",
        rows,
        name="regional-quotients",
        digits=2,
        selected=region,
        title=_(
            "{name}: cultural work is {lq:.2f} times as common as in all regions ({low:.2f} to {high:.2f})",
            name=best["name"],
            lq=best["lq"],
            low=best["low"],
            high=best["high"],
        ),
        unit=_(
            "location quotient of cultural employment, all regions = 1, {year} (scope: {scope}); 95 % interval "
            "for sampling",
            year=year,
            scope=_(SCOPE),
        ),
        credit=f"{source('cultural_employment')}; {source('employment')}",
    )


def regions_section(region: str, first: int, last: int) -> None:
    """Growth of every region against the median on a map, and the places of the country's regions over time."""
    rows = growth(first, last)
    if rows.empty:
        controls.empty(_("No region has figures in both years."), _("Choose other years in the sidebar."))
        return
    rows = rows.assign(
        value=rows["above_median"],
        shown=[
            _("{g} a year, {above:+.1f} points against the median", g=text.signed_percent(g), above=above)
            for g, above in zip(rows["yearly_growth"], rows["above_median"], strict=True)
        ],
    )
    best = rows.loc[rows["value"].idxmax()]
    note = _("spans the 2021 break in series: read as an indication · ") if first < LFS_BREAK <= last else ""
    map_of_europe(
        geometry("regions", key="nuts_id"),
        "nuts_id",
        rows,
        name="europe",
        selected=region,
        title=_(
            "Fastest growth {first}–{last}: {name}, {yearly_growth} a year",
            first=first,
            last=last,
            name=best["name"],
            yearly_growth=text.signed_percent(best["yearly_growth"]),
        ),
        unit=_(
            "percentage points a year above the median region, {first}–{last} (scope: {scope})",
            first=first,
            last=last,
            scope=_(SCOPE),
        ),
        note=_("{note}{rows} regions with both years", note=note, rows=len(rows)),
        credit=f"{source('cultural_employment')}; {source('regions')}",
    )
    names, work = table("regions").set_index("nuts_id")["name"], table("cultural_employment")
    land = work[(work["nuts_id"].str[:2] == region[:2]) & work["year"].between(first, last)]
    full = land.groupby("nuts_id")["year"].nunique()
    land = land[land["nuts_id"].isin(full[full == full.max()].index)]
    land = land.assign(
        place=land.groupby("year")["thousand_persons"].rank(ascending=False, method="first"),
        name=land["nuts_id"].map(names),
    )
    top = land[land["nuts_id"].isin(land[land["place"] <= 10]["nuts_id"])]
    here = str(names[region])
    own = top[top["name"] == here].sort_values("year")
    if own.empty:
        return
    charts.show(
        comparisons.bump(top, "year", "place", "name", unit="", marked=here),
        title=_(
            "{here}: place {iloc:.0f} in {iloc_2}, place {iloc_3:.0f} in {iloc_4} among the country's regions",
            here=here,
            iloc=own["place"].iloc[0],
            iloc_2=own["year"].iloc[0],
            iloc_3=own["place"].iloc[-1],
            iloc_4=own["year"].iloc[-1],
        ),
        unit=_("place by number of people in cultural work, regions with every year (scope: {scope})", scope=_(SCOPE)),
        source=source("cultural_employment"),
        key="bump",
        table=top[["year", "nuts_id", "name", "thousand_persons", "place"]],
    )


chosen = choices()
names = table("regions").set_index("nuts_id")["name"]
known = sorted(table("cultural_employment")["nuts_id"].unique())
region = controls.linked(
    st.sidebar.selectbox,
    _("Region (NUTS 2, cut of 2016)"),
    known,
    index=known.index(city().region),
    key="region",
    format_func=lambda code: f"{names[code]} ({code})",
)
st.title(_("Creative economy: {names}", names=names[region]), anchor=False)
years = sorted(int(year) for year in table("cultural_employment")["year"].unique())
own_years = [int(year) for year in series(region, chosen.first_year, chosen.last_year).index]
if len(own_years) < 2:
    controls.empty(
        _(
            "Eurostat's regional table covers {years} to {years_2}; this region has fewer than two of the chosen "
            "years.",
            years=years[0],
            years_2=years[-1],
        ),
        _("Choose more years in the sidebar, or another region."),
    )
    st.stop()
profile_section(region, str(names[region]), own_years[0], own_years[-1])
st.header(_("All regions"), anchor=False, divider="gray")
regions_section(region, own_years[0], own_years[-1])
quotient_section(region, own_years[-1])
