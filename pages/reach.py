"""Who is served: minutes on foot, places in reach, who is left out and where that clusters."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics import access, classes
from pages import reach_results as results
from pages.common import (
    area_map,
    area_names,
    area_shapes,
    choices,
    city,
    dots,
    facilities_credit,
    in_district,
    last_current,
    level_control,
    pick_area,
    view_of,
)
from pages.labels import facility_kinds
from pages.reach_controls import named, question
from views import charts, controls, exports, maps, text
from views.controls import Territory
from views.language import _


def maps_section(
    chosen: Territory, kinds: list[str], walker: str, limit: int, measure: str, periods: list[pd.Timestamp], level: str
) -> None:
    """One map, or two on one scale: two services, or one on two dates."""
    labels = facility_kinds()["label"]
    label, unit, digits, factor, low_is_bad = named(measure)
    frames = []
    for kind, period in zip(kinds, periods, strict=True):
        rows = results.by_area(kind, walker, limit, period, level)
        rows = in_district(rows, chosen.district, level)
        rows = rows.assign(value=rows[measure] * factor, kind=labels[kind])
        frames.append(rows.assign(shown=[f"{text.number(value, digits)} {unit}" for value in rows["value"]]))
    if len(frames) == 1:
        rows = frames[0].dropna(subset="value")
        if rows.empty:
            controls.empty(_("Nobody of the ages served lives here."), _("Choose another service or district."))
            return
        worst = rows.loc[rows["value"].idxmin() if low_is_bad else rows["value"].idxmax()]
        points = dots(results.facilities(kinds[0]), chosen.district)
        area_map(
            frames[0],
            level=level,
            title=_(
                "{labels}: hardest for {name}, {shown}",
                labels=labels[kinds[0]],
                name=worst["name"],
                shown=worst["shown"],
            ),
            unit=f"{unit}, {text.day(periods[0])}",
            credit=facilities_credit(),
            key="reach-map",
            chosen=chosen,
            digits=digits,
            points=points,
            scheme="jenks",
            on_site=show_site,
        )
        return
    both = pd.concat(frames, ignore_index=True)
    grouped = classes.classify(both["value"], scheme="jenks")
    st.subheader(_("{label}, side by side on one scale", label=label), anchor=False)
    maps.legend(unit, grouped, maps.ranges(grouped, digits))
    lon, lat, zoom = view_of(chosen.district)
    for place, (column, rows) in enumerate(zip(st.columns(2), frames, strict=True)):
        title = f"{labels[kinds[place]]}, {text.day(periods[place])}"
        mine = classes.part(grouped, slice(place * len(frames[0]), place * len(frames[0]) + len(rows)))
        with column:
            st.markdown(f"**{title}**")
            layer = maps.area_layer(
                area_shapes(level), rows.reset_index(drop=True), mine, key="area_id", selected=chosen.area
            )
            maps.show(
                [layer],
                lon=lon,
                lat=lat,
                zoom=zoom - 0.8,
                key=f"side-{place}-{level}-{chosen.district}",
                summary=_("Map: {label}, {title}", label=label, title=title),
                on_pick=pick_area(level),
                height=420,
            )
    st.caption(
        _(
            "{unit} · A click in either chooses the area in both · Source: {facilities_credit}",
            unit=unit,
            facilities_credit=facilities_credit(),
        )
    )
    exports.downloads(both.drop(columns=["shown", "value"]), label, facilities_credit(), "side")


def show_site(site: str) -> None:
    """Open a facility's catchment, after a click on its dot."""
    controls.choose("facility", site)
    controls.choose("closer", "facilities")


