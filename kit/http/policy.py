"""What an operation asks of its caller, said once: in its code, and in the OpenAPI document as `x-policy`.

    caller: Annotated[Principal, requires("claims:read", computes=True)]

`tenancy` says whose rows it touches, and so who is refused or sees nothing:

- `employer`: rows of the employers that the caller stands for, by row-level security;
- `accord`: an accord, seen by whoever stands for one of its employers;
- `registry`: facts that every holder of the scope may read;
- `platform`: changes what concerns everybody: only callers that stand for all employers;
- `feed`: the caller's own events, an insurer's lots or an employer's agents;
- `request`: nothing but what the request itself says.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal

Tenancy = Literal["employer", "accord", "registry", "platform", "feed", "request"]
STRICTEST: Final[tuple[Tenancy, ...]] = ("platform", "feed", "employer", "accord", "registry", "request")
# Whose rows the operations of a resource touch, unless they say otherwise.
USUAL: Final[dict[str, Tenancy]] = {
    "organisations": "registry",
    "agreements": "accord",
    "agents": "employer",
    "proofs": "employer",
    "pay": "employer",
    "contributions": "employer",
    "claims": "employer",
    "simulations": "request",
    "events": "feed",
    "insured": "feed",
    "persons": "platform",
    "partner": "feed",
    "delegations": "employer",
    "audit": "employer",
    "operations": "platform",
    "clients": "platform",
    "users": "platform",
    "webhooks": "feed",
}
# Resources whose rows are those of persons: each access is written in the audit trail.
PERSONAL: Final = frozenset({"agents", "proofs", "pay", "contributions", "claims", "insured", "persons"})
READING: Final = ":read"
X_POLICY: Final = "x-policy"


@dataclass(frozen=True, slots=True)
class Policy:
    """The scopes an operation needs, whose rows it touches, and whether a POST of it changes nothing."""

    scopes: tuple[str, ...]
    tenancy: Tenancy
    computes: bool = False

    @property
    def writes(self) -> bool:
        """Whether it needs a scope that a reader of everything does not hold."""
        return not self.computes and any(not scope.endswith(READING) for scope in self.scopes)

    @property
    def personal(self) -> bool:
        return any(scope.partition(":")[0] in PERSONAL for scope in self.scopes)

    def shown(self) -> dict[str, Any]:
        """As in the OpenAPI document."""
        return {
            "scopes": list(self.scopes),
            "tenancy": self.tenancy,
            "personal": self.personal,
            "computes": self.computes,
        }


def policy_of(scopes: tuple[str, ...], tenancy: Tenancy | None, *, computes: bool) -> Policy:
    """The policy of these scopes; the tenancy is the usual one of the first scope's resource when none is named."""
    usual = USUAL[scopes[0].partition(":")[0]]
    return Policy(scopes, tenancy or usual, computes or scopes[0] == "simulations:run")


def policy_for(dependant: Any) -> Policy | None:
    """What an operation asks through all its dependencies, a router's included: every scope, the strictest tenancy."""
    found = list(_declared(dependant))
    if not found:
        return None
    scopes = tuple(dict.fromkeys(scope for policy in found for scope in policy.scopes))
    tenancy = min((policy.tenancy for policy in found), key=STRICTEST.index)
    return Policy(scopes, tenancy, any(policy.computes for policy in found))


def _declared(dependant: Any) -> Iterator[Policy]:
    policy = getattr(dependant.call, "policy", None)
    if isinstance(policy, Policy):
        yield policy
    for dependency in dependant.dependencies:
        yield from _declared(dependency)


def faults(method: str, path: str, policy: Policy) -> Iterator[str]:
    """What an operation's policy may not say: a change that a reader may make."""
    changes = method not in {"GET", "HEAD"} and not policy.computes
    if changes and all(scope.endswith(READING) for scope in policy.scopes):
        yield f"{method} {path}: changes with scopes to read; say computes=True if it changes nothing"
    if method in {"GET", "HEAD"} and any(scope.endswith(":write") for scope in policy.scopes):
        yield f"{method} {path}: reads with a scope to write"
