"""Places of a city by name, in any spelling and script: areas, streets with house numbers, stops, facilities."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from anyascii import anyascii
from rapidfuzz import fuzz, process

import data
from data import ground
from data.context import CityContext
from services.areas import area_names, area_shapes, exact_areas, hierarchy
from services.cache import cached_numbers
from services.names import facility_kinds
from services.tables import city_table, optional_table

LEAST_ALIKE = 72  # of 100, by rapidfuzz's WRatio: one typing error in a short name
FARTHEST = 0.05  # degrees from the middle of a street to a house of it
LONGEST = 80  # letters of a question that are looked at
NUMBER = re.compile(r"^(.*\D)\s+(\d{1,4}\s?[a-z]?)$")
# How names are folded before they are compared: what is spelled in several ways is spelled in one. First letters with
# marks and words that have short forms, then, in Latin script, what transliterations and typing differ in.
MARKS = ((r"strasse|str\.|str\b", "str "), (r"[äæ]", "a"), (r"[öøё]", "o"), (r"ü", "u"))
SPELLINGS = (
    (r"[^a-z0-9 ]+", ""),
    (r"ae", "a"),
    (r"oe|yo", "o"),
    (r"ue|yu", "u"),
    (r"sch|sh", "s"),
    (r"kh|ch", "h"),
    (r"ts|tz|z", "s"),
    (r"ph", "f"),
    (r"w", "v"),
    (r"ck|q", "k"),
    (r"[jy]", "i"),
    (r"eu|oi", "oi"),
    (r"ei|ai", "ai"),
    (r"(.)\1+", r"\1"),
)
VOWELS = re.compile(r"[aeiouv]")  # which scripts without vowels leave out; v is their u as well


@dataclass(frozen=True)
class Hit:
    """A place: what kind it is of, name, where it lies in words and degrees; key: its area's id, '' for other kinds."""

    kind: str
    label: str
    detail: str
    lon: float
    lat: float
    bounds: tuple[float, float, float, float] | None = None
    key: str = ""


def folded(name: str) -> str:
    """A name in plain small letters: without accents, in Latin script, spelled as others would spell it."""
    plain = unicodedata.normalize("NFC", name).lower().replace("ß", "ss").replace("-", " ")
    for pattern, letters in MARKS:
        plain = re.sub(pattern, letters, plain)
    plain = anyascii(plain).lower()
    for pattern, letters in SPELLINGS:
        plain = re.sub(pattern, letters, plain)
    return " ".join(plain.split())


@lru_cache(maxsize=8)
def _index(key: str, version: str) -> tuple[list[Hit], list[str], list[str]]:
    """Every place of a city, and their folded names with and without vowels."""
    ctx = CityContext(data.cities()[key], version)
    hits = [*_areas(ctx), *_places(ctx), *_streets(ctx), *_facilities(ctx)]
    names = [folded(hit.label) for hit in hits]
    return hits, names, [VOWELS.sub("", name) for name in names]


def _areas(ctx: CityContext) -> list[Hit]:
    hits = []
    for level in ctx.levels:
        names = area_names(ctx, level)
        for area, shape in area_shapes(ctx, level).items():
            outline = shapely.geometry.shape(shape)
            middle, (west, south, east, north) = outline.representative_point(), outline.bounds
            box = tuple(round(edge, 5) for edge in (west, south, east, north))
            level_name = ctx.city.level_names[level]
            hits.append(Hit("area", names[area], level_name, middle.x, middle.y, box, area))
    return hits


def _places(ctx: CityContext) -> list[Hit]:
    return [Hit("place", name, "", lon, lat) for _kind, name, lon, lat in ground.names(ctx.key)]


@cached_numbers
def _street_rows(ctx: CityContext) -> pd.DataFrame:
    """Middles of streets: name, lon, lat, and the largest area that each lies in."""
    rows = optional_table(ctx, "addresses")
    rows = rows[rows["number"] == ""]
    exact = exact_areas(ctx)
    points = gpd.GeoSeries.from_xy(rows["x"], rows["y"], crs=exact.crs)
    points.index = rows.index
    joined = gpd.sjoin(
        gpd.GeoDataFrame(geometry=points), exact[["area_id", "geometry"]], predicate="within", how="left"
    )
    area = joined["area_id"][~joined.index.duplicated()].map(hierarchy(ctx)[ctx.largest_level])
    degrees = points.to_crs(4326)
    detail = area.map(area_names(ctx, ctx.largest_level)).fillna("")
    return rows.assign(lon=degrees.x.round(5), lat=degrees.y.round(5), detail=detail)


def _streets(ctx: CityContext) -> list[Hit]:
    if optional_table(ctx, "addresses").empty:
        return []
    rows = _street_rows(ctx).drop_duplicates(["name", "detail"])
    rows = rows[rows["detail"] != ""]  # extracts reach beyond the limits
    columns = (rows[name].tolist() for name in ("name", "detail", "lon", "lat"))
    return [Hit("street", name, detail, lon, lat) for name, detail, lon, lat in zip(*columns, strict=True)]


