"""Amounts that people decide for a month of a claim in place of those worked out, with a reason."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Path, Response

from kit.http.auth import Principal, requires
from kit.http.etag import ChangedVersion, set_etag
from kit.http.route import Now, Rules, Tx, service_router
from kit.http.subject import about
from kit.http.types import BOUNDED_MONTH_PATTERN, Amount, Answer, MonthText, Request, Text, example
from kit.period import Month
from kit.recording import Recording
from rules.vocabulary import Guarantee
from services.claims.adapters import overrides
from services.claims.api.parameters import ClaimId, MonthlyAmount
from services.claims.application.handle_claim import hold, look
from services.claims.application.override_month import Overriding, override_month
from services.claims.domain.override import OverrideReason

router = service_router(prefix="/v1/claims/{claim}/overrides", tags=["Suivi des sinistres"])
MonthPath = Annotated[str, Path(pattern=BOUNDED_MONTH_PATTERN, description="Mois, AAAA-MM.")]


class OverrideRequest(Request):
    """The income maintenance of a month, or what option 3 pays, as a person decides it.

    Without `amount` the computation counts again.
    """

    model_config = example(
        {"amount": "500.00", "reason": "INSURER_DECISION", "note": "L'assureur garantit 500 euros, lettre du 3 juin."}
    )

    guarantee: Literal["BASE", "RI_FULL_PAY"] = "BASE"
    amount: MonthlyAmount | None = None
    reason: OverrideReason
    note: Text


class OverrideAnswer(Answer):
    """What was decided for a month, and what was worked out then; `amount` null: lifted."""

    month: MonthText
    guarantee: Literal["BASE", "RI_FULL_PAY"]
    version: int
    amount: Amount | None
    computed: Amount
    reason: OverrideReason
    note: str
    recorded_at: datetime
    recorded_by: str


class OverridesAnswer(Answer):
    """Every such decision about a claim, by month; the last version of a month counts."""

    claim: UUID
    overrides: list[OverrideAnswer]


@router.get("", operation_id="list_overrides", summary="Montants décidés à la place du calcul")
async def list_overrides(
    claim: ClaimId,
    tx: Tx,
    rules: Rules,
    clock: Now,
    _caller: Annotated[Principal, requires("claims:read")],
    *,
    response: Response,
) -> OverridesAnswer:
    opened = await look(tx, claim, rules, clock.day())
    about(response, opened.claim.agent)
    set_etag(response, opened.file.version)
    return await _all(tx, claim)


@router.put("/{month}", operation_id="override_month", summary="Décider un autre montant que le calcul, pour un mois")
async def put_override(
    claim: ClaimId,
    month: MonthPath,
    body: OverrideRequest,
    version: ChangedVersion,
    tx: Tx,
    *,
    caller: Annotated[Principal, requires("claims:write")],
    rules: Rules,
    clock: Now,
    response: Response,
) -> OverridesAnswer:
    opened, recording = await hold(tx, claim, rules, clock.day()), Recording(clock.instant(), caller.client)
    about(response, opened.claim.agent)
    said = Overriding(Month.parse(month), Guarantee(body.guarantee), body.amount, body.reason, body.note)
    changed = await override_month(tx, opened, said, version, rules=rules, clock=clock, recording=recording)
    set_etag(response, changed)
    return await _all(tx, claim)


async def _all(tx: Tx, claim: UUID) -> OverridesAnswer:
    found = await overrides.of_claims(tx, [claim])
    return OverridesAnswer(claim=claim, overrides=[OverrideAnswer.model_validate(one) for one in found])
