"""The page with which people answer from their phones: no account, no address stored, small, without outside parts."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
from jinja2 import Environment, FileSystemLoader
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from data import ground
from data.context import CityContext
from data.errors import storage_fault
from data.store import devices, rooms, texts
from data.store.ballots import RefusedError
from data.translation import LANGUAGES, N_, Language, preferred
from services.presence import PRESENCE
from services.rooms import LIMITS, context_of, phone_map, phone_state
from web.faults import HANDLERS, SENTENCES, unavailable
from web.rates import Rates, client

TEMPLATES = Environment(loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True)
TEMPLATES.policies["json.dumps_kwargs"] = {
    "sort_keys": False
}  # as in later answers: what is the same is not drawn anew
DEVICE = "zone_device"  # the cookie is this and the room's code: nothing joins two rooms
JOINING = Rates(burst=400, per_s=2)  # devices of one address, which a hall full of phones may share
MAX_ANSWER_BYTES = 20_000  # bytes of an answer
YEAR_S = 365 * 24 * 3600
ROOM_CALLS = ("/now", "/answer", "/support")
NO_ANSWER = N_("An answer names its question and has a value.")


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
        "waits": _("Thank you. Your words wait for the moderator; you may send more."),
        "enough": _("Thank you. Your words wait for the moderator."),
        "held": _("This question is closed."),
        "busy": _("Many people send at this moment. Your answer is sent again by itself."),
        "away": _("The server does not store anything at this moment. Your answer is sent again by itself."),
        "lost": _("No connection. Your answer is not sent yet; trying again."),
        "left": _("points left"),
        "most": _("Choose up to {limit}.", limit="{limit}"),
        "send": _("Send"),
        "change": _("Change my answer"),
        "scale": _("Scale to {points} points", points=LIMITS["points"]),
        "group": _("I am here as"),
        "none": _("prefer not to say"),
        "text": _("Others see your words once the moderator approves them."),
        "order": _("The best first: move each up or down."),
        "up": _("Up"),
        "down": _("Down"),
        "least": _("not at all"),
        "fully": _("fully"),
        "tap": _("Tap the map, or search for a street or place."),
        "search": _("Street, place or area"),
        "reason": _("Why there? (may stay empty)"),
        "pinned": _("Your pin is set"),
        "support": _("Support:"),
    }


def enter(request: Request) -> Response:
    """Where a code is typed in."""
    code, language = request.query_params.get("code", "").strip().upper(), language_of(request)
    if code and rooms.room(code):
        return RedirectResponse(f"join/{code}?lang={language.code}")
    return HTMLResponse(TEMPLATES.get_template("enter.html").render(_=language, code=code, wrong=bool(code)))


async def join(request: Request) -> Response:
    """The room's page; a form for the one-time code where the room needs one that the device has not given."""
    form = await request.form(max_files=0, max_fields=2) if request.method == "POST" else {}
    return await run_in_threadpool(_joined, request, str(form.get("ticket", "")))


def _joined(request: Request, ticket: str) -> Response:
    rooms.purge()
    room, language = rooms.room(request.path_params["code"]), language_of(request)
    if room is None:
        return RedirectResponse("../join?code=" + request.path_params["code"][:12], 303)
    name = f"{DEVICE}_{room.code}"
    if not room.closed and not devices.has_joined(room.code, request.cookies.get(name, "")):
        if room.needs_code and not ticket:
            return _page("ticket.html", _=language, room=room, wrong="")
        if JOINING.wait(client(request.scope)):
            fault = language("Too many devices join from one place. Wait a minute, then open this page again.")
            return PlainTextResponse(fault, 429, {"Retry-After": "60"})
        try:
            token = devices.join(room.code, ticket)
        except RefusedError as error:
            return _page("ticket.html", _=language, room=room, wrong=language(str(error)))
        response = _shown(room, language) if request.method == "GET" else _again(room, language)
        response.set_cookie(name, token, max_age=YEAR_S, httponly=True, samesite="strict", path="/")
        return response
    return _shown(room, language) if request.method == "GET" else _again(room, language)


def _again(room: rooms.RoomView, language: Language) -> Response:
    """After a form was sent the page is asked for anew: a code that was used is not sent twice."""
    return RedirectResponse(f"{room.code}?lang={language.code}", 303)


