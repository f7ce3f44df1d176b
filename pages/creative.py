"""Creative economy in Europe: what counts, how common cultural work is, what it consists of."""

from __future__ import annotations

import pandas as pd
import streamlit as st

import data
from analytics import creative, specialisation
from pages.common import cached, choices, city, geometry, source, table
from pages.europe import SCOPE, breaks, map_of_europe
from views import charts, comparisons, controls, exports, text
from views.language import _


@cached
def shares(year: int) -> pd.DataFrame:
    """Countries with their share of the year, its location quotient and growth since the first year printed."""
    rows = table("cultural_employment_by_country")
    start = int(rows["year"].min())
    wide = rows.pivot(index="country", columns="year", values="thousand_persons")
    now = rows[rows["year"] == year].set_index("country")
    whole = float(now.loc["EU", "percent"])
    now = now.join(specialisation.quotient_of_rounded(now["percent"], whole))
    now["growth"] = 100 * creative.growth_rate(wide[start], wide[year], max(year - start, 1))
    first = rows[rows["year"] == start].set_index("country")["percent"]
    return now.assign(first_percent=first).reset_index()


def countries_section(year: int) -> None:
    """How common cultural work is in each country, and whether its share grew."""
    rows = shares(year)
    whole, countries = rows[rows["country"] == "EU"].iloc[0], rows[rows["country"] != "EU"].reset_index(drop=True)
    here = countries[countries["iso3"] == city().country]
    mine = str(here["name"].iloc[0]) if len(here) else ""
    countries["value"] = countries["lq"]
    countries["shown"] = [
        _(
            "{p:.1f} % of work, {q:.2f} times the EU ({low:.2f} to {high:.2f} given rounding)",
            p=p,
            q=q,
            low=low,
            high=high,
        )
        for p, q, low, high in countries[["percent", "lq", "low", "high"]].itertuples(index=False)
    ]
    best = countries.loc[countries["lq"].idxmax()]
    map_of_europe(
        geometry("country_shapes", key="iso3"),
        "iso3",
        countries,
        name="countries",
        digits=2,
        title=_(
            "{name}: cultural work is {lq:.2f} times as common as in the EU ({percent:.1f} %)",
            name=best["name"],
            lq=best["lq"],
            percent=whole["percent"],
        ),
        unit=_("location quotient of cultural employment, EU = 1, {year} (scope: {scope})", year=year, scope=_(SCOPE)),
        note=_("from shares printed to 0.1 %, so each quotient has a range"),
        selected=city().country,
        credit=source("cultural_employment_by_country"),
    )
    start = int(table("cultural_employment_by_country")["year"].min())
    if year == start:
        return
    unit = _("% of total employment (scope: {scope}); printed to 0.1, break in series in 2021", scope=_(SCOPE))
    pairs = rows.dropna(subset=["first_percent"]).sort_values("percent")
    rose = int((countries["percent"] > countries["first_percent"] + 0.1 + 1e-9).sum())
    moved = pairs[(pairs["percent"] - pairs["first_percent"]).abs() > 0.1 + 1e-9]["name"]
    charts.show(
        comparisons.slope(
            pairs,
            "name",
            "first_percent",
            "percent",
            heads=(str(start), str(year)),
            marked=mine,
            labelled=[*moved, str(whole["name"])],
        ),
        title=_(
            "The share rose by more than rounding can hide in {rose} of {countries} countries",
            rose=rose,
            countries=len(countries),
        ),
        unit=_("{unit}; named: the EU, the chosen country and those that moved by more than rounding", unit=unit),
        source=source("cultural_employment_by_country"),
        key="slope",
        table=pairs[["country", "name", "first_percent", "percent"]],
    )
    known = countries.dropna(subset=["growth"])
    ends = [
        *known.nlargest(3, "growth")["name"],
        *known.nsmallest(3, "growth")["name"],
        *known.nlargest(2, "percent")["name"],
        *known.nsmallest(1, "percent")["name"],
    ]
    figure = comparisons.scatter(
        known,
        "percent",
        "growth",
        "name",
        x_unit=_("share of all work, %"),
        y_unit=_("growth of cultural work, % a year"),
        marked=mine,
        labelled=ends,
        across=(float(whole["percent"]), float(whole["growth"])),
    )
    both = int(((known["percent"] > whole["percent"]) & (known["growth"] > whole["growth"])).sum())
    charts.show(
        figure,
        title=_("{both} countries have both a larger share than the EU and faster growth", both=both),
        unit=_(
            "% a year {start}–{year} against % of total employment {year}; dotted: EU (scope: {scope})",
            start=start,
            year=year,
            scope=_(SCOPE),
        ),
        source=source("cultural_employment_by_country"),
        key="growth-share",
        table=known[["country", "name", "percent", "growth"]],
    )


