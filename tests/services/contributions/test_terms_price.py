"""What another version of an accord would cost, on the pay of the agents it covers."""

from __future__ import annotations

from typing import Any

import httpx

from tests.services.client import Service
from tests.services.contributions.facts import ACCORD, CITY, revised
from tests.services.contributions.world import World

URL = "/v1/simulations/contributions/terms"
RATES = (
    {
        "from": "2025-01-01",
        "to": "2027-12-31",
        "guaranteed_to": "2027-12-31",
        "rate": "0.0205",
        "employer_share": "1.0000",
    },
    {"from": "2028-01-01", "rate": "0.023575", "employer_share": "0.8000"},
)


async def priced(client: httpx.AsyncClient, document: dict[str, Any], month: str = "2028-01") -> dict[str, Any]:
    answer = await client.post(URL, json={"agreement": ACCORD, "document": document, "month": month})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_an_avenant_on_the_rate_is_priced_for_every_agent_it_covers(service: Service, world: World) -> None:
    """Accord art. 5.3: 2.05 % becomes 2.3575 % of 2 400.00, and the agent bears a fifth of it."""
    await world.member("M1")
    elected = await world.member("M2")
    await world.elect(elected, "DEATH", "2025-01-01")
    await world.member("M3")  # nobody knows his pay
    for matricule in ("M1", "M2"):
        await world.pay(matricule, "2025-05", tib="2000.00")
        await world.pay(matricule, "2025-06", tib="2400.00")
    async with service.caller("simulations:run") as staff:
        found = await priced(staff, revised("BASE", *RATES))
        assert (found["agents"], found["unpriced"]) == (2, 1)
        base, death = found["guarantees"]
        assert (base["guarantee"], base["agents"]) == ("BASE", 2)
        assert base["before"] == {"amount": "98.40", "employer": "98.40", "agent": "0.00"}
        assert base["after"] == {"amount": "113.16", "employer": "90.52", "agent": "22.64"}
        assert (death["guarantee"], death["agents"], death["before"]) == ("DEATH", 0, death["after"])
        same = await priced(staff, revised("BASE", *RATES), "2027-12")
        assert (same["agents"], same["before"]) == (0, same["after"])


async def test_whom_the_caller_does_not_stand_for_is_not_counted(service: Service, world: World) -> None:
    await world.member("M1")
    await world.pay("M1", "2025-06", tib="2400.00")
    async with service.caller("simulations:run", employers=["99985002700015"], client="agglo") as other:
        found = await priced(other, revised("BASE", *RATES))
    assert (found["agents"], found["unpriced"], found["guarantees"]) == (0, 0, [])


async def test_what_cannot_be_priced(service: Service, world: World) -> None:
    body = {"agreement": ACCORD, "document": {}, "month": "2028-01"}
    async with service.caller("simulations:run", employers=[CITY]) as client:
        refused = await client.post(URL, json=body)
        assert (refused.status_code, refused.json()["code"]) == (422, "invalid_terms")
        assert refused.json()["errors"][0]["pointer"] == "/document"
        for document in ({"effective": 1}, {"effective": {"from": "never"}}, {"employers": None}):
            again = await client.post(URL, json={**body, "document": document})
            assert (again.status_code, again.json()["code"]) == (422, "invalid_terms")
        unknown = await client.post(URL, json={**body, "agreement": "nobody"})
        assert unknown.json()["code"] == "unknown_agreement"
