"""The base map for browsers: its style, its tiles and the letters of its names, all from this server."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from data import ground
from data.translation import LANGUAGES, Language
from services.areas import country_labels
from views.ground import FONT, PLACES, style
from web.faults import HANDLERS

DAY = {"Cache-Control": "public, max-age=86400"}
TILE = "application/vnd.mapbox-vector-tile"


def look(request: Request) -> Response:
    """The style. Tiles are named with the whole address: browsers ask for them in a worker, which has none."""
    city, theme = request.path_params["city"], request.path_params["theme"]
    if city not in ground.cities() or theme not in ("light", "dark"):
        return Response(status_code=404)
    return JSONResponse(style(theme, city, str(request.base_url)), headers={"Cache-Control": "no-cache"})


def names(request: Request) -> Response:
    """Names of places with where they are and how large they are written."""
    sizes = {kind: size for kinds, size in PLACES for kind in kinds}
    rows = [row for row in ground.names(request.path_params["city"]) if row[0] in sizes]
    largest = {
        row[1]: row for row in sorted(rows, key=lambda row: sizes[row[0]])
    }  # a borough and its part share a name
    places = [{"name": name, "lon": lon, "lat": lat, "size": sizes[kind]} for kind, name, lon, lat in largest.values()]
    return JSONResponse(places, headers=DAY)


def countries(request: Request) -> Response:
    """Names of countries in a language, with where they are and how large they are written."""
    code = request.path_params["language"]
    if code not in LANGUAGES:
        return Response(status_code=404)
    return JSONResponse(country_labels(Language(code)), headers=DAY)


def tile(request: Request) -> Response:
    """A tile as it lies in the archive; 204 where there is nothing, so that the browser asks no second time."""
    place = request.path_params
    content = ground.tile(place["city"], place["z"], place["x"], place["y"])
    if content is None:
        return Response(status_code=204, headers=DAY)
    return Response(content, media_type=TILE, headers={**DAY, "Content-Encoding": "gzip"})


def letters(request: Request) -> Response:
    """256 letters of the font, named by the first and the last."""
    from views.glyphs import glyphs  # with what draws, which only names need

    first = request.path_params["first"]
    if request.path_params["font"] != FONT[0] or first % 256 or first > 65535 - 255:
        return Response(status_code=404)
    return Response(glyphs(FONT[0], first), media_type="application/x-protobuf", headers=DAY)


app = Starlette(
    routes=[
        Route("/ground/glyphs/{font}/{first:int}-{last:int}.pbf", letters),
        Route("/ground/{city}/{z:int}/{x:int}/{y:int}.pbf", tile),
        Route("/ground/{city}/names.json", names),
        Route("/ground/countries/{language}.json", countries),
        Route("/ground/{city}/{theme}.json", look),
    ],
    exception_handlers=HANDLERS,
)
