"""Dwellings completed, and permitted ones that are not."""

from pathlib import Path

import pandas as pd

from data.connectors import berlin_housing
from data.definitions._common import AREA, COUNT, STATISTICS, Definition, Entry, Tables, year


def make(sources: Path, _tables: Tables) -> pd.DataFrame:
    """Berlin's districts."""
    return berlin_housing.completions(sources / "berlin_more")


TABLE = Definition(
    Entry(
        "dwellings_completed",
        "berlin",
        "Dwellings completed and permitted",
        **STATISTICS,
        period="2020 to 2023, each year",
        unit="dwellings",
        geography="districts",
        note="Works on existing buildings are included, and may take dwellings away.",
    ),
    columns={"year": year(2000), "district": AREA, "completed": COUNT, "backlog": COUNT},
    key=["year", "district"],
    make=make,
)
