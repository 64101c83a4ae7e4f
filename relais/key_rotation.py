"""Rotating the keys of an installation: a new current key, what former ones closed closed again, former ones forgotten.

What names a person is sealed with the person's own key; the ring closes those keys, so a rotation writes back the keys
and not the data. Beside them the ring closes what is of nobody in particular. What is short-lived (lines of a file that
is imported, e-mails that wait, sessions) goes by itself: a key is only forgotten once nothing needs it.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

import asyncpg

from kit.crypto import DATA_KEY_MARK, KeyRing, Undecipherable
from kit.db.provision import database_name
from kit.settings import COMPONENTS
from relais.errors import CommandError

AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Sealed:
    """A column that a ring closes; `place` is what each value is bound to, from the columns of the row's key."""

    table: str
    column: str
    key: tuple[str, ...]
    place: str


_SUBJECTS: Final = Sealed("data_subject", "wrapped_key", ("agent",), "data-key:{agent}")
_DSN: Final = ("declaration", "first_line")
SEALED: Final[Mapping[str, tuple[Sealed, ...]]] = {
    "agreements": (),
    "eligibility": (_SUBJECTS,),
    "contributions": (
        _SUBJECTS,
        Sealed("dsn_part", "raw", _DSN, "dsn_part.raw:{declaration}:{first_line}"),
        Sealed("dsn_part", "mapped", _DSN, "dsn_part.mapped:{declaration}:{first_line}"),
    ),
    "claims": (
        _SUBJECTS,
        Sealed("claim_file", "iban", ("claim",), "claim_file.iban:{claim}"),
        Sealed("leave_cause", "sealed", ("employer", "agent", "leave"), "leave_cause:{employer}:{agent}:{leave}"),
    ),
    "gateway": (
        Sealed("signing_key", "sealed", ("kid",), "signing_key.sealed:{kid}"),
        Sealed("webhook", "sealed", ("id",), "webhook.sealed:{id}"),
        Sealed("webhook", "previous_sealed", ("id",), "webhook.sealed:{id}"),
        Sealed("account", "totp_sealed", ("login",), "account.totp_sealed:{login}"),
    ),
}
_COLUMNS: Final = """
    SELECT table_name, column_name FROM information_schema.columns
     WHERE table_schema = 'public' AND data_type = 'bytea' ORDER BY table_name, column_name
"""


def key_ids(ring: str) -> tuple[str, ...]:
    """The ids of the keys of a ring, the current one first."""
    content = json.loads(ring)
    return (content["current"], *(one for one in content["keys"] if one != content["current"]))


def next_id(ring: str) -> str:
    """The id of the next key: the number after the highest.

    >>> next_id(KeyRing.rotated(KeyRing.generate("1"), "2"))
    '3'
    """
    return str(max((int(one) for one in key_ids(ring) if one.isdigit()), default=0) + 1)


@asynccontextmanager
async def opened(admin_dsn: str, component: str) -> AsyncIterator[asyncpg.Connection[Any]]:
    """A component's database, as the server's administrator: whatever employer a row is of."""
    connection = await asyncpg.connect(admin_dsn, database=database_name(component))
    try:
        yield connection
    finally:
        await connection.close()


async def needed(connection: asyncpg.Connection[Any], ring: str) -> dict[str, int]:
    """How many values each key of the ring has closed, in whatever column."""
    found = dict.fromkeys(key_ids(ring), 0)
    for table, column in await connection.fetch(_COLUMNS):
        for key_id in found:
            query = f'SELECT count(*) FROM "{table}" WHERE substring("{column}" FROM 1 FOR $2) = $1'  # noqa: S608 - from the catalogue
            header = _header(key_id)
            found[key_id] += await connection.fetchval(query, header, len(header))
    return found


async def renew(connection: asyncpg.Connection[Any], component: str, ring: KeyRing) -> int:
    """Close again, with the current key, what another one closed for long; how many values that were.

    So many at a time, each lot in a transaction: what is interrupted goes on. Raises CommandError where no key opens.
    """
    count = 0
    for one in SEALED[component]:
        while done := await _renew_some(connection, one, ring):
            count += done
    return count


async def _renew_some(connection: asyncpg.Connection[Any], one: Sealed, ring: KeyRing) -> int:
    header, column = _header(ring.current), one.column
    query = (
        f"SELECT {', '.join(one.key)}, {column} AS held FROM {one.table}"  # noqa: S608 - names of ours
        f" WHERE substring({column} FROM 1 FOR $2) <> $1 AND substring({column} FROM 1 FOR 1) <> $3"
        f" LIMIT {AT_ONCE} FOR UPDATE"
    )
    mine = " AND ".join(f"{name} = ${place}" for place, name in enumerate(one.key, 2))
    async with connection.transaction():
        rows = await connection.fetch(query, header, len(header), DATA_KEY_MARK)
        try:
            held = [ring.renewed(row["held"], one.place.format(**row)) for row in rows]
        except Undecipherable:
            raise CommandError(f"{one.table}.{column} : aucune clé du trousseau n'ouvre une valeur.") from None
        values = [(new, *(row[name] for name in one.key)) for new, row in zip(held, rows, strict=True)]
        await connection.executemany(f"UPDATE {one.table} SET {column} = $1 WHERE {mine}", values)  # noqa: S608 - as above
    return len(rows)


def without(ring: str, key_id: str, needs: Mapping[str, int]) -> str:
    """The text of the ring without a key. Raises CommandError when it is the current one, unknown, or still needed."""
    content = json.loads(ring)
    if key_id not in content["keys"]:
        return ring
    if key_id == content["current"]:
        raise CommandError(f"La clé {key_id} est la clé courante.")
    if needs[key_id]:
        raise CommandError(f"La clé {key_id} ferme encore {needs[key_id]} valeur(s) : relais keys renew, ou attendre.")
    left = {name: key for name, key in content["keys"].items() if name != key_id}
    return json.dumps({**content, "keys": left})


def chosen(component: str | None) -> tuple[str, ...]:
    """One component, or all. Raises CommandError."""
    if component is not None and component not in COMPONENTS:
        raise CommandError(f"Composant inconnu : {component}. Connus : {', '.join(COMPONENTS)}.")
    return COMPONENTS if component is None else (component,)


def _header(key_id: str) -> bytes:
    return bytes([len(key_id.encode())]) + key_id.encode()
