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
from views.language import _


def equity_section(kind: str, walker: str, limit: int, period: pd.Timestamp) -> None:
    """How evenly places are spread over people, and who walks further."""
    found = results.fairness(kind, walker, limit, period)
    tiles = st.columns(4)
    tiles[0].metric(_("Gini of places"), text.number(found["gini"], 2), border=True, help=_("0: the same for all."))
    tiles[1].metric(
        _("Best 10 % / worst 40 %"),
        text.number(found["palma"], 2),
        border=True,
        help=_("Palma-style ratio; 0.25 would be even."),
    )
    tiles[2].metric(
        _("Against child poverty"),
        text.number(found["concentration"], 3),
        border=True,
        help=_(
            "Concentration index: above 0, places lean to areas with much child poverty; below 0, to areas with little."
        ),
    )
    counted = results.knows_displaced()
    tiles[3].metric(
        _("Displaced walk more"),
        _("{gap_mean:+.1f} min", gap_mean=found["gap_mean"]) if counted else _(text.GAP),
        border=True,
        help=None
        if not counted
        else _(
            "95 % bootstrap interval {gap_low:+.1f} to {gap_high:+.1f} minutes.",
            gap_low=found["gap_low"],
            gap_high=found["gap_high"],
        ),
    )
    low, high = float(found["gap_low"] or 0), float(found["gap_high"] or 0)
    sure = _("differs") if low * high > 0 else _("cannot be told from that of the others")
    if counted:
        st.markdown(
            _(
                "The walk of residents of displaced origin {sure}: 95 % interval {gap_low:+.1f} to {gap_high:+.1f} "
                "minutes, bootstrapped over planning areas.",
                sure=sure,
                gap_low=found["gap_low"],
                gap_high=found["gap_high"],
            )
        )
    rows = results.lorenz(kind, walker, limit, period)
    charts.show(
        charts.lines(rows, "people", "good", "group", unit=_("% of places, by % of people, worst served first")),
        title=_("Lorenz curve of places in reach: Gini {gini}", gini=text.number(found["gini"], 2)),
        unit=_("% of places in reach (E2SFCA, estimate), by % of people, {period}", period=text.day(period)),
        source=facilities_credit(),
        key="lorenz",
        table=rows,
    )


def cluster_section(chosen: Territory, kind: str, walker: str, limit: int, measure: str, period: pd.Timestamp) -> None:
    """Not a rainbow: the areas that are jointly underserved."""
    low_is_bad = MEASURES[measure][4]
    with st.spinner(_("Permuting neighbours …")):
        whole, kinds = results.joint(kind, walker, limit, period, measure)
    bad = kinds[kinds == ("low" if low_is_bad else "high")].index
    names = area_names("planning_area")
    st.subheader(
        _("{bad} areas are jointly underserved", bad=len(bad)) if len(bad) else _("No areas are jointly underserved"),
        anchor=False,
    )
    labels = {True: _("jointly underserved"), False: _("jointly well served")}
    rows = pd.DataFrame({"area_id": kinds.index, "kind": kinds.to_numpy()})
    rows["name"] = rows["area_id"].map(names)
    rows["shown"] = [_("no cluster") if not kind else labels[(kind == "low") == low_is_bad] for kind in rows["kind"]]
    rows["value"] = [float("nan") if not kind else float((kind == "low") == low_is_bad) for kind in rows["kind"]]
    grouped = classes.classify(rows["value"])
    maps.legend(
        _("clusters (local Moran, false discoveries held to 5 %)"),
        grouped,
        [labels[bool(value)] for value in grouped.lows],
        missing=_("no cluster"),
    )
    lon, lat, zoom = view_of(chosen.district)
    maps.show(
        [maps.area_layer(area_shapes("planning_area"), rows, grouped, key="area_id", selected=chosen.area)],
        lon=lon,
        lat=lat,
        zoom=zoom,
        key="clusters",
        summary=_("Map of {bad} jointly underserved areas", bad=len(bad)),
        on_pick=pick_area("planning_area"),
    )
    st.caption(
        _(
            "Moran's I {moran:.2f} ({p}, 999 permutations); {measures}, {period} · Source: {facilities_credit}",
            moran=whole["moran"],
            p=text.p_value(whole["p"]),
            measures=_(MEASURES[measure][1]),
            period=text.day(period),
            facilities_credit=facilities_credit(),
        )
    )
    exports.downloads(rows[["area_id", "name", "shown"]], "clusters", facilities_credit(), "clusters")


chosen = choices()
st.title(_("Equity of access in {name}", name=city().name), anchor=False)
kind, walker, limit, measure, period = question(chosen)
equity_section(kind, walker, limit, period)
st.header(_("Where the underserved cluster"), anchor=False, divider="gray")
cluster_section(chosen, kind, walker, limit, measure, period)
