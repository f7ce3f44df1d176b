"""Packs of cities unlike the shipped ones, for tests that must not lean on one city's ids, dates or levels."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

from data.city import pack
from data.city.pack import Part

STRANGE_AREAS = {
    "St. Pauli 1": "St. Pauli",
    "Área 2": "Área de Cima",
    "Київ": "Київський",
    "Œ-3": "Œuvre",
    "0": "Null",
    "北 4": "北区",
}
STRANGE_DAYS = ("2012-06-30", "2013-06-30")
DISTRICTS = {"n": "North", "south-2": "Süd", "x 3": "Схід"}
DISTRICT_DAYS = ("2018-12-31", "2019-12-31")
AGES = ("0-5", "6-17", "18-64", "65+")


def _squares(ids: list[str], west: float, south: float, in_a_row: int, **columns: list[str]) -> gpd.GeoDataFrame:
    """Areas of about one km2 side by side, EPSG:4326."""
    corners = [
        (round(west + 0.014 * (n % in_a_row), 6), round(south + 0.009 * (n // in_a_row), 6)) for n in range(len(ids))
    ]
    shapes = [shapely.box(x, y, round(x + 0.014, 6), round(y + 0.009, 6)) for x, y in corners]
    return gpd.GeoDataFrame({"id": ids, **columns}, geometry=shapes, crs=4326)


def _write(folder: Path, city: dict[str, object], tables: dict[str, pd.DataFrame]) -> Path:
    """A pack's files and manifest; columns are called as the pack calls them."""
    folder.mkdir(parents=True, exist_ok=True)
    parts = {}
    for section, table in tables.items():
        file = f"{section}.geojson" if isinstance(table, gpd.GeoDataFrame) else f"{section}.csv"
        if isinstance(table, gpd.GeoDataFrame):
            table.to_file(folder / file, driver="GeoJSON")
        else:
            table.to_csv(folder / file, index=False)
        columns = {name: name for name in table if name in pack.SECTIONS[section].column_names}
        parts[section] = Part(file=file, columns=columns, publisher=f"Office of {city['name']}", licence="CC0 1.0")
    (folder / pack.MANIFEST).write_text(pack.manifest_text(city, parts), encoding="utf-8")
    return folder


def strange_pack(folder: Path) -> Path:
    """Six areas without districts, ids in several scripts, data until 2013, no ages, libraries only, no origins."""
    areas = _squares(list(STRANGE_AREAS), 25.0, 60.3, 3, name=list(STRANGE_AREAS.values()))
    residents = pd.DataFrame(
        [
            {"area": area, "period": day, "persons": 1000 + 300 * number + 50 * year}
            for year, day in enumerate(STRANGE_DAYS)
            for number, area in enumerate(areas["id"])
        ]
    )
    places = areas.geometry.iloc[[0, 4]].representative_point()
    names = ["Bücherhalle", "Книгозбірня"]
    services = pd.DataFrame({"id": ["a b", "ї/2"], "kind": "library", "name": names, "lon": places.x, "lat": places.y})
    levels = {"planning_area": "Kvartal"}
    city = {"name": "Дивне місто", "key": "strange", "country": "FIN", "level_names": levels}
    return _write(folder, city, {"areas": areas, "residents": residents, "services": services})


def district_pack(folder: Path) -> Path:
    """Twelve areas in three districts whose ids begin no area's id; ages on two days, three kinds, shares, origins.

    Services have no id of their own; unemployment rises, and origins shrink, from one area to the next.
    """
    number = range(12)
    ids = [f"Q{(7 * n) % 12:x} {'αβγ'[n % 3]}" for n in number]
    district = [list(DISTRICTS)[n // 4] for n in number]
    names = [DISTRICTS[key] for key in district]
    areas = _squares(ids, 24.8, 60.1, 4, name=[f"Quarter {n}" for n in number], district=district, district_name=names)
    residents = pd.DataFrame(
        [
            {"area": ids[n], "period": day, "age": age, "persons": 100 * (n + 1) + 10 * band + 5 * year}
            for year, day in enumerate(DISTRICT_DAYS)
            for n in number
            for band, age in enumerate(AGES)
        ]
    )
    origins = pd.DataFrame(
        [
            {"area": ids[n], "period": day, "origin": origin, "persons": most - 3 * n + 2 * year}
            for year, day in enumerate(DISTRICT_DAYS)
            for n in number
            for origin, most in (("UKR", 90), ("SYR", 70), ("SOM", 45))
        ]
    )
    social = pd.DataFrame(
        [
            {"area": ids[n], "period": DISTRICT_DAYS[1], "indicator": indicator, "percent": low + n / 2}
            for n in number
            for indicator, low in (("unemployment", 3.0), ("child_poverty", 8.0), ("transfer_receipt", 5.0))
        ]
    )
    places = areas.geometry.iloc[[0, 5, 10, 3, 7, 11, 1, 6]].representative_point()
    services = pd.DataFrame(
        {
            "kind": ["library"] * 3 + ["school_primary"] * 3 + ["playground"] * 2,
            "name": [f"Place {n}" for n in range(8)],
            "places": [None] * 3 + [240, 180, 320] + [None] * 2,
            "lon": places.x,
            "lat": places.y,
        }
    )
    city = {
        "name": "Three Shores",
        "country": "FIN",
        "region": "FI1B",
        "level_names": {"district": "Shore", "planning_area": "Quarter"},
        "displaced_origins": ["UKR", "SYR"],
        "displaced_origins_why": "Most people from these countries came as refugees.",
    }
    tables = {"areas": areas, "residents": residents, "services": services, "origins": origins, "social": social}
    return _write(folder, city, tables)
