"""Tables on the disk: one type a meaning, and whole or not at all."""

from __future__ import annotations

import hashlib
import io
import os
from pathlib import Path
from uuid import uuid4

import pandas as pd

NULLABLE = ("persons", "places", "age_from", "age_to", "employees_low", "employees_high")


def plain(table: pd.DataFrame) -> pd.DataFrame:
    """Counts as int64, text as str, dates in microseconds: one type a meaning, whatever the source used."""
    for column in table.columns:
        if column not in NULLABLE and str(table[column].dtype) == "Int64":
            table[column] = table[column].astype("int64")
    if "persons" in table:
        table["persons"] = table["persons"].astype("Int64" if "period" in table else "int64")
    if "period" in table:
        table["period"] = table["period"].astype("datetime64[us]")
    return table


def content(table: pd.DataFrame) -> bytes:
    """A table as Parquet; with shapes as GeoParquet."""
    out = io.BytesIO()
    table.to_parquet(out, index=False, compression="zstd")
    return out.getvalue()


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
