"""Diverse and divided: mix of origins against segregation, at several scales."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages import inclusion_results as results
from pages.common import (
    area_names,
    choices,
    city,
    half_years,
    in_district,
    last_current_or_stop,
    level_control,
    need,
    source,
)
from pages.labels import level_plurals
from views import charts, comparisons, controls, text
from views.controls import Territory
from views.language import _


def scales_section(period: pd.Timestamp, chosen: Territory) -> None:
    """At which scale groups live apart, and whether that changed."""
    here, rows = city(), results.segregation(period)
    names = level_plurals() | {"smallest": level_plurals()["planning_area"]}
    rows = rows.assign(
        label=[
            _("among {areas}", areas=names[scale]) if number == 0 else _("inside, among {areas}", areas=names[scale])
            for number, scale in enumerate(rows["scale"])
        ],
        part=100 * rows["share"],
    )
    whole, most = rows["h"].iloc[-1], rows.loc[rows["share"].idxmax()]
    credit = f"{source('residents_by_background', here.key)}; {source('residents', here.key)}"
    charts.show(
        charts.bars(rows, "label", "part", unit="", digits=0),
        title=_("Most of the separation lies {label}: {share}", label=most["label"], share=text.percent(most["share"])),
        unit=_(
            "% of Theil's H among planning areas ({whole:.3f}; 0 even, 1 wholly apart), three groups, {period}",
            whole=whole,
            period=text.day(period),
        ),
        source=credit,
        key="scales",
        table=rows.drop(columns="part"),
    )
    periods = tuple(
        one for one in half_years(chosen.first_year, chosen.last_year) if one >= pd.Timestamp(here.boundary_since)
    )
    if len(periods) < 2:
        return
    path = results.segregation_over_time(periods)
    change = path["h"].iloc[-1] / path["h"].iloc[0] - 1
    charts.show(
        charts.lines(path, "period", "h", "group", unit="", digits=3),
        title=_(
            "Separation changed by {change} since {periods}",
            change=text.signed_percent(change),
            periods=text.day(periods[0]),
        ),
        unit=_(
            "Theil's H of residents without migration background, Germans with one, and foreign nationals, among "
            "planning areas of the cut of 2021"
        ),
        source=credit,
        key="over-time",
        table=path,
    )


def mix_section(period: pd.Timestamp, chosen: Territory, level: str) -> None:
    """Areas by how mixed they are and how far from the city."""
    rows = results.measured(period, level)[["origin_mix", "apart", "residents"]].dropna().reset_index()
    rows = in_district(rows.assign(name=rows["area_id"].map(area_names(level))), chosen.district, level)
    if len(rows) < 2:
        controls.empty(_("Fewer than two areas have both figures."), _("Choose the whole city or smaller areas."))
        return
    middle = rows["origin_mix"].median(), rows["apart"].median()
    both = int(((rows["origin_mix"] > middle[0]) & (rows["apart"] > middle[1])).sum())
    ends = [
        *rows.nlargest(2, "origin_mix")["name"],
        *rows.nsmallest(2, "origin_mix")["name"],
        *rows.nlargest(2, "apart")["name"],
    ]
    charts.show(
        comparisons.scatter(
            rows,
            "origin_mix",
            "apart",
            "name",
            x_unit=_("effective number of origins"),
            y_unit=_("% points apart from the city"),
            across=(float(middle[0]), float(middle[1])),
            labelled=ends,
        ),
        title=_(
            "{both} of {rows} areas are more mixed than the middle and more apart from the city: diverse and divided",
            both=both,
            rows=len(rows),
        ),
        unit=_(
            "mix of origins of residents with a migration background, and distance from the city's composition, "
            "{period}; dotted: medians",
            period=text.day(period),
        ),
        source=f"{source('residents_by_origin', city().key)}; {source('residents_by_background', city().key)}",
        key="mix",
        table=rows,
    )


chosen = choices()
st.title(
    _("Diverse and divided? {district}", district=area_names("district").get(chosen.district, city().name)),
    anchor=False,
)
need("residents_by_origin", "residents_by_background")
period = last_current_or_stop(chosen)
level = level_control()
mix_section(period, chosen, level)
st.header(_("At which scale: {name}", name=city().name), anchor=False, divider="gray")
scales_section(period, chosen)
