"""From gross to net, line by line, for one month (rulebook §3.2 and §3.3).

Net is before income tax and before contributions to prévoyance. Each base is rounded to the cent first, and each amount
is that base × a rate, rounded. A parameter is read only where its base is not zero, so that a month is refused
(`NoValueAt`) for what it needs and for nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final

from kit.money import Money, round_half_up
from kit.period import Month
from kit.rate import Rate
from kit.trace import Trace
from rules.book import Rules
from rules.pay import PayElements, withheld_tpp
from rules.vocabulary import Category, Regime
from services.claims.domain.errors import RegimeNotSimulated

REFERENCE: Final = "rulebook §3.2 et §3.3"
# Cents not rounded yet; whole ones are mostly integers, which are quicker to add and multiply.
Exact = int | Fraction


class LineCode(StrEnum):
    """The lines of a simulated payslip, in the order in which they are shown."""

    TPP = "TPP"
    CNRACL_TIB = "CNRACL_TIB"
    CNRACL_NBI = "CNRACL_NBI"
    RAFP = "RAFP"
    VIEILLESSE_PLAFONNEE = "VIEILLESSE_PLAFONNEE"
    VIEILLESSE_DEPLAFONNEE = "VIEILLESSE_DEPLAFONNEE"
    IRCANTEC_A = "IRCANTEC_A"
    IRCANTEC_B = "IRCANTEC_B"
    CSG_DEDUCTIBLE = "CSG_DEDUCTIBLE"
    CSG_NON_DEDUCTIBLE = "CSG_NON_DEDUCTIBLE"
    CRDS = "CRDS"


@dataclass(frozen=True, slots=True)
class Line:
    """What one rule withholds. The TPP is an amount below zero, without base or rate."""

    code: LineCode
    base: Money | None
    rate: Rate | None
    amount: Money
    trace: Trace


@dataclass(frozen=True, slots=True)
class NetPay:
    """A month's net, and the two nets that guarantees are made of, both without SFT and IR."""

    gross: Money
    lines: tuple[Line, ...]
    net: Money
    net_tib_nbi: Money
    net_ri: Money
    trace: Trace


@dataclass(frozen=True, slots=True)
class Gross:
    """Monthly elements after TPP, in exact cents: a share of an element is not rounded before its base is."""

    tib: Exact
    nbi: Exact
    ri: Exact = 0
    sft: Exact = 0
    ir: Exact = 0
    other: Exact = 0

    @property
    def total(self) -> Exact:
        return self.tib + self.nbi + self.ri + self.sft + self.ir + self.other


@dataclass(frozen=True, slots=True)
class Payslip:
    """The contributions of a gross, and its net in exact cents."""

    lines: tuple[Line, ...]
    net: Exact


@dataclass(frozen=True, slots=True)
class _Base:
    """What a contribution is a share of, rounded to the cent."""

    code: LineCode
    rule: str
    amount: Money


def net_pay(month: Month, regime: Regime, category: Category | None, pay: PayElements, rules: Rules) -> NetPay:
    """The net of a month's gross elements.

    Raises RegimeNotSimulated, CategoryRequired, TppAboveRi, TppNotApplicable, NoValueAt.
    """
    check_regime(regime)
    tpp = withheld_tpp(pay, regime, category, month, rules)
    tib, nbi, ri, sft, ir, other = (
        amount.cents for amount in (pay.tib, pay.nbi, pay.ri - tpp.amount, pay.sft, pay.ir, pay.other)
    )
    paid = payslip(Gross(tib, nbi, ri, sft, ir, other), regime, month, rules)
    tib_nbi = _cents(payslip(Gross(tib, nbi), regime, month, rules).net)
    with_ri = _cents(payslip(Gross(tib, nbi, ri), regime, month, rules).net)
    gross = pay.total - tpp.amount
    withheld = (Line(LineCode.TPP, None, None, -tpp.amount, tpp.trace),) if tpp.amount else ()
    steps = (
        tpp.trace,
        *(line.trace for line in paid.lines),
        _step("net.tib_nbi", tib_nbi),
        _step("net.tib_nbi_ri", with_ri),
    )
    return NetPay(
        gross=gross,
        lines=withheld + paid.lines,
        net=_cents(paid.net),
        net_tib_nbi=tib_nbi,
        net_ri=with_ri - tib_nbi,
        trace=Trace("net-pay", REFERENCE, {"month": month, "regime": regime, "gross": gross}, _cents(paid.net), steps),
    )


