"""A pack from open sources: boundary, areas and services from OpenStreetMap, people from a grid.

Each answer is cached as it comes, so that a fetch that was broken off goes on where it stopped; the pack appears whole
or not at all.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import httpx
import numpy as np
import pandas as pd
import shapely

import data
from data.city import countries, fetched_people, ground, pack
from data.city.checks import ReportProgress
from data.city.pack_settings import Part
from data.connectors import http_cache, openstreetmap, overpass
from data.connectors.overpass import Place
from data.connectors.population_grid import CENSUS_ADDRESS, KONTUR_ADDRESS, PopulationGrid
from data.errors import DataError, SourceError
from data.settings import settings

# Countries of Eurostat's census grid.
OF_CENSUS = "AT BE BG CH CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK"
PACKED = (
    *("application/zip", "application/x-zip-compressed", "application/octet-stream", "binary/octet-stream"),
    *("application/gzip", "application/x-gzip", "application/geopackage+sqlite3"),
)
OSM = {"publisher": "OpenStreetMap", "licence": "ODbL 1.0", "attribution": "© OpenStreetMap contributors"}
NEAR_DEGREES = 0.3  # of a country's outline, which is drawn coarsely; islands lie off it


def fetch(
    name: str,
    folder: Path | None = None,
    *,
    country: str = "",
    place: int = 0,
    pbf: Path | None = None,
    grid: Path | None = None,
    persons: str = "",
    grid_date: str = "",
    choose: Callable[[list[Place]], Place] | None = None,
    client: httpx.Client | None = None,
    report_progress: ReportProgress = lambda _what, _share: None,
) -> list[str]:
    """Make a pack of a city; returns what the reader should know (what is old, what was not found). Raises DataError.

    place: number of its boundary in OpenStreetMap, where several are called so; choose: who is asked for one of them.
    pbf: an OpenStreetMap extract that services and streets are taken from; grid: a population grid, persons: its column
    of residents where it cannot be guessed, grid_date: its day where it does not say. With pbf and grid nothing is
    asked of the network: the city is then where the grid counts people among the extract's nodes.
    """
    target = folder or Path(key_of(name))
    if target.exists():
        command = f"zone city build {target}"
        raise DataError(f"{target}: this exists already. Name another --folder, or build it: {command}")
    for file, kind in ((pbf, "extract"), (grid, "grid")):
        if file is not None and not file.is_file():
            raise DataError(f"{file}: there is no such file. Give the path of the {kind}.")
    if country and country not in countries.codes():
        raise DataError(f"'{country}' is no country's code. Write three letters such as FIN.")
    draft = _Draft(target.with_name(target.name + ".part"), client, report_progress)
    people = _People(grid, persons, grid_date)
    try:
        if pbf is not None and grid is not None and not place:
            city = _from_files(draft, name, country, pbf, people)
        else:
            boundary = _chosen(draft, name, country, place, choose)
            city = _from_servers(draft, name, country, boundary, pbf, people)
        manifest = pack.manifest_text(city, draft.parts)
        (draft.folder / pack.MANIFEST).write_text(manifest, encoding="utf-8")
        os.replace(draft.folder, target)
    except BaseException:
        shutil.rmtree(draft.folder, ignore_errors=True)
        raise
    return draft.notes


def key_of(name: str) -> str:
    """The folder of a city that is fetched by its name. Raises DataError where the name makes none."""
    if key := pack.key_of(name):
        return key
    raise DataError(f"'{name}' makes no name for a folder. Name one with --folder.")


@dataclass(frozen=True)
class _People:
    """What the command says of the grid: its file, its column of residents, its day."""

    grid: Path | None
    persons: str
    grid_date: str


class _Draft:
    """A pack while it is fetched: its files, its sections, and what the reader should know."""

    def __init__(self, folder: Path, client: httpx.Client | None, report_progress: ReportProgress) -> None:
        self.folder, self.client, self.report_progress = folder, client, report_progress
        self.parts: dict[str, Part] = {}
        self.notes: list[str] = []
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)

    def note_age(self, what: str, response: http_cache.CachedResponse) -> None:
        """A note where an answer comes from the cache because its server did not."""
        if response.stale:
            self.notes.append(f"{what}: the server could not be reached; the answer {response.age} was used.")

    def add(self, section: str, table: pd.DataFrame, columns: dict[str, str], credit: dict[str, str]) -> None:
        """Write a section's file and keep what the manifest says of it."""
        file = f"{section}.geojson" if isinstance(table, gpd.GeoDataFrame) else f"{section}.csv"
        if isinstance(table, gpd.GeoDataFrame):
            table.to_file(self.folder / file, driver="GeoJSON")
        else:
            table.to_csv(self.folder / file, index=False)
        self.parts[section] = Part.model_validate({"file": file, "columns": columns, **credit})

    def add_streets(self, pbf: Path, period: str) -> None:
        """Copy an extract as the section of streets."""
        shutil.copyfile(pbf, self.folder / "streets.osm.pbf")
        self.parts["network"] = Part.model_validate({"file": "streets.osm.pbf", **_osm_credit(period)})


