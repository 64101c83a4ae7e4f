"""What the routers of the file share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Self
from uuid import UUID

from fastapi import Depends, Path
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.db import data_subjects
from kit.http.auth import Caller, Principal
from kit.http.bulk import Remark
from kit.http.route import Now
from kit.http.types import Answer, Request
from kit.recording import Recording
from services.eligibility.adapters import agents
from services.eligibility.domain.doubts import Doubt
from services.eligibility.domain.errors import AgentNotFound

AgentId = Annotated[UUID, Path(description="Identifiant de l'agent.")]


def _recording(caller: Caller, clock: Now) -> Recording:
    return Recording(clock.instant(), caller.client)


# Who records, and when.
Recorded = Annotated[Recording, Depends(_recording)]


def remarks_in(body: Request, doubts: Iterable[Doubt]) -> tuple[Remark, ...]:
    """What to look at in the fields that a body has: of the others somebody else has spoken."""
    named = {f"/{type(body).model_fields[name].alias or name}" for name in body.model_fields_set}
    return remarks_on(one for one in doubts if one.pointer in named)


def remarks_on(doubts: Iterable[Doubt], place: str = "") -> tuple[Remark, ...]:
    """What to look at in what was entered; `place` is where it stands in the body."""
    return tuple(Remark(code=one.code, pointer=f"{place}{one.pointer}", detail=one.detail_fr) for one in doubts)


class Entered(Answer):
    """`warnings`: what is merely unlikely, entered all the same."""

    warnings: tuple[Remark, ...] = ()

    @classmethod
    def said(cls, answer: Answer, body: Request, doubts: Iterable[Doubt]) -> Self:
        """The same answer, with those doubts that are about what the body says."""
        return cls(**dict(answer), warnings=remarks_in(body, doubts))


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
