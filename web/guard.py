"""What every request goes through: rates, headers for browsers, a log line with nobody in it, calm errors."""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import Iterable

from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from data.errors import storage_fault
from data.settings import settings
from web.rates import Rates, client

# Streamlit, plotly and deck.gl style and evaluate inline; all else comes from this server or from the page itself.
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; "
    "worker-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
)
HEADERS = {
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"no-referrer",
    b"permissions-policy": b"camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    b"cross-origin-opener-policy": b"same-origin",
}
YEAR_S = 365 * 24 * 3600
UPLOADS = "/_stcore/upload_file/"
# By the beginning of the path. A hundred phones or desks of one house may share an address.
RATES = {
    "/api/features": Rates(burst=400, per_s=20),  # a map program asks twice for every layer, and again as it moves
    "/api": Rates(burst=60, per_s=5),
    "/join": Rates(burst=1500, per_s=400),  # each phone asks every two seconds what is shown
    "/s/": Rates(burst=60, per_s=5),
    "/maps/search": Rates(burst=60, per_s=10),  # a question for each few letters typed
    "/healthz": Rates(burst=30, per_s=2),
    UPLOADS: Rates(burst=20, per_s=1),
    "/_stcore/stream": Rates(burst=150, per_s=3),  # new websockets
}
MESSAGES = Rates(burst=60, per_s=10)  # of one websocket; more than that waits
DELAY_S = 1.0  # before a refusal, so that a loop that heeds none costs little
_log = logging.getLogger("zone.access")


class Guard:
    """Middleware around the whole app."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Limit, answer with headers, log; never by whom: no address, no query, no code of a room."""
        if scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A page's connection: one that floods waits for its own messages, and the socket with it."""
        if _wait(scope):
            await receive()
            await send({"type": "websocket.close", "code": 1013})
            return
        own = str(id(receive))

        async def receive_in_time() -> Message:
            message = await receive()
            while message["type"] == "websocket.receive" and (wait_s := MESSAGES.wait(own)):
                await asyncio.sleep(wait_s)
            return message

        await self.app(scope, receive_in_time, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        start, status, is_https = time.perf_counter(), 0, scope["scheme"] == "https"

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = list(_with_headers(message["headers"], is_https))
            await send(message)

        async def answer(status: int, fault: str, **headers: str) -> None:
            await JSONResponse({"fault": fault}, status, headers)(scope, receive, send_with_headers)

        try:
            if wait_s := _wait(scope):
                seconds = str(math.ceil(wait_s))
                await asyncio.sleep(DELAY_S)
                await answer(429, f"Too many requests from one place. Wait {seconds} s.", **{"Retry-After": seconds})
            elif scope["path"].startswith(UPLOADS) and scope["method"] == "PUT":
                from views.uploads import accepted  # with streamlit's runtime, which only pages need

                with accepted(scope["path"].removeprefix(UPLOADS).split("/")[0], _length(scope)) as fault:
                    await (answer(403, fault) if fault else self.app(scope, receive, send_with_headers))
            else:
                await self.app(scope, receive, send_with_headers)
        except ClientDisconnect:
            pass
        except Exception as error:
            if kind := storage_fault(error):
                _log.error("storage fails: %s", kind, extra={"fault": type(error).__name__})
            else:
                _log.exception("failed")
            if not status:
                await answer(503 if kind else 500, "This server could not answer. Nothing was stored; try again later.")
        finally:
            fields = {
                "method": scope["method"],
                "part": "/" + scope["path"].strip("/").split("/")[0],
                "status": status or 500,
                "ms": round(1000 * (time.perf_counter() - start)),
            }
            _log.info("answered", extra=fields)


def _wait(scope: Scope) -> float:
    """Seconds that this client has to wait before it asks again, 0 if none."""
    rates = next((rates for part, rates in RATES.items() if scope["path"].startswith(part)), None)
    return rates.wait(client(scope)) if rates else 0.0


def _length(scope: Scope) -> int:
    """Bytes that a request says it has; -1 if it does not say."""
    length = dict(scope["headers"]).get(b"content-length", b"")
    return int(length[:18]) if length.isdigit() else -1


def _with_headers(headers: Iterable[tuple[bytes, bytes]], is_https: bool) -> Iterable[tuple[bytes, bytes]]:
    """An answer's headers with ours; behind TLS its cookies go nowhere else, and browsers come by TLS for a year."""
    more = {b"content-security-policy": f"{POLICY} {settings().embed}".strip().encode(), **HEADERS}
    if is_https:
        more[b"strict-transport-security"] = f"max-age={YEAR_S}".encode()
    for name, value in headers:
        more.pop(name.lower(), None)
        if is_https and name.lower() == b"set-cookie" and b"; secure" not in value.lower():
            value += b"; Secure"
        yield name, value
    yield from more.items()
