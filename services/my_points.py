"""Points of a reader's own file on the map: kept in the session alone, matched with areas, sized by a column."""

from __future__ import annotations

from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd

from data.city.own_points import OWN, read_points
from data.context import CityContext, Territory
from data.errors import NothingToShow
from data.figures import Column, Figure, Layer
from data.placing import assign_areas
from data.translation import N_, Language
from services import background
from services.areas import area_names, exact_areas, require_period
from services.city_map import by_area, indicators
from services.columns import by_name
from services.figures import Caption, city_map, figure, outline_layer
from services.tables import require_tables

SUFFIXES = ["csv", "xlsx", "geojson", "json", "gpkg", "parquet"]
LARGEST = 18.0  # pixels of the largest circle's radius
COLUMNS = by_name(
    Column("lon", N_("Longitude"), digits=5),
    Column("lat", N_("Latitude"), digits=5),
    Column("indicator_value", N_("Value of the area"), digits=2),
)


class Points(NamedTuple):
    """A file's name and its rows: lon, lat and its own columns."""

    name: str
    rows: pd.DataFrame


def receive(language: Language, name: str, content: bytes) -> Points:
    """Read a file in a process of its own. Raises DataError with a sentence that names file, row, column and mend."""
    return Points(name, background.run(language, read_points, content, name))


def numbers(points: Points) -> dict[str, str]:
    """Columns that circles can be sized by: name without the mark, by name."""
    rows = points.rows
    return {name: name.removeprefix(OWN) for name in rows if name.startswith(OWN) and rows[name].dtype.kind in "if"}


def map_figure(ctx: CityContext, territory: Territory, points: Points, size: str, indicator: str) -> Figure:
    """The points, each with the smallest area that it lies in and that area's indicator.

    size: a column that circles are sized by, '' for dots. Raises NothingToShow where no point lies in the city.
    """
    require_tables(ctx, "areas_exact")
    _, level, areas = ctx.language, ctx.levels[-1], gpd.GeoDataFrame(exact_areas(ctx))
    spots = gpd.GeoDataFrame(
        points.rows.assign(source_id=[str(n + 1) for n in range(len(points.rows))], kind="own"),
        geometry=gpd.points_from_xy(points.rows["lon"], points.rows["lat"]),
        crs=4326,
    ).drop(columns=["lon", "lat"])
    inside = assign_areas(spots, areas).reset_index(drop=True)
    if inside.empty:
        raise NothingToShow(_("No point of {file} lies in {city}.", file=points.name, city=ctx.name), "")
    known = by_area(ctx, indicator, require_period(ctx, territory), level)
    inside["name"] = inside["area_id"].map(area_names(ctx, level))
    inside["indicator_value"] = inside["area_id"].map(known.rows.set_index("area_id")["value"])
    finding = _(
        "{inside:,} of {all:,} points of {file} lie in {city}",
        inside=len(inside),
        all=len(points.rows),
        file=points.name,
        city=ctx.name,
    )
    own = [name for name in inside if name.startswith(OWN)]
    cells = inside[own].to_numpy()
    shown = [" · ".join(str(value) for value in row if str(value) not in ("", "nan"))[:120] for row in cells]
    drawn = inside.assign(shown=shown, id=inside["area_id"])
    label = indicators(ctx)[indicator]
    note = _("Only in this session: the file is not stored. {label} is that of the area.", label=label)
    layer = Layer("points", {"points": drawn})
    if size in numbers(points):
        value = drawn[size].clip(lower=0).astype(float)
        drawn = drawn.assign(radius=(LARGEST * np.sqrt(value / max(value.max(), 1e-9))).round(1))
        layer = Layer("circles", {"points": drawn[drawn["radius"] > 0]})
        note += " " + _("Circles: {column}.", column=size.removeprefix(OWN))
    columns = COLUMNS | by_name(*(Column(name, name.removeprefix(OWN), digits=2) for name in own))
    table = inside[["name", "area_id", *own, "indicator_value", "lon", "lat"]]
    caption = Caption(finding, known.card.unit, _.day(known.day), _("{file}, of the reader", file=points.name), note)
    return figure(
        ctx,
        "own-points",
        caption,
        table,
        city_map(ctx, territory, [outline_layer(ctx, territory), layer], None),
        columns,
    )
