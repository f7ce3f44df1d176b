"""Profile of one area: needs, services and strengths against its district, the city and the areas most like it."""

from __future__ import annotations

import pandas as pd

from analytics import profile
from analytics.findings import MIN_BASE
from analytics.indicators import WALKS
from analytics.profile import STANDS_OUT_PERCENT
from data.context import CityContext, Territory, ViewState
from data.figures import Column, Figure
from data.translation import N_
from services import inclusion, indicator_days, walks
from services.areas import area_names, district_by_area, hierarchy
from services.cache import cached
from services.columns import by_name
from services.figures import Caption, chart, figure
from services.names import cards, context_groups, dimensions, level_names, level_plurals
from services.tables import source

SIMILAR_BY = [
    "children",
    "older",
    "displaced",
    "density",
    "transfer_receipt",
    "residence_over_five_years",
    "origin_mix",
]
STANDINGS = {"strength": N_("strength"), "gap": N_("gap"), "": ""}
COLUMNS = by_name(
    Column("measure", N_("Measure"), kind="name"),
    Column("value", N_("Area"), digits=1),
    Column("district", N_("District"), digits=1),
    Column("city", N_("City"), digits=1),
    Column("similar", N_("Similar areas"), digits=1),
    Column("better_than", N_("Better than"), "%", missing=N_("not judged")),
    Column("kind", N_("Stands out as"), kind="text"),
    Column("indicator", N_("Indicator"), kind="key"),
)


class Query(ViewState):
    """What a reader asks of this page: a level, the area of it, and another that it is set beside ('': none)."""

    level: str = ""
    profile_area: str = ""
    beside: str = ""


def areas_within(ctx: CityContext, territory: Territory, level: str) -> dict[str, str]:
    """Areas of a level that hold the chosen area or lie in the chosen district, else all: name by id."""
    names, districts = area_names(ctx, level), district_by_area(ctx, level)
    if territory.area:
        holder = hierarchy(ctx).loc[territory.area, level]
        return {holder: names[holder]}
    return {area: name for area, name in names.items() if territory.district in ("", districts[area])}


@cached
def compared(ctx: CityContext, period: pd.Timestamp, level: str, area: str) -> tuple[pd.DataFrame, list[str]]:
    """Each indicator of the area beside its district, the city and similar areas, and the ids of these areas.

    By indicator, with the columns of COLUMNS: kind is 'strength', 'gap' or '', dimension a key; district only where one
    is above.
    """
    values = inclusion.measured(ctx, period, level)
    rows, by_key = profile.standing(values, area), cards(ctx.language)
    similar = list(profile.peers(values[SIMILAR_BY].dropna(axis=1, how="all"), area).index)
    if ctx.has_districts and level != "district":
        rows["district"] = inclusion.measured(ctx, period, "district").loc[district_by_area(ctx, level)[area]]
    if not rows.loc["residents", "value"] >= MIN_BASE:
        rows["kind"] = ""
    rows["city"] = inclusion.measured(ctx, period, "city").iloc[0]
    rows["similar"] = values.loc[similar].mean() if similar else float("nan")
    rows["better_than"] = rows["better_than"].where([bool(by_key[key].good) for key in rows.index])
    for place, name in enumerate(("dimension", "measure", "unit")):
        rows.insert(place, name, [getattr(by_key[key], "label" if name == "measure" else name) for key in rows.index])
    return rows.rename_axis("indicator"), similar


def about(ctx: CityContext, period: pd.Timestamp, level: str, area: str) -> str:
    """What the area is, where it lies, how many live there and which areas are most like it."""
    _, (rows, similar) = ctx.language, compared(ctx, period, level, area)
    names, few = area_names(ctx, level), not rows.loc["residents", "value"] >= MIN_BASE
    within = ""
    if "district" in rows:
        within = _("in {value}, ", value=area_names(ctx, "district")[district_by_area(ctx, level)[area]])
    like = ""
    if len(similar) < len(names) - 1:  # among no more than these, all others would be "most like"
        like = _(" Most like: {value}.", value=", ".join(names[other] for other in similar) or _("not known"))
    return _(
        "{level_names}, {held}{loc} residents on {period}.{like}",
        level_names=level_names(ctx)[level],
        held=within,
        loc=_.number(rows.loc["residents", "value"]),
        period=_.day(period),
        like=like,
    ) + (" " + _("With fewer than {least} residents nothing is said to stand out.", least=MIN_BASE) if few else "")


