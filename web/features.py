"""OGC API - Features (Part 1: Core, GeoJSON, OpenAPI 3.0): the areas, facilities and indicators of each city, for GIS.

Roles, limits and turns are those of the API that it stands under.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from urllib.parse import quote, urlencode

import pandas as pd
from fastapi import Depends, FastAPI, HTTPException, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

import data
from data.context import CityContext
from data.files import geojson_bytes, layer_bytes
from services import features
from services.features import WORLD, Collection, Selection
from web import api
from web.faults import HANDLERS

MAX_PAGE, USUAL_PAGE = 10_000, 100  # features
CORE = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/"
CONFORMANCE = [f"{CORE}{name}" for name in ("core", "oas30", "geojson")]
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
JSON, GEOJSON, SCHEMA = "application/json", "application/geo+json", "application/schema+json"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
FILES = {"gpkg": "application/geopackage+sqlite3", "fgb": "application/flatgeobuf"}
NAMES = {"gpkg": "GeoPackage", "fgb": "FlatGeobuf"}
MOMENT = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d))?", re.ASCII)
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
FAULT = {"type": "object", "required": ["code"], "properties": {"code": {"type": "string"}}}
BBOX: dict[str, Any] = {
    "name": "bbox",
    "in": "query",
    "required": False,
    "description": "West, south, east, north in degrees (WGS 84); six numbers with heights, which are not looked at.",
    "schema": {
        "type": "array",
        "oneOf": [{"minItems": 4, "maxItems": 4}, {"minItems": 6, "maxItems": 6}],
        "items": {"type": "number"},
    },
    "style": "form",
    "explode": False,
}
Bbox = Annotated[str, Query(include_in_schema=False)]
Time = Annotated[
    str,
    Query(description="A day or moment (RFC 3339), or an interval `start/end`, open where an end is `..` or empty."),
]
Limit = Annotated[int, Query(ge=1, json_schema_extra={"maximum": MAX_PAGE})]


def known_parameters(request: Request, f: Literal["json"] = "json") -> None:
    """A parameter that an address does not have is refused: it might be a filter that someone relies on."""
    route = request.scope["route"]
    allowed = {"f"} | {parameter.alias for parameter in route.dependant.query_params}
    unknown = set(request.query_params) - allowed
    if unknown:
        raise HTTPException(400, f"There is no parameter '{min(unknown)}'. Known: {', '.join(sorted(allowed))}.")


app = FastAPI(
    title="Zone of Social Creativity: features",
    version="1",
    docs_url=None,
    redoc_url=None,
    openapi_url=None,  # its route would name another media type
    description="Areas of each level, facilities of each kind and indicators of each area, by OGC API - Features.",
    dependencies=[Depends(known_parameters)],
    redirect_slashes=False,
)
app.openapi_version = "3.0.3"
app.middleware("http")(api.limit)
for kind, handler in HANDLERS.items():
    app.add_exception_handler(kind, handler)


@app.exception_handler(RequestValidationError)
def invalid(_request: Request, error: RequestValidationError) -> Response:
    """400, as the standard says, with what is wrong."""
    first = error.errors()[0]
    words = f"{first['loc'][-1]}: {first['msg']}."
    return JSONResponse({"code": "InvalidParameterValue", "description": words}, 400)


@app.exception_handler(HTTPException)
def refused(_request: Request, error: HTTPException) -> Response:
    """The standard's form of a fault."""
    code = "NotFound" if error.status_code == 404 else "InvalidParameterValue"
    return JSONResponse({"code": code, "description": error.detail}, error.status_code)


def described() -> dict[str, Any]:
    """The API's definition; 400 in place of the framework's 422."""
    document = _described()
    for path in document["paths"].values():
        for operation in path.values():
            operation["responses"].pop("422", None)
            content = {JSON: {"schema": FAULT}}
            for parameter in operation.get("parameters", []):
                if (word := parameter["schema"].pop("const", None)) is not None:  # which 3.0 does not know
                    parameter["schema"]["enum"] = [word]
            operation["responses"] |= {"400": {"description": "A parameter does not fit.", "content": content}}
    return document


_described = app.openapi
app.openapi = described  # type: ignore[method-assign]


def _link(href: str, rel: str, kind: str = JSON, title: str = "") -> dict[str, str]:
    return {"href": href, "rel": rel, "type": kind} | ({"title": title} if title else {})


