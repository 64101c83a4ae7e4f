"""Roles: what people of one trade may do, under one name. An account has one, or scopes of its own."""

from __future__ import annotations

from typing import Final, Literal

from kit.http.auth import SCOPES
from kit.http.policy import READING

Role = Literal["ADMINISTRATOR", "MANAGER", "EMPLOYER", "INSURER", "AUDITOR"]
EVERY: Final = frozenset(SCOPES)
# What concerns everybody is not for an employer's people and programs.
STAFF_ONLY: Final = frozenset(
    {
        "organisations:write",
        "agreements:write",
        "audit:read",
        "clients:read",
        "clients:write",
        "users:read",
        "users:write",
        "persons:read",
        "persons:write",
        "persons:override",
        "operations:read",
        "operations:write",
    }
)
_CAUSE: Final = frozenset({"claims:cause"})
_ADMINISTRATION: Final = frozenset({"clients:read", "clients:write", "users:read", "users:write"})
_PERSONS: Final = frozenset({"persons:read", "persons:write", "persons:override"})
# An administrator grants what others need, and nobody grants what he has not. The cause of a leave is in no role; who
# handles claims reads no file whose processing is restricted.
ROLES: Final[dict[Role, frozenset[str]]] = {
    "ADMINISTRATOR": EVERY - _CAUSE,
    "MANAGER": EVERY - _CAUSE - _ADMINISTRATION - _PERSONS,
    "EMPLOYER": EVERY - _CAUSE - STAFF_ONLY,
    "INSURER": frozenset({"events:read", "webhooks:read", "webhooks:write", "partner:write"}),
    "AUDITOR": frozenset(scope for scope in EVERY if scope.endswith(READING)),
}


def nearest(scopes: frozenset[str]) -> tuple[Role, int] | None:
    """The role that permits all of these with the fewest besides, and how many besides; None where none does.

    >>> nearest(ROLES["EMPLOYER"]), nearest(ROLES["INSURER"] - {"partner:write"}), nearest(_CAUSE)
    (('EMPLOYER', 0), ('INSURER', 1), None)
    """
    besides = [(len(of - scopes), role) for role, of in ROLES.items() if of >= scopes]
    if not besides:
        return None
    count, role = min(besides)
    return role, count


def scopes_of(role: Role | None, own: frozenset[str]) -> frozenset[str]:
    """What an account may do: by its role, where it has one, else by its own scopes."""
    return own if role is None else ROLES[role]
