"""Comparing a declaration again: at once when it is small, else in the background, with its progress."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from fastapi import Response
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.clock import Clock
from kit.db import jobs
from kit.db.job_runner import Handler
from kit.db.jobs import Chunk, Job
from kit.http.auth import Principal, requires
from kit.http.paths import JobId
from kit.http.problem import Problem
from kit.http.route import Crypto, Now, Rules, Tx, service_router
from kit.http.types import Answer
from services.contributions.adapters.dsn import store
from services.contributions.api.dsn.declarations import DeclarationSummary, summary
from services.contributions.api.parameters import DeclarationId
from services.contributions.application.dsn.reconcile_dsn import Means, reconcile
from services.contributions.application.dsn.reconcile_later import AT_ONCE, KIND, apply_stretch, reconcile_later
from services.contributions.domain.errors import DsnNotComparable, DsnTooLarge, UnknownDsn

router = service_router(tags=["DSN"], dependencies=[requires("contributions:read")])
Writer = Annotated[Principal, requires("contributions:write")]


class ReconciliationAnswer(Answer):
    """A report being written: `agents` to compare, `compared` of them so far."""

    id: UUID
    state: str
    agents: int
    compared: int
    error: str | None
    recorded_at: datetime
    finished_at: datetime | None

    @classmethod
    def of(cls, job: Job) -> Self:
        return cls(
            id=job.id,
            state=job.state,
            agents=job.lines,
            compared=job.accepted,
            error=job.error,
            recorded_at=job.recorded_at,
            finished_at=job.finished_at,
        )


def worker(means: Means, clock: Clock) -> Handler:
    """The handler of reconciliations."""

    async def apply(tx: AsyncConnection, chunk: Chunk) -> list[jobs.Reject]:
        return list(await apply_stretch(tx, chunk, means, clock.instant()))

    return apply


@router.post(
    "/v1/dsn/{declaration}/reconcile",
    summary="Rapprocher de nouveau : la paie, les bordereaux ou les paramètres ont changé",
)
async def again(
    declaration: DeclarationId, _caller: Writer, tx: Tx, crypto: Crypto, rules: Rules, clock: Now
) -> DeclarationSummary:
    """Write the report anew from what is known now; the same facts give the same report."""
    found = await store.hold(tx, declaration)
    if found is None:
        raise UnknownDsn
    if found.individuals > AT_ONCE:
        raise DsnTooLarge
    if not await reconcile(tx, found, Means(crypto, rules), clock.instant()):
        raise DsnNotComparable
    written = await store.one(tx, declaration)
    assert written is not None, "it is held"
    return await summary(tx, written)


@router.post(
    "/v1/dsn/{declaration}/reconciliations",
    status_code=202,
    summary="Rapprocher de nouveau une grande déclaration, en arrière-plan",
)
async def start(
    declaration: DeclarationId, caller: Writer, tx: Tx, clock: Now, response: Response
) -> ReconciliationAnswer:
    """A job whose progress `location` tells; it takes the place of one that is under way."""
    job = await reconcile_later(tx, declaration, caller.client, clock.instant())
    response.headers["location"] = f"/v1/dsn/reconciliations/{job}"
    return ReconciliationAnswer.of(await _job(tx, job))


@router.get("/v1/dsn/reconciliations/{job}", summary="Où en est un rapprochement")
async def progress(job: JobId, tx: Tx) -> ReconciliationAnswer:
    """How far it is."""
    return ReconciliationAnswer.of(await _job(tx, job))


async def _job(tx: Tx, key: UUID) -> Job:
    found = await jobs.find(tx, key)
    if found is None or found.kind != KIND:
        raise Problem(404, "reconciliation_not_found", "Rapprochement introuvable", "Reconciliation not found")
    return found
