"""Overview: displacement, services and creative work in the chosen territory, six figures on one screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import numpy as np
import pandas as pd
import streamlit as st

import data
from analytics import coverage, displacement
from data import engine
from pages.common import (
    area_names,
    cached,
    choices,
    city,
    country_names,
    district_of,
    half_years,
    known,
    metres_to,
    optional,
    table,
)
from views import charts, controls, text
from views.controls import Territory
from views.language import _

Rows = TypeVar("Rows", pd.Series, pd.DataFrame)
WALK_M = 1000


@cached
def world_stock(country: str | None) -> pd.Series:
    """People by year, of every year: a change of years only cuts it."""
    categories = displacement.ACROSS_BORDERS if country else displacement.FORCIBLY_DISPLACED
    asked = displacement.stock(engine.table("displaced"), "category", asylum=country, categories=categories)
    years = engine.run(asked)
    return years.groupby("year")["persons"].sum()


@cached
def displaced_residents(district: str) -> pd.Series:
    """Residents of displaced origins by half-year, of every year."""
    here = city()
    rows = optional("residents_by_origin")
    level, area = ("district", district) if district else ("city", None)
    keep = (rows["level"] == level) & rows["origin"].isin(here.displaced_origins)
    if area:
        keep &= rows["area_id"] == area
    return rows[keep].groupby("period")["persons"].sum(min_count=max(1, len(here.displaced_origins)))


@cached
def local() -> pd.DataFrame:
    """Day-care places per 100 children under 6 and the share near a library, by district ('': the city) and half-year, of every year."""
    here = city()
    residents, places, rows = table("residents", here.key), optional("facilities"), []
    groups = district_of()
    daycare = places[places["kind"] == "daycare"]
    daycare = _with_whole(daycare.groupby(daycare["area_id"].map(groups))["places"].sum(min_count=1))
    for period in half_years(0, 9999):
        people = residents[residents["period"] == period]
        everyone, children = coverage.of_age(people, None, None), coverage.of_age(people, 0, 6)
        # Which district a facility or a child is in did not change in 2021; which planning area did.
        young = _with_whole(children.groupby(children["area_id"].map(groups))["persons"].sum(min_count=1))
        figures = pd.DataFrame(
            {"period": period, "daycare": 100 * daycare.reindex(young.index) / young, "library": np.nan}
        )
        if period >= pd.Timestamp(here.boundary_since) and (places["kind"] == "library").any():
            near = coverage.share_within(table("cells", here.key), metres_to("library"), everyone, WALK_M, groups)
            near = near.set_index("area_id")
            figures["library"] = _with_whole(near["within"]) / _with_whole(near["persons"])
        rows.append(figures.rename_axis("district").reset_index())
    return pd.concat(rows) if rows else pd.DataFrame(columns=["district", "period", "daycare", "library"])


def _with_whole(by_district: pd.Series) -> pd.Series:
    figures = by_district.astype("float64")
    return pd.concat([figures, pd.Series({"": figures.sum(min_count=1)})])


def within(rows: Rows, chosen: Territory) -> Rows:
    """The chosen years of what is known by half-year."""
    kept: Rows = rows[(rows.index.year >= chosen.first_year) & (rows.index.year <= chosen.last_year)]
    return kept


def tile(label: str, series: pd.Series, note: str, page: str, show: Callable[[float], str] = text.compact) -> None:
    """One figure: value, change over the period, its path, what it is and whose, and the way to its page."""
    path = series.dropna().astype(float)
    with st.container(border=True, height="stretch"):
        st.markdown(f"**{label}**")
        if path.empty:
            controls.empty(_("No figure in these years."), _("Widen the years in the sidebar."))
            return
        change = displacement.change(path.iloc[0], path.iloc[-1]) if len(path) > 1 else None
        first = path.index[0].year if isinstance(path.index[0], pd.Timestamp) else path.index[0]
        value = show(path.iloc[-1])
        st.metric(
            label,
            value,
            None if change is None else text.signed_percent(change),
            delta_color="off",
            delta_description=_("since {first}", first=first),
            label_visibility="collapsed",
        )
        charts.sparkline(
            path,
            f"path-{label}",
            _(
                "{label}: from {iloc} in {first} to {value}",
                label=label,
                iloc=show(path.iloc[0]),
                first=first,
                value=value,
            ),
        )
        last = path.index[-1]
        st.caption(f"{text.day(last) if isinstance(last, pd.Timestamp) else last} · {note}")
        st.page_link(page, label=_("Look closer"), icon=":material/arrow_forward:", help=label)


def displacement_tiles(chosen: Territory, place: str) -> None:
    """World, country and city on one row."""
    names, columns = country_names(), st.columns(3)
    whose, page = data.entry("displaced").attribution, "pages/displacement.py"
    with columns[0]:
        tile(
            _("Forcibly displaced worldwide"),
            world_stock(None).loc[chosen.first_year : chosen.last_year],
            _("Persons at year end, sum of the categories · {whose}", whose=whose),
            page,
        )
    with columns[1]:
        tile(
            _("Displaced people in {names}", names=names[chosen.country]),
            world_stock(chosen.country).loc[chosen.first_year : chosen.last_year],
            _("Refugees, asylum-seekers and others in need, persons at year end · {whose}", whose=whose),
            page,
        )
    origins = " and ".join(names[code] for code in city().displaced_origins) or _("countries that people flee from")
    with columns[2]:
        tile(
            _("Residents from {origins} in {place}", origins=origins, place=place),
            within(displaced_residents(chosen.district), chosen),
            _(
                "Persons with that migration background · {attribution}",
                attribution=data.entry("residents_by_origin", city().key).attribution
                if known("residents_by_origin")
                else text.GAP,
            ),
            "pages/displacement_city.py",
        )


def local_tiles(chosen: Territory, place: str) -> None:
    """Services and creative work."""
    here, columns = city(), st.columns(3)
    figures = local()
    figures = within(figures[figures["district"] == chosen.district].set_index("period"), chosen)
    residents = data.entry("residents", here.key).attribution
    registers = data.entry("facilities", here.key).attribution if known("facilities") else text.GAP
    with columns[0]:
        tile(
            _("Day-care places per 100 children under 6 in {place}", place=place),
            figures["daycare"],
            _(
                "Places of 2023 over the children of each half-year · {registers}; {residents}",
                registers=registers,
                residents=residents,
            ),
            "pages/coverage.py",
            lambda value: text.number(value, 1),
        )
    with columns[1]:
        tile(
            _("Residents within 1 km of a library in {place}", place=place),
            figures["library"],
            _(
                "Estimate, straight line, libraries of 2025-09 · {registers}; {residents}",
                registers=registers,
                residents=residents,
            ),
            "pages/coverage.py",
            text.percent,
        )
    work = table("cultural_employment")
    work = work[(work["nuts_id"] == here.region) & work["year"].between(chosen.first_year, chosen.last_year)]
    with columns[2]:
        tile(
            _("Cultural employment in {region_name}", region_name=here.region_name),
            1000 * work.set_index("year")["thousand_persons"],
            _(
                "Persons, yearly average (scope: Eurostat culture statistics); the series breaks in 2021 · "
                "{attribution}",
                attribution=data.entry("cultural_employment").attribution,
            ),
            "pages/creative.py",
        )


chosen = choices()
place = area_names("district").get(chosen.district, city().name)
st.title(_("{place}: who arrives, who is served, who creates", place=place), anchor=False)
st.markdown(
    _(
        "Displacement, services and creative work, {first_year} to {last_year}.",
        first_year=chosen.first_year,
        last_year=chosen.last_year,
    )
)
displacement_tiles(chosen, place)
local_tiles(chosen, place)
if not half_years(chosen.first_year, chosen.last_year):
    controls.empty(
        _("{name} counts residents from 2015 to 2024.", name=city().name),
        _("Move the years in the sidebar to see its figures."),
    )
