"""Amt für Statistik Berlin-Brandenburg: LOR areas in old and new boundaries; residents by age, background, origin."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from data.connectors.gisco import simplify_coverage
from data.connectors.raw import no_negatives, open_raw
from data.errors import SourceError

CITY_ID = "11"  # Berlin's state key
BOUNDARY_CHANGE = "2021-01-01"  # LOR planning areas were redrawn: 448 before, 542 since
OLD, NEW = "2019", "2021"  # boundary versions, by the year from which the geometry fits the counts
AGES = {
    "below_6": "0-5",
    "6_15": "6-14",
    "15_18": "15-17",
    "18_27": "18-26",
    "27_45": "27-44",
    "45_55": "45-54",
    "55_65": "55-64",
    "above_65": "65+",
}
ORIGINS = {
    "france": "FRA",
    "greece": "GRC",
    "italy": "ITA",
    "austria": "AUT",
    "spain": "ESP",
    "poland": "POL",
    "bulgaria": "BGR",
    "rumania": "ROU",
    "croatia": "HRV",
    "united_kingdom": "GBR",
    "bosnia_herzegovina": "BIH",
    "serbia": "SRB",
    "russia": "RUS",
    "ukraine": "UKR",
    "kazakhstan": "KAZ",
    "turkey": "TUR",
    "iran": "IRN",
    "lebanon": "LBN",
    "syria": "SYR",
    "vietnam": "VNM",
    "united_states": "USA",
}
# Up to 2019-12-31 five columns of the raw table hold their neighbour's figures: the United Kingdom stood before
# Poland in the publisher's list of EU states until it left the union, and the headings did not move with it.
# Read as headed, Berlin's residents of Polish background jump from 24,316 to 113,100 in half a year; read as
# mended, every series is continuous (a test asserts it).
MISHEADED_UNTIL = "2019-12-31"
MISHEADED = {
    "poland": "united_kingdom",
    "bulgaria": "poland",
    "rumania": "bulgaria",
    "croatia": "rumania",
    "united_kingdom": "croatia",
}
# Digits of an area's id at each level, by boundary version.
LEVELS = {
    OLD: {"city": 2, "district": 2, "planning_area": 8},
    NEW: {"city": 2, "district": 2, "forecast_area": 4, "district_region": 6, "planning_area": 8},
}


def _planning_areas(folder: Path) -> dict[str, gpd.GeoDataFrame]:
    """Planning areas of both boundary versions as published: area_id, name, geometry in EPSG:25833."""
    new_path, old_path = folder / "planning_areas_2021.parquet", folder / "planning_areas_2020.parquet"
    new = open_raw(new_path, ["PLR_ID", "PLR_NAME"], geometry=True)
    new = new.rename(columns={"PLR_ID": "area_id", "PLR_NAME": "name"})
    old = open_raw(old_path, ["broker Dow", "PLANUNGSRA", "BEZIRKSNAM"], geometry=True)
    old = old.rename(columns={"broker Dow": "area_id", "PLANUNGSRA": "name"})
    # Schloßstraße in Charlottenburg carries the id of its namesake in Steglitz; the free id between its neighbours
    # 04030416 and 04030518 is the one under which its 10,786 residents are counted.
    twin = (old["area_id"] == "06010102") & (old["BEZIRKSNAM"] == "Charlottenburg-Wilmersdorf")
    old.loc[twin, "area_id"] = "04030417"
    for path, table in ((new_path, new), (old_path, old)):
        if table["area_id"].duplicated().any():
            double = table["area_id"][table["area_id"].duplicated()].iloc[0]
            raise SourceError(str(path), f"the id {double} stands twice", hint="Give each area its own id")
    keep = ["area_id", "name", "geometry"]
    return {OLD: gpd.GeoDataFrame(old[keep]), NEW: gpd.GeoDataFrame(new[keep])}


def areas_exact(folder: Path) -> gpd.GeoDataFrame:
    """Planning areas, true to the decimetre, for computing: boundary_version, area_id, geometry (EPSG:25833)."""
    versions = [
        table.assign(boundary_version=version)[["boundary_version", "area_id", "geometry"]]
        for version, table in _planning_areas(folder).items()
    ]
    exact = gpd.GeoDataFrame(pd.concat(versions, ignore_index=True), crs=25833)
    exact.geometry = shapely.transform(exact.geometry.array, lambda xy: np.round(xy, 1))
    exact.geometry = exact.geometry.make_valid()
    return exact.sort_values(["boundary_version", "area_id"], ignore_index=True)


def areas(folder: Path) -> gpd.GeoDataFrame:
    """Areas for drawing, EPSG:4326, simplified as one coverage: each boundary version's levels."""
    names = {
        "district": open_raw(folder / "districts.parquet", ["Gemeinde_s", "Gemeinde_n"], geometry=True)
        .assign(area_id=lambda t: t["Gemeinde_s"].str[-2:])
        .set_index("area_id")["Gemeinde_n"],
        "forecast_area": open_raw(
            folder / "forecast_areas_2021.parquet", ["PGR_ID", "PGR_NAME"], geometry=True
        ).set_index("PGR_ID")["PGR_NAME"],
        "district_region": open_raw(
            folder / "district_regions_2021.parquet", ["BZR_ID", "BZR_NAME"], geometry=True
        ).set_index("BZR_ID")["BZR_NAME"],
    }
    tables = []
    for version, planning in _planning_areas(folder).items():
        planning = planning.assign(area_km2=planning.area / 1e6)
        simple = simplify_coverage(planning, 25.0, 0)
        for level, digits in LEVELS[version].items():
            key = simple["area_id"].str[:digits] if level != "city" else CITY_ID
            table = simple.assign(area_id=key).dissolve("area_id", aggfunc={"area_km2": "sum"}).reset_index()
            if level == "planning_area":
                table["name"] = table["area_id"].map(planning.set_index("area_id")["name"])
            else:
                table["name"] = "Berlin" if level == "city" else table["area_id"].map(names[level])
            parents = _parents(table["area_id"], level, LEVELS[version])
            tables.append(table.assign(boundary_version=version, level=level, parent_id=parents))
    both = gpd.GeoDataFrame(pd.concat(tables, ignore_index=True), crs=25833).to_crs(4326)
    both.geometry = shapely.transform(both.geometry.array, lambda xy: np.round(xy, 5))
    return both[["boundary_version", "level", "area_id", "name", "parent_id", "area_km2", "geometry"]]


