"""Asking other people's servers: known hosts only, with our name, not too often, and nothing twice.

What was fetched stays in a cache with its ETag; a server that cannot be reached leaves what is cached in use, and says how old.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential

from data.catalogue import local_folder
from data.errors import SourceError
from data.files import write

HOSTS = (
    "overpass-api.de",
    "api.unhcr.org",
    "ec.europa.eu",
    "gisco-services.ec.europa.eu",
    "download.geofabrik.de",
    "raw.githubusercontent.com",
)
AGENT = "ZoneOfSocialCreativity/1.0 (open-source city dashboard; +https://github.com/zone-of-social-creativity)"
TRIES, WAIT_S, LONGEST_WAIT_S, PAUSE_S = 4, 2.0, 120.0, 1.0
MOST_BYTES = 2_000_000_000  # of answers in the cache
_last: dict[str, float] = {}


@dataclass(frozen=True)
class CachedResponse:
    """A file as fetched. stale: the server could not be reached and this is what an earlier visit left."""

    path: Path
    fetched: datetime
    stale: bool

    @property
    def age(self) -> str:
        """How old it is, in words."""
        days = (datetime.now(UTC) - self.fetched).days
        return "fetched today" if days < 1 else "fetched yesterday" if days == 1 else f"fetched {days} days ago"


class _Again(Exception):
    """Worth another try; wait_s as the server asks."""

    def __init__(self, what: str, wait_s: float | None = None) -> None:
        super().__init__(what)
        self.wait_s = wait_s


def check_host(address: str) -> None:
    """Raise SourceError unless the address is https on a host of HOSTS (ZONE_HOSTS names more, also plain http: a mirror in the house)."""
    asked, more = urlsplit(address), settings().hosts.split()
    ours = asked.scheme == "https" and asked.hostname in HOSTS and asked.port in (None, 443)
    if not ours and asked.netloc not in more:
        raise SourceError(
            address, "this host is not among those the app asks", hint="Add it to ZONE_HOSTS if you trust it"
        )


def get(
    address: str,
    *,
    query: Iterable[tuple[str, str]] = (),
    form: dict[str, str] | None = None,
    kinds: tuple[str, ...] = (),
    check: Callable[[bytes], None] = lambda _content: None,
    client: httpx.Client | None = None,
) -> CachedResponse:
    """Fetch a file into the cache, or prove that the cached one is still right.

    kinds: content types that the answer may have. check raises ValueError on an answer that is not what was asked for;
    then, as after any fault, the cached file stays. Raises SourceError if there is nothing cached either.
    """
    check_host(address)
    place = _place(address, query, form)
    known = _known(place)
    opened = client or httpx.Client(timeout=httpx.Timeout(30.0, read=300.0), follow_redirects=False)
    tries = Retrying(
        stop=stop_after_attempt(TRIES),
        wait=_patience(),
        retry=retry_if_exception_type((_Again, httpx.TransportError)),
        reraise=True,
    )
    try:
        content, tag = tries(
            _ask, opened, address, list(query), form, known.get("etag", "") if place.exists() else "", kinds, check
        )
    except (_Again, httpx.HTTPError, ValueError) as fault:
        if place.exists() and known:
            return CachedResponse(place, datetime.fromisoformat(known["fetched"]), stale=True)
        raise SourceError(
            address.split("?")[0],
            f"it cannot be fetched ({str(fault) or type(fault).__name__})",
            hint="What was stored before stays in use; try again later",
        ) from fault
    finally:
        if client is None:
            opened.close()
    now = datetime.now(UTC)
    if content is not None:
        write(place, content)
    write(
        place.with_suffix(".json"), json.dumps({"address": address, "etag": tag, "fetched": now.isoformat()}).encode()
    )
    _prune(place)
    return CachedResponse(place, now, stale=False)


def _patience() -> Callable[[RetryCallState], float]:
    usual = wait_exponential(WAIT_S, max=LONGEST_WAIT_S)

    def wait(state: RetryCallState) -> float:
        fault = state.outcome.exception() if state.outcome else None
        asked = fault.wait_s if isinstance(fault, _Again) else None
        return usual(state) if asked is None else min(asked, LONGEST_WAIT_S)

    return wait


def _ask(
    client: httpx.Client,
    address: str,
    query: list[tuple[str, str]],
    form: dict[str, str] | None,
    tag: str,
    kinds: tuple[str, ...],
    check: Callable[[bytes], None],
) -> tuple[bytes | None, str]:
    """One try: content and ETag; no content where the server says that nothing changed."""
    host = urlsplit(address).netloc
    time.sleep(
        max(0.0, _last.get(host, 0.0) + PAUSE_S - time.monotonic()) if urlsplit(address).hostname in HOSTS else 0.0
    )
    headers = {"User-Agent": AGENT} | ({"If-None-Match": tag} if tag else {})
    answer = client.request(
        "POST" if form else "GET", address, params=cast(Any, query) or None, data=form, headers=headers
    )
    _last[host] = time.monotonic()
    if answer.status_code == 304:
        return None, tag
    if answer.status_code == 429 or answer.status_code >= 500:
        raise _Again(f"the server says {answer.status_code}", _retry_after(answer.headers.get("Retry-After", "")))
    if answer.status_code != 200:
        raise ValueError(f"the server says {answer.status_code}")
    length = answer.headers.get("Content-Length", "")
    if length.isdigit() and "Content-Encoding" not in answer.headers and int(length) != len(answer.content):
        raise _Again(f"{len(answer.content):,} of {int(length):,} bytes came")
    kind = answer.headers.get("Content-Type", "").split(";")[0].strip().lower()
    if kinds and kind not in kinds:
        raise ValueError(f"the answer is {kind or 'of no type'}, not {' or '.join(kinds)}")
    check(answer.content)
    return answer.content, answer.headers.get("ETag", "")


def _retry_after(said: str) -> float | None:
    """Seconds that a server asks to wait, given as seconds or as a date."""
    if said.strip().isdigit():
        return float(said)
    try:
        return max(0.0, (parsedate_to_datetime(said) - datetime.now(UTC)).total_seconds()) if said else None
    except (TypeError, ValueError):
        return None


def _place(address: str, query: Iterable[tuple[str, str]], form: dict[str, str] | None) -> Path:
    word = hashlib.sha256(json.dumps([address, list(query), form]).encode()).hexdigest()[:20]
    return local_folder() / "fetched" / f"{word}.bin"


def _known(place: Path) -> dict[str, str]:
    try:
        return dict(json.loads(place.with_suffix(".json").read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def _prune(newest: Path) -> None:
    """At most MOST_BYTES of answers stay: those asked for longest ago leave first, and with them their fallback."""
    found: list[tuple[float, int, Path]] = []
    for answer in (local_folder() / "fetched").glob("*.bin"):
        with suppress(OSError):  # somebody else may be pruning too
            found.append((answer.with_suffix(".json").stat().st_mtime, answer.stat().st_size, answer))
    kept = 0
    for _asked, size, answer in sorted(found, reverse=True):
        kept += size
        if kept > MOST_BYTES and answer != newest:
            answer.unlink(missing_ok=True)
            answer.with_suffix(".json").unlink(missing_ok=True)
