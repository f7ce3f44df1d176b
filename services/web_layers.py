"""A layer of another server: its pictures (WMS) on the map, or its features (WFS) as the reader's own points."""

from __future__ import annotations

from base64 import b64encode
from functools import lru_cache, partial
from typing import Annotated, Literal, NamedTuple
from urllib.parse import quote, urlsplit

from pydantic import Field

from data.connectors import web_layers
from data.context import CityContext, ViewState
from data.figures import Layer
from data.translation import N_
from services import my_points
from services.areas import exact_areas
from services.cache import cached_numbers

KINDS = {"wms": N_("Pictures (WMS)"), "wfs": N_("Points (WFS)")}
DEGREES, MOST_CHECKED = 4326, 64


class Query(ViewState):
    """Where the layer is: the server's address, the layer's name, and how it is asked for."""

    layer_kind: Literal["wms", "wfs"] = "wms"
    layer_address: Annotated[str, Field(max_length=300)] = ""
    layer_name: Annotated[str, Field(max_length=200)] = ""

    def asks_for(self, kind: str) -> bool:
        """Whether there is something to ask for, and it is of this kind."""
        return self.layer_kind == kind and bool(self.layer_address.strip() and self.layer_name.strip())


class WebLayer(NamedTuple):
    """A layer that answers: how it is drawn and whose it is, in words."""

    layer: Layer
    credit: str


@cached_numbers
def extent(ctx: CityContext) -> web_layers.Box:
    """West, south, east, north of the city in degrees."""
    west, south, east, north = exact_areas(ctx).to_crs(DEGREES).total_bounds
    return float(west), float(south), float(east), float(north)


@lru_cache(maxsize=MOST_CHECKED)
def _check(address: str, name: str, box: web_layers.Box) -> None:
    """Raises SourceError where the layer does not answer; one that has answered is not asked again for this."""
    web_layers.picture(address, name, box, (256, 256), "CRS:84")


@lru_cache(maxsize=2)
def _features(address: str, name: str, box: web_layers.Box) -> bytes:
    """What a layer answered last, so that each control of the page does not ask it again."""
    return web_layers.features(address, name, box)


def _still(address: str, name: str, box: web_layers.Box, size: tuple[int, int]) -> str:
    """The layer in a box of degrees as a data address, for a picture to take home. Raises SourceError."""
    content = web_layers.picture(address, name, box, size, "CRS:84")
    return f"data:{web_layers.kind_of(content)};base64,{b64encode(content).decode()}"


def pictures(ctx: CityContext, query: Query) -> WebLayer:
    """The pictures of a WMS layer for the map. Raises SourceError with a sentence where the layer does not answer."""
    address, name = query.layer_address.strip(), query.layer_name.strip()
    _check(address, name, extent(ctx))
    tiles = f"maps/picture/{{z}}/{{x}}/{{y}}?address={quote(address, safe='')}&layer={quote(name, safe='')}"
    options = {"tiles": tiles, "still": partial(_still, address, name)}
    return WebLayer(Layer("picture", options), f"{name} ({urlsplit(address).hostname})")


def points(ctx: CityContext, query: Query) -> my_points.Points:
    """The features of a WFS layer in the city as the reader's points. Raises DataError."""
    address, name = query.layer_address.strip(), query.layer_name.strip()
    content = _features(address, name, extent(ctx))
    label = f"{name} ({urlsplit(address).hostname})"
    return my_points.receive(ctx.language, f"{label}.geojson", content)._replace(name=label)