def _from_files(draft: _Draft, name: str, country: str, pbf: Path, people: _People) -> dict[str, Any]:
    """The sections that an extract and a grid give; returns the manifest's [city].

    The city is where the grid counts people among the extract's nodes.
    """
    assert people.grid is not None
    draft.report_progress("grid", 0.1)
    extent = openstreetmap.extent(pbf)
    part = fetched_people.read(people.grid, people.grid.name, extent, people.persons, people.grid_date, touching=True)
    settlement = shapely.box(*part.cells.total_bounds).buffer(0.01)  # a kilometre
    city = _city_settings(draft, name, country, _middle(part.cells))
    draft.report_progress("services", 0.4)
    services = openstreetmap.of_extract(pbf)
    here = services[services.within(settlement)]
    if not _add_services(draft, here, services.attrs.get("period", "")):
        draft.notes.append("services: the extract holds none where people live.")
    elif len(here) < len(services):
        draft.notes.append(f"services: {len(services) - len(here):,} of the extract lie where the grid counts no one.")
    draft.add_streets(pbf, services.attrs.get("period", ""))
    draft.report_progress("residents", 0.8)
    _add_people(draft, part, None)
    return city


def _middle(cells: gpd.GeoDataFrame) -> shapely.Point:
    """The cell nearest to where residents live on average; it lies in the city, whatever its form."""
    points = cells.representative_point()
    x, y = (np.average(axis, weights=cells["persons"]) for axis in (points.x, points.y))
    nearest = int(np.argmin(np.hypot(points.x - x, points.y - y)))
    return shapely.Point(points.iloc[nearest])


def _chosen(draft: _Draft, name: str, country: str, place: int, choose: Callable[[list[Place]], Place] | None) -> Place:
    """The city of a name: the one that is chosen, else that with the most residents. Raises SourceError."""
    draft.report_progress("boundary", 0.0)
    if place:
        city, response = overpass.place(place, draft.client)
        draft.note_age("boundary", response)
        return city
    cities, response = overpass.places(name, country, draft.client)
    draft.note_age("boundary", response)
    if len(cities) == 1:
        return cities[0]
    if choose is not None:
        return choose(cities)
    if not cities[0].residents > 0:
        what = "several places are called so, and none says how many live there: " + "; ".join(map(described, cities))
        raise SourceError(f"OpenStreetMap, '{name}'", what, hint="Choose one with --place NUMBER, or name --country")
    others = "; ".join(described(city) for city in cities[1:6])
    draft.notes.append(
        f"boundary: {len(cities)} places are called '{name}'. Taken was that with the most residents: "
        f"{described(cities[0])}. --place takes another: {others}."
    )
    return cities[0]


def described(city: Place) -> str:
    """A place in one line: its name, country, residents and number."""
    names = data.table("country_shapes").set_index("iso3")["name"]
    code = _country_of(city.shape.representative_point(), city.tags)
    residents = f"{city.residents:,.0f} residents" if city.residents > 0 else "residents not known"
    name = city.tags.get("name:en") or city.tags.get("name", "")
    return f"{city.relation} {name}, {names.get(code, code) or 'country not known'}, {residents}"


def _from_servers(
    draft: _Draft, name: str, country: str, place: Place, pbf: Path | None, people: _People
) -> dict[str, Any]:
    """The sections that servers give, with a file in the place of each that is there; returns the manifest's [city]."""
    city = _city_settings(draft, name, country, place.shape.representative_point(), place.tags)
    draft.report_progress("areas", 0.2)
    areas, response = overpass.parts(place.relation, draft.client)
    draft.note_age("areas", response)
    chosen = _add_areas(draft, areas, place.shape)
    if chosen is None:
        draft.notes.append("areas: OpenStreetMap knows none inside this city; hexagons stand in for them.")
    draft.report_progress("services", 0.4)
    if pbf is None:
        services, response = overpass.services(place.relation, draft.client)
        draft.note_age("services", response)
        draft.notes.append("streets: without --pbf distances are straight lines with a fitted circuity.")
    else:
        services = openstreetmap.of_extract(pbf)
        draft.add_streets(pbf, services.attrs.get("period", ""))
    _add_services(draft, services[services.within(place.shape)], services.attrs.get("period", ""))
    draft.report_progress("grid", 0.7)
    grid, file = people.grid, people.grid.name if people.grid else ""
    if grid is None:
        address = settings().grid or grid_address(city["country"])
        response = http_cache.get(address, kinds=PACKED, client=draft.client)
        draft.note_age("population grid", response)
        grid, file = response.path, address.rsplit("/", 1)[-1]
    part = fetched_people.read(grid, file, place.shape, people.persons, people.grid_date)
    if people.grid is None:
        part = replace(part, total=float("nan"))  # of a continent: no one asks which share of it a city is
    _add_people(draft, part, chosen)
    return city


