"""The accord changes after its agents are known: they are decided again when its event arrives, and what is told."""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from typing import Any

from tests.services.eligibility.accord import content
from tests.services.eligibility.conftest import CITY, Eligibility
from tests.services.eligibility.test_over_time import cover, hire, outcomes

KEPT = [{"what": what, "insurer": "demo-a"} for what in ("ANNUITIES_REVALUED", "DEATH_COVER_KEPT")]


async def told(eligibility: Eligibility) -> list[tuple[str, str, str | None]]:
    events = await eligibility.events("affiliation.")
    return [(e["type"].split(".")[-2], e["data"]["from"], e["data"]["to"]) for e in events]


async def test_a_suspension_is_told_even_of_the_past_and_so_is_its_end(eligibility: Eligibility) -> None:
    """The registry tells every stretch in the whole terms, under the same version of the document."""
    await eligibility.publish_accord()
    async with eligibility.hris(CITY) as hris:
        agent = await hire(hris)
        await eligibility.decide()
        await eligibility.publish_accord(suspensions=[{"from": "2026-01-01", "to": None}])
        await eligibility.decide()
        answer = await cover(hris, agent)
        assert outcomes(answer) == [("2025-02-01", "AFFILIATED"), ("2026-01-01", "SUSPENDED")]
        assert answer["periods"][1]["reasons"][0]["reference"] == "accord art. 8"
        await eligibility.publish_accord(suspensions=[{"from": "2026-01-01", "to": "2026-02-28"}])
        await eligibility.decide()
    assert await told(eligibility) == [
        ("started", "2025-02-01", None),
        ("started", "2025-02-01", "2025-12-31"),
        ("suspended", "2026-01-01", None),
        ("suspended", "2026-01-01", "2026-02-28"),
        ("resumed", "2026-03-01", None),
    ]
    suspended = (await eligibility.events("affiliation.suspended"))[0]["data"]
    assert [reason["rule"] for reason in suspended["reasons"]] == ["eligibility.agreement_suspended"]


async def test_an_end_says_what_the_contract_goes_on_owing(eligibility: Eligibility) -> None:
    await eligibility.publish_accord()
    async with eligibility.hris(CITY) as hris:
        await hire(hris)
    await eligibility.decide()
    await eligibility.publish_accord(2, employers=[{"siret": CITY, "from": "2025-01-01", "to": "2025-12-31"}])
    await eligibility.decide()
    (ended,) = await eligibility.events("affiliation.ended")
    assert ended["data"]["from"] == "2026-01-01"
    assert ended["data"]["ending"] == {"kind": "ADHESION_ENDED", "on": "2025-12-31", "kept": KEPT}
    last = {"from": "2025-01-01", "to": "2025-11-30"}
    await eligibility.publish_accord(3, effective=last, employers=[{"siret": CITY, **last}])
    await eligibility.decide()
    ended = (await eligibility.events("affiliation.ended"))[-1]
    assert ended["data"]["ending"] == {"kind": "AGREEMENT_ENDED", "on": "2025-11-30", "kept": KEPT}


async def test_who_leaves_leaves_nothing_of_the_contract(eligibility: Eligibility) -> None:
    await eligibility.publish_accord()
    async with eligibility.hris(CITY) as hris:
        await hire(hris, employment={"end": "2026-01-31"})
    await eligibility.decide()
    (ended,) = await eligibility.events("affiliation.ended")
    assert ended["data"]["ending"] is None


async def test_an_end_to_come_is_told_on_its_day(eligibility: Eligibility) -> None:
    await eligibility.publish_accord(effective={"from": "2025-01-01", "to": "2026-06-30"})
    async with eligibility.hris(CITY) as hris:
        await hire(hris)
    await eligibility.decide()
    assert await told(eligibility) == [("started", "2025-02-01", "2026-06-30")]
    await eligibility.night(datetime(2026, 6, 30, 22, 1, tzinfo=UTC))  # 1 July in Paris
    assert (await told(eligibility))[1:] == [("ended", "2026-07-01", None)]


def former(to: str) -> dict[str, Any]:
    """What the accord says today, as what it said until a day."""
    said = copy.deepcopy(content())
    return {"to": to, "eligibility": said["eligibility"], "guarantees": said["guarantees"]}


async def test_an_avenant_holds_from_its_day_and_an_option_opens_with_it(eligibility: Eligibility) -> None:
    await eligibility.publish_accord()
    contract = {
        **dict.fromkeys(("category", "titular", "service_start")),
        "kind": "CONTRACTUEL_PUBLIC",
        "contract": "CDD",
        "start": "2026-01-01",
        "end": "2026-04-30",
    }
    async with eligibility.hris(CITY) as hris:
        agent = await hire(hris, employment=contract)
        await eligibility.decide()
        assert [outcome for _, outcome in outcomes(await cover(hris, agent))] == ["NOT_YET_ELIGIBLE", "ENDED"]
        wider = [{**one, "populations": ["CNRACL", "CONTRACTUEL_PUBLIC"]} for one in content()["guarantees"]]
        await eligibility.publish_accord(
            2, eligibility={"seniority_months": 1}, guarantees=wider, formerly=[former("2026-02-28")]
        )
        await eligibility.decide()
        assert outcomes(await cover(hris, agent))[:2] == [
            ("2026-01-01", "NOT_YET_ELIGIBLE"),
            ("2026-03-01", "AFFILIATED"),
        ]
        path = f"/v1/agents/{agent}/options"
        early = await hris.post(path, json={"guarantee": "RETIREMENT_LOSS", "from": "2026-02-28"})
        assert (early.status_code, early.json()["code"]) == (422, "option_not_open")
        assert (await hris.post(path, json={"guarantee": "RETIREMENT_LOSS", "from": "2026-03-01"})).status_code == 201


async def test_an_exception_is_of_its_employer(eligibility: Eligibility) -> None:
    said = {**content()["eligibility"], "deferring_leaves": []}
    exception: dict[str, Any] = {
        "employer": CITY,
        "from": "2025-01-01",
        "to": None,
        "eligibility": said,
        "guarantees": [],
    }
    await eligibility.publish_accord()
    async with eligibility.hris(CITY) as hris:
        agent = await hire(hris, employment={"start": "2020-02-01"})
        await hris.post(f"/v1/agents/{agent}/leaves", json={"kind": "CMO", "start": "2024-12-01", "end": "2025-01-31"})
        await eligibility.decide()
        assert outcomes(await cover(hris, agent))[0] == ("2025-01-01", "DEFERRED")
        await eligibility.publish_accord(2, exceptions=[exception])
        await eligibility.decide()
        assert outcomes(await cover(hris, agent)) == [("2025-01-01", "AFFILIATED")]
