"""Whether a leave can be taken over: what is stated of it must fit what is known of it."""

from __future__ import annotations

from datetime import date

from services.claims.domain.agent_file import AgentFile
from services.claims.domain.errors import DayTooEarly, DayTooLate, LeaveNotTakenOver, UnknownLeave
from services.claims.domain.stated_day import begun
from services.claims.domain.statutory import ALWAYS_FULL


def check_takeover(file: AgentFile, leave: str, start: date, reference: date | None) -> None:
    """`start`: the first day paid for here; `reference`: the first of the reference month, where it is told.

    Raises UnknownLeave (cancelled), LeaveNotTakenOver, DayTooEarly, DayTooLate.
    """
    entries = [entry for one in file.leaves if one.id == leave for entry in one.entries]
    if not entries:
        raise UnknownLeave(pointer="/leave")
    since = begun(file.entries, min(entry.start for entry in entries))
    if start < since:
        raise DayTooEarly(pointer="/from")
    paid = [entry for entry in entries if entry.end >= start]
    if not paid:
        raise DayTooLate(pointer="/from")
    if all(entry.kind in ALWAYS_FULL for entry in paid):
        raise LeaveNotTakenOver(pointer="/leave")
    if reference is not None and reference > since:
        raise DayTooLate(pointer="/reference_pay/month")
