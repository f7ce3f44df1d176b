"""Tables as JSON-stat 2.0 and SDMX-CSV 2.0, read by the libraries that others read them with: pyjstat and sdmx1."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from urllib.parse import urlencode

import numpy as np
import pandas as pd
import pytest
import sdmx
from jsonstat_validator import validate_jsonstat
from pyjstat import pyjstat
from starlette.testclient import TestClient

import data
from data import definitions
from data.errors import DataError
from services import cubes
from tests.unlimited import unlimited

CITY = next(iter(data.cities()))
# Of large tables a part, which these libraries read in seconds.
QUERIES = {
    "asylum_applications": {"origin": "SYR", "year": "2024"},
    "asylum_decisions": {"origin": "SYR", "year": "2024"},
    "displaced": {"year": "2024", "asylum": "DEU"},
    "displaced_by_age_place": {"asylum": "DEU"},
    "displacement_flows": {"asylum": "DEU"},
    "solutions": {"origin": "SYR"},
    "residents": {"period": "2024-12-31"},
    "residents_by_origin": {"period": "2024-12-31", "level": "forecast_area"},
    "residents_by_background": {"period": "2024-12-31"},
    "dwellings": {"year": "2023"},
    "facilities": {"kind": "daycare"},
    "bridge": {"new_id": "01100101"},
    "country_gdp": {"year": "2020"},
    "country_population": {"year": "2020"},
}
WITHOUT_FIGURES = {
    "addresses", "areas_exact", "network_nodes", "school_catchments", "timetable_stops", "timetable_trips", "countries",
    "country_shapes", "creative_scopes", "creative_shops", "facility_kinds", "nace_bridge", "regions",
}  # fmt: off
TOO_LARGE = {"network_edges", "cells", "timetable_patterns"}
TABLES = [key for key in sorted(data.catalogue()) if key[1] not in WITHOUT_FIGURES | TOO_LARGE]


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with unlimited() as asks:
        yield asks


def rows_of(place: str, name: str) -> pd.DataFrame:
    """The table's own rows that the query keeps, keys as text, with its figures."""
    rows = pd.DataFrame(data.table(name, place).drop(columns="geometry", errors="ignore"))
    for column, value in QUERIES.get(name, {}).items():
        rows = rows[rows[column].astype(str) == value]
    for column in definitions.definition(name).key:
        is_day = pd.api.types.is_datetime64_any_dtype(rows[column])
        rows[column] = rows[column].dt.strftime("%Y-%m-%d") if is_day else rows[column].astype(str)
    return rows


@pytest.mark.parametrize(("place", "name"), TABLES)
def test_pyjstat_reads_every_figure_of_a_table(client: TestClient, place: str, name: str) -> None:
    answer = client.get(f"/api/tables/{place}/{name}?format=jsonstat&{urlencode(QUERIES.get(name, {}))}")
    assert answer.status_code == 200, answer.text[:300]
    document = answer.json()
    read = pyjstat.Dataset.read(answer.text).write("dataframe", naming="id").dropna(subset="value")
    table, key = rows_of(place, name), definitions.definition(name).key
    for metric in document["dimension"]["metric"]["category"]["index"]:
        ours = table.set_index(key)[metric].dropna().astype(float).sort_index()
        theirs = read[read["metric"] == metric].set_index(key)["value"].astype(float).sort_index()
        pd.testing.assert_series_equal(theirs, ours, check_names=False, check_index_type=False)
    assert np.prod(document["size"]) >= len(document["value"])
    assert (document["version"], document["class"]) == ("2.0", "dataset")
    entry = data.entry(name, place)
    assert document["extension"]["licence"] == entry.licence
    assert entry.source_line == document["source"]
    assert entry.period in json.dumps(document["note"], ensure_ascii=False)
    units = document["dimension"]["metric"]["category"]["unit"].values()
    assert {unit["label"] for unit in units} == {entry.unit}
    validate_jsonstat(document)
    assert set(document["status"].values()) <= set(document["extension"]["status"]["label"])


