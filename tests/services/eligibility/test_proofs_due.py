"""The yearly proof of a dispense is announced before it is missed, once, and no longer when nothing is left to do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from services.eligibility.application.remind_proofs import NOTICE_DAYS
from tests.services.eligibility.conftest import CITY, RULES, Eligibility, hire_body
from tests.services.eligibility.test_dispenses import CDD, asked
from tests.services.eligibility.test_over_time import hire

# Asked and proven on 2025-03-10: another proof is due on 2026-03-10, without it cover begins on 2026-04-01.
DUE = datetime(2026, 3, 10, 9, tzinfo=UTC)
NOTICE = timedelta(days=RULES.at(NOTICE_DAYS, DUE.date()).integer)
HIRED = datetime(2025, 3, 12, 9, tzinfo=UTC)


async def items(eligibility: Eligibility) -> list[tuple[str, str]]:
    """What was told of work items: opened or closed, and the day it is due."""
    return [(e["type"].split(".")[-2], e["data"]["due"]) for e in await eligibility.events("work-item.")]


async def dispensed(eligibility: Eligibility) -> tuple[str, str]:
    """An agent dispensed in 2025, with the path of the request."""
    eligibility.service.clock.at = HIRED
    await eligibility.publish_accord()
    async with eligibility.hris(CITY) as hris:
        agent = await hire(hris, employment=CDD)
        one = (await asked(hris, agent)).json()["id"]
    await eligibility.decide()
    assert await items(eligibility) == []
    return agent, f"/v1/agents/{agent}/dispenses/{one}"


async def test_told_on_the_day_of_the_notice_and_once(eligibility: Eligibility) -> None:
    agent, path = await dispensed(eligibility)
    await eligibility.night(DUE - NOTICE - timedelta(days=1))
    assert await items(eligibility) == []
    await eligibility.night(DUE - NOTICE)
    await eligibility.night(DUE)
    (opened,) = await eligibility.events("work-item.")
    assert opened["employer"] == CITY
    assert opened["data"] == {
        "kind": "dispense-proof",
        "due": "2026-03-10",
        "employer": CITY,
        "agent": agent,
        "reference": f"{path}/proofs",
    }


async def test_the_proof_closes_it_and_the_next_year_opens_another(eligibility: Eligibility) -> None:
    _, path = await dispensed(eligibility)
    await eligibility.night(DUE - NOTICE)
    eligibility.service.clock.at = DUE
    async with eligibility.hris(CITY) as hris:
        assert (await hris.post(f"{path}/proofs", json={"date": "2026-03-10"})).status_code == 201
    await eligibility.decide()
    assert await items(eligibility) == [("opened", "2026-03-10"), ("closed", "2026-03-10")]
    await eligibility.night(datetime(2027, 3, 9, 9, tzinfo=UTC))
    assert (await items(eligibility))[2:] == [("opened", "2027-03-10")]


async def test_a_proof_taken_back_opens_it_again(eligibility: Eligibility) -> None:
    _, path = await dispensed(eligibility)
    await eligibility.night(DUE)
    async with eligibility.hris(CITY) as hris:
        proven = await hris.post(f"{path}/proofs", json={"date": "2026-03-10"})
        await eligibility.decide()
        etag = {"if-match": proven.headers["etag"]}
        assert (await hris.patch(path, json={"without_proof": "2026-03-10"}, headers=etag)).status_code == 200
    await eligibility.decide()
    assert [move for move, _ in await items(eligibility)] == ["opened", "closed", "opened"]


async def test_the_lapse_closes_it_as_cover_begins(eligibility: Eligibility) -> None:
    await dispensed(eligibility)
    await eligibility.night(datetime(2026, 3, 31, 9, tzinfo=UTC))
    await eligibility.night(datetime(2026, 4, 1, 9, tzinfo=UTC))
    assert await items(eligibility) == [("opened", "2026-03-10"), ("closed", "2026-03-10")]
    assert [e["data"]["from"] for e in await eligibility.events("affiliation.started")] == ["2026-04-01"]


async def test_nothing_is_due_of_who_leaves_or_gives_up_before(eligibility: Eligibility) -> None:
    agent, path = await dispensed(eligibility)
    await eligibility.night(DUE - NOTICE)
    async with eligibility.hris(CITY) as hris:
        read = await hris.get(f"/v1/agents/{agent}")
        etag = {"if-match": read.headers["etag"]}
        assert (await hris.patch(path, json={"to": "2026-02-28"}, headers=etag)).status_code == 200
    await eligibility.decide()
    assert await items(eligibility) == [("opened", "2026-03-10"), ("closed", "2026-03-10")]
    async with eligibility.hris(CITY) as hris:
        short = CDD | {"end": "2026-03-20"}
        body = hire_body(matricule="M2", nir="180050000200225", employment=short)
        other = await hris.post("/v1/agents", json=body, headers={"idempotency-key": "other"})
        assert (await asked(hris, other.json()["id"])).status_code == 201
    await eligibility.decide()
    assert len(await items(eligibility)) == 2
