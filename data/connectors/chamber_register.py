"""IHK Berlin's open register of member firms: streamed through DuckDB into firms by planning area and activity.

The file: semicolons, a byte order mark, decimal commas, quoted fields, ids without leading zeros, register ids in
scientific notation (no longer unique, so rows are counted, not ids), size bands such as '4 - 6 Beschäftigte'.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import duckdb
import pandas as pd

from data.disclosure import hide_few_firms
from data.errors import SourceError
from data.translation import N_

COLUMNS = ["ihk_branch_id", "nace_id", "employees_range", "planungsraum_id"]
# The register lies in Git LFS: at GitHub's "raw" address is only a pointer, at this one the file. Not asked from where
# this was written: docs/endpoints.md.
ADDRESS = (
    "https://media.githubusercontent.com/media/IHKBerlin/IHKBerlin_Gewerbedaten/master/data/IHKBerlin_Gewerbedaten.csv"
)
POINTER = b"version https://git-lfs.github.com/spec/v1"  # how a file begins that stands for one in Git LFS
REPORT = ["line", "column", "value", "fault"]

# What is wrong with a row, first fault first; rows without a fault are counted.
_FAULTS = """CASE
    WHEN planungsraum_id IS NULL OR trim(planungsraum_id) = '' THEN 'planungsraum_id|no planning area'
    WHEN NOT regexp_full_match(trim(planungsraum_id), '[0-9]{7,8}') THEN 'planungsraum_id|not seven or eight digits'
    WHEN area NOT IN (SELECT area_id FROM areas) THEN 'planungsraum_id|no planning area of the boundaries of 2021'
    WHEN activity IS NULL OR NOT regexp_full_match(activity, '[0-9]{2,5}') THEN 'ihk_branch_id|not an activity code'
    WHEN band <> '' AND NOT readable THEN 'employees_range|not a size band'
    END"""


def firms_by_area(path: Path, period: pd.Timestamp, areas: Iterable[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Firms by planning area and activity, and a report of every row that could not be counted.

    areas: the planning areas' ids. Returns the table of contract 'firms' and a report with line (of the file, from 1),
    column, value, fault. employees_low and employees_high bound the sum over firms whose band is known; open_ended
    counts firms whose band has no upper end, which the upper bound takes at its lower one. Raises SourceError if the
    file is missing, is not semicolon-separated text or lacks a column.
    """
    if not path.exists():
        raise SourceError(str(path), N_("the file is missing"), hint=N_("Give the path of the register's CSV file"))
    check_pointer(path)
    with duckdb.connect() as engine:
        engine.register("areas", pd.DataFrame({"area_id": sorted(areas)}))
        source = _open(engine, path)
        engine.execute(f"""
            CREATE TEMP TABLE rows AS
            SELECT number, breaks, breaks + extra AS breaks_after, planungsraum_id, ihk_branch_id, employees_range,
                   lpad(trim(planungsraum_id), 8, '0') AS area,
                   left(coalesce(nullif(trim(ihk_branch_id), ''), trim(nace_id)), 5) AS activity,
                   coalesce(trim(employees_range), '') AS band,
                   regexp_extract_all(replace(band, '.', ''), '[0-9]+') AS ends,
                   band = '0' OR regexp_matches(band, 'Beschäftigte') AND len(ends) BETWEEN 1 AND 2 AS readable
            FROM ({source})""")
        table = engine.execute(f"""
            SELECT area AS area_id, activity, count(*) AS firms, sum(low) AS employees_low,
                   sum(coalesce(high, low)) AS employees_high,
                   count_if(low IS NOT NULL AND high IS NULL)::BIGINT AS open_ended
            FROM (SELECT area, activity, CASE WHEN band <> '' THEN ends[1]::BIGINT END AS low,
                         CASE WHEN band = '0' THEN 0 WHEN len(ends) = 2 THEN ends[2]::BIGINT END AS high
                  FROM rows WHERE {_FAULTS} IS NULL)
            GROUP BY ALL ORDER BY ALL""").df()
        report = _report(engine)
    return hide_few_firms(table.assign(period=period)), report


