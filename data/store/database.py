"""The database, always at the newest schema: SQLite in the folder of local tables unless ZONE_DATABASE is set."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

from sqlalchemy import Engine, create_engine, event, make_url, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from data.catalogue import local_folder
from data.settings import settings

MIGRATIONS = Path(__file__).parent / "migrations"
_opening = Lock()


def address() -> str:
    """The database's URL: ZONE_DATABASE, or an SQLite file beside the local tables."""
    return settings().database or f"sqlite:///{local_folder() / 'zone.db'}"


def engine() -> Engine:
    """The database, made or brought to the newest schema on first use."""
    with _opening:
        return _engine(address())


@cache
def _engine(url: str) -> Engine:
    if url.startswith("sqlite"):
        if words := damage():  # writing into a torn file would tear it further
            raise SQLAlchemyError(words)
        try:
            local_folder().mkdir(parents=True, exist_ok=True, mode=0o700)
            if file := make_url(url).database:
                os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))  # what people entered is its owner's to read
        except OSError as error:
            raise SQLAlchemyError(f"the database's file cannot be opened: {error.strerror}") from error
        engine = create_engine(url, connect_args={"timeout": 30}, hide_parameters=True)
        event.listen(engine, "connect", _write_ahead)
    else:
        wait = {"connect_timeout": 5} if "psycopg" in url else {}
        engine = create_engine(url, pool_pre_ping=True, connect_args=wait, hide_parameters=True)
    migrate(engine)
    return engine


def insertion(session: Session, table: Any) -> Any:
    """An INSERT of the session's database that can say what to do where the row is there already."""
    return (sqlite if session.get_bind().dialect.name == "sqlite" else postgresql).insert(table)


def damage() -> str:
    """What SQLite's quick check finds in the database's file, '' if nothing; PostgreSQL watches over its own."""
    url = make_url(address())
    if url.get_backend_name() != "sqlite" or not url.database or not Path(url.database).exists():
        return ""
    try:
        with closing(sqlite3.connect(url.database, timeout=30)) as connection:
            found = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
    except sqlite3.OperationalError:
        return ""  # locked or away, which is told where it is used
    except sqlite3.DatabaseError as error:
        found = str(error)
    return "" if found == "ok" else f"quick_check: {found}"


def _write_ahead(connection, _record) -> None:  # type: ignore[no-untyped-def]
    connection.execute("PRAGMA journal_mode=WAL")  # readers never wait for a writer
    connection.execute("PRAGMA synchronous=FULL")  # what was acknowledged is on the disk


def migrate(engine: Engine) -> None:
    """Bring a database to the newest schema; several processes may try at once."""
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.execute(text("SELECT pg_advisory_xact_lock(20261124)"))
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as error:  # a schema that this app does not know: a newer one wrote it
            raise SQLAlchemyError(str(error)) from error
        connection.commit()
