"""A city of the app as a pack: to hand on, to change, to build elsewhere."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import geopandas as gpd
import pandas as pd

import data
from data import store
from data.city import building, pack
from data.city.pack_settings import Part
from data.errors import DataError
from data.store import examples

TABLES = {
    "residents": "residents",
    "background": "residents_by_background",
    "origins": "residents_by_origin",
    "social": "social_monitoring",
    "services": "facilities",
    "employment": "firms",
}
CREDITS = {section: (name,) for section, name in TABLES.items()} | {
    "areas": ("areas",),
    "targets": ("areas",),
    "grid": ("cells",),
    "totals": ("residents_by_origin", "residents_by_background"),
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
    tables |= {"totals": _sums(city), "targets": _targets(city), "grid": _grid(city)}
    tables = {section: table for section, table in tables.items() if len(table)}
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
    return _left_out(city)


def _left_out(city: data.City) -> list[str]:
    """What a pack cannot say of a city."""
    left_out = []
    if data.has("network_nodes", city.key):
        left_out.append("the street network: name its OpenStreetMap extract under [network]")
    if data.has("timetable_trips", city.key):
        left_out.append("the timetable: name its GTFS feed under [stops]")
    if not _has_grid(city):
        left_out.append("where people live inside an area: it is estimated anew")
    if data.has("separation", city.key):
        left_out.append("how separately people of one origin live: it needs counts that are suppressed")
    if data.has("firms", city.key):
        firms = data.table("firms", city.key)
        if (firms["employees_low"] != firms["employees_high"]).fillna(False).any():
            left_out.append("employees as a range: the lower end goes along")
    if not _own_targets(city)["level"].isin(pack.LEVELS).all():
        left_out.append("goals for levels of areas that a pack does not have")
    return left_out


def _write_part(draft: Path, section: str, table: pd.DataFrame, key: str) -> Part:
    file = f"{section}.geojson" if section == "areas" else f"{section}.csv"
    if isinstance(table, gpd.GeoDataFrame):
        table.to_file(draft / file, driver="GeoJSON")
    else:
        table.to_csv(draft / file, index=False)
    entry = data.entry(next(name for name in CREDITS[section] if data.has(name, key)), key)
    return Part(
        file=file,
        publisher=entry.publisher,
        licence=entry.licence,
        attribution=entry.attribution,
        period=entry.period if section != "grid" else str(table.attrs["period"]),
        columns={name: name for name in table if name != "geometry"},
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


def _sums(city: data.City) -> pd.DataFrame:
    """Sums over larger areas that are published though some of their parts are not: nobody could add them up."""
    parts = [pd.DataFrame(columns=["group", "level", "area", "period", "persons"])]
    for section, by in (("background", "background"), ("origins", "origin")):
        if data.has(TABLES[section], city.key):
            rows = data.table(TABLES[section], city.key)
            rows = rows[rows["boundary_version"] == city.boundary_version].rename(columns={by: "group"})
            gaps = rows.loc[rows["persons"].isna(), ["period", "group"]].drop_duplicates()
            larger = rows[rows["level"].isin(pack.LEVELS[:-1])].dropna(subset="persons").merge(gaps)
            parts.append(larger.rename(columns={"area_id": "area"}))
    table = pd.concat(parts, ignore_index=True)[parts[0].columns]
    return table.assign(period=pd.to_datetime(table["period"]).dt.strftime("%Y-%m-%d"))


def _own_targets(city: data.City) -> pd.DataFrame:
    """Goals that people have set: those that came with the app are nobody's."""
    rows = store.targets(city.key)
    return rows[~rows["id"].isin(examples.marked("goal"))]


def _targets(city: data.City) -> pd.DataFrame:
    """The goals of the city, of levels that a pack has."""
    rows = _own_targets(city)
    rows = rows[rows["level"].isin(pack.LEVELS)]
    area = rows["area_id"].where(rows["level"] != "city", "")
    return rows.assign(area=area)[["indicator", "value", "year", "level", "area"]]


def _has_grid(city: data.City) -> bool:
    return city.estimate_note in (building.NOTES["grid", True], building.NOTES["grid", False])


def _grid(city: data.City) -> pd.DataFrame:
    """Residents of each hexagon on the last day, where a grid told who lives in which; empty where none did."""
    if not _has_grid(city):
        return pd.DataFrame()
    residents = data.table("residents", city.key)
    last = residents["period"].max()
    persons = residents[residents["period"] == last].groupby("area_id")["persons"].sum(min_count=1)
    cells = data.table("cells", city.key)
    table = cells.assign(persons=cells["area_id"].map(persons).astype("float64") * cells["share"])
    table = table.loc[table["persons"] > 0, ["cell", "persons"]]
    table.attrs["period"] = f"{last:%Y-%m-%d}"
    return table


def _rows(city: data.City, section: str, name: str) -> pd.DataFrame:
    rows = data.table(name, city.key)
    if "boundary_version" in rows:
        rows = rows[rows["boundary_version"] == city.boundary_version]
    if "level" in rows:
        rows = rows[rows["level"] == "planning_area"]
    if section in ("background", "origins"):  # a gap of one area is said by its absence
        known = rows.dropna(subset="persons")
        rows = known if len(known) else rows.head(1)  # one gap keeps the section, over whose parts sums may be known
    if section == "employment":
        rows = rows.rename(columns={"employees_low": "employees"})
    rows = rows.rename(columns={"source_id": "id"} if section == "services" else {"area_id": "area"})
    if "period" in rows:
        rows = rows.assign(period=rows["period"].dt.strftime("%Y-%m-%d"))
    return rows[[column for column in pack.SECTIONS[section].column_names if column in rows]]
