"""Base maps: a city's vector tiles in one PMTiles archive beside its tables."""

from __future__ import annotations

import json
import math
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pmtiles.reader import MmapSource, Reader

from data.catalogue import TABLES_FOLDER

if TYPE_CHECKING:
    import geopandas as gpd

SCRIPTS = Path(__file__).parent.parent / "web" / "map_scripts"
ATTRIBUTION = "© OpenMapTiles © OpenStreetMap contributors"
# Layers of a picture, and the first zoom of each of their generalisations.
PICTURED = {"green": (8, 11, 13), "water": (8, 11, 13), "street": (8, 10, 11, 12, 13, 14)}
FIRST_ZOOM, LAST_ZOOM = 8, 14  # of the tiles


def archive(city: str) -> Path:
    """Where a city's base map is kept; it need not exist."""
    return TABLES_FOLDER / city / "ground.pmtiles"


@cache
def library() -> str:
    """Where the library that draws maps in browsers is served, '' where it was not fetched at set-up."""
    lock = json.loads((SCRIPTS / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    folder = f"maplibre-gl-{lock['node_modules/maplibre-gl']['version']}"
    return f"maps/libraries/{folder}" if (SCRIPTS / "libraries" / folder / "maplibre-gl.mjs.gz").exists() else ""


@cache
def cities() -> dict[str, tuple[float, float, float, float]]:
    """Cities with a base map, and where it lies: west, south, east, north in degrees."""
    boxes = {}
    for file in sorted(TABLES_FOLDER.glob("*/ground.pmtiles")):
        header = _reader(file.parent.name).header()
        edges = (header[f"{name}_e7"] / 1e7 for name in ("min_lon", "min_lat", "max_lon", "max_lat"))
        west, south, east, north = edges
        boxes[file.parent.name] = west, south, east, north
    return boxes


def at(lon: float, lat: float) -> str:
    """The city whose base map lies here, '' if none. lon, lat: degrees."""
    for city, (west, south, east, north) in cities().items():
        if west <= lon <= east and south <= lat <= north:
            return city
    return ""


def tile(city: str, zoom: int, x: int, y: int) -> bytes | None:
    """A tile of a city's base map (Mapbox Vector Tile, gzip), None where it has none."""
    if city not in cities() or not (0 <= zoom <= 20 and 0 <= x < 2**zoom and 0 <= y < 2**zoom):
        return None
    content: bytes | None = _reader(city).get(zoom, x, y)
    return content


@cache
def layers(city: str) -> frozenset[str]:
    """What a city's base map consists of."""
    return frozenset(layer["id"] for layer in _reader(city).metadata()["vector_layers"])


@cache
def names(city: str) -> list[tuple[str, str, float, float]]:
    """Places that a city's base map names: kind, name, longitude, latitude; none where it has no base map."""
    if city not in cities() or "place" not in layers(city):
        return []
    import geopandas as gpd  # as below

    rows = gpd.read_file(archive(city), layer="place", ZOOM_LEVEL=str(FIRST_ZOOM)).to_crs(4326)
    rows = rows.drop_duplicates(["kind", "name"])
    return list(zip(rows["kind"], rows["name"], rows.geometry.x.round(5), rows.geometry.y.round(5), strict=True))


@lru_cache(maxsize=16)
def shapes(city: str, box: tuple[float, float, float, float]) -> dict[str, gpd.GeoDataFrame]:
    """Water, green and streets inside a box for a still picture, as finely as some thousand pixels show.

    box: west, south, east, north in degrees. The tables: kind, geometry (EPSG:4326).
    """
    import geopandas as gpd  # with GDAL, which those who only ask for tiles do without
    import shapely

    zoom = min(max(math.ceil(math.log2(360 / (box[2] - box[0]))), FIRST_ZOOM), LAST_ZOOM)
    tables, window = {}, gpd.GeoSeries([shapely.box(*box)], crs=4326).to_crs(3857)
    for name, zooms in PICTURED.items():
        layer = f"{name}_{max(first for first in zooms if first <= zoom)}"
        if layer not in layers(city):
            tables[name] = gpd.GeoDataFrame({"kind": [], "geometry": []}, geometry="geometry", crs=4326)
            continue
        options = {"ZOOM_LEVEL": str(zoom), "CLIP": "NO"}
        rows = gpd.read_file(archive(city), layer=layer, bbox=tuple(window.total_bounds), **options)
        rows = rows.assign(geometry=rows.make_valid()).to_crs(4326)
        tables[name] = rows.clip(shapely.box(*box))[["kind", "geometry"]]
    return tables


@cache
def _reader(city: str) -> Any:
    with archive(city).open("rb") as file:
        return Reader(MmapSource(file))  # the map stays when the file is closed
