"""What was stated about an agent, from its rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row

from kit.period import Period
from rules.pay import PayElements
from services.claims.domain.agent_file import Takeover
from services.claims.domain.part_time import PartTime
from services.claims.domain.reference import ReferencePay
from services.claims.domain.situation import DailyAllowance
from services.claims.domain.temporary_invalidity import TemporaryInvalidity


def allowance_of(said: Row[Any]) -> DailyAllowance:
    return DailyAllowance(Period(said.starts, said.ends), said.daily)


def ait_of(said: Row[Any]) -> TemporaryInvalidity:
    return TemporaryInvalidity(Period(said.starts, said.ends), said.invalidity_group, said.monthly)


def part_time_of(said: Row[Any]) -> PartTime:
    return PartTime(Period(said.starts, said.ends), said.quotity)


def takeovers_of(said: Sequence[Row[Any]]) -> tuple[Takeover, ...]:
    """What counts of the statements about an agent's leaves, given in the order of their versions."""
    last = {row.leave: row for row in said}
    return tuple(
        Takeover(str(row.leave), row.agreement, row.starts, _reference(row))
        for row in last.values()
        if row.cancelled is None
    )


def _reference(said: Row[Any]) -> ReferencePay | None:
    month, tib, nbi, ri = said.reference_month, said.tib, said.nbi, said.ri
    if month is None or tib is None or nbi is None or ri is None:
        return None
    return ReferencePay(month, PayElements(tib=tib, nbi=nbi, ri=ri))
