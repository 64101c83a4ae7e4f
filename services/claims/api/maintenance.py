"""What an employer keeps of the régime indemnitaire during leaves, by its délibérations."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field

from kit.http.auth import Principal, requires
from kit.http.paths import EmployerPath
from kit.http.route import Now, Rules, Tx, service_router
from kit.http.types import Answer, DateText, RateText, Request, Share, Text, example
from kit.ids import new_id
from kit.recording import Recording
from rules.vocabulary import LeaveKind
from services.claims.adapters import maintenance
from services.claims.adapters.maintenance import Statement
from services.claims.application.state_maintenance import state_maintenance

router = service_router(prefix="/v1/ri-maintenance", tags=["Maintien du régime indemnitaire"])


class MaintenanceRequest(Request):
    """From a day on, the shares of the RI kept on days at full and at half pay of one kind of leave."""

    model_config = example({"kind": "CMO", "from": "2026-01-01", "full": "0.9000", "half": "0.5000"})

    kind: LeaveKind
    start: DateText = Field(alias="from")
    full: Share
    half: Share
    deliberation: Text | None = None

    def stated(self, employer: str, recording: Recording) -> Statement:
        return Statement(
            id=new_id(),
            employer=employer,
            kind=self.kind.value,
            starts=self.start,
            full_rate=self.full,
            half_rate=self.half,
            deliberation=self.deliberation,
            recorded_at=recording.at,
            recorded_by=recording.by,
        )


class MaintenanceAnswer(Answer):
    """One statement in force."""

    kind: LeaveKind
    start: DateText = Field(serialization_alias="from")
    full: RateText
    half: RateText
    deliberation: str | None
    recorded_at: datetime

    @classmethod
    def of(cls, statement: Statement) -> MaintenanceAnswer:
        return cls(
            kind=LeaveKind(statement.kind),
            start=statement.starts,
            full=statement.full_rate,
            half=statement.half_rate,
            deliberation=statement.deliberation,
            recorded_at=statement.recorded_at,
        )


class PolicyAnswer(Answer):
    """All that an employer stated, by kind and day; a kind that is absent keeps nothing."""

    employer: str
    statements: list[MaintenanceAnswer]


@router.put("/{employer}", operation_id="state_ri_maintenance", summary="Énoncer ce que l'employeur maintient du RI")
async def state_ri_maintenance(
    employer: EmployerPath,
    body: MaintenanceRequest,
    caller: Annotated[Principal, requires("claims:write")],
    tx: Tx,
    rules: Rules,
    *,
    clock: Now,
) -> PolicyAnswer:
    caller.check_employer(employer)
    await state_maintenance(tx, body.stated(employer, Recording(clock.instant(), caller.client)), rules, clock)
    return await _policy(tx, employer)


@router.get("/{employer}", operation_id="read_ri_maintenance", summary="Ce que l'employeur maintient du RI")
async def read_ri_maintenance(
    employer: EmployerPath, caller: Annotated[Principal, requires("claims:read")], tx: Tx
) -> PolicyAnswer:
    caller.check_employer(employer)
    return await _policy(tx, employer)


async def _policy(tx: Tx, employer: str) -> PolicyAnswer:
    stated = await maintenance.stated(tx, employer)
    return PolicyAnswer(employer=employer, statements=[MaintenanceAnswer.of(one) for one in stated])
