"""Tables made on this machine: kept beside the shipped ones, found by the same door, never part of the repository."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd

from data import contracts
from data.catalogue import Entry, as_json, local_catalogue, local_folder
from data.files import plain, write


def save(entry: Entry, table: pd.DataFrame) -> Entry:
    """Check a table against its contract and store it with its entry; what was stored before stays until then."""
    checked = contracts.check(entry.name, plain(table))
    stored = replace(entry, folder=str(local_folder()))
    checksum = write(stored.path, checked.to_parquet(None, index=False, compression="zstd"))
    stored = replace(stored, rows=len(checked), built_on=date.today().isoformat(), checksum=checksum)
    file = local_catalogue()
    known = [Entry(**row) for row in json.loads(file.read_text(encoding="utf-8"))] if file.exists() else []
    others = [row for row in known if (row.place, row.name) != (entry.place, entry.name)]
    write(file, as_json([*others, stored]).encode())
    return stored


def report_path(stem: str) -> Path:
    """Where a report of an import goes."""
    folder = local_folder() / "reports"
    os.makedirs(folder, exist_ok=True)
    return folder / f"{stem}.csv"
