"""Population grids too large to load: the cells about a city's extent, of Eurostat's census, a raster or H3 hexagons.

Eurostat's census grid is one wide table of squares of a kilometre (GRD_ID, T, Y_LT15, ...), read row by row out of its
zip; its third version writes -8888 for what is confidential and -9999 for what is not known. Rasters (WorldPop,
GHS-POP) hold persons a pixel; Kontur's GeoPackage holds H3 hexagons (h3, population).
"""

from __future__ import annotations

import gzip
import io
import math
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import IO

import geopandas as gpd
import h3
import numpy as np
import pandas as pd
import pyarrow
import pyarrow.compute
import pyarrow.parquet
import pyogrio
import shapely

from data.errors import SourceError

# Eurostat's census of 2021 on squares of one kilometre, third version; for all other countries Kontur's hexagons of
# 400 m. The addresses may change: ZONE_GRID names another. Not asked from where this was written: docs/endpoints.md.
CENSUS_ADDRESS = "https://gisco-services.ec.europa.eu/census/2021/Eurostat_Census-GRID_2021_V3.zip"
KONTUR_ADDRESS = (
    "https://geodata-eu-central-1-kontur-public.s3.amazonaws.com/kontur_datasets/kontur_population_{}_20231101.gpkg.gz"
)
# Columns of the census grid by age; together they are its population T.
AGES = {"Y_LT15": "0-14", "Y_1564": "15-64", "Y_GE65": "65+"}
CENSUS_COLUMNS = ("GRD_ID", "T", "M", *AGES, *(f"{column}_CI" for column in AGES))
CHUNK_ROWS = 200_000
MOST_PIXELS = 100_000_000  # of a raster that are held at a time
MOST_SQUARES = 200_000  # of a raster's pixels that become squares; more are put together
AROUND_DEGREES = 0.02  # a raster or hexagons are looked at this far around the extent
CENSUS = {
    "publisher": "Eurostat",
    "licence": "Reuse with attribution (Decision 2011/833/EU)",
    "attribution": "Eurostat, census grid, © European Union",
}
# What a raster's or hexagons' name says of its maker and year.
PRODUCTS: list[tuple[str, dict[str, str]]] = [
    (
        r"ghs_pop_e(?P<year>\d{4})_",
        {"publisher": "European Commission, Joint Research Centre", "licence": "CC BY 4.0", "attribution": "GHS-POP"},
    ),
    (
        r"^(?:[a-z]{3}|global)_(?:ppp|pop)_(?P<year>\d{4})",
        {"publisher": "WorldPop", "licence": "CC BY 4.0", "attribution": "WorldPop, University of Southampton"},
    ),
    (
        r"kontur_population_(?:[a-z]{2}_)?(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)",
        {"publisher": "Kontur", "licence": "CC BY 4.0", "attribution": "© Kontur Population"},
    ),
]


@dataclass
class PopulationGrid:
    """The cells of a grid in and around an extent, those around it up to AROUND_DEGREES.

    cells: persons, geometry (EPSG:4326), and for each of `ages` a column of persons, empty where it is not known;
    total: persons of the whole file, empty where it was not read whole. credit: publisher, ..., period ('' if the file
    does not say); notes: what the reader should know.
    """

    cells: gpd.GeoDataFrame
    total: float = float("nan")
    credit: dict[str, str] = field(default_factory=dict)
    ages: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def read(path: Path, name: str, extent: shapely.Geometry) -> PopulationGrid | None:
    """The part of one of these grids about an extent (EPSG:4326); None for another file. Raises SourceError."""
    plain = name.lower().removesuffix(".gz")
    try:
        if plain.endswith((".tif", ".tiff")):
            return _raster(str(path), name, extent)
        if plain.endswith(".zip"):
            return _zipped(path, name, extent)
        if plain.endswith(".gpkg"):
            return _package(path, name, extent)
        if plain.endswith((".csv", ".parquet")):
            with path.open("rb") as opened:
                named = plain.endswith(".parquet") or b"GRD_ID" in opened.readline(10_000)
                opened.seek(0)
                return _census(_tables(opened, name), name, extent) if named else None
    except (ValueError, OSError, KeyError, EOFError, zipfile.BadZipFile, pyogrio.errors.DataSourceError) as error:
        what = f"the grid cannot be read ({str(error).splitlines()[0][:160] if str(error) else type(error).__name__})"
        raise SourceError(name, what, hint="Fetch it again") from error
    return None


