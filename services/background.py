"""Long work and the reading of uploads, in processes of their own: queued, watched and cancelled, within limits.

A pool's supervisor ends what takes too long, what is cancelled and what nobody waits for any more; the system limits
the memory of each process. A process does one piece of work, so that no file of one reader meets another's.
"""

from __future__ import annotations

import logging
import multiprocessing
import multiprocessing.spawn
import os
import pickle
import shutil
import signal
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import CancelledError, wait
from dataclasses import dataclass
from functools import partial
from inspect import signature
from pathlib import Path
from threading import RLock, Thread
from typing import Any

from pebble import ProcessFuture, ProcessPool

from data import rights
from data.errors import DataError
from data.files import write
from data.translation import Language

try:
    import resource
except ImportError:  # no POSIX system: then only time is limited
    resource = None  # type: ignore[assignment]

SLOTS = 2  # processes at work at once, for all readers together
LIMIT_S = 300.0  # of a process
LIMIT_BYTES = 4_000_000_000
MOST_OF_READER, MOST_TASKS = 3, 20  # waiting or under way, of one reader and of all
ABSENT_S = 30.0  # after which the work of a reader who left is ended
LEFTOVER_S = 3600.0  # after which folders of uploads, of ended work and of servers that were killed are removed
FOLDERS = ("zone-work-", "zone-upload-", "zone-shared-")
Reader = tuple[str, Callable[[], bool]]  # whose work it is, and whether the reader is still there
_log = logging.getLogger("zone.background")
_tasks: list[Task] = []  # not done, oldest first
_pools: list[ProcessPool] = []  # the last is in use
_providers: list[Callable[[], Reader]] = []  # the last says who asks
_lock = RLock()
_prepare = multiprocessing.spawn.get_preparation_data


def _without_main(name: str) -> dict[str, Any]:
    """What a process is told of this one: not its main module, which is the page that runs at the moment."""
    return {key: value for key, value in _prepare(name).items() if not key.startswith("init_main_")}


multiprocessing.spawn.get_preparation_data = _without_main


def set_reader_provider(provider: Callable[[], Reader]) -> None:
    """Set how to find out for whom work is begun; the app does so for readers of pages."""
    _providers[:] = [provider]


@dataclass(eq=False)
class Task:
    """Work that waits or is under way.

    It goes on if the reader opens another page and ends when cancelled, after LIMIT_S, or ABSENT_S after the reader has
    left the app.
    """

    folder: tempfile.TemporaryDirectory[str]
    language: Language
    reader: Reader
    future: ProcessFuture[Any]
    started: float = 0.0
    seen: float = 0.0  # when the reader was last there

    @property
    def seconds(self) -> float:
        """How long it has been under way; 0 while it waits."""
        if not self.started and self.future.running():
            self.started = time.monotonic()
        return time.monotonic() - self.started if self.started else 0.0

    @property
    def position(self) -> int:
        """Its place among those that wait, from 1; 0 once it is under way."""
        with _lock:
            return max(0, _tasks.index(self) + 1 - SLOTS) if self in _tasks else 0

    @property
    def done(self) -> bool:
        """Whether it has ended, well or not."""
        return self.future.done()

    @property
    def progress(self) -> tuple[str, float]:
        """What the work says it is at, and how far it is, 0 to 1; ('', 0) if it says nothing."""
        file = Path(self.folder.name) / "progress"
        progress: tuple[str, float] = pickle.loads(file.read_bytes()) if file.exists() else ("", 0.0)
        return progress

    def wait(self, seconds: float) -> Task:
        """Wait until it has ended. Raises TimeoutError."""
        if wait([self.future], seconds).not_done:
            raise TimeoutError
        return self

    def result(self) -> Any:
        """What the function returned. Raises the DataError that it raised, or RuntimeError with a sentence."""
        _ = self.language
        if not self.done:
            raise RuntimeError(_("The work ended without a result."))
        try:
            return self.future.result()
        except DataError:
            raise
        except ValueError as fault:
            raise RuntimeError(str(fault)) from None
        except TimeoutError:
            what = _(
                "It took longer than {limit:.0f} seconds, the most that one question may take here.", limit=LIMIT_S
            )
        except MemoryError:
            limit = LIMIT_BYTES / 1e9
            what = _("It needs more than {limit:.0f} GB, the most that one question may take here.", limit=limit)
        except CancelledError:
            what = _("The work ended without a result.")
        except Exception as fault:  # a process that died, or a defect of ours
            _log.error("work ended without a result: %s", type(fault).__name__)
            what = _("The work ended without a result.")
        raise RuntimeError(what)

    def cancel(self) -> None:
        """End it at once, or take it out of the queue."""
        self.future.cancel()


