"""Refresh: recorded answers of UNHCR and Overpass become offers; faults leave the table in use as it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pandas as pd
import pytest

import data
from analytics import differences
from data import definitions, local, refresh
from data.connectors import http_cache, unhcr_api
from data.errors import SourceError


@pytest.fixture(autouse=True)
def own_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZONE_LOCAL", str(tmp_path / "local"))
    monkeypatch.setattr(http_cache, "WAIT_S", 0.0)
    monkeypatch.setattr(http_cache, "PAUSE_S", 0.0)
    monkeypatch.setattr(unhcr_api, "PAGE", 40_000)


def client(handler: Callable[[httpx.Request], httpx.Response]) -> httpx.Client:
    return httpx.Client(transport=httpx.MockTransport(handler))


def items_of(endpoint: str, more: dict[tuple[int, str, str], int]) -> list[dict[str, Any]]:
    """The tables in use as UNHCR's items; `more` refugees by (year, origin, asylum)."""
    rows = data.table("displaced")
    columns = {
        "refugees": "refugees",
        "asylum_seekers": "asylum_seekers",
        "idps_unhcr": "idps",
        "stateless": "stateless",
        "other_in_need": "oip",
        "others_of_concern": "ooc",
        "host_community": "hst",
        "returned_refugees": "returned_refugees",
        "returned_idps": "returned_idps",
    }
    if endpoint in ("idmc", "unrwa"):
        wanted = rows[rows["category"] == {"idmc": "idps_idmc", "unrwa": "palestine_refugees"}[endpoint]]
        return (
            wanted.rename(columns={"origin": "coo_iso", "asylum": "coa_iso", "persons": "total"})
            .drop(columns="category")
            .to_dict("records")
        )
    wide = (
        rows[rows["category"].isin(columns)]
        .pivot(index=["year", "origin", "asylum"], columns="category", values="persons")
        .fillna(0)
        .astype(int)
    )
    wide = wide.rename(columns=columns).reindex(columns=list(columns.values()), fill_value=0)
    for key, number in more.items():
        wide.loc[key, "refugees"] += number
    return wide.rename_axis(["year", "coo_iso", "coa_iso"]).reset_index().to_dict("records")


def served(more: dict[tuple[int, str, str], int]) -> Callable[[httpx.Request], httpx.Response]:
    items_by_endpoint: dict[str, list[dict[str, Any]]] = {}

    def handle(request: httpx.Request) -> httpx.Response:
        endpoint = request.url.path.strip("/").rsplit("/", 1)[-1]
        items = items_by_endpoint.setdefault(endpoint, items_of(endpoint, more))
        page, size = int(request.url.params["page"]), int(request.url.params["limit"])
        pages = -(-len(items) // size)
        return httpx.Response(
            200, json={"page": page, "maxPages": pages, "items": items[(page - 1) * size : page * size]}
        )

    return handle


def test_a_revised_figure_of_unhcr_is_offered_with_its_difference_and_taken_back() -> None:
    before = data.table("displaced")
    syrians = before.query("year == 2024 and origin == 'SYR' and asylum == 'DEU' and category == 'refugees'")[
        "persons"
    ].iloc[0]
    offer = refresh.offer("world/displaced", client(served({(2024, "SYR", "DEU"): 20_000})))
    assert offer is not None
    assert "at year end" in offer.period
    rows = differences.compare(before, data.opened(offer), ["asylum", "year", "category"], "persons")
    assert rows[["asylum", "year", "category", "change"]].to_numpy().tolist() == [["DEU", 2024, "refugees", 20_000]]
    assert data.table("displaced")["persons"].sum() == before["persons"].sum()  # only offered
    local.use("world", "displaced", offer.version)
    now = (
        data.table("displaced")
        .query("year == 2024 and origin == 'SYR' and asylum == 'DEU' and category == 'refugees'")["persons"]
        .iloc[0]
    )
    assert now == syrians + 20_000
    assert local.go_back("world", "displaced") == ""
    assert data.table("displaced")["persons"].sum() == before["persons"].sum()
    assert refresh.offer("world/displaced", client(served({}))) is None or local.offers()[0].rows == len(before)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (lambda body: body | {"items": body["items"][:100], "maxPages": 1}, "the table in use"),
        (
            lambda body: (
                body
                | {
                    "items": [
                        {key: value for key, value in item.items() if key != "refugees"} for item in body["items"]
                    ]
                }
            ),
            "lacks the column 'refugees'",
        ),
        (lambda body: {"page": 1, "items": body["items"]}, "no page of UNHCR's items"),
        (lambda body: body | {"items": [item | {"refugees": -5} for item in body["items"]]}, "negative"),
        (
            lambda body: body | {"items": [item | {"coo_iso": "Syria"} for item in body["items"]]},
            "breaks the table's contract",
        ),
    ],
)
def test_a_drifted_answer_leaves_the_table_in_use(
    change: Callable[[dict[str, Any]], dict[str, Any]], word: str
) -> None:
    ok = served({})

    def drifted(request: httpx.Request) -> httpx.Response:
        answer = ok(request)
        return (
            httpx.Response(200, json=change(answer.json()))
            if "/population/v1/population/" in str(request.url)
            else answer
        )

    checksum = data.entry("displaced").checksum
    with pytest.raises(SourceError, match=word):
        refresh.offer("world/displaced", client(drifted))
    assert local.offers() == []
    assert data.entry("displaced").checksum == checksum


