"""Kill -9 at random moments of every kind of write: no broken table, no lost acknowledged write, a clean next start.

`python -m bench.faults --kills 200`. A writer works in a process of its own and says what is stored only once it is;
the judge kills it and looks. Also: a disk that takes no more bytes, a folder that cannot be written, a clock that jumps
back.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.driver import ROOT

KINDS = ("build", "refresh", "upload", "vote", "save")
WRITER = """
import itertools, json, sys, tempfile
from pathlib import Path
import data
from data import local, rights, store
from data.city import building, pack
from data.store import devices, exchange, register, rooms
rights.act_as(rights.OWNER)
kind, start, room = sys.argv[1], int(sys.argv[2]), ""

def acknowledge(what):
    print(json.dumps(what), flush=True)

if kind == "build":
    folder = Path(tempfile.mkdtemp())
    for name, text in pack.template("Town").items():
        (folder / name).write_text(text, encoding="utf-8")
elif kind == "vote":
    room = rooms.open_room("berlin", "Room", [])
    question = rooms.add_question(room, "poll", "What?", [("a", "A"), ("b", "B")])
else:
    table, entry = data.table("countries"), data.entry("countries")
print("ready", flush=True)
for number in itertools.count(start):
    if kind == "build":
        building.build(folder)
        acknowledge(["city", local.builds("town")[0]])
    elif kind == "refresh":
        local.offer(entry, table.assign(name=table["name"] + str(number)))
        used = local.offers()[0].version
        local.use("world", "countries", used)
        acknowledge(["version", used])
    elif kind == "upload":
        row = {"kind": "practice", "stage": "applied", "theme": "social", "topic": "work", "city": "Town"}
        rows = [row | {"name": f"{number}-{part}", "country": "DE"} for part in range(20)]
        exchange.import_file(json.dumps(rows).encode(), "a.json", "ann")
        acknowledge(["initiatives", number])
    elif kind == "vote":
        rooms.answer(room, question, devices.join(room), "", ["a"])
        acknowledge(["vote", room, question, number - start + 1])
    else:
        acknowledge(["target", store.add_target("berlin", "district", "01", "library_walk", float(number), 2030)])
"""
JUDGE = """
import json, sys
import data
from data import local, store
from data.store import register, rooms
said = [json.loads(line) for line in open(sys.argv[1])]
lost = []
for entry in data.catalogue().values():
    if entry.folder:
        assert len(data.opened(entry)) == entry.rows, entry.name
data.cities()
targets = set(store.targets("berlin")["id"])
names = set(register.everything()["name"])
used = next(row.version for row in local.versions("world", "countries") if row.state == "used")
for what, *parts in said:
    if what == "target" and parts[0] not in targets: lost.append(parts)
    if what == "initiatives" and not {f"{parts[0]}-{part}" for part in range(20)} <= names: lost.append(parts)
    if what == "vote" and rooms.count(parts[1]) < parts[2]: lost.append(parts)
last = [parts[0] for what, *parts in said if what == "version"][-1:]
if last and used < last[0]: lost.append(last)
built = [parts[0] for what, *parts in said if what == "city"][-1:]
if built and max(local.builds("town"), default="") < built[0]: lost.append(built)
partial = {name.split("-")[0] for name in names}
for number in partial:
    if number.isdigit() and len({name for name in names if name.startswith(number + "-")}) != 20:
        lost.append(["half an upload", number])
