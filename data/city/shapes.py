"""A pack's shapes: read by the drivers that its ending allows, from this file alone, from no host, and nothing in it
runs.
"""

from __future__ import annotations

import json
import re
import sqlite3
import tempfile
import threading
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from shutil import copy
from urllib.parse import quote

import geopandas as gpd
import orjson
import pyogrio
from pyogrio._ogr import _register_drivers  # pyogrio has no public way to choose the driver that reads

from data import limits

# Drivers by ending, and what such a file begins with. GDAL itself goes by content: any of these could hold a VRT, which
# reads any file and any host.
DRIVERS: dict[str, tuple[tuple[str, ...], bytes]] = {
    ".geojson": (("GeoJSON", "TopoJSON", "ESRIJSON"), rb"\{"),
    ".json": (("GeoJSON", "TopoJSON", "ESRIJSON"), rb"\{"),
    ".gpkg": (("GPKG",), rb"SQLite format 3\x00"),
    ".shp": (("ESRI Shapefile",), rb"\x00\x00\x27\x0a"),
    ".fgb": (("FlatGeobuf",), rb"fgb"),
    ".gml": (("GML",), rb"<"),
    ".kml": (("LIBKML",), rb"<"),
}
SUFFIXES = {*DRIVERS, ".zip"}
SIDECARS = (".shx", ".dbf", ".prj", ".cpg")
# No request leaves: a proxy that does not exist, and no server's file is opened. Spatial extensions are not loaded.
CLOSED = {
    "GDAL_HTTP_PROXY": "127.0.0.1:1",
    "GDAL_HTTP_MAX_RETRY": "0",
    "CPL_VSIL_CURL_ALLOWED_FILENAME": "none",
    "GML_DOWNLOAD_SCHEMA": "NO",
    "GML_USE_SCHEMA_IMPORT": "NO",
    "GML_SKIP_RESOLVE_ELEMS": "ALL",
    "OGR_SQLITE_LOAD_EXTENSIONS": None,
    "OGR_SQLITE_ALLOW_EXTERNAL_ACCESS": "NO",
    "OGR_SQLITE_LIST_VIRTUAL_OGR": "NO",
}
_CRS = re.compile(rb'"(?:c|\\u0063)(?:r|\\u0072)(?:s|\\u0073)"\s*:\s*(?=\{)')
_NAMED_CRS = re.compile(r"(urn:(ogc|x-ogc):def:crs:[\w:.]*|(EPSG:)?\d+|(OGC:)?CRS84)", re.IGNORECASE)
_USUAL_TRIGGERS = re.compile(r"(rtree_|trigger_|gpkg_)")  # of an index, a count, a table of the standard
_lock = threading.Lock()  # drivers are the process's, not the thread's


def read(path: Path) -> gpd.GeoDataFrame:
    """The rows of a file's first layer with their shapes. Raises ValueError and whatever GDAL raises."""
    with tempfile.TemporaryDirectory(prefix="zone-shapes-") as place:
        file = _alone(path, Path(place))
        drivers, start = DRIVERS[file.suffix.lower()]
        with file.open("rb") as opened:
            if not re.match(rb"(?:\xef\xbb\xbf)?\s*" + start, opened.read(1000)):
                raise ValueError(f"this is no file of the kind {file.suffix[1:]}")
        if "GeoJSON" in drivers:
            _check_json(file.read_bytes())
        elif "GPKG" in drivers:
            _check_database(file)
        with _only(drivers):
            about = pyogrio.read_info(file)
            limits.check_shape(about["features"], len(about["fields"]), path.name, *limits.OF_PACK)
            return pyogrio.read_dataframe(file)


def _alone(path: Path, place: Path) -> Path:
    """A copy of the file without any that lie beside it, but for the parts of a Shapefile; unzipped."""
    suffix = path.suffix.lower()
    if suffix != ".zip":
        for ending in (suffix, *(SIDECARS if suffix == ".shp" else ())):
            for part in (path.with_suffix(ending.upper()), path.with_suffix(ending)):
                if part.is_file() and not part.is_symlink():
                    copy(part, place / f"layer{ending}")
        copy(path, place / f"layer{suffix}")
        return place / f"layer{suffix}"
    limits.check_zip(path, path.name, limits.PACK_UNPACKED)
    with zipfile.ZipFile(path) as archive:
        layers = [name for name in archive.namelist() if name.lower().endswith((".shp", ".gpkg", ".geojson"))]
        if len(layers) != 1:
            raise ValueError(f"the zip holds {len(layers)} layers where one is meant")
        stem, suffix = layers[0][: layers[0].rindex(".")], layers[0][layers[0].rindex(".") :].lower()
        for name in archive.namelist():
            ending = name.removeprefix(stem).lower()
            if name.startswith(stem) and ending in (suffix, *(SIDECARS if suffix == ".shp" else ())):
                (place / f"layer{ending}").write_bytes(archive.read(name))
    return place / f"layer{suffix}"


def _check_json(content: bytes) -> None:
    """Refuse what only GDAL takes for JSON, and a coordinate system that is somewhere else. Raises ValueError."""
    orjson.loads(content.removeprefix(b"\xef\xbb\xbf"))
    for match in _CRS.finditer(content):
        crs, _end = json.JSONDecoder().raw_decode(content[match.end() : match.end() + 1000].decode("utf-8", "replace"))
        about = crs.get("properties")
        stated = str(about.get("name" if crs.get("type") == "name" else "code", "")) if isinstance(about, dict) else ""
        if crs.get("type") not in ("name", "EPSG") or not _NAMED_CRS.fullmatch(stated):
            raise ValueError("its coordinate system is a link, or has no name such as EPSG:4326")


def _check_database(path: Path) -> None:
    """Refuse a GeoPackage that holds more than tables and their indices. Raises ValueError."""
    with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro&immutable=1", uri=True)) as database:
        for kind, name, sql in database.execute("SELECT type, name, sql FROM sqlite_master"):
            virtual = kind == "table" and re.match(r"\s*create\s+virtual\b(?!.*\busing\s+rtree\b)", sql, re.I | re.S)
            if kind == "view" or virtual or (kind == "trigger" and not _USUAL_TRIGGERS.match(name)):
                raise ValueError(f"it holds the {kind} '{name[:60]}', which would run when it is read")


@contextmanager
def _only(drivers: tuple[str, ...]) -> Iterator[None]:
    """GDAL with these drivers alone, and without the network."""
    with _lock:
        before = {name: pyogrio.get_gdal_config_option(name) for name in CLOSED}
        others = pyogrio.list_drivers().keys() - {*drivers}
        pyogrio.set_gdal_config_options({**CLOSED, "GDAL_SKIP": ",".join(others)})
        _register_drivers()
        try:
            yield
        finally:
            pyogrio.set_gdal_config_options({**before, "GDAL_SKIP": None})
            _register_drivers()
