"""Streets and house numbers, for the search."""

from pathlib import Path

import pandas as pd
import pandera.pandas as pa

from data.connectors import berlin_addresses
from data.definitions._common import TEXT, Definition, Entry, Tables


def make(sources: Path, _tables: Tables) -> pd.DataFrame:
    """Berlin's, of August 2021."""
    return berlin_addresses.addresses(sources / "berlin_osm")


TABLE = Definition(
    Entry(
        "addresses",
        "berlin",
        "Streets and house numbers",
        publisher="OpenStreetMap",
        licence="ODbL 1.0",
        attribution="© OpenMapTiles © OpenStreetMap contributors",
        period="2021-08",
        unit="addresses",
        geography="points, EPSG:25833",
        note="A house number is of the nearest street with a name, which is wrong at some corners; without a number: "
        "the middle of a street.",
    ),
    columns={"name": TEXT, "number": TEXT, "x": pa.Column("int32"), "y": pa.Column("int32")},
    key=["name", "number", "x", "y"],
    make=make,
)
