"""Today's consumers read the events of every earlier release."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest

from kit.clock import SystemClock
from kit.events.applying import Batch
from kit.events.consumer import Subscription
from kit.events.delivery import Delivery
from kit.events.ordering import Outcome
from kit.ids import new_id
from relais.contracts import published
from relais.plan import SERVICES
from rules.book import RuleBook
from tests.old_events.stream import read, streams
from tests.postgres import DatabaseFactory


def subscriptions(component: str) -> list[Subscription]:
    make: Callable[..., list[Subscription]] = import_module(f"services.{component}.events").subscriptions
    return make(RuleBook.load(), SystemClock()) if component == "claims" else make()


def test_there_is_a_stream_to_read() -> None:
    assert streams()


@pytest.mark.parametrize("stream", streams(), ids=lambda path: path.stem)
def test_every_event_still_is_what_its_type_says(stream: Path) -> None:
    models = {model.type: model for of_component in published().values() for model in of_component}
    for event in read(stream):
        assert event.type in models, f"{event.type} is no longer published"
        models[event.type].model_validate(event.data)


@pytest.mark.parametrize("component", SERVICES)
@pytest.mark.parametrize("stream", streams(), ids=lambda path: path.stem)
async def test_every_consumer_applies_them(component: str, stream: Path, database: DatabaseFactory) -> None:
    found = await database(component)
    events = list(read(stream))
    tally: Counter[Outcome] = Counter()
    for subscription in subscriptions(component):
        mine = [event for event in events if event.topic in subscription.topics]
        batch = Batch(new_id(), mine)
        tally += await Delivery(found.worker, component, subscription).deliver(batch) or Counter()
    assert tally.keys() <= {Outcome.HANDLED, Outcome.SKIPPED}, tally
    assert tally[Outcome.HANDLED]
