"""Whoever follows eligibility skips a type it does not know, and parks none: eligibility may tell more at any time."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
from prometheus_client import REGISTRY

from gateway import events as gateway
from gateway.domain.disclosure import DISCLOSED
from kit.clock import SystemClock
from kit.events.applying import Batch
from kit.events.consumer import Subscription
from kit.events.delivery import Delivery
from kit.events.envelope import Envelope, EventData
from kit.events.ordering import Outcome
from kit.ids import new_id
from rules.book import RuleBook
from services.agreements import events as agreements
from services.claims import events as claims
from services.contributions import events as contributions
from services.eligibility.application.payloads import TOPIC
from services.eligibility.application.work_payloads import WorkItemClosed, WorkItemOpened
from services.eligibility.events import PUBLISHES
from tests.postgres import DatabaseFactory

EPOCH = UUID("019a0000-0000-7000-8000-000000000000")


def _of_eligibility(subscriptions: list[Subscription]) -> Subscription:
    return next(one for one in subscriptions if one.producer == "eligibility")


FOLLOWERS = {
    "agreements": _of_eligibility(agreements.subscriptions()),
    "claims": _of_eligibility(claims.subscriptions(RuleBook.load(), SystemClock())),
    "contributions": _of_eligibility(contributions.subscriptions()),
    "gateway": _of_eligibility(gateway.subscriptions()),
}


def event(kind: str, sequence: int) -> Envelope:
    agent = "019a0000-0000-7000-8000-00000000000a"
    return Envelope(
        id=new_id(),
        source="/eligibility",
        type=kind,
        time=datetime(2026, 6, 1, 12, tzinfo=UTC),
        topic=TOPIC,
        partitionkey=agent,
        sequence=sequence,
        employer="99985001900012",
        data={"agent": agent, "unheard_of": {"of": ["anybody"]}},
    )


@pytest.mark.parametrize("follower", FOLLOWERS)
async def test_an_unknown_type_is_skipped_and_counted(database: DatabaseFactory, follower: str) -> None:
    """One nobody publishes yet, and each published one that this follower does not take."""
    subscription = FOLLOWERS[follower]
    untaken = [one.type for one in PUBLISHES if not subscription.knows(one.type)]
    kinds = ["fr.psc.eligibility.agent.promoted.v1", "fr.psc.eligibility.career.rewritten.v1", *untaken]
    component = await database(follower)
    batch = Batch(EPOCH, [event(kind, number) for number, kind in enumerate(kinds, 1)])
    delivery = Delivery(component.worker, follower, subscription)
    before = skipped(delivery.consumer)
    assert await delivery.deliver(batch) == {Outcome.SKIPPED: len(kinds)}
    assert skipped(delivery.consumer) - before == len(kinds)


def skipped(consumer: str) -> float:
    """What /metrics says: the one place where somebody sees that events pass by."""
    return REGISTRY.get_sample_value("relais_events_delivered_total", {"consumer": consumer, "outcome": "skipped"}) or 0


def test_the_gateway_takes_every_type_and_gives_work_items_to_the_employer_alone() -> None:
    taken = [one for one in gateway.subscriptions() if one.producer == "eligibility"]
    assert [one.type for one in PUBLISHES if not any(reader.knows(one.type) for reader in taken)] == []
    items: list[type[EventData]] = [WorkItemOpened, WorkItemClosed]
    assert [one.type for one in items if one.type in DISCLOSED] == []
