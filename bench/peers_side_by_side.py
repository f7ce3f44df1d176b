"""The same page in Streamlit, Dash and Panel as their guides begin, and ours: first visit, a change, fifty readers.

`make bench`. Each server is fresh, reads the same shipped tables and answers over its own protocol. The peers' page has
one control, four charts and a table; ours is *Displacement* whole: findings, units, sources, languages, downloads.
"""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache, partial

import httpx
import numpy as np
from playwright.sync_api import Browser, sync_playwright

import data
from bench.driver import FLAGS, ROOT, Reader, free_port, resident_mb, served, together
from bench.peers.figures import origins
from data.context import CityContext
from services import areas


@cache
def country_names() -> dict[str, str]:
    """What our page calls countries, by code."""
    return areas.country_names(CityContext(data.cities()["berlin"], data.version()))


READERS, SECONDS, THINKS_S = 50, 15.0, 6.0
WITHIN_MS = 60_000
FIRST = "() => deep(document).length > 0"
# Panel draws inside shadow roots.
DEEP = """window.deep = root => [...root.querySelectorAll('*')].flatMap(
  node => [...(node.matches('.js-plotly-plot .main-svg') ? [node] : []),
           ...(node.shadowRoot ? deep(node.shadowRoot) : [])])"""
COMMANDS = {
    "streamlit": [
        "-m",
        "streamlit",
        "run",
        "bench/peers/streamlit_page.py",
        "--server.headless",
        "true",
        "--server.port",
    ],
    "dash": ["-m", "bench.peers.dash_page"],
    "panel": ["-m", "panel", "serve", "bench/peers/panel_page.py", "--allow-websocket-origin=*", "--port"],
}
PATHS = {"ours": "displacement", "streamlit": "", "dash": "", "panel": "panel_page"}


@contextmanager
def peer(name: str) -> Iterator[tuple[str, int]]:
    """A peer's server on a free port: host:port and its process number."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, *COMMANDS[name], str(port)], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        for _ in range(600):
            try:
                urllib.request.urlopen(f"http://localhost:{port}/{PATHS[name]}", timeout=60).read()
                break
            except OSError:
                time.sleep(0.1)
        yield f"localhost:{port}", process.pid
    finally:
        process.terminate()
        process.wait(15)


def first_visit(browser: Browser, name: str, host: str) -> float:
    """Seconds to the first chart for somebody who was never here."""
    context = browser.new_context(viewport={"width": 1440, "height": 1000})
    context.add_init_script(DEEP)
    page = context.new_page()
    start = time.perf_counter()
    page.goto(f"http://{host}/{PATHS[name]}", wait_until="commit")
    page.wait_for_function(FIRST, timeout=WITHIN_MS, polling=20)
    took = time.perf_counter() - start
    context.close()
    return took


class StreamlitReader:
    """A session of plain Streamlit or ours, over its websocket."""

    def __init__(self, host: str, page: str = "", key: str = "origin") -> None:
        self.reader, self.key = Reader(host), key
        self.reader.open(page)

    def change(self, origin: str) -> None:
        """Choose an origin and wait for all that comes of it."""
        options = self.reader.controls[self.key].options
        self.reader.choose(self.key, origin if origin in options else country_names()[origin])
        assert not self.reader.faults, self.reader.faults

    def close(self) -> None:
        """End the session."""
        self.reader.close()


class DashReader:
    """A browser tab of Dash: one request a change."""

    def __init__(self, host: str) -> None:
        self.client = httpx.Client(base_url=f"http://{host}", timeout=120)
        (self.about,) = self.client.get("/_dash-dependencies").json()
        self.change("all")

    def change(self, origin: str) -> None:
        """Choose an origin and wait for all that comes of it."""
        outputs = [
            {"id": part.rsplit(".", 1)[0], "property": part.rsplit(".", 1)[1]}
            for part in self.about["output"].strip(".").split("...")
        ]
        body = {
            "output": self.about["output"],
            "outputs": outputs,
            "inputs": [{"id": "origin", "property": "value", "value": origin}],
            "changedPropIds": ["origin.value"],
        }
        answer = self.client.post("/_dash-update-component", json=body)
        answer.raise_for_status()

    def close(self) -> None:
        """End the session."""
        self.client.close()


class PanelReader:
    """A session of Panel, over Bokeh's websocket."""

    def __init__(self, host: str) -> None:
        import panel
        from bokeh.client import pull_session

        panel.extension("plotly", "tabulator")  # so that what it sends can be read
        self.session = pull_session(url=f"http://{host}/panel_page")
        self.select = next(model for model in self.session.document.models if type(model).__name__ == "CustomSelect")

    def change(self, origin: str) -> None:
        """Choose an origin and wait for all that comes of it."""
        self.select.value = origin
        self.session.force_roundtrip()

    def close(self) -> None:
        """End the session."""
        self.session.close()


READ: dict[str, Callable[[str], StreamlitReader | DashReader | PanelReader]] = {
    "ours": partial(StreamlitReader, page="displacement", key="displacement.only_from"),
    "streamlit": StreamlitReader,
    "dash": DashReader,
    "panel": PanelReader,
}


def read(name: str, host: str, number: int, took: list[float], faults: list[str]) -> None:
    """One reader: opens the page, then changes its origin every few seconds."""
    dice = random.Random(number)
    try:
        reader = READ[name](host)
        until = time.monotonic() + SECONDS
        while time.monotonic() < until:
            time.sleep(dice.uniform(0.5, 1.5) * THINKS_S)
            start = time.perf_counter()
            reader.change(dice.choice(origins()[1:12]))
            took.append(time.perf_counter() - start)
        reader.close()
    except Exception as fault:  # a lost session is a result, and is printed
        faults.append(f"{type(fault).__name__}: {fault}")


def crowd(name: str, host: str) -> tuple[list[float], list[str]]:
    """What each change of fifty readers took, and what went wrong."""
    took: list[float] = []
    faults: list[str] = []
    together(READERS, lambda number: read(name, host, number, took, faults))
    return took, faults


def alone(name: str, host: str) -> float:
    """Median seconds of a change of one reader, of origins that nobody has looked at."""
    reader, took = READ[name](host), []
    for origin in origins()[20:30]:
        start = time.perf_counter()
        reader.change(origin)
        took.append(time.perf_counter() - start)
    reader.close()
    return float(np.median(took))


def main() -> None:
    """Print the table."""
    chromium = shutil.which("chromium")
    print("| page | first visit, s | a change, s | fifty readers: changes | median, s | p95, s | memory, MB | faults |")
    print("|---|---|---|---|---|---|---|---|")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS) if chromium else None
        for name in READ:
            with served() if name == "ours" else peer(name) as (host, process):
                visit = first_visit(browser, name, host) if browser else float("nan")
                with ThreadPoolExecutor(1) as thread:  # playwright's loop runs in this one
                    change = thread.submit(alone, name, host).result()
                took, faults = crowd(name, host)
                middle, late = np.quantile(took, [0.5, 0.95]) if took else (float("nan"),) * 2
                print(
                    f"| {name} | {visit:.2f} | {change:.3f} | {len(took)} | {middle:.3f} | {late:.3f} | "
                    f"{resident_mb(process):.0f} | {len(faults)} |",
                    flush=True,
                )
                print(*faults[:1], sep="\n", file=sys.stderr)


if __name__ == "__main__":
    main()
