"""Webhooks as stored: the position of each, who is at it, what went wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.adapters.feed_pages import Whose
from gateway.adapters.followed import FOLLOWED
from gateway.adapters.tables import webhook
from gateway.domain.webhooks import Webhook
from kit.clock import PARIS

# Counted up to here: far behind is far behind.
MOST_BEHIND: Final = 10_000
_CLAIM: Final = text(
    f"""
    WITH due AS (
        SELECT w.id FROM webhook AS w JOIN client AS c ON c.id = w.client AND c.active
         WHERE w.disabled_at IS NULL AND w.next_at <= :now AND w.leased_until <= :now
           AND CASE WHEN c.insurer IS NOT NULL THEN EXISTS (
                        SELECT FROM partner_event AS p WHERE p.insurer = c.insurer AND p.position > w.position)
                    WHEN c.employers IS NULL THEN EXISTS (
                        SELECT FROM employer_event AS e WHERE e.position > w.position)
                    ELSE EXISTS (
                        SELECT FROM ({FOLLOWED}) AS f CROSS JOIN LATERAL (
                            SELECT FROM employer_event AS e
                             WHERE e.employer = f.employer AND e.position > w.position LIMIT 1) AS waiting) END
         ORDER BY w.next_at LIMIT :limit FOR UPDATE OF w SKIP LOCKED)
    UPDATE webhook SET leased_until = :until FROM due WHERE webhook.id = due.id RETURNING webhook.*
    """  # noqa: S608 - a fragment of ours
)
_WHOSE: Final = text(
    f"""
    SELECT c.insurer, CASE WHEN c.insurer IS NULL AND c.employers IS NOT NULL THEN ARRAY({FOLLOWED}) END AS employers
      FROM client AS c WHERE c.id = :client
    """  # noqa: S608 - a fragment of ours
)

_COUNT: Final = """
    SELECT count(*), min(at) FROM (
        SELECT (envelope->>'time')::timestamptz AS at FROM {feed}
         WHERE {whose} AND position > :after AND envelope IS NOT NULL ORDER BY position LIMIT {most}) AS waiting
    """
_BEHIND: Final = {
    kind: text(_COUNT.format(feed=feed, whose=whose, most=MOST_BEHIND))
    for kind, feed, whose in (
        ("insurer", "partner_event", "insurer = :insurer"),
        ("employers", "employer_event", "employer = ANY (:employers)"),
        ("all", "employer_event", "true"),
    )
}


@dataclass(frozen=True, slots=True)
class Keys:
    """The sealed keys that sign what a webhook posts, the newest first."""

    sealed: bytes
    previous: bytes | None = None


@dataclass(frozen=True, slots=True)
class Claimed:
    """A webhook that this process is at, until `leased_until` at most."""

    webhook: Webhook
    keys: Keys
    leased_until: datetime


def owner_of(client_id: str) -> str:
    """The scope that sees a client's webhooks. No SIRET and no insurer's code looks like it."""
    return f"client:{client_id}"


async def add(tx: AsyncConnection, one: Webhook, sealed: bytes) -> None:
    values = {name: getattr(one, name) for name in Webhook.__dataclass_fields__}
    values["types"] = None if one.types is None else sorted(one.types)
    also = {"owner": owner_of(one.client), "sealed": sealed, "leased_until": one.recorded_at}
    await tx.execute(insert(webhook).values(**values, **also))


async def count_of(tx: AsyncConnection, client_id: str) -> int:
    """How many a client has; two registrations at once count one after the other."""
    await tx.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": owner_of(client_id)})
    query = select(func.count()).select_from(webhook).where(webhook.c.client == client_id)
    return int((await tx.execute(query)).scalar_one())


async def find(tx: AsyncConnection, key: UUID) -> Webhook | None:
    row = (await tx.execute(select(webhook).where(webhook.c.id == key))).one_or_none()
    return None if row is None else _webhook(row)


async def page(tx: AsyncConnection, after: UUID | None, limit: int) -> list[Webhook]:
    query = select(webhook).order_by(webhook.c.id).limit(limit)
    if after is not None:
        query = query.where(webhook.c.id > after)
    return [_webhook(row) for row in (await tx.execute(query)).all()]


async def remove(tx: AsyncConnection, key: UUID) -> bool:
    gone = await tx.execute(delete(webhook).where(webhook.c.id == key).returning(webhook.c.id))
    return gone.one_or_none() is not None


async def restart(tx: AsyncConnection, key: UUID, position: int | None, now: datetime) -> bool:
    """Go on from a position, or from where it is, at once, as if nothing had failed. Whoever is at it notices."""
    values: dict[str, Any] = {"failures": 0, "disabled_at": None, "next_at": now, "leased_until": now}
    if position is not None:
        values["position"] = position
    done = await tx.execute(update(webhook).where(webhook.c.id == key).values(**values).returning(webhook.c.id))
    return done.one_or_none() is not None


async def rotate(tx: AsyncConnection, key: UUID, sealed: bytes, public: str, until: datetime | None) -> bool:
    """Sign with another key; with the former one too until then."""
    previous = {"previous_sealed": webhook.c.sealed if until is not None else None, "previous_until": until}
    changed = update(webhook).where(webhook.c.id == key).values(sealed=sealed, public=public, **previous)
    return (await tx.execute(changed.returning(webhook.c.id))).one_or_none() is not None


async def claim(tx: AsyncConnection, now: datetime, until: datetime, limit: int) -> list[Claimed]:
    """Webhooks with something to post that nobody is at."""
    today = now.astimezone(PARIS).date()
    rows = (await tx.execute(_CLAIM, {"now": now, "today": today, "until": until, "limit": limit})).all()
    found = []
    for row in rows:
        previous = row.previous_sealed if row.previous_until is not None and row.previous_until > now else None
        keys = Keys(bytes(row.sealed), None if previous is None else bytes(previous))
        found.append(Claimed(_webhook(row), keys, until))
    return found


async def save(tx: AsyncConnection, claimed: Claimed, changes: dict[str, Any]) -> bool:
    """Write what became of it; False when it is no longer this process's."""
    mine = webhook.c.id == claimed.webhook.id, webhook.c.leased_until == claimed.leased_until
    done = await tx.execute(update(webhook).where(*mine).values(**changes).returning(webhook.c.id))
    return done.one_or_none() is not None


async def behind(tx: AsyncConnection, one: Webhook, today: date) -> tuple[int, datetime | None]:
    """How many events of its feed it has not taken, at most MOST_BEHIND, and when the first of them was recorded."""
    whose = await followed(tx, one.client, today)
    values: dict[str, Any] = {"after": one.position}
    if whose.insurer is not None:
        query, values["insurer"] = _BEHIND["insurer"], whose.insurer
    elif whose.employers is None:
        query = _BEHIND["all"]
    else:
        query, values["employers"] = _BEHIND["employers"], sorted(whose.employers)
    row = (await tx.execute(query, values)).one()
    return int(row[0]), row[1]


async def followed(tx: AsyncConnection, client_id: str, today: date) -> Whose:
    """The feed that a client's webhooks follow that day, as far as the transaction's scope shows it."""
    row = (await tx.execute(_WHOSE, {"client": client_id, "today": today})).one()
    return Whose(row.insurer, None if row.employers is None else frozenset(row.employers))


def _webhook(row: Any) -> Webhook:
    values: dict[str, Any] = {name: getattr(row, name) for name in Webhook.__dataclass_fields__}
    values["types"] = None if row.types is None else frozenset(row.types)
    return Webhook(**values)
