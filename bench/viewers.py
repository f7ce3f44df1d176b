"""Many viewers at once: sessions over real websockets, each changing a filter every few seconds.

`make bench`. `--instances 2` adds a proxy and PostgreSQL. The driver runs on the same cores as the server, on this
machine only, for a bounded time.
"""

from __future__ import annotations

import argparse
import itertools
import random
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np

from bench.driver import ROOT, Reader, free_port, healthy, resident_mb, served

PAGES = [
    "overview",
    "displacement",
    "coverage",
    "reach",
    "creative",
    "inclusion",
    "what_if_arrivals",
    "displacement_city",
    "profile",
    "initiatives",
]
FILTERS = ("district", "country", "from", "to")
THINKS_S = 6.0


def view(host: str, number: int, until: float, took: list[tuple[str, float]], faults: list[str]) -> None:
    """One viewer: opens a page, then changes a filter again and again; now and then turns to another page."""
    dice = random.Random(number)
    pages = itertools.cycle(dice.sample(PAGES, len(PAGES)))
    try:
        reader = Reader(host)
        took.append(("first page", reader.open(next(pages).replace("overview", ""))))
        while time.monotonic() < until:
            time.sleep(dice.uniform(0.5, 1.5) * THINKS_S)
            if dice.random() < 0.15:
                took.append(("page", reader.open(next(pages).replace("overview", ""))))
            else:
                key = dice.choice([key for key in FILTERS if key in reader.controls])
                took.append(("filter", reader.choose(key, dice.choice(reader.controls[key].options[:12]))))
            faults += reader.faults
        reader.close()
    except Exception as fault:  # a lost session is a result, and is printed
        faults.append(f"{type(fault).__name__}: {fault}")


@contextmanager
def proxied(ports: list[int]) -> Iterator[str]:
    """Nginx with the configuration of deploy/ before instances on these ports."""
    port = free_port()
    text = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8").replace("127.0.0.1:8080", f"127.0.0.1:{port}")
    text = text.replace(
        "        server 127.0.0.1:8501;\n        server 127.0.0.1:8502;\n",
        "".join(f"server 127.0.0.1:{port};" for port in ports),
    )
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "nginx.conf").write_text(text, encoding="utf-8")
        process = subprocess.Popen(
            ["nginx", "-p", folder, "-c", f"{folder}/nginx.conf", "-g", "daemon off;"], stderr=subprocess.DEVNULL
        )
        try:
            healthy(f"localhost:{port}")
            yield f"localhost:{port}"
        finally:
            process.terminate()
            process.wait(10)


def loaded(host: str, sessions: int, seconds: float) -> tuple[list[tuple[str, float]], list[str]]:
    """What viewers waited for, and what went wrong."""
    took: list[tuple[str, float]] = []
    faults: list[str] = []
    until = time.monotonic() + seconds
    threads = [threading.Thread(target=view, args=(host, number, until, took, faults)) for number in range(sessions)]
    for thread in threads:
        thread.start()
        time.sleep(0.1)
    for thread in threads:
        thread.join()
    return took, faults


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--instances", type=int, default=1)
    options = parser.parse_args()
    with ExitStack() as stack:
        surroundings: dict[str, str] = {}
        if options.instances > 1:
            if shutil.which("nginx") is None:
                print("nginx is not installed: several instances were not run")
                return
            import pgserver

            folder = stack.enter_context(tempfile.TemporaryDirectory())
            database = pgserver.get_server(folder)
            stack.callback(database.cleanup)
            surroundings["ZONE_DATABASE"] = database.get_uri().replace("postgresql://", "postgresql+psycopg://")
        running = [stack.enter_context(served(surroundings)) for _ in range(options.instances)]
        host = running[0][0]
        if options.instances > 1:
            host = stack.enter_context(proxied([int(address.rsplit(":", 1)[1]) for address, _process in running]))
        for address, _process in running:  # a server that others use has shown every page before
            reader = Reader(address)
            for page in PAGES:
                reader.open(page.replace("overview", ""))
            reader.close()
        took, faults = loaded(host, options.sessions, options.seconds)
        print(
            f"{options.sessions} sessions, {options.instances} instance(s), {options.seconds:.0f} s, "
            f"a change every {THINKS_S:.0f} s each\n"
        )
        print("| what | times | median, s | p95, s | longest, s |\n|---|---|---|---|---|")
        for what in ("first page", "page", "filter"):
            seconds = [value for kind, value in took if kind == what]
            print(
                f"| {what} | {len(seconds)} | {np.median(seconds):.3f} | {np.quantile(seconds, 0.95):.3f} | "
                f"{max(seconds):.3f} |"
            )
        memory = " + ".join(f"{resident_mb(process):.0f}" for _host, process in running)
        print(f"\nfaults: {len(faults)}; resident after it: {memory} MB", *faults[:3], sep="\n")


if __name__ == "__main__":
    main()
