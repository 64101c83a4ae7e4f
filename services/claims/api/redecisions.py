"""Decide again: one agent at once, or how far those stand for whom something common has changed."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from fastapi import Path

from kit.http.auth import Principal, requires
from kit.http.paths import EmployerPath
from kit.http.route import Now, Rules, Tx, service_router
from kit.http.types import Answer
from services.claims.adapters import progress, redecisions
from services.claims.adapters.redecisions import Cause, Run
from services.claims.application.redecide import redecide

# The runs of a few years: rules and accords change some times a year.
SHOWN: Final = 50
router = service_router(prefix="/v1/claims/redecisions", tags=["Redécisions"])


class RunAnswer(Answer):
    """Agents decided again together; those that failed wait for a person and hold nobody up."""

    id: UUID
    cause: Cause
    reference: str
    agents: int
    waiting: int
    failed: int
    asked_at: datetime
    finished_at: datetime | None

    @classmethod
    def of(cls, run: Run) -> RunAnswer:
        return cls(**{name: getattr(run, name) for name in cls.model_fields})


class RunsAnswer(Answer):
    """The last runs, the latest first."""

    runs: list[RunAnswer]


class RedecisionAnswer(Answer):
    """How many events it set off; `held`: the code of what keeps anything from being decided."""

    employer: str
    agent: UUID
    changes: int
    held: str | None


@router.get("", operation_id="list_redecisions", summary="Redécisions d'ensemble et leur avancement")
async def list_redecisions(
    _caller: Annotated[Principal, requires("claims:read", tenancy="platform")], tx: Tx
) -> RunsAnswer:
    return RunsAnswer(runs=[RunAnswer.of(run) for run in await redecisions.runs(tx, SHOWN)])


@router.put("/{employer}/{agent}", operation_id="redecide_agent", summary="Décider de nouveau un agent")
async def redecide_agent(
    employer: EmployerPath,
    agent: Annotated[UUID, Path(description="Identifiant de l'agent.")],
    caller: Annotated[Principal, requires("claims:write")],
    tx: Tx,
    rules: Rules,
    *,
    clock: Now,
) -> RedecisionAnswer:
    """Décider selon les règles en vigueur maintenant ; sans changement, rien n'est écrit."""
    caller.check_employer(employer)
    await progress.lock(tx, [str(agent)])
    told = await redecide(tx, employer, agent, rules, clock)
    held = (await progress.held(tx, agent)).get(employer)
    return RedecisionAnswer(employer=employer, agent=agent, changes=len(told), held=held)
