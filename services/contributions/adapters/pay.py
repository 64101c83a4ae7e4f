"""Pay as received: every version is kept, the highest is current. Lists travel as one JSON parameter."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.money import Money
from kit.period import Month
from kit.rate import Rate
from rules.pay import PayElements
from services.contributions.domain.intake import Pay, PayKey, StoredPay

_AMOUNTS: Final = ("tib", "nbi", "ri", "sft", "ir")

_CURRENT: Final = text("""
    SELECT found.*
      FROM jsonb_to_recordset(CAST(:keys AS jsonb))
           AS asked (employer text, matricule text, employment text, month date)
     CROSS JOIN LATERAL (SELECT * FROM pay_version p
                          WHERE p.employer = asked.employer AND p.matricule = asked.matricule
                            AND p.employment = asked.employment AND p.month = asked.month
                          ORDER BY version DESC LIMIT 1) AS found
""")
_VERSION: Final = text("""
    SELECT * FROM pay_version
     WHERE employer = :employer AND matricule = :matricule AND employment = :employment AND month = :month
       AND (CAST(:version AS integer) IS NULL OR version = :version)
     ORDER BY version DESC LIMIT 1
""")
# In the order of the key, so that two senders of the same rows wait for each other instead of for ever.
_INSERT: Final = text("""
    INSERT INTO pay_version
    SELECT employer, matricule, employment, month, version, tib, nbi, ri, sft, ir, tpp, other, share_of_pay,
           :recorded_at, :recorded_by
      FROM jsonb_to_recordset(CAST(:rows AS jsonb))
           AS new (employer text, matricule text, employment text, month date, version integer, tib bigint, nbi bigint,
                   ri bigint, sft bigint, ir bigint, tpp bigint, other jsonb, share_of_pay numeric)
     ORDER BY employer, matricule, employment, month
    ON CONFLICT DO NOTHING
    RETURNING employer, matricule, employment, month
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
_OF_EMPLOYER: Final = text("""
    SELECT current.*, agent
      FROM (SELECT DISTINCT ON (matricule, employment, month) * FROM pay_version
             WHERE employer = :employer AND month <= :last
             ORDER BY matricule, employment, month, version DESC) AS current
      LEFT JOIN agent_matricule USING (employer, matricule)
""")


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


async def current(tx: AsyncConnection, keys: Collection[PayKey]) -> dict[PayKey, StoredPay]:
    """The current versions of these months, of those that exist."""
    rows = await tx.execute(_CURRENT, {"keys": _json(map(_key_row, keys))})
    return {found.key: found.stored for found in map(_version, rows)}


async def one(tx: AsyncConnection, key: PayKey, version: int | None = None) -> PayVersion | None:
    """One month's pay: the current version, or the one asked for."""
    row = (await tx.execute(_VERSION, {**_key_row(key), "month": key.month.first, "version": version})).one_or_none()
    return None if row is None else _version(row)


async def add(
    tx: AsyncConnection, new: Mapping[PayKey, StoredPay], recorded_at: datetime, recorded_by: str
) -> set[PayKey]:
    """Write versions; the keys written. One that somebody else has just written is left out."""
    rows = [_row(key, stored) for key, stored in new.items()]
    written = await tx.execute(_INSERT, {"rows": _json(rows), "recorded_at": recorded_at, "recorded_by": recorded_by})
    return {_key(row) for row in written}


async def wait(tx: AsyncConnection, versions: Mapping[PayKey, int]) -> None:
    """Remember that nobody is known yet under these matricules."""
    await tx.execute(_WAIT, {"rows": _json({**_key_row(key), "version": v} for key, v in versions.items())})


async def claim(tx: AsyncConnection, employer: str, matricule: str) -> list[PayVersion]:
    """The versions that waited for this matricule, which wait no more: by month, then version."""
    return [_version(row) for row in await tx.execute(_CLAIM, {"employer": employer, "matricule": matricule})]


async def of_employer(tx: AsyncConnection, employer: str, last: Month) -> list[PayVersion]:
    """The current pay of every month up to `last`, of known and unknown agents."""
    return [_version(row) for row in await tx.execute(_OF_EMPLOYER, {"employer": employer, "last": last.first})]


def _json(rows: Iterable[Mapping[str, Any]]) -> str:
    return json.dumps(list(rows))


def _key_row(key: PayKey) -> dict[str, Any]:
    return {
        "employer": key.employer,
        "matricule": key.matricule,
        "employment": key.employment,
        "month": key.month.first.isoformat(),
    }


def _row(key: PayKey, stored: StoredPay) -> dict[str, Any]:
    elements, share = stored.pay.elements, stored.pay.share_of_pay
    return {
        **_key_row(key),
        "version": stored.version,
        **{name: getattr(elements, name).cents for name in _AMOUNTS},
        "tpp": None if elements.tpp is None else elements.tpp.cents,
        "other": {code: amount.cents for code, amount in stored.pay.other.items()},
        "share_of_pay": None if share is None else str(share.value),
    }


def _key(row: Row[Any]) -> PayKey:
    return PayKey(row.employer, row.matricule, row.employment, Month.of(row.month))


def _version(row: Row[Any]) -> PayVersion:
    other = {code: Money(cents) for code, cents in row.other.items()}
    elements = PayElements(
        **{name: Money(getattr(row, name)) for name in _AMOUNTS},
        other=Money.sum(other.values()),
        tpp=None if row.tpp is None else Money(row.tpp),
    )
    share = None if row.share_of_pay is None else Rate(row.share_of_pay)
    agent = getattr(row, "agent", None)
    return PayVersion(_key(row), row.version, Pay(elements, other, share), row.recorded_at, agent)
