"""UNHCR's Refugee Population Statistics API: the raw tables' items, page by page, as files that the connector reads."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
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
TEXTS = {"coo", "coa", "coo_iso", "coa_iso", "coo_name", "coa_name"}
TEXTS |= {"procedure_type", "app_type", "dec_level", "app_pc", "dec_pc"}


def downloader(make: Callable[[Path], pd.DataFrame], *files: str) -> Callable[[str, httpx.Client | None], pd.DataFrame]:
    """How a table of the UNHCR connector is made from the API's items in place of raw files."""

    def download(_place: str, client: httpx.Client | None) -> pd.DataFrame:
        with TemporaryDirectory(prefix="zone-unhcr-") as folder:
            for file in files:
                items(file, client).to_parquet(Path(folder) / f"{file}.parquet", index=False)
            return make(Path(folder))

    return download


def items(name: str, client: httpx.Client | None = None) -> pd.DataFrame:
    """All of an endpoint's items in the raw table's columns. Raises SourceError.

    A page that breaks off, is no list of items, lacks a column or cannot be fetched anew ends the download.
    """
    endpoint, required = ENDPOINTS[name]
    rows: list[dict[str, Any]] = []
    page, last = 1, 1
    fixed = {"limit": str(PAGE), "coo_all": "true", "coa_all": "true", "yearFrom": "1951", "yearTo": "2100"}
    while page <= last:
        query = (fixed | {"page": str(page)}).items()
        response = http_cache.get(
            f"{BASE}{endpoint}/", query=query, kinds=("application/json",), check=check_page, client=client
        )
        response.require_fresh(f"UNHCR {endpoint}, page {page}")
        content = json.loads(response.path.read_bytes())
        rows += content["items"]
        page, last = page + 1, int(content["maxPages"])
    table = pd.DataFrame(rows)
    lacking = [column for column in required if column not in table]
    if lacking:
        raise SourceError(
            f"UNHCR {endpoint}",
            f"the answer lacks the column '{lacking[0]}'",
            hint="UNHCR changed its tables; mend the connector",
        )
    for column in set(table.columns) - TEXTS:
        table[column] = pd.to_numeric(table[column], errors="coerce")
    return table


def check_page(content: bytes) -> None:
    """Raise ValueError unless an answer is a page of items."""
    page = json.loads(content)
    if not isinstance(page, dict) or not isinstance(page.get("items"), list) or "maxPages" not in page:
        raise ValueError("the answer is no page of UNHCR's items")
