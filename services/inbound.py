"""Data from elsewhere: files of other publishers and answers of listed servers, read apart, with their faults, saved.

What is saved is a table of the city's own, in versions: its cells with what its description said of them.
"""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import Any, NamedTuple

import pandas as pd

from data.city.findings import as_table
from data.connectors import gtfs_notices, one_answer
from data.context import CityContext, ViewState
from data.definitions._common import COUNTS_PEOPLE
from data.errors import DataError, SourceError
from data.figures import Chart, Column, Figure
from data.standards import reading
from data.standards.tables import ForeignColumn, ForeignTable, Received
from data.store import city_tables
from data.store.city_tables import Version
from data.suppression import THRESHOLD
from data.translation import N_, SUPPRESSED
from services import background
from services.columns import by_name
from services.figures import Caption, figure

SUFFIXES = ["zip", "csv", "xml", "json", "jsonld", "ttl", "rdf"]
MOST_SAVED, MOST_SHOWN, MOST_SERIES = 5_000, 20_000, 8
ANSWER_BYTES = 20_000_000
ACCEPT = "application/ld+json, text/turtle, application/rdf+xml, application/vnd.sdmx.data+csv, */*;q=0.1"
PREFIX = "figures/"  # of the kinds of saved tables
KINDS = {
    "package": N_("a data package"),
    "sdmx": N_("SDMX data"),
    "catalogue": N_("a DCAT catalogue"),
    "feed": N_("a GTFS feed"),
}
LEVELS = {"error": N_("error"), "warning": N_("warning"), "note": N_("note")}
NO_PAGE = N_("not read here")
PAGES = {"Data from elsewhere": N_("Data from elsewhere"), "Your city": N_("Your city"), "": NO_PAGE}
COLUMNS = by_name(
    Column("level", N_("Level"), kind="text"),
    Column("severity", N_("Level"), kind="text"),
    Column("code", N_("Code of the notice"), kind="id"),
    Column("file", N_("File"), kind="text"),
    Column("count", N_("How often")),
    Column("at", N_("Rows"), kind="id", missing=""),
    Column("row", N_("Row"), kind="id", missing=""),
    Column("column", N_("Column"), kind="text", missing=""),
    Column("what", N_("What"), kind="text", missing=""),
    Column("hint", N_("How to correct it"), kind="text", missing=""),
    Column("title", N_("Dataset"), kind="name"),
    Column("publisher", N_("Publisher"), kind="text", missing=N_("not stated")),
    Column("licence", N_("Licence"), kind="text", missing=N_("not stated")),
    Column("covers", N_("Period"), kind="text", missing=N_("not stated")),
    Column("form", N_("Form"), kind="text", missing=N_("not stated")),
    Column("page", N_("Page that reads it"), kind="text"),
    Column("address", N_("Address"), kind="id", missing=""),
)
# What a column counts or measures instead of people, in its name, title or unit.
NO_PEOPLE = re.compile(
    r"%|percent|share|rate|ratio|index|eur|usd|gdp|\bkm|hectare|\bha\b|metre|minute|hour|day|month|year|period|"
    r"latitude|longitude|\blat\b|\blon\b"
)
FORMS: dict[str, Any] = {"text": "text", "whole": "number", "number": "number", "day": "day", "flag": "flag"}


class Query(ViewState):
    """The saved table that is looked at, '' for the first."""

    saved: str = ""


class Saved(NamedTuple):
    """A saved table and the version that it is."""

    version: Version
    table: ForeignTable


def receive(ctx: CityContext, name: str, content: bytes) -> Received:
    """Read a file in a process of its own. Raises DataError with what to mend."""
    received = background.run(ctx.language, reading.read, content, name, ctx.language.code)
    assert isinstance(received, Received)
    return received


def from_address(ctx: CityContext, address: str) -> Received:
    """Ask a server of the list once and read what it answers. Raises DataError, without a network too."""
    smaller = "Ask for a part of it"
    content = one_answer.ask(address.strip(), {}, ANSWER_BYTES, accept=ACCEPT, smaller=smaller)
    return receive(ctx, one_answer.short(address.strip()), content)


