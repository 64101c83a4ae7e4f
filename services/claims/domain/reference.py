"""Reference pay: the two nets that every guarantee is a share of (rulebook §3.3).

The pay is taken as given, without revaluation; its nets use the parameters of its own month.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from kit.money import Money, round_half_up
from kit.period import Month
from kit.rate import Rate
from kit.trace import Trace
from rules.book import Rules, RuleValue
from rules.pay import PayElements
from rules.values import Row
from rules.vocabulary import Category, Regime
from services.claims.domain.net_pay import net_pay, share_of


@dataclass(frozen=True, slots=True)
class Insured:
    """What of an agent decides benefits, besides statutory rights."""

    regime: Regime
    category: Category | None = None
    birth_date: date | None = None


@dataclass(frozen=True, slots=True)
class ReferencePay:
    """The gross elements of the reference month. SFT and IR are on neither side of the comparison (rulebook S28)."""

    month: Month
    pay: PayElements


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


def reference_of(insured: Insured, given: ReferencePay, target: Rate, source: str, rules: Rules) -> Reference:
    """The nets and the target, rounded once. Raises as `net_pay`."""
    pay = PayElements(tib=given.pay.tib, nbi=given.pay.nbi, ri=given.pay.ri, tpp=given.pay.tpp)
    found = net_pay(given.month, insured.regime, insured.category, pay, rules)
    amount = (found.net_tib_nbi + found.net_ri) * target
    inputs = {"net_tib_nbi": found.net_tib_nbi, "net_ri": found.net_ri, "target": target}
    trace = Trace("benefit.target", source, inputs, amount, (found.trace,))
    return Reference(given, found.net_tib_nbi, found.net_ri, amount, trace)


@dataclass(frozen=True, slots=True)
class _Reading:
    """Rules that remember what was read of them; whoever stands before remembers it too."""

    rules: Rules
    read: list[RuleValue] = field(default_factory=list)

    def at(self, rule_id: str, day: date) -> RuleValue:
        value = self.rules.at(rule_id, day)
        self.read.append(value)
        return value

    def table(self, rule_id: str, day: date) -> tuple[Row, ...]:
        return self.at(rule_id, day).rows

    def moves(self, rule_id: str, since: date, until: date) -> bool:
        return self.rules.moves(rule_id, since, until)


@dataclass(frozen=True, slots=True)
class References:
    """The references of one set of decisions, each worked out once.

    A reference found again reads the same values of the law again, in the same order, so that a decision rests on what
    it would rest on alone. All must be asked under the same law.
    """

    _known: dict[tuple[object, ...], tuple[Reference, list[RuleValue]]] = field(default_factory=dict)

    def of(self, insured: Insured, given: ReferencePay, target: Rate, source: str, rules: Rules) -> Reference:
        """As `reference_of`."""
        key = (insured, given, target, source)
        if key not in self._known:
            reading = _Reading(rules)
            self._known[key] = (reference_of(insured, given, target, source, reading), reading.read)
            return self._known[key][0]
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
