"""Maps as still pictures for files: the same layers as on the screen, drawn by plotly."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import h3
import numpy as np
import orjson
import pandas as pd
import plotly.graph_objects as go
import shapely

from data import ground
from data.figures import Legend, Map
from views.charts import wrap
from views.ground import COLOURS as GROUND_COLOURS
from views.ground import MISSING_OPACITY, OPACITY, PICTURE_OPACITY
from views.palette import GROUPS, MISSING, Style, ramp, rgb

GROUND = Path(__file__).parent.parent / "static" / "map-light.json"  # the screen's
COLOURS = GROUND_COLOURS["light"]
MAIN = ("motorway", "trunk", "primary", "secondary")  # streets of a picture
OVERLAY_PX = 1600  # width of another server's layer
GAP = np.full((1, 2), np.nan)  # between two lines of a trace
M_PER_DEGREE = 111_320.0  # of latitude


def picture(drawing: Map, style: Style) -> go.Figure:
    """A map with its legend; the attribution is left to the caller.

    The legend has title, unit, date, and classes with their counts of areas.
    """
    figure = go.Figure()
    for layer in drawing.layers:
        if layer.kind in LAYERS:
            LAYERS[layer.kind](figure, style, drawing.legend, **layer.options)
    latitudes = _numbers(figure, "y")
    ratio = 1 / math.cos(math.radians(latitudes.mean())) if len(latitudes) else 1
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False, scaleanchor="x", scaleratio=ratio)
    half = (
        1.15 * drawing.height / 2 * 360 / (512 * 2**drawing.zoom) / ratio
    )  # degrees of latitude on the screen, and a rim
    if len(latitudes) and np.ptp(latitudes) > 3 * half:  # islands overseas must not shrink all others
        figure.update_yaxes(range=[drawing.lat - half, drawing.lat + half])
        figure.update_xaxes(range=[drawing.lon - 2 * half, drawing.lon + 2 * half])
    if drawing.ground and len(latitudes):
        _ground(figure, drawing.ground)
    for layer in drawing.layers:
        if layer.kind == "picture" and len(latitudes):
            _overlay(figure, ratio, layer.options["still"])
    title = wrap(drawing.legend.title, 30) if drawing.legend else ""
    figure.update_layout(showlegend=True, legend={"title": {"text": title}, "font": {"size": 12}}, margin={"r": 260})
    return figure


def _numbers(figure: go.Figure, axis: str) -> np.ndarray:
    """All places of traces on an axis, without gaps and words."""
    parts = [pd.to_numeric(pd.Series(trace[axis]), errors="coerce") for trace in figure.data]
    return pd.concat(parts).dropna().to_numpy(float) if parts else np.empty(0)


def _extent(figure: go.Figure) -> tuple[float, float, float, float]:
    """West, south, east, north of all that is drawn, degrees."""
    x, y = _numbers(figure, "x"), _numbers(figure, "y")
    return float(x.min()), float(y.min()), float(x.max()), float(y.max())


def _ground(figure: go.Figure, city: str) -> None:
    """The city's base map under what is drawn, as far as that reaches, and whose it is."""
    west, south, east, north = _extent(figure)
    rim = (east - west) / 40
    box = west - rim, south - rim, east + rim, north + rim
    drawn, tables = len(figure.data), ground.shapes(city, tuple(round(edge, 4) for edge in box))
    for name, fill in (("green", COLOURS["park"]), ("water", COLOURS["water"])):
        shapes = [shapely.geometry.mapping(shape) for shape in tables[name].geometry.explode() if not shape.is_empty]
        rings = [ring for shape in shapes if shape["type"] == "Polygon" for ring in _rings(shape)]
        _path(figure, rings, fill="toself", fillcolor=fill, line={"width": 0}, showlegend=False, hoverinfo="skip")
    streets = tables["street"]
    lines = [
        line.coords for line in streets.geometry[streets["kind"].isin(MAIN)].explode() if line.geom_type == "LineString"
    ]
    _path(figure, lines, line={"color": COLOURS["edge"], "width": 0.7}, showlegend=False, hoverinfo="skip")
    figure.data = (*figure.data[drawn:], *figure.data[:drawn])
    figure.update_xaxes(range=[box[0], box[2]])
    figure.update_yaxes(range=[box[1], box[3]])
    credit = {"text": ground.ATTRIBUTION, "font": {"size": 9}, "showarrow": False}
    figure.add_annotation(x=1, y=0, xref="paper", yref="paper", xanchor="right", yanchor="bottom", **credit)


def _overlay(figure: go.Figure, ratio: float, still: Callable[[Any, tuple[int, int]], str]) -> None:
    """A layer of another server over all that is drawn. Raises DataError where it does not answer any more."""
    west, south, east, north = _extent(figure)
    height = max(round(OVERLAY_PX * ratio * (north - south) / (east - west)), 1)
    source = still((west, south, east, north), (OVERLAY_PX, height))
    place = {"x": west, "y": north, "sizex": east - west, "sizey": north - south, "xref": "x", "yref": "y"}
    figure.add_layout_image(source=source, sizing="stretch", layer="above", opacity=PICTURE_OPACITY, **place)


def _path(figure: go.Figure, rings: Iterable[Iterable[Any]], **options: Any) -> None:
    """Lines with a gap after each; as arrays, which plotly does not look through number by number."""
    parts = [part for ring in rings for part in (np.array([corner[:2] for corner in ring], float), GAP)]
    if parts:
        x, y = np.concatenate(parts).T
        figure.add_scatter(x=x, y=y, mode="lines", **options)


def _translucent(colour: str, opacity: int) -> str:
    red, green, blue, _alpha = rgb(colour)
    return f"rgba({red},{green},{blue},{opacity / 255:.2f})"


