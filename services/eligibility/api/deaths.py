"""Deaths, and absolute and definitive invalidities."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import Path, Response
from pydantic import Field

from kit.http.auth import requires
from kit.http.etag import set_etag
from kit.http.route import Idempotent, Now, Tx, service_router
from kit.http.types import DateText, Request, example
from services.eligibility.api.common import AgentId, Entered, Recorded, remarks_in
from services.eligibility.application.doubt_facts import on_death
from services.eligibility.application.open_file import open_file
from services.eligibility.application.record_death import record_death, withdraw_death
from services.eligibility.domain.death import Death, DeathKind

router = service_router(tags=["Décès et IAD"], dependencies=[requires("agents:write")])


class DeathRequest(Request):
    """An agent died, or was recognised in absolute and definitive invalidity (IAD)."""

    model_config = example({"date": "2026-03-15", "kind": "DEATH"})

    on: DateText = Field(alias="date")
    kind: DeathKind


class DeathAnswer(Entered):
    """What is known."""

    on: date = Field(serialization_alias="date")
    kind: DeathKind


@router.post(
    "/v1/agents/{agent}/death",
    status_code=201,
    responses={200: {"description": "Déjà connu"}},
    summary="Déclarer un décès ou une invalidité absolue et définitive",
)
async def record(
    *,
    agent: AgentId,
    body: DeathRequest,
    tx: Tx,
    clock: Now,
    recording: Recorded,
    _once: Idempotent,
    response: Response,
) -> DeathAnswer:
    """Record a death or an IAD; the same again changes nothing (200). Another day for it is refused (409)."""
    file = await open_file(tx, agent)
    done = await record_death(tx, file, Death(body.kind, body.on), clock.day(), recording)
    response.status_code = 201 if done.new else 200
    set_etag(response, done.version)
    remarks = remarks_in(body, await on_death(tx, file, done.death.on))
    return DeathAnswer(on=done.death.on, kind=done.death.kind, warnings=remarks)


@router.delete("/v1/agents/{agent}/death/{kind}", status_code=204, summary="Retirer une déclaration faite par erreur")
async def withdraw(
    agent: AgentId,
    kind: Annotated[DeathKind, Path(description="DEATH ou IAD.")],
    tx: Tx,
    recording: Recorded,
    response: Response,
) -> None:
    """Withdraw what the caller's employers announced: a mistake, or another day to be sent afterwards.

    Of what another employer announced: deny it. It then no longer holds with the caller's employers.
    """
    set_etag(response, await withdraw_death(tx, await open_file(tx, agent), kind, recording))
