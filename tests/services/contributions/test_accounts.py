"""The account of a contract for a year: contributions to the cent, who contributed, and what claims decided."""

from __future__ import annotations

import asyncio
import csv
import io
from datetime import date
from typing import Any, Final
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from kit.ids import new_id
from kit.money import Money
from kit.period import Month, Period
from rules.vocabulary import Guarantee
from services.claims.events import PUBLISHES
from services.contributions.domain.account import Annuity, Benefits, Capital, Opening, Paid, Sum, benefit_account
from services.contributions.domain.terms import Membership
from tests.services.client import Service
from tests.services.contributions.facts import ACCORD, AGGLOMERATION, CITY, period
from tests.services.contributions.test_payments import PAYMENT
from tests.services.contributions.world import World

PATH = f"/v1/accounts/{ACCORD}/demo-a"
KINDS: Final = {one.type: one for one in PUBLISHES}


async def told(world: World, kind: str, agent: UUID, **data: Any) -> None:
    """An event of claims, made by its own class, as its feed shows it."""
    figures = dict.fromkeys(("target_net", "statutory_net", "social_security", "decree_floor", "full"), "0.00")
    common = {"decision": str(new_id()), "alerts": [], "formula": "x", "recognition": "r", "leave": "l", **figures}
    deltas = {"benefit_delta": "0.00", "ri_full_pay_delta": "0.00", "monthly_delta": "0.00", "amount_delta": "0.00"}
    whole = {**common, **deltas, "agent": str(agent), "employer": CITY, "agreement": ACCORD, **data}
    event = KINDS[f"fr.psc.claims.{kind}.v1"].model_validate(whole)
    await world.tell(kind, event.model_dump(mode="json"))


async def month(world: World, case: tuple[UUID, UUID], at: str, version: int, benefit: str, **more: str) -> None:
    agent, claim = case
    kind = "benefit.decided" if version == 1 else "benefit.adjusted"
    figures = {"benefit": benefit, "ri_full_pay": "0.00", **more}
    await told(world, kind, agent, claim=str(claim), month=at, version=version, **figures)


async def test_contributions_of_a_year_reconcile_with_its_statements(service: Service, world: World) -> None:
    agent = await world.member("M1")
    await world.elect(agent, "DEATH", "2025-01-01")
    await world.member("A1", employer=AGGLOMERATION)
    for at in ("2025-11", "2025-12", "2026-01"):
        await world.pay("M1", at, tib="2400.00")
        await world.pay("A1", at, employer=AGGLOMERATION, tib="1000.00")
        for employer in (CITY, AGGLOMERATION):
            await world.run(at, employer=employer)
    await world.pay("M1", "2025-12", 1, tib="2300.00")  # regularised on a statement of 2026
    await world.run("2026-02")
    async with service.caller("contributions:read", "contributions:write") as staff:
        paid = {**PAYMENT, "amount": "30.00"}
        await staff.post("/v1/payments", json=paid, headers={"Idempotency-Key": "pay"})
        first: dict[str, Any] = (await staff.get(f"{PATH}/2025")).json()
        second: dict[str, Any] = (await staff.get(f"{PATH}/2026")).json()
        own = (await staff.get(f"{PATH}/2025", params={"employer": AGGLOMERATION})).json()
        counted = (await staff.get("/v1/statistics/contributions", params={"year": 2025})).json()["contributions"]
        rows = (await staff.get(f"{PATH}/2025/file", params={"format": "csv"})).content.decode("utf-8-sig")
        assert (await staff.get(f"{PATH}/2025/file", params={"format": "xlsx"})).content.startswith(b"PK")
        assert (await staff.get(f"/v1/accounts/{ACCORD}/nobody/2025")).json()["code"] == "contract_not_found"
        assert (await staff.get(f"{PATH}/99999")).status_code == 422
        assert (await staff.get(f"{PATH}/2030")).json()["contributions"]["issued"] == "0.00"
    assert {(one["employer"], one["amount"], one["paid"], one["statements"]) for one in counted} == {
        (CITY, "108.00", "30.00", 2),
        (AGGLOMERATION, "41.00", "0.00", 2),
    }
    base, death = first["contributions"]["guarantees"]
    # 2 × (49.20 + 20.50) of BASE, of which 2.05 is taken back in 2026; 2 × 4.80 of DEATH less 0.20.
    assert [one["amount"] for one in (base["issued"], base["earlier"], base["later"], base["due"])] == [
        *("139.40", "0.00", "-2.05", "137.35")
    ]
    assert (death["issued"]["amount"], death["due"]["amount"]) == ("9.60", "9.40")
    assert (base["agents"], base["agent_months"], death["agents"], death["agent_months"]) == (2, 4, 1, 2)
    assert (first["contributions"]["statements"], first["contributions"]["employers"]) == (4, 2)
    assert (first["contributions"]["issued"], first["contributions"]["paid"]) == ("149.00", "30.00")
    assert second["contributions"]["guarantees"][0]["earlier"]["amount"] == "-2.05"
    for year in (first, second):
        parts = Money.sum(Money.parse(one["issued"]["amount"]) for one in year["contributions"]["guarantees"])
        assert parts == Money.parse(year["contributions"]["issued"])
    assert (own["contributions"]["issued"], own["contributions"]["employers"]) == ("41.00", 1)
    file = {
        row["rubrique"]: row for row in csv.DictReader(io.StringIO(rows), delimiter=";") if row["garantie"] != "DEATH"
    }
    assert (file["bordereaux"]["montant"], file["cotisations de l'exercice"]["montant"]) == ("149.00", "137.35")
    async with service.caller("contributions:read", employers=[AGGLOMERATION]) as other:
        assert (await other.get(f"{PATH}/2025")).json()["contributions"]["issued"] == "41.00"
    async with service.caller("contributions:read", employers=[]) as nobody:
        assert (await nobody.get(f"{PATH}/2025")).status_code == 404