def union_section() -> None:
    """What cultural work in the EU consists of, and how much of it is women's."""
    rows = table("cultural_employment_union")
    activities = rows[rows["split"] == "activity"]
    yearly = specialisation.herfindahl(
        activities.rename(columns={"year": "area", "part": "kind", "thousand_persons": "count"})
    )
    last = int(activities["year"].max())
    now = activities[activities["year"] == last].set_index("part")["thousand_persons"]
    first = activities[activities["year"] == activities["year"].min()].set_index("part")["thousand_persons"]
    change = (now / first - 1).sort_values()
    figure = charts.lines(
        activities, "year", "thousand_persons", "part", unit=_("thousand persons"), breaks=breaks(2012, last)
    )
    charts.show(
        figure,
        title=_(
            "{index} grew most since 2012, {iloc}; {index_2} changed by {iloc_2}",
            index=change.index[-1],
            iloc=text.signed_percent(change.iloc[-1]),
            index_2=change.index[0],
            iloc_2=text.signed_percent(change.iloc[0]),
        ),
        unit=_("thousand persons, European Union (scope: {scope})", scope=_(SCOPE)),
        source=source("cultural_employment_union"),
        key="activities",
        table=activities.drop(columns="split"),
    )
    women = rows[rows["part"] == "women"].set_index("year")["thousand_persons"]
    men = rows[rows["part"] == "men"].set_index("year")["thousand_persons"]
    share = women / (women + men)
    tiles = st.columns(3)
    tiles[0].metric(
        _("Women in cultural work"),
        text.percent(share.loc[last], 1),
        _("{loc:+.1f} points since {index}", loc=100 * (share.loc[last] - share.iloc[0]), index=share.index[0]),
        border=True,
    )
    concentration = yearly.set_index("area")
    tiles[1].metric(
        _("Herfindahl index of the seven activities"),
        text.number(concentration.loc[last, "herfindahl"], 3),
        border=True,
        help=_("Sum of squared shares: 0.143 if all seven were equally large, 1 if there were one only."),
    )
    tiles[2].metric(_("As many equal activities"), text.number(concentration.loc[last, "effective"], 1), border=True)
    st.caption(_("European Union, {last} · Source: {value}", last=last, value=source("cultural_employment_union")))
    who_section()


def who_section() -> None:
    """How young and how educated those in cultural work are, where this machine has fetched it."""
    if not data.has("cultural_employment_parts"):
        controls.empty(
            _("Age and education of people in cultural work are not shipped."),
            _("Run `make refresh` where the machine is online."),
        )
        return
    rows = table("cultural_employment_parts")
    rows = rows[(rows["geo"] == "EU27_2020") & rows["part"].isin(["Y15-29", "ED5-8"])].dropna(subset="thousand_persons")
    whole = table("cultural_employment_union").query("split == 'sex'").groupby("year")["thousand_persons"].sum()
    lines = rows.assign(
        percent=100 * rows["thousand_persons"] / rows["year"].map(whole),
        group=rows["part"].map({"Y15-29": _("aged 15 to 29"), "ED5-8": _("with tertiary education")}),
    ).dropna(subset="percent")
    if lines.empty:
        return
    charts.show(
        charts.lines(lines, "year", "percent", "group", unit="", digits=1),
        title=_("How young and how educated cultural work is"),
        unit=_("% of cultural employment, European Union (scope: {scope})", scope=_(SCOPE)),
        source=source("cultural_employment_parts"),
        key="who",
        table=lines[["year", "group", "thousand_persons", "percent", "flag"]],
    )


def definitions_section() -> None:
    """The four scopes and their codes."""
    scopes = table("creative_scopes").set_index("scope")
    scope = controls.linked(
        st.radio, _("Scope"), list(scopes.index), format_func=scopes["label"].get, horizontal=True, key="scope"
    )
    codes, bridge = table("creative_codes"), table("nace_bridge")
    rows = codes[codes["scope"] == scope].drop(columns="scope")
    newer = bridge.groupby("nace_2")["nace_2_1"].agg(", ".join)
    rows = rows.assign(nace_2_1=rows["code"].str[:5].map(newer))
    st.markdown(
        _(
            "**{loc}**: {code} codes in {submarket} groups. Defined by: {loc_2}.",
            loc=scopes.loc[scope, "label"],
            code=rows["code"].nunique(),
            submarket=rows["submarket"].nunique(),
            loc_2=scopes.loc[scope, "defined_by"],
        )
    )
    st.dataframe(
        rows, hide_index=True, alt=_("Codes of the scope with weight and successor in NACE Rev. 2.1"), height=300
    )
    exports.downloads(rows, _("Codes of {scope}", scope=scope), source("creative_codes"), "codes")


chosen = choices()
st.title(_("Creative economy in Europe"), anchor=False)
st.markdown(
    _(
        "Figures on this page follow the scope **{scope}**: people in a cultural activity or a cultural occupation.",
        scope=_(SCOPE),
    )
)
printed = sorted(int(year) for year in table("cultural_employment_by_country")["year"].unique())
fitting = [year for year in printed if chosen.first_year <= year <= chosen.last_year]
st.header(_("How common is cultural work?"), anchor=False, divider="gray")
if fitting:
    countries_section(fitting[-1])
else:
    controls.empty(
        _("Shares by country are printed for {printed} to {printed_2}.", printed=printed[0], printed_2=printed[-1]),
        _("Choose one of these years."),
    )
st.header(_("What it consists of in the EU"), anchor=False, divider="gray")
union_section()
st.header(_("What counts: four scopes"), anchor=False, divider="gray")
definitions_section()
