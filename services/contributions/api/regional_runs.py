"""A month of every employer: one job, an employer at a time, taken up again where it stopped by any free worker.

It is an import whose lines are employers: progress, leases, retries and refusals are those of `kit/db/jobs.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Final, Self
from uuid import UUID

from fastapi import Request as HttpRequest
from fastapi import Response
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.clock import Clock
from kit.db import jobs
from kit.db.job_runner import Handler
from kit.db.jobs import Applied, Chunk, Job, Reject
from kit.errors import RelaisError
from kit.http.auth import Principal, requires
from kit.http.pagination import Page, Paging, paged
from kit.http.paths import JobId
from kit.http.problem import Problem
from kit.http.route import Idempotent, Now, Tx, service_router
from kit.http.types import Answer, Flag, MonthText, Request, example
from kit.ids import new_id
from kit.money import Money
from kit.period import Month
from rules.book import RuleBook
from services.contributions.adapters import agents, run_overview
from services.contributions.adapters.run_overview import Forecast
from services.contributions.api.parameters import after
from services.contributions.application.record_pay import Reception
from services.contributions.application.run_contributions import RunOutcome, run_contributions

router = service_router(tags=["Cotisations"])
KIND: Final = "regional-run"
PATH: Final = "/v1/runs/regional"
# Refusals listed; the job counts them all.
MAX_REFUSED: Final = 2_000


class RegionalRequest(Request):
    """Settle every employer up to `month`; with `dry_run`, only find out what each would be issued, and who would be
    parked or refused: `/v1/runs/overview` shows it.
    """

    model_config = example({"month": "2026-01", "dry_run": True})

    month: MonthText
    dry_run: Flag = False


class RegionalAnswer(Answer):
    """`employers` to settle, `settled` of them so far, `refused` of them: parked, closed, or in error."""

    id: UUID
    month: MonthText
    dry_run: bool
    state: str
    employers: int
    settled: int
    refused: int
    error: str | None
    recorded_at: datetime
    finished_at: datetime | None

    @classmethod
    def of(cls, job: Job) -> Self:
        return cls(
            id=job.id,
            month=Month.parse(job.options["month"]),
            dry_run=job.dry_run,
            state=job.state,
            employers=job.lines,
            settled=job.accepted,
            refused=job.rejected,
            error=job.error,
            recorded_at=job.recorded_at,
            finished_at=job.finished_at,
        )


class RefusedAnswer(Answer):
    """An employer that was not settled, and why."""

    siret: str
    code: str
    detail: str


class RefusedList(Answer):
    """The employers not settled, 2 000 at most."""

    items: list[RefusedAnswer]


def runner(rules: RuleBook, clock: Clock) -> Handler:
    """The handler of regional runs: a chunk is one employer, so a run of it is one transaction."""

    async def apply(tx: AsyncConnection, chunk: Chunk) -> Applied:
        employer, month = chunk.content.decode(), Month.parse(chunk.job.options["month"])
        reception = Reception(clock.instant(), chunk.job.client)
        refused: list[Reject] = []
        done: RunOutcome | None = None
        try:
            done = await run_contributions(tx, employer, month, rules, reception, dry_run=False)
        except RelaisError as refusal:
            refused = [Reject(chunk.first_line, employer, refusal.code, refusal.title_fr)]
        if done and done.parked:
            detail = f"Variations retenues : {len(done.parked)}."
            refused = [Reject(chunk.first_line, employer, "parked", detail)]
        foreseen = _foreseen(employer, month, done, refused, reception.at)

        async def then(tx: AsyncConnection) -> None:
            if chunk.job.dry_run:
                await run_overview.foresee(tx, foreseen)
            else:
                await run_overview.forget(tx, employer, month)

        return Applied(refused, then)

    return apply


def _foreseen(
    employer: str, month: Month, done: RunOutcome | None, refused: Sequence[Reject], at: datetime
) -> Forecast:
    """What a run of an employer says of the month; of one that was refused, nothing but why."""
    issued = [draft.deltas for draft in done.drafts] if done else []
    amount = Money.sum(lines.total.amount for lines in issued)
    return Forecast(
        id=new_id(),
        employer=employer,
        month=month,
        amount=amount,
        regularised=amount - Money.sum(lines.of_month(month).total.amount for lines in issued),
        lines=sum(map(len, issued)),
        agents=len({agent for lines in issued for agent in lines.who()}),
        held=len(done.held) if done else 0,
        unknown=done.unknown if done else 0,
        parked=len(done.parked) if done else 0,
        refused=None if done else refused[0].code,
        recorded_at=at,
    )


@router.post(PATH, status_code=202, summary="Traiter un mois pour tous les employeurs")
async def start(
    *,
    body: RegionalRequest,
    caller: Annotated[Principal, requires("contributions:write", tenancy="platform")],
    tx: Tx,
    clock: Now,
    response: Response,
    _once: Idempotent,
) -> RegionalAnswer:
    """A job whose progress `location` tells."""
    at = clock.instant()
    job = await jobs.create(
        tx,
        kind=KIND,
        client=caller.client,
        employer=None,
        dry_run=body.dry_run,
        options={"month": str(body.month)},
        at=at,
    )
    employers = await agents.employers(tx)
    if len(employers) > jobs.MAX_CHUNKS:
        raise Problem(422, "too_many_employers", "Trop d'employeurs pour un traitement", "Too many employers for a run")
    for number, employer in enumerate(employers):
        await jobs.add_chunk(tx, job, number, first_line=number + 1, lines=1, content=employer.encode(), at=at)
    await jobs.seal(tx, job, at=at)
    response.headers["location"] = f"{PATH}/{job}"
    return RegionalAnswer.of(await _find(tx, job))


@router.get(PATH, summary="Traitements, le dernier d'abord", dependencies=[requires("contributions:read")])
async def index(request: HttpRequest, response: Response, page: Paging, tx: Tx) -> Page[RegionalAnswer]:
    """Runs of every employer, the latest first, as long as jobs are kept."""
    found = await jobs.latest(tx, KIND, page.fetch, after(page))
    return paged(request, response, page, [RegionalAnswer.of(one) for one in found], lambda one: (one.id,))


@router.get(f"{PATH}/{{job}}", summary="Où en est un traitement", dependencies=[requires("contributions:read")])
async def progress(job: JobId, tx: Tx) -> RegionalAnswer:
    """How far it is."""
    return RegionalAnswer.of(await _find(tx, job))


@router.get(
    f"{PATH}/{{job}}/refused",
    summary="Employeurs non traités, avec le motif",
    dependencies=[requires("contributions:read")],
)
async def refused(job: JobId, tx: Tx) -> RefusedList:
    """Who was not settled."""
    await _find(tx, job)
    found = await jobs.rejects(tx, job, limit=MAX_REFUSED)
    return RefusedList(items=[RefusedAnswer(siret=one.pointer, code=one.code, detail=one.detail) for one in found])


async def _find(tx: AsyncConnection, job: UUID) -> Job:
    found = await jobs.find(tx, job)
    if found is None or found.kind != KIND:
        raise Problem(404, "run_not_found", "Traitement introuvable", "Run not found")
    return found
