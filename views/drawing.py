"""A figure's drawing as a picture: charts by their functions, maps as still pictures; kept by what they show."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

from data.cache import ByteCache
from data.figures import Chart, Figure, Map
from views import charts, comparisons, flows, map_pictures, room_charts
from views.language import localise_chart
from views.palette import Style

FAR = 20  # pixels of type that the last row reads
WEIGHT = 6  # a figure's objects weigh about so many times its JSON
_cache = ByteCache(64_000_000, lambda figure: WEIGHT * len(figure.to_json(validate=False)))


def draw(chart: Chart, style: Style, said: str = "") -> go.Figure:
    """A chart for the screen, in the reader's language and theme; shared, nobody changes it afterwards.

    said: the subtitle above it; a unit that stands there is not written into the chart again.
    """
    unit = str(chart.options.get("unit", ""))
    options = chart.options | {"unit": ""} if unit and said.startswith(unit) else chart.options
    module = next(module for module in (charts, comparisons, flows, room_charts) if hasattr(module, chart.kind))
    function: Any = getattr(module, chart.kind)

    def compute() -> go.Figure:
        return localise_chart(function(style, chart.rows, **options), style.language)

    figure: go.Figure = _cache.get((chart.kind, chart.rows, options, style.language.code, style.theme), compute)
    return figure


def enlarged(drawn: go.Figure) -> go.Figure:
    """A chart that is read from the last row of a hall: its words in large type, and room for them."""
    picture = go.Figure(drawn)
    font = {"size": FAR}
    picture.update_layout(height=int(1.15 * (picture.layout.height or 400)), font=font, legend_font=font)
    picture.update_xaxes(tickfont=font, title_font=font).update_yaxes(tickfont=font, title_font=font)
    picture.update_annotations(font=font).update_traces(textfont=font)
    return picture


UNIT_HIGH = 40  # pixels above a plot that its unit, of two lines at most, may take


def _lines(text: str) -> int:
    return text.count("<br>") + 1


def still(figure: Figure, style: Style, width: int = 1100, height: int = 620) -> go.Figure | None:
    """A chart or map for a file, on white, with finding, unit, period and source in the picture.

    None where it is a table.
    """
    if figure.drawing is None:
        return None
    white = Style(style.language, "light")
    drawing = (
        map_pictures.picture(figure.drawing, white) if isinstance(figure.drawing, Map) else draw(figure.drawing, white)
    )
    picture = go.Figure(drawing)
    tall = max(height, min(picture.layout.height or height, 1400))
    align = "right" if style.language.is_right_to_left else "left"
    x = 1 if align == "right" else 0
    title, subtitle, source = (
        charts.wrap(text, letters)
        for text, letters in (
            (figure.finding, 90),
            (figure.subtitle, 130),
            (style.language("Source: {credit}", credit=figure.source), 150),
        )
    )
    # Each is as high as its lines: a long note must not lie over the chart.
    below_title = UNIT_HIGH + 16 * _lines(subtitle) + 6
    key_high = 40 if picture.layout.showlegend and (picture.layout.legend.y or 0) < 0 else 0  # a legend below the axis
    top, bottom = below_title + 24 * _lines(title) + 14, 60 + key_high + 13 * _lines(source)
    lines = [
        {"text": f"<b>{title}</b>", "y": 1, "yanchor": "top", "font": {"size": 18}, "yshift": top - 10},
        {"text": subtitle, "y": 1, "yanchor": "top", "font": {"size": 12}, "yshift": below_title - 4},
        {"text": source, "y": 0, "yanchor": "top", "font": {"size": 10}, "yshift": -46 - key_high},
    ]
    shared = {"xref": "paper", "yref": "paper", "x": x, "xanchor": align, "align": align, "showarrow": False}
    charts.annotate(picture, [shared | line for line in lines])
    margin = picture.layout.margin
    picture.update_layout(
        template="plotly_white",
        width=width,
        height=tall - 120 + top + bottom,
        paper_bgcolor="white",
        margin={"t": top, "b": bottom, "l": max(margin.l or 0, 50), "r": max(margin.r or 0, 50)},
    )
    return picture
