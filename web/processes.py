"""Several processes behind one port, so that readers do not wait for one another's pages; a reader stays with one.

The first process loads what all need, opens the port and forks: memory is shared until somebody writes to it. It reads
the head of each new connection without taking it and hands the connection itself to a process, so that nothing is
copied. Process 0 answers phones, the API and instruments; the others run pages. Not a proxy before several servers:
each would load everything again, and copy every byte. Not uvicorn's workers: they take connections as they come, and
a session lives in the memory of one process.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import selectors
import signal
import socket
import sys
import time
import zlib
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from itertools import cycle

import uvicorn
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

APART = ("/join", "/api", "/s/", "/healthz", "/metrics")  # answered by process 0
OF_SESSION = ("/media/", "/_stcore/upload_file/")  # known only to the process that holds the session
COOKIE = "_streamlit_xsrf"  # Streamlit's own; its mask changes with each answer, what it masks does not
MOST_HEAD = 16_384  # bytes of a request's head that are looked at
HEAD_S = 10.0  # for which a connection may stay silent
TICK_S = 0.02
MOST_WAITING = 2_000  # connections that have not said what they ask
STOP_S = 10.0
QUICK_S, MOST_QUICK = 10.0, 5  # that many processes in a row that ended this soon: there is no use in more
_log = logging.getLogger("zone.processes")


def process_for(path: str, headers: Iterable[tuple[bytes, bytes]], pages: int) -> int:
    """The number of the process that answers a request: 0, or 1 to `pages`.

    A reader is told apart by Streamlit's cookie. Without one (a first visit, a frame on another site) the browser's
    own headers decide, which are the same in all its requests.
    """
    if path.startswith(APART):
        return 0
    fields = {name.lower(): value for name, value in headers}
    cookies = dict(pair.strip().partition("=")[::2] for pair in fields.get(b"cookie", b"").decode("latin-1").split(";"))
    browser = fields.get(b"user-agent", b"") + fields.get(b"accept-language", b"")
    return zlib.crc32(_token(cookies.get(COOKIE, "")) or browser) % pages + 1


def _token(cookie: str) -> bytes:
    """What stays the same in Streamlit's cookie, "2|mask|masked token|time"; nothing of what is no such cookie."""
    try:
        _kind, mask, masked, _time = cookie.split("|")
        pairs = zip(bytes.fromhex(masked), cycle(bytes.fromhex(mask)), strict=False)
        return bytes(byte ^ hidden_by for byte, hidden_by in pairs)
    except ValueError:
        return b""


TRY_AGAIN = 1013  # of RFC 6455's registry


class Pinned:
    """Middleware of one process: what only another one knows is asked for anew, over a connection of its own."""

    own, pages = 0, 0  # set in each process after it began; one process alone has no others

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A browser uses one connection for many requests; one that is another process's is closed after its answer."""
        if (
            scope["type"] not in ("http", "websocket")
            or not self.pages
            or process_for(scope["path"], scope["headers"], self.pages) == self.own
        ):
            await self.app(scope, receive, send)
            return
        if (
            scope["type"] == "websocket"
        ):  # over a connection that a proxy had for another reader: the browser asks again
            await receive()
            await send({"type": "websocket.close", "code": TRY_AGAIN})
            return

        async def send_and_close(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"connection", b"close")]
            await send(message)

        if scope["path"].startswith(OF_SESSION):
            request = Request(scope, receive)
            async for _part in request.stream():  # a browser reads no answer before it has sent its file
                pass
            address = request.url.path + (f"?{request.url.query}" if request.url.query else "")
            await RedirectResponse(address, 307)(scope, receive, send_and_close)
        else:
            await self.app(scope, receive, send_and_close)


