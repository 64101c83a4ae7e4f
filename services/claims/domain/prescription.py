"""Until when a benefit may be asked of an insurer: it depends on the code the insurer is under (rulebook §7)."""

from __future__ import annotations

from datetime import date
from typing import Final

from kit.period import add_years
from rules.book import NoValueAt, Rules
from rules.vocabulary import Guarantee
from services.claims.domain.overpayment import Clock, risk_of

# The codes that an insurer may be under.
CODES: Final = ("MUTUALITE", "SECURITE_SOCIALE", "ASSURANCES")


def claim_clock(opened_from: date, code: str | None, rules: Rules) -> Clock:
    """From the first day that the claim pays for; None while nobody knows the code, or the text of that day."""
    if code is None:
        return Clock(None, "code dont relève l'assureur : inconnu")
    try:
        rule = rules.at(f"prescription.{code}.{risk_of(Guarantee.BASE, opened_from, rules)}", opened_from)
    except NoValueAt as missing:
        return Clock(None, f"aucun texte vérifié avant le {missing.first_known.isoformat()}")
    return Clock(add_years(opened_from, rule.integer), rule.reference)
