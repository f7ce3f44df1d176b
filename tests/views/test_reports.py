"""What people take home: each kind opens in the program it is for, and says the same names and numbers as the page."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import zipfile
from contextlib import suppress
from pathlib import Path

import pandas as pd
import plotly.graph_objects as go
import pytest
from docx import Document
from pptx import Presentation

from data.figures import Chart, Column, Figure, KeyFigure, publishers
from data.translation import LANGUAGES, Language
from views import picture_files, prints, reports
from views.brand import Brand
from views.drawing import still
from views.palette import Style

SOFFICE, PDFTOTEXT = shutil.which("soffice"), shutil.which("pdftotext")
BARS = pd.DataFrame({"district": ["Mitte", "Pankow <img onerror=alert(1)>"], "share": [12.25, 7.5]})
YEARS = pd.DataFrame(
    {"year": [2020, 2021, 2022] * 2, "group": ["a"] * 3 + ["b"] * 3, "persons": [1.0, 2.0, 3.0, 4.0, None, 6.0]}
)
DAYS = YEARS.assign(year=pd.to_datetime(YEARS["year"].astype(str) + "-12-31"))
PAIRS = pd.DataFrame({"origin": ["SYR"], "asylum": ["DEU"], "persons": [700_000]})
STRIP = pd.DataFrame({"label": ["Rent", "Walk"], "better_than": [10.0, 90.0], "kind": ["gap", "strength"]})
SERIES = {"x": "year", "y": "persons", "by": "group", "unit": "persons"}
DRAWINGS = {
    "bars": (
        BARS,
        Chart("bars", BARS, {"label": "district", "value": "share", "unit": "%", "digits": 2, "marked": "Mitte"}),
    ),
    "lines": (YEARS, Chart("lines", YEARS, SERIES)),
    "days": (DAYS, Chart("lines", DAYS, SERIES)),
    "scatter": (
        YEARS,
        Chart(
            "scatter",
            YEARS.dropna(),
            {"x": "year", "y": "persons", "name": "group", "x_unit": "", "y_unit": "", "labelled": ["a"]},
        ),
    ),
    "waterfall": (BARS, Chart("waterfall", BARS, {"part": "district", "change": "share", "unit": "%", "total": "sum"})),
    "flows": (PAIRS, Chart("sankey", PAIRS, {"names": {"SYR": "Syria", "DEU": "Germany"}})),
    "a strip": (
        STRIP,
        Chart(
            "strip",
            STRIP,
            {"name": "label", "better_than": "better_than", "kind": "kind", "unit": "", "ends": (20, 80)},
        ),
    ),
    "table only": (BARS, None),
}


def figures() -> list[Figure]:
    names = {"district": "name", "group": "text", "origin": "id", "asylum": "id", "label": "name", "kind": "text"}
    made = []
    for name, (rows, drawing) in DRAWINGS.items():
        columns = tuple(
            Column(
                column,
                column.title(),
                kind="day" if str(rows[column].dtype).startswith("datetime") else names.get(column, "number"),
                digits=2,
            )  # type: ignore[arg-type]
            for column in rows
        )
        made.append(Figure(name, f"Finding of {name}", "unit of it", "2024", "Publisher", rows, columns, drawing))
    return made


def report(language: str = "en", **brand: object) -> reports.Report:
    numbers = [KeyFigure("Libraries", "105", "+2")]
    return reports.Report(
        "Libraries in the city",
        ["Made today"],
        numbers,
        figures(),
        Brand(**brand),
        Language(language),  # type: ignore[arg-type]
    )


def chart_of(content: bytes, finding: str):  # type: ignore[no-untyped-def]
    for slide in Presentation(io.BytesIO(content)).slides:
        if any(shape.has_text_frame and finding in shape.text_frame.text for shape in slide.shapes):
            return next(shape.chart for shape in slide.shapes if shape.has_chart)
    raise AssertionError(f"no slide says '{finding}'")


def series(content: bytes, finding: str) -> dict[str, list[float | None]]:
    return {entry.name: list(entry.values) for entry in chart_of(content, finding).plots[0].series}


@pytest.fixture(scope="module")
def deck() -> bytes:
    return reports.make(report(), "pptx")


def test_charts_on_slides_can_be_edited_and_have_the_tables_numbers(deck: bytes) -> None:
    assert sorted(series(deck, "Finding of bars")[""]) == sorted(BARS["share"])
    assert series(deck, "Finding of days")["a"] == [1, 2, 3]
    assert series(deck, "Finding of days")["b"] == [4, None, 6], "a gap stays a gap"
    assert series(deck, "Finding of lines")["a"] == [1, 2, 3]
    assert series(deck, "Finding of waterfall")[""] == [12.25, 7.5, 19.75]


def test_bars_on_slides_keep_their_highlight_and_their_labels(deck: bytes) -> None:
    bars = chart_of(deck, "Finding of bars").plots[0].series[0]
    colours = [str(bars.points[place].format.fill.fore_color.rgb) for place in range(2)]
    assert len(set(colours)) == 2  # Mitte is marked
    assert bars.data_labels.show_value
    assert bars.data_labels.number_format == "#,##0.00"


def test_every_slide_names_unit_period_and_source(deck: bytes) -> None:
    slides = list(Presentation(io.BytesIO(deck)).slides)
    assert len(slides) == len(figures()) + 2  # title, key figures
    said = [" ".join(shape.text_frame.text for shape in slide.shapes if shape.has_text_frame) for slide in slides]
    assert all("unit of it, 2024 · Source: Publisher" in words for words in said[2:])
    cells = [
        cell.text for shape in slides[1].shapes if shape.has_table for row in shape.table.rows for cell in row.cells
    ]
    assert cells == ["Libraries", "105 +2"]


@pytest.mark.skipif(
    SOFFICE is None or PDFTOTEXT is None,
    reason="no LibreOffice or pdftotext on this machine and none could be installed",
)
def test_libreoffice_renders_the_slides_with_the_tables_numbers(deck: bytes, tmp_path: Path) -> None:
    (tmp_path / "deck.pptx").write_bytes(deck)
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    convert = [str(SOFFICE), profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path)]
    subprocess.run([*convert, str(tmp_path / "deck.pptx")], check=True, capture_output=True, timeout=180)
    read = [str(PDFTOTEXT), "-layout", str(tmp_path / "deck.pdf"), "-"]
    words = subprocess.run(read, check=True, capture_output=True, text=True).stdout
    assert "Libraries in the city" in words
    assert words.count("\f") == len(figures()) + 2
    assert "12.25" in words


def test_word_has_findings_key_figures_tables_and_sources() -> None:
    document = Document(io.BytesIO(reports.make(report(), "docx")))
    said = [paragraph.text for paragraph in document.paragraphs]
    assert "Finding of bars" in said
    assert "Libraries: 105 +2" in said
    assert any("2024 · Source: Publisher" in line for line in said)
    assert [cell.text for cell in document.tables[0].rows[0].cells] == ["District", "Share"]
    assert [cell.text for cell in document.tables[0].rows[1].cells] == ["Mitte", "12.25"]


def test_a_wide_table_goes_on_below_with_its_names() -> None:
    rows = pd.DataFrame({"name": ["Mitte"], **{f"c{number}": [number] for number in range(14)}})
    columns = (Column("name", "Name", kind="name"), *(Column(f"c{number}", f"C{number}") for number in range(14)))
    part = reports.part(Figure("wide", "Wide", "", "", "", rows, columns), Language())
    assert [len(head) for head, _rows in part.tables] == [7, 7, 3]
    assert all(
        head[0] == "Name" and body == [["Mitte", *(name[1:] for name in head[1:])]] for head, body in part.tables
    )


def test_html_opens_without_a_network_and_runs_no_name() -> None:
    page = reports.make(report(logo=b"\x89PNG", logo_kind="png"), "html").decode()
    own = re.sub(r"<script.*?</script>", "", page, flags=re.S)
    assert not re.search(r'(src|href)="?https?:', own)
    assert "<img onerror" not in own
    assert "data:image/png;base64," in own
    assert "12.25" in own
    assert "Libraries</dt><dd>105" in own


def test_data_is_every_table_with_its_source() -> None:
    archive = zipfile.ZipFile(io.BytesIO(reports.make(report(), "zip")))
    assert len(archive.namelist()) == len(figures()) + 1
    assert pd.read_csv(archive.open("01-finding-of-bars.csv"))["Share"].tolist() == BARS["share"].tolist()
    about = archive.read("README.txt").decode()
    assert "unit of it, 2024. Source: Publisher" in about
    assert "Libraries: 105" in about


def test_pdf_says_how_far_it_is_and_has_a_page_for_each_figure() -> None:
    shares: list[float] = []
    content = reports.make(report(), "pdf", shares.append)
    assert content.startswith(b"%PDF")
    if picture_files.can_draw():
        assert shares[-1] == 1
        assert shares == sorted(shares)


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
    content = prints.report(reports.Report(words, [words], [], [], language=Language(language)), [], [])
    (tmp_path / "report.pdf").write_bytes(content)
    listing = subprocess.run(["pdffonts", str(tmp_path / "report.pdf")], check=True, capture_output=True, text=True)
    fonts = {line.split()[0].split("+")[-1].split("-")[0] for line in listing.stdout.splitlines()[2:]}
    assert fonts <= {"DejaVuSans"}
    read = [str(PDFTOTEXT), str(tmp_path / "report.pdf"), "-"]
    said = subprocess.run(read, check=True, capture_output=True, text=True).stdout
    if language != "ar":  # pdftotext writes Arabic in the order it is seen
        assert words.split()[0] in said


def test_a_preview_card_has_the_size_chat_programs_ask_for() -> None:
    width_height = prints.card("Who is served? " * 8, Brand())[16:24]
    assert (int.from_bytes(width_height[:4]), int.from_bytes(width_height[4:])) == (1200, 630)


def test_a_long_note_pushes_the_picture_down_and_never_lies_over_it() -> None:
    rows = pd.DataFrame({"label": ["a", "b"], "value": [1.0, 2.0]})
    drawing = Chart("bars", rows, {"label": "label", "value": "value", "unit": "minutes"})
    for words in (3, 120):
        figure = Figure("long", "A finding", "minutes", "2024", "a source " * words, rows, (), drawing, "note " * words)
        picture = still(figure, Style(Language()))
        assert picture is not None
        margin, (subtitle, source) = picture.layout.margin, picture.layout.annotations[-2:]
        lines = subtitle.text.count("<br>") + 1
        assert margin.t > subtitle.yshift > 14 * lines + 30, "the unit stands between note and chart"
        assert margin.b > -source.yshift + 12 * (source.text.count("<br>") + 1)


def test_the_line_on_the_screen_names_publishers_and_the_report_the_whole_source() -> None:
    source = "Geoportal; © OpenStreetMap contributors · 2025-09 · CC BY 3.0; ODbL 1.0 · v1"
    source += "; residents: Office · 2024 · CC0"
    assert publishers(source) == "Geoportal; © OpenStreetMap contributors; residents: Office"
    assert publishers("UNHCR · 1951–2025 · CC BY 4.0 · v1; UNHCR · 2025 · CC BY 4.0 · v2") == "UNHCR"
    assert publishers("my file.csv, of the reader") == "my file.csv, of the reader"


def test_the_browser_that_draws_steps_back_with_all_that_it_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    if not picture_files.can_draw():
        pytest.skip("no Chromium on this machine")
    leaders: list[int] = []
    step_back = picture_files._step_back
    monkeypatch.setattr(picture_files, "_step_back", lambda leader: (step_back(leader), leaders.append(leader)))
    priorities: list[int] = []

    def look(_share: float) -> None:
        group = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]
        for process in group:
            with suppress(OSError):
                if os.getpgid(process) == leaders[0]:
                    priorities.append(os.getpriority(os.PRIO_PROCESS, process))

    (content,) = picture_files.draw([go.Figure(go.Bar(y=[1, 2]))], {"format": "svg"}, look)
    assert content is not None
    assert content.startswith(b"<svg")
    assert len(priorities) > 2  # its own and those of its pages
    assert set(priorities) == {picture_files.NICE}
    assert os.getpriority(os.PRIO_PROCESS, 0) == 0  # whoever asked does not
