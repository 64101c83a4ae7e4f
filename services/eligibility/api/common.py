"""What the routers of the file share."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.db import data_subjects
from kit.http.auth import Caller, Principal
from kit.http.bulk import Remark
from kit.http.route import Now
from kit.recording import Recording
from services.eligibility.adapters import agents
from services.eligibility.application.hire_agent import Hired
from services.eligibility.domain.errors import AgentNotFound

AgentId = Annotated[UUID, Path(description="Identifiant de l'agent.")]


def _recording(caller: Caller, clock: Now) -> Recording:
    return Recording(clock.instant(), caller.client)


# Who records, and when.
Recorded = Annotated[Recording, Depends(_recording)]


def remarks_on(done: Hired, place: str = "") -> tuple[Remark, ...]:
    """What to look at in a hire; `place` is where it stands in the body."""
    return tuple(Remark(code=one.code, pointer=f"{place}{one.pointer}", detail=one.detail_fr) for one in done.doubts)


def reads_restricted(caller: Principal) -> bool:
    """Whether the caller reads the files of persons whose processing is restricted."""
    return "persons:read" in caller.scopes


def changes_restricted(caller: Principal) -> bool:
    """Whether the caller changes them."""
    return "persons:write" in caller.scopes


async def check_identity_of(tx: AsyncConnection, agent: UUID, *, allowed: bool) -> None:
    """Raise AgentNotFound, PersonErased, or PersonRestricted where the caller is not `allowed` all the same."""
    if not await agents.is_seen(tx, agent):
        raise AgentNotFound
    await data_subjects.check(tx, agent, allowed=allowed)
