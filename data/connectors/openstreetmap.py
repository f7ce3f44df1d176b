"""OpenStreetMap points of interest: libraries, health, community and culture venues, transit stops."""

from __future__ import annotations

import json
import zlib
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from data.connectors.raw import open_raw
from data.errors import SourceError

# Kind in the source -> our kind. 'art-galleries' holds public works of art (sculptures, murals, fountains), not
# galleries: of ten names drawn at random all ten are works. Left out: kinds that the city's own registers count
# better (schools, kindergartens, childcare), and hospitals and parks, of which the source has three each.
KINDS = {
    "libraries": "library",
    "community-centers": "community_centre",
    "doctors": "doctor",
    "clinics": "clinic",
    "pharmacies": "pharmacy",
    "universities": "university",
    "playgrounds": "playground",
    "sport-centers": "sports_centre",
    "museums": "museum",
    "theaters": "theatre",
    "cinemas": "cinema",
    "nightclubs": "nightclub",
    "coworking-spaces": "coworking",
    "art-galleries": "public_art",
    "tram-stops": "tram_stop",
    "ubahn-stops": "metro_station",
    "sbahn-stops": "rail_station",
}


def facilities(folder: Path) -> gpd.GeoDataFrame:
    """Points of interest of September 2025: source_id, kind, name, places (none known), geometry (EPSG:4326)."""
    raw = open_raw(folder / "osm_points_of_interest.parquet", ["id", "name", "kind"], geometry=True)
    table = raw[raw["kind"].isin(KINDS)].drop_duplicates(["id", "kind"])
    table = table.assign(
        source_id=table["id"], kind=table["kind"].map(KINDS), places=pd.NA, operator="", source="OpenStreetMap"
    )
    return gpd.GeoDataFrame(
        table[["source_id", "kind", "name", "places", "operator", "source", "geometry"]], crs=raw.crs
    )


# Class and subclass of a shop or gallery in the extract of 2021 -> digits of its activity in NACE. Left out, as their
# activity cannot be told: photo shops (printing or studio), jewellers (making or selling), centres of art.
CREATIVE_SHOPS = {
    ("art_gallery", "gallery"): "47783",
    ("art_gallery", "art"): "47783",
    ("library", "books"): "47610",
    ("antiques", "antiques"): "47791",
    ("music", "music"): "47630",
    ("music", "musical_instrument"): "47593",
    ("newsagent", "newsagent"): "47620",
    ("video", "video"): "77220",
}


def creative_shops(folder: Path) -> gpd.GeoDataFrame:
    """Galleries and shops of culture of August 2021: source_id, kind (digits of NACE), name, geometry (EPSG:4326)."""
    raw = open_raw(folder / "berlin_pois.parquet", ["class", "subclass", "name", "lon", "lat"])
    kinds = pd.Series([CREATIVE_SHOPS.get(pair) for pair in zip(raw["class"], raw["subclass"], strict=True)], raw.index)
    table = pd.DataFrame({"kind": kinds, "name": raw["name"].fillna(""), "lon": raw["lon"], "lat": raw["lat"]})
    table = table.dropna(subset="kind").drop_duplicates().sort_values(["kind", "lon", "lat"])
    table.insert(0, "source_id", [f"{number:04}" for number in range(len(table))])  # the extract has no ids
    points = gpd.points_from_xy(table["lon"], table["lat"], crs=4326)
    return gpd.GeoDataFrame(table.drop(columns=["lon", "lat"]), geometry=points)


# OpenStreetMap's own tags -> our kind: what a city is fetched by. Schools without isced:level count as both of the two
# kinds that they may be.
TAGS = {
    ("amenity", "kindergarten"): "daycare",
    ("amenity", "childcare"): "daycare",
    ("amenity", "school"): "school",
    ("amenity", "university"): "university",
    ("amenity", "college"): "school_vocational",
    ("amenity", "library"): "library",
    ("amenity", "community_centre"): "community_centre",
    ("amenity", "doctors"): "doctor",
    ("amenity", "clinic"): "clinic",
    ("amenity", "hospital"): "clinic",
    ("amenity", "pharmacy"): "pharmacy",
    ("amenity", "nursing_home"): "care_home",
    ("amenity", "theatre"): "theatre",
    ("amenity", "cinema"): "cinema",
    ("amenity", "nightclub"): "nightclub",
    ("amenity", "coworking_space"): "coworking",
    ("office", "coworking"): "coworking",
    ("tourism", "museum"): "museum",
    ("tourism", "artwork"): "public_art",
    ("leisure", "playground"): "playground",
    ("leisure", "sports_centre"): "sports_centre",
    ("railway", "tram_stop"): "tram_stop",
    ("railway", "station"): "rail_station",
    ("railway", "halt"): "rail_station",
}
LEVELS = {"0": "daycare", "1": "school_primary", "2": "school_secondary", "3": "school_secondary"}  # isced:level


