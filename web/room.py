"""The page with which people answer from their phones: no account, no address stored, small, without outside parts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from data.store import rooms
from data.translation import LANGUAGES, Language, preferred
from web.faults import HANDLERS
from web.rates import Rates, client

TEMPLATES = Environment(loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True)
TEMPLATES.policies["json.dumps_kwargs"] = {
    "sort_keys": False
}  # as in later answers: what is the same is not drawn anew
DEVICE = "zone_device"  # the cookie is this and the room's code: nothing joins two rooms
JOINING = Rates(burst=150, per_s=1)  # devices of one address, which a hall full of phones may share
MAX_ANSWER_BYTES = 20_000  # bytes of an answer
YEAR_S = 365 * 24 * 3600


def language_of(request: Request) -> Language:
    """The reader's language: that of the address, else the browser's."""
    code = request.query_params.get("lang", "")
    return Language(code if code in LANGUAGES else preferred(request.headers.get("accept-language", "").split(",")[0]))


def sentences(_: Language) -> dict[str, str]:
    """The sentences that the phone's page shows by itself."""
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
        "scale": _("Scale to {points} points", points=rooms.BUDGET_POINTS),
        "group": _("I am here as"),
        "none": _("prefer not to say"),
        "text": _("Others see your words once the moderator lets them through."),
    }


def state(code: str, _: Language) -> dict[str, Any]:
    """What a phone needs to draw: the question shown and whether it takes answers."""
    room = rooms.room(code)
    if room is None:
        return {"missing": True}
    question = rooms.question(room.shown) if room.shown else None
    if room.closed or question is None:
        return {"closed": room.closed, "question": None}
    return {
        "closed": False,
        "question": {
            "id": question.id,
            "kind": question.kind,
            "prompt": rooms.prompt(_, question.prompt),
            "open": question.open,
            "options": [[key, _(label)] for key, label in question.options],
        },
    }


def enter(request: Request) -> Response:
    """Where a code is typed in."""
    code, language = request.query_params.get("code", "").strip().upper(), language_of(request)
    if code and rooms.room(code):
        return RedirectResponse(f"join/{code}?lang={language.code}")
    return HTMLResponse(TEMPLATES.get_template("enter.html").render(_=language, code=code, wrong=bool(code)))


def join(request: Request) -> Response:
    """The room's page."""
    rooms.purge()
    room, language = rooms.room(request.path_params["code"]), language_of(request)
    if room is None:
        return RedirectResponse("../join?code=" + request.path_params["code"][:12])
    html = TEMPLATES.get_template("room.html").render(
        _=language,
        languages=LANGUAGES,
        room=room,
        sentences=sentences(language),
        budget_points=rooms.BUDGET_POINTS,
        max_text_length=rooms.MAX_TEXT_LENGTH,
        max_priorities=rooms.MAX_PRIORITIES,
        state=state(room.code, language),
    )
    response = HTMLResponse(html)
    name = f"{DEVICE}_{room.code}"
    if not room.closed and not rooms.has_joined(room.code, request.cookies.get(name, "")):
        if JOINING.wait(client(request.scope)):
            fault = language("Too many devices join from one place. Wait a minute, then open this page again.")
            return PlainTextResponse(fault, 429, {"Retry-After": "60"})
        response.set_cookie(name, rooms.join(room.code), max_age=YEAR_S, httponly=True, samesite="strict", path="/")
    return response


def current_state(request: Request) -> Response:
    """What the room shows now."""
    shown = state(request.path_params["code"], language_of(request))
    return JSONResponse(shown, headers={"Cache-Control": "no-store"})


async def vote(request: Request) -> Response:
    """Take one device's answer; says so only once it is stored."""
    code, _ = request.path_params["code"].upper(), language_of(request)
    token = request.cookies.get(f"{DEVICE}_{code}", "")
    if not request.headers.get("content-type", "").startswith("application/json"):
        return JSONResponse({"fault": "Expected JSON."}, 415)
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_ANSWER_BYTES:
            return JSONResponse({"fault": "The answer is too long."}, 413)
    try:
        number, group, value = parse_answer(body)
        await run_in_threadpool(rooms.answer, code, number, token, group, value)
    except rooms.UnknownDeviceError as error:
        return JSONResponse({"fault": _(str(error))}, 403)
    except ValueError as error:
        return JSONResponse({"fault": _(str(error))}, 409)
    return JSONResponse({"stored": True})


def parse_answer(body: bytes) -> tuple[int, str, Any]:
    """Question, group and value of an answer; ValueError where it has not these parts."""
    try:
        answer = json.loads(body)
    except RecursionError as error:
        raise rooms.RefusedError("An answer names its question and has a value.") from error
    if not isinstance(answer, dict) or type(answer.get("question")) is not int or "value" not in answer:
        raise rooms.RefusedError("An answer names its question and has a value.")
    return answer["question"], str(answer.get("group", ""))[:60], answer["value"]


app = Starlette(
    routes=[
        Route("/join", enter),
        Route("/join/{code}", join),
        Route("/join/{code}/now", current_state),
        Route("/join/{code}/answer", vote, methods=["POST"]),
    ],
    exception_handlers=HANDLERS,
)
