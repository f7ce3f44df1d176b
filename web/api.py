"""The tables and indicators over HTTP, read-only, for notebooks, QGIS, spreadsheets; described in /api/openapi.json."""

from __future__ import annotations

import asyncio
import json
import math
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from functools import wraps
from typing import Annotated, Any, Literal, ParamSpec
from urllib.parse import quote

import geopandas as gpd
import pandas as pd
from fastapi import FastAPI, HTTPException, Query, Request, Response
from fastapi.responses import JSONResponse

import data
from data import local, rights
from data.cache import ByteCache
from data.context import CityContext
from data.errors import DataError, UnknownTableError
from data.files import csv_bytes, geojson_bytes, layer_bytes, parquet_bytes
from data.settings import settings
from data.translation import Language, preferred
from services import api, cubes, dcat, feeds, releases, sdmx
from services.areas import current_half_years
from services.tables import place_table
from views.run_lock import RunLock
from web import guard
from web.faults import HANDLERS
from web.rates import Rates, client

MAX_ROWS = 100_000  # of an answer in JSON
MAX_FILE_ROWS = 1_000_000  # of a file
LIMIT_S = 3.0  # of a sum
MAX_UNDER_WAY = 4  # requests of one client at once
# One answer is worked out at a time, so that pages keep their share of the processor; whose turn it is goes by client.
TURNS = RunLock(longest_s=2.0)
SECONDS = Rates(burst=15.0, per_s=0.2)  # of work for one client
answers = ByteCache(64_000_000, len)  # whole files
under_way: Counter[str] = Counter()
P = ParamSpec("P")
Format = Literal["json", "csv", "parquet", "geojson", "gpkg", "fgb", "jsonstat", "sdmx-csv", "sdmx-structure"]
# media type and ending of each kind of file
FILES = {
    "csv": ("text/csv; charset=utf-8", "csv"),
    "parquet": ("application/vnd.apache.parquet", "parquet"),
    "geojson": ("application/geo+json", "geojson"),
    "gpkg": ("application/geopackage+sqlite3", "gpkg"),
    "fgb": ("application/flatgeobuf", "fgb"),
    "jsonstat": ("application/json", "json"),
    "sdmx-csv": ("application/vnd.sdmx.data+csv;version=2.0.0", "csv"),
    "sdmx-structure": ("application/vnd.sdmx.structure+xml;version=3.0.0", "xml"),
}
CUBES = {"jsonstat": cubes.jsonstat, "sdmx-csv": sdmx.data_csv, "sdmx-structure": sdmx.structure}

app = FastAPI(
    title="Zone of Social Creativity",
    version="1",
    docs_url=None,
    redoc_url=None,
    description="The tables and indicators that the dashboard shows. Small counts are suppressed in the tables "
    "themselves; an empty value is unknown, never zero. Every answer names period, unit, source, licence and version.",
)
for kind, handler in HANDLERS.items():
    app.add_exception_handler(kind, handler)
PARAMETERS = {"format", "offset", "limit", "columns"}  # of a table; every other keeps rows


def _about(entry: data.Entry) -> dict[str, Any]:
    fields = asdict(entry) | {"source": entry.source_line}
    return {key: value for key, value in fields.items() if key not in ("folder", "state")}  # the server's own affair


def _entry(place: str, name: str) -> data.Entry:
    """The catalogue's entry of a table; 404 where there is none."""
    try:
        return data.entry(name, place)
    except UnknownTableError as error:
        raise HTTPException(404, str(error)) from None


@app.middleware("http")
async def limit(request: Request, handle: Any) -> Response:
    """A server that only people who have signed in may read gives nothing away: an API has no sign-in of its own.

    On an open one a client has a few requests under way and so many seconds of work, which fill up again.
    """
    if rights.open_role() == "none":
        return Response("This server is not open for reading.", 401, media_type="text/plain")
    reader = client(request.scope)
    wait_s = SECONDS.wait(reader, 0)
    if wait_s or under_way[reader] >= MAX_UNDER_WAY:
        seconds = str(math.ceil(wait_s) or 1)
        await asyncio.sleep(guard.DELAY_S)
        return JSONResponse(
            {"detail": f"Too much work for one place. Wait {seconds} s."}, 429, {"Retry-After": seconds}
        )
    under_way[reader] += 1
    try:
        response: Response = await handle(request)
    finally:
        under_way[reader] -= 1
        if not under_way[reader]:
            del under_way[reader]
    return response


