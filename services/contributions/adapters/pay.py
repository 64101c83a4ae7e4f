"""Pay as received: every version is kept, the highest is current. Lists travel as one JSON parameter."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import DateTime, Row, Text, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.db.copy import put_new_rows
from kit.money import Money
from kit.period import Month
from kit.rate import Rate
from rules.pay import PayElements
from services.contributions.adapters.tables import pay_version
from services.contributions.domain.intake import Pay, PayKey, Rappel, StoredPay
from services.contributions.domain.pay_line import PayLine

# A version of a month's pay.
Numbered = tuple[PayKey, int]

NO_MONTH: Final = Month(1, 1)
LAST_MONTH: Final = Month(9999, 12)
_AMOUNTS: Final = ("tib", "nbi", "ri", "sft", "ir")
_RAPPEL: Final = ("tib", "nbi", "ri", "gross")
_PRIMARY: Final = ("employer", "matricule", "employment", "month", "version")
_COLUMNS: Final = (
    *(*_PRIMARY, *_AMOUNTS, "tpp", "other", "share_of_pay", "cabinet", "gross", "rappels"),
    *("recorded_at", "recorded_by"),
)

_CURRENT: Final = text("""
    SELECT found.*
      FROM jsonb_to_recordset(CAST(:keys AS jsonb))
           AS asked (employer text, matricule text, employment text, month date)
     CROSS JOIN LATERAL (SELECT * FROM pay_version p
                          WHERE p.employer = asked.employer AND p.matricule = asked.matricule
                            AND p.employment = asked.employment AND p.month = asked.month
                          ORDER BY version DESC LIMIT 1) AS found
""")
_ASKED: Final = text("""
    SELECT p.* FROM pay_version p
      JOIN jsonb_to_recordset(CAST(:keys AS jsonb))
           AS asked (employer text, matricule text, employment text, month date, version integer)
     USING (employer, matricule, employment, month, version)
""")
_VERSION: Final = text("""
    SELECT * FROM pay_version
     WHERE employer = :employer AND matricule = :matricule AND employment = :employment AND month = :month
       AND (CAST(:version AS integer) IS NULL OR version = :version)
     ORDER BY version DESC LIMIT 1
""")
_WAIT: Final = text("""
    INSERT INTO pay_waiting
    SELECT employer, matricule, employment, month, version
      FROM jsonb_to_recordset(CAST(:rows AS jsonb))
           AS new (employer text, matricule text, employment text, month date, version integer)
    ON CONFLICT DO NOTHING
""")
_CLAIM: Final = text("""
    WITH known AS (
        DELETE FROM pay_waiting w WHERE employer = :employer AND matricule = :matricule
        RETURNING employer, matricule, employment, month, version)
    SELECT p.* FROM pay_version p JOIN known USING (employer, matricule, employment, month, version)
     ORDER BY month, employment, version
""")
_OF_MATRICULE: Final = text("""
    SELECT * FROM pay_version WHERE employer = :employer AND matricule = :matricule ORDER BY month, employment, version
""")
# Of an agent, by the matricules known to be his, else of the matricule asked for.
_MONTHS: Final = text("""
    WITH whose AS (SELECT employer, matricule FROM agent_matricule WHERE agent = :agent
                    UNION SELECT :employer, :matricule WHERE CAST(:agent AS uuid) IS NULL)
    SELECT DISTINCT ON (month, employer, matricule, employment) p.*
      FROM whose JOIN pay_version p USING (employer, matricule)
     WHERE employer = coalesce(:employer, employer) AND matricule = coalesce(:matricule, matricule)
       AND month BETWEEN :first AND :last AND recorded_at <= coalesce(:known_at, 'infinity')
       AND (month, employer, matricule, employment)
         > (:after_month, :after_employer, :after_matricule, :after_employment)
     ORDER BY month, employer, matricule, employment, version DESC LIMIT :limit