def start(language: Language, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Task:
    """Run a module's function in a new process, as soon as one of the SLOTS is free, with the role of whoever asks now.

    A function with a parameter `report_progress` is passed one: what report_progress(what, share) wrote last is the
    task's `progress`. language: of sentences about its limits. Raises DataError where the reader, or all of them,
    have too much waiting already.
    """
    _, reader = language, _providers[-1]() if _providers else ("", lambda: True)
    with _lock:
        if len(_tasks) >= MOST_TASKS or sum(task.reader[0] == reader[0] != "" for task in _tasks) >= MOST_OF_READER:
            raise DataError(_("Too many tasks are waiting. Cancel some of them, or try again in a few minutes."))
        folder = tempfile.TemporaryDirectory(prefix="zone-work-", ignore_cleanup_errors=True)
        environment = {name: value for name, value in os.environ.items() if name.startswith("ZONE_")}
        work = function, args, kwargs, rights.actor(), environment, folder.name
        future = _pool().schedule(_work, args=(pickle.dumps(work),), timeout=LIMIT_S)
        task = Task(folder, language, reader, future, seen=time.monotonic())
        _tasks.append(task)
    future.add_done_callback(_give_on)
    return task


def _give_on(future: Any) -> None:
    with _lock:
        _tasks[:] = [task for task in _tasks if task.future is not future]


def run(language: Language, function: Callable[..., Any], *args: Any) -> Any:
    """The result of short work, such as reading an upload. Raises DataError with a sentence."""
    task = start(language, function, *args)
    try:
        return task.wait(2 * LIMIT_S).result()
    except TimeoutError:
        task.cancel()
        raise DataError(language("The work ended without a result.")) from None
    except RuntimeError as fault:
        raise DataError(*fault.args) from None


def _pool() -> ProcessPool:
    """The pool of processes, another one where it has broken; with the first begins the watch over those who leave."""
    if not _pools or not _pools[-1].active:
        if not _pools:
            Thread(target=_watch, daemon=True).start()
        context = multiprocessing.get_context("spawn")
        _pools[:] = [ProcessPool(SLOTS, max_tasks=1, initializer=_limit, initargs=(LIMIT_BYTES,), context=context)]
    return _pools[-1]


def _watch() -> None:
    while True:
        end_abandoned()
        remove_leftovers()
        time.sleep(5.0)


def end_abandoned() -> None:
    """End the work of readers who left the app ABSENT_S ago."""
    now = time.monotonic()
    for task in [*_tasks]:
        if task.reader[1]():
            task.seen = now
        elif now - task.seen > ABSENT_S:
            task.cancel()


def remove_leftovers() -> None:
    """Remove folders of uploads and of work that nobody used for an hour, also those of a server that was killed."""
    working = {task.folder.name for task in [*_tasks]}
    for folder in Path(tempfile.gettempdir()).glob("zone-*"):
        try:
            is_old = time.time() - folder.stat().st_ctime > LEFTOVER_S
        except OSError:  # somebody else removed it
            continue
        if is_old and folder.name.startswith(FOLDERS) and str(folder) not in working:
            shutil.rmtree(folder, ignore_errors=True)


def _limit(limit_bytes: int) -> None:
    """Limit the process's memory, and its time where no supervisor is left.

    A supervisor's signal ends it at once, also inside a library.
    """
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if resource:
        resource.setrlimit(resource.RLIMIT_AS, (limit_bytes, limit_bytes))
        resource.setrlimit(resource.RLIMIT_CPU, (int(10 * LIMIT_S), int(10 * LIMIT_S)))


def _work(pickled: bytes) -> Any:
    """Do one piece of work in this process, its temporary files in its task's folder, which goes with the task."""
    function, args, kwargs, actor, environment, folder = pickle.loads(pickled)
    tempfile.tempdir = folder
    for name in [name for name in os.environ if name.startswith("ZONE_")]:
        del os.environ[name]
    os.environ.update(environment)
    rights.act_as(actor)
    if "report_progress" in signature(function).parameters:
        kwargs["report_progress"] = partial(_report_progress, Path(folder))
    return function(*args, **kwargs)


def _report_progress(folder: Path, what: str, share: float) -> None:
    write(folder / "progress", pickle.dumps((what, share)))  # whole or not at all: the page may read at any moment
