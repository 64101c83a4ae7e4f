"""The account of a contract for a year: what was contributed, for whom, and what was decided in benefits.

A contract is an accord with an insurer. A benefit is of the insurer on the day its claim began, also when another has
followed since: running benefits stay with the contract they began under (loi 89-1009, art. 7). Provisions, expenses and
financial income, which an insurer's report holds besides (art. 15), are the insurer's own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from kit.money import Money
from kit.period import Month, Period
from rules.vocabulary import Guarantee
from services.contributions.domain.delta import Amounts
from services.contributions.domain.terms import Membership


@dataclass(frozen=True, slots=True)
class Contributed:
    """One guarantee. `issued`: on the statements of the year, `earlier` of it about years before. `later`: about the
    year, on statements after it. `agents` contribute in the year, for `agent_months` months in all.
    """

    guarantee: Guarantee
    issued: Amounts
    earlier: Amounts
    later: Amounts
    agents: int
    agent_months: int

    @property
    def due(self) -> Amounts:
        """What was issued about the months of the year, whenever it was."""
        return self.issued + -self.earlier + self.later


@dataclass(frozen=True, slots=True)
class Opening:
    """A claim that began."""

    agent: UUID
    on: date


@dataclass(frozen=True, slots=True)
class Paid:
    """What was decided for a month of a claim; `opened` None: its beginning is not known, its month stands for it."""

    agent: UUID
    claim: UUID
    month: Month
    opened: date | None
    benefit: Money
    ri_full_pay: Money


@dataclass(frozen=True, slots=True)
class Annuity:
    """An annuity: how much a month, from which day on."""

    agent: UUID
    period: Period
    opened: date | None
    steps: tuple[tuple[date, Money], ...]

    def monthly(self, day: date) -> Money:
        """What is due a month on a day; nothing when it does not run."""
        if day not in self.period:
            return Money.zero()
        begun = [step for step in self.steps if step[0] <= day]
        return max(begun)[1] if begun else Money.zero()


@dataclass(frozen=True, slots=True)
class Capital:
    """A capital, due once."""

    agent: UUID
    guarantee: Guarantee
    due: date
    amount: Money


@dataclass(frozen=True, slots=True)
class Benefits:
    """All that was decided under an accord about a year."""

    openings: Sequence[Opening] = ()
    paid: Sequence[Paid] = ()
    annuities: Sequence[Annuity] = ()
    capitals: Sequence[Capital] = ()


@dataclass(frozen=True, slots=True)
class Sum:
    """So many agents, cases (months, annuities, capitals), and what they come to."""

    agents: int
    cases: int
    amount: Money


@dataclass(frozen=True, slots=True)
class BenefitAccount:
    """Benefits of a contract in a year. `annuities`: those that run on its last day, a month's amount of them."""

    claims_opened: int
    income: Sum
    ri_full_pay: Sum
    annuities_begun: int
    annuities: Sum
    capitals: Mapping[Guarantee, Sum]


def insurer_on(insurers: Sequence[Membership], day: date) -> str | None:
    """Who carries the risk on a day; None when the accord does not say."""
    return next((one.code for one in insurers if day in one.period), None)


def benefit_account(found: Benefits, insurers: Sequence[Membership], insurer: str, year: int) -> BenefitAccount:
    """The part of one insurer. A month or capital of 0.00 is no case: it was decided, and taken back or nil."""

    def own(day: date) -> bool:
        return insurer_on(insurers, day) == insurer

    paid = [one for one in found.paid if own(one.opened or one.month.first)]
    annuities = [one for one in found.annuities if own(one.opened or one.period.start)]
    last = Month(year, 12).last
    running = [(one.agent, one.monthly(last)) for one in annuities]
    capitals: dict[Guarantee, list[tuple[UUID, Money]]] = defaultdict(list)
    for one in found.capitals:
        if own(one.due):
            capitals[one.guarantee].append((one.agent, one.amount))
    return BenefitAccount(
        claims_opened=sum(own(one.on) for one in found.openings),
        income=_sum([(one.agent, one.benefit) for one in paid]),
        ri_full_pay=_sum([(one.agent, one.ri_full_pay) for one in paid]),
        annuities_begun=sum(one.period.start.year == year for one in annuities),
        annuities=_sum(running),
        capitals={code: _sum(capitals[code]) for code in Guarantee if code in capitals},
    )


def _sum(cases: Sequence[tuple[UUID, Money]]) -> Sum:
    counted = [(agent, amount) for agent, amount in cases if amount]
    return Sum(len({agent for agent, _ in counted}), len(counted), Money.sum(amount for _, amount in counted))
