"""Notices and their deliveries: due for whoever is covered, until there is a proof (art. 6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import ColumnElement, ScalarSelect, func, insert, literal, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.recording import Recording
from services.agreements.adapters.tables import notice, notice_delivery, notice_due, notice_mail

# Whoever keeps cover shares it, whoever makes a version due has it alone: of the two the later sees the other.
_DUE_LOCK = "hashtextextended('agreements.notices', 0)"
_ALONE = text(f"SELECT pg_advisory_xact_lock({_DUE_LOCK})")
_SHARE = text(f"SELECT pg_advisory_xact_lock_shared({_DUE_LOCK})")
# Whoever is covered on or after the day a version is due waits for it, since that day or the first covered one.
_DUE = text(
    """
    INSERT INTO notice_delivery (agreement, version, agent, employer, due_since)
    SELECT n.agreement, n.version, c.agent, c.employer,
           greatest(n.since, lower(c.days * datemultirange(daterange(n.since, NULL))))
      FROM notice_due n JOIN cover c ON c.agreement = n.agreement
     WHERE n.agreement = :agreement
       AND n.version = (SELECT max(version) FROM notice_due WHERE agreement = :agreement)
       AND (CAST(:agent AS text) IS NULL OR c.agent = :agent)
       AND c.days && daterange(n.since, NULL)
    ON CONFLICT (agreement, version, agent, employer)
       DO UPDATE SET due_since = least(notice_delivery.due_since, excluded.due_since)
       WHERE notice_delivery.delivered_on IS NULL AND excluded.due_since < notice_delivery.due_since
    """
)


class Cause(StrEnum):
    """Why a version is due: the insurer issued it, or the accord began or changed and it must follow (art. 6)."""

    ISSUE = "ISSUE"
    PUBLICATION = "PUBLICATION"
    CHANGE = "CHANGE"


@dataclass(frozen=True, slots=True)
class Notice:
    """A version of the notice. `reference` says where it is kept, `digest` is the SHA-256 of its file."""

    version: int
    insurer: str
    issued_on: date
    reference: str
    digest: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """A notice an agent waits for, or was handed. `issued`: whether the insurer's document of that version is there.

    `mail_state` and `mail_answer`: how the last e-mail that carried it stands, and what the relay said of it.
    """

    version: int
    agent: str
    employer: str
    due_since: date
    delivered_on: date | None
    channel: str | None
    proof: str | None = None
    issued: bool = True
    mail_state: str | None = None
    mail_answer: str | None = None


async def all_versions(tx: AsyncConnection, agreement: str) -> list[Notice]:
    """Every version issued, oldest first."""
    query = select(notice).where(notice.c.agreement == agreement).order_by(notice.c.version)
    rows = await tx.execute(query)
    return [Notice(row.version, row.insurer, row.issued_on, row.reference, row.digest) for row in rows]


async def expected(tx: AsyncConnection, agreement: str) -> tuple[int, date] | None:
    """The version that is due and not issued yet, and since when."""
    query = select(notice_due.c.version, notice_due.c.since).where(
        notice_due.c.agreement == agreement,
        notice_due.c.version > func.coalesce(_last(agreement), 0),
    )
    row = (await tx.execute(query.order_by(notice_due.c.version).limit(1))).one_or_none()
    return None if row is None else (row.version, row.since)


async def issue(tx: AsyncConnection, agreement: str, one: Notice, recording: Recording) -> None:
    """Keep a version, and make it due for everybody it concerns."""
    await tx.execute(
        insert(notice).values(
            agreement=agreement,
            version=one.version,
            insurer=one.insurer,
            issued_on=one.issued_on,
            reference=one.reference,
            digest=one.digest,
            recorded_at=recording.at,
            recorded_by=recording.by,
        )
    )
    await _due_since(tx, agreement, one.version, one.issued_on, Cause.ISSUE)


async def expect(tx: AsyncConnection, agreement: str, since: date, cause: Cause) -> None:
    """A version that the insurer has yet to issue is due; the one already expected answers for a second change."""
    query = select(func.coalesce(_last(agreement), 0) + 1)
    await _due_since(tx, agreement, (await tx.execute(query)).scalar_one(), since, cause)


async def share(tx: AsyncConnection) -> None:
    """Until commit, no version becomes due. To be called before cover is kept that may make one due for somebody."""
    await tx.execute(_SHARE)


async def make_due(tx: AsyncConnection, agreement: str, agent: str | None = None) -> None:
    """Make the latest version due for who is covered and does not wait for it yet; one agent, or all."""
    await tx.execute(_DUE, {"agreement": agreement, "agent": agent})


async def hand_over(tx: AsyncConnection, agreement: str, delivery: Delivery, recording: Recording) -> bool:
    """Record that a notice was handed over; False when nobody waits for it."""
    values = {"delivered_on": delivery.delivered_on, "channel": delivery.channel, "proof": delivery.proof}
    waits = _of(agreement, delivery) & notice_delivery.c.delivered_on.is_(None)
    done = await tx.execute(update(notice_delivery).where(waits).values(recorded_by=recording.by, **values))
    return done.rowcount == 1


async def handed(tx: AsyncConnection, agreement: str, delivery: Delivery) -> bool:
    """Whether this very delivery is recorded: the same day, channel and proof."""
    table = notice_delivery.c
    same = (table.delivered_on == delivery.delivered_on) & (table.channel == delivery.channel)
    query = select(table.agent).where(_of(agreement, delivery) & same & (table.proof == delivery.proof))
    return (await tx.execute(query)).one_or_none() is not None


async def await_again(tx: AsyncConnection, agreement: str, delivery: Delivery) -> bool:
    """What was taken for handed over did not arrive: the agent waits again. False when another proof stands."""
    handed = _of(agreement, delivery) & (notice_delivery.c.proof == delivery.proof)
    values = {"delivered_on": None, "channel": None, "proof": None, "recorded_by": None}
    return (await tx.execute(update(notice_delivery).where(handed).values(values))).rowcount == 1


async def strengthen(tx: AsyncConnection, agreement: str, delivery: Delivery, proof: str) -> None:
    """A report confirms a delivery: its proof says so."""
    handed = _of(agreement, delivery) & (notice_delivery.c.proof == delivery.proof)
    await tx.execute(update(notice_delivery).where(handed).values(proof=proof))


async def page(
    tx: AsyncConnection, agreement: str, after: tuple[str, str, int], limit: int, *, waiting: bool
) -> list[Delivery]:
    """Deliveries by agent, employer and version, from what follows `after`: those awaited, or those made."""
    table = notice_delivery.c
    follows = func.row(table.agent, table.employer, table.version) > func.row(*(literal(part) for part in after))
    settled = table.delivered_on.is_(None) if waiting else table.delivered_on.is_not(None)
    query = (
        select(
            notice_delivery,
            (table.version <= func.coalesce(_last(agreement), 0)).label("issued"),
            _of_mail(notice_mail.c.state).label("mail_state"),
            _of_mail(notice_mail.c.answer).label("mail_answer"),
        )
        .where(table.agreement == agreement, settled, follows)
        .order_by(table.agent, table.employer, table.version)
        .limit(limit)
    )
    return [
        Delivery(
            version=r.version,
            agent=r.agent,
            employer=r.employer,
            due_since=r.due_since,
            delivered_on=r.delivered_on,
            channel=r.channel,
            proof=r.proof,
            issued=r.issued,
            mail_state=r.mail_state,
            mail_answer=r.mail_answer,
        )
        for r in await tx.execute(query)
    ]


async def waiting_for(tx: AsyncConnection, agreement: str, version: int, agents: Sequence[str]) -> set[tuple[str, str]]:
    """Which of these agents wait for a version, each with the employer; what the caller sees."""
    table = notice_delivery.c
    query = select(table.agent, table.employer).where(
        table.agreement == agreement,
        table.version == version,
        table.agent.in_(agents),
        table.delivered_on.is_(None),
    )
    return {(row.agent, row.employer) for row in await tx.execute(query)}


async def _due_since(tx: AsyncConnection, agreement: str, version: int, since: date, cause: Cause) -> None:
    """The version is due from a day on; due already, it stays due from the earlier one. Waits for cover being kept."""
    await tx.execute(_ALONE)
    new = upsert(notice_due).values(agreement=agreement, version=version, since=since, cause=cause.value)
    earlier = func.least(notice_due.c.since, new.excluded.since)
    await tx.execute(new.on_conflict_do_update(index_elements=["agreement", "version"], set_={"since": earlier}))
    await make_due(tx, agreement)


def _of_mail(said: ColumnElement[str]) -> ScalarSelect[str]:
    """What is said of the last e-mail of a delivery: ids are in the order of their making."""
    mail, delivery = notice_mail.c, notice_delivery.c
    same = [mail[name] == delivery[name] for name in ("agreement", "version", "agent", "employer")]
    return select(said).where(*same).order_by(mail.id.desc()).limit(1).scalar_subquery()


def _last(agreement: str) -> ScalarSelect[int]:
    """The number of the last version issued."""
    return select(func.max(notice.c.version)).where(notice.c.agreement == agreement).scalar_subquery()


def _of(agreement: str, delivery: Delivery) -> ColumnElement[bool]:
    table = notice_delivery.c
    return (
        (table.agreement == agreement)
        & (table.version == delivery.version)
        & (table.agent == delivery.agent)
        & (table.employer == delivery.employer)
    )
