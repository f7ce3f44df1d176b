"""Vector tiles of OpenMapTiles -> a city's base map, one PMTiles archive: `make ground`.

What is drawn at which zoom is chosen here, so that a tile holds no more than its picture shows.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import freestiler
import geopandas as gpd
import pandas as pd
import shapely

from data.connectors import openmaptiles
from data.errors import DataError
from data.ground import FIRST_ZOOM, LAST_ZOOM, archive

SOURCES = {"berlin": Path("berlin_osm/openmaptiles_z14.tar.gz")}
LAYERS = ("water", "waterway", "landcover", "landuse", "transportation", "transportation_name", "place", "water_name")
# Zooms of a generalisation, the line's tolerance and the smallest polygon shown: half a pixel, and ten by ten.
STEPS = ((8, 10, 40.0, 250_000.0), (11, 12, 8.0, 15_000.0), (13, 14, 1.0, 400.0))
GRID_M = 0.5  # as finely as the tiles know; pieces meet on it
LAKE_M2 = 20_000  # the smallest lake that is named
GREEN = {
    "wood": "wood",
    "grass": "park",
    "wetland": "park",
    "cemetery": "park",
    "playground": "park",
    "pitch": "park",
    "zoo": "park",
    "theme_park": "park",
}
BUILT = ("residential", "commercial", "retail", "industrial", "school", "university", "hospital", "railway", "military")
# Streets by class: the first zoom that shows them.
STREETS = {
    "motorway": 8,
    "trunk": 8,
    "primary": 8,
    "secondary": 10,
    "tertiary": 11,
    "minor": 12,
    "pedestrian": 13,
    "service": 14,
    "track": 14,
    "path": 14,
}
FIRST_NAMES = 11  # the zoom from which streets have names
RAIL = ("rail", "light_rail", "subway", "narrow_gauge")
PLACES = ("city", "town", "borough", "suburb", "quarter", "village", "neighbourhood", "hamlet", "square", "island")


def make(sources: Path, city: str) -> Path:
    """Write a city's archive and return where it is. sources: the folder that SOURCES is in. Raises SourceError."""
    raw = openmaptiles.layers(sources / SOURCES[city], LAYERS)
    green = _of_classes(pd.concat([raw["landcover"], raw["landuse"]]), GREEN)
    built = _of_classes(raw["landuse"], dict.fromkeys(BUILT, "built"))
    water = raw["water"].assign(kind="water")
    layers: dict[str, freestiler.FreestileLayer] = {}
    for name, rows in {"water": water, "green": green, "built": built}.items():
        whole = _dissolved(rows)
        for first, last, tolerance_m, least_m2 in STEPS:
            layers[f"{name}_{first}"] = _layer(_polygons(whole, tolerance_m, least_m2), first, last)
    streets = _of_classes(raw["transportation_name"], {name: name for name in STREETS})
    layers |= _streets(streets)
    rail = raw["transportation"]
    rail = rail[(rail["brunnel"] != "tunnel") & (shapely.get_dimensions(rail.geometry) == 1)]
    layers["rail"] = _layer(_lines(_of_classes(rail, dict.fromkeys(RAIL, "rail")), 4.0), 10, LAST_ZOOM)
    streams = raw["waterway"][raw["waterway"]["brunnel"] != "tunnel"]
    streams = _of_classes(streams, {"river": "river", "canal": "river", "stream": "stream"})
    layers["stream"] = _layer(_lines(streams, 3.0), 12, LAST_ZOOM)
    layers["place"] = _layer(_of_classes(raw["place"], {name: name for name in PLACES}).dropna(), FIRST_ZOOM, LAST_ZOOM)
    names = raw["water_name"].dropna(subset="name")
    of_lakes = names[names.geom_type == "Point"].assign(kind="lake")[["kind", "name", "geometry"]]
    of_lakes = of_lakes.sjoin(_polygons(_dissolved(water), 1.0, LAKE_M2)[["geometry"]])  # no fountains
    layers["lake_name"] = _layer(of_lakes[["kind", "name", "geometry"]], 12, LAST_ZOOM)
    target = archive(city)
    target.parent.mkdir(parents=True, exist_ok=True)
    filled = {name: layer for name, layer in layers.items() if len(layer.input)}
    freestiler.freestile(dict(filled), target, min_zoom=FIRST_ZOOM, max_zoom=LAST_ZOOM, generate_ids=False, quiet=True)
    return target


def _of_classes(rows: gpd.GeoDataFrame, kinds: dict[str, str]) -> gpd.GeoDataFrame:
    """Rows of these classes: kind (ours), name, geometry."""
    rows = rows[rows["class"].isin(kinds)]
    return rows.assign(kind=rows["class"].map(kinds))[["kind", "name", "geometry"]].reset_index(drop=True)


def _dissolved(rows: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Shapes as one a kind, without the edges of the tiles they came in."""
    return rows.assign(geometry=rows.make_valid()).dissolve("kind", method="unary", grid_size=GRID_M).reset_index()


def _polygons(whole: gpd.GeoDataFrame, tolerance_m: float, least_m2: float) -> gpd.GeoDataFrame:
    """Polygons of at least such an area, with fewer corners and without small holes."""
    parts = whole[["kind", "geometry"]].explode(ignore_index=True)
    parts = parts[(parts.geom_type == "Polygon") & (parts.area >= least_m2)]
    parts = parts.assign(geometry=[_without_holes(shape, least_m2) for shape in parts.geometry])
    parts = parts.assign(geometry=parts.simplify(tolerance_m))
    return parts[~parts.is_empty]


def _without_holes(shape: shapely.Polygon, least_m2: float) -> shapely.Polygon:
    return shapely.Polygon(shape.exterior, [ring for ring in shape.interiors if shapely.Polygon(ring).area >= least_m2])


def _lines(rows: gpd.GeoDataFrame, tolerance_m: float) -> gpd.GeoDataFrame:
    """Lines joined by kind and name, so that a name runs along the whole street."""
    rows = rows.assign(
        name=rows["name"].astype(object).fillna(""), geometry=rows.geometry.set_precision(GRID_M, mode="pointwise")
    )
    rows = rows.dissolve(["kind", "name"]).reset_index()
    rows = rows.assign(geometry=rows.line_merge()).explode(ignore_index=True)
    return rows.assign(geometry=rows.simplify(tolerance_m))


def _streets(rows: gpd.GeoDataFrame) -> dict[str, freestiler.FreestileLayer]:
    """Streets by the zooms that show them: main ones from afar without names, all of them close by."""
    layers = {}
    zooms = sorted(set(STREETS.values()))
    for zoom, after in zip(zooms, [*zooms[1:], LAST_ZOOM + 1], strict=True):
        tolerance_m = next(tolerance for first, last, tolerance, _least_m2 in STEPS if first <= zoom <= last)
        shown = rows[rows["kind"].map(STREETS) <= zoom]
        if zoom < FIRST_NAMES:
            shown = shown.assign(name="")
        layers[f"street_{zoom}"] = _layer(_lines(shown, tolerance_m), zoom, after - 1)
    return layers


def _layer(rows: gpd.GeoDataFrame, first: int, last: int) -> freestiler.FreestileLayer:
    return freestiler.freestile_layer(rows.to_crs(4326), min_zoom=first, max_zoom=last)


def main() -> int:
    """Command line: every city that has tiles; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sources", type=Path, required=True, help="folder with berlin_osm/")
    sources = parser.parse_args().sources
    for city in SOURCES:
        try:
            target = make(sources, city)
        except DataError as error:
            print(f"Nothing was changed. {error}", file=sys.stderr)
            return 1
        print(f"{target}: {target.stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
