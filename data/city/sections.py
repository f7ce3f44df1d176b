"""What each section of a pack must report_progress: its rows in our own columns, with a finding for everything that makes no sense."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

import data
from data import kinds
from data.city import outlines, reading
from data.city.section_reader import MOST_ROWS_NAMED, ValidationResult, SectionReader, where

AGE = re.compile(r"^(\d{1,3})\s*[-–]\s*(\d{1,3})$|^(\d{1,3})\s*\+$|^(?:<|under )\s*(\d{1,2})$", re.IGNORECASE)
TOTAL = {"total", "all", "t", "gesamt", "insgesamt", "yhteensä", ""}


def areas(reader: SectionReader, result: ValidationResult) -> gpd.GeoDataFrame | None:
    """area_id, name, district, district_name, geometry (EPSG:4326)."""
    made = outlines.shapes(reader)
    if made is None:
        return None
    ids = reader.text("id")
    reader.note("error", "the area has no id", "Give it one", column="id", at=where(ids == ""))
    reader.note(
        "error",
        "the id '{value}' has signs that an id cannot have, or more than 60",
        "Use letters, digits, . : - _",
        column="id",
        at=where((ids != "") & ~ids.str.fullmatch(r"[\w.:-]{1,60}")),
    )
    reader.note(
        "error",
        "the id '{value}' stands twice",
        "Give each area its own id",
        column="id",
        at=where(ids.duplicated() & (ids != "")),
    )
    flat = made.geom_type.isin(["Polygon", "MultiPolygon"])
    reader.note("error", "the shape is no polygon", "Give the area's outline", at=where(~flat))
    if not flat.all():
        return None
    valid = made.is_valid
    reader.note(
        "warning",
        "the outline crosses itself; it is mended for the app",
        "Mend it in your GIS to be sure",
        at=where(~valid),
    )
    made = gpd.GeoSeries(shapely.make_valid(made.to_numpy()), index=made.index, crs=4326)
    west, south, east, north = made.total_bounds
    if (north - south) * 111 > outlines.MOST_KM or (east - west) * 111 * np.cos(
        np.radians((south + north) / 2)
    ) > outlines.MOST_KM:
        reader.note(
            "error",
            f"the areas reach over more than {outlines.MOST_KM} km",
            "Check the coordinate system, and whether a far shape is among them",
        )
        return None
    outlines.in_country(reader, made, result)
    outlines.overlaps(reader, made)
    name = reader.text("name")
    district = reader.text("district", "1")
    reader.note(
        "error",
        "the area has no district",
        "Give it one, or leave the column out for all",
        column="district",
        at=where(district == ""),
    )
    reader.note(
        "error",
        "the district '{value}' has signs that an id cannot have, or more than 60",
        "Use letters, digits, . : - _ and name them in 'district_name'",
        column="district",
        at=where(~district.str.fullmatch(r"[\w.: -]{1,60}") & (district != "")),
    )
    city_name = str(result.pack.city.get("name", "")) if result.pack else ""
    district_name = (
        reader.text("district_name")
        if "district_name" in reader.columns
        else district.where(district != "1", city_name)
    )
    return gpd.GeoDataFrame(
        {
            "area_id": ids,
            "name": name.where(name != "", ids),
            "district": district.str.replace(" ", "_"),
            "district_name": district_name.where(district_name != "", district),
        },
        geometry=made,
        crs=4326,
    )


def _band(age: str) -> str:
    found = AGE.match(age)
    if not found:
        return ""
    low, high, last, under = found.groups()
    if under:
        return f"0-{int(under) - 1}"
    return f"{int(last)}+" if last else f"{int(low)}-{int(high)}" if int(low) <= int(high) else ""


def residents(reader: SectionReader, result: ValidationResult) -> pd.DataFrame | None:
    """period, area_id, age, persons; 'total' rows are checked against their ages and left out where ages are given."""
    known = result.tables.get("areas")
    ids, persons = reader.text("area"), reader.number("persons", low=0, high=50_000_000, whole=True)
    reader.known_areas(ids, known)
    age = reader.text("age", "total").str.lower()
    total = age.isin(TOTAL)
    bands = age.where(total, age.map(_band))
    reader.note(
        "error", "'{value}' is no age", "Write ages as 6-14 or 65+, or total", column="age", at=where(bands == "")
    )
    if _overlapping([band for band in bands.unique() if band not in TOTAL and band]):
        reader.note(
            "error", "ages overlap, so people would count twice", "Give ages that follow each other", column="age"
        )
    table = pd.DataFrame(
        {
            "period": reader.day(reader.part.credit.get("period", "")),
            "area_id": ids,
            "age": bands.where(~total, "total"),
            "persons": persons,
        }
    )
    reader.twice(table, ["period", "area_id", "age"], "area")
    keys = ["period", "area_id"]
    whole, parts = table[total].set_index(keys)["persons"], table[~total].groupby(keys)["persons"].sum(min_count=1)
    if not whole.index.has_duplicates:
        both = pd.concat([whole.rename("whole"), parts.rename("parts")], axis=1).dropna()
        off = both[(both["whole"] - both["parts"]).abs() > 0.5]
        for (period, area), row in off.head(MOST_ROWS_NAMED).iterrows():
            reader.note(
                "error",
                f"ages of area {area} on {period:%Y-%m-%d} add up to {row['parts']:,.0f}, the total says {row['whole']:,.0f}",
                "Mend the parts or the total",
                column="persons",
            )
    if known is not None:
        absent = sorted(set(known["area_id"]) - set(ids))
        if absent:
            reader.note(
                "warning",
                f"{len(absent)} areas have no residents in the file (first: {absent[0]})",
                "Add them; until then they are not known, never zero",
            )
    with_ages = table[~total].set_index(keys).index
    return table[~total | ~pd.MultiIndex.from_frame(table[keys]).isin(with_ages)].replace({"age": {"total": "0+"}})


def _overlapping(bands: list[str]) -> bool:
    """Whether two ages of one file share a year."""
    ends = sorted(
        (int(band.rstrip("+").split("-")[0]), int(band.split("-")[1]) if "-" in band else 200) for band in bands
    )
    return any(after[0] <= before[1] for before, after in pairwise(ends))


def background(reader: SectionReader, result: ValidationResult) -> pd.DataFrame | None:
    """period, area_id, background, persons."""
    table = _counts(reader, result, "background")
    if table is not None:
        known = {"migration_background", "foreign_nationals"}
        reader.note(
            "error",
            "'{value}' is no background",
            f"Write {' or '.join(sorted(known))}",
            column="background",
            at=where(~table["background"].isin(known)),
        )
    return table


def origins(reader: SectionReader, result: ValidationResult) -> pd.DataFrame | None:
    """period, area_id, origin, persons."""
    table = _counts(reader, result, "origin")
    if table is not None:
        reader.note(
            "error",
            "'{value}' is no country",
            "Write the three-letter ISO code",
            column="origin",
            at=where(~table["origin"].isin(set(data.table("countries")["iso3"]))),
        )
    return table


def _counts(reader: SectionReader, result: ValidationResult, by: str) -> pd.DataFrame | None:
    ids = reader.text("area")
    reader.known_areas(ids, result.tables.get("areas"))
    table = pd.DataFrame(
        {
            "period": reader.day(reader.part.credit.get("period", "")),
            "area_id": ids,
            by: reader.text(by),
            "persons": reader.number("persons", low=0, high=50_000_000, whole=True),
        }
    )
    reader.twice(table, ["period", "area_id", by], "area")
    return table


def social(reader: SectionReader, result: ValidationResult) -> pd.DataFrame | None:
    """period, area_id, indicator, percent."""
    ids, indicator = reader.text("area"), reader.text("indicator")
    reader.known_areas(ids, result.tables.get("areas"))
    known = kinds.SOCIAL
    reader.note(
        "error",
        "'{value}' is no indicator that the app shows",
        f"Known: {', '.join(known)}",
        column="indicator",
        at=where(~indicator.isin(known)),
    )
    table = pd.DataFrame(
        {
            "period": reader.day(reader.part.credit.get("period", "")),
            "area_id": ids,
            "indicator": indicator,
            "percent": reader.number("percent", low=0, high=100),
        }
    )
    reader.twice(table, ["period", "area_id", "indicator"], "area")
    return table


def employment(reader: SectionReader, result: ValidationResult) -> pd.DataFrame | None:
    """period, area_id, activity (digits), firms, employees."""
    ids, activity = reader.text("area"), reader.text("activity").str.replace(".", "", regex=False)
    reader.known_areas(ids, result.tables.get("areas"))
    reader.note(
        "error",
        "'{value}' is no activity",
        "Write two to five digits of NACE, such as 90.03",
        column="activity",
        at=where(~activity.str.fullmatch(r"\d{2,5}")),
    )
    table = pd.DataFrame(
        {
            "period": reader.day(reader.part.credit.get("period", "")),
            "area_id": ids,
            "activity": activity,
            "firms": reader.number("firms", low=1, high=1e7, whole=True, gaps="error"),
        }
    )
    table["employees"] = (
        reader.number("employees", low=0, high=1e8, gaps="") if "employees" in reader.columns else np.nan
    )
    reader.twice(table, ["period", "area_id", "activity"], "area")
    return table


def targets(reader: SectionReader, result: ValidationResult) -> pd.DataFrame | None:
    """level, area_id ('' for the whole city), indicator, value, year."""
    indicator = reader.text("indicator")
    level = reader.text("level", "city")
    reader.note(
        "error",
        "'{value}' is no level",
        "Write city, district or planning_area",
        column="level",
        at=where(~level.isin(["city", "district", "planning_area"])),
    )
    reader.note(
        "error",
        "the goal names no indicator",
        "Write an indicator's key, as the page Indicators lists it",
        column="indicator",
        at=where(indicator == ""),
    )
    return pd.DataFrame(
        {
            "level": level,
            "area_id": reader.text("area"),
            "indicator": indicator,
            "value": reader.number("value", low=-1e9, high=1e9, gaps="error"),
            "year": reader.number("year", low=2000, high=2100, whole=True, gaps="error"),
        }
    )


def grid(reader: SectionReader, result: ValidationResult) -> gpd.GeoDataFrame | None:
    """persons, geometry (EPSG:4326): squares, or points where the file has no more."""
    persons = reader.number("persons", low=0, high=5_000_000, gaps="")
    if persons.notna().any() and persons.sum() == 0:
        reader.note("error", "the grid counts no one", "Name the column of residents", column="persons")
        return None
    if "cell" in reader.columns and not isinstance(reader.rows, gpd.GeoDataFrame):
        squares = reading.cell_square(reader.text("cell"))
        reader.note(
            "error",
            "'{value}' is no cell code",
            "Use codes such as CRS3035RES1000mN3000000E4000000",
            column="cell",
            at=where(squares.isna()),
        )
        reader.note(
            "error",
            "the cell '{value}' stands twice",
            "Keep one of them",
            column="cell",
            at=where(reader.text("cell").duplicated()),
        )
        if squares.isna().any():
            return None
        made: gpd.GeoSeries | None = squares.to_crs(4326)
    else:
        made = outlines.shapes(reader, points=True)
    if made is None:
        return None
    return gpd.GeoDataFrame(
        {"persons": persons, "period": reader.day(reader.part.credit.get("period", ""))}, geometry=made, crs=4326
    )


def services(reader: SectionReader, result: ValidationResult) -> gpd.GeoDataFrame | None:
    """source_id, kind, name, places, operator, geometry (EPSG:4326)."""
    made = outlines.shapes(reader, points=True)
    if made is None:
        return None
    middle = made.representative_point()
    known, given = set(kinds.facility_kinds()["kind"]), reader.text("kind")
    kind = given.map(lambda one: reader.part.kinds.get(one, one))
    left_out = kind == ""
    reader.note(
        "error",
        "the kind '{value}' is unknown",
        f'Map it under [services]: kinds = {{ "theirs" = "ours" }} ("" leaves it out); ours: {", ".join(sorted(known))}',
        column="kind",
        at=where(~kind.isin(known) & ~(left_out & (given != ""))),
    )
    ids = (
        reader.text("id")
        if "id" in reader.columns
        else pd.Series([f"{n}" for n in reader.row], index=reader.rows.index)
    )
    ids = ids.where(ids != "", "row " + reader.row.astype(str))
    places = (
        reader.number("places", low=0, high=1e6, whole=True, gaps="")
        if "places" in reader.columns
        else pd.Series(np.nan, index=reader.rows.index)
    )
    operator = reader.text("operator")
    table = gpd.GeoDataFrame(
        {
            "source_id": ids,
            "kind": kind,
            "name": reader.text("name"),
            "places": places.where(places > 0),
            "operator": operator.where(operator.isin(["public", "independent"]), ""),
        },
        geometry=middle,
        crs=4326,
    )
    reader.twice(table, ["source_id", "kind"], "id")
    known_areas = result.tables.get("areas")
    if known_areas is not None:
        west, south, east, north = known_areas.total_bounds
        swapped = table.geometry.x.between(south, north) & table.geometry.y.between(west, east)
        outside = ~(table.geometry.x.between(west, east) & table.geometry.y.between(south, north))
        if (swapped & outside).sum() > len(table) / 2:
            reader.note(
                "error", "longitude and latitude are exchanged", "Name the columns the other way round in city.toml"
            )
            return None
        reader.note(
            "warning", "the place lies outside the city and is left out", "Check its coordinates", at=where(outside)
        )
        if outside.all():
            reader.note("error", "no place lies in the city", f"Check coordinates and crs under [{reader.part.name}]")
    return table[~left_out]


LOOK: dict[str, Callable[[SectionReader, ValidationResult], pd.DataFrame | None]] = {
    "areas": areas,
    "residents": residents,
    "grid": grid,
    "services": services,
    "background": background,
    "origins": origins,
    "social": social,
    "employment": employment,
    "targets": targets,
}
