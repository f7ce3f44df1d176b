"""City packs: the template builds, formats say the same, and broken packs are told apart with nothing half built."""

from __future__ import annotations

import json
import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
import tomli_w
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import data
from data import local
from data.city import building, checks, exporting, guesses, pack, previews, reading
from data.city.__main__ import main
from tests import packs
from tests.languages import in_english_only

Files = dict[str, str | bytes]


@pytest.fixture(autouse=True)
def own_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZONE_LOCAL", str(tmp_path / "local"))
    monkeypatch.setenv("ZONE_DATABASE", f"sqlite:///{tmp_path / 'zone.db'}")


def written(folder: Path, files: Files) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, content in files.items():
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def good() -> Files:
    return dict(pack.template("Testville"))


def test_the_template_is_a_city(tmp_path: Path) -> None:
    key, findings = building.build(written(tmp_path / "pack", good()))
    assert (key, findings) == ("testville", [])
    assert data.cities()[key].country == "FIN"
    areas = data.table("areas", key)
    assert areas["level"].value_counts().to_dict() == {"planning_area": 4, "district": 2, "city": 1}
    km2 = gpd.GeoDataFrame(areas[areas["level"] == "planning_area"]).to_crs(3067).area / 1e6
    assert areas.loc[areas["level"] == "planning_area", "area_km2"].to_numpy() == pytest.approx(km2, rel=1e-3)
    people = data.table("residents", key)
    assert people["persons"].sum() == sum(100 * area + number for area in range(1, 5) for number in range(4))
    assert data.table("cells", key).groupby("area_id")["share"].sum().to_numpy() == pytest.approx(np.ones(4))
    assert "v20" in data.entry("residents", key).source_line


def test_formats_encodings_and_ways_of_writing_say_the_same(tmp_path: Path) -> None:
    building.build(written(tmp_path / "pack", good()))
    plain = data.table("residents", "testville")
    files = good()
    rows = pd.read_csv(tmp_path / "pack" / "residents.csv", dtype={"area": str})
    rows["persons"] *= 10
    german = rows.assign(persons=rows["persons"].map(lambda n: f"{n:,}".replace(",", ".")), period="31.12.2025")
    files["residents.csv"] = ("\ufeff" + german.to_csv(index=False, sep=";")).encode("utf-8")
    building.build(written(tmp_path / "german", files))
    assert data.table("residents", "testville")["persons"].tolist() == (plain["persons"] * 10).tolist()
    areas = gpd.read_file(tmp_path / "pack" / "areas.geojson")
    for name, write in {
        "areas.gpkg": lambda path: areas.to_crs(3067).to_file(path),
        "areas.parquet": lambda path: areas.to_crs(3857).to_parquet(path),
        "areas.zip": lambda path: zipped_shapefile(areas, path),
    }.items():
        files = {**good(), "city.toml": str(good()["city.toml"]).replace("areas.geojson", name)}
        folder = written(tmp_path / "other", {key: value for key, value in files.items() if key != "areas.geojson"})
        write(folder / name)
        with_excel(folder)
        building.build(folder)
        assert data.table("residents", "testville")["persons"].tolist() == plain["persons"].tolist(), name
        assert data.table("areas", "testville")["area_km2"].sum() == pytest.approx(
            areas.to_crs(3067).area.sum() * 3 / 1e6, rel=0.01
        )


def zipped_shapefile(areas: gpd.GeoDataFrame, path: Path) -> None:
    place = path.parent / "shape"
    areas.rename(columns={"district_name": "dist_name"}).to_file(place, driver="ESRI Shapefile")
    with zipfile.ZipFile(path, "w") as archive:
        for file in place.iterdir():
            archive.write(file, file.name)
    shutil.rmtree(place)
    manifest = path.parent / "city.toml"
    manifest.write_text(manifest.read_text().replace('district_name = "district_name"', 'district_name = "dist_name"'))


