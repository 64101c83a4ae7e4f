"""The queue of agents to decide again in sets, and the runs that filled it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Identity,
    Integer,
    Table,
    Text,
    delete,
    exists,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.db.copy import put_rows
from kit.db.database import wake_after
from kit.db.types import Id, Instant
from kit.ids import new_id
from services.claims.adapters.asked import Who
from services.claims.adapters.tables import metadata

CHANNEL: Final = "relais_claims_redecision"

# Why many are decided again. `reference`: the version of the rules, the accord, the employer,
# the day or the producer.
redecision_run: Final = Table(
    "redecision_run",
    metadata,
    Column("id", Id, primary_key=True),
    Column("cause", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("agents", Integer, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("finished_at", Instant),
    CheckConstraint("cause IN ('LAW', 'TERMS', 'REVALUATION', 'MAINTENANCE', 'DAY', 'RESTORED')", name="cause"),
)

# Who waits; `failed`: what kept one from being decided, who then waits for a person and holds nobody up.
redecision: Final = Table(
    "redecision",
    metadata,
    Column("number", BigInteger, Identity(always=True), primary_key=True),
    Column("employer", Text, nullable=False),
    Column("agent", Id, nullable=False),
    Column("run", Id, nullable=False, index=True),
    Column("failed", Text),
)
_ONE_AT_A_TIME: Final = text("SELECT pg_advisory_xact_lock(hashtextextended('claims.law', 0))")


class Cause(StrEnum):
    """What changed for many at once."""

    LAW = "LAW"
    TERMS = "TERMS"
    REVALUATION = "REVALUATION"
    MAINTENANCE = "MAINTENANCE"
    DAY = "DAY"
    RESTORED = "RESTORED"


@dataclass(frozen=True, slots=True)
class Run:
    """A run, how many still wait, and how many failed."""

    id: UUID
    cause: Cause
    reference: str
    agents: int
    asked_at: datetime
    finished_at: datetime | None
    waiting: int
    failed: int


async def ask(tx: AsyncConnection, cause: Cause, reference: str, who: Collection[Who], at: datetime) -> None:
    """Let these agents be decided again once this transaction has committed."""
    run = new_id()
    await tx.execute(
        insert(redecision_run).values(
            id=run,
            cause=cause.value,
            reference=reference,
            agents=len(who),
            asked_at=at,
            finished_at=None if who else at,
        )
    )
    rows = [{"employer": employer, "agent": agent, "run": run} for employer, agent in who]
    await put_rows(tx, redecision, rows)
    wake_after(tx, CHANNEL)


async def last_law(tx: AsyncConnection) -> str | None:
    """The version of the rules for which everybody was last asked; until commit nobody else asks."""
    await tx.execute(_ONE_AT_A_TIME)
    table = redecision_run
    query = select(table.c.reference).where(table.c.cause == Cause.LAW.value).order_by(table.c.id.desc()).limit(1)
    found: str | None = (await tx.execute(query)).scalar()
    return found


async def take(tx: AsyncConnection, limit: int) -> tuple[list[int], list[Who]]:
    """Take the next ones off the queue: their numbers, and each agent once. What another worker holds is left."""
    table = redecision
    next_ones = select(table.c.number).where(table.c.failed.is_(None)).order_by(table.c.number).limit(limit)
    taken = delete(table).where(table.c.number.in_(next_ones.with_for_update(skip_locked=True)))
    rows = (await tx.execute(taken.returning(table.c.number, table.c.employer, table.c.agent))).all()
    return [row.number for row in rows], sorted({(row.employer, row.agent) for row in rows})


async def put_aside(tx: AsyncConnection, numbers: Sequence[int], why: str) -> None:
    """These failed; the others go on."""
    await tx.execute(update(redecision).where(redecision.c.number.in_(numbers)).values(failed=why))


async def finish(tx: AsyncConnection, at: datetime) -> None:
    """Runs of which nobody waits any more are over."""
    waits = exists().where((redecision.c.run == redecision_run.c.id) & redecision.c.failed.is_(None))
    over = redecision_run.c.finished_at.is_(None) & ~waits
    await tx.execute(update(redecision_run).where(over).values(finished_at=at))


async def runs(tx: AsyncConnection, limit: int) -> list[Run]:
    """The last runs, the latest first, with how far they are."""
    count = func.count(redecision.c.number)
    query = (
        select(
            redecision_run,
            count.filter(redecision.c.failed.is_(None)).label("waiting"),
            count.filter(redecision.c.failed.is_not(None)).label("failed"),
        )
        .outerjoin(redecision, redecision.c.run == redecision_run.c.id)
        .group_by(redecision_run.c.id)
        .order_by(redecision_run.c.id.desc())
        .limit(limit)
    )
    return [Run(**{**row._asdict(), "cause": Cause(row.cause)}) for row in await tx.execute(query)]
