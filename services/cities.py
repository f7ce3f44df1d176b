"""Cities side by side: indicators of one definition, each with its day, its interval, and what cannot be compared."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Literal

import numpy as np
import pandas as pd
from pydantic import Field

import data
from analytics import rates
from analytics.rates import NAN, Rate
from data.context import CityContext, Territory, ViewState
from data.errors import NothingToShow
from data.figures import Column, Figure
from data.translation import GAP, N_
from services.city_indicators import NO_COUNT, NO_DATA, YEAR, Indicator, days_counted, of_city
from services.columns import by_name
from services.figures import Caption, chart, figure

MOST = 3  # cities beside the reader's own
TOPICS = {"people": N_("People"), "work": N_("Work and income"), "services": N_("Services"), "walks": N_("On foot")}
OF_NOW = ("services", "walks")  # topics made from facilities, which cities list for one day
DAYS = {"nearest": N_("as near to each other as counts allow"), "newest": N_("each city's newest")}
COLUMNS = by_name(
    Column("measure", N_("Indicator"), kind="name"),
    Column("city", N_("City"), kind="text"),
    Column("value", N_("Value"), digits=1),
    Column("period", N_("Date"), kind="day"),
    Column("basis", N_("Made from"), kind="text", missing=""),
    Column("comparison", N_("Comparison"), kind="text"),
    Column("source", N_("Source"), kind="text"),
)


class Query(ViewState):
    """What a reader asks of this page: cities beside one's own, what about them, and of which days."""

    cities: tuple[str, ...] = Field((), max_length=MOST)
    topic: Literal["people", "work", "services", "walks"] = "people"
    days: Literal["nearest", "newest"] = "nearest"


def others(ctx: CityContext) -> dict[str, str]:
    """Cities that can be set beside the reader's own: name by key."""
    return {key: city.name for key, city in data.cities().items() if key != ctx.key}


def chosen(ctx: CityContext, query: Query) -> list[CityContext]:
    """The reader's city and those beside it."""
    cities = data.cities()
    return [ctx, *(replace(ctx, city=cities[key], data_version=data.version(key)) for key in query.cities)]


def _meeting_day(cities: list[CityContext], query: Query, last_year: int) -> pd.Timestamp | None:
    """The newest day that no city's counts end before; None where each city's newest is asked for.

    Facilities have one day alone, the newest: residents of long before would make rates that never were.
    """
    if query.days == "newest" or query.topic in OF_NOW:
        return None
    ends = [days[-1] for ctx in cities if (days := days_counted(ctx, query.topic, last_year))]
    return min(ends, default=None)


def not_comparable(ctx: CityContext, own: Indicator, other: Indicator) -> str:
    """Why two cities' values of an indicator are not comparable; '' if they are."""
    _ = ctx.language
    if own.gap or other.gap:
        return own.gap or other.gap
    if own.basis != other.basis:
        return _("made from {own} here and from {other} there", own=own.basis or _(GAP), other=other.basis or _(GAP))
    assert own.period is not None
    assert other.period is not None
    if abs(own.period - other.period) > YEAR:
        days = abs(own.period - other.period).days
        return _("{years:.1f} years apart", years=days / 365.25)
    years, theirs = (set(map(int, re.findall(r"\b(?:19|20)\d\d\b", made))) for made in (own.made, other.made))
    if own.basis and own.made != other.made and not (years and theirs):
        return _("it is not said when its places were recorded")
    if years and theirs and min(abs(year - their) for year in years for their in theirs) > 1:
        return _("places were recorded {own} and {other}", own=own.made, other=other.made)
    return ""


def _in_words(ctx: CityContext, item: Indicator) -> str:
    """A value with its interval and day: '18.7 (18.6–18.8), 2013-12-31'; why there is none."""
    _ = ctx.language
    if item.gap or item.period is None:
        return f"{_(GAP)} ({item.gap or _(NO_COUNT)})"
    words = _.number(item.rate.value, item.digits)
    if not np.isnan(item.rate.low):
        low, high = (_.number(end, item.digits) for end in (item.rate.low, item.rate.high))
        words += f" ({low}–{high})"
    made = f"; {item.made}" if item.made else ""
    return f"{words}, {item.period:%Y-%m-%d}{made}"


def compared(ctx: CityContext, territory: Territory, query: Query) -> pd.DataFrame:
    """An indicator and city a row: key, measure, unit, city, value, low, high, digits, period, basis, reason, source.

    reason: why it is not comparable with the reader's own city, '' where it is. Raises NothingToShow where no city has
    a value.
    """
    cities = chosen(ctx, query)
    when = _meeting_day(cities, query, territory.last_year)
    values = [{item.key: item for item in of_city(city, query.topic, territory.last_year, when)} for city in cities]
    missing = ctx.language(NO_DATA)
    rows = []
    for key in dict.fromkeys(key for items in values for key in items):
        known = next(items[key] for items in values if key in items)
        absent = known._replace(rate=Rate(NAN), period=None, source="", basis="", made="", gap=missing)
        own = values[0].get(key, absent)
        for city, items in zip(cities, values, strict=True):
            item = items.get(key, absent)
            reason = not_comparable(ctx, own, item) if city.key != ctx.key else own.gap
            rows.append(
                {"key": key, "measure": item.label, "unit": item.unit, "city": city.name, "place": city.key}
                | item.rate._asdict()
                | {"digits": item.digits, "period": item.period, "basis": item.basis, "made": item.made}
                | {"words": _in_words(ctx, item), "reason": reason, "source": item.source}
            )
    table = pd.DataFrame(rows)
    if table.empty or table["value"].isna().all():
        _ = ctx.language
        raise NothingToShow(
            _("None of these cities has counts for this up to {year}.", year=territory.last_year),
            _("Choose another topic or later years, or add a table to a city's pack on the page *Your city*."),
        )
    return table


