"""What kind of failure it is: the connection's, one that may pass, or the event's own."""

from __future__ import annotations

from typing import Final

import asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from kit.events.consumer import TransientError

# serialization_failure, deadlock_detected, lock_not_available, query_canceled (a timeout), too_many_connections
_PASSING: Final = frozenset({"40001", "40P01", "55P03", "57014", "53300"})
# connection_exception, operator_intervention, insufficient_resources, io_error, by class of SQLSTATE
_AWAY: Final = ("08", "57P", "53", "58")


def is_away(error: BaseException) -> bool:
    """The database is away: no event is at fault, everything is tried again for as long as it takes.

    >>> is_away(ConnectionResetError()), is_away(ValueError())
    (True, False)
    """
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or _sqlstate(error).startswith(_AWAY)
    if isinstance(error, asyncpg.PostgresError):
        return (error.sqlstate or "").startswith(_AWAY)
    return isinstance(error, OSError | PoolTimeoutError | asyncpg.InterfaceError)


def may_pass(error: BaseException) -> bool:
    """The same event may succeed a little later.

    >>> may_pass(TransientError()), may_pass(KeyError())
    (True, False)
    """
    return isinstance(error, TransientError) or (isinstance(error, DBAPIError) and _sqlstate(error) in _PASSING)


def _sqlstate(error: DBAPIError) -> str:
    return str(getattr(error.orig, "sqlstate", None) or "")
