"""Pay of nothing but amounts, written with its events in one statement: no row of it comes back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.db.copy import staged_rows
from kit.events.envelope import EventData
from kit.events.outbox import publish_told
from services.contributions.domain.intake import PlainPay

_AMOUNTS: Final = ("tib", "nbi", "ri", "sft", "ir", "tpp", "cabinet", "gross")
_TYPES: Final = {
    **dict.fromkeys(("employer", "matricule", "employment"), "text"),
    "month": "date",
    **dict.fromkeys(_AMOUNTS, "bigint"),
    "place": "integer",
    "data": "text",
}
_KEY: Final = "employer, matricule, employment, month"
# Of agents who are known, the months of which nothing is: looked up one by one, as a stage has no statistics to join
# by; in the order of the key, or an index by month alone may be taken for as good, and all of a month be read.
# Written in the order of the key too, and before their events are numbered, as any pay is: writers that wait for each
# other then wait in one order.
_FACTS: Final = f"""
    looked AS MATERIALIZED (
        SELECT s.*, (SELECT agent FROM agent_matricule m WHERE m.employer = s.employer AND m.matricule = s.matricule),
               (SELECT version FROM pay_version p
                 WHERE p.employer = s.employer AND p.matricule = s.matricule AND p.employment = s.employment
                   AND p.month = s.month ORDER BY p.version DESC LIMIT 1) AS known
          FROM stage_plain_pay s),
    fresh AS MATERIALIZED (SELECT * FROM looked WHERE agent IS NOT NULL AND known IS NULL),
    written AS (
        INSERT INTO pay_version ({_KEY}, {", ".join(_AMOUNTS)}, version, other, rappels, recorded_at, recorded_by)
        SELECT {_KEY}, {", ".join(_AMOUNTS)}, 1, '{{}}', '[]', :at, :by FROM fresh ORDER BY {_KEY}
        RETURNING month),
    told AS MATERIALIZED (
        SELECT place, CAST(agent AS text) AS key, employer, concat('{{"agent":"', agent, '",', data) AS data
          FROM fresh WHERE (SELECT count(*) FROM written) > 0)
"""  # noqa: S608 - our own names
_LEFT: Final = "SELECT place FROM looked WHERE agent IS NULL OR known IS NOT NULL ORDER BY place"


async def record(
    tx: AsyncConnection, event: type[EventData], pays: Iterable[tuple[PlainPay, str]], at: datetime, by: str
) -> list[int]:
    """Write pays, each of another month or agent, with an `event` each, given as its payload after the agent.

    The places of those left out: nobody is known by their matricule, or something is of their month. Raises
    IntegrityError when somebody else writes one of them at the same moment.
    """
    rows = ((*pay, place, data) for place, (pay, data) in enumerate(pays))
    async with staged_rows(tx, "stage_plain_pay", _TYPES, rows):
        return [place for (place,) in await publish_told(tx, event, _FACTS, _LEFT, {"at": at, "by": by})]
