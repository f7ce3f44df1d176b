"""Whether this server is well, for whoever watches over it: /healthz."""

from __future__ import annotations

import shutil
import time
from functools import lru_cache

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

import data
from data.catalogue import local_catalogue_error, local_folder
from data.errors import DataError, storage_fault
from data.store import database
from web.faults import HANDLERS

MIN_FREE_BYTES = 200_000_000  # on the disk of the local folder
CHECK_S = 60  # seconds between two readings of the whole database


def checks() -> dict[str, str]:
    """Each part of the installation with "ok" or what is wrong with it. Raises DataError for an unfit setting."""
    states = {"tables": tables(), "local": local_catalogue_error() or "ok", "database": "ok", "disk": "ok"}
    try:
        with database.engine().connect() as connection:
            connection.execute(text("SELECT 1"))
        if is_torn(round(time.monotonic() / CHECK_S)):
            states["database"] = "damaged"
    except (SQLAlchemyError, OSError) as error:
        is_damaged = storage_fault(error) == "damaged"
        states["database"] = "damaged" if is_damaged else f"does not answer ({type(error).__name__})"
    folder = local_folder()
    if folder.exists() and shutil.disk_usage(folder).free < MIN_FREE_BYTES:
        states["disk"] = "nearly full"
    return states


def health(_request: Request) -> JSONResponse:
    """200 where everything answers, 503 with what does not; figures are served while the database is away."""
    states = checks()
    well = all(state == "ok" for state in states.values())
    return JSONResponse(
        {"status": "ok" if well else "degraded", **states, "version": data.version()},
        200 if well else 503,
        headers={"Cache-Control": "no-store"},
    )


def tables() -> str:
    """'ok', or which tables' files are not what the catalogue says; each is read once a version."""
    broken = []
    for place, name in sorted(data.catalogue()):
        try:
            data.verify(data.entry(name, place))
        except DataError:
            broken.append(f"{place}/{name}")
    return f"broken: {', '.join(broken)}" if broken else "ok" if data.catalogue() else "none"


@lru_cache(maxsize=1)
def is_torn(_minute: int) -> bool:
    """Whether the database's file is torn; looked for once in CHECK_S."""
    return bool(database.damage())


app = Starlette(routes=[Route("/healthz", health)], exception_handlers=HANDLERS)