print(json.dumps({"said": len(said), "lost": lost}))
"""


def _run(code: str, *arguments: str, surroundings: dict[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        cwd=ROOT,
        env=os.environ | surroundings | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def killed(kinds: list[str], kills: int, folder: Path, dice: random.Random) -> dict[str, int]:
    """Kill writers at random moments and judge after each: kills, writes acknowledged, writes lost, faults found."""
    surroundings = {"ZONE_LOCAL": str(folder), "ZONE_DATABASE": f"sqlite:///{folder / 'zone.db'}"}
    said, counts = folder / "said", {"kills": 0, "acknowledged": 0, "lost": 0, "faults": 0}
    said.write_text("")
    while counts["kills"] < kills:
        kind = kinds[counts["kills"] % len(kinds)]
        writer = _run(WRITER, kind, str(1000 * counts["kills"]), surroundings=surroundings)
        assert writer.stdout is not None
        if writer.stdout.readline().strip() != "ready":
            counts["faults"] += 1
            print("not a clean start:", (writer.stderr.read() if writer.stderr else "")[-300:])
        time.sleep(dice.uniform(0, 1.2 if kind == "build" else 0.4))
        writer.kill()
        rest, _errors = writer.communicate()
        with said.open("a", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in rest.split("\n") if line.endswith("]"))
        counts["kills"] += 1
        if counts["kills"] % len(kinds) == 0 or counts["kills"] == kills:
            judge = _run(JUDGE, str(said), surroundings=surroundings)
            output, errors = judge.communicate()
            if judge.returncode:
                counts["faults"] += 1
                print(errors[-500:])
                continue
            verdict = json.loads(output.splitlines()[-1])
            counts["acknowledged"], counts["lost"] = verdict["said"], len(verdict["lost"])
            counts["faults"] += _sqlite(folder / "zone.db")
    return counts


def _sqlite(path: Path) -> int:
    with sqlite3.connect(path) as database:
        return int(database.execute("PRAGMA integrity_check").fetchone()[0] != "ok")


FULL = """
import resource, signal, sys
import data
from data import local, rights, store
rights.act_as(rights.OWNER)
from data.errors import DataError
from sqlalchemy.exc import SQLAlchemyError
store.add_target("berlin", "district", "01", "library_walk", 1.0, 2030)
table, entry = data.table("facilities", "berlin"), data.entry("facilities", "berlin")
local.save(entry, table)
before = local.versions("berlin", "facilities")
if sys.argv[1] == "full":
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, resource.RLIM_INFINITY))
else:
    import pathlib, stat
    path = data.catalogue.__globals__["local_catalogue"]().parent / "berlin" / "facilities"
    moved = path.rename(path.with_name("away"))
    path.write_text("a file where a folder should be")
wrong = 0
for work in (
    lambda: local.save(entry, table.assign(name="x")),
    lambda: [store.add_scenario("berlin", "n", "x" * 50_000) for _ in range(50)],
):
    try:
        work()
        wrong += sys.argv[1] == "full"
    except (OSError, SQLAlchemyError, DataError):
        pass
if sys.argv[1] == "full":
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
else:
    path.unlink()
    moved.rename(path)
assert [row.version for row in local.versions("berlin", "facilities")] == [row.version for row in before]
assert len(data.table("facilities", "berlin")) == len(table)
assert len(store.targets("berlin")) == 1
store.add_target("berlin", "district", "02", "library_walk", 1.0, 2030)
local.save(entry, table.assign(name="y"))
assert set(data.table("facilities", "berlin")["name"]) == {"y"}
print("calm" if not wrong else "took what it could not store")
"""
CLOCK = """
import data, time
from data import local, rights, store
rights.act_as(rights.OWNER)
table, entry = data.table("countries"), data.entry("countries")
from datetime import datetime, timedelta, UTC
import data.local as here
local.save(entry, table.assign(name="now"))
class Past(datetime):
    @classmethod
    def now(cls, zone=None): return datetime.now(zone) - timedelta(days=400)
here.datetime = Past
local.save(entry, table.assign(name="after the clock went back"))
assert set(data.table("countries")["name"]) == {"after the clock went back"}
for _ in range(7): local.save(entry, table.assign(name="again"))
assert set(data.table("countries")["name"]) == {"again"}
assert local.go_back("world", "countries") != ""
print("calm")
"""


def trial(code: str, *arguments: str) -> str:
    """What a trial says at its end: 'calm', or the last line of its fault."""
    with tempfile.TemporaryDirectory() as folder:
        ran = _run(
            code, *arguments, surroundings={"ZONE_LOCAL": folder, "ZONE_DATABASE": f"sqlite:///{folder}/zone.db"}
        )
        output, errors = ran.communicate()
        return output.strip().splitlines()[-1] if output.strip() else errors.strip().splitlines()[-1]


TRIALS = {"disk full": (FULL, "full"), "folder cannot be written": (FULL, "blocked"), "clock 400 days back": (CLOCK,)}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    options, dice = parser.parse_args(), random.Random(hashlib.sha256(str(time.time()).encode()).hexdigest())
    print("| fault | times | writes acknowledged | lost | faults found |\n|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        counts = killed(list(KINDS), options.kills, Path(folder), dice)
    print(
        f"| kill -9 during {', '.join(KINDS)} | "
        + " | ".join(f"{counts[key]:,}" for key in ("kills", "acknowledged", "lost", "faults"))
        + " |"
    )
    for name, (code, *arguments) in TRIALS.items():
        print(f"| {name} | 1 | | | {trial(code, *arguments)} |")


if __name__ == "__main__":
    main()
