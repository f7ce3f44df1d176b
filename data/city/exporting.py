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
    here, parts, left = data.cities()[key], [], []
    files = {
        "areas": _areas(here),
        **{section: _rows(here, section, name) for section, name in TABLES.items() if data.has(name, key)},
    }
    for section, table in files.items():
        entry = data.entry(TABLES.get(section, "areas"), key)
        file = f"{section}.geojson" if section == "areas" else f"{section}.csv"
        if section == "areas":
            table.to_file(draft / file, driver="GeoJSON")
        else:
            table.to_csv(draft / file, index=False)
        credit = {
            "publisher": entry.publisher,
            "licence": entry.licence,
            "attribution": entry.attribution,
            "period": entry.period,
        }
        ours = [*pack.SECTIONS[section].required, *pack.SECTIONS[section].optional]
        parts.append(Part(section, file, {name: name for name in ours if name in table}, credit=credit))
    if data.has("network_nodes", key):
        left.append("the street network: name its OpenStreetMap extract under [network]")
    left.append("the population grid, if there was one: shares of hexagons are estimated anew")
    settings = {
        "name": here.name,
        "key": key,
        "country": here.country,
        "region": here.region,
        "region_name": here.region_name,
        "crs": here.crs,
        "level_names": {
            level: name for level, name in here.level_names.items() if level in ("city", "district", "planning_area")
        },
        "displaced_origins": here.displaced_origins,
        "displaced_origins_why": here.displaced_origins_why,
    }
    (draft / pack.MANIFEST).write_text(pack.manifest_text(settings, parts), encoding="utf-8")
    os.replace(draft, folder)
    return left


def _areas(here: data.City) -> gpd.GeoDataFrame:
    """The smallest areas with true outlines, names and districts."""
    known = data.table("areas", here.key)
    known = known[known["boundary_version"] == here.boundary_version]
    parent = dict(zip(known["area_id"], known["parent_id"], strict=True))
    names = {level: rows.set_index("area_id")["name"] for level, rows in known.groupby("level")}
    district = {}
    for one in names["planning_area"].index:
        above = parent[one]
        while above not in names["district"].index:
            above = parent[above]
        district[one] = above
    exact = data.table("areas_exact", here.key)
    exact = gpd.GeoDataFrame(exact[exact["boundary_version"] == here.boundary_version]).to_crs(4326)
    ids = exact["area_id"]
    return gpd.GeoDataFrame(
        {
            "id": ids,
            "name": ids.map(names["planning_area"]),
            "district": ids.map(district),
            "district_name": ids.map(district).map(names["district"]),
        },
        geometry=exact.geometry,
        crs=4326,
    )


def _rows(here: data.City, section: str, name: str) -> pd.DataFrame:
    rows = data.table(name, here.key)
    if "boundary_version" in rows:
        rows = rows[rows["boundary_version"] == here.boundary_version]
    if "level" in rows:
        rows = rows[rows["level"] == "planning_area"]
    if "persons" in rows:
        rows = rows.dropna(subset="persons")
    if section == "employment":
        rows = rows.rename(columns={"employees_low": "employees"})
    rows = rows.rename(columns={"source_id": "id"} if section == "services" else {"area_id": "area"})
    if "period" in rows:
        rows = rows.assign(period=rows["period"].dt.strftime("%Y-%m-%d"))
    wanted = (*pack.SECTIONS[section].required, *pack.SECTIONS[section].optional)
    return rows[[column for column in wanted if column in rows]]
