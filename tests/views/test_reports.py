"""What people take home: each kind opens in the program it is for, and says the same numbers as the page."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from docx import Document
from pptx import Presentation

from views import charts, comparisons, exports, flows, prints, reports
from views.brand import Brand
from views.exports import Shown
from views.language import LANGUAGES, using

SOFFICE, PDFTOTEXT = shutil.which("soffice"), shutil.which("pdftotext")
BARS = pd.DataFrame({"district": ["Mitte", "Pankow <img onerror=alert(1)>"], "share": [12.25, 7.5]})
YEARS = pd.DataFrame(
    {"year": [2020, 2021, 2022] * 2, "group": ["a"] * 3 + ["b"] * 3, "persons": [1.0, 2.0, 3.0, 4.0, None, 6.0]}
)
DAYS = YEARS.assign(year=pd.to_datetime(YEARS["year"].astype(str) + "-12-31"))
PAIRS = pd.DataFrame({"origin": ["SYR"], "asylum": ["DEU"], "persons": [700_000]})


def figures() -> list[Shown]:
    drawn = {
        "bars": (charts.bars(BARS, "district", "share", unit="%"), BARS),
        "lines": (charts.lines(YEARS, "year", "persons", "group", unit="persons"), YEARS),
        "days": (charts.lines(DAYS, "year", "persons", "group", unit="persons"), DAYS),
        "scatter": (
            comparisons.scatter(YEARS.dropna(), "year", "persons", "group", x_unit="year", y_unit="persons"),
            YEARS,
        ),
        "waterfall": (comparisons.waterfall(BARS, "district", "share", unit="%", total="sum"), BARS),
        "flows": (flows.sankey(PAIRS, {"SYR": "Syria", "DEU": "Germany"}), PAIRS),
        "table only": (None, BARS),
    }
    return [
        Shown(f"Finding of {name}", "unit of it", "Publisher 2024", table, picture)
        for name, (picture, table) in drawn.items()
    ]


def report(**parts: object) -> reports.Report:
    return reports.Report("Libraries in the city", ["Made today"], figures(), Brand(**parts))  # type: ignore[arg-type]


def series(content: bytes, finding: str) -> dict[str, list[float | None]]:
    for slide in Presentation(io.BytesIO(content)).slides:
        if any(shape.has_text_frame and finding in shape.text_frame.text for shape in slide.shapes):
            chart = next(shape.chart for shape in slide.shapes if shape.has_chart)
            return {one.name: list(one.values) for one in chart.plots[0].series}
    raise AssertionError(f"no slide says '{finding}'")


@pytest.fixture(scope="module")
def deck() -> bytes:
    return reports.make(report(), "pptx")


def test_charts_on_slides_can_be_edited_and_have_the_tables_numbers(deck: bytes) -> None:
    assert sorted(series(deck, "Finding of bars")[""]) == sorted(BARS["share"])
    assert series(deck, "Finding of days")["a"] == [1, 2, 3]
    assert series(deck, "Finding of days")["b"] == [4, None, 6], "a gap stays a gap"
    assert series(deck, "Finding of lines")["a"] == [1, 2, 3]
    assert series(deck, "Finding of waterfall")[""][:2] == list(BARS["share"])


def test_every_slide_names_unit_and_source(deck: bytes) -> None:
    slides = list(Presentation(io.BytesIO(deck)).slides)[1:]
    assert len(slides) == len(figures())
    for slide in slides:
        assert any(
            "unit of it · Publisher 2024" in shape.text_frame.text for shape in slide.shapes if shape.has_text_frame
        )


@pytest.mark.skipif(
    SOFFICE is None or PDFTOTEXT is None,
    reason="no LibreOffice or pdftotext on this machine and none could be installed",
)
def test_libreoffice_renders_the_slides_with_the_tables_numbers(deck: bytes, tmp_path: Path) -> None:
    (tmp_path / "deck.pptx").write_bytes(deck)
    command = [
        str(SOFFICE),
        f"-env:UserInstallation=file://{tmp_path}/profile",
        "--headless",
        "--convert-to",
        "pdf",
        "--outdir",
        str(tmp_path),
        str(tmp_path / "deck.pptx"),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    words = subprocess.run(
        [str(PDFTOTEXT), "-layout", str(tmp_path / "deck.pdf"), "-"], check=True, capture_output=True, text=True
    ).stdout
    assert "Libraries in the city" in words
    assert words.count("\f") == len(figures()) + 1
    assert "12.25" in words


def test_word_has_findings_tables_and_sources() -> None:
    made = Document(io.BytesIO(reports.make(report(), "docx")))
    said = [paragraph.text for paragraph in made.paragraphs]
    assert "Finding of bars" in said
    assert any("Publisher 2024" in one for one in said)
    assert [cell.text for cell in made.tables[0].rows[1].cells] == ["Mitte", "12.25"]


def test_html_opens_without_a_network_and_runs_no_name() -> None:
    page = reports.make(report(logo=b"\x89PNG", logo_kind="png"), "html").decode()
    own = re.sub(r"<script.*?</script>", "", page, flags=re.S)
    assert not re.search(r'(src|href)="?https?:', own)
    assert "<img onerror" not in own
    assert "data:image/png;base64," in own
    assert "12.25" in own


def test_data_is_every_table_with_its_source() -> None:
    archive = zipfile.ZipFile(io.BytesIO(reports.make(report(), "zip")))
    assert len(archive.namelist()) == len(figures()) + 1
    assert pd.read_csv(archive.open("01-finding-of-bars.csv"))["share"].tolist() == BARS["share"].tolist()
    assert "Publisher 2024" in archive.read("README.txt").decode()


def test_pdf_says_how_far_it_is_and_has_a_page_for_each_figure() -> None:
    told: list[float] = []
    content = reports.make(report(), "pdf", told.append)
    assert content.startswith(b"%PDF")
    if exports.can_draw():
        assert told[-1] == 1
        assert told == sorted(told)


@pytest.mark.skipif(PDFTOTEXT is None, reason="no pdftotext on this machine and none could be installed")
@pytest.mark.parametrize("language", LANGUAGES)
def test_fonts_of_the_pdf_hold_every_language(language: str, tmp_path: Path) -> None:
    words = {
        "en": "Schools",
        "de": "Größe der Schulen",
        "fr": "Écoles près d’ici",
        "es": "Niñez y educación",
        "uk": "Школи та їхні місця",
        "ar": "المدارس في المدينة",
    }[language]
    with using(language):
        content = prints.report(words, [words], [], [], Brand())
    (tmp_path / "one.pdf").write_bytes(content)
    fonts = subprocess.run(["pdffonts", str(tmp_path / "one.pdf")], check=True, capture_output=True, text=True).stdout
    assert {line.split()[0].split("+")[-1].split("-")[0] for line in fonts.splitlines()[2:]} <= {"DejaVuSans"}
    said = subprocess.run(
        [str(PDFTOTEXT), str(tmp_path / "one.pdf"), "-"], check=True, capture_output=True, text=True
    ).stdout
    if language != "ar":  # pdftotext writes Arabic in the order it is seen
        assert words.split()[0] in said


def test_a_preview_card_has_the_size_chat_programs_ask_for() -> None:
    width_height = prints.card("Who is served? " * 8, Brand())[16:24]
    assert (int.from_bytes(width_height[:4]), int.from_bytes(width_height[4:])) == (1200, 630)
