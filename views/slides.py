"""A report as PowerPoint slides: charts stay charts that can be edited, in our colours.

Maps and other drawings are pictures.
"""

from __future__ import annotations

import html
import io
import re
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from pptx import Presentation
from pptx.chart.data import CategoryChartData, XyChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_LEGEND_POSITION
from pptx.enum.text import PP_ALIGN
from pptx.util import Inches, Pt

from data.figures import Chart, Figure
from data.translation import Language
from views.drawing import draw
from views.palette import GROUPS, Style

if TYPE_CHECKING:
    from views.reports import Report

WIDTH, HEIGHT = Inches(13.333), Inches(7.5)
LEFT, TOP, WIDE, HIGH = Inches(0.6), Inches(1.6), Inches(12.1), Inches(5.1)
MAX_ROWS, MAX_COLUMNS, MAX_SERIES = 14, 8, 40
Cell = TypeVar("Cell")
INK = "#555555"


def deck(report: Report, pictures: list[bytes | None], native: list[bool]) -> bytes:
    """A title slide, one of key figures, and one or more a figure.

    pictures: PNG or None; native: whether a figure is a chart of PowerPoint's.
    """
    presentation = Presentation()
    presentation.slide_width, presentation.slide_height = WIDTH, HEIGHT
    language, brand = report.language, report.brand

    def slide(title: str, top: int = Inches(0.4), size: int = 24) -> Any:
        page = presentation.slides.add_slide(presentation.slide_layouts[6])
        _words(page, title, top, size, brand.primary, language, bold=True)
        return page

    first = slide(report.title, Inches(2.3), 36)
    _words(first, "\n".join(report.lines), Inches(4), 14, INK, language)
    if brand.logo and brand.logo_kind != "svg":
        first.shapes.add_picture(io.BytesIO(brand.logo), LEFT, Inches(0.5), height=Inches(0.9))
    if report.key_figures:
        numbers = [[number.label, f"{number.value} {number.delta}".strip()] for number in report.key_figures]
        _table(slide(report.title), numbers, 16, has_header=False)
    for heading, sentences in report.sections.items():
        _words(slide(heading), "\n".join(f"• {sentence}" for sentence in sentences), Inches(1.4), 18, INK, language)
    for figure, picture, is_native_chart in zip(report.figures, pictures, native, strict=True):
        source = language("Source: {credit}", credit=figure.source)
        caption = f"{figure.subtitle} · {source}"
        small = 10 if len(caption) <= 500 else 7  # what is left of a slide holds four lines
        if is_native_chart and isinstance(figure.drawing, Chart):
            page = slide(figure.finding)
            _chart(page, draw(figure.drawing, Style(language)), figure.drawing, language)
            _words(page, caption, Inches(6.85), small, INK, language)
        elif picture is not None:
            page = slide(figure.finding)
            page.shapes.add_picture(io.BytesIO(picture), LEFT, Inches(1.3), height=Inches(5.5))
            _words(page, caption, Inches(6.85), small, INK, language)
        else:
            is_number = [column.kind == "number" for column in figure.columns]
            for block, right in zip(_blocks(figure, language), _cut([is_number]), strict=True):
                page = slide(figure.finding)
                _table(page, block, 9, right[0])
                _words(page, caption, Inches(6.85), small, INK, language)
    out = io.BytesIO()
    presentation.save(out)
    return out.getvalue()


def _blocks(figure: Figure, language: Language) -> list[list[list[str]]]:
    """All columns in tables as wide as a slide, names repeated, the first rows."""
    return _cut([figure.headings(), *figure.texts(language, MAX_ROWS)])


def _cut(rows: list[list[Cell]]) -> list[list[list[Cell]]]:
    """Rows in blocks as wide as a slide, the first column repeated."""
    return [
        [[row[0], *row[start : start + MAX_COLUMNS - 1]] for row in rows]
        for start in range(1, max(len(rows[0]), 2), MAX_COLUMNS - 1)
    ]


