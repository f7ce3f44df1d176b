"""A poster is one page of its paper; title, legend, scale, north, source and credit are text in it."""

from __future__ import annotations

import io
import math
import shutil
import subprocess
from pathlib import Path

import pytest

import data
from data.context import CityContext, Territory
from data.ground import ATTRIBUTION
from data.translation import Language
from services import city_map
from views import picture_files, posters

POINTS = {"A4": (842, 595), "A1": (2384, 1684)}
CITY = Territory(first_year=2015, last_year=2025)


@pytest.mark.parametrize(("width", "length"), [(46, 10), (7.9, 1), (8, 2), (0.3, 0.1), (9000, 2000)])
def test_a_scale_bar_has_a_usual_length_of_at_most_a_quarter(width: float, length: float) -> None:
    assert posters.scale_bar_km(width) == length


def test_the_scale_bar_is_as_long_as_it_says() -> None:
    ctx = CityContext(data.cities()["berlin"], data.version())
    figure = city_map.city_map(ctx, CITY, city_map.Query(colour="displaced", level="district"))
    picture = posters.drawn(figure, Language())
    bar, latitude = picture.data[-1], math.radians(sum(picture.layout.yaxis.range) / 2)
    km = (bar.x[2] - bar.x[0]) * 111.32 * math.cos(latitude)
    words = [note.text for note in picture.layout.annotations]
    assert f"{km:.0f} km" in words
    assert "N" in words


@pytest.mark.skipif(
    not picture_files.can_draw() or not shutil.which("pdftotext"), reason="no Chromium or pdftotext on this machine"
)
@pytest.mark.parametrize("paper", POINTS)
def test_the_poster_says_what_the_map_says(tmp_path: Path, paper: str) -> None:
    from pypdf import PdfReader

    ctx = CityContext(data.cities()["berlin"], data.version(), Language("de"))
    figure = city_map.city_map(ctx, CITY, city_map.Query(colour="child_poverty", level="district", dots="library"))
    content = posters.pdf_bytes(figure, ctx.language, paper)
    pages = PdfReader(io.BytesIO(content)).pages
    assert len(pages) == 1
    size = float(pages[0].mediabox.width), float(pages[0].mediabox.height)
    assert size == pytest.approx(POINTS[paper], rel=0.01)
    (tmp_path / "poster.pdf").write_bytes(content)
    read = subprocess.run(["pdftotext", "-layout", str(tmp_path / "poster.pdf"), "-"], capture_output=True, check=True)
    text = " ".join(read.stdout.decode().split())
    assert figure.finding in text
    assert ATTRIBUTION in text
    assert "Monitoring Soziale Stadtentwicklung 2021" in text
    legend = figure.drawing.legend  # type: ignore[union-attr]
    assert legend is not None
    for label, count in zip(legend.labels, legend.counts, strict=True):
        assert f"{label} ({count})" in text
