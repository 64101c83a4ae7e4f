"""Decide another amount for a month than the one worked out, or lift such a decision; the month is decided again."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.clock import Clock
from kit.http.etag import check_version
from kit.money import Money
from kit.period import Month
from kit.recording import Recording
from rules.book import RuleBook
from services.claims.adapters import claim_files, overrides
from services.claims.adapters.overrides import StatedOverride
from services.claims.application.handle_claim import Opened
from services.claims.application.redecide import redecide
from services.claims.domain.claim_life import Stage
from services.claims.domain.errors import AboveTarget, MonthNotDecided, StepNotAllowed
from services.claims.domain.override import OverrideReason


@dataclass(frozen=True, slots=True)
class Overriding:
    """What is decided for a month (`amount` None: the computation counts again), and why."""

    month: Month
    amount: Money | None
    reason: OverrideReason
    note: str


async def override_month(
    tx: AsyncConnection,
    opened: Opened,
    said: Overriding,
    version: int,
    *,
    rules: RuleBook,
    clock: Clock,
    recording: Recording,
) -> int:
    """The version of the claim's file after it; the claim is held, and under review.

    Raises StepNotAllowed, MonthNotDecided, AboveTarget, and 412 when somebody was faster.
    """
    claim, file = opened.claim, opened.file
    check_version(version, file.version)
    if file.life.stage is not Stage.UNDER_REVIEW:
        raise StepNotAllowed
    month = next((one for one in opened.months if one.month == said.month), None)
    if month is None:
        raise MonthNotDecided(pointer="/path/month")
    if said.amount is not None and said.amount > month.target_net:
        raise AboveTarget(pointer="/amount")
    before = overrides.last_of(await overrides.of_claims(tx, [claim.id])).get((claim.id, said.month))
    stated = StatedOverride(
        claim=claim.id,
        month=said.month,
        version=before.version + 1 if before else 1,
        employer=claim.employer,
        amount=said.amount,
        computed=(month.target_net - month.statutory_net - month.social_security).floored_at_zero(),
        reason=said.reason.value,
        note=said.note,
        recorded_at=recording.at,
        recorded_by=recording.by,
    )
    await overrides.override(tx, stated)
    changed = replace(file, version=file.version + 1)
    await claim_files.write(tx, changed)
    await redecide(tx, claim.employer, claim.agent, rules, clock)
    return changed.version
