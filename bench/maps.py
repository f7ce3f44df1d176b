"""Half a million hexagons in a real Chromium, beside a plain page: bytes, time to picture, frames while dragging.

`make bench`. Software drawing (no graphics card) on the same cores as the server.
"""

from __future__ import annotations

import argparse
import io
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import h3
import numpy as np
import pandas as pd
from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from bench.driver import FLAGS, ROOT, free_port, healthy

CELLS, WITHIN_S = 500_000, 180
FRAMES = """() => new Promise(done => { let n = 0, start = performance.now();
    const tick = now => { n += 1; now - start < 3000 ? requestAnimationFrame(tick) : done(n / ((now - start) / 1000)) };
    requestAnimationFrame(tick) })"""


def make(folder: Path) -> int:
    """Half a million invented cells of resolution 10 around a place, in forty districts by direction."""
    rings = round((CELLS / 3) ** 0.5)
    names = h3.grid_disk(h3.latlng_to_cell(50, 10, 10), rings)
    draw = np.random.default_rng(0)
    rows = pd.DataFrame({"cell": np.array([int(name, 16) for name in names], dtype=np.int64)})
    rows["persons"] = draw.integers(1, 200, len(rows))
    places = np.array([h3.cell_to_latlng(name) for name in names])
    rows["value"] = 60 + 40 * np.sin(25 * (places[:, 0] - 50)) + draw.normal(0, 8, len(rows))
    rows["district"] = (
        (40 * (np.arctan2(places[:, 0] - 50, places[:, 1] - 10) / (2 * np.pi) + 0.5)).astype(int).clip(0, 39)
    )
    rows.to_parquet(folder / "cells.parquet")
    return len(rows)


def seen(browser: Browser, address: str) -> tuple[float, float, float] | None:
    """Megabytes received, seconds to a picture of over ten colours, frames a second; None where it took too long."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    received: list[int] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: received.append(len(frame))))
    start = time.perf_counter()
    try:
        page.goto(address)
        chart = page.locator(".stage, [data-testid=stDeckGlJsonChart]").first
        chart.wait_for(timeout=WITHIN_S * 1000)
        while True:
            picture = Image.open(io.BytesIO(chart.screenshot(timeout=WITHIN_S * 1000))).convert("RGB")
            if len(picture.getcolors(picture.width * picture.height) or []) > 60:
                break
            if time.perf_counter() - start > WITHIN_S:
                return None
            page.wait_for_timeout(100)
        took = time.perf_counter() - start
        box = chart.bounding_box() or {"x": 0, "y": 0, "width": 100, "height": 100}
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        page.mouse.down()
        page.evaluate(f"() => {{ window.frames_seen = ({FRAMES})() }}")  # not awaited: the mouse moves meanwhile
        step, end = 0, time.perf_counter() + 3
        while time.perf_counter() < end:
            page.mouse.move(box["x"] + box["width"] / 2 + 4 * (step % 60), box["y"] + box["height"] / 2)
            step += 1
        frames = float(page.evaluate("window.frames_seen"))
        page.mouse.up()
    except Exception as fault:
        print(f"({type(fault).__name__}: {str(fault)[:80]})")
        return None
    finally:
        page.close()
    return sum(received) / 1e6, took, frames


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--plain", type=int, default=100_000, help="cells of the plain page; 1000000 for all, which takes a minute more"
    )
    options = parser.parse_args()
    chromium = shutil.which("chromium")
    if chromium is None:
        print("no Chromium on this machine: maps were not measured")
        return
    with tempfile.TemporaryDirectory() as folder:
        count, port = make(Path(folder)), free_port()
        command = [sys.executable, "-m", "streamlit", "run", "bench/map_page.py", "--server.port", str(port)]
        surroundings = os.environ | {"ZONE_BENCH": folder, "PYTHONPATH": str(ROOT)}
        process = subprocess.Popen(
            command, cwd=ROOT, env=surroundings, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            healthy(f"localhost:{port}")
            print(
                f"{count:,} hexagons, headless Chromium with software drawing, 2 cores\n\n"
                "| view | MB sent | to picture, s | frames/s |\n|---|---|---|---|"
            )
            with sync_playwright() as playwright:
                for view, query in (
                    ("(first visit, not counted)", "who=ours"),
                    ("ours, the whole", "who=ours"),
                    ("ours, one of 40 districts", "who=ours&part=7"),
                    (f"plain page, {options.plain:,} of them", f"who=plain&most={options.plain}"),
                ):
                    browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
                    measured = seen(browser, f"http://localhost:{port}/?{query}")
                    browser.close()
                    print(
                        f"| {view} | "
                        + (
                            f"{measured[0]:.2f} | {measured[1]:.1f} | {measured[2]:.1f} |"
                            if measured
                            else f"no picture within {WITHIN_S} s | | |"
                        ),
                        flush=True,
                    )
        finally:
            process.terminate()
            process.wait(10)


if __name__ == "__main__":
    main()
