"""Starts the app: `make run`, or `python serve.py` with any option of `streamlit run`.

Streamlit is one ASGI app here, with the addresses of `web` beside its pages: the room for phones, short links, the API.
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import logging
import os
import subprocess
import sys
import tempfile
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import click
import streamlit.logger
import uvicorn
from pythonjsonlogger.json import JsonFormatter
from starlette.middleware import Middleware
from streamlit import config
from streamlit.runtime.pages_manager import PagesManager
from streamlit.starlette import App
from streamlit.web import bootstrap, cli

import web
from data import rights
from data.errors import DataError, storage_fault
from data.settings import settings
from web import watching
from web.guard import Guard
from web.processes import Pinned, Processes

# Streamlit reads a folder called pages/ as its older page layout until app.py has run once, so a deep link opened first
# on a fresh server would miss app.py and its navigation. There is no public way to say so beforehand.
PagesManager.uses_pages_directory = False
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8  # of glibc's mallopt
MOST_PROCESSES = 4  # unless ZONE_PROCESSES says more: each keeps results and tables of its own


def show_fault(error: Exception) -> bool:
    """Say on the page what of the server's storage fails, wherever a script, a callback or a fragment met it."""
    from views.faults import show  # with what draws pages, which loads after the first answer

    return show(error)


app = App(
    Path(__file__).with_name("app.py"),
    routes=[*watching.ROUTES, *web.ROUTES],
    middleware=[Middleware(watching.Watch), Middleware(Pinned), Middleware(Guard)],
    on_script_error=show_fault,
)


def uvicorn_options() -> dict[str, Any]:
    """Where and how uvicorn listens, by Streamlit's own options.

    uvicorn opens the socket by host and port: asyncio then sets TCP_NODELAY on each connection. On the socket that
    `streamlit run` opens it does not, and the last messages of each run wait 40 ms for the browser's acknowledgement.
    """
    ping_s = config.get_option("server.websocketPingInterval") or 30
    return {
        "host": config.get_option("server.address"),
        "port": config.get_option("server.port"),
        "ssl_certfile": config.get_option("server.sslCertFile"),
        "ssl_keyfile": config.get_option("server.sslKeyFile"),
        "ws": "websockets-sansio",
        "ws_ping_interval": ping_s,
        "ws_ping_timeout": ping_s,
        "ws_max_size": config.get_option("server.maxMessageSize") * 1_000_000,
        "ws_per_message_deflate": config.get_option("server.enableWebsocketCompression"),
        "access_log": False,
    }


def log_as_json() -> None:
    """One JSON object a line on standard error, ours from the least level of ZONE_LOG on. Raises DataError."""
    fields = "%(asctime)s %(levelname)s %(name)s %(message)s"
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter(fields, rename_fields={"asctime": "at", "levelname": "level"}))
    handler.addFilter(without_entries)
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.captureWarnings(True)
    for name in ("zone", "data"):
        logging.getLogger(name).setLevel(settings().log)
    # streamlit writes its lines by handlers of its own, in its own form, and has no setting for another one
    streamlit.logger.setup_formatter = lambda logger: setattr(logger, "handlers", [handler])
    streamlit.logger.update_formatter()


def without_entries(record: logging.LogRecord) -> bool:
    """Storage that fails is told in words: a trace would hold statements with what people entered."""
    if record.exc_info and (kind := storage_fault(record.exc_info[1])):
        record.msg, record.args, record.exc_info = f"storage fails: {kind}", (), None
    return True


def give_memory_back() -> None:
    """Have the C library hand freed memory back to the system: by default it keeps up to 64 MB for every thread."""
    with suppress(OSError, AttributeError):  # another C library than glibc
        libc = ctypes.CDLL("libc.so.6")
        for option, value in ((M_ARENA_MAX, 1), (M_TRIM_THRESHOLD, 131_072), (M_MMAP_THRESHOLD, 131_072)):
            libc.mallopt(option, value)