async def test_benefits_are_what_claims_decided_last(service: Service, world: World) -> None:
    agent, other = await world.member("M1"), await world.member("M2")
    await world.pay("M1", "2025-06", tib="2400.00")
    await world.run("2025-06")
    claim, second, annuity, capital = (new_id() for _ in range(4))
    await month(world, (agent, claim), "2025-06", 2, "400.00", ri_full_pay="12.00")
    await month(world, (agent, claim), "2025-06", 1, "500.00")  # told late: an earlier version changes nothing
    await month(world, (agent, claim), "2025-07", 1, "300.00")
    await month(world, (other, second), "2025-07", 1, "250.00")
    await month(world, (other, second), "2025-07", 2, "0.00")  # taken back
    await told(world, "claim.opened", agent, claim=str(claim), **{"from": "2025-06-10"})
    steps = [{"from": "2026-07-01", "monthly": "610.00"}]
    running = {"annuity": str(annuity), "claim": str(claim), "monthly": "600.00", "steps": steps}
    await told(world, "annuity.started", agent, version=1, **running, **{"from": "2025-10-01"})
    due = {"capital": str(capital), "guarantee": "DEATH", "due": "2026-03-01"}
    await told(world, "capital.due", other, version=1, amount="14400.00", **due)
    await told(world, "capital.due", other, version=2, amount="14000.00", **due)
    async with service.caller("contributions:read") as staff:
        benefits = [(await staff.get(f"{PATH}/{year}")).json()["benefits"] for year in (2025, 2026)]
        asked = [await staff.get("/v1/statistics/contributions", params={"year": year}) for year in (2025, 2026)]
    whose = {"employer": CITY, "agreement": ACCORD}
    assert [one.json()["benefits"] for one in asked] == [
        [whose | {"agents": 1, "income": "712.00", "capitals": "0.00", "annuities": "600.00"}],
        [whose | {"agents": 2, "income": "0.00", "capitals": "14000.00", "annuities": "610.00"}],
    ]
    nothing = {"agents": 0, "cases": 0, "amount": "0.00"}
    assert benefits[0] == {
        "claims_opened": 1,
        "income": {"agents": 1, "cases": 2, "amount": "700.00"},
        "ri_full_pay": {"agents": 1, "cases": 1, "amount": "12.00"},
        "annuities_begun": 1,
        "annuities": {"agents": 1, "cases": 1, "amount": "600.00"},
        "capitals": {},
    }
    assert (benefits[1]["annuities"]["amount"], benefits[1]["annuities_begun"]) == ("610.00", 0)
    assert benefits[1]["capitals"] == {"DEATH": {"agents": 1, "cases": 1, "amount": "14000.00"}}
    assert benefits[1]["income"] == nothing


