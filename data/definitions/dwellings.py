"""Dwellings by number of rooms."""

from pathlib import Path

import pandas as pd

from data.connectors import berlin_housing
from data.definitions._common import AREA, COUNT, STATISTICS, Definition, Entry, Tables, choice, year


def make(sources: Path, _tables: Tables) -> pd.DataFrame:
    """Berlin's, at the end of each year."""
    return berlin_housing.dwellings(sources / "berlin_more")


TABLE = Definition(
    Entry(
        "dwellings",
        "berlin",
        "Dwellings by rooms",
        **STATISTICS,
        period="2015 to 2023, each year's end",
        unit="dwellings, rooms",
        geography="LOR planning areas of 2019 until 2021, of 2021 from 2022",
        note="From 2022 only 434 of 542 areas: an area without a row is unknown. Kitchens count as rooms.",
    ),
    columns={
        "year": year(2015),
        "boundary_version": choice("2019", "2021"),
        "area_id": AREA,
        "dwellings": COUNT,
        **dict.fromkeys(berlin_housing.ROOMS, COUNT),
        "rooms": COUNT,
    },
    key=["year", "area_id"],
    make=make,
)