def _parents(ids: pd.Series, level: str, levels: dict[str, int]) -> pd.Series:
    order = list(levels)
    place = order.index(level)
    if place == 0:
        return pd.Series("", index=ids.index)
    return ids.str[: levels[order[place - 1]]] if place > 1 else pd.Series(CITY_ID, index=ids.index)


def _counts(folder: Path, table: str, columns: list[str]) -> pd.DataFrame:
    """Planning-area counts of one raw table, checked against the publisher's own district table."""
    path, check = (
        folder / f"population_{table}_planning-areas.parquet",
        folder / f"population_{table}_districts.parquet",
    )
    raw, districts = open_raw(path, ["period", "id", *columns]), open_raw(check, ["period", "id", *columns])
    no_negatives(path, raw, columns)
    sums = raw.groupby(["period", raw["id"].str[:2]])[columns].sum()
    gaps = sums - districts.set_index(["period", "id"])[columns]
    if gaps.isna().any(axis=None) or (gaps != 0).any(axis=None):
        period, district = gaps.index[(gaps.isna() | (gaps != 0)).any(axis=1)][0]
        raise SourceError(
            str(path), f"planning areas of district {district} do not add up to the district's own figure on {period}"
        )
    raw = raw.rename(columns={"id": "area_id"})
    raw["boundary_version"] = np.where(raw["period"] < BOUNDARY_CHANGE, OLD, NEW)
    raw["period"] = pd.to_datetime(raw["period"])
    return raw


