"""Who is covered on a day, for a whole employer: one page, one query, however many accords and moves."""

from __future__ import annotations

from typing import Any

import pytest

from tests.services.eligibility.conftest import CITY, OTHER, SOCIAL_CENTRE, Eligibility, hire_body

NIRS = ("275038500100158", "175030058286814")


async def listed(eligibility: Eligibility, *employers: str, **asked: Any) -> list[dict[str, Any]]:
    async with eligibility.hris(*employers) as client:
        answer = await client.get("/v1/affiliations", params=asked)
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items


async def hired(eligibility: Eligibility) -> list[str]:
    """One agent of the city since February, one of its social centre since September 2025."""
    await eligibility.publish_accord()
    bodies = [
        hire_body(nir=NIRS[0]),
        hire_body(nir=NIRS[1], employer=SOCIAL_CENTRE, matricule="M2", employment={"start": "2025-09-01"}),
    ]
    found = []
    async with eligibility.hris() as client:
        for body in bodies:
            answer = await client.post("/v1/agents", json=body, headers={"idempotency-key": body["matricule"]})
            assert answer.status_code == 201, answer.text
            found.append(str(answer.json()["id"]))
    await eligibility.decide()
    return found


async def test_who_is_covered_is_told_with_a_name_and_no_number(eligibility: Eligibility) -> None:
    first, second = await hired(eligibility)
    one, other = await listed(eligibility)
    assert (one["agent"], one["employer"], one["outcome"], one["end"]) == (first, CITY, "AFFILIATED", None)
    assert (one["last_name"], one["first_name"], one["birth_date"]) == ("Exemple", "Zoé", "1975-03-01")
    assert (other["agent"], other["start"]) == (second, "2025-09-01")
    assert {"nir", "matricule"} & one.keys() == set()


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"on": "2025-08-31"}, [0]),
        ({"on": "2025-01-31"}, []),
        ({"employer": [SOCIAL_CENTRE]}, [1]),
        ({"agreement": ["another"]}, []),
        ({"employer": [OTHER]}, []),
    ],
)
async def test_filters(eligibility: Eligibility, asked: dict[str, Any], found: list[int]) -> None:
    agents = await hired(eligibility)
    assert [one["agent"] for one in await listed(eligibility, **asked)] == [agents[place] for place in found]


async def test_an_employer_sees_its_own_and_pages_follow(eligibility: Eligibility) -> None:
    first, second = await hired(eligibility)
    assert [one["agent"] for one in await listed(eligibility, CITY, agent=[first, second])] == [first]
    async with eligibility.hris() as client:
        page = (await client.get("/v1/affiliations", params={"limit": 1})).json()
        rest = (await client.get("/v1/affiliations", params={"limit": 1, "cursor": page["next"]})).json()
        odd = await client.get("/v1/affiliations", params={"cursor": "WyJhIl0"})
    assert [page["items"][0]["agent"], rest["items"][0]["agent"], rest["next"]] == [first, second, None]
    assert odd.status_code == 422


async def test_a_suspended_affiliation_is_said_so(eligibility: Eligibility) -> None:
    first, _ = await hired(eligibility)
    async with eligibility.hris() as client:
        body = {"kind": "DISPONIBILITE", "start": "2026-02-01", "paid": False}
        answer = await client.post(f"/v1/agents/{first}/positions", json=body)
        assert answer.status_code == 201, answer.text
    await eligibility.decide()
    states = {day: (await listed(eligibility, CITY, on=day))[0]["outcome"] for day in ("2026-01-31", "2026-02-01")}
    assert states == {"2026-01-31": "AFFILIATED", "2026-02-01": "SUSPENDED"}


async def test_who_is_restricted_is_left_out_but_for_who_is_in_charge(eligibility: Eligibility) -> None:
    first, second = await hired(eligibility)
    said = {"restricted": True, "asked_by": "PERSON", "reason": "Opposition"}
    async with eligibility.service.caller("agents:read", "persons:read", "persons:write", client="officer") as officer:
        assert (await officer.put(f"/v1/agents/{first}/restriction", json=said)).status_code == 200
        whole = (await officer.get("/v1/affiliations")).json()["items"]
    assert [one["agent"] for one in whole] == [first, second]
    assert [one["agent"] for one in await listed(eligibility)] == [second]
