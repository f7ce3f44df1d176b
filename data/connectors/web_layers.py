"""Layers of other people's map servers, from hosts on the list only: pictures (OGC WMS 1.3.0), features (WFS 2.0.0).

Nothing is kept here: a picture is a reader's own, and a server that is slow or large is left.
"""

from __future__ import annotations

from typing import Literal

import httpx

from data.connectors.one_answer import ask, short
from data.errors import SourceError
from data.translation import N_

PICTURE_BYTES, FEATURE_BYTES, MOST_FEATURES = 4_000_000, 40_000_000, 5_000
SIGNATURES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
Box = tuple[float, float, float, float]  # west, south, east, north
System = Literal["EPSG:3857", "CRS:84"]  # metres of web maps; degrees of longitude and latitude


def kind_of(picture: bytes) -> str:
    """The media type of a picture by its first bytes, '' if it is none that browsers are given."""
    return next((kind for start, kind in SIGNATURES.items() if picture.startswith(start)), "")


def picture(
    address: str,
    layer: str,
    box: Box,
    size: tuple[int, int],
    system: System = "EPSG:3857",
    client: httpx.Client | None = None,
) -> bytes:
    """A layer as a PNG or JPEG of width × height pixels. box: in the system's units. Raises SourceError."""
    query = {
        "SERVICE": "WMS",
        "VERSION": "1.3.0",
        "REQUEST": "GetMap",
        "LAYERS": layer,
        "STYLES": "",
        "CRS": system,
        "BBOX": ",".join(f"{edge:.9g}" for edge in box),
        "WIDTH": str(size[0]),
        "HEIGHT": str(size[1]),
        "FORMAT": "image/png",
        "TRANSPARENT": "TRUE",
    }
    content = ask(address, query, PICTURE_BYTES, client)
    if not kind_of(content):
        raise SourceError(
            short(address),
            N_("no picture came for the layer '{layer}'", layer=layer),
            hint=N_("Look up the layer's name on its server"),
        )
    return content


def features(address: str, layer: str, box: Box, client: httpx.Client | None = None) -> bytes:
    """A layer's features as GeoJSON, at most MOST_FEATURES; unread, so hostile. box: degrees. Raises SourceError."""
    south_first = (box[1], box[0], box[3], box[2])  # WFS 2.0 follows the order of the system's own axes
    query = {
        "SERVICE": "WFS",
        "VERSION": "2.0.0",
        "REQUEST": "GetFeature",
        "TYPENAMES": layer,
        "SRSNAME": "urn:ogc:def:crs:EPSG::4326",
        "BBOX": ",".join(f"{edge:.6f}" for edge in south_first) + ",urn:ogc:def:crs:EPSG::4326",
        "COUNT": str(MOST_FEATURES),
        "OUTPUTFORMAT": "application/json",
    }
    content = ask(address, query, FEATURE_BYTES, client)
    if not content.lstrip().startswith(b"{"):
        raise SourceError(
            short(address),
            N_("no GeoJSON came for the layer '{layer}'", layer=layer),
            hint=N_("Look up the layer's name, and whether its server gives GeoJSON"),
        )
    return content
