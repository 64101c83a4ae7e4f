"""The day on which an agent reaches the legal age of retirement (CSS L. 161-17-2; rulebook §5.2)."""

from __future__ import annotations

from datetime import date
from typing import Final

from kit.period import ONE_DAY, add_months, add_years
from kit.trace import Trace
from rules.book import Rules
from rules.values import Row
from services.claims.domain.errors import GenerationUnknown

BORN_FROM: Final = "born_from"
BORN_TO: Final = "born_to"


def legal_age_day(birth: date, since: date, rules: Rules) -> tuple[date, Trace]:
    """The day the legal age is reached by the table in force on that day, looked for from the table of `since` on.

    Raises GenerationUnknown.
    """
    probe = since
    while True:
        table = rules.at("retirement.legal_age", probe)
        row = next((row for row in table.rows if _born_in(birth, row)), None)
        if row is None:
            raise GenerationUnknown
        reached = add_months(add_years(birth, row.integer("years")), row.integer("months"))
        if table.end is None or reached <= table.end:
            due = reached if probe == since else max(reached, table.start)
            inputs = {"birth_date": birth, "years": row["years"], "months": row["months"]}
            inputs |= {"valid_from": table.start, "valid_to": table.end}
            return due, Trace(table.id, table.reference, inputs, due)
        probe = table.end + ONE_DAY


def _born_in(birth: date, row: Row) -> bool:
    first, last = row.date(BORN_FROM), row.date(BORN_TO)
    return (first is None or first <= birth) and (last is None or birth <= last)
