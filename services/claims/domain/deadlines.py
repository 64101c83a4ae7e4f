"""Days after which something can no longer be asked: when people are told that one comes near.

From some days before it on, and until as many days after it: what is long over is shown where it stands, and is work
for nobody.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from kit.period import Period
from rules.book import NoValueAt, Rules
from services.claims.domain.claim_life import OPEN, Stage
from services.claims.domain.prescription import CODES, claim_clock
from services.claims.domain.work import Work

# Where a claim is while the insurer may still have to be asked for it.
UNSETTLED: Final = frozenset({Stage.DETECTED, *OPEN})


@dataclass(frozen=True, slots=True)
class Deadline:
    """What to do by a day, and where: the reference of the thing, and the name of the item."""

    kind: Work
    reference: str
    due: date


def watched(today: date, rules: Rules) -> Period:
    """The days that are told of today. Raises NoValueAt."""
    notice = timedelta(days=rules.at("claim.deadline.notice_days", today).integer)
    return Period(today - notice, today + notice)


def declare_by(opened_from: date, rules: Rules) -> date:
    """The last day on which a claim should be declared. Raises NoValueAt."""
    return opened_from + timedelta(days=rules.at("claim.declaration.days", opened_from).integer)


def days_of(opened_from: date, rules: Rules) -> Iterator[date]:
    """All the days that may bear on a claim of this first day, whatever the code of its insurer."""
    with suppress(NoValueAt):
        yield declare_by(opened_from, rules)
    yield from (until for code in CODES if (until := claim_clock(opened_from, code, rules).until) is not None)


def of_claim(claim: str, opened_from: date, stage: Stage, code: str | None, rules: Rules) -> Iterator[Deadline]:
    """What an unsettled claim has to be done by; `code`: that of its insurer, where it is known. Raises NoValueAt."""
    if stage is Stage.DETECTED:
        yield Deadline(Work.CLAIM_TO_DECLARE, f"/v1/claims/{claim}/declaration", declare_by(opened_from, rules))
    until = claim_clock(opened_from, code, rules).until
    if until is not None:
        yield Deadline(Work.CLAIM_PRESCRIPTION, f"/v1/claims/{claim}/file#prescription", until)
