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
from functools import partial
from inspect import signature
from pathlib import Path
from threading import Lock
from typing import Any

import streamlit as st

from data import rights
from data.errors import DataError
from data.files import write
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

    @property
    def told(self) -> tuple[str, float]:
        """What the work says it is at, and how far it is, 0 to 1; ('', 0) if it says nothing."""
        file = Path(self.folder.name) / "told"
        said: tuple[str, float] = pickle.loads(file.read_bytes()) if file.exists() else ("", 0.0)
        return said

    def result(self) -> Any:
        """What the function returned. Raises the DataError that it raised, or RuntimeError with a message if it failed otherwise."""
        file = Path(self.folder.name) / "result"
        if not file.exists():
            raise RuntimeError(self.ended or _("The work ended without a result."))
        fine, value = pickle.loads(file.read_bytes())
        if not fine:
            raise value if isinstance(value, DataError) else RuntimeError(value)
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
    """Run a module's function in a new process, as soon as one of the SLOTS is free, with the role of whoever asks now.

    A function with a parameter `report_progress` is passed one: what report_progress(what, share) wrote last is the
    task's `told`.
    """
    folder = tempfile.TemporaryDirectory(prefix="zone-work-")
    work = function.__module__, function.__name__, args, kwargs, rights.actor()
    (Path(folder.name) / "work").write_bytes(pickle.dumps(work))
    task = Task(folder)
    with _lock:
        _queue.append(task)
    _advance()
    return task


@st.fragment(run_every=1.0)
def watch(key: str, task: Task, shown: Callable[[Task], tuple[float, str]]) -> None:
    """Progress of the work that the session keeps under `key`, with a button that ends it. shown: how far it is, 0 to 1, and in words."""
    if task.done:
        st.rerun()
    if task.position:
        st.progress(0.0, text=_("Waiting for a free place: number {position} in the queue", position=task.position))
    else:
        share, words = shown(task)
        st.progress(min(share, 1.0), text=words)
    if st.button(_("Cancel"), key=f"cancel-{key}"):
        task.cancel()
        del st.session_state[key]
        st.rerun()


def _work(folder: Path) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (LIMIT_BYTES, LIMIT_BYTES))
    module, name, args, kwargs, asking = pickle.loads((folder / "work").read_bytes())
    rights.set_actor_provider(lambda: asking)
    value: tuple[bool, Any]
    try:
        function = getattr(importlib.import_module(module), name)
        if "report_progress" in signature(function).parameters:
            kwargs["report_progress"] = partial(_report_progress, folder)
        value = True, function(*args, **kwargs)
    except MemoryError:
        value = (
            False,
            _("It needs more than {limit:.0f} GB, the most that one question may take here.", limit=LIMIT_BYTES / 1e9),
        )
    except DataError as fault:
        value = False, fault
    except ValueError as fault:
        value = False, str(fault)
    write(folder / "result", pickle.dumps(value))


def _report_progress(folder: Path, what: str, share: float) -> None:
    write(folder / "told", pickle.dumps((what, share)))  # whole or not at all: the page may read at any moment


if __name__ == "__main__":
    _work(Path(sys.argv[1]))
