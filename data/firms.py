"""A chamber's register of firms -> a table on this machine: `zone firms FILE --period 2023-03`."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

import pandas as pd

import data
from data import definitions, local, rights
from data.catalogue import Entry
from data.connectors import chamber_register
from data.errors import DataError
from data.files import csv_bytes, write


def count_firms(path: Path, period: pd.Timestamp) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One month by area and activity, and the rows that could not be counted."""
    place = definitions.entry("firms").place
    areas, version = data.table("areas_exact", place), data.cities()[place].boundary_version
    return chamber_register.firms_by_area(path, period, areas.loc[areas["boundary_version"] == version, "area_id"])


def import_month(path: Path, period: pd.Timestamp) -> tuple[Entry, Path | None]:
    """Import one month; returns the table's entry and, if rows could not be counted, the report's path."""
    entry = definitions.entry("firms")
    table, report = count_firms(path, period)
    report_path = None
    if len(report):
        report_path = local.report_path(f"{path.stem}-not-counted")
        write(report_path, csv_bytes(report))
    return local.save(replace(entry, period=f"{period:%Y-%m}"), table), report_path


def main(words: list[str] | None = None) -> int:
    """Command line; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="zone firms", description=__doc__, epilog="Example: zone firms register_2023-03.csv --period 2023-03"
    )
    parser.add_argument("file", type=Path, help="the register's CSV file")
    parser.add_argument("--period", required=True, type=pd.Timestamp, help="the month it stands for, such as 2023-03")
    args = parser.parse_args(words)
    rights.act_as(rights.OWNER)
    try:
        entry, report = import_month(args.file, args.period)
    except DataError as error:
        print(f"Nothing was changed. {error}", file=sys.stderr)
        return 1
    print(f"{entry.rows:,} rows (area and activity) stored in {entry.path}")
    print("Every row was counted." if report is None else f"Rows that could not be counted, with their lines: {report}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
