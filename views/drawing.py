"""A figure's drawing as a picture: charts by their functions, maps as still pictures; kept by what they show."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

from data.cache import ByteCache
from data.figures import Chart, Figure, Map
from views import charts, comparisons, flows, map_pictures, rooms
from views.language import localise_chart
from views.palette import Style

WEIGHT = 6  # a figure's objects weigh about so many times its JSON
_cache = ByteCache(64_000_000, lambda figure: WEIGHT * len(figure.to_json(validate=False)))


def draw(chart: Chart, style: Style) -> go.Figure:
    """A chart for the screen, in the reader's language and theme; shared, nobody changes it afterwards."""
    module = next(module for module in (charts, comparisons, flows, rooms) if hasattr(module, chart.kind))
    function: Any = getattr(module, chart.kind)

    def compute() -> go.Figure:
        return localise_chart(function(style, chart.rows, **chart.options), style.language)

    figure: go.Figure = _cache.get((chart.kind, chart.rows, chart.options, style.language.code, style.theme), compute)
    return figure


def still(figure: Figure, style: Style, width: int = 1100, height: int = 620) -> go.Figure | None:
    """A chart or map for a file, on white, with finding, unit, period and source in the picture; None where it is a
    table.
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
    lines = [
        {
            "text": f"<b>{charts.wrap(figure.finding, 90)}</b>",
            "y": 1,
            "yanchor": "top",
            "font": {"size": 18},
            "yshift": 108,
        },
        {"text": charts.wrap(figure.subtitle, 130), "y": 1, "yanchor": "top", "font": {"size": 12}, "yshift": 52},
        {
            "text": charts.wrap(style.language("Source: {credit}", credit=figure.source), 150),
            "y": 0,
            "yanchor": "top",
            "font": {"size": 10},
            "yshift": -46,
        },
    ]
    shared = {"xref": "paper", "yref": "paper", "x": x, "xanchor": align, "align": align, "showarrow": False}
    charts.annotate(picture, [shared | line for line in lines])
    margin = picture.layout.margin
    picture.update_layout(
        template="plotly_white",
        width=width,
        height=tall + 120,
        paper_bgcolor="white",
        margin={"t": 130, "b": 110, "l": max(margin.l or 0, 50), "r": max(margin.r or 0, 50)},
    )
    return picture
