"""Runs: what an employer owes up to a month, compared with what was issued."""

from __future__ import annotations

from itertools import zip_longest
from typing import Annotated, Self
from uuid import UUID

from fastapi import Response

from kit.http.auth import Principal, requires
from kit.http.route import Idempotent, Now, Rules, Tx, service_router
from kit.http.types import Answer, Flag, MonthText, RateText, Request, SignedAmount, SiretText, example
from kit.period import Month
from services.contributions.adapters.ledger import Statement
from services.contributions.api.figures import AmountsAnswer
from services.contributions.application.record_pay import Reception
from services.contributions.application.run_contributions import RunOutcome, run_contributions
from services.contributions.domain.bounds import Bound, Breach
from services.contributions.domain.run import StatementDraft

router = service_router(tags=["Cotisations"])
MAX_LISTED = 200


class RunRequest(Request):
    """Settle an employer up to `month`; with `dry_run`, only say what would be issued."""

    model_config = example({"employer": "99985001900012", "month": "2026-01", "dry_run": True})

    employer: SiretText
    month: MonthText
    dry_run: Flag = False


class RunStatementAnswer(Answer):
    """A statement that was issued, or, without `id` and `number`, one that would be."""

    id: UUID | None
    number: int | None
    agreement: str
    insurer: str | None
    lines: int
    regularisations: int
    guarantees: dict[str, AmountsAnswer]
    total: AmountsAnswer

    @classmethod
    def of(cls, month: Month, draft: StatementDraft, issued: Statement | None) -> Self:
        return cls(
            id=issued.id if issued else None,
            number=issued.number if issued else None,
            agreement=draft.agreement,
            insurer=draft.insurer or None,
            lines=len(draft.deltas),
            regularisations=len(draft.deltas) - len(draft.deltas.of_month(month)),
            guarantees={code: AmountsAnswer.model_validate(a) for code, a in draft.by_guarantee.items()},
            total=AmountsAnswer.model_validate(draft.total),
        )


class HeldAnswer(Answer):
    """A month left as it is, because nothing can be said about it yet."""

    agent: str
    month: MonthText
    reason: str


class BreachAnswer(Answer):
    """A change beyond its bound, left out until somebody releases it; `agent` null: the whole employer's."""

    bound: Bound
    agent: str | None
    change: SignedAmount
    limit: SignedAmount

    @classmethod
    def of(cls, breach: Breach) -> Self:
        return cls(bound=breach.bound, agent=breach.agent or None, change=breach.change, limit=breach.limit)


class BoundsAnswer(Answer):
    """What a run issues unseen at most: amounts, and fractions of what was issued for the month before."""

    agent_month: SignedAmount
    agent_run: SignedAmount
    employer_share: RateText
    month_share: RateText
    employer_floor: SignedAmount


class RunAnswer(Answer):
    """`run` null: a dry run, or nothing was left to issue. `held` lists 200 at most, `held_count` counts them all.

    `parked` are changes beyond `bounds`, 200 at most: `/v1/runs/parked` lists those that are not issued.

    `unknown_agents`: months of pay under matricules that nobody is known by yet.
    """

    run: UUID | None
    employer: str
    month: MonthText
    dry_run: bool
    statements: list[RunStatementAnswer]
    held_count: int
    held: list[HeldAnswer]
    bounds: BoundsAnswer
    parked_count: int
    parked: list[BreachAnswer]
    unknown_agents: int

    @classmethod
    def of(cls, employer: str, month: Month, found: RunOutcome, *, dry_run: bool) -> Self:
        pairs = zip_longest(found.drafts, found.statements)
        return cls(
            run=found.record.id if found.record else None,
            employer=employer,
            month=month,
            dry_run=dry_run,
            statements=[RunStatementAnswer.of(month, draft, issued) for draft, issued in pairs],
            held_count=len(found.held),
            held=[HeldAnswer.model_validate(one) for one in found.held[:MAX_LISTED]],
            bounds=BoundsAnswer.model_validate(found.bounds),
            parked_count=len(found.parked),
            parked=[BreachAnswer.of(one) for one in found.parked[:MAX_LISTED]],
            unknown_agents=found.unknown,
        )


@router.post(
    "/v1/runs",
    responses={201: {"description": "Des bordereaux ont été émis"}},
    summary="Émettre ce qui manque pour un employeur, ou l'annoncer sans rien écrire",
)
async def run(
    *,
    body: RunRequest,
    caller: Annotated[Principal, requires("contributions:write")],
    tx: Tx,
    rules: Rules,
    clock: Now,
    response: Response,
    _once: Idempotent,
) -> RunAnswer:
    """Issue what is missing, as statements: 201. When nothing is, or in a dry run: 200."""
    caller.check_employer(body.employer)
    reception = Reception(clock.instant(), caller.client)
    found = await run_contributions(tx, body.employer, body.month, rules, reception, dry_run=body.dry_run)
    response.status_code = 201 if found.record else 200
    return RunAnswer.of(body.employer, body.month, found, dry_run=body.dry_run)
