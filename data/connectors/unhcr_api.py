"""UNHCR's Refugee Population Statistics API: the same items as the raw tables, page by page, as files that the connector reads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pandas as pd

from data.connectors import http_cache
from data.errors import SourceError

BASE = "https://api.unhcr.org/population/v1/"
PAGE = 10_000
# file of the connector -> endpoint, and the columns without which its items are something else
ENDPOINTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "population": ("population", ("year", "coo_iso", "coa_iso", "refugees", "asylum_seekers", "idps", "stateless")),
    "idmc": ("idmc", ("year", "coo_iso", "coa_iso", "total")),
    "unrwa": ("unrwa", ("year", "coo_iso", "coa_iso", "total")),
    "solutions": ("solutions", ("year", "coo_iso", "coa_iso", "returned_refugees", "resettlement", "naturalisation")),
    "asylum_applications": (
        "asylum-applications",
        ("year", "coo_iso", "coa_iso", "procedure_type", "app_type", "dec_level", "app_pc", "applied"),
    ),
    "asylum_decisions": (
        "asylum-decisions",
        ("year", "coo_iso", "coa_iso", "procedure_type", "dec_level", "dec_pc", "dec_recognized"),
    ),
}
WORDS = {
    "coo_iso",
    "coa_iso",
    "coo",
    "coa",
    "coo_name",
    "coa_name",
    "procedure_type",
    "app_type",
    "dec_level",
    "app_pc",
    "dec_pc",
}


def download(name: str, folder: Path, client: httpx.Client | None = None) -> list[str]:
    """Write all of an endpoint's items to folder/name.parquet; returns notes on what is old. Raises SourceError.

    A page that is cut off, is no list of items or lacks a column ends the download: nothing is written then.
    """
    endpoint, needed = ENDPOINTS[name]
    items: list[dict[str, Any]] = []
    page, last, notes = 1, 1, []
    while page <= last:
        query = [
            ("limit", str(PAGE)),
            ("page", str(page)),
            ("coo_all", "true"),
            ("coa_all", "true"),
            ("yearFrom", "1951"),
            ("yearTo", "2100"),
        ]
        got = http_cache.get(
            f"{BASE}{endpoint}/", query=query, kinds=("application/json",), check=_whole, client=client
        )
        found = json.loads(got.path.read_bytes())
        if got.stale:
            notes.append(
                f"UNHCR {endpoint}, page {page}: the server could not be reached; the answer {got.age} was used"
            )
        items += found["items"]
        page, last = page + 1, int(found["maxPages"])
    table = pd.DataFrame(items)
    lacking = [column for column in needed if column not in table]
    if lacking:
        raise SourceError(
            f"UNHCR {endpoint}",
            f"the answer lacks the column '{lacking[0]}'",
            hint="UNHCR changed its tables; mend the connector",
        )
    for column in set(table.columns) - WORDS:
        table[column] = pd.to_numeric(table[column], errors="coerce")
    folder.mkdir(parents=True, exist_ok=True)
    table.to_parquet(folder / f"{name}.parquet", index=False)
    return notes


def _whole(content: bytes) -> None:
    found = json.loads(content)
    if not isinstance(found, dict) or not isinstance(found.get("items"), list) or "maxPages" not in found:
        raise ValueError("the answer is no page of UNHCR's items")
