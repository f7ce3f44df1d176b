"""How large a file may be that someone uploads, checked before it is read: bytes, also unpacked, rows and columns."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from data.errors import SourceError
from data.translation import N_

MAX_BYTES, MAX_UNPACKED, MAX_RATIO = 20_000_000, 200_000_000, 200
MAX_ROWS, MAX_COLUMNS = 20_000, 200
OF_PACK = (5_000_000, 1_000)  # rows and columns of a table of a city pack
PACK_UNPACKED = 2_000_000_000


def check_size(content: bytes, name: str, limit: int = MAX_BYTES) -> None:
    """Refuse a file that is too large. Raises SourceError."""
    if len(content) > limit:
        raise SourceError(
            name,
            N_("has {count:,} bytes; at most {limit:,} are read", count=len(content), limit=limit),
            hint=N_("Part it into smaller files"),
        )


def check_zip(file: bytes | Path, name: str, limit: int = MAX_UNPACKED) -> None:
    """Refuse a zip (an XLSX is one) that unpacks to far more than it seems, and what is no zip. Raises SourceError."""
    size = file.stat().st_size if isinstance(file, Path) else len(file)
    try:
        with zipfile.ZipFile(file if isinstance(file, Path) else io.BytesIO(file)) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
    except zipfile.BadZipFile as error:
        raise SourceError(
            name, N_("is no zip archive ({error})", error=str(error)), hint=N_("Save it again")
        ) from error
    if unpacked > min(limit, MAX_RATIO * max(size, 10_000)):
        raise SourceError(
            name,
            N_("unpacks to {unpacked:,} bytes, which is more than its size allows", unpacked=unpacked),
            hint=N_("Save it again as CSV"),
        )


def check_shape(rows: int, columns: int, name: str, most_rows: int = MAX_ROWS, most_columns: int = MAX_COLUMNS) -> None:
    """Refuse a table with too many rows or columns. Raises SourceError."""
    if rows > most_rows or columns > most_columns:
        raise SourceError(
            name,
            N_(
                "has {rows:,} rows and {columns:,} columns; at most {most_rows:,} and {most_columns:,} are read",
                rows=rows,
                columns=columns,
                most_rows=most_rows,
                most_columns=most_columns,
            ),
            hint=N_("Part it into smaller files"),
        )