def _tidy(raw: pd.DataFrame, variable: str, values: list[str]) -> pd.DataFrame:
    """Counts by planning area, a row each: period, boundary_version, area_id, variable, persons."""
    return raw.melt(["period", "boundary_version", "area_id"], values, var_name=variable, value_name="persons")


def residents(folder: Path) -> pd.DataFrame:
    """Residents at the half-year's end by planning area and age, not yet protected."""
    columns = {f"inhabitants_age_{raw}": age for raw, age in AGES.items()}
    raw = _counts(folder, "t2", ["inhabitants", *columns]).rename(columns=columns)
    wrong = raw[list(columns.values())].sum(axis=1) != raw["inhabitants"]
    if wrong.any():
        raise SourceError(
            "population_t2_planning-areas.parquet",
            "ages do not add up to the inhabitants",
            row=int(raw.index[wrong][0]) + 1,
            column="inhabitants",
        )
    return _tidy(raw, "age", list(columns.values()))


def residents_by_origin(folder: Path) -> pd.DataFrame:
    """Residents with a migration background by planning area and country of origin, not yet protected.

    The publisher's groups (EU, Arab states, former Soviet Union, ...) overlap the countries in them and would give
    suppressed countries away by subtraction; they are not shipped.
    """
    columns = {f"inhabitants_from_{raw}": iso3 for raw, iso3 in ORIGINS.items()}
    raw = _counts(folder, "t4", list(columns))
    early = raw["period"] <= MISHEADED_UNTIL
    moved = {f"inhabitants_from_{wrong}": f"inhabitants_from_{right}" for wrong, right in MISHEADED.items()}
    raw.loc[early, list(moved.values())] = raw.loc[early, list(moved)].to_numpy()
    return _tidy(raw.rename(columns=columns), "origin", list(columns.values()))


def residents_by_background(folder: Path) -> pd.DataFrame:
    """Residents with a migration background and foreign residents by planning area, not yet protected."""
    columns = {
        "inhabitants_with_migration_background": "migration_background",
        "inhabitants_foreigners": "foreign_nationals",
    }
    return _tidy(_counts(folder, "t1", list(columns)).rename(columns=columns), "background", list(columns.values()))


def children_by_background(folder: Path) -> pd.DataFrame:
    """Percent of children with a migration background by forecast area and age since 2021, not yet protected."""
    ages = ("below_6", "6_15", "15_18")
    part, whole = "inhabitants_with_migration_background_age_", "inhabitants_age_"
    tables = []
    for table, start in (("t3", part), ("t2", whole)):
        raw = _counts(folder, table, [f"{start}{age}" for age in ages]).rename(
            columns={f"{start}{age}": AGES[age] for age in ages}
        )
        raw = raw[raw["boundary_version"] == NEW]
        forecast_area = raw["area_id"].str[: LEVELS[NEW]["forecast_area"]]
        tables.append(raw.groupby(["period", forecast_area])[[AGES[age] for age in ages]].sum())
    percent = (100 * tables[0] / tables[1].where(tables[1] > 0)).rename_axis(columns="age")
    return percent.stack(future_stack=True).rename("percent").reset_index().assign(level="forecast_area")


def bridge(exact: gpd.GeoDataFrame) -> pd.DataFrame:
    """Share of each old planning area that lies in each new one: old_id, new_id, share (adds up to 1 by old area)."""
    old = exact[exact["boundary_version"] == OLD][["area_id", "geometry"]].rename(columns={"area_id": "old_id"})
    new = exact[exact["boundary_version"] == NEW][["area_id", "geometry"]].rename(columns={"area_id": "new_id"})
    pieces = gpd.overlay(old, new, how="intersection", keep_geom_type=True)
    pieces["share"] = pieces.area / pieces.area.groupby(pieces["old_id"]).transform("sum")
    pieces = pieces[pieces["share"] > 1e-3]
    pieces["share"] /= pieces["share"].groupby(pieces["old_id"]).transform("sum")
    return pd.DataFrame(pieces[["old_id", "new_id", "share"]]).sort_values(["old_id", "new_id"], ignore_index=True)
