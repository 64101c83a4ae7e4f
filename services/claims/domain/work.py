"""What a person must do before an agent's case can be decided, or decided rightly."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Final

from kit.period import Period
from rules.book import Rules
from services.claims.domain.agent_file import AgentFile
from services.claims.domain.claim_documents import DAILY_ALLOWANCES, required
from services.claims.domain.errors import (
    LeaveKindNotApplicable,
    PrivateLawNotVerified,
    QuotityNotApplicable,
    SpellTooLong,
)
from services.claims.domain.proposal import ProposedClaim


class Work(StrEnum):
    """Its kinds, as the work list names them."""

    LEAVE_NOT_IN_REGIME = "leave-not-in-regime"
    LEAVE_QUOTITY_WRONG = "leave-quotity-wrong"
    LEAVE_TOO_LONG = "leave-too-long"
    PRIVATE_LAW_BY_HAND = "private-law-by-hand"
    CASE_HELD = "case-held"
    DAILY_ALLOWANCE_MISSING = "daily-allowance-missing"
    DAILY_ALLOWANCE_DOUBTFUL = "daily-allowance-doubtful"
    PAYMENT_ABOVE_DECIDED = "payment-above-decided"
    INSURER_DECISIONS_DIFFER = "insurer-decisions-differ"
    ANNUITY_TO_REVALUE = "annuity-to-revalue"
    OVERRIDE_TO_APPROVE = "override-to-approve"
    OVERRIDE_TO_REVIEW = "override-to-review"
    CLAIM_TO_DECLARE = "claim-to-declare"
    CLAIM_PRESCRIPTION = "claim-prescription"
    OVERPAYMENT_PRESCRIPTION = "overpayment-prescription"


# What has a day after which it can no longer be done: `domain/deadlines.py` says when it is told.
DEADLINES: Final = frozenset({Work.CLAIM_TO_DECLARE, Work.CLAIM_PRESCRIPTION, Work.OVERPAYMENT_PRESCRIPTION})
_OF_CODE: Final[Mapping[str, Work]] = {
    LeaveKindNotApplicable.code: Work.LEAVE_NOT_IN_REGIME,
    QuotityNotApplicable.code: Work.LEAVE_QUOTITY_WRONG,
    SpellTooLong.code: Work.LEAVE_TOO_LONG,
    PrivateLawNotVerified.code: Work.PRIVATE_LAW_BY_HAND,
}


def held_by(code: str) -> Work:
    """What to do about a case that is held for a reason; facts contradict each other where no kind says more."""
    return _OF_CODE.get(code, Work.CASE_HELD)


def work_on(file: AgentFile, claims: Sequence[ProposedClaim], today: date, rules: Rules) -> Iterator[Work]:
    """What is to be done about claims that are decided. Raises NoValueAt."""
    if any(_lacks_allowances(file, claim, today, rules) for claim in claims):
        yield Work.DAILY_ALLOWANCE_MISSING


def _lacks_allowances(file: AgentFile, claim: ProposedClaim, today: date, rules: Rules) -> bool:
    """Days that are over and paid for, in a regime whose agents have daily allowances, and none is known of them."""
    if claim.opened_from > today:
        return False
    days = Period(claim.opened_from, min(claim.last, today))
    kinds = {entry.kind for entry in claim.spell.entries if entry.period.meets(days)}
    documents = required(kinds, claim.spell.employment.regime, claim.opened_from, rules)
    return DAILY_ALLOWANCES in documents and not any(one.period.meets(days) for one in file.allowances)
