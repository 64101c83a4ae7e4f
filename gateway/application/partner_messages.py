"""An insurer's answer becomes what staff would have recorded: its service is asked, for that employer alone.

Each is known by the insurer's own reference there, so a message that comes twice, or by two ways, has one effect.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Literal
from uuid import UUID

from gateway.adapters import partner_events, partner_messages
from gateway.adapters.partner_messages import Received
from gateway.application.tokens import token_of
from gateway.domain.clients import Client
from kit.db.database import Scope
from kit.errors import RelaisError
from kit.http.problem import FieldError, Problem

_TYPE: Final = "fr.psc.partner.{}.v1"
ACCEPTED, REFUSED = _TYPE.format("claim.accepted"), _TYPE.format("claim.refused")
PAID, RECEIVED = _TYPE.format("benefit.paid"), _TYPE.format("premium.received")
ACKNOWLEDGED: Final = _TYPE.format("event.acknowledged")
# The one row of an insurer that says how far it has read.
READ_SO_FAR: Final = "acknowledged"
_OWN_FAULT: Final = 500


class NotOfYourLots(RelaisError):
    code = "not_of_your_lots"
    title_fr = "Inconnu dans les lots de cet assureur"
    title_en = "Unknown in this insurer's lots"
    status = 404


@dataclass(frozen=True, slots=True)
class Sender:
    """Who answers, by which way; `state` is the application's."""

    state: Any
    client: str
    insurer: str
    via: Literal["rest", "topic"]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a service is asked, on behalf of an insurer."""

    employer: str
    scope: str
    path: str
    body: dict[str, Any]


async def take(sender: Sender, identifier: str, type_: str, data: Mapping[str, Any]) -> Received:
    """Do what a message says and keep what became of it. Raises the problem it is refused with, or that passes."""
    received = Received(sender.insurer, identifier, type_, sender.via, "DONE", received_at=sender.state.clock.instant())
    try:
        asked = await _asked(sender, type_, data)
        if asked is not None:
            await _ask(sender, identifier, asked)
    except (RelaisError, Problem) as refusal:
        problem = Problem.of(refusal) if isinstance(refusal, RelaisError) else refusal
        if not is_passing(problem):
            await keep(sender, replace(received, outcome="REFUSED", code=problem.code))
        raise problem from refusal
    if type_ == ACKNOWLEDGED:  # the last one is all that matters
        received = replace(received, id=READ_SO_FAR, cursor=data["cursor"])
    return await keep(sender, received)


def is_passing(problem: Problem) -> bool:
    """Whether the same message may be taken later."""
    return problem.status >= _OWN_FAULT or problem.retry_in is not None


async def keep(sender: Sender, received: Received) -> Received:
    """Store what became of a message."""
    async with sender.state.db.transaction(Scope.of(frozenset({sender.insurer}))) as tx:
        await partner_messages.keep(tx, received)
    return received


async def _asked(sender: Sender, type_: str, data: Mapping[str, Any]) -> Asked | None:
    """None for what concerns nobody but the insurer and the gateway. Raises NotOfYourLots."""
    said = {name: value for name, value in data.items() if value is not None}
    if type_ in {ACCEPTED, REFUSED, PAID}:
        claim = UUID(said.pop("claim"))
        async with sender.state.db.transaction(Scope.all()) as tx:
            employer = await partner_messages.employer_of_claim(tx, sender.insurer, claim)
        if employer is None:
            raise NotOfYourLots(pointer="/data/claim")
        if type_ == PAID:
            return Asked(employer, "claims:write", f"/v1/claims/{claim}/payments", said)
        outcome = {"outcome": "ACCEPTED" if type_ == ACCEPTED else "REFUSED"}
        return Asked(employer, "claims:write", f"/v1/claims/{claim}/insurer-decisions", outcome | said)
    if type_ == RECEIVED:
        async with sender.state.db.transaction(Scope.all()) as tx:
            held = await partner_events.memberships_of_insurer(tx, sender.insurer)
        if not any((one.employer, one.agreement) == (said["employer"], said["agreement"]) for one in held):
            raise NotOfYourLots(pointer="/data/employer")
        return Asked(said["employer"], "contributions:write", "/v1/payments", said | {"insurer": sender.insurer})
    return None


async def _ask(sender: Sender, identifier: str, asked: Asked) -> None:
    """Raises the problem of the service, its pointers being those of the message."""
    state = sender.state
    client = Client(sender.client, sender.client, frozenset({asked.scope}), frozenset({asked.employer}))
    headers = {
        "authorization": f"Bearer {await token_of(state, client)}",
        "idempotency-key": f"{sender.insurer}.{identifier}",
    }
    answer = await state.page_http.post(asked.path, json=asked.body, headers=headers)
    if answer.is_error:
        raise _problem(answer.json())


def _problem(said: Mapping[str, Any]) -> Problem:
    errors = [
        FieldError(f"/data{one['pointer']}", one["detail"], one["detail"], one.get("code", ""))
        for one in said.get("errors", ())
    ]
    title, detail = str(said["title"]), str(said.get("detail", ""))
    return Problem(
        *(said["status"], said["code"], title, title),
        detail_fr=detail,
        detail_en=detail,
        errors=errors,
        retry_in=said.get("retry_in"),
    )
