"""A small map server (WMS 1.3.0, WFS 2.0.0) on this machine, for tests: it draws what it was asked for."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

from PIL import Image

RED = (200, 20, 20, 255)


class Handler(BaseHTTPRequestHandler):
    """Answers by the layer's name: 'red', 'trees', or one that misbehaves."""

    asked: list[dict[str, str]]

    def do_GET(self) -> None:
        """Read the question as the standards write it."""
        query = {name.upper(): values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        self.asked.append(query)
        layer = query.get("LAYERS") or query.get("TYPENAMES") or ""
        if layer == "elsewhere":
            self.answer(302, b"", "text/plain", Location="http://169.254.169.254/")
        elif layer == "script":
            self.answer(200, b"<svg onload='alert(1)'/>", "image/svg+xml")
        elif layer == "endless":
            self.answer(200, b"\x89PNG\r\n\x1a\n" + bytes(5_000_000), "image/png")
        elif query.get("REQUEST") == "GetMap" and layer == "red":
            picture = io.BytesIO()
            Image.new("RGBA", (int(query["WIDTH"]), int(query["HEIGHT"])), RED).save(picture, "PNG")
            self.answer(200, picture.getvalue(), "image/png")
        elif query.get("REQUEST") == "GetFeature" and layer == "trees":
            spots = [(13.40, 52.52, "lime", 12), (13.45, 52.48, "oak", 30), (2.35, 48.86, "plane", 9)]
            features = [
                {
                    "type": "Feature",
                    "geometry": {"type": "Point", "coordinates": [lon, lat]},
                    "properties": {"kind": kind, "height": height},
                }
                for lon, lat, kind, height in spots
            ]
            self.answer(200, json.dumps({"type": "FeatureCollection", "features": features}).encode(), "text/json")
        else:
            self.answer(200, b"<ServiceExceptionReport>no such layer</ServiceExceptionReport>", "text/xml")

    def answer(self, status: int, content: bytes, kind: str, **headers: str) -> None:
        """Send it."""
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(content)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_line: object) -> None:
        """Say nothing."""


@contextmanager
def running() -> Iterator[tuple[str, list[dict[str, str]]]]:
    """The server's host with its port, and what it was asked."""
    handler = type("Asked", (Handler,), {"asked": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"127.0.0.1:{server.server_port}", handler.asked
    finally:
        server.shutdown()
        server.server_close()
