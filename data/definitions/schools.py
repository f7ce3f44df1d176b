"""Schools and their pupils."""

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pandera.pandas as pa

from data.connectors import berlin_education, berlin_statistics
from data.definitions._common import (
    AREA,
    COUNT_OR_GAP,
    EDUCATION,
    FLAG,
    NUMBER,
    TEXT,
    Definition,
    Entry,
    Tables,
    choice,
)
from data.disclosure import Rule


def make(sources: Path, tables: Tables) -> pd.DataFrame:
    """Berlin's of the school year 2024/25."""
    areas = tables["areas_exact"]
    areas = gpd.GeoDataFrame(areas[areas["boundary_version"] == berlin_statistics.NEW])
    return berlin_education.pupils(sources / "berlin_more", areas)


TABLE = Definition(
    Entry(
        "schools",
        "berlin",
        "Schools and their pupils",
        **EDUCATION,
        period="2024/25",
        unit="pupils",
        geography="points, EPSG:25833, in LOR planning areas (2021)",
        note="Private schools and evening schools state no pupils. How many places a school has is not published.",
    ),
    columns={
        "source_id": TEXT,
        "name": TEXT,
        "stage": choice("primary", "secondary", "other"),
        "public": FLAG,
        "area_id": AREA,
        "x": NUMBER,
        "y": NUMBER,
        "lon": pa.Column(float, pa.Check.in_range(-180, 180)),
        "lat": pa.Column(float, pa.Check.in_range(-90, 90)),
        "pupils": COUNT_OR_GAP,
    },
    key=["source_id"],
    rule=Rule("open", reason="Pupils of whole schools, as the authority publishes them."),
    make=make,
)
