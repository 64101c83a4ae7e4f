"""One contribution: a base times a rate, rounded once, split between employer and agent so that the shares add up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kit.money import Money
from kit.rate import Rate
from kit.trace import Trace
from rules.vocabulary import Guarantee
from services.contributions.domain.terms import DatedRate, GuaranteeTerms


@dataclass(frozen=True, slots=True)
class Line:
    """What is due for one agent, one month and one guarantee."""

    guarantee: Guarantee
    base: Money
    rate: Rate
    amount: Money
    employer: Money
    agent: Money
    unresolved: bool
    trace: Trace


@dataclass(frozen=True, slots=True)
class Total:
    """Sums over lines."""

    amount: Money
    employer: Money
    agent: Money


def contribution(base: Money, guarantee: GuaranteeTerms, dated: DatedRate) -> Line:
    """Base × rate, half up to the cent; the employer's share of it, half up; what is left is the agent's (art. 5)."""
    amount = base * dated.rate
    employer = amount * dated.employer_share
    agent = amount - employer
    trace = Trace(
        "contribution.amount",
        dated.source,
        {
            "guarantee": guarantee.code.value,
            "base": base,
            "rate": dated.rate,
            "rate_from": dated.period.start,
            "employer_share": dated.employer_share,
            "unresolved": guarantee.unresolved,
        },
        {"amount": amount, "employer": employer, "agent": agent},
    )
    return Line(guarantee.code, base, dated.rate, amount, employer, agent, guarantee.unresolved, trace)


def total(lines: Iterable[Line]) -> Total:
    kept = list(lines)
    return Total(
        Money.sum(line.amount for line in kept),
        Money.sum(line.employer for line in kept),
        Money.sum(line.agent for line in kept),
    )
