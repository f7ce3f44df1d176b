"""Creative firms in the city: from a chamber's register that this machine has imported."""

from __future__ import annotations

import streamlit as st

from analytics import specialisation
from pages import creative_places as places
from pages.common import area_map, area_names, choices, city, in_district, level_control, source, table
from views import charts, comparisons, controls, text
from views.language import _

chosen = choices()
here = city()
place = area_names("district").get(chosen.district, here.name)
st.title(_("Creative firms in {place}", place=place), anchor=False)
if not places.has_firms():
    controls.empty(
        _("No register of firms is stored on this machine."),
        _(
            "Fetch a month of the chamber's open register and run `python -m data.firms FILE --period 2023-03`; "
            "it takes seconds, and this page then shows firms by area for every scope."
        ),
    )
    st.stop()
scopes = table("creative_scopes").set_index("scope")
left, right = st.columns([3, 1])
scope = controls.linked(
    left.radio,
    _("Scope"),
    list(scopes.index),
    index=list(scopes.index).index("kkw"),
    format_func=scopes["label"].get,
    horizontal=True,
    key="scope",
)
with right:
    level = level_control()
credit, label = source("firms", here.key), scopes.loc[scope, "label"]
rows = in_district(places.firms(scope, level).rename(columns={"area": "area_id"}), chosen.district, level)
if rows.empty:
    controls.empty(_("No firm of this scope is in {place}.", place=place), _("Choose another scope or the whole city."))
    st.stop()
count, bounds = float(rows["once"].sum()), places.employees(scope)
tiles = st.columns(2)
tiles[0].metric(_("Firms in scope"), text.number(count), border=True)
tiles[1].metric(
    _("Share of all firms"), text.percent(count / rows.drop_duplicates("area_id")["all_firms"].sum(), 1), border=True
)
st.markdown(
    _(
        "Each firm states a size band, so the employees of the city's firms in scope are an interval: "
        "**{low:,.0f} to {high:,.0f} (estimate)**. Owners without employees count as none.",
        low=bounds["low"],
        high=bounds["high"],
    )
)
st.caption(
    _(
        "Scope: {label}; codes in several submarkets count once. Employees of {firms:,.0f} of {all:,.0f} "
        "firms, the rest are in cells too small to show; {open_ended:,.0f} firms have no upper band · "
        "Source: {credit}",
        label=label,
        firms=bounds["firms"],
        all=bounds["all"],
        open_ended=bounds["open_ended"],
        credit=credit,
    )
)
areas = rows.groupby(["area_id", "name"], as_index=False).agg(firms=("once", "sum"), all_firms=("all_firms", "first"))
areas = areas.assign(value=areas["firms"] / areas["all_firms"])
areas["shown"] = [
    _("{share:.1f} % of firms ({n:,.0f})", share=100 * share, n=n)
    for share, n in zip(areas["value"], areas["firms"], strict=True)
]
best = areas.loc[areas["value"].where(areas["all_firms"] >= 100).fillna(-1).idxmax()]
area_map(
    areas,
    level=level,
    title=_("Most creative by share of firms: {name}, {shown}", name=best["name"], shown=best["shown"]),
    digits=1,
    suffix=" %",
    factor=100,
    unit=_("% of all member firms (scope: {label})", label=label),
    credit=credit,
    key="firms-map",
    chosen=chosen,
)
hot = places.hot_firms(scope)
hottest = hot[hot["kind"] == "hot"].nlargest(8, "z")["area"].map(area_names("planning_area"))
st.markdown(
    _(
        "**Hot spots** (Getis-Ord Gi*, false discoveries held to 5 %): {value} planning areas and their "
        "neighbours hold unusually many firms",
        value=int((hot["kind"] == "hot").sum()),
    )
    + (_(", most of all {hottest}.", hottest=", ".join(hottest)) if len(hottest) else ".")
)
st.header(_("Submarkets"), anchor=False, divider="gray")
markets = rows.groupby("submarket", as_index=False)["weighted"].sum()
largest = markets.loc[markets["weighted"].idxmax()]
charts.show(
    comparisons.treemap(markets, "submarket", "weighted", unit=_("firms")),
    title=_(
        "{submarket} is the largest submarket: {weighted:,.0f} firms",
        submarket=largest["submarket"],
        weighted=largest["weighted"],
    ),
    unit=_("firms by submarket; a firm in two submarkets is in both (scope: {label})", label=label),
    source=credit,
    key="submarkets",
    table=markets,
)
structure = places.firms(scope, "district")
quotients = specialisation.location_quotient(structure.rename(columns={"submarket": "kind", "weighted": "count"}))
market = controls.linked(st.selectbox, _("Specialised in"), list(markets["submarket"]), key="submarket")
shown = quotients[(quotients["kind"] == market) & quotients["low"].notna()]
shown = shown.assign(name=shown["area"].map(area_names("district")))
concentration = specialisation.herfindahl(structure.rename(columns={"submarket": "kind", "weighted": "count"}))
even = concentration.loc[concentration["herfindahl"].idxmin()]
charts.show(
    comparisons.intervals(shown, "name", "lq", "low", "high", unit="", digits=2, reference=1),
    title=_(
        "{market}: {value} of {shown} districts clearly above the city's share",
        market=market,
        value=int((shown["low"] > 1).sum()),
        shown=len(shown),
    ),
    unit=_(
        "location quotient of {market} among firms in scope, city = 1, 95 % interval (scope: {label})",
        market=market,
        label=label,
    ),
    source=credit,
    key="firm-quotients",
    table=shown.drop(columns="area"),
)
st.caption(
    _(
        "Herfindahl index: submarkets are most evenly mixed in {value} ({herfindahl:.3f}, as many as "
        "{effective:.1f} equal ones).",
        value=area_names("district")[even["area"]],
        herfindahl=even["herfindahl"],
        effective=even["effective"],
    )
)
