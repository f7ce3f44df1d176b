"""One answer of another server, kept nowhere: from hosts on the list only, no redirect, so many bytes and seconds."""

from __future__ import annotations

import time
import zlib
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

import httpx

from data.connectors.http_cache import AGENT, check_host
from data.errors import SourceError
from data.translation import N_

HEADERS = {"User-Agent": AGENT, "Accept-Encoding": "gzip"}
WITHIN_S = 10.0  # of a whole answer
TIMEOUT = httpx.Timeout(10.0, connect=5.0)


def short(address: str) -> str:
    """An address without what it asks, as sentences name it."""
    return address.split("?")[0][:200]


def ask(
    address: str,
    query: Mapping[str, str],
    most: int,
    client: httpx.Client | None = None,
    *,
    accept: str = "*/*",
    smaller: str = "Choose a smaller layer",
) -> bytes:
    """The answer to a question, of `most` bytes; what the address asks already stays in it. Raises SourceError.

    accept: media types that are wanted. smaller: what a reader can do where the answer is too large.
    """
    try:
        if urlsplit(address).scheme not in ("http", "https"):
            raise ValueError
        check_host(address)
        asked = httpx.URL(address).copy_merge_params(dict(query))
    except (ValueError, httpx.InvalidURL):
        raise SourceError(short(address), N_("this is no address"), hint=N_("Write https://host/path")) from None
    session = client or httpx.Client(timeout=TIMEOUT, follow_redirects=False)
    content, until = bytearray(), time.monotonic() + WITHIN_S
    try:
        with session.stream(
            "GET", asked, headers={"User-Agent": AGENT, "Accept": accept, "Accept-Encoding": "gzip"}
        ) as answer:
            if answer.status_code != 200:
                what = N_("its server answered {status_code}", status_code=answer.status_code)
                raise SourceError(short(address), what, hint=N_("Look at the address"))
            for part in _decoded(answer, address, most):
                content += part
                if time.monotonic() > until:
                    raise httpx.ReadTimeout("too slow")
                if len(content) > most:
                    raise SourceError(
                        short(address), N_("the answer is larger than {most:,} bytes", most=most), hint=smaller
                    )
    except httpx.HTTPError as fault:
        what = N_("it cannot be reached ({reason})", reason=str(fault)[:100] or type(fault).__name__)
        raise SourceError(short(address), what, hint=N_("Try again later")) from fault
    finally:
        if client is None:
            session.close()
    return bytes(content)


def _decoded(answer: httpx.Response, address: str, most: int) -> Iterator[bytes]:
    """An answer in parts, unpacked once and never to more than `most` bytes and one. Raises SourceError."""
    encoding = answer.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in ("identity", "gzip"):
        what = N_("the answer is packed in a way that was not asked for ('{encoding}')", encoding=encoding[:40])
        raise SourceError(short(address), what, hint=N_("Look at the address"))
    unpack = zlib.decompressobj(wbits=31) if encoding == "gzip" else None
    for part in answer.iter_raw():
        try:
            yield unpack.decompress(part, most + 1) if unpack else part
        except zlib.error:
            raise SourceError(short(address), N_("the answer is damaged"), hint=N_("Try again later")) from None
