"""Displacement in the city: how many reached it, which districts, how mixed and how apart they live."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics import displacement
from pages.city_origins import (
    MEASURES,
    bridged,
    by_area,
    evenness,
    growth_since,
    growth_starts,
    hidden_share,
    in_districts,
    series,
)
from pages.common import (
    area_map,
    area_names,
    choices,
    city,
    country_names,
    in_district,
    known,
    last_current,
    level_control,
    need,
    source,
)
from views import charts, controls, flows, text
from views.controls import Territory
from views.language import _, inside

MARKS = {pd.Timestamp("2022-02-24"): "24 Feb 2022"}
BEFORE_WAR = pd.Timestamp("2021-12-31")


def mark(period: pd.Timestamp) -> str:
    """A half-year, with what stands out about it."""
    notes = {BEFORE_WAR: _("last before February 2022"), pd.Timestamp("2015-06-30"): _("the summer of 2015")}
    return text.day(period) + (f" ({notes[period]})" if period in notes else "")


def series_section(chosen: Territory, place: str, origins: list[str]) -> None:
    """The chosen origins over time, in the city or the district; districts did not change in 2021."""
    here, names = city(), country_names()
    measure = controls.linked(
        st.radio,
        _("Measure"),
        ["persons", "per_1000", "index"],
        horizontal=True,
        key="city_measure",
        format_func={
            "persons": _("Persons"),
            "per_1000": _("Per 1,000 residents"),
            "index": _("Index, first half-year = 100"),
        }.get,
    )
    rows = series(chosen.district, chosen.first_year, chosen.last_year)
    rows = rows[rows["origin"].isin(origins)].assign(group=lambda t: t["origin"].map(names))
    if rows["persons"].isna().all():
        controls.empty(
            _("Every area is suppressed or unknown."), _("Choose larger areas, other years or another origin.")
        )
        return
    count = rows[rows["period"] == rows["period"].max()].sort_values("persons", ascending=False).iloc[0]
    if measure == "index":
        rows = displacement.index_to_first(rows, "group", "period").assign(value=lambda t: t["persons"])
    else:
        rows["value"] = rows["persons"] if measure == "persons" else rows["per_1000"]
    unit = {
        "persons": _("residents with that migration background"),
        "index": _("index, first half-year shown = 100"),
        "per_1000": _("residents with that migration background per 1,000 residents"),
    }[measure]
    since = growth_since(chosen.district, count["origin"], chosen.first_year, chosen.last_year)
    title = _(
        "{persons} residents of {place} have roots in {group}",
        persons=text.number(count["persons"]),
        place=place,
        group=count["group"],
    )
    title += "".join(
        _(", {rate} since {mark}", rate=text.signed_percent(rate, 0), mark=mark) for mark, rate in since.items()
    )
    figure = charts.lines(
        rows, "period", "value", "group", unit=unit, digits=0 if measure == "persons" else 1, breaks=MARKS
    )
    charts.show(
        figure,
        title=title,
        unit=_("{unit}, at each half-year's end", unit=unit),
        key="city-origins",
        source=source("residents_by_origin", here.key),
        table=rows[["period", "group", "persons", "per_1000", "suppressed"]],
    )


def map_section(chosen: Territory, origins: list[str]) -> None:
    """Where they live: counts, rates, location quotient, growth or diversity, by area."""
    here, names = city(), country_names()
    period = last_current(chosen.first_year, chosen.last_year)
    if period is None:
        controls.empty(
            _(
                "Areas were redrawn on {boundary_since}; earlier half-years do not fit the map.",
                boundary_since=here.boundary_since,
            ),
            _("Choose later years in the sidebar."),
        )
        return
    left, middle, right = st.columns(3)
    measure = controls.linked(
        left.selectbox, _("On the map"), list(MEASURES), format_func=lambda m: _(MEASURES[m][0]), key="map_measure"
    )
    origin = origins[0]
    if measure != "diversity":
        origin = middle.selectbox(_("Origin"), origins, format_func=names.__getitem__)
    with right:
        level = level_control("planning_area")
    label, unit, digits = _(MEASURES[measure][0]), _(MEASURES[measure][1]), MEASURES[measure][2]
    since = period
    if measure == "growth":
        starts = growth_starts(period, level)
        war = starts.index(BEFORE_WAR) if BEFORE_WAR in starts else 0
        since = st.selectbox(_("Growth since"), starts, index=war, format_func=mark, key=f"since_{level}")
        unit = _("% change since {since}", since=text.day(since))
    rows = by_area(period, origin, level, measure, since)
    rows = in_district(rows, chosen.district, level)
    if rows["value"].isna().all():
        controls.empty(
            _("Every area is suppressed or unknown."), _("Choose larger areas, other years or another origin.")
        )
        return
    rows = rows.assign(name=rows["area_id"].map(area_names(level)))
    top = rows.loc[rows["value"].idxmax()]
    who = (
        _("Most mixed")
        if measure == "diversity"
        else _("{names}: {label} is highest in", names=names[origin], label=inside(label))
    )
    area_map(
        rows,
        level=level,
        title=f"{who} {top['name']}, {top['shown']}",
        unit=f"{unit}, {text.day(period)}",
        credit=source("residents_by_origin", here.key),
        key="city-map",
        chosen=chosen,
        digits=digits,
        note=_(
            "{value} of {rows} areas suppressed or unknown (grey)",
            value=int(rows["value"].isna().sum()),
            rows=len(rows),
        ),
    )


def apart_section(chosen: Territory) -> None:
    """How unevenly each origin is spread over the planning areas."""
    here, names = city(), country_names()
    period = last_current(chosen.first_year, chosen.last_year)
    if period is None:
        return
    rows = evenness(period).assign(name=lambda t: t["origin"].map(names))
    most = rows.loc[rows["dissimilarity"].idxmax()]
    unit = _("dissimilarity index, % who would have to move to another planning area for an even spread")
    figure = charts.bars(
        rows.assign(percent=100 * rows["dissimilarity"]), "name", "percent", unit=_("dissimilarity, %"), digits=0
    )
    share = hidden_share(period)
    charts.show(
        figure,
        title=_(
            "Most apart: {name}, {dissimilarity} would have to move",
            name=most["name"],
            dissimilarity=text.percent(most["dissimilarity"]),
        ),
        unit=_(
            "{unit}, {period}; over areas with a published count, which hold all but {share} of the people",
            unit=unit,
            period=text.day(period),
            share=text.percent(share, 1),
        ),
        source=source("residents_by_origin", here.key),
        key="apart",
        table=rows[["name", "persons", "dissimilarity", "isolation", "areas", "hidden_areas"]],
    )


def districts_section(chosen: Territory, origins: list[str]) -> None:
    """Every district on one scale."""
    here, names = city(), country_names()
    rows = in_districts(tuple(origins), chosen.first_year, chosen.last_year)
    rows = rows.assign(group=rows["origin"].map(names), district=rows["area_id"].map(area_names("district")))
    unit = _("residents with that migration background")
    charts.show(
        flows.small_multiples(rows, "period", "persons", "district", "group", unit=_("persons")),
        title=_("District by district, on one scale"),
        unit=_("{unit}, at each half-year's end", unit=unit),
        key="multiples",
        source=source("residents_by_origin", here.key),
        table=rows[["period", "district", "group", "persons", "suppressed"]],
    )


def bridge_section(chosen: Territory, origins: list[str]) -> None:
    """Across the change of areas: an estimate that says so, with its error."""
    here, names = city(), country_names()
    if not chosen.area:
        controls.empty(
            _("Choose a planning area to see it across the change of areas in 2021."),
            _("Use the sidebar or click the map."),
        )
        return
    rows, wrong = bridged(chosen.area, tuple(origins))
    name = area_names("planning_area")[chosen.area]
    if rows["persons"].notna().sum() < 2:
        controls.empty(_("Too many counts of {name} are suppressed.", name=name), _("Choose another area or origin."))
        return
    figure = charts.lines(
        rows.assign(group=rows["origin"].map(names)).dropna(subset="persons"),
        "period",
        "persons",
        "group",
        unit=_("residents"),
        breaks={pd.Timestamp("2021-01-01"): _("new areas")},
    )
    unit = _(
        "residents with that migration background; before 2021 an estimate by shared area (areal weighting), "
        "whose error on 2020-12-31, known in both cuts, is {median_error} in the middle area and within 10 % "
        "in {within_10_percent} of areas",
        median_error=text.percent(wrong["median_error"], 1),
        within_10_percent=text.percent(wrong["within_10_percent"]),
    )
    charts.show(
        figure,
        title=_("{name} across the change of areas (estimate before 2021)", name=name),
        unit=unit,
        key="bridge",
        source=source("bridge", here.key),
        table=rows,
    )


chosen = choices()
here = city()
need("residents_by_origin")
place = area_names("district").get(chosen.district, here.name)
st.title(_("Displacement in {place}", place=place), anchor=False)
st.markdown(
    _(
        "City statistics count where people have roots, not why they came. {displaced_origins_why}",
        displaced_origins_why=_(here.displaced_origins_why),
    )
)
counted = series(chosen.district, chosen.first_year, chosen.last_year)
if counted.empty:
    controls.empty(
        _("{name} counts residents by origin from 2015 to 2024.", name=here.name), _("Move the years in the sidebar.")
    )
    st.stop()
options = sorted(counted["origin"].unique(), key=country_names().__getitem__)
origins = controls.linked_many(
    st.multiselect,
    _("Origins"),
    options,
    default=[code for code in here.displaced_origins if code in options],
    key="origins",
    format_func=country_names().__getitem__,
)
if not origins:
    controls.empty(_("No origin is chosen."), _("Choose one or more above."))
    st.stop()
series_section(chosen, place, origins)
st.header(_("Which areas"), anchor=False, divider="gray")
map_section(chosen, origins)
districts_section(chosen, origins)
st.header(_("Together or apart"), anchor=False, divider="gray")
apart_section(chosen)
if known("bridge"):
    st.header(_("Across the change of areas in 2021"), anchor=False, divider="gray")
    bridge_section(chosen, origins)
