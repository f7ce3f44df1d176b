"""Maps on our own ground: layers for the browser and a legend; tiles and names come from this server.

Each layer takes a Style and its options.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping
from typing import Any

import orjson
import pandas as pd
import pydeck as pdk
import streamlit as st
from pydeck.bindings.json_tools import default_serialize

from data.figures import Legend, Map
from data.ground import ATTRIBUTION
from views.ground import COLOURS, MISSING_OPACITY, OPACITY
from views.palette import GROUPS, HATCH, MISSING, SELECTED, Style, ramp, rgb

PIXELS = pdk.types.String("pixels")  # a plain string would be read as an expression


def areas(
    style: Style,
    shapes: Mapping[str, Any],
    rows: pd.DataFrame,
    classes: Any,
    key: str,
    selected: str = "",
    address: str = "",
) -> pdk.Layer:
    """Areas coloured by class.

    shapes: GeoJSON by area; rows: `key`, name, shown (the text of its value); classes: analytics.classes. address:
    where the component asks for the shapes.
    """
    colours = [rgb(colour, OPACITY[style.theme]) for colour in ramp(len(classes.lows), style.theme)]
    missing = rgb(MISSING[style.theme], MISSING_OPACITY)
    features = []
    for area, name, shown, place in zip(rows[key], rows["name"], rows["shown"], classes.number, strict=True):
        if area in shapes:
            properties = {
                "id": area,
                "name": name,
                "shown": shown,
                "fill": colours[place] if place >= 0 else missing,
                "line": 3 if area == selected else 1,
                "ink": rgb(SELECTED[style.theme]) if area == selected else [120, 120, 120, 130],
            }
            features.append({"type": "Feature", "geometry": shapes[area], "properties": properties})
    return pdk.Layer(
        "GeoJsonLayer",
        {"type": "FeatureCollection", "features": features},
        id="areas",
        pickable=True,
        auto_highlight=True,
        highlight_color=[255, 255, 255, 70],  # lightens the class colour instead of replacing it
        get_fill_color="properties.fill",
        get_line_color="properties.ink",
        get_line_width="properties.line",
        line_width_units=PIXELS,
    )


def outline(style: Style, shapes: Mapping[str, Any], address: str = "") -> pdk.Layer:
    """Borders of the next larger areas, for orientation. address: as in areas."""
    features = [{"type": "Feature", "geometry": shape, "properties": {}} for shape in shapes.values()]
    return pdk.Layer(
        "GeoJsonLayer",
        {"type": "FeatureCollection", "features": features},
        id="outline",
        pickable=False,
        filled=False,
        stroked=True,
        get_line_color=[30, 30, 30, 200] if style.theme == "light" else [235, 235, 235, 200],
        get_line_width=1.2,
        line_width_units=PIXELS,
    )


def points(style: Style, points: pd.DataFrame, highlighted: bool = False) -> pdk.Layer:
    """Facilities as dots, larger and in another colour where highlighted.

    points: id (the area a click chooses), lon, lat, name, shown, and perhaps source_id.
    """
    names = [column for column in ("id", "source_id", "lon", "lat", "name", "shown") if column in points]
    rows = points[names].to_dict("records")
    return pdk.Layer(
        "ScatterplotLayer",
        rows,
        id="highlighted" if highlighted else "points",
        pickable=True,
        get_position="[lon, lat]",
        get_radius=60,
        radius_min_pixels=6 if highlighted else 2,
        radius_max_pixels=9,
        get_fill_color=rgb(GROUPS[2] if highlighted else GROUPS[5], 230),
        stroked=True,
        get_line_color=[255, 255, 255, 220],
        line_width_min_pixels=0.5,
    )


def circles(style: Style, points: pd.DataFrame) -> pdk.Layer:
    """Circles as large as their radius says. points: id, lon, lat, name, shown, radius (pixels)."""
    return pdk.Layer(
        "ScatterplotLayer",
        points[["id", "lon", "lat", "name", "shown", "radius"]].to_dict("records"),
        id="circles",
        pickable=True,
        get_position="[lon, lat]",
        get_radius="radius",
        radius_units=PIXELS,
        get_fill_color=rgb(GROUPS[1], 140),
        stroked=True,
        get_line_color=rgb(GROUPS[1]),
        line_width_min_pixels=1,
    )


def hexagons(style: Style, cells: pd.DataFrame, classes: Any, digits: int) -> pdk.Layer:
    """H3 hexagons coloured by class. cells: cell, persons, value. Short keys: thousands of rows go to the browser."""
    colours = [rgb(colour)[:3] for colour in ramp(len(classes.lows), style.theme)]
    people = style.language.each("{persons:,} people", persons=cells["persons"].tolist())
    values = zip(cells["cell"].tolist(), people, cells["value"].tolist(), classes.number.tolist(), strict=True)
    rows = [
        {"h": cell, "f": colours[place], "name": persons, "shown": f"{value:.{digits}f}"}
        for cell, persons, value, place in values
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
        opacity=(OPACITY[style.theme] / 255) ** 2.2,  # deck.gl draws with the root of it
        high_precision=pdk.types.String("auto"),
    )


def catchment(style: Style, points: pd.DataFrame, metres: float) -> pdk.Layer:
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


def arcs(style: Style, pairs: pd.DataFrame) -> pdk.Layer:
    """Arcs from origin to asylum.

    pairs: name, shown, width (pixels), origin_lon, origin_lat, asylum_lon, asylum_lat.
    """
    return pdk.Layer(
        "ArcLayer",
        pairs.to_dict("records"),
        id="arcs",
        pickable=True,
        great_circle=False,
        get_source_position="[origin_lon, origin_lat]",
        get_target_position="[asylum_lon, asylum_lat]",
        get_source_color=rgb(GROUPS[5], 210),
        get_target_color=rgb(GROUPS[0], 210),
        get_width="width",
        width_min_pixels=1,
    )


def legend(key: Legend, style: Style, opacity: float = 0, *, said: str = "", hint: str = "") -> None:
    """Class colours with their ranges and how many areas each holds; what widths of lines stand for.

    opacity: of the classes on the map, up to 1; the theme's own where it is 0. said: the subtitle above it, which is
    not repeated. hint: what a click does.
    """
    swatch = (
        '<span style="display:inline-block;width:1.1em;height:1.1em;margin-inline-end:.4em;vertical-align:-.15em;'
        'border:1px solid #8a8a8a;background:{}"></span>{} <small>({})</small>'
    )
    amount = round(255 * opacity) or OPACITY[style.theme]
    colours = [_on_ground(colour, amount, style) for colour in ramp(len(key.labels), style.theme)]
    people = list(key.people) or [""] * len(key.labels)
    counts = [f"{count} · {persons}" if persons else count for count, persons in zip(key.counts, people, strict=True)]
    classes = list(zip(colours, key.labels, counts, strict=True))
    if key.missing:
        grey = _on_ground(MISSING[style.theme], MISSING_OPACITY, style)
        grey = f"repeating-linear-gradient(135deg,{grey} 0 3px,{HATCH[style.theme]} 3px 4px)"
        classes.append((grey, key.missing_label, key.missing))
    items = [swatch.format(colour, html.escape(label), count) for colour, label, count in classes]
    for colour, label in ((GROUPS[5], key.points), (GROUPS[2], key.highlighted)):
        if label:
            items.append(f'<span style="color:{colour}" aria-hidden="true">●</span> {html.escape(label)}')
    line = '<span style="display:inline-block;width:2em;height:{:.1f}px;vertical-align:middle;background:{}"></span> {}'
    items += [line.format(width, GROUPS[0], html.escape(label)) for width, label in key.widths]
    counted = style.language("areas · residents in class") if key.people else style.language("areas in class")
    title = "" if key.title == said else f"<strong>{html.escape(key.title)}</strong> "
    notes = [note for note in (f"({counted})" if key.labels else "", html.escape(hint)) if note]
    cells = "".join(f'<li style="margin-inline-end:1.2em">{item}</li>' for item in items)
    small = f'<li style="opacity:.75"><small>{" · ".join(notes)}</small></li>' if notes else ""
    st.html(
        f'<div style="font-size:.875rem">{title}'
        f'<ul style="display:flex;flex-wrap:wrap;list-style:none;padding:0;margin:.2em 0">{cells}{small}</ul></div>'
    )


def _on_ground(colour: str, opacity: int, style: Style) -> str:
    """A colour as it looks on the map, where it lies over land."""
    share, land = opacity / 255, rgb(COLOURS[style.theme]["land"])
    mixed = (round(share * over + (1 - share) * under) for over, under in zip(rgb(colour)[:3], land[:3], strict=True))
    return "#" + "".join(f"{part:02x}" for part in mixed)


def ground(style: Style, city: str = "") -> str:
    """Where the map style lies that we serve ourselves: a city's base map, or land and water."""
    return f"ground/{city}/{style.theme}.json" if city else f"app/static/map-{style.theme}.json"


