"""A pack from open sources: boundary, areas and services from OpenStreetMap, people from a grid.

Each answer is cached as it comes, so that a fetch that was broken off goes on where it stopped; the pack appears whole
or not at all.
"""

from __future__ import annotations

import os
import shutil
import zipfile
from pathlib import Path
from typing import Any

import geopandas as gpd
import httpx
import numpy as np
import pandas as pd
import shapely

import data
from data.city import guesses, pack, reading
from data.city.checks import ReportProgress
from data.city.pack import Part
from data.connectors import http_cache, openstreetmap, overpass
from data.errors import DataError, SourceError
from data.settings import settings

# Eurostat's census of 2021 on squares of one kilometre; the address may change, ZONE_GRID names another.
GRID = "https://gisco-services.ec.europa.eu/census/2021/Eurostat_Census-GRID_2021_V2.2.zip"
OSM = {"publisher": "OpenStreetMap", "licence": "ODbL 1.0", "attribution": "© OpenStreetMap contributors"}
CENSUS = {
    "publisher": "Eurostat",
    "licence": "Reuse with attribution (Decision 2011/833/EU)",
    "attribution": "Eurostat, census grid, © European Union",
    "period": "2021-12-31",
}


def fetch(
    name: str,
    folder: Path | None = None,
    *,
    country: str = "",
    pbf: Path | None = None,
    grid: Path | None = None,
    persons: str = "",
    client: httpx.Client | None = None,
    report_progress: ReportProgress = lambda _what, _share: None,
) -> list[str]:
    """Make a pack of a city; returns what the reader should know (what is old, what was not found). Raises DataError.

    pbf: an OpenStreetMap extract that services and streets are taken from; grid: a population grid, persons: its column
    of residents where it cannot be guessed. With both nothing is asked of the network: the areas are then hexagons
    where the grid counts people inside the extract.
    """
    target = folder or Path(pack.key_of(name))
    if target.exists():
        command = f"python -m data.city build {target}"
        raise DataError(f"{target}: this exists already. Name another --folder, or build it: {command}")
    for file, kind in ((pbf, "extract"), (grid, "grid")):
        if file is not None and not file.is_file():
            raise DataError(f"{file}: there is no such file. Give the path of the {kind}.")
    draft = _Draft(target.with_name(target.name + ".part"), persons, client, report_progress)
    try:
        if pbf is not None and grid is not None:
            extent = _from_files(draft, pbf, grid)
        else:
            extent = _from_servers(draft, name, country, pbf, grid)
        manifest = pack.manifest_text(_city_settings(name, country, extent), draft.parts)
        (draft.folder / pack.MANIFEST).write_text(manifest, encoding="utf-8")
        os.replace(draft.folder, target)
    except BaseException:
        shutil.rmtree(draft.folder, ignore_errors=True)
        raise
    return draft.notes


class _Draft:
    """A pack while it is fetched: its files, its sections, and what the reader should know."""

    def __init__(
        self, folder: Path, persons: str, client: httpx.Client | None, report_progress: ReportProgress
    ) -> None:
        self.folder, self.persons, self.client, self.report_progress = folder, persons, client, report_progress
        self.parts: dict[str, Part] = {}
        self.notes: list[str] = []
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)

    def note_age(self, what: str, response: http_cache.CachedResponse) -> None:
        """A note where an answer comes from the cache because its server did not."""
        if response.stale:
            self.notes.append(f"{what}: the server could not be reached; the answer {response.age} was used.")

    def add(self, section: str, table: gpd.GeoDataFrame, columns: dict[str, str], credit: dict[str, str]) -> None:
        """Write a section's file and keep what the manifest says of it."""
        table.to_file(self.folder / f"{section}.geojson", driver="GeoJSON")
        self.parts[section] = Part.model_validate({"file": f"{section}.geojson", "columns": columns, **credit})

    def add_streets(self, pbf: Path, period: str) -> None:
        """Copy an extract as the section of streets."""
        shutil.copyfile(pbf, self.folder / "streets.osm.pbf")
        self.parts["network"] = Part.model_validate({"file": "streets.osm.pbf", **_osm_credit(period)})


