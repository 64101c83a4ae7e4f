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
from kit.http.types import Answer, Code, DateText, Request, SiretText, Text, example
from kit.recording import Recording
from services.agreements.adapters import agreements, notices
from services.agreements.adapters.notices import Delivery, Notice
from services.agreements.api.agreements import Key
from services.agreements.application.change_agreement import locked
from services.agreements.application.follow_up_payloads import NoticeDelivered, NoticeIssued
from services.agreements.domain.errors import NobodyWaits, NotAnInsurer, NotHandedYet, NotIssued, UnknownAgreement
from services.agreements.domain.mail import MailState

router = service_router(tags=["Notices"])
Writer = Annotated[Principal, requires("agreements:write")]


class Channel(StrEnum):
    """How a notice reached an agent."""

    HAND = "HAND"
    POST = "POST"
    EMAIL = "EMAIL"


class NoticeBody(Request):
    """A version of the notice: where it is kept, and the SHA-256 of its file."""

    model_config = example(
        {
            "insurer": "assureur-exemple",
            "issued_on": "2026-01-15",
            "reference": "NOTICE-2026-01",
            "digest": "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        }
    )

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

    model_config = example(
        {
            "agent": "M1",
            "employer": "99985001900012",
            "on": "2026-01-20",
            "channel": "HAND",
            "proof": "registre, p. 12",
        }
    )

    agent: Code
    employer: SiretText
    on: DateText
    channel: Channel
    proof: Text


class DeliveryAnswer(Answer):
    """A notice awaited or handed over. `issued`: whether the insurer has issued that version.

    `mail_state`, `mail_answer`: how its last e-mail stands, and what the relay said (why it bounced).
    """

    version: int
    agent: str
    employer: str
    due_since: date
    issued: bool
    delivered_on: date | None
    channel: str | None
    proof: str | None
    mail_state: MailState | None = None
    mail_answer: str | None = None


class NoticesAnswer(Answer):
    """The versions issued; the one that is due and not issued yet, and since when."""

    versions: list[NoticeAnswer]
    expected: int | None
    expected_since: date | None


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
    issued = await notices.all_versions(tx, agreement)
    known = issued[-1] if issued else None
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
    "/v1/agreements/{agreement}/notices", dependencies=[requires("agreements:read")], summary="Versions de la notice"
)
async def index(agreement: Key, tx: Tx) -> NoticesAnswer:
    """The versions of the notice, and the one a change makes due."""
    await _seen(tx, agreement)
    expected = await notices.expected(tx, agreement)
    return NoticesAnswer(
        versions=[NoticeAnswer.model_validate(one) for one in await notices.all_versions(tx, agreement)],
        expected=None if expected is None else expected[0],
        expected_since=None if expected is None else expected[1],
    )


@router.get(
    "/v1/agreements/{agreement}/notices/waiting",
    dependencies=[requires("agreements:read")],
    summary="Agents qui attendent une notice",
)
async def waiting(
    agreement: Key, request: HttpRequest, response: Response, page: Paging, tx: Tx
) -> Page[DeliveryAnswer]:
    """Who still waits for a notice, among the caller's employers."""
    await _seen(tx, agreement)
    found = await notices.page(tx, agreement, _after(page), page.fetch, waiting=True)
    return paged(request, response, page, [DeliveryAnswer.model_validate(one) for one in found], _place)


@router.get(
    "/v1/agreements/{agreement}/notices/deliveries",
    dependencies=[requires("agreements:read")],
    summary="Notices remises et leurs preuves",
)
async def delivered(
    agreement: Key, request: HttpRequest, response: Response, page: Paging, tx: Tx
) -> Page[DeliveryAnswer]:
    """Who was handed which notice, and what proves it, among the caller's employers."""
    await _seen(tx, agreement)
    found = await notices.page(tx, agreement, _after(page), page.fetch, waiting=False)
    return paged(request, response, page, [DeliveryAnswer.model_validate(one) for one in found], _place)


def _after(page: Paging) -> tuple[str, str, int]:
    return page.start(_key) or ("", "", 0)


def _key(agent: str, employer: str, version: int) -> tuple[str, str, int]:
    return str(agent), str(employer), int(version)


def _place(one: DeliveryAnswer) -> tuple[str, str, int]:
    return one.agent, one.employer, one.version


@router.post(
    "/v1/agreements/{agreement}/notices/{version}/deliveries",
    status_code=201,
    responses={200: {"description": "Déjà enregistrée"}},
    summary="Enregistrer la remise d'une notice",
)
async def deliver(
    *,
    agreement: Key,
    version: Annotated[int, Path(ge=1, le=100_000, description="Version de la notice.")],
    body: DeliveryBody,
    caller: Writer,
    tx: Tx,
    clock: Now,
    response: Response,
) -> DeliveryAnswer:
    """Record that a notice was handed over; the same again changes nothing (200)."""
    caller.check_employer(body.employer)
    await _seen(tx, agreement)
    if all(one.version != version for one in await notices.all_versions(tx, agreement)):
        raise NotIssued(pointer="/path/version")
    if body.on > clock.day():
        raise NotHandedYet(pointer="/on")
    one = Delivery(version, body.agent, body.employer, body.on, body.on, body.channel.value, body.proof)
    if not await notices.hand_over(tx, agreement, one, Recording(clock.instant(), caller.client)):
        if not await notices.handed(tx, agreement, one):
            raise NobodyWaits(pointer="/agent")
        response.status_code = 200
        return DeliveryAnswer.model_validate(one)
    told = NoticeDelivered(agreement=agreement, version=version, agent=body.agent, employer=body.employer, on=body.on)
    await publish(tx, told, key=agreement, employer=body.employer, subject=f"/v1/agreements/{agreement}/notices")
    return DeliveryAnswer.model_validate(one)


async def _seen(tx: Tx, agreement: str) -> None:
    """Raises UnknownAgreement when it is not the caller's to see."""
    if await agreements.get(tx, agreement) is None:
        raise UnknownAgreement