def base(request: Request) -> str:
    """An API's own address, without a slash at its end."""
    root = str(request.scope.get("root_path", ""))
    address = settings().address.rstrip("/") or f"{request.url.scheme}://{request.url.netloc}"
    return f"{address}{root}"


def in_turn(endpoint: Callable[P, Response]) -> Callable[P, Response]:
    """Work an answer out when it is its client's turn, and charge the client for it."""

    @wraps(endpoint)
    def run(*args: P.args, **kwargs: P.kwargs) -> Response:
        request = kwargs["request"]
        assert isinstance(request, Request)
        reader = client(request.scope)
        with TURNS.hold(reader):
            start = time.perf_counter()
            try:
                return endpoint(*args, **kwargs)
            finally:
                SECONDS.charge(reader, time.perf_counter() - start)

    return run


@app.get("/catalogue")
def catalogue() -> list[dict[str, Any]]:
    """Every table with its provenance, licence, period, unit and version."""
    return [_about(entry) for _, entry in sorted(data.catalogue().items())]


def _context(city: str) -> CityContext:
    return CityContext(data.cities()[city], data.version(city))


def _periods(city: str) -> dict[str, pd.Timestamp]:
    """The half-years of a city that fit today's areas, oldest first, by their day."""
    return {f"{day:%Y-%m-%d}": day for day in current_half_years(_context(city))}


@app.get("/cities")
def cities() -> list[dict[str, Any]]:
    """Every city with what it calls its levels of areas and the half-years that fit today's areas."""
    return [
        {
            "key": city.key,
            "name": city.name,
            "country": city.country,
            "region": city.region,
            "levels": city.level_names,
            "boundary_version": city.boundary_version,
            "periods": list(_periods(city.key)),
        }
        for city in data.cities().values()
    ]


@app.get("/tables/{place}/{name}")
@in_turn
def table(
    request: Request,
    place: str,
    name: str,
    format: Format = "json",
    offset: Annotated[int, Query(ge=0, le=1_000_000_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=MAX_ROWS)] = 1000,
    columns: str = "",
) -> Response:
    """One table.

    format: json (`limit` rows from `offset` on, without shapes), or the whole: csv, parquet; geojson, gpkg, fgb where
    rows are shapes; jsonstat, sdmx-csv (and its sdmx-structure) where they hold figures.

    columns: names joined by commas, all if left out. Any other parameter keeps the rows with that value in that column.
    """
    entry = _entry(place, name)
    tag = f'"{entry.checksum[:20]}"'
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers={"ETag": tag})
    page, headers = slice(offset, offset + limit), {"ETag": tag}

    def compute() -> bytes:
        rows = _filtered(place_table(name, place), request, columns)
        return _cube(entry, rows, format) if format in CUBES else _content(rows, format, _about(entry), page)

    if format == "json":
        return _answer(compute(), format, name, headers)
    if format == "csv" and not columns:
        described = f"{base(request)}/tables/{quote(place)}/{quote(name)}/csv-metadata.json"
        headers["Link"] = f'<{described}>; rel="describedby"; type="application/csvm+json"'
    asked = sorted(request.query_params.multi_items())
    return _answer(answers.get((entry.checksum, place, name, asked), compute), format, name, headers)


@app.get("/tables/{place}/{name}/csv-metadata.json")
def csv_metadata(request: Request, place: str, name: str) -> Response:
    """What the columns of a table's CSV are, by CSV on the Web."""
    return JSONResponse(dcat.csv_metadata(base(request), _entry(place, name)), media_type="application/csvm+json")


