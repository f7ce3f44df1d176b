"""Figures put together: a caption, rows with their columns, and a chart or a map of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

import data
from analytics import classes
from analytics.classes import Classes
from data.context import CityContext, Territory
from data.figures import Chart, Column, Figure, Layer, Legend, Map
from data.translation import N_, Language
from services.areas import area_shapes, bounds, district_by_area, hierarchy, in_district
from services.columns import described


@dataclass(frozen=True)
class Caption:
    """What is said around a figure, in the reader's language.

    Finding, unit, period, source line, caveat, alternative text.
    """

    finding: str
    unit: str
    period: str
    source: str
    note: str = ""
    summary: str = ""


@dataclass(frozen=True)
class Shading:
    """How the column `value` of a map's rows is classed and its ranges are written.

    factor: from value to the legend's unit.

    classes: of these very rows, where several maps share one scale.
    """

    digits: int = 0
    suffix: str = ""
    factor: float = 1
    scheme: str = "quantiles"
    classes: Classes | None = None


def chart(kind: str, rows: pd.DataFrame, /, **options: Any) -> Chart:
    """A chart by the name of its drawing function, with its options.

    The function is in views.charts, views.comparisons or views.flows.
    """
    return Chart(kind, rows, options)


def figure(
    ctx: CityContext,
    key: str,
    caption: Caption,
    rows: pd.DataFrame,
    drawing: Chart | Map | None = None,
    columns: Mapping[str, Column] | None = None,
    shapes: Mapping[str, Any] | None = None,
) -> Figure:
    """A figure from its caption, all its rows and what draws them.

    columns: descriptions of columns that only this service has. shapes: GeoJSON by area_id (or nuts_id, iso3), where
    rows are areas; rows with lon and lat are points, and these two columns become their geometry.
    """
    points = {"lon", "lat"} <= set(rows.columns)
    table = rows.drop(columns=["lon", "lat"]) if points else rows
    key_column = next((name for name in ("area_id", "nuts_id", "iso3") if name in rows), "")

    def geometry() -> list[dict[str, Any] | None]:
        if points:
            return [
                {"type": "Point", "coordinates": [lon, lat]} for lon, lat in zip(rows["lon"], rows["lat"], strict=True)
            ]
        return [(shapes or {}).get(place) for place in rows[key_column]]

    return Figure(
        key,
        caption.finding,
        caption.unit,
        caption.period,
        caption.source,
        table.reset_index(drop=True),
        described(table, columns or {}, ctx.language),
        drawing,
        caption.note,
        caption.summary or f"{caption.finding}. {caption.unit}.",
        geometry if points or (shapes is not None and key_column) else None,
    )


def ranges(grouped: Classes, shading: Shading, language: Language) -> list[str]:
    """The range of each class in words: '12–30 %'; one number where both ends are written alike."""
    # A dash beside a minus sign cannot be read.
    joint = N_("{low} to {high}") if any(low < 0 for low in grouped.lows) else "{low}–{high}"
    texts = []
    for ends in zip(grouped.lows, grouped.highs, strict=True):
        low, high = (language.number(shading.factor * end, shading.digits) for end in ends)
        texts.append((low if low == high else language(joint, low=low, high=high)) + shading.suffix)
    return texts


def legend(
    ctx: CityContext, title: str, grouped: Classes, labels: list[str], missing_label: str = "", points: str = ""
) -> Legend:
    """What the colours mean. missing_label: for areas without a value, 'no figure' if left out."""
    return Legend(title, labels, grouped.counts, grouped.missing, missing_label or ctx.language("no figure"), points)


def picks(ctx: CityContext, level: str) -> dict[str, dict[str, str]]:
    """What a click on each area of a level chooses: its district, and itself where it is one of the smallest."""
    return {
        area: {"district": district, "area": area if level == ctx.levels[-1] else ""}
        for area, district in district_by_area(ctx, level).items()
    }


def area_map(
    ctx: CityContext,
    territory: Territory,
    key: str,
    caption: Caption,
    rows: pd.DataFrame,
    level: str,
    shading: Shading = Shading(),
    *,
    points: pd.DataFrame | None = None,
    columns: Mapping[str, Column] | None = None,
) -> Figure:
    """A figure with a map of the city's areas (nine parameters: each is one thing that a map shows).

    rows: area_id, name, value (what is coloured; empty where not known), shown (its text), and columns that are
    exported, largest value first.
    points: facilities drawn on top: area_id (smallest areas), lon, lat, name, shown, and perhaps source_id.
    Rows and points of other districts than the chosen one are left out.
    """
    rows = in_district(ctx, rows, territory.district, level).reset_index(drop=True)
    grouped = shading.classes or classes.classify(rows["value"], scheme=shading.scheme)
    dots = None if points is None else in_district(ctx, points, territory.district)
    shapes = area_shapes(ctx, level)
    layers = [
        area_layer(ctx, territory, shapes, rows, grouped, level),
        outline_layer(ctx, territory),
        *([] if dots is None else [point_layer(ctx, dots, level)]),
    ]
    dot_label = "" if dots is None else ctx.language.plural("{n:,} facility", "{n:,} facilities", len(dots))
    key_to_colours = legend(
        ctx, f"{caption.unit}, {caption.period}", grouped, ranges(grouped, shading, ctx.language), points=dot_label
    )
    drawing = city_map(ctx, territory, layers, key_to_colours, level)
    table = rows.sort_values("value", ascending=False, kind="stable").drop(columns=["value", "shown"])
    return figure(ctx, key, caption, table, drawing, columns, shapes)


def shapes_address(ctx: CityContext, level: str) -> str:
    """Where a browser asks for the areas of a level; another version of them has another address."""
    return f"maps/shapes/{ctx.key}/{level}/{data.entry('areas', ctx.key).checksum[:12]}.json"


def area_layer(
    ctx: CityContext, territory: Territory, shapes: Mapping[str, Any], rows: pd.DataFrame, grouped: Classes, level: str
) -> Layer:
    """Areas of a level coloured by class, the chosen one marked. rows: area_id, name, shown."""
    selected = territory.area if level == ctx.levels[-1] else territory.district
    options = {"shapes": shapes, "rows": rows, "classes": grouped, "key": "area_id", "selected": selected}
    return Layer("areas", {**options, "address": shapes_address(ctx, level)})


def outline_layer(ctx: CityContext, territory: Territory) -> Layer:
    """Borders of the districts, or of the chosen one, for orientation."""
    if not ctx.has_districts:
        return Layer("outline", {"shapes": {}})
    outline, chosen = area_shapes(ctx, "district"), territory.district
    shapes = {chosen: outline[chosen]} if chosen in outline else outline
    return Layer("outline", {"shapes": shapes, "address": shapes_address(ctx, "district")})


def point_layer(ctx: CityContext, points: pd.DataFrame, level: str) -> Layer:
    """Facilities as dots; a click on one chooses the area of the level that it stands in."""
    return Layer("points", {"points": points.assign(id=points["area_id"].map(hierarchy(ctx)[level]))})


def city_map(
    ctx: CityContext, territory: Territory, layers: list[Layer], key: Legend | None, pick_level: str = ""
) -> Map:
    """A map of the city or its chosen district. pick_level: areas of this level are chosen by a click."""
    lon, lat, zoom = bounds(ctx, territory.district)
    return Map(layers, lon, lat, zoom, key, picks(ctx, pick_level) if pick_level else {})
