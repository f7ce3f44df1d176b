"""A city of the app as a pack: to hand on, to change, to build elsewhere."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import geopandas as gpd
import pandas as pd

import data
from data.city import pack
from data.city.pack import Part
from data.errors import DataError

TABLES = {
    "residents": "residents",
    "background": "residents_by_background",
    "origins": "residents_by_origin",
    "social": "social_monitoring",
    "services": "facilities",
    "employment": "firms",
}


def export(key: str, folder: Path) -> list[str]:
    """Write a city as a pack, whole or not at all; returns what could not go along. Raises DataError.

    Counts that are suppressed in the app are not in the pack. Only days that fit today's areas go along.
    """
    if key not in data.cities():
        raise DataError(f"There is no city '{key}'. Known: {', '.join(data.cities())}.")
    if folder.exists():
        raise DataError(f"{folder}: this exists already. Name a new folder.")
    draft = folder.with_name(folder.name + ".part")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    city = data.cities()[key]
    tables: dict[str, pd.DataFrame] = {"areas": _areas(city)}
    tables |= {section: _rows(city, section, name) for section, name in TABLES.items() if data.has(name, key)}
    parts = {section: _write_part(draft, section, table, key) for section, table in tables.items()}
    settings = {
        "name": city.name,
        "key": key,
        "country": city.country,
        "region": city.region,
        "region_name": city.region_name,
        "crs": city.crs,
        "level_names": {level: name for level, name in city.level_names.items() if level in pack.LEVELS},
        "displaced_origins": city.displaced_origins,
        "displaced_origins_why": city.displaced_origins_why,
    }
    (draft / pack.MANIFEST).write_text(pack.manifest_text(settings, parts), encoding="utf-8")
    os.replace(draft, folder)
    left_out = ["the population grid, if there was one: shares of hexagons are estimated anew"]
    if data.has("network_nodes", key):
        left_out.insert(0, "the street network: name its OpenStreetMap extract under [network]")
    return left_out


def _write_part(draft: Path, section: str, table: pd.DataFrame, key: str) -> Part:
    file = f"{section}.geojson" if section == "areas" else f"{section}.csv"
    if isinstance(table, gpd.GeoDataFrame):
        table.to_file(draft / file, driver="GeoJSON")
    else:
        table.to_csv(draft / file, index=False)
    entry = data.entry(TABLES.get(section, "areas"), key)
    return Part(
        file=file,
        publisher=entry.publisher,
        licence=entry.licence,
        attribution=entry.attribution,
        period=entry.period,
        columns={name: name for name in pack.SECTIONS[section].column_names if name in table},
    )


def _areas(city: data.City) -> gpd.GeoDataFrame:
    """The smallest areas with true outlines, names and, where the city has them, districts."""
    areas = data.table("areas", city.key)
    areas = areas[areas["boundary_version"] == city.boundary_version]
    names = {level: rows.set_index("area_id")["name"] for level, rows in areas.groupby("level")}
    exact = data.table("areas_exact", city.key)
    exact = gpd.GeoDataFrame(exact[exact["boundary_version"] == city.boundary_version]).to_crs(4326)
    columns = {"id": exact["area_id"], "name": exact["area_id"].map(names["planning_area"])}
    if "district" in names:
        district = exact["area_id"].map(_district_of(areas))
        columns |= {"district": district, "district_name": district.map(names["district"])}
    return gpd.GeoDataFrame(columns, geometry=exact.geometry, crs=4326)


def _district_of(areas: pd.DataFrame) -> dict[str, str]:
    """The district that holds each smallest area, found from parent to parent."""
    levels = {level: rows.set_index("area_id")["parent_id"] for level, rows in areas.groupby("level", sort=False)}
    order = list(levels)[: list(levels).index("district") : -1]
    above = levels[order[0]]
    for level in order[1:]:
        above = above.map(levels[level])
    return dict(above)


def _rows(city: data.City, section: str, name: str) -> pd.DataFrame:
    rows = data.table(name, city.key)
    if "boundary_version" in rows:
        rows = rows[rows["boundary_version"] == city.boundary_version]
    if "level" in rows:
        rows = rows[rows["level"] == "planning_area"]
    if "persons" in rows:
        rows = rows.dropna(subset="persons")
    if section == "employment":
        rows = rows.rename(columns={"employees_low": "employees"})
    rows = rows.rename(columns={"source_id": "id"} if section == "services" else {"area_id": "area"})
    if "period" in rows:
        rows = rows.assign(period=rows["period"].dt.strftime("%Y-%m-%d"))
    return rows[[column for column in pack.SECTIONS[section].column_names if column in rows]]
