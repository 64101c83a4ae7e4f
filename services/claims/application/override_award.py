"""Decide another amount of an annuity or a capital than the one worked out: one person proposes, another approves.

They have no file whose stages would hold the two apart, and are due without anybody's approval: nothing changes before.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.clock import Clock
from kit.db import decisions
from kit.http.etag import check_version
from kit.money import Money
from kit.recording import Recording
from rules.book import RuleBook
from rules.vocabulary import Guarantee
from services.claims.adapters import awards, progress
from services.claims.adapters.annuities import Annuity
from services.claims.adapters.awards import Award, StatedAward
from services.claims.application.redecide import redecide
from services.claims.domain.errors import (
    AboveTerms,
    FourEyesRequired,
    NothingToPropose,
    ProposalOutdated,
    StepNotAllowed,
    UnknownAward,
)
from services.claims.domain.override import BEYOND, OverrideReason
from services.claims.domain.terms_document import read_terms


@dataclass(frozen=True, slots=True)
class Proposing:
    """What is proposed (`amount` None: the computation is to count again), and why."""

    amount: Money | None
    reason: OverrideReason
    note: str


@dataclass(frozen=True, slots=True)
class Held:
    """An annuity or a capital held by this transaction, and what people said of it, the last one last."""

    award: Award
    said: tuple[StatedAward, ...]

    @property
    def key(self) -> UUID:
        return key_of(self.award)

    @property
    def version(self) -> int:
        """One before anybody said anything."""
        return self.said[-1].version + 1 if self.said else 1


async def look(tx: AsyncConnection, award: UUID) -> Held:
    """Raises UnknownAward."""
    found = await awards.find(tx, award)
    if found is None:
        raise UnknownAward
    return Held(found, tuple(await awards.versions(tx, [award])))


async def hold(tx: AsyncConnection, award: UUID) -> Held:
    """The same, once its agent is held. Raises UnknownAward."""
    found = await look(tx, award)
    await progress.lock(tx, [str(found.award.agent)])
    return await look(tx, award)


async def propose(
    tx: AsyncConnection, held: Held, said: Proposing, version: int, *, rules: RuleBook, clock: Clock, by: Recording
) -> Held:
    """Keep a proposal, in place of one that waits. Raises NothingToPropose, AboveTerms, and 412."""
    check_version(version, held.version)
    computed = await _computed(tx, held, said.amount, said.reason)
    stated = StatedAward(
        award=held.key,
        version=held.version,
        employer=held.award.employer,
        amount=said.amount,
        computed=computed,
        reason=said.reason.value,
        note=said.note,
        proposed_by=by.by,
        recorded_at=by.at,
    )
    return await _put(tx, held, stated, rules, clock)


async def approve(
    tx: AsyncConnection, held: Held, version: int, *, rules: RuleBook, clock: Clock, by: Recording
) -> Held:
    """Let what waits count. Raises StepNotAllowed, FourEyesRequired, ProposalOutdated, NothingToPropose, 412."""
    check_version(version, held.version)
    if not held.said or held.said[-1].counts:
        raise StepNotAllowed
    waiting = held.said[-1]
    if waiting.proposed_by == by.by:
        raise FourEyesRequired
    if await _computed(tx, held, waiting.amount, OverrideReason(waiting.reason)) != waiting.computed:
        raise ProposalOutdated
    approved = replace(waiting, version=held.version, approved_by=by.by, recorded_at=by.at)
    return await _put(tx, held, approved, rules, clock)


async def _put(tx: AsyncConnection, held: Held, stated: StatedAward, rules: RuleBook, clock: Clock) -> Held:
    await awards.put(tx, stated)
    await redecide(tx, held.award.employer, held.award.agent, rules, clock)
    return await look(tx, stated.award)


async def _computed(tx: AsyncConnection, held: Held, amount: Money | None, reason: OverrideReason) -> Money:
    """What is worked out, by the last decision. Raises NothingToPropose, and AboveTerms for more than the terms give.

    Of an annuity that is what its pensions leave of the target, of a loss of pension the whole of the flat amount, and
    after a death what is worked out; for a reason that stands on what the computation did not know, as a base that was
    higher, there the terms name no most.
    """
    award = held.award
    stored = await decisions.load(tx, award.id)
    assert stored is not None, "what is due has its decision"
    result, inputs = stored.snapshot.result, stored.snapshot.inputs
    if isinstance(award, Annuity):
        due = result["annuity"]
    else:
        due = next((one for one in result["capitals"] if one["guarantee"] == award.guarantee), None)
    if due is None:
        raise NothingToPropose
    computed = Money.parse(due.get("computed") or due["monthly" if isinstance(award, Annuity) else "amount"])
    most, terms = computed, read_terms(inputs["terms"])
    if isinstance(award, Annuity):
        most = award.full_amount
    elif award.guarantee == Guarantee.RETIREMENT_LOSS and terms.retirement is not None:
        most = terms.retirement.flat
    elif award.guarantee == Guarantee.DEATH and reason in BEYOND:
        return computed
    if amount is not None and amount > most:
        raise AboveTerms(pointer="/amount")
    return computed


def key_of(award: Award) -> UUID:
    return award.annuity if isinstance(award, Annuity) else award.capital
