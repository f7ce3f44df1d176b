"""What is answered where this server's own storage fails: 503 and a sentence, on every address beside the pages."""

from __future__ import annotations

import logging
from collections.abc import Callable

from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from data.errors import storage_fault
from data.translation import N_

SENTENCES = {
    "database": N_("The database does not answer. Nothing was stored; try again in a minute."),
    "damaged": N_("The database of this server is damaged. Nothing was stored; its owner must put back a backup."),
    "disk": N_("The disk of this server does not take or give what was asked for. Nothing was changed."),
}


def unavailable(_request: Request, error: Exception) -> Response:
    """The answer; the log says which fault it was, and nothing of what people entered."""
    kind = storage_fault(error)
    logging.getLogger("zone.faults").error("storage fails: %s", kind, extra={"fault": type(error).__name__})
    headers = {"Cache-Control": "no-store", "Retry-After": "60"}
    return JSONResponse({"fault": SENTENCES[kind]}, 503, headers)


HANDLERS: dict[type[Exception], Callable[[Request, Exception], Response]] = {
    SQLAlchemyError: unavailable,
    OSError: unavailable,
}
