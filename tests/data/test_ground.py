"""A base map is made from vector tiles, is where its city is, and gives its tiles, names and shapes for pictures."""

from __future__ import annotations

import gzip
import tarfile
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from data import ground, ground_making
from data.connectors import openmaptiles
from data.errors import SourceError

# Two tiles of zoom 14 side by side, in metres of EPSG:3857: each is 2,446 m wide.
WIDTH_M = 2 * 20037508.342789244 / 2**14
WEST, NORTH = -20037508.342789244 + 8600 * WIDTH_M, 20037508.342789244 - 5500 * WIDTH_M
MIDDLE = WEST + WIDTH_M, NORTH - WIDTH_M / 2  # of the edge between them
LAKE = shapely.box(MIDDLE[0] - 500, MIDDLE[1] - 300, MIDDLE[0] + 500, MIDDLE[1] + 300)


def point(right_m: float, up_m: float) -> shapely.Point:
    return shapely.Point(MIDDLE[0] + right_m, MIDDLE[1] + up_m)


def line(up_m: float) -> shapely.LineString:
    return shapely.LineString([point(-900, up_m), point(900, up_m)])


LAYERS = {
    "water": [("lake", "", LAKE)],
    "waterway": [("river", "Brook", line(-500))],
    "landcover": [("wood", "", shapely.box(*point(600, 0).coords[0], *point(900, 300).coords[0]))],
    "landuse": [("residential", "", shapely.box(*point(-900, 0).coords[0], *point(-600, 300).coords[0]))],
    "transportation": [("rail", "", line(-600))],
    "transportation_name": [("primary", "Long Street", line(700)), ("path", "Footway", line(800))],
    "place": [("suburb", "Lakeside", point(100, 900)), ("isolated_dwelling", "Mill", point(0, 850))],
    "water_name": [("lake", "Long Lake", point(50, 0)), ("lake", "Fountain", point(-700, 100))],
}


def write_tiles(folder: Path) -> Path:
    """The layers as an archive of tiles; layers of a tile follow each other in its file."""
    for name, rows in LAYERS.items():
        classes, names, shapes = zip(*rows, strict=True)
        table = gpd.GeoDataFrame({"class": classes, "name:latin": names}, geometry=list(shapes), crs=3857)
        options = {"MINZOOM": 14, "MAXZOOM": 14, "COMPRESS": "NO", "FORMAT": "DIRECTORY"}
        table.to_file(folder / "made" / name, layer=name, driver="MVT", **options)
    for tile in (folder / "made").glob("*/14/*/*.pbf"):
        whole = folder / "tiles" / Path(*tile.parts[-3:])
        whole.parent.mkdir(parents=True, exist_ok=True)
        with whole.open("ab") as file:
            file.write(tile.read_bytes())
    (folder / "tiles/14/8602").mkdir()
    (folder / "tiles/14/8602/5500.pbf").touch()  # as tiles without anything come
    with tarfile.open(folder / "tiles.tar.gz", "w:gz") as tar:
        tar.add(folder / "tiles", "tiles")
    return folder / "tiles.tar.gz"


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("ground")
    (folder / "made").mkdir()
    caches = (ground.cities, ground.layers, ground.names, ground.shapes, ground._reader)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ground, "TABLES_FOLDER", folder / "tables")
        patch.setattr(ground_making, "SOURCES", {"lakeside": write_tiles(folder)})
        for cached in caches:
            cached.cache_clear()
        ground_making.make(folder, "lakeside")
        yield "lakeside"
    for cached in caches:
        cached.cache_clear()


def layer(city: str, name: str, zoom: int) -> gpd.GeoDataFrame:
    return gpd.read_file(ground.archive(city), layer=name, ZOOM_LEVEL=str(zoom))


def test_pieces_of_two_tiles_are_one_shape_again(city: str) -> None:
    lake = layer(city, "water_13", 14).union_all()
    assert lake.area == pytest.approx(1000 * 600, rel=0.01)
    assert layer(city, "street_8", 9)["kind"].tolist() == ["primary"]  # no path from afar


def test_without_tiles_nothing_is_made(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"tiles\.tar\.gz: the file is missing\. Point --sources"):
        openmaptiles.layers(tmp_path / "tiles.tar.gz", ["water"])


def test_each_zoom_has_what_it_shows(city: str) -> None:
    assert set(layer(city, "street_8", 9).get("name", [""])) <= {"", None}
    assert set(layer(city, "street_14", 14)["name"]) == {"Long Street", "Footway"}
    assert set(layer(city, "lake_name", 14)["name"]) == {"Long Lake"}  # in no water large enough: a fountain


def test_places_are_named_where_they_are(city: str) -> None:
    (kind, name, lon, lat), *others = ground.names(city)
    assert (kind, name, others) == ("suburb", "Lakeside", [])
    at = gpd.GeoSeries([point(100, 900)], crs=3857).to_crs(4326).iloc[0]
    assert (lon, lat) == pytest.approx((at.x, at.y), abs=0.002)  # a tile of zoom 8 knows some 40 m
    assert ground.names("nowhere") == []


def test_the_ground_is_where_the_city_is(city: str) -> None:
    middle = gpd.GeoSeries([point(0, 0)], crs=3857).to_crs(4326).iloc[0]
    assert ground.at(middle.x, middle.y) == city
    assert ground.at(middle.x + 1, middle.y) == ""


def test_a_tile_is_given_and_a_missing_one_is_none(city: str) -> None:
    assert b"Long Street" in gzip.decompress(ground.tile(city, 14, 8600, 5500) or b"")
    assert ground.tile(city, 14, 0, 0) is None
    assert ground.tile(city, 14, -1, 5500) is None
    assert ground.tile("../lakeside", 14, 8600, 5500) is None


def test_a_picture_gets_what_lies_in_its_box(city: str) -> None:
    west, south, east, north = gpd.GeoSeries([LAKE], crs=3857).to_crs(4326).total_bounds
    shapes = ground.shapes(city, (west, south, east, north))
    assert shapes["water"].to_crs(3857).union_all().area == pytest.approx(1000 * 600, rel=0.02)
    assert shapes["street"].empty  # they run 400 m north of it
    assert ground.shapes(city, (west - 9, south - 9, east + 9, north + 9))["green"].empty  # too small from afar
