"""The API: the same tables and indicators as the pages, described, filtered, never more than they publish."""

from __future__ import annotations

import io

import geopandas as gpd
import pandas as pd
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

import data
import web
from analytics.indicators import REGISTRY

CITY = next(iter(data.cities()))


@pytest.fixture(scope="module")
def client() -> TestClient:
    return TestClient(Starlette(routes=web.ROUTES))


def test_the_description_names_every_address_and_asks_nobody_else(client: TestClient) -> None:
    described = client.get("/api/openapi.json").json()
    assert described["openapi"].startswith("3.")
    assert set(described["paths"]) == {
        "/catalogue",
        "/cities",
        "/tables/{place}/{name}",
        "/sums/{place}/{name}",
        "/indicators/{city}",
        "/versions/{place}/{name}",
    }
    assert client.get("/api/docs").status_code == 404  # its page would load from a CDN
    for method in ("post", "put", "delete"):
        assert getattr(client, method)(f"/api/tables/{CITY}/residents").status_code == 405


def test_every_table_of_the_catalogue_can_be_had_with_its_source(client: TestClient) -> None:
    listed = client.get("/api/catalogue").json()
    assert {(entry["place"], entry["name"]) for entry in listed} == set(data.catalogue())
    for entry in listed:
        answer = client.get(f"/api/tables/{entry['place']}/{entry['name']}?limit=2").json()
        assert answer["total"] == entry["rows"]
        assert len(answer["rows"]) == min(2, entry["rows"])
        for key in ("period", "unit", "licence", "source", "version"):
            assert key in answer["about"]


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_whole_table_is_the_tables_own(client: TestClient, kind: str) -> None:
    content = io.BytesIO(client.get(f"/api/tables/{CITY}/social_monitoring?format={kind}").content)
    got = (
        pd.read_parquet(content)
        if kind == "parquet"
        else pd.read_csv(content, dtype={"area_id": str}, parse_dates=["period"])
    )
    pd.testing.assert_frame_equal(got, data.table("social_monitoring", CITY), check_dtype=False)


def test_shapes_come_as_geojson_and_filters_keep_rows(client: TestClient) -> None:
    cut = data.cities()[CITY].boundary_version
    shapes = gpd.read_file(
        io.BytesIO(client.get(f"/api/tables/{CITY}/areas?format=geojson&level=district&boundary_version={cut}").content)
    )
    assert len(shapes) == 12
    assert shapes.crs.to_epsg() == 4326
    rows = client.get(
        f"/api/tables/{CITY}/residents_by_origin?period=2024-12-31&level=city&origin=UKR&columns=area_id,persons"
    ).json()["rows"]
    table = data.table("residents_by_origin", CITY)
    expected = table[(table["period"] == "2024-12-31") & (table["level"] == "city") & (table["origin"] == "UKR")][
        "persons"
    ].iloc[0]
    assert [row["persons"] for row in rows] == [int(expected)]
    assert set(rows[0]) == {"area_id", "persons"}


def test_suppressed_counts_are_empty_here_too(client: TestClient) -> None:
    table = data.table("residents_by_origin", CITY)
    row = table[table["suppressed"]].iloc[0]
    rows = client.get(
        f"/api/tables/{CITY}/residents_by_origin?period={row['period']:%Y-%m-%d}&area_id={row['area_id']}&level={row['level']}&origin={row['origin']}"
    ).json()["rows"]
    assert [row["persons"] for row in rows] == [None]


@pytest.mark.parametrize(
    ("address", "status", "word"),
    [
        ("tables/nowhere/residents", 404, "no table named"),
        (f"tables/{CITY}/..%2f..%2fetc", 404, ""),
        (f"tables/{CITY}/residents?limit=0", 422, "greater"),
        (f"tables/{CITY}/residents?limit=x", 422, "integer"),
        (f"tables/{CITY}/residents?format=exe", 422, "json"),
        (f"tables/{CITY}/residents?colour=red", 422, "no column 'colour'"),
        (f"tables/{CITY}/residents?columns=persons,colour", 422, "no column 'colour'"),
        (f"tables/{CITY}/residents?format=geojson", 422, "no shapes"),
        ("indicators/nowhere", 404, "no city"),
        (f"indicators/{CITY}?level=street", 422, "no level"),
        (f"indicators/{CITY}?period=1999-01-01", 422, "no half-year"),
        ("versions/world/nothing", 404, "no table"),
    ],
)
def test_what_cannot_be_answered_says_why(client: TestClient, address: str, status: int, word: str) -> None:
    answer = client.get(f"/api/{address}")
    assert answer.status_code == status
    assert word in answer.text


