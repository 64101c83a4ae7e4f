"""What the employer pays for a whole month of reduced pay, net."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Final

from kit.money import CENTS_PER_EURO, Money, round_half_up
from kit.period import Month
from kit.rate import Rate
from kit.trace import Trace
from rules.book import Rules
from rules.pay import PayElements, withheld_tpp
from rules.vocabulary import LeaveKind, Leg
from services.claims.domain.net_pay import Exact, Gross, payslip, share_of
from services.claims.domain.part_time import FULL_TIME
from services.claims.domain.reference import counted, own_contribution
from services.claims.domain.situation import Situation
from services.claims.domain.terms import Compared, Net

# A CLD suspends the NBI (décret 93-863 art. 2); the target keeps it.
WITHOUT_NBI: Final = frozenset({LeaveKind.CLD})
CENT: Final = Decimal(1) / CENTS_PER_EURO
_RULES: Final = {Leg.HALF: "statutory.half_pay", Leg.FULL: "statutory.reduced_pay"}


@dataclass(frozen=True, slots=True)
class Cut:
    """Pay on the days of one kind and leg: `share` of TIB and NBI, and of the RI what the employer keeps.

    `revival`: what the pay of the reference is multiplied by since part-time work ended. `replaced`: somebody holds the
    agent's post, so that the NBI is lost.
    """

    kind: LeaveKind
    leg: Leg
    share: Rate
    revival: Fraction = FULL_TIME
    replaced: bool = False

    def ri_kept(self, situation: Situation) -> Rate:
        kept = situation.maintained(self.kind)
        return kept.full if self.leg is Leg.FULL else kept.half


def reduced_pay(situation: Situation, cut: Cut, month: Month, rules: Rules, compared: Compared) -> tuple[Exact, Trace]:
    """The net of a whole month at a share of pay, in exact cents, with the parameters of that month.

    Of the elements that are compared; SFT and IR among them are paid whole at full and at half pay (rulebook §1.4).
    TIB and NBI are cut and rounded apart; the RI kept and the TPP in proportion are rounded by no sentence. Raises as
    `net_pay`.
    """
    insured, kept = situation.insured, situation.maintained(cut.kind)
    pay = _revived(counted(situation.reference.given.pay, compared.elements), cut.revival)
    nbi = Money.zero() if cut.kind in WITHOUT_NBI or cut.replaced else pay.nbi * cut.share
    ri_kept = cut.ri_kept(situation)
    ri = share_of(pay.ri.cents, ri_kept.value)
    whole_tpp = withheld_tpp(pay, insured.regime, insured.category, month, rules)
    tpp = min(share_of(whole_tpp.amount.cents, cut.share.value), ri)
    tib = pay.tib * cut.share
    gross = Gross(tib.cents, nbi.cents, ri - tpp, pay.sft.cents, pay.ir.cents)
    found = payslip(gross, insured.regime, month, rules)
    net, own = found.net, Money.zero()
    if compared.net is Net.AFTER_CONTRIBUTION:
        paid = PayElements(tib=tib, nbi=nbi, ri=Money(round_half_up(ri - tpp)), sft=pay.sft, ir=pay.ir)
        own = own_contribution(situation.terms, insured.regime, paid, month)
        net -= own.cents
    inputs = {
        "month": month,
        "tib": tib,
        "nbi": nbi,
        "ri_rate": ri_kept,
        "ri_after_tpp": exact_euros(ri - tpp),
        "ri_policy": kept.source,
        **({} if cut.revival == FULL_TIME else {"full_time_revived": str(cut.revival)}),
    }
    lost = (_lost_nbi(cut, pay.nbi, month, rules),) if cut.replaced else ()
    steps = (*lost, whole_tpp.trace, *(line.trace for line in found.lines))
    reference = "CGFP L. 822-3, L. 822-8, L. 822-15 ; décret 93-863 art. 2 ; décret 2016-588"
    inputs |= {"own_contribution": own} if own else {}
    return net, Trace(_RULES[cut.leg], reference, inputs, exact_euros(net), steps)


def _lost_nbi(cut: Cut, whole: Money, month: Month, rules: Rules) -> Trace:
    """The NBI that goes to whoever replaces the agent."""
    rule = rules.at("leave.nbi.until_replaced", month.first)
    return Trace(rule.id, rule.reference, {"kind": cut.kind, "nbi": whole}, Money.zero())


def _revived(pay: PayElements, factor: Fraction) -> PayElements:
    """The pay of full time, each element rounded (décret 2004-777 art. 9)."""
    if factor == FULL_TIME:
        return pay
    tpp = None if pay.tpp is None else pay.tpp * factor
    return replace(pay, tib=pay.tib * factor, nbi=pay.nbi * factor, ri=pay.ri * factor, tpp=tpp)


def exact_euros(cents: Exact) -> Decimal:
    """Exact cents as euros, with as many decimals as they need and at least two.

    >>> from fractions import Fraction
    >>> exact_euros(84900), exact_euros(Fraction(3, 2))
    (Decimal('849.00'), Decimal('0.015'))
    """
    euros = Decimal(cents.numerator) / cents.denominator / CENTS_PER_EURO
    rounded = euros.quantize(CENT)
    return rounded if rounded == euros else euros