class Worker(uvicorn.Server):
    """A server whose connections come through a channel instead of a port; it ends when the channel does."""

    def __init__(self, config: uvicorn.Config, channel: socket.socket) -> None:
        super().__init__(config)
        self.channel = channel
        self._opening: set[asyncio.Task[object]] = set()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start without a port of its own."""
        await super().startup(sockets=[])
        asyncio.get_running_loop().add_reader(self.channel.fileno(), self._take)

    def _take(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            message, numbers, _flags, _address = socket.recv_fds(self.channel, 1, 1)
        except BlockingIOError:
            return
        if not message:
            loop.remove_reader(self.channel.fileno())
            self.should_exit = True
        for number in numbers:
            connection = socket.socket(fileno=number)
            connection.setblocking(False)
            opening = loop.create_task(loop.connect_accepted_socket(self._protocol, connection))
            self._opening.add(opening)
            opening.add_done_callback(self._opening.discard)

    def _protocol(self) -> asyncio.Protocol:
        protocol: asyncio.Protocol = self.config.http_protocol_class(  # type: ignore[call-arg]
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )
        return protocol


@dataclass
class Process:
    """A process at work, and the channel to it."""

    id: int
    channel: socket.socket
    since: float


class Processes:
    """The first process: one that serves apart and `pages` that run pages, each begun anew when it ends.

    config: of each process's server. prepare: called in each of them before it serves. ended: told of one that is no
    more.
    """

    def __init__(
        self, config: uvicorn.Config, pages: int, prepare: Callable[[], None], ended: Callable[[int], None]
    ) -> None:
        self.config, self.pages, self.prepare, self.ended = config, pages, prepare, ended
        self.selector = selectors.DefaultSelector()
        self.listeners: list[socket.socket] = []
        self.silent: dict[socket.socket, float] = {}  # until when each connection may say what it asks
        self.processes: list[Process] = []
        self.quick, self.stopping = 0, False

    def serve(self) -> int:
        """Open the port and serve until the process is asked to stop; its exit code."""
        places = socket.getaddrinfo(
            self.config.host or None, self.config.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
        try:
            for family, *_rest, address in dict.fromkeys(places):
                try:
                    self.listeners.append(_listening(family, address, self.config.backlog))
                except OSError as fault:
                    if fault.errno not in (errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL):  # a machine without IPv6
                        raise
            if not self.listeners:
                raise OSError(errno.EADDRNOTAVAIL, os.strerror(errno.EADDRNOTAVAIL))
        except OSError as fault:
            _log.error("port %s cannot be opened: %s", self.config.port, fault.strerror)
            return 1
        waker, woken = socket.socketpair()
        for end in (waker, woken):
            end.setblocking(False)
        signal.set_wakeup_fd(waker.fileno())
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        signal.signal(signal.SIGCHLD, lambda *_: None)  # it wakes the loop
        for source in (*self.listeners, woken):
            self.selector.register(source, selectors.EVENT_READ)
        self.processes = [self._begin(number) for number in range(self.pages + 1)]
        while not self.stopping:
            for key, _events in self.selector.select(TICK_S if self.silent else None):
                if key.fileobj is woken:
                    woken.recv(4096)
                elif isinstance(key.fileobj, socket.socket) and key.fileobj in self.listeners:
                    self._accept(key.fileobj)
                elif key.fileobj in self.silent:  # it may have been dropped since
                    self.selector.unregister(key.fileobj)  # until the next tick, if it has said half a head
            self._hand_over()
            self._renew()
        return self._end()

    def _stop(self, *_signal: object) -> None:
        self.stopping = True

    def _accept(self, listener: socket.socket) -> None:
        with suppress(BlockingIOError):
            while True:
                try:
                    connection, _address = listener.accept()
                except ConnectionAbortedError:
                    continue
                except OSError as fault:
                    if fault.errno in (errno.EMFILE, errno.ENFILE) and self.silent:
                        self._drop(next(iter(self.silent)))  # whoever has said nothing for longest makes room
                        return
                    raise
                connection.setblocking(False)
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self.selector.register(connection, selectors.EVENT_READ)
                self.silent[connection] = time.monotonic() + HEAD_S
                if len(self.silent) > MOST_WAITING:
                    self._drop(next(iter(self.silent)))

    def _drop(self, connection: socket.socket) -> None:
        del self.silent[connection]
        with suppress(KeyError):
            self.selector.unregister(connection)
        connection.close()

    def _hand_over(self) -> None:
        """Give each connection that has said what it asks to its process."""
        registered = self.selector.get_map()
        for connection, until in list(self.silent.items()):
            late = time.monotonic() > until
            if connection in registered:  # it has said nothing since
                if late:
                    self._drop(connection)
                continue
            try:
                head = connection.recv(MOST_HEAD, socket.MSG_PEEK)
            except OSError:
                head = b""
            if b"\r\n\r\n" not in head:
                # Of a longer head the process would read on, and could take it for another reader's.
                if late or len(head) in (0, MOST_HEAD):
                    self._drop(connection)
            else:
                path, headers = parsed(head)
                channel = self.processes[process_for(path, headers, self.pages)].channel
                try:
                    socket.send_fds(channel, [b"."], [connection.fileno()])
                except BlockingIOError:
                    continue  # it has taken none for a while: with the next tick
                except OSError:
                    pass  # the process ended; browsers ask again
                self._drop(connection)

    def _renew(self) -> None:
        """Begin a process anew for each that ended."""
        with suppress(ChildProcessError):
            while not self.stopping and (ended := os.waitpid(-1, os.WNOHANG))[0]:
                process_id, status = ended
                self.ended(process_id)
                numbers = {process.id: number for number, process in enumerate(self.processes)}
                if (number := numbers.get(process_id)) is None:
                    continue
                process = self.processes[number]
                process.channel.close()
                self.quick = self.quick + 1 if time.monotonic() - process.since < QUICK_S else 0
                self.stopping = self.quick == MOST_QUICK
                if self.stopping:
                    _log.error("processes end as soon as they begin; the server stops")
                else:
                    _log.error("process %d ended (%d) and is begun anew", number, status)
                    self.processes[number] = self._begin(number)

    def _begin(self, number: int) -> Process:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        for end in (ours, theirs):
            end.setblocking(False)
        if process := os.fork():
            theirs.close()
            return Process(process, ours, time.monotonic())
        code = 1
        try:
            signal.set_wakeup_fd(-1)
            for kind in (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD):
                signal.signal(kind, signal.SIG_DFL)
            self.selector.close()
            for open_socket in (ours, *self.listeners, *self.silent, *(other.channel for other in self.processes)):
                open_socket.close()
            Pinned.own, Pinned.pages = number, self.pages
            self.prepare()
            Worker(self.config, theirs).run()
            code = 0
        except KeyboardInterrupt:
            code = 0
        except BaseException:  # nothing of it may go on in a copy of the first process
            _log.exception("process %d failed", number)
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)

    def _end(self) -> int:
        """Ask all to stop and wait for them."""
        for listener in self.listeners:
            listener.close()
        for process in self.processes:
            with suppress(ProcessLookupError):
                os.kill(process.id, signal.SIGTERM)
        until = time.monotonic() + STOP_S
        left = {process.id for process in self.processes}
        with suppress(ChildProcessError):
            while left and time.monotonic() < until:
                left.discard(os.waitpid(-1, os.WNOHANG)[0])
                time.sleep(TICK_S)
        for process_id in left:
            with suppress(ProcessLookupError):
                os.kill(process_id, signal.SIGKILL)
        return 1 if self.quick == MOST_QUICK else 0


def parsed(head: bytes) -> tuple[str, list[tuple[bytes, bytes]]]:
    """The path and the headers of a request's head; ('', []) of what is none."""
    first, *lines = head.split(b"\r\n\r\n", 1)[0].split(b"\r\n")
    words = first.split(b" ")
    if len(words) != 3:
        return "", []
    path = words[1].split(b"?", 1)[0].decode("latin-1")
    fields = (line.partition(b":") for line in lines)
    return path, [(name.strip(), value.strip()) for name, _colon, value in fields]


def _listening(family: int, address: tuple[object, ...], backlog: int) -> socket.socket:
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if family == socket.AF_INET6:
        listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    listener.bind(address)
    listener.listen(backlog)
    listener.setblocking(False)
    return listener
