"""OGC API - Features: each requirement of the classes that it claims, and a peer that reads it as QGIS does."""

from __future__ import annotations

import io
import itertools
import re
from collections.abc import Iterator
from urllib.parse import quote

import geopandas as gpd
import httpx
import openapi_spec_validator
import pandas as pd
import pyogrio
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import box, shape
from starlette.testclient import TestClient

import data
from analytics.indicators import REGISTRY
from bench.driver import served
from data.context import CityContext
from services import features as service
from services import inclusion
from services.features import Selection
from tests.unlimited import unlimited
from web import features

CITY = next(iter(data.cities()))
ROOT = "/api/features"
UNEMPLOYED = f"{CITY}.indicators.district.unemployment"
RESIDENTS = f"{CITY}.indicators.district.residents"
DAY_CARE = f"{CITY}.facilities.daycare"


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with unlimited("http://city.example") as asks:
        yield asks


@pytest.fixture(scope="module")
def listed(client: TestClient) -> dict[str, dict]:
    return {item["id"]: item for item in client.get(f"{ROOT}/collections").json()["collections"]}


def rels(document: dict) -> dict[str, dict]:
    return {link["rel"]: link for link in document["links"]}


def test_every_link_leads_somewhere_and_is_what_it_says(client: TestClient) -> None:
    """From the landing page on: answered in the type that the link names.

    Of alike addresses (the same path of another indicator or kind, another page) one.
    """
    waiting, seen = [(f"http://city.example{ROOT}/", "application/json")], set()
    while waiting:
        address, kind = waiting.pop()
        alike = re.sub(r"offset=\d+", "", re.sub(r"(facilities|indicators\.\w+)\.\w+", r"\1", address))
        if alike in seen:
            continue
        seen.add(alike)
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert answer.headers["content-type"].replace(" ", "") == kind, address
        if kind not in ("application/json", "application/geo+json"):
            continue
        document = answer.json()
        links = document.get("links", [])
        for link in [*links, *(link for item in document.get("collections", []) for link in item["links"])]:
            assert {"href", "rel", "type"} <= set(link), (address, link)
            assert link["href"].startswith(f"http://city.example{ROOT}/"), link
            waiting.append((link["href"], link["type"]))
    for part in ("areas.district/items", "facilities/file/fgb", "indicators.planning_area/schema", "conformance"):
        assert any(address.endswith(part) for address in seen), part


def test_the_landing_page_names_definition_conformance_and_data(client: TestClient) -> None:
    assert client.get(ROOT).url.path == f"{ROOT}/"
    links = rels(client.get(f"{ROOT}/").json())
    assert {"self", "service-desc", "conformance", "data"} <= set(links)
    assert links["service-desc"]["type"] == "application/vnd.oai.openapi+json;version=3.0"
    assert client.get(links["conformance"]["href"]).json()["conformsTo"] == [
        f"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/{name}" for name in ("core", "oas30", "geojson")
    ]


def test_the_definition_is_openapi_3_0_and_states_the_parameters(client: TestClient) -> None:
    document = client.get(f"{ROOT}/api").json()
    assert document["openapi"].startswith("3.0.")
    openapi_spec_validator.validate(document)
    assert document["servers"] == [{"url": f"http://city.example{ROOT}"}]
    parameters = {row["name"]: row for row in document["paths"]["/collections/{collection}/items"]["get"]["parameters"]}
    assert {"limit", "bbox", "datetime", "offset", "f", "collection"} == set(parameters)
    limit = parameters["limit"]["schema"]
    assert (limit["type"], limit["minimum"], limit["maximum"], limit["default"]) == ("integer", 1, 10_000, 100)
    assert (parameters["bbox"]["style"], parameters["bbox"]["explode"]) == ("form", False)
    assert not parameters["datetime"]["required"]
    answered = {
        path for path in document["paths"] for code in document["paths"][path]["get"]["responses"] if code == "422"
    }
    assert not answered


def test_there_is_a_collection_of_each_level_kind_and_indicator(listed: dict[str, dict]) -> None:
    city = data.cities()[CITY]
    kinds = data.table("facilities", CITY)["kind"].unique()
    below = [level for level in city.level_names if level != "city"]
    expected = {f"{CITY}.areas.{level}" for level in city.level_names} | {f"{CITY}.facilities.{kind}" for kind in kinds}
    expected |= {f"{CITY}.indicators.{level}.{card.key}" for level, card in itertools.product(below, REGISTRY)}
    assert {key for key in listed if key.startswith(f"{CITY}.")} == expected
    for item in listed.values():
        assert {"id", "title", "description", "extent", "links", "crs"} <= set(item)
        assert {"items", "self", "describedby", "enclosure"} <= set(rels(item))
        (bbox,) = item["extent"]["spatial"]["bbox"]
        assert bbox[0] <= bbox[2]
        assert bbox[1] <= bbox[3]
        assert re.search(r"CC|ODbL|dl-de", item["attribution"])


