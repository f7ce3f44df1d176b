"""Packs that mean harm: they reach no file but their own, no host, and no more than their process's time and memory."""

from __future__ import annotations

import io
import json
import os
import socket
import sqlite3
import threading
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import geopandas as gpd
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely

from data.city import checks, pack, previews, reading
from data.errors import DataError, SourceError
from data.files import write
from data.translation import Language
from services import background, packs

SECRET = "Nobody may read this"
SUFFIXES = [
    "geojson",
    "json",
    "topojson",
    "gpkg",
    "shp",
    "fgb",
    "gml",
    "kml",
    "zip",
    "csv",
    "txt",
    "tsv",
    "xlsx",
    "parquet",
    "geoparquet",
]
FEATURES = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {"id": "1", "name": "A"},
            "geometry": shapely.geometry.mapping(shapely.box(24.9, 60.1, 24.95, 60.15)),
        }
    ],
}
GML = (
    '<?xml version="1.0"?>{doctype}<ogr:FeatureCollection xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xsi:schemaLocation="{schema}" xmlns:ogr="http://ogr.maptools.org/" xmlns:gml="http://www.opengis.net/gml" '
    'xmlns:xlink="http://www.w3.org/1999/xlink"><gml:featureMember><ogr:a fid="a.1"><ogr:geometryProperty {link}>'
    '<gml:Point srsName="{srs}"><gml:coordinates>24.9,60.1</gml:coordinates></gml:Point></ogr:geometryProperty>'
    "<ogr:id>{text}</ogr:id></ogr:a></gml:featureMember></ogr:FeatureCollection>"
)
KML = (
    '<?xml version="1.0"?>{doctype}<kml xmlns="http://www.opengis.net/kml/2.2"><Document><NetworkLink><Link><href>'
    "{target}</href></Link></NetworkLink><Placemark><styleUrl>{target}#a</styleUrl><name>{text}</name><Point>"
    "<coordinates>24.9,60.1</coordinates></Point></Placemark></Document></kml>"
)


def vrt(target: str, more: str = "") -> str:
    return (
        f'<OGRVRTDataSource><OGRVRTLayer name="canary"><SrcDataSource>{target}</SrcDataSource>{more}</OGRVRTLayer>'
        "</OGRVRTDataSource>"
    )


def with_crs(crs: object) -> str:
    return json.dumps(FEATURES | {"crs": crs})


def texts(targets: list[str]) -> dict[str, str]:
    """Files by what they try, for each place that they should not reach."""
    tries = {}
    for target in targets:
        link = {"type": "link", "properties": {"href": target, "type": "ogcwkt"}}
        inside = json.loads(json.dumps(FEATURES))
        inside["features"][0]["geometry"]["crs"] = link
        entity = f'<!DOCTYPE a [<!ENTITY e SYSTEM "{target}">]>'
        tries |= {
            f"VRT {target}": vrt(target),
            f"VRT after a comment {target}": "<!-- {} -->\n" + vrt(target),
            f"VRT with a query {target}": vrt(target, "<SrcSQL>SELECT * FROM canary</SrcSQL>"),
            f"VRT with a warp {target}": f"<OGRVRTDataSource><OGRVRTWarpedLayer>{vrt(target)[18:-19]}"
            "<TargetSRS>EPSG:3035</TargetSRS></OGRVRTWarpedLayer></OGRVRTDataSource>",
            f"GDALG {target}": json.dumps(
                {
                    "type": "gdal_streamed_alg",
                    "command_line": f"gdal vector pipeline ! read {target} ! write --of stream",
                }
            ),
            f"WFS {target}": f"<OGRWFSDataSource><URL>{target}</URL></OGRWFSDataSource>",
            f"CSW {target}": f"<OGRCSWDataSource><URL>{target}</URL></OGRCSWDataSource>",
            f"API {target}": f"<OGRWFS3DataSource><URL>{target}</URL></OGRWFS3DataSource>",
            f"link {target}": with_crs(link),
            f"link without quotes' form {target}": with_crs(link).replace('"crs"', '"\\u0063rs"'),
            f"link after a comment {target}": with_crs(link).replace('"crs":', '"crs" /* */ :'),
            f"link in a shape {target}": json.dumps(inside),
            f"link in a link {target}": with_crs({"a": {"b": {"c": 1}}, **link}),
            f"name that is a place {target}": with_crs({"type": "name", "properties": {"name": target}}),
            f"ESRI {target}": json.dumps({"features": [], "geometryType": target, "exceededTransferLimit": True}),
            f"schema {target}": GML.format(doctype="", schema=f"a {target}", link="", srs="EPSG:4326", text=""),
            f"xlink {target}": GML.format(
                doctype="", schema="", link=f'xlink:href="{target}"', srs="EPSG:4326", text=""
            ),
            f"srs {target}": GML.format(doctype="", schema="", link="", srs=target, text=""),
            f"entity {target}": GML.format(doctype=entity, schema="", link="", srs="EPSG:4326", text="&e;"),
            f"KML {target}": KML.format(doctype="", target=target, text="a"),
            f"KML entity {target}": KML.format(doctype=entity, target="#", text="&e;"),
            f"path {target}": target,
        }
    return tries


