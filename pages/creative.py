"""Creative economy in Europe: what counts, how common cultural work is, what it consists of."""

from __future__ import annotations

import pandas as pd
import streamlit as st

import data
from analytics import creative, specialisation
from pages.common import cached, choices, city, geometry, source, table
from pages.europe import SCOPE, breaks, map_of_europe
from views import charts, comparisons, controls, exports, text


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
    countries["shown"] = [f"{p:.1f} % of work, {q:.2f} times the EU ({low:.2f} to {high:.2f} given rounding)"
                          for p, q, low, high in countries[["percent", "lq", "low", "high"]].itertuples(index=False)]  # fmt: skip
    best = countries.loc[countries["lq"].idxmax()]
    map_of_europe(geometry("country_shapes", key="iso3"), "iso3", countries, name="countries", digits=2,
                  title=f"{best['name']}: cultural work is {best['lq']:.2f} times as common as in the EU ({whole['percent']:.1f} %)",
                  unit=f"location quotient of cultural employment, EU = 1, {year} (scope: {SCOPE})",
                  note="from shares printed to 0.1 %, so each quotient has a range", selected=city().country,
                  credit=source("cultural_employment_by_country"))  # fmt: skip
    start = int(table("cultural_employment_by_country")["year"].min())
    if year == start:
        return
    unit = f"% of total employment (scope: {SCOPE}); printed to 0.1, break in series in 2021"
    pairs = rows.dropna(subset=["first_percent"]).sort_values("percent")
    rose = int((countries["percent"] > countries["first_percent"] + 0.1 + 1e-9).sum())
    moved = pairs[(pairs["percent"] - pairs["first_percent"]).abs() > 0.1 + 1e-9]["name"]
    charts.show(comparisons.slope(pairs, "name", "first_percent", "percent", heads=(str(start), str(year)), marked=mine,
                                  labelled=[*moved, str(whole["name"])]),
                title=f"The share rose by more than rounding can hide in {rose} of {len(countries)} countries",
                unit=f"{unit}; named: the EU, the chosen country and those that moved by more than rounding",
                source=source("cultural_employment_by_country"), key="slope",
                table=pairs[["country", "name", "first_percent", "percent"]])  # fmt: skip
    known = countries.dropna(subset=["growth"])
    ends = [*known.nlargest(3, "growth")["name"], *known.nsmallest(3, "growth")["name"], *known.nlargest(2, "percent")["name"],
            *known.nsmallest(1, "percent")["name"]]  # fmt: skip
    figure = comparisons.scatter(known, "percent", "growth", "name", x_unit="share of all work, %", y_unit="growth of cultural work, % a year",
                                 marked=mine, labelled=ends,
                                 across=(float(whole["percent"]), float(whole["growth"])))  # fmt: skip
    both = int(((known["percent"] > whole["percent"]) & (known["growth"] > whole["growth"])).sum())
    charts.show(figure, title=f"{both} countries have both a larger share than the EU and faster growth",
                unit=f"% a year {start}–{year} against % of total employment {year}; dotted: EU (scope: {SCOPE})",
                source=source("cultural_employment_by_country"), key="growth-share",
                table=known[["country", "name", "percent", "growth"]])  # fmt: skip


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
        activities, "year", "thousand_persons", "part", unit="thousand persons", breaks=breaks(2012, last)
    )
    charts.show(figure, title=f"{change.index[-1]} grew most since 2012, {text.signed_percent(change.iloc[-1])}; "
                f"{change.index[0]} changed by {text.signed_percent(change.iloc[0])}",
                unit=f"thousand persons, European Union (scope: {SCOPE})", source=source("cultural_employment_union"),
                key="activities", table=activities.drop(columns="split"))  # fmt: skip
    women = rows[rows["part"] == "women"].set_index("year")["thousand_persons"]
    men = rows[rows["part"] == "men"].set_index("year")["thousand_persons"]
    share = women / (women + men)
    tiles = st.columns(3)
    tiles[0].metric("Women in cultural work", text.percent(share.loc[last], 1),
                    f"{100 * (share.loc[last] - share.iloc[0]):+.1f} points since {share.index[0]}", border=True)  # fmt: skip
    concentration = yearly.set_index("area")
    tiles[1].metric("Herfindahl index of the seven activities", text.number(concentration.loc[last, "herfindahl"], 3), border=True,
                    help="Sum of squared shares: 0.143 if all seven were equally large, 1 if there were one only.")  # fmt: skip
    tiles[2].metric("As many equal activities", text.number(concentration.loc[last, "effective"], 1), border=True)
    st.caption(f"European Union, {last} · Source: {source('cultural_employment_union')}")
    who_section()


