"""A pack's shapes: read by the drivers that its ending allows, from this file alone; nothing in it runs.

No host is asked.
"""

from __future__ import annotations

import codecs
import json
import re
import sqlite3
import struct
import tempfile
import threading
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path, PurePosixPath
from shutil import copy
from urllib.parse import quote

import orjson
import pyogrio
from pyogrio._ogr import _register_drivers  # pyogrio has no public way to choose the driver that reads

from data import limits
from data.city import sheets
from data.city.pack_settings import Part
from data.city.sheets import FileTable
from data.errors import SourceError
from data.translation import N_

# Drivers by ending, and what such a file begins with. GDAL itself goes by content: any of these could hold a VRT, which
# reads any file and any host.
DRIVERS: dict[str, tuple[tuple[str, ...], bytes]] = {
    ".geojson": (("GeoJSON", "TopoJSON", "ESRIJSON"), rb"\{"),
    ".json": (("GeoJSON", "TopoJSON", "ESRIJSON"), rb"\{"),
    ".topojson": (("GeoJSON", "TopoJSON"), rb"\{"),
    ".gpkg": (("GPKG",), rb"SQLite format 3\x00"),
    ".shp": (("ESRI Shapefile",), rb"\x00\x00\x27\x0a"),
    ".fgb": (("FlatGeobuf",), rb"fgb"),
    ".gml": (("GML",), rb"<"),
    ".kml": (("LIBKML",), rb"<"),
}
SUFFIXES = {*DRIVERS, ".zip", ".kmz"}
SIDECARS = (".shx", ".dbf", ".prj", ".cpg")
ANSI = 0x57  # what most programs write as a dBASE table's language, whatever its encoding is
KML_COLUMNS = (  # that its driver adds to the file's own
    *("id", "timestamp", "begin", "end", "altitudeMode", "tessellate", "extrude", "visibility", "drawOrder", "icon"),
)
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


def read(path: Path, name: str, part: Part) -> FileTable:
    """The rows of a file's layer with their shapes. Raises SourceError, ValueError and whatever GDAL raises."""
    with tempfile.TemporaryDirectory(prefix="zone-shapes-") as place:
        file = _alone(path, Path(place), name, part.layer)
        drivers, start = DRIVERS[file.suffix.lower()]
        with file.open("rb") as opened:
            if not re.match(rb"(?:\xef\xbb\xbf)?\s*" + start, opened.read(1000)):
                raise ValueError(N_("this is no file of the kind {kind}", kind=file.suffix[1:]))
        warnings, encoding = [], None
        if "GeoJSON" in drivers:
            warnings = _check_json(file, part.encoding)
        elif "GPKG" in drivers:
            _check_database(file)
        elif "ESRI Shapefile" in drivers:
            encoding, warnings = _encoding(file, part.encoding)
        with _only(drivers):
            layer = _layer(file, name, "" if path.suffix.lower() == ".zip" else part.layer)
            about = pyogrio.read_info(file, layer=layer, encoding=encoding)
            limits.check_shape(about["features"], len(about["fields"]), path.name, *limits.OF_PACK)
            rows = pyogrio.read_dataframe(file, layer=layer, encoding=encoding)
    if "LIBKML" in drivers:
        rows = rows.drop(columns=[column for column in KML_COLUMNS if column in rows and rows[column].nunique() < 2])
    return FileTable(rows, 1, warnings)


def _layer(file: Path, name: str, stated: str) -> str:
    """The layer that is stated, else the only one with shapes. Raises SourceError where that cannot be told."""
    kinds = dict(pyogrio.list_layers(file))
    drawn = [layer for layer, kind in kinds.items() if kind is not None] or list(kinds)
    if len(drawn) == 1 and not stated:
        return drawn[0]
    return _chosen({layer: layer for layer in kinds}, drawn, name, stated)


def _chosen(layers: dict[str, str], usual: list[str], name: str, stated: str) -> str:
    """What the stated layer is called in a file. usual: layers to name where none is stated. Raises SourceError."""
    if stated in layers:
        return layers[stated]
    what = (
        N_("there is no layer '{stated}'", stated=stated)
        if stated
        else N_("the file has {n} layers with shapes", n=len(usual))
    )
    words = ", ".join(usual[:12])
    raise SourceError(name, what, hint=N_('Write layer = "..." in city.toml; the file has {layers}', layers=words))