def names(style: Style, city: str) -> pdk.Layer:
    """Names of a city's places above all layers; of those that would lie over each other the larger place's stays."""
    colours = COLOURS[style.theme]
    return pdk.Layer(
        "TextLayer",
        f"ground/{city}/names.json",
        id="names",
        pickable=False,
        get_position="[lon, lat]",
        get_text="name",
        get_size="size",
        get_color=rgb(colours["name"]),
        font_family=pdk.types.String('"Source Sans", sans-serif'),
        font_weight=600,
        character_set=pdk.types.String("auto"),
        font_settings={"sdf": True, "fontSize": 64, "buffer": 12, "radius": 12, "smoothing": 0.25},
        outline_width=2.5,
        outline_color=rgb(colours["halo"], 220),
        extensions=[{"@@type": "CollisionFilterExtension"}],
        get_collision_priority="size * 60 - 800",
        collision_group=pdk.types.String("names"),
        collision_test_props={"sizeScale": 2.6},
    )


class CompactDeck(pdk.Deck):
    """pydeck indents its JSON for the eye; without the white space a city map weighs a third."""

    def to_json(self) -> str:
        """The deck as JSON in as few bytes as it takes."""
        return orjson.dumps(
            self, default=default_serialize, option=orjson.OPT_SORT_KEYS | orjson.OPT_SERIALIZE_NUMPY
        ).decode()


