"""How far facts are applied, how far decisions took them into account, who decides now, and who is held back."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import String, cast, delete, literal, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.claims.adapters.tables import PROGRESS, decided, held_case

_LOCK = text("""
    SELECT pg_advisory_xact_lock(hashtextextended('claims.agent:' || agent, 0))
      FROM (SELECT DISTINCT unnest(CAST(:agents AS text[])) AS agent ORDER BY 1) AS sorted
""")
_LOCK_COMMON = text("SELECT pg_advisory_xact_lock(hashtextextended('claims.common:' || :subject, 0))")
_SHARE_COMMON = text("""
    SELECT pg_advisory_xact_lock_shared(hashtextextended('claims.common:' || subject, 0))
      FROM (SELECT CAST(:employer AS text) AS subject
             UNION SELECT agreement FROM affiliation WHERE employer = :employer AND agent = :agent ORDER BY 1) AS sorted
""")


async def lock(tx: AsyncConnection, agents: Collection[str]) -> None:
    """Until commit, nobody else stores or decides anything about these agents.

    Whoever decides an agent must hold this from before his first look at the facts: of two transactions that store one
    fact each, the second then sees both.
    """
    await tx.execute(_LOCK, {"agents": list(agents)})


async def lock_common(tx: AsyncConnection, subject: str) -> None:
    """Change what is common to many agents: the terms of an accord, or what an employer (its SIRET) keeps of the pay.

    Waits for the decisions under way, so that those it concerns are all seen; those that come wait to see the change.
    """
    await tx.execute(_LOCK_COMMON, {"subject": subject})


async def share_common(tx: AsyncConnection, employer: str, agent: UUID) -> None:
    """Until commit, nobody changes what is common to this agent and others."""
    await tx.execute(_SHARE_COMMON, {"employer": employer, "agent": agent})


async def note_applied(tx: AsyncConnection, producer: str, key: str, version: int) -> None:
    """A producer's history of a key is applied up to a version."""
    table = PROGRESS[producer]
    new = insert(table).values(key=key, version=version)
    await tx.execute(new.on_conflict_do_update(index_elements=["key"], set_={"version": new.excluded.version}))


async def is_behind(tx: AsyncConnection, agent: UUID) -> bool:
    """Whether decisions already rest on facts that a rebuild has not applied again yet."""
    for producer, table in PROGRESS.items():
        joined = decided.outerjoin(table, decided.c.key == table.c.key)
        older = table.c.version.is_(None) | (table.c.version < decided.c.version)
        mine = (decided.c.agent == agent) & (decided.c.producer == producer)
        query = select(decided.c.key).select_from(joined).where(mine & older).limit(1)
        if (await tx.execute(query)).first() is not None:
            return True
    return False


async def note_decided(tx: AsyncConnection, agent: UUID, agreements: Collection[str]) -> None:
    """Decisions now rest on everything applied about the agent and the accords that cover him."""
    for producer, table in PROGRESS.items():
        keys = sorted(agreements) if producer == "agreements" else [str(agent)]
        found = select(cast(literal(agent), decided.c.agent.type), cast(literal(producer), String), table)
        new = insert(decided).from_select(["agent", "producer", "key", "version"], found.where(table.c.key.in_(keys)))
        await tx.execute(
            new.on_conflict_do_update(
                index_elements=["agent", "producer", "key"], set_={"version": new.excluded.version}
            )
        )


async def forget(tx: AsyncConnection, producer: str, keys: Collection[str]) -> None:
    """A restored producer no longer vouches for these histories: decisions no longer wait for them."""
    await tx.execute(delete(decided).where((decided.c.producer == producer) & decided.c.key.in_(sorted(keys))))


async def hold(tx: AsyncConnection, employer: str, agent: UUID, code: str, at: datetime) -> None:
    """The facts contradict each other: a person must look."""
    new = insert(held_case).values(employer=employer, agent=agent, code=code, recorded_at=at)
    await tx.execute(new.on_conflict_do_update(index_elements=["employer", "agent"], set_={"code": new.excluded.code}))


async def release(tx: AsyncConnection, employer: str, agent: UUID) -> None:
    """The facts agree again."""
    await tx.execute(delete(held_case).where((held_case.c.employer == employer) & (held_case.c.agent == agent)))


async def held(tx: AsyncConnection, agent: UUID) -> dict[str, str]:
    """Why nothing is decided about an agent, by employer."""
    rows = await tx.execute(select(held_case.c.employer, held_case.c.code).where(held_case.c.agent == agent))
    return {row.employer: row.code for row in rows}
