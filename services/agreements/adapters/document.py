"""The accord as a document: YAML or JSON outside, `domain.agreement.Agreement` inside.

The same shape is posted and stored; `examples/accords/` holds one. Unknown fields are refused.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from kit.http.types import Code, Count, DateText, Flag, LongText, SiretText, Text, example
from kit.period import Period
from services.agreements.adapters.document_guarantees import GuaranteeDocument
from services.agreements.adapters.document_parts import MANY, MAX_ITEMS, ConventionKey, Dated, Key, Part
from services.agreements.adapters.example_documents import ACCORD
from services.agreements.adapters.terms_document import (
    BaseDocument,
    EligibilityDocument,
    ExceptionDocument,
    TermPath,
    TermsDocument,
)
from services.agreements.domain import agreement as domain


class EmployerDocument(Dated):
    """An employer bound by the accord. `assumption`: the SIRET is demo data."""

    siret: SiretText
    name: Text
    kind: Text | None = None
    assumption: Flag = False

    def to_domain(self) -> domain.EmployerParty:
        return domain.EmployerParty(self.siret, self.name, self.kind, self.period, self.assumption)


class InsurerDocument(Dated):
    """Who insures. `legal_code` null: unknown.

    `convention`: the one its contracts stand on, where the insurer holds several of the scheme; null: not said.
    """

    code: Code
    name: Text
    legal_code: domain.LegalCode | None = None
    assumption: Flag = False
    # Left out where it is null, so that documents stored without it read the same.
    convention: ConventionKey | None = Field(None, exclude_if=lambda said: said is None)

    def to_domain(self) -> domain.InsurerParty:
        return domain.InsurerParty(self.code, self.name, self.legal_code, self.period, self.assumption, self.convention)


class SignatureDocument(Part):
    """When and how it was signed. `uncertain`: the date is read from an unclear original."""

    signed_on: DateText | None = None
    uncertain: Flag = False
    originals: Count | None = None
    publicity: Text | None = None
    source: Text | None = None

    def to_domain(self) -> domain.Signature:
        return domain.Signature(self.signed_on, self.uncertain, self.originals, self.publicity, self.source)


class SignatoryDocument(Part):
    """Who signed, by virtue of which délibération or mandate."""

    side: domain.Side
    party: Text
    name: Text
    capacity: Text | None = None
    deliberation: DateText | None = None
    mandate: Text | None = None

    def to_domain(self) -> domain.Signatory:
        return domain.Signatory(self.side, self.party, self.name, self.capacity, self.deliberation, self.mandate)


class AgreementDraft(TermsDocument):
    """A local accord as its authors write it: a group of terms it leaves out comes from its scheme.

    `locks` are paths of terms that its own exceptions may not change.
    """

    model_config = example(ACCORD)

    agreement: Key
    title: LongText
    scheme: Key | None = None
    effective: Dated
    source: Text | None = None
    signature: SignatureDocument = SignatureDocument()
    employers: Annotated[list[EmployerDocument], MANY]
    insurers: list[InsurerDocument] = Field(default_factory=list, max_length=MAX_ITEMS)
    signatories: list[SignatoryDocument] = Field(default_factory=list, max_length=MAX_ITEMS)
    exceptions: list[ExceptionDocument] = Field(default_factory=list, max_length=MAX_ITEMS)
    locks: list[TermPath] = Field(default_factory=list, max_length=MAX_ITEMS)
    # Which groups the scheme gave: written by the registry, ignored when sent.
    inherited: list[Text] = Field(default_factory=list, max_length=MAX_ITEMS)

    def dump(self) -> dict[str, Any]:
        """The document as JSON holds it: what is stored, and what it is read back from."""
        return self.model_dump(mode="json", by_alias=True)


class AgreementDocument(AgreementDraft):
    """A local accord, whole: every group of terms is there."""

    guarantees: Annotated[list[GuaranteeDocument], MANY]
    contribution_base: Annotated[list[BaseDocument], MANY]
    eligibility: EligibilityDocument

    def to_domain(self) -> domain.Agreement:
        """The accord with value types, ready to be checked."""
        return domain.Agreement(
            id=self.agreement,
            title=self.title.strip(),
            scheme=self.scheme,
            effective=self.period,
            source=self.source,
            signature=self.signature.to_domain(),
            employers=tuple(e.to_domain() for e in self.employers),
            insurers=tuple(i.to_domain() for i in self.insurers),
            signatories=tuple(s.to_domain() for s in self.signatories),
            guarantees=tuple(g.to_domain() for g in self.guarantees),
            bases=tuple(b.to_domain() for b in self.contribution_base),
            revision=self.rate_revision.to_domain() if self.rate_revision else None,
            eligibility=self.eligibility.to_domain(),
            exceptions=tuple(e.to_domain() for e in self.exceptions),
        )

    @property
    def period(self) -> Period:
        return self.effective.period
