"""Table Schema of Frictionless Data: cells of text against the types and constraints that a descriptor states.

Version 1 and 2 (https://specs.frictionlessdata.io/table-schema/, https://datapackage.org/standard/table-schema/).
Times, durations, objects, arrays and geometries stay text.
"""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

from data.city.findings import Finding
from data.errors import SourceError
from data.standards.tables import MOST_COLUMNS, ForeignColumn, joined, named, words
from data.translation import N_

KINDS = {
    "integer": "whole",
    "year": "whole",
    "number": "number",
    "boolean": "flag",
    "date": "day",
    "datetime": "day",
    "yearmonth": "text",
}
LONGEST_PATTERN = 200
TRUE, FALSE = ("true", "True", "TRUE", "1"), ("false", "False", "FALSE", "0")
HINTS = {
    "integer": N_("Write a whole number such as 1200"),
    "year": N_("Write a year such as 2026"),
    "number": N_("Write a number such as 12.5"),
    "boolean": N_("Write true or false"),
    "date": N_("Write a day as 2026-09-01"),
    "datetime": N_("Write a time as 2026-09-01T12:00:00"),
    "yearmonth": N_("Write a month as 2026-09"),
}
MEND = N_("Mend it")
DATE_FORMATS = {"default": "%Y-%m-%d", "any": "ISO8601"}


def fields(schema: object, header: list[str], file: str) -> list[dict[str, Any]]:
    """A schema's fields by the header's order; raises SourceError where the two do not fit.

    A file without a schema has fields of text.
    """
    if schema is None:
        return [{"name": name} for name in header]
    stated = schema.get("fields") if isinstance(schema, dict) else None
    if not isinstance(stated, list) or not all(isinstance(one, dict) and words(one.get("name")) for one in stated):
        raise SourceError(file, N_("its schema has no list of fields with names"), hint=N_("Mend the descriptor"))
    by_name = {str(one["name"]).strip(): one for one in stated[:MOST_COLUMNS]}
    lacking = [name for name in by_name if name not in header]
    if lacking:
        present = ", ".join(header[:12])
        raise SourceError(
            file,
            N_("the column '{name}' of the schema is missing", name=lacking[0][:60]),
            hint=N_("The file has {present}", present=present[:300]),
        )
    return [by_name.get(name, {"name": name}) for name in header]


def column_of(field: dict[str, Any]) -> ForeignColumn:
    """What a field says of its column; `unit` is no word of the standard, but many write it."""
    name = str(field["name"]).strip()
    kind = KINDS.get(str(field.get("type", "string")), "text")
    return ForeignColumn(name, words(field.get("title")) or words(name), kind, words(field.get("unit")))


def cast(
    text: pd.DataFrame, stated: list[dict[str, Any]], schema: dict[str, Any], file: str
) -> tuple[pd.DataFrame, list[Finding]]:
    """Columns in their types, and what is wrong; rows with a fault are left out. text: by row of the file."""
    findings, good, result = list[Finding](), pd.Series(True, index=text.index), {}
    missing = [mark for mark in schema.get("missingValues", [""]) if isinstance(mark, str)]
    for field in stated:
        name = str(field["name"]).strip()
        cells = text[name].mask(text[name].isin([*missing, ""]))
        values, wrong = _values(cells, field)
        wrong &= cells.notna()
        kind = str(field.get("type", "string"))
        named(
            findings, file, name, text.loc[wrong, name], N_("'{cell}' is no {kind}"), HINTS.get(kind, MEND), kind=kind
        )
        broken = _constraints(findings, file, name, cells, values.mask(wrong), field)
        result[name], good = values, good & ~wrong & ~broken
    rows = pd.DataFrame(result, index=text.index)
    good &= ~_twice(findings, file, rows, schema.get("primaryKey"))
    return rows[good], findings


def _values(cells: pd.Series, field: dict[str, Any]) -> tuple[pd.Series, pd.Series]:
    """A column in its type, and which cells are not of it (gaps count as such too)."""
    kind, form = str(field.get("type", "string")), str(field.get("format", "default"))
    plain = cells.astype("string").str.strip()
    if kind in ("integer", "number"):
        if field.get("bareNumber") is False:
            plain = plain.str.replace(r"^[^\d+.,-]+|[^\d.,]+$", "", regex=True)
        group, decimal = (str(field.get(key, "")) for key in ("groupChar", "decimalChar"))
        plain = plain.str.replace(group, "", regex=False) if group else plain
        plain = plain.str.replace(decimal, ".", regex=False) if decimal else plain
    if kind in ("integer", "year"):
        pattern = r"-?\d{1,4}" if kind == "year" else r"[+-]?\d{1,18}"
        wrong = ~plain.str.fullmatch(pattern).fillna(False).astype(bool)
        return pd.to_numeric(plain.mask(wrong), errors="coerce").astype("Int64"), wrong
    if kind == "number":
        values = pd.to_numeric(plain, errors="coerce").astype("float64")
        values = values.where(values.abs() < float("inf"))
        return values, values.isna()
    if kind == "boolean":
        true, false = (field.get(key, usual) for key, usual in (("trueValues", TRUE), ("falseValues", FALSE)))
        is_true, is_false = (plain.isin([str(word) for word in marks]) for marks in (true, false))
        return is_true.astype("boolean").mask(~is_true & ~is_false), ~is_true & ~is_false
    if kind in ("date", "datetime"):
        style = DATE_FORMATS.get(form, form) if kind == "date" or form not in DATE_FORMATS else "ISO8601"
        try:
            values = pd.to_datetime(plain, format=style, errors="coerce", utc=True).dt.tz_localize(None)
        except (ValueError, TypeError):  # a format that is none
            values = pd.Series(pd.NaT, index=cells.index)
        return values, values.isna()
    if kind == "yearmonth":
        wrong = ~plain.str.fullmatch(r"\d{4}-(0[1-9]|1[0-2])").fillna(False).astype(bool)
        return plain.mask(wrong), wrong
    return plain, plain.isna()


