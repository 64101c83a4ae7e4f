"""Whether a failure may pass: then the event is tried again before it is taken for the one at fault."""

from __future__ import annotations

from typing import Final

from sqlalchemy.exc import DBAPIError

from kit.db.away import sqlstate
from kit.events.consumer import TransientError

# serialization_failure, deadlock_detected, lock_not_available, query_canceled (a timeout), too_many_connections
_PASSING: Final = frozenset({"40001", "40P01", "55P03", "57014", "53300"})


def may_pass(error: BaseException) -> bool:
    """The same event may succeed a little later.

    >>> may_pass(TransientError()), may_pass(KeyError())
    (True, False)
    """
    return isinstance(error, TransientError) or (isinstance(error, DBAPIError) and sqlstate(error) in _PASSING)
