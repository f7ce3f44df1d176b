"""Shapes, grids and streets of a pack: what is read, and that what is left out is counted and named."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import geopandas as gpd
import pytest
import shapely
import tomli_w

import data
from data.city import building, checks
from data.city.__main__ import main
from data.city.findings import Finding, Sum
from data.connectors import street_network
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


# Services and stops


def test_a_place_in_the_city_s_box_but_in_no_area_is_counted_and_named(tmp_path: Path) -> None:
    files = good()
    areas = gpd.read_file(str(files["areas.geojson"]))
    files["areas.geojson"] = areas[areas["id"] != "04"].to_json()  # the upper right quarter is a hole
    files["residents.csv"] = re.sub(r"04,.*\n", "", str(files["residents.csv"]))
    _key, findings, sums = built(written(tmp_path / "pack", files))
    assert whats(findings) == ["1 of 4 places lie in no area of the city and are left out ('School')"]
    assert findings[0].row == 3
    assert str(sums[-1]) == "services.csv holds 4 services, the city has 3 (others are left out)."
    assert "School" not in set(data.table("facilities", "testville")["name"])


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
    manifest = tomllib.loads(str(good()["city.toml"])) | {"grid": {"file": "grid.csv", "period": "2025"}}
    del manifest["residents"]
    files = {**good(), "city.toml": tomli_w.dumps(manifest)}
    # Four points inside, one in a place 2 km west of all areas, one of nobody.
    files["grid.csv"] = (
        "persons,lon,lat\n100,24.935,60.165\n200,24.945,60.165\n300,24.935,60.175\n400,24.945,60.175\n"
        "250,24.89,60.165\n0,24.955,60.165\n"
    )
    folder = written(tmp_path / "pack", files)
    result = checks.check(folder)
    assert whats(result.findings) == ["250 of the grid's 1,250 people (20.0%) live outside the areas and are left out"]
    key, _findings, sums = built(folder)
    assert str(sums[-1]) == (
        "grid.csv holds 1,250 persons of 2025-12-31, the city has 1,000 (others live outside the areas)."
    )
    assert data.table("residents", key)["persons"].sum() == 1000


def test_a_grid_s_day_is_asked_for(tmp_path: Path) -> None:
    grid = gpd.GeoDataFrame({"persons": [100]}, geometry=squares(385_000, 6_672_000, 1, 1, 250), crs=3067)
    folder = grid_pack(tmp_path / "pack", grid, "")
    assert whats(checks.check(folder).errors) == ["[grid] says no day for its figures (period = '')"]


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
