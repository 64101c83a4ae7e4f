"""The epoch of a feed: the same as long as the database remembers all it ever gave out.

A restored database has lost its last events; whoever read them must notice. The database keeps the fingerprint of the
server it runs in, so a restore to another server, from a dump or to a point in time is seen at the next start.
A plain copy of old files is not: the restore command calls `renew`, and the feed renews it as well when somebody has
read further than it reaches.
"""

from __future__ import annotations

from typing import Any, Final

import asyncpg

# Cluster identity, database identity (new after a dump is loaded), timeline (new after a recovery or a promotion).
_FINGERPRINT: Final = """
    SELECT concat_ws(':', (SELECT system_identifier FROM pg_control_system()),
                     (SELECT oid FROM pg_database WHERE datname = current_database()),
                     substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8))
"""
_NOTE: Final = "UPDATE feed_meta SET origin = $1 WHERE origin IS NULL"
_RENEW: Final = """
    UPDATE feed_meta SET epoch = gen_random_uuid(), since = now(), origin = $1 WHERE origin IS DISTINCT FROM $1
"""


async def check(connection: asyncpg.Connection[Any]) -> bool:
    """Whether the database was restored since it was last looked at; its epoch is then new."""
    fingerprint = await connection.fetchval(_FINGERPRINT)
    await connection.execute(_NOTE, fingerprint)
    status: str = await connection.execute(_RENEW, fingerprint)
    return status != "UPDATE 0"


async def renew(connection: asyncpg.Connection[Any]) -> None:
    """Begin a new epoch: to be called once after a restore, before the service starts."""
    await connection.execute("UPDATE feed_meta SET epoch = gen_random_uuid(), since = now()")
