"""A map as a component of the page: drawn by MapLibre in the browser, with what stands around it.

The scripts are in web/map_scripts; the library is fetched at set-up (deploy/fetch_scripts.py). Without it maps are
drawn by pydeck (views.maps).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import h3
import pandas as pd
import streamlit as st

from data import ground
from data.figures import Board, Figure, Layer, Legend, Map
from views.exports import file_stem
from views.ground import COLOURS, OPACITY, PICTURE_OPACITY
from views.palette import GROUPS, HATCH, INK, MISSING, SELECTED, Style, ramp

EDGE = {"light": "#1e1e1e", "dark": "#ebebeb"}
PAPER = {"light": "#ffffff", "dark": "#0e1117"}
# What a reader can do on the map: called with what it is done to.
Actions = Mapping[str, Callable[[Any], None]]


def is_available() -> bool:
    """Whether this machine has what the component needs."""
    return bool(ground.library())


@cache
def scripts_version() -> str:
    """One word that changes whenever a script of ours does."""
    files = sorted(ground.SCRIPTS.glob("*.js"))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]


@st.cache_resource(show_spinner=False)
def _component(version: str, css: str) -> Any:
    script = f"""
    const script = new URL("maps/scripts/{version}/component.js", document.baseURI).href;
    export default (component) => {{
      const mounted = import(script).then(({{ mount }}) => mount(component));
      return () => mounted.then((end) => end());
    }};
    """
    return st.components.v2.component("zone_map", css=css, js=script)


def _columns(rows: pd.DataFrame, *names: str) -> dict[str, list[Any]]:
    return {name: rows[name].tolist() for name in names if name in rows}


def _values(rows: pd.DataFrame) -> dict[str, list[Any]]:
    """What a list of areas is sorted by."""
    if "value" not in rows:
        return {}
    values = pd.to_numeric(rows["value"], errors="coerce").astype("float64")
    return {"value": [None if pd.isna(value) else float(f"{value:.6g}") for value in values]}


def _collection(shapes: Mapping[str, Any]) -> dict[str, Any]:
    features = [
        {"type": "Feature", "properties": {"id": area}, "geometry": shape} for area, shape in shapes.items() if shape
    ]
    return {"type": "FeatureCollection", "features": features}


def _areas(style: Style, opacity: float, shapes: Mapping[str, Any], rows: pd.DataFrame, **options: Any) -> Any:
    classes, key = options["classes"], options["key"]
    here = rows[key].isin(list(shapes)).to_numpy()
    columns = _columns(rows[here].rename(columns={key: "id"}), "id", "name", "shown")
    return {
        "shapes": options.get("address") or _collection({area: shapes[area] for area in columns["id"]}),
        "rows": {**columns, **_values(rows[here]), "number": classes.number.to_numpy()[here].tolist()},
        "colours": ramp(len(classes.lows), style.theme),
        "opacity": opacity,
        "selected": options.get("selected", ""),
        "mark": SELECTED[style.theme],
        "ink": EDGE[style.theme],
    }


def _outline(style: Style, opacity: float, shapes: Mapping[str, Any], address: str = "") -> Any:
    only = next(iter(shapes), "") if len(shapes) == 1 else ""
    return {"shapes": address or _collection(shapes), "only": only if address else "", "ink": EDGE[style.theme]}


def _points(style: Style, opacity: float, points: pd.DataFrame, highlighted: bool = False) -> Any:
    rows = _columns(points, "id", "source_id", "lon", "lat", "name", "shown")
    return {"rows": rows, "colour": GROUPS[2 if highlighted else 5], "radius": 7 if highlighted else 4}


def _circles(style: Style, opacity: float, points: pd.DataFrame) -> Any:
    return {"rows": _columns(points, "id", "lon", "lat", "name", "shown", "radius"), "colour": GROUPS[1]}


def _hexagons(style: Style, opacity: float, cells: pd.DataFrame, classes: Any, digits: int) -> Any:
    """Centres, and the corners of the middle hexagon around its own: inside a city all are alike to within a hair."""
    known = classes.number.to_numpy() >= 0
    rows = cells[known]
    lat, lon = zip(*map(h3.cell_to_latlng, rows["cell"]), strict=True) if len(rows) else ((), ())
    middle = rows["cell"].iloc[len(rows) // 2] if len(rows) else ""
    centre = h3.cell_to_latlng(middle) if middle else (0.0, 0.0)
    corners = [
        [round(x - centre[1], 6), round(y - centre[0], 6)] for y, x in (h3.cell_to_boundary(middle) if middle else ())
    ]
    people = style.language.each("{persons:,} people", persons=rows["persons"].tolist())
    return {
        "rows": {
            "lon": [round(value, 5) for value in lon],
            "lat": [round(value, 5) for value in lat],
            "number": classes.number.to_numpy()[known].tolist(),
            "name": list(people),
            "shown": [style.language.number(value, digits) for value in rows["value"]],
        },
        "corners": corners,
        "colours": ramp(len(classes.lows), style.theme),
        "opacity": opacity,
    }


def _catchment(style: Style, opacity: float, points: pd.DataFrame, metres: float) -> Any:
    return {"rows": _columns(points, "lon", "lat", "name", "shown"), "metres": metres, "colour": GROUPS[0]}


def _arcs(style: Style, opacity: float, pairs: pd.DataFrame) -> Any:
    ends = ("origin_lon", "origin_lat", "asylum_lon", "asylum_lat")
    return {"rows": _columns(pairs, "name", "shown", "width", *ends), "from": GROUPS[5], "colour": GROUPS[0]}


def _picture(style: Style, opacity: float, tiles: str, still: Any) -> Any:
    return {"tiles": tiles, "opacity": PICTURE_OPACITY}


LAYERS: dict[str, Callable[..., Any]] = {
    "areas": _areas,
    "outline": _outline,
    "points": _points,
    "circles": _circles,
    "hexagons": _hexagons,
    "catchment": _catchment,
    "arcs": _arcs,
    "picture": _picture,
}


def layers(drawn: list[Layer], style: Style, opacity: float) -> list[dict[str, Any]]:
    """Layers of a map as the scripts read them, each with a name of its own."""
    result = []
    for place, layer in enumerate(drawn):
        spec = LAYERS[layer.kind](style, opacity, **layer.options)
        result.append({"id": f"{layer.kind}{place or ''}", "kind": layer.kind, **spec})
    return result


def _legend(legend: Legend, style: Style) -> dict[str, Any]:
    colours = ramp(len(legend.labels), style.theme)
    rows = list(zip(colours, legend.labels, legend.counts, strict=True))
    if legend.missing:
        rows.append((MISSING[style.theme], legend.missing_label, legend.missing))
    items = [[colour, f"{label} ({style.language.number(count)})"] for colour, label, count in rows]
    items += [
        [colour, label] for colour, label in ((GROUPS[5], legend.points), (GROUPS[2], legend.highlighted)) if label
    ]
    return {"title": legend.title, "items": items}


def _ranking(board: Board) -> dict[str, Any]:
    columns = ["id", "name", "place", "rank", "value", "shown", "range", "small"]
    rows = board.ranking[columns].astype(object)
    return {"title": board.title, "note": board.note, "rows": rows.where(rows.notna(), None).to_dict("records")}


def _words(style: Style) -> dict[str, str]:
    _ = style.language
    return {
        "tools": _("Tools of the map"),
        "search": _("Search a place, street or facility"),
        "no_hit": _("Nothing has this name"),
        "test": _("Test a site: who would have it near?"),
        "test_help": _("Click the place on the map."),
        "outline": _("Draw an area"),
        "outline_help": _("Click its corners; a double click or Enter ends it, Escape leaves it."),
        "picture": _("Save the map as a picture"),
        "list": _("The map as a list"),
        "rank": _("Rank"),
        "name": _("Name"),
        "shown": _("Value"),
        "range": _("Range"),
        "swipe": _("Border between the two maps"),
        "day": _("Day"),
        "play": _("Play"),
        "failed": _("This browser cannot draw the map; the list and the table below hold its figures."),
    }


def _surface(style: Style, drawing: Map) -> dict[str, Any]:
    """What lies under the layers, and what it is drawn with."""
    colours, city = COLOURS[style.theme], drawing.ground
    named = f"ground/{city}/names.json" if city else f"ground/countries/{style.language.code}.json"
    places = {"places": named, "colour": colours["name"], "halo": colours["halo"]}
    return {
        "library": f"{ground.library()}/maplibre-gl.mjs",
        "css": f"{ground.library()}/maplibre-gl.css",
        "style": f"ground/{city}/{style.theme}.json" if city else f"app/static/map-{style.theme}.json",
        "places": places if city or drawing.zoom < ground.FIRST_ZOOM else None,
        "missing": {"ground": MISSING[style.theme], "line": HATCH[style.theme]},
        "paper": {"ground": PAPER[style.theme], "ink": INK[style.theme]},
        "mark": SELECTED[style.theme],
    }


def show(
    figure: Figure, style: Style, key: str, actions: Actions, *, opacity: float = 0, search: str = "", height: str = ""
) -> None:
    """Draw a figure's map.

    actions: by 'area', 'point', 'site', 'outline' and 'view' what is done with what the reader clicks, draws or looks
    at. search: where names are looked up, '' for no search.
    """
    drawing = figure.drawing
    assert isinstance(drawing, Map)
    board, amount = drawing.board, opacity or OPACITY[style.theme] / 255
    data: dict[str, Any] = {
        **_surface(style, drawing),
        "words": _words(style),
        "rtl": style.language.is_right_to_left,
        "view": {"lon": drawing.lon, "lat": drawing.lat, "zoom": drawing.zoom, "fits": drawing.fits},
        "place": f"{drawing.lon:.5f},{drawing.lat:.5f},{drawing.zoom:.2f}",
        "layers": layers(list(drawing.layers), style, amount),
        "legend": _legend(drawing.legend, style) if drawing.legend else None,
        "list": _ranking(board) if board else None,
        "time": None,
        "swipe": None,
        "search": search,
        "tools": {name: name in actions for name in ("site", "outline", "point")},
        "selected": next((layer.options.get("selected", "") for layer in drawing.layers if layer.kind == "areas"), ""),
        "summary": figure.summary,
        "title": figure.finding,
        "foot": [figure.subtitle, figure.source, *([ground.ATTRIBUTION] if drawing.ground else [])],
        "file": file_stem(figure.finding),
        "height": height or f"{drawing.height}px",
    }
    if board and board.days:
        data["time"] = {"labels": board.days.labels, "numbers": board.days.numbers, "shown": board.days.shown}
    if board and board.beside:
        before, label, others = board.beside
        data["swipe"] = {"before": before, "label": label, "layers": layers(list(others), style, amount)}

    def called(name: str) -> Callable[[], None]:
        def call() -> None:
            value = getattr(st.session_state.get(key), name, None)
            if value is not None:
                actions[name](value)

        return call

    callbacks = {f"on_{name}_change": called(name) for name in actions}
    _component(scripts_version(), (ground.SCRIPTS / "component.css").read_text(encoding="utf-8"))(
        key=key, data=data, **callbacks
    )