def standouts(ctx: CityContext, period: pd.Timestamp, level: str, area: str, kind: str) -> dict[str, str]:
    """What stands out as a 'strength' or a 'gap', most so first: a sentence by indicator."""
    rows, _similar = compared(ctx, period, level, area)
    rows = rows[rows["kind"] == kind].sort_values("better_than", ascending=kind == "gap")
    days = indicator_days.social_days(ctx, period)
    return {str(key): _sentence(ctx, str(key), row, level, days.get(str(key))) for key, row in rows.iterrows()}


def _sentence(ctx: CityContext, key: str, row: pd.Series, level: str, social_day: pd.Timestamp | None) -> str:
    """A measure that stands out, in words; with its own day where it is of another than residents."""
    _, card = ctx.language, cards(ctx.language)[key]
    better = row["kind"] == "strength"
    share = row["better_than"] if better else 100 - row["better_than"]
    unit = " %" if card.unit.startswith("%") else f" {card.unit}"
    if card.unit == _("% points"):
        unit = " " + _("points")
    if social_day is not None:
        unit += _(" on {day}", day=_.day(social_day))
    value, city = (
        walks.minutes_text(ctx, row[name], card.digits) if key in WALKS else _.number(row[name], card.digits)
        for name in ("value", "city")
    )
    values = {
        "label": row["measure"],
        "key": value + unit,
        "side": _("better") if better else _("worse"),
        "plural": level_plurals(ctx)[level],
        "city": city,
    }
    if share == 100:
        return _("{label}: {key}, {side} than all other {plural} (city: {city}).", **values)
    return _("{label}: {key}, {side} than {share:.0f} % of {plural} (city: {city}).", share=share, **values)


def _exported(ctx: CityContext, rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of `compared` with names in place of keys."""
    names = dimensions(ctx.language) | context_groups(ctx.language)
    kinds = {key: ctx.language(name) for key, name in STANDINGS.items()}
    return rows.assign(dimension=rows["dimension"].map(names), kind=rows["kind"].map(kinds)).reset_index()


def strip_figure(ctx: CityContext, period: pd.Timestamp, level: str, area: str) -> Figure:
    """Where the area stands among all in every measure that has a good side."""
    _, (rows, _similar) = ctx.language, compared(ctx, period, level, area)
    judged = rows.dropna(subset="better_than")
    counts = judged["kind"].value_counts()
    finding = _(
        "Strengths: {strength}, gaps: {gap}; measures with a good end: {count}",
        strength=counts.get("strength", 0),
        gap=counts.get("gap", 0),
        count=len(judged),
    )
    unit = _(
        "% of {plural} that do worse; beyond the dotted lines a measure stands out", plural=level_plurals(ctx)[level]
    )
    ends = (STANDS_OUT_PERCENT, 100 - STANDS_OUT_PERCENT)
    drawing = chart("strip", judged, name="measure", better_than="better_than", kind="kind", unit="", ends=ends)
    days, name = indicator_days.about(ctx, period), area_names(ctx, level)[area]
    caption = Caption(finding, unit, days, source(ctx, *inclusion.TABLES), name)
    return figure(ctx, "strip", caption, _exported(ctx, judged), drawing, COLUMNS)


def table_figure(ctx: CityContext, period: pd.Timestamp, level: str, area: str) -> Figure:
    """Every measure of the area beside its district, the city and similar areas, dimension by dimension."""
    _, (rows, _similar) = ctx.language, compared(ctx, period, level, area)
    order = list(context_groups(_) | dimensions(_))
    order = [order[0], *order[2:], order[1]]
    rows = rows.sort_values("dimension", key=lambda keys: keys.map(order.index), kind="stable")
    name = area_names(ctx, level)[area]
    finding = _("{name}: area beside district, city and similar areas", name=name)
    credit, note = source(ctx, *inclusion.TABLES), indicator_days.caveats(ctx, period)
    caption = Caption(finding, indicator_days.about(ctx, period), "", credit, note)
    return figure(ctx, "measures", caption, _exported(ctx, rows), None, COLUMNS)


def print_tables(ctx: CityContext, shown: Figure) -> dict[str, tuple[list[str], list[list[str]]]]:
    """The rows of table_figure for paper: for each dimension its heads and rows of text."""
    by_key = cards(ctx.language)
    columns = by_name(*shown.columns)
    names = [name for name in ("value", "district", "city", "similar") if name in columns]
    tables = {}
    for dimension, part in shown.rows.groupby("dimension", sort=False):
        body = [
            [
                f"{row['measure']} ({row['unit']})",
                *(ctx.language.number(row[name], by_key[row["indicator"]].digits) for name in names),
                columns["better_than"].text(row["better_than"], ctx.language),
            ]
            for row in part.to_dict("records")
        ]
        tables[str(dimension)] = (["", *(columns[name].heading for name in [*names, "better_than"])], body)
    return tables
