"""Initiatives in and out as CSV, XLSX and JSON; an import keeps every good row and reports every other."""

from __future__ import annotations

import io
import json
from typing import Any

import pandas as pd

from data.errors import SourceError
from data.store import register

KINDS = ("csv", "xlsx", "json")
REPORT = ["row", "column", "fault"]


def cell(field: str, value: Any) -> Any:
    """A list as text a spreadsheet can hold."""
    if isinstance(value, list):
        return "; ".join("|".join(str(one.get(key, "")) for key in register.LISTS[field]) for one in value)
    return value


def export(table: pd.DataFrame, kind: str) -> bytes:
    """Initiatives as a file of a kind; an import of it gives the same initiatives."""
    rows = table[list(register.FIELDS)]
    if kind == "json":
        records = [
            {field: None if not isinstance(value, list) and pd.isna(value) else value for field, value in row.items()}
            for row in rows.to_dict("records")
        ]
        return json.dumps(records, ensure_ascii=False, indent=1, default=int).encode()
    flat = rows.assign(**{field: [cell(field, value) for value in rows[field]] for field in register.LISTS})
    if kind == "csv":
        return flat.to_csv(index=False).encode("utf-8-sig")
    buffer = io.BytesIO()
    flat.to_excel(buffer, index=False, sheet_name="initiatives")
    return buffer.getvalue()


def read(content: bytes, name: str) -> list[dict[str, Any]]:
    """The rows of a file by its name's ending. Raises SourceError with the mend if it cannot be read."""
    kind = name.rsplit(".", 1)[-1].lower()
    try:
        if kind == "json":
            rows = json.loads(content.decode("utf-8-sig"))
            if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
                raise ValueError("it holds no list of initiatives")
            return rows
        if kind == "csv":
            table = pd.read_csv(io.BytesIO(content), dtype=str, keep_default_na=False, encoding="utf-8-sig")
        elif kind == "xlsx":
            table = pd.read_excel(io.BytesIO(content), dtype=str, keep_default_na=False)
        else:
            raise SourceError(name, f"'{kind}' is not a kind of file known here", mend=f"Save it as {', '.join(KINDS)}")
    except (ValueError, OSError, KeyError, ImportError) as fault:
        raise SourceError(
            name, f"the file cannot be read ({fault})", mend="Export one from this page and fill that"
        ) from fault
    records: list[dict[str, Any]] = table.to_dict("records")  # type: ignore[assignment]
    return records


def take_in(content: bytes, name: str, who: str) -> tuple[int, pd.DataFrame]:
    """Import a file: stores every good row at once, or none if storing fails; returns how many, and a report of all other rows.

    Report: row (of the file's rows, from 1, without its head), column, fault with mend.
    """
    good, report = [], []
    for number, row in enumerate(read(content, name), 1):
        try:
            good.append(
                register.check({key: value for key, value in row.items() if key not in ("id", "version", "removed")})
            )
        except register.InvalidInitiativeError as fault:
            report += [(number, column, what) for column, what in fault.problems.items()]
    if good:
        register.add_many(good, who)
    return len(good), pd.DataFrame(report, columns=REPORT)
