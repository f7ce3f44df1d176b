"""The API: the same tables and indicators as the pages, described, filtered, never more than they publish."""

from __future__ import annotations

import io
import json
import threading
import time
from collections.abc import Iterator

import geopandas as gpd
import pandas as pd
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

import data
import web
from analytics.indicators import REGISTRY
from data import engine
from data.errors import DataError
from data.files import geojson_bytes
from services import cache
from tests.unlimited import unlimited
from web import api
from web.rates import Rates

CITY = next(iter(data.cities()))


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with unlimited() as asks:
        yield asks


def test_the_description_names_every_address_and_asks_nobody_else(client: TestClient) -> None:
    described = client.get("/api/openapi.json").json()
    assert described["openapi"].startswith("3.")
    assert set(described["paths"]) == {
        "/catalogue",
        "/cities",
        "/dcat.jsonld",
        "/dcat.ttl",
        "/feeds/versions.atom",
        "/releases.ics",
        "/feeds/{city}/{subject}.atom",
        "/tables/{place}/{name}",
        "/tables/{place}/{name}/csv-metadata.json",
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
    question = f"period={row['period']:%Y-%m-%d}&area_id={row['area_id']}&level={row['level']}&origin={row['origin']}"
    rows = client.get(f"/api/tables/{CITY}/residents_by_origin?{question}").json()["rows"]
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
        (f"tables/{CITY}/residents?columns=persons,persons", 422, "'persons' is named twice"),
        (f"tables/{CITY}/residents?offset={10**30}", 422, "less than"),
        (f"tables/{CITY}/residents?offset=²", 422, "integer"),
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
    words = ["=1+1", "@x", "plain"]
    rows = pd.DataFrame({"=name": words, "kind": pd.Categorical(words)})
    monkeypatch.setattr(api, "place_table", lambda *_args: rows)
    lines = client.get(f"/api/tables/{CITY}/residents?format=csv&limit=9").text.lstrip("\ufeff").split()
    assert lines == ["'=name,kind", "'=1+1,'=1+1", "'@x,'@x", "plain,plain"]


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
        ("by=year,year", "named once"),
        ("by=year,persons", "named once"),
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


def test_shapes_are_written_as_the_library_writes_them(client: TestClient) -> None:
    rows = data.table("areas", CITY)[::40]
    ours = gpd.read_file(io.BytesIO(geojson_bytes(rows)))
    theirs = gpd.read_file(io.BytesIO(rows.to_crs(4326).to_json().encode()))
    assert ours.geometry.geom_equals_exact(theirs.geometry, 1e-12).all()
    pd.testing.assert_frame_equal(pd.DataFrame(ours.drop(columns="geometry")), theirs.drop(columns=["id", "geometry"]))
    none = gpd.GeoDataFrame({"name": ['"<a>\n', None]}, geometry=[None, None], crs=25833)
    assert [row["properties"]["name"] for row in json.loads(geojson_bytes(none))["features"]] == ['"<a>\n', None]
    assert json.loads(geojson_bytes(none[:0]))["features"] == []


def test_a_file_is_made_once(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    address = f"/api/tables/{CITY}/areas?format=geojson&level=city"
    first = client.get(address)
    monkeypatch.setattr(api, "geojson_bytes", lambda _rows: pytest.fail("made again"))
    assert client.get(address).content == first.content


def test_a_part_of_an_answer_is_refused(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "MAX_ROWS", 10)
    monkeypatch.setattr(api, "MAX_FILE_ROWS", 10)
    answer = client.get("/api/sums/world/displaced?by=year,asylum")
    assert (answer.status_code, answer.json()["detail"][:42]) == (422, "The answer has more than 10 rows. Group by")
    answer = client.get(f"/api/tables/{CITY}/residents?format=csv&limit=8")
    assert (answer.status_code, answer.json()["detail"][:36]) == (422, "The file would have more than 10 row")


def test_what_takes_long_is_ended_with_a_sentence(client: TestClient) -> None:
    table = engine.table("residents_by_origin", CITY).select("origin", "level")
    endless = table.cross_join(table.view()).group_by(["origin", "level_right"]).agg(rows=lambda rows: rows.count())
    start = time.monotonic()
    with pytest.raises(DataError, match=r"longer than 0\.3 seconds"):
        engine.run(endless, 0.3)
    assert time.monotonic() - start < 10
    assert len(engine.run(table.limit(3), 5)) == 3  # the connection goes on


def test_a_client_that_takes_too_much_waits_and_another_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "SECONDS", Rates(burst=0.05, per_s=0.01))
    greedy, quiet = (TestClient(Starlette(routes=web.ROUTES), client=(host, 1)) for host in ("192.0.2.1", "192.0.2.2"))
    cache.clear()
    answers = [greedy.get(f"/api/tables/{CITY}/residents_by_origin?limit={number}") for number in range(50_000, 50_009)]
    assert (answers[0].status_code, answers[-1].status_code) == (200, 429)
    assert answers[-1].json()["detail"].startswith("Too much work for one place. Wait ")
    assert int(answers[-1].headers["Retry-After"]) >= 1
    assert quiet.get(f"/api/tables/{CITY}/residents?limit=1").status_code == 200


def test_one_client_has_few_requests_under_way(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    go = threading.Event()
    monkeypatch.setattr(api, "place_table", lambda *_args: go.wait(30) and data.table("countries"))
    statuses: list[int] = []

    def ask(number: int) -> None:
        statuses.append(client.get(f"/api/tables/world/countries?limit={number}").status_code)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(1, 9)]
    for thread in threads:
        thread.start()
        time.sleep(0.1)
    assert statuses == [429] * (8 - api.MAX_UNDER_WAY)
    go.set()
    for thread in threads:
        thread.join(30)
    assert statuses.count(200) == api.MAX_UNDER_WAY
    assert not api.under_way
