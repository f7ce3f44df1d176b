"""What is made once and shown to many: results kept up to so many bytes, the least recently used leave first."""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Callable
from threading import Lock
from typing import Any

from cachetools import LRUCache


class Kept:
    """Results by what they were made of, for all readers of this process.

    most_bytes: bound of what is kept, by `size` of each result. While one reader's result is made, others who ask for
    the same wait for it.
    """

    def __init__(self, most_bytes: int, size: Callable[[Any], int]) -> None:
        self._results: LRUCache[bytes, Any] = LRUCache(most_bytes, getsizeof=size)
        self._making: dict[bytes, Lock] = {}
        self._lock = Lock()

    def get(self, parts: tuple[Any, ...], make: Callable[[], Any]) -> Any:
        """The result of these parts (anything that pickles), made if nobody has asked for it before."""
        key = hashlib.blake2b(pickle.dumps(parts, protocol=5), digest_size=20).digest()
        found = self._known(key)
        if found is not None:
            return found
        with self._lock:
            turn = self._making.setdefault(key, Lock())
        try:
            with turn:
                found = self._known(key)
                if found is None:
                    found = make()
                    with self._lock:
                        if self._results.getsizeof(found) <= self._results.maxsize:
                            self._results[key] = found
            return found
        finally:
            with self._lock:
                self._making.pop(key, None)

    def _known(self, key: bytes) -> Any:
        with self._lock:
            return self._results.get(key)

    @property
    def bytes(self) -> int:
        """Bytes kept now."""
        return int(self._results.currsize)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._results.clear()
