"""How far a claim is, said in the same words wherever it is shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from gateway.dashboard.words import Words

CLOSED: Final = "CLOSED"
TONES: Final = {"APPROVED": "good", "REFUSED": "bad", "PROPOSED": "accent"}


def stage_of(claim: Mapping[str, Any]) -> str:
    """What people have done with it; one that the facts no longer support is over, whatever they had done.

    >>> stage_of({"status": "decided", "stage": "DETECTED"}), stage_of({"status": "closed", "stage": "DETECTED"})
    ('DETECTED', 'CLOSED')
    """
    return CLOSED if claim["status"] == "closed" else str(claim["stage"])


def tone_of(claim: Mapping[str, Any]) -> str:
    """The class of the tag that says it."""
    return TONES.get(stage_of(claim), "")


def awaited(claim: Mapping[str, Any], words: Words) -> str:
    """What its amounts wait for, or why there are none; empty where they are known.

    >>> awaited({"status": "awaiting_pay", "reason": "2025-03"}, Words("en"))
    'Pay of March 2025 awaited'
    """
    reason = claim["reason"]
    if not reason:
        return ""
    return words.of("waiting", reason) if reason in REASONS else words.t("waiting.pay", month=words.month(reason))


# What is said instead of a month of pay.
REASONS: Final = ("no_full_pay_month", "no_longer_due")
