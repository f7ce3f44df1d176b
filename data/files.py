"""Files: a table as Parquet or CSV, and written whole or not at all."""

from __future__ import annotations

import hashlib
import io
import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from uuid import uuid4

import pandas as pd

if TYPE_CHECKING:
    import geopandas as gpd

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def csv_bytes(table: pd.DataFrame) -> bytes:
    """CSV for spreadsheets (UTF-8 with BOM); text that a spreadsheet would run as a formula is disarmed."""
    safe = table.copy()
    for column in safe.select_dtypes(include=["object", "string", "category"]).columns:
        text = safe[column].astype("string")
        safe[column] = text.mask(text.str.startswith(FORMULA_STARTS, na=False), "'" + text)
    safe.columns = [disarmed(str(column)) for column in safe.columns]
    return safe.to_csv(index=False).encode("utf-8-sig")


def disarmed(text: str) -> str:
    """Text that a spreadsheet does not run as a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def geojson_bytes(
    shapes: gpd.GeoDataFrame, ids: Sequence[str] | None = None, members: Mapping[str, Any] | None = None
) -> bytes:
    """Rows with shapes as GeoJSON in EPSG:4326; put together by GEOS and pandas, outside of Python's loops.

    ids: of the features. members: of the collection, beside its features.
    """
    import shapely

    rows = pd.DataFrame(shapes.drop(columns="geometry")).to_json(
        orient="records", lines=True, date_format="iso", date_unit="s", force_ascii=False
    )
    drawn = shapely.to_geojson(shapes.geometry.to_crs(4326).to_numpy())
    heads = [""] * len(shapes) if ids is None else [f'"id": {json.dumps(key, ensure_ascii=False)}, ' for key in ids]
    features = (
        f'{{"type": "Feature", {head}"properties": {row}, "geometry": {shape or "null"}}}'
        for head, row, shape in zip(heads, rows.split("\n"), drawn, strict=False)
    )
    more = "".join(f'"{name}": {json.dumps(value, ensure_ascii=False)}, ' for name, value in (members or {}).items())
    return f'{{"type": "FeatureCollection", {more}"features": [{", ".join(features)}]}}'.encode()


def layer_bytes(
    shapes: gpd.GeoDataFrame, kind: Literal["gpkg", "fgb"], layer: str, title: str = "", description: str = ""
) -> bytes:
    """Rows with shapes as a GeoPackage with one layer, or as FlatGeobuf with its spatial index."""
    driver, name = ("GPKG", "IDENTIFIER") if kind == "gpkg" else ("FlatGeobuf", "TITLE")
    said = {name: title, "DESCRIPTION": description} if title else {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"layer.{kind}"
        shapes.to_file(path, driver=driver, layer=layer, layer_options=said)
        return path.read_bytes()


def parquet_bytes(table: pd.DataFrame) -> bytes:
    """A table as Parquet; with shapes as GeoParquet."""
    buffer = io.BytesIO()
    table.to_parquet(buffer, index=False, compression="zstd")
    return buffer.getvalue()


def write(path: Path, content: bytes) -> str:
    """Put a file in place whole or not at all, its owner's alone; return its SHA-256. Each writer has its own draft."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f"{path.suffix}.{uuid4().hex}.tmp")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
        os.replace(draft, path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    return hashlib.sha256(content).hexdigest()
