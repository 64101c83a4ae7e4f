"""Sign an accord, publish it."""

from __future__ import annotations

from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.events.outbox import publish
from kit.recording import Recording
from services.agreements.adapters import agreements, binding, notices
from services.agreements.adapters.agreements import StoredAgreement
from services.agreements.adapters.document import AgreementDocument
from services.agreements.adapters.notices import Cause
from services.agreements.application.payloads import AgreementPublished
from services.agreements.domain.errors import (
    IllegalStep,
    InvalidAgreement,
    PublicationDay,
    PublishedAlready,
    UnknownAgreement,
)
from services.agreements.domain.exclusive import BOUND_MEANWHILE, bound_twice
from services.agreements.domain.finding import Severity
from services.agreements.domain.lifecycle import Status, step
from services.agreements.domain.validation import check_signable


async def sign(tx: AsyncConnection, key: str, recording: Recording) -> StoredAgreement:
    """Record the signatures the document names, unless it was signed before. Raises UnknownAgreement, NotSignable."""
    stored = await _locked(tx, key)
    if stored.status is not Status.DRAFT:
        return stored
    step(stored.status, Status.SIGNED)
    accord = stored.accord
    check_signable(accord)
    return await _taken(tx, stored, Status.SIGNED, accord.signature.signed_on, recording)


async def publish_agreement(
    tx: AsyncConnection, key: str, on: date | None, today: date, recording: Recording
) -> StoredAgreement:
    """Publish a signed accord (CGFP L. 226-1): its terms bind from their dates, past ones included, and all services
    learn them. One that is suspended is resumed, not published again. `on` None: today.

    Raises UnknownAgreement, IllegalStep, PublicationDay for a day ahead or before the signature, PublishedAlready on
    another day, InvalidAgreement where another accord binds an employer on the same days.
    """
    stored = await _locked(tx, key)
    if stored.status is Status.PUBLISHED:
        if on not in {None, stored.published_on}:
            raise PublishedAlready(pointer="/published_on", detail_fr=f"Il l'a été le {stored.published_on:%d/%m/%Y}.")
        return stored
    if stored.status is not Status.SIGNED:
        raise IllegalStep(stored.status.value, Status.PUBLISHED.value)
    signed, on = stored.accord.signature.signed_on, on or today
    if on > today:
        raise PublicationDay(pointer="/published_on", detail_fr="Une publication est enregistrée une fois faite.")
    if signed is not None and on < signed:
        raise PublicationDay(pointer="/published_on", detail_fr=f"L'accord a été signé le {signed:%d/%m/%Y}.")
    await check_alone(tx, stored.document)
    await bind(tx, stored.document, recording)
    published = await _taken(tx, stored, Status.PUBLISHED, on, recording)
    await notices.expect(tx, key, max(on, stored.document.period.start), Cause.PUBLICATION)
    payload = AgreementPublished.of(stored.document, stored.version)
    await publish(tx, payload, key=key, subject=f"/v1/agreements/{key}")
    return published


async def check_alone(tx: AsyncConnection, document: AgreementDocument) -> None:
    """No other accord binds an employer of this one on its days, nor will until commit. Raises InvalidAgreement."""
    await binding.alone(tx)
    if found := bound_twice(document.to_domain(), await binding.others(tx, document), Severity.ERROR):
        raise InvalidAgreement(found)


async def bind(tx: AsyncConnection, document: AgreementDocument, recording: Recording) -> None:
    """The accord binds its employers on its days from now on. Raises InvalidAgreement where the database knows another
    that does, be it written by somebody who did not wait for `check_alone`.
    """
    if await binding.bind(tx, document, recording):
        return
    found = bound_twice(document.to_domain(), await binding.others(tx, document), Severity.ERROR)
    raise InvalidAgreement(found or [BOUND_MEANWHILE])


async def _locked(tx: AsyncConnection, key: str) -> StoredAgreement:
    """The accord as it is, nobody else changing it until commit."""
    await agreements.lock(tx, key)
    stored = await agreements.get(tx, key)
    if stored is None:
        raise UnknownAgreement
    return stored


async def _taken(
    tx: AsyncConnection, stored: StoredAgreement, status: Status, on: date | None, recording: Recording
) -> StoredAgreement:
    await agreements.add_step(tx, stored.id, status, on, recording)
    await agreements.count_change(tx, stored.id)
    after = await agreements.get(tx, stored.id)
    assert after is not None, "an accord that was locked is still there"
    return after