def grid_address(country: str) -> str:
    """Where a country's population grid lies: Eurostat's of the census, else Kontur's. Raises DataError."""
    short = countries.iso2_by_iso3().get(country)
    if short is None:
        raise DataError(f"No population grid is known for {country}. Name a file with --grid.")
    return CENSUS_ADDRESS if short in OF_CENSUS.split() else KONTUR_ADDRESS.format(short)


def _osm_credit(period: str) -> dict[str, str]:
    return {**OSM, "period": period or f"{pd.Timestamp.today():%Y-%m}"}


def _add_areas(draft: _Draft, areas: gpd.GeoDataFrame, outline: shapely.Geometry) -> gpd.GeoDataFrame | None:
    """The finest level whose areas cover the city, with the level above as districts; None if there is no such level.

    Returns area_id, geometry.
    """
    inside = areas[areas.representative_point().within(outline)]
    for level in sorted(inside["level"].unique(), reverse=True):
        rows = inside[inside["level"] == level]
        covered = shapely.unary_union(rows.geometry.to_numpy()).intersection(outline).area
        if len(rows) > 1 and covered > 0.9 * outline.area:
            break
    else:
        return None
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
    return rows[["id", "geometry"]].rename(columns={"id": "area_id"})


def _add_services(draft: _Draft, services: gpd.GeoDataFrame, period: str) -> bool:
    """The services, where there are any; whether there are."""
    if len(services):
        columns = {name: name for name in ("id", "kind", "name", "operator")}
        draft.add("services", services, columns, _osm_credit(period))
    return len(services) > 0


def _add_people(draft: _Draft, part: PopulationGrid, areas: gpd.GeoDataFrame | None) -> None:
    """The grid and, where it knows ages, residents by age; areas: None for a city of hexagons."""
    draft.notes += [fetched_people.share(part), *part.notes]
    columns = [name for name in ("persons", "period") if name in part.cells]
    draft.add("grid", part.cells[[*columns, "geometry"]], {name: name for name in columns}, part.credit)
    if not part.ages:
        draft.notes.append("ages: the grid does not know them.")
        return
    shapes = ground.hexagons(part.cells) if areas is None else areas
    residents, said = fetched_people.by_age(part, shapes, int(shapes.estimate_utm_crs().to_epsg()))
    draft.notes += [said] if said else []
    if residents.empty:
        return
    if areas is None:
        ours = {"id": "area_id", "name": "name", "district": "district", "district_name": "district_name"}
        draft.add("areas", shapes, ours, part.credit)
    draft.add("residents", residents, {name: name for name in residents}, part.credit)


def _nearest(shapes: pd.DataFrame, code: str, point: shapely.Point) -> tuple[str, float]:
    """The code of what holds a point or lies nearest to it, and how far that is in degrees."""
    away = shapely.distance(shapes["geometry"].to_numpy(), point)
    return str(shapes[code].iloc[int(np.argmin(away))]), float(np.min(away))


def _country_of(point: shapely.Point, tags: dict[str, str]) -> str:
    """The country of a place by its own code (ISO 3166-2, as TW-TPE), else by the shipped outlines; '' for none."""
    short = tags.get("ISO3166-2", "").split("-")[0]
    stated = next((long for long, two in countries.iso2_by_iso3().items() if two == short), "")
    code, away = _nearest(data.table("country_shapes"), "iso3", point)
    return stated or (code if away <= NEAR_DEGREES and code in countries.codes() else "")


def _city_settings(
    draft: _Draft, name: str, country: str, middle: shapely.Point, tags: dict[str, str] | None = None
) -> dict[str, Any]:
    """The manifest's [city]: the country and NUTS 2 region that the city lies in. Raises DataError."""
    code = country or _country_of(middle, tags or {})
    if not code:
        raise DataError(f"{name}: the country it lies in could not be told. Name it with --country.")
    if not country:
        draft.notes.append(f"country: {code}, by where the city lies; --country names another.")
    city = {"name": name, "country": code}
    regions = data.table("regions")
    region, away = _nearest(regions, "nuts_id", middle)
    if away < 0.02:
        row = regions.set_index("nuts_id").loc[region]
        city |= {"region": region, "region_name": str(row["name"])}
    return city