@app.get("/")
def landing(request: Request) -> dict[str, Any]:
    """Where everything is."""
    here = api.base(request)
    links = [
        _link(f"{here}/", "self", title="This document"),
        _link(f"{here}/api", "service-desc", OPENAPI, "The API's definition"),
        _link(f"{here}/conformance", "conformance", title="What it conforms to"),
        _link(f"{here}/collections", "data", title="The collections"),
    ]
    return {"title": app.title, "description": app.description, "links": links}


@app.get("/api", include_in_schema=False)
def definition(request: Request) -> Response:
    """The API's definition."""
    return JSONResponse(app.openapi() | {"servers": [{"url": api.base(request)}]}, media_type=OPENAPI)


@app.get("/conformance")
def conformance() -> dict[str, Any]:
    """The conformance classes."""
    return {"conformsTo": CONFORMANCE}


def _all() -> dict[str, tuple[CityContext, Collection]]:
    """Every collection of every city by its key."""
    known: dict[str, tuple[CityContext, Collection]] = {}
    for city in data.cities().values():
        ctx = CityContext(city, data.version(city.key))
        known |= {key: (ctx, item) for key, item in features.collections(ctx).items()}
    return known


def _find(key: str) -> tuple[CityContext, Collection]:
    known = _all()
    if key not in known:
        raise HTTPException(404, f"There is no collection '{key}'. Known are those of /collections.")
    return known[key]


def _about(here: str, ctx: CityContext, item: Collection) -> dict[str, Any]:
    """A collection with its extent, its source and its links."""
    home = f"{here}/collections/{quote(item.key)}"
    links = [
        _link(home, "self", title="This document"),
        _link(f"{home}/items", "items", GEOJSON, item.title),
        _link(f"{home}/schema", "describedby", SCHEMA, "Properties with their units"),
        *(_link(f"{home}/file/{kind}", "enclosure", FILES[kind], f"Whole, as {NAMES[kind]}") for kind in FILES),
    ]
    extent: dict[str, Any] = {"spatial": {"bbox": [list(item.bbox)], "crs": CRS84}}
    if item.days:
        last = None if item.subject == "areas" else f"{item.days[-1]}T23:59:59Z"
        extent["temporal"] = {"interval": [[f"{item.days[0]}T00:00:00Z", last]]}
    return {
        "id": item.key,
        "title": item.title,
        "description": item.description,
        "attribution": f"{item.source} ({item.licence})",
        "itemType": "feature",
        "crs": [CRS84],
        "extent": extent,
        "links": links,
    }


@app.get("/collections")
@api.in_turn
def collections(request: Request) -> Response:
    """Every collection of every city."""
    here = api.base(request)
    rows = [_about(here, ctx, item) for ctx, item in _all().values()]
    return JSONResponse({"links": [_link(f"{here}/collections", "self")], "collections": rows})


@app.get("/collections/{collection}")
@api.in_turn
def collection(request: Request, collection: str) -> Response:
    """One collection."""
    return JSONResponse(_about(api.base(request), *_find(collection)))


@app.get("/collections/{collection}/schema")
@api.in_turn
def schema(request: Request, collection: str) -> Response:
    """The properties of its features, with titles and units."""
    address = f"{api.base(request)}/collections/{quote(collection)}/schema"
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": address}
    return JSONResponse(head | features.schema(*_find(collection)), media_type=SCHEMA)


@app.get("/collections/{collection}/items", openapi_extra={"parameters": [BBOX]})
@api.in_turn
def items(
    request: Request,
    collection: str,
    bbox: Bbox = "",
    datetime: Time = "",
    limit: Limit = USUAL_PAGE,
    offset: Annotated[int, Query(ge=0, le=1_000_000_000)] = 0,
) -> Response:
    """A page of its features as GeoJSON, newest day first; the link `next` leads on."""
    ctx, item = _find(collection)
    limit, selection = min(limit, MAX_PAGE), _selection(request, bbox, datetime)
    home = f"{api.base(request)}/collections/{quote(collection)}"
    chosen = {key: value for key, value in request.query_params.items() if key not in ("limit", "offset")}

    def page(start: int) -> str:
        return f"{home}/items?{urlencode(chosen | {'limit': limit, 'offset': start})}"

    def compute() -> bytes:
        rows, total = features.select(ctx, item, selection, offset, limit)
        links = [_link(page(offset), "self", GEOJSON), _link(home, "collection")]
        if offset + len(rows) < total:
            links.append(_link(page(offset + limit), "next", GEOJSON))
        if offset:
            links.append(_link(page(max(0, offset - limit)), "prev", GEOJSON))
        members = {"timeStamp": _now(), "numberMatched": total, "numberReturned": len(rows), "links": links}
        return geojson_bytes(rows, list(rows.index), members)

    return Response(api.answers.get((ctx.data_version, page(offset)), compute), media_type=GEOJSON)


