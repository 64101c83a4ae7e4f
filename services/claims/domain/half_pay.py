"""What the employer pays for a whole month at half pay, net."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from kit.money import CENTS_PER_EURO, Money
from kit.period import Month
from kit.rate import Rate
from kit.trace import Trace
from rules.book import Rules
from rules.pay import withheld_tpp
from rules.vocabulary import LeaveKind
from services.claims.domain.net_pay import Exact, Gross, payslip, share_of
from services.claims.domain.situation import Situation

# A CLD suspends the NBI (décret 93-863 art. 2); the target keeps it.
WITHOUT_NBI: Final = frozenset({LeaveKind.CLD})


CENT: Final = Decimal(1) / CENTS_PER_EURO


def half_pay(situation: Situation, kind: LeaveKind, share: Rate, month: Month, rules: Rules) -> tuple[Exact, Trace]:
    """The net of a whole month on the half-pay leg, in exact cents, with the parameters of that month.

    TIB and NBI are cut and rounded apart; the RI kept and the TPP in proportion are rounded by no sentence. Raises as
    `net_pay`.
    """
    insured, pay, kept = situation.insured, situation.reference.given.pay, situation.maintained(kind)
    nbi = Money.zero() if kind in WITHOUT_NBI else pay.nbi * share
    ri = share_of(pay.ri.cents, kept.half.value)
    whole_tpp = withheld_tpp(pay, insured.regime, insured.category, month, rules)
    tpp = min(share_of(whole_tpp.amount.cents, share.value), ri)
    tib = pay.tib * share
    gross = Gross(tib.cents, nbi.cents, ri - tpp)
    found = payslip(gross, insured.regime, month, rules)
    inputs = {
        "month": month,
        "tib": tib,
        "nbi": nbi,
        "ri_rate": kept.half,
        "ri_after_tpp": exact_euros(ri - tpp),
        "ri_policy": "délibération" if kept.stated else "hypothèse : aucun maintien connu",
    }
    steps = (whole_tpp.trace, *(line.trace for line in found.lines))
    reference = "CGFP L. 822-3, L. 822-8, L. 822-15 ; décret 93-863 art. 2 ; décret 2016-588"
    return found.net, Trace("statutory.half_pay", reference, inputs, exact_euros(found.net), steps)


def exact_euros(cents: Exact) -> Decimal:
    """Exact cents as euros, with as many decimals as they need and at least two.

    >>> from fractions import Fraction
    >>> exact_euros(84900), exact_euros(Fraction(3, 2))
    (Decimal('849.00'), Decimal('0.015'))
    """
    euros = Decimal(cents.numerator) / cents.denominator / CENTS_PER_EURO
    rounded = euros.quantize(CENT)
    return rounded if rounded == euros else euros
