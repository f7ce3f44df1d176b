"""The database, always at the newest schema: SQLite in the folder of local tables unless ZONE_DATABASE is set."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from threading import Lock

from sqlalchemy import Engine, create_engine, event, text

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
        local_folder().mkdir(parents=True, exist_ok=True)
        engine = create_engine(url, connect_args={"timeout": 30})
        event.listen(engine, "connect", _write_ahead)
    else:
        engine = create_engine(url, pool_pre_ping=True, connect_args={"connect_timeout": 5} if "psycopg" in url else {})
    migrate(engine)
    return engine


def _write_ahead(connection, _record) -> None:  # type: ignore[no-untyped-def]
    connection.execute("PRAGMA journal_mode=WAL")  # readers never wait for a writer
    connection.execute("PRAGMA synchronous=FULL")  # what was acknowledged is on the disk


def migrate(engine: Engine) -> None:
    """Bring a database to the newest schema; several processes may try at once."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.execute(text("SELECT pg_advisory_xact_lock(20261124)"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()
