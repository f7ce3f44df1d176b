"""A pack from open sources: boundary, areas and services from OpenStreetMap, people from a grid, region from the shipped tables.

Each answer is cached as it comes, so that a fetch that was broken off goes on where it stopped; the pack appears whole or not at all.
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
from data.city import pack, reading
from data.city.building import ReportProgress
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

    pbf: an OpenStreetMap extract that services and streets are taken from; grid: a population grid. With both nothing is
    asked of the network: the areas are then hexagons where the grid counts people inside the extract.
    """
    target = folder or Path(pack.key_of(name))
    if target.exists():
        raise DataError(
            f"{target}: this exists already. Name another --folder, or build it: python -m data.city build {target}"
        )
    for file in (pbf, grid):
        if file is not None and not file.is_file():
            raise DataError(
                f"{file}: there is no such file. Give the path of the {'extract' if file is pbf else 'grid'}."
            )
    draft = target.with_name(target.name + ".part")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    notes: list[str] = []
    try:
        if pbf is not None and grid is not None:
            parts, whole = _offline(draft, pbf, grid, persons, report_progress)
        else:
            parts, whole = _online(draft, name, country, pbf, grid, persons, client, report_progress, notes)
        settings = _settings(name, country, whole)
        (draft / pack.MANIFEST).write_text(pack.manifest_text(settings, parts), encoding="utf-8")
        os.replace(draft, target)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    return notes


def _offline(
    draft: Path, pbf: Path, grid: Path, persons: str, report_progress: ReportProgress
) -> tuple[list[Part], shapely.Geometry]:
    report_progress("services", 0.1)
    places = openstreetmap.of_extract(pbf)
    services = _services(draft, places)
    if services is None:
        raise SourceError(str(pbf), "no service was found in the extract", hint="Give an extract that holds the city")
    report_progress("grid", 0.6)
    found = reading.read(grid, grid.name)
    spots = gpd.read_file(draft / "services.geojson")
    extent = shapely.box(*spots.total_bounds)
    part = _grid(
        draft, grid.name, found.rows, persons, extent, {"publisher": "", "licence": "", "attribution": "", "period": ""}
    )
    shutil.copyfile(pbf, draft / "streets.osm.pbf")
    return [services, Part("network", "streets.osm.pbf", credit=services.credit), part], extent


def _online(
    draft: Path,
    name: str,
    country: str,
    pbf: Path | None,
    grid: Path | None,
    persons: str,
    client: httpx.Client | None,
    report_progress: ReportProgress,
    notes: list[str],
) -> tuple[list[Part], shapely.Geometry]:
    def old(what: str, got: http_cache.CachedResponse) -> None:
        if got.stale:
            notes.append(f"{what}: the server could not be reached; the answer {got.age} was used.")

    report_progress("boundary", 0.0)
    relation, _tags, whole, got = overpass.boundary(name, country, client)
    old("boundary", got)
    report_progress("areas", 0.2)
    found, got = overpass.parts(relation, client)
    old("areas", got)
    areas = _areas(draft, found, whole)
    if areas is None:
        notes.append("areas: OpenStreetMap knows none inside this city; hexagons stand in for them.")
    report_progress("services", 0.4)
    if pbf is None:
        spots, got = overpass.services(relation, client)
        old("services", got)
    else:
        spots = openstreetmap.of_extract(pbf)
        shutil.copyfile(pbf, draft / "streets.osm.pbf")
    inside = spots[spots.within(whole)]
    inside.attrs.update(spots.attrs)
    services = _services(draft, inside)
    report_progress("grid", 0.7)
    if grid is None:
        got = http_cache.get(
            settings().grid or GRID,
            kinds=("application/zip", "application/x-zip-compressed", "application/octet-stream"),
            client=client,
        )
        old("population grid", got)
        rows, credit = _census(got.path), dict(CENSUS)
    else:
        rows, credit = (
            reading.read(grid, grid.name).rows,
            {"publisher": "", "licence": "", "attribution": "", "period": ""},
        )
    part = _grid(draft, "grid", rows, persons, whole, credit)
    network = [Part("network", "streets.osm.pbf", credit=_credit(spots.attrs["period"]))] if pbf is not None else []
    if pbf is None:
        notes.append("streets: without --pbf distances are straight lines with a fitted circuity.")
    return [*([areas] if areas else []), *([services] if services else []), *network, part], whole


def _credit(period: str) -> dict[str, str]:
    return {**OSM, "period": period or f"{pd.Timestamp.today():%Y-%m}"}


def _areas(draft: Path, found: gpd.GeoDataFrame, whole: shapely.Geometry) -> Part | None:
    """The finest level whose areas cover the city, with the level above as districts."""
    chosen = None
    for level in sorted(found["level"].unique(), reverse=True):
        rows = found[found["level"] == level]
        rows = rows[rows.representative_point().within(whole)]
        if len(rows) > 1 and shapely.unary_union(rows.geometry.to_numpy()).intersection(whole).area > 0.9 * whole.area:
            chosen = (level, rows)
            break
    if chosen is None:
        return None
    level, rows = chosen
    above = found[found["level"] < level]
    rows = rows.assign(district="1", district_name="")
    if len(above):
        joined = gpd.sjoin(
            gpd.GeoDataFrame(geometry=rows.representative_point()),
            above[["id", "name", "geometry"]],
            predicate="within",
        )
        joined = joined[~joined.index.duplicated()].reindex(rows.index)
        if joined["id"].notna().all():
            rows = rows.assign(district=joined["id"], district_name=joined["name"])
    columns = {"id": "id", "name": "name"} | (
        {"district": "district", "district_name": "district_name"} if rows["district_name"].any() else {}
    )
    rows[[*columns.values(), "geometry"]].to_file(draft / "areas.geojson", driver="GeoJSON")
    return Part("areas", "areas.geojson", columns, credit=_credit(""))