def test_services_of_today_replace_only_openstreetmaps_own() -> None:
    key = next(iter(data.cities()))
    current = data.table("facilities", key)
    osm = current[current["source"].str.contains("OpenStreetMap")]
    library = osm[osm["kind"] == "library"]

    def overpass(request: httpx.Request) -> httpx.Response:
        if b"nwr" in request.content:
            nodes = [
                {
                    "type": "node",
                    "id": n,
                    "lon": row.lon,
                    "lat": row.lat,
                    "tags": {"amenity": "library", "name": row.name_},
                }
                for n, row in enumerate(library.rename(columns={"name": "name_"}).itertuples(), 1)
            ]
            extra = [
                {"type": "node", "id": 10**6 + n, "lon": 13.4, "lat": 52.52, "tags": {"amenity": "pharmacy"}}
                for n in range(len(osm))
            ]
            school = [{"type": "node", "id": 99, "lon": 13.4, "lat": 52.52, "tags": {"amenity": "school"}}]
            return httpx.Response(200, json={"elements": [*nodes, *extra, *school]})
        square = [
            {"lon": lon, "lat": lat} for lon, lat in ((13, 52.3), (13.8, 52.3), (13.8, 52.7), (13, 52.7), (13, 52.3))
        ]
        city = {
            "type": "relation",
            "id": 1,
            "tags": {"admin_level": "4"},
            "members": [{"type": "way", "role": "outer", "geometry": square}],
        }
        return httpx.Response(200, json={"elements": [city]})

    offer = refresh.offer(f"{key}/facilities", client(overpass))
    assert offer is not None
    rows = data.opened(offer)
    official = ~current["source"].str.contains("OpenStreetMap")
    assert (~rows["source"].str.contains("OpenStreetMap")).sum() == official.sum()  # registers stay
    assert (rows["kind"] == "library").sum() == len(library)
    assert (rows["kind"] == "school_primary").sum() == (
        current["kind"] == "school_primary"
    ).sum()  # a register counts schools


def test_the_command_line_says_what_stayed_and_goes_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def offline(self: httpx.Client, *_args: object, **_more: object) -> httpx.Response:
        raise httpx.ConnectError("offline")

    monkeypatch.setattr(httpx.Client, "send", offline)
    monkeypatch.setattr("tenacity.nap.time.sleep", lambda _seconds: None)
    assert refresh.main(["world/displaced", "world/employment", "world/nothing"]) == 1
    errors = capsys.readouterr().err
    assert "world/displaced stays as it was" in errors
    assert "world/employment stays as it was" in errors
    assert "cannot be refreshed" in errors
    assert refresh.main(["--back", "world/displaced"]) == 1


def test_accepting_on_a_schedule_uses_what_is_new(monkeypatch: pytest.MonkeyPatch) -> None:
    table = pd.DataFrame({"year": [2022], "geo": ["DE30"], "thousand_persons": [1.0], "flag": [""]})
    definition = replace(definitions.definition("employment"), download=lambda _place, _client: table)
    monkeypatch.setattr(refresh, "sources", lambda: {"world/employment": definition})
    assert refresh.main([]) == 0
    assert not data.has("employment")
    assert [version.state for version in local.versions("world", "employment")] == ["offered"]
    assert refresh.main(["--accept"]) == 0
    assert data.table("employment")["thousand_persons"].tolist() == [1.0]
