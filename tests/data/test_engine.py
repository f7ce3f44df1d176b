"""One expression, three engines, the same figures."""

from __future__ import annotations

import pickle
import shutil
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import h3
import ibis
import pandas as pd
import pytest

import data
from analytics import cells, cube, displacement
from bench.driver import ROOT
from data import engine, lake
from tests.driver import contents, open_page

# Spark computes for seconds here: what makes Java quick after a minute only costs time.
SHORT_JAVA = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
KEEP = {"level": ["district"], "period": ["2024-12-31"]}
CASES: list[dict[str, Any]] = [
    {"by": "category"},
    {"by": "origin", "asylum": "DEU"},
    {"by": "asylum", "origin": "SYR", "categories": ["refugees", "asylum_seekers"]},
]


def by_pandas(by: str, categories: list[str] | None = None, origin: str = "", asylum: str = "") -> pd.DataFrame:
    """The same by hand."""
    rows = data.table("displaced")
    rows = rows[rows["category"].isin(categories or displacement.FORCIBLY_DISPLACED)]
    rows = rows[(rows["origin"].eq(origin) | (origin == "")) & (rows["asylum"].eq(asylum) | (asylum == ""))]
    return rows.groupby(["year", by], as_index=False)["persons"].sum().sort_values(["year", by], ignore_index=True)


