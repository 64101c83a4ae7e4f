"""Reference pay: the two nets that every guarantee is a share of (rulebook §3.3).

The pay is taken as given, without revaluation; its nets use the parameters of its own month.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from kit.money import Money, round_half_up
from kit.period import Month
from kit.trace import Trace
from rules.book import Rules, RuleValue
from rules.pay import PayElements
from rules.vocabulary import Category, PayElement, Regime
from services.claims.domain.errors import BaseUnknown, NetNotApplicable
from services.claims.domain.net_pay import net_pay, share_of
from services.claims.domain.terms import ELEMENTS, BaseTerms, BenefitTerms, IncomeTerms, Net

# The elements in the order of the fields of PayElements.
PARTS: Final = (
    PayElement.TIB,
    PayElement.NBI,
    PayElement.RI,
    PayElement.SFT,
    PayElement.IR,
    PayElement.OTHER,
)


@dataclass(frozen=True, slots=True)
class Insured:
    """What of an agent decides benefits, besides statutory rights."""

    regime: Regime
    category: Category | None = None
    birth_date: date | None = None


@dataclass(frozen=True, slots=True)
class ReferencePay:
    """The gross elements of the reference month.

    `net`: of private law, as payroll told it, before income tax and contributions to prévoyance: nobody vouches for its
    rates here. `found`: how the pay was found; None where somebody told it.
    """

    month: Month
    pay: PayElements
    net: Money | None = None
    found: Trace | None = field(default=None, compare=False)

    @property
    def steps(self) -> tuple[Trace, ...]:
        return () if self.found is None else (self.found,)


@dataclass(frozen=True, slots=True)
class Reference:
    """The nets of the reference pay, and the target of the accord."""

    given: ReferencePay
    net_tib_nbi: Money
    net_ri: Money
    target: Money
    trace: Trace

    @property
    def net(self) -> Money:
        return self.net_tib_nbi + self.net_ri


def reference_of(insured: Insured, given: ReferencePay, terms: BenefitTerms, rules: Rules) -> Reference:
    """The nets and the target, rounded once. Raises as `net_pay`, NetNotApplicable, and BaseUnknown."""
    income = terms.income
    if insured.regime is Regime.PRIVATE_LAW and given.net is not None:
        return _of_told_net(given, given.net, income)
    if given.net is not None:
        raise NetNotApplicable(pointer="/reference_pay/net")
    pay = counted(given.pay, ELEMENTS)
    found = net_pay(given.month, insured.regime, insured.category, pay, rules)
    steps: tuple[Trace, ...] = (*given.steps, found.trace)
    net = found.net_tib_nbi + found.net_ri
    inputs: dict[str, object] = {}
    elements = income.compared.elements
    if elements != ELEMENTS:
        others = net_pay(given.month, insured.regime, insured.category, counted(given.pay, elements), rules)
        net, inputs, steps = others.net, {"net": others.net, "elements": sorted(elements)}, (*steps, others.trace)
    if income.compared.net is Net.AFTER_CONTRIBUTION:
        after = given.pay.after_tpp(insured.regime, insured.category, given.month, rules)
        own = own_contribution(terms, insured.regime, after, given.month)
        net, inputs = net - own, {**inputs, "own_contribution": own}
    amount = net * income.target
    nets = {"net_tib_nbi": found.net_tib_nbi, "net_ri": found.net_ri, "target": income.target, **inputs}
    trace = Trace("benefit.target", income.source, nets, amount, steps)
    return Reference(given, found.net_tib_nbi, found.net_ri, amount, trace)


def without_net(given: ReferencePay) -> Reference:
    """The reference of what needs no net: a capital is a share of gross pay."""
    zero = Money.zero()
    return Reference(given, zero, zero, zero, Trace("benefit.target", "capital : sans net", {}, zero, given.steps))


def _of_told_net(given: ReferencePay, net: Money, income: IncomeTerms) -> Reference:
    """Private law: the décret and the accord guarantee shares of the whole net income (décret 2022-581 art. 4)."""
    amount = net * income.target
    told = Trace("net-pay", "net déclaré par la paie : taux de droit privé non vérifiés", {"net": net}, net)
    trace = Trace("benefit.target", income.source, {"net": net, "target": income.target}, amount, (told,))
    return Reference(given, net, Money.zero(), amount, trace)


def counted(pay: PayElements, elements: Collection[PayElement]) -> PayElements:
    """The elements that an accord guarantees a share of; the TPP is withheld from the RI alone."""
    if PayElement.ALL in elements:
        return pay
    tib, nbi, ri, sft, ir, other = (pay.of(one) if one in elements else Money.zero() for one in PARTS)
    return PayElements(tib, nbi, ri, sft, ir, other, pay.tpp if PayElement.RI in elements else None)


def told_by(pay: PayElements, terms: BenefitTerms, regime: Regime) -> PayElements:
    """The elements of pay that an accord takes anything from: another that changes is no other reference."""
    bases = [base.elements for base in terms.bases if regime in base.populations]
    return counted(pay, ELEMENTS.union(terms.income.compared.elements, *bases))


def own_contribution(terms: BenefitTerms, regime: Regime, pay: PayElements, month: Month) -> Money:
    """What the agent pays for the base guarantee out of a month's pay, after TPP (S29). Raises BaseUnknown.

    By the rate of the first day, or by the first one when it begins inside the month. The amount and the employer's
    part of it are rounded. Both are so when they are owed.
    """
    rule = base_of(terms, regime)
    base = Money.sum(pay.of(element) for element in rule.elements)
    begun = [one for one in terms.income.contributions if one.start <= month.last]
    if not begun:
        return Money.zero()
    held = max((one for one in begun if one.start <= month.first), default=begun[0], key=lambda one: one.start)
    amount = base * held.rate
    return amount - amount * held.employer_share


def base_of(terms: BenefitTerms, regime: Regime) -> BaseTerms:
    """What the contributions of a regime are a percentage of. Raises BaseUnknown."""
    rule = next((base for base in terms.bases if regime in base.populations), None)
    if rule is None:
        raise BaseUnknown
    return rule


@dataclass(frozen=True, slots=True)
class References:
    """The references of one set of decisions, each worked out once.

    A reference found again reads the same values of the law again, in the same order, so that a decision rests on what
    it would rest on alone. All must be asked under the same law.
    """

    _known: dict[tuple[object, ...], tuple[Reference, list[RuleValue]]] = field(default_factory=dict)

    def of(self, insured: Insured, given: ReferencePay, terms: BenefitTerms, rules: Rules) -> Reference:
        """As `reference_of`."""
        key = (insured, given, terms)
        if key not in self._known:
            reading = rules.recorder()
            self._known[key] = (reference_of(insured, given, terms, reading), reading.used)
        found, read = self._known[key]
        for value in read:
            rules.at(value.id, value.start)
        return found


def income_floor(reference: Reference, day: date, rules: Rules) -> tuple[Money, Trace]:
    """What the décret makes the employer owe at least during a leave, whole month, rounded once."""
    tib_nbi, ri = rules.at("decree.itt.share_tib_nbi", day), rules.at("decree.itt.share_ri", day)
    exact = share_of(reference.net_tib_nbi.cents, tib_nbi.value) + share_of(reference.net_ri.cents, ri.value)
    amount = Money(round_half_up(exact))
    inputs = {"share_tib_nbi": tib_nbi.rate, "share_ri": ri.rate}
    return amount, Trace("decree.itt", tib_nbi.reference, inputs, amount)


def annuity_floor(reference: Reference, day: date, rules: Rules) -> tuple[Money, Trace]:
    """What the décret grants at least after an invalidity, pensions included, rounded once."""
    share = rules.at("decree.annuity.share", day)
    amount = reference.net * share.rate
    return amount, Trace(share.id, share.reference, {"net": reference.net, "share": share.rate}, amount)
