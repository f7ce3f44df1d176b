"""Data packages (Frictionless) and tables described by CSV on the Web, in a zip: read as their descriptors say.

A descriptor is a stranger's: only files inside the zip are read, and no address in it is followed
(docs/decisions/0017-standards-in.md says why the frictionless library is not used).
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path, PurePosixPath
from typing import Any

import pandas as pd

from data import limits
from data.city.findings import Finding, PackError
from data.errors import SourceError
from data.files import write
from data.standards import schema
from data.standards.tables import MOST_COLUMNS, MOST_ROWS, MOST_TABLES, ForeignTable, Received, csv_records, words
from data.translation import N_

DESCRIPTOR = "datapackage.json"
CSVW_ENDING = "-metadata.json"
DESCRIPTOR_BYTES = 2_000_000
AGAIN = N_("Mend the descriptor")
# CSV on the Web's types -> those of Table Schema; others are text.
CSVW_TYPES = {
    "integer": "integer",
    "int": "integer",
    "long": "integer",
    "short": "integer",
    "nonNegativeInteger": "integer",
    "positiveInteger": "integer",
    "number": "number",
    "decimal": "number",
    "double": "number",
    "float": "number",
    "boolean": "boolean",
    "date": "date",
    "datetime": "datetime",
    "dateTime": "datetime",
    "gYear": "year",
    "gYearMonth": "yearmonth",
}


def descriptor_of(names: list[str]) -> str:
    """The member of a zip that describes its tables, '' where there is none; the one nearest to the top."""
    found = [name for name in names if PurePosixPath(name).name == DESCRIPTOR or name.endswith(CSVW_ENDING)]
    order = [(PurePosixPath(name).name != DESCRIPTOR, name.count("/"), name) for name in found]
    return min(order)[2] if order else ""


def is_package(path: Path | io.BytesIO) -> bool:
    """Whether a file is a zip with a descriptor."""
    try:
        with zipfile.ZipFile(path) as archive:
            return bool(descriptor_of(archive.namelist()))
    except (OSError, zipfile.BadZipFile):
        return False


def read(content: bytes, name: str) -> Received:
    """Every table of a zipped package, and all that is wrong with it. Raises SourceError where nothing can be read."""
    limits.check_zip(content, name)
    received = Received("package", name)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        member = descriptor_of(archive.namelist())
        about = _descriptor(archive, member)
        resources = about.get("resources")
        if PurePosixPath(member).name != DESCRIPTOR:
            resources = [_of_csvw(table, archive.namelist()) for table in about.get("tables") or [about]]
        if not isinstance(resources, list) or not resources:
            raise SourceError(member, N_("it names no resources"), hint=AGAIN)
        folder, rows, read_once = PurePosixPath(member).parent, 0, set[str]()
        for number, resource in enumerate(resources[:MOST_TABLES], 1):
            if not isinstance(resource, dict):
                raise SourceError(member, N_("its resource {number} is no object", number=number), hint=AGAIN)
            try:
                if (path := str(PurePosixPath(_path(resource)))) in read_once:  # ./a.csv is a.csv
                    raise SourceError(path[:80], N_("two resources name this file"), hint=N_("Name each file once"))
                read_once |= {path} - {"."}
                table = _table(archive, folder, resource, about, received.findings, number)
                limits.check_shape(rows + len(table.rows), 0, name, MOST_ROWS, MOST_COLUMNS)
                received.tables.append(table)
                rows += len(table.rows)
            except SourceError as fault:
                where = words(resource.get("path")) or words(resource.get("name")) or f"resource {number}"
                received.findings.append(Finding("error", where, fault.what, fault.hint))
    by_name = {table.name: table.rows for table in received.tables}
    for table in received.tables:
        resource = next(one for one in resources if isinstance(one, dict) and _name(one, 0) in (table.name, ""))
        if isinstance(resource.get("schema"), dict):
            schema.foreign(received.findings, table.file, table.rows, resource["schema"], by_name)
    return received


def write_tables(path: Path, folder: Path) -> dict[str, dict[str, str]]:
    """Write the tables of a package as CSVs into a folder; by file whose it is, as a city pack's manifest says it.

    Raises PackError where a row has a fault: a city is not built from a part of what was sent.
    """
    received = read(path.read_bytes(), path.name)
    if received.findings:
        raise PackError(received.findings)
    credits: dict[str, dict[str, str]] = {}
    for table in received.tables:
        stem = re.sub(r"[^A-Za-z0-9_-]+", "_", table.name)[:60] or "table"
        file = f"{stem}.csv" if f"{stem}.csv" not in credits else f"{stem}-{len(credits) + 1}.csv"
        # Read by our own code alone: a cell that begins with a minus sign must stay a number.
        write(folder / file, table.rows.to_csv(index=False).encode())
        credits[file] = {
            "publisher": table.publisher,
            "licence": table.licence,
            "attribution": ", ".join([table.publisher or table.title, *table.sources])[:200],
            "period": table.period,
        }
    return credits


def _descriptor(archive: zipfile.ZipFile, member: str) -> dict[str, Any]:
    if archive.getinfo(member).file_size > DESCRIPTOR_BYTES:
        raise SourceError(
            member,
            N_("it is larger than {descriptor_bytes:,} bytes", descriptor_bytes=DESCRIPTOR_BYTES),
            hint=N_("Take data out of it"),
        )
    try:
        about = json.loads(archive.read(member).decode("utf-8-sig"))
    except (ValueError, RecursionError) as fault:
        raise SourceError(
            member, N_("this is no JSON ({fault})", fault=str(fault)[:100]), hint=N_("Mend the place it names")
        ) from fault
    if not isinstance(about, dict):
        raise SourceError(member, N_("it is no JSON object"), hint=AGAIN)
    return about


def _name(resource: dict[str, Any], number: int) -> str:
    return words(resource.get("name")) or (f"table-{number}" if number else "")


def _table(
    archive: zipfile.ZipFile,
    folder: PurePosixPath,
    resource: dict[str, Any],
    about: dict[str, Any],
    findings: list[Finding],
    number: int,
) -> ForeignTable:
    """A resource as a table; rows with faults are named and left out. Raises SourceError."""
    file, text = _cells(archive, folder, resource, number)
    stated = resource.get("schema")
    if isinstance(stated, str):
        stated = _descriptor(archive, _member(archive, folder, stated))
    columns = schema.fields(stated, list(text), file)
    rows, wrong = schema.cast(text, columns, stated if isinstance(stated, dict) else {}, file)
    findings += wrong
    described = tuple(schema.column_of(field) for field in columns)
    units = {column.unit for column in described} - {""}
    credit = {**about, **{key: value for key, value in resource.items() if value}}
    return ForeignTable(
        name=_name(resource, number),
        file=file,
        title=words(resource.get("title")) or _name(resource, number),
        rows=rows,
        columns=described,
        unit=words(resource.get("unit")) or (units.pop() if len(units) == 1 else ""),
        licence=_licence(credit),
        publisher=_publisher(credit),
        sources=tuple(_sources(credit)),
        period=_period(credit.get("temporal")),
        note=words(resource.get("description")) or words(about.get("description")),
    )


def _path(resource: dict[str, Any]) -> str:
    """The one file that a resource lies in, '' where it names none. Raises SourceError."""
    path = resource.get("path")
    if isinstance(path, list):
        if len(path) != 1:
            raise SourceError(_name(resource, 0), N_("it is in several files"), hint=N_("Join them into one"))
        path = path[0]
    return "" if path is None else str(path)


def _member(archive: zipfile.ZipFile, folder: PurePosixPath, path: str) -> str:
    """The member of a zip at a path of its descriptor. Raises SourceError where it leads out of it."""
    if not path or "://" in path or "\\" in path:
        raise SourceError(
            path[:80], N_("it lies elsewhere"), hint=N_("Put the file into the zip; no address is followed")
        )
    if PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts:
        raise SourceError(path[:80], N_("it leads out of the package"), hint=N_("Name a file beside the descriptor"))
    member = str(folder / path)
    if member not in archive.namelist():
        raise SourceError(path[:80], N_("the file is missing in the zip"), hint=N_("Add it, or mend its path"))
    return member


def _cells(
    archive: zipfile.ZipFile, folder: PurePosixPath, resource: dict[str, Any], number: int
) -> tuple[str, pd.DataFrame]:
    """A resource's file and its cells as text, by the row that an editor counts. Raises SourceError."""
    path = _path(resource)
    if not path and isinstance(resource.get("data"), list):
        return DESCRIPTOR, _inline(resource["data"], _name(resource, number))
    member = _member(archive, folder, path)
    ending = str(resource.get("format") or PurePosixPath(member).suffix.lstrip(".")).lower()
    if ending not in ("csv", "tsv", "txt"):
        raise SourceError(
            str(path), N_("its format is '{ending}'", ending=ending[:20]), hint=N_("Tables are read as CSV")
        )
    dialect = resource.get("dialect") if isinstance(resource.get("dialect"), dict) else {}
    assert isinstance(dialect, dict)
    usual = "\t" if ending == "tsv" else ","
    options: dict[str, Any] = {
        "delimiter": _sign(dialect.get("delimiter"), usual),
        "quotechar": _sign(dialect.get("quoteChar"), '"'),
        "doublequote": dialect.get("doubleQuote") is not False,
        "skipinitialspace": dialect.get("skipInitialSpace") is True,
    }
    encoding = words(resource.get("encoding")) or words(dialect.get("encoding")) or "utf-8"
    try:
        text = archive.read(member).decode("utf-8-sig" if encoding.lower() in ("utf-8", "utf8") else encoding)
    except (UnicodeDecodeError, LookupError) as fault:
        raise SourceError(
            str(path),
            N_("it is not in {encoding}", encoding=encoding[:20]),
            hint=N_("State its encoding, or save UTF-8"),
        ) from fault
    return str(path), _parsed(text, str(path), options, dialect.get("header") is not False)