""").bindparams(
    *(bindparam(name, type_=Text()) for name in ("employer", "matricule")),
    *(bindparam(name, type_=Text()) for name in ("after_employer", "after_matricule", "after_employment")),
    bindparam("agent", type_=Uuid()),
    bindparam("known_at", type_=DateTime(timezone=True)),
)
_OF_EMPLOYER: Final = text("""
    SELECT current.*, agent
      FROM (SELECT DISTINCT ON (matricule, employment, month) * FROM pay_version
             WHERE employer = :employer AND month <= :last
               AND (CAST(:until AS timestamptz) IS NULL OR recorded_at <= :until)
             ORDER BY matricule, employment, month, version DESC) AS current
      LEFT JOIN agent_matricule USING (employer, matricule)
     WHERE NOT :special OR employment <> '' OR rappels <> '[]'
""")
# The last month paid of each agent, found from the end of its index.
_LAST: Final = text("""
    SELECT p.*, m.agent
      FROM agent_matricule m
     CROSS JOIN LATERAL (SELECT max(month) AS month FROM pay_version v
                          WHERE v.employer = m.employer AND v.matricule = m.matricule AND v.month <= :month) last
     CROSS JOIN LATERAL (SELECT DISTINCT ON (employment) * FROM pay_version v
                          WHERE v.employer = m.employer AND v.matricule = m.matricule AND v.month = last.month
                          ORDER BY employment, version DESC) p
     WHERE m.employer = ANY (CAST(:employers AS text[]))
