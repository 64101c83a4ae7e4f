"""Who is replaced in his post during a leave: the NBI of a CLM or a CGM is kept until then (décret 93-863 art. 2)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query

from kit.http.auth import Principal, requires
from kit.http.route import Now, Rules, Tx, service_router
from kit.http.types import Answer, DateText, Flag, SiretText, example
from kit.recording import Recording
from services.claims.adapters import stated
from services.claims.adapters.stated import StatedReplacement
from services.claims.api.leaves import SpanRequest
from services.claims.application.state_facts import state_days

router = service_router(prefix="/v1/claims/replacements", tags=["Remplacements"])


class ReplacedRequest(SpanRequest):
    """The days on which somebody else held the agent's post; `end` left out: still."""

    def stated(self, employer: str, agent: UUID, recording: Recording, pointer: str = "") -> StatedReplacement:
        """Raises ReversedInterval at the end."""
        return self.said(employer, agent, recording, pointer, withdrawn=False)

    def said(
        self, employer: str, agent: UUID, recording: Recording, pointer: str, *, withdrawn: bool
    ) -> StatedReplacement:
        """The same, or that it was never so. Raises ReversedInterval at the end."""
        days = self.days(pointer)
        return StatedReplacement(employer, agent, days.start, days.end, withdrawn, recording.at, recording.by)


class ReplacementRequest(ReplacedRequest):
    """A replacement of an agent; the last statement about a first day counts. `withdrawn`: it was said by mistake."""

    model_config = example(
        {
            "employer": "99985001900012",
            "agent": "0190a0b0-0000-7000-8000-000000000001",
            "start": "2026-03-01",
            "end": "2026-08-31",
        }
    )

    employer: SiretText
    agent: UUID
    withdrawn: Flag = False


class ReplacementAnswer(Answer):
    """A replacement as it is known."""

    start: DateText
    end: DateText | None
    withdrawn: bool
    recorded_at: datetime

    @classmethod
    def of(cls, found: StatedReplacement) -> ReplacementAnswer:
        return cls(start=found.starts, end=found.ends, withdrawn=found.withdrawn, recorded_at=found.recorded_at)


class ReplacementsAnswer(Answer):
    """All that was said of who replaced an agent, what was withdrawn too."""

    replacements: list[ReplacementAnswer]


@router.put("", operation_id="state_replacement", summary="Noter que l'agent est remplacé dans ses fonctions")
async def state_replacement(
    body: ReplacementRequest, caller: Annotated[Principal, requires("claims:write")], tx: Tx, rules: Rules, clock: Now
) -> ReplacementAnswer:
    caller.check_employer(body.employer)
    recording = Recording(clock.instant(), caller.client)
    said = body.said(body.employer, body.agent, recording, "", withdrawn=body.withdrawn)
    await state_days(tx, said, rules, clock)
    return ReplacementAnswer.of(said)


@router.get("", operation_id="list_replacements", summary="Remplacements d'un agent dans ses fonctions")
async def list_replacements(
    caller: Annotated[Principal, requires("claims:read")],
    tx: Tx,
    employer: Annotated[SiretText, Query(description="SIRET de l'employeur.")],
    agent: Annotated[UUID, Query(description="Identifiant de l'agent.")],
) -> ReplacementsAnswer:
    caller.check_employer(employer)
    found = await stated.about(tx, StatedReplacement, employer, agent)
    return ReplacementsAnswer(replacements=[ReplacementAnswer.of(one) for one in found])
