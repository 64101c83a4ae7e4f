"""Everything the platform holds of one person, read service by service through the API, as its right of access asks.

Read by a client that stands for every employer; each reading is in the audit trail, with the purpose.
"""

from __future__ import annotations

from typing import Any, Final

from relais.api import Api, Refused
from relais.errors import CommandError

NOT_FOUND: Final = 404
AUDIT_PAGE: Final = 200
# Far above any career; whoever is beyond is told, rather than given a part that looks whole.
MOST_ACCESSES: Final = 100_000
# Lists that name the agent, by what they are called in the export.
LISTS: Final = {
    "contributions": "/v1/contributions",
    "claims": "/v1/claims",
    "annuities": "/v1/annuities",
    "capitals": "/v1/capitals",
    "overpayments": "/v1/overpayments",
}
# What each employer has of the person, and of each claim.
OF_EMPLOYERS: Final = {
    "affiliation": "/v1/agents/{agent}/affiliation",
    "entitlements": "/v1/entitlements",
    "causes": "/v1/claims/causes",
    "daily_allowances": "/v1/claims/daily-allowances",
    "temporary_invalidities": "/v1/claims/temporary-invalidities",
    "part_times": "/v1/claims/part-times",
    "replacements": "/v1/claims/replacements",
}
OF_CLAIMS: Final = ("file", "payments")


def export(api: Api, agent: str) -> dict[str, Any]:
    """By subject. Raises Refused where the agent is unknown or the client may not read it."""
    file = api.get(f"/v1/agents/{agent}")
    found: dict[str, Any] = {"agent": agent, "file": file, "proofs": api.get(f"/v1/agents/{agent}/proofs")["items"]}
    for name, path in OF_EMPLOYERS.items():
        found[name] = {siret: _of_employer(api, path, agent, siret) for siret in _employers(file)}
    for name, path in LISTS.items():
        found[name] = list(api.pages(path, agent=agent))
    for claim in found["claims"]:
        claim["benefits"] = list(api.pages("/v1/benefits", claim=claim["id"]))
        claim |= {part: _if_any(api, f"/v1/claims/{claim['id']}/{part}") for part in OF_CLAIMS}
    found["restriction"] = api.get(f"/v1/agents/{agent}/restriction")
    found["accesses"] = _accesses(api, agent)
    return found


def _employers(file: dict[str, Any]) -> list[str]:
    named = {str(file["employer"])} | {str(one["employer"]) for one in file["employments"] if one.get("employer")}
    return sorted(named)


def _of_employer(api: Api, path: str, agent: str, siret: str) -> Any:
    named = path.format(agent=agent)
    return _if_any(api, named, employer=siret, **({} if agent in named else {"agent": agent}))


def _if_any(api: Api, path: str, **parameters: str) -> Any:
    try:
        return api.get(path, **parameters)
    except Refused as refused:
        if refused.status != NOT_FOUND:
            raise
        return None


def _accesses(api: Api, agent: str) -> list[Any]:
    """Who opened the file, the readings of this export included. Raises CommandError beyond MOST_ACCESSES."""
    found: list[Any] = []
    after: int | None = 0
    while after is not None:
        page = api.get("/v1/audit", agent=agent, after=after, limit=AUDIT_PAGE)
        found += page["items"]
        after = page["next"]
        if len(found) > MOST_ACCESSES:
            raise CommandError(f"Plus de {MOST_ACCESSES} accès à ce dossier : lisez-les page par page, GET /v1/audit.")
    return found