def with_excel(folder: Path) -> None:
    rows = pd.read_csv(folder / "residents.csv", dtype={"area": str})
    rows.assign(period=pd.to_datetime(rows["period"])).to_excel(folder / "residents.xlsx", index=False)
    (folder / "residents.csv").unlink()
    manifest = folder / "city.toml"
    manifest.write_text(manifest.read_text().replace("residents.csv", "residents.xlsx"))


def test_numbers_and_days_as_people_write_them() -> None:
    def read(values: list[str], whole: bool = False) -> list[float]:
        return reading.numbers(pd.Series(values), whole)[0].tolist()

    assert read(["1 234,5", "12"]) == [1234.5, 12]
    assert read(["1.234,5", "2.000,0"]) == [1234.5, 2000]
    assert read(["1,234.5"]) == [1234.5]
    assert read(["1.234", "10"], whole=True) == [1234, 10]
    assert read(["24.935"]) == [24.935]
    assert read(["12 %"]) == [12]
    assert reading.numbers(pd.Series(["1.234,5", "1,234.5"]))[2] == "decimal commas and decimal points are mixed"
    assert reading.numbers(pd.Series(["x", None]))[1].tolist() == [True, False]
    assert reading.days(pd.Series(["2024"]))[0].tolist() == [pd.Timestamp("2024-12-31")]
    assert reading.days(pd.Series(["202402"]))[0].tolist() == [pd.Timestamp("2024-02-29")]
    assert "several forms" in reading.days(pd.Series(["2024-12-31", "31.12.2024"]))[2]
    assert "day or month" in reading.days(pd.Series(["03/04/2024"]))[2]
    square = reading.cell_square(pd.Series(["CRS3035RES1000mN3000000E4000000", "x"]))
    assert square[0].bounds == (4000000, 3000000, 4001000, 3001000)
    assert square[1] is None


def manifest(old: str, new: str) -> Callable[[Files, int], None]:
    def change(files: Files, _seed: int) -> None:
        assert old in str(files["city.toml"])
        files["city.toml"] = str(files["city.toml"]).replace(old, new, 1)

    return change


def cell(file: str, column: str, value: str) -> Callable[[Files, int], None]:
    """Write a value into one cell, anywhere in the column."""

    def change(files: Files, seed: int) -> None:
        lines = str(files[file]).splitlines()
        place, number = 1 + seed % (len(lines) - 1), lines[0].split(",").index(column)
        parts = lines[place].split(",")
        parts[number] = value
        lines[place] = ",".join(parts)
        files[file] = "\n".join(lines) + "\n"

    return change


def feature(change_one: Callable[[dict, int], None]) -> Callable[[Files, int], None]:
    def change(files: Files, seed: int) -> None:
        found = json.loads(str(files["areas.geojson"]))
        change_one(found, seed % len(found["features"]))
        files["areas.geojson"] = json.dumps(found)

    return change


def moved(found: dict, _number: int, by: tuple[float, float] = (-24.93, -60.16)) -> None:
    for one in found["features"]:
        ring = one["geometry"]["coordinates"][0]
        one["geometry"]["coordinates"] = [[[x + by[0], y + by[1]] for x, y in ring]]


def garbage(file: str) -> Callable[[Files, int], None]:
    def change(files: Files, seed: int) -> None:
        files[file] = np.random.default_rng(seed).bytes(400)

    return change


def swapped(files: Files, _seed: int) -> None:
    files["services.csv"] = str(files["services.csv"]).replace("lon,lat", "lat,lon")


def lines(file: str, change_all: Callable[[list[str], int], list[str]]) -> Callable[[Files, int], None]:
    def change(files: Files, seed: int) -> None:
        files[file] = "\n".join(change_all(str(files[file]).splitlines(), seed)) + "\n"

    return change


