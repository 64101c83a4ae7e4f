"""What a month would cost otherwise: columns agree with the rule for one agent, and an empty scenario with a run."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import Any, Final

from hypothesis import given, settings
from hypothesis import strategies as st

from kit.money import Money
from kit.rate import Rate
from rules.vocabulary import Guarantee
from services.contributions.domain.agent_file import AgentFile
from services.contributions.domain.delta import Amounts
from services.contributions.domain.owed import owed
from services.contributions.domain.terms import Terms
from services.contributions.domain.terms_document import read_terms
from services.contributions.domain.what_if import Change, Scenario, Study
from tests.services.client import Service
from tests.services.contributions.facts import ACCORD, AGGLOMERATION, BOOK, CITY, agent_file, document, paid, period
from tests.services.contributions.test_columns import accords, files
from tests.services.contributions.test_properties import MONTHS, patient, rates
from tests.services.contributions.world import World

URL: Final = "/v1/simulations/contributions/what-if"
MONTH: Final = MONTHS[-1]
changes = st.builds(Change, st.none() | rates, st.none() | rates, st.booleans())
scenarios = st.builds(
    Scenario, st.just("s"), st.dictionaries(st.sampled_from(Guarantee), changes, max_size=len(Guarantee))
)


def one_by_one(file: AgentFile, accord: Terms, scenario: Scenario) -> dict[Guarantee, Amounts] | None:
    found = owed(file, MONTH, scenario.terms({ACCORD: accord}, file.employer, MONTH), BOOK)
    if found.held is not None:
        return None
    lines = {due.line.guarantee: due.line for due in found.dues}
    return {code: Amounts(one.base, one.amount, one.employer, one.agent) for code, one in lines.items()}


# Each example is several files under several scenarios.
fewer = settings(patient, max_examples=settings().max_examples // 4)


@fewer
@given(st.lists(files("a"), min_size=1, max_size=4), accords(), st.lists(scenarios, min_size=1, max_size=3))
def test_columns_agree_with_the_rule_for_one_agent(
    some: list[AgentFile], accord: Terms, supposed: list[Scenario]
) -> None:
    seen = [
        replace(file, employer=(CITY, AGGLOMERATION)[place % 2]).as_paid_in(MONTH) for place, file in enumerate(some)
    ]
    asked = [Scenario(""), *supposed]
    study = Study(MONTH, {ACCORD: accord}, BOOK)
    study.take(seen)
    found = study.outcome(asked)
    singly = [[one_by_one(file, accord, scenario) for scenario in asked] for file in seen]
    priced = [(file, costs) for file, costs in zip(seen, singly, strict=True) if None not in costs]
    assert (found.agents, found.unpriced) == (len(seen), len(seen) - len(priced))
    for place, outcome in enumerate(found.outcomes):
        totals: dict[Guarantee, Amounts] = defaultdict(Amounts.zero)
        employers: dict[str, Amounts] = defaultdict(Amounts.zero)
        for file, costs in priced:
            for code, amounts in (costs[place] or {}).items():
                totals[code] += amounts
                employers[file.employer] += amounts
        assert {code: cost.amounts for code, cost in outcome.guarantees.items() if cost.agents} == totals
        assert {employer: amounts for employer, amounts in outcome.employers.items() if amounts} == employers
        assert Amounts.sum(outcome.employers.values()) == outcome.total


async def asked(service: Service, employers: list[str] | str = "*", **body: Any) -> Any:
    async with service.caller("simulations:run", employers=employers) as client:
        return await client.post(URL, json={"month": "2025-06", "by_employer": True, **body})


async def a_region(world: World) -> None:
    """2 400.00 with option 2 and 1 000.00 in the city; 1 000.00 elsewhere; somebody whose pay nobody knows."""
    elected = await world.member("M1")
    await world.elect(elected, "DEATH", "2025-01-01")
    await world.pay("M1", "2025-04", tib="1.00")
    await world.pay("M1", "2025-05", tib="2400.00")
    await world.member("M2")
    await world.pay("M2", "2025-06", tib="1000.00")
    await world.member("M3")
    await world.member("A1", employer=AGGLOMERATION)
    await world.pay("A1", "2025-06", employer=AGGLOMERATION, tib="1000.00")


async def test_a_region_under_other_rates_and_shares(service: Service, world: World) -> None:
    """2.05 % and 0.20 % (annexe); the scenarios are suppositions."""
    await a_region(world)
    split = {"name": "80 %", "changes": [{"guarantee": "BASE", "employer_share": "0.8000"}]}
    level = {"name": "90 %", "changes": [{"guarantee": "BASE", "level": "0.9000", "rate": "0.0150"}]}
    everybody = {"name": "décès pour tous", "changes": [{"guarantee": "DEATH", "mandatory": True}]}
    answer = await asked(service, scenarios=[split, level, everybody])
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert (found["agents"], found["unpriced"]) == (4, 1)
    assert found["current"]["total"] == {"amount": "95.00", "employer": "95.00", "agent": "0.00"}
    first, second, third = found["scenarios"]
    assert first["total"] == {"amount": "95.00", "employer": "76.96", "agent": "18.04"}
    assert first["difference"] == {"amount": "0.00", "employer": "-18.04", "agent": "18.04"}
    assert (second["total"]["amount"], second["guarantees"][0]["amount"]) == ("70.80", "66.00")
    assert [(one["guarantee"], one["agents"], one["amount"]) for one in third["guarantees"]] == [
        ("BASE", 3, "90.20"),
        ("DEATH", 3, "8.80"),
    ]
    assert [(one["siret"], one["current"]["amount"]) for one in found["employers"]] == [
        (CITY, "74.50"),
        (AGGLOMERATION, "20.50"),
    ]
    assert [one["amount"] for one in found["employers"][1]["scenarios"]] == ["20.50", "15.00", "22.50"]


async def test_without_changes_it_costs_what_a_run_issues(service: Service, world: World) -> None:
    await a_region(world)
    await world.pay("M1", "2025-06", tib="2400.00")
    same = {"name": "=", "changes": []}
    found = (await asked(service, employers=[CITY], scenarios=[same])).json()
    run = await world.run("2025-06", dry_run=True)
    june = [d.amounts.amount for draft in run.drafts for d in draft.deltas if str(d.key.month) == "2025-06"]
    assert Money.parse(found["scenarios"][0]["total"]["amount"]) == Money.sum(june)
    assert [one["siret"] for one in found["employers"]] == [CITY], "an employer sees its own"
    assert (await asked(service, employers=[], scenarios=[same])).json()["agents"] == 0


async def test_what_is_refused(service: Service, world: World) -> None:
    def one(*made: dict[str, Any]) -> dict[str, Any]:
        return {"scenarios": [{"name": "x", "changes": list(made)}]}

    base = {"guarantee": "BASE"}
    for body, code, pointer in (
        (one({**base, "level": "0.9000"}), "rate_of_level_unknown", "/scenarios/0/changes/0/rate"),
        (one(base, base), "duplicate_guarantee", "/scenarios/0/changes/1/guarantee"),
        ({**one(), "agreements": ["nothing"]}, "unknown_agreement", "/agreements"),
        (one({**base, "employer_share": "1.5"}), "validation", "/scenarios/0/changes/0/employer_share"),
        (one({**base, "rate": 0.02}), "validation", "/scenarios/0/changes/0/rate"),
        ({"scenarios": []}, "validation", "/scenarios"),
        ({**one(), "month": "2025-13"}, "validation", "/month"),
    ):
        answer = await asked(service, **body)
        found = answer.json()
        assert (answer.status_code, found["code"], found["errors"][0]["pointer"]) == (422, code, pointer)
    async with service.caller("contributions:read") as client:
        assert (await client.post(URL, json={"month": "2025-06", **one()})).status_code == 403


def test_who_is_paid_twice_in_a_month_is_computed_by_the_rule_and_who_cannot_be_is_left_out() -> None:
    """2 000.00 and 400.00 of two employments are one base of 2 400.00 (rulebook G25); of a third nothing is known."""
    pay = [replace(paid(str(MONTH), tib=tib), employment=e) for e, tib in (("e1", "2000.00"), ("e2", "400.00"))]
    twice = agent_file(*pay, elections={Guarantee.DEATH: [period("2025-01-01")]})
    twice = replace(twice, employments=[*twice.employments, replace(twice.employments[0], id="e2")])
    study = Study(MONTH, {ACCORD: read_terms(document())}, BOOK)
    study.take([twice, agent_file(agent="b")])
    study.take([replace(twice, employer=AGGLOMERATION, elections={}), agent_file(*pay, agent="c")])
    half = Scenario("½", {Guarantee.BASE: Change(employer_share=Rate.parse("0.5000"))})
    found = study.outcome([Scenario(""), half])
    assert (found.agents, found.unpriced) == (4, 2), "c has no employment e2, b no pay"
    for outcome, employer in zip(found.outcomes, ("98.40", "49.20"), strict=True):
        costs = {code: (one.agents, str(one.amounts.amount)) for code, one in outcome.guarantees.items()}
        assert costs == {Guarantee.BASE: (2, "98.40"), Guarantee.DEATH: (1, "4.80")}
        assert str(outcome.guarantees[Guarantee.BASE].amounts.employer) == employer
        assert {siret: str(one.amount) for siret, one in outcome.employers.items()} == {
            CITY: "54.00",
            AGGLOMERATION: "49.20",
        }


def test_an_accord_that_differs_by_employer_is_computed_apart() -> None:
    raw = document()
    cheaper = {**raw["guarantees"][0], "rates": [{**raw["guarantees"][0]["rates"][0], "rate": "0.0100"}]}
    raw["exceptions"] = [{"employer": AGGLOMERATION, "from": "2025-01-01", "to": None, "guarantees": [cheaper]}]

    mine = agent_file(paid(str(MONTH), tib="1000.00"))
    study = Study(MONTH, {ACCORD: read_terms(raw)}, BOOK)
    study.take([mine, replace(mine, employer=AGGLOMERATION, agent="b")])
    half = Scenario("½", {Guarantee.BASE: Change(employer_share=Rate.parse("0.5000"))})
    now, then = study.outcome([Scenario(""), half]).outcomes
    assert {employer: str(one.amount) for employer, one in now.employers.items()} == {
        CITY: "20.50",
        AGGLOMERATION: "10.00",
    }
    assert {employer: str(one.agent) for employer, one in then.employers.items()} == {
        CITY: "10.25",
        AGGLOMERATION: "5.00",
    }
