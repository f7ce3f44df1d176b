"""Files: a table as Parquet or CSV, and written whole or not at all."""

from __future__ import annotations

import hashlib
import io
import os
from pathlib import Path
from uuid import uuid4

import pandas as pd

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def csv_bytes(table: pd.DataFrame) -> bytes:
    """CSV for spreadsheets (UTF-8 with BOM); text that a spreadsheet would run as a formula is disarmed."""
    safe = table.copy()
    for column in safe.select_dtypes(include=["object", "string"]).columns:
        text = safe[column].astype("string")
        safe[column] = text.mask(text.str.startswith(FORMULA_STARTS, na=False), "'" + text)
    return safe.to_csv(index=False).encode("utf-8-sig")


def parquet_bytes(table: pd.DataFrame) -> bytes:
    """A table as Parquet; with shapes as GeoParquet."""
    buffer = io.BytesIO()
    table.to_parquet(buffer, index=False, compression="zstd")
    return buffer.getvalue()


def write(path: Path, content: bytes) -> str:
    """Put a file in place whole or not at all; return its SHA-256. Each writer has a draft of its own."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f"{path.suffix}.{uuid4().hex}.tmp")
    try:
        draft.write_bytes(content)
        os.replace(draft, path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    return hashlib.sha256(content).hexdigest()