# what is broken -> how, and what the finding must say
BROKEN: dict[str, tuple[Callable[[Files, int], None], str]] = {
    "no manifest": (lambda files, _: files.pop("city.toml") and None, r"city\.toml: the file is missing"),
    "no TOML": (manifest("\n[city]\n", "\n[city\n"), "no TOML file"),
    "garbage manifest": (garbage("city.toml"), r"no TOML file|section \[city\] is missing"),
    "no city": (manifest("\n[city]\n", "\n[town]\n"), r"section \[city\] is missing"),
    "unknown section": (manifest("[services]", "[service]"), r"\[service\] is unknown.*Did you mean 'services'"),
    "unknown setting": (manifest("country =", "land ="), "no setting 'land'|no three-letter code"),
    "country": (manifest('"FIN"', '"Finland"'), "no three-letter code"),
    "wrong country": (manifest('"FIN"', '"ESP"'), "in FIN, not in ESP"),
    "region": (manifest('"FI1B"', '"Uusimaa"'), "no NUTS 2 code"),
    "missing file": (lambda files, _: files.pop("residents.csv") and None, "residents.csv: the file is missing"),
    "name too long": (manifest('"residents.csv"', f'"{300 * "a"}"'), "no name that a file can have"),
    "name with a zero byte": (manifest('"residents.csv"', r'"a\u0000b"'), "no name that a file can have"),
    "outside": (manifest('"residents.csv"', '"../../etc/passwd"'), "outside the pack"),
    "mapped column": (manifest('persons = "persons"', 'persons = "people"'), r"no column 'people' for 'persons'"),
    "wrong column": (
        manifest('persons = "persons"', 'person = "persons"'),
        "no column 'person'.*Did you mean 'persons'",
    ),
    "empty file": (lambda files, _: files.update({"residents.csv": b""}), "the file is empty"),
    "no rows": (lambda files, _: files.update({"residents.csv": "area,period,age,persons\n"}), "no rows"),
    "garbage table": (garbage("residents.csv"), "cannot be read|no column|zero bytes"),
    "garbage shapes": (garbage("areas.geojson"), "cannot be read"),
    "double id": (
        feature(
            lambda found, n: found["features"][n]["properties"].update(id=found["features"][n - 1]["properties"]["id"])
        ),
        "stands twice",
    ),
    "no id": (feature(lambda found, n: found["features"][n]["properties"].update(id=None)), "no id"),
    "odd id": (
        feature(lambda found, n: found["features"][n]["properties"].update(id="<b>")),
        "signs that an id cannot have",
    ),
    "no shape": (feature(lambda found, n: found["features"][n].update(geometry=None)), "no shape"),
    "a line": (
        feature(
            lambda found, n: found["features"][n].update(
                geometry={"type": "LineString", "coordinates": [[24.9, 60.1], [24.91, 60.1]]}
            )
        ),
        "no polygon",
    ),
    "Gulf of Guinea": (feature(moved), "Gulf of Guinea"),
    "elsewhere": (feature(lambda found, n: moved(found, n, (20.0, -50.0))), "not in FIN"),
    "metres": (feature(lambda found, n: moved(found, n, (385_000.0, 6_670_000.0))), "coordinate system"),
    "over each other": (
        feature(lambda found, n: found["features"][n].update(geometry=found["features"][n - 1]["geometry"])),
        "covers another",
    ),
    "negative": (cell("residents.csv", "persons", "-5"), r"residents.csv, row \d+, column 'persons': -5 cannot be"),
    "not a number": (cell("residents.csv", "persons", "many"), r"row \d+, column 'persons': 'many' is not a number"),
    "half a person": (cell("residents.csv", "persons", "12.5"), "no whole number"),
    "infinite": (cell("residents.csv", "persons", "inf"), "not a number"),
    "too many": (cell("residents.csv", "persons", "99999999999"), "cannot be"),
    "unknown area": (cell("residents.csv", "area", "77"), "'77' is not among the areas"),
    "age": (cell("residents.csv", "age", "young"), "'young' is no age"),
    "ages overlap": (
        lines("residents.csv", lambda rows, _: [row.replace("6-17", "5-17") for row in rows]),
        "ages overlap",
    ),
    "total": (lines("residents.csv", lambda rows, n: [*rows, f"0{1 + n % 4},2025-12-31,total,{n}"]), "add up to"),
    "no day": (cell("residents.csv", "period", "31-12-25"), "not a day"),
    "days mixed": (cell("residents.csv", "period", "31.12.2025"), "several forms"),
    "row twice": (lines("residents.csv", lambda rows, n: [*rows, rows[1 + n % (len(rows) - 1)]]), "stands twice"),
    "unknown kind": (cell("services.csv", "kind", "temple"), "'temple' is unknown"),
    "service without place": (cell("services.csv", "lon", ""), "the cell is empty"),
    "service twice": (lines("services.csv", lambda rows, n: [*rows, rows[1 + n % (len(rows) - 1)]]), "stands twice"),
    "swapped": (swapped, "exchanged"),
    "negative places": (cell("services.csv", "places", "-1"), "cannot be"),
    "columns twice": (
        lines("residents.csv", lambda rows, _: [rows[0].replace("age", "persons"), *rows[1:]]),
        "no column|two columns|is not a number|cannot be|total",
    ),
    "not OSM": (
        lambda files, seed: (
            garbage("x.osm.pbf")(files, seed),
            files.update({"city.toml": str(files["city.toml"]) + '\n[network]\nfile = "x.osm.pbf"\n'}),
        )[0],
        "no OpenStreetMap extract",
    ),
    "not GTFS": (
        lambda files, seed: (
            garbage("x.zip")(files, seed),
            files.update({"city.toml": str(files["city.toml"]) + '\n[stops]\nfile = "x.zip"\n'}),
        )[0],
        "no zip archive",
    ),
}


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(sorted(BROKEN)), st.integers(0, 10_000))
def test_sixty_broken_packs_are_told_apart_and_leave_nothing(tmp_path: Path, what: str, seed: int) -> None:
    change, said = BROKEN[what]
    files = good()
    change(files, seed)
    folder = written(tmp_path / "broken", files)
    before = {path: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(pack.PackError) as caught:
        building.build(folder)
    findings = [one for one in caught.value.findings if one.level == "error"]
    assert any(re.search(said, str(one)) for one in findings), (what, [str(one) for one in findings])
    for one in findings:
        assert one.file
        assert one.hint, one
        assert "Traceback" not in str(one)
    assert {path: path.read_bytes() for path in folder.iterdir()} == before  # a check never changes the user's files
    assert "testville" not in data.cities()
    assert not list((tmp_path / "local").rglob("*.parquet"))


@pytest.mark.parametrize("what", sorted(BROKEN))
def test_every_kind_of_fault_is_found(tmp_path: Path, what: str) -> None:
    files = good()
    BROKEN[what][0](files, 3)
    found = checks.check(written(tmp_path / "broken", files))
    assert any(re.search(BROKEN[what][1], str(one)) for one in found.errors), [str(one) for one in found.findings]
    assert not in_english_only(words for one in found.findings for words in (one.what, one.hint, one.sentence))


def test_a_good_city_survives_a_broken_rebuild_and_one_goes_back(tmp_path: Path) -> None:
    building.build(written(tmp_path / "pack", good()))
    first = data.entry("residents", "testville").version
    files = good()
    BROKEN["negative"][0](files, 1)
    assert main(["build", str(written(tmp_path / "broken", files))]) == 1
    assert data.entry("residents", "testville").version == first
    files = good()
    files["residents.csv"] = str(files["residents.csv"]).replace("0-5,100", "0-5,500")
    building.build(written(tmp_path / "pack", files))
    assert data.table("residents", "testville")["persons"].max() == 500
    assert main(["back", "testville"]) == 0
    assert data.entry("residents", "testville").version == first
    assert data.table("residents", "testville")["persons"].max() < 500
    assert main(["remove", "testville"]) == 0
    assert "testville" not in data.cities()


def test_small_counts_are_hidden_and_gaps_are_no_zeros(tmp_path: Path) -> None:
    files = good()
    files["city.toml"] = str(files["city.toml"]) + '\n[origins]\nfile = "origins.csv"\nperiod = "2025-12-31"\n'
    files["origins.csv"] = (
        "area,origin,persons\n01,UKR,4\n02,UKR,40\n03,UKR,50\n04,UKR,60\n01,SYR,20\n02,SYR,30\n03,SYR,40\n"
    )
    building.build(written(tmp_path / "pack", files))
    rows = data.table("residents_by_origin", "testville").set_index(["origin", "level", "area_id"])
    assert rows.loc[("UKR", "planning_area", "01"), "suppressed"]
    assert rows.loc[("UKR", "planning_area", "03"), "suppressed"]  # else the district would give area 01 away
    assert rows.loc[("UKR", "city", "0"), "persons"] == 154
    assert pd.isna(rows.loc[("SYR", "planning_area", "04"), "persons"])  # not in the file: not known
    assert pd.isna(rows.loc[("SYR", "city", "0"), "persons"])


def test_a_city_of_the_app_goes_out_and_comes_back_the_same(tmp_path: Path) -> None:
    here = next(iter(data.cities()))
    left = exporting.export(here, tmp_path / "out")
    assert left
    text = (tmp_path / "out" / "city.toml").read_text()
    (tmp_path / "out" / "city.toml").write_text(text.replace(f'key = "{here}"', 'key = "again"'))
    shutil.make_archive(str(tmp_path / "out"), "zip", tmp_path / "out")
    key, findings = building.build(tmp_path / "out.zip")
    assert {one.level for one in findings} <= {"warning"}
    cut = data.cities()[here].boundary_version
    first, again = data.table("residents", here), data.table("residents", key)
    first = first[(first["boundary_version"] == cut)].dropna(subset="persons")
    merged = first.merge(again, on=["period", "area_id", "age"], suffixes=("", "_again"))
    assert len(merged) == len(first)
    assert (merged["persons"] == merged["persons_again"]).all()
    old, new = (gpd.GeoDataFrame(data.table("areas_exact", one)) for one in (here, key))
    assert new.to_crs(old.crs).area.sum() == pytest.approx(old[old["boundary_version"] == cut].area.sum(), rel=1e-6)
    kinds = data.table("facilities", here)["kind"].value_counts()
    assert (data.table("facilities", key)["kind"].value_counts().reindex(kinds.index) >= kinds * 0.999).all()


def test_zips_that_are_not_safe_are_refused(tmp_path: Path) -> None:
    def refused(path: Path, said: str) -> None:
        with pytest.raises(pack.PackError, match=said):
            building.build(path)

    with zipfile.ZipFile(tmp_path / "out.zip", "w") as archive:
        archive.writestr("../evil.txt", "x")
    refused(tmp_path / "out.zip", "leads out of the pack")
    assert not (tmp_path.parent / "evil.txt").exists()
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("areas.csv", b"0" * 80_000_000)
    refused(tmp_path / "bomb.zip", "more than a pack may hold")
    with zipfile.ZipFile(tmp_path / "link.zip", "w") as archive:
        link = zipfile.ZipInfo("areas.csv")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    refused(tmp_path / "link.zip", "leads out of the pack")
    (tmp_path / "none.zip").write_bytes(b"PK\x03\x04 not a zip")
    refused(tmp_path / "none.zip", "cannot be opened")
    refused(tmp_path / "absent", "no such folder or zip")


def test_gtfs_stops_become_stations(tmp_path: Path) -> None:
    feed = {
        "stops.txt": "stop_id,stop_name,stop_lat,stop_lon,parent_station\nS,Central,60.165,24.935,\n"
        "A,Track 1,60.165,24.935,S\nB,Bus,60.166,24.936,\nT,Tram,60.175,24.945,\n",
        "routes.txt": "route_id,route_type\nM,1\nX,700\nT,900\n",
        "trips.txt": "trip_id,route_id\nm,M\nx,X\nt,T\n",
        "stop_times.txt": "trip_id,stop_id\nm,A\nx,B\nt,T\n",
    }
    files = good()
    files["city.toml"] = str(files["city.toml"]) + '\n[stops]\nfile = "feed.zip"\nperiod = "2026-01"\n'
    folder = written(tmp_path / "pack", files)
    with zipfile.ZipFile(folder / "feed.zip", "w") as archive:
        for name, content in feed.items():
            archive.writestr(name, content)
    building.build(folder)
    found = data.table("facilities", "testville").set_index("kind")
    assert found.loc["metro_station", "name"] == "Central"
    assert found.loc["tram_stop", "name"] == "Tram"
    assert found.loc["bus_stop", "name"] == "Bus"


def test_a_grid_alone_makes_a_city_of_hexagons_that_holds_everyone(tmp_path: Path) -> None:
    squares = [
        shapely.box(385_000 + 250 * x, 6_672_000 + 250 * y, 385_250 + 250 * x, 6_672_250 + 250 * y)
        for x in range(12)
        for y in range(12)
    ]
    grid = gpd.GeoDataFrame({"asukkaita": range(100, 244)}, geometry=squares, crs=3067)
    folder = written(
        tmp_path / "pack",
        {
            "city.toml": '[city]\nname = "Grid"\ncountry = "FIN"\n[grid]\nfile = "grid.gpkg"\nperiod = "2024"\n'
            'columns = { persons = "asukkaita" }\n'
        },
    )
    grid.to_file(folder / "grid.gpkg")
    key, _findings = building.build(folder)
    people = data.table("residents", key)
    inside = gpd.overlay(
        grid.assign(size=grid.area), gpd.GeoDataFrame(data.table("areas_exact", key)).to_crs(3067), keep_geom_type=True
    )
    assert people["persons"].sum() == pytest.approx(
        (inside["asukkaita"] * inside.area / inside["size"]).sum(), rel=0.01
    )
    assert people["persons"].sum() > 0.9 * grid["asukkaita"].sum()
    assert set(people["age"]) == {"0+"}
    assert "Ages are not known" in data.cities()[key].estimate_note


def test_columns_are_guessed_and_confirmed(tmp_path: Path) -> None:
    assert guesses.guess_columns("residents", ["PLR_ID", "Stichtag", "Einwohner", "x"]) == {
        "area": "PLR_ID",
        "persons": "Einwohner",
        "period": "Stichtag",
    }
    files = good()
    files["residents.csv"] = str(files["residents.csv"]).replace("persons", "heads")
    files["city.toml"] = re.sub(r"\[residents\.columns\]\n(\w.*\n)+", "", str(files["city.toml"]))
    folder = written(tmp_path / "pack", files)
    assert any("no column is known to hold 'persons'" in one.what for one in checks.check(folder).errors)
    (seen,) = (seen for seen in previews.of_pack(folder) if "residents" in seen.sections)
    assert "heads" in seen.columns
    part = seen.parts["residents"]
    checks.confirm(folder, {"residents": part | {"columns": part["columns"] | {"persons": "heads"}}})
    assert checks.check(folder).findings == []


def test_versions_are_pruned_and_what_a_killed_process_left_is_swept(tmp_path: Path) -> None:
    for _ in range(local.MAX_VERSIONS + 2):
        building.build(written(tmp_path / "pack", good()))
    assert len(local.builds("testville")) <= local.MAX_VERSIONS
    files = list((tmp_path / "local" / "testville" / "areas").iterdir())
    assert len(files) <= local.MAX_VERSIONS
    assert data.entry("areas", "testville").path in files


def test_a_city_without_districts_has_two_levels_and_its_ids_stay_as_they_are(tmp_path: Path) -> None:
    key, findings = building.build(packs.strange_pack(tmp_path / "strange"))
    assert (key, findings) == ("strange", [])
    areas = data.table("areas", key)
    assert areas["level"].tolist() == ["city"] + 6 * ["planning_area"]
    smallest = areas[areas["level"] == "planning_area"]
    assert dict(zip(smallest["area_id"], smallest["name"], strict=True)) == packs.STRANGE_AREAS
    assert set(smallest["parent_id"]) == {"0"}  # the city, though an area is called so as well
    assert data.cities()[key].level_names == {"city": "City", "planning_area": "Kvartal"}
    people = data.table("residents", key)
    assert people["period"].max() == pd.Timestamp("2013-06-30")
    assert set(people["age"]) == {"0+"}
    assert people.loc[people["period"] == people["period"].max(), "persons"].sum() == 6 * 1050 + 300 * 15
    assert data.table("facilities", key)["area_id"].tolist() == ["St. Pauli 1", "0"]
    assert set(data.table("cells", key)["area_id"]) == set(packs.STRANGE_AREAS)
    exporting.export(key, tmp_path / "out")
    manifest = pack.load_manifest(tmp_path / "out")
    manifest["city"]["key"] = "again"
    (tmp_path / "out" / pack.MANIFEST).write_text(tomli_w.dumps(manifest), encoding="utf-8")
    again, _findings = building.build(tmp_path / "out")
    assert data.table("areas", again)["level"].tolist() == areas["level"].tolist()
    assert data.table("residents", again)["persons"].sum() == people["persons"].sum()


def test_districts_are_looked_up_where_no_id_begins_with_theirs(tmp_path: Path) -> None:
    key, findings = building.build(packs.district_pack(tmp_path / "shores"))
    assert (key, findings) == ("three-shores", [])
    areas = data.table("areas", key)
    smallest = areas[areas["level"] == "planning_area"]
    assert smallest["parent_id"].value_counts().to_dict() == dict.fromkeys(packs.DISTRICTS, 4)
    assert not [row for row in smallest.itertuples() if row.area_id.startswith(row.parent_id)]
    districts = areas[areas["level"] == "district"].set_index("area_id")["name"]
    assert districts.to_dict() == packs.DISTRICTS
    origins = data.table("residents_by_origin", key).set_index(["period", "origin", "level", "area_id"])["persons"]
    last = origins[pd.Timestamp("2019-12-31"), "UKR"]
    assert last["district", "n"] == sum(92 - 3 * n for n in range(4))
    assert last["city", "0"] == sum(92 - 3 * n for n in range(12))
    assert set(data.table("facilities", key)["kind"]) == {"library", "school_primary", "playground"}
    assert set(data.table("social_monitoring", key)["indicator"]) == {
        "unemployment",
        "child_poverty",
        "transfer_receipt",
    }


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("cp1252", "São Paulo"),
        ("cp1251", "Печерський район"),
        ("cp1253", "Πειραιάς"),
        ("utf-16", "Żoliborz"),  # with a mark of its byte order
    ],
)
def test_files_in_older_encodings_are_read_with_a_warning(tmp_path: Path, encoding: str, name: str) -> None:
    path = tmp_path / "services.csv"
    path.write_bytes(f"id,name\n1,{name}\n2,{name} 2\n".encode(encoding))
    table = reading.read(path, path.name)
    assert table.rows["name"].tolist() == [name, f"{name} 2"]
    assert [hint[:17] for _what, hint in table.warnings] == ["Save it as UTF-8;"]


def test_every_fault_of_a_manifest_is_named_at_once(tmp_path: Path) -> None:
    files = good()
    files["city.toml"] = (
        '[city]\nname = 5\ncountry = "FIN"\ncrs = 4326\ndisplaced_origins = ["XXX"]\n'
        'level_names = { borough = "x" }\nregion_name = 1\n[residents]\nfile = "residents.csv"\nperiod = 2025\n'
    )
    found = [(finding.what, finding.hint) for finding in checks.check(written(tmp_path / "pack", files)).errors]
    assert found == [
        ("[city] name is '5', no text", 'Write name = "..."'),
        ("[city] region_name is '1', no text", 'Write region_name = "..."'),
        (
            "[city] crs is '4326', no EPSG number of a metric system",
            "Write a metric system such as 3067, or leave it out",
        ),
        (
            "[city] level_names is '{'borough': 'x'}', no table of city, district, planning_area",
            'Write level_names = { district = "Borough", planning_area = "Quarter" }',
        ),
        (
            "[city] displaced_origins is '['XXX']', no list of countries",
            'Write ISO codes: displaced_origins = ["UKR", "SYR"]',
        ),
        ("the pack has neither areas nor a grid", "Add [areas], or [grid] from which hexagons are made"),
    ]
