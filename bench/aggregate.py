"""Filter and regroup of a continent's cells × months × groups, beside polars and pandas.

`make bench`. Ours is Ibis on DuckDB over partitioned Parquet. Each in a process of its own; a result is checked against
ours before its time is printed. Rows: ROWS (100 million; less with `--rows`), partitioned by country and year. The roof
is what reading the needed columns' bytes from memory would take.
"""

from __future__ import annotations

import argparse
import multiprocessing
import platform
import resource
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

ROWS, COUNTRIES, YEARS = 100_000_000, 25, 4
QUESTION = {"by": ["month"], "keep": {"band": ["3"], "country": ["C03", "C07", "C11"]}}
COLUMNS = ["country", "month", "band", "persons"]


def make(folder: Path, rows: int) -> None:
    """Invented people of every cell, month and group, hive-partitioned by country and year."""
    import duckdb

    each = rows // (COUNTRIES * YEARS)
    engine = duckdb.connect()
    for country in range(COUNTRIES):
        for year in range(YEARS):
            place = folder / f"country=C{country:02d}" / f"year={2020 + year}"
            place.mkdir(parents=True)
            engine.execute(
                "COPY (SELECT (range // 96)::INTEGER AS cell, (range % 8)::TINYINT AS band, "
                f"({12 * year} + (range // 8) % 12)::SMALLINT AS month, "
                f"(hash(range * 31 + {country * 7 + year}) % 400)::INTEGER AS persons FROM range({each})) "
                f"TO '{place}/part.parquet' (FORMAT parquet)"
            )


def ours(folder: Path) -> Callable[[], pd.DataFrame]:
    """The expression of the app, on DuckDB."""
    import ibis

    from analytics import cube

    engine = ibis.duckdb.connect()
    table = engine.read_parquet(str(folder / "**" / "*.parquet"), hive_partitioning=True)
    query = cube.regroup(table, QUESTION["by"], "persons", QUESTION["keep"])  # type: ignore[arg-type]
    return lambda: engine.to_pandas(query)


def polars(folder: Path) -> Callable[[], pd.DataFrame]:
    """Lazy polars over the same files."""
    import polars as pl

    rows = pl.scan_parquet(str(folder / "**" / "*.parquet"), hive_partitioning=True)
    countries = QUESTION["keep"]["country"]  # type: ignore[index]
    rows = rows.filter((pl.col("band") == 3) & pl.col("country").is_in(countries))
    query = rows.group_by("month").agg(pl.col("persons").cast(pl.Int64).sum(), pl.len().alias("rows"))
    return lambda: query.collect().sort("month").to_pandas()


def pandas(folder: Path) -> Callable[[], pd.DataFrame]:
    """What a page would do that reads the table for each question: only the needed columns."""

    def run() -> pd.DataFrame:
        rows = pd.read_parquet(folder, columns=COLUMNS)
        rows = rows[(rows["band"] == 3) & rows["country"].isin(QUESTION["keep"]["country"])]  # type: ignore[index]
        return rows.groupby("month", as_index=False)["persons"].sum()

    return run


def pandas_kept(folder: Path) -> Callable[[], pd.DataFrame]:
    """Pandas with the whole table kept in memory."""
    rows = pd.read_parquet(folder, columns=COLUMNS)

    def run() -> pd.DataFrame:
        part = rows[(rows["band"] == 3) & rows["country"].isin(QUESTION["keep"]["country"])]  # type: ignore[index]
        return part.groupby("month", as_index=False)["persons"].sum()

    return run


NAIVE = """
import pandas as pd, streamlit as st
rows = pd.read_parquet({folder!r}, columns={columns!r})
band = st.selectbox("Band", ["3", "4"])
rows = rows[(rows["band"] == int(band)) & rows["country"].isin({countries!r})]
st.session_state["sums"] = rows.groupby("month", as_index=False)["persons"].sum()
st.line_chart(st.session_state["sums"], x="month", y="persons")
"""


def naive_page(folder: Path) -> Callable[[], pd.DataFrame]:
    """A plain streamlit page that reads and groups in its script, as first versions do; run as streamlit runs it."""
    from streamlit.testing.v1 import AppTest

    page = AppTest.from_string(
        NAIVE.format(folder=str(folder), columns=COLUMNS, countries=QUESTION["keep"]["country"]), default_timeout=120
    )  # type: ignore[index]

    def run() -> pd.DataFrame:
        page.run()
        sums: pd.DataFrame = page.session_state["sums"]
        return sums

    return run


WHO = {
    "ours (Ibis, DuckDB)": ours,
    "polars, lazy": polars,
    "pandas, table in memory": pandas_kept,
    "pandas: read and group each time": pandas,
    "naive streamlit page": naive_page,
}


def timed(who: str, folder: str, answer: multiprocessing.SimpleQueue[tuple[float, int, list[int]]]) -> None:
    """Best of three, peak memory, and the result."""
    run = WHO[who](Path(folder))
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        table = run()
        seconds.append(time.perf_counter() - start)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    answer.put((min(seconds), peak, table.sort_values("month")["persons"].astype(int).tolist()))


def bandwidth() -> float:
    """Bytes a second that this machine adds up from memory, the roof under any scan."""
    block = np.ones(50_000_000, dtype=np.int64)
    best = min(_took(block.sum) for _ in range(3))
    return block.nbytes / best


def _took(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=ROWS)
    rows = parser.parse_args().rows
    folder = Path(tempfile.mkdtemp(prefix="zone-bench-"))
    try:
        make(folder, rows)
        size = sum(file.stat().st_size for file in folder.rglob("*.parquet"))
        print(
            f"{rows:,} rows, {size / 1e6:,.0f} MB Parquet, {platform.machine()}, {multiprocessing.cpu_count()} cores\n"
        )
        print("| who | seconds | ratio to ours | peak, MiB |\n|---|---|---|---|")
        context = multiprocessing.get_context("spawn")
        first: tuple[float, list[int]] | None = None
        for who in WHO:
            answer = context.SimpleQueue()
            process = context.Process(target=timed, args=(who, str(folder), answer))
            process.start()
            process.join()
            if process.exitcode:
                print(f"| {who} | failed | | |")
                continue
            seconds, peak, result = answer.get()
            first = first or (seconds, result)
            assert result == first[1], who
            print(f"| {who} | {seconds:.3f} | {seconds / first[0]:.1f} | {peak:,} |")
        read = rows / COUNTRIES * 3 * (1 + 2 + 4)  # three countries' band, month, persons
        print(
            f"\nRoof: {read / 1e6:,.0f} MB of columns at {bandwidth() / 1e9:.1f} GB/s (one core's sum) "
            f"would take {read / bandwidth():.3f} s."
        )
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
