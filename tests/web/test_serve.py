"""What serve.py adds to streamlit's server."""

from __future__ import annotations

import socket

import serve
from bench.driver import free_port


def test_messages_do_not_wait_for_each_other() -> None:
    with serve.at_once("127.0.0.1", free_port(), 5) as listening, socket.create_connection(listening.getsockname()[:2]):
        listening.setblocking(True)
        accepted, _address = listening.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
