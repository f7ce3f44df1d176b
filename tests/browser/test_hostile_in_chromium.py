"""Names that would run: in maps, charts, tables, pages for phones and files to take home they are letters."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from defusedxml import ElementTree
from playwright.sync_api import Browser

from bench.driver import ROOT, served
from data.figures import Chart, Column, Figure
from data.translation import Language
from tests.browser.conftest import MAP
from views import reports
from views.brand import Brand

EVIL = "<img src=x onerror='window.harmed=1'>"
SET_UP = f"""
import json, tempfile
from pathlib import Path
from data import rights, store
from data.city import building, pack
from data.store import register, rooms, stories
rights.act_as(rights.OWNER)
EVIL = {EVIL!r}
with tempfile.TemporaryDirectory() as folder:
    for name, text in pack.template("Evil " + EVIL).items():
        Path(folder, name).write_text(text, encoding="utf-8")
    shapes = json.loads(Path(folder, "areas.geojson").read_text())
    for number, one in enumerate(shapes["features"]):
        for key in list(one["properties"]):
            if key in ("name", "district_name"):
                one["properties"][key] = EVIL + (str(number % 2) if key == "district_name" else str(number))
    Path(folder, "areas.geojson").write_text(json.dumps(shapes))
    print(building.build(Path(folder))[0])
code = rooms.open_room("berlin", EVIL, [EVIL])
print(code, rooms.add_question(code, "poll", EVIL, [("a", EVIL), ("b", "B")]))
row = {{"kind": "practice", "stage": "applied", "theme": "social", "topic": "work", "country": "DE"}}
partners = [{{"name": EVIL, "sector": "public", "role": EVIL}}, {{"name": "B", "sector": "private", "role": ""}}]
row |= {{"name": EVIL, "city": EVIL, "about": EVIL, "target_group": EVIL, "partners": partners}}
register.add(row, EVIL)
store.add_target("berlin", "district", "01", "library_walk", 15, 2030)
store.add_scenario("berlin", EVIL, 'name = "x"\\ncity = "berlin"\\nperiod = "2024-12-31"\\n')
steps = [{{"page": "coverage", "query": {{}}, "title": EVIL, "note": EVIL}}]
print(stories.save(EVIL, steps), stories.shorten("coverage", EVIL))
"""


@pytest.fixture(scope="module")
def evil(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, list[str]]]:
    folder = tmp_path_factory.mktemp("evil")
    surroundings = {"ZONE_LOCAL": str(folder), "ZONE_DATABASE": f"sqlite:///{folder / 'zone.db'}"}
    made = subprocess.run(
        [sys.executable, "-c", SET_UP], cwd=ROOT, env=os.environ | surroundings, capture_output=True, text=True
    )
    assert made.returncode == 0, made.stderr[-800:]
    with served(surroundings) as (host, _process):
        yield host, made.stdout.split()


def test_a_name_runs_nothing_on_any_page(browser: Browser, evil: tuple[str, list[str]]) -> None:
    host, (city, room, _number, story, link) = evil
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    paths = [
        f"{one}?city={city}"
        for one in (
            "",
            "profile",
            "map",
            "coverage",
            "reach",
            "diversity",
            "inclusion",
            "what_if_arrivals",
            "data_city",
            "goals",
        )
    ]
    paths += [
        "initiatives",
        "partnerships",
        "what_if_compare",
        f"workshop?room={room}",
        f"story?code={story}",
        f"coverage?story={story}&step=0",
        f"story?code={story}&notes=1",
        f"join/{room}",
        f"s/{link}",
    ]
    for path in paths:
        page.goto(f"http://{host}/{path}")
        page.wait_for_selector("h1", timeout=60_000)
        page.wait_for_timeout(1500)
        for chart in page.locator(f"[data-testid=stPlotlyChart], {MAP}").all()[:3]:
            chart.scroll_into_view_if_needed()
            box = chart.bounding_box()
            if box:  # tooltips and hover labels show names too
                for share in (0.3, 0.5, 0.7):
                    page.mouse.move(box["x"] + share * box["width"], box["y"] + share * box["height"])
                    page.wait_for_timeout(150)
        assert page.evaluate("window.harmed") is None, path
        assert page.locator("img[src=x]").count() == 0, path
    assert not [url for url in asked if url.endswith("/x")]
    assert not [url for url in asked if not url.startswith((f"http://{host}", f"ws://{host}", "data:", "blob:"))]


def test_a_name_runs_nothing_in_files_taken_home(browser: Browser, tmp_path: Path) -> None:
    table = pd.DataFrame({"name": [EVIL, "b", "c"], "value": [3.0, 2.0, 1.0]})
    columns = (Column("name", EVIL, kind="name"), Column("value", EVIL, digits=1))
    drawing = Chart("bars", table, {"label": "name", "value": "value", "unit": EVIL})
    figure = Figure("evil", EVIL, EVIL, EVIL, EVIL, table, columns, drawing)
    report = reports.Report(EVIL, [EVIL], [], [figure], Brand(name=EVIL))
    for kind in ("html", "pptx", "docx", "pdf", "zip"):
        (tmp_path / f"report.{kind}").write_bytes(reports.make(report, kind))
    page = browser.new_page()
    page.goto(f"file://{tmp_path}/report.html")
    page.wait_for_selector(".js-plotly-plot", timeout=60_000)
    page.wait_for_timeout(1000)
    assert page.evaluate("window.harmed") is None
    assert page.locator("img[src=x]").count() == 0
    from docx import Document
    from pptx import Presentation

    words = " ".join(
        shape.text_frame.text
        for slide in Presentation(str(tmp_path / "report.pptx")).slides
        for shape in slide.shapes
        if shape.has_text_frame
    )
    assert EVIL in words  # it is there, as the letters it is
    assert EVIL in " ".join(one.text for one in Document(str(tmp_path / "report.docx")).paragraphs)
    svg = tmp_path / "figure.svg"
    from views.exports import picture_bytes

    svg.write_bytes(picture_bytes(figure, "svg", Language()))
    page.goto(f"file://{svg}")
    page.wait_for_timeout(500)
    assert page.evaluate("window.harmed") is None
    parts = list(ElementTree.parse(svg).iter())
    assert not [
        part
        for part in parts
        if part.tag.rsplit("}")[-1] in ("img", "script") or any(name.lower().startswith("on") for name in part.attrib)
    ]
