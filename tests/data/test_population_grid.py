"""Population grids in their makers' layouts, cut to a city: Eurostat's census, rasters of persons, H3 hexagons."""

from __future__ import annotations

import gzip
import shutil
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import geopandas as gpd
import h3
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely
from pyproj import Transformer

from data.city import fetched_people
from data.connectors import population_grid
from data.errors import DataError, SourceError

CITY = shapely.box(24.90, 60.15, 25.00, 60.20)
X, Y = 5_140_000, 4_200_000  # EPSG:3035, near Helsinki


def squares(side: int = 4) -> shapely.Geometry:
    """The ground of side by side squares of a kilometre from X, Y (EPSG:4326), a little less than all."""
    box = shapely.box(X + 10, Y + 10, X + 1000 * side - 10, Y + 1000 * side - 10)
    return gpd.GeoSeries([box], crs=3035).to_crs(4326).iloc[0]


def census(**columns: Any) -> pd.DataFrame:
    """16 squares of the ground with 10, 20, ..., 160 people, and as many far away; half are 15 to 64, a fifth older."""
    codes = [f"CRS3035RES1000mN{Y + 1000 * n}E{X + 1000 * e}" for n in range(4) for e in range(4)]
    persons = np.arange(10, 170, 10)
    rows = pd.DataFrame({"GRD_ID": [*codes, *(code.replace("E5", "E3") for code in codes), "FI_unallocated"]})
    rows["T"] = [*persons, *persons, 5000]
    rows["M"], rows["F"] = rows["T"] // 2, rows["T"] // 2
    rows["Y_LT15"], rows["Y_1564"], rows["Y_GE65"] = rows["T"] * 3 // 10, rows["T"] // 2, rows["T"] // 5
    return rows.assign(EMP=-9999, LAND_SURFACE=1.0, POPULATED=1, CNTR_ID="FI", **columns)


def written(folder: Path, name: str, rows: pd.DataFrame) -> Path:
    path = folder / name
    if name.endswith(".csv"):
        rows.to_csv(path, index=False)
    elif name.endswith(".parquet"):
        rows.to_parquet(path, index=False)
    else:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("Grid_V3/read.me", "T: total population")
            archive.writestr("Grid_V3/ESTAT_Census_2021_V3.csv", rows.to_csv(index=False))
            archive.writestr("Grid_V3/ESTAT_Census_2021_country.csv.zip", b"not looked at")
    return path


