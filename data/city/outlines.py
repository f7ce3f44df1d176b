"""Whether the shapes of a pack make sense: where they lie, in which system, over each other."""

from __future__ import annotations

import re

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

import data
from data.city.section_reader import SectionReader, ValidationResult
from data.translation import N_, Sentence

MAX_KM = 2500  # no country that one map of metres fits is wider
OVERLAP = 0.01  # of the smaller area


def shapes(reader: SectionReader, *, points: bool = False) -> gpd.GeoSeries | None:
    """A section's shapes in EPSG:4326; None with findings where they make no sense."""
    rows, crs = reader.rows, reader.part.crs or None
    in_cells = "geometry" in reader.columns and not isinstance(rows, gpd.GeoDataFrame)
    has_lon_lat = points and {"lon", "lat"} <= set(reader.columns)
    if has_lon_lat and not (in_cells and "geometry" in reader.part.columns):
        lon, lat = (reader.number(column, -1e7, 1e8, gaps="error") for column in ("lon", "lat"))
        geometry = gpd.GeoSeries.from_xy(lon, lat, index=rows.index, crs=crs)
    elif in_cells:
        geometry = _of_cells(reader, crs)
    elif isinstance(rows, gpd.GeoDataFrame):
        geometry = rows.geometry.set_crs(crs, allow_override=True) if crs else rows.geometry
    else:
        what = N_("the file has no shapes, no column of them and none of longitude and latitude")
        hint = N_('Use GeoJSON or GeoPackage, or name a column of WKT: columns = { geometry = "..." }, or lon and lat')
        reader.error(what, hint)
        return None
    geometry = geometry.force_2d()
    finite = np.isfinite(geometry.bounds.fillna(0)).all(axis=1)
    absent = geometry.isna() | geometry.is_empty | ~finite
    reader.error(N_("the row has no shape"), N_("Draw it or remove the row"), at=absent)
    return None if absent.any() else _in_degrees(reader, geometry, points)


def _of_cells(reader: SectionReader, crs: int | None) -> gpd.GeoSeries:
    """Shapes that a column holds as WKT, GeoJSON or WKB, or as latitude and longitude with a comma between.

    Each cell that is none of these becomes an error.
    """
    values = reader.rows[reader.columns["geometry"]]
    shapes = np.array([*map(_of_cell, values), None], dtype=object)[:-1]  # the last: of shapes alone numpy makes rows
    filled = values.notna() & values.map(lambda value: str(value).strip() != "").astype(bool)
    hint = N_("Write WKT such as POINT (24.9 60.2), GeoJSON or WKB")
    reader.error(N_("'{value}' is no shape"), hint, "geometry", filled & pd.isna(shapes))
    stated = {int(srid) for srid in shapely.get_srid(shapes) if srid > 0}
    return gpd.GeoSeries(shapes, index=values.index, crs=crs or (stated.pop() if len(stated) == 1 else None))


def _of_cell(value: object) -> shapely.Geometry | None:
    """A shape as one cell says it; None where it says none."""
    if isinstance(value, bytes):
        return shapely.from_wkb(value, on_invalid="ignore")
    text = str(value).strip()
    if text.startswith("{"):
        return shapely.from_geojson(text, on_invalid="ignore")
    if re.fullmatch(r"[0-9A-Fa-f]{42,}", text):
        return shapely.from_wkb(text, on_invalid="ignore")
    if pair := re.fullmatch(r"\(?\s*(-?\d+(?:\.\d+)?)\s*,\s*(-?\d+(?:\.\d+)?)\s*\)?", text):
        return shapely.Point(float(pair[2]), float(pair[1]))
    code, _mark, rest = text.rpartition(";")
    shape = shapely.from_wkt(rest, on_invalid="ignore")
    number = re.fullmatch(r"SRID=(\d{1,6})", code, re.IGNORECASE)
    return shapely.set_srid(shape, int(number[1])) if number else shape