@pytest.mark.parametrize("which", ["duckdb", "postgres", "pyspark"])
def test_every_engine_gives_the_same_figures(
    which: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    if which == "pyspark" and shutil.which("java") is None:
        pytest.skip("no Java on this machine, which Spark needs")
    address = request.getfixturevalue("postgres").replace("+psycopg", "") if which == "postgres" else which
    monkeypatch.setenv("ZONE_ENGINE", address)
    monkeypatch.setenv("JDK_JAVA_OPTIONS", SHORT_JAVA)
    city = next(iter(data.cities()))
    sums = engine.run(cube.regroup(engine.table("residents_by_origin", city), ["origin"], "persons", KEEP))
    rows = data.table("residents_by_origin", city)
    rows = rows[(rows["level"] == "district") & (rows["period"] == "2024-12-31")].groupby("origin")
    assert sums.set_index("origin")["persons"].to_dict() == rows["persons"].sum().to_dict()
    assert sums.set_index("origin")["unknown"].to_dict() == rows["suppressed"].sum().to_dict()
    share = engine.run(cube.regroup(engine.table("cultural_employment"), ["year"], "thousand_persons", {}))
    exact = data.table("cultural_employment").groupby("year")["thousand_persons"].sum()
    assert share.set_index("year")["thousand_persons"].to_dict() == pytest.approx(exact.to_dict(), rel=1e-9)
    rows = data.table("cells", city).query("share > 0").iloc[:5000]
    numbers = pd.DataFrame({"cell": [int(name, 16) for name in rows["cell"]], "persons": rows["share"], "x": rows["x"]})
    joined = engine.run(cells.coarser(ibis.memtable(numbers), 8, "persons", ["x"]))
    weighted = (
        (rows["x"] * rows["share"]).groupby(rows["cell"].map(lambda name: int(h3.cell_to_parent(name, 8), 16))).sum()
    )
    assert (joined["x"] * joined["persons"]).tolist() == pytest.approx(weighted.sort_index().tolist(), rel=1e-9)
    rows = data.table("displaced")
    kinds = engine.run(displacement.kinds(engine.table("displaced"))).query("year == 2024").set_index("kind")["persons"]
    rows = rows[(rows["year"] == 2024) & rows["category"].isin(displacement.FORCIBLY_DISPLACED)]
    assert kinds.sum() == rows["persons"].sum()
    rows = rows[rows["category"].isin(displacement.ACROSS_BORDERS) & (rows["origin"] != rows["asylum"])]
    assert kinds["across"] == rows["persons"].sum()
    pairs = engine.run(displacement.pairs(engine.table("displaced"), 2024)).set_index(["origin", "asylum"])["persons"]
    assert pairs.to_dict() == rows.groupby(["origin", "asylum"])["persons"].sum().to_dict()
    query = displacement.movements(engine.table("displacement_flows"), engine.table("solutions"), "DEU", (2020, 2024))
    moved = engine.run(query)
    assert {"resettled_here", "returned_refugees"} < set(moved["movement"])
    assert moved["persons"].sum() == sum(
        rows.loc[rows["asylum"].eq("DEU") & rows["year"].between(2020, 2024), "persons"].sum()
        for rows in (data.table("displacement_flows"), data.table("solutions").query("solution != 'returned_idps'"))
    )
    for case in CASES:
        result = engine.run(displacement.stock(engine.table("displaced"), **case))
        pd.testing.assert_frame_equal(result.reset_index(drop=True), by_pandas(**case), check_dtype=False, rtol=1e-9)


def test_a_new_version_is_another_table_and_the_old_one_is_not_sent_twice(
    postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZONE_ENGINE", postgres.replace("+psycopg", ""))
    first = engine.table("countries").get_name()
    assert data.entry("countries").checksum[:12] in first
    monkeypatch.setattr(data, "opened", lambda _entry: pytest.fail("sent twice"))
    assert engine.table("countries").get_name() == first


def test_threads_have_their_own_connections() -> None:
    totals: list[int] = []
    wrong: list[Exception] = []

    def ask() -> None:
        try:
            for _ in range(5):
                totals.append(
                    int(engine.run(displacement.stock(engine.table("displaced"), "category"))["persons"].sum())
                )
        except Exception as fault:
            wrong.append(fault)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert len(totals) == 40
    assert len(set(totals)) == 1


@pytest.fixture
def bucket(object_storage: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of a lake in object storage, with what its clients are told by their environment."""
    keys = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_DEFAULT_REGION": "us-east-1"}
    for name, value in {**keys, "AWS_ENDPOINT_URL": object_storage}.items():
        monkeypatch.setenv(name, value)
    return "s3://lake/zone"


@pytest.mark.parametrize("address", ["folder", "memory://lake", "s3"])
def test_partitions_on_a_disk_and_in_object_storage_say_the_same(
    address: str, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, city = str(tmp_path) if address == "folder" else address, next(iter(data.cities()))
    place = request.getfixturevalue("bucket") if address == "s3" else place
    residents, displaced = data.entry("residents_by_origin", city), data.entry("displaced")
    here = address != "s3"  # the second table has 75 files of a few requests each; Spark reads it from there, below
    monkeypatch.setenv("ZONE_LAKE", place)
    plain = engine.run(cube.regroup(engine.table("residents_by_origin", city), ["origin"], "persons", KEEP))
    assert [lake.write(entry, place) for entry in (residents, residents)] == [True, False]
    assert not here or lake.write(displaced, place)
    files, path = lake.open_storage(lake.folder(residents, place))
    assert len(files.glob(f"{path}/period=*")) == data.table("residents_by_origin", city)["period"].nunique()
    table = engine.table("residents_by_origin", city)
    assert table.get_name().endswith("_lake")
    pd.testing.assert_frame_equal(engine.run(cube.regroup(table, ["origin"], "persons", KEEP)), plain)
    for case in CASES if here else []:
        pd.testing.assert_frame_equal(
            engine.run(displacement.stock(engine.table("displaced"), **case)), by_pandas(**case), check_dtype=False
        )


# In a process of its own: Spark's workers have the environment of the one that started it.
PAGE_BY_SPARK = """
import pickle, sys
from data import engine
from tests.driver import contents, open_page
assert engine.table("displaced").get_name().endswith("_lake")
with open(sys.argv[1], "wb") as file:
    pickle.dump(contents(open_page("displacement", country="DEU", timeout=300)), file)
"""


def test_a_page_is_the_same_by_spark_on_object_storage(
    bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if shutil.which("java") is None:
        pytest.skip("no Java on this machine, which Spark needs")
    for name in ("displaced", "displacement_flows", "solutions"):
        lake.write(data.entry(name), bucket)
    plain = contents(open_page("displacement", country="DEU"))
    monkeypatch.setenv("ZONE_LAKE", bucket)
    monkeypatch.setenv("ZONE_ENGINE", "pyspark")
    monkeypatch.setenv("JDK_JAVA_OPTIONS", SHORT_JAVA)
    subprocess.run([sys.executable, "-c", PAGE_BY_SPARK, tmp_path / "page"], cwd=ROOT, check=True, timeout=400)
    assert pickle.loads((tmp_path / "page").read_bytes()) == plain
    assert len(plain) > 2


def test_threads_that_meet_object_storage_together_register_it_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZONE_LAKE", "memory://together")
    lake.write(data.entry("countries"), "memory://together")
    engine._database.cache_clear()  # a database that has met nobody yet
    start = threading.Barrier(8)

    def ask(_number: int) -> int:
        start.wait(30)
        return len(engine.run(engine.table("countries")))

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(ask, range(8))) == {len(data.table("countries"))}


def test_a_half_written_table_of_the_lake_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZONE_LAKE", str(tmp_path))
    entry = data.entry("countries")
    lake.write(entry, str(tmp_path))
    assert lake.locate(entry) is not None
    (Path(lake.folder(entry, str(tmp_path))) / "_whole").unlink()
    assert lake.locate(entry) is None
    assert not engine.table("countries").get_name().endswith("_lake")
