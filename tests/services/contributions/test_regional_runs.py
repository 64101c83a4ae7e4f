"""A month of every employer: each in its own transaction, by several workers at once, taken up where it stopped."""

from __future__ import annotations

import asyncio
from typing import Any

from kit.db.job_runner import JobRunner
from kit.ids import new_id
from kit.period import Month
from tests.services.client import Service
from tests.services.contributions.facts import AGGLOMERATION, CITY
from tests.services.contributions.world import World

PATH = "/v1/runs/regional"
SCOPES = ("contributions:read", "contributions:write")


def worker(service: Service, world: World) -> JobRunner:
    return JobRunner(world.database.worker, world.database.api, service.app.state.jobs, service.clock)


async def work(service: Service, world: World) -> None:
    machine = worker(service, world)
    while await machine.step():
        pass


async def asked(service: Service, key: str, **body: Any) -> Any:
    async with service.caller(*SCOPES) as staff:
        return await staff.post(PATH, json={"month": "2025-06", **body}, headers={"Idempotency-Key": key})


async def shown(service: Service, location: str) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    async with service.caller(*SCOPES) as staff:
        job = (await staff.get(location)).json()
        refused = (await staff.get(f"{location}/refused")).json()["items"]
        return job, [(one["siret"], one["code"]) for one in refused]


async def two_employers(world: World) -> None:
    for employer in (CITY, AGGLOMERATION):
        await world.member("M1", employer=employer)
        await world.pay("M1", "2025-06", employer=employer, tib="2000.00")


async def test_two_machines_settle_each_employer_once(service: Service, world: World) -> None:
    await two_employers(world)
    started = [await asked(service, "1"), await asked(service, "2")]
    assert [(one.status_code, one.json()["employers"]) for one in started] == [(202, 2)] * 2
    await asyncio.gather(*(work(service, world) for _ in range(2)))
    for one in started:
        job, refused = await shown(service, one.headers["location"])
        assert (job["state"], job["settled"], job["refused"], refused) == ("done", 2, 0, [])
    statements = await world.rows("SELECT employer, number, amount FROM statement ORDER BY employer")
    assert statements == [{"employer": e, "number": 1, "amount": 4_100} for e in (CITY, AGGLOMERATION)]


async def test_a_run_that_stopped_goes_on_and_says_who_was_refused(service: Service, world: World) -> None:
    await two_employers(world)
    await world.pay("M1", "2025-06", 1, employer=AGGLOMERATION, tib="90000.00")
    location = (await asked(service, "1")).headers["location"]
    assert await worker(service, world).step()
    job, _ = await shown(service, location)
    assert (job["state"], job["settled"] + job["refused"], job["employers"]) == ("running", 1, 2)
    await work(service, world)
    assert (await shown(service, location))[1] == [(AGGLOMERATION, "parked")]
    await world.close("2025-06")
    await work(service, world)
    later = (await asked(service, "2")).headers["location"]
    await work(service, world)
    job, refused = await shown(service, later)
    assert (job["settled"], job["refused"]) == (0, 2)
    assert refused == [(CITY, "month_closed"), (AGGLOMERATION, "parked")]


async def test_a_dry_run_writes_nothing(service: Service, world: World) -> None:
    await two_employers(world)
    location = (await asked(service, "1", dry_run=True)).headers["location"]
    await work(service, world)
    job, _ = await shown(service, location)
    assert (job["state"], job["settled"], job["dry_run"]) == ("done", 2, True)
    assert await world.rows("SELECT * FROM statement") == []
    assert await world.events("statement.issued") == []


async def overview(service: Service, **query: Any) -> Any:
    async with service.caller(*SCOPES, **query.pop("who", {})) as caller:
        return (await caller.get("/v1/runs/overview", params={"month": "2025-06", **query})).json()


async def test_a_dry_run_says_how_the_month_differs_from_the_one_before(service: Service, world: World) -> None:
    await two_employers(world)
    await world.pay("M1", "2025-05", tib="1000.00")
    await world.run("2025-05")
    await world.pay("R9", "2025-06", tib="1000.00")
    before = await overview(service)
    assert [(one["previous"], one["difference"], one["attention"]) for one in before["items"]] == [
        ("20.50", None, []),
        ("0.00", None, []),
    ]
    location = (await asked(service, "1", dry_run=True)).headers["location"]
    await work(service, world)
    found = await overview(service)
    city, other = found["items"]
    assert (city["siret"], city["issued"], city["difference"]) == (CITY, "0.00", "20.50")
    assert city["attention"] == ["UNKNOWN_AGENTS", "UNUSUAL"]
    names = ("amount", "regularised", "lines", "agents", "unknown", "refused")
    assert [city["forecast"][name] for name in names] == ["41.00", "0.00", 1, 1, 1, None]
    assert (other["difference"], other["attention"]) == ("41.00", [])
    totals = ("employers", "forecasts", "attention", "previous", "forecast", "difference")
    assert [found["totals"][name] for name in totals] == [2, 2, 1, "20.50", "82.00", "61.50"]
    assert [one["siret"] for one in (await overview(service, attention=True))["items"]] == [CITY]
    first = await overview(service, limit=1)
    assert (await overview(service, limit=1, cursor=first["next"]))["items"] == [other]
    # Each sees its own; what was run since is foreseen no more.
    mine = await overview(service, who={"employers": [AGGLOMERATION]})
    assert [one["siret"] for one in mine["items"]] == [AGGLOMERATION]
    await world.run("2025-06")
    await world.close("2025-06", employer=AGGLOMERATION)
    after = await overview(service)
    assert [(one["issued"], one["forecast"], one["closed"]) for one in after["items"]] == [
        ("41.00", None, False),
        ("41.00", None, True),
    ]
    async with service.caller(*SCOPES) as staff:
        assert [PATH + "/" + one["id"] for one in (await staff.get(PATH)).json()["items"]] == [location]


async def test_without_a_month_it_is_the_last_of_which_something_is_known(service: Service, world: World) -> None:
    async def shown_month(**query: Any) -> str:
        async with service.caller(*SCOPES, **query.pop("who", {})) as caller:
            return str((await caller.get("/v1/runs/overview", params=query)).json()["month"])

    this = Month.of(service.clock.day())
    assert await shown_month() == str(this), "nothing was sent"
    await two_employers(world)
    assert await shown_month() == "2025-06", "the last with pay"
    await world.run("2025-06")
    await world.pay("M1", str(this.next()), tib="1000.00")
    assert await shown_month() == "2025-06", "what is to come is not yet"
    await world.pay("M1", str(this), tib="1000.00")
    assert await shown_month() == str(this)
    assert await shown_month(employer=AGGLOMERATION) == "2025-06"
    assert await shown_month(who={"employers": [AGGLOMERATION]}) == "2025-06", "each sees its own"


async def test_it_is_for_those_who_act_for_all(service: Service, world: World) -> None:
    await two_employers(world)
    location = (await asked(service, "1")).headers["location"]
    async with service.caller(*SCOPES, employers=[CITY]) as hris:
        own = await hris.post(PATH, json={"month": "2025-06"}, headers={"Idempotency-Key": "own"})
        assert (own.status_code, own.json()["code"]) == (403, "staff_only")
        for path in (location, f"{location}/refused", f"{PATH}/{new_id()}"):
            assert (await hris.get(path)).json()["code"] == "run_not_found"