def _alone(path: Path, place: Path, name: str, layer: str) -> Path:
    """A copy of the file without any that lie beside it, but for the parts of a Shapefile; unzipped."""
    suffix = path.suffix.lower()
    if suffix not in (".zip", ".kmz"):
        for ending in (suffix, *(SIDECARS if suffix == ".shp" else ())):
            for part in (path.with_suffix(ending.upper()), path.with_suffix(ending)):
                if part.is_file() and not part.is_symlink():
                    copy(part, place / f"layer{ending}")
        copy(path, place / f"layer{suffix}")
        return place / f"layer{suffix}"
    limits.check_zip(path, path.name, limits.PACK_UNPACKED)
    with zipfile.ZipFile(path) as archive:
        layers = {PurePosixPath(member).stem: member for member in members_with_shapes(archive.namelist())}
        if not layers:
            raise ValueError(N_("the zip holds no layer of shapes"))
        member = next(iter(layers.values())) if len(layers) == 1 else _chosen(layers, list(layers), name, layer)
        stem, suffix = member[: member.rindex(".")], member[member.rindex(".") :].lower()
        for part_name in archive.namelist():
            ending = part_name.removeprefix(stem).lower()
            if part_name.startswith(stem) and ending in (suffix, *(SIDECARS if suffix == ".shp" else ())):
                (place / f"layer{ending}").write_bytes(archive.read(part_name))
    return place / f"layer{suffix}"


def members_with_shapes(names: Iterable[str]) -> list[str]:
    """Those of a zip's members that are layers of shapes; not the shadows that macOS lays beside each file."""
    files = [name for name in names if not PurePosixPath(name).name.startswith("._")]
    layers = [name for name in files if name.lower().endswith(tuple(DRIVERS.keys() - {".json"}))]
    return layers or [name for name in files if name.lower().endswith(".json")]  # beside others it is about them


def _encoding(file: Path, stated: str) -> tuple[str | None, list[tuple[str, str]]]:
    """The encoding of a Shapefile's words, None where GDAL knows it, and what was assumed.

    Many are in UTF-8 and say nothing of it, or something else. A word that was cut in the middle of a letter, as their
    fields of fixed width cut it, loses the rest of that letter in the copy that is read.
    """
    table = file.with_suffix(".dbf")
    if stated or not table.is_file():
        return stated or None, []
    content = bytearray(table.read_bytes())
    cells = _cells(content)
    if not cells:
        return None, []
    try:
        for start, end in cells:
            _text, used = codecs.utf_8_decode(content[start:end].rstrip(b" \0"), "strict", False)
            content[start + used : end] = b" " * (end - start - used)
    except UnicodeDecodeError:
        says_nothing = content[29] in (0, ANSI) and not file.with_suffix(".cpg").is_file()
        if not says_nothing:
            return None, []
        words = b"\n".join(bytes(content[start:end]).rstrip(b" \0") for start, end in cells)
        encoding = sheets.likeliest_encoding(words)
        hint = N_(
            'Add a .cpg file; if letters are wrong, state encoding = "..." in city.toml (now {encoding})',
            encoding=encoding,
        )
        return encoding, [
            (N_("the Shapefile does not say its encoding; it was read as {encoding}", encoding=encoding), hint)
        ]
    table.write_bytes(content)
    return "utf-8", []


def _cells(content: bytearray) -> list[tuple[int, int]]:
    """Where the words of a dBASE table begin and end that have more than plain letters."""
    rows, first, width = struct.unpack_from("<IHH", content, 4)
    fields, offset = [], 1
    for place in range(32, first - 1, 32):
        if content[place] == 0x0D:
            break
        if content[place + 11] == ord("C"):
            fields.append((offset, offset + content[place + 16]))
        offset += content[place + 16]
    rows = min(rows, (len(content) - first) // max(width, 1))
    starts = [first + width * row for row in range(rows) if not content[first + width * row :][:width].isascii()]
    return [(start + low, start + high) for start in starts for low, high in fields]


def _check_json(file: Path, stated: str) -> list[tuple[str, str]]:
    """Refuse what only GDAL takes for JSON, and a coordinate system that is somewhere else. Raises ValueError.

    A copy in another encoding is written anew in UTF-8; returns what was assumed.
    """
    text, warnings = sheets.decoded(file.read_bytes(), stated)
    content = text.encode()
    orjson.loads(content)
    file.write_bytes(content)
    for match in _CRS.finditer(content):
        crs, _end = json.JSONDecoder().raw_decode(content[match.end() : match.end() + 1000].decode("utf-8", "replace"))
        about = crs.get("properties")
        stated = str(about.get("name" if crs.get("type") == "name" else "code", "")) if isinstance(about, dict) else ""
        if crs.get("type") not in ("name", "EPSG") or not _NAMED_CRS.fullmatch(stated):
            raise ValueError(N_("its coordinate system is a link, or has no name such as EPSG:4326"))
    return warnings


def _check_database(path: Path) -> None:
    """Refuse a GeoPackage that holds more than tables and their indices. Raises ValueError."""
    with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro&immutable=1", uri=True)) as database:
        for kind, name, sql in database.execute("SELECT type, name, sql FROM sqlite_master"):
            virtual = kind == "table" and re.match(r"\s*create\s+virtual\b(?!.*\busing\s+rtree\b)", sql, re.I | re.S)
            if kind == "view" or virtual or (kind == "trigger" and not _USUAL_TRIGGERS.match(name)):
                raise ValueError(
                    N_("it holds the {kind} '{name}', which would run when it is read", kind=kind, name=name[:60])
                )


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
