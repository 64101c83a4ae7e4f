"""`/v1/partner-messages`: what an insurer answers: decisions, payments, premiums received, how far it has read.

The same messages are taken from the insurer's inbound topic (`gateway/inbound_topics.py`).
"""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query, Request, Response
from pydantic import Field, TypeAdapter

from gateway.adapters import partner_messages as stored
from gateway.application.partner_messages import Sender, take
from kit.db.database import Scope
from kit.events.cursor import CURSOR_PATTERN
from kit.http.auth import Principal, requires
from kit.http.pagination import Page, Paging, paged
from kit.http.problem import Problem
from kit.http.route import StrictRoute, service_router
from kit.http.types import Amount, Answer, Code, DateText, Instant, MonthText, SiretText, Text, example
from kit.http.types import Request as Body
from kit.money import Money

router = service_router(tags=["Réponses des assureurs"], route_class=StrictRoute)
PATH = "/v1/partner-messages"


class ClaimAccepted(Body):
    """The insurer takes a claim on."""

    claim: UUID
    on: DateText
    reference: Code


class ClaimRefused(ClaimAccepted):
    """The insurer does not, and may say why."""

    reason: Text | None = None


class BenefitPaid(Body):
    """What the insurer paid for a month of a claim, to whom."""

    claim: UUID
    month: MonthText
    amount: Annotated[Amount, Field(gt=Money.zero())]
    paid_on: DateText
    payee: Literal["AGENT", "EMPLOYER"]
    reference: Code


class PremiumReceived(Body):
    """What the insurer received from an employer on the contract of an accord."""

    employer: SiretText
    agreement: Code
    received_on: DateText
    amount: Annotated[Amount, Field(gt=Money.zero())]
    reference: Text


class EventAcknowledged(Body):
    """Every event up to this cursor of the insurer's feed is handled."""

    cursor: Annotated[str, Field(pattern=CURSOR_PATTERN)]


class _Message(Body):
    """A CloudEvent. Sent again with the same `id` it has one effect."""

    specversion: Literal["1.0"] = "1.0"
    id: Annotated[UUID, Field(description="Identifiant du message, donné par l'assureur ; redit, il n'a qu'un effet.")]
    source: Annotated[Text | None, Field(description="Système d'où part le message, chez l'assureur.")] = None
    time: Annotated[Instant | None, Field(description="Instant où l'assureur a émis le message.")] = None
    datacontenttype: Literal["application/json"] = "application/json"


_TYPE = Field(description="Sorte de message ; elle dit ce que `data` contient.")


class ClaimAcceptedMessage(_Message):
    model_config = Body.model_config | example(
        {
            "id": "019a2b3c-0000-7000-8000-000000000001",
            "type": "fr.psc.partner.claim.accepted.v1",
            "data": {
                "claim": "019a2b3c-0000-7000-8000-000000000002",
                "on": "2026-05-20",
                "reference": "SIN-2026-0042",
            },
        }
    )
    type: Annotated[Literal["fr.psc.partner.claim.accepted.v1"], _TYPE]
    data: ClaimAccepted


class ClaimRefusedMessage(_Message):
    type: Annotated[Literal["fr.psc.partner.claim.refused.v1"], _TYPE]
    data: ClaimRefused


class BenefitPaidMessage(_Message):
    type: Annotated[Literal["fr.psc.partner.benefit.paid.v1"], _TYPE]
    data: BenefitPaid


class PremiumReceivedMessage(_Message):
    type: Annotated[Literal["fr.psc.partner.premium.received.v1"], _TYPE]
    data: PremiumReceived


class EventAcknowledgedMessage(_Message):
    type: Annotated[Literal["fr.psc.partner.event.acknowledged.v1"], _TYPE]
    data: EventAcknowledged


PartnerMessage = Annotated[
    ClaimAcceptedMessage | ClaimRefusedMessage | BenefitPaidMessage | PremiumReceivedMessage | EventAcknowledgedMessage,
    Field(discriminator="type"),
]
MESSAGE: TypeAdapter[PartnerMessage] = TypeAdapter(PartnerMessage)


class ReceivedAnswer(Answer):
    """A message and what became of it. `code`: why it was refused; `via`: by which way it last came.

    `cursor`: how far the insurer says it has read its feed, in the one message `acknowledged`.
    """

    id: str
    insurer: str
    type: str
    via: Literal["rest", "topic"]
    outcome: Literal["DONE", "REFUSED"]
    code: str | None
    cursor: str | None
    received_at: Instant


@router.post(PATH, summary="Répondre en assureur : décision, versement, prime reçue, événements lus")
async def send(
    request: Request, body: PartnerMessage, caller: Annotated[Principal, requires("partner:write")]
) -> ReceivedAnswer:
    """Done when the answer comes. A refusal is a problem, and is in the list as well."""
    if caller.insurer is None:
        raise Problem(403, "insurers_only", "Réservé aux assureurs", "For insurers only")
    sender = Sender(request.app.state, caller.client, caller.insurer, "rest")
    return ReceivedAnswer.model_validate(await take(sender, str(body.id), body.type, body.data.model_dump(mode="json")))


@router.get(PATH, summary="Réponses reçues des assureurs, la plus récente d'abord")
async def index(
    request: Request,
    response: Response,
    caller: Annotated[Principal, requires("events:read")],
    page: Paging,
    outcome: Annotated[Literal["DONE", "REFUSED"] | None, Query(description="Celles-là seulement.")] = None,
) -> Page[ReceivedAnswer]:
    """An insurer sees its own, who stands for the whole platform all of them."""
    scope = caller.tenancy if caller.insurer is None else Scope.of(frozenset({caller.insurer}))
    async with request.app.state.db.transaction(scope) as tx:
        found = await stored.page(tx, outcome, page.start(stored.place), page.fetch)
    items = [ReceivedAnswer.model_validate(one) for one in found]
    return paged(request, response, page, items, lambda one: (one.received_at.isoformat(), one.insurer, one.id))
