"""Results on disk: the same in another process, gone with another table or code, never half, bounded in bytes."""

from __future__ import annotations

import os
import pickle
import shutil
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import data
from data.cache import CHECK_BYTES, ByteCache, ResultFolder
from data.context import CityContext
from data.errors import NothingToShow
from data.translation import Language
from services import areas, cache, economic_health, sites
from services.cache import cached, cached_numbers, keep

ROOT = Path(__file__).parents[2]
CTX = CityContext(data.cities()["berlin"], data.version())
PERIOD = pd.Timestamp("2024-12-31")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A local folder of the test's own, in which results are kept."""
    monkeypatch.setenv("ZONE_LOCAL", str(tmp_path))
    monkeypatch.setenv("ZONE_RESULTS_MB", "10")
    monkeypatch.setattr(cache.on_disk, "writable", True)
    cache.clear()
    place = cache.on_disk.place
    assert place is not None
    assert place.parent == tmp_path / "results"
    return place


def files(folder: Path) -> list[Path]:
    return sorted(file for file in folder.glob("*") if file.is_file())


def test_what_took_long_is_there_after_a_restart_and_what_was_quick_is_not(folder: Path) -> None:
    calls: list[str] = []

    @cached
    def slow(ctx: CityContext, number: int) -> np.ndarray:
        calls.append("slow")
        time.sleep(0.1)
        return np.arange(number)

    @cached
    def quick(ctx: CityContext) -> int:
        calls.append("quick")
        return 1

    for _restart in range(2):
        assert slow(CTX, 5).tolist() == [0, 1, 2, 3, 4]
        assert quick(CTX) == 1
        cache.clear()
    assert calls == ["slow", "quick", "quick"]
    assert len(files(folder)) == 1
    assert files(folder)[0].stat().st_mode & 0o077 == 0, "its owner's alone"
    slow(replace(CTX, data_version="another"), 5)
    slow(CTX, 6)
    assert calls.count("slow") == 3, "other tables or arguments are another result"


def test_a_file_that_is_not_whole_is_computed_again(folder: Path) -> None:
    @cached
    def slow(ctx: CityContext) -> str:
        time.sleep(0.1)
        return "right"

    slow(CTX)
    (file,) = files(folder)
    whole = file.read_bytes()
    for torn in (whole[:-1], whole[: CHECK_BYTES - 2], b"", whole[:CHECK_BYTES] + b"x" + whole[CHECK_BYTES + 1 :]):
        file.write_bytes(torn)
        cache.clear()
        assert slow(CTX) == "right"
        assert file.read_bytes() == whole


def test_another_process_finds_the_same_result_whatever_its_hashes(folder: Path) -> None:
    """Names in a set come in another order in each process: a result must be found all the same."""
    script = (
        "import pandas as pd, data\n"
        "from data.context import CityContext\n"
        "from services import cache, inclusion\n"
        "cache.on_disk.writable = True\n"
        "ctx = CityContext(data.cities()['berlin'], data.version())\n"
        "query = inclusion.Query(level='district')\n"
        "inclusion.rank_ranges(ctx, pd.Timestamp('2024-12-31'), query)\n"
    )
    counts = []
    for seed in ("1", "2"):
        surroundings = os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
        subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=surroundings, check=True)
        counts.append({file.name for file in files(folder)})
    assert counts[0] == counts[1]
    assert len(counts[0]) > 1


def test_files_stay_within_their_bytes_and_the_longest_unused_leave(tmp_path: Path) -> None:
    store = ResultFolder(lambda: tmp_path / "code", lambda: 10_000)
    old = tmp_path / "older code" / "result"
    old.parent.mkdir()
    old.write_bytes(bytes(5_000))
    os.utime(old, (1, 1))
    for number in range(30):
        store.write(bytes([number]), bytes(900))
        os.utime(tmp_path / "code" / f"{number:02x}", (100 + number, 100 + number))
        if number > 3:
            assert store.read(bytes([3])) is not None, "what is read stays"
    sizes = sum(file.stat().st_size for file in tmp_path.rglob("*") if file.is_file())
    assert sizes <= 11_000
    assert not old.exists()
    assert store.read(bytes([29])) == bytes(900)
    assert store.read(bytes([4])) is None


