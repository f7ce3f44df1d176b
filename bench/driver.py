"""A reader without a browser: speaks streamlit's websocket protocol to a running app, counts what it is sent.

Used by the benches and by the tests that guard how many bytes a page sends. Addresses on this machine only.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.sync.client import ClientConnection, connect

ROOT = Path(__file__).parents[1]
CHOICES = ("selectbox", "radio")
# A headless Chromium that draws maps by software and calls nobody.
FLAGS = [
    "--no-sandbox",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-gpu-compositing",
    "--no-first-run",
]


def free_port() -> int:
    """A port of this machine that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(
    surroundings: dict[str, str] | None = None,
    port: int = 0,
    options: tuple[str, ...] = (),
    before: tuple[str, ...] = (),
) -> Iterator[tuple[str, int]]:
    """The app on a port of this machine: host:port and its process number.

    surroundings: more environment. before: a command that becomes the server, which is named after it.
    """
    port = port or free_port()
    process = subprocess.Popen(
        [*before, sys.executable, "serve.py", "--server.port", str(port), *options],
        cwd=ROOT,
        env=os.environ | {"ZONE_EXAMPLES": "0"} | (surroundings or {}),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        healthy(f"localhost:{port}")
        yield f"localhost:{port}", process.pid
    finally:
        process.terminate()
        process.wait(15)


def healthy(host: str, within: float = 60) -> None:
    """Wait until a server answers. Raises TimeoutError."""
    end = time.monotonic() + within
    while time.monotonic() < end:
        try:
            if urllib.request.urlopen(f"http://{host}/_stcore/health", timeout=1).status == 200:
                return
        except OSError:
            time.sleep(0.05)
    raise TimeoutError(f"{host} did not answer within {within} s")


def together(count: int, reader: Callable[[int], object]) -> None:
    """Run a reader of each number in a thread of its own, one begun each tenth of a second, and wait for all."""
    threads = [threading.Thread(target=reader, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
        time.sleep(0.1)
    for thread in threads:
        thread.join()


def resident_mb(process: int) -> float:
    """Memory of a server with all its processes; what they share counts once (proportional set size)."""
    family = [process, *(int(child) for child in Path(f"/proc/{process}/task/{process}/children").read_text().split())]
    totals = (Path(f"/proc/{member}/smaps_rollup").read_text().split("Pss:")[1].split()[0] for member in family)
    return sum(map(int, totals)) * 1024 / 1e6


@dataclass
class Control:
    """A control as the page shows it; value: the option chosen, as text."""

    id: str
    kind: str
    options: list[str]
    value: str


@dataclass
class Reader:
    """One reader's session. After each run: bytes received, controls by key, faults and words shown."""

    host: str
    page: str = ""
    query: dict[str, str] = field(default_factory=dict)
    received: int = 0
    controls: dict[str, Control] = field(default_factory=dict)
    buttons: dict[str, str] = field(default_factory=dict)  # ids by key
    faults: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    session: str = ""

    def __post_init__(self) -> None:
        with urllib.request.urlopen(f"http://{self.host}/_stcore/health", timeout=60) as answer:
            # as a browser has it before it opens a session
            self.cookie: str = answer.headers["Set-Cookie"].split(";")[0]
        self.socket: ClientConnection = connect(
            f"ws://{self.host}/_stcore/stream",
            subprotocols=["streamlit"],
            max_size=None,
            open_timeout=60,  # type: ignore[list-item]
            compression=None,
            additional_headers={"Cookie": self.cookie},
        )
        self.script = ""

    def close(self) -> None:
        """End the session."""
        self.socket.close()

    def open(self, page: str = "", **query: str) -> float:
        """Go to a page by its address; seconds until its script has ended."""
        self.page, self.query, self.script = page, query, ""
        self.controls.clear()
        return self._run(page)

    def choose(self, key: str, value: str) -> float:
        """Change a select box or a radio; seconds until the script has ended."""
        self.controls[key].value = value
        return self._run()

    def press(self, key: str) -> float:
        """Press a button; seconds until the script has ended."""
        return self._run(pressed=self.buttons[key])

    def _run(self, page: str = "", pressed: str = "") -> float:
        self.received = 0
        self.faults, self.words = [], []
        start = time.perf_counter()
        self.send(page, pressed)
        while not self._read():
            pass
        return time.perf_counter() - start

    def send(self, page: str = "", pressed: str = "") -> None:
        """Ask for a run with the controls as they are, without waiting for it."""
        message = BackMsg()
        rerun = message.rerun_script
        rerun.query_string = urlencode(self.query)
        rerun.page_script_hash, rerun.page_name = self.script, page
        states = [WidgetState(id=control.id, string_value=control.value) for control in self.controls.values()]
        rerun.widget_states.widgets.extend(states + [WidgetState(id=pressed, trigger_value=True)] * bool(pressed))
        self.socket.send(message.SerializeToString())

    def _read(self) -> bool:
        """Take one message; whether the script has ended with it."""
        raw = self.socket.recv(timeout=120)
        assert isinstance(raw, bytes)
        self.received += len(raw)
        message = ForwardMsg.FromString(raw)
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self.session = message.new_session.initialize.session_id
        elif kind == "navigation":
            self.script = message.navigation.page_script_hash
        elif kind == "page_info_changed":
            self.query = dict(
                part.split("=", 1) for part in message.page_info_changed.query_string.split("&") if "=" in part
            )
        elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            self._element(message.delta.new_element)
        return kind == "script_finished" and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN

    def _element(self, element: object) -> None:
        kind = element.WhichOneof("type")  # type: ignore[attr-defined]
        widget = getattr(element, kind) if kind else None
        if kind in CHOICES:
            key = widget.id.rsplit("-", 1)[-1]
            chosen = widget.raw_value or (widget.options[widget.default] if widget.options else "")
            known = self.controls.get(key)
            value = known.value if known and known.id == widget.id and not widget.set_value else chosen
            self.controls[key] = Control(widget.id, kind, list(widget.options), value)
        elif kind == "button":
            self.buttons[widget.id.rsplit("-", 1)[-1]] = widget.id
        elif kind == "exception":
            self.faults.append(f"{widget.type}: {widget.message}")
        elif kind in ("markdown", "heading", "alert"):
            self.words.append(str(getattr(widget, "body", "")))
