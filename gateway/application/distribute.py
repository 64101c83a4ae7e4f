"""Give each event to whom it concerns: its employer, and the insurers of its lot on its date.

An accord that arrives after the facts is given them then. Everything here may be repeated.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.adapters import partner_events
from gateway.domain.disclosure import DISCLOSED, disclosed
from gateway.domain.memberships import concerned, fact_of, memberships_of
from kit.events.envelope import Envelope


async def distribute(tx: AsyncConnection, envelope: Envelope, data: dict[str, Any]) -> None:
    """An event of an employer; one of no employer is nobody's."""
    if envelope.employer is None:
        return
    # The position first: its lock makes the memberships read below those of every accord committed before.
    position = await partner_events.next_position(tx)
    fact = fact_of(data, envelope.employer, envelope.time)
    if fact.claim is not None and (opening := await partner_events.opening_of(tx, fact.claim)) is not None:
        fact = fact.following(opening)
    await partner_events.record(tx, position, fact, envelope)
    if envelope.type not in DISCLOSED:
        return
    memberships = await partner_events.memberships_of_employer(tx, envelope.employer)
    for insurer in sorted(concerned(memberships, fact)):
        await partner_events.deliver(tx, insurer, envelope, disclosed(envelope, insurer))


async def agreement_published(tx: AsyncConnection, envelope: Envelope, data: dict[str, Any]) -> None:
    """Replace the accord's memberships, then give its insurers the facts that were there before it."""
    await partner_events.next_position(tx)
    memberships = memberships_of(data)
    if not await partner_events.replace_memberships(tx, str(data["agreement"]), envelope.sequence, memberships):
        return
    for employer in sorted({m.employer for m in memberships}):
        known = await partner_events.memberships_of_employer(tx, employer)
        async for batch in partner_events.recorded(tx, [employer], DISCLOSED):
            for one in batch:
                for insurer in sorted(concerned(known, one.fact)):
                    await partner_events.deliver(tx, insurer, one.envelope, disclosed(one.envelope, insurer))
