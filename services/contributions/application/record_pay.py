"""Receive pay, one month of one agent or many: keep every version, and tell of it once the agent is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.events.outbox import Outgoing, publish_many
from services.contributions.adapters import agents, pay, plain_pay
from services.contributions.adapters.agents import Matricule
from services.contributions.adapters.pay import Numbered, PayVersion
from services.contributions.application.payloads.pay import PayRecorded, pay_event, plain_payload
from services.contributions.domain.intake import (
    CONFLICTS,
    WRITTEN,
    Decision,
    Pay,
    PayKey,
    PlainPay,
    StoredPay,
    Verdict,
    decide,
)

# Whoever loses this many races in a row is asked to come again.
TRIES: Final = 5


@dataclass(frozen=True, slots=True)
class Sent:
    """A month's pay as sent, with the version that the sender read; None: it names none."""

    pay: Pay
    given: int | None = None


class _Raced(Exception):
    """Undoes an attempt that met another writer."""


class ContendedPay(Exception):
    """Others write the same months of pay meanwhile."""


@dataclass(frozen=True, slots=True)
class Reception:
    """When it came, and through which client."""

    at: datetime
    client: str


async def record_pay(tx: AsyncConnection, sent: Mapping[PayKey, Sent], reception: Reception) -> dict[PayKey, Decision]:
    """Store what is new and publish it, in the same number of statements whatever the number of months.

    A version that another sender writes at the same moment is looked at again, as if it had come first.
    """
    decided = await record_histories(tx, {key: (one,) for key, one in sent.items()}, reception)
    return {key: decisions[0] for key, decisions in decided.items()}


async def record_histories(
    tx: AsyncConnection, sent: Mapping[PayKey, Sequence[Sent]], reception: Reception
) -> dict[PayKey, list[Decision]]:
    """The same for several pays of each month, one after the other: a file may tell a month with all its corrections.

    Raises ContendedPay when others write the same months again and again meanwhile: try later.
    """
    alone = {key: pays for key, pays in sent.items() if len(pays) == 1}
    done = await _settle(tx, alone, reception)
    done |= await _settle_in_turn(tx, {key: pays for key, pays in sent.items() if len(pays) > 1}, reception)
    new = [
        PayVersion(key, decision.version, one.pay, reception.at)
        for key, decisions in done.items()
        for decision, one in zip(decisions, sent[key], strict=True)
        if decision.verdict in WRITTEN
    ]
    await _announce(tx, new)
    return {key: done[key] for key in sent}


async def record_plain(tx: AsyncConnection, pays: Sequence[PlainPay], reception: Reception) -> list[int]:
    """Record and publish those that are the first pay of a month of an agent who is known; the places of the others.

    No two are of the same month of the same employment. What is left is for `record_histories` to decide, and all is
    when somebody else writes one of them at the same moment.
    """
    told = ((pay, plain_payload(pay)) for pay in pays)
    with suppress(IntegrityError):
        async with tx.begin_nested():
            return await plain_pay.record(tx, PayRecorded, told, reception.at, reception.client) if pays else []
    return list(range(len(pays)))


async def already_recorded(
    tx: AsyncConnection, sent: Mapping[PayKey, Sequence[Sent]], decided: Mapping[PayKey, Sequence[Decision]]
) -> dict[PayKey, list[Decision]]:
    """The decisions, where a version sent again after a later one came counts as known: a file may be sent twice."""
    asked = {
        (key, (one.given or 0) + 1)
        for key, decisions in decided.items()
        for decision, one in zip(decisions, sent[key], strict=True)
        if decision.verdict in CONFLICTS
    }
    if not asked:
        return {key: list(decisions) for key, decisions in decided.items()}
    then = await pay.versions(tx, asked)
    return {
        key: [
            _known(decision, one, then.get((key, (one.given or 0) + 1)))
            for decision, one in zip(decisions, sent[key], strict=True)
        ]
        for key, decisions in decided.items()
    }


def _known(decision: Decision, one: Sent, then: StoredPay | None) -> Decision:
    if decision.verdict in CONFLICTS and then is not None and then.pay == one.pay:
        return Decision(Verdict.UNCHANGED, then.version)
    return decision


async def _settle(
    tx: AsyncConnection, sent: Mapping[PayKey, Sequence[Sent]], reception: Reception
) -> dict[PayKey, list[Decision]]:
    """Decide and store one pay of each month. The version that won a race is read, and leads to no second one."""
    decided, raced = await _write(tx, sent, reception)
    again, lost = await _write(tx, {key: sent[key] for key in raced}, reception)
    assert not lost, "a version that exists is read"
    return decided | again


async def _settle_in_turn(
    tx: AsyncConnection, sent: Mapping[PayKey, Sequence[Sent]], reception: Reception
) -> dict[PayKey, list[Decision]]:
    """Decide and store several of each: all of them or none, as a later version must not stay without the earlier."""
    if not sent:
        return {}
    for _ in range(TRIES):
        with suppress(_Raced):
            async with tx.begin_nested():
                decided, raced = await _write(tx, sent, reception)
                if raced:
                    raise _Raced
                return decided
    raise ContendedPay


async def _write(
    tx: AsyncConnection, sent: Mapping[PayKey, Sequence[Sent]], reception: Reception
) -> tuple[dict[PayKey, list[Decision]], set[PayKey]]:
    """The decisions, and the months of which a version was written by somebody else in between."""
    if not sent:
        return {}, set()
    current = await pay.current(tx, sent.keys())
    decided: dict[PayKey, list[Decision]] = {}
    new: dict[Numbered, StoredPay] = {}
    for key, pays in sent.items():
        stored, decisions = current.get(key), []
        for one in pays:
            decision = decide(key.month, stored, one.pay, one.given)
            if decision.verdict in WRITTEN:
                stored = new[key, decision.version] = StoredPay(decision.version, one.pay)
            decisions.append(decision)
        decided[key] = decisions
    written = (
        await pay.add(tx, ((key, stored) for (key, _), stored in new.items()), reception.at, reception.client)
        if new
        else set()
    )
    return decided, {key for key, _ in new.keys() - written}


async def _announce(tx: AsyncConnection, new: Sequence[PayVersion]) -> None:
    """Publish for the agents known; the pay of the others waits for them."""
    known = await _agents_behind(tx, {(one.key.employer, one.key.matricule) for one in new}) if new else {}
    agent_of = {one.key: known.get((one.key.employer, one.key.matricule)) for one in new}
    waiting = [(one.key, one.version) for one in new if agent_of[one.key] is None]
    if waiting:
        await pay.wait(tx, waiting)
    told = [outgoing(agent, one) for one in new if (agent := agent_of[one.key]) is not None]
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
