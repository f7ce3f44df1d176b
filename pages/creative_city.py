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
    table,
    view_of,
)
from views import charts, comparisons, controls, exports, maps, text
from views.controls import Territory


def density_section(chosen: Territory, kinds: tuple[str, ...], period: pd.Timestamp, level: str) -> None:
    """Venues per 10,000 residents by area."""
    rows = places.venues(kinds, period, level)
    rows = rows.assign(value=rows["per_10000"], shown=[f"{text.number(rate, 1)} per 10,000 residents ({n} venues)"
                       for rate, n in zip(rows["per_10000"], rows["facilities"], strict=True)])  # fmt: skip
    rows = in_district(rows, chosen.district, level)
    settled = rows[rows["persons"] >= places.NOBODY]
    best = settled.loc[settled["value"].idxmax()] if len(settled) else rows.iloc[0]
    points = in_district(places.sites(kinds), chosen.district)
    points = points.assign(shown=points["kind"].map(table("facility_kinds").set_index("kind")["label"]))
    area_map(rows.drop(columns=["places", "without_places", "places_per_100"]), level=level, digits=1, key="venues-map",
             title=f"Densest in {best['name']}: {best['shown']}", unit=f"venues per 10,000 residents, {text.day(period)}",
             credit=facilities_credit(), chosen=chosen, points=points)  # fmt: skip


def structure_section(chosen: Territory, kinds: tuple[str, ...]) -> None:
    """What the venues are, and in which kind each district specialises."""
    counts = places.kinds_by_area(kinds, "district")
    counts = counts.assign(district=counts["area"].map(area_names("district")))
    credit = source("facilities", city().key)
    total = counts.groupby("kind")["count"].sum().sort_values()
    charts.show(comparisons.treemap(counts, "kind", "count", part="district", unit="venues"),
                title=f"{total.index[-1]}: {total.iloc[-1]} of {total.sum():,} venues, the most frequent kind",
                unit="venues by kind and district", source=credit, key="treemap", table=counts.drop(columns="area"))  # fmt: skip
    if len(kinds) < 2:
        return
    labels = table("facility_kinds").set_index("kind")["label"]
    kind = st.selectbox("Specialised in", [labels[one] for one in kinds], key="specialised", bind="query-params")
    rows = places.quotients(kinds, "district")
    rows = rows[(rows["kind"] == kind) & rows["low"].notna()]
    sure = rows[rows["low"] > 1]["name"]
    apart = specialisation.krugman(counts).sort_values()
    title = (f"{kind}: clearly over-represented in {', '.join(sure)}" if len(sure)
             else f"{kind}: no district is clearly above the city's share")  # fmt: skip
    charts.show(comparisons.intervals(rows, "name", "lq", "low", "high", unit="", digits=2, reference=1,
                                      marked=area_names("district").get(chosen.district, "")),
                title=title, unit=f"location quotient of '{kind}' among the chosen venues, city = 1, 95 % interval", source=credit,
                key="quotients", table=rows.drop(columns="area"))  # fmt: skip
    names = area_names("district")
    st.caption(f"Krugman index: the mix of venues is most like the rest of the city in {names[apart.index[0]]} ({apart.iloc[0]:.2f}) "
               f"and least in {names[apart.index[-1]]} ({apart.iloc[-1]:.2f}); 0 is alike, 2 nothing in common.")  # fmt: skip