def databases(folder: Path, targets: list[str]) -> dict[str, bytes]:
    """GeoPackages with something in them that runs or leads out."""
    statements = {
        "view": "CREATE VIEW v AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n",
        "trigger": "CREATE TRIGGER t AFTER INSERT ON layer BEGIN SELECT 1; END",
        "virtual": "CREATE VIRTUAL TABLE f USING fts5(a)",
    }
    statements |= {
        f"srs {target}": f"UPDATE gpkg_spatial_ref_sys SET definition = '{target}' WHERE srs_id > 0"
        for target in targets
    }
    contents = {}
    for name, statement in statements.items():
        path = folder / f"{len(contents)}.gpkg"
        gpd.GeoDataFrame.from_features(FEATURES["features"], crs=4326).to_file(path, driver="GPKG", layer="layer")
        with closing(sqlite3.connect(path)) as database:
            database.execute(statement)
            database.commit()
        contents[name] = path.read_bytes()
    return contents


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def written(folder: Path, name: str, content: bytes) -> Path:
    """The template as a folder, its areas in this file."""
    folder.mkdir(parents=True)
    for file, text in pack.template("Town").items():
        (folder / file).write_text(text.replace("areas.geojson", name), encoding="utf-8")
    (folder / "areas.geojson").unlink()
    (folder / name).write_bytes(content)
    return folder


@contextmanager
def listener() -> Iterator[tuple[int, list[bytes]]]:
    """A server on this machine: its port, and what came to it."""
    came: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def accept() -> None:
            with suppress(OSError):
                while True:
                    connection, _address = server.accept()
                    with connection:
                        connection.settimeout(1)
                        came.append(connection.recv(200))

        threading.Thread(target=accept, daemon=True).start()
        yield server.getsockname()[1], came
        server.shutdown(socket.SHUT_RDWR)


def canary(folder: Path) -> Path:
    """A file outside of every pack, whose last reading shows."""
    path = folder / "canary.geojson"
    path.write_text(json.dumps(FEATURES).replace('"A"', f'"{SECRET}"'), encoding="utf-8")
    os.utime(path, (0, path.stat().st_mtime))
    return path


def read_all(folder: Path) -> dict[str, str]:
    """What each file holds or why it is refused, by its pack's folder; every sixth pack is checked as a whole, too."""
    words = {}
    for number, place in enumerate(sorted(folder.iterdir())):
        file = next(place.glob("areas.*"))
        try:
            words[place.name] = f"read {reading.read(file, file.name).rows.to_csv()}"
        except SourceError as fault:
            words[place.name] = f"refused {fault}"
        if number % 6 == 0:
            result = checks.check(place)
            words[place.name] += f"{result.findings} {previews.of_pack(place)}"
            words[place.name] += " ".join(table.to_csv() for table in result.tables.values())
    return words