def _sign(value: object, usual: str) -> str:
    return value if isinstance(value, str) and len(value) == 1 else usual


def _parsed(text: str, file: str, options: dict[str, Any], has_header: bool) -> pd.DataFrame:
    """Rows of a CSV as text, by the line that they begin in. Raises SourceError."""
    records, lines = csv_records(text, file, int(has_header), **options)
    if not records[has_header:]:
        raise SourceError(file, N_("the file has no rows"), hint=N_("Export it again"))
    header = [cell.strip() for cell in records[0]] if has_header else [f"field{n + 1}" for n in range(len(records[0]))]
    if len(set(header)) < len(header) or "" in header:
        raise SourceError(
            file, N_("two columns have one name, or one has none"), hint=N_("Give each column its own name")
        )
    return pd.DataFrame(records[has_header:], columns=header, index=lines[has_header:], dtype="string")


def _inline(data: list[Any], name: str) -> pd.DataFrame:
    """Rows that stand in the descriptor itself: objects, or lists of which the first is the header."""
    if data and all(isinstance(row, list) for row in data):
        data = [dict(zip(map(str, data[0]), row, strict=False)) for row in data[1:]]
    if not data or not all(isinstance(row, dict) for row in data):
        raise SourceError(name, N_("its data are no rows"), hint=AGAIN)
    limits.check_shape(len(data), len(data[0]), name, MOST_ROWS, MOST_COLUMNS)
    rows = [{str(key): "" if cell is None else str(cell) for key, cell in row.items()} for row in data]
    return pd.DataFrame(rows, index=range(1, len(rows) + 1), dtype="string").fillna("")


