"""Logs: one JSON object a line on standard error, without anything that looks like a NIR.

Of an exception the type and the frames are kept, neither its message nor its variables: both may quote a person.
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Mapping, MutableMapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import msgspec
import structlog

from kit.redaction import MASK, masked
from kit.telemetry import current_trace_id

# Fields that never reach a log, whoever puts them there.
FORBIDDEN_FIELDS: Final = frozenset(
    {"nir", "pathology", "pathology_group", "cause", "cause_key", "body", "query", "token", "secret", "authorization"}
)
MAX_FRAMES: Final = 12
_written: Final = msgspec.json.Encoder().encode
_tells_access = False
_ROOT: Final = Path(__file__).resolve().parent.parent


def configure(component: str, level: int = logging.INFO) -> None:
    """Send structlog and the standard library's logs through the same processors. Called once, by `serve`."""
    global _tells_access  # noqa: PLW0603 - one per process, as loggers are
    _tells_access = level <= logging.INFO
    shared = _processors(component)
    _structure([*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter], level)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers, root.level = [handler], level
    # Statements and their values are not ours to log.
    for noisy in ("sqlalchemy.engine", "sqlalchemy.pool", "httpx", "httpcore", "uvicorn.access", "aiokafka"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def access(component: str, method: str, path: str, status: int, seconds: float) -> None:
    """The line of one request, written by itself: through the processors it would cost more than the request's own
    way through the gateway. Neither the query nor a header is in it. Silent unless `configure` asked for such lines.
    """
    if not _tells_access:
        return
    line = {
        "event": "request",
        "level": "info",
        "timestamp": datetime.now(UTC),  # lint(clock) because a log line says when it was written
        "component": component,
        "method": method,
        "path": masked(path),
        "status": status,
        "ms": round(seconds * 1000, 1),
        "trace_id": current_trace_id(),
    }
    with suppress(OSError):  # a full disk costs the line, not the answer
        sys.stderr.write(_written(line).decode() + "\n")


def configure_events(component: str) -> None:
    """Make structlog safe where nobody configured it, as in tests; the standard library's handlers stay."""
    if not structlog.is_configured():
        _structure([*_processors(component), structlog.processors.JSONRenderer(ensure_ascii=False)], logging.INFO)


def _processors(component: str) -> list[Any]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _identify(component),
        frames_only,
        redact,
    ]


def _structure(processors: list[Any], level: int) -> None:
    structlog.configure(
        processors=processors,
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def redact(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Mask forbidden fields, and NIR lookalikes in every text, at any depth.

    >>> redact(None, "info", {"event": "read 185057800608436", "nir": "x"})
    {'event': 'read [masqué]', 'nir': '[masqué]'}
    """
    for name in list(event):
        event[name] = MASK if name.lower() in FORBIDDEN_FIELDS else _redacted(event[name])
    return event


def _redacted(value: Any) -> Any:
    if isinstance(value, str):
        return masked(value)
    if isinstance(value, Mapping):
        return dict(redact(None, "", dict(value)))
    if isinstance(value, list | tuple):
        return [_redacted(item) for item in value]
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, int):
        return masked(str(value)) if masked(str(value)) != str(value) else value
    return masked(str(value))


def frames_only(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace `exc_info` by the exception's type and where it happened."""
    info = event.pop("exc_info", None)
    error = _exception(info)
    if error is not None:
        event["exception"] = type(error).__name__
        event["frames"] = [
            f"{_relative(frame.filename)}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(error.__traceback__)[-MAX_FRAMES:]
        ]
    return event


def _exception(info: Any) -> BaseException | None:
    if isinstance(info, BaseException):
        return info
    if isinstance(info, tuple):
        found: BaseException | None = info[1]
        return found
    return sys.exc_info()[1] if info else None


def _relative(filename: str) -> str:
    path = Path(filename)
    return str(path.relative_to(_ROOT)) if path.is_relative_to(_ROOT) else path.name


def _identify(component: str) -> Any:
    def identify(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        event.setdefault("component", component)
        if trace_id := current_trace_id():
            event.setdefault("trace_id", trace_id)
        return event

    return identify
