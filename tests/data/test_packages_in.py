"""Data packages of strangers: types, units, licence and sources as the descriptor says; faults by file, row, column."""

from __future__ import annotations

import io
import json
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import data
from data.errors import SourceError
from data.files import csv_bytes
from data.standards import packages, reading
from data.standards.tables import ForeignTable, Received
from services import dcat
from services.tables import place_table
from tests.languages import in_english_only

FIELDS: list[dict[str, Any]] = [
    {"name": "area", "type": "string", "title": "Quarter", "constraints": {"required": True, "pattern": r"\d\d"}},
    {"name": "day", "type": "date", "format": "%d.%m.%Y"},
    {"name": "persons", "type": "integer", "unit": "persons", "groupChar": ".", "constraints": {"minimum": 0}},
    {"name": "share", "type": "number", "decimalChar": ",", "bareNumber": False},
    {"name": "open", "type": "boolean", "trueValues": ["ja"], "falseValues": ["nein"]},
]
ABOUT = {
    "name": "quarters",
    "licenses": [{"name": "CC-BY-4.0", "path": "https://creativecommons.org/licenses/by/4.0/"}],
    "sources": [{"title": "Register of residents"}],
    "contributors": [{"title": "A writer", "role": "author"}, {"title": "City of Ost", "role": "publisher"}],
}
GOOD = "area;day;persons;share;open\n01;31.12.2024;1.200;12,5 %;ja\n02;31.12.2024;-;7;nein\n"