def kinds_of(tags: dict[str, str]) -> list[str]:
    """Our kinds of an element by its tags."""
    kinds: list[str] = []
    for (key, value), kind in TAGS.items():
        if tags.get(key) != value:
            continue
        if kind == "school":
            levels = str(tags.get("isced:level") or "")
            stated = [LEVELS[level] for level in LEVELS if level in levels]
            kinds += stated or ["school_primary", "school_secondary"]
        elif kind == "rail_station" and (tags.get("station") == "subway" or tags.get("subway") == "yes"):
            kinds.append("metro_station")
        else:
            kinds.append(kind)
    return list(dict.fromkeys(kinds))


def tagged(elements: list[tuple[str, dict[str, str], float, float]]) -> gpd.GeoDataFrame:
    """Facilities from elements (id, tags, lon, lat): id, kind, name, operator, geometry (EPSG:4326)."""
    operators = {"public": "public", "government": "public", "private": "independent"}
    rows = [
        (number, kind, tags.get("name") or "", operators.get(str(tags.get("operator:type") or ""), ""), lon, lat)
        for number, tags, lon, lat in elements
        for kind in kinds_of(tags)
    ]
    table = pd.DataFrame(rows, columns=["id", "kind", "name", "operator", "lon", "lat"])
    points = gpd.points_from_xy(table["lon"], table["lat"])
    return gpd.GeoDataFrame(table[["id", "kind", "name", "operator"]], geometry=points, crs=4326)


def of_extract(pbf: Path) -> gpd.GeoDataFrame:
    """Facilities of an extract (.osm.pbf), as `tagged`; attrs['period'] is the month of the newest edit among them."""
    import pyrosm

    wanted: dict[str, list[str]] = {}
    for key, value in sorted(TAGS):
        wanted.setdefault(key, []).append(value)
    spots = pyrosm.OSM(str(pbf)).get_pois(custom_filter=wanted)
    if spots is None or spots.empty:
        return tagged([])
    middle = gpd.GeoSeries(spots.geometry).set_crs(4326, allow_override=True).representative_point()
    elements = []
    for row, x, y in zip(spots.to_dict("records"), middle.x, middle.y, strict=True):
        more = json.loads(row["tags"]) if isinstance(row.get("tags"), str) else {}
        tags = {**more, **{key: value for key, value in row.items() if isinstance(value, str)}}
        elements.append((f"{row.get('osm_type', 'node')}/{row['id']}", tags, float(x), float(y)))
    table = tagged(elements)
    edited = pd.to_numeric(spots["timestamp"], errors="coerce").max() if "timestamp" in spots else float("nan")
    table.attrs["period"] = (
        f"edits up to {pd.Timestamp(edited, unit='s'):%Y-%m}" if edited > 0 else "day of the extract not known"
    )
    return table


def extent(pbf: Path) -> shapely.Geometry:
    """The box (EPSG:4326) of all nodes of an extract. Raises SourceError."""
    from google.protobuf.message import DecodeError
    from pyrosm.proto import fileformat_pb2, osmformat_pb2

    west, south, east, north = np.inf, np.inf, -np.inf, -np.inf
    try:
        with pbf.open("rb") as opened:
            while size := opened.read(4):
                head = fileformat_pb2.BlobHeader.FromString(opened.read(int.from_bytes(size, "big")))
                blob = fileformat_pb2.Blob.FromString(opened.read(head.datasize))
                if head.type != "OSMData":
                    continue
                block = osmformat_pb2.PrimitiveBlock.FromString(blob.raw or zlib.decompress(blob.zlib_data))
                for group in block.primitivegroup:
                    lon, lat = _coordinates(group)
                    if len(lon):
                        x = (block.lon_offset + block.granularity * lon) / 1e9
                        y = (block.lat_offset + block.granularity * lat) / 1e9
                        west, east = min(west, float(x.min())), max(east, float(x.max()))
                        south, north = min(south, float(y.min())), max(north, float(y.max()))
    except (DecodeError, zlib.error, OSError) as error:
        raise SourceError(str(pbf), f"this is no whole extract ({error})", hint="Fetch it again") from error
    if west > east:
        raise SourceError(str(pbf), "the extract holds no place", hint="Give an extract that holds the city")
    return shapely.box(west, south, east, north)


def _coordinates(group: Any) -> tuple[np.ndarray, np.ndarray]:
    """Longitudes and latitudes of a group's nodes, in the block's own units."""
    if len(group.dense.lon):
        return np.cumsum(np.array(group.dense.lon)), np.cumsum(np.array(group.dense.lat))
    return np.array([node.lon for node in group.nodes]), np.array([node.lat for node in group.nodes])
