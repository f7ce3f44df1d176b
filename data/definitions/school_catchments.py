"""Catchment areas of primary schools."""

from pathlib import Path

import pandas as pd

from data.connectors import berlin_education
from data.definitions._common import AREA, EDUCATION, GEOMETRY, TEXT, Definition, Entry, Tables


def make(sources: Path, _tables: Tables) -> pd.DataFrame:
    """Berlin's 377."""
    return berlin_education.catchments(sources / "berlin_more")


TABLE = Definition(
    Entry(
        "school_catchments",
        "berlin",
        "Catchment areas of primary schools",
        **{**EDUCATION, "publisher": "Geoportal Berlin", "licence": "dl-de/by-2.0", "attribution": "Geoportal Berlin"},
        period="2024",
        unit="shape",
        geography="EPSG:25833, to within 5 m",
        note="Catchment areas are no planning areas: their lines cross each other.",
    ),
    columns={"catchment": TEXT, "district": AREA, "geometry": GEOMETRY},
    key=["catchment"],
    make=make,
)
