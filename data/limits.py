"""How large a file may be that someone hands in, told before it is read: bytes, what it unpacks to, rows and columns."""

from __future__ import annotations

import io
import zipfile

from data.errors import SourceError

MOST_BYTES, MOST_UNPACKED, MOST_RATIO = 20_000_000, 200_000_000, 200
MOST_ROWS, MOST_COLUMNS = 20_000, 200


def weigh(content: bytes, name: str, most: int = MOST_BYTES) -> None:
    """Refuse a file that is too large. Raises SourceError."""
    if len(content) > most:
        raise SourceError(
            name, f"has {len(content):,} bytes; at most {most:,} are read", mend="Part it into smaller files"
        )


def weigh_zip(content: bytes, name: str) -> None:
    """Refuse a zip (an XLSX is one) that unpacks to far more than it seems. Raises SourceError, also where it is no zip."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(one.file_size for one in archive.infolist())
    except zipfile.BadZipFile as fault:
        raise SourceError(name, f"is no such file ({fault})", mend="Save it again") from fault
    if unpacked > min(MOST_UNPACKED, MOST_RATIO * max(len(content), 10_000)):
        raise SourceError(
            name,
            f"unpacks to {unpacked:,} bytes, which is more than a table of {MOST_ROWS:,} rows needs",
            mend="Save it again as CSV",
        )


def count(rows: int, columns: int, name: str) -> None:
    """Refuse a table with too many rows or columns. Raises SourceError."""
    if rows > MOST_ROWS or columns > MOST_COLUMNS:
        raise SourceError(
            name,
            f"has {rows:,} rows and {columns:,} columns; at most {MOST_ROWS:,} and {MOST_COLUMNS} are read",
            mend="Part it into smaller files",
        )
