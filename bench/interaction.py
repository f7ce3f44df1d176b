"""What a reader waits for on shipped data: server time of control changes and page switches, first figure, memory of sessions.

`make bench`. Pages run in streamlit's own test runner in one process, as sessions of one server share it; the browser's share is not in it.
"""

from __future__ import annotations

import gc
import re
import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import AppTest

APP = Path(__file__).parents[1] / "app.py"
PAGES = [
    page
    for page in re.findall(r"pages/(\w+)\.py", APP.read_text(encoding="utf-8"))
    if page not in ("workshop", "story")
]
PagesManager.uses_pages_directory = False
FIRST = "import time; t = time.time(); from streamlit.testing.v1 import AppTest; a = AppTest.from_file('app.py', default_timeout=60).run(); print(time.time() - t)"


def resident_mb() -> float:
    """Resident memory of this process now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def opened(page: str) -> tuple[AppTest, float]:
    """A session that goes from the overview to a page, and how long the switch takes."""
    app = AppTest.from_file(str(APP), default_timeout=120).run()
    start = time.perf_counter()
    app = app.switch_page(f"pages/{page}.py").run()
    return app, time.perf_counter() - start


def changes(app: AppTest) -> list[tuple[str, float]]:
    """Seconds of one change of each select box and radio of a page: each once to the next choice and back."""
    found = []
    for kind in ("selectbox", "radio"):
        for number in range(len(getattr(app, kind))):
            control = getattr(app, kind)[number]
            if control.key in (None, "lang", "shown_city", "refresh_what") or len(control.options) < 2:
                continue
            before = control.index
            if before is None:
                continue
            for place in ((before + 1) % len(control.options), before):
                start = time.perf_counter()
                try:
                    chosen = getattr(app, kind)[number]
                    chosen.select_index(place) if kind == "selectbox" else chosen.set_value(chosen.options[place])
                    app.run()
                except (
                    ValueError,
                    IndexError,
                ):  # the test runner cannot set every control; those are left out, and their page says 0
                    return found
                found.append((str(control.key), time.perf_counter() - start))
    return found


def main() -> None:
    """Print what was measured."""
    cold = float(
        subprocess.run(
            [sys.executable, "-c", FIRST], cwd=APP.parent, capture_output=True, text=True, check=True
        ).stdout.split()[-1]
    )
    print(f"cold process to the overview's figures: {cold:.2f} s")
    for page in PAGES:  # fill what all sessions share
        opened(page)
    switch = {page: opened(page)[1] for page in PAGES}
    print("| page | switch, s | controls | median, s | p95, s | slowest |\n|---|---|---|---|---|---|")
    everything: list[float] = []
    for page in PAGES:
        app, _ = opened(page)
        changes(app)  # the first time fills the caches
        app, _ = opened(page)
        times = changes(app)
        took = [seconds for _key, seconds in times]
        everything += took
        if took:
            worst = max(times, key=lambda one: one[1])
            print(
                f"| {page} | {switch[page]:.3f} | {len(took)} | {np.median(took):.3f} | {np.quantile(took, 0.95):.3f} | {worst[0]} {worst[1]:.3f} |"
            )
        else:
            print(f"| {page} | {switch[page]:.3f} | not driven | | | |")
    print(f"\nall: {len(everything)} changes, median {np.median(everything):.3f} s, p95 {np.quantile(everything, 0.95):.3f} s; "
          f"switches p95 {np.quantile(list(switch.values()), 0.95):.3f} s")  # fmt: skip
    gc.collect()
    base, kept = resident_mb(), [opened("reach")[0] for _ in range(8)]
    print(
        f"resident {base:.0f} MB with all pages' caches; {(resident_mb() - base) / len(kept):.1f} MB for each further session"
    )


if __name__ == "__main__":
    main()
