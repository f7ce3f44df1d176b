"""Collections of a city's features for maps of others: areas of each level, facilities of each kind, indicators.

A feature of an indicator is an area on a day: value, unit, day and source stand in each of them, so that a row that is
copied out of its table still says what it is. A value that is not known is empty, never zero.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

import data
from data.context import CityContext
from data.translation import GAP
from services import inclusion
from services.cache import cached, shared_table
from services.columns import SHARED
from services.names import cards, facility_kinds, level_names
from services.tables import city_table, entries, has_tables, source

if TYPE_CHECKING:
    import geopandas as gpd

WORLD = (-180.0, -90.0, 180.0, 90.0)
Bbox = tuple[float, float, float, float]
# Titles of columns that SHARED does not describe, or otherwise.
TITLES = {
    "level": "Level of the area",
    "parent_id": "Id of the area that holds it",
    "boundary_version": "Version of the boundaries",
    "area_km2": "Area (km²)",
    "valid_from": "In force since",
    "operator": "Run by",
    "source": "Source",
    "licence": "Licence",
    "value": "Value",
    "day": "Day of the value",
    "status": "Why there is no value",
    "label": "What the indicator is called",
}


@dataclass(frozen=True)
class Collection:
    """What a collection holds. part: the kind of facility or the indicator; unit: of `value`, '' where there is none.

    days: of the features, oldest first; a feature without a day of its own belongs to all. bbox: around its features.
    """

    key: str
    title: str
    description: str
    subject: Literal["areas", "facilities", "indicators"]
    level: str
    part: str
    unit: str
    source: str
    licence: str
    days: tuple[str, ...]
    bbox: Bbox = WORLD


@dataclass(frozen=True)
class Selection:
    """Features that touch a box and a time.

    The box is west, south, east, north in degrees; west over east crosses the 180th meridian. Both ends of the time are
    included; None is open.
    """

    bbox: Bbox = WORLD
    start: pd.Timestamp | None = None
    end: pd.Timestamp | None = None

    def holds(self, first: pd.Timestamp, last: pd.Timestamp | None) -> bool:
        """Whether days from first to last (None: still) touch the time; a day lasts to its end."""
        ends = last is not None and self.start is not None and last + pd.Timedelta(days=1) <= self.start
        return not ends and (self.end is None or first <= self.end)


@cached
def collections(ctx: CityContext) -> dict[str, Collection]:
    """Every collection of a city by its key."""
    known = {}
    boxes: dict[tuple[str, str], Bbox] = {}
    for item in (*_of_areas(ctx), *_of_facilities(ctx), *_of_indicators(ctx)):
        where = item.level, item.part if item.subject == "facilities" else ""
        if where not in boxes:
            west, south, east, north = _places(ctx, item).total_bounds.tolist()
            boxes[where] = west, south, east, north
        known[item.key] = replace(item, bbox=boxes[where])
    return known


def _licences(ctx: CityContext, *tables: str) -> str:
    return "; ".join(dict.fromkeys(entry.licence for entry in entries(ctx, *tables)))


def _of_areas(ctx: CityContext) -> Iterator[Collection]:
    if not has_tables(ctx, "areas"):
        return
    line, licence = source(ctx, "areas"), _licences(ctx, "areas")
    for level, name in ctx.city.level_names.items():
        title = f"{ctx.name}: areas, {name}"
        about = f"Boundaries in force since {ctx.city.boundary_since}, simplified for drawing. {line}"
        days = (ctx.city.boundary_since,)
        yield Collection(f"{ctx.key}.areas.{level}", title, about, "areas", level, "", "", line, licence, days)


def _of_facilities(ctx: CityContext) -> Iterator[Collection]:
    line, licence = source(ctx, "facilities"), _licences(ctx, "facilities")
    for kind, label in facility_kinds(ctx)["label"].items():
        about = f"Points; `places` is empty where none are stated. {line}"
        key, title = f"{ctx.key}.facilities.{kind}", f"{ctx.name}: {label}"
        yield Collection(key, title, about, "facilities", "", str(kind), "", line, licence, ())


def _of_indicators(ctx: CityContext) -> Iterator[Collection]:
    levels = level_names(ctx)
    for card in cards(ctx.language).values():
        days = inclusion.days(ctx, card.key) if has_tables(ctx, "areas", *card.tables) else {}
        if not days:
            continue
        words = tuple(f"{day:%Y-%m-%d}" for day in days)
        line, licence = source(ctx, *card.tables), _licences(ctx, *card.tables)
        about = f"{card.definition}, {card.unit}. {card.caveats} {line}".replace("  ", " ")
        for level, name in levels.items():
            key, title = f"{ctx.key}.indicators.{level}.{card.key}", f"{ctx.name}: {card.label}, {name}"
            yield Collection(key, title, about, "indicators", level, card.key, card.unit, line, licence, words)


def select(
    ctx: CityContext, item: Collection, selection: Selection, offset: int, limit: int
) -> tuple[gpd.GeoDataFrame, int]:
    """A page of the features that a selection holds, by their ids, in EPSG:4326; and how many there are in all."""
    places = _inside(_places(ctx, item), selection.bbox)
    if item.subject == "areas" and not selection.holds(pd.Timestamp(item.days[0]), None):
        places = places[:0]
    if item.subject != "indicators":
        return places.iloc[offset : offset + limit], len(places)
    parts, total = [], 0
    for day, period in reversed(inclusion.days(ctx, item.part).items()):  # newest first
        if selection.holds(day, day):
            begin, end = max(0, offset - total), max(0, offset + limit - total)
            total += len(places)
            if begin < len(places) and end:  # days that are not on the page are not computed
                parts.append(_values(ctx, item, places.iloc[begin:end], day, period))
    return pd.concat(parts) if parts else _values(ctx, item, places[:0], None, None), total


def feature(ctx: CityContext, item: Collection, key: str) -> gpd.GeoDataFrame | None:
    """The one feature of an id, as `select` gives it; None where there is none."""
    places = _places(ctx, item)
    if item.subject != "indicators":
        return places.loc[[key]] if key in places.index else None
    area, _at, day = key.rpartition("@")
    for known, period in inclusion.days(ctx, item.part).items():
        if f"{known:%Y-%m-%d}" == day and area in places.index:
            return _values(ctx, item, places.loc[[area]], known, period)
    return None


def _places(ctx: CityContext, item: Collection) -> gpd.GeoDataFrame:
    """Areas or points of a collection by their ids, in EPSG:4326; shared, never write to it."""
    table = "facilities" if item.subject == "facilities" else "areas"
    kind = item.part if item.subject == "facilities" else item.level
    identity = ("features", ctx.key, table, kind, data.entry(table, ctx.key).checksum, repr(ctx.city))
    rows: gpd.GeoDataFrame = shared_table(identity, lambda: (_points if table == "facilities" else _areas)(ctx, kind))
    return rows


def _points(ctx: CityContext, kind: str) -> gpd.GeoDataFrame:
    import geopandas as gpd

    rows = city_table(ctx, "facilities")
    rows = rows[rows["kind"] == kind]
    points = gpd.points_from_xy(rows["lon"], rows["lat"], crs=4326)
    shapes = gpd.GeoDataFrame(rows.drop(columns=["lon", "lat", "x", "y"]), geometry=points)
    return shapes.set_index("source_id", drop=False).rename_axis("id")


def _areas(ctx: CityContext, level: str) -> gpd.GeoDataFrame:
    import geopandas as gpd

    rows = city_table(ctx, "areas")
    rows = rows[(rows["level"] == level) & (rows["boundary_version"] == ctx.boundary_version)]
    rows = rows[["area_id", "name", "level", "parent_id", "area_km2", "boundary_version", "geometry"]]
    rows = gpd.GeoDataFrame(rows).to_crs(4326).set_index("area_id", drop=False).rename_axis("id").sort_index()
    rows.insert(6, "valid_from", ctx.city.boundary_since)
    return rows


def _inside(places: gpd.GeoDataFrame, bbox: Bbox) -> gpd.GeoDataFrame:
    """The places that touch a box."""
    import shapely

    west, south, east, north = bbox
    boxes = [(west, east)] if west <= east else [(west, 180.0), (-180.0, east)]
    area = shapely.union_all([shapely.box(low, south, high, north) for low, high in boxes])
    return places if bbox == WORLD else places[places.intersects(area)]


def _values(
    ctx: CityContext, item: Collection, places: gpd.GeoDataFrame, day: pd.Timestamp | None, period: pd.Timestamp | None
) -> gpd.GeoDataFrame:
    """An indicator of areas on a day, as features."""
    import geopandas as gpd

    index, values = places.index, pd.Series(dtype=float)
    if day is not None and period is not None:
        values = inclusion.measured(ctx, period, item.level)[item.part]
        index = pd.Index([f"{area}@{day:%Y-%m-%d}" for area in index], name="id")
    known = values.reindex(places["area_id"]).astype(float)
    columns = {
        **{name: places[name].array for name in ("area_id", "name", "level")},
        "indicator": item.part,
        "label": cards(ctx.language)[item.part].label,
        "value": known.array,
        "unit": item.unit,
        "day": "" if day is None else f"{day:%Y-%m-%d}",
        "status": known.isna().map({True: ctx.language(GAP), False: ""}).array,
        "source": item.source,
        "licence": item.licence,
    }
    return gpd.GeoDataFrame(columns, geometry=places.geometry.array, index=index)


def schema(ctx: CityContext, item: Collection) -> dict[str, Any]:
    """The properties of a collection's features: a JSON Schema that names each one's title, type and unit."""
    rows = _places(ctx, item)[:0]
    rows = _values(ctx, item, rows, None, None) if item.subject == "indicators" else rows
    properties: dict[str, Any] = {}
    for name, kind in rows.drop(columns="geometry").dtypes.items():
        label = TITLES.get(str(name)) or SHARED[str(name)].label
        word = (
            "integer"
            if str(kind).startswith(("int", "Int"))
            else "number"
            if str(kind).startswith("float")
            else "string"
        )
        properties[str(name)] = {"title": ctx.language(label), "type": word}
    for name in {"day", "valid_from"} & set(properties):
        properties[name] |= {"format": "date", "x-ogc-role": "primary-instant"}
    if "value" in properties:
        properties["value"] |= {"x-ogc-unit": item.unit, "description": item.description}
    shape = "point" if item.subject == "facilities" else "polygon-or-multipolygon"
    properties["geometry"] = {"x-ogc-role": "primary-geometry", "format": f"geometry-{shape}"}
    return {"title": item.title, "description": item.description, "type": "object", "properties": properties}