def test_pages_hold_every_feature_once(client: TestClient) -> None:
    for key, step in ((DAY_CARE, 1000), (UNEMPLOYED, 5), (f"{CITY}.areas.planning_area", 100), (RESIDENTS, 7)):
        address, ids, pages = f"{ROOT}/collections/{key}/items?limit={step}", [], 0
        while address:
            page = client.get(address).json()
            assert page["type"] == "FeatureCollection"
            assert page["numberReturned"] == len(page["features"]) <= step
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", page["timeStamp"])
            ids += [feature["id"] for feature in page["features"]]
            address = rels(page).get("next", {}).get("href")
            pages += 1
        assert len(ids) == len(set(ids)) == page["numberMatched"]
        assert pages == -(-len(ids) // step)
        assert "next" not in rels(page)
    back = rels(client.get(f"{ROOT}/collections/{DAY_CARE}/items?limit=10&offset=25").json())["prev"]["href"]
    assert "offset=15" in back


def test_values_are_those_of_the_pages_with_unit_day_and_source(client: TestClient) -> None:
    ctx = CityContext(data.cities()[CITY], data.version())
    page = client.get(f"{ROOT}/collections/{RESIDENTS}/items").json()
    newest, oldest = page["features"][0]["properties"], page["features"][-1]["properties"]
    assert newest["day"] > oldest["day"]
    for row in (feature["properties"] for feature in page["features"]):
        assert (
            row["value"]
            == inclusion.measured(ctx, pd.Timestamp(row["day"]), "district").loc[row["area_id"], "residents"]
        )
        assert (row["unit"], row["status"], row["licence"]) == ("persons", "", "CC BY 3.0 DE")
        assert row["source"].startswith("Amt für Statistik")
    social = client.get(f"{ROOT}/collections/{UNEMPLOYED}/items").json()["features"]
    assert {row["properties"]["day"] for row in social} == {
        f"{day:%Y-%m-%d}" for day in data.table("social_monitoring", CITY)["period"]
    }


def test_a_gap_is_empty_and_says_so(client: TestClient) -> None:
    key = f"{CITY}.indicators.planning_area.unemployment"
    rows = [row["properties"] for row in client.get(f"{ROOT}/collections/{key}/items?limit=10000").json()["features"]]
    gaps = [row for row in rows if row["value"] is None]
    assert gaps
    assert {row["status"] for row in gaps} == {"not known"}
    assert {row["status"] for row in rows if row["value"] is not None} == {""}


def test_one_feature_is_the_one_of_the_page(client: TestClient) -> None:
    for key in (DAY_CARE, UNEMPLOYED, f"{CITY}.areas.district"):
        row = client.get(f"{ROOT}/collections/{key}/items?limit=1&offset=3").json()["features"][0]
        one = client.get(f"{ROOT}/collections/{key}/items/{quote(row['id'], safe='')}")
        assert one.headers["content-type"] == "application/geo+json"
        links = rels(one.json())
        assert {"self", "collection"} == set(links)
        assert {name: one.json()[name] for name in row} == row
        assert client.get(links["self"]["href"]).json() == one.json()


@pytest.mark.parametrize("bounds", [(13.3, 52.4, 13.5, 52.55), (13.40, 52.50, 13.41, 52.51), (0.0, 0.0, 1.0, 1.0)])
def test_a_box_holds_what_touches_it(client: TestClient, bounds: tuple[float, ...]) -> None:
    words = ",".join(map(str, bounds))
    six = ",".join(map(str, (*bounds[:2], 0, *bounds[2:], 100)))
    for key in (DAY_CARE, f"{CITY}.areas.planning_area"):
        everything = client.get(f"{ROOT}/collections/{key}/items?limit=10000").json()["features"]
        expected = {row["id"] for row in everything if shape(row["geometry"]).intersects(box(*bounds))}
        for text in (words, six):
            answer = client.get(f"{ROOT}/collections/{key}/items?limit=10000&bbox={text}").json()
            assert {row["id"] for row in answer["features"]} == expected
            assert answer["numberMatched"] == len(expected)


def test_a_box_over_the_180th_meridian_is_two(client: TestClient) -> None:
    total = client.get(f"{ROOT}/collections/{DAY_CARE}/items?limit=1").json()["numberMatched"]
    for text, expected in (("170,-90,14,90", total), ("14.5,-90,10,90", 0), ("-190,-90,190,90", total)):
        answer = client.get(f"{ROOT}/collections/{DAY_CARE}/items?limit=1&bbox={text}").json()
        assert answer["numberMatched"] == expected, text


@pytest.mark.parametrize(
    ("time", "days"),
    [
        ("2024-12-31", ["2024-12-31"]),
        ("2024-12-31T12:00:00Z", ["2024-12-31"]),
        ("2025-01-01T01:30:00%2B02:00", ["2024-12-31"]),
        ("2024-06-30/2024-12-31", ["2024-06-30", "2024-12-31"]),
        ("2024-07-01/..", ["2024-12-31"]),
        ("2024-07-01/", ["2024-12-31"]),
        ("../2021-06-30", ["2021-06-30"]),
        ("/2021-06-29T23:59:59Z", []),
        ("2024-12-30", []),
    ],
)
def test_a_time_holds_the_days_that_touch_it(client: TestClient, time: str, days: list[str]) -> None:
    answer = client.get(f"{ROOT}/collections/{RESIDENTS}/items?limit=10000&datetime={time}").json()
    assert sorted({row["properties"]["day"] for row in answer["features"]}) == days
    assert answer["numberMatched"] == 12 * len(days)
    undated = client.get(f"{ROOT}/collections/{DAY_CARE}/items?limit=1&datetime={time}").json()
    assert undated["numberMatched"] > 1000  # what has no time of its own belongs to all (fc-time-response, C)


def test_areas_are_in_force_from_their_day_on(client: TestClient) -> None:
    for time, count in (("2020-12-31", 0), ("2021-01-01", 12), ("../2020-06-30", 0), ("2030-01-01/..", 12)):
        answer = client.get(f"{ROOT}/collections/{CITY}.areas.district/items?datetime={time}").json()
        assert answer["numberMatched"] == count, time


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("limit=0", "limit"),
        ("limit=-1", "limit"),
        ("limit=many", "limit"),
        ("offset=-1", "offset"),
        ("bbox=", "bbox"),
        ("bbox=1,2,3", "bbox"),
        ("bbox=1,2,3,x", "bbox"),
        ("bbox=nan,2,3,4", "bbox"),
        ("bbox=1,5,3,4", "bbox"),
        ("bbox=390000,5810000,400000,5820000", "degrees"),
        ("datetime=", "datetime"),
        ("datetime=../..", "datetime"),
        ("datetime=yesterday", "yesterday"),
        ("datetime=2024-13-01", "2024-13-01"),
        ("datetime=2024-12-31/2024-01-01", "before"),
        ("datetime=2024-01-01/2024-02-01/2024-03-01", "datetime"),
        ("colour=red", "no parameter 'colour'"),
        ("f=html", "f"),
    ],
)
def test_what_does_not_fit_is_400_with_a_sentence(client: TestClient, query: str, word: str) -> None:
    answer = client.get(f"{ROOT}/collections/{RESIDENTS}/items?{query}")
    assert answer.status_code == 400
    assert answer.json()["code"] == "InvalidParameterValue"
    assert word in answer.json()["description"]