def _licence(credit: dict[str, Any]) -> str:
    stated = credit.get("licenses") or credit.get("license") or credit.get("dc:license")
    listed = stated if isinstance(stated, list) else [stated]
    names = [
        words(one.get("name") or one.get("title") or one.get("path") or one.get("type"))
        if isinstance(one, dict)
        else words(one)
        for one in listed
    ]
    return ", ".join(name for name in names if name)[:300]


def _sources(credit: dict[str, Any]) -> list[str]:
    stated = credit.get("sources")
    listed = [one for one in stated if isinstance(one, dict)] if isinstance(stated, list) else []
    return [text for one in listed if (text := words(one.get("title")) or words(one.get("path")))]


def _publisher(credit: dict[str, Any]) -> str:
    """Who is named as publisher, else as author or first source."""
    stated = credit.get("contributors")
    people = [one for one in stated if isinstance(one, dict)] if isinstance(stated, list) else []
    ranked = sorted(
        people, key=lambda one: ("publisher" not in str(one.get("roles") or one.get("role")), people.index(one))
    )
    names = [words(one.get("title")) for one in ranked] + _sources(credit)
    plain = credit.get("publisher") or credit.get("dc:publisher")
    return words(plain) or words(credit.get("dc:rights")) or next((name for name in names if name), "")


