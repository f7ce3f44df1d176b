"""Packs of cities unlike the shipped ones, for tests that must not lean on one city's ids, dates or levels."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from types import MappingProxyType

import geopandas as gpd
import h3
import pandas as pd
import shapely

from data.city import pack
from data.city.pack_settings import Part
from tests.extracts import grid_of_streets, write_extract

EMPTY: Mapping[str, str] = MappingProxyType({})

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


def _write(
    folder: Path, city: dict[str, object], tables: dict[str, pd.DataFrame], files: Mapping[str, str] = EMPTY
) -> Path:
    """A pack's files and manifest; columns are called as the pack calls them. files: by section, written already."""
    folder.mkdir(parents=True, exist_ok=True)
    credit: dict[str, str] = {"publisher": f"Office of {city['name']}", "licence": "CC0 1.0"}
    parts = {section: Part(file=file, **credit) for section, file in files.items()}
    for section, table in tables.items():
        file = f"{section}.geojson" if isinstance(table, gpd.GeoDataFrame) else f"{section}.csv"
        if isinstance(table, gpd.GeoDataFrame):
            table.to_file(folder / file, driver="GeoJSON")
        else:
            table.to_csv(folder / file, index=False)
        columns = {name: name for name in table if name in pack.SECTIONS[section].column_names and name != "geometry"}
        parts[section] = Part(file=file, columns=columns, **credit)
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


# What a pack may hold, section by section and in which form; the first form of each is the richest.
FORMS = {
    "areas": ("districts", "no district", "one district", "one area", "hexagons of the grid"),
    "ids": ("plain", "names"),
    "residents": ("ages", "wide ages", "totals", "none"),
    "last": ("2024", "2013"),
    "grid": ("none", "squares"),
    "services": ("many kinds", "one kind", "transit only", "none"),
    "stops": ("feed", "none"),
    "network": ("none", "streets", "empty"),
    "background": ("both", "one", "on another day", "none"),
    "origins": ("displaced", "no displaced origin named", "few people", "on another day", "none"),
    "social": ("two days", "one day", "days of their own", "before residents", "none"),
    "employment": ("two days", "one day", "none"),
    "targets": ("goals", "none"),
}
SERVICES = {
    "many kinds": ("library", "school_primary", "daycare", "doctor", "museum", "theatre", "playground", "care_home"),
    "one kind": ("doctor",),
    "transit only": ("tram_stop", "rail_station"),
}


def pack_of(folder: Path, key: str, forms: dict[str, str]) -> Path:
    """A pack whose sections have these forms; one that is left out has the first of FORMS.

    Twelve areas, three of which have nobody, or one, or the hexagons of a grid of 20 x 12 squares.
    """
    form = {name: listed[0] for name, listed in FORMS.items()} | forms
    folder.mkdir(parents=True, exist_ok=True)
    days = [f"{int(form['last']) - back}-12-31" for back in (1, 0)]
    tables = _ground(form, days)
    ids = list(tables["areas"]["id"]) if "areas" in tables else _lived_in(tables["grid"])
    if form["services"] in SERVICES:
        tables["services"] = _services(SERVICES[form["services"]], spread=len(ids) > 1)
    tables |= _counts(form, ids, days)
    city = {"name": f"City {key}", "key": key, "country": "FIN", "region": "FI1B"}
    if form["origins"] not in ("no displaced origin named", "none"):
        city |= {"displaced_origins": ["UKR", "SYR"], "displaced_origins_why": "Most of them fled."}
    files = {}
    if form["stops"] == "feed":
        files["stops"] = "feed.zip"
        _feed(folder / "feed.zip")
    if form["network"] != "none":
        files["network"] = "streets.osm.pbf"
        streets = grid_of_streets(24.795, 60.098, 14, 16) if form["network"] == "streets" else ({}, {})
        write_extract(folder / "streets.osm.pbf", *streets)
    return _write(folder, city, tables, files)


def _ground(form: dict[str, str], days: list[str]) -> dict[str, pd.DataFrame]:
    """Areas, residents and grid."""
    tables: dict[str, pd.DataFrame] = {}
    count = 1 if form["areas"] == "one area" else 12
    ids = [f"Квартал {n}" if form["ids"] == "names" and n % 2 else f"Q. {n}" for n in range(count)]
    if form["areas"] != "hexagons of the grid":
        tables["areas"] = _squares(ids, 24.8, 60.1, 4, name=[f"Place {n}" for n in range(count)])
        if form["areas"] in ("districts", "one district"):
            size = 4 if form["areas"] == "districts" else count
            tables["areas"]["district"] = [f"D {n // size}" for n in range(count)]
        if form["residents"] != "none":
            ages = {"ages": AGES, "wide ages": ("0-17", "18-64", "65+")}.get(form["residents"], ("total",))
            number = partial(_people, form, lambda n, step: 400 + 100 * n)
            tables["residents"] = _by_area(ids, days, "age", ages, "persons", number)
    if form["grid"] == "squares" or "residents" not in tables:
        west, south = [24.797 + 0.003 * n for n in range(20)], [60.1 + 0.0025 * n for n in range(12)]
        squares = [shapely.box(x, y, x + 0.003, y + 0.0025) for x in west for y in south]
        persons = [40 * (n % 7) for n in range(len(squares))]
        tables["grid"] = gpd.GeoDataFrame({"persons": persons, "period": days[-1]}, geometry=squares, crs=4326)
    return tables


