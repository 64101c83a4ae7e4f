"""How far facts are applied, how far decisions took them into account, who decides now, and who is held back."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, exists, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.db.copy import put_rows
from services.claims.adapters.asked import Who, asked
from services.claims.adapters.tables import PROGRESS, decided, held_case

_LOCK = text("""
    SELECT pg_advisory_xact_lock(hashtextextended('claims.agent:' || agent, 0))
      FROM (SELECT DISTINCT unnest(CAST(:agents AS text[])) AS agent ORDER BY 1) AS sorted
""")
_LOCK_COMMON = text("SELECT pg_advisory_xact_lock(hashtextextended('claims.common:' || :subject, 0))")
_SHARE_COMMON = text("""
    WITH asked AS (SELECT DISTINCT employer, agent
                     FROM unnest(CAST(:employers AS text[]), CAST(:agents AS uuid[])) AS given (employer, agent))
    SELECT pg_advisory_xact_lock_shared(hashtextextended('claims.common:' || subject, 0))
      FROM (SELECT employer AS subject FROM asked
             UNION SELECT agreement FROM affiliation JOIN asked USING (employer, agent) ORDER BY 1) AS sorted
""")
_BEHIND = text(
    " UNION ".join(
        f"""
    SELECT held.agent
      FROM decided held LEFT JOIN progress_{producer} applied ON applied.key = held.key
     WHERE held.agent = ANY(CAST(:agents AS uuid[])) AND held.producer = '{producer}'
       AND (applied.version IS NULL OR applied.version < held.version)"""  # noqa: S608 - names of our own tables
        for producer in PROGRESS
    )
)
# Whose history of each producer decisions about an agent rest on: his own, of agreements that of his accords.
_RESTS_ON = {producer: "accord" if producer == "agreements" else "own" for producer in PROGRESS}
_NOTE = text(
    "INSERT INTO decided AS held (agent, producer, key, version) "  # noqa: S608 - names of our own tables
    + " UNION ALL ".join(
        f"""
    SELECT new.agent, '{producer}', applied.key, applied.version
      FROM unnest(CAST(:{asked}_agents AS uuid[]), CAST(:{asked}_keys AS text[])) AS new (agent, key)
      JOIN progress_{producer} applied ON applied.key = new.key"""  # noqa: S608 - names of our own tables
        for producer, asked in _RESTS_ON.items()
    )
    + """
    ON CONFLICT (agent, producer, key) DO UPDATE SET version = excluded.version
     WHERE held.version <> excluded.version"""
)


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


async def share_common(tx: AsyncConnection, who: Collection[Who]) -> None:
    """Until commit, nobody changes what is common to these agents and others."""
    employers, agents = [employer for employer, _ in who], [agent for _, agent in who]
    await tx.execute(_SHARE_COMMON, {"employers": employers, "agents": agents})


async def note_applied(tx: AsyncConnection, producer: str, key: str, version: int) -> None:
    """A producer's history of a key is applied up to a version."""
    table = PROGRESS[producer]
    new = insert(table).values(key=key, version=version)
    await tx.execute(new.on_conflict_do_update(index_elements=["key"], set_={"version": new.excluded.version}))


async def behind(tx: AsyncConnection, agents: Collection[UUID]) -> set[UUID]:
    """Those whose decisions already rest on facts that a rebuild has not applied again yet."""
    return set((await tx.execute(_BEHIND, {"agents": list(agents)})).scalars())


async def note_decided(tx: AsyncConnection, agents: Collection[UUID], accords: Collection[tuple[UUID, str]]) -> None:
    """Decisions now rest on everything applied about these agents, and about the accords that cover each."""
    if not agents:
        return
    own = sorted(set(agents))
    rests = sorted(set(accords))
    await tx.execute(
        _NOTE,
        {
            "own_agents": own,
            "own_keys": [str(agent) for agent in own],
            "accord_agents": [agent for agent, _ in rests],
            "accord_keys": [key for _, key in rests],
        },
    )


async def forget(tx: AsyncConnection, producer: str, keys: Collection[str]) -> set[UUID]:
    """A restored producer no longer vouches for these histories: decisions no longer wait for them. Gives the agents
    whose decisions rested on them.
    """
    theirs = (decided.c.producer == producer) & decided.c.key.in_(sorted(keys))
    return set((await tx.execute(delete(decided).where(theirs).returning(decided.c.agent))).scalars())


async def settle(tx: AsyncConnection, agreed: Collection[Who], refused: Mapping[Who, str], at: datetime) -> None:
    """The facts of some agree; those of others contradict each other, by code, and a person must look."""
    if agreed:
        chosen = asked(agreed)
        mine = (held_case.c.employer == chosen.c.employer) & (held_case.c.agent == chosen.c.agent)
        await tx.execute(delete(held_case).where(exists().where(mine)))
    rows = [
        {"employer": employer, "agent": agent, "code": code, "recorded_at": at}
        for (employer, agent), code in refused.items()
    ]
    await put_rows(tx, held_case, rows, key=("employer", "agent"), update=("code",))


async def held(tx: AsyncConnection, agent: UUID) -> dict[str, str]:
    """Why nothing is decided about an agent, by employer."""
    rows = await tx.execute(select(held_case.c.employer, held_case.c.code).where(held_case.c.agent == agent))
    return {row.employer: row.code for row in rows}
