"""What if people arrive: where they would live, what they would need month by month, and what would fall short."""

from __future__ import annotations

import streamlit as st

from analytics import arrivals
from analytics.scenario import Arrivals
from pages import scenario_results as results
from pages.common import area_map, area_names, choices, city, in_district, last_current_or_stop, level_control, source
from views import charts, controls, text

EXACT = "areas are counted whole: the people placed add up to the people who arrive"


def ask(given: Arrivals, level: str) -> Arrivals:
    """The inputs, starting from the draft."""
    columns = st.columns(4)
    people = [int(column.number_input(label, 0, 500_000, value, 500, key=results.key(f"people_{label}")))
              for column, label, value in zip(columns, ("At least", "Most likely", "At most"), given.people, strict=False)]  # fmt: skip
    months = int(columns[3].number_input("Within months", 1, 36, given.months, key=results.key("months")))
    rule = st.radio(
        "Where they live",
        arrivals.RULES,
        index=arrivals.RULES.index(given.rule),
        horizontal=True,
        key=results.key("rule"),
    )
    with st.expander("Ages and free places"):
        ages = [column.number_input(f"{label}, %", 0, 100, round(100 * value), key=results.key(f"age_{label}"))
                for column, label, value in zip(st.columns(4), ("Under 6", "6 to 17", "18 to 64", "65 and over"), given.ages, strict=True)]  # fmt: skip
        free = [column.number_input(f"Day-care places free, {label}, %", 0.0, 100.0, 100 * value, 0.5, key=results.key(f"free_{label}")) / 100
                for column, label, value in zip(st.columns(3), ("at least", "most likely", "at most"), given.vacancy, strict=True)]  # fmt: skip
    own = given.own
    if rule == "own table":
        names = area_names(level)
        start = results.weights(rule, level, results.last(), given.own)
        edited = st.data_editor(
            {"area": [names[one] for one in start.index], "weight": start.tolist()},
            disabled=["area"],
            key=results.key("own"),
            hide_index=True,
        )
        own = tuple(float(value or 0) for value in edited["weight"])
    total = sum(ages) or 1
    shares = (ages[0] / total, ages[1] / total, ages[2] / total, ages[3] / total)
    return Arrivals((people[0], people[1], people[2]), months, shares, str(rule), (free[0], free[1], free[2]), own)


def assumption(one: arrivals.Need) -> str:
    """A need's assumptions in words."""
    ages = "all ages" if one.ages == (0, 120) else f"ages {one.ages[0]} to {one.ages[1] - 1}"
    use = "" if one.use.low == one.use.high == 1 else f", {100 * one.use.low:.0f} to {100 * one.use.high:.0f} % of them"
    if one.each.high < 1:
        each = f"one for {1 / one.each.high:,.3g} to {1 / one.each.low:,.3g} people"
    else:
        each = (
            f"{one.each.low:g} to {one.each.high:g} {one.unit} each"
            if one.each.low < one.each.high
            else f"{one.each.low:g} each"
        )
    return f"{one.label.lower()}: {ages}{use}, {each}"


chosen = choices()
here = city()
st.title(f"What if people arrive in {here.name}?", anchor=False)
period = last_current_or_stop(chosen)
level = level_control("district")
made = results.draft(period)
given = ask(made.arrivals, level)
results.change("arrivals", given)
if (
    not given.people[0] <= given.people[1] <= given.people[2]
    or not given.vacancy[0] <= given.vacancy[1] <= given.vacancy[2]
):
    controls.empty("A range must rise from 'at least' to 'at most'.", "Correct the numbers above.")
    st.stop()
placed, rows = results.arriving(given, level, period, made.seed)
names = area_names(level)
end = rows[rows["month"] == given.months].assign(name=lambda t: t["area"].map(names))
service = st.selectbox(
    "Service", list(arrivals.NEEDS), format_func=lambda key: arrivals.NEEDS[key].label, key="need", bind="query-params"
)
need = arrivals.NEEDS[service]
credit = f"own estimate; {source('residents', here.key)}; {source('facilities', here.key)}"
now = end[end["service"] == service].rename(columns={"area": "area_id"})
known = now["short"].notna().any()
short = now["short"].max() > 0  # else the map shows demand, which is there in any case
now = now.assign(people=now["area_id"].map(placed), value=now["short"] if short else now["likely"])
now["shown"] = [f"{n:,} arrivals; {low:,.0f} to {high:,.0f} {need.unit} (estimate)" + (f", short of {a:,.0f} to {b:,.0f}" if short else "")
                for n, low, high, a, b in now[["people", "low", "high", "short_low", "short_high"]].itertuples(index=False)]  # fmt: skip
worst = now.loc[now["value"].idxmax()]
kind = "shortfall" if short else "demand"
area_map(in_district(now.drop(columns=["month", "service"]), chosen.district, level), level=level, key="arrivals-map", chosen=chosen, credit=credit,
         title=f"Largest {kind} after {given.months} months: {worst['name']}, {text.number(worst['value'])} {need.unit} (estimate)",
         unit=f"{kind}, {need.unit}, middle of 500 draws, month {given.months}", note="" if short else "no area is more likely than not to fall short" if known else "free places are not known")  # fmt: skip
sums = rows[rows["service"] == service].groupby("month")[["low", "likely", "high"]].sum().reset_index()
bands = sums.melt("month", var_name="band", value_name="amount").replace(
    {"low": "80 % band, low", "likely": "middle", "high": "80 % band, high"}
)
charts.show(charts.lines(bands, "month", "amount", "band", unit=""),
            title=f"{need.label}: {sums['low'].iloc[-1]:,.0f} to {sums['high'].iloc[-1]:,.0f} {need.unit} by month {given.months} (estimate)",
            unit=f"{need.unit}, all areas together, 80 % band", source=credit, key="arrivals-band", table=sums)  # fmt: skip
first = arrivals.first_short(rows, service)
st.header("In plain words", anchor=False, divider="gray")
parts = [f"If {given.people[1]:,} people (between {given.people[0]:,} and {given.people[2]:,}) arrive within {given.months} months and live *{given.rule}*, "
         f"most would live in {names[placed.idxmax()]} ({placed.max():,}) and fewest in {names[placed.idxmin()]} ({placed.min():,})."]  # fmt: skip
for name, one in arrivals.NEEDS.items():
    part = end[end["service"] == name]
    parts.append(f"{one.label}: {part['low'].sum():,.0f} to {part['high'].sum():,.0f} {one.unit}.")
if known:
    months = (
        ", ".join(f"{names[area]} (month {month})" for area, month in first.itertuples(index=False)) or "in no area"
    )
    parts.append(f"{need.label} more likely than not falls short: {months}.")
st.markdown(" ".join(parts))
st.markdown("**Assumptions** " + "; ".join(assumption(one) for one in arrivals.NEEDS.values()) + f". Day-care places free: {100 * given.vacancy[0]:g} to "
            f"{100 * given.vacancy[2]:g} % of those stated. People come evenly over the months; {EXACT}. Free school places, dwellings, courses and doctors' "
            "capacity are not published, so their shortfall is not known.")  # fmt: skip
exporting = placed.rename_axis("area_id").rename("people").reset_index().assign(name=lambda t: t["area_id"].map(names))
st.dataframe(exporting, hide_index=True, alt="People placed by area", height=220)