def _shown(room: rooms.RoomView, language: Language) -> Response:
    return _page(
        "room.html",
        _=language,
        languages=LANGUAGES,
        room=room,
        sentences=sentences(language),
        limits=LIMITS,
        map=_map(context_of(room, language)),
        state=phone_state(room.code, language),
    )


def _page(template: str, **values: Any) -> Response:
    return HTMLResponse(TEMPLATES.get_template(template).render(**values))


def _map(ctx: CityContext) -> dict[str, Any]:
    """The city's map on a phone; without addresses of library and tiles where this machine has none."""
    library = ground.library()
    style = f"ground/{ctx.key}/light.json" if ctx.key in ground.cities() else ""
    files = {"library": f"{library}/maplibre-gl.mjs", "css": f"{library}/maplibre-gl.css"} if library else {}
    return {**phone_map(ctx), "style": style, **files}


def current_state(request: Request) -> Response:
    """What the room shows now; that the device is there, and whether somebody types on it, is noted for seconds."""
    code = request.path_params["code"].upper()
    shown = phone_state(code, language_of(request))
    token = request.cookies.get(f"{DEVICE}_{code}", "")
    if token and devices.has_joined(code, token):
        PRESENCE.note(code, token[:80], request.query_params.get("typing") == "1")
    return Response(orjson.dumps(shown), media_type="application/json", headers={"Cache-Control": "no-store"})


async def _body(request: Request, _: Language) -> bytes | Response:
    """The JSON that a phone sends, or why it is refused."""
    if not request.headers.get("content-type", "").startswith("application/json"):
        return JSONResponse({"fault": "Expected JSON."}, 415)
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_ANSWER_BYTES:
            return JSONResponse({"fault": _("The text is empty or too long.")}, 413)
    return body


async def vote(request: Request) -> Response:
    """Take one device's answer; says so only once it is stored."""
    return await _stored(request, _answer)


async def support(request: Request) -> Response:
    """Take or end one device's support for a text."""
    return await _stored(request, _support)


async def _stored(request: Request, store: Callable[[str, str, bytes], None]) -> Response:
    code, _ = request.path_params["code"].upper(), language_of(request)
    body = await _body(request, _)
    if isinstance(body, Response):
        return body
    try:
        await run_in_threadpool(store, code, request.cookies.get(f"{DEVICE}_{code}", ""), body)
    except devices.UnknownDeviceError as error:
        return JSONResponse({"fault": _(str(error))}, 403)
    except ValueError as error:
        return JSONResponse({"fault": _(str(error))}, 409)
    return JSONResponse({"stored": True})


def _answer(code: str, token: str, body: bytes) -> None:
    number, group, value, slot = parse_answer(body)
    rooms.answer(code, number, token, group, value, slot)


def _support(code: str, token: str, body: bytes) -> None:
    wish = _parsed(body)
    if type(wish.get("text")) is not int or type(wish.get("wants")) is not bool:
        raise RefusedError(NO_ANSWER)
    texts.support(code, wish["text"], token, wish["wants"])


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        wish = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise RefusedError(NO_ANSWER) from error
    if not isinstance(wish, dict):
        raise RefusedError(NO_ANSWER)
    return wish


def parse_answer(body: bytes) -> tuple[int, str, Any, int]:
    """Question, group, value and slot of an answer; RefusedError where it has not these parts."""
    answer = _parsed(body)
    if type(answer.get("question")) is not int or "value" not in answer or type(answer.get("slot", 0)) is not int:
        raise RefusedError(NO_ANSWER)
    return answer["question"], str(answer.get("group", ""))[:60], answer["value"], answer.get("slot", 0)


def away(request: Request, error: Exception) -> Response:
    """Where the server's storage fails: a page in the phone's language, or the answer that the page's script reads."""
    answer = unavailable(request, error)
    if request.url.path.endswith(ROOM_CALLS):
        return answer
    language, headers = language_of(request), {"Cache-Control": "no-store", "Retry-After": "60"}
    sentence = language(SENTENCES[storage_fault(error)])
    page = TEMPLATES.get_template("fault.html").render(_=language, sentence=sentence)
    return HTMLResponse(page, 503, headers)


app = Starlette(
    routes=[
        Route("/join", enter),
        Route("/join/{code}", join, methods=["GET", "POST"]),
        Route("/join/{code}/now", current_state),
        Route("/join/{code}/answer", vote, methods=["POST"]),
        Route("/join/{code}/support", support, methods=["POST"]),
    ],
    exception_handlers=dict.fromkeys(HANDLERS, away),
)