def structure(client: TestClient, place: str, name: str) -> sdmx.message.StructureMessage:
    answer = client.get(f"/api/tables/{place}/{name}?format=sdmx-structure")
    return sdmx.read_sdmx(io.BytesIO(answer.content), format="XML")


@pytest.mark.parametrize(("place", "name"), TABLES)
def test_sdmx1_reads_structure_and_every_observation(client: TestClient, place: str, name: str) -> None:
    (definition,) = structure(client, place, name).structure.values()
    key = definitions.definition(name).key
    time = next((column for column in key if column in cubes.TIMES), None)
    named = {"TIME_PERIOD" if column == time else column.upper(): column for column in key}
    assert {dimension.id for dimension in definition.dimensions} == {*named, "METRIC"}
    assert [measure.id for measure in definition.measures] == ["OBS_VALUE"]
    assert {"OBS_STATUS", "UNIT_MEASURE"} <= {attribute.id for attribute in definition.attributes}
    answer = client.get(f"/api/tables/{place}/{name}?format=sdmx-csv&{urlencode(QUERIES.get(name, {}))}")
    (dataset,) = sdmx.read_sdmx(io.BytesIO(answer.content), format="CSV", structure=definition).data
    table = rows_of(place, name)
    figures = {
        (*row, metric): value
        for metric in {obs.dimension["METRIC"].value for obs in dataset.obs}
        for row, value in zip(table[key].itertuples(index=False, name=None), table[metric], strict=True)
    }
    assert len(dataset.obs) == len(figures)
    for obs in dataset.obs:
        cell = tuple(obs.dimension[name].value for name in (*named, "METRIC"))
        expected, status = figures[cell], obs.attached_attribute["OBS_STATUS"].value
        assert (obs.value == "") == pd.isna(expected)
        assert status in (("O", "Q") if pd.isna(expected) else ("A", "B", "D", "E", "P", "U"))
        if obs.value != "":
            assert float(obs.value) == float(expected)
        assert obs.attached_attribute["UNIT_MEASURE"].value == data.entry(name, place).unit


def test_a_suppressed_count_is_marked_as_such_and_never_zero(client: TestClient) -> None:
    table = data.table("residents_by_origin", CITY)
    row = table[table["suppressed"]].iloc[0]
    query = f"period={row['period']:%Y-%m-%d}&level={row['level']}&origin={row['origin']}"
    document = client.get(f"/api/tables/{CITY}/residents_by_origin?format=jsonstat&{query}").json()
    cell = str(document["dimension"]["area_id"]["category"]["index"].index(row["area_id"]))
    assert cell not in document["value"]
    assert document["status"][cell] == "Q"
    assert document["extension"]["status"]["label"]["Q"] == "Missing value; suppressed"
    text = client.get(f"/api/tables/{CITY}/residents_by_origin?format=sdmx-csv&{query}").text
    (line,) = [line for line in csv.DictReader(io.StringIO(text)) if line["AREA_ID"] == row["area_id"]]
    assert (line["OBS_VALUE"], line["OBS_STATUS"]) == ("", "Q")
    hidden = [cell for cell, word in document["status"].items() if word == "Q"]
    here = table[
        (table["period"] == row["period"]) & (table["level"] == row["level"]) & (table["origin"] == row["origin"])
    ]
    assert len(hidden) == here["suppressed"].sum()


def test_decimals_are_those_of_the_figures(client: TestClient) -> None:
    for name, metric, digits in (("housing_costs", "mean", 2), ("housing_costs", "households", 0)):
        document = client.get(f"/api/tables/{CITY}/{name}?format=jsonstat").json()
        assert document["dimension"]["metric"]["category"]["unit"][metric]["decimals"] == digits