def _comparison(ctx: CityContext, rows: pd.DataFrame) -> str:
    """What may be said of one indicator: the order of those that can be told apart, and what is not comparable."""
    _, own = ctx.language, rows.iloc[0]
    if len(rows) < 2:
        return ""
    if own["reason"]:
        return _("not comparable: {reason}", reason=own["reason"])
    alike, parts = rows[rows["reason"] == ""], []
    if len(alike) > 1:
        # Without an interval of each nothing is said of an order.
        groups = rates.ordered(alike.assign(name=alike["city"])) if alike["low"].notna().all() else []
        parts.append(" > ".join(" ≈ ".join(group) for group in groups) if groups else _("comparable"))
    for row in rows[rows["reason"] != ""].to_dict("records"):
        parts.append(_("{city} not comparable: {reason}", city=row["city"], reason=row["reason"]))
    return "; ".join(parts)


def _caption(ctx: CityContext, rows: pd.DataFrame, query: Query) -> Caption:
    _ = ctx.language
    pairs = rows[rows["place"] != ctx.key]
    alike = pairs[pairs["reason"] == ""]["key"].nunique()
    finding = _("{topic}: whole cities", topic=_(TOPICS[query.topic]))
    if len(pairs):
        finding = _(
            "{topic}: {alike} of {all} indicators can be compared",
            topic=_(TOPICS[query.topic]),
            alike=alike,
            all=rows["key"].nunique(),
        )
    credits = rows[rows["source"] != ""].drop_duplicates(["city", "source"])
    credit = "; ".join(f"{city}: {text}" for city, text in zip(credits["city"], credits["source"], strict=True))
    return Caption(finding, _("value with its 95 % interval, and its date"), "", credit, _note(ctx, query))


def _note(ctx: CityContext, query: Query) -> str:
    """How intervals are made and what the signs mean."""
    _ = ctx.language
    made = {
        "people": _("shares: Wilson's interval; groups as each publisher defines them"),
        "work": _("shares: Wilson's interval; smallest areas weighted with residents of the ages concerned"),
        "services": _("exact Poisson interval (Garwood)"),
        "walks": _("over straight lines the range is how direct ways are, over streets Wilson's interval"),
    }
    signs = _("> intervals do not meet, ≈ they do and nothing is said of an order; over a year apart is not comparable")
    return f"{made[query.topic]}; {signs}"


def table_figure(ctx: CityContext, territory: Territory, query: Query) -> Figure:
    """An indicator a row, a city a column, and what may be said of them."""
    rows = compared(ctx, territory, query)
    by_indicator = rows.groupby("key", sort=False)
    table, columns = by_indicator.agg(measure=("measure", "first")), dict(COLUMNS)
    if query.cities:  # before the values: beside those of several cities it would be out of sight
        table["comparison"] = [_comparison(ctx, part) for _key, part in by_indicator]
    for place, part in rows.groupby("place", sort=False):
        name = f"city_{place}"
        table[name] = part.set_index("key")["words"]
        columns[name] = Column(name, part["city"].iloc[0], kind="text")
    table["unit"] = by_indicator["unit"].first()
    return figure(ctx, "cities", _caption(ctx, rows, query), table.reset_index(drop=True), None, columns)


def panels_figure(ctx: CityContext, territory: Territory, query: Query) -> Figure:
    """A small chart an indicator that two cities or more have; what is not comparable is hollow.

    Raises NothingToShow where there is no other city, or it shares no indicator.
    """
    _, rows = ctx.language, compared(ctx, territory, query)
    shown = rows[rows["value"].notna()]
    shown = shown[shown.groupby("key")["key"].transform("size") > 1].reset_index(drop=True)
    if shown.empty:
        raise NothingToShow(_("There is nothing to draw side by side."), _("Choose another city or topic."))
    caption = _caption(ctx, rows, query)
    hollow = _("hollow: not comparable with {city}", city=ctx.name)
    shown["alike"] = shown["reason"] == ""
    drawing = chart(
        "panels", shown, panel="measure", name="city", value="value", unit="unit", digits="digits", solid="alike"
    )
    shown = shown.assign(comparison=shown["reason"].where(~shown["alike"], _("comparable")))
    exported = ["measure", "city", "value", "low", "high", "unit", "period", "basis", "comparison", "source"]
    said = replace(
        caption, note=f"{hollow}; {caption.note}", finding=_("{topic}, side by side", topic=_(TOPICS[query.topic]))
    )
    return figure(ctx, "cities-panels", said, shown[exported], drawing, COLUMNS)
