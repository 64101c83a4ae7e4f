"""Agents on sick leave when the contract takes effect join after thirty days back at work (accord art. 2.1)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from kit.period import ONE_DAY, merged
from services.eligibility.domain.file import AgentFile, Position
from services.eligibility.domain.presence import Run
from services.eligibility.domain.terms import EligibilityTerms


def joins_after_return(file: AgentFile, run: Run, terms: EligibilityTerms) -> date | None:
    """The day such an agent joins, or None when nothing defers: `date.max` when no return is in sight.

    Thirty full days without any position, then the day after: a return on 2025-03-21 joins on 2025-04-20. Only a leave
    of the list running on the effective date defers (S11), and only in the presence it belongs to. An agent already
    covered by a collective contract of the same kind joins at once.
    """
    effect = terms.effective.start
    running = [p for p in file.positions_on(effect) if p.kind in terms.on(effect).deferring_leaves]
    if file.prior_collective_cover or not running or effect not in run.period:
        return None
    last = running[0].period.last
    return terms.first_day(lambda said: _back_since(last, effect, file.positions, timedelta(days=said.return_days)))


def _back_since(last: date, effect: date, positions: Iterable[Position], asked: timedelta) -> date:
    """The day after that many full days back at work, a leave that ran at the effect having ended on `last`."""
    back = last
    for interruption in merged(p.period for p in positions):
        if interruption.last <= effect:
            continue
        if interruption.start > effect and back != date.max and interruption.start - back > asked:
            break
        back = max(back, interruption.last)
    return date.max if back == date.max else back + ONE_DAY + asked
