"""What an employer must put in its own DSN, and the insurer's codes it must echo."""

from __future__ import annotations

from typing import Annotated, Self
from uuid import UUID

from fastapi import Request as HttpRequest
from fastapi import Response
from pydantic import Field

from kit.http.auth import Principal, requires
from kit.http.pagination import Page, Paging, paged
from kit.http.route import Now, Tx, service_router
from kit.http.types import Answer, Code, DateText, Flag, Request, SiretText, Text, example
from kit.period import Period
from rules.vocabulary import Guarantee, Regime
from services.contributions.adapters.dsn import parameters
from services.contributions.api.parameters import PathMonth, after
from services.contributions.application.dsn import expect_dsn
from services.contributions.application.dsn.expect_dsn import AgentBlocks
from services.contributions.domain.dsn.expected import Written
from services.contributions.domain.dsn.parameters import Codes, Contract
from services.contributions.domain.errors import DsnCodesUnknown, InvalidPeriod

router = service_router(tags=["DSN"])
Reader = Annotated[Principal, requires("contributions:read")]
Writer = Annotated[Principal, requires("contributions:write")]
# What a code of the norm may be: what stands between two quotes on one line.
DsnCode = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9 ._/-]+$")]


class CodesBody(Request):
    """70.004, and 70.005 by regime; what the insurer has not said is left out."""

    option: DsnCode | None = None
    populations: Annotated[dict[Regime, DsnCode], Field(max_length=len(Regime), default_factory=dict)]


class ParametersBody(Request):
    """What the insurer's sheet (FPOC) says of the contract. `assumption`: nobody's fact, for a demonstration."""

    model_config = example(
        {
            "to": None,
            "reference": "DEMO-2025",
            "organisation": "PDEMO",
            "guarantees": {"BASE": {"option": "BASE", "populations": {"CNRACL": "CNR"}}},
            "assumption": True,
            "source": "hypothèse de démonstration",
        }
    )

    end: Annotated[DateText | None, Field(alias="to")] = None
    reference: DsnCode
    organisation: DsnCode
    delegate: DsnCode | None = None
    staff: DsnCode | None = None
    guarantees: Annotated[dict[Guarantee, CodesBody], Field(max_length=len(Guarantee))]
    assumption: Flag = False
    source: Text


class CodesAnswer(Answer):
    option: str | None
    populations: dict[Regime, str]


class ParametersAnswer(Answer):
    """The codes of one contract from a day on."""

    agreement: str
    insurer: str
    start: DateText
    end: DateText | None
    reference: str
    organisation: str
    delegate: str | None
    staff: str | None
    guarantees: dict[Guarantee, CodesAnswer]
    assumption: bool
    source: str

    @classmethod
    def of(cls, one: Contract) -> Self:
        return cls(
            agreement=one.agreement,
            insurer=one.insurer,
            start=one.period.start,
            end=one.period.end,
            reference=one.reference,
            organisation=one.organisation,
            delegate=one.delegate,
            staff=one.staff,
            guarantees={
                code: CodesAnswer(option=c.option, populations=dict(c.populations))
                for code, c in one.guarantees.items()
            },
            assumption=one.assumption,
            source=one.source,
        )


class RubricAnswer(Answer):
    """A rubric to write; `value` null: nobody has given it."""

    rubric: str
    value: str | None


class EmployerBlocksAnswer(Answer):
    """Blocks 15, 20 and 55. `unknown` lists rubrics without a value; `assumption`: codes of a demonstration."""

    adhesions: list[RubricAnswer]
    payments: list[RubricAnswer]
    unknown: list[str]
    assumption: bool


class AgentBlocksAnswer(Answer):
    """Blocks 70, 78, 79 and 81 of an agent."""

    agent_id: UUID
    matricule: str | None
    rubrics: list[RubricAnswer]
    unknown: list[str]

    @classmethod
    def of(cls, one: AgentBlocks) -> Self:
        unknown = expect_dsn.unknown(one.rubrics)
        return cls(agent_id=one.agent, matricule=one.matricule, rubrics=_rubrics(one.rubrics), unknown=unknown)


