"""What every answer of the server goes through: headers that browsers heed, one line of log without anybody in it, faults said calmly."""

from __future__ import annotations

import logging
import time

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Streamlit, plotly and deck.gl style and evaluate inline; everything else comes from this server or from the page itself.
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self' data:; connect-src 'self' ws: wss: data: blob:; worker-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self'"
)
HEADERS = {
    b"content-security-policy": POLICY.encode(),
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"no-referrer",
    b"permissions-policy": b"camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    b"cross-origin-opener-policy": b"same-origin",
}
_log = logging.getLogger("zone.access")


class Guard:
    """Middleware around the whole app."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with headers; log what was asked, never by whom: no address, no query, no code of a room."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        start, status = time.perf_counter(), [500]

        async def headed(message: Message) -> None:
            if message["type"] == "http.response.start":
                status[0] = message["status"]
                known = {name.lower() for name, _value in message["headers"]}
                message["headers"] = [
                    *message["headers"],
                    *((name, value) for name, value in HEADERS.items() if name not in known),
                ]
            await send(message)

        try:
            await self.app(scope, receive, headed)
        except Exception as fault:
            from sqlalchemy.exc import SQLAlchemyError

            if not isinstance(fault, SQLAlchemyError):
                raise
            _log.error("the database does not answer", extra={"fault": type(fault).__name__})
            await JSONResponse(
                {"fault": "The database does not answer. Nothing was stored; try again in a minute."}, 503
            )(scope, receive, headed)
        finally:
            part = "/" + scope["path"].strip("/").split("/")[0]
            _log.info(
                "answered",
                extra={
                    "method": scope["method"],
                    "part": part,
                    "status": status[0],
                    "ms": round(1000 * (time.perf_counter() - start)),
                },
            )
