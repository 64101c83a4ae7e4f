"""What a month would cost: the same terms, base and rounding as a run, for one made-up agent, nothing stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kit.money import Money
from kit.period import Month
from kit.trace import Trace
from rules.book import Rules
from rules.pay import PayElements
from rules.vocabulary import Category, Guarantee, Regime
from services.contributions.domain import errors
from services.contributions.domain.base import Base, Status, contribution_base
from services.contributions.domain.line import Line, Total, contribution, total
from services.contributions.domain.pay_line import PayLine
from services.contributions.domain.terms import DatedRate, GuaranteeTerms, Terms


@dataclass(frozen=True, slots=True)
class Question:
    """Either `base`, or `pay` with `regime`; the guarantees in any order."""

    month: Month
    guarantees: Sequence[Guarantee]
    base: Money | None = None
    pay: PayElements | None = None
    regime: Regime | None = None
    category: Category | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """`lines` in the order of the enumeration, those of 0.00 left out; `total` is their sum."""

    lines: tuple[Line, ...]
    total: Total
    rates_guaranteed: bool
    trace: Trace


def simulate(terms: Terms, question: Question, rules: Rules) -> Answer:
    """Answer, or raise one of `domain.errors`, a TPP error of `rules.errors`, or NoValueAt."""
    priced = [_priced(terms, question, code) for code in _asked(terms, question)]
    base, base_trace = _base(terms, question, rules)
    computed = [contribution(base, guarantee, rate) for guarantee, rate in priced]
    lines = tuple(line for line in computed if line.amount)
    sums = total(lines)
    trace = Trace(
        "contributions.simulation",
        f"accord {terms.agreement}, art. 5",
        {"agreement": terms.agreement, "version": terms.version, "month": question.month},
        {"amount": sums.amount, "employer": sums.employer, "agent": sums.agent},
        (base_trace, *(line.trace for line in computed)),
    )
    guaranteed = all(rate.guaranteed_in(question.month) for _, rate in priced)
    return Answer(lines, sums, guaranteed, trace)


def _asked(terms: Terms, question: Question) -> list[Guarantee]:
    """The guarantees in the order of the enumeration, checked as a set."""
    asked = list(question.guarantees)
    if len(set(asked)) != len(asked):
        raise errors.DuplicateGuarantee(pointer="/guarantees")
    if Guarantee.BASE not in asked:
        raise errors.MandatoryGuaranteeMissing(pointer="/guarantees")
    if question.month.last < terms.effective.start or question.month.first > terms.effective.last:
        raise errors.MonthOutsideAgreement(pointer="/month")
    return [code for code in Guarantee if code in asked]


def _priced(terms: Terms, question: Question, code: Guarantee) -> tuple[GuaranteeTerms, DatedRate]:
    """A guarantee and its rate of the month."""
    pointer = f"/guarantees/{list(question.guarantees).index(code)}"
    guarantee = terms.guarantee(code)
    if guarantee is None:
        raise errors.GuaranteeNotInAgreement(pointer=pointer)
    if question.regime is not None and question.regime not in guarantee.populations:
        raise errors.GuaranteeNotOpen(pointer=pointer)
    rate = guarantee.rate_in(question.month)
    if rate is None:
        raise errors.MonthOutsideAgreement(pointer="/month")
    return guarantee, rate


def _base(terms: Terms, question: Question, rules: Rules) -> tuple[Money, Trace]:
    if (question.base is None) == (question.pay is None):
        raise errors.BaseOrPay(pointer="/base")
    if question.base is not None:
        return question.base, Trace("contribution.base", "assiette donnée", {}, question.base)
    assert question.pay is not None
    if question.regime is None:
        raise errors.RegimeRequired(pointer="/regime")
    status = Status(question.regime, question.category)
    found: Base = contribution_base(terms, status, PayLine(question.month, 0, question.pay), rules)
    return found.amount, found.trace
