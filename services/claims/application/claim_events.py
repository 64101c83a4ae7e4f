"""What is kept and told of the steps of a claim."""

from __future__ import annotations

from kit.clock import PARIS
from kit.events.envelope import EventData
from kit.events.outbox import Outgoing
from kit.ids import new_id
from kit.recording import Recording
from services.claims.adapters.claim_files import StepTaken
from services.claims.adapters.claims import Claim
from services.claims.application.payloads import ClaimApproved, ClaimClosed, ClaimRefused, ClaimReopened
from services.claims.domain.claim_life import Reason, Stage, Step


def told_step(claim: Claim, step: Step, reason: Reason | None, recording: Recording) -> list[Outgoing]:
    """The event of a step, if it has one."""
    who = {"agent": str(claim.agent), "employer": claim.employer, "claim": str(claim.id)}
    why = reason.value if reason else ""
    match step:
        case Step.APPROVE:
            data: EventData = ClaimApproved(**who, agreement=claim.agreement, on=_day(recording))
        case Step.REFUSE:
            data = ClaimRefused(**who, agreement=claim.agreement, on=_day(recording), reason=why)
        case Step.CLOSE:
            data = ClaimClosed(**who, reason=why)
        case Step.REOPEN:
            data = ClaimReopened(**who)
        case _:
            return []
    return [Outgoing(data, key=str(claim.agent), employer=claim.employer, subject=f"/v1/claims/{claim.id}")]


def step_taken(claim: Claim, step: Step, reason: Reason | None, stage: Stage, recording: Recording) -> StepTaken:
    """The step as the history of the claim keeps it."""
    return StepTaken(
        id=new_id(),
        employer=claim.employer,
        claim=claim.id,
        step=step.value,
        stage=stage.value,
        reason=reason.value if reason else None,
        note=recording.reason,
        amount=None,
        recorded_at=recording.at,
        recorded_by=recording.by,
    )


def _day(recording: Recording) -> str:
    return recording.at.astimezone(PARIS).date().isoformat()