def _facilities(ctx: CityContext) -> list[Hit]:
    rows, labels = optional_table(ctx, "facilities"), facility_kinds(ctx)["label"]
    rows = rows[rows["name"].fillna("").str.len() > 1].drop_duplicates(["kind", "name", "area_id"])
    columns = (rows[name].tolist() for name in ("name", "kind", "lon", "lat"))
    return [
        Hit("facility", name, str(labels.get(kind, kind)), round(lon, 5), round(lat, 5))
        for name, kind, lon, lat in zip(*columns, strict=True)
    ]


def search(ctx: CityContext, text: str, limit: int = 8) -> list[Hit]:
    """Places whose name is most like a text: those that begin with it first, areas before streets before facilities.

    A house number at the end is looked up in the street that is found. Nothing is found for less than two letters.
    """
    text = text.strip()[:LONGEST]
    hits, names, bare = _index(ctx.key, ctx.data_version)
    numbered = NUMBER.match(text.lower())
    asked = folded(numbered.group(1) if numbered else text)
    if len(asked) < 2:
        return []
    others = any(ord(letter) > 0x24F and letter.isalpha() for letter in text)
    ranked: dict[int, float] = {}
    for place, name in enumerate(names):
        if asked in name:
            ranked[place] = 200 + 50 * name.startswith(asked) + 40 * (name == asked) - len(name) / 10
    if len(ranked) < limit:
        for _name, score, place in process.extract(
            asked, names, scorer=fuzz.WRatio, limit=limit, score_cutoff=LEAST_ALIKE
        ):
            ranked.setdefault(place, score)
    skeleton = VOWELS.sub("", asked)
    if others and len(skeleton) > 2:
        for _name, score, place in process.extract(skeleton, bare, scorer=fuzz.ratio, limit=limit, score_cutoff=80):
            ranked[place] = max(ranked.get(place, 0), score)
    order = {"area": 3, "place": 2, "street": 1, "facility": 0}
    best = sorted(ranked, key=lambda place: (-ranked[place] - 3 * order[hits[place].kind], hits[place].label))
    distinct: dict[tuple[str, str], Hit] = {}
    for place in best:
        distinct.setdefault((hits[place].label, hits[place].detail), hits[place])
    result = list(distinct.values())[:limit]
    return _numbered(ctx, result, numbered.group(2).replace(" ", "")) + result if numbered else result


@lru_cache(maxsize=8)
def _streets_by_name(key: str, version: str) -> dict[str, list[Hit]]:
    """Streets by their folded names; several may share one."""
    result: dict[str, list[Hit]] = {}
    for hit in _streets(CityContext(data.cities()[key], version)):
        result.setdefault(folded(hit.label), []).append(hit)
    return result


def locate(ctx: CityContext, address: str) -> Hit | None:
    """Where an address lies ('Street 12, 10115 Town').

    Its house, or the middle of a street that is given alone and is the city's only one of the name; None where it is
    not known or may be several.
    """
    text = address.split(",")[0].strip()[:LONGEST]
    numbered = NUMBER.match(text.lower())
    hits = _streets_by_name(ctx.key, ctx.data_version).get(folded(numbered.group(1) if numbered else text), [])
    if numbered:
        hits = _numbered(ctx, hits, numbered.group(2).replace(" ", ""))
    return hits[0] if len({(hit.lon, hit.lat) for hit in hits}) == 1 else None


@lru_cache(maxsize=8)
def _houses(key: str, version: str) -> dict[str, tuple[int, int]]:
    """Where the rows of each street stand in the table of addresses, which is sorted by it."""
    names = optional_table(CityContext(data.cities()[key], version), "addresses")["name"].to_numpy()
    ends = np.flatnonzero(np.append(names[1:] != names[:-1], len(names) > 0)) + 1
    return {names[end - 1]: (int(start), int(end)) for start, end in zip([0, *ends[:-1]], ends, strict=False)}


def _numbered(ctx: CityContext, hits: list[Hit], number: str) -> list[Hit]:
    """The house of a number in those streets of the hits that have it within FARTHEST degrees of their middle."""
    houses, places = [], _houses(ctx.key, ctx.data_version)
    for hit in hits:
        if hit.kind != "street":
            continue
        rows = city_table(ctx, "addresses").iloc[slice(*places[hit.label])]
        rows = rows[rows["number"].str.lower().str.replace(" ", "") == number]
        points = gpd.GeoSeries.from_xy(rows["x"], rows["y"], crs=exact_areas(ctx).crs).to_crs(4326)
        away = np.hypot(points.x - hit.lon, points.y - hit.lat).to_numpy()
        if len(away) and away.min() < FARTHEST:
            near = points.iloc[int(away.argsort()[0])]
            houses.append(Hit("address", f"{hit.label} {number}", hit.detail, round(near.x, 5), round(near.y, 5)))
    return houses[:3]
