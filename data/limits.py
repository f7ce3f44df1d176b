"""How large a file may be that someone uploads, checked before it is read: bytes, also unpacked, rows and columns."""

from __future__ import annotations

import io
import zipfile

from data.errors import SourceError

MAX_BYTES, MAX_UNPACKED, MAX_RATIO = 20_000_000, 200_000_000, 200
MAX_ROWS, MAX_COLUMNS = 20_000, 200


def check_size(content: bytes, name: str, limit: int = MAX_BYTES) -> None:
    """Refuse a file that is too large. Raises SourceError."""
    if len(content) > limit:
        raise SourceError(
            name, f"has {len(content):,} bytes; at most {limit:,} are read", hint="Part it into smaller files"
        )


def check_zip(content: bytes, name: str) -> None:
    """Refuse a zip (an XLSX is one) that unpacks to far more than it seems, and what is no zip. Raises SourceError."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
    except zipfile.BadZipFile as error:
        raise SourceError(name, f"is no such file ({error})", hint="Save it again") from error
    if unpacked > min(MAX_UNPACKED, MAX_RATIO * max(len(content), 10_000)):
        raise SourceError(
            name,
            f"unpacks to {unpacked:,} bytes, which is more than a table of {MAX_ROWS:,} rows needs",
            hint="Save it again as CSV",
        )


def check_shape(rows: int, columns: int, name: str) -> None:
    """Refuse a table with too many rows or columns. Raises SourceError."""
    if rows > MAX_ROWS or columns > MAX_COLUMNS:
        raise SourceError(
            name,
            f"has {rows:,} rows and {columns:,} columns; at most {MAX_ROWS:,} and {MAX_COLUMNS} are read",
            hint="Part it into smaller files",
        )