def test_hostile_packs_of_every_kind_reach_no_file_outside_and_no_host(tmp_path: Path) -> None:
    watched = canary(tmp_path)
    with listener() as (port, came):
        address = f"http://127.0.0.1:{port}/canary.geojson"
        targets = [str(watched), address]
        contents: list[tuple[str, str, bytes]] = []
        for name, text in texts(targets).items():
            contents += [(name, suffix, text.encode()) for suffix in SUFFIXES if suffix != "zip"]
            kind = "geojson" if text.startswith("{") else "gpkg" if "gml" in text else "shp"
            contents.append((name, "zip", zipfile_with(f"layer.{kind}", text.encode())))
            contents.append((name, "kmz", zipfile_with("doc.kml", text.encode())))
        for name, content in databases(tmp_path, targets).items():
            contents += [(name, "gpkg", content), (name, "zip", zipfile_with("layer.gpkg", content))]
            contents += [(name, "geojson", content)]
        for number, (_name, suffix, content) in enumerate(contents):
            written(tmp_path / "packs" / f"{number:04d}", f"areas.{suffix}", content)
        words = background.run(Language(), read_all, tmp_path / "packs")
        assert came == []
    assert watched.stat().st_atime == 0
    assert len(words) == len(contents) > 600
    assert not [contents[int(number)][:2] for number, text in words.items() if SECRET in text]
    # What is read all the same leads nowhere: letters in a CSV, and links and entities that its reader does not follow.
    taken = {contents[int(number)][:2] for number, text in words.items() if text.startswith("read")}
    taken = {(name, suffix) for name, suffix in taken if suffix not in ("csv", "txt", "tsv")}
    assert {suffix for _name, suffix in taken} <= {"gml", "kml", "kmz", "gpkg", "zip"}
    assert all(name.startswith(("schema", "xlink", "srs", "entity", "KML")) for name, _suffix in taken)


def zipfile_with(name: str, content: bytes) -> bytes:
    return zipped({name: content})


def test_the_trap_itself_works(tmp_path: Path) -> None:
    watched = canary(tmp_path)
    with listener() as (port, came):
        path = tmp_path / "areas.geojson"
        path.write_text(vrt(str(watched)))
        assert SECRET in pyogrio.read_dataframe(path).to_csv()
        path.write_text(vrt(f"http://127.0.0.1:{port}/canary.geojson"))
        with pytest.raises(Exception, match=r"."):
            pyogrio.read_dataframe(path)
        assert came
    assert watched.stat().st_atime > 0


@pytest.mark.parametrize("suffix", ["geojson", "gpkg", "fgb", "gml", "kml", "shp", "zip"])
def test_plain_files_of_every_kind_are_read(tmp_path: Path, suffix: str) -> None:
    drivers = {"zip": "ESRI Shapefile", "shp": "ESRI Shapefile", "kml": "LIBKML", "geojson": "GeoJSON"}
    drivers |= {"gpkg": "GPKG", "fgb": "FlatGeobuf", "gml": "GML"}
    shapes = gpd.GeoDataFrame.from_features(FEATURES["features"], crs=4326)
    path = tmp_path / f"areas.{'shp' if suffix == 'zip' else suffix}"
    pyogrio.write_dataframe(shapes, path, driver=drivers[suffix])
    if suffix == "zip":
        content = zipped({part.name: part.read_bytes() for part in tmp_path.glob("areas.*")})
        path = tmp_path / "areas.zip"
        path.write_bytes(content)
    table = reading.read(path, path.name).rows
    assert table.geometry.iloc[0].equals_exact(shapes.geometry.iloc[0], 1e-6, normalize=True)
    assert ",A" in table.to_csv()
    assert "OGR_VRT" in pyogrio.list_drivers()  # for everything but a pack's files GDAL is as it was


