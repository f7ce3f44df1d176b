"""A table of somebody else with what its description says of it, and what a file of any standard turned out to be."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from data import limits
from data.city.findings import Finding
from data.errors import SourceError
from data.translation import N_, Sentence

MOST_ROWS, MOST_COLUMNS, MOST_TABLES = 500_000, 200, 40
csv.field_size_limit(100_000_000)
MAX_ROWS_NAMED = 5  # of rows with the same fault
LETTERS = 300  # of a title, a licence or the like
MISSING_STATUSES = ("H", "K", "L", "M", "O", "Q")  # of SDMX's CL_OBS_STATUS: there is no figure, whatever stands there


@dataclass(frozen=True)
class ForeignColumn:
    """A column: its name in the file, title, unit; kind: text, whole, number, day or flag.

    role: of a statistical table 'dimension', 'value', 'status' or 'attribute'; '' where the standard has no roles.
    """

    name: str
    title: str
    kind: str = "text"
    unit: str = ""
    role: str = ""


@dataclass(frozen=True)
class ForeignTable:
    """Rows whose types hold, as a description promises; the others are named in the findings and left out.

    hidden: columns of which small counts were left out when the table was stored.
    """

    name: str
    file: str
    title: str
    rows: pd.DataFrame
    columns: tuple[ForeignColumn, ...]
    unit: str = ""
    licence: str = ""
    publisher: str = ""
    sources: tuple[str, ...] = ()
    period: str = ""
    note: str = ""
    hidden: tuple[str, ...] = ()

    def has_role(self, role: str) -> list[str]:
        """Names of the columns with a role."""
        return [column.name for column in self.columns if column.role == role]


@dataclass(frozen=True)
class Distribution:
    """A dataset in one form. form: as the catalogue calls it; reader: which of ours takes it, '' for none."""

    title: str
    form: str
    address: str
    reader: str


@dataclass(frozen=True)
class Dataset:
    """A dataset of somebody's catalogue."""

    title: str
    publisher: str
    licence: str
    period: str
    distributions: tuple[Distribution, ...]


@dataclass(frozen=True)
class Notice:
    """A finding of a feed's validator: code and severity of the canonical GTFS validator; the first rows it is in."""

    severity: str
    code: str
    file: str
    count: int
    rows: tuple[int, ...] = ()
    column: str = ""
    what: str = ""
    hint: str = ""


@dataclass
class Received:
    """What a file turned out to be. kind: 'package', 'sdmx', 'catalogue' or 'feed'."""

    kind: str
    name: str
    tables: list[ForeignTable] = field(default_factory=list)
    datasets: list[Dataset] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def words(value: object) -> str:
    """A text of somebody else's description on one line, at most LETTERS long; '' where it is none."""
    return " ".join(value.split())[:LETTERS] if isinstance(value, str) else ""


def named(
    findings: list[Finding], file: str, column: str, cells: pd.Series, what: str, hint: str, **values: object
) -> None:
    """Add an error for each of the first cells, and one for how many more there are.

    cells: the wrong ones, by their row in the file; {cell} in `what` is the cell, others are values.
    """
    for row, value in cells.head(MAX_ROWS_NAMED).items():
        said = Sentence(what, cell=str(value)[:60], **values)
        findings.append(Finding("error", file, said, hint, int(str(row)), column))
    if len(cells) > MAX_ROWS_NAMED:
        more = N_("{n} more rows like row {row}", n=f"{len(cells) - MAX_ROWS_NAMED:,}", row=cells.index[0])
        findings.append(Finding("error", file, more, hint, None, column))


def csv_records(text: str, file: str, heads: int, **dialect: Any) -> tuple[list[list[str]], list[int]]:
    """The records of a CSV that hold anything, as many cells in each as in the first, and the line each begins in.

    heads: records at the beginning that are no rows. dialect: of csv.reader. Raises SourceError.
    """
    reader = csv.reader(io.StringIO(text, newline=""), **dialect)
    records, lines, before = list[list[str]](), list[int](), 0
    try:
        for record in reader:
            line, before = before + 1, reader.line_num
            if not record:
                continue
            records.append(record)
            lines.append(line)
            limits.check_shape(len(records) - heads, len(record), file, MOST_ROWS, MOST_COLUMNS)
            if len(record) != len(records[0]):
                what = N_("it has {more} cells and the header {n}", more=len(record), n=len(records[0]))
                raise SourceError(file, what, row=line, hint=N_("Quote cells that hold the separator"))
    except csv.Error as fault:
        raise SourceError(file, N_("this is no CSV ({fault})", fault=str(fault)), hint=N_("Export it again")) from fault
    return records, lines


def joined(rows: pd.DataFrame, sign: str) -> pd.Series:
    """The cells of each row as one text."""
    texts = rows.astype("string").fillna("").itertuples(index=False, name=None)
    return pd.Series([sign.join(cells) for cells in texts], index=rows.index, dtype="string")
