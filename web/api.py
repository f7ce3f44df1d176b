"""The tables and indicators over HTTP, read-only, for notebooks, QGIS and spreadsheets: /api/openapi.json says what there is."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated, Any, Literal

import geopandas as gpd
import pandas as pd
from fastapi import FastAPI, HTTPException, Query, Request, Response

import data
from analytics import cube
from data import definitions, engine, local, rights
from data.errors import UnknownTableError
from pages import api_results
from views.exports import csv_bytes, parquet_bytes

MOST_ROWS = 100_000
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
    description="The tables and indicators that the dashboard shows. Small counts are suppressed in the tables themselves; an "
    "empty value is not known, never zero. Every answer names period, unit, source, licence and version.",
)


def _about(entry: data.Entry) -> dict[str, Any]:
    kept = (
        "name",
        "place",
        "title",
        "publisher",
        "licence",
        "attribution",
        "period",
        "unit",
        "geography",
        "note",
        "rows",
        "built_on",
        "checksum",
        "version",
    )
    return {key: value for key, value in asdict(entry).items() if key in kept} | {"source": entry.source_line}


@app.middleware("http")
async def open_for_reading(request: Request, further: Any) -> Response:
    """A server that only people who have signed in may read gives nothing here: an API has no sign-in of its own."""
    if rights.open_role() == "none":
        return Response("This server is not open for reading.", 401, media_type="text/plain")
    answer: Response = await further(request)
    return answer


@app.get("/catalogue")
def catalogue() -> list[dict[str, Any]]:
    """Every table with its provenance, licence, period, unit and version."""
    return [_about(entry) for _key, entry in sorted(data.catalogue().items())]


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
            "periods": [f"{day:%Y-%m-%d}" for day in api_results.periods(city.key)],
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
    limit: Annotated[int, Query(ge=1, le=MOST_ROWS)] = 1000,
    columns: str = "",
) -> Response:
    """One table. format: json (a page of `limit` rows from `offset` on, without shapes), csv, parquet or geojson (whole).

    columns: names joined by commas, all if left out. Any other parameter keeps the rows with that value in that column.
    """
    try:
        entry = data.entry(name, place)
    except UnknownTableError as fault:
        raise HTTPException(404, str(fault)) from None
    tag = f'"{entry.checksum[:20]}"'
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers={"ETag": tag})
    rows = _filtered(data.table(name, place), request, columns)
    return _answer(rows, format, offset, limit, _about(entry), name, {"ETag": tag})


@app.get("/sums/{place}/{name}")
def sums(
    request: Request,
    place: str,
    name: str,
    by: str = "",
    value: str = "persons",
    format: Literal["json", "csv", "parquet"] = "json",
) -> Response:
    """Sums of a column, made in the engine. by: columns joined by commas. Any other parameter keeps rows with one of its values (joined by commas).

    `unknown` counts rows whose value is suppressed or not published: the sum is then a lower bound.
    """
    try:
        about = _about(data.entry(name, place))
    except UnknownTableError as fault:
        raise HTTPException(404, str(fault)) from None
    groups = [one for one in by.split(",") if one]
    keep = {
        key: words.split(",") for key, words in request.query_params.items() if key not in ("by", "value", "format")
    }
    wrong = cube.validate_query(
        [column for column in definitions.contract(name).columns if column != "geometry"], groups, value, keep
    )
    if wrong:
        raise HTTPException(422, wrong)
    rows = engine.run(cube.regroup(engine.table(name, place), groups, value, keep))
    return _answer(rows, format, 0, MOST_ROWS, about, f"sums-{name}", {})


@app.get("/indicators/{city}")
def indicators(
    city: str, level: str = "district", period: str = "", format: Literal["json", "csv", "parquet"] = "json"
) -> Response:
    """Every indicator of every area of a level. period: one of the city's half-years, the newest if left out."""
    known = data.cities()
    if city not in known:
        raise HTTPException(404, f"There is no city '{city}'. Known: {', '.join(known)}.")
    if level not in known[city].level_names:
        raise HTTPException(422, f"'{level}' is no level of {city}. Known: {', '.join(known[city].level_names)}.")
    days = {f"{day:%Y-%m-%d}": day for day in api_results.periods(city)}
    if not days or (period and period not in days):
        raise HTTPException(422, f"'{period}' is no half-year of {city}. Known: {', '.join(days) or 'none'}.")
    day = days[period or max(days)]
    rows, about = api_results.indicators(city, level, day)
    return _answer(rows, format, 0, MOST_ROWS, about, f"indicators-{city}-{level}", {})


@app.get("/versions/{place}/{name}")
def versions(place: str, name: str) -> list[dict[str, Any]]:
    """The versions of a table that this machine keeps, newest first; the shipped one has no version."""
    found = local.versions(place, name)
    if not found:
        raise HTTPException(404, f"There is no table '{place}/{name}'.")
    return [_about(entry) | {"state": entry.state} for entry in found]


def _filtered(rows: pd.DataFrame, request: Request, columns: str) -> pd.DataFrame:
    for key, value in request.query_params.items():
        if key in ("format", "offset", "limit", "columns"):
            continue
        if key not in rows or key == "geometry":
            raise HTTPException(422, f"There is no column '{key}'. Known: {', '.join(map(str, rows.columns))}.")
        text = (
            rows[key].dt.strftime("%Y-%m-%d")
            if pd.api.types.is_datetime64_any_dtype(rows[key])
            else rows[key].astype("string")
        )
        rows = rows[(text == value).fillna(False).to_numpy(dtype=bool)]
    wanted = [one for one in columns.split(",") if one]
    unknown = [one for one in wanted if one not in rows]
    if unknown:
        raise HTTPException(422, f"There is no column '{unknown[0]}'. Known: {', '.join(map(str, rows.columns))}.")
    return rows[wanted] if wanted else rows


def _answer(
    rows: pd.DataFrame, kind: str, offset: int, limit: int, about: dict[str, Any], name: str, headers: dict[str, str]
) -> Response:
    shaped = isinstance(rows, gpd.GeoDataFrame)
    named = {"Content-Disposition": f'attachment; filename="{name}.{kind}"', **headers}
    if kind == "geojson":
        if not shaped:
            raise HTTPException(422, "This table has no shapes. Ask for json, csv or parquet.")
        return Response(gpd.GeoDataFrame(rows).to_crs(4326).to_json(), media_type=TYPES[kind], headers=named)
    if kind == "parquet":
        return Response(parquet_bytes(rows), media_type=TYPES[kind], headers=named)
    plain = pd.DataFrame(rows.drop(columns="geometry")) if shaped else rows
    if kind == "csv":
        return Response(csv_bytes(plain), media_type=TYPES[kind], headers=named)
    page = plain.iloc[offset : offset + limit]
    body = {
        "about": about,
        "total": len(plain),
        "offset": offset,
        "rows": json.loads(page.to_json(orient="records", date_format="iso", date_unit="s")),
    }
    return Response(json.dumps(body, ensure_ascii=False), media_type="application/json", headers=headers)
