"""Children: how many have a migration background, by area and age, and how many are of school age in five years."""

from __future__ import annotations

from typing import Literal

import pandas as pd

from analytics import coverage
from analytics.scenario import Arrivals
from data.context import CityContext, Territory, ViewState
from data.figures import Column, Figure
from data.translation import N_, Language
from services.areas import area_names, district_of, in_district, require_period, sums_by_area
from services.columns import by_name
from services.figures import Caption, Shading, area_map, chart, figure
from services.findings import ends
from services.fit import AHEAD, children_ahead, forecast_days
from services.names import level_plurals
from services.tables import city_table, require_tables, source

AGES = {"0-5": (0, 6), "6-14": (6, 15), "15-17": (15, 18)}  # as counted -> from, to under
SCHOOL: Literal["6-14"] = "6-14"
COLUMNS = by_name(
    Column("percent", N_("With a migration background"), N_("% of children of that age"), digits=1),
    Column("children", N_("Children of that age")),
    Column("with_background", N_("With a migration background (estimate)")),
    Column("before", N_("As many at the first day (estimate)")),
    Column("more", N_("More than then (estimate)")),
    Column("persons", N_("Children of 6 to 14 now")),
    Column("school", N_("In five years (estimate)")),
    Column("low", N_("In five years, low")),
    Column("high", N_("In five years, high")),
    Column("newcomers", N_("Newcomers of that age (estimate)")),
    Column("classes", N_("Classes more or fewer (estimate)")),
    Column("change", N_("Change in five years, %"), digits=1),
    Column("change_low", N_("Change, low, %"), digits=1),
    Column("change_high", N_("Change, high, %"), digits=1),
)


class Query(ViewState):
    """Which ages are shown."""

    age: Literal["0-5", "6-14", "15-17"] = SCHOOL


def age_label(_: Language, age: str) -> str:
    """An age band in words: '6 to 14 years'."""
    first, end = AGES[age]
    return _("{first} to {last} years", first=first, last=end - 1)


def by_background(ctx: CityContext, age: str, first: pd.Timestamp, last: pd.Timestamp) -> tuple[pd.DataFrame, str]:
    """Children by area on the last day, with those on the first.

    area_id, percent, children, with_background, before, more; and the level of the areas. Numbers are the published
    share of the published count, so estimates.
    """
    shares, residents = city_table(ctx, "children_by_background"), city_table(ctx, "residents")
    level = str(shares["level"].iloc[0])

    def on(day: pd.Timestamp) -> pd.DataFrame:
        rows = coverage.of_age(residents[residents["period"] == day], *AGES[age])
        children = sums_by_area(ctx, rows, "persons", level)
        own = shares[(shares["period"] == day) & (shares["age"] == age)].set_index("area_id")["percent"]
        table = pd.DataFrame({"percent": own, "children": children.reindex(own.index)})
        return table.assign(with_background=table["percent"] / 100 * table["children"])

    rows = on(last)
    rows["before"] = on(first)["with_background"]
    rows["more"] = rows["with_background"] - rows["before"]
    return rows.rename_axis("area_id").reset_index(), level