def who_section() -> None:
    """How young and how educated those in cultural work are, where this machine has fetched it."""
    if not data.has("cultural_employment_parts"):
        controls.empty(
            "Age and education of people in cultural work are not shipped.",
            "Run `make refresh` where the machine is online.",
        )
        return
    rows = table("cultural_employment_parts")
    rows = rows[(rows["geo"] == "EU27_2020") & rows["part"].isin(["Y15-29", "ED5-8"])].dropna(subset="thousand_persons")
    whole = table("cultural_employment_union").query("split == 'sex'").groupby("year")["thousand_persons"].sum()
    lines = rows.assign(percent=100 * rows["thousand_persons"] / rows["year"].map(whole), group=rows["part"].map(
        {"Y15-29": "aged 15 to 29", "ED5-8": "with tertiary education"})).dropna(subset="percent")  # fmt: skip
    if lines.empty:
        return
    charts.show(charts.lines(lines, "year", "percent", "group", unit="", digits=1), title="How young and how educated cultural work is",
                unit=f"% of cultural employment, European Union (scope: {SCOPE})", source=source("cultural_employment_parts"), key="who",
                table=lines[["year", "group", "thousand_persons", "percent", "flag"]])  # fmt: skip


def definitions_section() -> None:
    """The four scopes and their codes."""
    scopes = table("creative_scopes").set_index("scope")
    scope = st.radio("Scope", list(scopes.index), format_func=scopes["label"].get, horizontal=True, key="scope",
                     bind="query-params")  # fmt: skip
    codes, bridge = table("creative_codes"), table("nace_bridge")
    rows = codes[codes["scope"] == scope].drop(columns="scope")
    newer = bridge.groupby("nace_2")["nace_2_1"].agg(", ".join)
    rows = rows.assign(nace_2_1=rows["code"].str[:5].map(newer))
    st.markdown(f"**{scopes.loc[scope, 'label']}**: {rows['code'].nunique()} codes in {rows['submarket'].nunique()} groups. "
                f"Defined by: {scopes.loc[scope, 'defined_by']}.")  # fmt: skip
    st.dataframe(rows, hide_index=True, alt="Codes of the scope with weight and successor in NACE Rev. 2.1", height=300)
    exports.downloads(rows, f"Codes of {scope}", source("creative_codes"), "codes")


chosen = choices()
st.title("Creative economy in Europe", anchor=False)
st.markdown(
    f"Figures on this page follow the scope **{SCOPE}**: people in a cultural activity or a cultural occupation."
)
printed = sorted(int(year) for year in table("cultural_employment_by_country")["year"].unique())
fitting = [year for year in printed if chosen.first_year <= year <= chosen.last_year]
st.header("How common is cultural work?", anchor=False, divider="gray")
if fitting:
    countries_section(fitting[-1])
else:
    controls.empty(f"Shares by country are printed for {printed[0]} to {printed[-1]}.", "Choose one of these years.")
st.header("What it consists of in the EU", anchor=False, divider="gray")
union_section()
st.header("What counts: four scopes", anchor=False, divider="gray")
definitions_section()
