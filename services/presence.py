"""Which devices are in a room now, and which of them type: in memory only, for seconds, by no name.

Phones say so each time they ask what is shown, so a server that starts anew knows it again after some seconds.
"""

from __future__ import annotations

from threading import Lock

from cachetools import TTLCache

HERE_S, TYPING_S = 8.0, 4.0  # after which a device that says nothing is away, or types no more
MOST = 20_000  # devices of all rooms


class Presence:
    """Devices by room. All that it gives out are two numbers."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._here: TTLCache[tuple[str, str], bool] = TTLCache(MOST, HERE_S)
        self._typing: TTLCache[tuple[str, str], bool] = TTLCache(MOST, TYPING_S)

    def note(self, room: str, device: str, is_typing: bool) -> None:
        """A device asked what is shown."""
        with self._lock:
            self._here[room, device] = True
            if is_typing:
                self._typing[room, device] = True
            else:
                self._typing.pop((room, device), None)

    def count(self, room: str) -> tuple[int, int]:
        """How many devices are in a room, and how many of them type."""
        with self._lock:
            here, typing = (sum(code == room for code, _ in list(devices)) for devices in (self._here, self._typing))
            return here, typing


PRESENCE = Presence()
