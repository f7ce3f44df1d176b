"""What an answer to each kind of question must be."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from data.errors import DataError
from data.translation import N_

KINDS = ("poll", "several", "ranking", "scale", "budget", "priorities", "pin", "text", "stage", "cloud", "estimate")
MOST_TEXTS = {"text": 3, "stage": 5, "cloud": 3}  # of a device; a moderator lets each through
SUPPORTED = ("text", "stage")  # whose texts people support
LONGEST = {"text": 280, "stage": 280, "cloud": 40}  # characters
BUDGET_POINTS = 100  # points of a budget
MAX_PRIORITIES = 3
MAX_OPTIONS = 30
MAX_QUESTIONS, MAX_GROUPS = 50, 12  # of a room
MAX_PROMPT = 300  # characters of a question
SCALE = 5  # steps, from 1
PIN_DIGITS = 4  # of a degree, some ten metres: no finer place is kept


class RefusedError(DataError, ValueError):
    """An answer, question or room that cannot be; the sentence says why."""


def check(kind: str, keys: Sequence[str], settings: Mapping[str, Any], value: Any) -> Any:
    """An answer as it is stored. keys: of the options. Raises RefusedError with what is wrong."""
    if kind in MOST_TEXTS:
        return _text(kind, value)
    return _CHECKS[kind](keys, settings, value)


def _text(kind: str, value: Any) -> str:
    text = clean(value)
    if not text or len(text) > LONGEST[kind]:
        raise RefusedError(N_("The text is empty or too long."))
    return text


def clean(value: Any) -> str:
    """A text without signs that cannot be seen."""
    return "".join(sign for sign in str(value) if sign.isprintable() or sign == "\n").strip()


def _chosen(keys: Sequence[str], value: Any, limit: int) -> list[str]:
    if not isinstance(value, list) or not 1 <= len(value) <= limit or len(set(map(str, value))) != len(value):
        raise RefusedError(N_("Choose as many options as the question allows, each of them once."))
    if not set(map(str, value)) <= set(keys):
        raise RefusedError(N_("The answer names an option that was not offered."))
    return list(map(str, value))


def _ranking(keys: Sequence[str], _settings: Mapping[str, Any], value: Any) -> list[str]:
    if not isinstance(value, list) or sorted(map(str, value)) != sorted(keys):
        raise RefusedError(N_("A ranking names every option once."))
    return list(map(str, value))


def _scale(keys: Sequence[str], _settings: Mapping[str, Any], value: Any) -> dict[str, int]:
    if not isinstance(value, dict) or not value or not set(value) <= set(keys):
        raise RefusedError(N_("The answer names an option that was not offered."))
    if any(type(step) is not int or not 1 <= step <= SCALE for step in value.values()):
        raise RefusedError(N_("A step of the scale is a whole number from 1 to 5."))
    return value


def _budget(keys: Sequence[str], _settings: Mapping[str, Any], value: Any) -> dict[str, int]:
    if not isinstance(value, dict) or set(value) != set(keys):
        raise RefusedError(N_("Points are needed for every option."))
    if any(type(points) is not int or points < 0 for points in value.values()) or sum(value.values()) != BUDGET_POINTS:
        raise RefusedError(N_("Points are whole numbers from 0 and add up to 100."))
    return value


def _number(value: Any, low: float, high: float) -> float:
    """A number within its ends; RefusedError else. Numbers too long for a float are refused too."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise RefusedError(N_("The number is outside of what can be."))
    return float(value)


def _pin(_keys: Sequence[str], settings: Mapping[str, Any], value: Any) -> dict[str, Any]:
    if not isinstance(value, dict) or not {"lon", "lat"} <= set(value):
        raise RefusedError(N_("A pin has a place inside the city."))
    west, south, east, north = settings["bounds"]
    reason = clean(value.get("reason", ""))
    if len(reason) > LONGEST["text"]:
        raise RefusedError(N_("The text is empty or too long."))
    lon, lat = _number(value["lon"], west, east), _number(value["lat"], south, north)
    return {"lon": round(lon, PIN_DIGITS), "lat": round(lat, PIN_DIGITS), "reason": reason}


def _estimate(_keys: Sequence[str], settings: Mapping[str, Any], value: Any) -> float:
    return _number(value, settings.get("low", -math.inf), settings.get("high", 1e12))


_CHECKS: dict[str, Callable[[Sequence[str], Mapping[str, Any], Any], Any]] = {
    "poll": lambda keys, _settings, value: _chosen(keys, value, 1),
    "several": lambda keys, settings, value: _chosen(keys, value, settings.get("limit", len(keys))),
    "priorities": lambda keys, settings, value: _chosen(keys, value, settings.get("limit", MAX_PRIORITIES)),
    "ranking": _ranking,
    "scale": _scale,
    "budget": _budget,
    "pin": _pin,
    "estimate": _estimate,
}
