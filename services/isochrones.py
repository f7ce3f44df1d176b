"""From where a place is reached within so many minutes: on foot, by wheelchair or bicycle, by bus and train."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

import h3
import numpy as np
import pandas as pd

from analytics import cells as hexes
from analytics import classes
from analytics.scenario import Walker
from data.context import CityContext, Territory, ViewState
from data.errors import NothingToShow
from data.figures import Column, Figure, Layer
from data.translation import N_
from services import transit, walks
from services.access import people_in_cells
from services.areas import require_period
from services.cache import cached_numbers
from services.columns import by_name
from services.figures import Caption, Shading, city_map, figure, legend, ranges
from services.reach import MOST_CELLS
from services.site_test import TENS, Spot, spot
from services.tables import city_table, source
from services.transit import Window

RIDE = "ride"
COLUMNS = by_name(
    Column("cell", N_("H3 cell"), kind="id"),
    Column("persons", N_("Residents (estimate)")),
    Column("minutes", N_("Minutes of the way"), digits=1),
)


class Query(ViewState):
    """By what means, within how many minutes, and for bus and train when one sets out."""

    way: Literal[Walker, "ride"] = "adult"
    way_limit: Literal[10, 15, 20, 30, 45, 60] = 15
    window: Window = "morning"


def ways(ctx: CityContext) -> dict[str, str]:
    """Means of travel in this city: bus and train where it has a timetable."""
    by_ride = {RIDE: ctx.language("By bus and train")} if transit.has_timetable(ctx) else {}
    return walks.walkers(ctx) | by_ride


def options(ctx: CityContext) -> dict[str, Any]:
    """What the choices may be in this city."""
    return {"way": list(ways(ctx))}


@cached_numbers
def minutes(ctx: CityContext, place: Spot, query: Query) -> np.ndarray:
    """Minutes from every cell to the place (by bus and train the median); infinite beyond the limit."""
    if query.way != RIDE:
        return walks.minutes_to_place(ctx, place.x, place.y, query.way, query.way_limit)
    site = pd.DataFrame([{"x": place.x, "y": place.y}])
    middle, _late = transit.minutes_to_sites(ctx, site, query.window)
    return np.where(middle <= query.way_limit, middle, np.inf)


def map_figure(ctx: CityContext, territory: Territory, lon: float, lat: float, query: Query) -> Figure:
    """The hexagons from which the place is reached, and how many residents live in them. Raises NothingToShow."""
    _, period, place = ctx.language, require_period(ctx, territory), spot(ctx, lon, lat)
    taken, people = minutes(ctx, place, query), people_in_cells(ctx, "", period)
    reached = np.isfinite(taken)
    if not reached.any():
        raise NothingToShow(_("No place is near enough to reach this one in that time."), _("Choose a longer limit."))
    rows = pd.DataFrame({"cell": city_table(ctx, "cells")["cell"], "persons": people, "minutes": taken})[reached]
    count = round(int(rows["persons"].sum()) / TENS) * TENS
    finding = _(
        "About {count:,} residents reach this place within {limit} minutes ({way})",
        count=count,
        limit=query.way_limit,
        way=ways(ctx)[query.way],
    )
    shown = _coarser(rows)
    grouped, unit = classes.classify(shown["value"]), _("minutes of the way (estimate)")
    layer = Layer("hexagons", {"cells": shown, "classes": grouped, "digits": 0})
    key = legend(ctx, unit, grouped, ranges(grouped, Shading(0), _))
    by_ride = query.way == RIDE
    about = transit.about(ctx, query.window) if by_ride else walks.about_walks(ctx, query.way)
    caption = Caption(
        finding,
        unit,
        transit.dates(ctx, period) if by_ride else _.day(period),
        source(ctx, "residents", "cells", "network_edges", *(transit.TABLES if by_ride else ())),
        about,
        _("Map of from where the place is reached"),
    )
    drawing = replace(city_map(ctx, territory, [layer], key), lon=lon, lat=lat, zoom=11 if query.way_limit > 20 else 13)
    result = figure(ctx, "isochrone", caption, rows, drawing, COLUMNS)
    return replace(result, geometry=lambda: [h3.cells_to_geo([cell]) for cell in rows["cell"]])


def _coarser(rows: pd.DataFrame) -> pd.DataFrame:
    """The hexagons as fine as MOST_CELLS allows: cell, persons, value (mean minutes)."""
    resolution = hexes.level_of_detail(len(rows), h3.get_resolution(rows["cell"].iloc[0]), MOST_CELLS)
    parents = rows["cell"].map(lambda cell: h3.cell_to_parent(cell, resolution))
    groups = rows.groupby(parents.to_numpy())
    return groups.agg(persons=("persons", "sum"), value=("minutes", "mean")).rename_axis("cell").reset_index()
