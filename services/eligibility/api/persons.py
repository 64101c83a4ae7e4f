"""Restriction of a person's processing, erasure and purge: for whoever is in charge of personal data."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Final
from uuid import UUID

from kit.db import data_subjects
from kit.http.auth import Principal, requires
from kit.http.data_protection import protection_router
from kit.http.route import Now, Tx, service_router
from kit.http.types import Answer, Flag, Request, Text, example
from services.eligibility.adapters import agents, protection
from services.eligibility.adapters.protection import Restriction
from services.eligibility.api.common import AgentId
from services.eligibility.application.protect_person import PROTECTION, restrict
from services.eligibility.domain.errors import AgentNotFound

router: Final = protection_router("/v1/agents", PROTECTION)
restrictions: Final = service_router(tags=["Droits des personnes"])
Writer = Annotated[Principal, requires("persons:write", tenancy="platform")]


class AskedBy(StrEnum):
    """Who asked."""

    PERSON = "PERSON"
    REPRESENTATIVE = "REPRESENTATIVE"
    CONTROLLER = "CONTROLLER"
    AUTHORITY = "AUTHORITY"


class RestrictionRequest(Request):
    """Processing is to be restricted, or no longer; who asked, and why (RGPD art. 18). No health data in the reason."""

    model_config = example({"restricted": True, "asked_by": "PERSON", "reason": "Exactitude contestée"})

    restricted: Flag
    asked_by: AskedBy
    reason: Text


class SaidAnswer(Answer):
    """What was said, when and by which client."""

    restricted: bool
    asked_by: AskedBy
    reason: str
    recorded_at: datetime
    recorded_by: str


class RestrictionAnswer(Answer):
    """Since when processing is restricted; null: it is not. `history` is all that was said, the latest last."""

    agent: UUID
    restricted_at: datetime | None
    history: list[SaidAnswer]


@restrictions.get(
    "/v1/agents/{agent}/restriction",
    dependencies=[requires("persons:read", tenancy="platform")],
    summary="Limitation du traitement des données d'un agent",
)
async def read(agent: AgentId, tx: Tx) -> RestrictionAnswer:
    """Whether processing is restricted, since when, and all that was said of it."""
    if not await agents.is_seen(tx, agent):
        raise AgentNotFound
    standing = (await data_subjects.of(tx, [agent]))[agent]
    said = [SaidAnswer.model_validate(one) for one in await protection.history(tx, agent)]
    return RestrictionAnswer(agent=agent, restricted_at=standing.restricted_at, history=said)


@restrictions.put(
    "/v1/agents/{agent}/restriction", summary="Limiter le traitement des données d'un agent, ou l'inverse"
)
async def put(agent: AgentId, body: RestrictionRequest, caller: Writer, tx: Tx, clock: Now) -> RestrictionAnswer:
    """Restrict, or end the restriction, from now on; what is so already stays as it is."""
    at = clock.instant()
    await restrict(tx, agent, Restriction(body.restricted, body.asked_by.value, body.reason, at, caller.client))
    return await read(agent, tx)
