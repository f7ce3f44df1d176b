"""Initiatives in and out as CSV, XLSX and JSON; an import keeps every good row and reports every other."""

from __future__ import annotations

import io
import json
from typing import Any

import pandas as pd

from data import limits
from data.errors import SourceError
from data.files import FORMULA_STARTS, csv_bytes
from data.store import register
from data.translation import N_

KINDS = ("csv", "xlsx", "json")
REPORT = ["row", "column", "fault"]


def cell(field: str, value: Any) -> Any:
    """A list as text a spreadsheet can hold."""
    if isinstance(value, list):
        return "; ".join("|".join(str(entry.get(key, "")) for key in register.LISTS[field]) for entry in value)
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
        return csv_bytes(flat)
    buffer = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False}  # a cell that begins with = stays text
    with pd.ExcelWriter(buffer, engine="xlsxwriter", engine_kwargs={"options": options}) as writer:
        flat.to_excel(writer, index=False, sheet_name="initiatives")
    return buffer.getvalue()


def read(content: bytes, name: str) -> list[dict[str, Any]]:
    """The rows of a file by its name's ending. Raises SourceError with a hint if it cannot be read."""
    kind = name.rsplit(".", 1)[-1].lower()
    limits.check_size(content, name)
    try:
        if kind == "json":
            rows = json.loads(content.decode("utf-8-sig"))
            limits.check_shape(len(rows), max((len(row) for row in rows if isinstance(row, dict)), default=0), name)
            if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
                raise ValueError(N_("it holds no list of initiatives"))
            return rows
        if kind == "csv":
            limits.check_shape(content.count(b"\n"), content.split(b"\n", 1)[0].count(b",") + 1, name)
            table = pd.read_csv(io.BytesIO(content), dtype=str, keep_default_na=False, encoding="utf-8-sig")
        elif kind == "xlsx":
            limits.check_zip(content, name)
            table = pd.read_excel(io.BytesIO(content), dtype=str, keep_default_na=False)
        else:
            raise SourceError(
                name,
                N_("'{kind}' is not a kind of file known here", kind=kind),
                hint=N_("Save it as {kinds}", kinds=", ".join(KINDS)),
            )
    except SourceError:
        raise
    except Exception as error:  # the readers' own errors are many; all mean that the file is not what its name says
        raise SourceError(
            name,
            N_("the file cannot be read ({error})", error=str(error)),
            hint=N_("Export one from this page and fill that"),
        ) from error
    limits.check_shape(len(table), len(table.columns), name)
    table = table.map(
        lambda value: (
            value[1:] if isinstance(value, str) and value[:1] == "'" and value[1:2] in FORMULA_STARTS else value
        )
    )
    table.columns = [str(column) for column in table.columns]
    records: list[dict[str, Any]] = table.to_dict("records")
    return records


def check(content: bytes, name: str) -> tuple[list[dict[str, Any]], pd.DataFrame]:
    """The good rows of a file, fit to store, and a report of the rest. Raises SourceError.

    Report: row (of the file's rows, from 1, without its head), column, fault with hint.
    """
    good, report = [], []
    for number, row in enumerate(read(content, name), 1):
        try:
            good.append(
                register.check({key: value for key, value in row.items() if key not in ("id", "version", "removed")})
            )
        except register.InvalidInitiativeError as error:
            report += [(number, column, problem) for column, problem in error.problems.items()]
    return good, pd.DataFrame(report, columns=REPORT, dtype=object)  # text would forget its template


def import_file(content: bytes, name: str, who: str) -> tuple[int, pd.DataFrame]:
    """Store every good row of a file at once, or none if storing fails; returns how many, and the report of `check`."""
    good, report = check(content, name)
    if good:
        register.add_many(good, who)
    return len(good), report
