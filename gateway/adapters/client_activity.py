"""Clients' exchanges as stored: hours, last call and failure, how far each has read its feed, its webhooks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import delete, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.adapters.followed import FOLLOWED
from gateway.adapters.tables import client_hour
from gateway.domain.activity import Failure, Hour, Pending

# Waiting events are counted up to here in a list.
MOST_WAITING: Final = 1_000
_HOURS: Final = text("""
    INSERT INTO client_hour AS held (client, hour, calls, refused, failed)
    SELECT new.client, new.hour, new.calls, new.refused, new.failed
      FROM unnest(CAST(:clients AS text[]), CAST(:hours AS timestamptz[]), CAST(:calls AS int[]),
                  CAST(:refused AS int[]), CAST(:failed AS int[])) AS new (client, hour, calls, refused, failed)
           JOIN client ON client.id = new.client
     ORDER BY new.client, new.hour
    ON CONFLICT (client, hour) DO UPDATE SET calls = held.calls + excluded.calls,
       refused = held.refused + excluded.refused, failed = held.failed + excluded.failed
""")
_LAST: Final = text("""
    INSERT INTO client_activity AS held (client, called_at, failed_at, failed_status, failed_operation, read_to)
    SELECT new.client, new.called_at, new.failed_at, new.status, new.operation, new.read_to
      FROM unnest(CAST(:clients AS text[]), CAST(:called_at AS timestamptz[]), CAST(:failed_at AS timestamptz[]),
                  CAST(:statuses AS int[]), CAST(:operations AS text[]), CAST(:read_to AS bigint[]))
           AS new (client, called_at, failed_at, status, operation, read_to)
           JOIN client ON client.id = new.client
     ORDER BY new.client
    ON CONFLICT (client) DO UPDATE SET called_at = GREATEST(held.called_at, excluded.called_at),
       failed_at = COALESCE(excluded.failed_at, held.failed_at),
       failed_status = COALESCE(excluded.failed_status, held.failed_status),
       failed_operation = COALESCE(excluded.failed_operation, held.failed_operation),
       read_to = COALESCE(excluded.read_to, held.read_to)
""")
# The platform's own components, which read one another's feeds and call nothing here, are left out.
_STANDING: Final = """
    WITH recent AS (
        SELECT client, sum(calls) AS calls, sum(refused) AS refused, sum(failed) AS failed
          FROM client_hour WHERE hour > :since GROUP BY client),
    posted AS (
        SELECT client, count(*) AS webhooks, count(disabled_at) AS disabled,
               count(*) FILTER (WHERE failures > 0 AND disabled_at IS NULL) AS failing
          FROM webhook GROUP BY client),
    standing AS (
        SELECT c.id, c.name, c.insurer, c.department, c.employers, c.active,
               CASE WHEN c.insurer IS NOT NULL THEN 'INSURER' WHEN c.department IS NOT NULL THEN 'CENTRE'
                    WHEN c.employers IS NOT NULL THEN 'HRIS' ELSE 'PLATFORM' END AS kind,
               a.called_at, a.failed_at, a.failed_status, a.failed_operation, a.read_to,
               COALESCE(r.calls, 0) AS calls, COALESCE(r.refused, 0) AS refused, COALESCE(r.failed, 0) AS failed,
               COALESCE(p.webhooks, 0) AS webhooks, COALESCE(p.disabled, 0) AS disabled,
               COALESCE(p.failing, 0) AS failing,
               array_remove(ARRAY[
                   CASE WHEN p.disabled > 0 THEN 'WEBHOOK_DISABLED' END,
                   CASE WHEN p.failing > 0 THEN 'WEBHOOK_FAILING' END,
                   CASE WHEN r.failed > 0 THEN 'FAILED' END,
                   CASE WHEN r.refused > 0 THEN 'REFUSED' END], NULL) AS attention
          FROM client AS c LEFT JOIN client_activity AS a ON a.client = c.id LEFT JOIN recent AS r ON r.client = c.id
               LEFT JOIN posted AS p ON p.client = c.id
         WHERE c.active AND NOT (c.employers IS NULL AND c.scopes = ARRAY['events:read']))
"""
_PAGE: Final = text(
    _STANDING  # noqa: S608 - fragments of ours
    + """
    SELECT * FROM standing
     WHERE id > :after AND (CAST(:only AS text) IS NULL OR id = :only) AND (CAST(:kind AS text) IS NULL OR kind = :kind)
       AND (NOT CAST(:attention AS boolean) OR cardinality(attention) > 0)
     ORDER BY id LIMIT :limit
    """
)
_COUNTS: Final = text(
    _STANDING  # noqa: S608 - fragments of ours
    + """
    SELECT kind, count(*) AS clients, count(*) FILTER (WHERE cardinality(attention) > 0) AS attention
      FROM standing GROUP BY kind
    """
)
# Each client's own feed, in its own way; the other two ways are not looked at.
_BEHIND: Final = text(f"""
    SELECT asked.client, waiting.behind, waiting.since
      FROM unnest(CAST(:clients AS text[]), CAST(:positions AS bigint[])) AS asked (client, position)
           JOIN client AS c ON c.id = asked.client
           CROSS JOIN LATERAL (
               SELECT count(*) AS behind, min(CAST(envelope->>'time' AS timestamptz)) AS since FROM (
                   (SELECT envelope FROM partner_event AS p
                     WHERE c.insurer IS NOT NULL AND p.insurer = c.insurer AND p.position > asked.position
                       AND p.envelope IS NOT NULL ORDER BY p.position LIMIT :most)
                   UNION ALL
                   (SELECT envelope FROM employer_event AS e
                     WHERE c.insurer IS NULL AND c.employers IS NULL
                       AND e.position > asked.position ORDER BY e.position LIMIT :most)
                   UNION ALL
                   (SELECT own.envelope FROM ({FOLLOWED}) AS f CROSS JOIN LATERAL (
                        SELECT envelope FROM employer_event AS e
                         WHERE e.employer = f.employer AND e.position > asked.position LIMIT :most) AS own
                     WHERE c.insurer IS NULL AND c.employers IS NOT NULL LIMIT :most)) AS feed) AS waiting
