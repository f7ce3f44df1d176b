"""Impact: cost per person reached, results with their days, and a social return whose every assumption is open."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics import impact
from data.store import register
from pages.common import choices
from pages.labels import REGISTER
from views import charts, comparisons, controls
from views.language import _

NAMES = {
    "people": _("people who gain"),
    "value_eur": _("value a person and year"),
    "deadweight": _("would have happened anyway"),
    "others": _("is others' doing"),
    "years": _("years it lasts"),
    "drop_off": _("lost each year"),
    "discount": _("discount rate"),
    "cost_eur": _("cost"),
}


def results_section(rows: pd.DataFrame) -> None:
    """What is on record: cost per person, and outcomes with their days."""
    costs = impact.cost_per_person(rows)
    if costs.empty:
        controls.empty(
            _("No initiative has both a budget and people reached on record."),
            _("Add what you know on the page *Initiatives*; an unknown stays empty."),
        )
    else:
        cheapest = costs.loc[costs["per_person"].idxmin()]
        charts.show(
            charts.bars(costs, "name", "per_person", unit="", digits=0),
            title=_(
                "From {per_person:,.0f} EUR a person, {name}", per_person=cheapest["per_person"], name=cheapest["name"]
            ),
            unit=_("EUR of budget for each person reached; initiatives differ in what they do for a person"),
            source=_(REGISTER),
            key="cost",
            table=costs,
        )
    listed = [
        {"initiative": row.name, "city": row.city, **one}
        for row in rows.itertuples(index=False)
        for one in row.outcomes
    ]
    if listed:
        st.subheader(_("{listed} results are on record", listed=len(listed)), anchor=False)
        st.dataframe(
            pd.DataFrame(listed), hide_index=True, alt=_("Results with value, unit and day; an empty day is not known")
        )


def return_section() -> None:
    """A social return, and what it depends on."""
    columns = st.columns(4)
    people = columns[0].number_input(_("People who gain"), 1, 1_000_000, 100, key="gain_people")
    value = columns[1].number_input(_("Value a person and year, EUR"), 0, 1_000_000, 2_000, 100, key="gain_value")
    cost = columns[2].number_input(_("Cost, EUR"), 1, 1_000_000_000, 250_000, 1_000, key="gain_cost")
    years = columns[3].number_input(_("Years it lasts"), 1, 30, 3, key="gain_years")
    columns = st.columns(4)
    shares = [
        column.number_input(f"{name.capitalize()}, %", 0.0, 100.0, start, 1.0, key=f"gain_{key}") / 100
        for column, (key, name, start) in zip(
            columns,
            (
                ("deadweight", NAMES["deadweight"], 25.0),
                ("others", NAMES["others"], 25.0),
                ("drop_off", NAMES["drop_off"], 20.0),
                ("discount", NAMES["discount"], 3.0),
            ),
            strict=True,
        )
    ]
    given = impact.Assumptions(people, value, shares[0], shares[1], years, shares[2], shares[3], cost)
    back = impact.social_return(given)
    rows = impact.tornado(given)
    low, high = rows[["at_low", "at_high"]].min(axis=None), rows[["at_low", "at_high"]].max(axis=None)
    rows = rows.assign(label=rows["assumption"].map(NAMES))
    charts.show(
        comparisons.tornado(rows, "label", "at_low", "at_high", back, unit=""),
        title=_(
            "{back:.2f} EUR of gain for each euro (estimate), {low:.2f} to {high:.2f} if one assumption is off by 30 %",
            back=back,
            low=low,
            high=high,
        ),
        unit=_("present value of gains for each euro spent; each assumption alone 30 % lower or higher"),
        source=_("your assumptions above"),
        key="tornado",
        table=rows.drop(columns="label"),
    )
    st.caption(
        _(
            "A social return adds up what people set as the value of a gain; it says nothing without its "
            "assumptions and does not compare different kinds of gain."
        )
    )


choices()
st.title(_("Impact"), anchor=False)
results_section(register.everything())
st.header(_("Social return on investment"), anchor=False, divider="gray")
return_section()
