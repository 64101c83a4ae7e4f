"""Whether an error says that the database is away, rather than that something is wrong with what it was asked."""

from __future__ import annotations

import socket
from typing import Final

import asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

# What the driver raises when a connection is refused, broken or lost. Its "internal" errors are of a connection that
# broke in the middle of an exchange.
LOST: Final = (
    ConnectionError,
    TimeoutError,
    socket.gaierror,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.PostgresConnectionError,
)
# connection_exception, operator_intervention, insufficient_resources, system_error, by class of SQLSTATE; and that of a
# database which has just been exchanged for another (undefined_database).
_AWAY: Final = ("08", "57P", "53", "58", "3D000")


def is_away(error: BaseException) -> bool:
    """The database is away: nothing was at fault, and the same may be tried again for as long as it takes.

    >>> is_away(ConnectionResetError()), is_away(asyncpg.InternalClientError()), is_away(ValueError())
    (True, True, False)
    """
    if isinstance(error, DBAPIError):
        cause = error.orig.__cause__ if error.orig is not None else None
        return error.connection_invalidated or sqlstate(error).startswith(_AWAY) or isinstance(cause, LOST)
    if isinstance(error, asyncpg.PostgresError):
        return sqlstate(error).startswith(_AWAY)
    # asyncio joins the failures of several addresses in one bare OSError.
    return isinstance(error, (*LOST, PoolTimeoutError)) or type(error) is OSError


def sqlstate(error: BaseException) -> str:
    """The SQLSTATE of a database error, or an empty string."""
    return str(getattr(getattr(error, "orig", error), "sqlstate", None) or "")
