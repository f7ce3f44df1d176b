"""Senate department of education of Berlin: pupils by school, and the catchment areas of primary schools."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd

from data.connectors.raw import open_raw
from data.errors import SourceError
from data.placing import assign_areas

METRIC = 25833
# Types of public schools by the years of age that they teach most; others are neither.
PRIMARY, SECONDARY = ("Grundschule",), ("Gymnasium", "Integrierte Sekundarschule", "Gemeinschaftsschule")


def pupils(folder: Path, areas: gpd.GeoDataFrame) -> pd.DataFrame:
    """Schools of 2024/25: source_id, name, stage (primary, secondary, other), public, area_id, x, y, lon, lat, pupils.

    pupils: empty where the source states none (private schools, evening schools). The source ends with two rows of sums
    that have no number of a school; they are left out. Raises SourceError if a school stands twice.
    """
    path = folder / "schools_pupils_2024_25.parquet"
    columns = ["bsn", "school_name", "school_type_de", "ownership_en", "students_total", "longitude", "latitude"]
    raw = open_raw(path, columns)
    raw = raw[raw["bsn"].notna()]
    twice = raw["bsn"].duplicated()
    if twice.any():
        school = raw.loc[twice, "bsn"].iloc[0]
        raise SourceError(str(path), f"the school {school} stands twice", column="bsn", hint="Take one row out")
    stage = pd.Series("other", index=raw.index)
    stage[raw["school_type_de"].isin(PRIMARY)] = "primary"
    stage[raw["school_type_de"].isin(SECONDARY)] = "secondary"
    rows = gpd.GeoDataFrame(
        {
            "source_id": raw["bsn"],
            "kind": "school",
            "name": raw["school_name"],
            "stage": stage,
            "public": raw["ownership_en"] == "Public",
            "pupils": raw["students_total"].round().astype("Int64"),
        },
        geometry=gpd.points_from_xy(raw["longitude"], raw["latitude"]),
        crs=4326,
    )
    placed = assign_areas(rows, areas).drop(columns="kind")
    return placed.sort_values("source_id", ignore_index=True)[
        ["source_id", "name", "stage", "public", "area_id", "x", "y", "lon", "lat", "pupils"]
    ]


def catchments(folder: Path) -> gpd.GeoDataFrame:
    """Catchment areas of public primary schools: catchment, district, geometry (EPSG:25833, to within 5 m)."""
    raw = open_raw(folder / "school_catchments.parquet", ["esb", "bez", "geometry"], geometry=True)
    shapes = gpd.GeoDataFrame(raw).to_crs(METRIC)
    shapes = shapes.dissolve("esb", aggfunc={"bez": "first"}).reset_index()
    simple = shapes.geometry.make_valid().simplify(5)
    return gpd.GeoDataFrame(
        {"catchment": shapes["esb"], "district": shapes["bez"], "geometry": simple}, geometry="geometry", crs=METRIC
    )
