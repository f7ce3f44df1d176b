"""One page run at a time: Python runs one thread at a time, so runs that begin together would each take as long as all
of them.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager


class RunLock:
    """One at a time; whoever takes longer than longest_s, as a report does, goes on but keeps no one waiting."""

    def __init__(self, longest_s: float) -> None:
        self.longest_s = longest_s
        self._changed = threading.Condition()
        self._holder: object | None = None
        self._until = 0.0

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Wait for the lock, and hand it on at the end."""
        mine = object()
        with self._changed:
            while self._holder is not None and (left := self._until - time.monotonic()) > 0:
                self._changed.wait(left)
            self._holder, self._until = mine, time.monotonic() + self.longest_s
        try:
            yield
        finally:
            with self._changed:
                if self._holder is mine:
                    self._holder = None
                    self._changed.notify()
