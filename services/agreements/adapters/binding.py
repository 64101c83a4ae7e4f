"""Which accords bind an employer, on which days."""

from __future__ import annotations

from typing import Final

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.agreements.adapters.document import AgreementDocument
from services.agreements.adapters.tables import agreement_employer, agreement_step, agreement_version
from services.agreements.domain.exclusive import Bound
from services.agreements.domain.lifecycle import Status

_ALONE: Final = text("SELECT pg_advisory_xact_lock(hashtextextended('agreements.binding', 0))")


async def alone(tx: AsyncConnection) -> None:
    """Until commit nobody else lets an accord bind."""
    await tx.execute(_ALONE)


async def others(tx: AsyncConnection, document: AgreementDocument) -> list[Bound]:
    """What other accords, once published, bind the employers of this one, in the order of ids.

    An accord that ended, or that an employer left, binds until that day. One that will lapse with its conventions binds
    on until it does: it is denounced, or has lapsed, before another takes its place.
    """
    party, version, step = agreement_employer.c, agreement_version.c, agreement_step.c
    latest = select(func.max(version.version)).where(version.agreement == party.agreement).scalar_subquery()
    published = select(step.number).where(step.agreement == party.agreement, step.status == Status.PUBLISHED.value)
    query = select(party.agreement, party.employer, party.valid).where(
        party.employer.in_([employer.siret for employer in document.employers]),
        party.agreement != document.agreement,
        party.version == latest,
        published.exists(),
    )
    rows = await tx.execute(query.order_by(party.agreement, party.employer))
    return [Bound(row.agreement, row.employer, row.valid) for row in rows]
