"""Long work in a process of its own: started, watched and cancelled from a page; run as `python -m pages.background`."""

from __future__ import annotations

import importlib
import pickle
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from views.language import _

ROOT = Path(__file__).parents[1]


@dataclass
class Task:
    """Work under way. It goes on if the reader leaves the page and ends when cancelled."""

    process: subprocess.Popen[bytes]
    folder: tempfile.TemporaryDirectory[str]
    started: float = field(default_factory=time.monotonic)

    @property
    def seconds(self) -> float:
        """How long it has been under way."""
        return time.monotonic() - self.started

    @property
    def done(self) -> bool:
        """Whether it has ended, well or not."""
        return self.process.poll() is not None

    def result(self) -> Any:
        """What the function returned. Raises RuntimeError with its message if it failed."""
        file = Path(self.folder.name) / "result"
        if not file.exists():
            raise RuntimeError(_("The work ended without a result."))
        fine, value = pickle.loads(file.read_bytes())
        if not fine:
            raise RuntimeError(value)
        return value

    def cancel(self) -> None:
        """End it at once."""
        self.process.kill()
        self.process.wait()


def start(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Task:
    """Run a module's function in a new process."""
    folder = tempfile.TemporaryDirectory(prefix="zone-work-")
    (Path(folder.name) / "work").write_bytes(pickle.dumps((function.__module__, function.__name__, args, kwargs)))
    process = subprocess.Popen([sys.executable, "-m", "pages.background", folder.name], cwd=ROOT)
    return Task(process, folder)


def _work(folder: Path) -> None:
    module, name, args, kwargs = pickle.loads((folder / "work").read_bytes())
    try:
        value = True, getattr(importlib.import_module(module), name)(*args, **kwargs)
    except ValueError as fault:
        value = False, str(fault)
    (folder / "draft").write_bytes(pickle.dumps(value))
    (folder / "draft").replace(folder / "result")


if __name__ == "__main__":
    _work(Path(sys.argv[1]))