def zipped(about: dict[str, Any], **files: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("datapackage.json", json.dumps(about))
        for name, text in files.items():
            archive.writestr(name.replace("__", "."), text)
    return out.getvalue()


def package(text: str = GOOD, fields: list[dict[str, Any]] | None = None, **more: Any) -> Received:
    schema = {"fields": fields or FIELDS, "missingValues": ["", "-"], **more}
    resource = {"name": "people", "path": "people.csv", "dialect": {"delimiter": ";"}, "schema": schema}
    return reading.read(zipped(ABOUT | {"resources": [resource]}, people__csv=text), "sent.zip")


def only(received: Received) -> ForeignTable:
    (table,) = received.tables
    return table


def test_types_units_titles_licence_and_sources_are_the_descriptors() -> None:
    received = package()
    table = only(received)
    assert received.findings == []
    assert table.rows["persons"].tolist() == [1200, pd.NA]  # a gap, not a zero
    assert table.rows["share"].tolist() == [12.5, 7.0]
    assert table.rows["open"].tolist() == [True, False]
    assert table.rows["day"].tolist() == [pd.Timestamp("2024-12-31")] * 2
    assert [(c.name, c.title, c.kind, c.unit) for c in table.columns][:3] == [
        ("area", "Quarter", "text", ""),
        ("day", "day", "day", ""),
        ("persons", "persons", "whole", "persons"),
    ]
    assert (table.unit, table.licence, table.publisher) == ("persons", "CC-BY-4.0", "City of Ost")
    assert table.sources == ("Register of residents",)


@pytest.mark.parametrize(
    ("row", "column", "what"),
    [
        ("1;31.12.2024;5;1;ja", "area", "'1' does not fit the schema's pattern"),
        (";31.12.2024;5;1;ja", "area", "the cell is empty"),
        ("03;2024-12-31;5;1;ja", "day", "'2024-12-31' is no date"),
        ("03;31.02.2024;5;1;ja", "day", "'31.02.2024' is no date"),
        ("03;31.12.2024;viele;1;ja", "persons", "'viele' is no integer"),
        ("03;31.12.2024;-5;1;ja", "persons", "'-5' is less than 0"),
        ("03;31.12.2024;5;1e999;ja", "share", "'1e999' is no number"),
        ("03;31.12.2024;5;1;yes", "open", "'yes' is no boolean"),
    ],
)
def test_each_fault_is_named_with_file_row_column_and_mend(row: str, column: str, what: str) -> None:
    received = package(GOOD + row + "\n")
    (finding,) = received.findings
    assert (finding.level, finding.file, finding.row, finding.column, finding.what) == (
        "error",
        "people.csv",
        4,
        column,
        what,
    )
    assert finding.hint
    assert not in_english_only([finding.what, finding.hint, finding.sentence])
    assert len(only(received).rows) == 2  # the others stay


def test_a_key_that_stands_twice_and_a_reference_to_nothing_are_named() -> None:
    received = package(GOOD + "01;31.12.2024;7;1;ja\n", primaryKey=["area", "day"])
    assert [(f.row, f.column) for f in received.findings] == [(4, "area")]
    assert only(received).rows["persons"].tolist() == [1200, pd.NA]
    key = {"fields": "area", "reference": {"resource": "areas", "fields": "id"}}
    people = {"name": "people", "path": "p.csv", "schema": {"fields": [{"name": "area"}], "foreignKeys": [key]}}
    areas = {"name": "areas", "path": "a.csv"}
    both = reading.read(
        zipped(ABOUT | {"resources": [people, areas]}, p__csv="area\nA\nX\n", a__csv="id\nA\nB\n"), "z.zip"
    )
    assert [(f.file, f.row, f.column, f.what) for f in both.findings] == [("p.csv", 3, "area", "'X' is not in areas")]


def test_a_cell_over_two_lines_keeps_the_rows_numbers_an_editors() -> None:
    fields = [{"name": "name"}, {"name": "n", "type": "integer"}]
    received = package('name;n\n"two\nlines";1\nb;x\n', fields)
    assert [(f.row, f.column) for f in received.findings] == [(4, "n")]


@pytest.mark.parametrize(
    ("path", "what"),
    [
        ("https://example.org/people.csv", "no address is followed"),
        ("../../etc/passwd", "leads out of the package"),
        ("/etc/passwd", "leads out of the package"),
        ("gone.csv", "the file is missing in the zip"),
        (["a.csv", "b.csv"], "it is in several files"),
    ],
)
def test_nothing_outside_the_zip_is_read(path: Any, what: str) -> None:
    content = zipped(ABOUT | {"resources": [{"name": "people", "path": path}]}, people__csv=GOOD)
    received = packages.read(content, "sent.zip")
    assert received.tables == []
    assert what in str(received.findings[0])


def test_a_file_is_read_once_and_all_tables_together_have_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    resources = [{"name": f"t{n}", "path": path} for n, path in enumerate(["a.csv", "./a.csv", "b.csv", ["c.csv"]])]
    files = {f"{name}__csv": "x\n1\n2\n3\n" for name in "abc"}
    received = reading.read(zipped(ABOUT | {"resources": resources}, **files), "sent.zip")
    assert [table.name for table in received.tables] == ["t0", "t2", "t3"]
    assert [finding.what for finding in received.findings] == ["two resources name this file"]
    monkeypatch.setattr(packages, "MOST_ROWS", 7)
    received = reading.read(zipped(ABOUT | {"resources": resources}, **files), "sent.zip")
    assert any("7" in finding.what for finding in received.findings[1:])
    assert [table.name for table in received.tables] == ["t0", "t2"], "what goes beyond the bound is left out"


def test_tables_for_a_pack_keep_their_signs_and_their_own_files(tmp_path: Path) -> None:
    fields = [{"name": "change", "type": "string"}]
    resources = [
        {"name": name, "path": f"{path}.csv", "schema": {"fields": fields}} for name, path in (("ä", "a"), ("ö", "b"))
    ]
    sent = tmp_path / "sent.zip"
    sent.write_bytes(zipped(ABOUT | {"resources": resources}, a__csv="change\n-5\n", b__csv="change\n+7\n"))
    credits = packages.write_tables(sent, tmp_path)
    assert len(credits) == 2
    assert sorted((tmp_path / file).read_text().split()[1] for file in credits) == ["+7", "-5"]


def test_a_descriptor_or_zip_that_is_none_is_one_sentence() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("datapackage.json", "[" * 100_000)
    with pytest.raises(SourceError, match="this is no JSON"):
        reading.read(out.getvalue(), "nested.zip")
    with pytest.raises(SourceError, match="it names no resources"):
        reading.read(zipped({"resources": []}), "empty.zip")
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("datapackage.json", "{}")
        archive.writestr("people.csv", "0" * 50_000_000)
    with pytest.raises(SourceError, match="more than its size allows"):
        reading.read(bomb.getvalue(), "bomb.zip")


def test_our_own_table_with_its_csvw_comes_back_as_it_went() -> None:
    for place, name in (("berlin", "residents_by_background"), ("world", "displaced"), ("berlin", "facilities")):
        rows = pd.DataFrame(place_table(name, place)).drop(columns="geometry", errors="ignore").head(3000)
        entry = data.entry(name, place)
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr(f"{name}.csv", csv_bytes(rows))
            archive.writestr("csv-metadata.json", json.dumps(dcat.csv_metadata("https://zone.example/api", entry)))
        received = reading.read(out.getvalue(), "ours.zip")
        assert received.findings == [], name
        back = only(received)
        assert (back.title, back.unit, back.period) == (entry.title, entry.unit, entry.period)
        assert list(back.rows) == list(rows)
        for column in rows:
            got, gone = back.rows[column].reset_index(drop=True), rows[column].reset_index(drop=True)
            if str(gone.dtype) in ("str", "string", "object"):
                gone = gone.where(gone.astype("string").str.strip() != "")  # a CSV cannot tell '' from nothing
            assert (got.isna() == gone.isna()).all(), (name, column)
            known = gone.notna()
            assert (got[known].to_numpy() == gone[known].to_numpy()).all(), (name, column)


@given(st.binary(max_size=300), st.dictionaries(st.text(max_size=9), st.integers() | st.text(max_size=9), max_size=4))
def test_whatever_is_sent_is_read_or_refused_with_a_sentence(content: bytes, extra: dict[str, Any]) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        resource = {"path": "a.csv", "schema": {"fields": [{"name": "a", "type": "integer", **extra}]}, **extra}
        archive.writestr("datapackage.json", json.dumps({"resources": [resource], **extra}))
        archive.writestr("a.csv", content)
    with suppress(SourceError):  # any other error would fail the test
        received = reading.read(out.getvalue(), "sent.zip")
        assert received.tables or received.findings
