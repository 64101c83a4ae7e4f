"""Decisions as they were taken, and why."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Query
from starlette.responses import JSONResponse, PlainTextResponse, Response

from kit.clock import PARIS
from kit.db import decisions
from kit.db.decisions import Decision
from kit.http.auth import requires
from kit.http.route import Rules, Tx, service_router
from kit.http.subject import HEADER, about
from kit.http.types import Answer
from services.claims.adapters.decided import agent_of
from services.claims.api.parameters import DecisionId
from services.claims.application.explain import page
from services.claims.domain.errors import UnknownDecision

router = service_router(prefix="/v1/decisions", tags=["Décisions"], dependencies=[requires("claims:read")])


class DecisionAnswer(Answer):
    """What a decision rested on and said; `digest` is the SHA-256 of all of it, trace included."""

    id: UUID
    kind: str
    subject: str
    agent: UUID | None
    employer: str | None
    recorded_at: datetime
    digest: str
    inputs: dict[str, Any]
    rules: list[dict[str, Any]]
    result: dict[str, Any]

    @classmethod
    def of(cls, found: Decision, agent: UUID | None) -> DecisionAnswer:
        snapshot = found.snapshot
        return cls(
            id=found.id,
            kind=snapshot.kind,
            subject=found.subject,
            agent=agent,
            employer=found.employer,
            recorded_at=found.recorded_at,
            digest=found.digest,
            inputs=snapshot.inputs,
            rules=snapshot.rules,
            result=snapshot.result,
        )


@router.get("/{decision}", operation_id="read_decision", summary="Une décision : ce qu'elle lit et ce qu'elle dit")
async def read_decision(decision: DecisionId, tx: Tx, response: Response) -> DecisionAnswer:
    return DecisionAnswer.of(await stored(tx, decision, response), await agent_of(tx, decision))


@router.get(
    "/{decision}/trace",
    operation_id="read_decision_trace",
    summary="Le raisonnement d'une décision, en arbre ou en page lisible",
    response_class=JSONResponse,
    responses={200: {"content": {"application/json": {"schema": {"type": "object"}}, "text/plain": {}}}},
)
async def read_decision_trace(
    decision: DecisionId,
    tx: Tx,
    rules: Rules,
    *,
    response: Response,
    shape: Annotated[Literal["json", "text"], Query(alias="format", description="json ou text.")] = "json",
) -> Response:
    found = await stored(tx, decision, response)
    said = {HEADER: response.headers[HEADER]} if HEADER in response.headers else {}
    if shape == "text":
        text = page(found.snapshot, rules, found.recorded_at.astimezone(PARIS).date())
        return PlainTextResponse(text, headers=said)
    return JSONResponse(found.snapshot.trace, headers=said)


async def stored(tx: Tx, decision: UUID, response: Response) -> Decision:
    found = await decisions.load(tx, decision)
    if found is None:
        raise UnknownDecision
    agent = await agent_of(tx, decision)
    if agent is not None:
        about(response, agent)
    return found