def _rings(shape: Mapping[str, Any] | None) -> list[Any]:
    if shape is None:
        return []
    parts = shape["coordinates"] if shape["type"] == "MultiPolygon" else [shape["coordinates"]]
    return [ring for part in parts for ring in part]


def _classes(
    figure: go.Figure, style: Style, legend: Legend | None, classes: Any, rings: Callable[[int], list[Any]]
) -> None:
    """One filled path a class, named by its range and count; those without a figure last.

    rings: of the rows of a class.
    """
    labels = list(legend.labels) if legend else [""] * len(classes.lows)
    counts = list(legend.counts) if legend else classes.counts
    names = [(place, f"{label} ({count})") for place, (label, count) in enumerate(zip(labels, counts, strict=True))]
    missing = [(-1, f"{legend.missing_label} ({legend.missing})")] if legend and legend.missing else []
    colours = [_translucent(colour, OPACITY[style.theme]) for colour in ramp(len(classes.lows), style.theme)]
    colours.append(_translucent(MISSING[style.theme], MISSING_OPACITY))
    for place, name in [*names, *missing]:
        line = {"color": "#777777", "width": 0.5}
        _path(figure, rings(place), fill="toself", name=name, fillcolor=colours[place], line=line)


def _areas(figure: go.Figure, style: Style, legend: Legend | None, **options: Any) -> None:
    rows, classes, shapes = options["rows"], options["classes"], options["shapes"]
    numbers = pd.Series(classes.number).to_numpy()
    _classes(
        figure,
        style,
        legend,
        classes,
        lambda place: [ring for area in rows[options["key"]][numbers == place] for ring in _rings(shapes.get(area))],
    )
    if options.get("selected") in shapes:
        line = {"color": GROUPS[5], "width": 3}
        _path(figure, _rings(shapes[options["selected"]]), line=line, showlegend=False)


def _outline(
    figure: go.Figure, style: Style, legend: Legend | None, shapes: Mapping[str, Any], address: str = ""
) -> None:
    rings = [ring for shape in shapes.values() for ring in _rings(shape)]
    _path(figure, rings, line={"color": "#1e1e1e", "width": 1.2}, showlegend=False)


def _points(
    figure: go.Figure, style: Style, legend: Legend | None, points: pd.DataFrame, highlighted: bool = False
) -> None:
    label = (legend.highlighted if highlighted else legend.points) if legend else ""
    name = label or style.language.plural("{n:,} facility", "{n:,} facilities", len(points))
    size, colour = (9, GROUPS[2]) if highlighted else (5, GROUPS[5])
    marker = {"size": size, "color": colour, "line": {"color": "white", "width": 0.5}}
    figure.add_scatter(x=points["lon"], y=points["lat"], mode="markers", name=name, marker=marker)


def _circles(figure: go.Figure, style: Style, legend: Legend | None, points: pd.DataFrame) -> None:
    marker = {
        "size": 1.4 * points["radius"],
        "color": GROUPS[1],
        "opacity": 0.55,
        "line": {"color": GROUPS[1], "width": 1},
    }
    figure.add_scatter(x=points["lon"], y=points["lat"], mode="markers", marker=marker, showlegend=False)


def _hexagons(
    figure: go.Figure, style: Style, legend: Legend | None, cells: pd.DataFrame, classes: Any, digits: int
) -> None:
    numbers = pd.Series(classes.number).to_numpy()

    def rings(place: int) -> list[Any]:
        return [
            [(lon, lat) for lat, lon in h3.cell_to_boundary(cell)]
            for cell in cells["cell"].to_numpy()[numbers == place]
        ]

    _classes(figure, style, legend, classes, rings)


def _catchment(figure: go.Figure, style: Style, legend: Legend | None, points: pd.DataFrame, metres: float) -> None:
    turns = [2 * math.pi * step / 60 for step in range(61)]
    circles = []
    for lon, lat in zip(points["lon"], points["lat"], strict=True):
        across = metres / (M_PER_DEGREE * math.cos(math.radians(lat)))
        circles.append([(lon + across * math.cos(t), lat + metres / M_PER_DEGREE * math.sin(t)) for t in turns])
    name = style.language("{metres:,.0f} m", metres=metres)
    _path(figure, circles, fill="toself", name=name, fillcolor="rgba(0,114,178,.2)", line={"color": GROUPS[0]})


@cache
def _land() -> list[Any]:
    features = orjson.loads(GROUND.read_bytes())["sources"]["land"]["data"]["features"]
    shapes = [shape for land in features for shape in land["geometry"].get("geometries", [land["geometry"]])]
    return [ring for shape in shapes if shape["type"] == "MultiPolygon" for ring in _rings(shape)]


def _arcs(figure: go.Figure, style: Style, legend: Legend | None, pairs: pd.DataFrame) -> None:
    _path(
        figure, _land(), fill="toself", fillcolor="#eeebe6", line={"color": "#c9c6c0", "width": 0.5}, showlegend=False
    )
    for row in pairs.to_dict("records"):
        figure.add_scatter(
            x=[row["origin_lon"], row["asylum_lon"]],
            y=[row["origin_lat"], row["asylum_lat"]],
            mode="lines+markers",
            name=f"{row['name']}: {row['shown']}",
            opacity=0.8,
            line={"color": GROUPS[0], "width": row["width"]},
            marker={"size": [4, 9], "color": [GROUPS[5], GROUPS[0]]},
        )


LAYERS: dict[str, Callable[..., None]] = {
    "areas": _areas,
    "outline": _outline,
    "points": _points,
    "circles": _circles,
    "hexagons": _hexagons,
    "catchment": _catchment,
    "arcs": _arcs,
}
