"""Pay, month by month: sent once, corrected by naming the version that was read, never lost."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Final, Self
from uuid import UUID

from fastapi import Query, Response
from fastapi import Request as HttpRequest

from kit.http.auth import Principal, requires
from kit.http.etag import ReadVersion, outdated, set_etag, unnamed
from kit.http.pagination import Page, Paging, paged
from kit.http.paths import EmployerPath
from kit.http.problem import FieldError, Problem
from kit.http.route import Now, Tx, service_router
from kit.http.subject import about
from kit.http.types import Answer, Code, Instant, MonthText, RateText, SignedAmount, SiretText
from kit.http.validation import invalid
from kit.period import Month
from services.contributions.adapters import agents, pay
from services.contributions.adapters.pay import Months, PayVersion
from services.contributions.api.parameters import FirstMonth, LastMonth, Matricule, PathMonth, QueryMatricule
from services.contributions.api.pay_schemas import PayRequest, RappelAnswer
from services.contributions.application.record_pay import Reception, Sent, record_pay
from services.contributions.domain.errors import RappelNotEarlier, UnknownPay
from services.contributions.domain.intake import Decision, PayKey, Verdict

router = service_router(tags=["Paie"])
Employment = Annotated[Code | None, Query(description="Numéro de contrat, quand l'agent en a plusieurs.")]
OF_NOBODY: Final = "Un agent, ou un employeur et un matricule.", "An agent, or an employer and a matricule."
Version = Annotated[int | None, Query(ge=1, le=1_000_000, description="Version voulue ; la dernière sinon.")]


class PayAnswer(Answer):
    """One version of a month's pay, as received."""

    employer: str
    matricule: str
    employment: str | None
    month: MonthText
    version: int
    tib: SignedAmount
    nbi: SignedAmount
    ri: SignedAmount
    sft: SignedAmount
    ir: SignedAmount
    tpp: SignedAmount | None
    other: dict[str, SignedAmount]
    share_of_pay: RateText | None
    cabinet: SignedAmount
    gross: SignedAmount | None
    rappels: list[RappelAnswer]
    recorded_at: datetime

    @classmethod
    def of(cls, found: PayVersion) -> Self:
        elements = found.pay.elements
        return cls(
            employer=found.key.employer,
            matricule=found.key.matricule,
            employment=found.key.employment or None,
            month=found.key.month,
            version=found.version,
            tib=elements.tib,
            nbi=elements.nbi,
            ri=elements.ri,
            sft=elements.sft,
            ir=elements.ir,
            tpp=elements.tpp,
            other=dict(found.pay.other),
            share_of_pay=found.pay.share_of_pay,
            cabinet=found.pay.cabinet,
            gross=found.pay.gross,
            rappels=[RappelAnswer.model_validate(rappel) for rappel in found.pay.rappels],
            recorded_at=found.recorded_at,
        )


@router.get("/v1/pay", summary="Les mois de paie d'un agent, dans leur version courante ou celle d'alors")
async def index(
    *,
    request: HttpRequest,
    response: Response,
    page: Paging,
    caller: Annotated[Principal, requires("pay:read")],
    tx: Tx,
    agent: Annotated[UUID | None, Query(description="Identifiant de l'agent.")] = None,
    employer: Annotated[SiretText | None, Query(description="SIRET de l'employeur.")] = None,
    matricule: QueryMatricule = None,
    first: FirstMonth,
    last: LastMonth,
    known_at: Annotated[Instant | None, Query(description="Instant de connaissance ; maintenant sinon.")] = None,
) -> Page[PayAnswer]:
    """The months of pay of an agent, or of a matricule of an employer, in their order; one of these is needed."""
    if employer is not None:
        caller.check_employer(employer)
    if agent is None and (employer is None or matricule is None):
        raise invalid([FieldError("/query/agent", *OF_NOBODY, "missing")])
    asked = Months(agent, employer, matricule, first, last, known_at)
    after = page.start(
        lambda month, siret, whose, contract: PayKey(str(siret), str(whose), str(contract), Month.parse(str(month)))
    )
    found = await pay.months(tx, asked, after, page.fetch)
    await name_agents(tx, [one.key for one in found], response)
    shown = [PayAnswer.of(one) for one in found]
    return paged(
        request, response, page, shown, lambda one: (one.month, one.employer, one.matricule, one.employment or "")
    )


@router.put(
    "/v1/pay/{employer}/{matricule}/{month}",
    responses={201: {"description": "Première version"}},
    summary="Envoyer la paie d'un mois, ou la corriger (If-Match)",
)
async def put(
    *,
    employer: EmployerPath,
    matricule: Matricule,
    month: PathMonth,
    body: PayRequest,
    caller: Annotated[Principal, requires("pay:write")],
    read_version: ReadVersion,
    tx: Tx,
    clock: Now,
    response: Response,
    employment: Employment = None,
) -> PayAnswer:
    """Send a month's pay. The same again changes nothing; a correction names the version read (`If-Match`)."""
    caller.check_employer(employer)
    key = PayKey(employer, matricule, employment or "", month)
    sent = Sent(body.to_domain(), read_version)
    decided = await record_pay(tx, {key: sent}, Reception(clock.instant(), caller.client))
    problem = refusal(decided[key])
    if problem is not None:
        raise problem
    response.status_code = 201 if decided[key].verdict is Verdict.RECORDED else 200
    return await _shown(tx, key, response)


@router.get(
    "/v1/pay/{employer}/{matricule}/{month}", summary="La paie d'un mois, dans sa version courante ou une autre"
)
async def read(
    *,
    employer: EmployerPath,
    matricule: Matricule,
    month: PathMonth,
    caller: Annotated[Principal, requires("pay:read")],
    tx: Tx,
    response: Response,
    employment: Employment = None,
    version: Version = None,
) -> PayAnswer:
    """A month's pay: the current version, or an earlier one."""
    caller.check_employer(employer)
    return await _shown(tx, PayKey(employer, matricule, employment or "", month), response, version)


def refusal(decision: Decision) -> Problem | None:
    """What is answered to a change that cannot be made; None when there is nothing to refuse."""
    if decision.verdict is Verdict.VERSION_REQUIRED:
        return unnamed()
    if decision.verdict is Verdict.OUTDATED:
        return outdated()
    if decision.verdict is Verdict.RAPPEL_NOT_EARLIER:
        return Problem.of(RappelNotEarlier(pointer="/rappels"))
    return None


async def _shown(tx: Tx, key: PayKey, response: Response, version: int | None = None) -> PayAnswer:
    found = await pay.one(tx, key, version)
    if found is None:
        raise UnknownPay
    set_etag(response, found.version)
    await name_agents(tx, [key], response)
    return PayAnswer.of(found)


async def name_agents(tx: Tx, keys: Iterable[PayKey], response: Response) -> None:
    """Say for the audit trail whose pay it is, as far as it is known who has the matricules."""
    known = await agents.linked(tx, {(key.employer, key.matricule) for key in keys})
    about(response, *dict.fromkeys(known.values()))
