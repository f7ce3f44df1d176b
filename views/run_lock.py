"""One page run at a time.

Python runs one thread at a time, so runs that begin together would each take as long as all of them. Whose turn it is
goes by reader, so that one who asks for much waits behind those who ask for little.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from cachetools import LRUCache

HALF_LIFE_S = 10.0  # after which what a reader used weighs half
HEAVY_S = 2.0  # used: from here on a reader's runs wait for the end of a long one
PATIENCE_S = 2.0  # that a reader's first run waits for the end of a long one
STUCK_S = 30.0  # under way: from here on a run keeps nobody waiting


@dataclass(eq=False)
class _Turn:
    """One run. since: when it came, then when it began; until: when it stops keeping others waiting."""

    reader: str
    since: float = field(default_factory=time.monotonic)
    until: float = 0.0


class RunLock:
    """One run at a time, by the reader who used least time lately.

    Whoever takes longer than longest_s, as a report does, goes on but keeps no one waiting; of a reader who has used
    much, a tenth of that. From the reader's time the time that the run has waited is taken off: nobody waits for ever.
    So that long runs do not pile up, a reader who has used much begins when none is under way any more; one of whom
    nothing is known yet waits for that as well, but not long; one who is known to use little passes them by.
    """

    def __init__(self, longest_s: float) -> None:
        self.longest_s = longest_s
        self._changed = threading.Condition()
        self._waiting: list[_Turn] = []
        self._running: list[_Turn] = []  # one that holds the lock, and long ones that no longer do
        self._used: LRUCache[str, tuple[float, float]] = LRUCache(1000)  # by reader: seconds, and when that was

    @contextmanager
    def hold(self, reader: str = "") -> Iterator[None]:
        """Wait for the lock, and hand it on at the end."""
        turn = _Turn(reader)
        with self._changed:
            self._waiting.append(turn)
            try:
                while (left := self._wait_s(turn)) > 0:
                    self._changed.wait(left)
            finally:
                self._waiting.remove(turn)
            turn.since = time.monotonic()
            is_heavy = self._seconds(reader, turn.since) >= HEAVY_S
            turn.until = turn.since + self.longest_s * (0.1 if is_heavy else 1)
            self._running.append(turn)
            self._changed.notify_all()
        try:
            yield
        finally:
            with self._changed:
                now = time.monotonic()
                self._running.remove(turn)
                self._used[reader] = self._seconds(reader, now) + now - turn.since, now
                self._changed.notify_all()

    def _seconds(self, reader: str, now: float) -> float:
        """What a reader used lately."""
        seconds, at = self._used.get(reader, (0.0, now))
        return float(seconds) * 0.5 ** ((now - at) / HALF_LIFE_S)

    def _may_pass(self, turn: _Turn, now: float) -> bool:
        """Whether a run need not wait for the end of a long one."""
        is_known = turn.reader in self._used or now - turn.since > PATIENCE_S
        return is_known and self._seconds(turn.reader, now) < HEAVY_S

    def _wait_s(self, turn: _Turn) -> float:
        """Seconds after which it is worth looking again; 0 where it is this run's turn."""
        now = time.monotonic()
        if in_time := [run.until - now for run in self._running if run.until > now]:
            return min(in_time)
        is_long = any(now - run.since < STUCK_S for run in self._running)
        ready = [waiting for waiting in self._waiting if not is_long or self._may_pass(waiting, now)]
        first = min(ready, key=lambda waiting: self._seconds(waiting.reader, now) + waiting.since, default=None)
        return 0.0 if first is turn else 1.0
