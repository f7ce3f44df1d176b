"""Puts the files of Hamburg's pack into a folder: `python docs/hamburg/make_pack.py SOURCES FOLDER`.

SOURCES holds quarters.parquet, stadtteilprofile_2014.csv and osm_points_of_interest_2026-02.parquet as published; the
last two go along as they are. Quarters come in parts, and the profiles count four pairs of them together: both are
made one area. Then `python -m data.city check FOLDER` and `build FOLDER`.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import geopandas as gpd

AS_PUBLISHED = ("stadtteilprofile_2014.csv", "osm_points_of_interest_2026-02.parquet")
COUNTED_TOGETHER = {
    "Kleiner Grasbrook": "Kleiner Grasbrook und Steinwerder",
    "Steinwerder": "Kleiner Grasbrook und Steinwerder",
    "Waltershof": "Waltershof und Finkenwerder",
    "Finkenwerder": "Waltershof und Finkenwerder",
    "Neuland": "Neuland und Gut Moor",
    "Gut Moor": "Neuland und Gut Moor",
    "Moorburg": "Moorburg und Altenwerder",
    "Altenwerder": "Moorburg und Altenwerder",
}
WITHOUT_FIGURES = ("Neuwerk",)


def areas(parts: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """One row a quarter that the profiles count: id, name, district, district_name, geometry (EPSG:25832)."""
    counted = parts[~parts["name"].isin(WITHOUT_FIGURES)].to_crs(25832)
    counted = counted.assign(name=counted["name"].replace(COUNTED_TOGETHER), id=counted["district_region_id"])
    columns = {"id": "first", "district_id": "first", "district_name": "first"}
    quarters = counted.sort_values("id").dissolve("name", aggfunc=columns).reset_index()
    return quarters.rename(columns={"district_id": "district"}).sort_values("id", ignore_index=True)


def main(sources: Path, folder: Path) -> None:
    """Write the pack."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(Path(__file__).with_name("city.toml"), folder / "city.toml")
    for name in AS_PUBLISHED:
        shutil.copyfile(sources / name, folder / name)
    areas(gpd.read_parquet(sources / "quarters.parquet")).to_file(folder / "areas.gpkg", layer="areas")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
