"""OpenStreetMap through Overpass: a city's boundary, the areas in it, its services."""

from __future__ import annotations

import json
import re
from typing import Any

import geopandas as gpd
import httpx
import shapely
from shapely.ops import polygonize, unary_union

from data.connectors import http_cache, openstreetmap
from data.errors import SourceError

ADDRESS = "https://overpass-api.de/api/interpreter"
AREA = 3_600_000_000  # Overpass' number of an area is its relation's and this


Elements = list[dict[str, Any]]


def _query(question: str, client: httpx.Client | None) -> tuple[Elements, http_cache.CachedResponse]:
    def check(content: bytes) -> None:
        answer = json.loads(content)
        if not isinstance(answer, dict) or not isinstance(answer.get("elements"), list):
            raise ValueError("the answer is no Overpass answer: it lacks 'elements'")
        if "runtime error" in str(answer.get("remark", "")):
            raise ValueError(f"Overpass gave up ({answer['remark'][:120]})")

    response = http_cache.get(
        ADDRESS,
        form={"data": f"[out:json][timeout:180];{question}"},
        kinds=("application/json",),
        check=check,
        client=client,
    )
    return json.loads(response.path.read_bytes())["elements"], response


def boundary(
    name: str, country: str = "", client: httpx.Client | None = None
) -> tuple[int, dict[str, str], shapely.Geometry, http_cache.CachedResponse]:
    """The relation of a city: id, tags, shape. Of several the highest in rank. Raises SourceError.

    country: ISO 3166-1 alpha-3, '' for any.
    """
    quoted = re.sub(r'["\\\n]', "", name)
    within = f'area["ISO3166-1:alpha3"="{country}"]->.land;' if re.fullmatch("[A-Z]{3}", country) else ""
    inside = "(area.land)" if within else ""
    kinds = '["boundary"="administrative"]["admin_level"~"^([4-8])$"]'
    named = "".join(f'relation{inside}["{key}"="{quoted}"]{kinds};' for key in ("name", "name:en"))
    elements, response = _query(f"{within}({named});out geom;", client)
    relations = [
        (int(element["id"]), element.get("tags", {}), outline(element))
        for element in elements
        if element.get("type") == "relation"
    ]
    cities = [relation for relation in relations if not relation[2].is_empty]
    if not cities:
        raise SourceError(
            f"OpenStreetMap, '{name}'",
            "no city of this name has a boundary",
            hint="Write its name as on the map, or name its country",
        )
    # A city-state's state and city may both be there: the innermost that is called so is the city.
    number, tags, shape = max(cities, key=lambda city: (int(city[1].get("admin_level", 0)), city[2].area))
    return number, tags, shape, response


def parts(relation: int, client: httpx.Client | None = None) -> tuple[gpd.GeoDataFrame, http_cache.CachedResponse]:
    """The areas inside a city at its finest complete level (9 to 11): id, name, geometry (EPSG:4326)."""
    kinds = '["boundary"="administrative"]["admin_level"~"^(9|10|11)$"]["name"]'
    elements, response = _query(f"area({AREA + relation})->.city;relation(area.city){kinds};out geom;", client)
    rows = [
        (str(element["id"]), element["tags"]["name"], int(element["tags"]["admin_level"]), outline(element))
        for element in elements
        if element.get("type") == "relation"
    ]
    table = gpd.GeoDataFrame(rows, columns=["id", "name", "level", "geometry"], crs=4326)
    return table[~table.geometry.is_empty].reset_index(drop=True), response


def services(relation: int, client: httpx.Client | None = None) -> tuple[gpd.GeoDataFrame, http_cache.CachedResponse]:
    """Facilities inside a city, as openstreetmap.tagged gives them."""
    keys: dict[str, list[str]] = {}
    for key, value in openstreetmap.TAGS:
        keys.setdefault(key, []).append(value)
    wanted = "".join(f'nwr["{key}"~"^({"|".join(values)})$"](area.city);' for key, values in keys.items())
    elements, response = _query(f"area({AREA + relation})->.city;({wanted});out tags center;", client)
    spots = [(element, element.get("center", element)) for element in elements]
    rows = [
        (f"{element['type']}/{element['id']}", element.get("tags", {}), float(spot["lon"]), float(spot["lat"]))
        for element, spot in spots
        if "lon" in spot and "lat" in spot
    ]
    return openstreetmap.tagged(rows), response


def outline(relation: dict[str, Any]) -> shapely.Geometry:
    """The polygon of a relation as 'out geom' gives it: outer rings less inner ones; empty where no ring closes."""
    rings: dict[str, list[shapely.LineString]] = {"outer": [], "inner": []}
    for member in relation.get("members", []):
        line = [(float(at["lon"]), float(at["lat"])) for at in member.get("geometry") or [] if at]
        if member.get("type") == "way" and len(line) > 1:
            rings["inner" if member.get("role") == "inner" else "outer"].append(shapely.LineString(line))
    outer, inner = (
        unary_union(list(polygonize(unary_union(lines)))) if lines else shapely.Polygon()
        for lines in (rings["outer"], rings["inner"])
    )
    return shapely.make_valid(outer.difference(inner))
