"""What a reader waits for on shipped data: first figure, page switches, control changes, memory, bytes.

`make bench`. A real server on this machine, spoken to over its websocket (`bench/driver.py`): seconds from the message
to the end of the script, everything sent; the browser's drawing is not in it. Every change is made once before it is
timed, as on a server others use too.
"""

from __future__ import annotations

import platform
import re
import time

import numpy as np

from bench.driver import ROOT, Reader, resident_mb, served

PAGES = [
    page
    for page in re.findall(r"pages/(\w+)\.py", (ROOT / "app.py").read_text(encoding="utf-8"))
    if page not in ("workshop", "story")
]
ONCE = ("lang", "shown_city", "refresh_what", "report_kind")  # no filters
SESSIONS = 20


def changes(reader: Reader) -> list[tuple[str, float, int]]:
    """Seconds and bytes of one change of each select box and radio of a page: each to the next choice and back."""
    changed = []
    for key in list(reader.controls):
        control = reader.controls.get(key)
        if key in ONCE or control is None or len(control.options) < 2:
            continue
        before = control.options.index(control.value) if control.value in control.options else 0
        for place in ((before + 1) % len(control.options), before):
            if key in reader.controls:
                seconds = reader.choose(key, reader.controls[key].options[place])
                assert not reader.faults, (reader.page, key, reader.faults)
                changed.append((key, seconds, reader.received))
    return changed


def measured(host: str, page: str) -> tuple[float, int, list[tuple[str, float, int]]]:
    """A switch from the overview to a page, its bytes, and changes of its controls."""
    reader = Reader(host)
    reader.open()
    seconds = reader.open(page)
    size = reader.received
    changed = changes(reader)
    reader.close()
    return seconds, size, changed


def summed(what: str, seconds: list[float]) -> str:
    """Median and 95th percentile."""
    return f"{len(seconds)} {what}: median {np.median(seconds):.3f} s, p95 {np.quantile(seconds, 0.95):.3f} s"


def main() -> None:
    """Print what was measured."""
    start = time.perf_counter()
    with served() as (host, process):
        first = Reader(host)
        first.open()
        print(
            f"{platform.machine()}, 2 cores, Python {platform.python_version()}\n\n"
            "start of the server to the overview's figures: "
            f"{time.perf_counter() - start:.2f} s; resident then {resident_mb(process):.0f} MB"
        )
        more = [Reader(host) for _ in range(SESSIONS)]
        more[0].open("coverage")
        base = resident_mb(process)
        for reader in more[1:]:
            reader.open("coverage")
        each = (resident_mb(process) - base) / (SESSIONS - 1)
        for reader in more:
            reader.close()
        print("\n| page | switch, s | kB | changes | median, s | p95, s | slowest |\n|---|---|---|---|---|---|---|")
        switches, everything, fresh = [], [], []
        for page in PAGES:
            fresh += [change[1] for change in measured(host, page)[2]]
            seconds, size, changed = measured(host, page)
            switches.append(seconds)
            took = [change[1] for change in changed] or [np.nan]
            everything += [change[1] for change in changed]
            worst = max(changed, key=lambda change: change[1], default=("-", 0.0, 0))
            print(
                f"| {page} | {seconds:.3f} | {size / 1000:,.0f} | {len(changed)} | {np.median(took):.3f} | "
                f"{np.quantile(took, 0.95):.3f} | {worst[0]} {worst[1]:.3f} |",
                flush=True,
            )
        print(
            f"\n{summed('changes', everything)}; {summed('switches', switches)}; "
            f"{summed('changes made for the first time', fresh)}"
        )
        print(
            f"resident {resident_mb(process):.0f} MB with all pages' caches; "
            f"{each:.1f} MB for each further session at work"
        )


if __name__ == "__main__":
    main()
