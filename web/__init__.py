"""What is served beside the pages: the room's page for phones, short links with a preview, the API, base maps.

Each part loads with the first request for it, so that a server shows its first page sooner.
"""

from __future__ import annotations

import asyncio
import importlib
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import Receive, Scope, Send


@dataclass(frozen=True)
class Part:
    """An application of one module, imported when it is first asked for."""

    module: str

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request to the module's `app`."""
        module: Any = await asyncio.to_thread(importlib.import_module, self.module)
        await module.app(scope, receive, send)


def home(request: Request) -> Response:
    """The first page has no name in Streamlit's addresses; by its name it is found all the same."""
    return RedirectResponse(f"./?{request.url.query}" if request.url.query else "./")


def with_slash(request: Request) -> Response:
    """Programs of maps leave out the slash."""
    return RedirectResponse(f"features/?{request.url.query}" if request.url.query else "features/")


_room, _links, _health, _ground = Part("web.room"), Part("web.links"), Part("web.health"), Part("web.ground")
ROOM = ("", "/now", "/answer", "/support")
MAPS = (
    "scripts/{version}/{file}",
    "libraries/{folder}/{file}",
    "shapes/{city}/{level}/{version}.json",
    "search/{city}",
    "picture/{z}/{x}/{y}",
)
GROUND = ("glyphs/{font}/{range}.pbf", "{city}/{z}/{x}/{y}.pbf", "{city}/{theme}.json")
ROUTES: list[BaseRoute] = [
    Route("/api/features", with_slash),
    Mount("/api/features", app=Part("web.features")),
    Mount("/api", app=Part("web.api")),
    *(Route(f"/join{path}", _room) for path in ("", *(f"/{{code}}{part}" for part in ROOM))),
    Route("/healthz", _health),
    Route("/overview", home),
    *(Route(f"/ground/{path}", _ground) for path in GROUND),
    *(Route(f"/maps/{path}", Part("web.maps")) for path in MAPS),
    *(Route(path, _links) for path in ("/s/{code}.png", "/s/{code}/step", "/s/{code}/read", "/s/{code}")),
]
