"""Give each event to whom it concerns: its employer, and the insurers of its lot on its date.

An accord that arrives after the facts is given them then. Everything here may be repeated.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.adapters import partner_events
from gateway.domain.disclosure import DISCLOSED, RIGHTS
from gateway.domain.memberships import concerned, fact_of, memberships_of
from kit.events.envelope import Envelope


async def distribute(tx: AsyncConnection, envelope: Envelope, data: dict[str, Any]) -> None:
    """An event of an employer; one of no employer is nobody's."""
    if envelope.employer is None:
        return
    await partner_events.alone(tx)
    fact = fact_of(data, envelope.employer, envelope.time)
    if fact.claim is not None and (opening := await partner_events.opening_of(tx, fact.claim)) is not None:
        fact = fact.following(opening)
    await partner_events.record(tx, fact, envelope)
    if envelope.type not in DISCLOSED:
        return
    if envelope.type in RIGHTS:
        insurers = await partner_events.told_of(tx, envelope.topic, envelope.key)
    else:
        insurers = concerned(await partner_events.memberships_of_employer(tx, envelope.employer), fact)
    for insurer in sorted(insurers):
        await partner_events.deliver(tx, insurer, [envelope])


async def agreement_published(tx: AsyncConnection, envelope: Envelope, data: dict[str, Any]) -> None:
    """Replace the accord's memberships, then give its insurers the facts that were there before it."""
    await partner_events.alone(tx)
    memberships = memberships_of(data)
    if not await partner_events.replace_memberships(tx, str(data["agreement"]), envelope.sequence, memberships):
        return
    for employer in sorted({m.employer for m in memberships}):
        await _back_fill(tx, employer)


async def _back_fill(tx: AsyncConnection, employer: str) -> None:
    """What was recorded of an employer, to the insurers it concerns now."""
    memberships = await partner_events.memberships_of_employer(tx, employer)
    async for batch in partner_events.recorded(tx, employer, DISCLOSED):
        told: defaultdict[str, list[Envelope]] = defaultdict(list)
        for one in batch:
            for insurer in concerned(memberships, one.fact):
                told[insurer].append(one.envelope)
        for insurer in sorted(told):
            await partner_events.deliver(tx, insurer, told[insurer])