def _in_degrees(reader: SectionReader, geometry: gpd.GeoSeries, points: bool) -> gpd.GeoSeries | None:
    """Shapes in EPSG:4326; None with a finding where their coordinate system cannot be right."""
    hint = N_("Mend crs under [{section}]", section=reader.section)
    if geometry.crs is None:
        west, south, east, north = geometry.total_bounds
        if west < -180 or east > 180 or south < -90 or north > 90:
            what = N_(
                "the coordinates (about {west:,.0f}, {south:,.0f}) are in metres of an unknown system",
                west=west,
                south=south,
            )
            reader.error(what, N_("Write crs = EPSG number under [{section}]", section=reader.section))
            return None
        if not points:
            what = N_("the file does not say its coordinate system; degrees (EPSG:4326) are taken")
            reader.warning(what, N_("Write crs = 4326 under [{section}]", section=reader.section))
        geometry = geometry.set_crs(4326)
    try:
        geometry = geometry.to_crs(4326)
    except Exception as fault:
        reader.error(N_("the coordinate system cannot be used ({fault})", fault=str(fault)), hint)
        return None
    west, south, east, north = geometry.total_bounds
    if not np.isfinite(geometry.total_bounds).all() or west < -180 or east > 180 or south < -90 or north > 90:
        reader.error(N_("the coordinates do not fit their coordinate system"), hint)
        return None
    if max(abs(west), abs(east), abs(south), abs(north)) < 2:
        reader.error(
            N_("the shapes lie in the Gulf of Guinea (0, 0)"),
            N_("The coordinate system is wrong: mend crs under [{section}]", section=reader.section),
        )
        return None
    return geometry


def polygons(reader: SectionReader) -> gpd.GeoSeries | None:
    """The areas' outlines, made valid; None with findings where they are no areas of one city."""
    geometry = shapes(reader)
    if geometry is None:
        return None
    flat = geometry.geom_type.isin(["Polygon", "MultiPolygon"])
    reader.error(N_("the shape is no polygon"), N_("Give the area's outline"), at=~flat)
    if not flat.all():
        return None
    crossed = N_("the outline crosses itself; it is mended for the app")
    reader.warning(crossed, N_("Mend it in your GIS to be sure"), at=~geometry.is_valid)
    mended = shapely.make_valid(geometry.to_numpy(), method="structure", keep_collapsed=False)
    geometry = geometry.where(geometry.is_valid, gpd.GeoSeries(mended, index=geometry.index, crs=4326))
    reader.error(N_("the outline encloses nothing"), N_("Draw it anew"), at=geometry.is_empty)
    if geometry.is_empty.any():
        return None
    west, south, east, north = geometry.total_bounds
    width_km = (east - west) * 111 * np.cos(np.radians((south + north) / 2))
    if max((north - south) * 111, width_km) > MAX_KM:
        hint = N_("Check the coordinate system, and whether a far shape is among them")
        reader.error(N_("the areas reach over more than {max_km} km", max_km=MAX_KM), hint)
        return None
    _check_overlaps(reader, geometry)
    return geometry


def check_country(reader: SectionReader, geometry: gpd.GeoSeries, result: ValidationResult) -> None:
    """Whether the city lies in its country."""
    country = result.pack.city.country if result.pack else ""
    land = data.table("country_shapes").set_index("iso3").geometry
    if country not in land.index:
        return
    middle = shapely.box(*geometry.total_bounds).centroid
    distance = land[country].distance(middle)  # degrees; the country's own shape is simplified
    if distance > 0.5:
        holder = next((str(code) for code, shape in land.items() if shape.contains(middle)), "")
        what = N_(
            "the areas lie at {x:.2f}° E, {y:.2f}° N, in {holder}, not in {country}",
            x=middle.x,
            y=middle.y,
            holder=holder or Sentence(N_("the sea")),
            country=country,
        )
        hint = N_("Mend crs under [{section}], or country under [city]", section=reader.section)
        if land[country].distance(shapely.Point(middle.y, middle.x)) <= 0.5:
            what, hint = N_("longitude and latitude are exchanged"), N_("Export the outlines with longitude first")
        (reader.error if distance > 3 else reader.warning)(what, hint)


def _check_overlaps(reader: SectionReader, geometry: gpd.GeoSeries) -> None:
    metric = geometry.to_crs(geometry.estimate_utm_crs()).to_numpy()
    left, right = shapely.STRtree(metric).query(metric, predicate="intersects")
    left, right = left[left < right], right[left < right]
    shared = shapely.area(shapely.intersection(metric[left], metric[right]))
    share = shared / np.maximum(np.minimum(shapely.area(metric[left]), shapely.area(metric[right])), 1e-9)

    def rows(pairs: np.ndarray) -> pd.Series:
        return pd.Series(np.isin(np.arange(len(metric)), right[pairs]), index=geometry.index)

    what = N_("the area covers another by more than half; people would count twice")
    reader.error(what, N_("Keep one level of areas, and each area once"), at=rows(share > 0.5))
    some = N_("the area overlaps another by more than {share:.0%}", share=OVERLAP)
    reader.warning(some, N_("Snap the outlines to each other"), at=rows((share > OVERLAP) & (share <= 0.5)))
