"""What if something breaks: services close, budgets shrink, arrivals double; what falls below the floor and how fast it recovers."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics import readiness
from analytics.scenario import Shock
from data import store
from pages import scenario_results as results
from pages.common import (
    area_map,
    area_names,
    choices,
    city,
    facilities_credit,
    in_district,
    last_current_or_stop,
    level_control,
    table,
)
from views import charts, controls, text


def ask(given: Shock) -> Shock:
    """The inputs, starting from the draft."""
    kinds, names = table("facility_kinds").set_index("kind")["label"], area_names("district")
    able = [kind for kind in kinds.index if kind != "public_art"]
    columns = st.columns(3)
    kind = columns[0].selectbox(
        "Service", able, index=able.index(given.kind), format_func=kinds.get, key=results.key("shock_kind")
    )
    limit = int(columns[1].number_input("Minutes on foot", 5, 45, given.limit, 5, key=results.key("shock_limit")))
    floor = (
        columns[2].number_input("Floor, % of people served", 0, 100, round(100 * given.floor), key=results.key("floor"))
        / 100
    )
    districts = st.multiselect(
        "Close all sites in",
        list(names),
        default=list(given.districts),
        format_func=names.__getitem__,
        key=results.key("closed"),
    )
    columns = st.columns(3)
    budget = (
        columns[0].number_input("Budget lost, %", 0, 90, round(100 * given.budget), 5, key=results.key("budget")) / 100
    )
    times = columns[1].number_input("Arrivals times", 1.0, 5.0, given.arrivals, 0.5, key=results.key("times"))
    reopened = int(
        columns[2].number_input("Sites reopened a year", 1, 500, given.reopened, key=results.key("reopened"))
    )
    return Shock(str(kind), limit, tuple(districts), budget, float(times), floor, reopened)


chosen = choices()
here = city()
st.title(f"What if something breaks in {here.name}?", anchor=False)
period = last_current_or_stop(chosen)
made = results.draft(period)
given = ask(made.shock)
results.change("shock", given)
level = level_control("district_region")
try:
    found = results.shocked(given, period, level)
except ValueError as fault:
    controls.empty(str(fault), "Choose a longer walk or another service.")
    st.stop()
label, areas, parts = (
    table("facility_kinds").set_index("kind")["plural"][given.kind],
    found["areas"],
    found["resilience"],
)
fell = areas[(areas["share_after"] < given.floor) & (areas["share_before"] >= given.floor)]
rows = areas.assign(value=areas["share_after"], shown=[f"{text.percent(a)} before, {text.percent(b)} after (estimate)" for a, b in
                                                       zip(areas["share_before"], areas["share_after"], strict=True)])  # fmt: skip
area_map(in_district(rows, chosen.district, level), level=level, key="shock-map", chosen=chosen, credit=facilities_credit(), suffix=" %", factor=100,
         title=f"{found['closed']:,} of {found['sites']:,} {label} closed: {len(fell)} areas fall below {text.percent(given.floor)}, "
         f"{text.number(found['lost'])} people lose the service (estimate)",
         unit=f"% of people within {given.limit} minutes after the shock (estimate), {text.day(period)}")  # fmt: skip
st.header("How resilient is the service?", anchor=False, divider="gray")
st.markdown(f"Score **{parts['score']:.2f}** of 1 (estimate), the geometric mean of its three parts; before any shock.")
tiles = st.columns(3)
tiles[0].metric(
    "Redundancy",
    text.percent(parts["redundancy"], 1),
    border=True,
    help="Of those served, the share with a second site in reach.",
)
tiles[1].metric("Robustness", text.percent(parts["robustness"], 1), border=True,
                help=f"Still served after losing a tenth of the sites at random; 80 % of draws {100 * parts['draws_low']:.1f} to {100 * parts['draws_high']:.1f} %.")  # fmt: skip
tiles[2].metric(
    "Absorption",
    text.percent(parts["absorption"], 1),
    border=True,
    help="Still served after losing the one worst site.",
)
back = found["recovery"].assign(group="share of those served before", percent=lambda t: 100 * t["share"])
if found["lost"] > 0:
    charts.show(charts.lines(back, "year", "percent", "group", unit="", digits=1, from_zero=False),
                title=f"At {given.reopened} sites a year coverage is back after {int(back[back['share'] >= 0.999]['year'].min())} years",
                unit="% of those served before the shock, most useful sites reopened first (estimate)", source=facilities_credit(), key="recovery",
                table=back[["year", "served", "share"]])  # fmt: skip
assessed = store.assessments(here.key)
if assessed.empty:
    st.caption("Readiness of the policy framework is not assessed yet: see the page *Policy framework*.")
else:
    ready = readiness.score(assessed["answers"].iloc[0]).set_index("part")
    crisis = "not answered" if ready["score"].isna()["crisis"] else f"{ready['score']['crisis']:.0f} of 100"
    st.markdown(f"**Readiness of the policy framework** on {text.day(pd.Timestamp(assessed['day'].iloc[0]))}: crisis plans {crisis}, all parts together "
                f"{ready['score'].mean():.0f} of 100 (self-assessment). It stands beside the score above and is not part of it.")  # fmt: skip
st.header("In plain words", anchor=False, divider="gray")
double = results.doubled(made.arrivals, given.arrivals, level, period, made.seed)
worst = ", ".join(fell.nsmallest(5, "share_after")["name"]) or "none"
closed = ", ".join(area_names("district")[code] for code in given.districts) or "no district"
st.markdown(f"If {label} in {closed} close and {text.percent(given.budget)} of the budget goes, {text.number(found['lost'])} people have no site within {given.limit} minutes any "
            f"more. Areas that fall below {text.percent(given.floor)}: {worst}. If arrivals are {given.arrivals:g} times those of the page *People arrive*, day care falls short "
            f"of {double['low']:,.0f} to {double['high']:,.0f} places instead of {double['base_low']:,.0f} to {double['base_high']:,.0f} (estimate, 80 % band). **Assumptions** "
            "Sites cost alike; the budget closes those whose people have another site near; walks are estimates; bridges and streets are not in the model where the city "
            "has no street network.")  # fmt: skip
