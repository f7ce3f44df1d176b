"""Who lives in a city that is fetched: the part of a population grid in it, its day, and residents by age if known."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.spatial import cKDTree

from data.city import ground, guesses, reading
from data.connectors import population_grid
from data.connectors.population_grid import PopulationGrid
from data.errors import DataError, SourceError

MOST_WITHHELD = 0.05  # of the residents' ages; with more of them unknown no ages are used


def read(
    path: Path, name: str, extent: shapely.Geometry, persons: str = "", day: str = "", *, touching: bool = False
) -> PopulationGrid:
    """The cells of any grid in an extent (EPSG:4326), with the period they speak of. Raises SourceError.

    touching: cells at the extent's edge belong to it, else those whose middle lies in it. name: the file's own;
    persons: the grid's column of residents, where it cannot be guessed; day: of which day its figures are, where the
    file does not say.
    """
    if day and reading.days(pd.Series([day], dtype=str))[1].any():
        raise DataError(f"'{day}' is no day. Write --grid-date 2021-12-31, or a year.")
    part = None if persons else population_grid.read(path, name, extent)
    part = part or _of_table(reading.read(path, name).rows, name, persons)
    part = replace(part, cells=_inside(part.cells, extent, touching))
    if part.cells.empty:
        raise SourceError(name, "no cell of the grid lies in the city", hint="Check that the grid covers it")
    if "period" in part.cells:
        return part
    stated = part.credit.get("period", "")
    if not stated and not day:
        hint = "Say it: --grid-date 2021-12-31, or a year"
        raise SourceError(name, "the grid does not say of which day its figures are", hint=hint)
    if stated and not day:
        part.notes.append(f"population grid: its figures are of {stated}, as {name} says.")
    return replace(part, credit={**part.credit, "period": day or stated})


def share(part: PopulationGrid) -> str:
    """How many of a grid's residents live in the city; '' where the file was not read whole."""
    counted = float(part.cells["persons"].sum())
    if not part.total > 0:
        return f"population grid: {counted:,.0f} residents live in the city."
    of = f"{counted:,.0f} of the {part.total:,.0f} residents that the file counts ({counted / part.total:.1%})"
    return f"population grid: {of} live in the city."


def _inside(cells: gpd.GeoDataFrame, extent: shapely.Geometry, touching: bool) -> gpd.GeoDataFrame:
    """The cells in the extent; of a place smaller than a cell those that it touches."""
    middles, ground = cells.representative_point(), extent
    if touching and len(cells) > 1 and (cells.geom_type == "Point").all():
        xy = cells.get_coordinates().to_numpy()
        ground = extent.buffer(float(np.median(cKDTree(xy).query(xy, k=2)[0][:, 1])) / 2)
    shapely.prepare(ground)
    chosen = shapely.contains_xy(ground, middles.x, middles.y)
    if touching or not chosen.any():
        chosen = shapely.intersects(ground, cells.geometry.to_numpy())
    return cells[chosen].reset_index(drop=True)


def _of_table(rows: pd.DataFrame, name: str, persons: str) -> PopulationGrid:
    """A grid in a table of any usual format: with shapes, cell codes, H3 cells, or lon and lat."""
    columns = guesses.guess_columns("grid", rows.columns) | ({"persons": persons} if persons else {})
    if columns.get("persons") not in rows:
        hint = f"Name it with --persons; the file has {', '.join(map(str, rows.columns[:12]))}"
        raise SourceError(name, "no column is known to hold residents", hint=hint)
    counts, wrong, mixed = reading.numbers(rows[columns["persons"]])
    if mixed or wrong.any():
        value = "" if mixed else f"'{rows.loc[wrong, columns['persons']].iloc[0]}' is not a number"
        hint = "Write every number of the column in one form"
        raise SourceError(name, mixed or value, column=columns["persons"], hint=hint)
    cells = gpd.GeoDataFrame({"persons": counts}, geometry=_shapes(name, rows, columns))
    if "period" in columns:
        cells["period"] = rows[columns["period"]].astype(str)
    unknown = int((~(counts >= 0)).sum())  # many makers write -1
    notes = [f"population grid: {unknown:,} cells state no residents and are not counted."] if unknown else []
    cells = cells[cells["persons"] > 0].dropna(subset="geometry")
    total = float(cells["persons"].sum())
    return PopulationGrid(cells, total, notes=notes)


def _shapes(name: str, rows: pd.DataFrame, columns: dict[str, str]) -> gpd.GeoSeries:
    """The shapes of a grid's rows, EPSG:4326."""
    if isinstance(rows, gpd.GeoDataFrame):
        return rows.geometry.to_crs(4326)
    if "cell" in columns:
        return reading.cell_square(rows[columns["cell"]]).to_crs(4326)
    if "h3" in rows:
        return population_grid.outlines(rows["h3"])
    if {"lon", "lat"} <= set(columns):
        lon, lat = (reading.numbers(rows[columns[axis]])[0] for axis in ("lon", "lat"))
        return gpd.GeoSeries.from_xy(lon, lat, index=rows.index, crs=4326)
    hint = "Give a GeoPackage, or columns GRD_ID, h3, or lon and lat"
    raise SourceError(name, "the grid has no shapes, cell codes or coordinates", hint=hint)


def by_age(part: PopulationGrid, areas: gpd.GeoDataFrame, crs: int) -> tuple[pd.DataFrame, str]:
    """Residents by area and age (area, age, persons) of a grid that knows ages, and what is to be said of them.

    areas: area_id, geometry; crs: a metric system. Counts of a cell add up to its residents. Withheld ages of few are
    taken as those of the rest of the city; no rows where they are withheld of more than MOST_WITHHELD.
    """
    cells = part.cells
    known = cells[part.ages].notna().all(axis=1) & (cells[part.ages].sum(axis=1) > 0)
    withheld = float(cells.loc[~known, "persons"].sum())
    of = withheld / float(cells["persons"].sum())
    words = f"ages: those of {withheld:,.0f} residents ({of:.1%}) are withheld"
    if of > MOST_WITHHELD:
        return pd.DataFrame(columns=["area", "age", "persons"]), f"{words}; no ages are used."
    weights = cells[part.ages].where(known, cells.loc[known, part.ages].sum(), axis=1)
    weights = weights.div(weights.sum(axis=1), axis=0).mul(cells["persons"], axis=0)
    squares, metric = cells.to_crs(crs), areas.to_crs(crs)
    tables = []
    for age in part.ages:
        rows = ground.residents_of_grid(metric, squares.assign(persons=weights[age], period=pd.NaT))
        tables.append(pd.DataFrame({"area": rows["area_id"], "age": age, "persons": rows["persons"].round()}))
    table = pd.concat(tables, ignore_index=True).astype({"persons": np.int64})
    return table, f"{words} and taken to be as in the rest of the city." if withheld else ""
