"""The routes of a service for the rights of persons: what erasing would do, erasing, what is old enough to go."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated, Final, Self
from uuid import UUID

from fastapi import APIRouter, Query

from kit.data_protection import DataProtection, Due
from kit.db import data_subjects
from kit.db.data_subjects import Erasure
from kit.http.auth import Principal, requires
from kit.http.problem import Problem
from kit.http.route import Now, Rules, Tx, service_router
from kit.http.types import Answer, Flag, Request, Text, example

OVERRIDE: Final = "persons:override"
Agent = Annotated[UUID, Query(description="Identifiant de l'agent.")]
Reader = requires("persons:read", tenancy="platform")
Writer = Annotated[Principal, requires("persons:write", tenancy="platform")]


class HoldingAnswer(Answer):
    """What is held of the person, in rows, and whether erasing takes it; what stays no longer names anybody."""

    what: str
    count: int
    erased: bool
    why: str


class HoldAnswer(Answer):
    """What forbids erasing, before the day `until`; null: as long as it is so."""

    what: str
    why: str
    until: date | None
    rule: str | None
    reference: str | None
    confidence: str | None


class ErasureAnswer(Answer):
    """What erasing would do, and the `preview` that a confirmation names; or when it was done, and why."""

    agent: UUID
    erased_at: datetime | None = None
    reason: str | None = None
    overridden: bool | None = None
    preview: str | None = None
    holdings: tuple[HoldingAnswer, ...] = ()
    holds: tuple[HoldAnswer, ...] = ()

    @classmethod
    def done(cls, agent: UUID, erasure: Erasure) -> Self:
        return cls(agent=agent, erased_at=erasure.at, reason=erasure.reason, overridden=erasure.overridden)


class ErasureRequest(Request):
    """The preview confirmed, and who asked for it or why. `override`: although a retention runs, with the right to."""

    model_config = example({"preview": "0123456789abcdef", "reason": "Demande de l'agent, RGPD art. 17"})

    preview: Text
    reason: Text
    override: Flag = False


class PurgeAnswer(Answer):
    """Rows older than the day `before`, by a rule and its source."""

    what: str
    rule: str
    reference: str
    confidence: str
    before: date
    count: int


class PurgesAnswer(Answer):
    """What each rule of this service lets go."""

    items: list[PurgeAnswer]

    @classmethod
    def of(cls, due: Iterable[Due]) -> Self:
        return cls(
            items=[
                PurgeAnswer(
                    what=one.purge.what,
                    rule=one.value.id,
                    reference=one.value.reference,
                    confidence=one.value.confidence.value,
                    before=one.before,
                    count=one.count,
                )
                for one in due
            ]
        )


def protection_router(prefix: str, service: DataProtection) -> APIRouter:
    """`erasures` and `purges` under a prefix that the gateway routes to the service."""
    router = service_router(prefix=prefix, tags=["Droits des personnes"])

    @router.get("/erasures", dependencies=[Reader], summary="Ce qu'effacerait l'effacement d'une personne")
    async def preview_erasure(agent: Agent, tx: Tx, rules: Rules, clock: Now) -> ErasureAnswer:
        """What this service would erase, what it keeps and why, and what forbids erasing today."""
        done = (await data_subjects.of(tx, [agent]))[agent].erasure
        if done is not None:
            return ErasureAnswer.done(agent, done)
        found = await service.look(tx, agent, rules, clock.day())
        return ErasureAnswer(
            agent=agent,
            preview=found.mark,
            holdings=tuple(HoldingAnswer.model_validate(one) for one in found.holdings),
            holds=tuple(HoldAnswer.model_validate(one) for one in found.holds),
        )

    @router.post("/erasures", summary="Effacer une personne, par la destruction de sa clé")
    async def erase(
        agent: Agent, body: ErasureRequest, caller: Writer, tx: Tx, rules: Rules, *, clock: Now
    ) -> ErasureAnswer:
        """Erase for good what a preview told. Erased already, it says when, and changes nothing."""
        if body.override and OVERRIDE not in caller.scopes:
            raise Problem(403, "insufficient_scope", "Droit insuffisant", "Insufficient scope")
        asked = Erasure(clock.instant(), caller.client, body.reason, body.override)
        done = await service.confirm(tx, agent, body.preview, asked, rules, today=clock.day())
        return ErasureAnswer.done(agent, done)

    @router.get("/purges", dependencies=[Reader], summary="Ce que la prochaine purge supprimera")
    async def preview_purge(tx: Tx, rules: Rules, clock: Now) -> PurgesAnswer:
        """What is older than its retention, by rule. It goes each night."""
        return PurgesAnswer.of(await service.due(tx, rules, clock.day(), delete=False))

    @router.post("/purges", dependencies=[requires("persons:write", tenancy="platform")], summary="Purger maintenant")
    async def purge(tx: Tx, rules: Rules, clock: Now) -> PurgesAnswer:
        """Delete it without waiting for the night."""
        return PurgesAnswer.of(await service.due(tx, rules, clock.day(), delete=True))

    return router