def check_pointer(path: Path) -> None:
    """Raise SourceError where a file is no more than Git LFS's pointer to it."""
    with path.open("rb") as opened:
        start = opened.read(1000)
    if start.startswith(POINTER):
        size = re.search(rb"^size (\d+)$", start, re.MULTILINE)
        of = f" of {int(size[1]):,} bytes" if size else ""
        raise SourceError(
            str(path),
            N_("this is not the register but a pointer to it: the file{of} itself lies in Git LFS", of=of),
            hint=N_("Fetch it with 'git lfs pull', or from {address}", address=ADDRESS),
        )


def _open(engine: duckdb.DuckDBPyConnection, path: Path) -> str:
    """The query that reads the file as text, row by row; broken rows go to DuckDB's table of rejects."""
    # The sniffer would guess another separator or skip lines; every choice is the layout's own.
    name = str(path).replace("'", "''")
    options = """delim=';', quote='"', escape='"', header=true, all_varchar=true, auto_detect=true, strict_mode=true,
                 store_rejects=true, max_line_size=1000000"""
    reader = f"read_csv('{name}', {options})"
    try:
        columns = [row[0] for row in engine.execute(f"DESCRIBE SELECT * FROM {reader}").fetchall()]
    except duckdb.Error as error:
        raise SourceError(
            str(path),
            N_("the file is not semicolon-separated text in UTF-8"),
            hint=N_("Export it as the chamber publishes it"),
        ) from error
    for column in COLUMNS:
        if column not in columns:
            raise SourceError(
                str(path),
                N_("the column is missing"),
                column=column,
                hint=N_("Columns found: {columns}", columns=", ".join(columns)),
            )
    text = "concat(" + ", ".join(f'"{column}"' for column in columns) + ")"
    breaks = f"len({text}) - len(replace({text}, chr(10), ''))"
    return f"""SELECT *, sum(extra) OVER (ROWS UNBOUNDED PRECEDING) - extra AS breaks
               FROM (SELECT {", ".join(COLUMNS)}, row_number() OVER () AS number, {breaks} AS extra FROM {reader})"""


def _report(engine: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """Every row that was not counted, with its line in the file."""
    rejected = engine.execute("""SELECT line, '' AS column, csv_line AS value, error_type::VARCHAR AS fault
                                 FROM reject_errors""").df()
    rejected = rejected.drop_duplicates("line").sort_values("line", ignore_index=True)
    rejected["fault"] = "the row cannot be read: " + rejected["fault"].str.lower()
    faulty = engine.execute(f"""
        SELECT number + 1 AS line, breaks, split_part(fault, '|', 1) AS column, split_part(fault, '|', 2) AS fault,
               CASE split_part(fault, '|', 1) WHEN 'planungsraum_id' THEN planungsraum_id
                    WHEN 'ihk_branch_id' THEN ihk_branch_id ELSE employees_range END AS value
        FROM (SELECT *, {_FAULTS} AS fault FROM rows) WHERE fault IS NOT NULL ORDER BY number""").df()
    # DuckDB counts records: a rejected one has no number, and a quoted line break makes a record longer than a line.
    for place, line in enumerate(rejected["line"]):
        faulty.loc[faulty["line"] >= line, "line"] += 1
        before = engine.execute("SELECT breaks_after FROM rows WHERE number = ?", [int(line) - 2 - place]).fetchone()
        rejected.loc[place, "breaks"] = before[0] if before else 0
    both = pd.concat([rejected, faulty], ignore_index=True)
    both["line"] = (both["line"] + both["breaks"].fillna(0)).astype("int64")
    return both[REPORT].sort_values("line", ignore_index=True)