def headline(ctx: CityContext, received: Received) -> str:
    """What came, in a sentence."""
    _, errors = ctx.language, sum(finding.level == "error" for finding in received.findings)
    if received.kind == "catalogue":
        forms = sum(any(form.reader for form in dataset.distributions) for dataset in received.datasets)
        return _(
            "{file} is {kind}. Datasets: {n}; with a form that is read here: {read}.",
            file=received.name,
            kind=_(KINDS[received.kind]),
            n=len(received.datasets),
            read=forms,
        )
    if received.kind == "feed":
        counts = pd.Series([notice.severity for notice in received.notices], dtype=str).value_counts()
        return _(
            "{file} is {kind}. Kinds of errors: {errors}; of warnings: {warnings}; of notes: {notes}.",
            file=received.name,
            kind=_(KINDS[received.kind]),
            **{
                name: int(counts.get(level, 0))
                for name, level in zip(("errors", "warnings", "notes"), LEVELS, strict=True)
            },
        )
    return _(
        "{file} is {kind}. Tables: {n}; rows that can be used: {rows:,}; faults: {errors}.",
        file=received.name,
        kind=_(KINDS[received.kind]),
        n=len(received.tables),
        rows=sum(len(table.rows) for table in received.tables),
        errors=errors,
    )


def findings_figure(ctx: CityContext, received: Received) -> Figure | None:
    """Every fault with file, row, column and mend; None where there is none."""
    _ = ctx.language
    if not received.findings:
        return None
    table = as_table(received.findings, _)
    table["level"] = table["level"].map(LEVELS).map(_)
    caption = Caption(
        _("What is wrong with {file}; these rows are left out", file=received.name), "", "", received.name
    )
    return figure(ctx, "inbound-findings", caption, table, None, COLUMNS)


def notices_figure(ctx: CityContext, received: Received) -> Figure | None:
    """A feed's notices, errors first; None where there is none."""
    _ = ctx.language
    if not received.notices:
        return None
    table = pd.DataFrame(gtfs_notices.as_plain(received.notices, _))
    table["severity"] = table["severity"].map(LEVELS).map(_)
    caption = Caption(
        _("What a validator finds in {file}", file=received.name),
        "",
        "",
        received.name,
        _("Codes are those of the canonical GTFS validator; of its rules the ones that bear on this app are checked."),
    )
    return figure(ctx, "notices", caption, table, None, COLUMNS)


def datasets_figure(ctx: CityContext, received: Received) -> Figure:
    """Each form of each dataset, and the page that reads it."""
    _ = ctx.language
    rows = [
        (entry.title, entry.publisher, entry.licence, entry.period, form.form, _(PAGES[form.reader]), form.address)
        for entry in received.datasets
        for form in entry.distributions
    ]
    names = ["title", "publisher", "licence", "covers", "form", "page", "address"]
    table = pd.DataFrame(rows, columns=names).replace("", None)
    caption = Caption(
        _("Datasets of {file} and which of their forms are read", file=received.name), "", "", received.name
    )
    return figure(ctx, "datasets", caption, table, None, COLUMNS)


def _protected(table: ForeignTable) -> tuple[pd.DataFrame, set[str]]:
    """Rows whose small counts are gaps, and in which columns some are: what a publisher gives may not be for everyone.

    A whole number below the threshold counts people unless its column or unit says that it is something else; of a
    column of text only where its name says that it counts people.
    """
    rows, hidden = table.rows.copy(), set(table.hidden)
    for column in table.columns:
        about = " ".join([column.name, column.title, column.unit, table.unit if column.role == "value" else ""]).lower()
        may_count = column.kind in ("whole", "number") or COUNTS_PEOPLE.search(about)
        if column.role not in ("", "value") or not may_count or NO_PEOPLE.search(about):
            continue
        numbers = pd.to_numeric(rows[column.name], errors="coerce").astype("Float64")
        small = ((numbers > 0) & (numbers < THRESHOLD) & (numbers % 1 == 0)).fillna(False).astype(bool)
        if small.any():
            rows[column.name] = rows[column.name].mask(small)
            hidden.add(column.name)
    return rows, hidden


def _described(column: ForeignColumn, hidden: set[str]) -> Column:
    digits = 2 if column.kind == "number" else 0
    kind: Any = "id" if column.kind == "text" and column.role == "dimension" else FORMS[column.kind]
    missing = SUPPRESSED if column.name in hidden else ""
    return Column(column.name, column.title, column.unit, kind=kind, digits=digits, missing=missing)


