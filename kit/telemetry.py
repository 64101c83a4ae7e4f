"""Traces: the caller's `traceparent` is continued, ours goes out, and every problem names its trace.

Ids are always there, because logs, problems and events carry them. Spans are recorded only when somebody collects
them: `OTEL_EXPORTER_OTLP_ENDPOINT` names the collector, `OTEL_TRACES_EXPORTER=console` prints them. Recording costs ten
times what naming does.
"""

from __future__ import annotations

import importlib
import os
import random
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from opentelemetry import trace
from opentelemetry.context import attach, detach
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter, SpanExporter
from opentelemetry.trace import NonRecordingSpan, Span, SpanContext, SpanKind, TraceFlags, Tracer

_TRACEPARENT: Final = re.compile(r"(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?")
_NOT_REMOTE: Final = False
# Ids need to be unique, not secret.
_random: Final = random.Random()  # noqa: S311
_provider: TracerProvider | None = None
_tracer: Tracer | None = None


def configure(component: str) -> None:
    """Record spans if the environment says where they go. Called once, by `serve`."""
    global _provider, _tracer  # noqa: PLW0603 - one per process, as loggers are
    exporter = _exporter()
    if exporter is not None:
        _provider = TracerProvider(resource=Resource.create({"service.name": f"relais-{component}"}))
        _provider.add_span_processor(BatchSpanProcessor(exporter))
        _tracer = _provider.get_tracer("relais")


def flush() -> None:
    """Send what is recorded and not yet sent. Called when the process ends."""
    if _provider is not None:
        _provider.shutdown()


def _exporter() -> SpanExporter | None:
    if os.environ.get("OTEL_TRACES_EXPORTER") == "console":
        return ConsoleSpanExporter()
    if "OTEL_EXPORTER_OTLP_ENDPOINT" not in os.environ:
        return None
    # With all that it needs it takes a part of a second to import, which most processes never use.
    module: Any = importlib.import_module("opentelemetry.exporter.otlp.proto.http.trace_exporter")
    exporter: SpanExporter = module.OTLPSpanExporter()
    return exporter


@contextmanager
def server_span(name: str, continued: str) -> Iterator[Span]:
    """The span of one request received: in the trace of `continued` where it is a traceparent, else in a new one."""
    parent = _parsed(continued)
    if _tracer is not None:
        context = None if parent is None else trace.set_span_in_context(NonRecordingSpan(parent))
        with _tracer.start_as_current_span(
            name, context, kind=SpanKind.SERVER, record_exception=False, set_status_on_exception=False
        ) as span:
            yield span
        return
    flags = TraceFlags(TraceFlags.SAMPLED) if parent is None else parent.trace_flags
    trace_id = _random.getrandbits(128) or 1 if parent is None else parent.trace_id
    own = NonRecordingSpan(SpanContext(trace_id, _random.getrandbits(64) or 1, _NOT_REMOTE, flags))
    token = attach(trace.set_span_in_context(own))
    try:
        yield own
    finally:
        detach(token)


def trace_id(span: Span) -> str:
    """Of the trace that a span is in: 32 hexadecimal digits; empty outside of one."""
    context = span.get_span_context()
    return f"{context.trace_id:032x}" if context.is_valid else ""


def traceparent(span: Span) -> str:
    """The W3C header that continues a span's trace; empty outside of one."""
    context = span.get_span_context()
    if not context.is_valid:
        return ""
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"


def current_trace_id() -> str:
    """The trace id of the request or event at hand.

    >>> current_trace_id()
    ''
    """
    return trace_id(trace.get_current_span())


def current_traceparent() -> str:
    """The W3C header that continues the current trace."""
    return traceparent(trace.get_current_span())


def _parsed(continued: str) -> SpanContext | None:
    match = _TRACEPARENT.fullmatch(continued) if continued else None
    if match is None:
        return None
    sampled = TraceFlags(int(match[3], 16) & TraceFlags.SAMPLED)
    context = SpanContext(int(match[1], 16), int(match[2], 16), is_remote=True, trace_flags=sampled)
    return context if context.is_valid else None