def _period(temporal: object) -> str:
    if isinstance(temporal, dict):
        return "–".join(part for part in (words(temporal.get("start")), words(temporal.get("end"))) if part)
    return words(temporal)


def _of_csvw(about: object, members: list[str]) -> dict[str, Any]:
    """A table of CSV on the Web as a resource with a Table Schema.

    Its address names the file by its last part; where that is not in the zip, the zip's only CSV is meant.
    """
    about = about if isinstance(about, dict) else {}
    last = PurePosixPath(str(about.get("url", "")).split("?")[0]).name
    tables = [name for name in members if name.lower().endswith((".csv", ".tsv"))]
    fitting = [name for name in tables if PurePosixPath(name).name in (last, f"{last}.csv")]
    path = fitting[0] if fitting else tables[0] if len(tables) == 1 else last
    stated = about.get("tableSchema") if isinstance(about.get("tableSchema"), dict) else {}
    assert isinstance(stated, dict)
    columns = [
        _csvw_field(one) for one in stated.get("columns") or [] if isinstance(one, dict) and not one.get("virtual")
    ]
    table_schema = {"fields": columns, "primaryKey": stated.get("primaryKey")} if columns else None
    return {
        "name": last or PurePosixPath(path).stem,
        "path": PurePosixPath(path).name,
        "format": "csv",
        "title": _plain(about.get("dc:title")),
        "description": _plain(about.get("dc:description")),
        "unit": _plain(about.get("dc:extent")),
        "temporal": _plain(about.get("dc:temporal")),
        "publisher": _plain(about.get("dc:publisher")),
        "licenses": [{"name": _plain(about.get("dc:license"))}],
        "dialect": about.get("dialect"),
        "schema": table_schema,
    }


def _plain(value: object) -> str:
    """A text that may be given in languages or several."""
    if isinstance(value, dict):
        value = value.get("@value") or next(iter(value.values()), "")
    if isinstance(value, list):
        value = value[0] if value else ""
    return words(value)


def _csvw_field(column: dict[str, Any]) -> dict[str, Any]:
    stated = column.get("datatype", "string")
    base = stated.get("base", "string") if isinstance(stated, dict) else stated
    form = stated.get("format") if isinstance(stated, dict) else None
    field: dict[str, Any] = {"name": _plain(column.get("titles")) or words(column.get("name"))}
    field |= {"title": _plain(column.get("dc:title")), "type": CSVW_TYPES.get(str(base), "string")}
    if base == "boolean" and isinstance(form, str) and "|" in form:
        true, false = form.split("|", 1)
        field |= {"trueValues": [true], "falseValues": [false]}
    required = {"constraints": {"required": True}} if column.get("required") is True else {}
    return field | required
