"""Creative economy: cultural employment by region over time, and culture venues in the city."""

from __future__ import annotations

from functools import partial

import pandas as pd
import streamlit as st

from analytics import classes, coverage, creative, displacement
from pages.common import (
    area_map,
    area_names,
    cached,
    choices,
    city,
    facilities_credit,
    geometry,
    hierarchy,
    in_district,
    last_current,
    level_control,
    source,
    table,
)
from views import charts, controls, exports, maps, text

SCOPE = "Eurostat culture statistics"
EUROPE = (11.0, 52.5, 2.7)


@cached
def growth(first: int, last: int) -> pd.DataFrame:
    regions = table("regions")
    rows = creative.growth_against_median(table("cultural_employment"), first, last)
    return rows.merge(regions[["nuts_id", "name", "country"]], on="nuts_id", how="left")


@cached
def venues(kinds: tuple[str, ...], period: pd.Timestamp, level: str) -> pd.DataFrame:
    here = city()
    people, places = table("residents", here.key), table("facilities", here.key)
    everyone = coverage.of_age(people[people["period"] == period], None, None)
    rows = coverage.supply(places[places["kind"].isin(kinds)], everyone, hierarchy()[level])
    return rows.assign(name=rows["area_id"].map(area_names(level)))


def employment_section(first: int, last: int) -> None:
    """One region against others and against the median region."""
    here, work = city(), table("cultural_employment")
    names = table("regions").set_index("nuts_id")["name"]
    options = sorted(work["nuts_id"].unique())
    chosen_regions = st.multiselect("Regions (NUTS 2, cut of 2016)", options, default=[here.region], key="regions",
                                    format_func=lambda code: f"{names[code]} ({code})", bind="query-params")  # fmt: skip
    rows = work[work["nuts_id"].isin(chosen_regions) & work["year"].between(first, last)]
    if rows.empty:
        controls.empty("No region is chosen, or it has no figure in these years.", "Choose a region above.")
        return
    rows = rows.assign(group=rows["nuts_id"].map(names))
    median = creative.median_index(work[work["year"].between(first, last)])
    lines = displacement.index_to_first(rows, "group", value="thousand_persons")
    typical = median.assign(group=f"Median of {median['regions'].iloc[0]} regions").rename(
        columns={"index": "thousand_persons"}
    )
    lines = pd.concat([lines[["year", "group", "thousand_persons"]], typical[["year", "group", "thousand_persons"]]])
    lead = rows[rows["nuts_id"] == chosen_regions[0]].sort_values("year")
    unit = f"cultural employment, index, first year shown = 100 (scope: {SCOPE})"
    title = (f"{lead['group'].iloc[0]}: {text.number(lead['thousand_persons'].iloc[-1], 1)} thousand people in cultural "
             f"work in {lead['year'].iloc[-1]}") if len(lead) else "Cultural employment"  # fmt: skip
    figure = charts.lines(lines, "year", "thousand_persons", "group", unit=unit, digits=1, from_zero=False,
                          breaks={2021: "break in series"} if first <= 2021 <= last else None)  # fmt: skip
    charts.show(figure, title=title, unit=unit, source=source("cultural_employment"), key="employment",
                table=rows[["year", "nuts_id", "group", "thousand_persons", "flag"]])  # fmt: skip


def europe_section(first: int, last: int) -> None:
    """Growth of every region against the median, on a map of Europe."""
    rows = growth(first, last)
    if rows.empty:
        controls.empty("No region has figures in both years.", "Choose other years in the sidebar.")
        return
    rows = rows.assign(value=rows["above_median"], shown=[
        f"{text.signed_percent(g)} a year, {above:+.1f} points against the median"
        for g, above in zip(rows["yearly_growth"], rows["above_median"], strict=True)
    ])  # fmt: skip
    grouped = classes.classify(rows["value"])
    best = rows.loc[rows["value"].idxmax()]
    title = f"Fastest growth {first}–{last}: {best['name']}, {text.signed_percent(best['yearly_growth'])} a year"
    unit = f"percentage points a year above the median region, {first}–{last} (scope: {SCOPE})"
    st.subheader(title, anchor=False)
    ranges = [f"{low:+.1f} to {high:+.1f}" for low, high in zip(grouped.lows, grouped.highs, strict=True)]
    maps.legend(unit, grouped, ranges)
    layer = maps.area_layer(geometry("regions", key="nuts_id"), rows, grouped, key="nuts_id", selected=city().region)
    lon, lat, zoom = EUROPE
    maps.show([layer], lon=lon, lat=lat, zoom=zoom, key="europe", summary=f"Map: {title}. {unit}.")
    note = "spans the 2021 break in series: read as an indication · " if first < 2021 <= last else ""
    credit = f"{source('cultural_employment')}; {source('regions')}"
    st.caption(f"{unit} · {note}{len(rows)} regions with both years · Source: {credit}")
    exports.downloads(rows.drop(columns=["value", "shown"]), title, credit, "europe",
                      partial(maps.picture, geometry("regions", key="nuts_id"), rows, grouped, "nuts_id", ranges))  # fmt: skip


def city_section(chosen: controls.Territory) -> None:
    """Culture venues per 10,000 residents by area."""
    here, kinds = city(), table("facility_kinds").set_index("kind")
    period = last_current(chosen.first_year, chosen.last_year)
    if period is None:
        controls.empty("No count of residents fits today's areas in these years.", "Choose years from 2021 on.")
        return
    culture = kinds[kinds["grouping"] == "culture"]
    left, right = st.columns([3, 1])
    wanted = left.multiselect("Kinds of venue", list(culture.index), key="venues", bind="query-params",
                              default=["museum", "theatre", "cinema", "nightclub", "coworking"],
                              format_func=culture["label"].get)  # fmt: skip
    with right:
        level = level_control("district_region")
    if not wanted:
        controls.empty("No kind of venue is chosen.", "Choose one or more above.")
        return
    rows = venues(tuple(wanted), period, level)
    rows["value"] = rows["per_10000"]
    rows["shown"] = [f"{text.number(rate, 1)} per 10,000 residents ({n} venues)"
                     for rate, n in zip(rows["per_10000"], rows["facilities"], strict=True)]  # fmt: skip
    rows = in_district(rows, chosen.district, level)
    # Where hardly anybody lives a rate says nothing: named in the table, not in the title.
    settled = rows[rows["persons"] >= 1000]
    best = settled.loc[settled["value"].idxmax()] if len(settled) else rows.iloc[0]
    points = table("facilities", here.key)
    points = in_district(points[points["kind"].isin(wanted)], chosen.district)
    points = points.assign(shown=points["kind"].map(culture["label"]))
    area_map(rows.drop(columns=["places", "without_places", "places_per_100"]), level=level, digits=1, key="venues-map",
             title=f"Densest in {best['name']}: {best['shown']}", unit=f"venues per 10,000 residents, {text.day(period)}",
             credit=facilities_credit(), chosen=chosen, points=points)  # fmt: skip


chosen = choices()
st.title("Creative economy", anchor=False)
years = sorted(table("cultural_employment")["year"].unique())
shown = [int(year) for year in years if chosen.first_year <= year <= chosen.last_year]
st.header("Cultural employment by region", anchor=False, divider="gray")
if len(shown) < 2:
    controls.empty(f"Eurostat's regional table covers {years[0]} to {years[-1]}.", "Choose two or more of these years.")
else:
    employment_section(shown[0], shown[-1])
    europe_section(shown[0], shown[-1])
st.header(f"Culture venues in {area_names('district').get(chosen.district, city().name)}", anchor=False, divider="gray")
city_section(chosen)
