"""Amounts that people decide of an annuity or a capital in place of those worked out, with a reason and four eyes."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Path, Response

from kit.http.auth import Principal, requires
from kit.http.etag import ChangedVersion, set_etag
from kit.http.route import Now, Rules, Tx, service_router
from kit.http.subject import about
from kit.http.types import Amount, Answer, Request, Text, example
from kit.recording import Recording
from services.claims.application.override_award import Held, Proposing, approve, hold, look, propose
from services.claims.domain.override import OverrideReason

router = service_router(prefix="/v1/awards/{award}/overrides", tags=["Rentes", "Capitaux"])
AwardId = Annotated[UUID, Path(description="Identifiant de la rente ou du capital.")]
Reader = Annotated[Principal, requires("claims:read")]
Writer = Annotated[Principal, requires("claims:write")]


class AwardOverrideRequest(Request):
    """The amount as a person proposes it; without `amount` the computation is to count again."""

    model_config = example(
        {"amount": "500.00", "reason": "INSURER_DECISION", "note": "L'assureur garantit 500 euros, lettre du 3 juin."}
    )

    amount: Amount | None = None
    reason: OverrideReason
    note: Text


class AwardOverrideAnswer(Answer):
    """What was proposed, what was worked out then, and who approved it; `amount` null: to be lifted."""

    version: int
    amount: Amount | None
    computed: Amount
    reason: OverrideReason
    note: str
    proposed_by: str
    approved_by: str | None
    recorded_at: datetime


class AwardOverridesAnswer(Answer):
    """All that was said of an annuity or a capital, in order: the last one approved counts, one after it waits."""

    award: UUID
    agent: UUID
    employer: str
    overrides: list[AwardOverrideAnswer]

    @classmethod
    def of(cls, held: Held, response: Response) -> AwardOverridesAnswer:
        about(response, held.award.agent)
        set_etag(response, held.version)
        said = [AwardOverrideAnswer.model_validate(one) for one in held.said]
        return cls(award=held.key, agent=held.award.agent, employer=held.award.employer, overrides=said)


@router.get("", operation_id="list_award_overrides", summary="Montants décidés d'une rente ou d'un capital")
async def list_award_overrides(award: AwardId, tx: Tx, _caller: Reader, response: Response) -> AwardOverridesAnswer:
    return AwardOverridesAnswer.of(await look(tx, award), response)


@router.put(
    "/proposal",
    operation_id="propose_award_override",
    summary="Proposer un autre montant que le calcul, pour une rente ou un capital",
)
async def put_proposal(
    award: AwardId,
    body: AwardOverrideRequest,
    version: ChangedVersion,
    caller: Writer,
    tx: Tx,
    *,
    rules: Rules,
    clock: Now,
    response: Response,
) -> AwardOverridesAnswer:
    """Nothing changes until another person approves it."""
    by, said = Recording(clock.instant(), caller.client), Proposing(body.amount, body.reason, body.note)
    held = await propose(tx, await hold(tx, award), said, version, rules=rules, clock=clock, by=by)
    return AwardOverridesAnswer.of(held, response)


@router.put(
    "/approval",
    operation_id="approve_award_override",
    summary="Approuver le montant qu'une autre personne a proposé",
)
async def put_approval(
    award: AwardId,
    version: ChangedVersion,
    caller: Writer,
    tx: Tx,
    *,
    rules: Rules,
    clock: Now,
    response: Response,
) -> AwardOverridesAnswer:
    by = Recording(clock.instant(), caller.client)
    held = await approve(tx, await hold(tx, award), version, rules=rules, clock=clock, by=by)
    return AwardOverridesAnswer.of(held, response)
