"""Figures as PowerPoint slides: charts stay charts that can be edited; maps and flows are pictures."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from pptx import Presentation
from pptx.chart.data import CategoryChartData, XyChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION
from pptx.enum.text import PP_ALIGN
from pptx.util import Inches, Pt

from views.brand import Brand
from views.exports import Shown
from views.language import is_right_to_left
from views.text import plain

WIDTH, HEIGHT = Inches(13.333), Inches(7.5)
LEFT, TOP, WIDE, HIGH = Inches(0.6), Inches(1.6), Inches(12.1), Inches(5.1)
MOST_ROWS, MOST_SERIES = 14, 40


def deck(
    title: str,
    lines: list[str],
    figures: list[Shown],
    charts: list[go.Figure | None],
    pictures: list[bytes | None],
    brand: Brand,
) -> bytes:
    """A title slide and one slide a figure. charts: each figure as drawn; pictures: PNG or None, used where PowerPoint has no such chart."""
    made = Presentation()
    made.slide_width, made.slide_height = WIDTH, HEIGHT
    first = made.slides.add_slide(made.slide_layouts[6])
    _words(first, title, Inches(2.3), 36, brand.primary, bold=True)
    _words(first, "\n".join(lines), Inches(4), 14, "#555555")
    if brand.logo and brand.logo_kind != "svg":
        first.shapes.add_picture(io.BytesIO(brand.logo), LEFT, Inches(0.5), height=Inches(0.9))
    for figure, drawn, picture in zip(figures, charts, pictures, strict=True):
        slide = made.slides.add_slide(made.slide_layouts[6])
        _words(slide, figure.title, Inches(0.4), 24, brand.primary, bold=True)
        if drawn is not None and is_chart(drawn):
            _chart(slide, drawn)
        elif picture is not None:
            slide.shapes.add_picture(io.BytesIO(picture), LEFT, TOP, height=HIGH)
        else:
            _table(slide, figure.table)
        _words(slide, " · ".join(part for part in (figure.unit, figure.source) if part), Inches(6.85), 10, "#555555")
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _words(slide: Any, words: str, top: int, size: int, colour: str, bold: bool = False) -> None:
    frame = slide.shapes.add_textbox(LEFT, top, WIDE, Inches(0.6)).text_frame
    frame.word_wrap = True
    for place, line in enumerate(words.split("\n")):
        paragraph = frame.paragraphs[0] if place == 0 else frame.add_paragraph()
        paragraph.text = line
        paragraph.font.size, paragraph.font.bold = Pt(size), bold
        paragraph.font.color.rgb = RGBColor.from_string(colour.lstrip("#"))
        if is_right_to_left():
            paragraph.alignment = PP_ALIGN.RIGHT
            paragraph._p.get_or_add_pPr().set("rtl", "1")


def _table(slide: Any, table: pd.DataFrame) -> None:
    rows = table.head(MOST_ROWS)
    cells = slide.shapes.add_table(len(rows) + 1, max(len(rows.columns), 1), LEFT, TOP, WIDE, Inches(0.3)).table
    for column, name in enumerate(rows.columns):
        for row, value in enumerate([name, *rows[name]]):
            cells.cell(row, column).text = plain(value)
            cells.cell(row, column).text_frame.paragraphs[0].font.size = Pt(10)


def is_chart(figure: go.Figure) -> bool:
    """Whether PowerPoint has a chart of this kind of its own."""
    traces = _traces(figure)
    kinds = {trace.type for trace in traces}
    plain_lines = kinds == {"scatter"} and all(
        trace.fill != "toself" and trace.yaxis in (None, "y") for trace in traces
    )
    return 0 < len(traces) <= MOST_SERIES and (plain_lines or kinds in ({"bar"}, {"waterfall"}, {"scatterpolar"}))


def _traces(figure: go.Figure) -> list[Any]:
    return [trace for trace in figure.data if getattr(trace, "hoverinfo", None) != "skip"]


def _chart(slide: Any, figure: go.Figure) -> None:
    """Draw a plotly figure as a chart of PowerPoint's own."""
    traces = _traces(figure)
    if traces[0].type == "bar":
        kind, data = _bars(figure, traces)
    elif traces[0].type == "waterfall":
        kind, data = XL_CHART_TYPE.COLUMN_CLUSTERED, _categories([(traces[0].x, traces[0].y, "")])
    elif traces[0].type == "scatterpolar":
        kind, data = XL_CHART_TYPE.RADAR, _categories([(trace.theta, trace.r, trace.name) for trace in traces])
    else:
        kind, data = _lines(traces)
    chart = slide.shapes.add_chart(kind, LEFT, TOP, WIDE, HIGH, data).chart
    chart.has_title = False
    chart.has_legend = len(traces) > 1
    if chart.has_legend:
        chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
        chart.legend.font.size = Pt(11)
    chart.font.size = Pt(11)


def _bars(figure: go.Figure, traces: list[Any]) -> tuple[Any, CategoryChartData]:
    flat = traces[0].orientation == "h"
    stacked = figure.layout.barmode in ("relative", "stack")
    series = [(trace.y if flat else trace.x, trace.x if flat else trace.y, trace.name) for trace in traces]
    kind = (
        (XL_CHART_TYPE.BAR_STACKED if stacked else XL_CHART_TYPE.BAR_CLUSTERED)
        if flat
        else (XL_CHART_TYPE.COLUMN_STACKED if stacked else XL_CHART_TYPE.COLUMN_CLUSTERED)
    )
    return kind, _categories(series)


def _lines(traces: list[Any]) -> tuple[Any, Any]:
    dates = any(
        isinstance(value, (pd.Timestamp, np.datetime64)) or hasattr(value, "year") for value in list(traces[0].x)[:1]
    )
    if dates or traces[0].stackgroup:
        kind = XL_CHART_TYPE.AREA_STACKED if traces[0].stackgroup else XL_CHART_TYPE.LINE
        return kind, _categories([(trace.x, trace.y, trace.name) for trace in traces], in_time=True)
    data = XyChartData()
    for trace in traces:
        series = data.add_series(plain(trace.name or ""))
        for x, y in zip(trace.x, trace.y, strict=False):
            if pd.notna(x) and pd.notna(y) and not isinstance(x, str):
                series.add_data_point(float(x), float(y))
    only_marks = all(trace.mode and "lines" not in trace.mode for trace in traces)
    return XL_CHART_TYPE.XY_SCATTER if only_marks else XL_CHART_TYPE.XY_SCATTER_LINES_NO_MARKERS, data


def _categories(series: list[tuple[Any, Any, str | None]], in_time: bool = False) -> CategoryChartData:
    """Series over the categories of all of them, in the order they come or of time; a gap stays a gap."""
    keys = list(dict.fromkeys(key for names, _, _ in series for key in names))
    keys = sorted(keys) if in_time else keys
    data = CategoryChartData()
    data.categories = [plain(key) for key in keys]
    for names, values, title in series:
        known = dict(zip(names, values, strict=False))
        data.add_series(plain(title or ""), [None if pd.isna(known.get(key)) else float(known[key]) for key in keys])
    return data