def _words(slide: Any, words: str, top: int, size: int, colour: str, language: Language, bold: bool = False) -> None:
    frame = slide.shapes.add_textbox(LEFT, top, WIDE, Inches(0.6)).text_frame
    frame.word_wrap = True
    for place, line in enumerate(words.split("\n")):
        paragraph = frame.paragraphs[0] if place == 0 else frame.add_paragraph()
        paragraph.text = line
        paragraph.font.size, paragraph.font.bold = Pt(size), bold
        paragraph.font.color.rgb = _rgb(colour)
        if language.is_right_to_left:
            paragraph.alignment = PP_ALIGN.RIGHT
            paragraph._p.get_or_add_pPr().set("rtl", "1")


def _table(slide: Any, rows: list[list[str]], size: int, numbers: Sequence[bool] = (), has_header: bool = True) -> None:
    table = slide.shapes.add_table(len(rows), len(rows[0]), LEFT, Inches(1.4), WIDE, Inches(0.3)).table
    table.first_row = has_header
    for line, row in enumerate(rows):
        for place, text in enumerate(row):
            cell = table.cell(line, place)
            cell.text, cell.margin_top, cell.margin_bottom = text, Pt(1), Pt(1)
            cell.text_frame.paragraphs[0].font.size = Pt(size)
            if place < len(numbers) and numbers[place]:
                cell.text_frame.paragraphs[0].alignment = PP_ALIGN.RIGHT


def is_native(figure: Figure, style: Style) -> bool:
    """Whether PowerPoint has a chart of this kind of its own."""
    if not isinstance(figure.drawing, Chart):
        return False
    traces = _traces(draw(figure.drawing, style))
    kinds = {trace.type for trace in traces}
    lines = kinds == {"scatter"} and all(
        trace.fill != "toself" and trace.yaxis in (None, "y") and _is_numeric(trace.y) and trace.error_x.array is None
        for trace in traces
    )
    return 0 < len(traces) <= MAX_SERIES and (lines or kinds in ({"bar"}, {"waterfall"}, {"scatterpolar"}))


def _is_numeric(values: Any) -> bool:
    return values is not None and pd.api.types.is_numeric_dtype(pd.Series(list(values)).infer_objects())


def _traces(figure: go.Figure) -> list[Any]:
    return [trace for trace in figure.data if getattr(trace, "hoverinfo", None) != "skip"]


def _plain(words: object, language: Language) -> str:
    if isinstance(words, (date, np.datetime64)):
        return language.day(pd.Timestamp(words))
    return html.unescape(re.sub(r"<[^>]+>", " ", words)) if isinstance(words, str) else language.plain(words)


def _chart(slide: Any, figure: go.Figure, drawing: Chart, language: Language) -> None:
    """Draw a plotly figure as a chart of PowerPoint's own, with its colours, its marked item and its labels."""
    traces = _traces(figure)
    if traces[0].type == "bar":
        kind, data = _bars(figure, traces, language)
    elif traces[0].type == "waterfall":
        kind, data = XL_CHART_TYPE.COLUMN_CLUSTERED, _categories([_steps(traces[0])], language)
    elif traces[0].type == "scatterpolar":
        series = [(trace.theta, trace.r, trace.name) for trace in traces]
        kind, data = XL_CHART_TYPE.RADAR, _categories(series, language)
    else:
        kind, data = _lines(traces, language)
    chart = slide.shapes.add_chart(kind, LEFT, TOP, WIDE, HIGH, data).chart
    chart.has_title = False
    chart.has_legend = len(traces) > 1
    if chart.has_legend:
        chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
        chart.legend.font.size = Pt(11)
    chart.font.size = Pt(11)
    if traces[0].type == "scatter" and figure.layout.yaxis.autorange == "reversed":  # places: the first is on top
        chart.value_axis.reverse_order = True
    if hasattr(chart.plots[0], "gap_width"):
        chart.plots[0].gap_width = 40
    for place, (series, trace) in enumerate(zip(chart.plots[0].series, traces, strict=False)):
        _dress(series, trace, GROUPS[place % len(GROUPS)], drawing.options.get("digits", 0), language)


