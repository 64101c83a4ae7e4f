"""When the yearly proof of a dispense is due: told before it is missed, for then the agent is affiliated (S15)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from rules.vocabulary import AffiliationOutcome as Outcome
from services.eligibility.domain.affiliation import Stretch
from services.eligibility.domain.dispense import Holding


@dataclass(frozen=True, slots=True)
class ProofDue:
    """A proof of the request made on `requested_on` is due by `due`; without it, cover begins on `lapses_on`."""

    requested_on: date
    due: date
    lapses_on: date

    def told_from(self, notice_days: int) -> date:
        """The first day on which the employer is to be told."""
        return self.due - timedelta(days=notice_days)

    def is_open(self, today: date, notice_days: int) -> bool:
        """Whether the employer still has to act: from the notice until the dispense has lapsed."""
        return self.told_from(notice_days) <= today < self.lapses_on


def proofs_due(dispenses: Iterable[Holding], stretches: Sequence[Stretch]) -> tuple[ProofDue, ...]:
    """The proofs for want of which cover would begin: none where the employment ends first, or the agent gives up."""
    begins = {
        after.period.start
        for before, after in pairwise(stretches)
        if before.outcome is Outcome.DISPENSED and after.outcome in {Outcome.AFFILIATED, Outcome.SUSPENDED}
    }
    return tuple(
        ProofDue(one.requested_on, one.prove_by, one.lapses_on)
        for one in dispenses
        if one.prove_by is not None and one.lapses_on in begins
    )
