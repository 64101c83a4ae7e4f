"""What the law says of the employer's participation: information beside a month's lines, no part of them.

Rulebook §4.1 and §4.5. A guarantee that the accord does not make compulsory is no « contrat collectif à adhésion
obligatoire »: what it is exempt from is for a tax adviser to say, and shown as such.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from kit.money import Money
from kit.period import Month
from rules.book import Rules
from rules.errors import NoValueAt
from rules.vocabulary import Guarantee, Regime
from services.contributions.domain.owed import Due, Owed
from services.contributions.domain.terms import Terms

MONTHS: Final = 12


class Social(StrEnum):
    """What becomes of a share in contributions, in the RAFP and in income tax."""

    EXCLUDED = "EXCLUDED"
    EXCLUDED_UP_TO_CEILING = "EXCLUDED_UP_TO_CEILING"
    DUE = "DUE"
    DEDUCTIBLE = "DEDUCTIBLE"
    TO_CONFIRM = "TO_CONFIRM"
    NOT_APPLICABLE = "NOT_APPLICABLE"


@dataclass(frozen=True, slots=True)
class Treatment:
    """How the employer's share of one guarantee is treated."""

    guarantee: Guarantee
    mandatory: bool
    social_contributions: Social
    rafp: Social
    csg_crds: Social
    forfait_social: Social
    income_tax: Social


@dataclass(frozen=True, slots=True)
class Information:
    """The participation of a month against its legal floor; `ceiling`: the monthly part of what is exempt, if any."""

    employer: Money
    floor: Money | None
    floor_met: bool | None
    ceiling: Money | None
    ceiling_exceeded: bool | None
    treatments: tuple[Treatment, ...]


def information(regime: Regime, found: Owed, terms: Mapping[str, Terms], pay: Money, rules: Rules) -> Information:
    """About the lines of one agent's month; `pay` is the whole of it. None where no source gives the figure."""
    kept, month = found.dues, found.month
    employer = Money.sum(due.line.employer for due in kept)
    mandatory = [(due, _mandatory(due, terms)) for due in kept]
    compulsory = Money.sum(due.line.employer for due, obliged in mandatory if obliged)
    floor = _floor(month, rules)
    ceiling = None if regime is Regime.CNRACL else _ceiling(month, pay, rules)
    return Information(
        employer=employer,
        floor=floor,
        floor_met=None if floor is None else employer >= floor,
        ceiling=ceiling,
        ceiling_exceeded=None if ceiling is None else compulsory > ceiling,
        treatments=tuple(_treatment(due.line.guarantee, regime, mandatory=obliged) for due, obliged in mandatory),
    )


def _mandatory(due: Due, terms: Mapping[str, Terms]) -> bool:
    guarantee = terms[due.agreement].guarantee(due.line.guarantee)
    return guarantee is not None and guarantee.mandatory


def _treatment(guarantee: Guarantee, regime: Regime, *, mandatory: bool) -> Treatment:
    cnracl = regime is Regime.CNRACL
    unsure = Social.TO_CONFIRM
    excluded = Social.EXCLUDED if cnracl else Social.EXCLUDED_UP_TO_CEILING
    rafp = Social.EXCLUDED if mandatory else unsure
    return Treatment(
        guarantee=guarantee,
        mandatory=mandatory,
        social_contributions=excluded if mandatory else unsure,
        rafp=rafp if cnracl else Social.NOT_APPLICABLE,
        csg_crds=unsure if cnracl else Social.DUE,
        forfait_social=unsure if cnracl or not mandatory else Social.DUE,
        income_tax=Social.DEDUCTIBLE if mandatory else Social.DUE,
    )


def _ceiling(month: Month, pay: Money, rules: Rules) -> Money | None:
    """6 % of the PASS and 1.5 % of pay, at most 12 % of the PASS (CSS D. 242-1), for one month."""
    try:
        day = month.first
        yearly = rules.at("pss.yearly", day).money
        of_pass = yearly * rules.at("psc.exemption.pass_share", day).rate
        of_pay = pay * MONTHS * rules.at("psc.exemption.pay_share", day).rate
        total = yearly * rules.at("psc.exemption.total_pass_share", day).rate
    except NoValueAt:
        return None
    return Money(min(of_pass + of_pay, total).cents // MONTHS)


def _floor(month: Month, rules: Rules) -> Money | None:
    try:
        return rules.at("participation.prevoyance.floor", month.first).money
    except NoValueAt:
        return None
