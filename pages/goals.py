"""Goals: a target for an indicator of an area, and whether the trend leads there."""

from __future__ import annotations

from datetime import date

import pandas as pd
import streamlit as st

from analytics import goals
from data import rights, store
from pages import inclusion_results as results
from pages.common import area_names, choices, city, half_years, level_control, source
from pages.labels import cards
from pages.signing_in import allowed
from views import charts, controls, text
from views.language import _

HEADS = {
    "reached": _("reached"),
    "on track": _("on track"),
    "behind": _("behind"),
    "cannot tell": _("cannot be told yet"),
}


def history(indicator: str, level: str, area: str) -> pd.Series:
    """An indicator of an area by day; what is published once is one value of that day."""
    periods = [one for one in half_years(2021, date.today().year) if one >= pd.Timestamp(city().boundary_since)]
    period = cards()[indicator].period
    if period[:4].isdigit():
        return pd.Series({pd.Timestamp(period): results.measured(periods[-1], level)[indicator][area]})
    return pd.Series({one: results.measured(one, level)[indicator][area] for one in periods})


def goal(row: pd.Series) -> None:
    """One target: status, path and trend."""
    one, names = cards()[row["indicator"]], area_names(row["level"])
    with st.spinner(_("Measuring every half-year …")):
        seen = history(row["indicator"], row["level"], row["area_id"])
    due, good = pd.Timestamp(int(row["year"]), 12, 31), one.good
    found = goals.track(seen, row["value"], due, good)
    place = names[row["area_id"]]
    title = _(
        "{label}, {place}: {value} by {year}: {heads}",
        label=_(one.label),
        place=place,
        value=text.number(row["value"], one.digits),
        year=row["year"],
        heads=HEADS[found.status],
    )
    first, last = seen.dropna().index[0], seen.dropna().index[-1]
    path = pd.DataFrame({"day": [first, due], "value": [seen[first], row["value"]], "group": _("straight path")})
    lines = pd.concat([seen.rename_axis("day").rename("value").reset_index().assign(group="measured"), path])
    if not text.is_gap(found.expected):
        ends = {"trend (estimate)": found.expected, "80 % interval, low": found.low, "80 % interval, high": found.high}
        lines = pd.concat(
            [
                lines,
                *(
                    pd.DataFrame({"day": [last, due], "value": [seen[last], end], "group": name})
                    for name, end in ends.items()
                ),
            ]
        )
    charts.show(
        charts.lines(lines, "day", "value", "group", unit="", digits=one.digits, from_zero=False),
        title=title,
        unit=_("{unit}; {good} is good", unit=one.unit, good=good),
        source="; ".join(source(name, city().key) for name in one.tables),
        key=f"goal-{row['id']}",
        table=lines,
    )
    reason = f" ({_(found.why)})" if found.why else ""
    rate = "" if text.is_gap(found.needed) else _(" Needed from now on: {needed:+,.2f} a year", needed=found.needed)
    rate += "." if text.is_gap(found.seen) or not rate else _("; seen so far: {seen:+,.2f} a year.", seen=found.seen)
    st.markdown(
        _(
            "Straight path today: {path}; measured: {seen} on {last}.{rate} Status: **{heads}**{reason}.",
            path=text.number(found.path, one.digits),
            seen=text.number(seen[last], one.digits),
            last=text.day(last),
            rate=rate,
            heads=HEADS[found.status],
            reason=reason,
        )
    )
    if rights.has_role("editor") and st.button(_("Remove this goal"), key=f"remove-{row['id']}", help=title):
        store.remove_target(int(row["id"]))
        st.rerun()


def entry_form() -> None:
    """Set a new target."""
    able = [one.key for one in cards().values() if one.good]
    with st.container(border=True):
        st.subheader(_("Set a goal"), anchor=False)
        left, middle = st.columns(2)
        indicator = left.selectbox(
            _("Indicator"),
            able,
            format_func=lambda key: f"{cards()[key].label} ({cards()[key].unit})",
            key="goal_indicator",
        )
        with middle:
            level = level_control("district")
        names = area_names(level)
        left, middle, right = st.columns(3)
        area = left.selectbox(_("Area"), list(names), format_func=names.__getitem__, key="goal_area")
        value = middle.number_input(_("Target"), value=10.0, step=1.0, key="goal_value")
        year = right.selectbox(
            _("By the end of"), list(range(date.today().year, date.today().year + 15)), index=4, key="goal_year"
        )
        if st.button(_("Store goal"), type="primary", key="goal_store"):
            store.add_target(city().key, level, area, indicator, float(value), int(year))
            st.rerun()


choices()
st.title(_("Goals of {name}", name=city().name), anchor=False)
rows = store.targets(city().key)
if rows.empty:
    controls.empty(
        _("No goal is set yet."),
        _(
            "Choose an indicator, an area, a value and a year below; goals are stored for everyone who uses this "
            "server."
        ),
    )
for _place, row in rows.iterrows():
    goal(row)
if allowed("editor"):
    entry_form()
