"""The sandbox of HRIS vendors: an installation of its own, and in it a fictitious employer for each vendor.

Nothing of it can meet production: other databases, other keys, another issuer of tokens, other insurers' feeds. Inside,
vendors are kept apart as tenants are everywhere. A vendor that starts anew gets another employer, because what was
recorded is never taken back; the former one is nobody's any more.
"""

from __future__ import annotations

import copy
import zlib
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from relais.api import Api, Refused
from relais.clients import HRIS_SCOPES, document
from relais.home import Home
from relais.seed import ACCORD, SEED, SEEN_ON, send_population
from relais.synthetic.identity import FIRST_NAMES, LAST_NAMES, fictitious_siret
from relais.synthetic.region import draw_agent
from rules.book import RuleBook

AGENTS: Final = 12
# Ranks of invented employers that a region of them (`relais generate`) does not reach.
FIRST_RANK, RANKS = 50_000, 49_000
TRIES: Final = 50
_UNKNOWN: Final = 404


@dataclass(frozen=True, slots=True)
class Tenant:
    """A fictitious employer with its accord."""

    siret: str
    name: str
    agreement: str


def home_of(production: Home) -> Home:
    """The sandbox lies beside the home it is asked from, and in no way in it."""
    return Home(production.root.with_name(f"{production.root.name}-sandbox"), "relais sandbox run")


def open_tenant(staff: Api, client: str) -> Tenant:
    """An employer nobody has, with an accord in force."""
    siret = _free_siret(staff, client)
    tenant = Tenant(siret, f"Collectivité fictive « {client} » (bac à sable)", f"bac-a-sable-{siret}")
    organisation = {"kind": "COMMUNE", "siret": siret, "name": tenant.name, "departement": "85", "assumption": True}
    staff.post("/v1/organisations", organisation)
    staff.post("/v1/agreements", _accord(tenant))
    staff.post(f"/v1/agreements/{tenant.agreement}/sign", None)
    staff.post(f"/v1/agreements/{tenant.agreement}/publish", None)
    return tenant


def registration(client: str, tenant: Tenant) -> dict[str, Any]:
    """What registers a vendor's client for its employer."""
    name = f"{client} (bac à sable)"
    return {"id": client, "name": name, "scopes": sorted(HRIS_SCOPES), "employers": [tenant.siret]}


def fill(hris: Api, tenant: Tenant) -> None:
    """Fictitious agents, with a month of pay, sent as the vendor's own client sends them."""
    point: Decimal = RuleBook.load().at("index_point.yearly", SEEN_ON).value
    agents = [
        draw_agent(tenant.siret, f"S{number:04d}", seed=SEED, today=SEEN_ON, point=point)
        for number in range(1, AGENTS + 1)
    ]
    send_population(hris, agents)


def _free_siret(staff: Api, client: str) -> str:
    start = zlib.crc32(client.encode())
    for number in range(TRIES):
        siret = fictitious_siret(FIRST_RANK + (start + number) % RANKS)
        try:
            staff.get(f"/v1/organisations/{siret}")
        except Refused as refused:
            if refused.status == _UNKNOWN:
                return siret
            raise
    raise AssertionError("the sandbox has tens of thousands of employers: it is to be made anew")


def _accord(tenant: Tenant) -> dict[str, Any]:
    """La Roche-sur-Yon's terms for one fictitious employer, signed by nobody who lives."""
    accord = copy.deepcopy(document(ACCORD))
    former = {one["name"] for one in accord["employers"]}
    valid = {"from": accord["effective"]["from"], "to": None}
    accord |= {
        "agreement": tenant.agreement,
        "title": f"Accord fictif : {tenant.name}",
        "employers": [{"siret": tenant.siret, "name": tenant.name, "kind": "COMMUNE", **valid, "assumption": True}],
    }
    employer = next(one for one in accord["signatories"] if one["party"] in former)
    unions = [one for one in accord["signatories"] if one["party"] not in former]
    accord["signatories"] = [
        {**one, "name": f"{FIRST_NAMES[place]} {LAST_NAMES[place]}"}
        for place, one in enumerate([{**employer, "party": tenant.name}, *unions])
    ]
    return accord
