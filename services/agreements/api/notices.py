"""Information notices (art. 6): versions, who still waits for one, and the proof that it was handed over."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated

from fastapi import Path, Response
from fastapi import Request as HttpRequest
from pydantic import Field

from kit.events.outbox import publish
from kit.http.auth import Principal, requires
from kit.http.pagination import Page, Paging, paged
from kit.http.route import Now, Tx, service_router
from kit.http.types import Answer, Code, DateText, Request, SiretText, Text
from kit.recording import Recording
from services.agreements.adapters import agreements, notices
from services.agreements.adapters.notices import Delivery, Notice
from services.agreements.api.agreements import Key
from services.agreements.application.change_agreement import locked
from services.agreements.application.follow_up_payloads import NoticeDelivered, NoticeIssued
from services.agreements.domain.errors import NobodyWaits, NotAnInsurer, UnknownAgreement

router = service_router(tags=["Notices"])
Writer = Annotated[Principal, requires("agreements:write")]


class Channel(StrEnum):
    """How a notice reached an agent."""

    HAND = "HAND"
    POST = "POST"
    EMAIL = "EMAIL"


class NoticeBody(Request):
    """A version of the notice: where it is kept, and the SHA-256 of its file."""

    insurer: Code
    issued_on: DateText
    reference: Text
    digest: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class NoticeAnswer(Answer):
    version: int
    insurer: str
    issued_on: date
    reference: str
    digest: str


class DeliveryBody(Request):
    """That a notice was handed over, and what proves it (a signed receipt's reference)."""

    agent: Code
    employer: SiretText
    on: DateText
    channel: Channel
    proof: Text


class DeliveryAnswer(Answer):
    version: int
    agent: str
    employer: str
    due_since: date


@router.post(
    "/v1/agreements/{agreement}/notices",
    status_code=201,
    responses={200: {"description": "Déjà déposée"}},
    summary="Déposer la notice d'information, ou sa version suivante",
)
async def issue(
    *, agreement: Key, body: NoticeBody, caller: Writer, tx: Tx, clock: Now, response: Response
) -> NoticeAnswer:
    """Deposit the notice, or its next version; it is due for every agent covered from then on."""
    stored = await locked(tx, agreement)
    for employer in stored.document.employers:
        caller.check_employer(employer.siret)
    if all(one.code != body.insurer for one in stored.document.insurers):
        raise NotAnInsurer(pointer="/insurer")
    known = await notices.latest(tx, agreement)
    if known is not None and known.digest == body.digest:
        response.status_code = 200
        return NoticeAnswer.model_validate(known)
    version = 1 if known is None else known.version + 1
    one = Notice(version, body.insurer, body.issued_on, body.reference, body.digest)
    await notices.issue(tx, agreement, one, Recording(clock.instant(), caller.client))
    told = NoticeIssued(agreement=agreement, version=version, insurer=one.insurer, issued_on=one.issued_on)
    await publish(tx, told, key=agreement, subject=f"/v1/agreements/{agreement}/notices")
    return NoticeAnswer.model_validate(one)


@router.get(
    "/v1/agreements/{agreement}/notices/waiting",
    dependencies=[requires("agreements:read")],
    summary="Agents qui attendent une notice",
)
async def waiting(
    agreement: Key, request: HttpRequest, response: Response, page: Paging, tx: Tx
) -> Page[DeliveryAnswer]:
    """Who still waits for a notice, among the caller's employers."""
    if await agreements.get(tx, agreement) is None:
        raise UnknownAgreement
    agent, employer, version = page.after or ("", "", 0)
    found = await notices.waiting(tx, agreement, (str(agent), str(employer), int(version)), page.fetch)
    items = [DeliveryAnswer.model_validate(one) for one in found]
    return paged(request, response, page, items, lambda one: (one.agent, one.employer, one.version))


@router.post(
    "/v1/agreements/{agreement}/notices/{version}/deliveries",
    status_code=201,
    summary="Enregistrer la remise d'une notice",
)
async def deliver(
    *,
    agreement: Key,
    version: Annotated[int, Path(ge=1, le=100_000)],
    body: DeliveryBody,
    caller: Writer,
    tx: Tx,
    clock: Now,
) -> DeliveryAnswer:
    """Record that a notice was handed over."""
    caller.check_employer(body.employer)
    one = Delivery(version, body.agent, body.employer, body.on, body.on, body.channel.value)
    if not await notices.hand_over(tx, agreement, one, body.proof, Recording(clock.instant(), caller.client)):
        raise NobodyWaits(pointer="/agent")
    told = NoticeDelivered(agreement=agreement, version=version, agent=body.agent, employer=body.employer, on=body.on)
    await publish(tx, told, key=agreement, employer=body.employer, subject=f"/v1/agreements/{agreement}/notices")
    return DeliveryAnswer.model_validate(one)
