"""A real server and a real Chromium; skipped, in one line with the reason, where there is no Chromium."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import axe_playwright_python
import pytest
from PIL import Image
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, sync_playwright

from bench.driver import FLAGS, ROOT, served

MAP = ".stage, [data-testid=stDeckGlJsonChart]"  # our component, or pydeck's where its library was not fetched
AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")
# Maps drawn by software take most of a page's time; a test of charts alone can do without.
WITHOUT_MAPS = """HTMLCanvasElement.prototype.getContext = (real => function (kind, ...more) {
  return kind.startsWith("webgl") ? null : real.call(this, kind, ...more);
})(HTMLCanvasElement.prototype.getContext)"""
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
# luma.gl reads back shader layouts; software WebGL answers incompletely. GPU stall notes are the driver's own.
HARMLESS = ("luma.gl", "shader", "GPU stall", "swiftshader", "WebGL")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if CHROMIUM is None:
        for item in items:
            if Path(__file__).parent in item.path.parents:
                item.add_marker(pytest.mark.skip(reason="no Chromium on this machine and none could be installed"))


ENTRIES = """
from datetime import date
from data import rights, store
rights.act_as(rights.OWNER)
from data.store import devices, seeds
seeds.fill_register()
store.add_target("berlin", "district", "01", "library_walk", 15, 2030)
from data.store import rooms, stories
code = rooms.open_room("berlin", "Budget for inclusion", ["staff", "residents"])
options = [("housing", "Housing"), ("work", "Work and income"), ("health", "Health and care")]
question = rooms.add_question(code, "budget", "Which dimensions matter most?", options)
for device in range(12):
    points = {"housing": 20 + device, "work": 50 - device, "health": 30}
    rooms.answer(code, question, devices.join(code), ["staff", "residents"][device % 2], points)
LIBRARIES = {"service": "library", "level": "district"}
STEPS = [{"page": "coverage", "query": LIBRARIES, "title": "Libraries", "note": "Mention opening hours"},
         {"page": "displacement", "query": {"scope": "country"}, "title": "Who came", "note": ""}]
print(code, stories.save("For the council", STEPS))
import tempfile
from pathlib import Path
from data.city import building, pack
with tempfile.TemporaryDirectory() as folder:
    for name, text in pack.template("Bare").items():
        Path(folder, name).write_text(text, encoding="utf-8")
    building.build(Path(folder))
answers = {"crisis_plan": {"level": 2, "evidence": "plan"}, "data_open": {"level": 1, "evidence": ""}}
store.add_assessment("berlin", date(2026, 1, 1), "test", answers)
"""


@pytest.fixture(scope="session")
def entries(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A database with something that people entered: its address, and the codes of a room and a story in it."""
    place = tmp_path_factory.mktemp("entries")
    address = f"sqlite:///{place / 'zone.db'}"
    made = subprocess.run(
        [sys.executable, "-c", ENTRIES],
        cwd=ROOT,
        env=os.environ | {"ZONE_DATABASE": address, "ZONE_LOCAL": str(place / "local")},
        check=True,
        capture_output=True,
        text=True,
    )
    room, story = made.stdout.split()[:2]
    return {"database": address, "local": str(place / "local"), "room": room, "story": story}


@pytest.fixture
def codes(entries: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The codes; and the test itself works on the server's database."""
    monkeypatch.setenv("ZONE_DATABASE", entries["database"])
    return entries


@pytest.fixture(scope="session")
def server(entries: dict[str, str]) -> Iterator[str]:
    """The app on a free port of localhost, with something that people entered."""
    # One process: these tests come one after the other. Several are in test_ten_tasks.py and tests/web.
    surroundings = {"ZONE_DATABASE": entries["database"], "ZONE_LOCAL": entries["local"], "ZONE_PROCESSES": "1"}
    with served(surroundings) as (host, _process):
        yield f"http://{host}"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One headless Chromium with software WebGL."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@dataclass
class Visit:
    """A page as a reader has it open, with what it asked for and complained about."""

    page: Page
    address: str
    foreign: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def open(self, path: str) -> Visit:
        self.page.goto(f"{self.address}/{path}")
        return self.settle()

    def settle(self) -> Visit:
        """Wait until the script has run and the page stands still."""
        self.page.wait_for_selector("h1", timeout=60_000, state="attached")  # a figure alone hides it
        state = "document.querySelector('[data-testid=stApp]')?.dataset.testScriptState"
        for _ in range(3):  # a click can start a second run just after the first has ended
            self.page.wait_for_function(f"() => {state} === 'notRunning'", timeout=60_000)
            self.page.wait_for_timeout(300)
        self.page.wait_for_function(f"() => {state} === 'notRunning'", timeout=60_000)
        self.page.wait_for_timeout(700)
        return self

    def unfold(self, heading: str) -> Visit:
        """Open the first expander of this heading; what lies in it moves until it stands open."""
        self.page.get_by_text(heading).first.click()
        return self.settle()

    def first_map(self) -> Locator:
        """The first map, once it is drawn and nothing moves."""
        self.drawn()
        drawn = self.page.locator(MAP).first
        drawn.scroll_into_view_if_needed()
        self.page.wait_for_load_state("networkidle")
        self.page.wait_for_timeout(1500)
        return drawn

    def drawn(self) -> None:
        """Wait until the first map says that it is drawn."""
        self.page.wait_for_selector("[data-drawn], [data-testid=stDeckGlJsonChart]", timeout=60_000, state="attached")

    def maps(self) -> list[Locator]:
        return self.page.locator(MAP).all()


@pytest.fixture
def visit(server: str, browser: Browser) -> Iterator[Callable[..., Visit]]:
    """Open a page at a size and in a theme."""
    contexts = []

    def start(
        path: str, *, width: int = 1280, height: int = 900, theme: str = "light", draws_maps: bool = True
    ) -> Visit:
        context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=theme)
        if not draws_maps:
            context.add_init_script(WITHOUT_MAPS)
        contexts.append(context)
        page = context.new_page()
        seen = Visit(page, server)

        def on_console(message: ConsoleMessage) -> None:
            # Streamlit looks for itself under a deep link's own path first and takes the 404 as the answer.
            probing = "/_stcore/" in message.location.get("url", "") and "404" in message.text
            if message.type == "error" and not probing and not any(word in message.text for word in HARMLESS):
                seen.errors.append(message.text)

        page.on("console", on_console)
        page.on("pageerror", lambda error: seen.errors.append(str(error)))
        page.on(
            "request",
            lambda request: (
                None
                if request.url.startswith((server, "data:", "blob:", server.replace("http", "ws")))
                else seen.foreign.append(request.url)
            ),
        )
        return seen.open(path)

    yield start
    for context in contexts:
        context.close()


def shows_colours(element: Locator, more_than: int) -> bool:
    """Whether an element comes to show so many colours: a blank map has one or two."""
    element.scroll_into_view_if_needed()
    end = time.monotonic() + 20
    while (colours := _distinct_colours(element)) <= more_than and time.monotonic() < end:
        element.page.wait_for_timeout(300)
    return colours > more_than


def _distinct_colours(element: Locator) -> int:
    picture = Image.open(io.BytesIO(element.screenshot())).convert("RGB")
    return len(picture.getcolors(picture.width * picture.height) or [])
