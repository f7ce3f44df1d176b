"""The page with which people answer from their phones: no account, no address kept, one small page without outside parts."""

from __future__ import annotations

import json
import secrets
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from data.store import rooms
from views.language import LANGUAGES, _, current, preferred, using

TEMPLATES = Environment(loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True)
DEVICE = "zone_device"
LARGEST = 20_000  # bytes of an answer
YEAR_S = 365 * 24 * 3600


def language_of(request: Request) -> str:
    """The reader's language: asked for in the address, else by the browser."""
    asked = request.query_params.get("lang", "")
    return asked if asked in LANGUAGES else preferred(request.headers.get("accept-language", "").split(",")[0])


def words() -> dict[str, str]:
    """The sentences that the phone's page says by itself."""
    return {
        "wait": _("Wait for the next question."),
        "closed": _("This room is closed. Thank you."),
        "sent": _("Your answer counts. You can change it until the question is closed."),
        "held": _("This question is closed."),
        "lost": _("No connection. Your answer is not sent yet; trying again."),
        "left": _("points left"),
        "most": _("Choose up to three."),
        "send": _("Send"),
        "change": _("Change my answer"),
        "group": _("I am here as"),
        "none": _("prefer not to say"),
        "text": _("Others see your words once the moderator lets them through."),
    }


def state(code: str) -> dict[str, Any]:
    """What a phone needs to draw: the question shown and whether it takes answers."""
    room = rooms.room(code)
    if room is None:
        return {"missing": True}
    asked = rooms.question(room.shown) if room.shown else None
    if room.closed or asked is None:
        return {"closed": room.closed, "question": None}
    return {
        "closed": False,
        "question": {
            "id": asked.id,
            "kind": asked.kind,
            "prompt": asked.prompt,
            "open": asked.open,
            "options": [[key, _(label)] for key, label in asked.options],
        },
    }


def enter(request: Request) -> Response:
    """Where a code is typed in."""
    code = request.query_params.get("code", "").strip().upper()
    with using(language_of(request)):
        if code and rooms.room(code):
            return RedirectResponse(f"join/{code}?lang={current()}")
        page = TEMPLATES.get_template("enter.html")
        return HTMLResponse(page.render(_=_, lang=current(), rtl=current() == "ar", code=code, wrong=bool(code)))


def join(request: Request) -> Response:
    """The room's page."""
    rooms.purge()
    room = rooms.room(request.path_params["code"])
    with using(language_of(request)):
        if room is None:
            return RedirectResponse("../join?code=" + request.path_params["code"][:12])
        page = TEMPLATES.get_template("room.html")
        html = page.render(
            _=_,
            lang=current(),
            rtl=current() == "ar",
            languages=LANGUAGES,
            room=room,
            words=words(),
            total=rooms.BUDGET_POINTS,
            longest=rooms.MAX_TEXT_LENGTH,
            most=rooms.MAX_PRIORITIES,
            state=state(room.code),
        )
    response = HTMLResponse(html)
    if DEVICE not in request.cookies:
        response.set_cookie(
            DEVICE, secrets.token_urlsafe(24), max_age=YEAR_S, httponly=True, samesite="strict", path="/"
        )
    return response


def look(request: Request) -> Response:
    """What the room shows now."""
    with using(language_of(request)):
        return JSONResponse(state(request.path_params["code"]), headers={"Cache-Control": "no-store"})


async def vote(request: Request) -> Response:
    """Take one device's answer; says so only once it is stored."""
    token = request.cookies.get(DEVICE, "")
    with using(language_of(request)):
        if len(token) < 16:
            return JSONResponse(
                {"fault": _("Open the room's page first; it needs a cookie to count each device once.")}, 403
            )
        if not request.headers.get("content-type", "").startswith("application/json"):
            return JSONResponse({"fault": "Expected JSON."}, 415)
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > LARGEST:
                return JSONResponse({"fault": "The answer is too long."}, 413)
        try:
            number, group, value = parsed(body)
            await run_in_threadpool(rooms.answer, request.path_params["code"].upper(), number, token, group, value)
        except ValueError as fault:
            return JSONResponse({"fault": _(str(fault))}, 409)
    return JSONResponse({"stored": True})


def parsed(body: bytes) -> tuple[int, str, Any]:
    """Question, group and value of an answer; ValueError where it has not these parts."""
    try:
        given = json.loads(body)
    except RecursionError as fault:
        raise rooms.RefusedError("An answer names its question and has a value.") from fault
    if not isinstance(given, dict) or not isinstance(given.get("question"), int) or "value" not in given:
        raise rooms.RefusedError("An answer names its question and has a value.")
    return given["question"], str(given.get("group", ""))[:60], given["value"]


app = Starlette(
    routes=[
        Route("/join", enter),
        Route("/join/{code}", join),
        Route("/join/{code}/now", look),
        Route("/join/{code}/answer", vote, methods=["POST"]),
    ]
)
