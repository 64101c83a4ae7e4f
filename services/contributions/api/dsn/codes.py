"""The insurer's codes (FPOC) that an employer must echo in its DSN: dated data, given and corrected by version."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Self

from fastapi import Path, Response
from pydantic import Field

from kit.http.auth import Principal, requires
from kit.http.etag import ReadVersion, check_version, set_etag, unnamed
from kit.http.paths import AgreementPath, EmployerPath, InsurerPath
from kit.http.route import Now, Tx, service_router
from kit.http.types import Answer, DateText, Flag, Request, Text, example
from kit.period import Period
from rules.vocabulary import Guarantee, Regime
from services.contributions.adapters.dsn import parameters
from services.contributions.domain.dsn.parameters import Codes, Contract
from services.contributions.domain.errors import InvalidPeriod, UnknownDsnParameters

router = service_router(tags=["DSN"])
Reader = Annotated[Principal, requires("contributions:read")]
Writer = Annotated[Principal, requires("contributions:write")]
PATH = "/v1/dsn/parameters/{employer}/{agreement}/{insurer}/{start}"
Start = Annotated[DateText, Path(description="Premier jour des paramètres.")]
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

    def contract(self, agreement: str, insurer: str, start: date) -> Contract:
        guarantees = {code: Codes(c.option, c.populations) for code, c in self.guarantees.items()}
        said = {name: getattr(self, name) for name in ("reference", "organisation", "delegate", "staff", "source")}
        period = Period(start, self.end)
        return Contract(agreement, insurer, period, guarantees=guarantees, assumption=self.assumption, **said)


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


@router.put(
    PATH,
    responses={201: {"description": "Premiers paramètres à compter de ce jour"}},
    summary="Paramètres de l'organisme (FPOC) d'un contrat, à compter d'un jour (If-Match pour les corriger)",
)
async def put(
    *,
    employer: EmployerPath,
    agreement: AgreementPath,
    insurer: InsurerPath,
    start: Start,
    body: ParametersBody,
    caller: Writer,
    read_version: ReadVersion,
    tx: Tx,
    clock: Now,
    response: Response,
) -> ParametersAnswer:
    """Keep what the insurer says. The same again changes nothing; former ones stay in the history."""
    caller.check_employer(employer)
    if body.end is not None and body.end < start:
        raise InvalidPeriod(pointer="/to")
    contract = body.contract(agreement, insurer, start)
    await parameters.lock(tx, employer)
    version, known = await parameters.given(tx, employer, agreement, insurer, start)
    if known != contract:
        if known is not None and read_version is None:
            raise unnamed()
        if read_version is not None:
            check_version(read_version, version)
        await parameters.add(tx, employer, contract, clock.instant(), caller.client)
        version += 1
        response.status_code = 201 if known is None else 200
    set_etag(response, version)
    return ParametersAnswer.of(contract)


@router.get(PATH, summary="Paramètres de l'organisme d'un contrat, à compter d'un jour")
async def read(
    *,
    employer: EmployerPath,
    agreement: AgreementPath,
    insurer: InsurerPath,
    start: Start,
    caller: Reader,
    tx: Tx,
    response: Response,
) -> ParametersAnswer:
    """What counts now, and the version to name when it is corrected."""
    caller.check_employer(employer)
    version, known = await parameters.given(tx, employer, agreement, insurer, start)
    if known is None:
        raise UnknownDsnParameters
    set_etag(response, version)
    return ParametersAnswer.of(known)


@router.get("/v1/dsn/parameters/{employer}", summary="Paramètres de l'organisme connus, par contrat")
async def known(employer: EmployerPath, caller: Reader, tx: Tx) -> list[ParametersAnswer]:
    """All that counts now."""
    caller.check_employer(employer)
    return [ParametersAnswer.of(one) for one in await parameters.of_employer(tx, employer)]