def test_indicators_are_those_of_the_pages(client: TestClient) -> None:
    answer = client.get(f"/api/indicators/{CITY}?level=district").json()
    assert answer["total"] == 12
    assert set(answer["about"]["indicators"]) == {indicator.key for indicator in REGISTRY}
    assert all(indicator["unit"] for indicator in answer["about"]["indicators"].values())
    people = data.table("residents", CITY)
    people = people[(people["period"] == answer["about"]["period"]) & people["area_id"].str.startswith("01")][
        "persons"
    ].sum()
    assert next(row["residents"] for row in answer["rows"] if row["area_id"] == "01") == people
    table = pd.read_csv(
        io.BytesIO(client.get(f"/api/indicators/{CITY}?level=district&format=csv").content), dtype={"area_id": str}
    )
    assert table["unemployment"].notna().all()


def test_nothing_is_sent_twice(client: TestClient) -> None:
    first = client.get(f"/api/tables/{CITY}/areas")
    again = client.get(f"/api/tables/{CITY}/areas", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_text_that_a_spreadsheet_would_run_is_disarmed(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data, "table", lambda *_args: pd.DataFrame({"name": ["=1+1", "@x", "plain"]}))
    lines = client.get(f"/api/tables/{CITY}/residents?format=csv").text.lstrip("\ufeff").split()
    assert lines == ["name", "'=1+1", "'@x", "plain"]


def test_sums_are_made_over_what_may_be_added(client: TestClient) -> None:
    rows = client.get("/api/sums/world/displaced?by=year,category&asylum=DEU&year=2023,2024&category=refugees").json()[
        "rows"
    ]
    table = data.table("displaced")
    mine = table[(table["asylum"] == "DEU") & (table["category"] == "refugees") & table["year"].isin([2023, 2024])]
    assert {row["year"]: row["persons"] for row in rows} == mine.groupby("year")["persons"].sum().to_dict()
    people = data.table("residents_by_origin", CITY)
    level = people[
        (people["level"] == "planning_area")
        & (people["period"] == "2024-12-31")
        & (people["boundary_version"] == "2021")
    ]
    answer = client.get(
        f"/api/sums/{CITY}/residents_by_origin?by=origin&level=planning_area&period=2024-12-31&boundary_version=2021"
    ).json()["rows"]
    sums = pd.DataFrame(answer).set_index("origin")
    assert sums["persons"].to_dict() == level.groupby("origin")["persons"].sum().to_dict()
    assert (
        sums["unknown"].to_dict() == level["suppressed"].groupby(level["origin"]).sum().to_dict()
    )  # a lower bound says so


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("by=category", "several kinds of 'year'"),
        ("by=colour&year=2024", "no column 'colour'"),
        ("by=year&value=origin", "cannot be added up"),
        ("by=year&value=year", "cannot be added up"),
        ("by=year&x=1", "no column 'x'"),
        ("by=category&year=2023,2024", "several kinds of 'year'"),
    ],
)
def test_sums_that_make_no_sense_are_refused(client: TestClient, query: str, word: str) -> None:
    answer = client.get(f"/api/sums/world/displaced?{query}")
    assert answer.status_code == 422
    assert word in answer.json()["detail"]


def test_a_value_cannot_break_out_of_its_question(client: TestClient) -> None:
    answer = client.get("/api/sums/world/displaced", params={"by": "year", "asylum": "DEU') OR 1=1 --"})
    assert answer.status_code == 200
    assert answer.json()["rows"] == []


def test_a_server_that_is_not_open_gives_nothing(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZONE_ROLE", "none")
    for address in ("catalogue", "tables/world/countries", "sums/world/displaced?by=year", "openapi.json"):
        answer = client.get(f"/api/{address}")
        assert answer.status_code == 401
        assert "countries" not in answer.text
