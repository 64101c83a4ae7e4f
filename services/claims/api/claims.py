"""Claims and what was decided of their months."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Response
from fastapi import Request as HttpRequest

from kit.http.auth import requires
from kit.http.pagination import Page, Paging, paged
from kit.http.route import Tx, service_router
from kit.http.types import Answer, DateText, MonthText, SignedAmount
from services.claims.adapters import claim_files, claims
from services.claims.adapters.claim_files import ClaimFile
from services.claims.adapters.claims import Benefit, Claim, FrozenReference
from services.claims.api.cursors import after_id, after_month
from services.claims.api.parameters import ClaimId
from services.claims.domain.benefits import Alert
from services.claims.domain.claim_life import Life, Stage
from services.claims.domain.errors import UnknownClaim

router = service_router(prefix="/v1", tags=["Sinistres"], dependencies=[requires("claims:read")])


class ClaimAnswer(Answer):
    """A claim. `reason` says which month of pay is awaited, or why the facts no longer support it.

    `status` is of its amounts, `stage` of what people have done with it.
    """

    id: UUID
    employer: str
    agent: UUID
    agreement: str
    leave: UUID
    opened_from: DateText
    status: str
    reason: str | None
    stage: Stage
    opened_at: datetime

    @classmethod
    def of(cls, claim: Claim, file: ClaimFile | None) -> ClaimAnswer:
        return cls(
            id=claim.id,
            employer=claim.employer,
            agent=claim.agent,
            agreement=claim.agreement,
            leave=claim.leave,
            opened_from=claim.opened_from,
            status=claim.status,
            reason=claim.reason,
            stage=(file.life if file else Life()).stage,
            opened_at=claim.recorded_at,
        )


class ReferenceAnswer(Answer):
    """The reference pay frozen on a claim, its target, and why."""

    month: MonthText
    pay: dict[str, Any]
    target: SignedAmount
    version: int
    trace: dict[str, Any]

    @classmethod
    def of(cls, frozen: FrozenReference) -> ReferenceAnswer:
        return cls(month=frozen.month, pay=frozen.pay, target=frozen.target, version=frozen.version, trace=frozen.trace)


class ClaimDetail(ClaimAnswer):
    """A claim with its reference pay; null while that is awaited."""

    reference: ReferenceAnswer | None


class BenefitAnswer(Answer):
    """A month of a claim. Deltas are against the version before."""

    decision: UUID
    claim: UUID
    agent: UUID
    employer: str
    month: MonthText
    version: int
    target_net: SignedAmount
    statutory_net: SignedAmount
    social_security: SignedAmount
    benefit: SignedAmount
    benefit_delta: SignedAmount
    ri_full_pay: SignedAmount
    ri_full_pay_delta: SignedAmount
    decree_floor: SignedAmount
    alerts: list[Alert]
    decided_at: datetime

    @classmethod
    def of(cls, found: Benefit) -> BenefitAnswer:
        fields = {name: getattr(found, name) for name in Benefit.__slots__ if name not in ("id", "recorded_at")}
        return cls(decision=found.id, decided_at=found.recorded_at, **fields)


@router.get("/claims", operation_id="list_claims", summary="Sinistres, d'un agent ou de tous")
async def list_claims(
    request: HttpRequest,
    response: Response,
    page: Paging,
    tx: Tx,
    agent: Annotated[UUID | None, Query(description="Identifiant de l'agent.")] = None,
) -> Page[ClaimAnswer]:
    found = await claims.page(tx, agent, after_id(page), page.fetch)
    files = {file.claim: file for file in await claim_files.of_claims(tx, [claim.id for claim in found])}
    items = [ClaimAnswer.of(claim, files.get(claim.id)) for claim in found]
    return paged(request, response, page, items, lambda claim: (claim.id,))


@router.get("/claims/{claim}", operation_id="read_claim", summary="Un sinistre et sa rémunération de référence")
async def read_claim(claim: ClaimId, tx: Tx) -> ClaimDetail:
    found = await claims.one(tx, claim)
    if found is None:
        raise UnknownClaim
    frozen = await claims.reference(tx, claim)
    shown = ClaimAnswer.of(found, await claim_files.read(tx, claim, found.employer)).model_dump()
    return ClaimDetail(**shown, reference=ReferenceAnswer.of(frozen) if frozen else None)


@router.get("/benefits", operation_id="list_benefits", summary="Prestations mensuelles d'un sinistre")
async def list_benefits(
    request: HttpRequest,
    response: Response,
    page: Paging,
    tx: Tx,
    claim: Annotated[UUID, Query(description="Identifiant du sinistre.")],
    *,
    history: Annotated[bool, Query(description="Toutes les versions de chaque mois, et non la dernière.")] = False,
) -> Page[BenefitAnswer]:
    if await claims.one(tx, claim) is None:
        raise UnknownClaim
    found = await claims.benefits_page(tx, claim, history=history, after=after_month(page), limit=page.fetch)
    items = [BenefitAnswer.of(benefit) for benefit in found]
    return paged(request, response, page, items, lambda item: (str(item.month), item.version))
