"""Shapes, grids and streets of a pack: what is read, and that what is left out is counted and named."""

from __future__ import annotations

import json
import re
import shutil
import tomllib
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import h3
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely
import tomli_w
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import data
from analytics import network
from data import disclosure, grid, store
from data.city import building, checks, exporting, pack
from data.city.__main__ import main
from data.city.findings import Finding, Sum
from data.city.section_reader import ValidationResult
from data.connectors import street_network
from tests import packs
from tests.data.test_city_pack import Files, good, own_machine, written  # noqa: F401  a fixture of every test
from tests.extracts import grid_of_streets, write_extract

TEMPLATE_PEOPLE = 4024  # sum of 100 n + (0, 1, 2, 3) for n = 1 .. 4


def with_section(files: Files, text: str) -> Files:
    return {**files, "city.toml": f"{files['city.toml']}\n{text}\n"}


def built(folder: Path) -> tuple[str, list[Finding], list[Sum]]:
    sums: list[Sum] = []
    key, findings = building.build(folder, report_sums=sums.extend)
    return key, findings, sums


def whats(findings: list[Finding]) -> list[str]:
    return [finding.what for finding in findings]


# Files with shapes

NAMES = ["Schloßstraße", "Київський район", "Grünau", "Ærø"]


def template_areas() -> gpd.GeoDataFrame:
    areas = gpd.read_file(str(good()["areas.geojson"])).rename(columns={"district_name": "dist_name"})
    return areas.assign(name=NAMES)


def with_areas(folder: Path, file: str, *settings: str) -> Path:
    """The template whose manifest names another file of areas, which the test writes."""
    manifest = tomllib.loads(str(good()["city.toml"]))
    manifest["areas"] |= {"file": file, **dict(setting.split("=", 1) for setting in settings)}
    manifest["areas"]["columns"]["district_name"] = "dist_name"
    files = {**good(), "city.toml": tomli_w.dumps(manifest)}
    del files["areas.geojson"]
    return written(folder, files)


def names(folder: Path) -> list[str]:
    result = checks.check(folder)
    assert result.errors == []
    return sorted(result.tables["areas"]["name"])


def shapefile(folder: Path, areas: gpd.GeoDataFrame, encoding: str, language: int, cpg: str = "") -> dict[str, bytes]:
    """The parts of a Shapefile whose dBASE table says a language (its 30th byte) and whose .cpg may be missing."""
    folder.mkdir(exist_ok=True)
    pyogrio.write_dataframe(areas, folder / "layer.shp", driver="ESRI Shapefile", encoding=encoding)
    parts = {part.suffix: part.read_bytes() for part in folder.glob("layer.*")}
    parts[".dbf"] = parts[".dbf"][:29] + bytes([language]) + parts[".dbf"][30:]
    del parts[".cpg"]
    return parts | ({".cpg": cpg.encode()} if cpg else {})


