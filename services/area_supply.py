"""What stands in one area: services, homes and culture, beside the city."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pandas as pd

from data.context import CityContext
from data.figures import Column, Figure
from data.translation import N_
from services import homes, rents
from services.areas import area_names, district_by_area, hierarchy, residents
from services.columns import by_name
from services.creative_city import SETTLED_RESIDENTS
from services.figures import Caption, figure
from services.names import facility_kinds
from services.tables import UNDATED, entries, has_tables, optional_table, source

# Heading -> the groups of facilities that stand under it.
GROUPS = {N_("Services"): ("learning", "community", "health"), N_("Culture"): ("culture",)}
HOMES = N_("Homes")
COLUMNS = by_name(
    Column("topic", N_("What"), kind="text"),
    Column("measure", N_("Measure"), kind="name"),
    Column("here", N_("Area"), kind="text"),
    Column("city", N_("City"), kind="text", missing=N_("not known")),
    Column("when", N_("Period"), kind="text"),
)


class Row(NamedTuple):
    """A line of the table, its numbers in words."""

    topic: str
    measure: str
    here: str
    city: str
    when: str


def supply_figure(ctx: CityContext, period: pd.Timestamp, level: str, area: str) -> Figure | None:
    """Facilities by kind, homes and rents of an area beside the city; None where the city has none of it."""
    _, name = ctx.language, area_names(ctx, level)[area]
    rows = [*_facilities(ctx, period, level, area), *_homes(ctx, level, area), *_rents(ctx, level, area)]
    if not rows:
        return None
    order = [_(topic) for topic in (*GROUPS, HOMES)]
    table = pd.DataFrame(rows).sort_values("topic", key=lambda topics: topics.map(order.index), kind="stable")
    few = people_of(ctx, period, level).get(area, 0) < SETTLED_RESIDENTS
    caption = Caption(
        _("{name}: services, homes and culture beside the city", name=name),
        _("services and culture: number · per 10,000 residents; homes: as each row says"),
        _.day(period),
        source(ctx, "facilities", "residents", "dwellings", "housing_costs"),
        _("With fewer than {least:,} residents no rate is given.", least=SETTLED_RESIDENTS) if few else "",
    )
    return figure(ctx, "area-supply", caption, table.reset_index(drop=True), None, COLUMNS)


def people_of(ctx: CityContext, period: pd.Timestamp, level: str) -> pd.Series:
    """Residents by area of a level."""
    rows = residents(ctx, period)
    return rows.groupby(rows["area_id"].map(hierarchy(ctx)[level]))["persons"].sum()


def _facilities(ctx: CityContext, period: pd.Timestamp, level: str, area: str) -> Iterator[Row]:
    """How many of each kind stand here, and for 10,000 residents here and in the city."""
    _, kinds, rows = ctx.language, facility_kinds(ctx), optional_table(ctx, "facilities")
    here = rows[rows["area_id"].map(hierarchy(ctx)[level]) == area]["kind"].value_counts()
    everywhere, people = rows["kind"].value_counts(), people_of(ctx, period, level)
    when = (entries(ctx, "facilities")[0].period or _(UNDATED)) if len(rows) else ""
    for topic, groups in GROUPS.items():
        for kind, label in kinds.loc[kinds["grouping"].isin(groups), "label"].items():
            count = int(here.get(kind, 0))
            rate = 10_000 * count / people[area] if people.get(area, 0) >= SETTLED_RESIDENTS else float("nan")
            yield Row(
                _(topic),
                str(label),
                f"{_.number(count)} · {_.number(rate, 1)}",
                f"{_.number(everywhere[kind])} · {_.number(10_000 * everywhere[kind] / people.sum(), 1)}",
                when,
            )


def _homes(ctx: CityContext, level: str, area: str) -> Iterator[Row]:
    """Residents per room and per dwelling, of the smallest areas whose homes are known."""
    _, rows = ctx.language, homes.by_area(ctx)
    if rows is None:
        return
    rows = rows.dropna(subset=["persons", "dwellings", "rooms"])
    here = rows[rows["area_id"].map(hierarchy(ctx)[level]) == area]
    when = _("end of {year}", year=homes.newest_year(ctx))
    if here["dwellings"].sum() < homes.FEWEST:
        return
    for label, base in ((N_("Residents per room"), "rooms"), (N_("Residents per dwelling"), "dwellings")):
        values = [float(part["persons"].sum() / part[base].sum()) for part in (here, rows)]
        yield Row(_(HOMES), _(label), _.number(values[0], 2), _.number(values[1], 2), when)


def _rents(ctx: CityContext, level: str, area: str) -> Iterator[Row]:
    """Rents of the area's district by the sample, with their interval."""
    if not has_tables(ctx, "housing_costs"):
        return
    _, district = ctx.language, district_by_area(ctx, level)[area]
    for measure, (_label, unit, digits) in rents.MEASURES.items():
        rows = rents.by_district(ctx, measure)
        rows = rows[(rows["area_id"] == district) & (rows["year"] == rows["year"].max())]
        for row in rows.itertuples():
            low, value, high = (_.number(number, digits) for number in (row.low, row.mean, row.high))
            here = _("{value} (95 %: {low} to {high})", value=value, low=low, high=high)
            yield Row(_(HOMES), f"{_(unit)} ({row.name})", here, "", str(row.year))
