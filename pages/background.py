"""Long work in processes of their own: queued, watched and cancelled from a page, within limits of time and memory; run as `python -m pages.background`."""

from __future__ import annotations

import importlib
import pickle
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

from views.language import _

ROOT = Path(__file__).parents[1]


SLOTS = 2  # processes at work at once, for all readers together
LIMIT_S = 300.0  # of a process
LIMIT_BYTES = 4_000_000_000
_queue: list[Task] = []
_lock = Lock()


@dataclass(eq=False)
class Task:
    """Work that waits or is under way. It goes on if the reader leaves the page and ends when cancelled, or after LIMIT_S."""

    folder: tempfile.TemporaryDirectory[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    ended: str = ""

    @property
    def seconds(self) -> float:
        """How long it has been under way; 0 while it waits."""
        return time.monotonic() - self.started if self.process else 0.0

    @property
    def position(self) -> int:
        """How many are before it in the queue, 0 once it is under way."""
        _advance()
        with _lock:
            return (
                [one for one in _queue if one.process is None].index(self) + 1
                if self.process is None and self in _queue
                else 0
            )

    @property
    def done(self) -> bool:
        """Whether it has ended, well or not."""
        _advance()
        return bool(self.ended) or (self.process is not None and self.process.poll() is not None)

    def result(self) -> Any:
        """What the function returned. Raises RuntimeError with its message if it failed."""
        file = Path(self.folder.name) / "result"
        if not file.exists():
            raise RuntimeError(self.ended or _("The work ended without a result."))
        fine, value = pickle.loads(file.read_bytes())
        if not fine:
            raise RuntimeError(value)
        return value

    def cancel(self, why: str = "cancelled") -> None:
        """End it at once, or take it out of the queue."""
        self.ended = why
        if self.process:
            self.process.kill()
            self.process.wait()
        _advance()


def _advance() -> None:
    """Let go of what has ended or takes too long, and start what waits as slots come free."""
    with _lock:
        for task in list(_queue):
            if task.process and not task.ended and task.seconds > LIMIT_S:
                task.process.kill()
                task.ended = _(
                    "It took longer than {limit:.0f} seconds, the most that one question may take here.", limit=LIMIT_S
                )
            if task.ended or (task.process and task.process.poll() is not None):
                _queue.remove(task)
        for task in _queue:
            if task.process is None and sum(one.process is not None for one in _queue) < SLOTS:
                task.process = subprocess.Popen([sys.executable, "-m", "pages.background", task.folder.name], cwd=ROOT)
                task.started = time.monotonic()


def start(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Task:
    """Run a module's function in a new process, as soon as one of the SLOTS is free."""
    folder = tempfile.TemporaryDirectory(prefix="zone-work-")
    (Path(folder.name) / "work").write_bytes(pickle.dumps((function.__module__, function.__name__, args, kwargs)))
    task = Task(folder)
    with _lock:
        _queue.append(task)
    _advance()
    return task


def _work(folder: Path) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (LIMIT_BYTES, LIMIT_BYTES))
    module, name, args, kwargs = pickle.loads((folder / "work").read_bytes())
    try:
        value = True, getattr(importlib.import_module(module), name)(*args, **kwargs)
    except MemoryError:
        value = (
            False,
            _("It needs more than {limit:.0f} GB, the most that one question may take here.", limit=LIMIT_BYTES / 1e9),
        )
    except ValueError as fault:
        value = False, str(fault)
    (folder / "draft").write_bytes(pickle.dumps(value))
    (folder / "draft").replace(folder / "result")


if __name__ == "__main__":
    _work(Path(sys.argv[1]))
