"""Taking a whole page home: PDF, PowerPoint, Word, one HTML file that works offline, and the data behind it."""

from __future__ import annotations

import asyncio
import html
import io
import zipfile
from base64 import b64encode
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from queue import SimpleQueue

import plotly.graph_objects as go
import plotly.io
from plotly.offline import get_plotlyjs

from views import exports, prints
from views.brand import Brand
from views.exports import Shown
from views.language import N_, _, current, is_right_to_left
from views.text import plain

KINDS = {
    "pdf": ("PDF", "application/pdf"),
    "pptx": ("PowerPoint", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    "docx": ("Word", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "html": ("HTML", "text/html"),
    "zip": (N_("Data (ZIP of CSV)"), "application/zip"),
}
MOST_ROWS, MOST_COLUMNS = 25, 8
Progress = Callable[[float], object]


@dataclass(frozen=True)
class Report:
    """What is taken home: title, lines below it (territory, day, citation), figures, look."""

    title: str
    lines: list[str]
    figures: list[Shown]
    brand: Brand


def make(report: Report, kind: str, progress: Progress = lambda _share: None) -> bytes:
    """The report as one of KINDS; progress is told a share from 0 to 1. Without a Chromium on the server pictures are left out."""
    if kind == "zip":
        return _data(report)
    if kind == "html":
        return _html(report)
    drawn = [_drawn(figure) for figure in report.figures]
    if kind == "pptx":
        from views import slides

        pictures = _pictures(
            [None if figure is None or slides.is_chart(figure) else figure for figure in drawn], progress
        )
        return slides.deck(report.title, report.lines, report.figures, drawn, pictures, report.brand)
    pictures = _pictures(drawn, progress)
    if kind == "docx":
        return _word(report, pictures)
    parts = [_part(figure) for figure in report.figures]
    return prints.report(report.title, report.lines, parts, pictures, report.brand)


def _pictures(figures: list[go.Figure | None], progress: Progress) -> list[bytes | None]:
    """Each figure as PNG, drawn by one browser in two tabs; None for None or where no browser is."""
    import kaleido

    if not exports.can_draw() or all(figure is None for figure in figures):
        return [None] * len(figures)
    done, shares = 0, SimpleQueue[float | None]()

    async def draw(browser: kaleido.Kaleido, figure: go.Figure | None) -> bytes | None:
        nonlocal done
        made = (
            None
            if figure is None
            else await browser.calc_fig(figure.to_plotly_json(), opts={"format": "png", "scale": 1.5})
        )
        done += 1
        shares.put(done / len(figures))
        return made

    async def every() -> list[bytes | None]:
        async with kaleido.Kaleido(n=2, mathjax=False) as browser:
            return list(await asyncio.gather(*(draw(browser, figure) for figure in figures)))

    with ThreadPoolExecutor(
        1
    ) as apart:  # a thread of its own has no event loop yet, whoever calls; progress is told from ours
        made = apart.submit(lambda: asyncio.run(every()))
        made.add_done_callback(lambda _done: shares.put(None))
        for share in iter(shares.get, None):
            progress(share)
        return made.result()


def _drawn(figure: Shown) -> go.Figure | None:
    if figure.picture is None:
        return None
    drawn = go.Figure(figure.picture() if callable(figure.picture) else figure.picture)
    return drawn.update_layout(
        template="plotly_white",
        width=1000,
        height=max(480, min(drawn.layout.height or 520, 900)),
        paper_bgcolor="white",
        margin={"t": 40, "b": 40},
    )


def _part(figure: Shown) -> dict[str, object]:
    rows = figure.table.iloc[:MOST_ROWS, :MOST_COLUMNS]
    more = len(figure.table) - len(rows)
    return {
        "title": figure.title,
        "unit": figure.unit,
        "source": _("Source: {credit}", credit=figure.source),
        "head": [str(name) for name in rows],
        "rows": [[plain(value) for value in row] for row in rows.itertuples(index=False)],
        "more": _("{more} more rows are in the data.", more=more) if more > 0 else "",
    }


def _data(report: Report) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        about = [report.title, *report.lines, ""]
        for number, figure in enumerate(report.figures, 1):
            name = f"{number:02d}-{exports.file_stem(figure.title)}.csv"
            archive.writestr(name, exports.csv_bytes(figure.table))
            about.append(f"{name}: {figure.title}. {figure.unit}. {_('Source: {credit}', credit=figure.source)}")
        archive.writestr("README.txt", "\n".join(about))
    return out.getvalue()


def _word(report: Report, pictures: list[bytes | None]) -> bytes:
    from docx import Document
    from docx.oxml.parser import OxmlElement
    from docx.shared import Cm, Pt, RGBColor

    made = Document()
    if report.brand.logo and report.brand.logo_kind != "svg":
        made.add_picture(io.BytesIO(report.brand.logo), height=Cm(1.4))
    made.add_heading(report.title, 0)
    for line in report.lines:
        made.add_paragraph(line)
    for figure, picture in zip(report.figures, pictures, strict=True):
        part = _part(figure)
        made.add_heading(figure.title, 1)
        if picture is not None:
            made.add_picture(io.BytesIO(picture), width=Cm(16))
        made.add_paragraph(f"{figure.unit} {part['source']}").runs[0].font.size = Pt(8)
        rows = figure.table.iloc[:MOST_ROWS, :MOST_COLUMNS]
        if len(rows.columns):
            table = made.add_table(1, len(rows.columns), style="Light List")
            for cell, name in zip(table.rows[0].cells, rows, strict=True):
                cell.text = str(name)
            for row in rows.itertuples(index=False):
                for cell, value in zip(table.add_row().cells, row, strict=True):
                    cell.text = plain(value)
            for paragraph in (paragraph for cell in table._cells for paragraph in cell.paragraphs):
                for run in paragraph.runs:
                    run.font.size = Pt(7)
        made.add_paragraph(str(part["more"]))
    for style in ("Title", "Heading 1"):
        made.styles[style].font.color.rgb = RGBColor.from_string(report.brand.primary.lstrip("#"))  # type: ignore[attr-defined]
    if is_right_to_left():
        for paragraph in made.paragraphs:
            paragraph._p.get_or_add_pPr().append(OxmlElement("w:bidi"))
            for run in paragraph.runs:
                run._r.get_or_add_rPr().append(OxmlElement("w:rtl"))
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _html(report: Report) -> bytes:
    """One file with the library of the charts inside, so it opens without a network."""
    escape, brand = html.escape, report.brand
    logo = (
        f'<img alt="{escape(brand.name)}" height="48" src="data:image/{brand.logo_kind.replace("svg", "svg+xml")};base64,{b64encode(brand.logo).decode()}">'
        if brand.logo
        else ""
    )
    parts = []
    for number, figure in enumerate(report.figures):
        drawn = _drawn(figure)
        chart = (
            ""
            if drawn is None
            else plotly.io.to_html(
                drawn.update_layout(width=None),
                full_html=False,
                include_plotlyjs=False,
                div_id=f"figure-{number}",
                config={"displaylogo": False, "responsive": True},
            )
        )
        table = figure.table.map(plain).to_html(index=False, border=0, escape=True)
        parts.append(
            f"<section><h2>{escape(figure.title)}</h2>{chart}<p class=source>{escape(figure.unit)} "
            f"{escape(_('Source: {credit}', credit=figure.source))}</p><details><summary>{escape(_('Table'))}</summary>"
            f"<div class=table>{table}</div></details></section>"
        )
    lines = "".join(f"<p>{escape(line)}</p>" for line in report.lines)
    style = (
        f"body{{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:0 auto;padding:1rem;color:#14120f;background:#fff}}h1,h2{{color:{brand.primary}}}"
        ".source{font-size:.85rem;color:#444}.table{overflow-x:auto}table{border-collapse:collapse;font-size:.85rem}td,th{padding:.2rem .6rem;"
        "border-bottom:1px solid #ccc;text-align:start}"
    )
    direction = "rtl" if is_right_to_left() else "ltr"
    page = (
        f'<!doctype html><html lang="{current()}" dir="{direction}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{escape(report.title)}</title><style>{style}</style><script>{get_plotlyjs()}</script></head><body>{logo}<h1>{escape(report.title)}</h1>"
        f"{lines}{''.join(parts)}</body></html>"
    )
    return page.encode()
