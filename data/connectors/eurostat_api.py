"""Eurostat's dissemination API (JSON-stat 2.0): fetch a dataset, decode it with its flags."""

from __future__ import annotations

import itertools
from typing import Any, TypeAlias

import httpx
import pandas as pd
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential

from data.errors import SourceError

BASE = "https://ec.europa.eu/eurostat/api/dissemination/statistics/1.0/data/"
FLAGS = {
    "b": "break in series",
    "u": "low reliability",
    "c": "confidential",
    "e": "estimated",
    "p": "provisional",
    "d": "definition differs",
    "n": "not significant",
    "z": "not applicable",
    "s": "Eurostat estimate",
}

Query: TypeAlias = "list[tuple[str, str | int | float | bool | None]]"


def decode(name: str, content: dict[str, Any]) -> pd.DataFrame:
    """One row a published or flagged cell of a JSON-stat 2.0 dataset: its dimensions' codes, value, flag.

    value is empty where the publisher gives only a flag (':c'); cells with neither are left out, never zero. Raises
    SourceError if the answer is an error or not a dataset.
    """
    if "error" in content:
        label = content["error"][0].get("label", "unknown error")
        raise SourceError(name, f"Eurostat refused the question ({label})", hint="Check the dataset's code and filters")
    missing = [key for key in ("id", "size", "dimension", "value") if key not in content]
    if missing:
        raise SourceError(
            name, f"the answer is no JSON-stat dataset: it lacks {', '.join(missing)}", hint="Try again later"
        )
    codes = []
    for dimension in content["id"]:
        index = content["dimension"][dimension]["category"]["index"]
        codes.append(index if isinstance(index, list) else sorted(index, key=index.__getitem__))
    cells = pd.DataFrame(list(itertools.product(*codes)), columns=content["id"])
    if [len(part) for part in codes] != list(content["size"]):
        raise SourceError(name, "the dimensions do not fit their sizes", hint="Try again later")
    cells["value"] = _spread(content["value"], len(cells)).astype("float64")
    status = content.get("status", {})
    flags = pd.Series(status, index=cells.index) if isinstance(status, str) else _spread(status, len(cells))
    cells["flag"] = flags.fillna("").astype(str)
    return cells[cells["value"].notna() | (cells["flag"] != "")].reset_index(drop=True)


def _spread(values: list[Any] | dict[str, Any], size: int) -> pd.Series:
    """JSON-stat writes cells as a full list or as a map by position."""
    if isinstance(values, list):
        return pd.Series(values, dtype=object)
    return pd.Series({int(place): value for place, value in values.items()}, dtype=object).reindex(range(size))


def fetch(
    dataset: str, client: httpx.Client | None = None, wait_s: float = 1.0, **filters: str | list[str]
) -> pd.DataFrame:
    """A dataset from Eurostat, narrowed by dimension codes. Tries four times; raises SourceError if it cannot be had."""
    query: Query = [("format", "JSON"), ("lang", "EN")]
    query += [(key, one) for key, value in filters.items() for one in ([value] if isinstance(value, str) else value)]
    tries = Retrying(
        stop=stop_after_attempt(4),
        wait=wait_exponential(wait_s, max=20),
        reraise=True,
        retry=retry_if_exception_type((httpx.TransportError, httpx.HTTPStatusError)),
    )
    opened = client or httpx.Client(timeout=60, follow_redirects=True)
    try:
        answer = tries(_get, opened, BASE + dataset, query)
        return decode(dataset, answer.json())
    except (httpx.HTTPError, ValueError) as fault:
        raise SourceError(
            dataset,
            f"Eurostat cannot be reached ({type(fault).__name__})",
            hint="The tables shipped or stored before stay in use; try again when online",
        ) from fault
    finally:
        if client is None:
            opened.close()


def _get(client: httpx.Client, address: str, query: Query) -> httpx.Response:
    answer = client.get(address, params=query)
    if answer.status_code >= 500 or answer.status_code == 429:
        answer.raise_for_status()  # worth another try; a 400 carries Eurostat's own explanation
    return answer