@app.get("/collections/{collection}/items/{feature:path}")
@api.in_turn
def single(request: Request, collection: str, feature: str) -> Response:
    """One feature."""
    found = features.feature(*_find(collection), feature)
    if found is None:
        raise HTTPException(404, f"There is no feature '{feature}' in '{collection}'.")
    home = f"{api.base(request)}/collections/{quote(collection)}"
    links = [_link(f"{home}/items/{quote(feature, safe='')}", "self", GEOJSON), _link(home, "collection")]
    (row,) = json.loads(geojson_bytes(found, [feature]))["features"]
    return JSONResponse(row | {"links": links}, media_type=GEOJSON)


@app.get("/collections/{collection}/file/{kind}", openapi_extra={"parameters": [BBOX]})
@api.in_turn
def file(
    request: Request, collection: str, kind: Literal["gpkg", "fgb"], bbox: Bbox = "", datetime: Time = ""
) -> Response:
    """All of its features, or those of a box and a time, as GeoPackage or FlatGeobuf."""
    ctx, item = _find(collection)
    selection = _selection(request, bbox, datetime)

    def compute() -> bytes:
        rows, _total = features.select(ctx, item, selection, 0, api.MAX_FILE_ROWS)
        return layer_bytes(rows.reset_index(drop=True), kind, item.key, item.title, item.description)

    content = api.answers.get((ctx.data_version, item.key, kind, selection), compute)
    disposition = {"Content-Disposition": f'attachment; filename="{item.key}.{kind}"'}
    return Response(content, media_type=FILES[kind], headers=disposition)


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _selection(request: Request, bbox: str, time: str) -> Selection:
    """What a request asks for; 400 where it cannot be read. An empty parameter is not the same as none."""
    chosen = Selection(_box(bbox) if "bbox" in request.query_params else WORLD)
    if "datetime" not in request.query_params:
        return chosen
    ends = time.split("/")
    if len(ends) > 2 or (len(ends) == 2 and all(end in ("", "..") for end in ends)):
        raise HTTPException(400, f"datetime: '{time}' is no day, moment or interval.")
    start, last = _moment(ends[0], len(ends) == 2), _moment(ends[-1], len(ends) == 2)
    if last is not None and "T" not in ends[-1]:
        last += pd.Timedelta(days=1, microseconds=-1)  # a day lasts to its end
    if start is not None and last is not None and start > last:
        raise HTTPException(400, f"datetime: '{time}' ends before it begins.")
    return replace(chosen, start=start, end=last)


def _moment(text: str, may_be_open: bool) -> pd.Timestamp | None:
    """A moment in UTC; None for an end of an interval that is open."""
    if may_be_open and text in ("", ".."):
        return None
    try:
        if not MOMENT.fullmatch(text):
            raise ValueError
        moment = pd.Timestamp(text.replace(" ", "+"))
    except ValueError:
        raise HTTPException(400, f"datetime: '{text}' is no day or moment, such as 2024-12-31.") from None
    return moment.tz_convert(None) if moment.tzinfo else moment


def _box(text: str) -> features.Bbox:
    """Four numbers of a box; of six the heights are left out."""
    parts = text.split(",")
    if len(parts) not in (4, 6) or not all(NUMBER.fullmatch(part) for part in parts):
        raise HTTPException(400, "bbox: four numbers (west, south, east, north), or six with heights.")
    numbers = [float(part) for part in parts]
    west, south, east, north = numbers if len(numbers) == 4 else [numbers[at] for at in (0, 1, 3, 4)]
    if south > north or max(abs(west), abs(east)) > 360 or max(abs(south), abs(north)) > 180:
        raise HTTPException(400, "bbox: degrees of longitude and latitude, south before north.")
    return (
        max(west, -180.0),
        max(south, -90.0),
        min(east, 180.0),
        min(north, 90.0),
    )  # a map may show more than the world