def _from_files(draft: _Draft, pbf: Path, grid: Path) -> shapely.Geometry:
    """The sections that an extract and a grid give; returns the extent of the extract's services."""
    draft.report_progress("services", 0.1)
    services = openstreetmap.of_extract(pbf)
    if not _add_services(draft, services, services.attrs.get("period", "")):
        raise SourceError(str(pbf), "no service was found in the extract", hint="Give an extract that holds the city")
    draft.add_streets(pbf, services.attrs.get("period", ""))
    draft.report_progress("grid", 0.6)
    extent = shapely.box(*services.total_bounds)
    _add_grid(draft, grid.name, reading.read(grid, grid.name).rows, extent, {})
    return extent


def _from_servers(draft: _Draft, name: str, country: str, pbf: Path | None, grid: Path | None) -> shapely.Geometry:
    """The sections that servers give, with a file in the place of each that is there; returns the city's outline."""
    draft.report_progress("boundary", 0.0)
    relation, _tags, outline, response = overpass.boundary(name, country, draft.client)
    draft.note_age("boundary", response)
    draft.report_progress("areas", 0.2)
    areas, response = overpass.parts(relation, draft.client)
    draft.note_age("areas", response)
    if not _add_areas(draft, areas, outline):
        draft.notes.append("areas: OpenStreetMap knows none inside this city; hexagons stand in for them.")
    draft.report_progress("services", 0.4)
    if pbf is None:
        services, response = overpass.services(relation, draft.client)
        draft.note_age("services", response)
        draft.notes.append("streets: without --pbf distances are straight lines with a fitted circuity.")
    else:
        services = openstreetmap.of_extract(pbf)
        draft.add_streets(pbf, services.attrs.get("period", ""))
    _add_services(draft, services[services.within(outline)], services.attrs.get("period", ""))
    draft.report_progress("grid", 0.7)
    if grid is None:
        kinds = ("application/zip", "application/x-zip-compressed", "application/octet-stream")
        response = http_cache.get(settings().grid or GRID, kinds=kinds, client=draft.client)
        draft.note_age("population grid", response)
        _add_grid(draft, "grid", _census(response.path), outline, CENSUS)
    else:
        _add_grid(draft, "grid", reading.read(grid, grid.name).rows, outline, {})
    return outline


def _osm_credit(period: str) -> dict[str, str]:
    return {**OSM, "period": period or f"{pd.Timestamp.today():%Y-%m}"}


def _add_areas(draft: _Draft, areas: gpd.GeoDataFrame, outline: shapely.Geometry) -> bool:
    """The finest level whose areas cover the city, with the level above as districts; whether there is one."""
    inside = areas[areas.representative_point().within(outline)]
    for level in sorted(inside["level"].unique(), reverse=True):
        rows = inside[inside["level"] == level]
        covered = shapely.unary_union(rows.geometry.to_numpy()).intersection(outline).area
        if len(rows) > 1 and covered > 0.9 * outline.area:
            break
    else:
        return False
    columns = {"id": "id", "name": "name"}
    above = areas.loc[areas["level"] < level, ["id", "name", "geometry"]]
    if len(above):
        points = gpd.GeoDataFrame(geometry=rows.representative_point())
        held = gpd.sjoin(points, above, predicate="within")
        held = held[~held.index.duplicated()].reindex(rows.index)
        if held["id"].notna().all():
            rows = rows.assign(district=held["id"], district_name=held["name"])
            columns |= {"district": "district", "district_name": "district_name"}
    draft.add("areas", rows[[*columns, "geometry"]], columns, _osm_credit(""))
    return True


def _add_services(draft: _Draft, services: gpd.GeoDataFrame, period: str) -> bool:
    """The services, where there are any; whether there are."""
    if len(services):
        columns = {name: name for name in ("id", "kind", "name", "operator")}
        draft.add("services", services, columns, _osm_credit(period))
    return len(services) > 0


