"""Many viewers at once: sessions over real websockets, each changing a filter every few seconds.

`make bench`. `--instances 2` adds a proxy and PostgreSQL. `--abuse` puts one client that floods, asks for the heaviest
pages or loops over the API beside fifteen quiet readers, and says what these wait for with and without it. The driver
runs on the same cores as the server, on this machine only, for a bounded time.
"""

from __future__ import annotations

import argparse
import itertools
import random
import shutil
import socket
import subprocess
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path

import numpy as np
from websockets.exceptions import ConnectionClosed

from bench.driver import ROOT, Reader, free_port, healthy, resident_mb, served, together

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


def flood(host: str, until: float) -> int:
    """One websocket that sends changes without waiting for what they show."""
    reader, count = Reader(host), 0
    reader.open("coverage")
    threading.Thread(target=drain, args=(reader,), daemon=True).start()
    end = threading.Timer(until - time.monotonic(), reader.socket.socket.shutdown, (socket.SHUT_RDWR,))
    end.start()  # a server that reads slowly holds up whoever sends
    with suppress(ConnectionClosed):
        for value in itertools.cycle(reader.controls["district"].options):
            reader.controls["district"].value = value
            reader.send()
            count += 1
    return count


def drain(reader: Reader) -> None:
    """Take what the server sends, and look at none of it."""
    with suppress(ConnectionClosed):
        while True:
            reader.socket.recv()


def heavy_pages(host: str, until: float) -> int:
    """Four websockets of one client, each opening what nobody has opened before, one after the other."""
    counts: list[int] = []

    def run(number: int) -> None:
        reader, count = Reader(host), 0
        for step in itertools.count(number):
            page, query = HEAVY[step % len(HEAVY)]
            year = str(1990 + step % 30)
            reader.open(page, **{key: value.format(step=step, year=year) for key, value in query.items()})
            count += 1
            if time.monotonic() > until:
                break
        reader.close()
        counts.append(count)

    threads = [threading.Thread(target=run, args=(17 * number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts)


def reports(kind: str, host: str, until: float) -> int:
    """One reader who makes a report of a page, again as soon as it is ready."""
    reader, count = Reader(host), 0
    reader.open("coverage")
    reader.choose("report_kind", kind)
    while time.monotonic() < until:
        reader.press("report_make")
        assert not reader.faults, reader.faults
        count += 1
    reader.close()
    return count


def asking(path: str, host: str, until: float) -> int:
    """One client that asks for an address, and again a second after the answer; how many answers."""
    count = 0
    while time.monotonic() < until:
        with urllib.request.urlopen(f"http://{host}{path}", timeout=60) as answer:
            answer.read()
        count += 1
        time.sleep(1)
    return count


def proofs(host: str, until: float) -> int:
    """One reader who has optima proven, each a question of its own."""
    reader, count = Reader(host), 0
    while time.monotonic() < until:
        reader.open("what_if_sites", count=str(2 + count % 10))
        reader.press("prove")
        count += 1
        time.sleep(5)  # it goes on beside the page
    reader.close()
    return count


def loop(path: str, host: str, until: float) -> int:
    """Four threads that ask for the same address again and again; how many whole answers they got."""
    answers: list[int] = []

    def run() -> None:
        while time.monotonic() < until:
            with suppress(OSError), urllib.request.urlopen(f"http://{host}{path}", timeout=60) as answer:
                answers.append(len(answer.read()))

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(answers)


HEAVY = (
    ("reach", {"limit": "{step}", "against": "another service"}),
    ("what_if_sites", {"count": "{step}"}),
    ("what_if_arrivals", {"people_likely": "{step}000", "months": "{step}"}),
    ("displacement", {"from": "{year}"}),
    ("what_if_shock", {"share": "{step}"}),
)
EVERYTHING = "by=area_id,level,boundary_version,period,origin,suppressed"
ABUSERS = {
    "nobody else": None,
    "a reader who makes PDFs": partial(reports, "PDF"),
    "a reader who makes slides": partial(reports, "PowerPoint"),
    "a reader who has optima proven": proofs,
    "a client who asks the API for a table each second": partial(asking, "/api/tables/berlin/residents?format=csv"),
    "a flood over one websocket": flood,
    "uncached heavy pages over four websockets": heavy_pages,
    "shapes as GeoJSON in a loop of four": partial(loop, "/api/tables/berlin/areas_exact?format=geojson"),
    "sums grouped by everything in a loop of four": partial(loop, f"/api/sums/berlin/residents_by_origin?{EVERYTHING}"),
}


def abused(host: str, sessions: int, seconds: float) -> None:
    """Print what quiet readers wait for beside each client that is not."""
    print(f"{sessions} quiet readers, {seconds:.0f} s each\n")
    print("| beside them | its answers | changes | median, s | p95, s | times the quiet p95 | faults |")
    print("|---|---|---|---|---|---|---|")
    quiet = 0.0
    for name, abuser in ABUSERS.items():
        with ThreadPoolExecutor(1) as beside:
            count = beside.submit(abuser, host, time.monotonic() + seconds + sessions / 10) if abuser else None
            took, faults = loaded(host, sessions, seconds)
        waited = [value for kind, value in took if kind != "first page"]
        p95 = float(np.quantile(waited, 0.95))
        quiet = quiet or p95
        answers = count.result() if count else ""
        print(
            f"| {name} | {answers} | {len(waited)} | {np.median(waited):.2f} | {p95:.2f} | {p95 / quiet:.1f} | "
            f"{len(faults)} |",
            flush=True,
        )


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
    together(sessions, lambda number: view(host, number, until, took, faults))
    return took, faults


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--instances", type=int, default=1)
    parser.add_argument("--abuse", action="store_true", help="one unfair client beside fifteen quiet readers")
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
        if options.abuse:
            abused(host, 15, options.seconds)
            return
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
