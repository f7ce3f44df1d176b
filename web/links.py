"""Short links: a redirect to a view, with the tags and the picture that chat programs show as its preview."""

from __future__ import annotations

from functools import lru_cache

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from data import brand
from data.errors import DataError
from data.store import stories
from views import prints
from views.brand import Brand
from web.room import TEMPLATES


def follow(request: Request) -> Response:
    """The page with the preview's tags, which sends a reader on."""
    code = request.path_params["code"]
    found = stories.link(code)
    if found is None:
        return RedirectResponse("../")
    target, title = found
    base = str(request.base_url)
    page = TEMPLATES.get_template("link.html")
    return HTMLResponse(
        page.render(
            title=title,
            target=f"../{target}",
            picture=f"{base}s/{code}.png",
            address=f"{base}s/{code}",
            brand=look().name,
        )
    )


def picture(request: Request) -> Response:
    """The preview: the title on the brand's colour, 1200 by 630."""
    found = stories.link(request.path_params["code"])
    if found is None:
        return Response(status_code=404)
    return Response(_card(found[1], look()), media_type="image/png", headers={"Cache-Control": "max-age=3600"})


def look() -> Brand:
    """The city's look; ours where its file is wrong (the pages say what is)."""
    try:
        return Brand(**brand.load())
    except DataError:
        return Brand()


@lru_cache(maxsize=64)
def _card(title: str, look: Brand) -> bytes:
    return prints.card(title, look)


app = Starlette(routes=[Route("/s/{code}.png", picture), Route("/s/{code}", follow)])
