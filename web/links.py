"""Short links: a redirect to a view, with its preview's tags and picture; at which step a story is."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from data import brand
from data.errors import DataError
from data.settings import settings
from data.store import stories
from services import stories as shown_stories
from views import prints
from views.brand import Brand
from web.faults import HANDLERS
from web.room import TEMPLATES, language_of

FRESH = {"Cache-Control": "no-store"}


def follow(request: Request) -> Response:
    """The page with the preview's tags, which sends a reader on."""
    code = request.path_params["code"]
    link = stories.link(code)
    if link is None:
        return RedirectResponse("../")
    target, title = link
    base = f"{settings().address.rstrip('/')}/" if settings().address else str(request.base_url)
    page = TEMPLATES.get_template("link.html")
    return HTMLResponse(
        page.render(
            title=title,
            target=f"../{target}",
            picture=f"{base}s/{code}.png",
            address=f"{base}s/{code}",
            brand=load_brand().name,
        )
    )


def step(request: Request) -> Response:
    """At which step a story's presentation is, for the window that follows the notes."""
    story = stories.story(request.path_params["code"])
    return Response(status_code=404) if story is None else JSONResponse({"step": story.step}, headers=FRESH)


def read(request: Request) -> Response:
    """A story to scroll through: each step's text beside the figure that was pinned, or the first of its page."""
    language = language_of(request)
    story = shown_stories.story(request.path_params["code"], language)
    if story is None:
        return RedirectResponse("../../story")
    steps = []
    for step in story.steps:
        choices = {key: value for key, value in step["query"].items() if key != "frame"} | {"lang": language.code}
        alone = {"frame": step["query"].get("frame", "first"), "embed": "true"}
        page = "../../" + ("" if step["page"] == "overview" else step["page"])
        address = f"{page}?{urlencode(choices | alone)}"
        steps.append({**step, "text": step.get("text", ""), "page": f"{page}?{urlencode(choices)}", "address": address})
    return HTMLResponse(TEMPLATES.get_template("read.html").render(_=language, story=story, steps=steps))


def picture(request: Request) -> Response:
    """The preview: the title on the brand's colour, 1200 by 630."""
    link = stories.link(request.path_params["code"])
    if link is None:
        return Response(status_code=404)
    return Response(_card(link[1], load_brand()), media_type="image/png", headers={"Cache-Control": "max-age=3600"})


def load_brand() -> Brand:
    """The city's brand; ours where its file is wrong (the pages say what is)."""
    try:
        return Brand(**brand.load())
    except DataError:
        return Brand()


@lru_cache(maxsize=64)
def _card(title: str, brand: Brand) -> bytes:
    return prints.card(title, brand)


app = Starlette(
    routes=[
        Route("/s/{code}.png", picture),
        Route("/s/{code}/step", step),
        Route("/s/{code}/read", read),
        Route("/s/{code}", follow),
    ],
    exception_handlers=HANDLERS,
)