""")  # noqa: S608 - a fragment of ours


@dataclass(frozen=True, slots=True)
class Exchange:
    """A client and how its exchanges go. `employers` None: all of them. Counts are of the last day.

    `read_to` is how far it has read its feed, `behind` what it has not, up to MOST_WAITING; None: it reads none.
    """

    id: str
    name: str
    kind: str
    insurer: str | None
    department: str | None
    employers: int | None
    called_at: datetime | None
    failure: Failure | None
    recent: Hour
    read_to: int | None
    behind: int | None
    waiting_since: datetime | None
    webhooks: int
    disabled: int
    failing: int
    attention: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """Which clients: of a kind, those that somebody should look at, or one. Hours after `since` are recent.

    `today` says whose events are delegated to them.
    """

    since: datetime
    today: date
    kind: str | None = None
    attention: bool = False
    only: str | None = None


async def add(tx: AsyncConnection, pending: Mapping[str, Pending]) -> None:
    """Add what clients did: two statements whatever their number. Who is no client is left out."""
    hours = [(client, hour, counted) for client, one in pending.items() for hour, counted in one.hours.items()]
    columns: dict[str, list[Any]] = {
        "clients": [client for client, _, _ in hours],
        "hours": [hour for _, hour, _ in hours],
        **{name: [getattr(counted, name) for _, _, counted in hours] for name in ("calls", "refused", "failed")},
    }
    await tx.execute(_HOURS, columns)
    failures = [one.failure for one in pending.values()]
    last: dict[str, list[Any]] = {
        "clients": list(pending),
        "called_at": [one.called_at for one in pending.values()],
        "failed_at": [one and one.at for one in failures],
        "statuses": [one and one.status for one in failures],
        "operations": [one and one.operation for one in failures],
        "read_to": [one.read_to for one in pending.values()],
    }
    await tx.execute(_LAST, last)


async def forget(tx: AsyncConnection, before: datetime) -> None:
    """Hours before that instant."""
    await tx.execute(delete(client_hour).where(client_hour.c.hour < before))


async def page(tx: AsyncConnection, asked: Asked, limit: int, after: str | None) -> list[Exchange]:
    """Clients by id with what waits for each: two statements whatever their number."""
    values = {"since": asked.since, "kind": asked.kind, "attention": asked.attention, "only": asked.only}
    rows = (await tx.execute(_PAGE, {**values, "after": after or "", "limit": limit})).all()
    waiting = await _behind(tx, {row.id: row.read_to for row in rows if row.read_to is not None}, asked.today)
    return [_exchange(row, waiting.get(row.id)) for row in rows]


async def counts(tx: AsyncConnection, since: datetime) -> dict[str, tuple[int, int]]:
    """By kind, how many clients there are, and how many of them somebody should look at."""
    return {row.kind: (row.clients, row.attention) for row in await tx.execute(_COUNTS, {"since": since})}


async def hours(tx: AsyncConnection, client: str, since: datetime) -> list[tuple[datetime, Hour]]:
    """The hours in which a client called, in order."""
    table = client_hour.c
    query = select(client_hour).where(table.client == client, table.hour > since).order_by(table.hour)
    return [(row.hour, Hour(row.calls, row.refused, row.failed)) for row in await tx.execute(query)]


async def _behind(
    tx: AsyncConnection, read_to: Mapping[str, int], today: date
) -> dict[str, tuple[int, datetime | None]]:
    if not read_to:
        return {}
    asked: dict[str, Sequence[Any] | int] = {"clients": list(read_to), "positions": list(read_to.values())}
    rows = await tx.execute(_BEHIND, {**asked, "most": MOST_WAITING, "today": today})
    return {row.client: (row.behind, row.since) for row in rows}


def _exchange(row: Any, waiting: tuple[int, datetime | None] | None) -> Exchange:
    failure = None
    if row.failed_at is not None:
        failure = Failure(row.failed_at, row.failed_status, row.failed_operation)
    behind, since = waiting or (None, None)
    return Exchange(
        id=row.id,
        name=row.name,
        kind=row.kind,
        insurer=row.insurer,
        department=row.department,
        employers=None if row.employers is None else len(row.employers),
        called_at=row.called_at,
        failure=failure,
        recent=Hour(row.calls, row.refused, row.failed),
        read_to=row.read_to,
        behind=behind,
        waiting_since=since,
        webhooks=row.webhooks,
        disabled=row.disabled,
        failing=row.failing,
        attention=tuple(row.attention),
    )
