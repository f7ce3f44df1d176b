"""What is computed once and shown to many, kept up to so many bytes; the least recently used leave first."""

from __future__ import annotations

import hashlib
import os
import pickle
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import Any

from cachetools import LRUCache
from filelock import FileLock
from pydantic import BaseModel

from data.files import write

CHECK_BYTES = 16  # of a result's checksum, before it in its file
WORTH_S, WORTH_BYTES = 0.01, 20_000_000  # what took so long (a library's loading may come on top) and is no larger


class ResultFolder:
    """Results on disk, so that a restart, or another process, begins with what was computed before.

    place: where it is, of whose owner alone; None for nowhere. writable: whether this process adds to it. max_bytes: of
    all files; the longest unused leave first. A file that is not whole counts as none.
    """

    def __init__(
        self, place: Callable[[], Path | None], max_bytes: Callable[[], int], *, writable: bool = True
    ) -> None:
        self._place, self._max_bytes, self.writable = place, max_bytes, writable
        self._written = 0  # bytes since files were last counted
        self._lock = Lock()

    @property
    def place(self) -> Path | None:
        """Where results are kept now, None for nowhere."""
        return self._place()

    def read(self, key: bytes) -> bytes | None:
        """A result, None where it is not here."""
        place = self.place
        if place is None:
            return None
        try:
            if hasattr(os, "getuid") and place.stat().st_uid != os.getuid():
                return None  # somebody else's folder of this name
            content = (place / key.hex()).read_bytes()
            os.utime(place / key.hex())
            os.utime(place.parent)  # it is in use: who only reads must not lose it to a cleaner of old folders
        except OSError:
            return None
        check, result = content[:CHECK_BYTES], content[CHECK_BYTES:]
        return result if check == _checksum(result) else None

    def write(self, key: bytes, result: bytes) -> None:
        """Keep a result; where the disk refuses, it is computed again next time."""
        place = self.place
        if place is None or not self.writable or len(result) > WORTH_BYTES:
            return
        with suppress(OSError):
            write(place / key.hex(), _checksum(result) + result)
            with self._lock:
                self._written += len(result)
                if self._written > self._max_bytes() / 20:
                    self._written = 0
                    self._prune(place.parent)

    @contextmanager
    def computing(self, key: bytes) -> Iterator[None]:
        """Hold a result for this process while it computes it; where the folder takes nothing, for nobody."""
        place = self.place
        if place is None or not self.writable:
            yield
            return
        file = place.parent / "locks" / key.hex()
        with ExitStack() as stack:
            with suppress(OSError):
                file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                os.utime(place.parent)  # it is in use
                stack.enter_context(FileLock(file, poll_interval=0.01))
            stack.callback(_forget, file)  # at worst another process computes the same beside this one
            yield

    def _prune(self, folder: Path) -> None:
        """Remove the longest unused files, of earlier versions of the code too, until the others fit."""
        files = sorted(((file.stat(), file) for file in folder.glob("*/*")), key=lambda pair: -pair[0].st_mtime)
        kept = 0
        for about, file in files:
            kept += about.st_size
            if kept > self._max_bytes():
                file.unlink(missing_ok=True)


def _forget(file: Path) -> None:
    with suppress(OSError):
        file.unlink()


def _checksum(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=CHECK_BYTES).digest()


class ByteCache:
    """Results by what they were computed from, for all readers of this process.

    max_bytes: bound of what is kept, by `size` of each result. While a result is computed for one reader, others who
    ask for the same wait for it.
    """

    def __init__(self, max_bytes: int, size: Callable[[Any], int]) -> None:
        self._results: LRUCache[bytes, Any] = LRUCache(max_bytes, getsizeof=size)
        self._computing: dict[bytes, Lock] = {}
        self._lock = Lock()

    def get(self, parts: tuple[Any, ...], compute: Callable[[], Any], folders: Sequence[ResultFolder] = ()) -> Any:
        """The result for these parts (anything that pickles), computed if nobody has asked for it before.

        folders: where results in bytes are kept, too.
        """
        key = _key(parts)
        result = self._stored(key)
        if result is not None:
            return result
        with self._lock:
            computing = self._computing.setdefault(key, Lock())
        try:
            with computing:
                result = self._stored(key)
                if result is None:
                    result = _computed_once(key, compute, folders) if folders else compute()
                if self._stored(key) is None:
                    with self._lock:
                        if self._results.getsizeof(result) <= self._results.maxsize:
                            self._results[key] = result
            return result
        finally:
            with self._lock:
                self._computing.pop(key, None)

    def put(self, parts: tuple[Any, ...], result: Any, folders: Sequence[ResultFolder]) -> None:
        """Keep a result in bytes that was computed elsewhere, in the folders too."""
        key, kept = _key(parts), self.get(parts, lambda: result)
        for folder in folders:
            folder.write(key, kept)

    def _stored(self, key: bytes) -> Any:
        with self._lock:
            return self._results.get(key)

    def limit(self, max_bytes: int) -> None:
        """Keep less from now on."""
        with self._lock:
            self._results = LRUCache(max_bytes, getsizeof=self._results.getsizeof)

    @property
    def bytes(self) -> int:
        """Bytes kept now."""
        return int(self._results.currsize)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._results.clear()


def _computed_once(key: bytes, compute: Callable[[], Any], folders: Sequence[ResultFolder]) -> Any:
    """A result of one of the folders, else computed: by one process, while others that share the first one wait."""
    with folders[0].computing(key):
        result = next((result for folder in folders if (result := folder.read(key)) is not None), None)
        if result is None:
            start = time.perf_counter()
            result = compute()
            if time.perf_counter() - start > WORTH_S:
                for folder in folders:
                    folder.write(key, result)
        return result


def _key(parts: tuple[Any, ...]) -> bytes:
    # Equal strings of one tuple pickle alike only where they are one object, so each part is pickled by itself.
    return hashlib.blake2b(b"".join(_spelled(part) for part in parts), digest_size=20).digest()


def _spelled(part: Any) -> bytes:
    """A part in bytes that are the same in every process (which orders the names in a set by chance)."""
    if isinstance(part, (tuple, list)):
        return b"(" + b"".join(_spelled(item) for item in part) + b")"
    if isinstance(part, dict):
        return b"{" + b"".join(_spelled(key) + _spelled(value) for key, value in part.items()) + b"}"
    if isinstance(part, BaseModel):
        return type(part).__qualname__.encode() + _spelled(dict(part))
    if isinstance(part, (str, int, float, type(None))):
        return repr(part).encode() + b";"
    return pickle.dumps(part, protocol=5)
