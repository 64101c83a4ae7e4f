"""What another version of an accord would cost, on the pay of the agents it covers."""

from __future__ import annotations

from typing import Any, Final

import httpx

from tests.services.client import Service
from tests.services.contributions.facts import ACCORD, AGGLOMERATION, CITY, document, revised
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
        assert "« effective »" in refused.json()["detail"]
        for document in ({"effective": 1}, {"effective": {"from": "never"}}, {"employers": None}):
            again = await client.post(URL, json={**body, "document": document})
            assert (again.status_code, again.json()["code"]) == (422, "invalid_terms")
        unknown = await client.post(URL, json={**body, "agreement": "nobody"})
        assert unknown.json()["code"] == "unknown_agreement"


DAYS: Final = "/v1/simulations/contributions/terms/days"
LATE, EARLY, NONE = "2028-01-01", "2027-12-31", {"amount": "0.00", "employer": "0.00", "agent": "0.00"}


async def between(client: httpx.AsyncClient, before: str, after: str, month: str = "2025-06", **more: str) -> Any:
    body = {"agreement": ACCORD, "before": before, "after": after, "month": month, **more}
    return await client.post(DAYS, json=body)


async def test_two_days_of_an_accord_are_priced_on_the_same_agents(service: Service, world: World) -> None:
    """2.05 % of 2 400.00 becomes 2.3575 %; an exception keeps the other employer's, half of it borne by the agent."""
    own = revised("BASE", {"from": "2025-01-01", "to": None, "employer_share": "0.5000"})["guarantees"][0]
    exception = {"employer": AGGLOMERATION, "from": "2028-01-01", "to": None, "guarantees": [own], "source": "x"}
    former = {**document(), "to": "2027-12-31"}
    now = revised("BASE", {**RATES[1], "from": "2025-01-01"})
    await world.accord(version=2, guarantees=now["guarantees"], exceptions=[exception], formerly=[former])
    await world.member("M1")
    await world.pay("M1", "2025-05", tib="2400.00")
    await world.member("A1", employer=AGGLOMERATION)
    await world.pay("A1", "2025-06", employer=AGGLOMERATION, tib="1000.00")
    await world.member("M3")  # nobody knows his pay
    async with service.caller("simulations:run") as staff:
        found = (await between(staff, EARLY, LATE)).json()
        assert (found["agents"], found["unpriced"]) == (3, 1)
        (base,) = [one for one in found["guarantees"] if one["guarantee"] == "BASE"]
        assert base["before"] == {"amount": "69.70", "employer": "69.70", "agent": "0.00"}
        assert base["after"] == {"amount": "77.08", "employer": "55.51", "agent": "21.57"}
        first, second = found["employers"]
        assert (first["employer"], first["after"]["agent"]) == (CITY, "11.32")
        assert (second["employer"], second["before"]["agent"], second["after"]["agent"]) == (
            AGGLOMERATION,
            "0.00",
            "10.25",
        )
        before_it_began = (await between(staff, "2024-12-31", EARLY)).json()
        assert (before_it_began["before"], before_it_began["after"]["amount"]) == (NONE, "69.70")
        assert (await between(staff, EARLY, LATE, agreement="nobody")).json()["code"] == "unknown_agreement"
    async with service.caller("simulations:run", employers=[AGGLOMERATION], client="agglo") as other:
        mine = (await between(other, EARLY, LATE)).json()
    assert [one["employer"] for one in mine["employers"]] == [AGGLOMERATION]
    assert (mine["agents"], mine["after"]["amount"]) == (1, "20.50")


async def test_nothing_is_said_where_one_day_does_not_price_the_same_agents(service: Service, world: World) -> None:
    """Without a base for the agent's regime nobody knows what he cost: no difference is made up."""
    former = {**document(), "to": "2027-12-31"}
    former["contribution_base"] = [one for one in former["contribution_base"] if "CNRACL" not in one["populations"]]
    await world.accord(version=2, formerly=[former])
    await world.member("M1")
    await world.pay("M1", "2025-06", tib="2400.00")
    async with service.caller("simulations:run") as staff:
        refused = await between(staff, EARLY, LATE)
    assert (refused.status_code, refused.json()["code"]) == (422, "terms_not_comparable")
