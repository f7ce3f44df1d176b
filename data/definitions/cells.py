"""Hexagons and the people in them."""

from pathlib import Path

import pandas as pd
import pandera.pandas as pa

from data import grid
from data.connectors import berlin_buildings, berlin_statistics
from data.definitions._common import AREA, SHARE, Definition, Entry, Tables, code
from data.disclosure import Rule


def make(sources: Path, tables: Tables) -> pd.DataFrame:
    """Berlin's newest planning areas, spread over hexagons by the floor area of homes."""
    exact = tables["areas_exact"]
    homes = berlin_buildings.homes(sources / "berlin_osm")
    return grid.cells(exact[exact["boundary_version"] == berlin_statistics.NEW], homes)


TABLE = Definition(
    Entry(
        "cells",
        "berlin",
        "Hexagons with their share of an area's residents (estimate)",
        publisher="Zone of Social Creativity",
        licence="ODbL 1.0",
        attribution="Own estimate from LOR areas (Amt für Statistik Berlin-Brandenburg) and buildings, "
        "© OpenMapTiles © OpenStreetMap contributors",
        period="boundaries of 2021, buildings of August 2021",
        unit="share of the area's residents",
        geography="H3 resolution 10, centres in EPSG:25833",
    ),
    columns={
        "cell": code("[0-9a-f]{15}"),
        "area_id": AREA,
        "x": pa.Column("int32"),
        "y": pa.Column("int32"),
        "share": SHARE,
    },
    key=["cell", "area_id"],
    rule=Rule("open", reason="Shares of built-up ground or of a population grid: an estimate, no count."),
    make=make,
)
