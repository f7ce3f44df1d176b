"""A whole page taken home: PDF, PowerPoint, Word, one HTML file that works offline, and the data behind it."""

from __future__ import annotations

import html
import io
import zipfile
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from data.figures import Figure, KeyFigure
from data.translation import Language
from views import documents, exports, picture_files, prints, slides
from views.brand import Brand
from views.drawing import still
from views.palette import Style

PICTURE = {"format": "png", "scale": 1.5}
MAX_ROWS, MAX_COLUMNS = 25, 7  # of a table on paper; wider ones go on below, names repeated
Progress = Callable[[float], object]


@dataclass(frozen=True)
class Report:
    """What is taken home: title, lines below it (day, citation), key figures, figures, look, language.

    sections: sentences by heading, before the figures. brief: figures follow each other on a page, and one that is
    drawn has no table.
    """

    title: str
    lines: list[str]
    key_figures: list[KeyFigure]
    figures: list[Figure]
    brand: Brand = Brand()
    language: Language = Language()
    sections: dict[str, list[str]] = field(default_factory=dict)
    brief: bool = False


@dataclass(frozen=True)
class Part:
    """A figure in words: heads and rows of its tables on paper, and how many rows are left to the data.

    numbers: for each table which of its columns are numbers, which stand on the right.
    """

    figure: Figure
    tables: list[tuple[list[str], list[list[str]]]]
    numbers: list[list[bool]]
    source: str
    more: str


def make(report: Report, kind: str, progress: Progress = lambda _share: None) -> bytes:
    """The report as one of exports.REPORTS; progress is given a share from 0 to 1.

    Without a Chromium on the server pictures are left out.
    """
    if kind == "zip":
        return _data(report)
    if kind == "html":
        return _html(report)
    style = Style(report.language)
    native = [kind == "pptx" and slides.is_native(figure, style) for figure in report.figures]
    drawn = [
        None if is_native else still(figure, style, 1000, 520)
        for figure, is_native in zip(report.figures, native, strict=True)
    ]
    pictures = picture_files.draw(drawn, PICTURE, progress)
    if kind == "pptx":
        return slides.deck(report, pictures, native)
    parts = [part(figure, report.language) for figure in report.figures]
    if report.brief:
        parts = [
            part if drawn_one is None else replace(part, tables=[], numbers=[], more="")
            for part, drawn_one in zip(parts, drawn, strict=True)
        ]
    return documents.word(report, parts, pictures) if kind == "docx" else prints.report(report, parts, pictures)


def part(figure: Figure, language: Language) -> Part:
    """A figure for paper: all its columns, in tables as wide as a page, each with the names first."""
    names = [place for place, column in enumerate(figure.columns) if column.kind == "name"] or [0]
    rest = [place for place in range(len(figure.columns)) if place not in names]
    step = MAX_COLUMNS - len(names)
    groups = [rest[start : start + step] for start in range(0, len(rest), step)] or [[]]
    heads, rows = figure.headings(), figure.texts(language, MAX_ROWS)
    tables = [
        ([heads[place] for place in (*names, *group)], [[row[place] for place in (*names, *group)] for row in rows])
        for group in groups
    ]
    is_number = [column.kind == "number" for column in figure.columns]
    numbers = [[is_number[place] for place in (*names, *group)] for group in groups]
    more = len(figure.rows) - len(rows)
    return Part(
        figure,
        tables,
        numbers,
        language("Source: {credit}", credit=figure.source),
        language.plural("{n} more row is in the data.", "{n} more rows are in the data.", more) if more > 0 else "",
    )


def _data(report: Report) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        about = [
            report.title,
            *report.lines,
            "",
            *(f"{number.label}: {number.value}" for number in report.key_figures),
            "",
            *(line for heading, sentences in report.sections.items() for line in (heading, *sentences, "")),
        ]
        for place, figure in enumerate(report.figures, 1):
            name = f"{place:02d}-{exports.file_stem(figure.finding)}.csv"
            archive.writestr(name, exports.csv_bytes(figure, report.language))
            source = report.language("Source: {credit}", credit=figure.source)
            about.append(f"{name}: {figure.finding}. {figure.subtitle}. {source}")
        archive.writestr("README.txt", "\n".join(about))
    return out.getvalue()


def _html(report: Report) -> bytes:
    """One file with the library of the charts inside, so it opens without a network."""
    from plotly.io import to_html
    from plotly.offline import get_plotlyjs

    escape, brand, language = html.escape, report.brand, report.language
    kind = brand.logo_kind.replace("svg", "svg+xml")
    encoded = b64encode(brand.logo).decode()
    logo = f'<img alt="{escape(brand.name)}" height="48" src="data:image/{kind};base64,{encoded}">' if encoded else ""
    numbers = "".join(
        f"<dt>{escape(number.label)}</dt><dd>{escape(number.value)}</dd>" for number in report.key_figures
    )
    sections = []
    for place, figure in enumerate(report.figures):
        picture = still(figure, Style(language), 1000, 520)
        chart = ""
        if picture is not None:
            picture.update_layout(width=None)
            config = {"displaylogo": False, "responsive": True}
            chart = to_html(picture, full_html=False, include_plotlyjs=False, div_id=f"figure-{place}", config=config)
        marks = [" class=number" if column.kind == "number" else "" for column in figure.columns]
        head = "".join(f"<th{m}>{escape(text)}</th>" for m, text in zip(marks, figure.headings(), strict=True))
        rows = "".join(
            f"<tr>{''.join(f'<td{m}>{escape(cell)}</td>' for m, cell in zip(marks, row, strict=True))}</tr>"
            for row in figure.texts(language)
        )
        source = language("Source: {credit}", credit=figure.source)
        sections.append(
            f"<section><h2>{escape(figure.finding)}</h2>{chart}<p class=source>{escape(figure.subtitle)} · "
            f"{escape(source)}</p><details{'' if chart else ' open'}><summary>{escape(language('Table'))}</summary>"
            f"<div class=table><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div></details>"
            "</section>"
        )
    lines = "".join(f"<p>{escape(line)}</p>" for line in report.lines)
    direction = "rtl" if language.is_right_to_left else "ltr"
    page = (
        f'<!doctype html><html lang="{language.code}" dir="{direction}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{escape(report.title)}</title>'
        f"<style>{_html_style(brand)}</style>"
        f"<script>{get_plotlyjs()}</script></head><body>{logo}<h1>{escape(report.title)}</h1>{lines}<dl>{numbers}</dl>"
        f"{_html_sentences(report)}{''.join(sections)}</body></html>"
    )
    return page.encode()


def _html_sentences(report: Report) -> str:
    """The report's sentences by heading."""
    parts = []
    for heading, sentences in report.sections.items():
        items = "".join(f"<li>{html.escape(sentence)}</li>" for sentence in sentences)
        parts.append(f"<h2>{html.escape(heading)}</h2><ul>{items}</ul>")
    return "".join(parts)


def _html_style(brand: Brand) -> str:
    return (
        "body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:0 auto;padding:1rem;"
        "color:#14120f;background:#fff}"
        f"h1,h2{{color:{brand.primary}}}.source{{font-size:.85rem;color:#444}}.table{{overflow-x:auto}}"
        "table{border-collapse:collapse;font-size:.85rem}td,th{padding:.2rem .6rem;border-bottom:1px solid #ccc;"
        "text-align:start}.number{text-align:end;font-variant-numeric:tabular-nums}"
        "dl{display:grid;grid-template-columns:max-content auto;gap:0 1rem}"
        "dd{margin:0;font-weight:bold}"
    )
