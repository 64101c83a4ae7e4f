"""What the routers of the file share."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path

from kit.http.auth import Caller
from kit.http.route import Now
from kit.recording import Recording

AgentId = Annotated[UUID, Path(description="Identifiant de l'agent.")]


def _recording(caller: Caller, clock: Now) -> Recording:
    return Recording(clock.instant(), caller.client)


# Who records, and when.
Recorded = Annotated[Recording, Depends(_recording)]