def _census(path: Path) -> pd.DataFrame:
    """Eurostat's grid: the CSV or GeoPackage in the zip."""
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if name.lower().endswith((".csv", ".gpkg", ".parquet"))]
        if not names:
            raise SourceError("census grid", "the zip holds no table", hint="Name a file with --grid")
        best = min(names, key=lambda name: (not name.lower().endswith(".csv"), -archive.getinfo(name).file_size))
        if best.lower().endswith(".csv"):
            head = pd.read_csv(archive.open(best), nrows=0).columns
            wanted = [column for column in head if column in ("GRD_ID", "T", "OBS_VALUE", "STAT", "SPATIAL")]
            return pd.read_csv(archive.open(best), usecols=wanted, dtype={"GRD_ID": str, "SPATIAL": str})
        out = path.with_name(Path(best).name)
        with archive.open(best) as source, out.open("wb") as copy:
            shutil.copyfileobj(source, copy)
    return reading.read(out, out.name).rows


def _add_grid(draft: _Draft, name: str, rows: pd.DataFrame, extent: shapely.Geometry, credit: dict[str, str]) -> None:
    """The part of a grid that lies in the extent. Raises SourceError where it has no residents or places there."""
    columns = guesses.guess_columns("grid", rows.columns) | ({"persons": draft.persons} if draft.persons else {})
    if columns.get("persons") not in rows:
        hint = f"Name it with --persons; the file has {', '.join(map(str, rows.columns[:12]))}"
        raise SourceError(name, "no column is known to hold residents", hint=hint)
    rows = _with_shapes(name, rows, columns, extent)
    inside = rows[rows.representative_point().within(extent.buffer(0.005))]
    if inside.empty:
        raise SourceError(name, "no cell of the grid lies in the city", hint="Check that the grid covers it")
    theirs = {ours: columns[ours] for ours in ("persons", "period") if ours in columns}
    table = gpd.GeoDataFrame({ours: inside[column] for ours, column in theirs.items()}, geometry=inside.geometry)
    if "period" in table:
        table["period"] = table["period"].astype(str)
    credit = {"period": f"{pd.Timestamp.today().year - 1}-12-31"} | credit
    draft.add("grid", table, {ours: ours for ours in theirs}, credit)


def _with_shapes(name: str, rows: pd.DataFrame, columns: dict[str, str], extent: shapely.Geometry) -> gpd.GeoDataFrame:
    """A grid's rows with their shapes, EPSG:4326; of cell codes only those near the extent."""
    if isinstance(rows, gpd.GeoDataFrame):
        return rows.to_crs(4326)
    if "cell" in columns:
        cells = gpd.GeoDataFrame(rows, geometry=reading.cell_square(rows[columns["cell"]]))
        west, south, east, north = gpd.GeoSeries([extent], crs=4326).to_crs(3035).total_bounds
        return cells.cx[west:east, south:north].to_crs(4326)
    if {"lon", "lat"} <= set(columns):
        lon, lat = (reading.numbers(rows[columns[axis]])[0] for axis in ("lon", "lat"))
        return gpd.GeoDataFrame(rows, geometry=gpd.GeoSeries.from_xy(lon, lat, index=rows.index, crs=4326))
    hint = "Give a GeoPackage, or columns GRD_ID or lon and lat"
    raise SourceError(name, "the grid has no shapes, cell codes or coordinates", hint=hint)


def _degrees(shapes: pd.DataFrame, point: shapely.Point) -> np.ndarray:
    """How far shapes are from a point, in degrees: enough to find what holds it, drawn coarsely or not."""
    return np.asarray(shapely.distance(shapes["geometry"].to_numpy(), point))


def _city_settings(name: str, country: str, extent: shapely.Geometry) -> dict[str, Any]:
    """The manifest's [city]: the country and NUTS 2 region that the city lies in, by the shipped shapes."""
    middle = extent.representative_point()
    lands, regions = data.table("country_shapes"), data.table("regions")
    codes = [country] if country else [str(code) for code in lands.loc[_degrees(lands, middle) < 0.05, "iso3"]]
    if not codes:
        raise DataError(f"{name}: the country it lies in could not be told. Name it with --country.")
    city = {"name": name, "country": codes[0]}
    region = regions.loc[_degrees(regions, middle) < 0.02]
    if len(region):
        city |= {"region": str(region["nuts_id"].iloc[0]), "region_name": str(region["name"].iloc[0])}
    return city
