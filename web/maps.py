"""What maps in the browser ask for: their scripts and library, the shapes of areas, places by name."""

from __future__ import annotations

import gzip
import math
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from threading import BoundedSemaphore

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

import data
from data import rights
from data.connectors import web_layers
from data.context import CityContext
from data.errors import DataError
from data.ground import SCRIPTS
from data.translation import LANGUAGES, Language
from services.areas import area_shapes
from services.search import search as find
from web.faults import HANDLERS
from web.rates import Rates, client

KINDS = {".js": "text/javascript", ".mjs": "text/javascript", ".css": "text/css"}
WORLD_M = math.pi * 6_378_137  # half the side of the web's map, in its metres
LAST_ZOOM, TILE_PX, MOST_LETTERS = 20, 256, 300
UNDER_WAY = BoundedSemaphore(8)
PICTURES = Rates(burst=200, per_s=20)  # tiles of other servers, by client
# Addresses hold a version: what they answer never changes.
FOREVER = {"Cache-Control": "public, max-age=31536000, immutable"}


def _packed(content: bytes, kind: str, headers: dict[str, str]) -> Response:
    return Response(content, media_type=kind, headers={**headers, "Content-Encoding": "gzip"})


def script(request: Request) -> Response:
    """A script of ours."""
    files = {file.name: file for file in SCRIPTS.glob("*.js")}
    file = files.get(request.path_params["file"])
    return Response(file.read_bytes(), media_type=KINDS[".js"], headers=FOREVER) if file else Response(status_code=404)


def library(request: Request) -> Response:
    """A file of a library that was fetched at set-up, as it lies there: packed."""
    folder, name = request.path_params["folder"], request.path_params["file"]
    files = {(file.parent.name, file.name.removesuffix(".gz")): file for file in SCRIPTS.glob("libraries/*/*.gz")}
    file, kind = files.get((folder, name)), KINDS.get(Path(name).suffix)
    return _packed(file.read_bytes(), kind, FOREVER) if file and kind else Response(status_code=404)


@lru_cache(maxsize=32)
def _shapes(city: str, level: str, version: str) -> bytes:
    ctx = CityContext(data.cities()[city], version)
    features = [
        {"type": "Feature", "properties": {"id": area}, "geometry": shape}
        for area, shape in area_shapes(ctx, level).items()
    ]
    return gzip.compress(orjson.dumps({"type": "FeatureCollection", "features": features}))


def shapes(request: Request) -> Response:
    """The areas of a level of a city; the version in the address is that of the table of areas."""
    city, level, version = (request.path_params[name] for name in ("city", "level", "version"))
    known = data.cities().get(city)
    if known is None or level not in known.level_names or version != data.entry("areas", city).checksum[:12]:
        return Response(status_code=404)
    return _packed(_shapes(city, level, version), "application/json", FOREVER)


def search(request: Request) -> Response:
    """Places of a city whose name is like `q`, their kinds in the language `lang`."""
    city, query = request.path_params["city"], request.query_params
    if city not in data.cities():
        return Response(status_code=404)
    code = query.get("lang", "en")
    language = Language(code if code in LANGUAGES else "en")
    hits = find(CityContext(data.cities()[city], data.version(city)), query.get("q", ""))
    places = [{**asdict(hit), "detail": language(hit.detail) if hit.detail else ""} for hit in hits]
    return Response(orjson.dumps(places), media_type="application/json", headers={"Cache-Control": "no-cache"})


def picture(request: Request) -> Response:
    """A tile (web mercator) of a layer of another server on the list; its faults in a sentence."""
    place, query = request.path_params, request.query_params
    if place["z"] > LAST_ZOOM or max(place["x"], place["y"]) >= 2 ** place["z"]:
        return Response(status_code=404)
    if rights.open_role() == "none":  # what a listed host says is for whom this server is for
        return Response(status_code=401)
    if wait := PICTURES.wait(client(request.scope)):
        return Response(status_code=429, headers={"Retry-After": str(math.ceil(wait))})
    side = 2 * WORLD_M / 2 ** place["z"]
    west, north = place["x"] * side - WORLD_M, WORLD_M - place["y"] * side
    if not UNDER_WAY.acquire(blocking=False):  # a slow server must not hold the threads that all addresses share
        return Response(status_code=503, headers={"Retry-After": "1"})
    try:
        content = web_layers.picture(
            query.get("address", "")[:MOST_LETTERS],
            query.get("layer", "")[:MOST_LETTERS],
            (west, north - side, west + side, north),
            (TILE_PX, TILE_PX),
        )
    except DataError as fault:
        return Response(str(fault), status_code=502, media_type="text/plain")
    finally:
        UNDER_WAY.release()
    return Response(content, media_type=web_layers.kind_of(content), headers={"Cache-Control": "private, max-age=3600"})


app = Starlette(
    routes=[
        Route("/maps/scripts/{version}/{file}", script),
        Route("/maps/libraries/{folder}/{file}", library),
        Route("/maps/search/{city}", search),
        Route("/maps/picture/{z:int}/{x:int}/{y:int}", picture),
        Route("/maps/shapes/{city}/{level}/{version}.json", shapes),
    ],
    exception_handlers=HANDLERS,
)
