"""Nodes of a street network."""

from pathlib import Path

import pandas as pd

from data.connectors import berlin_streets
from data.definitions._common import COUNT, NUMBER, STREETS, Definition, Entry, Tables


def make(sources: Path, _tables: Tables) -> pd.DataFrame:
    """Berlin's, of August 2021."""
    return berlin_streets.network(sources / "berlin_osm")[0]


TABLE = Definition(
    Entry("network_nodes", "berlin", "Walking network: nodes", **STREETS, unit="metres"),
    columns={"node": COUNT, "x": NUMBER, "y": NUMBER},
    key=["node"],
    make=make,
)
