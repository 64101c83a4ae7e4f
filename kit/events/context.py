"""What ties a chain of events together: who asked first, what came just before, and the distributed trace.

The request middleware and the consumer set it; `publish` reads it, so no use case passes it along.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Chain:
    """`correlation` is shared by everything one first cause set off; `causation` is the event just before."""

    correlation: str | None = None
    causation: str | None = None
    traceparent: str | None = None


_NOTHING: Final = Chain()
_chain: ContextVar[Chain] = ContextVar("relais_event_chain", default=_NOTHING)


def current() -> Chain:
    """The chain of the request or event being handled; all None outside both."""
    return _chain.get()


@contextmanager
def chained(
    *, correlation: str | None = None, causation: str | None = None, traceparent: str | None = None
) -> Iterator[Chain]:
    """Everything published inside belongs to this chain.

    >>> with chained(correlation="c-1", traceparent="00-aa-bb-01") as chain:
    ...     current().correlation
    'c-1'
    >>> current().correlation is None
    True
    """
    chain = Chain(correlation, causation, traceparent)
    token = _chain.set(chain)
    try:
        yield chain
    finally:
        _chain.reset(token)
