"""Which service answers which path, and how long it may take. What is not here is the gateway's own, or unknown."""

from __future__ import annotations

from typing import Final

ROUTES: Final[dict[str, str]] = {
    "/v1/organisations": "agreements",
    "/v1/agreements": "agreements",
    "/v1/schemes": "agreements",
    "/v1/conventions": "agreements",
    "/v1/notices": "agreements",
    "/v1/agents": "eligibility",
    "/v1/affiliations": "eligibility",
    "/v1/imports/agents": "eligibility",
    "/v1/imports/leaves": "eligibility",
    "/v1/imports/opening-balances": "eligibility",
    "/v1/simulations/affiliation": "eligibility",
    "/v1/statistics/cover": "eligibility",
    "/v1/pay": "contributions",
    "/v1/imports/pay": "contributions",
    "/v1/imports/dsn": "contributions",
    "/v1/dsn": "contributions",
    "/v1/runs": "contributions",
    "/v1/months": "contributions",
    "/v1/statements": "contributions",
    "/v1/contributions": "contributions",
    "/v1/payments": "contributions",
    "/v1/accounts": "contributions",
    "/v1/receivables": "contributions",
    "/v1/settlements": "contributions",
    "/v1/payment-orders": "contributions",
    "/v1/accounting": "contributions",
    "/v1/simulations/contributions": "contributions",
    "/v1/exchanges/agreements": "agreements",
    "/v1/exchanges/eligibility": "eligibility",
    "/v1/exchanges/contributions": "contributions",
    "/v1/exchanges/claims": "claims",
    "/v1/statistics/contributions": "contributions",
    "/v1/entitlements": "claims",
    "/v1/claims": "claims",
    "/v1/benefits": "claims",
    "/v1/annuities": "claims",
    "/v1/capitals": "claims",
    "/v1/awards": "claims",
    "/v1/decisions": "claims",
    "/v1/overpayments": "claims",
    "/v1/ri-maintenance": "claims",
    "/v1/statistics/absence": "claims",
    "/v1/simulations/net-pay": "claims",
    "/v1/simulations/statutory-pay": "claims",
    "/v1/simulations/benefits": "claims",
}
SERVICES: Final = tuple(dict.fromkeys(ROUTES.values()))
# Seconds that nothing may come of an answer: of what is about one thing, and of work on a file, a month or a region.
PATIENCE_S: Final = 30.0
LONG_S: Final = 300.0
LONG: Final = (
    *("/v1/imports/", "/v1/agents:bulk", "/v1/pay:bulk", "/v1/dsn", "/v1/runs", "/v1/months", "/v1/settlements"),
    *("/v1/accounts", "/v1/accounting", "/v1/payment-orders", "/v1/simulations/contributions", "/v1/statistics"),
)
_SEGMENTS: Final = 2
# Where two segments do not yet say whose a path is.
_LONGER: Final = frozenset(prefix.rpartition("/")[0] for prefix in ROUTES if prefix.count("/") > _SEGMENTS)


def service_of(path: str) -> str | None:
    """The service that owns a path, by its longest known prefix of whole segments.

    >>> service_of("/v1/agents/42/leaves"), service_of("/v1/pay:bulk"), service_of("/v1/paymasters")
    ('eligibility', 'contributions', None)
    """
    _, version, resource, *more = path.split("/", 4) if path.count("/") > 1 else ("", "", "")
    prefix = f"/{version}/{resource.partition(':')[0]}"
    if prefix in _LONGER and more:
        prefix = f"/{version}/{resource}/{more[0].partition(':')[0]}"
    return ROUTES.get(prefix)


def patience_for(path: str) -> float:
    """Seconds that nothing may come from the service of a path.

    >>> patience_for("/v1/agents/42"), patience_for("/v1/imports/pay")
    (30.0, 300.0)
    """
    return LONG_S if path.startswith(LONG) else PATIENCE_S
