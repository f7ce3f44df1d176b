"""Outlook and early signals: what next, how sure, and where a change stands outside its own history."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics import outlook, signals
from pages.common import (
    area_names,
    cached,
    choices,
    city,
    country_names,
    in_district,
    known,
    need,
    optional,
    source,
    table,
)
from pages.displacement_world import by_group
from pages.labels import level_names
from views import charts, controls, text
from views.controls import Territory
from views.language import _

HORIZONS = {"world": [1, 3, 5, 10], "country": [1, 3, 5, 10], "city": [1, 2, 4, 6]}


@cached
def past_of(subject: str, country: str, district: str, origin: str, first: int) -> pd.Series:
    """The series to carry forward: yearly for world and country, half-yearly for the city or district."""
    if subject == "city":
        rows = table("residents_by_origin", city().key)
        level, area = ("district", district) if district else ("city", next(iter(area_names("city"))))
        rows = rows[(rows["level"] == level) & (rows["area_id"] == area) & (rows["origin"] == origin)]
        return rows.set_index("period")["persons"].sort_index()
    rows = by_group("category", country if subject == "country" else None, first, 9999)
    return rows.groupby("year")["persons"].sum()


@cached
def look_ahead(subject: str, country: str, district: str, origin: str, first: int, horizon: int) -> outlook.Outlook:
    """The forecast, kept: a backtest fits some hundred models."""
    return outlook.outlook(past_of(subject, country, district, origin, first), horizon)


def usual_origin(origins: list[str]) -> str:
    """The origin shown first: one that stands for displacement, where the city names one."""
    return next((code for code in [*city().displaced_origins, *origins] if code in origins), "")


def outlook_section(chosen: Territory) -> None:
    """One forecast with its intervals and what speaks for it."""
    here, names = city(), country_names()
    labels = {
        "world": _("The world"),
        "country": names[chosen.country],
        "city": area_names("district").get(chosen.district, here.name),
    }
    left, middle, right = st.columns(3)
    if not known("residents_by_origin"):
        del labels["city"]
    subject = controls.linked(
        left.selectbox, _("Whose future"), list(labels), format_func=labels.__getitem__, key="subject"
    )
    origins = sorted(optional("residents_by_origin")["origin"].unique(), key=names.__getitem__)
    origin = usual_origin(origins)
    if subject == "city":
        origin = controls.linked(
            middle.selectbox,
            _("Origin"),
            origins,
            index=origins.index(origin),
            format_func=names.__getitem__,
            key="outlook_origin",
        )
    step = _("half-years") if subject == "city" else _("years")
    horizon = controls.linked(
        right.selectbox, _("Horizon ({step})", step=step), HORIZONS[subject], index=2, key=f"horizon_{subject}"
    )
    first = min(chosen.first_year, 1990)
    try:
        with st.spinner(_("Testing each model on the past …")):
            found = look_ahead(subject, chosen.country, chosen.district, origin, first, horizon)
    except ValueError as fault:
        controls.empty(_("No forecast can be made here."), _("{fault} Choose a larger territory.", fault=fault))
        return
    past = past_of(subject, chosen.country, chosen.district, origin, first).rename("persons").reset_index()
    past = past.set_axis(["when", "persons"], axis=1)
    last = past["when"].iloc[-1]
    if subject == "city":
        times = [last + pd.offsets.MonthEnd(6 * h) for h in found.forecast["horizon"]]
    else:
        times = [last + h for h in found.forecast["horizon"]]
    future = found.forecast.drop(columns="horizon").assign(when=times)
    end, best = future.to_dict("records")[-1], found.backtest.iloc[0]
    when = text.day(end["when"]) if subject == "city" else _("the end of {when}", when=end["when"])
    title = _(
        "{labels}: between {low_80} and {high_80} by {when} (estimate, 80 % interval)",
        labels=labels[subject],
        low_80=text.compact(end["low_80"]),
        high_80=text.compact(end["high_80"]),
        when=when,
    )
    unit = _(
        "{names}, model: {model}",
        names=_("residents from ") + names[origin] if subject == "city" else _("displaced persons"),
        model=found.model,
    )
    name = "residents_by_origin" if subject == "city" else "displaced"
    credit = source(name, here.key if subject == "city" else "world")
    charts.show(
        charts.band(past, future, "when", unit=unit),
        title=title,
        unit=unit,
        source=credit,
        key="outlook",
        table=future.assign(model=found.model),
    )
    verdict = (
        _(
            "The best model, {model}, misses by {mase:.2f} times a usual one-step change (MASE)",
            model=best["model"],
            mase=best["mase"],
        )
        if found.beats_naive
        else _("No model beats the naive forecast, so that is shown (MASE {mase:.2f})", mase=best["mase"])
    )
    st.markdown(
        _(
            "{verdict}. Its 80 % interval held {coverage_80} of {forecasts} past outcomes, its 95 % interval "
            "{coverage_95}: ",
            verdict=verdict,
            coverage_80=text.percent(best["coverage_80"]),
            forecasts=best["forecasts"],
            coverage_95=text.percent(best["coverage_95"]),
        )
        + (
            _("**take the bands as too narrow.**")
            if best["coverage_80"] < 0.75
            else _("the bands can be taken as they are.")
        )
        + _(" Wars and borders are not in any model.")
    )
    st.dataframe(
        found.backtest,
        hide_index=True,
        alt=_("Backtest of every model"),
        column_config={
            "mase": st.column_config.NumberColumn(_("error (MASE, below 1 is good)"), format="%.2f"),
            "coverage_80": st.column_config.NumberColumn(_("held by the 80 % interval"), format="percent"),
            "coverage_95": st.column_config.NumberColumn(_("held by the 95 % interval"), format="percent"),
        },
    )
    st.caption(
        _(
            "Rolling-origin backtest: every model forecasts every past stretch from what was known before it. "
            "Models learn from {iloc} on.",
            iloc=text.day(past["when"].iloc[0]) if subject == "city" else past["when"].iloc[0],
        )
        + ("" if subject == "city" else _(" Asylum-seekers are counted since 1993, others in need since 2018."))
    )


@cached
def unusual(level: str, origin: str) -> pd.DataFrame:
    rows = table("residents_by_origin", city().key)
    rows = rows[
        (rows["level"] == level) & (rows["origin"] == origin) & (rows["boundary_version"] == city().boundary_version)
    ]
    return signals.unusual_changes(rows)


def signals_section(chosen: Territory) -> None:
    """Areas whose newest change is out of their own ordinary."""
    need("residents_by_origin")
    here, names = city(), country_names()
    left, right = st.columns(2)
    origins = sorted(table("residents_by_origin", here.key)["origin"].unique(), key=names.__getitem__)
    origin = controls.linked(
        left.selectbox,
        _("Origin"),
        origins,
        index=origins.index(usual_origin(origins)),
        key="signal_origin",
        format_func=names.__getitem__,
    )
    levels = [level for level in level_names() if level != "city"]
    level = controls.linked(
        right.selectbox,
        _("Areas"),
        levels,
        index=len(levels) - 1,
        format_func=level_names().__getitem__,
        key="signal_level",
    )
    rows = unusual(level, origin)
    rows = in_district(rows, chosen.district, level)
    if rows.empty:
        controls.empty(
            _("No change stands outside an area's own history."), _("Choose another origin or smaller areas.")
        )
        return
    rows = rows.assign(name=rows["area_id"].map(area_names(level)))
    top = rows.iloc[0]
    unit = _(
        "residents from {names}, change in the half-year to {period}",
        names=names[origin],
        period=text.day(top["period"]),
    )
    title = _(
        "{rows} areas changed unlike before; most of all {name}: {change:+,.0f}, where {median_change:+,.1f} is usual",
        rows=len(rows),
        name=top["name"],
        change=top["change"],
        median_change=top["median_change"],
    )
    charts.show(
        charts.bars(rows.head(20), "name", "z", unit=_("modified z-score"), digits=1),
        title=title,
        unit=_("{unit}; modified z = (change - median of earlier changes) / spread, listed from 3.5 on", unit=unit),
        source=source("residents_by_origin", here.key),
        key="signals",
        table=rows[["name", "before", "persons", "change", "median_change", "spread", "z", "history"]],
    )


chosen = choices()
st.title(_("Outlook and early signals"), anchor=False)
outlook_section(chosen)
st.header(_("Early signals"), anchor=False, divider="gray")
signals_section(chosen)