def load_libraries(pages: int) -> None:
    """Load what every page needs before the first visitor comes; searches for garbage leave out what it holds.

    Several processes share what is loaded before they begin, so then all of it is.
    """
    modules = ["services.surroundings", "services.figures", "views.shell", "views.figures", "ibis.backends.duckdb"]
    if pages > 1:
        here = Path(__file__).parent
        modules += [f"{room}.{file.stem}" for room in ("services", "views") for file in (here / room).glob("[a-z]*.py")]
    try:
        for module in modules:
            importlib.import_module(module)
    finally:
        gc.enable()
    database = importlib.import_module("data.store.database")
    if words := database.damage():
        logging.getLogger("zone.faults").error("the database is damaged, put back a backup: %s", words)
    elif database.address().startswith("sqlite"):  # another one may be away, which must not keep readers waiting
        with suppress(database.SQLAlchemyError):  # what is wrong with it is told where it is used
            database.engine()
            if settings().examples:
                fill_with_examples()
            database.engine().dispose()  # no connection may be shared by processes
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)  # every run leaves thousands of objects, few of them in circles


def fill_with_examples() -> None:
    """Put the examples into a database that holds nothing; a server that cannot begins without.

    They are made in another database, by another process, so that they come whole or not at all.
    """
    try:
        rights.act_as(rights.OWNER)
        backup = importlib.import_module("data.store.backup")
        if backup.is_empty():
            with tempfile.TemporaryDirectory() as folder:
                made = Path(folder, "examples.jsonl")
                command = [sys.executable, "-m", "services.starting_set", str(made)]
                elsewhere = {"ZONE_DATABASE": f"sqlite:///{folder}/zone.db"}
                subprocess.run(command, cwd=Path(__file__).parent, env=os.environ | elsewhere, check=True)
                backup.restore(made)
    except Exception:  # whatever it is, people come for the figures
        logging.getLogger("zone").exception("no examples were stored")
    finally:
        rights.act_as(None)


def page_processes(listening: dict[str, Any]) -> int:
    """How many processes run pages; one where the system cannot fork safely, or TLS hides what is asked."""
    if sys.platform != "linux" or listening["ssl_certfile"]:
        return 1
    return settings().processes or min(len(os.sched_getaffinity(0)), MOST_PROCESSES)


def begin_process(pages: int, folder: Path) -> None:
    """Settle a process that began: its share of the places for long work, and where it keeps what all may use."""
    from services import background, cache

    background.SLOTS = max(1, background.SLOTS // pages)
    cache.share(folder)


@click.command()
@cli.configurator_options
def main(**options: Any) -> None:
    """Serve the app. The options are those of `streamlit run`; .streamlit/config.toml holds their defaults."""
    os.umask(0o077)  # what this server writes is its own user's to read
    bootstrap.load_config_options(options)
    listening = uvicorn_options()
    try:
        log_as_json()
        pages = page_processes(listening)
        if pages > 1:
            watching.share()
        watching.metrics(), watching.tracer()  # what they lack is said before anybody is served
    except DataError as error:
        sys.exit(str(error))
    scheme = "https" if listening["ssl_certfile"] else "http"
    load_libraries(pages)
    click.echo(f"Zone of Social Creativity: {scheme}://{listening['host'] or 'localhost'}:{listening['port']}")
    if pages == 1:
        uvicorn.run(app, log_config=None, **listening)
        return
    config.get_option("server.cookieSecret")  # drawn once for all processes
    served = uvicorn.Config(app, log_config=None, **listening)
    served.load()
    with tempfile.TemporaryDirectory(prefix="zone-shared-", ignore_cleanup_errors=True) as folder:
        code = Processes(served, pages, partial(begin_process, pages, Path(folder)), watching.ended).serve()
    sys.exit(code)


if __name__ == "__main__":
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")  # its own pool would hold 15 MB that nobody uses
    sys.setswitchinterval(0.001)  # a short run beside a long one asks for its turn often: 5 ms each time would be long
    give_memory_back()
    gc.disable()  # thousands of library objects are made in these seconds, and none of them is garbage
    main()