""")


@dataclass(frozen=True, slots=True)
class Months:
    """Whose pay (an agent's, or that of a matricule of an employer), of which months, as known by when (None: by now).

    With an agent, `employer` and `matricule` keep what is under them.
    """

    agent: UUID | None = None
    employer: str | None = None
    matricule: str | None = None
    first: Month | None = None
    last: Month | None = None
    known_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PayVersion:
    """One stored version, and who it is about when that is known."""

    key: PayKey
    version: int
    pay: Pay
    recorded_at: datetime
    agent: UUID | None = None

    @property
    def stored(self) -> StoredPay:
        return StoredPay(self.version, self.pay)

    def lines(self) -> Iterator[PayLine]:
        """What it pays: the month's own pay, and rappels for earlier months."""
        key, paid = self.key, self.pay
        named: dict[str, Any] = {"version": self.version, "employment": key.employment or None}
        yield PayLine(key.month, pay=paid.counted, share_of_pay=paid.share_of_pay, gross=paid.gross, **named)
        for rappel in paid.rappels:
            elements = PayElements(tib=rappel.tib, nbi=rappel.nbi, ri=rappel.ri)
            yield PayLine(rappel.month, pay=elements, gross=rappel.gross, paid_in=key.month, **named)


async def current(tx: AsyncConnection, keys: Collection[PayKey]) -> dict[PayKey, StoredPay]:
    """The current versions of these months, of those that exist."""
    rows = await tx.execute(_CURRENT, {"keys": _json(map(_key_row, keys))})
    return {found.key: found.stored for found in map(_version, rows)}


async def versions(tx: AsyncConnection, asked: Collection[Numbered]) -> dict[Numbered, StoredPay]:
    """These versions of these months, of those that exist."""
    rows = await tx.execute(_ASKED, {"keys": _json({**_key_row(key), "version": n} for key, n in asked)})
    return {(found.key, found.version): found.stored for found in map(_version, rows)}


async def one(tx: AsyncConnection, key: PayKey, version: int | None = None) -> PayVersion | None:
    """One month's pay: the current version, or the one asked for."""
    row = (await tx.execute(_VERSION, {**_key_row(key), "month": key.month.first, "version": version})).one_or_none()
    return None if row is None else _version(row)


async def add(
    tx: AsyncConnection, new: Iterable[tuple[PayKey, StoredPay]], recorded_at: datetime, recorded_by: str
) -> set[Numbered]:
    """Write versions; those written. One that somebody else has just written is left out."""
    given = list(new)
    rows = [(*_values(key, stored), recorded_at, recorded_by) for key, stored in given]
    written = await put_new_rows(tx, pay_version, _COLUMNS, rows, key=_PRIMARY)
    if len(written) == len(given):
        return {(key, stored.version) for key, stored in given}
    return {(PayKey(row.employer, row.matricule, row.employment, row.month), row.version) for row in written}


async def wait(tx: AsyncConnection, versions: Iterable[Numbered]) -> None:
    """Remember that nobody is known yet under these matricules."""
    await tx.execute(_WAIT, {"rows": _json({**_key_row(key), "version": v} for key, v in versions)})


async def claim(tx: AsyncConnection, employer: str, matricule: str) -> list[PayVersion]:
    """The versions that waited for this matricule, which wait no more: by month, then version."""
    return [_version(row) for row in await tx.execute(_CLAIM, {"employer": employer, "matricule": matricule})]


async def of_matricule(tx: AsyncConnection, employer: str, matricule: str) -> list[PayVersion]:
    """Every version under this matricule: by month, then version."""
    rows = await tx.execute(_OF_MATRICULE, {"employer": employer, "matricule": matricule})
    return [_version(row) for row in rows]


async def months(tx: AsyncConnection, asked: Months, previous: PayKey | None, limit: int) -> list[PayVersion]:
    """The version of each month that was current then: by month, employer, matricule and employment, after a place in
    that order.
    """
    after = previous or PayKey("", "", "", NO_MONTH)
    rows = await tx.execute(
        _MONTHS,
        {
            "agent": asked.agent,
            "employer": asked.employer,
            "matricule": asked.matricule,
            "known_at": asked.known_at,
            "first": (asked.first or NO_MONTH).first,
            "last": (asked.last or LAST_MONTH).first,
            "limit": limit,
            **{f"after_{name}": value for name, value in after._asdict().items()},
            "after_month": after.month.first,
        },
    )
    return [_version(row) for row in rows]


async def of_employer(
    tx: AsyncConnection, employer: str, last: Month, until: datetime | None = None, *, special: bool = False
) -> list[PayVersion]:
    """The pay of every month up to `last`, of known and unknown agents, as received up to `until` (None: by now).

    `special`: only what names an employment or holds rappels.
    """
    asked = {"employer": employer, "last": last.first, "until": until, "special": special}
    return [_version(row) for row in await tx.execute(_OF_EMPLOYER, asked)]


async def last_of(tx: AsyncConnection, employers: Collection[str], month: Month) -> list[PayVersion]:
    """The pay of the last month known up to `month` of each known agent of these employers."""
    rows = await tx.execute(_LAST, {"employers": list(employers), "month": month.first})
    return [_version(row) for row in rows]


def _json(rows: Iterable[Mapping[str, Any]]) -> str:
    return json.dumps(list(rows))


def _key_row(key: PayKey) -> dict[str, Any]:
    return {
        "employer": key.employer,
        "matricule": key.matricule,
        "employment": key.employment,
        "month": key.month.first.isoformat(),
    }


def _values(key: PayKey, stored: StoredPay) -> tuple[Any, ...]:
    """In the order of the columns."""
    pay, elements = stored.pay, stored.pay.elements
    return (
        *(key.employer, key.matricule, key.employment, key.month, stored.version),
        *(getattr(elements, name) for name in _AMOUNTS),
        elements.tpp,
        {code: amount.cents for code, amount in pay.other.items()},
        pay.share_of_pay,
        pay.cabinet,
        pay.gross,
        [_rappel_row(rappel) for rappel in pay.rappels],
    )


def _rappel_row(rappel: Rappel) -> dict[str, Any]:
    """Its month, and its amounts in cents, those that are not zero."""
    amounts = {name: amount.cents for name in _RAPPEL if (amount := getattr(rappel, name))}
    return {"month": str(rappel.month), **amounts}


def _rappel(row: Mapping[str, Any]) -> Rappel:
    amounts = {name: Money(row[name]) for name in _RAPPEL if name in row}
    return Rappel(Month.parse(row["month"]), **amounts)


def _key(row: Row[Any]) -> PayKey:
    return PayKey(row.employer, row.matricule, row.employment, Month.of(row.month))


def _version(row: Row[Any]) -> PayVersion:
    other = {code: Money(cents) for code, cents in row.other.items()}
    elements = PayElements(
        **{name: Money(getattr(row, name)) for name in _AMOUNTS},
        other=Money.sum(other.values()),
        tpp=None if row.tpp is None else Money(row.tpp),
    )
    pay = Pay(
        elements,
        other,
        share_of_pay=None if row.share_of_pay is None else Rate(row.share_of_pay),
        cabinet=Money(row.cabinet),
        gross=None if row.gross is None else Money(row.gross),
        rappels=tuple(_rappel(rappel) for rappel in row.rappels),
    )
    return PayVersion(_key(row), row.version, pay, row.recorded_at, getattr(row, "agent", None))
