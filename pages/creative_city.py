"""Creative economy in the city: venues per resident, specialisation, hot spots, the walk to culture."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics import classes, specialisation
from pages import creative_places as places
from pages.common import (
    area_map,
    area_names,
    area_shapes,
    choices,
    city,
    facilities_credit,
    in_district,
    last_current_or_stop,
    level_control,
    pick_area,
    source,
    view_of,
)
from pages.labels import facility_kinds
from views import charts, comparisons, controls, exports, maps, text
from views.controls import Territory
from views.language import _


def density_section(chosen: Territory, kinds: tuple[str, ...], period: pd.Timestamp, level: str) -> None:
    """Venues per 10,000 residents by area."""
    rows = places.venues(kinds, period, level)
    rows = rows.assign(
        value=rows["per_10000"],
        shown=[
            _("{rate} per 10,000 residents ({n} venues)", rate=text.number(rate, 1), n=n)
            for rate, n in zip(rows["per_10000"], rows["facilities"], strict=True)
        ],
    )
    rows = in_district(rows, chosen.district, level)
    settled = rows[rows["persons"] >= places.NOBODY]
    best = settled.loc[settled["value"].idxmax()] if len(settled) else rows.iloc[0]
    points = in_district(places.sites(kinds), chosen.district)
    points = points.assign(shown=points["kind"].map(facility_kinds()["label"]))
    area_map(
        rows.drop(columns=["places", "without_places", "places_per_100"]),
        level=level,
        digits=1,
        key="venues-map",
        title=_("Densest in {name}: {shown}", name=best["name"], shown=best["shown"]),
        unit=_("venues per 10,000 residents, {period}", period=text.day(period)),
        credit=facilities_credit(),
        chosen=chosen,
        points=points,
    )


def structure_section(chosen: Territory, kinds: tuple[str, ...]) -> None:
    """What the venues are, and in which kind each district specialises."""
    counts = places.kinds_by_area(kinds, "district")
    counts = counts.assign(district=counts["area"].map(area_names("district")))
    credit = source("facilities", city().key)
    total = counts.groupby("kind")["count"].sum().sort_values()
    charts.show(
        comparisons.treemap(counts, "kind", "count", part="district", unit=_("venues")),
        title=_(
            "{index}: {iloc} of {total:,} venues, the most frequent kind",
            index=total.index[-1],
            iloc=total.iloc[-1],
            total=total.sum(),
        ),
        unit=_("venues by kind and district"),
        source=credit,
        key="treemap",
        table=counts.drop(columns="area"),
    )
    if len(kinds) < 2:
        return
    labels = facility_kinds()["label"]
    kind = controls.linked(st.selectbox, _("Specialised in"), [labels[one] for one in kinds], key="specialised")
    rows = places.quotients(kinds, "district")
    rows = rows[(rows["kind"] == kind) & rows["low"].notna()]
    sure = rows[rows["low"] > 1]["name"]
    apart = specialisation.krugman(counts).sort_values()
    title = (
        _("{kind}: clearly over-represented in {sure}", kind=kind, sure=", ".join(sure))
        if len(sure)
        else _("{kind}: no district is clearly above the city's share", kind=kind)
    )
    charts.show(
        comparisons.intervals(
            rows,
            "name",
            "lq",
            "low",
            "high",
            unit="",
            digits=2,
            reference=1,
            marked=area_names("district").get(chosen.district, ""),
        ),
        title=title,
        unit=_("location quotient of '{kind}' among the chosen venues, city = 1, 95 % interval", kind=kind),
        source=credit,
        key="quotients",
        table=rows.drop(columns="area"),
    )
    names = area_names("district")
    st.caption(
        _(
            "Krugman index: the mix of venues is most like the rest of the city in {names} ({iloc:.2f}) and "
            "least in {names_2} ({iloc_2:.2f}); 0 is alike, 2 nothing in common.",
            names=names[apart.index[0]],
            iloc=apart.iloc[0],
            names_2=names[apart.index[-1]],
            iloc_2=apart.iloc[-1],
        )
    )


def hotspot_section(chosen: Territory, kinds: tuple[str, ...]) -> None:
    """Where venues crowd: hot spots among planning areas, crowds whatever the borders."""
    rows, names = places.hot(kinds), area_names("planning_area")
    rows = rows.rename(columns={"area": "area_id"}).assign(name=lambda t: t["area_id"].map(names))
    words = {"hot": _("hot spot"), "cold": _("cold spot"), "": _("neither")}
    rows["shown"] = [f"{words[kind]} (z {z:+.1f})" for kind, z in zip(rows["kind"], rows["z"], strict=True)]
    rows["value"] = [{"hot": 1.0, "cold": 0.0}.get(kind, float("nan")) for kind in rows["kind"]]
    crowd = places.crowded(kinds, 400, 8)
    sizes = crowd[crowd["crowd"] >= 0].groupby("crowd")
    hot = int((rows["kind"] == "hot").sum())
    st.subheader(
        _("{hot} planning areas are hot spots; crowds of venues: {ngroups}", hot=hot, ngroups=sizes.ngroups),
        anchor=False,
    )
    grouped = classes.classify(rows["value"])
    maps.legend(
        _("hot spots of venues (Getis-Ord Gi*, false discoveries held to 5 %)"),
        grouped,
        [words["hot" if low else "cold"] for low in grouped.lows],
        _("{value} venues in a crowd (8 or more within 400 m, DBSCAN)", value=int((crowd["crowd"] >= 0).sum())),
        missing=_("neither"),
    )
    dots = in_district(crowd[crowd["crowd"] >= 0], chosen.district)
    dots = dots.assign(shown=[_("crowd {number}", number=number + 1) for number in dots["crowd"]], id=dots["area_id"])
    lon, lat, zoom = view_of(chosen.district)
    maps.show(
        [
            maps.area_layer(area_shapes("planning_area"), rows, grouped, key="area_id", selected=chosen.area),
            maps.outline_layer(area_shapes("district")),
            maps.point_layer(dots),
        ],
        lon=lon,
        lat=lat,
        zoom=zoom,
        key="hot",
        summary=_("Map of {hot} hot spots", hot=hot),
        on_pick=pick_area("planning_area"),
    )
    st.caption(_("number of venues · Source: {value}", value=source("facilities", city().key)))
    listed = pd.DataFrame(
        [(number + 1, len(part), names[part["area_id"].mode()[0]]) for number, part in sizes],
        columns=["crowd", "venues", _("mostly in")],
    )
    st.dataframe(listed, hide_index=True, alt=_("Crowds of venues, largest first"), height=220)
    exports.downloads(
        rows[["area_id", "name", "z", "p", "kind"]],
        _("Hot spots of venues"),
        source("facilities", city().key),
        "hot-table",
    )


def walk_section(chosen: Territory, kinds: tuple[str, ...], period: pd.Timestamp, level: str) -> None:
    """How far culture is on foot."""
    rows = in_district(places.minutes_to_culture(kinds, period, level), chosen.district, level)
    near = float((rows["share_within"] * rows["persons"]).sum() / rows["persons"].sum())
    rows = rows.assign(
        value=rows["minutes"],
        shown=[
            _("{minutes:.0f} minutes, {share:.0f} % within 15 (estimate)", minutes=minutes, share=100 * share)
            for minutes, share in zip(rows["minutes"], rows["share_within"], strict=True)
        ],
    )
    area_map(
        rows,
        level=level,
        title=_(
            "{near} of residents walk 15 minutes or less to one of these venues (estimate)", near=text.percent(near)
        ),
        unit=_("mean minutes on foot to the nearest venue (estimate), {period}", period=text.day(period)),
        credit=facilities_credit(),
        key="culture-walk",
        chosen=chosen,
        note=_(city().estimate_note),
    )


chosen = choices()
here = city()
st.title(
    _("Creative economy in {district}", district=area_names("district").get(chosen.district, here.name)), anchor=False
)
period = last_current_or_stop(chosen)
culture = facility_kinds().query("grouping == 'culture'")
left, right = st.columns([3, 1])
wanted = controls.linked_many(
    left.multiselect,
    _("Kinds of venue"),
    list(culture.index),
    key="venues",
    default=["museum", "theatre", "cinema", "nightclub", "coworking"],
    format_func=culture["label"].get,
)
with right:
    level = level_control()
if not wanted:
    controls.empty(_("No kind of venue is chosen."), _("Choose one or more above."))
    st.stop()
kinds = tuple(sorted(wanted))
density_section(chosen, kinds, period, level)
st.header(_("Structure and specialisation"), anchor=False, divider="gray")
structure_section(chosen, kinds)
st.header(_("Hot spots"), anchor=False, divider="gray")
hotspot_section(chosen, kinds)
st.header(_("The walk to culture"), anchor=False, divider="gray")
walk_section(chosen, kinds, period, level)