@pytest.mark.parametrize("name", ["V3.zip", "ESTAT_Census_2021_V3.csv", "ESTAT_Census_2021_V3.parquet"])
def test_the_census_grid_is_cut_to_the_city_with_its_ages(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(population_grid, "CHUNK_ROWS", 5)  # a part at a time: the city lies in several
    part = fetched_people.read(written(tmp_path, name, census()), name, squares())
    assert part.cells["persons"].sum() == 1360
    assert part.total == 1360 + 1360 + 5000
    assert part.cells[["0-14", "15-64", "65+"]].sum().tolist() == [408, 680, 272]
    assert part.credit["period"] == "2021"
    assert part.notes == [f"population grid: its figures are of 2021, as {name} says."]
    first = part.cells.to_crs(3035).total_bounds
    assert np.allclose(first, [X, Y, X + 4000, Y + 4000], atol=0.01)


def test_the_census_grids_geopackage_is_looked_at_about_the_city_alone(tmp_path: Path) -> None:
    rows = census().iloc[:32]
    size, y, x = rows["GRD_ID"].str.extract(r"RES(\d+)mN(\d+)E(\d+)").astype(int).to_numpy().T
    shapes = shapely.box(x, y, x + size, y + size)
    path = tmp_path / "ESTAT_Census_2021_V3.gpkg"
    gpd.GeoDataFrame(rows, geometry=shapes, crs=3035).to_file(path, driver="GPKG")
    part = fetched_people.read(path, path.name, squares())
    assert part.cells[["persons", "0-14", "15-64", "65+"]].sum().tolist() == [1360, 408, 680, 272]
    assert fetched_people.share(part) == "population grid: 1,360 residents live in the city."


def test_what_the_census_withholds_is_unknown_and_never_a_count(tmp_path: Path) -> None:
    rows = census()
    rows.loc[0, "T"] = -9999  # 10 people
    rows.loc[1, ["Y_LT15", "Y_GE65"]] = -8888  # of 20
    part = fetched_people.read(written(tmp_path, "V3.zip", rows), "V3.zip", squares())
    assert part.cells["persons"].sum() == 1350
    assert part.cells["0-14"].isna().sum() == 1
    assert part.notes[0] == "population grid: the residents of 1 cells are withheld and not counted."
    areas = gpd.GeoDataFrame({"area_id": ["a"]}, geometry=[squares()], crs=4326)
    table, said = fetched_people.by_age(part, areas, 3035)
    assert table.set_index("age")["persons"].to_dict() == {"0-14": 405, "15-64": 675, "65+": 270}  # 3, 5, 2 tenths
    assert said == "ages: those of 20 residents (1.5%) are withheld and taken to be as in the rest of the city."


def test_without_most_ages_none_are_used(tmp_path: Path) -> None:
    rows = census()
    rows.loc[15, "Y_GE65"] = -8888  # 160 of 1,360 people
    part = fetched_people.read(written(tmp_path, "V3.zip", rows), "V3.zip", squares())
    areas = gpd.GeoDataFrame({"area_id": ["a"]}, geometry=[squares()], crs=4326)
    table, said = fetched_people.by_age(part, areas, 3035)
    assert table.empty
    assert said == "ages: those of 160 residents (11.8%) are withheld; no ages are used."


def test_the_second_versions_flags_stand_in_columns_of_their_own(tmp_path: Path) -> None:
    rows = census(Y_LT15_CI=0)
    rows.loc[3, "Y_LT15_CI"] = -9999
    part = fetched_people.read(written(tmp_path, "V2.zip", rows), "V2.zip", squares())
    assert part.cells.loc[part.cells["0-14"].isna(), "persons"].tolist() == [40]


def test_residents_of_two_areas_add_up_to_the_cells_in_them(tmp_path: Path) -> None:
    part = fetched_people.read(written(tmp_path, "V3.zip", census()), "V3.zip", squares())
    halves = [shapely.box(X, Y, X + 2000, Y + 4000), shapely.box(X + 2000, Y, X + 4000, Y + 4000)]
    areas = gpd.GeoDataFrame({"area_id": ["west", "east"]}, geometry=halves, crs=3035)
    table, said = fetched_people.by_age(part, areas, 3035)
    # columns 1 and 2 of each row hold 10 + 20 + 50 + 60 + 90 + 100 + 130 + 140 = 600, the others 760
    assert table.groupby("area")["persons"].sum().to_dict() == {"east": 760, "west": 600}
    assert table[table["area"] == "west"].set_index("age")["persons"].to_dict() == {
        "0-14": 180,
        "15-64": 300,
        "65+": 120,
    }
    assert said == ""


def raster(path: Path, values: np.ndarray, crs: str, west: float, north: float, size: float, nodata: float) -> Path:
    """A GeoTIFF as makers of population grids write them."""
    transform = rasterio.transform.from_origin(west, north, size, size)
    height, width = values.shape
    with rasterio.open(
        *(path, "w"),
        **{"driver": "GTiff", "height": height, "width": width, "count": 1, "dtype": "float32", "crs": crs},
        **{
            "transform": transform,
            "nodata": nodata,
            "compress": "lzw",
            "tiled": True,
            "blockxsize": 16,
            "blockysize": 16,
        },
    ) as out:
        out.write(values.astype("float32"), 1)
    return path


def test_a_raster_of_persons_a_pixel_becomes_squares_in_the_city(tmp_path: Path) -> None:
    values = np.full((60, 80), 2.0)
    values[:, :30] = -99999  # the sea
    path = raster(tmp_path / "fin_ppp_2020_UNadj.tif", values, "EPSG:4326", 24.80, 60.30, 0.005, -99999)
    part = fetched_people.read(path, path.name, CITY)
    # 24.95 to 25.00 E are 10 columns, 60.15 to 60.20 N are 10 rows
    assert (len(part.cells), part.cells["persons"].sum()) == (100, 200)
    assert np.allclose(part.cells.total_bounds, [24.95, 60.15, 25.00, 60.20])
    assert (part.credit["publisher"], part.credit["period"]) == ("WorldPop", "2020")


def test_a_raster_in_metres_lies_where_it_is(tmp_path: Path) -> None:
    to = Transformer.from_crs("EPSG:4326", "ESRI:54009", always_xy=True)
    x, y = to.transform(24.95, 60.175)
    values = np.zeros((41, 41))
    values[20, 20], values[0, 0] = 7.5, 1000.0  # in the middle of the city; 8 km away
    name = "GHS_POP_E2025_GLOBE_R2023A_54009_100_V1_0_R2_C20.tif"
    path = raster(tmp_path / name, values, "ESRI:54009", x - 20.5 * 400, y + 20.5 * 400, 400, -200)
    with zipfile.ZipFile(tmp_path / "tile.zip", "w") as archive:
        archive.write(path, name)
    for file in (path, tmp_path / "tile.zip"):
        part = fetched_people.read(file, file.name, CITY)
        assert part.cells["persons"].tolist() == [7.5]
        middle = part.cells.geometry.iloc[0].centroid
        assert (middle.x, middle.y) == (pytest.approx(24.95, abs=1e-4), pytest.approx(60.175, abs=1e-4))
        assert part.credit["period"] == "2025"


def test_very_many_pixels_are_put_together_and_no_one_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(population_grid, "MOST_SQUARES", 50)
    values = np.arange(1.0, 401.0).reshape(20, 20)
    path = raster(tmp_path / "fin_pop_2025.tif", values, "EPSG:4326", 24.90, 60.20, 0.0025, -1)
    part = fetched_people.read(path, path.name, shapely.box(24.85, 60.10, 25.05, 60.25))
    assert part.cells["persons"].sum() == 400 * 401 / 2
    assert len(part.cells) == 49  # 7 by 7 squares of 3 by 3 pixels
    assert part.notes[0] == "population grid: 3 by 3 pixels were put together to one square."


def test_kontur_hexagons_are_read_from_their_package_packed_or_not(tmp_path: Path) -> None:
    centre = h3.latlng_to_cell(60.175, 24.95, 8)
    cells = [*h3.grid_disk(centre, 1), h3.latlng_to_cell(61.5, 23.8, 8)]
    shapes = population_grid.outlines(pd.Series(cells)).to_crs(3857)
    rows = gpd.GeoDataFrame({"h3": cells, "population": np.arange(1.0, 9.0)}, geometry=shapes)
    path = tmp_path / "kontur_population_FI_20231101.gpkg"
    rows.to_file(path, driver="GPKG")
    with path.open("rb") as source, gzip.open(f"{path}.gz", "wb") as target:
        shutil.copyfileobj(source, target)
    for file in (path, Path(f"{path}.gz")):
        part = fetched_people.read(file, file.name, CITY)
        assert part.cells["persons"].sum() == 28  # 1 to 7
        assert part.cells.geometry.iloc[0].contains(shapely.Point(24.95, 60.175))
        assert (part.credit["publisher"], part.credit["period"]) == ("Kontur", "2023-11-01")


def test_a_grid_that_names_no_day_is_asked_for_it(tmp_path: Path) -> None:
    path = tmp_path / "grid.csv"
    pd.DataFrame({"lon": [24.95, 24.96, 25.9], "lat": [60.175] * 3, "residents": [10, -1, 30]}).to_csv(
        path, index=False
    )
    with pytest.raises(SourceError) as fault:
        fetched_people.read(path, path.name, CITY)
    assert str(fault.value) == (
        "grid.csv: the grid does not say of which day its figures are. Say it: --grid-date 2021-12-31, or a year."
    )
    with pytest.raises(DataError, match="'soon' is no day"):
        fetched_people.read(path, path.name, CITY, day="soon")
    part = fetched_people.read(path, path.name, CITY, day="2022")
    assert part.cells["persons"].tolist() == [10]
    assert part.credit == {"period": "2022"}
    assert part.notes == ["population grid: 1 cells state no residents and are not counted."]
    assert fetched_people.share(part) == (
        "population grid: 10 of the 40 residents that the file counts (25.0%) live in the city."
    )
    with_days = pd.read_csv(path).assign(date="2019-12-31")
    with_days.to_csv(path, index=False)
    assert set(fetched_people.read(path, path.name, CITY).cells["period"]) == {"2019-12-31"}


@pytest.mark.parametrize(
    ("name", "content", "word"),
    [
        ("fin_ppp_2020.tif", b"II*\x00 no raster", "the raster cannot be read"),
        ("kontur_population_FI_20231101.gpkg", b"<html>", "this is no GeoPackage"),
        ("kontur_population_FI_20231101.gpkg.gz", b"\x1f\x8b cut off", "the grid cannot be read"),
        ("grid.zip", b"PK no zip", "the grid cannot be read"),
        ("fin_pd_2020_1km.tif", b"", "holds people per square kilometre"),
    ],
)
def test_what_is_no_grid_is_called_so(name: str, content: bytes, word: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SourceError, match=word):
        fetched_people.read(tmp_path / name, name, CITY)


def test_a_grid_of_elsewhere_is_refused(tmp_path: Path) -> None:
    path = raster(tmp_path / "ken_ppp_2020.tif", np.ones((10, 10)), "EPSG:4326", 36.0, -1.0, 0.01, -1)
    with pytest.raises(SourceError, match="the raster does not meet the city"):
        fetched_people.read(path, path.name, CITY)
    away = census().query("GRD_ID.str.contains('E3')")
    with pytest.raises(SourceError, match="no cell of the grid lies in the city"):
        fetched_people.read(written(tmp_path, "V3.zip", away), "V3.zip", squares())
    with zipfile.ZipFile(tmp_path / "empty.zip", "w") as archive:
        archive.writestr("read.me", "")
    with pytest.raises(SourceError, match="the zip holds no grid"):
        fetched_people.read(tmp_path / "empty.zip", "empty.zip", CITY)


def test_a_place_smaller_than_a_square_has_the_square_it_lies_in(tmp_path: Path) -> None:
    hamlet = gpd.GeoSeries([shapely.box(X + 100, Y + 100, X + 200, Y + 200)], crs=3035).to_crs(4326).iloc[0]
    part = fetched_people.read(written(tmp_path, "V3.zip", census()), "V3.zip", hamlet)
    assert part.cells["persons"].tolist() == [10]


def test_squares_and_points_at_the_edge_of_an_extract_belong_to_the_city(tmp_path: Path) -> None:
    def counted(path: Path, **more: bool) -> float:
        return float(fetched_people.read(path, path.name, CITY, day="2024", **more).cells["persons"].sum())

    boxes = [shapely.box(24.87 + 0.04 * n, 60.16, 24.91 + 0.04 * n, 60.19) for n in range(4)]
    gpd.GeoDataFrame({"persons": [1, 10, 100, 1000]}, geometry=boxes, crs=4326).to_file(tmp_path / "grid.geojson")
    assert counted(tmp_path / "grid.geojson") == 110  # middles at 24.89, 24.93, 24.97 and 25.01 E
    assert counted(tmp_path / "grid.geojson", touching=True) == 1111
    points = pd.DataFrame({"lon": [24.875, 24.895, 24.915, 24.935], "lat": 60.17, "persons": [1, 10, 100, 1000]})
    points.to_csv(tmp_path / "grid.csv", index=False)
    assert counted(tmp_path / "grid.csv") == 1100
    assert counted(tmp_path / "grid.csv", touching=True) == 1110  # half of 0.02 degrees beyond the edge


def test_a_large_census_table_is_never_whole_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(population_grid, "CHUNK_ROWS", 1000)
    head, body = census().query("GRD_ID.str.contains('E3')").to_csv(index=False).split("\n", 1)
    path = tmp_path / "V3.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("ESTAT_2021.csv", "w") as out:
        out.write(f"{head}\n".encode())
        for _ in range(4000):  # 64,000 squares far away, 4 MB of text
            out.write(body.encode())
        out.write(census().iloc[:16].to_csv(index=False, header=False).encode())
    tracemalloc.start()
    part = population_grid.read(path, path.name, squares())
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert part is not None
    assert part.cells["persons"].sum() == 1360
    assert peak < 3_000_000
