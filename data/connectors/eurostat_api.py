"""Eurostat's dissemination API (JSON-stat 2.0): fetch a dataset, decode it with its flags."""

from __future__ import annotations

import itertools
import json
from typing import Any

import httpx
import pandas as pd

from data.connectors import http_cache
from data.errors import SourceError

BASE = "https://ec.europa.eu/eurostat/api/dissemination/statistics/1.0/data/"


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
    flags = flags.fillna("").astype(str)
    cells["flag"] = flags.str.replace(":", "", regex=False)
    return cells[cells["value"].notna() | (flags != "")].reset_index(drop=True)


def _spread(values: list[Any] | dict[str, Any], size: int) -> pd.Series:
    """JSON-stat writes cells as a full list or as a map by position."""
    if isinstance(values, list):
        return pd.Series(values, dtype=object)
    return pd.Series({int(place): value for place, value in values.items()}, dtype=object).reindex(range(size))


def fetch(dataset: str, client: httpx.Client | None = None, **filters: str | list[str]) -> pd.DataFrame:
    """A yearly dataset, narrowed by dimension codes, as `decode` gives it and with year. Raises SourceError."""
    query = [("format", "JSON"), ("lang", "EN")]
    for dimension, codes in filters.items():
        query += [(dimension, code) for code in ([codes] if isinstance(codes, str) else codes)]

    def check(content: bytes) -> None:
        decode(dataset, json.loads(content))

    # Eurostat says in the body of a refusal (400) what was wrong with the question.
    response = http_cache.get(BASE + dataset, query=query, statuses=(200, 400), check=check, client=client)
    response.require_fresh(dataset)
    cells = decode(dataset, json.loads(response.path.read_bytes()))
    return cells.assign(year=cells["time"].astype(int))
