"""Creative density beside inclusion, by district region and by region of Europe: what goes together, how strongly, how sure."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages import creative_places as places
from pages.common import area_names, choices, city, facilities_credit, last_current, source, table, where_known
from pages.europe import SCOPE
from pages.labels import facility_kinds
from views import charts, comparisons, controls, text
from views.controls import Territory
from views.language import _

INDICATORS = {
    "child_poverty": _("child poverty"),
    "unemployment": _("unemployment"),
    "transfer_receipt": _("receipt of transfers"),
    "single_parent_households": _("single-parent households"),
}


FIRST, LAST = 2014, 2019  # years of both regional tables before the pandemic and the break of 2021


def strength(found: dict[str, float]) -> str:
    return _("strong") if abs(found["partial"]) > 0.5 else _("moderate") if abs(found["partial"]) > 0.3 else _("weak")


def more(found: dict[str, float]) -> str:
    return _("more") if found["partial"] > 0 else _("less")


def spelled(found: dict[str, float], what: str, still: str) -> str:
    """The association in a sentence, with what it does not show."""
    return _(
        "Spearman's rank correlation over {n:.0f} {what} is {plain:+.2f} (95 % bootstrap interval "
        "{plain_low:+.2f} to {plain_high:+.2f}). With {still} held still it is **{partial:+.2f} "
        "({partial_low:+.2f} to {partial_high:+.2f})**. Neighbours are alike, so the true intervals are "
        "wider; what goes together need not follow from one another.",
        n=found["n"],
        what=what,
        plain=found["plain"],
        plain_low=found["plain_low"],
        plain_high=found["plain_high"],
        still=still,
        partial=found["partial"],
        partial_low=found["partial_low"],
        partial_high=found["partial_high"],
    )


def together_section(chosen: Territory, kinds: tuple[str, ...], period: pd.Timestamp) -> None:
    """Venue density beside an indicator of inclusion: what goes together, how strongly, how sure."""
    left, right = st.columns(2)
    indicator = controls.linked(
        left.selectbox, _("Beside"), list(INDICATORS), format_func=INDICATORS.__getitem__, key="beside"
    )
    others = [key for key in INDICATORS if key != indicator]
    confounder = controls.linked(
        right.selectbox,
        _("Held still, with residents per km²"),
        others,
        index=others.index("transfer_receipt") if "transfer_receipt" in others else 0,
        format_func=INDICATORS.__getitem__,
        key="still",
    )
    try:
        found = places.associated(kinds, period, indicator, confounder, chosen.district)
    except ValueError as fault:
        controls.empty(str(fault), _("Choose the whole city."))
        return
    title = (
        _(
            "Areas with more venues have {found} {indicators}: a {found_2} association",
            found=more(found),
            indicators=INDICATORS[indicator],
            found_2=strength(found),
        )
        if found["sure"]
        else _(
            "Venues and {indicators}: no association that the figures can tell from chance",
            indicators=INDICATORS[indicator],
        )
    )
    rows = places.beside_inclusion(kinds, period, chosen.district).dropna(subset=[indicator])
    figure = comparisons.scatter(
        rows,
        indicator,
        "per_10000",
        "name",
        x_unit=f"{INDICATORS[indicator]}, %",
        y_unit=_("venues per 10,000 residents"),
        labelled=list(rows.nlargest(4, "per_10000")["name"]),
        marked="",
    )
    charts.show(
        figure,
        title=title,
        unit=_(
            "areas with 1,000 residents or more; residents on {period}, {indicators} on 31 December 2020",
            period=text.day(period),
            indicators=INDICATORS[indicator],
        ),
        source=f"{facilities_credit()}; {source('social_monitoring', city().key)}",
        key="together",
        table=rows[["area_id", "name", "per_10000", "density", indicator, confounder]],
    )
    st.markdown(
        spelled(found, _("areas"), _("residents per km² and {indicators}", indicators=INDICATORS[confounder]))
        + _(" Income is not known by area.")
    )


def regions_section() -> None:
    """Growth of cultural work beside growth of household income, by region."""
    rows, found = places.regions_beside_income(FIRST, LAST)
    title = (
        _(
            "Regions whose cultural work grew had {found} growth of income: a {found_2} association",
            found=more(found),
            found_2=strength(found),
        )
        if found["sure"]
        else _("Growth of cultural work and of income: no association that the figures can tell from chance")
    )
    ends = [
        *rows.nlargest(2, "culture")["name"],
        *rows.nsmallest(2, "culture")["name"],
        *rows.nlargest(2, "income")["name"],
    ]
    figure = comparisons.scatter(
        rows,
        "culture",
        "income",
        "name",
        x_unit=_("growth of cultural work, % a year"),
        y_unit=_("growth of household income (PPS), % a year"),
        labelled=ends,
        marked=str(table("regions").set_index("nuts_id")["name"].get(city().region, "")),
    )
    charts.show(
        figure,
        title=title,
        unit=_(
            "% a year, {first}–{last}, NUTS 2 regions (scope: {scope}); income at current prices",
            first=FIRST,
            last=LAST,
            scope=_(SCOPE),
        ),
        source=f"{source('cultural_employment')}; {source('household_income')}",
        key="regions-together",
        table=rows,
    )
    st.markdown(spelled(found, "regions", _("income of {first} and the number in cultural work", first=FIRST)))


chosen = choices()
here = city()
st.title(_("Culture beside inclusion"), anchor=False)
period = last_current(chosen.first_year, chosen.last_year)
culture = facility_kinds().query("grouping == 'culture'")
wanted = controls.linked_many(
    st.multiselect,
    _("Kinds of venue"),
    list(culture.index),
    key="venues",
    default=["museum", "theatre", "cinema", "nightclub", "coworking"],
    format_func=culture["label"].get,
)
st.header(
    _("Areas of {district}", district=area_names("district").get(chosen.district, here.name)),
    anchor=False,
    divider="gray",
)
if period is None or not wanted:
    controls.empty(
        _("No kind of venue, or no count of residents in today's areas."),
        _("Choose a kind above and years from 2021 on."),
    )
else:
    with where_known():
        together_section(chosen, tuple(sorted(wanted)), period)
st.header(_("Regions of Europe"), anchor=False, divider="gray")
regions_section()
