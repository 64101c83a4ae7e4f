"""Spans leave for whoever collects them, as OpenTelemetry's own protocol has them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

ONE_SPAN = """
from kit import telemetry
telemetry.configure("claims")
with telemetry.server_span("GET /v1/claims", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"):
    pass
telemetry.flush()
"""


class Collector(BaseHTTPRequestHandler):
    """Keeps what it is sent."""

    received: list[tuple[str, bytes]]

    def do_POST(self) -> None:
        self.received.append((self.path, self.rfile.read(int(self.headers["content-length"]))))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@contextmanager
def collecting() -> Iterator[HTTPServer]:
    Collector.received = []
    with HTTPServer(("127.0.0.1", 0), Collector) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_a_span_reaches_the_collector_that_the_environment_names() -> None:
    with collecting() as server:
        environment = {**os.environ, "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{server.server_port}"}
        subprocess.run([sys.executable, "-c", ONE_SPAN], check=True, env=environment, timeout=60)
    ((path, body),) = Collector.received
    (spans,) = ExportTraceServiceRequest.FromString(body).resource_spans
    assert path == "/v1/traces"
    assert [one.value.string_value for one in spans.resource.attributes if one.key == "service.name"] == [
        "relais-claims"
    ]
    (span,) = spans.scope_spans[0].spans
    assert (span.name, span.trace_id.hex()) == ("GET /v1/claims", "0af7651916cd43dd8448eb211c80319c")
