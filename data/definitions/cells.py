"""Hexagons and the people in them."""

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pandera.pandas as pa

from data import grid
from data.connectors import berlin_statistics
from data.definitions._common import AREA, SHARE, Definition, Entry, Tables, code
from data.disclosure import Rule


def make(_sources: Path, tables: Tables) -> pd.DataFrame:
    """Berlin's newest planning areas, spread over the hexagons near a facility."""
    exact, facilities = tables["areas_exact"], tables["facilities"]
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(facilities["x"], facilities["y"]))
    return grid.cells(exact[exact["boundary_version"] == berlin_statistics.NEW], points)


TABLE = Definition(
    Entry(
        "cells",
        "berlin",
        "Hexagons with their share of an area's residents (estimate)",
        publisher="Zone of Social Creativity",
        licence="ODbL 1.0",
        attribution="Own estimate from LOR areas (Amt für Statistik Berlin-Brandenburg) and © OpenStreetMap "
        "contributors",
        period="boundaries of 2021",
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
