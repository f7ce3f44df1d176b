"""Any table of a city as a file: each row with the shape of its own area, or as a point, on the day that is chosen."""

from __future__ import annotations

import io
import json
from pathlib import Path

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
import shapely

import data
from data.city import building
from data.context import CityContext
from data.figures import Figure
from data.translation import Language
from services import catalogue
from tests.driver import figures, open_page
from tests.packs import DISTRICT_DAYS, pack_of
from views import exports

CITY = "three-shores"
pytestmark = pytest.mark.usefixtures("cities")


def table(name: str, **query: str) -> Figure:
    app = open_page("data_tables", city=CITY, table=f"{CITY}/{name}", **query)
    assert not app.exception
    return next(figure for figure in figures(app) if figure.key == f"{CITY}-{name}")


def layer(figure: Figure, folder: Path) -> gpd.GeoDataFrame:
    (folder / "table.gpkg").write_bytes(exports.geopackage_bytes(figure))
    rows = gpd.read_file(folder / "table.gpkg")
    assert rows.crs.to_epsg() == 4326
    assert len(rows) == len(figure.rows)
    return rows


def test_residents_of_a_day_lie_on_their_areas(tmp_path: Path) -> None:
    figure = table("residents", day=DISTRICT_DAYS[0])
    assert figure.period == DISTRICT_DAYS[0]
    assert figure.rows["period"].dt.strftime("%Y-%m-%d").unique().tolist() == [DISTRICT_DAYS[0]]
    rows = layer(figure, tmp_path)
    assert len(rows) == 48  # twelve areas, four ages
    first = rows[rows["area_id"] == "Q0 α"].geometry.iloc[0]  # the first area's south-west corner is 24.8, 60.1
    assert shapely.hausdorff_distance(first, shapely.box(24.8, 60.1, 24.814, 60.109)) < 1e-5
    features = json.loads(exports.geojson_bytes(figure))["features"]
    assert len(features) == 48
    assert all(feature["geometry"]["type"] in ("Polygon", "MultiPolygon") for feature in features)


def test_all_days_go_into_one_workbook() -> None:
    figure = table("residents")
    sheet = openpyxl.load_workbook(io.BytesIO(exports.xlsx_bytes(figure)), read_only=True)["data"]
    rows = pd.DataFrame(list(sheet.iter_rows(min_row=2, values_only=True)), columns=[c.name for c in figure.columns])
    assert len(rows) == 96
    assert rows["persons"].astype(float).sum() == 31_920 + 32_160


def test_a_row_has_the_shape_of_its_own_level(tmp_path: Path) -> None:
    """Ids may be the same at two levels; the city is as large as its twelve areas, a district as four."""
    rows = layer(table("residents_by_origin", day=DISTRICT_DAYS[1]), tmp_path).to_crs(3067)
    mean = rows.geometry.area.groupby(rows["level"]).mean()
    assert mean["city"] / mean["planning_area"] == pytest.approx(12, rel=0.01)
    assert mean["district"] / mean["planning_area"] == pytest.approx(4, rel=0.01)


@pytest.mark.parametrize("name", ["facilities", "cells"])
def test_what_is_a_point_lies_in_its_area(name: str, tmp_path: Path) -> None:
    rows, areas = layer(table(name), tmp_path), layer(table("areas"), tmp_path)
    assert set(rows.geom_type) == {"Point"}
    areas = areas[areas["level"] == "planning_area"].set_index("area_id").geometry.to_crs(3067)
    metres = rows.geometry.to_crs(3067).distance(gpd.GeoSeries(areas.loc[rows["area_id"]].to_numpy(), crs=3067))
    assert metres.max() < 10


def test_a_long_table_asks_for_a_day_before_it_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "MAX_SHAPED", 50)
    whole, day = table("residents"), table("residents", day=DISTRICT_DAYS[1])
    assert whole.geometry is None
    assert "choose a day" in whole.subtitle
    assert day.geometry is not None
    assert "choose a day" not in day.subtitle


def test_streets_are_lines_as_long_as_their_metres(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ZONE_LOCAL", str(tmp_path / "local"))
    building.build(pack_of(tmp_path / "pack", "streets", {"network": "streets"}))
    context = CityContext(data.cities()["streets"], data.version())
    rows = layer(catalogue.table_figure(context, data.entry("network_edges", "streets")), tmp_path)
    metres = rows.to_crs(data.cities()["streets"].crs).length
    assert len(rows) > 100
    assert (metres / rows["metres"]).to_numpy() == pytest.approx(1, abs=0.01)


def test_a_table_without_places_has_no_map_files() -> None:
    assert table("separation").geometry is None


def test_more_rows_than_a_sheet_has_are_not_cut_in_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    def kinds() -> set[str]:
        shown = figures(open_page("data_tables", city=CITY, table=f"{CITY}/residents"))
        return set(exports.kinds(next(f for f in shown if f.key == f"{CITY}-residents"), Language()))

    assert "xlsx" in kinds()
    monkeypatch.setattr(exports, "MAX_SHEET_ROWS", 1)
    assert "xlsx" not in kinds()
    assert {"csv", "parquet"} <= kinds()
