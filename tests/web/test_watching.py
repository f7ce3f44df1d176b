"""What instruments are told: how much and how long, nothing of a reader, and nothing unless it is switched on."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from prometheus_client.parser import text_string_to_metric_families

from bench.driver import ROOT, Reader, free_port, served
from web import watching

PERSONAL = ("ann@", "secret", "ABC234", "127.0.0.1", "localhost", "Mitte")


class Collector(ThreadingHTTPServer):
    """Takes what OpenTelemetry sends, as a collector does."""

    def __init__(self) -> None:
        received: list[bytes] = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                received.append(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_words: object) -> None:
                pass

        super().__init__(("127.0.0.1", free_port()), Handler)
        self.received = received
        threading.Thread(target=self.serve_forever, daemon=True).start()


@pytest.fixture(scope="module")
def collector() -> Iterator[Collector]:
    server = Collector()
    yield server
    server.shutdown()


@pytest.fixture(scope="module")
def host(collector: Collector, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    settings = {
        "ZONE_LOCAL": str(tmp_path_factory.mktemp("watched")),
        "ZONE_METRICS": "true",
        "ZONE_TRACES": f"http://127.0.0.1:{collector.server_port}/",
        "OTEL_BSP_SCHEDULE_DELAY": "200",
    }
    with served(settings) as (address, _process):
        yield address


def ask(host: str, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://{host}{path}", timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as answer:
        return answer.code, answer.read().decode()


def counted(text: str) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    return {(sample.name, tuple(sorted(sample.labels.items()))): sample.value for sample in samples}


def test_requests_pages_and_results_are_counted_and_nobody_is_named(host: str, collector: Collector) -> None:
    for path in ("/api/tables?who=ann@city.example", "/s/ABC234", "/join/secret", "/ann@city.example", "/healthz"):
        ask(host, path)
    reader = Reader(host)
    reader.open("coverage", district="01")
    status, text = ask(host, "/metrics")
    assert status == 200
    values = counted(text)
    requests = {labels: value for (name, labels), value in values.items() if name == "zone_requests_total"}
    by_part = {dict(labels)["part"]: value for labels, value in requests.items()}
    assert {"/api", "/s", "/join", "/healthz", "page"} <= set(by_part)
    assert set(by_part) <= {"page"} | {f"/{part}" for part in watching.PARTS}
    assert by_part["/s"] == 1
    assert {dict(labels)["method"] for labels in requests} == {"GET"}
    assert values[("zone_readers", ())] == 1
    assert values[("zone_kept_bytes", (("kind", "results"),))] > 0
    services = {dict(labels)["service"] for name, labels in values if name == "zone_computed_seconds_count"}
    assert any(service.startswith("services.coverage.") for service in services)
    assert not [word for word in PERSONAL if word in text]
    reader.close()
    deadline = time.monotonic() + 20
    spans: list[str] = []
    while time.monotonic() < deadline and not {"GET /join", "GET page"} <= set(spans):
        time.sleep(0.2)
        spans = [span.name for message in collector.received for span in sent(message)]
    assert {"GET /api", "GET /join", "GET /s", "GET page"} <= set(spans)
    assert any(name.startswith("services.coverage.") for name in spans)
    assert not [word for word in PERSONAL for message in collector.received if word.encode() in message]


def sent(message: bytes) -> list[object]:
    request = ExportTraceServiceRequest.FromString(message)
    return [span for resource in request.resource_spans for scope in resource.scope_spans for span in scope.spans]


def test_readers_leave_the_count_with_their_page(host: str) -> None:
    reader = Reader(host)
    reader.open("goals")
    reader.close()
    deadline = time.monotonic() + 20
    while (left := counted(ask(host, "/metrics")[1])[("zone_readers", ())]) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert left == 0


def test_nothing_is_told_or_loaded_where_it_is_off() -> None:
    code = (
        "import sys, serve; print([name for name in sys.modules if name in ('prometheus_client', 'opentelemetry.sdk')])"
    )
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
    assert watching.metrics() is None
    assert watching.tracer() is None


def test_a_missing_package_is_named_before_anybody_is_served() -> None:
    code = "import sys; sys.modules['prometheus_client'] = None; import serve; serve.main(['--server.port', '1'])"
    environment = {"PATH": "/usr/bin:/bin", "ZONE_METRICS": "1"}
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert ran.returncode == 1
    assert "ZONE_METRICS needs prometheus-client: pip install" in ran.stderr
