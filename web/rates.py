"""How fast one client may ask: buckets of tokens by address, in memory only, never logged.

Our own thirty lines rather than slowapi: that limits FastAPI's routes one by one, and what starves a server here are
messages of one websocket, uploads and phones that join, which it does not see. deploy/nginx.conf limits before that.
"""

from __future__ import annotations

import time
from ipaddress import ip_address
from threading import Lock

from cachetools import LRUCache
from starlette.types import Scope


def client(scope: Scope) -> str:
    """Whom to count: the address that uvicorn or its proxy saw; of IPv6 the /64, which is one household or office."""
    host = (scope.get("client") or ("", 0))[0]
    try:
        address = ip_address(host)
    except ValueError:
        return str(host)
    return host if address.version == 4 else address.exploded[:19]


class Rates:
    """Buckets that hold `burst` tokens and gain `per_s` a second, for up to 10,000 clients."""

    def __init__(self, burst: float, per_s: float) -> None:
        self.burst, self.per_s = burst, per_s
        self._lock = Lock()
        self._left: LRUCache[str, tuple[float, float]] = LRUCache(10_000)

    def wait(self, client: str, tokens: float = 1.0) -> float:
        """Take tokens: 0 where they were there, else seconds until they will be; then none are taken."""
        with self._lock:
            now = time.monotonic()
            left, since = self._left.get(client, (self.burst, now))
            left = min(self.burst, left + (now - since) * self.per_s)
            enough = left >= min(tokens, self.burst)
            self._left[client] = (left - tokens if enough else left, now)
            return 0.0 if enough else (tokens - left) / self.per_s

    def charge(self, client: str, tokens: float) -> None:
        """Take tokens for what has been done already, into debt if need be."""
        with self._lock:
            now = time.monotonic()
            left, since = self._left.get(client, (self.burst, now))
            self._left[client] = (min(self.burst, left + (now - since) * self.per_s) - tokens, now)
