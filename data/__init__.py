"""The one door to tables: `table(name, place)` opens one, `has` asks for one, `catalogue()` says what there is."""

from __future__ import annotations

import hashlib
import json
import logging
import os
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path

# Matrices here are small, and threads that wait for each other cost more than they win: an index of 11,000 areas takes
# 60 s of two processors with them and 17 s of one without. Read when numpy is imported, so it is said before.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from data import definitions
from data.catalogue import TABLES_FOLDER, local_catalogue, local_rows, read
from data.catalogue import Entry as Entry
from data.errors import BrokenTableError, UnknownTableError

# Arrow's own pool keeps what it once held; the system's gives it back: 70 MB less for a server that read its tables.
pa.set_memory_pool(pa.system_memory_pool())


OLD_FIELDS = ("walking_network", "walking_network_name")  # of cities that were built before November 2026


@dataclass(frozen=True)
class City:
    """A city the app can show; everything city-specific comes from here or from its tables.

    level_names: what the city calls each of its levels. displaced_origins: origins of its residents that stand for
    forced displacement, and why. region: its NUTS 2 region. crs: its metric reference system (EPSG). reception_areas:
    names of reception centres by the id of the smallest area that holds them, as far as they are known.
    """

    key: str
    name: str
    country: str
    region: str
    region_name: str
    crs: int
    lon: float
    lat: float
    zoom: float
    boundary_version: str
    boundary_since: str
    level_names: dict[str, str]
    displaced_origins: list[str]
    displaced_origins_why: str
    estimate_note: str
    reception_areas: dict[str, str] = field(default_factory=dict)


@cache
def _catalogue(written: float) -> dict[tuple[str, str], Entry]:
    return read()


def catalogue() -> dict[tuple[str, str], Entry]:
    """Entries by (place, name); place is 'world' or a city's key. A table made meanwhile on this machine is in it."""
    return _catalogue(_written())


def has(name: str, place: str = "world") -> bool:
    """Whether a table is at hand; some are made on a machine that is online or has a file of its own."""
    return (place, name) in catalogue()


def entry(name: str, place: str = "world") -> Entry:
    """The catalogue's entry for a table. Raises UnknownTableError."""
    try:
        return catalogue()[place, name]
    except KeyError:
        raise UnknownTableError(f"{place}/{name}", sorted("/".join(key) for key in catalogue())) from None


def version(place: str = "") -> str:
    """One word that changes whenever a table of a place or of the world does; of all places where none is given."""
    entries = [row for (own, _name), row in catalogue().items() if not place or own in (place, "world")]
    checksums = "".join(sorted(row.checksum for row in entries))
    return hashlib.sha256(checksums.encode()).hexdigest()[:12]


def table(name: str, place: str = "world") -> pd.DataFrame:
    """Open one shipped table; with shapes, a GeoDataFrame. Raises UnknownTableError, BrokenTableError."""
    return opened(entry(name, place))


def opened(version: Entry) -> pd.DataFrame:
    """Open one version of a table. Raises BrokenTableError."""
    path = version.path
    verify(version)
    try:
        if has_shapes(version):
            import geopandas as gpd  # with its libraries only where there are shapes

            return gpd.read_parquet(path)
        return pd.read_parquet(path)
    except (OSError, ValueError) as error:
        raise BrokenTableError(f"{path}: the table cannot be read ({error}). Run 'zone build'.") from error


def verify(version: Entry) -> None:
    """Compare a table's file with the checksum that the catalogue has of it. Raises BrokenTableError."""
    try:
        state = version.path.stat()
        intact = _is_intact(version.path, version.checksum, state.st_size, state.st_mtime_ns)
    except OSError as error:
        raise BrokenTableError(f"{version.path}: the table cannot be read ({error}). Put back a copy of it.") from error
    if not intact:
        raise BrokenTableError(f"{version.path}: the table is not what its catalogue says. Put back a copy of it.")


@lru_cache(maxsize=2000)
def _is_intact(path: Path, checksum: str, _size: int, _written: int) -> bool:
    """Read once a version, and again where the file has changed since."""
    return not checksum or hashlib.sha256(path.read_bytes()).hexdigest() == checksum


def has_shapes(version: Entry) -> bool:
    """Whether the rows of a table are shapes."""
    return b"geo" in (pq.read_schema(version.path).metadata or {})


def empty(name: str) -> pd.DataFrame:
    """A table without rows in the columns of its contract, for a city that has none of the kind."""
    return pd.DataFrame({column: pd.Series(dtype=kind) for column, kind in definitions.types(name).items()})


@cache
def _cities(written: float) -> dict[str, City]:
    files = sorted(TABLES_FOLDER.glob("*/city.json"))
    settings = {file.parent.name: json.loads(file.read_text(encoding="utf-8")) for file in files}
    settings |= {row["key"]: row["settings"] for row in local_rows()[1] if row["state"] == "used"}
    result = {}
    for key, fields in settings.items():
        try:
            result[key] = City(key=key, **{name: value for name, value in fields.items() if name not in OLD_FIELDS})
        except TypeError as error:  # a build of another version of this app: the others still serve
            logging.getLogger(__name__).warning("The city '%s' is left out: %s. Build its pack again.", key, error)
    return result


def cities() -> dict[str, City]:
    """The cities that have tables, by key: shipped ones first, then those built on this machine."""
    return _cities(_written())


def _written() -> float:
    file = local_catalogue()
    return file.stat().st_mtime_ns if file.exists() else 0