def _zipped(path: Path, name: str, extent: shapely.Geometry) -> PopulationGrid | None:
    """Of a zip the table as CSV, else as Parquet, else a raster, else a GeoPackage; zips in it are not looked at."""
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        for ending in (".csv", ".parquet", ".tif", ".tiff", ".gpkg"):
            fits = [member for member in names if member.lower().endswith(ending)]
            if not fits:
                continue
            largest = max(fits, key=lambda member: archive.getinfo(member).file_size)
            inner = PurePosixPath(largest).name
            if ending in (".tif", ".tiff"):
                return _raster(f"zip://{path}!{largest}", inner, extent)
            if ending == ".csv":
                with archive.open(largest) as opened:
                    return _census(_tables(opened, inner), inner, extent)
            with tempfile.TemporaryDirectory(prefix="zone-grid-") as place:
                copy = Path(place) / inner
                with archive.open(largest) as source, copy.open("wb") as target:
                    shutil.copyfileobj(source, target)
                return read(copy, inner, extent)
    raise SourceError(name, "the zip holds no grid", hint="Name a file with --grid")


def _census(tables: Iterable[pd.DataFrame], name: str, extent: shapely.Geometry) -> PopulationGrid | None:
    """Eurostat's wide table, a part at a time; None for a table of another layout."""
    west, south, east, north = gpd.GeoSeries([extent], crs=4326).to_crs(3035).total_bounds
    parts, total, withheld, ages = [], 0.0, 0, list(AGES)
    for rows in tables:
        if not {"GRD_ID", "T", "M"} <= set(rows):
            return None
        ages = [column for column in AGES if column in rows]
        numbers = rows[["T", *ages]].apply(pd.to_numeric, errors="coerce")
        total += float(numbers["T"].clip(lower=0).sum())
        place = _places(rows["GRD_ID"])
        # People whom no cell holds stand under 'FI_unallocated': no place, no city.
        near = (place["y"] > south - place["size"]) & (place["y"] < north)
        near &= (place["x"] > west - place["size"]) & (place["x"] < east)
        here = numbers[near].where(numbers[near] >= 0)  # -8888 confidential, -9999 not known
        for column in ages:  # the second version has its flags beside the counts
            if f"{column}_CI" in rows:
                flag = pd.to_numeric(rows.loc[near, f"{column}_CI"], errors="coerce").fillna(0)
                here[column] = here[column].where(flag == 0)
        withheld += int(here["T"].isna().sum())
        parts.append(here.join(place).query("T > 0"))
    if not parts:
        return None
    table = pd.concat(parts, ignore_index=True)
    squares = shapely.box(table["x"], table["y"], table["x"] + table["size"], table["y"] + table["size"])
    cells = gpd.GeoDataFrame(table.rename(columns={"T": "persons"} | AGES), geometry=squares, crs=3035).to_crs(4326)
    year = re.search(r"(?<!\d)(20\d\d)(?!\d)", name)
    notes = [f"population grid: the residents of {withheld:,} cells are withheld and not counted."] if withheld else []
    labels = [AGES[column] for column in ages] if len(ages) == len(AGES) else []
    credit = {**CENSUS, "period": year[1] if year else ""}
    return PopulationGrid(cells[["persons", *labels, "geometry"]], total, credit, labels, notes)


def _places(codes: pd.Series) -> pd.DataFrame:
    """size, y, x of cell codes, in metres of EPSG:3035; empty where a code names no cell."""
    words = pyarrow.array(codes.astype("string"), type=pyarrow.string())
    parts = pyarrow.compute.extract_regex(words, r"RES(?P<size>[0-9]+)mN(?P<y>[0-9]+)E(?P<x>[0-9]+)$")
    columns = {name: pyarrow.compute.struct_field(parts, name).cast("float64") for name in ("size", "y", "x")}
    return pd.DataFrame({name: column.to_numpy(zero_copy_only=False) for name, column in columns.items()}, codes.index)


def _tables(opened: IO[bytes], name: str) -> Iterator[pd.DataFrame]:
    """A CSV or Parquet file's rows, a part at a time, of the census grid's columns alone."""
    if name.lower().endswith(".parquet"):
        file = pyarrow.parquet.ParquetFile(opened)
        columns = [column for column in file.schema_arrow.names if column in CENSUS_COLUMNS]
        yield from (batch.to_pandas() for batch in file.iter_batches(CHUNK_ROWS, columns=columns))
        return
    text = io.TextIOWrapper(opened, encoding="utf-8-sig", errors="replace", newline="")
    yield from pd.read_csv(text, usecols=lambda column: column in CENSUS_COLUMNS, chunksize=CHUNK_ROWS)


