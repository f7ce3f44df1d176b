"""Galleries and shops of the creative economy that stand open to the public."""

from pathlib import Path

import pandas as pd

from data.connectors import berlin_statistics, openstreetmap
from data.definitions._common import AREA, NUMBER, TEXT, Definition, Entry, Tables
from data.placing import assign_areas


def make(sources: Path, tables: Tables) -> pd.DataFrame:
    """Berlin's, each in the planning area it stands in."""
    exact = tables["areas_exact"]
    newest = exact[exact["boundary_version"] == berlin_statistics.NEW]
    rows = assign_areas(openstreetmap.creative_shops(sources / "berlin_osm"), newest)
    return rows.rename(columns={"kind": "activity"}).sort_values(["activity", "source_id"], ignore_index=True)


TABLE = Definition(
    Entry(
        "creative_shops",
        "berlin",
        "Galleries, bookshops and other shops of culture",
        publisher="OpenStreetMap",
        licence="ODbL 1.0",
        attribution="© OpenMapTiles © OpenStreetMap contributors",
        period="2021-08",
        unit="shops",
        geography="points",
        note="Only what volunteers have drawn, and only what stands open to the public: no count of the trade.",
    ),
    columns={
        "source_id": TEXT,
        "activity": TEXT,
        "name": TEXT,
        "area_id": AREA,
        "lon": NUMBER,
        "lat": NUMBER,
        "x": NUMBER,
        "y": NUMBER,
    },
    key=["source_id"],
    make=make,
)
