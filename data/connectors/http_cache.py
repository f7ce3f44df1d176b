"""Asking other people's servers: known hosts only, with our name, not too often, and nothing twice.

What was fetched stays in a cache with its ETag; where a server cannot be reached, what is cached is used, with its age.
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
from uuid import uuid4

import httpx
from tenacity import RetryCallState, retry, retry_if_exception_type, stop_after_attempt, wait_exponential

from data.catalogue import local_folder
from data.errors import SourceError
from data.files import write
from data.settings import settings
from data.translation import N_, Sentence, as_part

HOSTS = (
    "overpass-api.de",
    "api.unhcr.org",
    "ec.europa.eu",
    "gisco-services.ec.europa.eu",
    "download.geofabrik.de",
    "media.githubusercontent.com",
    "geodata-eu-central-1-kontur-public.s3.amazonaws.com",
    "data.worldpop.org",
    "jeodpp.jrc.ec.europa.eu",
)
AGENT = "ZoneOfSocialCreativity/1.0 (open-source city dashboard; +https://github.com/zone-of-social-creativity)"
TRIES, WAIT_S, LONGEST_WAIT_S, PAUSE_S = 4, 2.0, 120.0, 1.0
MOST_BYTES = 2_000_000_000  # of answers in the cache
LARGEST_BYTES = 8_000_000_000  # of one answer; it goes to the disk as it comes
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
        if days > 1:
            return N_("fetched {n} days ago", n=days)
        return N_("fetched yesterday") if days == 1 else N_("fetched today")

    def require_fresh(self, source: str) -> None:
        """Raise SourceError if the server could not be reached: what it said earlier is no news."""
        if self.stale:
            what = N_("the server could not be reached; what is cached was {age}", age=as_part(self.age))
            raise SourceError(source, what, hint=N_("Try again later"))


class _RetryError(Exception):
    """Worth another try; wait_s as the server asks."""

    def __init__(self, what: str, wait_s: float | None = None) -> None:
        super().__init__(what)
        self.wait_s = wait_s


def check_host(address: str) -> None:
    """Raise SourceError unless the address is https on a host of HOSTS or, also by plain http, on one of ZONE_HOSTS."""
    parts = urlsplit(address)
    listed = parts.scheme == "https" and parts.hostname in HOSTS and parts.port in (None, 443)
    if not listed and parts.netloc not in settings().hosts.split():
        raise SourceError(
            address, N_("this host is not among those the app asks"), hint=N_("Add it to ZONE_HOSTS if you trust it")
        )


def get(
    address: str,
    *,
    query: Iterable[tuple[str, str]] = (),
    form: dict[str, str] | None = None,
    kinds: tuple[str, ...] = (),
    statuses: tuple[int, ...] = (200,),
    check: Callable[[bytes], None] | None = None,
    client: httpx.Client | None = None,
) -> CachedResponse:
    """Fetch a file into the cache, or prove that the cached one is still right.

    kinds: content types that the answer may have, statuses: those whose content is an answer. check raises ValueError
    on an answer that is not what was asked for (it gets the whole answer, so give none for large ones); then, as after
    any fault, the cached file stays. Raises SourceError if there is nothing cached either.
    """
    check_host(address)
    query = list(query)
    name = hashlib.sha256(json.dumps([address, query, form]).encode()).hexdigest()[:20]
    path = local_folder() / "fetched" / f"{name}.bin"
    cached = _cached(path)
    headers = {"User-Agent": AGENT}
    if tag := cached.get("etag", ""):
        headers["If-None-Match"] = tag
        statuses = (*statuses, 304)
    session = client or httpx.Client(timeout=httpx.Timeout(30.0, read=300.0), follow_redirects=False)
    method, parameters = "POST" if form else "GET", cast(Any, query) or None
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{uuid4().hex}.part")
    try:
        request = session.build_request(method, address, params=parameters, data=form, headers=headers)
        response = _send(session, request, statuses, kinds, draft)
        if response.status_code != 304:  # not changed since
            if check is not None:
                check(draft.read_bytes())
            os.replace(draft, path)
            tag = response.headers.get("ETag", "")
    except (_RetryError, httpx.HTTPError, ValueError) as error:
        if cached:
            return CachedResponse(path, datetime.fromisoformat(cached["fetched"]), stale=True)
        raise SourceError(
            address.split("?")[0],
            N_(
                "it cannot be fetched ({reason})", reason=as_part(error.args[0]) if str(error) else type(error).__name__
            ),
            hint=N_("What was stored before stays in use; try again later"),
        ) from error
    finally:
        draft.unlink(missing_ok=True)
        if client is None:
            session.close()
    now = datetime.now(UTC)
    about = {"address": address, "etag": tag, "fetched": now.isoformat()}
    write(path.with_suffix(".json"), json.dumps(about).encode())
    _prune(path)
    return CachedResponse(path, now, stale=False)


def _wait(state: RetryCallState) -> float:
    """Seconds before the next try: as long as the server asks, else longer each time."""
    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, _RetryError) and error.wait_s is not None:
        return min(error.wait_s, LONGEST_WAIT_S)
    return wait_exponential(WAIT_S, max=LONGEST_WAIT_S)(state)


@retry(
    stop=stop_after_attempt(TRIES),
    wait=_wait,
    retry=retry_if_exception_type((_RetryError, httpx.TransportError)),
    reraise=True,
)
def _send(
    session: httpx.Client, request: httpx.Request, statuses: tuple[int, ...], kinds: tuple[str, ...], draft: Path
) -> httpx.Response:
    """One try, a pause after the last one at the same server; the answer's content goes into the file `draft`."""
    host = request.url.netloc.decode()
    if request.url.host in HOSTS:
        time.sleep(max(0.0, _last.get(host, 0.0) + PAUSE_S - time.monotonic()))
    response = session.send(request, stream=True)
    try:
        status, headers = response.status_code, response.headers
        if status == 429 or status >= 500:
            raise _RetryError(
                N_("the server says {status}", status=status), _retry_after(headers.get("Retry-After", ""))
            )
        if status not in statuses:
            raise ValueError(N_("the server says {status}", status=status))
        if status == 304:
            return response
        kind = headers.get("Content-Type", "").split(";")[0].strip().lower()
        none = Sentence(N_("of no type"))
        other_kind = N_("the answer is {kind}, not {kinds}", kind=kind or none, kinds=", ".join(kinds))
        if kinds and kind and kind not in kinds:
            raise ValueError(other_kind)
        length, came = headers.get("Content-Length", ""), 0
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            for chunk in response.iter_bytes():
                came += file.write(chunk)
                if came > LARGEST_BYTES:
                    raise ValueError(N_("the answer is larger than {most:,} bytes", most=LARGEST_BYTES))
        if length.isdigit() and "Content-Encoding" not in headers and int(length) != came:
            raise _RetryError(N_("{came:,} of {all:,} bytes came", came=came, all=int(length)))
        if kinds and not kind:
            raise ValueError(other_kind)
        return response
    finally:
        response.close()
        _last[host] = time.monotonic()


def _retry_after(value: str) -> float | None:
    """Seconds that a server asks to wait, given as seconds or as a date."""
    if value.strip().isdigit():
        return float(value)
    try:
        return max(0.0, (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds()) if value else None
    except (TypeError, ValueError):
        return None


def _cached(path: Path) -> dict[str, str]:
    """What is known of a cached answer; nothing if it or its description is not there."""
    try:
        return dict(json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))) if path.exists() else {}
    except (OSError, ValueError):
        return {}


def _prune(newest: Path) -> None:
    """At most MOST_BYTES of answers stay: those asked for longest ago leave first, and with them their fallback."""
    answers: list[tuple[float, int, Path]] = []
    for path in newest.parent.glob("*.bin"):
        with suppress(OSError):  # somebody else may be pruning too
            answers.append((path.with_suffix(".json").stat().st_mtime, path.stat().st_size, path))
    total = 0
    for _last_used, size, path in sorted(answers, reverse=True):
        total += size
        if total > MOST_BYTES and path != newest:
            path.unlink(missing_ok=True)
            path.with_suffix(".json").unlink(missing_ok=True)
