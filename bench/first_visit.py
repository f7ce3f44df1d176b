"""How long the first reader waits: each page first on a fresh server, then all in a row on one; in a real browser.

`make bench`. Servers begin with what `make run` prepares before it serves, or with nothing (`--bare`). First figure: a
chart, map, table or number stands on the page; complete: the script has run and maps are drawn. MB: what the browser
was sent, with Streamlit's own scripts, which it keeps.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from playwright.sync_api import Browser, sync_playwright

from bench.driver import FLAGS, ROOT, resident_mb, served

FIGURES = "[data-testid=stMetric], .js-plotly-plot .main-svg, [data-drawn], [data-testid=stDataFrame] canvas"
DONE = """() => document.querySelector('[data-testid=stApp]')?.dataset.testScriptState === 'notRunning'
    && !document.querySelector('[data-testid=stSpinner]') && document.querySelector('h1')"""
WITHIN_MS = 120_000
HEADINGS = "title, s | first figure, s | complete, s | MB | RSS, MB |\n|---|---|---|---|---|---|"


class Wait(NamedTuple):
    """Seconds to the title, the first figure and the complete page; megabytes sent."""

    title: float
    figure: float
    complete: float
    megabytes: float


def pages() -> list[str]:
    """Addresses of all pages but the projector, which has no title and no figure without a room."""
    return sorted(file.stem for file in (ROOT / "pages").glob("*.py") if file.stem != "workshop_screen")


def visit(browser: Browser, host: str, page_name: str) -> Wait:
    """Open a page as a reader does who was never here."""
    context = browser.new_context(viewport={"width": 1440, "height": 1000})
    page = context.new_page()
    sent: list[int] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: sent.append(len(frame))))
    page.on("response", lambda answer: sent.append(int(answer.headers.get("content-length") or 0)))
    start = time.perf_counter()
    page.goto(f"http://{host}/{page_name}", wait_until="commit")
    marks = []
    page.wait_for_selector("h1", timeout=WITHIN_MS)
    marks.append(time.perf_counter() - start)
    page.wait_for_function(f"() => document.querySelector({FIGURES!r}) || ({DONE})()", timeout=WITHIN_MS, polling=20)
    marks.append(time.perf_counter() - start)
    page.wait_for_function(DONE, timeout=WITHIN_MS, polling=20)
    marks.append(time.perf_counter() - start)
    context.close()
    return Wait(*marks, sum(sent) / 1e6)


@contextmanager
def prepared(bare: bool) -> Iterator[str]:
    """A folder of a machine's own, as `make run` leaves it before it serves, or bare."""
    with tempfile.TemporaryDirectory() as folder:
        if not bare:
            surroundings = os.environ | {"ZONE_LOCAL": folder}
            start = time.perf_counter()
            subprocess.run([sys.executable, "deploy/warm.py"], cwd=ROOT, env=surroundings, check=True)
            print(f"Pages were prepared in {time.perf_counter() - start:.0f} s.\n")
        yield folder


def print_row(browser: Browser, host: str, process: int, name: str) -> None:
    """Visit a page and print what it took, and what the server holds then."""
    wait = visit(browser, host, name)
    row = f"{wait.title:.1f} | {wait.figure:.1f} | {wait.complete:.1f} | {wait.megabytes:.1f}"
    print(f"| {name} | {row} | {resident_mb(process):.0f} |", flush=True)


def alone(browser: Browser, names: Iterable[str], local: str) -> None:
    """Each page first on its own fresh server."""
    print(f"| page, first on a fresh server | {HEADINGS}")
    for name in names:
        with served({"ZONE_LOCAL": local}) as (host, process):
            print_row(browser, host, process, name)


def in_a_row(browser: Browser, names: Iterable[str], local: str) -> None:
    """All pages on one server, each by a reader who was never here."""
    print(f"\n| page, in a row on one server | {HEADINGS}")
    with served({"ZONE_LOCAL": local}) as (host, process):
        for name in names:
            print_row(browser, host, process, name)


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pages", nargs="*", default=pages(), help="pages to visit; all where none is named")
    parser.add_argument("--alone", action="store_true", help="only each on its own server")
    parser.add_argument("--row", action="store_true", help="only all in a row")
    parser.add_argument("--bare", action="store_true", help="nothing prepared: a server's very first visits")
    options = parser.parse_args()
    chromium = shutil.which("chromium")
    if chromium is None:
        print("no Chromium on this machine: first visits were not measured")
        return
    with sync_playwright() as playwright, prepared(options.bare) as local:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        if not options.row:
            alone(browser, options.pages, local)
        if not options.alone:
            in_a_row(browser, options.pages, local)
        browser.close()


if __name__ == "__main__":
    main()
