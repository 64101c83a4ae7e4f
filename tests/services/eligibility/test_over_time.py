"""Facts that come late, in any order, or with the day: cover follows, and says what became true."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from kit.db.database import Scope
from kit.trace import canonical
from services.eligibility.domain.decision import taken
from services.eligibility.main import day_passes
from tests.services.eligibility.conftest import CITY, NOW, Eligibility, hire_body


async def hire(hris: httpx.AsyncClient, **changes: Any) -> str:
    answer = await hris.post("/v1/agents", json=hire_body(**changes), headers={"idempotency-key": "h"})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def cover(hris: httpx.AsyncClient, agent: str, **query: str) -> Any:
    return (await hris.get(f"/v1/agents/{agent}/affiliation", params=query)).json()


def outcomes(answer: Any) -> list[tuple[str, str]]:
    return [(period["start"], period["outcome"]) for period in answer["periods"]]


async def test_an_agent_known_before_the_accord_is_decided_when_it_comes(eligibility: Eligibility) -> None:
    async with eligibility.hris(CITY) as hris:
        agent = await hire(hris)
        await eligibility.decide()
        undecided = await cover(hris, agent)
        assert (undecided["periods"], undecided["outcome"]) == ([], None)
        chosen = await hris.post(f"/v1/agents/{agent}/options", json={"guarantee": "DEATH", "from": "2025-02-01"})
        assert chosen.status_code == 201
        await eligibility.publish_accord()
        await eligibility.decide()
        assert outcomes(await cover(hris, agent)) == [("2025-02-01", "AFFILIATED")]
    assert await eligibility.names() == ["agent.hired", "option.elected", "affiliation.started"]


async def test_an_accord_revised_decides_again_and_an_older_version_changes_nothing(eligibility: Eligibility) -> None:
    await eligibility.publish_accord()
    async with eligibility.hris(CITY) as hris:
        agent = await hire(hris)
        await eligibility.decide()
        await eligibility.publish_accord(3, employers=[{"siret": CITY, "from": "2025-07-01"}])
        await eligibility.publish_accord(2)
        await eligibility.decide()
        assert outcomes(await cover(hris, agent)) == [("2025-07-01", "AFFILIATED")]
    moves = [(e["data"]["from"], e["data"]["to"]) for e in await eligibility.events("affiliation.")]
    assert moves == [("2025-02-01", None), ("2025-07-01", None)]


async def test_an_accord_that_cannot_be_read_is_refused(eligibility: Eligibility) -> None:
    with pytest.raises(ValueError, match="return_days"):
        await eligibility.publish_accord(eligibility={"return_days": None})


async def test_nothing_changed_nothing_told(eligibility: Eligibility) -> None:
    await eligibility.publish_accord()
    async with eligibility.hris(CITY) as hris:
        await hire(hris)
    await eligibility.decide()
    before = await eligibility.names()
    await eligibility.publish_accord()
    assert await eligibility.decide() == 1
    assert await eligibility.names() == before


async def test_the_day_comes_and_is_told(eligibility: Eligibility) -> None:
    """Sixth month reached on 2026-04-01: nothing the day before, told on the day, once."""
    await eligibility.publish_accord()
    contract = {
        "kind": "CONTRACTUEL_PUBLIC",
        "contract": "CDD",
        "category": None,
        "titular": None,
        "service_start": None,
    }
    async with eligibility.hris(CITY) as hris:
        agent = await hire(hris, employment=contract | {"start": "2025-10-01", "end": "2026-02-28"})
        more = {
            "kind": "CONTRACTUEL_PUBLIC",
            "contract": "CDD",
            "weekly_hours": "35",
            "start": "2026-03-01",
            "end": "2026-06-30",
        }
        assert (await hris.post(f"/v1/agents/{agent}/employments", json=more)).status_code == 201
    await eligibility.decide()
    clock = eligibility.service.clock
    task = day_passes(clock)

    async def night(at: datetime) -> None:
        clock.at = at
        async with eligibility.database.worker.transaction(Scope.all()) as tx:
            await task.run(tx, at)
        await eligibility.decide()

    await night(datetime(2026, 3, 30, 22, 1, tzinfo=UTC))  # 31 March in Paris
    (withheld,) = await eligibility.events("affiliation.")
    assert (withheld["data"]["from"], withheld["data"]["to"]) == ("2025-10-01", "2026-03-31")
    assert [one["outcome"] for one in withheld["data"]["timeline"]] == ["NOT_YET_ELIGIBLE", "AFFILIATED", "ENDED"]
    await night(datetime(2026, 3, 31, 22, 1, tzinfo=UTC))  # 1 April in Paris
    (_, started) = await eligibility.events("affiliation.")
    assert (started["data"]["from"], started["data"]["to"]) == ("2026-04-01", "2026-06-30")
    assert started["data"]["reasons"][0]["reference"] == "accord art. 3"
    await night(datetime(2026, 8, 1, 22, 1, tzinfo=UTC))  # after a downtime
    await night(datetime(2026, 8, 2, 22, 1, tzinfo=UTC))
    moves = [e["type"].split(".")[-2] for e in await eligibility.events("affiliation.")]
    assert moves == ["withheld", "started", "ended"]


async def test_an_unpaid_leave_suspends_and_its_cancellation_undoes(eligibility: Eligibility) -> None:
    await eligibility.publish_accord()
    async with eligibility.hris(CITY) as hris:
        agent = await hire(hris)
        unpaid = {"kind": "DO", "start": "2026-01-01", "paid": False}
        leave = await hris.post(f"/v1/agents/{agent}/leaves", json=unpaid)
        await eligibility.decide()
        assert outcomes(await cover(hris, agent))[-1] == ("2026-01-01", "SUSPENDED")
        path = f"/v1/agents/{agent}/leaves/{leave.json()['id']}"
        gone = await hris.patch(path, json={"cancelled": True}, headers={"if-match": leave.headers["etag"]})
        assert gone.json() == {"leave": None, "warnings": []}
        await eligibility.decide()
        assert outcomes(await cover(hris, agent)) == [("2025-02-01", "AFFILIATED")]
        assert (await hris.get(f"/v1/agents/{agent}")).json()["leaves"] == []
    assert await eligibility.names() == [
        "agent.hired",
        "sick-leave.started",
        "affiliation.started",
        "affiliation.suspended",
        "sick-leave.cancelled",
        "affiliation.started",
    ]
    cancelled = (await eligibility.events("sick-leave.cancelled"))[0]["data"]
    assert (cancelled["entries"], cancelled["start"]) == ([], "2026-01-01")


async def test_a_leave_ends_earlier_and_events_carry_all_its_entries(eligibility: Eligibility) -> None:
    async with eligibility.hris(CITY) as hris:
        agent = await hire(hris)
        start = {"kind": "CMO", "start": "2026-02-01", "end": "2026-02-07", "waiting_days": 1}
        leave = (await hris.post(f"/v1/agents/{agent}/leaves", json=start)).json()["id"]
        path = f"/v1/agents/{agent}/leaves/{leave}"
        renewed = await hris.post(f"{path}/extensions", json={"start": "2026-02-08", "end": "2026-02-28"})
        ended = await hris.patch(path, json={"end": "2026-02-15"}, headers={"if-match": renewed.headers["etag"]})
        assert ended.json()["leave"]["end"] == "2026-02-15"
    extended, finished = (await eligibility.events("sick-leave."))[1:]
    assert extended["data"]["renewal"] == {"start": "2026-02-08", "end": "2026-02-28"}
    assert [entry["waiting_days"] for entry in extended["data"]["entries"]] == [1, None]
    assert [entry["end"] for entry in finished["data"]["entries"]] == ["2026-02-07", "2026-02-15"]
    assert finished["subject"] == path


async def test_options_are_chosen_and_given_up_by_explicit_acts(eligibility: Eligibility) -> None:
    await eligibility.publish_accord()
    async with eligibility.hris(CITY) as hris:
        agent = await hire(hris)
        path = f"/v1/agents/{agent}/options"
        chosen = await hris.post(path, json={"guarantee": "RETIREMENT_LOSS", "from": "2025-02-01"})
        overlap = await hris.post(path, json={"guarantee": "RETIREMENT_LOSS", "from": "2025-06-01"})
        assert (overlap.status_code, overlap.json()["code"]) == (422, "option_overlap")
        one, etag = chosen.json()["id"], {"if-match": chosen.headers["etag"]}
        ended = await hris.patch(f"{path}/{one}", json={"to": "2025-12-31"}, headers=etag)
        assert [(o["from"], o["to"]) for o in ended.json()] == [("2025-02-01", "2025-12-31")]
        longer = await hris.patch(
            f"{path}/{one}", json={"to": "2026-12-31"}, headers={"if-match": ended.headers["etag"]}
        )
        assert (longer.status_code, longer.json()["code"]) == (422, "reversed_interval")
        never = await hris.patch(
            f"{path}/{one}", json={"to": "2025-01-31"}, headers={"if-match": ended.headers["etag"]}
        )
        assert never.json() == []
        gone = await hris.patch(f"{path}/{one}", json={"to": "2025-01-31"}, headers={"if-match": never.headers["etag"]})
        assert (gone.status_code, gone.json()["code"]) == (404, "fact_not_found")
        await eligibility.decide()
        assert (await cover(hris, agent))["options"] == []
    said = [(e["type"].split(".")[-2], e["data"]["from"], e["data"]["to"]) for e in await eligibility.events("option.")]
    assert said == [
        ("elected", "2025-02-01", None),
        ("cancelled", "2025-02-01", "2025-12-31"),
        ("cancelled", "2025-02-01", "2025-01-31"),
    ]


async def test_fewer_hours_change_the_regime_and_an_end_ends_the_cover(eligibility: Eligibility) -> None:
    await eligibility.publish_accord()
    async with eligibility.hris(CITY) as hris:
        agent = await hire(hris)
        await eligibility.decide()
        read = await hris.get(f"/v1/agents/{agent}")
        path = f"/v1/agents/{agent}/employments/{read.json()['employments'][0]['id']}"
        fewer = {"from": "2026-01-01", "weekly_hours": "20.00"}
        changed = await hris.patch(path, json=fewer, headers={"if-match": read.headers["etag"]})
        assert [s["weekly_hours"] for s in changed.json()["spells"]] == ["35.00", "20.00"]
        ended = await hris.patch(path, json={"end": "2026-02-28"}, headers={"if-match": changed.headers["etag"]})
        assert ended.json()["end"] == "2026-02-28"
        await eligibility.decide()
        assert outcomes(await cover(hris, agent)) == [("2025-02-01", "AFFILIATED"), ("2026-03-01", "ENDED")]
        unknown = await hris.patch(
            path[:-36] + agent, json={"end": "2026-02-28"}, headers={"if-match": ended.headers["etag"]}
        )
        assert (unknown.status_code, unknown.json()["code"]) == (404, "fact_not_found")
    stretches = [
        (e["data"]["from"], e["data"]["employment"]["regime"], e["data"]["employment"]["end"])
        for e in await eligibility.events("employment.changed")
    ]
    assert stretches == [("2025-02-01", "CNRACL", "2026-02-28"), ("2026-01-01", "IRCANTEC_FONCTIONNAIRE", "2026-02-28")]


async def test_a_decision_is_kept_as_it_was_known_and_can_be_taken_again(eligibility: Eligibility) -> None:
    await eligibility.publish_accord()
    async with eligibility.hris(CITY) as hris:
        agent = await hire(hris)
        await eligibility.decide()
        eligibility.service.clock.at = datetime(2026, 3, 10, 9, 5, tzinfo=UTC)
        await hris.post(f"/v1/agents/{agent}/leaves", json={"kind": "DO", "start": "2026-01-01", "paid": False})
        await eligibility.decide()
        before = await cover(hris, agent, known_at=NOW.isoformat())
        now = await cover(hris, agent, as_of="2025-12-31")
    assert outcomes(before) == [("2025-02-01", "AFFILIATED")]
    assert (now["outcome"], len(now["periods"])) == ("AFFILIATED", 2)
    assert now["references"] == ["accord art. 2.1 et 3", "accord art. 2.2"]
    async with eligibility.database.worker.transaction(Scope.all()) as tx:
        rows = (await tx.execute(text("SELECT inputs, result, trace, digest FROM decision"))).all()
    assert len(rows) == 2
    for row in rows:
        again = taken(row.inputs)
        assert again is not None
        assert again.snapshot.digest() == row.digest
        assert canonical(again.snapshot.result) == canonical(row.result)