@app.get("/dcat.jsonld")
@in_turn
def dcat_jsonld(request: Request) -> Response:
    """The catalogue by DCAT-AP, for data portals, as JSON-LD."""
    return JSONResponse(dcat.catalogue(base(request)), media_type="application/ld+json")


@app.get("/dcat.ttl")
@in_turn
def dcat_turtle(request: Request) -> Response:
    """The same as Turtle."""
    here = base(request)
    content = answers.get(("dcat", data.version(), here), lambda: dcat.turtle(here))
    return Response(content, media_type="text/turtle")


@app.get("/feeds/versions.atom")
@in_turn
def versions_feed(request: Request, lang: str = "en") -> Response:
    """New versions of tables, as an Atom feed."""
    language = Language(preferred(lang))
    return _feed(request, language(feeds.TITLES["versions"]), language, feeds.versions(language))


@app.get("/feeds/{city}/{subject}.atom")
@in_turn
def city_feed(request: Request, city: str, subject: Literal["signals", "goals"], lang: str = "en") -> Response:
    """A city's changes that stand out, or its goals that are behind, as an Atom feed."""
    cities = data.cities()
    if city not in cities:
        raise HTTPException(404, f"There is no city '{city}'. Known: {', '.join(cities)}.")
    ctx = CityContext(cities[city], data.version(city), Language(preferred(lang)))
    title = ctx.language(feeds.TITLES[subject], city=ctx.name)
    return _feed(request, title, ctx.language, feeds.signals(ctx) if subject == "signals" else feeds.behind(ctx))


@app.get("/releases.ics")
@in_turn
def releases_calendar(request: Request, lang: str = "en") -> Response:
    """When the next figures of each table are to be expected, by its rhythm (an estimate), as an iCalendar."""
    content = releases.ical(f"{base(request).removesuffix('/api')}/", Language(preferred(lang)))
    return Response(content, media_type="text/calendar; charset=utf-8")


def _feed(request: Request, title: str, language: Language, items: list[feeds.Item]) -> Response:
    here = base(request)
    site = f"{here.removesuffix('/api')}/"
    address = f"{here}{request.scope['path'].removeprefix(request.scope.get('root_path', ''))}?lang={language.code}"
    content = feeds.atom(address, site, title, dcat.owner(), language, items)
    return Response(content, media_type="application/atom+xml")


@app.get("/sums/{place}/{name}")
@in_turn
def sums(
    request: Request,
    place: str,
    name: str,
    by: str = "",
    value: str = "persons",
    format: Literal["json", "csv", "parquet"] = "json",
) -> Response:
    """Sums of a column, made in the engine. by: columns joined by commas.

    Any other parameter keeps rows with one of its values (joined by commas). `unknown` counts rows whose value is
    suppressed or not published: the sum is then a lower bound.
    """
    entry = _entry(place, name)
    groups = [column for column in by.split(",") if column]
    parameters = request.query_params.items()
    keep = {key: values.split(",") for key, values in parameters if key not in ("by", "value", "format")}
    try:
        rows = api.sums(place, name, groups, value, keep, LIMIT_S, MAX_ROWS)
    except DataError as problem:
        raise HTTPException(422, str(problem)) from None
    return _answer(_content(rows, format, _about(entry)), format, f"sums-{name}")


@app.get("/indicators/{city}")
@in_turn
def indicators(
    request: Request,
    city: str,
    level: str = "district",
    period: str = "",
    format: Literal["json", "csv", "parquet"] = "json",
) -> Response:
    """Every indicator of every area of a level. period: one of the city's half-years, the newest if left out."""
    cities = data.cities()
    if city not in cities:
        raise HTTPException(404, f"There is no city '{city}'. Known: {', '.join(cities)}.")
    levels = cities[city].level_names
    if level not in levels:
        raise HTTPException(422, f"'{level}' is no level of {city}. Known: {', '.join(levels)}.")
    days = _periods(city)
    if not days or (period and period not in days):
        raise HTTPException(422, f"'{period}' is no half-year of {city}. Known: {', '.join(days) or 'none'}.")
    rows, about = api.indicators(_context(city), level, days[period or max(days)])
    return _answer(_content(rows, format, about), format, f"indicators-{city}-{level}")