def _constraints(
    findings: list[Finding], file: str, name: str, cells: pd.Series, values: pd.Series, field: dict[str, Any]
) -> pd.Series:
    """Which rows break a constraint of a field; each is named. A bound that cannot be read is passed over.

    cells: text, empty where the schema says that nothing is known. values: the same in the field's type.
    """
    stated = field.get("constraints")
    stated = stated if isinstance(stated, dict) else {}
    gap, letters = values.isna(), values.astype("string")
    broken = pd.Series(False, index=values.index)

    def check(wrong: pd.Series, what: str, hint: str, **values: object) -> None:
        nonlocal broken
        wrong = wrong.fillna(False).astype(bool)
        named(findings, file, name, cells[wrong & ~broken], what, hint, **values)
        broken |= wrong

    if stated.get("required") is True:
        check(cells.isna(), N_("the cell is empty"), N_("Fill it in"))
    for key, sign in (("minimum", -1), ("maximum", 1)):
        if key in stated and (bound := _bound(stated[key], field)) is not None:
            over = (values > bound) if sign > 0 else (values < bound)
            what = N_("'{cell}' is more than {bound}") if sign > 0 else N_("'{cell}' is less than {bound}")
            check(over, what, N_("Write a value within bounds"), bound=bound)
    for key, sign in (("minLength", -1), ("maxLength", 1)):
        if isinstance(stated.get(key), int):
            length = letters.str.len()
            over = (length > stated[key]) if sign > 0 else (length < stated[key])
            what = N_("'{cell}' is longer than {n} letters") if sign > 0 else N_("'{cell}' is shorter than {n} letters")
            check(over & ~gap, what, MEND, n=stated[key])
    if isinstance(stated.get("enum"), list):
        known = [str(word) for word in stated["enum"]][:1000]
        check(
            ~cells.isin(known) & ~gap,
            N_("'{cell}' is not among the values of the schema"),
            N_("Known: {known}", known=", ".join(known[:12])),
        )
    if isinstance(stated.get("pattern"), str) and len(stated["pattern"]) <= LONGEST_PATTERN:
        try:
            fits = cells.fillna("").map(re.compile(stated["pattern"]).fullmatch).map(bool)
        except re.error:
            fits = pd.Series(True, index=cells.index)
        check(~fits & ~gap, N_("'{cell}' does not fit the schema's pattern"), N_("Write it as the others are"))
    if stated.get("unique") is True:
        check(values.duplicated() & ~gap, N_("'{cell}' stands twice"), N_("Give each row its own value"))
    return broken


def _bound(value: object, field: dict[str, Any]) -> Any:
    cells = pd.Series([str(value)], dtype="string")
    values, wrong = _values(cells, field | {"bareNumber": True, "groupChar": "", "decimalChar": ""})
    is_measured = KINDS.get(str(field.get("type")), "text") in ("whole", "number", "day")
    return values.iloc[0] if is_measured and not wrong.iloc[0] else None


def _twice(findings: list[Finding], file: str, rows: pd.DataFrame, key: object) -> pd.Series:
    """Which rows repeat the primary key of one before them."""
    names = [key] if isinstance(key, str) else key if isinstance(key, list) else []
    names = [str(name) for name in names if str(name) in rows]
    if not names:
        return pd.Series(False, index=rows.index)
    twice = rows.duplicated(names)
    shown = joined(rows.loc[twice, names], ", ")
    named(findings, file, names[0], shown, N_("the key '{cell}' stands twice"), N_("Keep one of the rows"))
    return twice


def foreign(
    findings: list[Finding], file: str, rows: pd.DataFrame, schema: dict[str, Any], others: dict[str, Any]
) -> None:
    """Name cells that refer to a row that another table of the package, or this one (''), does not have."""
    for key in schema.get("foreignKeys") or []:
        reference = key.get("reference", {}) if isinstance(key, dict) else {}
        ours, theirs = (_first(part.get("fields")) for part in (key if isinstance(key, dict) else {}, reference))
        other = others.get(str(reference.get("resource", ""))) if reference.get("resource") else rows
        if other is None or ours not in rows or theirs not in other:
            continue
        known = set(other[theirs].dropna().astype("string"))
        lost = rows[ours].notna() & ~rows[ours].astype("string").isin(known)
        where = str(reference.get("resource") or file)[:60]
        what, hint = N_("'{cell}' is not in {files}"), N_("Add it there, or mend it")
        named(findings, file, ours, rows.loc[lost, ours], what, hint, files=where)


def _first(names: object) -> str:
    """The column of a key of one; keys of several are not followed."""
    if isinstance(names, list):
        return str(names[0]) if len(names) == 1 else ""
    return names if isinstance(names, str) else ""
