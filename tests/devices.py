"""Devices that have joined a room, by a name that a test gives them."""

from __future__ import annotations

from functools import cache

from data.store import devices


@cache
def device(code: str, name: str) -> str:
    """The token in the cookie that the server gave this device of the room."""
    return devices.join(code)
