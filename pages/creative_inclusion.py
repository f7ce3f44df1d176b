"""Creative density beside inclusion, by district region and by region of Europe: what goes together, how strongly, how sure."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages import creative_places as places
from pages.common import area_names, choices, city, facilities_credit, last_current, source, table
from pages.europe import SCOPE
from views import charts, comparisons, controls, text
from views.controls import Territory

INDICATORS = {"child_poverty": "child poverty", "unemployment": "unemployment", "transfer_receipt": "receipt of transfers",
              "single_parent_households": "single-parent households"}  # fmt: skip


FIRST, LAST = 2014, 2019  # years of both regional tables before the pandemic and the break of 2021


def strength(found: dict[str, float]) -> str:
    return "strong" if abs(found["partial"]) > 0.5 else "moderate" if abs(found["partial"]) > 0.3 else "weak"


def more(found: dict[str, float]) -> str:
    return "more" if found["partial"] > 0 else "less"


def spelled(found: dict[str, float], what: str, still: str) -> str:
    """The association in a sentence, with what it does not show."""
    return (f"Spearman's rank correlation over {found['n']:.0f} {what} is {found['plain']:+.2f} (95 % bootstrap interval "
            f"{found['plain_low']:+.2f} to {found['plain_high']:+.2f}). With {still} held still it is **{found['partial']:+.2f} "
            f"({found['partial_low']:+.2f} to {found['partial_high']:+.2f})**. Neighbours are alike, so the true intervals are "
            "wider; what goes together need not follow from one another.")  # fmt: skip


def together_section(chosen: Territory, kinds: tuple[str, ...], period: pd.Timestamp) -> None:
    """Venue density beside an indicator of inclusion: what goes together, how strongly, how sure."""
    left, right = st.columns(2)
    indicator = left.selectbox(
        "Beside", list(INDICATORS), format_func=INDICATORS.__getitem__, key="beside", bind="query-params"
    )
    others = [key for key in INDICATORS if key != indicator]
    confounder = right.selectbox("Held still, with residents per km²", others, index=others.index("transfer_receipt") if
                                 "transfer_receipt" in others else 0, format_func=INDICATORS.__getitem__, key="still", bind="query-params")  # fmt: skip
    try:
        found = places.associated(kinds, period, indicator, confounder, chosen.district)
    except ValueError as fault:
        controls.empty(str(fault), "Choose the whole city.")
        return
    title = (f"Areas with more venues have {more(found)} {INDICATORS[indicator]}: a {strength(found)} association" if found["sure"]
             else f"Venues and {INDICATORS[indicator]}: no association that the figures can tell from chance")  # fmt: skip
    rows = places.beside_inclusion(kinds, period, chosen.district).dropna(subset=[indicator])
    figure = comparisons.scatter(rows, indicator, "per_10000", "name", x_unit=f"{INDICATORS[indicator]}, %",
                                 y_unit="venues per 10,000 residents", labelled=list(rows.nlargest(4, "per_10000")["name"]),
                                 marked="")  # fmt: skip
    charts.show(figure, title=title, unit=f"district regions with 1,000 residents or more; residents on {text.day(period)}, {INDICATORS[indicator]} on 31 December 2020",
                source=f"{facilities_credit()}; {source('social_monitoring', city().key)}", key="together",
                table=rows[["area_id", "name", "per_10000", "density", indicator, confounder]])  # fmt: skip
    st.markdown(
        spelled(found, "areas", f"residents per km² and {INDICATORS[confounder]}") + " Income is not known by area."
    )


def regions_section() -> None:
    """Growth of cultural work beside growth of household income, by region."""
    rows, found = places.regions_beside_income(FIRST, LAST)
    title = (f"Regions whose cultural work grew had {more(found)} growth of income: a {strength(found)} association" if found["sure"]
             else "Growth of cultural work and of income: no association that the figures can tell from chance")  # fmt: skip
    ends = [
        *rows.nlargest(2, "culture")["name"],
        *rows.nsmallest(2, "culture")["name"],
        *rows.nlargest(2, "income")["name"],
    ]
    figure = comparisons.scatter(rows, "culture", "income", "name", x_unit="growth of cultural work, % a year",
                                 y_unit="growth of household income (PPS), % a year", labelled=ends,
                                 marked=str(table("regions").set_index("nuts_id")["name"][city().region]))  # fmt: skip
    charts.show(figure, title=title, unit=f"% a year, {FIRST}–{LAST}, NUTS 2 regions (scope: {SCOPE}); income at current prices",
                source=f"{source('cultural_employment')}; {source('household_income')}", key="regions-together", table=rows)  # fmt: skip
    st.markdown(spelled(found, "regions", f"income of {FIRST} and the number in cultural work"))


chosen = choices()
here = city()
st.title("Culture beside inclusion", anchor=False)
period = last_current(chosen.first_year, chosen.last_year)
culture = table("facility_kinds").set_index("kind").query("grouping == 'culture'")
wanted = st.multiselect("Kinds of venue", list(culture.index), key="venues", bind="query-params",
                        default=["museum", "theatre", "cinema", "nightclub", "coworking"],
                        format_func=culture["label"].get)  # fmt: skip
st.header(f"District regions of {area_names('district').get(chosen.district, here.name)}", anchor=False, divider="gray")
if period is None or not wanted:
    controls.empty(
        "No kind of venue, or no count of residents in today's areas.", "Choose a kind above and years from 2021 on."
    )
else:
    together_section(chosen, tuple(sorted(wanted)), period)
st.header("Regions of Europe", anchor=False, divider="gray")
regions_section()
