"""What ends with a contract and what it goes on owing (accord art. 8): what claims need to know of an end of cover."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final

from kit.period import ONE_DAY
from services.eligibility.domain.announcement import Transition
from services.eligibility.domain.reasons import ADHESION_ENDED, AGREEMENT_ENDED, Reason


class EndingKind(StrEnum):
    """Whether the accord itself ended, or the adhesion of one employer."""

    AGREEMENT_ENDED = "AGREEMENT_ENDED"
    ADHESION_ENDED = "ADHESION_ENDED"


_KINDS: Final[Mapping[Reason, EndingKind]] = {
    AGREEMENT_ENDED: EndingKind.AGREEMENT_ENDED,
    ADHESION_ENDED: EndingKind.ADHESION_ENDED,
}


@dataclass(frozen=True, slots=True)
class Ending:
    """A contract ended: why, its last day, and the insurers whose contract that was; none where nobody is known."""

    kind: EndingKind
    on: date
    insurers: tuple[str, ...]


def ending_of(move: Transition, content: Mapping[str, Any]) -> Ending | None:
    """The end of the contract behind an end of cover; None when cover ends for a reason of the agent's own."""
    kind = next((_KINDS[reason] for reason in move.reasons if reason in _KINDS), None)
    if kind is None:
        return None
    last = move.period.start - ONE_DAY
    day = last.isoformat()
    parties = content.get("insurers", ())
    insurers = tuple(p["code"] for p in parties if p["from"] <= day and (p["to"] is None or day <= p["to"]))
    return Ending(kind, last, insurers)