def background_figure(ctx: CityContext, territory: Territory, query: Query) -> Figure:
    """Share of children with a migration background by area, and how many more they are than on the first day.

    Raises NothingToShow where the city has no such table or none in the chosen years.
    """
    require_tables(ctx, "children_by_background", "residents")
    _, day = ctx.language, require_period(ctx, territory)
    first = city_table(ctx, "children_by_background")["period"].min()
    rows, level = by_background(ctx, query.age, first, day)
    rows = in_district(ctx, rows.assign(name=rows["area_id"].map(area_names(ctx, level))), territory.district, level)
    rows["value"] = rows["percent"]
    rows["shown"] = [
        _(
            "{share} of {children} children; {more} since {day} (estimate)",
            share=_.percent(share / 100, 0),
            children=_.number(children),
            more=_.signed(round(more, -1), 0),
            day=_.day(first),
        )
        for share, children, more in zip(rows["percent"], rows["children"], rows["more"], strict=True)
    ]
    finding = ends(
        ctx,
        rows,
        "value",
        lambda name, shown: _(
            "Largest share of children ({age}) with a migration background: {name}, {shown}",
            age=age_label(_, query.age),
            name=name,
            shown=shown,
        ),
        lambda value: _.percent(value / 100),
        subject=_("with a migration background"),
        what=level_plurals(ctx)[level],
        largest=True,
        digits=0,
        base="children",
    ).text
    note = _(
        "In all areas shown about {now} children of that age, {more} since {day}: births, ageing and moving together, "
        "as moves by area are not published. Shares are rounded to bands of eleven children or more, so numbers are "
        "off by tens.",
        now=_.number(round(rows["with_background"].sum(), -2)),
        more=_.signed(round(rows["more"].sum(), -2), 0),
        day=_.day(first),
    )
    caption = Caption(
        finding,
        _("% of children of {age} with a migration background", age=age_label(_, query.age)),
        _.day(day),
        source(ctx, "children_by_background", "residents"),
        note,
    )
    return area_map(ctx, territory, "fit-background", caption, rows, level, Shading(0, " %"), columns=COLUMNS)


def ahead(ctx: CityContext, newcomers: int, class_size: int) -> pd.DataFrame:
    """Children of school age by district, now and in AHEAD years, and what newcomers add: area_id and COLUMNS.

    newcomers: people, spread like residents, with the usual shares of ages. Raises NothingToShow without years enough.
    """
    rows, residents = children_ahead(ctx).set_index("area_id"), city_table(ctx, "residents")
    residents = residents[residents["period"] == forecast_days(ctx)[-1]]
    everyone, rows["persons"] = (
        people["persons"].groupby(people["area_id"].map(district_of(ctx))).sum().astype(float)
        for people in (residents, coverage.of_age(residents, *AGES[SCHOOL]))
    )
    of_age = Arrivals().ages[1] * (AGES[SCHOOL][1] - AGES[SCHOOL][0]) / 12  # of twelve years of age, evenly spread
    rows["newcomers"] = newcomers * of_age * everyone / everyone.sum()
    for end, column in (("school", "change"), ("low", "change_low"), ("high", "change_high")):
        rows[column] = 100 * (rows[end] / rows["persons"] - 1)
    rows["classes"] = (rows["school"] + rows["newcomers"] - rows["persons"]) / class_size
    return rows.reset_index()


def ahead_figure(ctx: CityContext, territory: Territory, newcomers: int, class_size: int) -> Figure:
    """How many children of school age each district has in AHEAD years against now, with intervals.

    Raises NothingToShow without years enough, or ages.
    """
    require_tables(ctx, "residents")
    _ = ctx.language
    rows = ahead(ctx, newcomers, class_size)
    names = area_names(ctx, "district") if ctx.has_districts else {"": ctx.name}
    rows = rows.assign(name=rows["area_id"].map(names))
    more, fewer = int((rows["change_low"] > 0).sum()), int((rows["change_high"] < 0).sum())
    finding = _(
        "Children of 6 to 14 in {years} years: more in {more} and fewer in {fewer} of {all} {districts}; of the others "
        "it cannot be told",
        years=AHEAD,
        more=more,
        fewer=fewer,
        all=len(rows),
        districts=level_plurals(ctx)[ctx.largest_level],
    )
    note = _(
        "Cohort survival; such intervals held {held} of earlier forecasts of districts. {people} newcomers spread like "
        "residents, an assumption, come on top and are in the classes: {size} children each.",
        held=_.percent(float(rows["held"].iloc[0])),
        people=_.number(newcomers),
        size=class_size,
    )
    caption = Caption(
        finding, _("change, % of children now"), _.day(forecast_days(ctx)[-1]), source(ctx, "residents"), note
    )
    options = {"name": "name", "value": "change", "low": "change_low", "high": "change_high", "unit": "", "digits": 1}
    marked = names.get(territory.district, "") if territory.district else ""
    drawing = chart("intervals", rows, **options, reference=0.0, marked=marked)
    table = rows[["area_id", "name", *(name for name in COLUMNS if name in rows)]]
    return figure(ctx, "fit-ahead", caption, table, drawing, COLUMNS)
