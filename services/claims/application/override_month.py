"""Decide another amount for a month than the one worked out, or lift such a decision; the month is decided again."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.clock import Clock
from kit.db import decisions
from kit.http.etag import check_version
from kit.money import Money
from kit.period import Month
from kit.recording import Recording
from rules.book import RuleBook
from rules.vocabulary import Guarantee
from services.claims.adapters import claim_files, overrides
from services.claims.adapters.claims import Benefit
from services.claims.adapters.overrides import StatedOverride
from services.claims.application.handle_claim import Opened
from services.claims.application.redecide import redecide
from services.claims.domain.case import Case, decide
from services.claims.domain.claim_life import Stage
from services.claims.domain.errors import AboveTarget, AboveTerms, MonthNotDecided, StepNotAllowed
from services.claims.domain.override import OverrideReason
from services.claims.domain.snapshot import read_case
from services.claims.domain.terms import RiTerms


@dataclass(frozen=True, slots=True)
class Overriding:
    """What is decided for a month (`amount` None: the computation counts again), and why.

    `guarantee`: its income maintenance, or what option 3 pays.
    """

    month: Month
    guarantee: Guarantee
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

    Raises StepNotAllowed, MonthNotDecided, AboveTarget, AboveTerms, and 412 when somebody was faster.
    """
    claim, file = opened.claim, opened.file
    check_version(version, file.version)
    if file.life.stage is not Stage.UNDER_REVIEW:
        raise StepNotAllowed
    month = next((one for one in opened.months if one.month == said.month), None)
    if month is None:
        raise MonthNotDecided(pointer="/path/month")
    computed = await _computed(tx, month, said)
    key = (claim.id, said.month, said.guarantee)
    before = overrides.last_of(await overrides.of_claims(tx, [claim.id])).get(key)
    stated = StatedOverride(
        claim=claim.id,
        month=said.month,
        guarantee=said.guarantee.value,
        version=before.version + 1 if before else 1,
        employer=claim.employer,
        amount=said.amount,
        computed=computed,
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


async def _computed(tx: AsyncConnection, month: Benefit, said: Overriding) -> Money:
    """What is worked out. Raises AboveTarget, and of option 3 AboveTerms above its share of the RI."""
    if said.guarantee is not Guarantee.RI_FULL_PAY:
        if said.amount is not None and said.amount > month.target_net:
            raise AboveTarget(pointer="/amount")
        return (month.target_net - month.statutory_net - month.social_security).floored_at_zero()
    stored = await decisions.load(tx, month.id)
    assert stored is not None, "a month has its decision"
    law = RuleBook.from_snapshot(stored.snapshot.rules)
    case = replace(read_case(stored.snapshot.inputs), override=None, ri_override=None)
    option = case.terms.ri_full_pay
    whole = case if option is None else _with(case, replace(option, deducts_maintained=False))
    now, most = (Money.sum(one.ri_full_pay for one in decide(of, law).months) for of in (case, whole))
    if said.amount is not None and said.amount > most:
        raise AboveTerms(pointer="/amount")
    return now


def _with(case: Case, option: RiTerms) -> Case:
    return replace(case, terms=replace(case.terms, ri_full_pay=option))
