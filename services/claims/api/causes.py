"""What leaves are about: sealed, in no event, trace or other answer. One scope reads and writes it."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Query

from kit.db import data_subjects
from kit.http.auth import Principal, requires
from kit.http.route import Crypto, Now, Rules, Tx, service_router
from kit.http.types import Answer, Code, Flag, Request, SiretText, example
from kit.recording import Recording
from services.claims.application.state_leave import LeaveRef, causes, state_cause

router = service_router(prefix="/v1/claims/causes", tags=["Clés de cause"])
Keeper = Annotated[Principal, requires("claims:cause")]


class CauseRequest(Request):
    """An opaque key, equal for the leaves that have one cause. It is no diagnosis and names none.

    `ald`: the cause is a long-term condition, of which a waiting day is withheld once in three years.
    """

    model_config = example(
        {
            "employer": "99985001900012",
            "agent": "0190a0b0-0000-7000-8000-000000000001",
            "leave": "0190a0b0-0000-7000-8000-000000000001",
            "cause_key": "cause-1",
        }
    )

    employer: SiretText
    agent: UUID
    leave: UUID
    cause_key: Code
    ald: Flag = False


class CauseAnswer(Answer):
    """The key of a leave."""

    leave: UUID
    cause_key: str
    ald: bool


class CausesAnswer(Answer):
    """The keys of an agent's leaves, for those that have one."""

    causes: list[CauseAnswer]


@router.put("", operation_id="state_cause", summary="Énoncer la clé de cause d'un congé")
async def put_cause(
    body: CauseRequest, caller: Keeper, tx: Tx, rules: Rules, crypto: Crypto, *, clock: Now
) -> CauseAnswer:
    caller.check_employer(body.employer)
    about = LeaveRef(body.employer, body.agent, body.leave)
    recording = Recording(clock.instant(), caller.client)
    await state_cause(tx, about, body.cause_key, crypto, ald=body.ald, recording=recording, rules=rules, clock=clock)
    return CauseAnswer(leave=body.leave, cause_key=body.cause_key, ald=body.ald)


@router.get("", operation_id="read_causes", summary="Les clés de cause des congés d'un agent")
async def read_causes(
    caller: Keeper,
    tx: Tx,
    crypto: Crypto,
    employer: Annotated[SiretText, Query(description="SIRET de l'employeur.")],
    agent: Annotated[UUID, Query(description="Identifiant de l'agent.")],
) -> CausesAnswer:
    caller.check_employer(employer)
    await data_subjects.check(tx, agent, allowed="persons:read" in caller.scopes)
    found = await causes(tx, employer, agent, crypto)
    told = (CauseAnswer(leave=leave, cause_key=cause, ald=ald) for leave, (cause, ald) in found.items())
    return CausesAnswer(causes=list(told))
