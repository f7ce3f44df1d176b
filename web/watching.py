"""What a server tells its owner's instruments, where ZONE_METRICS or ZONE_TRACES is set: how much, how long, of nobody.

Labels and spans hold a part of the site, a method, a status and a service's name: no address, query, code or account.
"""

from __future__ import annotations

import os
import tempfile
import time
from functools import cache
from types import SimpleNamespace
from typing import Any

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from data.errors import DataError
from data.settings import settings
from services import cache as kept

PARTS = ("_stcore", "api", "component", "ground", "healthz", "join", "maps", "media", "metrics", "s", "static")
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS")
SECONDS = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)  # bounds of the histograms
_folders: list[tempfile.TemporaryDirectory[str]] = []  # removed when the first process ends
EXTRA = "pip install 'zone-of-social-creativity[watch]'"


class Watch:
    """Middleware around the whole app; where nothing is switched on it hands on and does nothing else."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.metrics, self.tracer = metrics(), tracer()
        if self.metrics or self.tracer:
            kept.watchers[:] = [self._computed]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count and time a request, or a page's connection for as long as it lasts."""
        if scope["type"] == "websocket" and self.metrics:
            with self.metrics.readers.track_inprogress():
                await self.app(scope, receive, send)
        elif scope["type"] == "http" and (self.metrics or self.tracer):
            await self._http(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        start, status = time.perf_counter(), 500

        async def send_and_look(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, send_and_look)
        finally:
            part, method = part_of(scope["path"]), scope["method"] if scope["method"] in METHODS else "other"
            seconds = time.perf_counter() - start
            if self.metrics:
                self.metrics.requests.labels(part, method, str(status)).inc()
                self.metrics.seconds.labels(part).observe(seconds)
            fields = {"http.request.method": method, "http.route": part, "http.response.status_code": status}
            self._span(f"{method} {part}", seconds, fields)

    def _computed(self, service: str, seconds: float) -> None:
        if self.metrics:
            self.metrics.computed.labels(service).observe(seconds)
            for kind, size in sizes().items():
                self.metrics.kept.labels(kind).set(size)
        self._span(service, seconds, {})

    def _span(self, name: str, seconds: float, fields: dict[str, Any]) -> None:
        if self.tracer:
            end = time.time_ns()
            span = self.tracer.start_span(name, start_time=end - int(seconds * 1e9), attributes=fields)
            span.end(end)


def part_of(path: str) -> str:
    """The part of the site that a path is of; pages, and whatever else people type, are one part."""
    first = path.strip("/").split("/")[0]
    return f"/{first}" if first in PARTS else "page"


@cache
def metrics() -> SimpleNamespace | None:
    """What is counted, None where ZONE_METRICS is off. Raises DataError where its package is missing."""
    if not settings().metrics:
        return None
    try:
        import prometheus_client as prometheus
    except ImportError:
        raise DataError(f"ZONE_METRICS needs prometheus-client: {EXTRA}.") from None
    registry = prometheus.CollectorRegistry()
    answered = registry  # what Prometheus is told: of all processes where there are several
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        from prometheus_client.multiprocess import MultiProcessCollector

        answered = prometheus.CollectorRegistry()
        MultiProcessCollector(answered)  # type: ignore[no-untyped-call]
    else:
        prometheus.ProcessCollector(registry=registry)
    kept_bytes = prometheus.Gauge(
        "zone_kept_bytes", "Bytes kept in memory", ["kind"], registry=registry, multiprocess_mode="livesum"
    )
    return SimpleNamespace(
        kept=kept_bytes,
        requests=prometheus.Counter(
            "zone_requests", "Requests answered", ["part", "method", "status"], registry=registry
        ),
        seconds=prometheus.Histogram(
            "zone_request_seconds", "Seconds of a request", ["part"], buckets=SECONDS, registry=registry
        ),
        computed=prometheus.Histogram(
            "zone_computed_seconds",
            "Seconds of a result that was not kept",
            ["service"],
            buckets=SECONDS,
            registry=registry,
        ),
        readers=prometheus.Gauge(
            "zone_readers", "Pages that are open now", registry=registry, multiprocess_mode="livesum"
        ),
        text=lambda: prometheus.generate_latest(answered),
        content_type=prometheus.CONTENT_TYPE_LATEST,
    )


def sizes() -> dict[str, int]:
    """How many bytes are kept now in this process, by kind."""
    return {"results": kept.results.bytes, "tables": kept.tables.bytes, "shapes": kept.shapes.bytes}


def ended(process: int) -> None:
    """Leave out what a process that is no more had open."""
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        from prometheus_client.multiprocess import mark_process_dead

        mark_process_dead(process)  # type: ignore[no-untyped-call]


def share() -> None:
    """Have several processes count together; called before anything is counted, by the first of them."""
    if settings().metrics:
        _folders.append(tempfile.TemporaryDirectory(prefix="zone-metrics-"))
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = _folders[-1].name


@cache
def tracer() -> Any:
    """What makes spans, None where ZONE_TRACES is empty. Raises DataError where its packages are missing."""
    if not settings().traces:
        return None
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        raise DataError(f"ZONE_TRACES needs OpenTelemetry: {EXTRA}.") from None
    # Named by us alone: the library would add the machine's and the process's own names.
    provider = TracerProvider(resource=Resource({"service.name": "zone"}))
    exporter = OTLPSpanExporter(endpoint=f"{settings().traces.rstrip('/')}/v1/traces")
    provider.add_span_processor(BatchSpanProcessor(exporter))
    return provider.get_tracer("zone")


def page(_request: Request) -> Response:
    """Prometheus's page, or that there is none."""
    counted = metrics()
    if counted is None:
        return PlainTextResponse("Not switched on.", 404)
    return Response(counted.text(), media_type=counted.content_type, headers={"Cache-Control": "no-store"})


ROUTES = [Route("/metrics", page)]
