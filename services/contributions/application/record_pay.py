"""Receive pay, one month of one agent or many: keep every version, and tell of it once the agent is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.events.outbox import Outgoing, publish_many
from services.contributions.adapters import agents, pay
from services.contributions.adapters.agents import Matricule
from services.contributions.adapters.pay import PayVersion
from services.contributions.application.payloads import pay_event
from services.contributions.domain.intake import (
    CONFLICTS,
    WRITTEN,
    Decision,
    Pay,
    PayKey,
    StoredPay,
    Verdict,
    decide,
)


@dataclass(frozen=True, slots=True)
class Sent:
    """A month's pay as sent, with the version that the sender read; None: it names none."""

    pay: Pay
    given: int | None = None


@dataclass(frozen=True, slots=True)
class Reception:
    """When it came, and through which client."""

    at: datetime
    client: str


async def record_pay(tx: AsyncConnection, sent: Mapping[PayKey, Sent], reception: Reception) -> dict[PayKey, Decision]:
    """Store what is new and publish it, in the same number of statements whatever the number of months (1 000 at most).

    A version that another sender writes at the same moment is looked at again, as if it had come first.
    """
    decided = await _write(tx, sent, reception)
    raced = {key: sent[key] for key, decision in decided.items() if decision is None}
    again = await _write(tx, raced, reception) if raced else {}
    final = {key: decision for key, decision in {**decided, **again}.items() if decision is not None}
    assert len(final) == len(sent), "a version that exists is read, and leads to no second race"
    new = {
        key: PayVersion(key, decision.version, sent[key].pay, reception.at)
        for key, decision in final.items()
        if decision.verdict in WRITTEN
    }
    await _announce(tx, new)
    return final


async def already_recorded(
    tx: AsyncConnection, sent: Mapping[PayKey, Sent], decided: Mapping[PayKey, Decision]
) -> dict[PayKey, Decision]:
    """The decisions, where a version sent again after a later one came counts as known: a file may be sent twice."""
    refused = {key: sent[key] for key, decision in decided.items() if decision.verdict in CONFLICTS}
    if not refused:
        return dict(decided)
    then = await pay.versions(tx, {key: (one.given or 0) + 1 for key, one in refused.items()})
    known = {
        key: Decision(Verdict.UNCHANGED, stored.version) for key, stored in then.items() if stored.pay == sent[key].pay
    }
    return {**decided, **known}


async def _write(
    tx: AsyncConnection, sent: Mapping[PayKey, Sent], reception: Reception
) -> dict[PayKey, Decision | None]:
    """Decide and store; None for a version that somebody else stored in between."""
    current = await pay.current(tx, sent.keys())
    decided = {key: decide(key.month, current.get(key), one.pay, one.given) for key, one in sent.items()}
    new = {
        key: StoredPay(decision.version, sent[key].pay)
        for key, decision in decided.items()
        if decision.verdict in WRITTEN
    }
    written = await pay.add(tx, new, reception.at, reception.client) if new else set()
    return {key: decision if key not in new or key in written else None for key, decision in decided.items()}


async def _announce(tx: AsyncConnection, new: Mapping[PayKey, PayVersion]) -> None:
    """Publish for the agents known; the pay of the others waits for them."""
    known = await _agents_behind(tx, {(key.employer, key.matricule) for key in new}) if new else {}
    waiting = {key: version.version for key, version in new.items() if (key.employer, key.matricule) not in known}
    if waiting:
        await pay.wait(tx, waiting)
    told = [outgoing(known[key.employer, key.matricule], version) for key, version in new.items() if key not in waiting]
    await publish_many(tx, told)


async def _agents_behind(tx: AsyncConnection, matricules: set[Matricule]) -> dict[Matricule, UUID]:
    """Who they are. For those unknown, no hire can be taking place between this look and the commit."""
    known = await agents.linked(tx, matricules)
    missing = matricules - known.keys()
    if missing:
        await agents.lock_matricules(tx, {employer for employer, _ in missing}, exclusive=False)
        known |= await agents.linked(tx, missing)
    return known


def outgoing(agent: UUID, version: PayVersion) -> Outgoing:
    """The event of one version of an agent's pay."""
    return Outgoing(pay_event(str(agent), version), key=str(agent), employer=version.key.employer)