def test_a_running_benefit_stays_with_the_insurer_it_began_under() -> None:
    insurers = (Membership("a", period("2025-01-01", "2025-12-31")), Membership("b", period("2026-01-01")))
    who, claim = new_id(), new_id()
    found = Benefits(
        openings=[Opening(who, date(2025, 12, 30))],
        paid=[Paid(who, claim, Month(2026, 1), date(2025, 12, 30), Money(100), Money(0))],
        annuities=[Annuity(who, Period(date(2026, 2, 1), None), date(2025, 12, 30), ((date(2026, 2, 1), Money(5)),))],
        capitals=[Capital(who, Guarantee.DEATH, date(2026, 3, 1), Money(7))],
    )
    first, then = (benefit_account(found, insurers, code, 2026) for code in ("a", "b"))
    assert (first.income.amount, first.annuities.amount, first.capitals) == (Money(100), Money(5), {})
    assert (then.income.cases, then.annuities.cases, then.capitals[Guarantee.DEATH].amount) == (0, 0, Money(7))


def test_an_annuity_is_in_the_account_while_it_runs_by_what_is_due_a_month_then() -> None:
    """At the end of 2025: one that rises in July, one that ended, one to come, one whose amount is yet to be told."""
    steps = tuple((date.fromisoformat(day), Money(cents)) for day, cents in (("2025-07-01", 110), ("2025-02-01", 100)))
    later = ((date(2026, 1, 1), Money(120)),)
    who = [new_id() for _ in range(4)]
    annuities = [
        Annuity(who[0], period("2025-02-01"), None, steps + later),
        Annuity(who[1], period("2024-03-01", "2025-12-30"), None, ((date(2024, 3, 1), Money(200)),)),
        Annuity(who[2], period("2026-01-01"), None, later),
        Annuity(who[3], period("2025-12-01"), None, later),
    ]
    days = ("2025-01-31", "2025-02-01", "2025-06-30", "2025-07-01", "2025-12-31", "2026-01-01")
    assert [annuities[0].monthly(date.fromisoformat(day)).cents for day in days] == [0, 100, 100, 110, 110, 120]
    found = benefit_account(Benefits(annuities=annuities), (Membership("a", period("2020-01-01")),), "a", 2025)
    assert (found.annuities_begun, found.annuities) == (2, Sum(1, 1, Money(110)))


days = st.dates(date(2024, 1, 1), date(2027, 12, 31))


@given(st.lists(st.tuples(days, st.integers(0, 10_000)), max_size=10), days)
def test_insurers_share_benefits_without_a_cent_lost_or_doubled(paid: list[tuple[date, int]], change: date) -> None:
    former = Membership("a", Period(date(2020, 1, 1), change))
    insurers = (former, Membership("b", Period(date.fromordinal(change.toordinal() + 1), None)))
    months = [Paid(new_id(), new_id(), Month.of(day), day, Money(cents), Money(0)) for day, cents in paid]
    parts = [benefit_account(Benefits(paid=months), insurers, code, 2025) for code in ("a", "b", "c")]
    assert Money.sum(one.income.amount for one in parts) == Money.sum(one.benefit for one in months)
    assert sum(one.income.cases for one in parts) == sum(bool(cents) for _, cents in paid)


async def test_events_of_one_agent_told_twice_and_at_once_count_once(service: Service, world: World) -> None:
    agent = await world.member("M1")
    await world.pay("M1", "2025-06", tib="2400.00")
    await world.run("2025-06")
    claim = new_id()
    await asyncio.gather(
        *(month(world, (agent, claim), "2025-06", version, f"{version}.00") for version in (1, 3, 2, 3))
    )
    async with service.caller("contributions:read") as staff:
        benefits = (await staff.get(f"{PATH}/2025")).json()["benefits"]
    assert benefits["income"] == {"agents": 1, "cases": 1, "amount": "3.00"}