def hotspot_section(chosen: Territory, kinds: tuple[str, ...]) -> None:
    """Where venues crowd: hot spots among planning areas, crowds whatever the borders."""
    rows, names = places.hot(kinds), area_names("planning_area")
    rows = rows.rename(columns={"area": "area_id"}).assign(name=lambda t: t["area_id"].map(names))
    words = {"hot": "hot spot", "cold": "cold spot", "": "neither"}
    rows["shown"] = [f"{words[kind]} (z {z:+.1f})" for kind, z in zip(rows["kind"], rows["z"], strict=True)]
    rows["value"] = [{"hot": 1.0, "cold": 0.0}.get(kind, float("nan")) for kind in rows["kind"]]
    crowd = places.crowded(kinds, 400, 8)
    sizes = crowd[crowd["crowd"] >= 0].groupby("crowd")
    hot = int((rows["kind"] == "hot").sum())
    st.subheader(
        f"{hot} planning areas are hot spots; venues form {sizes.ngroups} crowd{'s' if sizes.ngroups != 1 else ''}",
        anchor=False,
    )
    grouped = classes.classify(rows["value"])
    maps.legend("hot spots of venues (Getis-Ord Gi*, false discoveries held to 5 %)", grouped,
                [words["hot" if low else "cold"] for low in grouped.lows],
                f"{int((crowd['crowd'] >= 0).sum())} venues in a crowd (8 or more within 400 m, DBSCAN)", missing="neither")  # fmt: skip
    dots = in_district(crowd[crowd["crowd"] >= 0], chosen.district)
    dots = dots.assign(shown=[f"crowd {number + 1}" for number in dots["crowd"]], id=dots["area_id"])
    lon, lat, zoom = view_of(chosen.district)
    maps.show([maps.area_layer(area_shapes("planning_area"), rows, grouped, key="area_id", selected=chosen.area),
               maps.outline_layer(area_shapes("district")), maps.point_layer(dots)], lon=lon, lat=lat, zoom=zoom, key="hot",
              summary=f"Map of {hot} hot spots", on_pick=pick_area("planning_area"))  # fmt: skip
    st.caption(f"number of venues · Source: {source('facilities', city().key)}")
    listed = pd.DataFrame([(number + 1, len(part), names[part["area_id"].mode()[0]]) for number, part in sizes],
                          columns=["crowd", "venues", "mostly in"])  # fmt: skip
    st.dataframe(listed, hide_index=True, alt="Crowds of venues, largest first", height=220)
    exports.downloads(
        rows[["area_id", "name", "z", "p", "kind"]],
        "Hot spots of venues",
        source("facilities", city().key),
        "hot-table",
    )


def walk_section(chosen: Territory, kinds: tuple[str, ...], period: pd.Timestamp, level: str) -> None:
    """How far culture is on foot."""
    rows = in_district(places.minutes_to_culture(kinds, period, level), chosen.district, level)
    near = float((rows["share_within"] * rows["persons"]).sum() / rows["persons"].sum())
    rows = rows.assign(value=rows["minutes"], shown=[f"{minutes:.0f} minutes, {100 * share:.0f} % within 15 (estimate)" for minutes, share
                                                     in zip(rows["minutes"], rows["share_within"], strict=True)])  # fmt: skip
    area_map(rows, level=level, title=f"{text.percent(near)} of residents walk 15 minutes or less to one of these venues (estimate)",
             unit=f"mean minutes on foot to the nearest venue (estimate), {text.day(period)}", credit=facilities_credit(),
             key="culture-walk", chosen=chosen, note=city().estimate_note)  # fmt: skip


chosen = choices()
here = city()
st.title(f"Creative economy in {area_names('district').get(chosen.district, here.name)}", anchor=False)
period = last_current_or_stop(chosen)
culture = table("facility_kinds").set_index("kind").query("grouping == 'culture'")
left, right = st.columns([3, 1])
wanted = left.multiselect("Kinds of venue", list(culture.index), key="venues", bind="query-params",
                          default=["museum", "theatre", "cinema", "nightclub", "coworking"],
                          format_func=culture["label"].get)  # fmt: skip
with right:
    level = level_control("district_region")
if not wanted:
    controls.empty("No kind of venue is chosen.", "Choose one or more above.")
    st.stop()
kinds = tuple(sorted(wanted))
density_section(chosen, kinds, period, level)
st.header("Structure and specialisation", anchor=False, divider="gray")
structure_section(chosen, kinds)
st.header("Hot spots", anchor=False, divider="gray")
hotspot_section(chosen, kinds)
st.header("The walk to culture", anchor=False, divider="gray")
walk_section(chosen, kinds, period, level)
