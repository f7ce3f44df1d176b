"""Ways of a street network."""

from pathlib import Path

import pandas as pd
import pandera.pandas as pa

from data.connectors import berlin_streets, street_network
from data.definitions._common import POSITIVE, STREETS, Definition, Entry, Tables


def make(sources: Path, _tables: Tables) -> pd.DataFrame:
    """Berlin's, of August 2021."""
    return berlin_streets.network(sources / "berlin_osm")[1].astype({"kind": "str", "bridge": "str"})


TABLE = Definition(
    Entry(
        "network_edges",
        "berlin",
        "Walking network: ways",
        **STREETS,
        unit="metres",
        note="Walkable both ways. Kerbs, surfaces and slopes are not known; nor are ways built or closed since.",
    ),
    columns={
        "origin": pa.Column(int),
        "target": pa.Column(int),
        "metres": POSITIVE,
        # Networks of cities that were built before November 2026 have neither.
        "kind": pa.Column(str, pa.Check.isin(list(street_network.KINDS)), required=False),
        "bridge": pa.Column(str, required=False),
        # Of an extract's tags; the source of Berlin's ways has none.
        "incline": pa.Column(float, pa.Check.ge(0), nullable=True, required=False),
        "wheelchair": pa.Column(str, pa.Check.isin(["", *street_network.WHEELCHAIR]), required=False),
    },
    key=["origin", "target"],
    make=make,
)
