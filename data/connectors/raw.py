"""Opening raw source files and checking that they have the columns a connector expects."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import geopandas as gpd
import pandas as pd

from data.errors import SourceError


def open_raw(path: Path, columns: Iterable[str], *, geometry: bool = False, **csv_options: object) -> pd.DataFrame:
    """Read one Parquet, GeoParquet or CSV source file.

    Raises SourceError if the file is missing, unreadable, empty or lacks one of `columns`.
    """
    if not path.exists():
        raise SourceError(str(path), "the file is missing", hint="Point --sources at the folder that holds it")
    try:
        if path.suffix == ".csv":
            table = pd.read_csv(path, **csv_options)
        elif geometry:
            table = gpd.read_parquet(path)
        else:
            table = pd.read_parquet(path)
    except (OSError, ValueError) as error:
        raise SourceError(str(path), f"the file cannot be read ({error})", hint="Fetch it again") from error
    for column in columns:
        if column not in table.columns:
            raise SourceError(
                str(path), "the column is missing", column=column, hint=f"Columns found: {', '.join(table.columns)}"
            )
    if table.empty:
        raise SourceError(str(path), "the file has no rows", hint="Fetch it again")
    return table


def no_negatives(path: Path, table: pd.DataFrame, columns: Iterable[str]) -> None:
    """Raise SourceError at the first negative count in `columns`."""
    for column in columns:
        bad = table.index[table[column].fillna(0) < 0]
        if len(bad):
            raise SourceError(
                str(path),
                f"the count {table[column][bad[0]]} is negative",
                row=int(bad[0]) + 1,
                column=column,
                hint="Ask the publisher or remove the row",
            )