@router.put(
    "/v1/dsn/parameters/{employer}/{agreement}/{insurer}/{start}",
    summary="Paramètres de l'organisme (FPOC) d'un contrat, à compter d'un jour",
)
async def put(
    *,
    employer: SiretText,
    agreement: Code,
    insurer: Code,
    start: DateText,
    body: ParametersBody,
    caller: Writer,
    tx: Tx,
    clock: Now,
) -> ParametersAnswer:
    """Keep what the insurer says; the last one given for a day counts, the former ones stay in the history."""
    caller.check_employer(employer)
    if body.end is not None and body.end < start:
        raise InvalidPeriod(pointer="/to")
    guarantees = {code: Codes(c.option, c.populations) for code, c in body.guarantees.items()}
    said = {name: getattr(body, name) for name in ("reference", "organisation", "delegate", "staff", "source")}
    period = Period(start, body.end)
    contract = Contract(agreement, insurer, period, guarantees=guarantees, assumption=body.assumption, **said)
    await parameters.add(tx, employer, contract, clock.instant(), caller.client)
    return ParametersAnswer.of(contract)


@router.get("/v1/dsn/parameters/{employer}", summary="Paramètres de l'organisme connus, par contrat")
async def known(employer: SiretText, caller: Reader, tx: Tx) -> list[ParametersAnswer]:
    """All that counts now."""
    caller.check_employer(employer)
    return [ParametersAnswer.of(one) for one in await parameters.of_employer(tx, employer)]


@router.get("/v1/dsn/expected/{employer}/{month}", summary="Blocs 15, 20 et 55 à déclarer")
async def of_employer(employer: SiretText, month: PathMonth, caller: Reader, tx: Tx) -> EmployerBlocksAnswer:
    """What stands once in the employer's DSN of the month."""
    caller.check_employer(employer)
    found = await expect_dsn.of_employer(tx, employer, month)
    unknown = expect_dsn.unknown([*found.adhesions, *found.payments])
    return EmployerBlocksAnswer(
        adhesions=_rubrics(found.adhesions),
        payments=_rubrics(found.payments),
        unknown=unknown,
        assumption=found.assumption,
    )


@router.get("/v1/dsn/expected/{employer}/{month}/agents", summary="Blocs 70, 78, 79 et 81 à déclarer, par agent")
async def of_agents(
    *,
    employer: SiretText,
    month: PathMonth,
    caller: Reader,
    tx: Tx,
    request: HttpRequest,
    response: Response,
    page: Paging,
) -> Page[AgentBlocksAnswer]:
    """What stands under each agent."""
    caller.check_employer(employer)
    found = await expect_dsn.of_agents(tx, employer, month, page.fetch, after(page))
    return paged(request, response, page, [AgentBlocksAnswer.of(one) for one in found], lambda one: (one.agent_id,))


@router.get(
    "/v1/dsn/expected/{employer}/{month}/file",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}, "description": "Un fragment de DSN"}},
    summary="Les mêmes blocs, en lignes de DSN, par matricule",
)
async def file(employer: SiretText, month: PathMonth, caller: Reader, tx: Tx) -> Response:
    """A fragment to compare with or to copy from; refused while a code is unknown, for no line holds a guess."""
    caller.check_employer(employer)
    head = await expect_dsn.of_employer(tx, employer, month)
    written = [*head.head, *head.adhesions, *head.payments]
    last: UUID | None = None
    while page := await expect_dsn.of_agents(tx, employer, month, _PAGE, last):
        for one in page:
            written += [Written("S21.G00.30.019", one.matricule), *one.rubrics]
        last = page[-1].agent
    lacking = expect_dsn.unknown(written)
    if lacking:
        raise DsnCodesUnknown(detail_fr=f"Rubriques sans valeur : {', '.join(lacking)}.")
    written.append(Written("S90.G00.90.001", str(len(written) + 1)))
    content = "".join(f"{one.text}\r\n" for one in written).encode("latin-1")
    headers = {"content-disposition": f'attachment; filename="dsn-prevoyance-{employer}-{month}.txt"'}
    return Response(content, media_type="text/plain; charset=iso-8859-1", headers=headers)


_PAGE = 500


def _rubrics(written: tuple[Written, ...]) -> list[RubricAnswer]:
    return [RubricAnswer(rubric=one.rubric, value=one.value) for one in written]
