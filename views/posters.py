"""A map as a poster: one page of paper with title, legend, scale bar, north and source, all of it drawn as lines."""

from __future__ import annotations

import io
import math

import plotly.graph_objects as go

from data.figures import Figure
from data.translation import Language
from views import picture_files
from views.charts import annotate
from views.drawing import still
from views.palette import Style

PAPERS = {"A4": 0, "A3": 1, "A2": 2, "A1": 3}  # by how many doublings they are larger than the first
WIDTH, HEIGHT = 1123, 794  # pixels of A4 across, at 96 to an inch
KM_PER_DEGREE = 111.32  # of latitude
LENGTHS_KM = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000)


def scale_bar_km(width_km: float) -> float:
    """The longest usual length that is at most a quarter of a map's width."""
    return max((length for length in LENGTHS_KM if length <= width_km / 4), default=LENGTHS_KM[0])


def _ends(picture: go.Figure) -> tuple[tuple[float, float], tuple[float, float]]:
    """West and east, south and north of what is drawn, in degrees."""
    if picture.layout.xaxis.range:
        return picture.layout.xaxis.range, picture.layout.yaxis.range
    places = [[v for trace in picture.data for v in trace[axis] if isinstance(v, (int, float))] for axis in "xy"]
    return (min(places[0]), max(places[0])), (min(places[1]), max(places[1]))


def drawn(figure: Figure, language: Language) -> go.Figure:
    """The poster as a picture of the size of A4 across. The figure has a map."""
    picture = still(figure, Style(language), WIDTH, HEIGHT - 120)
    assert picture is not None
    (west, east), (south, north) = _ends(picture)
    per_degree = KM_PER_DEGREE * math.cos(math.radians((south + north) / 2))
    length = scale_bar_km((east - west) * per_degree)
    start, low = west + (east - west) * 0.03, south + (north - south) * 0.02
    end = start + length / per_degree
    line = {"color": "#222222", "width": 3}
    picture.add_scatter(
        x=[start, start, end, end],
        y=[low + (north - south) * 0.01, low, low, low + (north - south) * 0.01],
        mode="lines",
        line=line,
        showlegend=False,
        hoverinfo="skip",
    )
    words = language("{length} km", length=language.number(length, 0 if length >= 1 else 1))
    notes = [
        {"x": (start + end) / 2, "y": low, "text": words, "yshift": 14, "showarrow": False, "font": {"size": 12}},
        {
            "x": start,
            "y": north - (north - south) * 0.03,
            "text": language("N"),
            "ax": 0,
            "ay": 34,
            "arrowhead": 2,
            "arrowwidth": 2,
            "font": {"size": 14},
        },
    ]
    annotate(picture, notes)
    return picture.update_layout(height=HEIGHT)


def pdf_bytes(figure: Figure, language: Language, paper: str = "A4") -> bytes:
    """The poster as a PDF of one page of a size of PAPERS; text stays text, lines are sharp at any size."""
    from pypdf import PdfReader, PdfWriter

    (plain,) = picture_files.draw([drawn(figure, language)], {"format": "pdf"})
    assert plain is not None
    writer, out = PdfWriter(clone_from=PdfReader(io.BytesIO(plain))), io.BytesIO()
    writer.pages[0].scale_by(2 ** (PAPERS[paper] / 2))
    writer.add_metadata({"/Title": figure.finding})
    writer.write(out)
    return out.getvalue()
