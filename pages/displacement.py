"""Displacement trends: world, country, city and district in one flow."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics import displacement
from pages.common import (
    area_map,
    area_names,
    cached,
    choices,
    city,
    country_names,
    half_years,
    hierarchy,
    holder,
    in_district,
    level_control,
    source,
    table,
)
from views import charts, controls, text
from views.controls import Territory

MEASURES = {"absolute": "Persons", "per_1000": "Per 1,000 residents", "index": "Index, first year = 100"}


@cached
def world_series(by: str, country: str | None, first: int, last: int, n: int = 7) -> pd.DataFrame:
    categories = displacement.ACROSS_BORDERS if country else displacement.FORCIBLY_DISPLACED
    rows = displacement.stock(table("displaced"), by, asylum=country, years=(first, last), categories=categories)
    return displacement.top_with_rest(rows, by, n)


@cached
def city_series(area: str, level: str, first: int, last: int) -> pd.DataFrame:
    """Named origins in one area of the city: period, origin, persons, suppressed."""
    rows = table("residents_by_origin", city().key)
    keep = (rows["level"] == level) & (rows["area_id"] == area) & rows["period"].dt.year.between(first, last)
    return rows[keep][["period", "origin", "persons", "suppressed"]]


@cached
def city_map(period: pd.Timestamp, origin: str, level: str, measure: str) -> pd.DataFrame:
    """Residents of an origin by area, with the text its map shows."""
    here = city()
    rows = table("residents_by_origin", here.key)
    rows = rows[(rows["period"] == period) & (rows["level"] == level) & (rows["origin"] == origin)]
    people = table("residents", here.key)
    people = people[people["period"] == period]
    all_residents = people.groupby(people["area_id"].map(hierarchy()[level]))["persons"].sum()
    result = rows[["area_id", "persons", "suppressed"]].reset_index(drop=True)
    result["residents"] = result["area_id"].map(all_residents)
    result["per_1000"] = displacement.per_1000(result["persons"], result["residents"])
    value = "per_1000" if measure == "per_1000" else "persons"
    result["value"] = result[value].astype("float64")
    unit = "per 1,000 residents" if value == "per_1000" else "persons"
    result["shown"] = [
        text.SUPPRESSED if hidden else f"{text.number(amount, 1 if value == 'per_1000' else 0)} {unit}"
        for amount, hidden in zip(result[value], result["suppressed"], strict=True)
    ]
    return result.assign(name=result["area_id"].map(area_names(level)))


def world_section(chosen: Territory, by: str, measure: str) -> None:
    """The world, then the country of asylum."""
    names = {**displacement.LABELS, **country_names(), "REST": "All others"}
    for country, place in ((None, "the world"), (chosen.country, country_names()[chosen.country])):
        st.header("World" if country is None else place, anchor=False, divider="gray")
        if country and by == "asylum":
            continue
        rows = world_series(by, country, chosen.first_year, chosen.last_year)
        if rows.empty:
            controls.empty(f"UNHCR counts nobody in {place} in these years.", "Widen the years in the sidebar.")
            continue
        total = rows.groupby("year")["persons"].sum()
        rows = rows.assign(group=rows[by].map(names))
        unit = "persons"
        if measure == "index":
            rows, unit = displacement.index_to_first(rows, "group"), "index, first year shown = 100"
        elif measure == "per_1000":
            residents = table("country_population")
            base = (
                residents["persons"].sum() if country is None else residents.set_index("iso3")["persons"].get(country)
            )
            if not base:
                controls.empty(f"There is no count of residents for {place}.", "Choose persons or index.")
                continue
            rows = rows.assign(persons=displacement.per_1000(rows["persons"], pd.Series(base, index=rows.index)))
            unit = "displaced people per 1,000 residents of 2019 (World Bank, SP.POP.TOTL)"
        change = displacement.change(total.iloc[0], total.iloc[-1])
        title = f"{text.compact(total.iloc[-1])} displaced people in {place} at the end of {total.index[-1]}"
        if len(total) > 1:
            title += f", {text.signed_percent(change, 0)} since {total.index[0]}"
        figure = charts.lines(rows, "year", "persons", "group", unit=unit, stacked=measure != "index",
                              digits=0 if measure == "absolute" else 1)  # fmt: skip
        charts.show(figure, title=title, unit=unit, source=source("displaced"), key=f"world-{country}",
                    table=rows[["year", "group", "persons"]].rename(columns={"persons": unit}))  # fmt: skip
    st.caption("The sum counts people under two mandates twice (some displaced Palestine refugees); UNHCR's published "
               "totals count them once and are a little lower.")  # fmt: skip


def city_section(chosen: Territory, measure: str) -> None:
    """The city and its district by origin, then the map by area."""
    here, names = city(), country_names()
    level, area = ("district", chosen.district) if chosen.district else ("city", None)
    area = area or next(iter(area_names("city")))
    place = area_names(level)[area]
    st.header(place, anchor=False, divider="gray")
    st.caption(here.displaced_origins_why)
    rows = city_series(area, level, chosen.first_year, chosen.last_year)
    if rows.empty:
        controls.empty(f"{here.name} counts residents by origin from 2015 to 2024.", "Move the years in the sidebar.")
        return
    origins = st.multiselect("Origins", sorted(rows["origin"].unique(), key=names.__getitem__), key="origins",
                             default=here.displaced_origins, format_func=names.__getitem__, bind="query-params")  # fmt: skip
    rows = rows[rows["origin"].isin(origins)].assign(group=lambda t: t["origin"].map(names))
    unit = "residents with that migration background"
    if measure == "index":
        rows, unit = displacement.index_to_first(rows, "group", "period"), "index, first half-year shown = 100"
    elif measure == "per_1000":
        people = in_district(table("residents", here.key), chosen.district).groupby("period")["persons"].sum()
        rows = rows.assign(persons=displacement.per_1000(rows["persons"], rows["period"].map(people)))
        unit = "residents with that migration background per 1,000 residents"
    if rows.empty:
        controls.empty("No origin is chosen.", "Choose one or more origins above.")
        return
    figure = charts.lines(rows, "period", "persons", "group", unit=unit, digits=0 if measure == "absolute" else 1,
                          breaks={pd.Timestamp("2022-02-24"): "24 Feb 2022"})  # fmt: skip
    last = rows[rows["period"] == rows["period"].max()]
    lead = last.loc[last["persons"].astype("float64").idxmax()]
    charts.show(figure, title=f"{place}: {text.number(lead['persons'], 0 if measure == 'absolute' else 1)} "
                f"({unit}) from {lead['group']} on {text.day(lead['period'])}",
                unit=unit, source=source("residents_by_origin", here.key), key="city-origins",
                table=rows[["period", "group", "persons", "suppressed"]])  # fmt: skip
    map_section(chosen, measure, origins)


def map_section(chosen: Territory, measure: str, origins: list[str]) -> None:
    """Where in the city residents of one origin live."""
    here, names = city(), country_names()
    periods = [p for p in half_years(chosen.first_year, chosen.last_year) if p >= pd.Timestamp(here.cut_since)]
    if not periods:
        controls.empty(f"Areas were redrawn on {here.cut_since}; earlier half-years do not fit the map.",
                       "Choose later years in the sidebar.")  # fmt: skip
        return
    left, middle, right = st.columns(3)
    origin = left.selectbox("Origin on the map", origins, format_func=names.__getitem__)
    with middle:
        level = level_control("planning_area")
    period = right.selectbox("Half-year", periods[::-1], format_func=text.day)
    rows = city_map(period, origin, level, measure)
    if chosen.district:
        rows = rows[rows["area_id"].map(holder(level)) == chosen.district]
    unit = "per 1,000 residents" if measure == "per_1000" else "persons"
    if rows["value"].isna().all():
        controls.empty("Every area is suppressed.", "Choose larger areas or another origin.")
        return
    top = rows.loc[rows["value"].idxmax()]
    area_map(rows, level=level, title=f"Residents from {names[origin]}: most in {top['name']}, {top['shown']}",
             unit=f"{unit}, {text.day(period)}", credit=source("residents_by_origin", here.key), key="city-map",
             chosen=chosen, digits=1 if measure == "per_1000" else 0,
             note=f"{int(rows['suppressed'].sum())} of {len(rows)} areas suppressed (grey)")  # fmt: skip


chosen = choices()
st.title("Displacement trends, from the world to the street", anchor=False)
left, right = st.columns(2)
by = left.radio("Break down by", ["category", "origin", "asylum"], horizontal=True, key="by", bind="query-params",
                format_func=str.capitalize)  # fmt: skip
measure = right.radio("Measure", list(MEASURES), horizontal=True, key="measure", bind="query-params",
                      format_func=MEASURES.__getitem__)  # fmt: skip
world_section(chosen, by, measure)
city_section(chosen, measure)
