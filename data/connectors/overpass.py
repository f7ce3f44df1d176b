"""OpenStreetMap through Overpass: a city's boundary, the areas in it, its services."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import httpx
import shapely
from shapely.ops import polygonize, unary_union

from data.connectors import http_cache, openstreetmap
from data.errors import SourceError

ADDRESS = "https://overpass-api.de/api/interpreter"
NAMES = ("name", "name:en", "name:de", "name:fr", "name:es", "name:uk", "name:ar")  # in the app's languages
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


@dataclass(frozen=True)
class Place:
    """A city's boundary. relation: its number in OpenStreetMap; residents: as tagged, empty where nobody says.

    shape: EPSG:4326. tags: those of the boundary.
    """

    relation: int
    tags: dict[str, str]
    shape: shapely.Geometry
    residents: float

    @property
    def level(self) -> int:
        """Its administrative level: 4 a state, 8 a municipality."""
        return int(self.tags.get("admin_level", 0))


def places(
    name: str, country: str = "", client: httpx.Client | None = None
) -> tuple[list[Place], http_cache.CachedResponse]:
    """Every city of a name, that with the most residents first. Raises SourceError where there is none.

    country: ISO 3166-1 alpha-3, '' for any. Of a state and a city in it that are called alike the city counts.
    """
    quoted = re.sub(r'["\\\n]', "", name)
    within = f'area["ISO3166-1:alpha3"="{country}"]->.land;' if re.fullmatch("[A-Z]{3}", country) else ""
    inside = "(area.land)" if within else ""
    kinds = '["boundary"="administrative"]["admin_level"~"^([4-8])$"]'
    named = "".join(f'relation{inside}["{key}"="{quoted}"]{kinds};' for key in NAMES)
    # How many live there often stands at the boundary's centre only.
    centres = 'node(r.named:"admin_centre");node(r.named:"label");'
    elements, response = _query(f"{within}({named})->.named;.named out geom;({centres});out tags;", client)
    cities = _cities(elements)
    if not cities:
        hint = "Write its name as on the map, or name its country"
        raise SourceError(f"OpenStreetMap, '{name}'", "no city of this name has a boundary", hint=hint)
    return cities, response


def place(relation: int, client: httpx.Client | None = None) -> tuple[Place, http_cache.CachedResponse]:
    """The city with this number of a relation. Raises SourceError."""
    elements, response = _query(f"relation({relation});out geom;", client)
    cities = [city for city in _cities(elements) if city.relation == relation]
    if not cities:
        hint = "Give the number of a boundary as the command lists it"
        raise SourceError(f"OpenStreetMap, relation {relation}", "it is no boundary of a city", hint=hint)
    return cities[0], response


def _cities(elements: Elements) -> list[Place]:
    """The relations among elements as places, the most residents first; of nested ones the innermost alone."""
    residents = {
        int(element["id"]): _number(element.get("tags", {}).get("population", ""))
        for element in elements
        if element.get("type") == "node"
    }
    cities = []
    for element in elements:
        if element.get("type") != "relation" or (shape := outline(element)).is_empty:
            continue
        tags = element.get("tags", {})
        centres = [residents.get(int(member.get("ref", 0)), math.nan) for member in element.get("members", [])]
        known = [count for count in (_number(tags.get("population", "")), *centres) if count > 0]
        cities.append(Place(int(element["id"]), tags, shape, known[0] if known else math.nan))
    # A city-state's state and city may both be there: the innermost that is called so is the city.
    cities.sort(key=lambda city: (-city.level, -city.shape.area))
    innermost: list[Place] = []
    for city in cities:
        if not any(city.shape.contains(inner.shape.representative_point()) for inner in innermost):
            innermost.append(city)
    return sorted(innermost, key=lambda city: -city.residents if city.residents > 0 else 0.0)


def _number(text: str) -> float:
    """How many people a tag states ('2 133 111', '~500,000'); empty where it states no number."""
    digits = re.sub(r"[\s,.'~≈]", "", str(text))
    return float(digits) if re.fullmatch(r"\d{1,9}", digits) else math.nan


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
