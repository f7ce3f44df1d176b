"""Which devices are in a room now, and which of them type: for seconds, by no name.

Phones say so each time they ask what is shown, so a server that starts anew knows it again after some seconds. Devices
are in the memory of the process that phones reach; pages run in others, so it writes the two numbers of each room, and
nothing of a device, to a file of its own once a second.
"""

from __future__ import annotations

import os
import re
import socket
import time
from contextlib import suppress
from pathlib import Path
from threading import Lock

import orjson
from cachetools import TTLCache

from data.catalogue import local_folder

HERE_S, TYPING_S = 8.0, 4.0  # after which a device that says nothing is away, or types no more
WRITTEN_S = 1.0
MOST = 20_000  # devices of all rooms


class Presence:
    """Devices by room. All that it gives out are two numbers."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._here: TTLCache[tuple[str, str], bool] = TTLCache(MOST, HERE_S)
        self._typing: TTLCache[tuple[str, str], bool] = TTLCache(MOST, TYPING_S)
        self._written = 0.0

    def note(self, room: str, device: str, is_typing: bool) -> None:
        """A device asked what is shown."""
        with self._lock:
            self._here[room, device] = True
            if is_typing:
                self._typing[room, device] = True
            else:
                self._typing.pop((room, device), None)
            if time.monotonic() - self._written > WRITTEN_S:
                self._written = time.monotonic()
                with suppress(OSError):  # a full disk must not keep phones from voting
                    self._write()

    def count(self, room: str) -> tuple[int, int]:
        """How many devices are in a room, and how many of them type, by all processes of these local tables."""
        with self._lock:
            here, typing = (sum(code == room for code, _ in list(devices)) for devices in (self._here, self._typing))
        for file in _folder().glob("*.json"):
            with suppress(OSError, ValueError):
                if file.name != _file().name and time.time() - file.stat().st_mtime < HERE_S:
                    elsewhere = orjson.loads(file.read_bytes()).get(room, (0, 0))
                    here, typing = here + elsewhere[0], typing + elsewhere[1]
        return here, typing

    def _write(self) -> None:
        rooms: dict[str, list[int]] = {}
        for place, devices in enumerate((self._here, self._typing)):
            for code, _device in list(devices):
                rooms.setdefault(code, [0, 0])[place] += 1
        for file in _folder().glob("*.json"):
            if time.time() - file.stat().st_mtime > 60 * HERE_S:
                file.unlink(missing_ok=True)  # of a process that is no more
        _folder().mkdir(parents=True, exist_ok=True, mode=0o700)
        new = _file().with_suffix(".new")
        new.write_bytes(orjson.dumps(rooms))
        new.replace(_file())


def _folder() -> Path:
    return local_folder() / "presence"


def _file() -> Path:
    # Containers that share these folders may have processes of one number.
    return _folder() / f"{re.sub(r'[^A-Za-z0-9-]', '-', socket.gethostname())}-{os.getpid()}.json"


PRESENCE = Presence()
