"""Layers of another map server: asked as the standards say, from listed hosts alone, and nothing else let through."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.testclient import TestClient

import data
import web
from data.connectors import web_layers as connector
from data.context import CityContext, Territory
from data.errors import SourceError
from data.figures import Map
from data.translation import Language
from services import city_map, my_points, web_layers
from tests import map_server
from views import exports, map_component, palette, picture_files
from web import maps
from web.rates import Rates

TERRITORY = Territory(first_year=2015, last_year=2025)
CTX = CityContext(data.cities()["berlin"], data.version())
Served = tuple[str, list[dict[str, str]]]


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """A map server on the list: its address, and what it was asked."""
    with map_server.running() as (host, asked):
        monkeypatch.setenv("ZONE_HOSTS", host)
        yield f"http://{host}/wms?map=city", asked


def query(address: str, name: str, kind: str = "wms") -> web_layers.Query:
    return web_layers.Query(layer_kind=kind, layer_address=address, layer_name=name)  # type: ignore[arg-type]


def test_a_picture_is_asked_for_as_the_standard_says(served: Served) -> None:
    address, asked = served
    content = connector.picture(address, "red", (13.0, 52.3, 13.8, 52.7), (320, 200), "CRS:84")
    assert Image.open(io.BytesIO(content)).size == (320, 200)
    assert asked[0] == {
        "MAP": "city",  # what the address asks stays
        "SERVICE": "WMS",
        "VERSION": "1.3.0",
        "REQUEST": "GetMap",
        "LAYERS": "red",
        "CRS": "CRS:84",
        "BBOX": "13,52.3,13.8,52.7",
        "WIDTH": "320",
        "HEIGHT": "200",
        "FORMAT": "image/png",
        "TRANSPARENT": "TRUE",
    }


@pytest.mark.parametrize(
    ("layer", "why"),
    [
        ("nothing", "no picture came for the layer 'nothing'"),
        ("script", "no picture came"),
        ("elsewhere", "its server answered 302"),
        ("endless", "larger than 4,000,000 bytes"),
    ],
)
def test_what_is_no_picture_is_said_and_not_passed_on(served: Served, layer: str, why: str) -> None:
    with pytest.raises(SourceError, match=why):
        web_layers.pictures(CTX, query(served[0], layer))


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:1/wms",
        "http://169.254.169.254/latest",
        "https://elsewhere.example/wms",
        "file:///etc/passwd",
        "http://{host}@elsewhere.example/",
        "http://elsewhere.example#@{host}/",
        "nonsense",
        "http://[",
        "https://api.unhcr.org:abc/x",
        "https://api.unhcr.org:99999/x",
    ],
)
def test_hosts_that_are_not_on_the_list_are_not_asked(served: Served, address: str) -> None:
    host = served[0].split("/")[2]
    browser = TestClient(Starlette(routes=web.ROUTES))
    address = address.replace("{host}", host)
    with pytest.raises(SourceError):
        web_layers.pictures(CTX, query(address, "red"))
    answer = browser.get("/maps/picture/10/550/335", params={"address": address, "layer": "red"})
    assert answer.status_code == 502
    assert served[1] == []


def test_tiles_come_through_this_server(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = TestClient(Starlette(routes=web.ROUTES))
    answer = browser.get("/maps/picture/1/1/0", params={"address": served[0], "layer": "red"})
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["cache-control"].startswith("private")
    assert Image.open(io.BytesIO(answer.content)).size == (256, 256)
    west, south, east, north = (float(edge) for edge in served[1][0]["BBOX"].split(","))
    assert (west, south) == pytest.approx((0, 0), abs=1e-6)
    assert (east, north) == pytest.approx((20_037_508.34, 20_037_508.34), abs=0.1)
    for wrong in ("/maps/picture/1/2/0", "/maps/picture/21/0/0"):
        assert browser.get(wrong, params={"address": served[0], "layer": "red"}).status_code == 404
    slow = Rates(maps.PICTURES.burst, per_s=0.001)  # a slow machine gains as many tokens as it takes
    monkeypatch.setattr(maps, "PICTURES", slow)
    statuses = {
        browser.get("/maps/picture/1/1/0", params={"address": "x", "layer": "red"}).status_code for _ in range(201)
    }
    assert 429 in statuses, "one client may not ask without end"


def test_the_layer_is_on_the_map_in_its_source_and_in_its_picture(served: Served) -> None:
    layer = web_layers.pictures(CTX, query(served[0], "red"))
    figure = city_map.city_map(CTX, TERRITORY, city_map.Query(colour="displaced", level="district"), layer)
    assert figure.source.endswith("red (127.0.0.1)")
    assert isinstance(figure.drawing, Map)
    drawn = map_component.layers(list(figure.drawing.layers), palette.Style(Language(), "light"), 0.7)
    assert [spec["kind"] for spec in drawn].index("picture") > 0
    assert next(spec for spec in drawn if spec["kind"] == "picture")["tiles"].startswith("maps/picture/{z}/{x}/{y}?")
    if picture_files.can_draw():
        still = Image.open(io.BytesIO(exports.picture_bytes(figure, "png", Language()))).convert("RGB")
        without = city_map.city_map(CTX, TERRITORY, city_map.Query(colour="displaced", level="district"))
        plain = Image.open(io.BytesIO(exports.picture_bytes(without, "png", Language()))).convert("RGB")

        def reds(picture: Image.Image) -> int:
            small = picture.resize((200, 120))
            return sum(red > 120 > max(green, blue) for red, green, blue in small.get_flattened_data())

        assert reds(still) > 5_000 > reds(plain)


def test_features_become_points_of_the_readers_own(served: Served) -> None:
    points = web_layers.points(CTX, query(served[0], "trees", "wfs"))
    figure = my_points.map_figure(CTX, TERRITORY, points, "own: height", "displaced")
    assert figure.finding == "2 of 3 points of trees (127.0.0.1) lie in Berlin"
    assert figure.rows["own: kind"].tolist() == ["lime", "oak"]
    south, west, north, east = (float(edge) for edge in served[1][0]["BBOX"].split(",")[:4])
    assert 52 < south < north < 53, "WFS 2.0 has latitude first"
    assert 13 < west < east < 14
    with pytest.raises(SourceError, match="no GeoJSON came"):
        web_layers.points(CTX, query(served[0], "nothing", "wfs"))
