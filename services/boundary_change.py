"""Residents by origin in one area through a change of areas: an estimate, with its error."""

from __future__ import annotations

import pandas as pd

from analytics import bridge
from data.context import CityContext, Territory
from data.errors import NothingToShow
from data.figures import Figure
from services.areas import country_names
from services.cache import cached
from services.figures import Caption, chart, figure
from services.origins import COLUMNS, Query, place
from services.stocks import years_of
from services.tables import city_table, has_tables, source


def change_year(ctx: CityContext) -> int:
    """The year in which areas were redrawn, 0 where the city has no counts of an older division."""
    return int(ctx.city.boundary_since[:4]) if has_tables(ctx, "bridge", "residents_new_boundaries") else 0


@cached
def across_change(ctx: CityContext, area: str, codes: tuple[str, ...]) -> tuple[pd.DataFrame, dict[str, float]]:
    """One of the smallest areas through all half-years, those of older areas moved to today's; and the error of moving.

    Returns period, origin (ISO 3), persons, suppressed, estimate.
    """
    weights, rows = city_table(ctx, "bridge"), city_table(ctx, "residents_by_origin")
    rows = rows[(rows["level"] == ctx.levels[-1]) & rows["origin"].isin(codes)]
    today = rows["boundary_version"] == ctx.boundary_version
    counted = rows[today & (rows["area_id"] == area)].assign(estimate=False)
    moved = []
    for (period, origin), old in rows[~today].groupby(["period", "origin"]):
        persons = bridge.areal_weighting(old.set_index("area_id")["persons"], weights).get(area)
        moved.append((period, origin, persons, pd.isna(persons), True))
    columns = ["period", "origin", "persons", "suppressed", "estimate"]
    parts = [counted[columns], pd.DataFrame(moved, columns=columns)]
    joined = pd.concat([part.astype({"persons": "Float64"}) for part in parts]).sort_values(["origin", "period"])
    recount, residents = city_table(ctx, "residents_new_boundaries"), city_table(ctx, "residents")
    residents = residents[residents["period"] == recount["period"].iloc[0]]
    moved_all = bridge.areal_weighting(residents.groupby("area_id")["persons"].sum(min_count=1), weights)
    return joined.reset_index(drop=True), bridge.weighting_error(moved_all, recount.set_index("area_id")["persons"])


def across_change_figure(ctx: CityContext, territory: Territory, query: Query) -> Figure:
    """The chosen area across the change of areas: an estimate, with its error. Raises NothingToShow without an area."""
    _, year = ctx.language, change_year(ctx)
    if not territory.area:
        raise NothingToShow(
            _("Choose an area to see it across the change of areas in {year}.", year=year),
            _("Use the sidebar or click the map."),
        )
    (rows, error), name = across_change(ctx, territory.area, query.origins), place(ctx, territory)
    if rows["persons"].notna().sum() < 2:
        raise NothingToShow(
            _("Too many counts of {name} are suppressed.", name=name), _("Choose another area or origin.")
        )
    rows["origin"] = rows["origin"].map(country_names(ctx))
    caption = Caption(
        _("{name} across the change of areas (estimate before {year})", name=name, year=year),
        _("residents with that migration background"),
        years_of(rows["period"].dt.year),
        source(ctx, "residents_by_origin", "bridge"),
        _(
            "before {year} an estimate by shared area (areal weighting), whose error on {day}, known in both cuts, is "
            "{median_error} in the middle area and within 10 % in {within_10_percent} of areas",
            year=year,
            day=_.day(city_table(ctx, "residents_new_boundaries")["period"].iloc[0]),
            median_error=_.percent(error["median_error"], 1),
            within_10_percent=_.percent(error["within_10_percent"]),
        ),
    )
    drawing = chart(
        "lines",
        rows.dropna(subset="persons"),
        x="period",
        y="persons",
        by="origin",
        unit=_("residents"),
        breaks={pd.Timestamp(ctx.city.boundary_since): _("new areas")},
    )
    return figure(ctx, "across-change", caption, rows, drawing, COLUMNS)
