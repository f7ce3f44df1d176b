"""How the base map looks: a MapLibre style, light or dark, quiet enough for data to lie on it."""

from __future__ import annotations

from typing import Any

from data.ground import ATTRIBUTION

COLOURS = {
    "light": {
        "land": "#f4f2ee",
        "built": "#ebe8e2",
        "park": "#dfe9d8",
        "wood": "#d3e2cb",
        "water": "#a5c9de",
        "street": "#ffffff",
        "edge": "#a59d90",
        "rail": "#88817a",
        "name": "#2a2825",
        "halo": "#ffffff",
        "water_name": "#3f6c8a",
    },
    "dark": {
        "land": "#1e2124",
        "built": "#26292c",
        "park": "#22302a",
        "wood": "#1f3328",
        "water": "#0b2233",
        "street": "#666c72",
        "edge": "#0e1012",
        "rail": "#7c8287",
        "name": "#d5d2cd",
        "halo": "#15181a",
        "water_name": "#7fa9c4",
    },
}
# Of 255: the ground shows through classes, and less through areas without a figure, whose grey is to stay one.
OPACITY, MISSING_OPACITY = {"light": 165, "dark": 190}, 230
PICTURE_OPACITY = 0.7  # of another server's layer over the areas
FONT = ["DejaVu Sans"]
# First and last zoom of each generalisation in the archive; the last one is drawn ever larger.
POLYGONS = ((8, 11), (11, 13), (13, 24))
STREETS = ((8, 10), (10, 11), (11, 12), (12, 13), (13, 14), (14, 24))
# Width in pixels at zooms 8, 11, 14 and 18.
WIDTHS = {
    "main": (["motorway", "trunk", "primary"], (0.6, 1.4, 4.0, 22.0)),
    "mid": (["secondary", "tertiary"], (0.4, 0.8, 3.0, 18.0)),
    "minor": (["minor", "pedestrian"], (0.0, 0.4, 1.8, 14.0)),
    "path": (["service", "track", "path"], (0.0, 0.2, 0.5, 4.0)),
}
NAMED = {"main": 12, "mid": 13, "minor": 14}  # the zoom from which streets have names
# Places are named above the data, those that are written larger first.
PLACES = (
    (("city", "town"), 15),
    (("borough",), 14),
    (("suburb", "village"), 12),
    (("quarter", "neighbourhood", "hamlet", "island"), 11),
)


def style(theme: str, city: str, address: str) -> dict[str, Any]:
    """The style of a city's base map. theme: light or dark; address: the server's, with a slash at its end."""
    colours = COLOURS[theme]
    layers: list[dict[str, Any]] = [
        {"id": "land", "type": "background", "paint": {"background-color": colours["land"]}},
        *_polygons(colours),
        _line("stream", colours["water"], (0.0, 0.5, 1.5, 8.0), first=12),
        *_streets(colours),
        _line("rail", colours["rail"], (0.4, 0.6, 1.2, 3.0), first=10),
        *_names(colours),
    ]
    tiles = {
        "type": "vector",
        "tiles": [f"{address}ground/{city}/{{z}}/{{x}}/{{y}}.pbf"],
        "minzoom": 8,
        "maxzoom": 14,
        "attribution": f'<span role="listitem">{ATTRIBUTION}</span>',  # the library puts it into a list
    }
    glyphs = f"{address}ground/glyphs/{{fontstack}}/{{range}}.pbf"
    return {"version": 8, "name": "ground", "glyphs": glyphs, "sources": {"ground": tiles}, "layers": layers}


def _layer(name: str, kind: str, layer: str, first: int, last: int, **options: Any) -> dict[str, Any]:
    zooms = {"minzoom": first, "maxzoom": last}
    return {"id": name, "type": kind, "source": "ground", "source-layer": layer, **zooms, **options}


def _polygons(colours: dict[str, str]) -> list[dict[str, Any]]:
    colour = ["match", ["get", "kind"], "wood", colours["wood"], colours["park"]]
    fills = {"built": colours["built"], "green": colour, "water": colours["water"]}
    return [
        _layer(f"{kind}-{first}", "fill", f"{kind}_{first}", first, last, paint={"fill-color": fill})
        for kind, fill in fills.items()
        for first, last in POLYGONS
    ]


def _by_zoom(widths: tuple[float, ...], more: float = 0.0) -> list[Any]:
    stops = zip((8, 11, 14, 18), widths, strict=True)
    return [
        "interpolate",
        ["exponential", 1.5],
        ["zoom"],
        *(value for zoom, px in stops for value in (zoom, px + more)),
    ]


def _line(name: str, colour: str, widths: tuple[float, ...], first: int) -> dict[str, Any]:
    paint = {"line-color": colour, "line-width": _by_zoom(widths)}
    return _layer(name, "line", name, first, 24, paint=paint)


def _streets(colours: dict[str, str]) -> list[dict[str, Any]]:
    """Edges below all streets, then streets, the larger ones on top."""
    layers = []
    for part, colour, more in (("edge", colours["edge"], 1.2), ("street", colours["street"], 0.0)):
        for name, (kinds, widths) in reversed(WIDTHS.items()):
            for first, last in STREETS:
                if name == "path" and (part == "edge" or first < 14):
                    continue
                layers.append(
                    _layer(
                        f"{part}-{name}-{first}",
                        "line",
                        f"street_{first}",
                        first,
                        last,
                        filter=["in", "kind", *kinds],
                        layout={"line-cap": "round", "line-join": "round"},
                        paint={"line-color": colour, "line-width": _by_zoom(widths, more)},
                    )
                )
    return layers


def _names(colours: dict[str, str]) -> list[dict[str, Any]]:
    """Names of streets, lakes and places; where they do not fit, the larger place's stands."""
    ink = {"text-color": colours["name"], "text-halo-color": colours["halo"], "text-halo-width": 1.4}
    wet = ink | {"text-color": colours["water_name"]}
    text = {"text-field": ["get", "name"], "text-font": FONT}
    along = text | {"symbol-placement": "line", "text-size": 10, "symbol-spacing": 350}
    layers = [
        _layer(
            f"name-{name}-{first}",
            "symbol",
            f"street_{first}",
            max(first, NAMED[name]),
            last,
            filter=["in", "kind", *WIDTHS[name][0]],
            layout=along,
            paint=ink,
        )
        for name in reversed(NAMED)
        for first, last in STREETS
        if last > NAMED[name]
    ]
    layers.append(_layer("lake", "symbol", "lake_name", 13, 24, layout=text | {"text-size": 10}, paint=wet))
    return layers
