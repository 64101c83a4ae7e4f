"""Traces: the caller's `traceparent` is continued, ours goes out, and every problem names its trace.

Spans are always made, because ids are wanted in logs, problems and events. They leave the process only when
`OTEL_EXPORTER_OTLP_ENDPOINT` is set and an OTLP exporter is installed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from opentelemetry import trace
from opentelemetry.propagate import extract
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace import Span, SpanKind

_PROVIDER: Final = TracerProvider(shutdown_on_exit=False)
_TRACER: Final = _PROVIDER.get_tracer("relais")


@contextmanager
def server_span(name: str, headers: Mapping[str, str]) -> Iterator[Span]:
    """A span for one request received, child of the caller's when its headers carry a valid `traceparent`."""
    with _TRACER.start_as_current_span(
        name, context=extract(headers), kind=SpanKind.SERVER, record_exception=False, set_status_on_exception=False
    ) as span:
        yield span


def current_trace_id() -> str:
    """The trace id of the request or event at hand, 32 hexadecimal digits; empty outside of one.

    >>> current_trace_id()
    ''
    """
    context = trace.get_current_span().get_span_context()
    return f"{context.trace_id:032x}" if context.is_valid else ""


def current_traceparent() -> str:
    """The W3C header that continues the current trace; empty outside of one."""
    context = trace.get_current_span().get_span_context()
    if not context.is_valid:
        return ""
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"
