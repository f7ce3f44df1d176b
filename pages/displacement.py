"""Displacement, world and country: who, from where, to where, since when, how young, how urban, how sure."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics import displacement
from pages.common import choices, country_names, source, table
from pages.displacement_world import (
    AGES,
    answers,
    by_group,
    decisions,
    everyone,
    in_text,
    origins_of,
    reconciled,
    scope,
)
from views import charts, controls, flows, text
from views.controls import Territory
from views.language import _

MEASURES = {"absolute": _("Persons"), "per_1000": _("Per 1,000 residents"), "index": _("Index, first year = 100")}


def wider_counts(country: str | None, first: int, last: int) -> dict[object, str]:
    """Years inside the period from which a category was counted at all, for the chart to say so."""
    shown = displacement.ACROSS_BORDERS if country else displacement.FORCIBLY_DISPLACED
    return {
        year: _("from here: {labels}", labels=_(displacement.LABELS[category]))
        for category, year in displacement.COUNTED_FROM.items()
        if category in shown and first < year <= last
    }


def stock_section(chosen: Territory, country: str | None, place: str) -> None:
    """How many, by category, origin or asylum."""
    left, middle, right = st.columns(3)
    options = ["category", "origin"] if country else ["category", "origin", "asylum"]
    by = controls.linked(
        left.radio, _("Break down by"), options, horizontal=True, key="by", format_func=lambda one: _(one.capitalize())
    )
    names = country_names()
    origin = controls.linked(
        middle.selectbox,
        _("Only from"),
        ["", *origins_of(country)],
        key="only_from",
        format_func=lambda code: names.get(code, _("All origins")),
    )
    measure = controls.linked(
        right.radio, _("Measure"), list(MEASURES), horizontal=True, key="measure", format_func=MEASURES.__getitem__
    )
    rows = by_group(by, country, chosen.first_year, chosen.last_year, origin)
    if rows.empty:
        controls.empty(
            _("UNHCR counts nobody from {names} in {place} in these years.", names=names[origin], place=in_text(place)),
            _("Choose another origin or other years."),
        )
        return
    total = rows.groupby("year")["persons"].sum()
    unit, digits = _("persons, at year end"), 0
    if measure == "index":
        rows, unit, digits = displacement.index_to_first(rows, "group"), _("index, first year shown = 100"), 1
    elif measure == "per_1000":
        residents = table("country_population")
        base = residents["persons"].sum() if not country else residents.set_index("iso3")["persons"].get(country)
        if not base:
            controls.empty(
                _("There is no count of residents for {place}.", place=in_text(place)), _("Choose persons or index.")
            )
            return
        rows = rows.assign(persons=displacement.per_1000(rows["persons"], pd.Series(base, index=rows.index)))
        unit, digits = _("displaced people per 1,000 residents of 2019 (World Bank, SP.POP.TOTL)"), 1
    widened = wider_counts(country, int(total.index[0]), int(total.index[-1]))
    of = _(" from {names}", names=names[origin]) if origin else ""
    title = _(
        "{iloc} displaced people{of} in {place} at the end of {index}",
        iloc=text.compact(total.iloc[-1]),
        of=of,
        place=in_text(place),
        index=total.index[-1],
    )
    if len(total) > 1:
        growth = displacement.change(total.iloc[0], total.iloc[-1])
        years = displacement.doubling_time(total.iloc[0], total.iloc[-1], total.index[-1] - total.index[0])
        title += _(", {growth} since {index}", growth=text.signed_percent(growth, 0), index=total.index[0])
        if widened:
            title += _(", counting more categories than then")
        elif years and years < 100:
            title += _(": doubling in {years:.0f} years at that pace", years=years)
    figure = charts.lines(
        rows, "year", "persons", "group", unit=unit, stacked=measure != "index", digits=digits, breaks=widened
    )
    charts.show(
        figure,
        title=title,
        unit=unit,
        source=source("displaced"),
        key=f"stock-{country}",
        table=rows[["year", "group", "persons"]].rename(columns={"persons": unit}),
    )


def sure_section() -> None:
    """The sum of the tables beside the published total."""
    rows = reconciled()
    last = rows.to_dict("records")[-1]
    title = _(
        "{year}: the tables add up to {summed}, UNHCR prints {published}; people under two mandates explain "
        "{overlap} of the difference",
        year=last["year"],
        summed=text.compact(last["summed"]),
        published=text.compact(last["published"]),
        overlap=text.compact(last["overlap"]),
    )
    st.subheader(title, anchor=False)
    st.dataframe(
        rows,
        hide_index=True,
        alt=title,
        column_config={
            "summed": st.column_config.NumberColumn(_("sum of the tables"), format="localized"),
            "published": st.column_config.NumberColumn(_("published"), format="localized"),
            "difference": st.column_config.NumberColumn(format="localized"),
            "overlap": st.column_config.NumberColumn(_("under two mandates (estimate)"), format="localized"),
            "remainder": st.column_config.NumberColumn(_("later revision and rounding"), format="localized"),
        },
    )
    st.caption(
        _(
            "Persons at year end · UNHCR counts Palestine refugees displaced within the Gaza Strip once; UNRWA "
            "estimates them at 70 % of the displaced people there (unhcr.org/refugee-statistics/data-summaries, "
            "end of 2023, assumed for 2024). IDMC has since lowered its figure for 2023 by about a million. No "
            "total for 2025 was at hand · Source: {value}",
            value=source("published_totals"),
        )
    )


def people_section(country: str | None, place: str) -> None:
    """How young and how urban."""
    people, stated = everyone(country)
    if people.empty or not stated:
        controls.empty(
            _("UNHCR states nobody's age in {place}.", place=in_text(place)),
            _("Choose the world or another country of asylum."),
        )
    else:
        share = displacement.school_age_share(people)[0]
        unit = _(
            "percent of those whose age and sex are stated ({stated} of all), end of 2025", stated=text.percent(stated)
        )
        charts.show(
            flows.pyramid(people, AGES),
            title=_("{place}: {share} are of school age, 5 to 17", place=place, share=text.percent(share)),
            unit=unit,
            source=source("displaced_by_age_place"),
            key=f"pyramid-{country}",
            table=people,
        )


def recognition_section(country: str | None, place: str) -> None:
    """How many decisions gave protection."""
    rows = decisions(country)
    if len(rows) < 2:
        controls.empty(
            _("UNHCR lists no decisions in persons for {place}.", place=in_text(place)),
            _("Choose another country of asylum."),
        )
        return
    last, unit = rows.to_dict("records")[-1], _("% of substantive decisions, all levels, counted in persons")
    figure = charts.lines(
        rows.assign(rate=100 * rows["rate"], group=place), "year", "rate", "group", unit=unit, digits=1
    )
    charts.show(
        figure,
        title=_(
            "{place}: {rate} of {decided} decisions in {year} gave protection",
            place=place,
            rate=text.percent(last["rate"]),
            decided=text.number(last["decided"]),
            year=last["year"],
        ),
        unit=unit,
        source=source("asylum_decisions"),
        key=f"rate-{country}",
        table=rows,
    )


chosen = choices()
st.title(_("Displacement, the world and the country"), anchor=False)
country, place = scope(chosen)
st.markdown(answers(country, place, chosen.first_year, chosen.last_year))
stock_section(chosen, country, place)
st.header(_("How sure are we?"), anchor=False, divider="gray")
sure_section()
st.header(_("How young, how urban, how protected"), anchor=False, divider="gray")
people_section(country, place)
recognition_section(country, place)
