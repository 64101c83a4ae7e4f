"""Bring a claim back to whoever handles it when its amounts change after he had settled it."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from kit.events.outbox import Outgoing
from kit.recording import Recording
from services.claims.adapters.claims import Claim
from services.claims.application.claim_events import step_taken, told_step
from services.claims.application.deciding import Subject
from services.claims.domain.claim_life import Reason, Stage, Step, revised

RELAIS: Final = "relais"
# Whoever had done with a claim is told that it is not done.
SETTLED: Final = frozenset({Stage.CLOSED, Stage.APPROVED})


def reopen_claim(subject: Subject, claim: Claim, *, corrected: bool) -> list[Outgoing]:
    """One closed, proposed, or approved for other amounts is to be looked at again; the others stay as they are."""
    file = subject.writes.files.get(claim.id) or subject.before.file_of(claim)
    life = revised(file.life, corrected=corrected)
    if life == file.life:
        return []
    recording = Recording(subject.at, RELAIS)
    subject.writes.files[claim.id] = replace(file, life=life, version=file.version + 1)
    subject.writes.steps.append(step_taken(claim, Step.REOPEN, Reason.NEW_FACTS, life.stage, recording))
    return told_again(claim, file.life.stage, recording)


def told_again(claim: Claim, before: Stage, recording: Recording) -> list[Outgoing]:
    """The event of a claim that comes back to review; none where it was not done with."""
    return told_step(claim, Step.REOPEN, Reason.NEW_FACTS, recording) if before in SETTLED else []
