"""The two databases that the store supports, SQLite and a PostgreSQL that the tests start; and object storage."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from sqlalchemy import create_engine, text

from bench.driver import free_port

MOTO = "moto[s3,server]==5.2.5"  # needs an older python-dateutil than ours


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    pgserver = pytest.importorskip("pgserver", reason="it has no wheel for this version of Python")
    server = pgserver.get_server(tmp_path_factory.mktemp("postgres"), cleanup_mode="delete")
    yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    server.cleanup()


@pytest.fixture(scope="session")
def object_storage() -> Iterator[str]:
    """The address of a server of S3's kind with an empty bucket `lake`; its packages stay apart from ours."""
    port = free_port()
    command = [Path(sys.executable).with_name("uv"), "tool", "run", "--quiet", "--from", MOTO, "moto_server"]
    address = f"http://127.0.0.1:{port}"
    server = subprocess.Popen([*command, "-H", "127.0.0.1", "-p", str(port)], stderr=subprocess.DEVNULL)
    try:
        for _second in range(120):
            with suppress(httpx.TransportError):
                httpx.put(f"{address}/lake").raise_for_status()
                break
            if server.poll() is not None:
                pytest.skip("the server of object storage could not be fetched")
            time.sleep(1)
        yield address
    finally:
        server.terminate()
        server.wait(30)


@pytest.fixture(params=["sqlite", "postgres"])
def where(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'zone.db'}"
    else:
        server = request.getfixturevalue("postgres")
        name = f"t{time.time_ns()}"
        with create_engine(server, isolation_level="AUTOCOMMIT").connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        url = server.replace("/postgres?", f"/{name}?")
    monkeypatch.setenv("ZONE_DATABASE", url)
    return url
