"""Where heavy aggregation runs: DuckDB inside the process, or an engine that is there already (`ZONE_ENGINE`).

Expressions are written once, in analytics; `table` gives them a table on the engine, `run` brings the result back.
`ZONE_ENGINE` is `duckdb` (default), `pyspark` (a local session, or the one that SPARK_REMOTE names),
`postgresql://...`, or any other address that Ibis connects to (`trino://`, `bigquery://`, `snowflake://`).
"""

from __future__ import annotations

import os
import sys
import threading
from functools import cache
from typing import TYPE_CHECKING, Any

import pandas as pd

import data
from data.errors import DataError
from data.settings import settings
from data.translation import N_

if TYPE_CHECKING:
    import duckdb
    import fsspec
    import ibis

_thread = threading.local()
_registering = threading.Lock()


def connection() -> Any:
    """This thread's connection to the engine; made when first asked for."""
    address = settings().engine
    connections: dict[str, Any] = _thread.__dict__.setdefault("connections", {})
    if address not in connections:
        connections[address] = _connect(address)
    return connections[address]


def _connect(address: str) -> Any:
    import ibis

    if address == "duckdb":
        return ibis.duckdb.from_connection(_database().cursor())
    if address == "pyspark":
        from pyspark.sql import SparkSession

        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # its workers find our packages
        return ibis.pyspark.connect(
            SparkSession.builder.appName("zone").config("spark.ui.enabled", "false").getOrCreate()
        )
    if address.startswith("postgresql"):
        from sqlalchemy import make_url

        url = make_url(address)
        return ibis.postgres.connect(
            host=str(url.host or url.query.get("host", "localhost")),
            port=url.port or 5432,
            user=url.username,
            password=url.password,
            database=url.database,
        )
    return ibis.connect(address)


@cache
def _database() -> duckdb.DuckDBPyConnection:
    """The process's DuckDB: threads and memory are shared; a cursor for a thread takes a twentieth of the time."""
    import duckdb

    return duckdb.connect()


def table(name: str, place: str = "world") -> ibis.Table:
    """A table of the catalogue on the engine, under a name made of its content: a new version is another table.

    DuckDB and Spark read the Parquet file where it lies, or its partitions in ZONE_LAKE; other engines are sent the
    table once. Raises UnknownTableError.
    """
    entry, engine = data.entry(name, place), connection()
    data.verify(entry)
    table_name = f"zone_{place}_{name}_{entry.checksum[:12]}".replace("-", "_")
    if settings().lake and engine.name in ("duckdb", "pyspark"):
        from data import lake  # its libraries load only where there is one

        partitions = lake.locate(entry)
        if partitions is not None:
            return _partitioned(engine, *partitions, table_name)
    if engine.name in ("duckdb", "pyspark"):
        return engine.read_parquet(str(entry.path), table_name=table_name)
    if table_name not in engine.list_tables():
        engine.create_table(table_name, data.opened(entry))
    return engine.table(table_name)


def _partitioned(engine: Any, address: str, files: fsspec.AbstractFileSystem, table_name: str) -> ibis.Table:
    """A table of the lake; partitions that a question leaves out are not opened."""
    if engine.name == "pyspark" and "://" in address:
        from data import lake_spark

        lake_spark.view(engine._session, address, f"{table_name}_lake")
        return engine.table(f"{table_name}_lake")
    if engine.name == "pyspark":
        return engine.read_parquet(address, table_name=f"{table_name}_lake")
    with _registering:  # the database keeps it for every thread, and takes it once
        if "://" in address and address.split("://")[0] not in engine.con.list_filesystems():
            engine.con.register_filesystem(files)
    # Not read_parquet of Ibis, which fetches DuckDB's own reader of such addresses from the internet.
    rows = engine.con.from_parquet(f"{address}/**/*.parquet", hive_partitioning=True)
    rows.create_view(f"{table_name}_lake", replace=True)
    return engine.table(f"{table_name}_lake")


def run(expression: ibis.Table, limit_s: float = 0.0) -> pd.DataFrame:
    """The result of an expression, in pandas. limit_s: DuckDB ends what takes longer (0: never). Raises DataError."""
    engine = connection()
    if not limit_s or engine.name != "duckdb":
        return engine.to_pandas(expression)
    import duckdb

    timer = threading.Timer(limit_s, engine.con.interrupt)
    timer.start()
    try:
        return engine.to_pandas(expression)
    except duckdb.InterruptException:
        raise DataError(
            N_("This takes longer than {limit_s:g} seconds. Ask for less: keep fewer rows.", limit_s=limit_s)
        ) from None
    finally:
        timer.cancel()
