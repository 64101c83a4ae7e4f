"""What a service says of the events it consumes. How they are delivered is in delivery.py and the transports."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.events.envelope import Envelope, EventType

# Runs in the worker's transaction, with the inbox row and the cursor: its effect happens exactly once. It is given the
# envelope and its `data`. Events of one (topic, key) come in the order of their versions, without a hole; those of
# other keys and of other producers come in any order. It must not commit, and calls no other service.
Handler = Callable[[AsyncConnection, Envelope, dict[str, Any]], Awaitable[None]]

# Runs once in the transaction of a batch, before its first event, with the keys of its events in order: what it locks,
# it locks in the same order as every other batch.
Hold = Callable[[AsyncConnection, Sequence[str]], Awaitable[None]]

# Told, after the projections lost them, which keys of a topic a restored producer no longer vouches for.
Forgotten = Callable[[AsyncConnection, str, Sequence[str]], Awaitable[None]]


class TransientError(Exception):
    """Raised by a handler when trying again later may succeed: retried a few times before the event is parked."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """The events of one producer that one consumer of this service handles.

    `topics` are the topics read (all their events, so that versions have no hole); `handlers` are by event type.
    `projections` maps each table built from these events alone to its column that holds the event key: a rebuild
    empties them, and the restore of a producer deletes the rows of the keys it changed.
    `hold` locks the keys of a batch, for handlers that decide on facts of several producers.
    `revision` goes up where handlers make more of the events than before: once they run, the projections are built
    again from the first event.
    `name` tells apart two subscriptions of one service to one producer.

    >>> async def hired(tx, envelope, data): ...
    >>> Subscription("eligibility", ("psc.eligibility.agent.v1",), {"fr.psc.eligibility.agent.hired.v1": hired}).name
    'eligibility'
    """

    producer: str
    topics: tuple[str, ...]
    handlers: Mapping[str, Handler]
    projections: Mapping[str, str] = field(default_factory=dict)
    on_forgotten: Forgotten | None = None
    hold: Hold | None = None
    revision: int = 1
    name: str = ""

    def __post_init__(self) -> None:
        assert self.topics, "a subscription reads at least one topic"
        assert self.revision == 1 or self.projections, "what is read again has projections to build again"
        if not self.name:
            object.__setattr__(self, "name", self.producer)
        foreign = [kind for kind in self.handlers if EventType(kind).service != self.producer]
        assert not foreign, f"{self.producer} does not publish {foreign}"

    def knows(self, kind: str) -> bool:
        """Whether a handler takes this type."""
        return kind in self.handlers

    def knows_another_version(self, kind: str) -> bool:
        """Whether a handler takes this type in another major version only."""
        family = EventType(kind).family
        return kind not in self.handlers and any(EventType(known).family == family for known in self.handlers)