def table_figure(ctx: CityContext, table: ForeignTable, key: str) -> Figure:
    """A table as its publisher describes it; a line a series where it has few of them over years."""
    _ = ctx.language
    rows, hidden = _protected(table)
    shown = rows.head(MOST_SHOWN).reset_index(drop=True)
    source = " · ".join(
        part
        for part in (", ".join([table.publisher or table.file, *table.sources]), table.period, table.licence)
        if part
    )
    notes = [table.note]
    if hidden:
        notes.append(_("counts of people below {n} are left out", n=THRESHOLD))
    if len(rows) > MOST_SHOWN:
        notes.append(_("the first {n:,} of {all:,} rows", n=MOST_SHOWN, all=len(rows)))
    return Figure(
        key,
        table.title,
        table.unit,
        table.period,
        source,
        shown,
        tuple(_described(column, hidden) for column in table.columns),
        _lines(ctx, table, rows),
        note="; ".join(note for note in notes if note),
    )


def _lines(ctx: CityContext, table: ForeignTable, rows: pd.DataFrame) -> Chart | None:
    """Lines over years, a series for each value of the one other dimension that differs; None where that is not so."""
    time, value = "TIME_PERIOD", table.has_role("value")
    if not value or time not in rows or not rows[time].str.fullmatch(r"\d{4}").all() or rows[time].nunique() < 3:
        return None
    others = [name for name in table.has_role("dimension") if name != time and rows[name].nunique() > 1]
    if len(others) > 1 or (others and rows[others[0]].nunique() > MOST_SERIES):
        return None
    drawn = pd.DataFrame(
        {
            "year": rows[time].astype(int),
            "value": rows[value[0]],
            "series": rows[others[0]].astype(str) if others else table.title,
        }
    )
    status = table.has_role("status")
    broken = rows.loc[rows[status[0]] == "B", time].unique() if status else []
    options = {"x": "year", "y": "value", "by": "series", "unit": table.unit, "from_zero": False}
    options["breaks"] = {int(year): ctx.language("break in the series") for year in broken}
    return Chart("lines", drawn.sort_values(["series", "year"]), options)


def save(ctx: CityContext, table: ForeignTable) -> None:
    """Store a table as the newest version of its name. Raises NotAllowedError, DataError where it says too little."""
    _ = ctx.language
    if not (table.publisher or table.sources):
        raise DataError(_("The table names no publisher and no source. Add one to its description."))
    if len(table.rows) > MOST_SAVED:
        raise SourceError(table.file, f"has {len(table.rows):,} rows", hint=f"At most {MOST_SAVED:,} are kept: part it")
    rows, hidden = _protected(table)
    for name in rows.select_dtypes("datetime"):
        rows[name] = rows[name].dt.strftime("%Y-%m-%d")
    cells = rows.astype(object).where(rows.notna(), None)
    plain = [[_plain(cell) for cell in row] for row in cells.itertuples(index=False)]
    about = asdict(table) | {"rows": plain, "hidden": sorted(hidden)}
    slug = re.sub(r"[^a-z0-9]+", "-", table.name.lower())[:28].strip("-") or "table"
    city_tables.save(ctx.key, f"{PREFIX}{slug}", table.file, [about])


def _plain(cell: Any) -> Any:
    return cell.item() if hasattr(cell, "item") else cell


def saved(ctx: CityContext) -> dict[str, Saved]:
    """The tables that were saved, by kind."""
    result = {}
    for kind in city_tables.kinds(ctx.key, PREFIX):
        version = city_tables.newest(ctx.key, kind)
        if version is not None:
            result[kind] = Saved(version, _restored(version.rows.iloc[0].to_dict()))
    return result


def _restored(about: dict[str, Any]) -> ForeignTable:
    columns = tuple(ForeignColumn(**column) for column in about["columns"])
    rows = pd.DataFrame(about["rows"], columns=[column.name for column in columns])
    types = {"whole": "Int64", "number": "float64", "flag": "boolean", "text": "string", "day": "datetime64[us]"}
    for column in columns:
        rows[column.name] = rows[column.name].astype(types[column.kind])
    lists = {name: tuple(about.get(name, ())) for name in ("sources", "hidden")}
    return ForeignTable(**(about | lists | {"rows": rows, "columns": columns}))


def take_back(version: Version) -> None:
    """Let the version before this one count again, or none. Raises NotAllowedError."""
    city_tables.take_back(version.id)


def saved_words(ctx: CityContext, chosen: Saved) -> str:
    """Whose saved table it is, and of when."""
    _ = ctx.language
    return _(
        "{file}, saved by {who} on {day}, rows: {n}",
        file=chosen.version.name,
        who=chosen.version.who,
        day=_.day(pd.Timestamp(chosen.version.entered).tz_localize(None)),
        n=len(chosen.table.rows),
    )