LAYERS: dict[str, Callable[..., pdk.Layer]] = {
    function.__name__: function for function in (areas, outline, points, circles, hexagons, catchment, arcs)
}


def show(
    drawing: Map,
    style: Style,
    key: str,
    summary: str,
    on_area: Callable[[Mapping[str, str]], None],
    on_point: Callable[[str], None] | None = None,
) -> None:
    """Draw the map.

    A click on an area calls on_area with what it chooses, one on a facility on_point with its source_id.
    """
    layers = [LAYERS[layer.kind](style, **layer.options) for layer in drawing.layers if layer.kind in LAYERS]
    if drawing.ground:
        layers.append(names(style, drawing.ground))
    deck = CompactDeck(
        layers=layers,
        initial_view_state=pdk.ViewState(longitude=drawing.lon, latitude=drawing.lat, zoom=drawing.zoom),
        map_style=ground(style, drawing.ground),
        tooltip={"text": "{name}\n{shown}"},  # text, not HTML: a name can run nothing
    )

    def picked() -> None:
        if key not in st.session_state:  # a story has turned the page
            return
        for rows in st.session_state[key].selection.objects.values():
            if not rows:
                continue
            area = rows[0].get("properties", rows[0]).get("id")
            if on_point and "source_id" in rows[0]:
                on_point(rows[0]["source_id"])
            elif area in drawing.picks:
                on_area(drawing.picks[area])

    listens = bool(drawing.picks or on_point)
    st.pydeck_chart(deck, key=key, on_select=picked if listens else "ignore", height=drawing.height, alt=summary)
    if drawing.ground:
        st.caption(ATTRIBUTION)  # the map's own stands below the areas, where they hide it
