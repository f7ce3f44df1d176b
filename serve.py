"""Starts the app: `make run`, or `python serve.py` with any of streamlit's own options.

Streamlit finds `app` here: its pages, and beside them the addresses of `web` (the room for phones, short links, the API).
"""

import gc
import importlib
import logging
import os
import socket
import sys
import threading
from pathlib import Path

from pythonjsonlogger.json import JsonFormatter
from starlette.middleware import Middleware
from streamlit.runtime.pages_manager import PagesManager
from streamlit.starlette import App
from streamlit.web import cli
from streamlit.web.server.starlette import starlette_server

import web
from web.guard import Guard

# Streamlit reads a folder called pages/ as its older page layout until app.py has run once, so a deep link opened
# first on a fresh server would miss app.py and its navigation. Said beforehand, every link works from the first visit.
PagesManager.uses_pages_directory = False
app = App("app.py", routes=web.ROUTES, middleware=[Middleware(Guard)])


_bind = starlette_server._bind_socket


def at_once(address: str, port: int, backlog: int) -> socket.socket:
    """Streamlit's listening socket, whose connections send each message as soon as it is made.

    asyncio asks for that (TCP_NODELAY) only where a socket names its protocol, and streamlit's does not: the last messages of each run
    would wait for the browser's acknowledgement of the first, 40 ms for every click.
    """
    made = _bind(address, port, backlog)
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return made


def log_lines() -> None:
    """One JSON object a line on standard error; ZONE_LOG names the least level shown (INFO)."""
    lines = logging.StreamHandler()
    lines.setFormatter(
        JsonFormatter(
            "%(asctime)s %(levelname)s %(name)s %(message)s", rename_fields={"asctime": "at", "levelname": "level"}
        )
    )
    for name in ("zone", "data"):
        logger = logging.getLogger(name)
        logger.setLevel(os.environ.get("ZONE_LOG", "INFO"))
        logger.addHandler(lines)
        logger.propagate = False


def warm() -> None:
    """Load the libraries while the first visitor's browser opens; what they hold is then left out of every later search for garbage."""
    try:
        for module in ("pages.frame", "pages.common", "ibis.backends.duckdb"):
            importlib.import_module(module)
    finally:
        gc.enable()
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)  # every run leaves thousands of objects, few of them in circles


if __name__ == "__main__":
    starlette_server._bind_socket = at_once
    log_lines()
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")  # its own pool would hold 15 MB that nobody uses
    gc.disable()  # thousands of library objects are made in these seconds, and none of them is garbage
    threading.Thread(target=warm, daemon=True).start()
    sys.argv = ["streamlit", "run", str(Path(__file__)), *sys.argv[1:]]
    sys.exit(cli.main())
