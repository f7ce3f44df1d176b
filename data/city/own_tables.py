"""Tables that a city fills itself: places in courses, how many pupils its schools can take, reception centres."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from data.city import reading
from data.city.findings import Finding
from data.errors import SourceError
from data.files import csv_bytes
from data.translation import N_, as_part

MOST = 5_000  # rows
LETTERS = 120  # of a text


class Field(NamedTuple):
    """A column: whether a row needs it, other headings of it, bounds of a number (none: text), or 'day'."""

    needed: bool
    also: tuple[str, ...]
    bounds: tuple[float, float] | None = None
    kind: str = "text"


PLACES = (("plätze", "plaetze"), ("plazas", "місця", "الأماكن"))  # other headings come between them
SCHOOL = ("bsn", "schulnummer", "id", "source_id", "école", "centro", "школа", "المدرسة")
COURSES = {
    "kind": Field(True, ("art", "kursart", "type", "genre", "tipo", "вид", "النوع")),
    "level": Field(False, ("niveau", "stufe", "nivel", "рівень", "المستوى")),
    "language": Field(False, ("sprache", "langue", "idioma", "мова", "اللغة")),
    "hours": Field(False, ("stunden", "ue", "heures", "horas", "години", "الساعات"), (1, 5_000), "number"),
    "places": Field(True, (*PLACES[0], "places offertes", *PLACES[1]), (0, 5_000), "whole"),
    "address": Field(False, ("adresse", "anschrift", "dirección", "адреса", "العنوان")),
    "lon": Field(False, ("longitude", "lng", "x"), (-180, 180), "number"),
    "lat": Field(False, ("latitude", "y"), (-90, 90), "number"),
    "start": Field(False, ("beginn", "début", "inicio", "початок", "البداية"), None, "day"),
}
CAPACITIES = {
    "school": Field(True, SCHOOL),
    "places": Field(True, (*PLACES[0], "kapazität", "capacity", *PLACES[1]), (0, 5_000), "whole"),
}
RECEPTION = {
    "name": Field(True, ("einrichtung", "unterkunft", "nom", "nombre", "назва", "الاسم")),
    "places": COURSES["places"]._replace(needed=False),
    **{name: COURSES[name] for name in ("address", "lon", "lat")},
}
TABLES = {"courses": COURSES, "capacities": CAPACITIES, "reception": RECEPTION}
EXAMPLES = {
    "courses": ("language course", "B1", "German", 600, 20, "Main Street 1", "", "", "2026-09-01"),
    "capacities": ("01G01", 350),
    "reception": ("Reception centre", 500, "Main Street 1", "", ""),
}


class OwnTable(NamedTuple):
    """What a file gives: good rows in our columns, with the row of the file (`row`), and what is wrong with others."""

    rows: pd.DataFrame
    findings: list[Finding]


def template(kind: str) -> bytes:
    """A CSV with our headings and one row that shows what they hold."""
    return csv_bytes(pd.DataFrame([EXAMPLES[kind]], columns=list(TABLES[kind])))


def read(content: bytes, name: str, kind: str) -> OwnTable:
    """Read a CSV, XLSX or Parquet file; a row with a fault is left out and named. Raises SourceError.

    Headings may be ours or their words in six languages. A column that is needed and missing is an error of the file.
    """
    table = reading.read_bytes(content, name, MOST, N_("rows"))
    fields = TABLES[kind]
    headings = {str(column).strip().lower(): column for column in table.rows}
    columns = {
        ours: next((headings[word] for word in (ours, *field.also) if word in headings), None)
        for ours, field in fields.items()
    }
    for ours, field in fields.items():
        if field.needed and columns[ours] is None:
            present = ", ".join(map(str, list(table.rows)[:12]))
            raise SourceError(
                name,
                N_("no column holds '{ours}'", ours=ours),
                hint=N_("Name one so; the file has {present}", present=present),
            )
    numbers = pd.Series(range(len(table.rows)), index=table.rows.index) + table.first_row
    rows, findings, good = pd.DataFrame({"row": numbers}), list[Finding](), pd.Series(True, index=numbers.index)
    for ours, field in fields.items():
        cells = table.rows[columns[ours]] if columns[ours] is not None else pd.Series(None, numbers.index, dtype=object)
        values, wrong, hint = _values(cells, field)
        given = cells.astype("string").str.strip().fillna("") != ""
        wrong |= field.needed & ~given
        for label in wrong.index[wrong]:
            what = (
                N_("'{cell}' cannot be read", cell=str(cells[label])[:60]) if given[label] else N_("the cell is empty")
            )
            findings.append(
                Finding(
                    "warning",
                    name,
                    what,
                    N_("{hint}; the row was left out", hint=as_part(hint)),
                    int(numbers[label]),
                    ours,
                )
            )
        rows[ours], good = values, good & ~wrong
    return OwnTable(rows[good].reset_index(drop=True), findings)


def _values(cells: pd.Series, field: Field) -> tuple[pd.Series, pd.Series, str]:
    """A column's values, which of them are wrong, and how to mend them."""
    if field.kind == "day":
        values, wrong, _form = reading.days(cells)
        blank = cells.astype("string").str.strip().fillna("") == ""
        text = values.dt.strftime("%Y-%m-%d").fillna("")
        return text, wrong & ~blank, N_("Write a day as 2026-09-01")
    if field.bounds is None:
        text = cells.astype("string").str.strip().str[:LETTERS].fillna("")
        return text.astype(str), pd.Series(False, index=cells.index), N_("Fill it in")
    low, high = field.bounds
    values, wrong, _form = reading.numbers(cells, field.kind == "whole")
    wrong = wrong | (values.notna() & ~values.between(low, high))
    if field.kind == "whole":
        wrong |= values.notna() & (values % 1 != 0)
        return values, wrong, N_("Write a whole number from {low:,.0f} to {high:,.0f}", low=low, high=high)
    return values, wrong, N_("Write a number from {low:,.0f} to {high:,.0f}", low=low, high=high)
