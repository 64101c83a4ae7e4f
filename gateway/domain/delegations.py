"""A delegation: the right that an employer gives to a centre de gestion or to a vendor's program to act for it.

Whoever holds one acts by naming the employer of each call (`X-Acting-Employer`), and then may do what both its own
scopes and those of the delegation permit. Days are those of Europe/Paris, the last one included.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, Literal
from uuid import UUID

from gateway.domain.clients import Client
from kit.clock import PARIS
from kit.errors import RelaisError

# A delegation is for a mandate, not for ever: longer ones are given anew.
MOST_YEARS: Final = 6
# What may be delegated: the work on files, pay, contributions and claims. Neither the cause of a leave, nor what is a
# client's own (webhooks, an insurer's answers), nor the right to delegate further.
DELEGABLE: Final = frozenset(
    {
        "organisations:read",
        "agreements:read",
        "agents:read",
        "agents:write",
        "proofs:read",
        "proofs:write",
        "pay:read",
        "pay:write",
        "contributions:read",
        "contributions:write",
        "claims:read",
        "claims:write",
        "simulations:run",
        "events:read",
    }
)
# Who was delegated this is given the employer's events with its own.
FOLLOWS: Final = "events:read"
DelegateKind = Literal["CLIENT", "DEPARTMENT"]


class InvalidDelegation(RelaisError):
    code = "invalid_delegation"
    title_fr = "Délégation invalide"
    title_en = "Invalid delegation"


class DelegationExists(RelaisError):
    code = "delegation_exists"
    title_fr = "Une délégation au même délégataire court déjà sur ces dates"
    title_en = "A delegation to the same delegate already runs on these dates"
    status = 409


class UnknownDelegation(RelaisError):
    code = "unknown_delegation"
    title_fr = "Délégation inconnue"
    title_en = "Unknown delegation"
    status = 404


class TooManyDelegations(RelaisError):
    code = "too_many_delegations"
    title_fr = "Trop d'employeurs pour un jeton"
    title_en = "Too many employers for a token"
    status = 409


@dataclass(frozen=True, slots=True)
class Delegate:
    """A client by its id, or the centre de gestion of a département: its people and its programs."""

    kind: DelegateKind
    key: str


@dataclass(frozen=True, slots=True)
class Delegation:
    """Who delegates what to whom, from `first` to `last`; `revoked_at` ends it before."""

    id: UUID
    employer: str
    delegate: Delegate
    scopes: frozenset[str]
    first: date
    last: date
    given_by: str
    given_at: datetime
    revoked_by: str | None = None
    revoked_at: datetime | None = None

    def check(self, today: date) -> None:
        """Raise InvalidDelegation when it is none, or over before it begins."""
        if not self.scopes or not self.scopes <= DELEGABLE:
            raise InvalidDelegation(pointer="/scopes")
        if self.last < max(self.first, today):
            raise InvalidDelegation(pointer="/to")
        if self.last.year - self.first.year > MOST_YEARS:
            raise InvalidDelegation(pointer="/to")

    def state(self, today: date) -> str:
        """FORESEEN, IN_FORCE, OVER or REVOKED."""
        if self.revoked_at is not None:
            return "REVOKED"
        if today < self.first:
            return "FORESEEN"
        return "IN_FORCE" if today <= self.last else "OVER"


def delegates_of(client: Client) -> tuple[Delegate, ...]:
    """As whom somebody receives delegations: insurers and those who stand for everybody receive none."""
    if client.insurer is not None or client.employers is None:
        return ()
    own = (Delegate("CLIENT", client.id),)
    return own if client.department is None else (*own, Delegate("DEPARTMENT", client.department))


def acting_for(client: Client, employer: str) -> Client:
    """The same, as it acts for an employer that delegated to it, and for nobody else."""
    scopes = dict(client.delegated)[employer]
    return replace(client, employers=frozenset({employer}), scopes=scopes, department=None, delegated=())


def delegated(client: Client, found: Iterable[Delegation]) -> tuple[tuple[str, frozenset[str]], ...]:
    """By employer that the client does not stand for itself, what the delegations in force give it together."""
    given: dict[str, frozenset[str]] = {}
    for one in found:
        if one.employer not in (client.employers or ()):
            given[one.employer] = given.get(one.employer, frozenset()) | one.scopes
    useful = ((employer, scopes & client.scopes) for employer, scopes in sorted(given.items()))
    return tuple((employer, scopes) for employer, scopes in useful if scopes)


def first_end(found: Iterable[Delegation]) -> datetime:
    """When the first of these is over, in UTC: the end of its last day in Europe/Paris. Asserts that there is one.

    >>> one = Delegation(UUID(int=1), "1", Delegate("CLIENT", "c"), frozenset(), date(2026, 1, 1), date(2026, 6, 30),
    ...                  "a", datetime(2026, 1, 1, tzinfo=UTC))
    >>> first_end([one]).isoformat()
    '2026-06-30T22:00:00+00:00'
    """
    after = min(one.last for one in found) + timedelta(days=1)
    return datetime.combine(after, time(), PARIS).astimezone(UTC)