@pytest.mark.parametrize(
    "path",
    ["collections/nowhere", "collections/nowhere/items", f"collections/{RESIDENTS}/items/nobody@2024-12-31", "nothing",
     f"collections/{DAY_CARE}/items/nobody", f"collections/{RESIDENTS}/items/01@1999-01-01"],
)  # fmt: off
def test_what_there_is_not_is_404(client: TestClient, path: str) -> None:
    assert client.get(f"{ROOT}/{path}").status_code == 404


def test_a_larger_limit_than_the_largest_is_the_largest(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(features, "MAX_PAGE", 20)
    page = client.get(f"{ROOT}/collections/{DAY_CARE}/items?limit=999").json()
    assert page["numberReturned"] == 20
    assert "limit=20" in rels(page)["next"]["href"]


def test_units_stand_in_the_schema(client: TestClient) -> None:
    answer = client.get(f"{ROOT}/collections/{UNEMPLOYED}/schema")
    value = answer.json()["properties"]["value"]
    assert (value["type"], value["x-ogc-unit"]) == ("number", "%")
    row = client.get(f"{ROOT}/collections/{UNEMPLOYED}/items?limit=1").json()["features"][0]
    assert set(row["properties"]) | {"geometry"} == set(answer.json()["properties"])


@pytest.mark.parametrize("kind", ["gpkg", "fgb"])
def test_files_hold_the_same(client: TestClient, kind: str) -> None:
    for key in (RESIDENTS, DAY_CARE):
        answer = client.get(f"{ROOT}/collections/{key}/file/{kind}")
        rows = gpd.read_file(io.BytesIO(answer.content))
        whole = client.get(f"{ROOT}/collections/{key}/items?limit=10000").json()
        theirs = gpd.GeoDataFrame.from_features(whole["features"], crs=4326)
        assert rows.crs.to_epsg() == 4326
        by = ["area_id", "day"] if key == RESIDENTS else ["source_id"]
        rows, theirs = rows.sort_values(by, ignore_index=True), theirs.sort_values(by, ignore_index=True)
        assert rows.geometry.geom_equals(theirs.geometry).all()
        pd.testing.assert_frame_equal(
            pd.DataFrame(rows[by]), pd.DataFrame(theirs[by]), check_dtype=False, check_index_type=False
        )
        column = "value" if key == RESIDENTS else "places"
        assert rows[column].fillna(-1).astype(float).tolist() == theirs[column].fillna(-1).astype(float).tolist()
    part = client.get(f"{ROOT}/collections/{RESIDENTS}/file/{kind}?datetime=2024-12-31")
    assert len(gpd.read_file(io.BytesIO(part.content))) == 12


def test_a_server_that_is_not_open_gives_nothing(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZONE_ROLE", "none")
    for path in ("/", "/collections", f"/collections/{DAY_CARE}/items", "/api"):
        assert client.get(f"{ROOT}{path}").status_code == 401


def test_links_name_the_address_that_the_owner_sets(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZONE_ADDRESS", "https://zone.city.example/")
    links = rels(client.get(f"{ROOT}/").json())
    assert links["data"]["href"] == "https://zone.city.example/api/features/collections"


@given(
    st.dates(pd.Timestamp("2000-01-01").date(), pd.Timestamp("2030-01-01").date()),
    st.none() | st.dates(),
    st.none() | st.dates(),
)
def test_a_day_touches_a_time_as_intervals_do(day: object, start: object, end: object) -> None:
    first, begin, finish = (None if word is None else pd.Timestamp(word) for word in (day, start, end))
    moments = {first + pd.Timedelta(hours=hour) for hour in (0, 12, 23)}
    touched = any((begin is None or begin <= at) and (finish is None or at <= finish) for at in moments)
    if begin is None or finish is None or begin <= finish:
        assert Selection(start=begin, end=finish).holds(first, first) == touched


def test_cities_of_any_kind_have_collections(cities: tuple[str, ...], client: TestClient) -> None:
    known = client.get(f"{ROOT}/collections").json()["collections"]
    for city in cities:
        mine = [item for item in known if item["id"].startswith(f"{city}.")]
        assert {f"{city}.areas.{level}" for level in data.cities()[city].level_names} <= {item["id"] for item in mine}
        for item in mine[:: max(1, len(mine) // 12)]:
            page = client.get(rels(item)["items"]["href"] + "?limit=3").json()
            assert page["numberMatched"] >= page["numberReturned"]
            for row in page["features"]:
                answer = client.get(f"{ROOT}/collections/{quote(item['id'])}/items/{quote(row['id'], safe='')}")
                assert answer.json()["properties"] == row["properties"]


@pytest.mark.skipif("OAPIF" not in pyogrio.list_drivers(), reason="this GDAL has no driver for OGC API - Features")
def test_gdal_reads_it_as_qgis_does() -> None:
    """A real server, GDAL's own client: every layer is listed, pages are followed, boxes and types are understood."""
    with served() as (host, _process):
        address = f"OAPIF:http://{host}{ROOT}"
        layers = {name for name, _kind in pyogrio.list_layers(address)}
        ctx = CityContext(data.cities()[CITY], data.version())
        assert layers == set(service.collections(ctx))
        rows = gpd.read_file(address, layer=DAY_CARE, engine="pyogrio", PAGE_SIZE=500)
        table = data.table("facilities", CITY)
        mine = table[table["kind"] == "daycare"].set_index("source_id")
        assert len(rows) == len(mine)
        assert rows.set_index("source_id")["places"].astype(float).sum() == mine["places"].sum()
        assert rows.crs.to_epsg() in (4326, None) or "CRS84" in rows.crs.to_wkt()
        spot = mine.iloc[0]
        near = (spot["lon"] - 0.01, spot["lat"] - 0.01, spot["lon"] + 0.01, spot["lat"] + 0.01)
        inside = gpd.read_file(address, layer=DAY_CARE, engine="pyogrio", bbox=near)
        here = mine["lon"].between(near[0], near[2]) & mine["lat"].between(near[1], near[3])
        assert set(inside["source_id"]) == set(mine.index[here])
        values = gpd.read_file(address, layer=RESIDENTS, engine="pyogrio")
        newest = inclusion.measured(ctx, inclusion.current_half_years(ctx)[-1], "district")["residents"]
        mine = values[values["day"].astype(str).str.startswith("2024-12-31")].set_index("area_id")["value"]
        assert mine.to_dict() == newest.to_dict()
        assert httpx.get(f"http://{host}{ROOT}", follow_redirects=True).status_code == 200
