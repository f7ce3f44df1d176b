"""Equity of access: how evenly places are spread over people, who walks further, where the underserved cluster."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics import classes
from pages import reach_results as results
from pages.common import area_names, area_shapes, choices, city, facilities_credit, pick_area, view_of
from pages.reach_controls import MEASURES, question
from views import charts, exports, maps, text
from views.controls import Territory


def equity_section(kind: str, walker: str, limit: int, period: pd.Timestamp) -> None:
    """How evenly places are spread over people, and who walks further."""
    found = results.fairness(kind, walker, limit, period)
    tiles = st.columns(4)
    tiles[0].metric("Gini of places", text.number(found["gini"], 2), border=True, help="0: the same for all.")
    tiles[1].metric("Best 10 % / worst 40 %", text.number(found["palma"], 2), border=True,
                    help="Palma-style ratio; 0.25 would be even.")  # fmt: skip
    tiles[2].metric("Against child poverty", text.number(found["concentration"], 3), border=True,
                    help="Concentration index: above 0, places lean to areas with much child poverty; below 0, to "
                         "areas with little.")  # fmt: skip
    tiles[3].metric("Displaced walk more", f"{found['gap_mean']:+.1f} min", border=True,
                    help=f"95 % bootstrap interval {found['gap_low']:+.1f} to {found['gap_high']:+.1f} minutes.")  # fmt: skip
    low, high = float(found["gap_low"] or 0), float(found["gap_high"] or 0)
    sure = "differs" if low * high > 0 else "cannot be told from that of the others"
    st.markdown(f"The walk of residents of displaced origin {sure}: 95 % interval {found['gap_low']:+.1f} to "
                f"{found['gap_high']:+.1f} minutes, bootstrapped over planning areas.")  # fmt: skip
    rows = results.lorenz(kind, walker, limit, period)
    charts.show(charts.lines(rows, "people", "good", "group", unit="% of places, by % of people, worst served first"),
                title=f"Lorenz curve of places in reach: Gini {text.number(found['gini'], 2)}",
                unit=f"% of places in reach (E2SFCA, estimate), by % of people, {text.day(period)}", source=facilities_credit(),
                key="lorenz", table=rows)  # fmt: skip


def cluster_section(chosen: Territory, kind: str, walker: str, limit: int, measure: str, period: pd.Timestamp) -> None:
    """Not a rainbow: the areas that are jointly underserved."""
    low_is_bad = MEASURES[measure][4]
    with st.spinner("Permuting neighbours; the first time after a start takes about a quarter of a minute …"):
        whole, kinds = results.joint(kind, walker, limit, period, measure)
    bad = kinds[kinds == ("low" if low_is_bad else "high")].index
    names = area_names("planning_area")
    st.subheader(
        f"{len(bad)} areas are jointly underserved" if len(bad) else "No areas are jointly underserved", anchor=False
    )
    labels = {True: "jointly underserved", False: "jointly well served"}
    rows = pd.DataFrame({"area_id": kinds.index, "kind": kinds.to_numpy()})
    rows["name"] = rows["area_id"].map(names)
    rows["shown"] = ["no cluster" if not kind else labels[(kind == "low") == low_is_bad] for kind in rows["kind"]]
    rows["value"] = [float("nan") if not kind else float((kind == "low") == low_is_bad) for kind in rows["kind"]]
    grouped = classes.classify(rows["value"])
    maps.legend("clusters (local Moran, false discoveries held to 5 %)", grouped,
                [labels[bool(value)] for value in grouped.lows], missing="no cluster")  # fmt: skip
    lon, lat, zoom = view_of(chosen.district)
    maps.show([maps.area_layer(area_shapes("planning_area"), rows, grouped,
                               key="area_id", selected=chosen.area)], lon=lon, lat=lat, zoom=zoom, key="clusters",
              summary=f"Map of {len(bad)} jointly underserved areas", on_pick=pick_area("planning_area"))  # fmt: skip
    st.caption(f"Moran's I {whole['moran']:.2f} ({text.p_value(whole['p'])}, 999 permutations); {MEASURES[measure][1]}, "
               f"{text.day(period)} · Source: {facilities_credit()}")  # fmt: skip
    exports.downloads(rows[["area_id", "name", "shown"]], "clusters", facilities_credit(), "clusters")


chosen = choices()
st.title(f"Equity of access in {city().name}", anchor=False)
kind, walker, limit, measure, period = question(chosen)
equity_section(kind, walker, limit, period)
st.header("Where the underserved cluster", anchor=False, divider="gray")
cluster_section(chosen, kind, walker, limit, measure, period)
