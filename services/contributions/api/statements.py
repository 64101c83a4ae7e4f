"""What was issued: statements (bordereaux), lines, and why each line is what it is."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from fastapi import Path, Query, Response
from fastapi import Request as HttpRequest

from kit.http.auth import requires
from kit.http.pagination import Page, Paging, paged
from kit.http.route import Rules, Tx, service_router
from kit.http.subject import about
from kit.http.types import Answer, MonthText, RateText, SignedAmount, SiretText
from rules.vocabulary import Guarantee
from services.contributions.adapters import statements
from services.contributions.adapters.statements import StoredLine, StoredStatement, Wanted
from services.contributions.api.figures import AmountsAnswer
from services.contributions.api.parameters import Order, QueryMonth, StatementId, after
from services.contributions.application.explain_line import explain_line
from services.contributions.domain.errors import UnknownStatement
from services.contributions.domain.treatment import Social

router = service_router(tags=["Cotisations"], dependencies=[requires("contributions:read")])
Employer = Annotated[SiretText | None, Query(description="SIRET de l'employeur.")]
Agent = Annotated[UUID | None, Query(description="Identifiant de l'agent.")]


class StatementAnswer(Answer):
    """A statement as issued; `lines` counts its lines, which `/v1/statements/{id}/lines` lists."""

    id: UUID
    number: int
    siret: str
    agreement: str
    insurer: str | None
    month: MonthText
    run: UUID
    lines: int
    guarantees: dict[str, AmountsAnswer]
    amount: SignedAmount
    employer: SignedAmount
    agent: SignedAmount
    issued_at: datetime

    @classmethod
    def of(cls, found: StoredStatement) -> Self:
        return cls(
            id=found.id,
            number=found.number,
            siret=found.employer,
            agreement=found.agreement,
            insurer=found.insurer or None,
            month=found.month,
            run=found.run,
            lines=found.lines,
            guarantees={code.value: AmountsAnswer.model_validate(one) for code, one in found.totals.items()},
            amount=found.amount,
            employer=found.employer_share,
            agent=found.agent_share,
            issued_at=found.recorded_at,
        )


class LineAnswer(Answer):
    """One issued line. `employer` and `agent` are the shares; `regularisation`: of a month before its statement's."""

    id: UUID
    siret: str
    agent_id: UUID
    month: MonthText
    agreement: str
    insurer: str | None
    guarantee: Guarantee
    base: SignedAmount
    rate: RateText
    amount: SignedAmount
    employer: SignedAmount
    agent: SignedAmount
    regularisation: bool
    unresolved: bool
    statement: UUID

    @classmethod
    def of(cls, found: StoredLine) -> Self:
        key, amounts = found.delta.key, found.delta.amounts
        return cls(
            id=found.id,
            siret=found.employer,
            agent_id=UUID(key.agent),
            month=key.month,
            agreement=key.agreement,
            insurer=key.insurer or None,
            guarantee=key.guarantee,
            base=amounts.base,
            rate=found.delta.rate,
            amount=amounts.amount,
            employer=amounts.employer,
            agent=amounts.agent,
            regularisation=found.regularisation,
            unresolved=found.delta.unresolved,
            statement=found.statement,
        )


class TreatmentAnswer(Answer):
    """How the employer's share of a guarantee is treated (rulebook §4.5). `TO_CONFIRM`: no source settles it."""

    guarantee: Guarantee
    mandatory: bool
    social_contributions: Social
    rafp: Social
    csg_crds: Social
    forfait_social: Social
    income_tax: Social


class InformationAnswer(Answer):
    """The employer's participation in the month against its legal floor, and how it is treated. Information only."""

    employer: SignedAmount
    floor: SignedAmount | None
    floor_met: bool | None
    ceiling: SignedAmount | None
    ceiling_exceeded: bool | None
    treatments: list[TreatmentAnswer]


class TraceAnswer(Answer):
    """The line is `owed` less `issued`; `verified`: computed again from what its run kept, it is the same."""

    line: LineAnswer
    owed: AmountsAnswer
    issued: AmountsAnswer
    verified: bool
    trace: dict[str, Any]
    information: InformationAnswer | None


@router.get("/v1/statements", summary="Bordereaux, dans l'ordre de leur émission")
async def index(
    *,
    request: HttpRequest,
    response: Response,
    page: Paging,
    tx: Tx,
    employer: Employer = None,
    month: QueryMonth,
    order: Order = "oldest",
) -> Page[StatementAnswer]:
    """Statements in the order of their issue, or the latest first."""
    wanted = Wanted(employer, month)
    found = await statements.after(tx, page.fetch, after(page), wanted, newest=order == "newest")
    return paged(request, response, page, [StatementAnswer.of(one) for one in found], lambda one: (one.id,))


@router.get("/v1/statements/{statement}", summary="Un bordereau")
async def read(statement: StatementId, tx: Tx) -> StatementAnswer:
    """One statement."""
    return StatementAnswer.of(await _statement(tx, statement))


@router.get("/v1/statements/{statement}/lines", summary="Lignes d'un bordereau")
async def lines_of(
    statement: StatementId, request: HttpRequest, response: Response, page: Paging, tx: Tx
) -> Page[LineAnswer]:
    """The lines of a statement, in its order."""
    await _statement(tx, statement)
    found = await statements.lines_after(tx, page.fetch, after(page), Wanted(statement=statement))
    return paged(request, response, page, [LineAnswer.of(one) for one in found], lambda one: (one.id,))


@router.get("/v1/contributions", summary="Lignes de cotisation, dans l'ordre de leur émission")
async def lines(
    *,
    request: HttpRequest,
    response: Response,
    page: Paging,
    tx: Tx,
    employer: Employer = None,
    month: QueryMonth,
    agent: Agent = None,
) -> Page[LineAnswer]:
    """Lines in the order of their issue; their sum is what is due."""
    found = await statements.lines_after(tx, page.fetch, after(page), Wanted(employer, month, agent))
    return paged(request, response, page, [LineAnswer.of(one) for one in found], lambda one: (one.id,))


@router.get("/v1/contributions/{line}/trace", summary="Le calcul d'une ligne, avec ses articles")
async def trace(
    line: Annotated[UUID, Path(description="Identifiant de la ligne.")], tx: Tx, rules: Rules, response: Response
) -> TraceAnswer:
    """Why a line is what it is, with the articles."""
    found = await explain_line(tx, line, rules)
    about(response, found.line.delta.key.agent)
    return TraceAnswer(
        line=LineAnswer.of(found.line),
        owed=AmountsAnswer.model_validate(found.owed),
        issued=AmountsAnswer.model_validate(found.issued),
        verified=found.verified,
        trace=found.trace.json(),
        information=found.information and InformationAnswer.model_validate(found.information),
    )


async def _statement(tx: Tx, key: UUID) -> StoredStatement:
    found = await statements.one(tx, key)
    if found is None:
        raise UnknownStatement
    return found