def test_a_full_or_closed_disk_costs_time_and_no_answer(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    store = ResultFolder(lambda: tmp_path / "file" / "code", lambda: 10_000)
    store.write(b"a", b"b")
    assert store.read(b"a") is None
    cache_in_memory = ByteCache(1000, len)
    assert cache_in_memory.get(("a",), lambda: time.sleep(0.1) or b"result", [store]) == b"result"


def test_what_readers_ask_for_is_not_written(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    @cached
    def slow(ctx: CityContext, lon: float) -> float:
        time.sleep(0.1)
        return lon

    slow(CTX, 1.0)
    monkeypatch.setattr(cache.on_disk, "writable", False)  # as in every server
    slow(CTX, 13.4)
    assert len(files(folder)) == 1
    other = replace(CTX, city=replace(CTX.city, displaced_origins=("UKR",)))
    assert other.identity != CTX.identity, "a city's own settings are part of what a result hangs on"


def test_nothing_is_kept_where_the_owner_wants_none(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZONE_RESULTS_MB", "0")
    assert cache.on_disk.place is None


def test_a_reason_is_said_in_the_readers_language_where_numbers_are_shared(folder: Path) -> None:
    said: list[str] = []

    @cached_numbers
    def nothing(ctx: CityContext) -> int:
        said.append(ctx.language.code)
        raise NothingToShow(ctx.language("No area has a figure."), "")

    with pytest.raises(NothingToShow, match="Kein Gebiet"):
        nothing(replace(CTX, language=Language("de")))
    assert said == ["en", "de"]


def test_a_proof_of_another_process_counts_for_readers_of_every_language(folder: Path) -> None:
    case = sites.inputs(sites.Query(service="library", count=2, walker="adult", limit=15))
    best = sites.quick(CTX, case, PERIOD)
    keep(sites.optimum, best, replace(CTX, language=Language("de"), role="editor"), case, PERIOD)
    cache.clear()
    start = time.perf_counter()
    assert sites.optimum(CTX, case, PERIOD).sites == best.sites
    assert time.perf_counter() - start < 5, "it was not solved again"


def test_models_are_the_same_for_every_language(folder: Path) -> None:
    models = [
        economic_health.areas_model(replace(CTX, language=Language(code)), PERIOD, "unemployment", ("displaced",))
        for code in ("en", "uk")
    ]
    assert pickle.dumps(models[0]) == pickle.dumps(models[1])
    assert len(files(folder)) >= 1


def test_pages_are_prepared_once(folder: Path) -> None:
    surroundings = os.environ | {"ZONE_LOCAL": str(folder.parents[1]), "ZONE_RESULTS_MB": "200"}
    command = [sys.executable, "deploy/warm.py", "story", "readiness"]
    first = subprocess.run(command, cwd=ROOT, env=surroundings, check=True, capture_output=True, text=True)
    assert "2 of 2" in first.stderr
    assert "cannot be prepared" not in first.stderr
    again = subprocess.run(command, cwd=ROOT, env=surroundings, check=True, capture_output=True, text=True)
    assert again.stderr == ""
    more = subprocess.run([*command, "cities"], cwd=ROOT, env=surroundings, check=True, capture_output=True, text=True)
    assert "1 of 1" in more.stderr  # what was prepared before does not stand for the others


def test_a_city_that_is_built_leaves_what_was_computed_of_others(
    city_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZONE_LOCAL", str(tmp_path))
    own, every = data.version("berlin"), data.version()
    ctx = CityContext(data.cities()["berlin"], own)
    assert set(areas.territory_options(ctx)["cities"]) == {"berlin"}
    monkeypatch.setenv("ZONE_LOCAL", str(city_folder))
    assert data.version("berlin") == own
    assert data.version() != every
    assert len({data.version(city) for city in data.cities()}) == 4
    assert set(areas.territory_options(ctx)["cities"]) == set(data.cities())  # a choice of all cities is not kept


def test_pages_of_a_city_that_somebody_built_are_prepared_too(city_folder: Path, tmp_path: Path) -> None:
    local = tmp_path / "local"
    shutil.copytree(city_folder, local)
    surroundings = os.environ | {"ZONE_LOCAL": str(local), "ZONE_RESULTS_MB": "200"}
    command = [sys.executable, "deploy/warm.py", "readiness"]
    first = subprocess.run(command, cwd=ROOT, env=surroundings, check=True, capture_output=True, text=True)
    assert "4 of 4" in first.stderr
    assert "cannot be prepared" not in first.stderr
    assert {file.name.split("-of-")[0] for file in local.glob("results/*/readiness-*")} == {
        f"readiness-{city}" for city in ("berlin", "strange", "three-shores", "bare")
    }


HEAVY = {"scipy.stats", "statsmodels", "sklearn", "numba", "esda", "libpysal", "SALib", "pptx", "docx", "pandera"}


def test_a_prepared_page_loads_no_library_that_only_computing_needs(folder: Path) -> None:
    pages = ["inclusion", "economic_health"]  # they need most of them to compute
    surroundings = os.environ | {"ZONE_LOCAL": str(folder.parents[1]), "ZONE_RESULTS_MB": "200"}
    subprocess.run([sys.executable, "deploy/warm.py", *pages], cwd=ROOT, env=surroundings, check=True)
    script = (
        "import sys\n"
        "from deploy import warm\n"
        f"assert all(warm.open_page(page) for page in {pages})\n"
        f"print(*sorted({HEAVY} & set(sys.modules)))\n"
    )
    seen = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=surroundings, check=True, capture_output=True, text=True
    )
    assert seen.stdout.split() == []


def test_processes_of_one_server_compute_a_result_once(folder: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from services import cache\n"
        "folder = Path(sys.argv[1]); cache.share(folder)\n"
        "@cache.cached_by_arguments\n"
        "def slow(number):\n"
        "    with (folder / 'runs').open('a') as runs: runs.write('x')\n"
        "    time.sleep(1)\n"
        "    return number + 1\n"
        "print(slow(1), slow(1), len(list((folder / 'locks').glob('*'))))\n"
    )
    shared = folder / "shared"
    shared.mkdir(parents=True)
    both = [
        subprocess.Popen([sys.executable, "-c", code, str(shared)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        for _process in range(2)
    ]
    assert [process.communicate(timeout=60)[0].split()[:2] for process in both] == [["2", "2"]] * 2
    assert (shared / "runs").read_text() == "x", "the second waited for the first"
    assert not list((shared / "locks").glob("*"))
    assert files(folder) == [], "what anybody asks for ends with the server"
