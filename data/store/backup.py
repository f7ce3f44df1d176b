"""What people entered, as one file, and back: `python -m data.store.backup save FILE`, `restore FILE`.

The file is JSON lines (a head with the schema's revision, then one row a line), the same from SQLite and PostgreSQL,
so it also moves a register from one to the other. A restore takes a database that holds nothing or untouched examples,
and is whole or not at all.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Date, DateTime, Table, delete, insert, select, text

from data import rights
from data.errors import DataError, SourceError
from data.files import write
from data.store import examples
from data.store.database import engine
from data.store.models import Base, aware

FORMAT = "zone-backup-1"


def _revision(connection: Connection) -> str:
    return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar())


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return aware(value).isoformat()
    return value.isoformat() if isinstance(value, date) else value


def _lines() -> Iterator[bytes]:
    with engine().connect() as connection:
        yield _line({"format": FORMAT, "revision": _revision(connection)})
        for table in Base.metadata.sorted_tables:
            for row in connection.execute(select(table)).mappings():
                yield _line({"table": table.name, "row": {key: _plain(value) for key, value in row.items()}})


def _line(entry: dict[str, Any]) -> bytes:
    return json.dumps(entry, ensure_ascii=False).encode() + b"\n"


def is_empty() -> bool:
    """Whether the database holds nothing at all, removed entries included."""
    with engine().connect() as connection:
        return not _used(connection)


def _used(connection: Connection) -> str:
    """A table that has rows, '' if none has."""
    its_first_row = {table.name: select(table).limit(1) for table in Base.metadata.sorted_tables}
    return next((name for name, query in its_first_row.items() if connection.execute(query).first()), "")


@rights.require_role("admin")
def save(path: Path) -> int:
    """Write the backup, whole or not at all, readable for its owner only; returns how many rows."""
    lines = list(_lines())
    write(path, b"".join(lines))
    os.chmod(path, 0o600)
    return len(lines) - 1


@rights.require_role("admin")
def restore(path: Path) -> int:
    """Read a backup into a database that is empty or holds examples alone, which go; returns how many rows.

    Where it raises DataError nothing is stored.
    """
    lines = [line for line in path.read_text(encoding="utf-8").split("\n") if line]
    try:
        head, *rows = [json.loads(line) for line in lines]
        tables = {table.name: table for table in Base.metadata.sorted_tables}
        if head["format"] != FORMAT:
            raise ValueError("another format")
        entries = [(tables[row["table"]], row["row"]) for row in rows]
    except (ValueError, KeyError, TypeError) as error:
        hint = "Take a file that 'save' has written"
        raise SourceError(path.name, f"is no backup of ours ({error})", hint=hint) from error
    with engine().begin() as connection:
        if head["revision"] != (revision := _revision(connection)):
            raise DataError(
                f"{path.name} is of schema {head['revision']}, this app has {revision}. "
                "Restore it with the app that wrote it, then start this one."
            )
        if examples.are_all(connection):
            for table in reversed(tables.values()):
                connection.execute(delete(table))
        if used := _used(connection):
            raise DataError(f"The database already holds {used}. Restore into an empty one; nothing was changed.")
        for table in tables.values():
            typed = [_typed(table, row) for its_table, row in entries if its_table is table]
            if typed:
                connection.execute(insert(table), typed)
        _advance_counters(connection, tables)
    return len(entries)


def _typed(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    def value(name: str) -> Any:
        kind, stored = table.c[name].type, row[name]
        if stored is None:
            return None
        if isinstance(kind, DateTime):
            return datetime.fromisoformat(stored)
        return date.fromisoformat(stored) if isinstance(kind, Date) else stored

    return {name: value(name) for name in row}


def _advance_counters(connection: Connection, tables: dict[str, Table]) -> None:
    """PostgreSQL counts ids by itself: its counters go on behind the rows that came with theirs."""
    if connection.dialect.name != "postgresql":
        return
    for name, table in tables.items():
        if "id" in table.c:
            counter = f"pg_get_serial_sequence('{name}', 'id')"
            connection.execute(text(f"SELECT setval({counter}, coalesce(max(id), 1), max(id) IS NOT NULL) FROM {name}"))


def main(arguments: list[str]) -> int:
    """The command line."""
    if len(arguments) != 2 or arguments[0] not in ("save", "restore"):
        print(__doc__)
        return 2
    rights.act_as(rights.OWNER)
    try:
        count = (save if arguments[0] == "save" else restore)(Path(arguments[1]))
    except (DataError, OSError) as error:
        print(error)
        return 1
    print(f"{count:,} rows")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
