"""The service's own copy of what accords say about cover, and of which employers they bind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import delete, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.period import Period
from services.eligibility.adapters.decision_tables import agreement_employer, agreement_terms

# Decisions share it, a change of terms has it alone: whoever reads terms sees them before the change or is asked again.
_TERMS: Final = "hashtextextended('eligibility.terms', 0)"
_CHANGE: Final = text(f"SELECT pg_advisory_xact_lock({_TERMS})")
_SHARE: Final = text(f"SELECT pg_advisory_xact_lock_shared({_TERMS})")


async def store(
    tx: AsyncConnection,
    agreement: str,
    version: int,
    content: Mapping[str, Any],
    employers: Sequence[tuple[str, Period]],
) -> None:
    """Keep a version; an earlier one than is known changes nothing. Waits for the decisions under way."""
    await tx.execute(_CHANGE)
    values = {"agreement": agreement, "version": version, "content": dict(content)}
    kept = insert(agreement_terms).values(values)
    newer = kept.on_conflict_do_update(
        index_elements=["agreement"], set_=values, where=agreement_terms.c.version <= version
    )
    if (await tx.execute(newer)).rowcount == 0:
        return
    await tx.execute(delete(agreement_employer).where(agreement_employer.c.agreement == agreement))
    rows = [{"agreement": agreement, "employer": siret, "valid": period} for siret, period in employers]
    if rows:
        await tx.execute(insert(agreement_employer), rows)


async def employers_of(tx: AsyncConnection, agreement: str) -> list[str]:
    query = select(agreement_employer.c.employer).where(agreement_employer.c.agreement == agreement)
    return list((await tx.execute(query.distinct())).scalars())


async def content_of(tx: AsyncConnection, agreement: str) -> dict[str, Any] | None:
    """What an accord says, or None when it is not known here."""
    query = select(agreement_terms.c.content).where(agreement_terms.c.agreement == agreement)
    return (await tx.execute(query)).scalar_one_or_none()


async def binding(tx: AsyncConnection, employers: Sequence[str]) -> list[tuple[str, Period, dict[str, Any]]]:
    """The accords that bind these employers: employer, its dates, the content; in the order of employer and dates.

    Until commit they stay as they are.
    """
    await tx.execute(_SHARE)
    query = (
        select(agreement_employer.c.employer, agreement_employer.c.valid, agreement_terms.c.content)
        .join(agreement_terms, agreement_terms.c.agreement == agreement_employer.c.agreement)
        .where(agreement_employer.c.employer.in_(employers))
        .order_by(agreement_employer.c.employer, agreement_employer.c.valid, agreement_employer.c.agreement)
    )
    return [(row.employer, row.valid, row.content) for row in await tx.execute(query)]
