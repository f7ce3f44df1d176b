"""Hostile files for every reader of files: anything but a result or one of our own errors is a defect.

`python -m bench.fuzz --inputs 10000`, with atheris guiding by coverage where it is installed (bench/requirements.txt).
Tests use the same readers and seeds with hypothesis.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import logging
import os
import random
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from analytics import scenario
from data import brand, rights
from data.city import checks, pack, reading
from data.errors import DataError
from data.store import exchange, register, stories

OURS: tuple[type[Exception], ...] = (DataError,)
ROW = {
    "name": "=1+1",
    "kind": "practice",
    "stage": "applied",
    "theme": "social",
    "topic": "work",
    "city": "<img src=x onerror=alert(1)>",
    "country": "DE",
}


def _register(name: str) -> Callable[[bytes], object]:
    def run(content: bytes) -> object:
        rows = []
        for row in exchange.read(content, name):
            try:
                rows.append(register.check(row))
            except register.InvalidInitiativeError:
                continue
        return rows

    return run


def _scenario(content: bytes) -> object:
    try:
        return scenario.load(content.decode("utf-8", "replace"))
    except ValueError:  # its own sentence
        return None


def _in_a_file(name: str, read: Callable[[Path], object]) -> Callable[[bytes], object]:
    def run(content: bytes) -> object:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / name
            path.write_bytes(content)
            return read(path)

    return run


def _pack(path: Path) -> object:
    with pack.open_pack(path) as folder:
        return checks.check(folder)


def _brand(path: Path) -> object:
    os.environ["ZONE_BRAND"] = str(path)
    try:
        return brand.load()
    finally:
        del os.environ["ZONE_BRAND"]


def _roles(path: Path) -> object:
    os.environ["ZONE_ROLES"] = str(path)
    try:
        return rights.role_of("someone@city.example")
    finally:
        del os.environ["ZONE_ROLES"]


def _vote(content: bytes) -> object:
    from web.room import parse_answer

    try:
        return parse_answer(content)
    except ValueError:  # what the room's page answers with
        return None


def _zip(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def _xlsx() -> bytes:
    out = io.BytesIO()
    pd.DataFrame([ROW]).to_excel(out, index=False)
    return out.getvalue()


TEMPLATE = {name: str(text).encode() for name, text in pack.template("Town").items()}
CSV = pd.DataFrame([ROW]).to_csv(index=False).encode()
READERS: dict[str, tuple[Callable[[bytes], object], list[bytes]]] = {
    "initiatives, CSV": (_register("a.csv"), [CSV, b"\xff\xfe\x00", b"a," * 100_000, b'"' * 1000]),
    "initiatives, JSON": (_register("a.json"), [json.dumps([ROW]).encode(), b"[" * 20_000, b"[1e999, NaN]", b"[[]]"]),
    "initiatives, XLSX": (
        _register("a.xlsx"),
        [_xlsx(), _zip({"xl/workbook.xml": b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"})],
    ),
    "story": (
        lambda content: stories.from_file(content, "a.json", {"reach"}),
        [json.dumps({"title": "t", "steps": [{"page": "reach", "query": {}}]}).encode(), b"{" * 9000],
    ),
    "scenario": (
        _scenario,
        [
            scenario.dump(scenario.Scenario(name="n", city="c", period="2024-12-31")).encode(),
            b"a = 1\n",
            b"[arrivals]\nages = [nan]\n",
        ],
    ),
    "city pack": (
        _in_a_file("a.zip", _pack),
        [
            _zip(TEMPLATE),
            _zip({"../../x": b"1"}),
            _zip({"city.toml": b"a = " + b"[" * 9000}),
            _zip({"city.toml": b"[city]\n", "a" * 200: b"0" * 100_000}),
        ],
    ),
    "table of a pack": (
        _in_a_file("a.csv", lambda path: reading.read(path, "a.csv")),
        [TEMPLATE["residents.csv"], b"\x00" * 50, b"a;b\n1,5;2\n"],
    ),
    "outlines of a pack": (
        _in_a_file("a.geojson", lambda path: reading.read(path, "a.geojson")),
        [
            TEMPLATE["areas.geojson"],
            b"<OGRVRTDataSource><OGRVRTLayer name='a'><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTLayer>",
            TEMPLATE["areas.geojson"][:-1] + b', "crs": {"type": "link", "properties": {"href": "/etc/passwd"}}}',
            b'{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":{"type":"Polygon",'
            b'"coordinates":[[[0,0],[1e308,NaN],[0,1]]]}}]}',
        ],
    ),
    "theme": (
        _in_a_file("brand.toml", _brand),
        [b"a = " + b"[" * 9000, b'name = "x"\nprimary = "#aabbcc"\nlogo = "../../etc/passwd"\n'],
    ),
    "roles": (_in_a_file("roles.toml", _roles), [b"a = " + b"[" * 9000, b'[people]\n"a@b" = "admin"\n']),
    "vote": (_vote, [b'{"question": 1, "value": ["a"]}', b"[" * 30_000]),
}


def tried(reader: str, content: bytes) -> None:
    """Read it; our own errors are answers."""
    with contextlib.suppress(OURS):
        READERS[reader][0](content)


def mutated(dice: random.Random, seed: bytes) -> bytes:
    """A seed with some of its bytes changed, cut out, doubled or swapped for awkward ones."""
    content = bytearray(seed[:200_000])
    for _ in range(dice.randint(1, 8)):
        place = dice.randrange(len(content) + 1)
        what = dice.randrange(5)
        if what == 0:
            content[place : place + dice.randint(1, 40)] = b""
        elif what == 1:
            content[place:place] = dice.choice(
                [b"\x00", b"\xff\xfe", b"NaN", b"-1e999", b'"', b"<", b"=", b"[", b"'", "\u202e".encode(), b"9" * 400]
            )
        elif what == 2 and content:
            content[min(place, len(content) - 1)] = dice.randrange(256)
        elif what == 3:
            content[place:place] = content[place : place + dice.randint(1, 200)]
        else:
            content = content[:place]
    return bytes(content)


def guided(reader: str, inputs: int) -> int:
    """How many inputs atheris made of the seeds, in a process of its own; 0 where it is not installed.

    Raises RuntimeError with what it found.
    """
    try:
        import atheris
    except ImportError:
        return 0
    seeds = tempfile.mkdtemp()
    for number, seed in enumerate(READERS[reader][1]):
        Path(seeds, str(number)).write_bytes(seed)
    atheris.Setup(
        [sys.argv[0], f"-runs={inputs}", "-max_len=65536", "-timeout=60", f"-artifact_prefix={seeds}/", seeds],
        lambda content: tried(reader, content),
    )
    atheris.Fuzz()
    return inputs


def main() -> None:
    """Print what was tried."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=10_000)
    parser.add_argument("--reader")
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    if options.reader:
        guided(options.reader, options.inputs)
        return
    each = options.inputs // len(READERS) // 2 + 1
    print("| reader | inputs | guided by coverage | other than our own errors |\n|---|---|---|---|")
    total = 0
    for reader, (_read, seeds) in READERS.items():
        dice, wrong = random.Random(1), []
        for number in range(each):
            content = seeds[number] if number < len(seeds) else mutated(dice, dice.choice(seeds))
            try:
                tried(reader, content)
            except Exception as fault:
                wrong.append(f"{type(fault).__name__}: {str(fault)[:80]}")
        ran = subprocess.run(
            [sys.executable, "-m", "bench.fuzz", "--reader", reader, "--inputs", str(each)],
            capture_output=True,
            text=True,
        )
        steered = each if "Done" in ran.stderr else 0
        if ran.returncode and "No module" not in ran.stderr and "Traceback" in ran.stderr + ran.stdout:
            wrong.append((ran.stdout + ran.stderr).split("Traceback")[1].strip().splitlines()[-1][:120])
        total += each + steered
        print(f"| {reader} | {each:,} | {steered:,} | {len(wrong)} {'; '.join(sorted(set(wrong))[:3])} |", flush=True)
    print(f"\n{total:,} inputs")


if __name__ == "__main__":
    main()
