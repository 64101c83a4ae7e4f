"""Bring a claim back to whoever handles it when its amounts change after he had settled it."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.events.outbox import Outgoing
from kit.recording import Recording
from services.claims.adapters import claim_files
from services.claims.adapters.claims import Claim
from services.claims.application.claim_events import step_taken, told_step
from services.claims.application.deciding import Subject
from services.claims.domain.claim_life import Reason, Stage, Step, revised

RELAIS: Final = "relais"


async def reopen_claim(tx: AsyncConnection, subject: Subject, claim: Claim) -> list[Outgoing]:
    """One that was closed, or proposed, is to be looked at again; the others stay where they are."""
    file = await claim_files.read(tx, claim.id, claim.employer)
    life = revised(file.life)
    if life == file.life:
        return []
    recording = Recording(subject.at, RELAIS)
    await claim_files.write(tx, replace(file, life=life, version=file.version + 1))
    await claim_files.note(tx, step_taken(claim, Step.REOPEN, Reason.NEW_FACTS, life.stage, recording))
    return told_step(claim, Step.REOPEN, Reason.NEW_FACTS, recording) if file.life.stage is Stage.CLOSED else []