def xlsx_bomb(_folder: Path) -> tuple[str, bytes]:
    return "areas.xlsx", zipped({"xl/workbook.xml": b"<workbook/>", "xl/worksheets/sheet1.xml": b"0" * 50_000_000})


def parquet_bomb(folder: Path) -> tuple[str, bytes]:
    rows = pa.table({"id": pa.DictionaryArray.from_arrays(pa.array([0] * 6_000_000, pa.int8()), ["a"])})
    pq.write_table(rows, folder / "bomb.parquet", compression="zstd")
    return "areas.parquet", (folder / "bomb.parquet").read_bytes()


def zip_bomb(_folder: Path) -> tuple[str, bytes]:
    return "areas.zip", zipped({"areas.geojson": b" " * 50_000_000})


def wide(_folder: Path) -> tuple[str, bytes]:
    return "areas.csv", b"a" + b"".join(b",a%d" % number for number in range(2000)) + b"\n" + b"," * 2000 + b"1\n"


def test_a_file_that_grows_is_refused_before_it_is_read(tmp_path: Path) -> None:
    for make, words in {
        xlsx_bomb: "unpacks to",
        parquet_bomb: "6,000,000 rows",
        zip_bomb: "unpacks to 50,000,000",
        wide: "2,001 columns",
    }.items():
        name, content = make(tmp_path)
        assert len(content) < 500_000
        (tmp_path / name).write_bytes(content)
        with pytest.raises(SourceError, match=words):
            reading.read(tmp_path / name, name)


def hungry(folder: Path) -> None:
    """A pack's reader that takes whatever there is: the limit of the process is all that stops it."""
    reading.read(written(folder / "pack", "areas.csv", b"a\n1\n") / "areas.csv", "areas.csv")
    shapely.points([[1.0, 1.0]] * 200_000_000)


@pytest.mark.parametrize("nested", ["a = " + "[" * 5000, "[city]\nname = " + "{a = " * 5000])
def test_a_deeply_nested_manifest_is_one_finding(tmp_path: Path, nested: str) -> None:
    folder = written(tmp_path / "pack", "areas.csv", b"a\n1\n")
    (folder / "city.toml").write_text(nested)
    (finding,) = checks.check(folder).findings
    assert finding.file == "city.toml"
    assert "nested too deeply" in finding.what


def test_a_link_in_a_zip_leads_nowhere(tmp_path: Path) -> None:
    watched = canary(tmp_path)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        link = zipfile.ZipInfo("areas.geojson")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, str(watched))
    folder = written(tmp_path / "pack", "areas.zip", out.getvalue())
    assert any(finding.file == "areas.zip" for finding in checks.check(folder).findings)
    (folder / "areas.zip").unlink()
    (folder / "areas.zip").symlink_to(watched)
    assert any("outside the pack" in finding.what for finding in checks.check(folder).findings)
    assert not [seen.file for seen in previews.of_pack(folder) if "areas" in seen.sections]
    alone, seen = packs.read_upload(uploaded(tmp_path / "alone", out.getvalue()))
    assert (alone, [bool(file.fault) for file in seen]) == (False, [True])
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("city.toml", "")
    with pytest.raises(DataError, match="leads out"):
        packs.read_upload(uploaded(tmp_path / "upload", out.getvalue()))
    assert watched.stat().st_atime == 0


def uploaded(folder: Path, content: bytes) -> Path:
    folder.mkdir()
    write(folder / "files" / "mine.zip", content)
    return folder


def test_memory_of_a_reader_of_packs_ends_where_its_process_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(background, "LIMIT_BYTES", 2_000_000_000)
    monkeypatch.setattr(background, "_pools", [])
    with pytest.raises(DataError, match="more than 2 GB"):
        background.run(Language(), hungry, tmp_path)
