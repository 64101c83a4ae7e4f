"""What PostgreSQL refuses, as problems: conflicts 409, contention 409 or 503 with `retry_in`, unreachable 503."""

from __future__ import annotations

from typing import Final

import asyncpg
import structlog
from sqlalchemy.exc import DBAPIError

from kit.db.away import is_away, sqlstate
from kit.http.problem import Problem

_log = structlog.get_logger(__name__)
RETRY_SOON_S: Final = 0.5
RETRY_LATER_S: Final = 2.0
_CONTENTION: Final = frozenset({"40001", "40P01", "55P03"})  # serialization, deadlock, lock not available
_CONFLICT: Final = frozenset({"23505", "23P01"})  # unique, exclusion
_GIVEN_UP: Final = frozenset({"57014", "25P03"})  # the server's own limits: a statement, a transaction that waits
_UNSTORABLE: Final = frozenset({"22021", "22P05", "22003", "22001"})  # encoding, out of range, too long
_INSUFFICIENT_PRIVILEGE: Final = "42501"
# 42501 is also what a missing GRANT gives, which is a fault of ours: only the policy's message tells them apart.
_POLICY: Final = "row-level security policy"


def problem_of_database(error: BaseException) -> Problem | None:
    """The problem of a database or connection error, which the log notes; None when it is a fault of ours."""
    problem = _unavailable() if is_away(error) else _of_driver(error) if isinstance(error, DBAPIError) else None
    if problem is not None:
        _log.warning("database_refused", code=problem.code, **described(error))
    return problem


def described(error: BaseException) -> dict[str, str]:
    """What a log may say of a database error: its kind and where, never a value."""
    cause = getattr(getattr(error, "orig", error), "__cause__", None) or error
    where = {name: getattr(cause, f"{name}_name", None) for name in ("table", "constraint")}
    policy = str(cause).partition("for table ")[2] if _POLICY in str(cause) else ""
    said = {"error": type(cause).__name__, "sqlstate": sqlstate(error), **where, "policy_of": policy.strip('"')}
    return {name: str(value) for name, value in said.items() if value}


def _of_driver(error: DBAPIError) -> Problem | None:
    state = sqlstate(error)
    if state in _CONTENTION:
        return _contention()
    if state in _CONFLICT:
        return _conflict()
    if state in _UNSTORABLE or _is_client_data_error(error):
        return _unstorable()
    if state == _INSUFFICIENT_PRIVILEGE and _POLICY in str(error.orig):
        return Problem(403, "out_of_scope", "Hors de votre périmètre", "Out of your scope")
    return _unavailable() if state in _GIVEN_UP else None


def _is_client_data_error(error: DBAPIError) -> bool:
    """A value that the driver could not even send: the error has no SQLSTATE, or the bare one of its class."""
    cause = error.orig.__cause__ if error.orig is not None else None
    return type(cause) is asyncpg.DataError or isinstance(cause, UnicodeEncodeError)


def _conflict() -> Problem:
    return Problem(
        409,
        "conflict",
        "Déjà enregistré",
        "Already recorded",
        detail_fr="Un enregistrement incompatible existe déjà.",
        detail_en="An incompatible record exists already.",
    )


def _contention() -> Problem:
    return Problem(
        409,
        "busy",
        "Modification concurrente",
        "Concurrent change",
        detail_fr="Une autre demande modifie le même dossier.",
        detail_en="Another request is changing the same record.",
        retry_in=RETRY_SOON_S,
    )


def _unstorable() -> Problem:
    return Problem(
        422,
        "unstorable_value",
        "Valeur impossible à enregistrer",
        "Value that cannot be stored",
        detail_fr="Une valeur contient un caractère interdit ou sort des bornes.",
        detail_en="A value holds a forbidden character or is out of bounds.",
    )


def _unavailable() -> Problem:
    return Problem(
        503,
        "database_unavailable",
        "Service momentanément indisponible",
        "Service unavailable for a moment",
        retry_in=RETRY_LATER_S,
    )
