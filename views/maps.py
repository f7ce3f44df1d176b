"""Maps on our own ground: areas coloured by class, points, a legend with counts; no tile server."""

from __future__ import annotations

import html
import math
from collections.abc import Callable
from typing import Any

import geopandas as gpd
import orjson
import pandas as pd
import plotly.graph_objects as go
import pydeck as pdk
import streamlit as st
from pydeck.bindings.json_tools import default_serialize

from analytics.classes import Classes
from views.language import _, each
from views.palette import AMOUNTS, GROUPS, MISSING, SELECTED, ramp, rgb, theme
from views.text import number

AREAS = "areas"
PIXELS = pdk.types.String("pixels")  # a plain string would be read as an expression


def ground() -> str:
    """The map style we serve ourselves; a hosted one would leave a blank page without internet."""
    return f"app/static/map-{theme()}.json"


def features(shapes: gpd.GeoDataFrame, key: str) -> dict[str, Any]:
    """GeoJSON geometry by area id; made once, coloured often."""
    return dict(zip(shapes[key], (shape.__geo_interface__ for shape in shapes.geometry), strict=True))


def area_layer(
    geometry: dict[str, Any], table: pd.DataFrame, classes: Classes, *, key: str, selected: str = "", opacity: int = 215
) -> pdk.Layer:
    """Areas coloured by class. table: `key`, name, shown (the text of its value)."""
    colours = [rgb(colour, opacity) for colour in ramp(len(classes.lows))]
    missing = rgb(MISSING[theme()], 120)
    rows = []
    for area, name, shown, place in zip(table[key], table["name"], table["shown"], classes.number, strict=True):
        if area in geometry:
            properties = {
                "id": area,
                "name": name,
                "shown": shown,
                "fill": colours[place] if place >= 0 else missing,
                "line": 3 if area == selected else 1,
                "ink": rgb(SELECTED[theme()]) if area == selected else [120, 120, 120, 130],
            }
            rows.append({"type": "Feature", "geometry": geometry[area], "properties": properties})
    return pdk.Layer(
        "GeoJsonLayer",
        {"type": "FeatureCollection", "features": rows},
        id=AREAS,
        pickable=True,
        auto_highlight=True,
        get_fill_color="properties.fill",
        get_line_color="properties.ink",
        get_line_width="properties.line",
        line_width_units=PIXELS,
    )


def outline_layer(geometry: dict[str, Any]) -> pdk.Layer:
    """Borders of the next larger areas, for orientation."""
    rows = [{"type": "Feature", "geometry": shape, "properties": {}} for shape in geometry.values()]
    ink = [30, 30, 30, 200] if theme() == "light" else [235, 235, 235, 200]
    return pdk.Layer(
        "GeoJsonLayer",
        {"type": "FeatureCollection", "features": rows},
        id="outline",
        pickable=False,
        filled=False,
        stroked=True,
        get_line_color=ink,
        get_line_width=1.2,
        line_width_units=PIXELS,
    )


def point_layer(points: pd.DataFrame, colour: str = GROUPS[5]) -> pdk.Layer:
    """Facilities as dots. points: id (the area a click chooses), lon, lat, name, shown, and perhaps source_id."""
    kept = [column for column in ("id", "source_id", "lon", "lat", "name", "shown") if column in points]
    rows = [
        dict(zip(kept, row, strict=True)) for row in zip(*(points[column].tolist() for column in kept), strict=True)
    ]
    return pdk.Layer(
        "ScatterplotLayer",
        rows,
        id="points",
        pickable=True,
        get_position="[lon, lat]",
        get_radius=60,
        radius_min_pixels=2,
        radius_max_pixels=9,
        get_fill_color=rgb(colour, 230),
        stroked=True,
        get_line_color=[255, 255, 255, 220],
        line_width_min_pixels=0.5,
    )


def hexagon_layer(cells: pd.DataFrame, classes: Classes, digits: int) -> pdk.Layer:
    """H3 hexagons coloured by class. cells: cell, persons, value. Short keys: thousands of rows go to the browser."""
    colours = [rgb(colour, 215)[:3] for colour in ramp(len(classes.lows))]
    told = each("{persons:,} people", persons=cells["persons"].tolist())
    rows = [
        {"h": cell, "f": colours[place], "name": people, "shown": f"{value:.{digits}f}"}
        for cell, people, value, place in zip(
            cells["cell"].tolist(), told, cells["value"].tolist(), classes.number.tolist(), strict=True
        )
        if place >= 0
    ]
    return pdk.Layer(
        "H3HexagonLayer",
        rows,
        id="hexagons",
        pickable=True,
        get_hexagon="h",
        get_fill_color="f",
        extruded=False,
        stroked=False,
        high_precision=pdk.types.String("auto"),
    )


