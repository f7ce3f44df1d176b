"""The tables and indicators over HTTP, read-only, for notebooks, QGIS, spreadsheets; described in /api/openapi.json."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated, Any, Literal

import geopandas as gpd
import pandas as pd
from fastapi import FastAPI, HTTPException, Query, Request, Response

import data
from data import local, rights
from data.context import CityContext
from data.errors import DataError, UnknownTableError
from data.files import csv_bytes, parquet_bytes
from services import api
from services.areas import current_half_years

MAX_ROWS = 100_000
Format = Literal["json", "csv", "parquet", "geojson"]
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
    "geojson": "application/geo+json",
}

app = FastAPI(
    title="Zone of Social Creativity",
    version="1",
    docs_url=None,
    redoc_url=None,
    description="The tables and indicators that the dashboard shows. Small counts are suppressed in the tables "
    "themselves; an empty value is unknown, never zero. Every answer names period, unit, source, licence and version.",
)
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
async def require_open_server(request: Request, handle: Any) -> Response:
    """A server that only people who have signed in may read gives nothing away: an API has no sign-in of its own."""
    if rights.open_role() == "none":
        return Response("This server is not open for reading.", 401, media_type="text/plain")
    response: Response = await handle(request)
    return response


@app.get("/catalogue")
def catalogue() -> list[dict[str, Any]]:
    """Every table with its provenance, licence, period, unit and version."""
    return [_about(entry) for _, entry in sorted(data.catalogue().items())]


def _context(city: str) -> CityContext:
    return CityContext(data.cities()[city], data.version())


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
            "periods": list(_periods(city.key)),
        }
        for city in data.cities().values()
    ]


@app.get("/tables/{place}/{name}")
def table(
    request: Request,
    place: str,
    name: str,
    format: Format = "json",
    offset: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=MAX_ROWS)] = 1000,
    columns: str = "",
) -> Response:
    """One table. format: json (`limit` rows from `offset` on, without shapes), or the whole as csv, parquet, geojson.

    columns: names joined by commas, all if left out. Any other parameter keeps the rows with that value in that column.
    """
    entry = _entry(place, name)
    tag = f'"{entry.checksum[:20]}"'
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers={"ETag": tag})
    rows = _filtered(data.table(name, place), request, columns)
    return _answer(rows, format, _about(entry), name, slice(offset, offset + limit), {"ETag": tag})


@app.get("/sums/{place}/{name}")
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
        rows = api.sums(place, name, groups, value, keep)
    except DataError as problem:
        raise HTTPException(422, str(problem)) from None
    return _answer(rows, format, _about(entry), f"sums-{name}")


@app.get("/indicators/{city}")
def indicators(
    city: str, level: str = "district", period: str = "", format: Literal["json", "csv", "parquet"] = "json"
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
    return _answer(rows, format, about, f"indicators-{city}-{level}")


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
    return rows[names] if names else rows


def _answer(
    rows: pd.DataFrame,
    kind: str,
    about: dict[str, Any],
    name: str,
    page: slice = slice(MAX_ROWS),
    headers: dict[str, str] | None = None,
) -> Response:
    """Rows as a file of a kind; as JSON a page of them, with what they are. name: of the file, without its kind."""
    has_shapes = isinstance(rows, gpd.GeoDataFrame)
    plain = pd.DataFrame(rows.drop(columns="geometry")) if has_shapes else rows
    if kind == "json":
        records = json.loads(plain.iloc[page].to_json(orient="records", date_format="iso", date_unit="s"))
        body = {"about": about, "total": len(plain), "offset": page.start or 0, "rows": records}
        return Response(json.dumps(body, ensure_ascii=False), media_type="application/json", headers=headers)
    if kind == "geojson" and not has_shapes:
        raise HTTPException(422, "This table has no shapes. Ask for json, csv or parquet.")
    if kind == "geojson":
        content: str | bytes = gpd.GeoDataFrame(rows).to_crs(4326).to_json()
    else:
        content = parquet_bytes(rows) if kind == "parquet" else csv_bytes(plain)
    disposition = {"Content-Disposition": f'attachment; filename="{name}.{kind}"'}
    return Response(content, media_type=TYPES[kind], headers=disposition | (headers or {}))
