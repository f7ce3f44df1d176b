"""Displacement flows: from where to where, who came anew, and which origins a change is made of."""

from __future__ import annotations

import streamlit as st

from analytics import diversity
from pages.common import choices, country_names, source
from pages.displacement_world import (
    changes,
    comings_and_goings,
    crossings,
    in_text,
    playing_years,
    scope,
    top_pairs,
)
from views import charts, controls, exports, flows, maps, text
from views.controls import Territory


def flow_section(chosen: Territory, country: str | None, place: str) -> None:
    """From where to where: arcs on the map, and for the reader a Sankey."""
    names = {**country_names(), "REST": "All others"}
    pairs = top_pairs(chosen.last_year, country)
    lead = pairs.iloc[0]
    title = (f"{chosen.last_year}: the largest group across borders, {text.compact(lead['persons'])}, went from "
             f"{names[lead['origin']]} to {names[lead['asylum']]}")  # fmt: skip
    drawn = pairs.dropna(subset=["origin_lon", "asylum_lon"])
    st.subheader(title, anchor=False)
    maps.show([flows.arc_layer(drawn)], lon=15, lat=25, zoom=0.9 if country else 0.7, key=f"arcs-{country}",
              summary=f"Map: {title}.", height=420)  # fmt: skip
    st.caption(f"Persons at year end, {len(drawn)} largest pairs with a place on the map; orange is the origin, blue the "
               f"asylum · Source: {source('displaced')}")  # fmt: skip
    rest = pairs[pairs["origin"] == "REST"]["persons"].sum()
    unit = f"persons, end of {chosen.last_year}; all other pairs, {text.compact(rest)} people, are in the table only"
    charts.show(flows.sankey(pairs[pairs["origin"] != "REST"], names), unit=unit, source=source("displaced"),
                title=f"From where to where, {chosen.last_year}: the {len(drawn)} largest pairs", key=f"sankey-{country}",
                table=pairs[["origin", "asylum", "persons"]].assign(
                    origin=pairs["origin"].map(names), asylum=pairs["asylum"].map(names)))  # fmt: skip


def movement_section(chosen: Territory, country: str | None, place: str) -> None:
    """Flows beside the stock: who came anew, whose displacement ended."""
    if not country:
        grid = crossings(chosen.last_year)
        title = f"Origin by asylum, {chosen.last_year}: rows and columns add up"
        st.subheader(title, anchor=False)
        st.dataframe(grid.style.format(thousands=",", precision=0), hide_index=True, alt=title)
        st.caption(f"Persons at year end · Source: {source('displaced')}")
        exports.downloads(grid, title, source("displaced"), "matrix")
    rows = comings_and_goings(country, chosen.first_year, chosen.last_year)
    if rows["year"].nunique() < 2:
        controls.empty(f"UNHCR lists no yearly movements for {in_text(place)} in these years.", "Widen the years.")
        return
    last = rows[rows["year"] == rows["year"].max()]
    new = last[last["movement"].str.startswith("new_")]["persons"].sum()
    title = (f"{place}: {text.compact(new)} newly displaced across a border in {last['year'].iloc[0]}, "
             f"{text.compact(last['persons'].sum() - new)} returned, resettled or naturalised")  # fmt: skip
    unit = "persons, during the year"
    charts.show(charts.lines(rows, "year", "persons", "group", unit=unit), title=title, unit=unit,
                source=source("displacement_flows"), key=f"movement-{country}",
                table=rows[["year", "group", "persons"]])  # fmt: skip


def origin_section(chosen: Territory, country: str | None, place: str) -> None:
    """Which origins the change is made of, how concentrated they are, and the years in turn."""
    names = {**country_names(), "REST": "All others"}
    rows = changes(country, chosen.first_year, chosen.last_year)
    shown = rows.head(12).assign(name=lambda t: t["origin"].map(names))
    total, lead = rows["change"].sum(), shown.iloc[0]
    title = f"{place}: {lead['name']} makes {text.percent(lead['share'])} of the change of {text.compact(total)}"
    figure = charts.bars(shown, "name", "change", unit=f"persons, change {chosen.first_year}–{chosen.last_year}")
    charts.show(figure, title=title, unit=f"persons, change {chosen.first_year}–{chosen.last_year}",
                source=source("displaced"), key=f"change-{country}",
                table=rows.assign(origin=rows["origin"].map(names)))  # fmt: skip
    now = rows["last"]
    tiles = st.columns(3)
    tiles[0].metric("Herfindahl index of origins", text.number(diversity.herfindahl(now), 3), border=True,
                    help="Sum of squared shares: 1 is one origin only.")  # fmt: skip
    tiles[1].metric("Shannon diversity", text.number(diversity.shannon(now), 2), border=True, help="Nats.")
    tiles[2].metric("Chance that two differ", text.percent(diversity.simpson(now)), border=True,
                    help="Simpson: the chance that two people drawn at random come from different origins.")  # fmt: skip
    st.caption(f"Origins of displaced people in {in_text(place)}, {chosen.last_year} · Source: {source('displaced')}")
    flows.hide_play_for_reduced_motion()
    years = playing_years(country, chosen.first_year, chosen.last_year)
    charts.show(flows.playing_bars(years, "group", "persons", "year", unit="persons, at year end"),
                title=f"Origins year by year, {chosen.first_year} to {chosen.last_year}", unit="persons, at year end",
                source=source("displaced"), key=f"play-{country}", table=years)  # fmt: skip


chosen = choices()
st.title("From where to where", anchor=False)
country, place = scope(chosen)
flow_section(chosen, country, place)
movement_section(chosen, country, place)
st.header("What the change is made of", anchor=False, divider="gray")
origin_section(chosen, country, place)
