"""Which accords bind an employer, on which days."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import func, insert, literal, select, text, update
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.db.temporal import believed
from kit.ids import new_id
from kit.recording import Recording
from services.agreements.adapters.document import AgreementDocument
from services.agreements.adapters.tables import agreement_employer, agreement_step, agreement_version, binding
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


async def bind(tx: AsyncConnection, document: AgreementDocument, recording: Recording) -> bool:
    """Record whom the accord binds by now: what is no longer so is closed, what is new is added.

    False, and nothing is recorded, where the database refuses it: another accord binds one of these employers on one of
    these days (`ex_binding_one_accord`), whoever wrote that and whether `others` could see it or not.
    """
    try:
        async with tx.begin_nested():
            await _bind(tx, document, recording)
    except IntegrityError as refused:
        if "ex_binding_one_accord" not in str(refused.orig):
            raise
        return False
    return True


async def _bind(tx: AsyncConnection, document: AgreementDocument, recording: Recording) -> None:
    table, key = binding.c, document.agreement
    query = select(table.row, table.employer, table.valid).where(table.agreement == key, believed(binding))
    held = {(row.employer, row.valid): row.row for row in await tx.execute(query.with_for_update())}
    wanted = {(party.siret, party.period) for party in document.employers}
    at = await _instant(tx, {employer for employer, _ in held.keys() ^ wanted}, recording.at)
    closed = [row for days, row in held.items() if days not in wanted]
    if closed:
        until = func.tstzrange(func.lower(table.recorded), literal(at))
        await tx.execute(update(binding).where(table.row.in_(closed)).values(recorded=until))
    added = [
        {
            "row": new_id(),
            "agreement": key,
            "employer": employer,
            "valid": valid,
            "recorded": Range(at, None, bounds="[)"),
            "recorded_by": recording.by,
        }
        for employer, valid in sorted(wanted - held.keys(), key=lambda days: (days[0], days[1].start))
    ]
    if added:
        await tx.execute(insert(binding), added)


async def _instant(tx: AsyncConnection, employers: set[str], at: datetime) -> datetime:
    """`at`, or the last instant recorded of these employers, so that two machines whose clocks differ agree."""
    table = binding.c
    known = func.greatest(func.max(func.lower(table.recorded)), func.max(func.upper(table.recorded)), at)
    instant: datetime = (await tx.execute(select(known).where(table.employer.in_(employers)))).scalar_one()
    return instant