def _raster(address: str, name: str, extent: shapely.Geometry) -> PopulationGrid:
    """Persons a pixel of a GeoTIFF in any system of coordinates, as squares."""
    import rasterio
    from rasterio.warp import transform_bounds
    from rasterio.windows import Window, from_bounds

    if re.match(r"[a-z]{3}_pd_\d{4}", name.lower()):
        what, hint = "this raster holds people per square kilometre", "Take WorldPop's counts, such as *_ppp_2020.tif"
        raise SourceError(name, what, hint=hint)
    try:
        with rasterio.open(address, driver="GTiff") as raster:
            bounds = transform_bounds("EPSG:4326", raster.crs, *extent.buffer(AROUND_DEGREES).bounds)
            near = from_bounds(*bounds, raster.transform)
            left, top = max(math.floor(near.col_off), 0), max(math.floor(near.row_off), 0)
            right = min(math.ceil(near.col_off + near.width), raster.width)
            bottom = min(math.ceil(near.row_off + near.height), raster.height)
            if right <= left or bottom <= top:
                hint = "Take the tile or country of the city"
                raise SourceError(name, "the raster does not meet the city", hint=hint)
            if (right - left) * (bottom - top) > MOST_PIXELS:
                raise SourceError(name, "the extent is too large", hint="Give an extract of the city alone")
            window = Window.from_slices((top, bottom), (left, right))
            values = raster.read(1, window=window, masked=True).astype("float64").filled(np.nan)
            transform, crs = raster.window_transform(window), raster.crs
    except rasterio.errors.RasterioError as error:
        what = f"the raster cannot be read ({str(error).splitlines()[0][:160]})"
        raise SourceError(name, what, hint="Give a GeoTIFF of persons a pixel") from error
    values = np.where(values > 0, values, 0.0)  # makers write -99999 or -200 where they know nothing
    factor = max(1, math.ceil(math.sqrt(np.count_nonzero(values) / MOST_SQUARES)))
    values = _together(values, factor)
    rows, columns = np.nonzero(values)
    x, y = (
        np.sort(
            [_along(axis, columns * factor, rows * factor), _along(axis, (columns + 1) * factor, (rows + 1) * factor)],
            0,
        )
        for axis in (transform[:3], transform[3:6])
    )
    squares = shapely.box(x[0], y[0], x[1], y[1])
    cells = gpd.GeoDataFrame({"persons": values[rows, columns]}, geometry=squares, crs=crs.to_wkt()).to_crs(4326)
    notes = [f"population grid: {factor} by {factor} pixels were put together to one square."] if factor > 1 else []
    return PopulationGrid(cells, credit=_product(name), notes=notes)


def _along(axis: tuple[float, float, float], columns: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """One coordinate of pixels' corners, by its part of an affine transform."""
    return np.asarray(axis[0] * columns + axis[1] * rows + axis[2])


def _together(values: np.ndarray, factor: int) -> np.ndarray:
    """Sums of blocks of `factor` by `factor` pixels."""
    if factor == 1:
        return values
    height, width = (-(-side // factor) * factor for side in values.shape)
    full = np.zeros((height, width))
    full[: values.shape[0], : values.shape[1]] = values
    return full.reshape(height // factor, factor, width // factor, factor).sum(axis=(1, 3))


def _package(path: Path, name: str, extent: shapely.Geometry) -> PopulationGrid | None:
    """Of a GeoPackage, also packed as .gz, Kontur's hexagons (h3, population) or the census's squares; else None."""
    with _unpacked(path) as file:
        with file.open("rb") as opened:
            if not opened.read(16).startswith(b"SQLite format 3"):
                raise SourceError(name, "this is no GeoPackage", hint="Fetch it again")
        about = pyogrio.read_info(file)
        hexagons = {"h3", "population"} <= set(about["fields"])
        columns = ["h3", "population"] if hexagons else [field for field in about["fields"] if field in CENSUS_COLUMNS]
        if not columns:
            return None
        bounds = gpd.GeoSeries([extent.buffer(AROUND_DEGREES)], crs=4326).to_crs(about["crs"]).total_bounds
        rows = pyogrio.read_dataframe(file, columns=columns, bbox=tuple(bounds), read_geometry=False, use_arrow=False)
    if not hexagons:
        part = _census([rows], name, extent)
        return part and replace(part, total=float("nan"))  # the file was not read whole
    cells = gpd.GeoDataFrame({"persons": rows["population"].astype("float64")}, geometry=outlines(rows["h3"]))
    return PopulationGrid(cells[cells["persons"] > 0].reset_index(drop=True), credit=_product(name))


def outlines(ids: pd.Series) -> gpd.GeoSeries:
    """Outlines of H3 cells, EPSG:4326; None where an id is none."""
    valid = [isinstance(cell, str) and h3.is_valid_cell(cell) for cell in ids]
    shapes = [
        shapely.Polygon([(lon, lat) for lat, lon in h3.cell_to_boundary(cell)]) if good else None
        for cell, good in zip(ids, valid, strict=True)
    ]
    return gpd.GeoSeries(shapes, index=ids.index, crs=4326)


@contextmanager
def _unpacked(path: Path) -> Iterator[Path]:
    """A file, or for a while what a .gz holds."""
    with path.open("rb") as opened:
        packed = opened.read(2) == b"\x1f\x8b"
    if not packed:
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="zone-grid-") as place:
        copy = Path(place) / "grid.gpkg"
        with gzip.open(path) as source, copy.open("wb") as target:
            shutil.copyfileobj(source, target)
        yield copy


def _product(name: str) -> dict[str, str]:
    """Maker and period by a file's name; nothing of a name that is not known."""
    for pattern, credit in PRODUCTS:
        if match := re.search(pattern, name.lower()):
            return {**credit, "period": "-".join(match.groupdict().values())}
    return {}