def _lived_in(grid: gpd.GeoDataFrame) -> list[str]:
    """The areas that a grid alone is made into, if 400 people or more live there."""
    middles = grid.geometry.representative_point()
    persons = grid["persons"].groupby([h3.latlng_to_cell(point.y, point.x, 8) for point in middles]).sum()
    return sorted(persons[persons >= 400].index)


def _by_area(
    ids: list[str], days: list[str], by: str, groups: tuple[str, ...], unit: str, number: Callable[[int, int], float]
) -> pd.DataFrame:
    """A row for every area, day and group; number: from the places of area and group in their lists."""
    return pd.DataFrame(
        [
            {"area": area, "period": day, by: group, unit: _grown(number(n, step), later, whole=unit != "percent")}
            for later, day in enumerate(days)
            for n, area in enumerate(ids)
            for step, group in enumerate(groups)
        ]
    )


def _grown(number: float, years: int, *, whole: bool) -> float:
    """A quarter more each year."""
    grown = number * (1 + years / 4)
    return round(grown) if whole else grown


def _services(kinds: tuple[str, ...], *, spread: bool) -> pd.DataFrame:
    """Three of each kind; day care states its places, but for one centre."""
    number = range(3 * len(kinds))
    listed = [kinds[n // 3] for n in number]
    places = [40 if kind == "daycare" and n % 3 else None for n, kind in zip(number, listed, strict=True)]
    lon = [round(24.802 + (0.0021 * n if spread else 0.0002 * n), 4) for n in number]
    return pd.DataFrame(
        {"kind": listed, "name": "", "places": places, "lon": lon, "lat": [60.102 + 0.001 * (n % 5) for n in number]}
    )


def _counts(form: dict[str, str], ids: list[str], days: list[str]) -> dict[str, pd.DataFrame]:
    """Background, origins, social, employment and targets; nobody in areas that have no people."""
    tables, before = {}, f"{int(form['last']) - 2}-06-30"
    if form["background"] != "none":
        groups = ("foreign_nationals", "migration_background")[: 1 if form["background"] == "one" else 2]
        since = [before] if form["background"] == "on another day" else days
        number = partial(_people, form, lambda n, step: 20 + 5 * n + 10 * step * (4 + n))
        tables["background"] = _by_area(ids, since, "background", groups, "persons", number)
    if form["origins"] != "none":
        since = [before] if form["origins"] == "on another day" else days
        most = 1 if form["origins"] == "few people" else 12
        number = partial(_people, form, lambda n, step: most + step + n % 3)
        tables["origins"] = _by_area(ids, since, "origin", ("UKR", "SYR", "POL"), "persons", number)
    if form["social"] != "none":
        since = {"two days": days, "before residents": [before]}.get(form["social"], days[-1:])
        shares = ("unemployment", "child_poverty", "transfer_receipt")
        rows = _by_area(ids, since, "indicator", shares, "percent", lambda n, step: 4 + n / 2 + 10 * step)
        if form["social"] == "days of their own":
            rows.loc[rows["indicator"] == "child_poverty", "period"] = before
        tables["social"] = rows
    if form["employment"] != "none":
        codes, since = ("90.03.1", "62.01", "4711"), days if form["employment"] == "two days" else days[-1:]
        firms = _by_area(ids, since, "activity", codes, "firms", lambda n, step: 1 + n + step)
        tables["employment"] = firms.assign(employees=7)
    if form["targets"] != "none":
        goals = {"indicator": ["library_walk", "unemployment", "daycare_places"], "value": [8, 4, 50], "year": 2030}
        tables["targets"] = pd.DataFrame(goals).assign(level="city", area="")
    return tables


def _people(form: dict[str, str], number: Callable[[int, int], float], n: int, step: int) -> float:
    """A number of people, none where nobody lives."""
    return 0 if n % 4 == 3 and form["areas"] != "hexagons of the grid" else number(n, step)


def _feed(path: Path) -> None:
    """A GTFS feed of a metro station and a tram stop."""
    files = {
        "stops.txt": "stop_id,stop_name,stop_lat,stop_lon\nM,Central,60.105,24.806\nT,Harbour,60.107,24.809\n",
        "routes.txt": "route_id,route_type\n1,1\n2,0\n",
        "calendar.txt": "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
        "daily,1,1,1,1,1,1,1,20240101,20261231\n",
        "trips.txt": "trip_id,route_id,service_id\nm,1,daily\nt,2,daily\n",
        "stop_times.txt": "trip_id,stop_id,stop_sequence\nm,M,1\nt,T,1\n",
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
