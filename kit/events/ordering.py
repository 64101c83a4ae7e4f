"""What becomes of an event that arrives, as a pure function of what the consumer already did with its key.

Versions of a (topic, key) have no hole, so one glance at the last one applied tells a repetition from an event that
came too early. Every order and every repetition of deliveries therefore gives handlers the same events in the same
order, key by key.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from kit.events.consumer import Subscription
from kit.events.envelope import Envelope

Aggregate = tuple[str, str]  # (topic, key)


class Outcome(StrEnum):
    """What becomes of one event."""

    HANDLED = "handled"
    SKIPPED = "skipped"  # a type nobody here handles
    DUPLICATE = "duplicate"
    EARLY = "early"  # kept until the versions before it came
    BEHIND = "behind"  # parked because an earlier one of its key is
    UNKNOWN_VERSION = "unknown_version"  # parked: a major version this release does not read
    POISON = "poison"  # parked: its handler failed
    DIVERGED = "diverged"  # another event has this version: the producer was restored

    @property
    def waits(self) -> bool:
        """Whether the event is kept: early ones leave by themselves, the others when a person replays them."""
        return self in {Outcome.EARLY, Outcome.BEHIND, Outcome.UNKNOWN_VERSION, Outcome.POISON}


@dataclass(slots=True)
class KeyState:
    """What a consumer did with one aggregate: the last version applied, and whether one of its events is parked."""

    version: int = 0
    blocked: bool = False


def judge(envelope: Envelope, state: KeyState, known: frozenset[UUID] | set[UUID], wanted: Subscription) -> Outcome:
    """What to do with the event now; HANDLED means that its handler is to run.

    `known` are the ids already applied or parked.
    """
    if envelope.id in known:
        return Outcome.DUPLICATE
    if envelope.sequence <= state.version:
        return Outcome.DIVERGED
    if state.blocked:
        return Outcome.BEHIND
    if envelope.sequence > state.version + 1:
        return Outcome.EARLY
    if wanted.knows(envelope.type):
        return Outcome.HANDLED
    return Outcome.UNKNOWN_VERSION if wanted.knows_another_version(envelope.type) else Outcome.SKIPPED


def in_version_order(envelopes: Sequence[Envelope]) -> list[Envelope]:
    """The same events, those of each key by version; keys keep the places they had."""
    places: defaultdict[Aggregate, list[int]] = defaultdict(list)
    for place, envelope in enumerate(envelopes):
        places[envelope.topic, envelope.key].append(place)
    result = list(envelopes)
    for taken in places.values():
        for place, envelope in zip(taken, sorted((envelopes[n] for n in taken), key=lambda e: e.sequence), strict=True):
            result[place] = envelope
    return result