def hexagon_section(chosen: Territory, kind: str, walker: str, limit: int, measure: str, period: pd.Timestamp) -> None:
    """Where people live, hexagon by hexagon; finer in a district."""
    _label, unit, digits, factor, _scheme = named(measure)
    rows, resolution = results.hexagons(kind, walker, limit, period, chosen.district)
    rows = rows.assign(value=rows[measure] * factor)
    grouped = classes.classify(rows["value"], scheme="quantiles")
    st.subheader(_("Hexagon by hexagon: {rows:,} lived-in cells", rows=len(rows)), anchor=False)
    maps.legend(unit, grouped, maps.ranges(grouped, digits))
    lon, lat, zoom = view_of(chosen.district)
    maps.show(
        [maps.hexagon_layer(rows, grouped, digits)],
        lon=lon,
        lat=lat,
        zoom=zoom,
        key=f"hexagons-{chosen.district}",
        summary=_("Map of hexagons: {unit}", unit=unit),
    )
    st.caption(
        _(
            "{unit}, {period} · H3 resolution {value}; choose a district for finer cells · {estimate_note} · "
            "Source: {facilities_credit}",
            unit=unit,
            period=text.day(period),
            value=resolution,
            estimate_note=_(city().estimate_note),
            facilities_credit=facilities_credit(),
        )
    )
    exports.downloads(rows.drop(columns="value"), "hexagons", facilities_credit(), "hexagons")


def curve_section(kind: str, walker: str, limit: int, period: pd.Timestamp, district: str) -> None:
    """Not one threshold but all of them."""
    rows = results.curves(kind, walker, period, district)
    at = rows[rows["minutes"] == limit].set_index("group")["percent"]
    unit = _(
        "% of people within so many minutes on foot ({walker}), {period} (estimate; areas whose counts are "
        "suppressed are left out of the displaced)",
        walker=walker,
        period=text.day(period),
    )
    title = _("Within {limit} minutes: {at:.0f} % of all it serves", limit=limit, at=at[results.EVERYONE])
    if results.DISPLACED in at:
        title = _(
            "Within {limit} minutes: {at:.0f} % of all it serves, {at_2:.0f} % of residents of displaced origin",
            limit=limit,
            at=at[results.EVERYONE],
            at_2=at[results.DISPLACED],
        )
    charts.show(
        charts.lines(
            rows.assign(group=rows["group"].map(_)),
            "minutes",
            "percent",
            "group",
            unit=_("% of people, by minutes on foot"),
            digits=0,
        ),
        title=title,
        unit=unit,
        source=facilities_credit(),
        key="curve",
        table=rows[["minutes", "group", "percent"]],
    )


def facility_section(chosen: Territory, kind: str, walker: str, limit: int, period: pd.Timestamp) -> None:
    """One facility's catchment and load."""
    sites = in_district(results.places(kind, walker, limit, period)[2], chosen.district)
    if sites.empty:
        controls.empty(_("There is none of this kind here."), _("Choose another service or district."))
        return
    load = sites.sort_values("per_place", ascending=False)
    names = {row.source_id: row.name_ or row.source_id for row in load.rename(columns={"name": "name_"}).itertuples()}
    if st.session_state.get("facility") not in names:
        st.session_state.pop("facility", None)
    site = st.selectbox(_("Facility"), list(names), format_func=names.__getitem__, key="facility")
    row = load.set_index("source_id").loc[site]
    st.subheader(
        _(
            "{names}: {reachable:,} of those it serves live within {limit} minutes",
            names=names[site],
            reachable=row["reachable"],
            limit=limit,
        ),
        anchor=False,
    )
    stated = pd.notna(row["places"])
    place = (
        _(
            "{places:,} places, {per_place} people for each",
            places=row["places"],
            per_place=text.number(row["per_place"], 1),
        )
        if stated
        else _("places not stated")
    )
    st.markdown(
        _(
            "{place}. Opening hours, languages and wheelchair access: not known for any of the {sites:,} facilities.",
            place=place.capitalize(),
            sites=len(sites),
        )
    )
    metres = limit * access.SPEEDS[walker] / results.circuity()["factor"]
    points = pd.DataFrame(
        [{"id": row["area_id"], "lon": row["lon"], "lat": row["lat"], "name": names[site], "shown": place}]
    )
    around = maps.outline_layer(area_shapes("planning_area"))
    maps.show(
        [around, maps.catchment_layer(points, metres), maps.point_layer(points)],
        lon=row["lon"],
        lat=row["lat"],
        zoom=13,
        key=f"catchment-{site}",
        summary=_("Map: catchment of {names}", names=names[site]),
        height=360,
    )
    st.caption(
        _(
            "Circle: {metres:,.0f} m straight, {limit} minutes on foot ({walker}) at the fitted circuity · "
            "Source: {facilities_credit}",
            metres=metres,
            limit=limit,
            walker=walker,
            facilities_credit=facilities_credit(),
        )
    )
    exports.downloads(
        load[["source_id", "name", "area_id", "places", "reachable", "per_place"]], "load", facilities_credit(), "load"
    )


