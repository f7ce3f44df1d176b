"""Service coverage: who has which services, how many places, and who lives near one."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics import coverage
from pages.common import (
    area_map,
    area_names,
    cached,
    choices,
    city,
    dots,
    facilities_credit,
    hierarchy,
    in_district,
    last_current_or_stop,
    level_control,
    metres_to,
    residents_served,
    table,
)
from pages.labels import facility_kinds
from views import charts, controls, text
from views.language import _

# measure -> its name, unit, digits, suffix and factor of the legend
MEASURES = {
    "share_within": (_("Share of residents near one"), _("% of the residents served"), 0, " %", 100),
    "residents_per_facility": (_("Residents per facility"), _("residents served per facility"), 0, "", 1),
    "places_per_100": (_("Places per 100 of those served"), _("places per 100 residents served"), 1, "", 1),
}
# grouping of kinds -> the need that initiatives are filed under
NEEDS = {"learning": "learning", "community": "participation", "health": "health"}


@cached
def served(kind: str, period: pd.Timestamp, level: str, distance_m: int) -> pd.DataFrame:
    """Every measure of one kind by area of a level, for the whole city."""
    here = city()
    people, places = residents_served(kind, period), table("facilities", here.key)
    places = places[places["kind"] == kind]
    groups = hierarchy()[level]
    near = coverage.share_within(table("cells", here.key), metres_to(kind), people, distance_m, groups)
    result = coverage.supply(places, people, groups).merge(near[["area_id", "within", "share_within"]], on="area_id")
    return result.assign(name=result["area_id"].map(area_names(level)))


def who(kind: pd.Series) -> str:
    """Whom a kind serves, in words."""
    if pd.isna(kind["age_from"]):
        return _("all residents")
    return (
        _("residents aged {age_from} to {age_to}", age_from=kind["age_from"], age_to=kind["age_to"] - 1)
        if kind["age_to"] < 120
        else _("residents over 64")
    )


chosen = choices()
here = city()
place = area_names("district").get(chosen.district, here.name)
st.title(_("Service coverage in {place}", place=place), anchor=False)
kinds = facility_kinds()
services = kinds[kinds["grouping"] != "culture"]
columns = st.columns(4)
kind = controls.linked(
    columns[0].selectbox, _("Service"), list(services.index), format_func=services["label"].get, key="service"
)
stated = table("facilities", here.key).query("kind == @kind")["places"].notna().any()
measures = [name for name in MEASURES if stated or name != "places_per_100"]
measure = controls.linked(
    columns[1].selectbox, _("Measure"), measures, format_func=lambda m: MEASURES[m][0], key="coverage"
)
with columns[2]:
    level = level_control("planning_area")
distance = controls.linked(
    columns[3].selectbox,
    _("Within (straight line)"),
    [250, 500, 750, 1000, 1500, 2000, 3000],
    index=1,
    format_func=lambda metres: _("{metres:,} m", metres=metres),
    key="distance",
)
period = last_current_or_stop(chosen)

label, unit, digits, suffix, factor = MEASURES[measure]
credit = facilities_credit()
by_district = served(kind, period, "district", distance)
total = by_district[by_district["area_id"] == chosen.district] if chosen.district else by_district
facilities, places, people = (int(total[name].sum()) for name in ("facilities", "places", "persons"))
tiles = st.columns(3)
tiles[0].metric(f"{services.loc[kind, 'plural'].capitalize()}", text.number(facilities), border=True)
share = total["within"].sum() / total["persons"].sum()
tiles[1].metric(_("Within {distance:,} m (estimate)", distance=distance), text.percent(share, 1), border=True)
if stated:
    tiles[2].metric(_("Places per 100"), text.number(100 * places / people if people else None, 1), border=True)
else:
    tiles[2].metric(_("Residents per facility"), text.number(people / facilities if facilities else None), border=True)
st.caption(
    _(
        "For {loc} on {period} · {estimate_note} Distances are straight lines · Source: {credit}",
        loc=who(services.loc[kind]),
        period=text.day(period),
        estimate_note=_(here.estimate_note),
        credit=credit,
    )
)

rows = served(kind, period, level, distance)
rows["value"] = rows[measure]
rows["shown"] = [f"{text.number(v * factor, digits)}{suffix} {'' if suffix else unit}" for v in rows["value"]]
rows = in_district(rows, chosen.district, level)
known = rows.dropna(subset="value")
if known.empty:
    controls.empty(
        _("{place} has no {loc} and no figure to show.", place=place, loc=services.loc[kind, "plural"]),
        _("Choose another service."),
    )
    st.stop()
worst = known.loc[known["value"].idxmax() if measure == "residents_per_facility" else known["value"].idxmin()]
points = dots(table("facilities", here.key).query("kind == @kind"), chosen.district)
area_map(
    rows,
    level=level,
    title=_(
        "{loc}: least served is {name}, {shown}",
        loc=services.loc[kind, "label"],
        name=worst["name"],
        shown=worst["shown"],
    ),
    unit=f"{unit}, {text.day(period)}",
    credit=credit,
    key="coverage-map",
    chosen=chosen,
    digits=digits,
    suffix=suffix,
    factor=factor,
    points=points,
    note=label,
    scheme="jenks",
)

need = NEEDS.get(services.loc[kind, "grouping"])
if need:
    address, sites = controls.link("initiatives", topic=need), controls.link("what_if_sites")
    st.markdown(f"[{_('Initiatives that address it')}]({address}) · [{_('Where could new sites go?')}]({sites})")
st.header(_("Districts compared"), anchor=False, divider="gray")
bars = by_district.assign(value=by_district[measure] * factor).dropna(subset="value")
figure = charts.bars(bars, "name", "value", unit=unit, digits=digits, marked=place)
spread = bars.loc[bars["value"].idxmax()], bars.loc[bars["value"].idxmin()]
charts.show(
    figure,
    title=_(
        "From {value}{suffix} in {name} to {value_2}{suffix} in {name_2}",
        value=text.number(spread[1]["value"], digits),
        suffix=suffix,
        name=spread[1]["name"],
        value_2=text.number(spread[0]["value"], digits),
        name_2=spread[0]["name"],
    ),
    unit=f"{unit}, {text.day(period)}",
    source=credit,
    key="coverage-bars",
    table=by_district.drop(columns="area_id"),
)
