"""Each page is taken to each kind of file, and its names and numbers are found there again."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import tempfile
import zipfile
from functools import cache
from pathlib import Path

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
from docx import Document
from pptx import Presentation

from data.translation import Language
from tests.driver import PAGES, figures, open_page
from views import exports, picture_files, reports

PDFTOTEXT = shutil.which("pdftotext")
WITHOUT_FIGURES = {
    "what_if_compare",
    "initiatives",
    "partnerships",
    "readiness",
    "impact",
    "goals",
    "workshop",
    "story",
    "data_elsewhere",
}


@cache
def seen(page: str) -> reports.Report:
    """A page of the shipped city as a report: its title, its key figures, its figures."""
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as folder:
        patch.setenv("ZONE_DATABASE", f"sqlite:///{folder}/zone.db")
        app = open_page(page, city="berlin", lang="en")
        assert not app.exception
        numbers = list(app.session_state["_key_figures"])
        return reports.Report(app.title[0].value, ["Made today"], numbers, figures(app), language=Language())


def squeezed(text: str) -> str:
    return "".join(text.split())


def expected(report: reports.Report) -> list[str]:
    """What every kind of report must say.

    Title, key figures, findings, units, sources, headings, the first rows' cells.
    """
    parts = [report.title]
    for number in report.key_figures:
        parts += [number.label, number.value]
    for figure in report.figures:
        parts += [figure.finding, figure.subtitle, figure.source, *figure.headings()]
        parts += [cell for row in figure.texts(report.language, 3) for cell in row]
    return [squeezed(part) for part in parts if part]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_has_figures_to_take_home(page: str) -> None:
    assert seen(page).figures or page in WITHOUT_FIGURES


@pytest.mark.parametrize("page", PAGES)
def test_tables_keep_every_name_number_and_id(page: str) -> None:
    for figure in seen(page).figures:
        read = pd.read_csv(
            io.BytesIO(exports.csv_bytes(figure)), encoding="utf-8-sig", dtype=str, keep_default_na=False
        )
        assert len(read) == len(figure.rows)
        assert len(read.columns) == len(figure.columns)
        sheet = openpyxl.load_workbook(io.BytesIO(exports.xlsx_bytes(figure)), read_only=True)["data"]
        rows = list(sheet.iter_rows(values_only=True))
        assert list(rows[0]) == figure.headings()
        for place, column in enumerate(figure.columns):
            cells = [row[place] for row in rows[1:]]
            if column.kind == "id":
                assert cells == [str(value) for value in figure.rows[column.name]], (figure.key, column.name)
                assert read.iloc[:, place].str.lstrip("'").tolist() == [cell.lstrip("'") for cell in cells]
            if column.kind == "number":
                values = pd.to_numeric(figure.rows[column.name], errors="coerce")
                numbers = pd.to_numeric(pd.Series(cells, dtype=object), errors="coerce")
                assert numbers.isna().tolist() == values.isna().tolist(), "a gap is no zero"
                assert numbers.dropna().tolist() == pytest.approx(values.dropna().astype(float).tolist())


@pytest.mark.parametrize("page", PAGES)
def test_places_are_taken_to_a_map(page: str, tmp_path: Path) -> None:
    for figure in seen(page).figures:
        if figure.geometry is None:
            assert (
                "area_id" not in figure.rows or figure.drawing is None or figure.drawing.__class__.__name__ == "Chart"
            )
            continue
        features = json.loads(exports.geojson_bytes(figure))
        assert len(features["features"]) == len(figure.rows)
        assert features["source"] == figure.source
        (tmp_path / "figure.gpkg").write_bytes(exports.geopackage_bytes(figure))
        layer = gpd.read_file(tmp_path / "figure.gpkg")
        assert len(layer) == len(figure.rows)
        assert layer.crs.to_epsg() == 4326
        assert layer.geometry.notna().any()


@pytest.mark.parametrize("page", PAGES)
def test_a_report_says_what_the_page_says(page: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without pictures, so that what is found is text; pictures have tests of their own."""
    monkeypatch.setattr(picture_files, "can_draw", lambda: False)
    report = seen(page)
    if not report.figures:
        return
    wanted = expected(report)
    document = Document(io.BytesIO(reports.make(report, "docx")))
    word = [paragraph.text for paragraph in document.paragraphs]
    word += [cell.text for table in document.tables for cell in table._cells]
    assert not missing(wanted, "\n".join(word))
    assert not missing(wanted, reports.make(report, "html").decode(), unescape=True)
    if PDFTOTEXT:
        (tmp_path / "page.pdf").write_bytes(reports.make(report, "pdf"))
        read = [PDFTOTEXT, "-raw", str(tmp_path / "page.pdf"), "-"]
        text = subprocess.run(read, check=True, capture_output=True, text=True).stdout
        # A long heading is broken into lines that other cells interrupt: its words are looked for.
        lost = missing(wanted, text)
        assert not [part for part in lost if len(part) < 16], lost
    archive = zipfile.ZipFile(io.BytesIO(reports.make(report, "zip")))
    assert len(archive.namelist()) == len(report.figures) + 1


@pytest.mark.parametrize("page", PAGES)
def test_slides_say_what_the_page_says(page: str) -> None:
    report = seen(page)
    if not report.figures:
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(picture_files, "can_draw", lambda: False)
        slides = Presentation(io.BytesIO(reports.make(report, "pptx"))).slides
    said = [shape.text_frame.text for slide in slides for shape in slide.shapes if shape.has_text_frame]
    tables = [shape.table for slide in slides for shape in slide.shapes if shape.has_table]
    said += [cell.text for table in tables for row in table.rows for cell in row.cells]
    wanted = [report.title, *(number.value for number in report.key_figures)]
    wanted += [part for figure in report.figures for part in (figure.finding, figure.subtitle, figure.source)]
    assert not missing([squeezed(part) for part in wanted if part], "\n".join(said))


def missing(wanted: list[str], text: str, unescape: bool = False) -> list[str]:
    import html

    text = squeezed(html.unescape(text) if unescape else text)
    return [part for part in wanted if part not in text]