def profile_section(chosen: Territory, walker: str, limit: int, period: pd.Timestamp) -> None:
    """The chosen area: who lives there, minutes to each kind, and its place among all areas."""
    if not chosen.area:
        controls.empty(_("Choose a planning area for its profile."), _("Click one on a map or use the sidebar."))
        return
    kinds, rows = facility_kinds().query("grouping != 'culture'").reset_index(), []
    for kind, label in zip(kinds["kind"], kinds["label"], strict=True):
        areas = results.by_area(kind, walker, limit, period, "planning_area").set_index("area_id")
        mine = areas.loc[chosen.area]
        rows.append(
            {
                "service": label,
                "people served": int(mine["persons"]),
                "minutes": mine["minutes"],
                "% within": 100 * mine["share_within"],
                "E2SFCA per 100": mine["places_per_100"],
                "rank by minutes": areas["minutes"].rank(method="min").get(chosen.area),
                "of": int(areas["minutes"].notna().sum()),
            }
        )
    name = area_names("planning_area")[chosen.area]
    st.subheader(_("{name}: minutes to each service", name=name), anchor=False)
    shown = pd.DataFrame(rows)
    st.dataframe(
        shown.style.format(precision=1, na_rep=_("not known"), thousands=","),
        hide_index=True,
        alt=_("Profile of {name}", name=name),
    )
    st.caption(
        _(
            "Estimates on {period}; rank 1 is the shortest walk · Source: {facilities_credit}",
            period=text.day(period),
            facilities_credit=facilities_credit(),
        )
    )
    exports.downloads(shown, _("profile {name}", name=name), facilities_credit(), "profile")


chosen = choices()
here = city()
st.title(
    _("Who is served in {district}", district=area_names("district").get(chosen.district, here.name)), anchor=False
)
kind, walker, limit, measure, period = question(chosen)
labels = facility_kinds()["label"]
level = level_control("planning_area")
against = controls.linked(
    st.radio,
    _("Compare"),
    ["nothing", "another service", "an earlier date"],
    format_func=_,
    horizontal=True,
    key="against",
)
kinds, periods = [kind], [period]
if against == "another service":
    kinds.append(st.selectbox(_("With"), [k for k in labels.index if k != kind], format_func=labels.get, key="other"))
    periods.append(period)
elif against == "an earlier date":
    kinds.append(kind)
    periods.append(pd.Timestamp(last_current(int(here.boundary_since[:4]), int(here.boundary_since[:4])) or period))
maps_section(chosen, kinds, walker, limit, measure, periods, level)
profile_section(chosen, walker, limit, period)
curve_section(kind, walker, limit, period, chosen.district)
view = controls.linked(
    st.radio,
    _("Look closer"),
    ["hexagons", "facilities"],
    format_func=lambda one: _(one.capitalize()),
    horizontal=True,
    key="closer",
)
if view == "hexagons":
    hexagon_section(chosen, kind, walker, limit, measure, period)
else:
    facility_section(chosen, kind, walker, limit, period)