def _services(draft: Path, spots: gpd.GeoDataFrame) -> Part | None:
    if spots.empty:
        return None
    spots.to_file(draft / "services.geojson", driver="GeoJSON")
    return Part(
        "services",
        "services.geojson",
        {name: name for name in ("id", "kind", "name", "operator")},
        credit=_credit(spots.attrs.get("period", "")),
    )


def _census(path: Path) -> pd.DataFrame:
    """Eurostat's grid: the CSV or GeoPackage in the zip."""
    with zipfile.ZipFile(path) as archive:
        names = [one for one in archive.namelist() if one.lower().endswith((".csv", ".gpkg", ".parquet"))]
        if not names:
            raise SourceError("census grid", "the zip holds no table", hint="Name a file with --grid")
        best = min(names, key=lambda one: (not one.lower().endswith(".csv"), -archive.getinfo(one).file_size))
        if best.lower().endswith(".csv"):
            head = pd.read_csv(archive.open(best), nrows=0).columns
            wanted = [one for one in head if one in ("GRD_ID", "T", "OBS_VALUE", "STAT", "SPATIAL")]
            return pd.read_csv(archive.open(best), usecols=wanted, dtype={"GRD_ID": str, "SPATIAL": str})
        out = path.with_name(Path(best).name)
        with archive.open(best) as source, out.open("wb") as copy:
            shutil.copyfileobj(source, copy)
    return reading.read(out, out.name).rows


def _grid(
    draft: Path, name: str, rows: pd.DataFrame, persons: str, extent: shapely.Geometry, credit: dict[str, str]
) -> Part:
    """The part of a grid that lies in the extent, as a file of the pack."""
    columns = pack.guess("grid", rows.columns) | ({"persons": persons} if persons else {})
    if columns.get("persons") not in rows:
        raise SourceError(
            name,
            "no column is known to hold residents",
            hint=f"Name it with --persons; the file has {', '.join(map(str, rows.columns[:12]))}",
        )
    if isinstance(rows, gpd.GeoDataFrame):
        shapes = rows.geometry.to_crs(4326)
    elif "cell" in columns:
        shapes = reading.cell_square(rows[columns["cell"]])
        box = gpd.GeoSeries([extent], crs=4326).to_crs(3035).total_bounds
        near = shapes.bounds
        keep = (near["maxx"] >= box[0]) & (near["minx"] <= box[2]) & (near["maxy"] >= box[1]) & (near["miny"] <= box[3])
        rows, shapes = rows[keep], shapes[keep].to_crs(4326)
    elif {"lon", "lat"} <= set(columns):
        lon, lat = (reading.numbers(rows[columns[one]])[0] for one in ("lon", "lat"))
        shapes = gpd.GeoSeries(gpd.points_from_xy(lon, lat), index=rows.index, crs=4326)
    else:
        raise SourceError(
            name,
            "the grid has no shapes, cell codes or coordinates",
            hint="Give a GeoPackage, or columns GRD_ID or lon and lat",
        )
    inside = shapes.representative_point().within(extent.buffer(0.005))
    if not inside.any():
        raise SourceError(name, "no cell of the grid lies in the city", hint="Check that the grid covers it")
    table = gpd.GeoDataFrame({"persons": rows.loc[inside, columns["persons"]]}, geometry=shapes[inside], crs=4326)
    period = columns.get("period")
    if period:
        table["period"] = rows.loc[inside, period].astype(str)
    table.to_file(draft / "grid.geojson", driver="GeoJSON")
    known = {"persons": "persons"} | ({"period": "period"} if period else {})
    return Part(
        "grid",
        "grid.geojson",
        known,
        credit={**credit, "period": credit["period"] or f"{pd.Timestamp.today().year - 1}-12-31"},
    )


def _degrees(shapes: pd.DataFrame, middle: shapely.Point) -> np.ndarray:
    """How far shapes are from a point, in degrees: enough to find what holds it, drawn coarsely or not."""
    return np.asarray(shapely.distance(shapes["geometry"].to_numpy(), middle))


def _settings(name: str, country: str, whole: shapely.Geometry) -> dict[str, Any]:
    """The manifest's [city]: the country and NUTS 2 region that the city lies in, by the shipped shapes."""
    middle = whole.representative_point()
    lands, regions = data.table("country_shapes"), data.table("regions")
    held = [str(one) for one in lands.loc[_degrees(lands, middle) < 0.05, "iso3"]] if not country else [country]
    region = regions.loc[_degrees(regions, middle) < 0.02]
    if not held:
        raise DataError(f"{name}: the country it lies in could not be told. Name it with --country.")
    found = {"name": name, "country": held[0]}
    return found | (
        {"region": str(region["nuts_id"].iloc[0]), "region_name": str(region["name"].iloc[0])} if len(region) else {}
    )