def test_a_break_and_a_gap_have_their_own_status(client: TestClient) -> None:
    text = client.get("/api/tables/world/cultural_employment?format=sdmx-csv").text
    rows = pd.read_csv(io.StringIO(text), keep_default_na=False)
    table = data.table("cultural_employment")
    assert (rows["OBS_STATUS"] == "B").sum() == (table["flag"] == "b").sum() > 0
    places = pd.read_csv(io.StringIO(client.get(f"/api/tables/{CITY}/facilities?format=sdmx-csv").text), dtype=str)
    assert (places["OBS_STATUS"] == "O").sum() == data.table("facilities", CITY)["places"].isna().sum()


def test_the_header_is_that_of_sdmx_csv_2_0(client: TestClient) -> None:
    answer = client.get("/api/tables/world/solutions?format=sdmx-csv&year=2024")
    assert answer.headers["content-type"] == "application/vnd.sdmx.data+csv;version=2.0.0"
    first, second = answer.text.split("\r\n")[:2]
    assert first.split(",") == [
        *("STRUCTURE", "STRUCTURE_ID", "ACTION", "TIME_PERIOD", "ORIGIN", "ASYLUM", "SOLUTION", "METRIC"),
        *("OBS_VALUE", "OBS_STATUS", "UNIT_MEASURE"),
    ]
    assert second.startswith("datastructure,ZONE:WORLD_SOLUTIONS(1.0.0),I,2024,")


def test_areas_and_countries_have_their_names(client: TestClient) -> None:
    document = client.get(
        f"/api/tables/{CITY}/residents_by_origin?format=jsonstat&period=2024-12-31&level=district"
    ).json()
    areas = data.table("areas", CITY)
    name = areas[(areas["area_id"] == "01") & (areas["level"] == "district")]["name"].iloc[0]
    assert document["dimension"]["area_id"]["category"]["label"]["01"] == name
    assert document["dimension"]["origin"]["category"]["label"]["UKR"] == "Ukraine"
    assert document["role"] == {"time": ["period"], "metric": ["metric"], "geo": ["area_id", "origin"]}


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("world/countries?format=jsonstat", "has no figures"),
        ("world/solutions?format=jsonstat&year=1900", "No row is left"),
        ("world/solutions?format=sdmx-csv&year=1900", "No row is left"),
        ("world/displaced?format=jsonstat", "at most 5,000,000"),
        ("world/displaced?format=sdmx-csv&columns=year,persons", "Leave them in"),
        ("world/displaced?format=gpkg", "no shapes"),
    ],
)
def test_what_is_no_cube_says_why(client: TestClient, address: str, words: str) -> None:
    answer = client.get(f"/api/tables/{address}")
    assert answer.status_code == 422
    assert words in answer.json()["detail"]


def test_text_that_a_spreadsheet_would_run_is_disarmed() -> None:
    entry = data.entry("facilities", CITY)
    rows = data.table("facilities", CITY).head(2).assign(source_id=["=1+1", "@x"], name="+cmd")
    from services import sdmx as ours

    lines = list(csv.reader(io.StringIO(ours.data_csv(cubes.cube(entry, rows)).decode())))
    assert not [cell for line in lines for cell in line if cell.startswith(("=", "@", "+"))]


def test_no_figure_of_rows_is_lost_or_made() -> None:
    with pytest.raises(DataError, match="no figures"):
        cubes.cube(data.entry("countries"), data.table("countries"))
    item = cubes.cube(data.entry("asylum_decisions"), data.table("asylum_decisions").head(10))
    assert len(item.rows) == 40
    assert set(item.rows["metric"]) == {"recognised", "complementary", "rejected", "closed"}


@pytest.mark.parametrize("kind", ["gpkg", "fgb"])
def test_shapes_come_as_files_for_gis(client: TestClient, kind: str) -> None:
    import geopandas as gpd

    rows = gpd.read_file(io.BytesIO(client.get(f"/api/tables/{CITY}/areas?format={kind}&level=district").content))
    assert sorted(rows["area_id"]) == sorted(data.table("areas", CITY).query("level == 'district'")["area_id"])
