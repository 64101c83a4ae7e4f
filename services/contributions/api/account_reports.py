"""The account of a contract for a year: the figures that the insurer owes a report on, from what Relais holds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Self

from fastapi import Path, Query, Response

from kit.http.auth import requires
from kit.http.paths import AgreementPath, InsurerPath
from kit.http.route import Now, Tx, service_router
from kit.http.types import FIRST_YEAR, LAST_YEAR, Answer, SignedAmount, SiretText
from rules.vocabulary import Guarantee
from services.contributions.adapters.papers.sheet import Cell, Sheet
from services.contributions.api.figures import AmountsAnswer
from services.contributions.api.files import AskedFormat, answer, documented
from services.contributions.application.report_account import AccountReport, report_account
from services.contributions.domain.account import Contributed, Sum

router = service_router(tags=["Paiements"], dependencies=[requires("contributions:read")])
PATH = "/v1/accounts/{agreement}/{insurer}/{year}"
Employer = Annotated[SiretText | None, Query(description="SIRET de l'employeur ; tous ceux du périmètre sinon.")]
Year = Annotated[int, Path(ge=FIRST_YEAR, le=LAST_YEAR, description="Année civile.")]
_COLUMNS = ("rubrique", "garantie", "agents", "nombre", "assiette", "montant", "part_employeur", "part_agent")


class ContributedAnswer(Answer):
    """One guarantee: `issued` on the year's statements, `earlier` of it about years before; `later`: about the year, on
    statements after it; `due`: about the year, `issued` less `earlier` and with `later`.
    """

    guarantee: Guarantee
    issued: AmountsAnswer
    earlier: AmountsAnswer
    later: AmountsAnswer
    due: AmountsAnswer
    agents: int
    agent_months: int


class SumAnswer(Answer):
    """Agents, cases, and what they come to."""

    agents: int
    cases: int
    amount: SignedAmount


class ContributionsPart(Answer):
    """`issued` is the sum of the year's `statements`, `paid` what was received in the year."""

    employers: int
    statements: int
    issued: SignedAmount
    paid: SignedAmount
    guarantees: list[ContributedAnswer]


class BenefitsPart(Answer):
    """As claims decided. `income` counts months; `annuities`: those running on the last day, a month's amount."""

    claims_opened: int
    income: SumAnswer
    ri_full_pay: SumAnswer
    annuities_begun: int
    annuities: SumAnswer
    capitals: dict[Guarantee, SumAnswer]


class AccountReportAnswer(Answer):
    """What Relais knows of a contract and year; provisions, expenses and financial income are the insurer's to add."""

    agreement: str
    insurer: str
    year: int
    employer: str | None
    contributions: ContributionsPart
    benefits: BenefitsPart
    made_at: datetime

    @classmethod
    def of(cls, found: AccountReport, employer: str | None, at: datetime) -> Self:
        year = found.contributions
        part = ContributionsPart(
            employers=year.employers,
            statements=year.statements,
            issued=year.amount,
            paid=year.paid,
            guarantees=[_contributed(one) for one in year.guarantees],
        )
        return cls(
            agreement=found.agreement,
            insurer=found.insurer,
            year=found.year,
            employer=employer,
            contributions=part,
            benefits=BenefitsPart.model_validate(found.benefits),
            made_at=at,
        )


def _contributed(one: Contributed) -> ContributedAnswer:
    return ContributedAnswer.model_validate(one)


@router.get(PATH, summary="Compte d'un contrat pour une année : cotisations, effectifs, prestations")
async def read(
    *, agreement: AgreementPath, insurer: InsurerPath, year: Year, tx: Tx, clock: Now, employer: Employer = None
) -> AccountReportAnswer:
    """The account as it stands now: a later regularisation of the year changes it."""
    found = await report_account(tx, agreement, insurer, year, employer)
    return AccountReportAnswer.of(found, employer, clock.instant())


@router.get(
    f"{PATH}/file",
    response_class=Response,
    responses=documented("Le compte de l'année"),
    summary="Compte d'un contrat pour une année, en fichier",
)
async def file(
    *, agreement: AgreementPath, insurer: InsurerPath, year: Year, tx: Tx, form: AskedFormat, employer: Employer = None
) -> Response:
    """The same figures, a line each."""
    found = await report_account(tx, agreement, insurer, year, employer)
    return await answer(Sheet(f"compte-{agreement}-{insurer}-{year}", _COLUMNS, list(_rows(found))), form)


def _rows(found: AccountReport) -> Iterator[tuple[Cell, ...]]:
    year, benefits = found.contributions, found.benefits
    yield "bordereaux", None, None, year.statements, None, year.amount, None, None
    yield "encaissements", None, None, None, None, year.paid, None, None
    for one in year.guarantees:
        for label, amounts in (
            ("cotisations émises", one.issued),
            ("dont exercices antérieurs", one.earlier),
            ("régularisées après l'exercice", one.later),
            ("cotisations de l'exercice", one.due),
        ):
            figures = (amounts.base, amounts.amount, amounts.employer, amounts.agent)
            yield label, one.guarantee.value, one.agents, one.agent_months, *figures
    yield "sinistres ouverts", None, None, benefits.claims_opened, None, None, None, None
    yield "rentes commencées", None, None, benefits.annuities_begun, None, None, None, None
    sums: list[tuple[str, str | None, Sum]] = [
        ("maintien de revenu, mois", None, benefits.income),
        ("maintien du régime indemnitaire, mois", Guarantee.RI_FULL_PAY.value, benefits.ri_full_pay),
        ("rentes en cours au dernier jour, par mois", None, benefits.annuities),
        *(("capitaux", code.value, one) for code, one in benefits.capitals.items()),
    ]
    for label, guarantee, summed in sums:
        yield label, guarantee, summed.agents, summed.cases, None, summed.amount, None, None