def check_regime(regime: Regime) -> None:
    """Raise RegimeNotSimulated for private law, whose rates nobody vouches for here."""
    if regime is Regime.PRIVATE_LAW:
        raise RegimeNotSimulated(pointer="/regime")


def payslip(gross: Gross, regime: Regime, month: Month, rules: Rules) -> Payslip:
    """The contributions withheld from a gross, those of amount zero left out, and what is left. Raises NoValueAt."""
    lines = tuple(_contributions(gross, regime, month.first, rules))
    return Payslip(lines, gross.total - sum(line.amount.cents for line in lines))


def share_of(exact: Exact, share: Decimal) -> Exact:
    """A part of exact cents, as an integer where it is one."""
    part = exact * Fraction(share)
    return part.numerator if part.denominator == 1 else part


def _cents(exact: Exact) -> Money:
    assert exact.denominator == 1, "whole cents in, whole cents out"
    return Money(exact.numerator)


def _step(rule: str, net: Money) -> Trace:
    return Trace(rule, "rulebook §3.3 : net marginal, sans SFT ni IR", {}, net)


def _contributions(gross: Gross, regime: Regime, day: date, rules: Rules) -> Iterator[Line]:
    special = regime is Regime.CNRACL
    for base in (*(_special if special else _general)(gross, day, rules), *_social(gross, day, rules)):
        if base.amount and (line := _line(base, day, rules)).amount:
            yield line


def _line(base: _Base, day: date, rules: Rules) -> Line:
    rule = rules.at(base.rule, day)
    amount = base.amount * rule.rate
    trace = Trace(rule.id, rule.reference, {"base": base.amount, "rate": rule.rate}, amount)
    return Line(base.code, base.amount, rule.rate, amount, trace)


def _base(code: LineCode, rule: str, exact: Exact) -> _Base:
    return _Base(code, rule, Money(round_half_up(exact)))


def _special(gross: Gross, day: date, rules: Rules) -> Iterator[_Base]:
    """Régime spécial: pension on TIB and NBI, RAFP on the rest within a share of the TIB."""
    yield _base(LineCode.CNRACL_TIB, "cnracl.employee.tib", gross.tib)
    yield _base(LineCode.CNRACL_NBI, "cnracl.employee.nbi", gross.nbi)
    rest = gross.ri + gross.sft + gross.ir
    if rest:
        cap = share_of(gross.tib, rules.at("rafp.cap_share_of_tib", day).value)
        yield _base(LineCode.RAFP, "rafp.employee.rate", min(rest, cap))


def _general(gross: Gross, day: date, rules: Rules) -> Iterator[_Base]:
    """Régime général on the gross, IRCANTEC on the gross without SFT, both cut at the PMSS."""
    total = gross.total
    if not total:
        return
    ceiling = rules.at("pss.monthly", day).money.cents
    yield _base(LineCode.VIEILLESSE_PLAFONNEE, "vieillesse.capped.rate", min(total, ceiling))
    yield _base(LineCode.VIEILLESSE_DEPLAFONNEE, "vieillesse.uncapped.rate", total)
    base = total - gross.sft
    yield _base(LineCode.IRCANTEC_A, "ircantec.employee.a.rate", min(base, ceiling))
    if base > ceiling:
        top = share_of(ceiling, rules.at("ircantec.b.ceiling", day).value)
        yield _base(LineCode.IRCANTEC_B, "ircantec.employee.b.rate", min(base, top) - ceiling)


def _social(gross: Gross, day: date, rules: Rules) -> Iterator[_Base]:
    """CSG and CRDS, on a share of the gross up to some PMSS and on the whole of what lies above."""
    total = gross.total
    if not total:
        return
    limit = share_of(rules.at("pss.monthly", day).money.cents, rules.at("csg.abatement_ceiling", day).value)
    below = min(total, limit)
    base = share_of(below, rules.at("csg.base_share", day).value) + (total - below)
    yield _base(LineCode.CSG_DEDUCTIBLE, "csg.deductible.rate", base)
    yield _base(LineCode.CSG_NON_DEDUCTIBLE, "csg.non_deductible.rate", base)
    yield _base(LineCode.CRDS, "crds.rate", base)
