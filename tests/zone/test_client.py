"""The client says the same of a real server, of the repository and of an exported folder; and refuses in words."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

import data
from analytics.indicators import REGISTRY
from bench.driver import ROOT, served
from data.context import CityContext
from services import inclusion
from services.areas import area_names, current_half_years
from zone.client import Client, ZoneError, connect

CITY = next(iter(data.cities()))
SOURCES = ("server", "folder", "exported")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with served() as (host, _process):
        yield f"http://{host}"


@pytest.fixture(scope="module")
def clients(address: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Client]:
    server = connect(address)
    folder = server.export(tmp_path_factory.mktemp("export"), CITY, "social_monitoring", "residents", "world/solutions")
    return {"server": server, "folder": connect(ROOT), "exported": connect(folder)}


@pytest.mark.parametrize("source", SOURCES)
def test_tables_are_the_tables_with_what_they_are(clients: dict[str, Client], source: str) -> None:
    client = clients[source]
    listed = client.catalogue().set_index(["place", "name"])
    for place, name in ((CITY, "social_monitoring"), ("world", "solutions")):
        rows, entry = client.table(place, name), data.entry(name, place)
        pd.testing.assert_frame_equal(rows, data.table(name, place))
        for key in ("title", "unit", "period", "licence", "publisher"):
            assert rows.attrs[key] == getattr(entry, key) == listed.loc[(place, name), key]
        assert rows.attrs["source"] == entry.source_line
    day = client.table(CITY, "residents", period="2024-12-31", age="0-5")
    whole = data.table("residents", CITY)
    expected = whole[(whole["period"] == "2024-12-31") & (whole["age"] == "0-5")]
    assert day["persons"].sum() == expected["persons"].sum()


@pytest.mark.parametrize("source", SOURCES)
def test_indicators_are_those_of_the_pages(clients: dict[str, Client], source: str) -> None:
    ctx = CityContext(data.cities()[CITY], data.version())
    newest = current_half_years(ctx)[-1]
    for level in ("district", "planning_area"):
        rows = clients[source].indicators(CITY, level)
        expected = inclusion.measured(ctx, newest, level)
        pd.testing.assert_frame_equal(rows[[card.key for card in REGISTRY]], expected, check_like=True)
        assert rows["name"].to_dict() == area_names(ctx, level)
        card = rows.attrs["indicators"]["unemployment"]
        assert (card["unit"], card["day"]) == ("%", "2020-12-31")
        assert rows.attrs["period"] == f"{newest:%Y-%m-%d}"


@pytest.mark.parametrize("source", SOURCES)
def test_a_figure_can_be_drawn_and_says_what_it_is(clients: dict[str, Client], source: str) -> None:
    shapes = clients[source].figure(CITY, "daycare_places")
    ctx = CityContext(data.cities()[CITY], data.version())
    assert isinstance(shapes, gpd.GeoDataFrame)
    assert shapes.crs.to_epsg() == 4326
    values = inclusion.measured(ctx, current_half_years(ctx)[-1], "district")["daycare_places"]
    assert shapes["value"].to_dict() == values.to_dict()
    assert shapes.attrs["unit"] == "per 100 children under 6"
    assert shapes.attrs["day"] == "2024-12-31"
    assert "Amt für Statistik" in shapes.attrs["source"]
    assert len(clients[source].areas(CITY, "city")) == 1


@pytest.mark.parametrize("source", SOURCES)
def test_suppressed_counts_stay_empty(clients: dict[str, Client], source: str) -> None:
    values = clients[source].indicators(CITY, "planning_area")["unemployment"]
    assert values.isna().sum() > 0
    assert not (values == 0).any()


@pytest.mark.parametrize("source", SOURCES)
def test_what_there_is_not_is_said_in_a_sentence(clients: dict[str, Client], source: str) -> None:
    client = clients[source]
    for ask, words in (
        (lambda: client.table(CITY, "nothing"), "There is no table"),
        (lambda: client.table(CITY, "residents", colour="red"), "no column 'colour'"),
        (lambda: client.indicators("nowhere"), "There is no city 'nowhere'"),
        (lambda: client.indicators(CITY, "street"), "'street' is no level"),
        (lambda: client.indicators(CITY, "district", "1999-01-01"), "is no half-year"),
        (lambda: client.figure(CITY, "happiness"), "no indicator 'happiness'"),
    ):
        with pytest.raises(ZoneError, match=words):
            ask()


def test_an_earlier_half_year_is_computed_or_refused(clients: dict[str, Client]) -> None:
    ctx = CityContext(data.cities()[CITY], data.version())
    expected = inclusion.measured(ctx, pd.Timestamp("2023-12-31"), "district")["residents"]
    for source in ("server", "folder"):
        assert clients[source].indicators(CITY, period="2023-12-31")["residents"].to_dict() == expected.to_dict()
    with pytest.raises(ZoneError, match="is no half-year"):
        clients["exported"].indicators(CITY, period="2023-12-31")


def test_the_repository_can_be_exported_without_a_server(
    clients: dict[str, Client], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = connect(clients["folder"].export(tmp_path / "copy", CITY, "social_monitoring"))
    assert set(copy.catalogue()["name"]) == {"areas", "social_monitoring"}
    theirs, ours = (client.figure(CITY, "residents") for client in (copy, clients["folder"]))
    pd.testing.assert_frame_equal(pd.DataFrame(theirs), pd.DataFrame(ours))
    monkeypatch.setattr(clients["folder"]._source, "cities", lambda: [{"key": CITY, "levels": {"../x": "x"}}])
    with pytest.raises(ZoneError, match="cannot be the name of a file"):
        clients["folder"].export(tmp_path / "other", CITY)


def test_a_copy_of_tables_alone_has_no_indicators(tmp_path: Path) -> None:
    (tmp_path / CITY).mkdir()
    (tmp_path / "catalogue.json").write_text("[]")
    for name in ("city.json", "residents.parquet"):
        (tmp_path / CITY / name).write_bytes((ROOT / "data" / "tables" / CITY / name).read_bytes())
    with pytest.raises(ZoneError, match="has no indicators"):
        connect(tmp_path).indicators(CITY)


def test_a_place_that_is_none_is_said(tmp_path: Path) -> None:
    with pytest.raises(ZoneError, match=r"no catalogue\.json"):
        connect(tmp_path)
    with pytest.raises(ZoneError, match="does not answer"):
        connect("http://localhost:1").catalogue()


@pytest.fixture
def other_server() -> Iterator[tuple[str, list[tuple[int, dict[str, str], bytes]]]]:
    """A server that answers as a test says, one answer after the other."""
    answers: list[tuple[int, dict[str, str], bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, headers, content = answers.pop(0)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", answers
    server.shutdown()


def test_it_waits_where_a_server_asks_to(other_server: tuple[str, list]) -> None:
    address, answers = other_server
    kind = {"Content-Type": "application/json"}
    answers += [(429, {"Retry-After": "1"}, b""), (200, kind, json.dumps([{"place": "world", "name": "x"}]).encode())]
    assert len(connect(address).catalogue()) == 1
    answers += [(429, {"Retry-After": "0"}, b""), (429, kind, b'{"detail": "Too much work for one place."}')]
    with pytest.raises(ZoneError, match="Too much work for one place"):
        connect(address).cities()


def test_another_kind_of_server_is_told(other_server: tuple[str, list]) -> None:
    address, answers = other_server
    answers.append((200, {"Content-Type": "text/html"}, b"<p>hello"))
    with pytest.raises(ZoneError, match="is no such server"):
        connect(address).catalogue()
    answers.append((401, {"Content-Type": "text/plain"}, b"This server is not open for reading."))
    with pytest.raises(ZoneError, match="not open for reading"):
        connect(address).catalogue()
