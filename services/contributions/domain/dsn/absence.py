"""Days of leave as a DSN declares them (block 60), against those that Relais knows of the agent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from kit.period import ONE_DAY, Month, Period, merged
from services.contributions.domain.dsn.mapping import Block

LEAVE: Final = "S21.G00.60"
# Suspensions of the contract: some payrolls declare long leaves there, and there only.
_SUSPENSION: Final = "S21.G00.65"


def declared_leave(blocks: Iterable[Block], month: Month) -> list[Period]:
    """The days of the month that blocks 60 declare: from the day after the last one worked to the eve of the return,
    or to the planned end where no return is declared; open where neither is.
    """
    found: list[Period] = []
    for block in blocks:
        worked = block["last_day_worked"] if block.code == LEAVE else None
        if worked is None:
            continue
        start, end = date.fromisoformat(worked) + ONE_DAY, _last_day(block)
        if end is None or end >= start:
            found.append(Period(start, end))
    return _inside(found, month)


def disagreement(
    blocks: Sequence[Block], known: Sequence[Period], month: Month
) -> tuple[str | None, str | None] | None:
    """The days declared and the days known, as ISO intervals; None where they agree.

    Leave that is known and in no block 60 is none of our business where a block 65 suspends the contract.
    """
    declared, expected = declared_leave(blocks, month), _inside(known, month)
    if declared == expected or (not declared and any(block.code == _SUSPENSION for block in blocks)):
        return None
    return _shown(declared), _shown(expected)


def _last_day(block: Block) -> date | None:
    back, planned = block["return_date"], block["planned_end"]
    if back is not None:
        return date.fromisoformat(back) - ONE_DAY
    return None if planned is None else date.fromisoformat(planned)


def _inside(periods: Iterable[Period], month: Month) -> list[Period]:
    return merged(days for period in periods if (days := period.intersection(month.period())))


def _shown(days: Sequence[Period]) -> str | None:
    return ", ".join(f"{one.start}/{one.end}" for one in days) or None
