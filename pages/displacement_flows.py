"""Displacement flows: from where to where, who came anew, and which origins a change is made of."""

from __future__ import annotations

import streamlit as st

from analytics import diversity
from pages.common import choices, country_names, source
from pages.displacement_world import changes, comings_and_goings, crossings, in_text, playing_years, scope, top_pairs
from views import charts, controls, exports, flows, maps, text
from views.controls import Territory
from views.language import _


def flow_section(chosen: Territory, country: str | None, place: str) -> None:
    """From where to where: arcs on the map, and for the reader a Sankey."""
    names = {**country_names(), "REST": _("All others")}
    pairs = top_pairs(chosen.last_year, country)
    lead = pairs.iloc[0]
    title = _(
        "{last_year}: the largest group across borders, {persons}, went from {names} to {names_2}",
        last_year=chosen.last_year,
        persons=text.compact(lead["persons"]),
        names=names[lead["origin"]],
        names_2=names[lead["asylum"]],
    )
    drawn = pairs.dropna(subset=["origin_lon", "asylum_lon"])
    st.subheader(title, anchor=False)
    maps.show(
        [flows.arc_layer(drawn)],
        lon=15,
        lat=25,
        zoom=0.9 if country else 0.7,
        key=f"arcs-{country}",
        summary=_("Map: {title}.", title=title),
        height=420,
    )
    st.caption(
        _(
            "Persons at year end, {drawn} largest pairs with a place on the map; orange is the origin, blue the "
            "asylum · Source: {value}",
            drawn=len(drawn),
            value=source("displaced"),
        )
    )
    rest = pairs[pairs["origin"] == "REST"]["persons"].sum()
    unit = _(
        "persons, end of {last_year}; all other pairs, {rest} people, are in the table only",
        last_year=chosen.last_year,
        rest=text.compact(rest),
    )
    charts.show(
        flows.sankey(pairs[pairs["origin"] != "REST"], names),
        unit=unit,
        source=source("displaced"),
        title=_(
            "From where to where, {last_year}: the {drawn} largest pairs", last_year=chosen.last_year, drawn=len(drawn)
        ),
        key=f"sankey-{country}",
        table=pairs[["origin", "asylum", "persons"]].assign(
            origin=pairs["origin"].map(names), asylum=pairs["asylum"].map(names)
        ),
    )


def movement_section(chosen: Territory, country: str | None, place: str) -> None:
    """Flows beside the stock: who came anew, whose displacement ended."""
    if not country:
        grid = crossings(chosen.last_year)
        title = _("Origin by asylum, {last_year}: rows and columns add up", last_year=chosen.last_year)
        st.subheader(title, anchor=False)
        st.dataframe(grid.style.format(thousands=",", precision=0), hide_index=True, alt=title)
        st.caption(_("Persons at year end · Source: {value}", value=source("displaced")))
        exports.downloads(grid, title, source("displaced"), "matrix")
    rows = comings_and_goings(country, chosen.first_year, chosen.last_year)
    if rows["year"].nunique() < 2:
        controls.empty(
            _("UNHCR lists no yearly movements for {place} in these years.", place=in_text(place)),
            _("Widen the years."),
        )
        return
    last = rows[rows["year"] == rows["year"].max()]
    new = last[last["movement"].str.startswith("new_")]["persons"].sum()
    title = _(
        "{place}: {new} newly displaced across a border in {iloc}, {persons} returned, resettled or naturalised",
        place=place,
        new=text.compact(new),
        iloc=last["year"].iloc[0],
        persons=text.compact(last["persons"].sum() - new),
    )
    unit = _("persons, during the year")
    charts.show(
        charts.lines(rows, "year", "persons", "group", unit=unit),
        title=title,
        unit=unit,
        source=source("displacement_flows"),
        key=f"movement-{country}",
        table=rows[["year", "group", "persons"]],
    )


def origin_section(chosen: Territory, country: str | None, place: str) -> None:
    """Which origins the change is made of, how concentrated they are, and the years in turn."""
    names = {**country_names(), "REST": _("All others")}
    rows = changes(country, chosen.first_year, chosen.last_year)
    shown = rows.head(12).assign(name=lambda t: t["origin"].map(names))
    total, lead = rows["change"].sum(), shown.iloc[0]
    title = _(
        "{place}: {name} makes {share} of the change of {total}",
        place=place,
        name=lead["name"],
        share=text.percent(lead["share"]),
        total=text.compact(total),
    )
    figure = charts.bars(
        shown,
        "name",
        "change",
        unit=_("persons, change {first_year}–{last_year}", first_year=chosen.first_year, last_year=chosen.last_year),
    )
    charts.show(
        figure,
        title=title,
        unit=_("persons, change {first_year}–{last_year}", first_year=chosen.first_year, last_year=chosen.last_year),
        source=source("displaced"),
        key=f"change-{country}",
        table=rows.assign(origin=rows["origin"].map(names)),
    )
    now = rows["last"]
    tiles = st.columns(3)
    tiles[0].metric(
        _("Herfindahl index of origins"),
        text.number(diversity.herfindahl(now), 3),
        border=True,
        help=_("Sum of squared shares: 1 is one origin only."),
    )
    tiles[1].metric(_("Shannon diversity"), text.number(diversity.shannon(now), 2), border=True, help=_("Nats."))
    tiles[2].metric(
        _("Chance that two differ"),
        text.percent(diversity.simpson(now)),
        border=True,
        help=_("Simpson: the chance that two people drawn at random come from different origins."),
    )
    st.caption(
        _(
            "Origins of displaced people in {place}, {last_year} · Source: {value}",
            place=in_text(place),
            last_year=chosen.last_year,
            value=source("displaced"),
        )
    )
    flows.hide_play_for_reduced_motion()
    years = playing_years(country, chosen.first_year, chosen.last_year)
    charts.show(
        flows.playing_bars(years, "group", "persons", "year", unit=_("persons, at year end")),
        title=_(
            "Origins year by year, {first_year} to {last_year}",
            first_year=chosen.first_year,
            last_year=chosen.last_year,
        ),
        unit=_("persons, at year end"),
        source=source("displaced"),
        key=f"play-{country}",
        table=years,
    )


chosen = choices()
st.title(_("From where to where"), anchor=False)
country, place = scope(chosen)
flow_section(chosen, country, place)
movement_section(chosen, country, place)
st.header(_("What the change is made of"), anchor=False, divider="gray")
origin_section(chosen, country, place)
