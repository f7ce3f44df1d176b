"""Charts as files, drawn by a Chromium that steps back for those who read pages meanwhile."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go

if TYPE_CHECKING:
    import kaleido

TABS = 2
NICE = 15  # of the browser's processes; pages have 0


def can_draw() -> bool:
    """Whether this machine can make picture files (kaleido needs a Chromium or Chrome)."""
    return any(shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome", "chrome"))


def draw(
    pictures: Sequence[go.Figure | None],
    options: dict[str, Any],
    progress: Callable[[float], object] = lambda _share: None,
) -> list[bytes | None]:
    """Each picture as a file, by one browser; None for None, or where no browser is. options: format, scale."""
    if not can_draw() or all(picture is None for picture in pictures):
        return [None] * len(pictures)
    import kaleido

    done, shares = 0, SimpleQueue[float | None]()

    async def one_file(browser: kaleido.Kaleido, picture: go.Figure | None) -> bytes | None:
        nonlocal done
        content = None if picture is None else await browser.calc_fig(picture.to_plotly_json(), opts=options)
        done += 1
        shares.put(done / len(pictures))
        return content

    async def every_file() -> list[bytes | None]:
        async with kaleido.Kaleido(n=min(TABS, len(pictures)), mathjax=False) as browser:
            _step_back(browser.subprocess.pid)
            return list(await asyncio.gather(*(one_file(browser, picture) for picture in pictures)))

    # A thread of its own has no event loop yet, whoever calls; progress is told from ours.
    with ThreadPoolExecutor(1) as worker:
        files = worker.submit(lambda: asyncio.run(every_file()))
        files.add_done_callback(lambda _done: shares.put(None))
        for share in iter(shares.get, None):
            progress(share)
        return files.result()


def _step_back(leader: int) -> None:
    """Give a session's processes, and those that they begin later, a lower priority; where the system knows such."""
    if hasattr(os, "setpriority"):
        os.setpriority(os.PRIO_PGRP, leader, NICE)
