"""Whether this server is well, for whoever watches over it: /healthz."""

from __future__ import annotations

import shutil

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

import data
from data.catalogue import local_catalogue_error, local_folder
from data.store.database import engine

MIN_FREE_BYTES = 200_000_000  # on the disk of the local folder


def health(_request: Request) -> JSONResponse:
    """200 where everything answers, 503 with what does not; figures are served while the database is away."""
    checks = {
        "tables": "ok" if data.catalogue() else "none",
        "local": local_catalogue_error() or "ok",
        "database": "ok",
        "disk": "ok",
    }
    try:
        with engine().connect() as connection:
            connection.execute(text("SELECT 1"))
    except (SQLAlchemyError, OSError) as error:
        checks["database"] = f"does not answer ({type(error).__name__})"
    folder = local_folder()
    if folder.exists() and shutil.disk_usage(folder).free < MIN_FREE_BYTES:
        checks["disk"] = "nearly full"
    well = all(state == "ok" for state in checks.values())
    return JSONResponse(
        {"status": "ok" if well else "degraded", **checks, "version": data.version()},
        200 if well else 503,
        headers={"Cache-Control": "no-store"},
    )


app = Starlette(routes=[Route("/healthz", health)])
