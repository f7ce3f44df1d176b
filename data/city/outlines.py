"""Whether the shapes of a pack make sense: where they lie, in which system, over each other."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

import data
from data.city.section_reader import ValidationResult, SectionReader, where

MOST_KM = 400  # no city is wider
OVERLAP = 0.01  # of the smaller area


def shapes(reader: SectionReader, *, points: bool = False) -> gpd.GeoSeries | None:
    """A section's shapes in EPSG:4326; None with findings where they make no sense."""
    rows, part = reader.rows, reader.part
    if points and {"lon", "lat"} <= set(reader.columns):
        lon, lat = (
            reader.number("lon", low=-1e7, high=1e8, gaps="error"),
            reader.number("lat", low=-1e7, high=1e8, gaps="error"),
        )
        made = gpd.GeoSeries.from_xy(lon, lat, index=rows.index, crs=part.crs or None)
    elif isinstance(rows, gpd.GeoDataFrame):
        made = rows.geometry
        if part.crs:
            made = gpd.GeoSeries(made.to_numpy(), index=made.index, crs=part.crs)
    else:
        reader.note(
            "error",
            "the file has no shapes and no columns of longitude and latitude",
            "Use GeoJSON or GeoPackage, or name columns lon and lat",
        )
        return None
    bad = made.isna() | made.is_empty | ~pd.Series(np.isfinite(made.bounds.fillna(0)).all(axis=1), index=made.index)
    reader.note("error", "the row has no shape", "Draw it or remove the row", at=where(bad))
    if bad.any():
        return None
    if made.crs is None:
        west, south, east, north = made.total_bounds
        if west < -180 or east > 180 or south < -90 or north > 90:
            reader.note(
                "error",
                f"the coordinates (about {west:,.0f}, {south:,.0f}) are in metres of an unknown system",
                f"Write crs = EPSG number under [{part.name}]",
            )
            return None
        if not points:
            reader.note(
                "warning",
                "the file does not say its coordinate system; degrees (EPSG:4326) are taken",
                f"Write crs = 4326 under [{part.name}]",
            )
        made = made.set_crs(4326)
    try:
        made = made.to_crs(4326)
    except Exception as fault:
        reader.note("error", f"the coordinate system cannot be used ({fault})", f"Mend crs under [{part.name}]")
        return None
    west, south, east, north = made.total_bounds
    if not np.isfinite(made.total_bounds).all() or west < -180 or east > 180 or south < -90 or north > 90:
        reader.note("error", "the coordinates do not fit their coordinate system", f"Mend crs under [{part.name}]")
        return None
    if max(abs(west), abs(east), abs(south), abs(north)) < 2:
        reader.note(
            "error",
            "the shapes lie in the Gulf of Guinea (0, 0)",
            f"The coordinate system is wrong: mend crs under [{part.name}]",
        )
        return None
    return made


def in_country(reader: SectionReader, made: gpd.GeoSeries, result: ValidationResult) -> None:
    """Whether the city lies in its country."""
    country = str(result.pack.city.get("country", "")) if result.pack else ""
    land = data.table("country_shapes").set_index("iso3").geometry
    if country not in land.index:
        return
    middle = shapely.Point(
        (made.total_bounds[0] + made.total_bounds[2]) / 2, (made.total_bounds[1] + made.total_bounds[3]) / 2
    )
    if land[country].distance(middle) > 0.5:  # degrees; the country's own shape is simplified
        holder = next((str(code) for code, shape in land.items() if shape.contains(middle)), "the sea")
        level = "error" if land[country].distance(middle) > 3 else "warning"
        reader.note(
            level,
            f"the areas lie at {middle.x:.2f}° E, {middle.y:.2f}° N, in {holder}, not in {country}",
            f"Mend crs under [{reader.part.name}], or country under [city]",
        )


def overlaps(reader: SectionReader, made: gpd.GeoSeries) -> None:
    """Whether areas cover each other."""
    metric = made.to_crs(made.estimate_utm_crs())
    tree = shapely.STRtree(metric.to_numpy())
    one, other = tree.query(metric.to_numpy(), predicate="intersects")
    pairs = one < other
    one, other = one[pairs], other[pairs]
    if len(one) == 0:
        return
    sizes = metric.area.to_numpy()
    shared = shapely.area(shapely.intersection(metric.to_numpy()[one], metric.to_numpy()[other])) / np.maximum(
        np.minimum(sizes[one], sizes[other]), 1e-9
    )
    double = metric.index[np.unique(other[shared > 0.5])]
    reader.note(
        "error",
        "the area covers another by more than half; people would count twice",
        "Keep one level of areas, and each area once",
        at=double,
    )
    some = metric.index[np.unique(other[(shared > OVERLAP) & (shared <= 0.5)])]
    reader.note(
        "warning", f"the area overlaps another by more than {OVERLAP:.0%}", "Snap the outlines to each other", at=some
    )