@app.get("/versions/{place}/{name}")
def versions(place: str, name: str) -> list[dict[str, Any]]:
    """The versions of a table that this machine keeps, newest first; the shipped one has no version."""
    entries = local.versions(place, name)
    if not entries:
        raise HTTPException(404, f"There is no table '{place}/{name}'.")
    return [_about(entry) | {"state": entry.state} for entry in entries]


def _column(rows: pd.DataFrame, name: str) -> pd.Series:
    """A column by its name; 422 where there is none."""
    if name not in rows:
        raise HTTPException(422, f"There is no column '{name}'. Known: {', '.join(map(str, rows.columns))}.")
    return rows[name]


def _filtered(rows: pd.DataFrame, request: Request, columns: str) -> pd.DataFrame:
    for key, value in request.query_params.items():
        if key in PARAMETERS:
            continue
        column = _column(rows.drop(columns="geometry", errors="ignore"), key)
        is_day = pd.api.types.is_datetime64_any_dtype(column)
        text = column.dt.strftime("%Y-%m-%d") if is_day else column.astype("string")
        rows = rows[(text == value).fillna(False).to_numpy(dtype=bool)]
    names = [name for name in columns.split(",") if name]
    for name in names:
        _column(rows, name)
        if names.count(name) > 1:
            raise HTTPException(422, f"The column '{name}' is named twice.")
    return rows[names] if names else rows


def _cube(entry: data.Entry, rows: pd.DataFrame, kind: str) -> bytes:
    """Rows as a statistical cube. 422 where there is none."""
    if len(rows) > MAX_FILE_ROWS:
        raise HTTPException(422, f"The file would have more than {MAX_FILE_ROWS:,} rows. Keep fewer of them.")
    try:
        return CUBES[kind](cubes.cube(entry, rows))
    except DataError as problem:
        raise HTTPException(422, str(problem)) from None


def _content(rows: pd.DataFrame, kind: Format, about: dict[str, Any], page: slice = slice(None)) -> bytes:
    """Rows as a file of a kind; as JSON a page of them, with what they are. 422 where that cannot be."""
    has_shapes = isinstance(rows, gpd.GeoDataFrame)
    if kind in ("geojson", "gpkg", "fgb") and not has_shapes:
        raise HTTPException(422, "This table has no shapes. Ask for json, csv or parquet.")
    if kind != "json" and len(rows) > MAX_FILE_ROWS:
        raise HTTPException(422, f"The file would have more than {MAX_FILE_ROWS:,} rows. Keep fewer of them.")
    if kind == "geojson":
        return geojson_bytes(rows)
    if kind == "gpkg" or kind == "fgb":
        return layer_bytes(gpd.GeoDataFrame(rows), kind, str(about["name"]), str(about["title"]), str(about["source"]))
    if kind == "parquet":
        return parquet_bytes(rows)
    plain = pd.DataFrame(rows.drop(columns="geometry")) if has_shapes else rows
    if kind == "csv":
        return csv_bytes(plain)
    records = plain.iloc[page].to_json(orient="records", date_format="iso", date_unit="s", force_ascii=False)
    head = json.dumps({"about": about, "total": len(plain), "offset": page.start or 0}, ensure_ascii=False)
    return f'{head[:-1]}, "rows": {records}}}'.encode()


def _answer(content: bytes, kind: str, name: str, headers: dict[str, str] | None = None) -> Response:
    """What is sent. name: of the file, without its kind."""
    if kind == "json":
        return Response(content, media_type="application/json", headers=headers)
    media_type, ending = FILES[kind]
    disposition = {"Content-Disposition": f'attachment; filename="{name}.{ending}"'}
    return Response(content, media_type=media_type, headers=disposition | (headers or {}))