def zip_of(path: Path, parts: dict[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


@pytest.mark.parametrize(("language", "cpg"), [(0x57, ""), (0, ""), (0x57, "ISO-8859-1"), (0, "UTF-8")])
def test_a_shapefile_in_utf_8_has_its_names_whatever_it_says(tmp_path: Path, language: int, cpg: str) -> None:
    folder = with_areas(tmp_path / "pack", "areas.zip")
    parts = shapefile(tmp_path / "shape", template_areas(), "utf-8", language, cpg)
    zip_of(folder / "areas.zip", {f"Поділ/areas{ending}": content for ending, content in parts.items()})
    assert names(folder) == sorted(NAMES)
    assert checks.check(folder).findings == []


def test_a_shapefile_in_another_encoding_is_guessed_with_a_warning_or_stated(tmp_path: Path) -> None:
    cyrillic = ["Подільський район", "Печерський район", "Голосіївський район", "Оболонський район"]
    areas = template_areas().assign(name=cyrillic)
    for stated in ([], ["encoding=cp1251"]):
        folder = with_areas(tmp_path / "pack", "areas.zip", *stated)
        parts = shapefile(tmp_path / "shape", areas, "cp1251", 0x57)
        zip_of(folder / "areas.zip", {f"areas{ending}": content for ending, content in parts.items()})
        assert names(folder) == sorted(cyrillic)
        said = [] if stated else ["the Shapefile does not say its encoding; it was read as cp1251"]
        assert whats(checks.check(folder).findings) == said


def test_a_word_cut_in_the_middle_of_a_letter_loses_no_more_than_this_letter(tmp_path: Path) -> None:
    parts = shapefile(tmp_path / "shape", template_areas().assign(name=["ö" * 4] * 4), "utf-8", 0)
    parts[".dbf"] = parts[".dbf"].replace("öööö".encode(), "ööö".encode() + b"\xc3 ")
    folder = with_areas(tmp_path / "pack", "areas.zip")
    zip_of(folder / "areas.zip", {f"areas{ending}": content for ending, content in parts.items()})
    assert set(names(folder)) == {"ööö"}


def test_of_several_layers_the_stated_one_is_read(tmp_path: Path) -> None:
    areas = template_areas()
    folder = with_areas(tmp_path / "pack", "areas.gpkg")
    for layer, rows in {"cities": areas.dissolve().assign(id="c"), "quarters": areas}.items():
        pyogrio.write_dataframe(rows, folder / "areas.gpkg", layer=layer)
    (finding,) = checks.check(folder).errors
    assert finding.what == "the file has 2 layers with shapes"
    assert finding.hint == 'Write layer = "..." in city.toml; the file has cities, quarters'
    for layer, count in {"quarters": 4, "streets": 0}.items():
        again = with_areas(tmp_path / "again", "areas.gpkg", f"layer={layer}")
        shutil.copy(folder / "areas.gpkg", again)
        result = checks.check(again)
        assert len(result.tables.get("areas", [])) == count
    assert whats(result.errors) == ["there is no layer 'streets'"]


def test_styles_beside_the_only_layer_are_no_layer(tmp_path: Path) -> None:
    folder = with_areas(tmp_path / "pack", "areas.gpkg")
    pyogrio.write_dataframe(pd.DataFrame({"style": ["red"]}), folder / "areas.gpkg", layer="layer_styles")
    pyogrio.write_dataframe(template_areas(), folder / "areas.gpkg", layer="quarters")
    assert names(folder) == sorted(NAMES)


def test_a_zip_of_several_shapefiles_and_of_macos_shadows(tmp_path: Path) -> None:
    parts = shapefile(tmp_path / "shape", template_areas(), "utf-8", 0)
    two = {f"{stem}{ending}": content for stem in ("quarters", "streets") for ending, content in parts.items()}
    folder = with_areas(tmp_path / "pack", "areas.zip")
    zip_of(folder / "areas.zip", two)
    assert whats(checks.check(folder).errors) == ["the file has 2 layers with shapes"]
    folder = with_areas(tmp_path / "pack", "areas.zip", "layer=quarters")
    zip_of(folder / "areas.zip", two)
    assert names(folder) == sorted(NAMES)
    folder = with_areas(tmp_path / "pack", "areas.zip")
    shadows = {f"__MACOSX/._quarters{ending}": b"shadow" for ending in parts}
    zip_of(folder / "areas.zip", {f"quarters{ending}": content for ending, content in parts.items()} | shadows)
    assert names(folder) == sorted(NAMES)


def kml(areas: gpd.GeoDataFrame) -> str:
    marks = []
    for row in areas.itertuples():
        line = " ".join(f"{x},{y},0" for x, y in row.geometry.exterior.coords)
        data_of = "".join(f'<Data name="{key}"><value>{getattr(row, key)}</value></Data>' for key in ("district",))
        marks.append(
            f"<Placemark><name>{row.name}</name><ExtendedData><Data name='code'><value>{row.id}</value></Data>{data_of}"
            f"<Data name='dist_name'><value>{row.dist_name}</value></Data></ExtendedData><Polygon><outerBoundaryIs>"
            f"<LinearRing><coordinates>{line}</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>"
        )
    start = '<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>'
    return f"{start}{''.join(marks)}</Document></kml>"


def topojson(areas: gpd.GeoDataFrame) -> str:
    rings = [[list(point) for point in shape.exterior.coords] for shape in areas.geometry]
    shapes = [
        {"type": "Polygon", "arcs": [[number]], "properties": dict(row)}
        for number, row in enumerate(areas.drop(columns="geometry").to_dict("records"))
    ]
    objects = {"quarters": {"type": "GeometryCollection", "geometries": shapes}}
    return json.dumps({"type": "Topology", "objects": objects, "arcs": rings}, ensure_ascii=False)


def write_kmz(areas: gpd.GeoDataFrame, path: Path) -> None:
    zip_of(path, {"doc.kml": kml(areas).encode()})


WRITERS = {
    "areas.kml": lambda areas, path: path.write_text(kml(areas), encoding="utf-8"),
    "areas.kmz": write_kmz,
    "areas.topojson": lambda areas, path: path.write_text(topojson(areas), encoding="utf-8"),
    "areas.json": lambda areas, path: path.write_text(topojson(areas), encoding="utf-8"),
    "areas.fgb": lambda areas, path: pyogrio.write_dataframe(areas, path, driver="FlatGeobuf"),
    "Райони 区.gpkg": lambda areas, path: pyogrio.write_dataframe(areas, path, driver="GPKG"),
}


@pytest.mark.parametrize("file", sorted(WRITERS))
def test_formats_of_shapes_keep_ids_names_and_outlines(tmp_path: Path, file: str) -> None:
    areas = template_areas()
    folder = with_areas(tmp_path / "pack", file)
    if file.endswith(("kml", "kmz")):
        text = (folder / "city.toml").read_text().replace('id = "id"', 'id = "code"', 1)
        (folder / "city.toml").write_text(text.replace('name = "name"', 'name = "Name"', 1))
    WRITERS[file](areas, folder / file)
    result = checks.check(folder)
    assert result.errors == []
    table = result.tables["areas"].set_index("area_id")
    assert table["name"].to_dict() == dict(zip(areas["id"], NAMES, strict=True))
    assert not table.geometry.has_z.any()
    expected = areas.set_index("id").to_crs(3067).area
    assert table.to_crs(3067).area.to_dict() == pytest.approx(expected.to_dict(), rel=1e-4)


CELLS = {
    "wkt": lambda shape: shape.wkt,
    "ewkt": lambda shape: f"SRID=4326;{shape.wkt}",
    "geojson": lambda shape: shapely.to_geojson(shape),
    "wkb": lambda shape: shape.wkb_hex,
}


@pytest.mark.parametrize("form", sorted(CELLS))
def test_outlines_stand_in_a_column_of_a_csv(tmp_path: Path, form: str) -> None:
    areas = template_areas()
    folder = with_areas(tmp_path / "pack", "areas.csv")
    cells = areas.drop(columns="geometry").assign(the_geom=areas.geometry.map(CELLS[form]))
    cells.to_csv(folder / "areas.csv", index=False, sep=";")
    result = checks.check(folder)
    warned = whats(result.findings)
    assert result.errors == []
    assert warned == ([] if form == "ewkt" else [warned[0]])
    assert gpd.GeoDataFrame(result.tables["areas"]).geometry.tolist() == areas.geometry.tolist()
    (folder / "areas.csv").write_text(
        (folder / "areas.csv").read_text().replace(CELLS[form](areas.geometry[1]).replace('"', '""'), "somewhere")
    )
    wrong = checks.check(folder).errors
    assert (wrong[0].what, wrong[0].row, wrong[0].column) == ("'somewhere' is no shape", 3, "the_geom")


def test_outlines_stand_as_bytes_in_a_parquet_file_that_is_no_geoparquet(tmp_path: Path) -> None:
    areas = template_areas()
    folder = with_areas(tmp_path / "pack", "areas.parquet")
    pd.DataFrame(areas.drop(columns="geometry")).assign(wkb=areas.geometry.to_wkb()).to_parquet(
        folder / "areas.parquet"
    )
    result = checks.check(folder)
    assert result.errors == []
    assert gpd.GeoDataFrame(result.tables["areas"]).geometry.tolist() == areas.geometry.tolist()


def test_outlines_with_latitude_first_are_called_so(tmp_path: Path) -> None:
    areas = template_areas()
    folder = with_areas(tmp_path / "pack", "areas.csv")
    exchanged = shapely.transform(areas.geometry.array, lambda xy: xy[:, ::-1])
    areas.drop(columns="geometry").assign(wkt=[shape.wkt for shape in exchanged]).to_csv(folder / "areas.csv")
    assert whats(checks.check(folder).errors)[0] == "longitude and latitude are exchanged"


def test_points_stand_in_a_column_in_metres_or_as_latitude_and_longitude(tmp_path: Path) -> None:
    files = good()
    point = gpd.GeoSeries([shapely.Point(24.935, 60.165)], crs=4326).to_crs(3067)[0]
    files["services.csv"] = f"id,kind,name,places,wo\n1,library,A,,SRID=3067;{point.wkt}\n"
    manifest = tomllib.loads(str(files["city.toml"]))
    manifest["services"]["columns"] = {"id": "id", "kind": "kind", "geometry": "wo"}
    files["city.toml"] = tomli_w.dumps(manifest)
    table = checks.check(written(tmp_path / "pack", files)).tables["services"]
    assert (table.geometry.x[0], table.geometry.y[0]) == pytest.approx((24.935, 60.165), abs=1e-6)
    files["services.csv"] = 'id,kind,name,places,wo\n1,library,A,,"60.165, 24.935"\n'
    table = checks.check(written(tmp_path / "pack", files)).tables["services"]
    assert (table.geometry.x[0], table.geometry.y[0]) == (24.935, 60.165)


# Services and stops


def test_a_place_in_the_city_s_box_but_in_no_area_is_counted_and_named(tmp_path: Path) -> None:
    files = good()
    areas = gpd.read_file(str(files["areas.geojson"]))
    files["areas.geojson"] = areas[areas["id"] != "04"].to_json()  # the upper right quarter is a hole
    files["residents.csv"] = re.sub(r"04,.*\n", "", str(files["residents.csv"]))
    _key, findings, sums = built(written(tmp_path / "pack", files))
    assert whats(findings) == ["1 of 4 places lie in no area of the city and are left out ('School')"]
    assert findings[0].row == 3
    assert str(sums[-1]) == "services.csv holds 4 services, the city has 3 (1 lie in no area)."
    assert "School" not in set(data.table("facilities", "testville")["name"])


def test_kinds_that_are_left_out_are_no_loss_without_a_word(tmp_path: Path) -> None:
    manifest = tomllib.loads(str(good()["city.toml"]))
    manifest["services"]["kinds"] = {"daycare": "", "school_primary": ""}
    files = {**good(), "city.toml": tomli_w.dumps(manifest)}
    files["services.csv"] = str(files["services.csv"]).replace("24.946", "24.99")  # of the doctor
    note = checks.check(written(tmp_path / "pack", files)).notes[-1].what
    assert note == (
        "services.csv holds 4 services, the city has 1 (2 are of kinds that are left out, 1 lie in no area)."
    )


def test_a_place_on_the_line_between_two_areas_stays(tmp_path: Path) -> None:
    files = good()
    files["services.csv"] = (
        "id,kind,name,places,lon,lat\n1,library,On the line,,24.94,60.165\n2,library,Corner,,24.94,60.17\n"
    )
    folder = written(tmp_path / "pack", files)
    assert whats(checks.check(folder).findings) == []
    building.build(folder)
    assert data.table("facilities", "testville")["name"].tolist() == ["On the line", "Corner"]


def test_no_place_in_the_city_is_an_error(tmp_path: Path) -> None:
    files = good()
    files["services.csv"] = "id,kind,name,places,lon,lat\n1,library,Far,,24.5,60.165\n"
    assert "no place lies in the city" in whats(checks.check(written(tmp_path / "pack", files)).errors)


# Streets


def streets(tmp_path: Path, nodes: dict, ways: dict) -> Path:
    """The template with an extract as its streets."""
    files = with_section(good(), '[network]\nfile = "streets.osm.pbf"\nperiod = "2026-01"')
    folder = written(tmp_path / "pack", files)
    write_extract(folder / "streets.osm.pbf", nodes, ways)
    return folder


def test_streets_without_shops_and_without_the_tag_foot_are_the_city_s(tmp_path: Path) -> None:
    folder = streets(tmp_path, *grid_of_streets(24.93, 60.16))
    result = checks.check(folder)
    assert result.findings == []
    note = "4,024 of 4,024 residents (100.0%) live within 200 m of the streets."
    assert note in whats(result.notes)
    building.build(folder)
    assert len(data.table("network_nodes", "testville")) == 81
    assert len(data.table("network_edges", "testville")) == 2 * 9 * 8


def test_an_extract_without_ways_says_so_and_the_city_is_built_without_streets(tmp_path: Path) -> None:
    nodes, _ways = grid_of_streets(24.93, 60.16)
    folder = streets(tmp_path, nodes, {1: ([1, 2, 3], {"building": "yes"})})
    _key, findings, _sums = built(folder)
    assert whats(findings) == ["the extract has no ways to walk on; distances will be straight lines"]
    assert not data.has("network_nodes", "testville")


def test_ways_that_are_closed_to_people_on_foot_are_the_city_s_but_none_to_walk_on(tmp_path: Path) -> None:
    nodes, _ways = grid_of_streets(24.93, 60.16)
    ways = {1: ([1, 2, 3], {"highway": "motorway"}), 2: ([4, 5], {"highway": "track", "foot": "no"})}
    (finding,) = checks.check(streets(tmp_path, nodes, ways)).findings
    assert finding.what == "the extract has no ways to walk on; distances will be straight lines"


def test_an_extract_of_elsewhere_is_an_error(tmp_path: Path) -> None:
    folder = streets(tmp_path, *grid_of_streets(13.4, 52.5))
    assert whats(checks.check(folder).errors) == ["the extract's streets are not those of the city"]


def test_streets_of_half_a_city_say_whom_they_reach(tmp_path: Path) -> None:
    """Streets end at 24.94: of the quarters' 410, 814, 1,218 and 1,622 people the second and fourth live beyond."""
    nodes, ways = grid_of_streets(24.93, 60.16, columns=5)
    (finding,) = checks.check(streets(tmp_path, nodes, ways)).findings
    assert finding.level == "warning"
    count = re.match(
        r"([\d,]+) of 4,024 residents \((\d+\.\d)%\) live within 200 m of the streets; walks", finding.what
    )
    assert count is not None, finding.what
    near = int(count[1].replace(",", ""))
    # Quarters one and three (406 + 1,206) live near; of the others those of the first 200 of 555 metres.
    assert 406 + 1206 + 0.2 * 2412 < near < 406 + 1206 + 0.5 * 2412
    assert float(count[2]) == pytest.approx(100 * near / TEMPLATE_PEOPLE, abs=0.06)


def test_an_island_with_a_ferry_is_named(tmp_path: Path) -> None:
    """Two grids of 45 nodes and one of 30, joined by a ferry only, on whose way people do not walk."""
    west, ways = grid_of_streets(24.93, 60.16, columns=5)
    east, more = grid_of_streets(24.9425, 60.16, columns=3, rows=9, first=100)
    ferry = {999: ([5, 100], {"route": "ferry"}), 1000: ([5, 101], {"route": "ferry", "highway": "footway"})}
    folder = streets(tmp_path, west | east, ways | more | ferry)
    (finding,) = checks.check(folder).findings
    assert "used is the largest of 2 parts, 62.5% of their nodes; 2 ferry lines are not walked on" in finding.what
    walked = street_network.network(folder / "streets.osm.pbf", 3067)
    assert (len(walked.nodes), walked.parts, walked.ferries) == (45, 2, 2)
    assert walked.share == pytest.approx(45 / 72)


def test_slopes_and_closed_ways_of_an_extract_bar_wheelchairs(tmp_path: Path) -> None:
    """A square of four corners: the short side is steep, another closed to wheelchairs, one gentle, one unknown."""
    nodes: dict[int, Any] = {
        1: (24.930, 60.160, {}),
        2: (24.935, 60.160, {}),
        3: (24.935, 60.1625, {}),
        4: (24.930, 60.1625, {}),
    }
    street = {"highway": "residential"}
    ways = {
        11: ([1, 2], street | {"incline": "-8 %"}),
        12: ([2, 3], street | {"incline": "5%"}),
        13: ([3, 4], street | {"incline": "up"}),
        14: ([4, 1], street | {"wheelchair": "no"}),
    }
    folder = streets(tmp_path, nodes, ways)
    walked = street_network.network(folder / "streets.osm.pbf", 3067)
    assert sorted(walked.edges["incline"].dropna()) == [5, 8]
    assert sorted(walked.edges["wheelchair"]) == ["", "", "", "no"]
    on_foot, rolled = (network.streets(walked.nodes, walked.edges, travel) for travel in ("foot", "wheelchair"))
    assert (on_foot.ways.nnz, rolled.ways.nnz) == (8, 4)
    assert street_network.inclines(pd.Series(["10°", "3,5 %", "+2%", "steep", "", "900%"])).tolist() == pytest.approx(
        [17.6, 3.5, 2.0, np.nan, np.nan, 900], nan_ok=True
    )


def test_an_extract_that_is_cut_off_is_an_error(tmp_path: Path) -> None:
    folder = streets(tmp_path, *grid_of_streets(24.93, 60.16))
    content = (folder / "streets.osm.pbf").read_bytes()
    (folder / "streets.osm.pbf").write_bytes(content[: len(content) * 2 // 3])
    (error,) = checks.check(folder).errors
    assert error.file == "streets.osm.pbf"
    assert error.what.startswith("the extract cannot be read (")


def test_of_a_city_on_an_island_the_streets_are_its_own_not_those_of_the_larger_shore(tmp_path: Path) -> None:
    """The island has 81 nodes in the city; the shore beyond its western line has 400."""
    island, ways = grid_of_streets(24.93, 60.16)
    shore, more = grid_of_streets(24.9005, 60.16, columns=20, rows=20, step=0.0015, first=1000)
    folder = streets(tmp_path, island | shore, ways | more)
    result = checks.check(folder)
    assert result.findings == []
    assert "4,024 of 4,024 residents (100.0%) live within 200 m of the streets." in whats(result.notes)


# Grids


def squares(west_m: int, south_m: int, columns: int, rows: int, side_m: int) -> list[shapely.Polygon]:
    return [
        shapely.box(west_m + side_m * x, south_m + side_m * y, west_m + side_m * (x + 1), south_m + side_m * (y + 1))
        for x in range(columns)
        for y in range(rows)
    ]


def grid_pack(folder: Path, grid: gpd.GeoDataFrame, more: str = 'period = "2024"') -> Path:
    text = f'[city]\nname = "Grid"\ncountry = "FIN"\n[grid]\nfile = "grid.gpkg"\n{more}\n'
    folder = written(folder, {"city.toml": text})
    grid.to_file(folder / "grid.gpkg")
    return folder


@pytest.mark.parametrize("side_m", [100, 250, 1000])
def test_a_city_of_a_grid_alone_loses_nobody(tmp_path: Path, side_m: int) -> None:
    shapes = squares(385_000, 6_672_000, 12, 12, side_m)
    grid = gpd.GeoDataFrame({"persons": [100.3 + n for n in range(144)]}, geometry=shapes, crs=3067)
    key, findings, sums = built(grid_pack(tmp_path / "pack", grid))
    people = round(sum(100.3 + n for n in range(144)))
    assert findings == []
    assert data.table("residents", key)["persons"].sum() == people == 24_739
    assert str(sums[0]) == "grid.gpkg holds 24,739 persons of 2024-12-31, the city has 24,739."


def test_people_of_a_grid_outside_the_drawn_areas_are_counted(tmp_path: Path) -> None:
    # Four points inside, one in a place 2 km west of all areas, one of nobody.
    grid = (
        "persons,lon,lat\n100,24.935,60.165\n200,24.945,60.165\n300,24.935,60.175\n400,24.945,60.175\n"
        "250,24.89,60.165\n0,24.955,60.165\n"
    )
    folder = written(tmp_path / "pack", without_residents({"grid.csv": grid}))
    result = checks.check(folder)
    assert whats(result.findings) == ["250 of the grid's 1,250 people (20.0%) live outside the areas and are left out"]
    key, _findings, sums = built(folder)
    assert str(sums[-1]) == (
        "grid.csv holds 1,250 persons of 2025-12-31, the city has 1,000 (others live outside the areas)."
    )
    assert data.table("residents", key)["persons"].sum() == 1000


def without_residents(more: dict[str, str]) -> Files:
    """The template with a grid in the place of its residents."""
    manifest = tomllib.loads(str(good()["city.toml"])) | {"grid": {"file": "grid.csv", "period": "2025"}}
    del manifest["residents"]
    return {**good(), "city.toml": tomli_w.dumps(manifest), **more}


def test_an_area_beyond_the_grid_is_not_known_and_never_empty(tmp_path: Path) -> None:
    """The grid ends at 24.94: of the eastern quarters nothing is known; in the west one quarter has nobody."""
    grid = "persons,lon,lat\n" + "".join(
        f"{count},{lon},{lat}\n"
        for count, lon, lat in ((70, 24.931, 60.161), (30, 24.932, 60.161), (0, 24.931, 60.178), (40, 24.932, 60.169))
    )
    folder = written(tmp_path / "pack", without_residents({"grid.csv": grid}))
    key, findings, _sums = built(folder)
    assert whats(findings) == ["2 areas lie beyond the grid (first: 02); who lives there is not known"]
    people = data.table("residents", key).set_index("area_id")["persons"]
    assert people.sum() == 140
    assert not {"02", "04"} & set(people.index)


def test_people_of_small_squares_live_in_the_hexagon_around_them() -> None:
    """Squares of 20 m hold no hexagon's centre but one: their people are in the hexagon whose centre is nearest."""
    area = gpd.GeoDataFrame(
        {"area_id": ["a"]}, geometry=[shapely.box(385_000, 6_672_000, 386_000, 6_673_000)], crs=3067
    )
    middle = shapely.Point(385_500, 6_672_500)
    home = gpd.GeoDataFrame({"persons": [12.0]}, geometry=[middle.buffer(10, cap_style="square")], crs=3067)
    cells = grid.cells(area, home)
    lived_in = cells[cells["share"] > 0]
    assert lived_in["share"].tolist() == [1.0]
    distance_m = ((cells["x"] - middle.x) ** 2 + (cells["y"] - middle.y) ** 2) ** 0.5
    assert lived_in.index[0] == distance_m.idxmin()


def test_residents_of_areas_that_a_grid_alone_does_not_draw_are_an_error(tmp_path: Path) -> None:
    files = good()
    manifest = tomllib.loads(str(files["city.toml"])) | {"grid": {"file": "grid.csv", "period": "2025"}}
    del manifest["areas"]
    files |= {"city.toml": tomli_w.dumps(manifest), "grid.csv": "persons,lon,lat\n4024,24.935,60.165\n"}
    del files["areas.geojson"]
    errors = checks.check(written(tmp_path / "pack", files)).errors
    assert "4 areas are named that the pack does not draw (first: 01)" in whats(errors)


def test_a_grid_s_day_is_asked_for(tmp_path: Path) -> None:
    grid = gpd.GeoDataFrame({"persons": [100]}, geometry=squares(385_000, 6_672_000, 1, 1, 250), crs=3067)
    folder = grid_pack(tmp_path / "pack", grid, "")
    assert whats(checks.check(folder).errors) == ["[grid] says no day for its figures (period = '')"]


def grid_csv(folder: Path, text: str) -> ValidationResult:
    manifest = '[city]\nname = "Grid"\ncountry = "FIN"\n[grid]\nfile = "grid.csv"\nperiod = "2024"\n'
    return checks.check(written(folder, {"city.toml": manifest, "grid.csv": text}))


def test_cells_are_told_by_long_and_short_codes_and_by_h3(tmp_path: Path) -> None:
    long = grid_csv(
        tmp_path / "a", "GRD_ID,T\nCRS3035RES1000mN4201000E5137000,100\nCRS3035RES1000mN4202000E5137000,50\n"
    )
    short = grid_csv(tmp_path / "b", "grid_id,persons\n1kmN4201E5137,100\n1kmN4202E5137,50\n")
    assert long.errors == short.errors == []
    assert long.tables["grid"].geometry.tolist() == short.tables["grid"].geometry.tolist()
    hundred = grid_csv(tmp_path / "c", "Gitter_ID_100m;Einwohner\n100mN42010E51370;7\n")
    assert hundred.tables["grid"].to_crs(3035).total_bounds.round().tolist() == [5137000, 4201000, 5137100, 4201100]
    cell = h3.latlng_to_cell(60.17, 24.94, 8)
    kontur = grid_csv(tmp_path / "d", f"h3,population\n{cell},321\n")
    assert kontur.errors == []
    assert kontur.tables["grid"].geometry.contains(shapely.Point(24.94, 60.17)).all()
    wrong = grid_csv(tmp_path / "e", "GRD_ID,T\n1kmN4201E5137,100\n1kmN4201,50\n")
    assert [(one.what, one.row) for one in wrong.errors] == [("'1kmN4201' is no cell code", 3)]
    twice = grid_csv(tmp_path / "f", "GRD_ID,T\n1kmN4201E5137,100\nCRS3035RES1000mN4201000E5137000,50\n")
    assert [(one.what, one.row) for one in twice.errors] == [("the cell stands twice, so people would count twice", 3)]


def test_thousands_of_a_grid_are_thousands(tmp_path: Path) -> None:
    cells = "lon;lat;persons\n24.93;60.16;1,250\n24.94;60.16;2,500\n24.95;60.16;300\n24.93;60.17;11,000\n"
    result = grid_csv(tmp_path / "pack", cells)
    assert result.errors or result.tables["grid"]["persons"].sum() == 1250 + 2500 + 300 + 11_000


def test_of_a_grid_of_several_days_the_newest_is_used_and_the_rest_is_said(tmp_path: Path) -> None:
    cells = (
        "lon,lat,persons,year\n24.93,60.16,100,2011\n24.94,60.16,100,2011\n24.93,60.16,120,2021\n24.94,60.16,80,2021\n"
    )
    result = grid_csv(tmp_path / "pack", cells)
    assert whats(result.findings) == [
        "the grid has several days; that of 2021-12-31 is used, 2 older rows are left out"
    ]
    assert result.notes[0].what == "grid.csv holds 200 persons of 2021-12-31, the city has 200."


def test_a_grid_of_nobody_is_an_error(tmp_path: Path) -> None:
    assert whats(grid_csv(tmp_path / "a", "lon,lat,persons\n24.93,60.16,0\n").errors) == ["the grid counts no one"]
    assert whats(grid_csv(tmp_path / "b", "lon,lat,persons\n24.93,60.16,\n").errors) == ["the grid counts no one"]


# Names in any script


def test_names_with_signs_are_ids_without_them_and_other_files_write_them_either_way(tmp_path: Path) -> None:
    areas = template_areas().assign(id=["Neustadt (Nord)", "L’Estaque, Sud", "Київ/Поділ", "Plain"])
    folder = with_areas(tmp_path / "pack", "areas.gpkg")
    pyogrio.write_dataframe(areas, folder / "areas.gpkg")
    ids = {"01": "Neustadt (Nord)", "02": '"L’Estaque, Sud"', "03": "Київ Поділ", "04": "Plain"}
    rows = re.sub(r"^0\d", lambda match: ids[match[0]], (folder / "residents.csv").read_text(), flags=re.MULTILINE)
    (folder / "residents.csv").write_text(rows)
    result = checks.check(folder)
    assert result.errors == []
    assert result.findings[0].what == (
        "3 values of id have signs that an id cannot have; they are left out ('Neustadt (Nord)' is 'Neustadt Nord')"
    )
    people = result.tables["residents"].groupby("area_id")["persons"].sum().to_dict()
    assert people == {"Neustadt Nord": 406, "L Estaque Sud": 806, "Київ Поділ": 1206, "Plain": 1606}


@pytest.mark.parametrize(
    ("name", "key"),
    [("Київ", "kiiv"), ("北京", "beijing"), ("São Paulo", "sao-paulo"), ("Łódź", "lodz"), ("القاهرة", "lqhrh")],
)
def test_a_city_s_name_in_any_script_makes_its_key(tmp_path: Path, name: str, key: str) -> None:
    files = {**good(), "city.toml": str(good()["city.toml"]).replace("Testville", name)}
    assert checks.check(written(tmp_path / "pack", files)).errors == []
    assert pack.key_of(name) == key


def test_a_name_without_letters_asks_for_a_key(tmp_path: Path) -> None:
    files = {**good(), "city.toml": str(good()["city.toml"]).replace("Testville", "…!")}
    assert whats(checks.check(written(tmp_path / "pack", files)).errors) == [
        "[city] has no name of letters for the links"
    ]


# Small and awkward cities


def one_area(folder: Path, persons: str, nodes: dict | None = None, ways: dict | None = None) -> Path:
    """A city of one square that is its only area, with its residents of 2013 and streets if there are nodes."""
    network = '[network]\nfile = "s.osm.pbf"' if nodes else ""
    text = (
        '[city]\nname = "One"\ncountry = "FIN"\n[areas]\nfile = "a.geojson"\n'
        f'[residents]\nfile = "r.csv"\nperiod = "2013"\n{network}\n'
    )
    square = gpd.GeoDataFrame({"id": ["a"]}, geometry=[shapely.box(24.93, 60.16, 24.95, 60.18)], crs=4326)
    folder = written(folder, {"city.toml": text, "r.csv": f"area,persons\na,{persons}\n"})
    square.to_file(folder / "a.geojson")
    if nodes:
        write_extract(folder / "s.osm.pbf", nodes, ways or {})
    return folder


@pytest.mark.parametrize(("persons", "shown"), [("5000", 5000), ("0", 0), ("7", None), ("", None)])
def test_a_city_of_one_area_is_built_and_small_or_unknown_counts_are_no_zero(
    tmp_path: Path, persons: str, shown: int | None
) -> None:
    nodes, ways = grid_of_streets(24.93, 60.16)
    key, _findings, _sums = built(one_area(tmp_path / "pack", persons, nodes, ways))
    (count,) = data.table("residents", key)["persons"]
    assert (None if pd.isna(count) else count) == shown
    assert len(data.table("network_nodes", key)) == 81
    assert data.table("areas", key)["level"].tolist() == ["city", "planning_area"]


def test_streets_of_one_way_reach_few(tmp_path: Path) -> None:
    nodes, _ways = grid_of_streets(24.93, 60.16)
    folder = one_area(tmp_path / "pack", "5000", nodes, {1: ([1, 2], {"highway": "footway"})})
    key, findings, _sums = built(folder)
    assert len(data.table("network_edges", key)) == 1
    assert re.match(r"\d+ of 5,000 residents \(\d\.\d%\) live within 200 m", findings[0].what)


@pytest.mark.parametrize(
    "cells", ["24.93,60.16,50\n", "24.93,60.16,5\n24.95,60.16,3\n", "24.93,60.16,12\n24.95,60.16,0\n"]
)
def test_a_grid_of_a_place_or_two_is_a_city(tmp_path: Path, cells: str) -> None:
    text = '[city]\nname = "Few"\ncountry = "FIN"\n[grid]\nfile = "g.csv"\nperiod = "2013"\n'
    key, _findings, _sums = built(written(tmp_path / "pack", {"city.toml": text, "g.csv": f"lon,lat,persons\n{cells}"}))
    people = data.table("residents", key)["persons"]
    known = [int(row.rsplit(",", 1)[1]) for row in cells.split()]
    assert people.sum() in (0, sum(known))
    assert not ((people > 0) & (people < 10)).any()


# The last line


def test_the_check_s_last_line_holds_each_file_s_sum(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = written(tmp_path / "pack", good())
    said = (
        "areas.geojson holds 4 areas, the city has 4. residents.csv holds 4,024 persons of 2025-12-31, the city has "
        "4,024. services.csv holds 4 services, the city has 4."
    )
    assert main(["check", str(folder)]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == said
    assert main(["build", str(folder)]) == 0
    assert said in capsys.readouterr().out.splitlines()


def test_a_gap_is_no_zero_in_the_last_line(tmp_path: Path) -> None:
    files = good()
    files["residents.csv"] = re.sub(r"(0[12],.*),\d+\n", r"\1,\n", str(files["residents.csv"]))
    folder = written(tmp_path / "pack", files)
    said = "residents.csv holds 2,812 persons and 8 gaps of 2025-12-31, the city has 2,812."  # 4,024 - 406 - 806
    assert checks.check(folder).notes[1].what == said
    _key, _findings, sums = built(folder)
    assert str(sums[1]) == said
    files["residents.csv"] = re.sub(r",\d+\n", ",\n", str(files["residents.csv"]))
    note = checks.check(written(tmp_path / "pack", files)).notes[1].what
    assert note == "residents.csv holds no known persons and 16 gaps of 2025-12-31, the city has none."


def test_a_city_of_very_few_people_shows_none_and_says_so(tmp_path: Path) -> None:
    grid = gpd.GeoDataFrame({"persons": [5, 3]}, geometry=squares(385_000, 6_672_000, 2, 1, 250), crs=3067)
    _key, _findings, sums = built(grid_pack(tmp_path / "pack", grid))
    assert str(sums[0]) == "grid.gpkg holds 8 persons of 2024-12-31, the city has none (small counts are suppressed)."


def test_suppressed_counts_are_missing_from_the_sum_after_the_build(tmp_path: Path) -> None:
    files = with_section(good(), '[origins]\nfile = "origins.csv"\nperiod = "2025-12-31"')
    files["origins.csv"] = "area,origin,persons\n01,UKR,4\n02,UKR,40\n03,UKR,50\n04,UKR,60\n"
    folder = written(tmp_path / "pack", files)
    assert str(checks.check(folder).notes[-1].what) == "origins.csv holds 154 persons of 2025-12-31, the city has 154."
    _key, _findings, sums = built(folder)
    shown = data.table("residents_by_origin", "testville")
    shown = shown[shown["level"] == "planning_area"]["persons"].sum()
    assert shown < 154
    assert str(sums[-1]) == (
        f"origins.csv holds 154 persons of 2025-12-31, the city has {shown} (small counts are suppressed)."
    )


# A city of the app as a pack


def origins_pack(folder: Path) -> Path:
    """The template with backgrounds and origins of which some are small, goals and a grid."""
    sections = {
        "origins": "area,origin,persons\n01,UKR,4\n02,UKR,40\n03,UKR,50\n04,UKR,60\n01,SYR,20\n02,SYR,30\n03,SYR,40\n",
        "background": "area,background,persons\n01,foreign_nationals,3\n02,foreign_nationals,200\n"
        "03,foreign_nationals,300\n04,foreign_nationals,400\n",
        "social": "area,indicator,percent\n01,unemployment,5\n02,unemployment,7.5\n03,unemployment,\n",
        "targets": "indicator,value,year,level,area\nresidents,5000,2030,city,\nresidents,900,2031,district,West\n",
        "grid": "lon,lat,persons\n24.933,60.163,100\n24.937,60.167,300\n24.945,60.165,814\n24.935,60.175,1218\n"
        "24.942,60.172,22\n24.948,60.178,1600\n",
    }
    text = "\n".join(f'[{name}]\nfile = "{name}.csv"\nperiod = "2025-12-31"' for name in sections)
    return written(folder, with_section(good(), text) | {f"{name}.csv": rows for name, rows in sections.items()})


def grid_alone(folder: Path) -> Path:
    shapes = squares(385_000, 6_672_000, 6, 6, 500)
    return grid_pack(folder, gpd.GeoDataFrame({"persons": range(30, 66)}, geometry=shapes, crs=3067))


PACKS = {
    "template": lambda folder: written(folder, good()),
    "strange": packs.strange_pack,
    "districts": packs.district_pack,
    "origins": origins_pack,
    "grid": grid_alone,
}
KEYS = {
    "areas": ["level", "area_id"],
    "residents": ["period", "area_id", "age"],
    "facilities": ["kind", "source_id"],
    "cells": ["cell"],
    "residents_by_origin": ["period", "level", "area_id", "origin"],
    "residents_by_background": ["period", "level", "area_id", "background"],
    "social_monitoring": ["period", "area_id", "indicator"],
    "firms": ["period", "area_id", "activity"],
}
ROUNDED = {"lon": 1e-5, "lat": 1e-5, "x": 1.0, "y": 1.0, "area_km2": 1e-5, "share": 1e-3}  # metres, km2
LEFT_OUT = {"separation", "network_nodes", "network_edges"}  # as the command says


def known_groups(name: str, rows: pd.DataFrame) -> pd.DataFrame:
    """A table's rows; of counts by group without the groups of which no count is known, as nothing of them goes out."""
    if not name.startswith("residents_by_"):
        return rows
    by = ["period", name.removeprefix("residents_by_")]
    return rows[rows.groupby(by)["persons"].transform("count") > 0]


def assert_comes_back(pack_folder: Path, out: Path) -> None:
    """Build a pack, export its city, remove it, build the export: settings, tables and goals are what they were."""
    key, _findings = building.build(pack_folder)
    settings, goals = data.cities()[key], store.targets(key).drop(columns="id")
    before = {name: known_groups(name, data.table(name, key)) for place, name in data.catalogue() if place == key}
    before = {name: rows for name, rows in before.items() if len(rows)}
    exporting.export(key, out)
    assert main(["remove", key]) == 0
    again, findings = building.build(out)
    assert again == key
    assert replace(data.cities()[key], region_name=settings.region_name) == settings
    assert not [finding for finding in findings if "left out" in finding.what], findings
    assert {name for place, name in data.catalogue() if place == key} >= before.keys() - LEFT_OUT
    people = before["residents"][before["residents"]["period"] == before["residents"]["period"].max()]
    lived_in = set(people.loc[(people["persons"] > 0).fillna(False), "area_id"])
    for name in before.keys() & KEYS.keys():
        old, new = (
            pd.DataFrame(rows).set_index(KEYS[name]).sort_index().drop(columns=["geometry", "source"], errors="ignore")
            for rows in (before[name], known_groups(name, data.table(name, key)))
        )
        if name == "cells":  # where nobody lives, shares are shares of nobody
            old, new = (rows[rows["area_id"].isin(lived_in)] for rows in (old, new))
        for column in old.columns.intersection(list(ROUNDED)):
            assert new[column].to_numpy() == pytest.approx(old[column].to_numpy(), abs=ROUNDED[column]), name
        rest = old.columns.difference(list(ROUNDED))
        pd.testing.assert_frame_equal(old[rest], new[rest], check_dtype=False, obj=name)
    pd.testing.assert_frame_equal(store.targets(key).drop(columns="id"), goals)


@pytest.mark.parametrize("which", sorted(PACKS))
def test_a_city_that_goes_out_and_comes_back_has_the_same_tables(tmp_path: Path, which: str) -> None:
    assert_comes_back(PACKS[which](tmp_path / "pack"), tmp_path / "out")


@settings(max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.fixed_dictionaries({name: st.sampled_from(forms) for name, forms in packs.FORMS.items()}))
def test_cities_of_all_forms_come_back_the_same(tmp_path: Path, forms: dict[str, str]) -> None:
    place = tmp_path / "-".join(str(packs.FORMS[name].index(form)) for name, form in forms.items())
    shutil.rmtree(place, ignore_errors=True)
    assert_comes_back(packs.pack_of(place / "pack", "forms", forms), place / "out")


def test_published_sums_over_suppressed_counts_come_back(tmp_path: Path) -> None:
    """154 from UKR in the city: 4 of area 01 and a complement are hidden, the city's sum is published and stays."""
    key, _findings = building.build(origins_pack(tmp_path / "pack"))
    exporting.export(key, tmp_path / "out")
    sums = pd.read_csv(tmp_path / "out" / "totals.csv")
    assert sums.loc[(sums["group"] == "UKR") & (sums["level"] == "city"), "persons"].tolist() == [154]
    building.build(tmp_path / "out")
    rows = data.table("residents_by_origin", key).set_index(["origin", "level", "area_id"])
    assert rows.loc[("UKR", "city", "0"), "persons"] == 154
    assert rows.loc[("UKR", "planning_area", "01"), "suppressed"]
    assert pd.isna(rows.loc[("SYR", "city", "0"), "persons"])  # area 04 was never known


def test_a_stated_sum_never_tells_the_one_count_it_lacks(tmp_path: Path) -> None:
    """A city of 157 whose parts but one are stated: 7 could be told by subtraction, so another count is hidden too."""
    totals = '[totals]\nfile = "totals.csv"\nperiod = "2025-12-31"'
    files = with_section(good(), f'[origins]\nfile = "origins.csv"\nperiod = "2025-12-31"\n{totals}')
    files["origins.csv"] = "area,origin,persons\n02,UKR,40\n03,UKR,50\n04,UKR,60\n"
    files["totals.csv"] = "group,level,persons\nUKR,city,157\n"
    key, _findings = building.build(written(tmp_path / "pack", files))
    rows = data.table("residents_by_origin", key).set_index(["level", "area_id"])
    assert rows.loc[("city", "0"), "persons"] == 157
    leaves = rows.loc["planning_area"]
    assert leaves.loc["01", "suppressed"]
    assert leaves["suppressed"].sum() >= 2
    assert not set(leaves["persons"].dropna()) & {7}


@settings(max_examples=80)
@given(st.lists(st.integers(0, 60), min_size=6, max_size=6), st.sets(st.integers(0, 5)), st.integers(0, 2**20))
def test_stated_sums_tell_no_pool_of_less_than_ten(persons: list[int], gaps: set[int], secret: int) -> None:
    """Two districts of three areas; some counts are not known, all sums are stated. Pools are found by subtraction."""
    parents = ["n", "n", "n", "s", "s", "s"]
    areas = pd.DataFrame(
        [("city", "0", ""), ("district", "n", "0"), ("district", "s", "0")]
        + [("planning_area", str(number), parent) for number, parent in enumerate(parents)],
        columns=["level", "area_id", "parent_id"],
    ).assign(boundary_version="pack")
    day = pd.Timestamp("2025-12-31")
    whole = {("city", "0"): sum(persons), ("district", "n"): sum(persons[:3]), ("district", "s"): sum(persons[3:])}
    sums = pd.DataFrame([(*key, count) for key, count in whole.items()], columns=["level", "area_id", "persons"])
    sums = sums.assign(origin="UKR", period=day)
    known = [None if number in gaps else 3 * count for number, count in enumerate(persons)]
    sums["persons"] *= 3
    table = pd.DataFrame({"area_id": list("012345"), "persons": known}).assign(
        period=day, boundary_version="pack", origin="UKR"
    )
    around = disclosure.Surroundings(areas, {}, secret.to_bytes(4), sums)
    rows = disclosure.protect(disclosure.Rule("areas"), table, around).set_index(["level", "area_id"])["persons"]
    published = rows.dropna().astype(int)
    assert not ((published > 0) & (published < 10)).any()
    assert all(published[key] == 3 * whole[key] for key in whole if key in published)
    leaves = {parent: [("planning_area", str(n)) for n in range(6) if parents[n] == parent] for parent in "ns"}
    for parent, members in leaves.items():
        hidden = [key for key in members if key not in published]
        if ("district", parent) in published and hidden:
            rest = published["district", parent] - sum(published[key] for key in members if key in published)
            assert len(hidden) > 1
            assert rest >= 10


def test_a_stated_sum_of_what_is_no_group_or_level_is_an_error(tmp_path: Path) -> None:
    files = with_section(good(), '[totals]\nfile = "totals.csv"\nperiod = "2025-12-31"')
    files["totals.csv"] = "group,level,area,persons\nUKR,city,,157\nMartian,city,,1\nUKR,quarter,,2\nUKR,district,X,3\n"
    errors = checks.check(written(tmp_path / "pack", files)).errors
    assert [(error.what, error.row) for error in errors] == [
        ("'Martian' is no group", 3),
        ("'quarter' is no level", 4),
        ("the district 'X' is not among the areas", 5),
    ]