def _dress(series: Any, trace: Any, usual: str, digits: int, language: Language) -> None:
    """Give a series the colours of its trace, point by point where they differ, and its labels."""
    colours = getattr(trace.marker, "color", None) if trace.type in ("bar", "scatter") else None
    line = getattr(getattr(trace, "line", None), "color", None)
    own = colours if isinstance(colours, str) else line or usual
    is_bar = trace.type in ("bar", "waterfall")
    if is_bar:
        series.format.fill.solid()
        series.format.fill.fore_color.rgb = _rgb(own)
        labels = series.data_labels
        labels.show_value, labels.font.size = True, Pt(10)
        labels.number_format, labels.number_format_is_linked = f"#,##0.{'0' * digits}".rstrip("."), False
    elif trace.type != "scatter" or "lines" in (trace.mode or "lines"):
        series.format.line.color.rgb = _rgb(own)
        series.smooth = False
    texts = list(trace.text) if trace.type == "scatter" and isinstance(trace.text, (tuple, list, np.ndarray)) else []
    if isinstance(colours, (tuple, list, np.ndarray)):
        for place, colour in enumerate(colours):
            fill = (series.points[place].format if is_bar else series.points[place].marker.format).fill
            fill.solid()
            fill.fore_color.rgb = _rgb(str(colour))
    for place, text in enumerate(texts):
        if text:
            label = series.points[place].data_label
            label.text_frame.text, label.position = _plain(text, language), XL_LABEL_POSITION.ABOVE


def _rgb(colour: str) -> RGBColor:
    """'#0072b2' or 'rgba(0,114,178,.3)' as PowerPoint's colour."""
    if colour.startswith("rgb"):
        return RGBColor(*(int(float(part)) for part in re.findall(r"[\d.]+", colour)[:3]))
    return (
        RGBColor.from_string(colour.lstrip("#").upper())
        if re.fullmatch(r"#[\da-fA-F]{6}", colour)
        else RGBColor(0, 0, 0)
    )


def _steps(trace: Any) -> tuple[Any, Any, str]:
    """A waterfall's parts and, last, their sum, which plotly works out by itself."""
    values = [float(value) for value in trace.y]
    total = sum(value for value, kind in zip(values, trace.measure, strict=True) if kind == "relative")
    return trace.x, [total if kind == "total" else value for value, kind in zip(values, trace.measure, strict=True)], ""


def _bars(figure: go.Figure, traces: list[Any], language: Language) -> tuple[Any, CategoryChartData]:
    flat = traces[0].orientation == "h"
    stacked = figure.layout.barmode in ("relative", "stack")
    series = [(trace.y if flat else trace.x, trace.x if flat else trace.y, trace.name) for trace in traces]
    kinds = {
        (True, True): XL_CHART_TYPE.BAR_STACKED,
        (True, False): XL_CHART_TYPE.BAR_CLUSTERED,
        (False, True): XL_CHART_TYPE.COLUMN_STACKED,
        (False, False): XL_CHART_TYPE.COLUMN_CLUSTERED,
    }
    return kinds[flat, stacked], _categories(series, language)


def _lines(traces: list[Any], language: Language) -> tuple[Any, Any]:
    first = next(iter(traces[0].x), None)
    if hasattr(first, "year") or isinstance(first, (np.datetime64, str)) or traces[0].stackgroup:
        kind = XL_CHART_TYPE.AREA_STACKED if traces[0].stackgroup else XL_CHART_TYPE.LINE
        in_time = not isinstance(first, str)
        return kind, _categories([(trace.x, trace.y, trace.name) for trace in traces], language, in_time)
    data = XyChartData()
    for trace in traces:
        series = data.add_series(_plain(trace.name or "", language))
        for x, y in zip(trace.x, trace.y, strict=False):
            if pd.notna(x) and pd.notna(y):
                series.add_data_point(float(x), float(y))
    only_marks = all(trace.mode and "lines" not in trace.mode for trace in traces)
    return XL_CHART_TYPE.XY_SCATTER if only_marks else XL_CHART_TYPE.XY_SCATTER_LINES_NO_MARKERS, data


def _categories(
    series: Sequence[tuple[Any, Any, str | None]], language: Language, in_time: bool = False
) -> CategoryChartData:
    """Series over the categories of all of them, in the order they come or of time; a gap stays a gap."""
    keys = list(dict.fromkeys(key for names, _values, _title in series for key in names))
    keys = sorted(keys) if in_time else keys
    data = CategoryChartData()
    data.categories = [_plain(key, language) for key in keys]
    for names, values, title in series:
        by_key = dict(zip(names, values, strict=False))
        numbers = [None if pd.isna(by_key.get(key)) else float(by_key[key]) for key in keys]
        data.add_series(_plain(title or "", language), numbers)
    return data
