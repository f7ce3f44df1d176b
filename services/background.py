"""Long work in processes of their own: queued, watched and cancelled, within limits of time and memory; run as
`python -m services.background`.
"""

from __future__ import annotations

import importlib
import pickle
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from inspect import signature
from pathlib import Path
from threading import Condition, Thread
from typing import Any

from data import rights
from data.errors import DataError
from data.files import write
from data.translation import Language

try:
    import resource
except ImportError:  # no POSIX system: then only time is limited
    resource = None  # type: ignore[assignment]

ROOT = Path(__file__).parents[1]
SLOTS = 2  # processes at work at once, for all readers together
LIMIT_S = 300.0  # of a process
LIMIT_BYTES = 4_000_000_000
_unfinished: list[Task] = []  # oldest first
_changed = Condition()


@dataclass(eq=False)
class Task:
    """Work that waits or is under way. It goes on if the reader leaves the page and ends when cancelled, or after
    LIMIT_S.
    """

    folder: tempfile.TemporaryDirectory[str]
    language: Language
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    ended: str = ""

    @property
    def seconds(self) -> float:
        """How long it has been under way; 0 while it waits."""
        return time.monotonic() - self.started if self.process else 0.0

    @property
    def position(self) -> int:
        """Its place among those that wait, from 1; 0 once it is under way."""
        with _changed:
            waiting = [task for task in _unfinished if task.process is None]
            return waiting.index(self) + 1 if self in waiting else 0

    @property
    def done(self) -> bool:
        """Whether it has ended, well or not."""
        return self not in _unfinished

    @property
    def progress(self) -> tuple[str, float]:
        """What the work says it is at, and how far it is, 0 to 1; ('', 0) if it says nothing."""
        file = Path(self.folder.name) / "progress"
        progress: tuple[str, float] = pickle.loads(file.read_bytes()) if file.exists() else ("", 0.0)
        return progress

    def wait(self, seconds: float) -> Task:
        """Wait until it has ended. Raises TimeoutError."""
        with _changed:
            if not _changed.wait_for(lambda: self.done, seconds):
                raise TimeoutError
        return self

    def result(self) -> Any:
        """What the function returned. Raises the DataError that it raised, or RuntimeError with a sentence."""
        file = Path(self.folder.name) / "result"
        if not file.exists():
            raise RuntimeError(self.ended or self.language("The work ended without a result."))
        succeeded, value = pickle.loads(file.read_bytes())
        if not succeeded:
            raise value if isinstance(value, DataError) else RuntimeError(value)
        return value

    def cancel(self, why: str = "cancelled") -> None:
        """End it at once, or take it out of the queue."""
        with _changed:
            self.ended = self.ended or why
            if self.process:
                self.process.kill()
                self.process.wait()
            if self in _unfinished:
                _unfinished.remove(self)
            _changed.notify_all()

    def supervise(self) -> None:
        """Run it as soon as it is among the first SLOTS that are not done, and end it where it takes too long."""
        with _changed:
            _changed.wait_for(lambda: self.done or self in _unfinished[:SLOTS])
            if self.done:
                return
            self.started = time.monotonic()
            self.process = subprocess.Popen([sys.executable, "-m", "services.background", self.folder.name], cwd=ROOT)
        try:
            self.process.wait(LIMIT_S)
        except subprocess.TimeoutExpired:
            _ = self.language
            self.cancel(
                _("It took longer than {limit:.0f} seconds, the most that one question may take here.", limit=LIMIT_S)
            )
        with _changed:
            if self in _unfinished:
                _unfinished.remove(self)
            _changed.notify_all()


def start(language: Language, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Task:
    """Run a module's function in a new process, as soon as one of the SLOTS is free, with the role of whoever asks now.

    A function with a parameter `report_progress` is passed one: what report_progress(what, share) wrote last is the
    task's `progress`. language: of sentences about its limits.
    """
    task = Task(tempfile.TemporaryDirectory(prefix="zone-work-"), language)
    work = function.__module__, function.__name__, args, kwargs, rights.actor(), language
    (Path(task.folder.name) / "work").write_bytes(pickle.dumps(work))
    with _changed:
        _unfinished.append(task)
    Thread(target=task.supervise, daemon=True).start()
    return task


def _work(folder: Path) -> None:
    if resource:
        resource.setrlimit(resource.RLIMIT_AS, (LIMIT_BYTES, LIMIT_BYTES))
    module, name, args, kwargs, actor, _ = pickle.loads((folder / "work").read_bytes())
    rights.act_as(actor)
    value: tuple[bool, Any]
    try:
        function = getattr(importlib.import_module(module), name)
        if "report_progress" in signature(function).parameters:
            kwargs["report_progress"] = partial(_report_progress, folder)
        value = True, function(*args, **kwargs)
    except MemoryError:
        limit = LIMIT_BYTES / 1e9
        value = False, _("It needs more than {limit:.0f} GB, the most that one question may take here.", limit=limit)
    except DataError as fault:
        value = False, fault
    except ValueError as fault:
        value = False, str(fault)
    write(folder / "result", pickle.dumps(value))


def _report_progress(folder: Path, what: str, share: float) -> None:
    write(folder / "progress", pickle.dumps((what, share)))  # whole or not at all: the page may read at any moment


if __name__ == "__main__":
    _work(Path(sys.argv[1]))
