"""The simulation over HTTP: its trace, its scope, and that it rests on the service's own copy of the terms."""

from __future__ import annotations

from typing import Any, Final

from tests.golden.cases import difference
from tests.services.client import Service
from tests.services.contributions.facts import revised
from tests.services.contributions.world import World

PATH: Final = "/v1/simulations/contributions"
ASKED: Final[dict[str, Any]] = {
    "agreement": "la-roche-sur-yon-2025",
    "month": "2025-06",
    "base": "2400.00",
    "guarantees": ["BASE"],
}


async def ask(service: Service, body: Any) -> Any:
    async with service.caller("simulations:run", employers=[]) as caller:
        return await caller.post(PATH, json=body)


async def test_a_body_that_is_no_json_is_refused(service: Service) -> None:
    async with service.caller("simulations:run") as caller:
        for content in (b"", b"{", b"\xff", b'{"month": NaN}'):
            response = await caller.post(PATH, content=content, headers={"content-type": "application/json"})
            assert response.status_code in {400, 422}, content
            assert response.headers["content-type"] == "application/problem+json"


async def test_a_body_that_is_no_question_is_refused(service: Service) -> None:
    bodies: list[Any] = [None, [], [ASKED], "text", 5, True, {}]
    for body in bodies:
        response = await ask(service, body)
        assert (response.status_code, response.headers["content-type"]) == (422, "application/problem+json"), body


async def test_the_trace_cites_the_articles_and_adds_up(service: Service) -> None:
    body = {**ASKED, "base": None, "month": "2026-01", "regime": "CNRACL", "category": "C"}
    body["pay"] = {"tib": "2067.57", "nbi": "73.84", "ri": "300.00"}
    answer = (await ask(service, body)).json()
    trace = answer["trace"]
    assert set(trace) == {"rule", "reference", "inputs", "result", "steps"}
    assert trace["result"] == answer["total"]
    base, line = trace["steps"]
    assert (base["rule"], base["result"], base["reference"]) == ("contribution.base", "2427.49", "accord art. 5.2")
    assert (base["steps"][0]["rule"], base["steps"][0]["result"]) == ("tpp.monthly", "13.92")
    assert "art. 5.1" in line["reference"]
    assert line["result"] == {"amount": "49.76", "employer": "49.76", "agent": "0.00"}


async def test_the_terms_are_those_last_published(service: Service, world: World) -> None:
    split = revised("BASE", {"rate": "0.0300", "employer_share": "0.5000", "guaranteed_to": None})
    await world.tell("agreement.published", {**split, "version": 2})
    await world.accord()  # an older version that comes late changes nothing
    answer = (await ask(service, {**ASKED, "base": "100.30", "month": "2031-01"})).json()
    line = {"base": "100.30", "rate": "0.0300", "amount": "3.01", "employer": "1.51", "agent": "1.50"}
    assert difference({"lines": [line], "rates_guaranteed": True}, answer) is None


async def test_an_accord_that_says_less_offers_less(service: Service, world: World) -> None:
    less = revised("BASE")
    less["guarantees"] = [g for g in less["guarantees"] if g["code"] != "DEATH"]
    less["contribution_base"] = less["contribution_base"][:1]
    less["effective"] = {"from": "2025-01-01", "to": "2026-12-31"}
    await world.tell("agreement.published", {**less, "version": 2})
    pay = {"base": None, "regime": "PRIVATE_LAW", "pay": {"tib": "100.00"}}
    less["guarantees"][1]["rates"][0]["from"] = "2025-07-01"
    await world.tell("agreement.published", {**less, "version": 3})
    early = await ask(service, {**ASKED, "guarantees": ["BASE", less["guarantees"][1]["code"]]})
    assert (early.status_code, early.json()["code"]) == (422, "month_outside_agreement")
    refusals: dict[str, dict[str, Any]] = {
        "guarantee_not_in_agreement": {"guarantees": ["BASE", "DEATH"]},
        "regime_outside_agreement": pay,
        "month_outside_agreement": {"month": "2027-01"},
    }
    for code, change in refusals.items():
        response = await ask(service, {**ASKED, **change})
        assert (response.status_code, response.json()["code"]) == (422, code)


async def test_it_needs_its_scope(service: Service) -> None:
    async with service.caller("pay:write") as caller:
        assert (await caller.post(PATH, json=ASKED)).status_code == 403
