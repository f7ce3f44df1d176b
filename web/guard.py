"""What every answer of the server goes through: headers for browsers, a log line with nobody in it, calm errors."""

from __future__ import annotations

import logging
import time

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Streamlit, plotly and deck.gl style and evaluate inline; all else comes from this server or from the page itself.
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' ws: wss: data: blob:; "
    "worker-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self'"
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
        """Answer with headers; log the request, never by whom: no address, no query, no code of a room."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        start, status = time.perf_counter(), [500]

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                status[0] = message["status"]
                own = {name.lower() for name, _value in message["headers"]}
                more = [(name, value) for name, value in HEADERS.items() if name not in own]
                message["headers"] = [*message["headers"], *more]
            await send(message)

        try:
            await self.app(scope, receive, send_with_headers)
        except Exception as error:
            from sqlalchemy.exc import SQLAlchemyError

            if not isinstance(error, SQLAlchemyError):
                raise
            _log.error("the database does not answer", extra={"fault": type(error).__name__})
            await JSONResponse(
                {"fault": "The database does not answer. Nothing was stored; try again in a minute."}, 503
            )(scope, receive, send_with_headers)
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
