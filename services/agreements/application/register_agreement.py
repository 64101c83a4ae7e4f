"""Deposit an accord as a draft."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.recording import Recording
from rules.book import RuleBook
from services.agreements.adapters import agreements, binding, schemes
from services.agreements.adapters.agreements import StoredAgreement
from services.agreements.adapters.document import AgreementDraft
from services.agreements.adapters.inheritance import whole
from services.agreements.domain.errors import AlreadyRegistered
from services.agreements.domain.exclusive import bound_twice
from services.agreements.domain.finding import Severity
from services.agreements.domain.lifecycle import Status
from services.agreements.domain.validation import accepted


@dataclass(frozen=True, slots=True)
class Registered:
    """The accord as it stands, and whether this call entered it."""

    agreement: StoredAgreement
    new: bool


async def register_agreement(
    tx: AsyncConnection, draft: AgreementDraft, rules: RuleBook, recording: Recording
) -> Registered:
    """Make the document whole, check it and keep it as a draft.

    A document registered before, even revised since, changes nothing. Raises InvalidAgreement with every error found,
    AlreadyRegistered when the id stands for another document, or for one the caller may not see.
    """
    scheme = None if draft.scheme is None else await schemes.latest(tx, draft.scheme)
    document = whole(draft, scheme)
    found = document.to_domain()
    findings = accepted(found, None if scheme is None else scheme.to_domain(), rules)
    findings += bound_twice(found, await binding.others(tx, document), Severity.WARNING)
    new = await agreements.register(tx, found.id)
    if new:
        await agreements.add_version(tx, document, 1, findings, recording)
        await agreements.add_step(tx, found.id, Status.DRAFT, None, recording)
    stored = await agreements.get(tx, found.id)
    if stored is None or not await agreements.known(tx, document):
        raise AlreadyRegistered(pointer="/agreement")
    return Registered(stored, new)