def catchment_layer(points: pd.DataFrame, metres: float) -> pdk.Layer:
    """A circle of so many metres around each point."""
    return pdk.Layer(
        "ScatterplotLayer",
        points[["lon", "lat", "name", "shown"]].to_dict("records"),
        id="catchment",
        get_position="[lon, lat]",
        get_radius=metres,
        get_fill_color=rgb(GROUPS[0], 60),
        stroked=True,
        get_line_color=rgb(GROUPS[0], 220),
        line_width_min_pixels=2,
        pickable=False,
    )


def picture(geometry: dict[str, Any], table: pd.DataFrame, classes: Classes, key: str, shown: list[str]) -> go.Figure:
    """The same areas as a still picture, for a file: one filled path a class, named by its range."""
    figure = go.Figure()
    colours = [*AMOUNTS["light"][: len(shown)], MISSING["light"]]
    for place, label in [*enumerate(shown), (-1, _("no figure"))]:
        x: list[float | None] = []
        y: list[float | None] = []
        for area in table[key][classes.number == place]:
            shape = geometry.get(area)
            if shape is None:
                continue
            parts = shape["coordinates"] if shape["type"] == "MultiPolygon" else [shape["coordinates"]]
            for ring in (ring for part in parts for ring in part):
                x += [*(point[0] for point in ring), None]
                y += [*(point[1] for point in ring), None]
        if x:
            figure.add_scatter(
                x=x,
                y=y,
                mode="lines",
                fill="toself",
                name=label,
                fillcolor=colours[place],
                line={"color": "#777777", "width": 0.5},
            )
    middle = [value for trace in figure.data for value in trace.y if value is not None]
    ratio = 1 / math.cos(math.radians(sum(middle) / len(middle))) if middle else 1
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False, scaleanchor="x", scaleratio=ratio)
    figure.update_layout(showlegend=True)
    return figure


def ranges(classes: Classes, digits: int, suffix: str = "", factor: float = 1) -> list[str]:
    """The range of each class as text. factor: from value to the legend's unit."""
    joint = " to " if any(low < 0 for low in classes.lows) else "–"  # a dash beside a minus sign cannot be read
    return [
        f"{number(low * factor, digits)}{joint}{number(high * factor, digits)}{suffix}"
        for low, high in zip(classes.lows, classes.highs, strict=True)
    ]


def legend(title: str, classes: Classes, shown: list[str], points: str = "", missing: str = "") -> None:
    """Class colours with their ranges and how many areas each holds. shown: the range of each class, as text."""
    swatch = (
        '<span style="display:inline-block;width:1.1em;height:1.1em;margin-inline-end:.4em;vertical-align:-.15em;'
        'border:1px solid #8a8a8a;background:{}"></span>{}'
    )
    items = [
        swatch.format(colour, f"{html.escape(text)} <small>({count})</small>")
        for colour, text, count in zip(ramp(len(classes.lows)), shown, classes.counts, strict=True)
    ]
    if classes.missing:
        items.append(
            swatch.format(
                MISSING[theme()], f"{html.escape(missing or _('no figure'))} <small>({classes.missing})</small>"
            )
        )
    if points:
        items.append(f'<span style="color:{GROUPS[5]}" aria-hidden="true">●</span> {html.escape(points)}')
    counted = _("areas in class")
    cells = "".join(f'<li style="margin-inline-end:1.2em">{item}</li>' for item in items)
    st.html(
        f'<div style="font-size:.875rem"><strong>{html.escape(title)}</strong> <small>({counted})</small>'
        f'<ul style="display:flex;flex-wrap:wrap;list-style:none;padding:0;margin:.2em 0">{cells}</ul></div>'
    )


class CompactDeck(pdk.Deck):
    """pydeck indents its JSON for the eye; without the white space a city map weighs a third."""

    def to_json(self) -> str:
        """The deck as JSON in as few bytes as it takes."""
        return orjson.dumps(
            self, default=default_serialize, option=orjson.OPT_SORT_KEYS | orjson.OPT_SERIALIZE_NUMPY
        ).decode()


def show(
    layers: list[pdk.Layer],
    *,
    lon: float,
    lat: float,
    zoom: float,
    key: str,
    summary: str,
    on_pick: Callable[[str], None] | None = None,
    on_site: Callable[[str], None] | None = None,
    height: int = 520,
) -> None:
    """Draw the map; a click on an area calls on_pick with its id, one on a facility on_site with its source_id."""
    deck = CompactDeck(
        layers=layers,
        initial_view_state=pdk.ViewState(longitude=lon, latitude=lat, zoom=zoom),
        map_style=ground(),
        tooltip={"text": "{name}\n{shown}"},  # text, not HTML: a name can run nothing
    )

    def picked() -> None:
        if key not in st.session_state:  # a story has turned the page
            return
        for rows in st.session_state[key].selection.objects.values():
            if not rows:
                continue
            if on_site and "source_id" in rows[0]:
                on_site(rows[0]["source_id"])
            elif on_pick:
                on_pick(rows[0].get("properties", rows[0])["id"])

    st.pydeck_chart(deck, key=key, on_select=picked if on_pick else "ignore", height=height, alt=summary)
