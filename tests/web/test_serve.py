"""What serve.py makes of streamlit's options: where uvicorn listens, and that no message waits."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
import urllib.request

import uvicorn
from starlette.applications import Starlette
from streamlit import config

import serve
from bench.driver import ROOT, free_port, served


def test_messages_do_not_wait_for_each_other() -> None:
    options = serve.uvicorn_options() | {"port": free_port()}
    server = uvicorn.Server(uvicorn.Config(Starlette(), log_level="warning", **options))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.01)
        with socket.create_connection(("localhost", options["port"])):
            while not server.server_state.connections:
                time.sleep(0.01)
            (connection,) = server.server_state.connections
            accepted = connection.transport.get_extra_info("socket")  # type: ignore[union-attr]
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    finally:
        server.should_exit = True
        thread.join(15)


def test_uvicorn_listens_as_streamlits_options_say() -> None:
    options = serve.uvicorn_options()
    assert (options["host"], options["port"]) == ("localhost", 8501)  # .streamlit/config.toml
    assert options["ws_max_size"] == config.get_option("server.maxMessageSize") * 1_000_000
    assert options["ssl_certfile"] is None


def test_options_of_the_command_line_come_first() -> None:
    with served(options=("--server.address", "127.0.0.1", "--server.enableStaticServing", "false")) as (host, _process):
        address = host.replace("localhost", "127.0.0.1")
        icon = urllib.request.urlopen(f"http://{address}/app/static/icon.png", timeout=5)
        assert icon.headers["content-type"].startswith("text/html")  # the app's page: there is no such file


def test_a_wrong_setting_is_one_sentence() -> None:
    ran = subprocess.run(
        [sys.executable, "serve.py"], cwd=ROOT, env={"ZONE_AUDIT_DAYS": "many"}, capture_output=True, text=True
    )
    assert ran.returncode == 1
    assert ran.stderr.strip().startswith("ZONE_AUDIT_DAYS is 'many': ")
    assert "Traceback" not in ran.stderr
