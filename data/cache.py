"""What is computed once and shown to many, kept up to so many bytes; the least recently used leave first."""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Callable
from threading import Lock
from typing import Any

from cachetools import LRUCache


class ByteCache:
    """Results by what they were computed from, for all readers of this process.

    max_bytes: bound of what is kept, by `size` of each result. While a result is computed for one reader, others who
    ask for the same wait for it.
    """

    def __init__(self, max_bytes: int, size: Callable[[Any], int]) -> None:
        self._results: LRUCache[bytes, Any] = LRUCache(max_bytes, getsizeof=size)
        self._computing: dict[bytes, Lock] = {}
        self._lock = Lock()

    def get(self, parts: tuple[Any, ...], compute: Callable[[], Any]) -> Any:
        """The result for these parts (anything that pickles), computed if nobody has asked for it before."""
        # Equal strings of one tuple pickle alike only where they are one object, so each part is pickled by itself.
        key = hashlib.blake2b(b"".join(_spelled(part) for part in parts), digest_size=20).digest()
        result = self._stored(key)
        if result is not None:
            return result
        with self._lock:
            computing = self._computing.setdefault(key, Lock())
        try:
            with computing:
                result = self._stored(key)
                if result is None:
                    result = compute()
                    with self._lock:
                        if self._results.getsizeof(result) <= self._results.maxsize:
                            self._results[key] = result
            return result
        finally:
            with self._lock:
                self._computing.pop(key, None)

    def _stored(self, key: bytes) -> Any:
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


def _spelled(part: Any) -> bytes:
    if isinstance(part, (tuple, list)):
        return b"(" + b"".join(_spelled(item) for item in part) + b")"
    if isinstance(part, dict):
        return b"{" + b"".join(_spelled(key) + _spelled(value) for key, value in part.items()) + b"}"
    return (
        repr(part).encode() + b";"
        if isinstance(part, (str, int, float, type(None)))
        else pickle.dumps(part, protocol=5)
    )
