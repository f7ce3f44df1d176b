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
)
from pages.labels import facility_kinds
from views import charts, controls, text
from views.language import _


def ask(given: Shock) -> Shock:
    """The inputs, starting from the draft."""
    kinds, names = facility_kinds()["label"], area_names("district")
    able = [kind for kind in kinds.index if kind != "public_art"]
    columns = st.columns(3)
    kind = columns[0].selectbox(
        _("Service"), able, index=able.index(given.kind), format_func=kinds.get, key=results.key("shock_kind")
    )
    limit = int(columns[1].number_input(_("Minutes on foot"), 5, 45, given.limit, 5, key=results.key("shock_limit")))
    floor = (
        columns[2].number_input(
            _("Floor, % of people served"), 0, 100, round(100 * given.floor), key=results.key("floor")
        )
        / 100
    )
    districts = st.multiselect(
        _("Close all sites in"),
        list(names),
        default=list(given.districts),
        format_func=names.__getitem__,
        key=results.key("closed"),
    )
    columns = st.columns(3)
    budget = (
        columns[0].number_input(_("Budget lost, %"), 0, 90, round(100 * given.budget), 5, key=results.key("budget"))
        / 100
    )
    times = columns[1].number_input(_("Arrivals times"), 1.0, 5.0, given.arrivals, 0.5, key=results.key("times"))
    reopened = int(
        columns[2].number_input(_("Sites reopened a year"), 1, 500, given.reopened, key=results.key("reopened"))
    )
    return Shock(
        kind=str(kind),
        limit=limit,
        districts=tuple(districts),
        budget=budget,
        arrivals=float(times),
        floor=floor,
        reopened=reopened,
    )


chosen = choices()
here = city()
st.title(_("What if something breaks in {name}?", name=here.name), anchor=False)
period = last_current_or_stop(chosen)
made = results.draft(period)
given = ask(made.shock)
results.change("shock", given)
level = level_control()
try:
    found = results.shocked(given, period, level)
except ValueError as fault:
    controls.empty(str(fault), _("Choose a longer walk or another service."))
    st.stop()
label, areas, parts = (facility_kinds()["plural"][given.kind], found["areas"], found["resilience"])
fell = areas[(areas["share_after"] < given.floor) & (areas["share_before"] >= given.floor)]
rows = areas.assign(
    value=areas["share_after"],
    shown=[
        _("{a} before, {b} after (estimate)", a=text.percent(a), b=text.percent(b))
        for a, b in zip(areas["share_before"], areas["share_after"], strict=True)
    ],
)
area_map(
    in_district(rows, chosen.district, level),
    level=level,
    key="shock-map",
    chosen=chosen,
    credit=facilities_credit(),
    suffix=" %",
    factor=100,
    title=_(
        "{closed:,} of {sites:,} {label} closed: {fell} areas fall below {floor}, {lost} people lose the "
        "service (estimate)",
        closed=found["closed"],
        sites=found["sites"],
        label=label,
        fell=len(fell),
        floor=text.percent(given.floor),
        lost=text.number(found["lost"]),
    ),
    unit=_(
        "% of people within {limit} minutes after the shock (estimate), {period}",
        limit=given.limit,
        period=text.day(period),
    ),
)
st.header(_("How resilient is the service?"), anchor=False, divider="gray")
st.markdown(
    _(
        "Score **{score:.2f}** of 1 (estimate), the geometric mean of its three parts; before any shock.",
        score=parts["score"],
    )
)
tiles = st.columns(3)
tiles[0].metric(
    _("Redundancy"),
    text.percent(parts["redundancy"], 1),
    border=True,
    help=_("Of those served, the share with a second site in reach."),
)
tiles[1].metric(
    _("Robustness"),
    text.percent(parts["robustness"], 1),
    border=True,
    help=_(
        "Still served after losing a tenth of the sites at random; 80 % of draws {draws_low:.1f} to "
        "{draws_high:.1f} %.",
        draws_low=100 * parts["draws_low"],
        draws_high=100 * parts["draws_high"],
    ),
)
tiles[2].metric(
    _("Absorption"),
    text.percent(parts["absorption"], 1),
    border=True,
    help=_("Still served after losing the one worst site."),
)
back = found["recovery"].assign(group=_("share of those served before"), percent=lambda t: 100 * t["share"])
if found["lost"] > 0:
    charts.show(
        charts.lines(back, "year", "percent", "group", unit="", digits=1, from_zero=False),
        title=_(
            "At {reopened} sites a year coverage is back after {year} years",
            reopened=given.reopened,
            year=int(back[back["share"] >= 0.999]["year"].min()),
        ),
        unit=_("% of those served before the shock, most useful sites reopened first (estimate)"),
        source=facilities_credit(),
        key="recovery",
        table=back[["year", "served", "share"]],
    )
assessed = store.assessments(here.key)
if assessed.empty:
    st.caption(_("Readiness of the policy framework is not assessed yet: see the page *Policy framework*."))
else:
    ready = readiness.score(assessed["answers"].iloc[0]).set_index("part")
    crisis = (
        _("not answered")
        if ready["score"].isna()["crisis"]
        else _("{crisis:.0f} of 100", crisis=ready["score"]["crisis"])
    )
    st.markdown(
        _(
            "**Readiness of the policy framework** on {iloc}: crisis plans {crisis}, all parts together "
            "{score:.0f} of 100 (self-assessment). It stands beside the score above and is not part of it.",
            iloc=text.day(pd.Timestamp(assessed["day"].iloc[0])),
            crisis=crisis,
            score=ready["score"].mean(),
        )
    )
st.header(_("In plain words"), anchor=False, divider="gray")
double = results.doubled(made.arrivals, given.arrivals, level, period, made.seed)
worst = ", ".join(fell.nsmallest(5, "share_after")["name"]) or "none"
closed = ", ".join(area_names("district")[code] for code in given.districts) or _("no district")
st.markdown(
    _(
        "If {label} in {closed} close and {budget} of the budget goes, {lost} people have no site within "
        "{limit} minutes any more. Areas that fall below {floor}: {worst}. If arrivals are {arrivals:g} "
        "times those of the page *People arrive*, day care falls short of {low:,.0f} to {high:,.0f} places "
        "instead of {base_low:,.0f} to {base_high:,.0f} (estimate, 80 % band). **Assumptions** Sites cost "
        "alike; the budget closes those whose people have another site near; walks are estimates; bridges "
        "and streets are not in the model where the city has no street network.",
        label=label,
        closed=closed,
        budget=text.percent(given.budget),
        lost=text.number(found["lost"]),
        limit=given.limit,
        floor=text.percent(given.floor),
        worst=worst,
        arrivals=given.arrivals,
        low=double["low"],
        high=double["high"],
        base_low=double["base_low"],
        base_high=double["base_high"],
    )
)
