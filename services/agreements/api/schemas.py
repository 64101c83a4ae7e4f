"""What the registry answers, and the requests that are not documents."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

from pydantic import Field

from kit.http.types import Answer
from services.agreements.adapters.agreements import StoredAgreement
from services.agreements.domain.agreement import LegalCode
from services.agreements.domain.finding import Finding
from services.agreements.domain.lifecycle import Force, Status
from services.agreements.domain.organisation import OrganisationKind
from services.agreements.domain.terms import GuaranteeOnDay, Terms, exact


class OrganisationAnswer(Answer):
    """An organisation. `assumption`: demo data that no source gives."""

    key: str
    kind: OrganisationKind
    name: str
    departement: str | None
    coordinating: bool
    legal_code: LegalCode | None
    affiliated: bool | None
    headcount: int | None
    assumption: bool


class FindingAnswer(Answer):
    """A doubt about an accord, with its place and its article. `from`: its first day, where not the accord's own."""

    severity: str
    code: str
    pointer: str
    reference: str
    detail: str
    since: date | None = Field(serialization_alias="from")

    @classmethod
    def of(cls, finding: Finding) -> Self:
        return cls(
            severity=finding.severity.value,
            code=finding.code,
            pointer=finding.pointer,
            reference=finding.reference,
            detail=finding.detail_fr,
            since=finding.since,
        )


class AgreementAnswer(Answer):
    """An accord: how far it is, whether it binds today, its document, and the doubts about it.

    `insured_until`: the last day of its conventions, after which it lapses; null: open or unknown.
    """

    agreement: str
    version: int
    status: Status
    in_force: bool
    force: Force
    insured_until: date | None
    published_on: date | None
    document: dict[str, Any]
    warnings: list[FindingAnswer]

    @classmethod
    def of(cls, stored: StoredAgreement, today: date) -> Self:
        return cls(
            agreement=stored.id,
            version=stored.version,
            status=stored.status,
            in_force=stored.force(today) is Force.IN_FORCE,
            force=stored.force(today),
            insured_until=stored.insured_until,
            published_on=stored.published_on,
            document=stored.document.dump(),
            warnings=[FindingAnswer.of(finding) for finding in stored.findings],
        )


class GuaranteeAnswer(Answer):
    """A guarantee on a day. `rates_guaranteed`: the day lies in the guaranteed stretch of its rate."""

    code: str
    mandatory: bool
    populations: list[str]
    unresolved: bool
    rate: str
    employer_share: str
    rates_guaranteed: bool
    source: str

    @classmethod
    def of(cls, found: GuaranteeOnDay) -> Self:
        return cls(
            code=found.term.code.value,
            mandatory=found.term.mandatory,
            populations=sorted(found.term.populations),
            unresolved=found.term.unresolved,
            rate=exact(found.rate.rate),
            employer_share=exact(found.rate.employer_share),
            rates_guaranteed=found.guaranteed,
            source=found.rate.source,
        )


class TermsAnswer(Answer):
    """The terms of an accord on a day, as they were known at an instant."""

    agreement: str
    version: int
    status: Status
    as_of: date
    in_force: bool
    force: Force
    employers: list[str]
    insurer: str | None
    guarantees: list[GuaranteeAnswer]

    @classmethod
    def of(cls, stored: StoredAgreement, terms: Terms) -> Self:
        return cls(
            agreement=stored.id,
            version=stored.version,
            status=stored.status,
            as_of=terms.on,
            in_force=stored.force(terms.on) is Force.IN_FORCE,
            force=stored.force(terms.on),
            employers=[employer.siret for employer in terms.employers],
            insurer=None if terms.insurer is None else terms.insurer.code,
            guarantees=[GuaranteeAnswer.of(guarantee) for guarantee in terms.guarantees],
        )
