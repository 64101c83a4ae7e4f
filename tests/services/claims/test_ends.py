"""What ends a benefit or an annuity, what raises it, what a new day changes, and what is acquired."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, datetime

import pytest

from kit.clock import FixedClock
from kit.db.database import Scope
from kit.money import Money
from services.claims.application.days_pass import day_passes
from tests.services.claims.lives import BOOK, CENTRE, CITY, Claims, Life, insured
from tests.services.claims.simulator import ACCORD
from tests.services.client import Service

READ, WRITE = "claims:read", "claims:write"


async def night(claims: Claims, year: int, month: int, day: int) -> None:
    """The nightly task, on a day."""
    clock = FixedClock(datetime(year, month, day, 1, 0, tzinfo=UTC))
    async with claims.database.worker.transaction(Scope.all()) as tx:
        await day_passes(BOOK, clock).run(tx, clock.instant())


def half_paid() -> Life:
    return insured().sick("2026-02-01", "2026-02-28").sick("2026-03-01", "2026-06-30")


async def test_a_death_ends_the_benefit(claims: Claims) -> None:
    life = half_paid().told("agent.deceased", date="2026-06-15", kind="DEATH")
    await claims.tell(life.facts)
    assert await claims.benefits(life) == {"2026-05": "997.11", "2026-06": "498.56"}


async def test_a_retirement_for_invalidity_ends_it_even_backdated(claims: Claims) -> None:
    """The annuity takes over from its day, and what was paid from then on is owed (rulebook §2.3)."""
    life = half_paid()
    await claims.tell(life.facts)
    await claims.approved(life)
    await claims.tell(life.invalid("2026-06-01", cnracl_rate="0.5000").last)
    assert await claims.benefits(life) == {"2026-05": "997.11", "2026-06": "0.00"}
    assert await claims.annuities(life) == ["946.93"]
    assert [event["amount"] for event in await claims.events("overpayment.opened")] == ["997.11"]


@pytest.mark.parametrize("ending", ["departure", "death"])
async def test_the_end_of_the_employment_or_a_death_ends_what_the_statute_and_the_contract_pay(
    claims: Claims, service: Service, ending: str
) -> None:
    """Rulebook §5.2 (radiation, décès); décret 88-145 art. 32: a leave goes no further than the contract."""
    life = half_paid()
    await claims.tell(life.facts)
    await claims.approved(life)
    if ending == "death":
        life.told("agent.deceased", date="2026-06-15", kind="DEATH")
    else:
        life.employment("2005-09-01", end="2026-06-15")
    await claims.tell(life.last)
    assert await claims.benefits(life) == {"2026-05": "997.11", "2026-06": "498.56"}
    assert [event["amount"] for event in await claims.events("overpayment.opened")] == ["498.55"]
    async with service.caller(READ) as staff:
        asked = {"agent": str(life.agent), "from": "2026-01-01", "to": "2026-12-31"}
        rights = (await staff.get("/v1/entitlements", params=asked)).json()
        assert rights["periods"][-1]["end"] == "2026-06-15"
        (claim,) = (await staff.get("/v1/claims")).json()["items"]
        assert claim["stage"] == "UNDER_REVIEW"


async def test_a_claim_whose_first_day_comes_after_the_departure_closes(claims: Claims) -> None:
    life = half_paid()
    await claims.tell(life.facts)
    await claims.tell(life.employment("2005-09-01", end="2026-04-30").last)
    assert [claim[2:] for claim in await claims.claims(life)] == [("closed", "no_longer_due")]
    assert await claims.benefits(life) == {"2026-05": "0.00", "2026-06": "0.00"}


async def test_a_benefit_that_has_begun_outlives_the_cover(claims: Claims) -> None:
    """Loi Évin art. 7: the end of the contract, or of the accord, takes nothing from a running benefit."""
    life = half_paid()
    await claims.tell(life.facts)
    await claims.tell(life.affiliated(("2025-01-01", "2026-05-20", "AFFILIATED"), ("2026-05-21", None, "ENDED")).last)
    assert await claims.benefits(life) == {"2026-05": "997.11", "2026-06": "997.11"}


async def test_an_annuity_ends_by_death(claims: Claims) -> None:
    life = half_paid().invalid("2026-04-01", cnracl_rate="0.5000")
    await claims.tell(life.facts)
    await claims.tell(life.told("agent.deceased", date="2026-05-31", kind="DEATH").last)
    (ended,) = await claims.events("annuity.ended")
    assert (ended["to"], ended["monthly"], ended["version"]) == ("2026-05-31", "946.93", 2)
    owed = [(e["month"], e["amount"]) for e in await claims.events("overpayment.opened") if e["kind"] == "ANNUITY"]
    assert owed == [("2026-06", "946.93")]
    await claims.decided()


async def test_an_annuity_ends_the_day_before_the_legal_age(claims: Claims) -> None:
    """Born in March 1975: 64 years (rulebook §5.2). The night after, it is told once."""
    life = half_paid().invalid("2026-04-01", cnracl_rate="0.5000")
    await claims.tell(life.facts)
    (started,) = await claims.events("annuity.started")
    assert started["to"] == "2039-02-28"
    for day in (28, 1, 2):
        await night(claims, 2039, 3 if day < 28 else 2, day)
    assert len(await claims.events("annuity.ended")) == 1


@pytest.mark.parametrize(("until", "to"), [("DEATH", None), ("LEGAL_AGE", "2039-02-28")])
async def test_the_accord_may_say_what_ends_it(claims: Claims, until: str, to: str | None) -> None:
    life = half_paid().invalid("2026-04-01", cnracl_rate="0.5000")
    base, *others = life.facts[0].data["guarantees"]
    annuity = {**base["benefit"]["annuity"], "until": until}
    life.facts[0].data["guarantees"] = [{**base, "benefit": {**base["benefit"], "annuity": annuity}}, *others]
    await claims.tell(life.facts)
    (started,) = await claims.events("annuity.started")
    assert started["to"] == to


async def test_an_annuity_is_raised_on_the_first_of_july(claims: Claims, service: Service) -> None:
    life = half_paid().invalid("2026-04-01", cnracl_rate="0.5000")
    await claims.tell(life.facts)
    body = {"agreement": life.agreement, "from": "2026-07-01", "rate": "0.0200"}
    async with service.caller(READ, WRITE) as staff:
        assert (await staff.put("/v1/annuities/revaluations", json=body)).status_code == 200
        (annuity,) = (await staff.get("/v1/annuities", params={"agent": str(life.agent)})).json()["items"]
        assert annuity["steps"] == [{"start": "2026-07-01", "monthly": "965.87"}]
        assert (await staff.put("/v1/annuities/revaluations", json=body)).status_code == 200
        of_accord = {"agreement": life.agreement}
        listed = (await staff.get("/v1/annuities/revaluations", params=of_accord)).json()["revaluations"]
        assert listed == [body], "said twice, it stands once"
        nowhere = await staff.get("/v1/annuities/revaluations", params={"agreement": "none"})
        assert nowhere.json() == {"revaluations": []}
        unknown = await staff.put("/v1/annuities/revaluations", json={**body, "agreement": "none"})
        assert (unknown.status_code, unknown.json()["code"]) == (422, "unknown_agreement")
    async with service.caller(READ, WRITE, employers=[CITY]) as city:
        assert (await city.put("/v1/annuities/revaluations", json=body)).status_code == 403
        assert (await city.get("/v1/annuities/revaluations", params=of_accord)).status_code == 403
    assert len(await claims.events("annuity.adjusted")) == 1
    await claims.decided()


async def test_an_annuity_goes_on_being_raised_after_its_contract_ended(claims: Claims, service: Service) -> None:
    """Accord art. 8: « les rentes en cours de service … continueront à être revalorisées »."""
    life = half_paid().invalid("2026-04-01", cnracl_rate="0.5000")
    await claims.tell(life.facts)
    ended = life.accord(version=2, effective={"from": "2025-01-01", "to": "2026-05-31"}).last
    cover = life.affiliated(("2025-01-01", "2026-05-31", "AFFILIATED"), ("2026-06-01", None, "ENDED")).last
    await claims.tell([*ended, *cover])
    async with service.caller(READ, WRITE) as staff:
        for year, rate in ((2026, "0.0200"), (2027, "0.0100")):
            body = {"agreement": life.agreement, "from": f"{year}-07-01", "rate": rate}
            assert (await staff.put("/v1/annuities/revaluations", json=body)).status_code == 200
        (annuity,) = (await staff.get("/v1/annuities", params={"agent": str(life.agent)})).json()["items"]
    assert annuity["steps"] == [
        {"start": "2026-07-01", "monthly": "965.87"},
        {"start": "2027-07-01", "monthly": "975.53"},
    ]
    assert await claims.events("annuity.ended") == []
    await claims.decided()


async def test_a_leave_of_no_known_end_goes_on_each_month(claims: Claims) -> None:
    life = insured().paid("2026-03").sick("2026-04-01", None)
    await claims.tell(life.facts)
    assert await claims.benefits(life) == {"2026-06": "33.23", "2026-07": "997.11"}
    await night(claims, 2026, 8, 1)
    assert await claims.benefits(life) == {"2026-06": "33.23", "2026-07": "997.11", "2026-08": "997.11"}
    before = await claims.events()
    await night(claims, 2026, 8, 2)
    assert await claims.events() == before


async def test_half_pay_that_is_acquired_stays_when_the_retirement_is_backdated(
    claims: Claims, service: Service
) -> None:
    """CAA Nancy 3 fév. 2022 (rulebook §1.1): the statute keeps it, and the contract pays no more."""
    life = Life().accord().hired().affiliated().paid("2025-03")
    await claims.tell(life.sick("2025-04-06", "2026-05-31", waiting_days=0).facts)
    await claims.tell(life.employment("2005-09-01", end="2026-04-30").last)
    assert (await claims.benefits(life))["2026-05"] == "0.00"
    async with service.caller(READ) as staff:
        rights = (await staff.get("/v1/entitlements", params={"agent": str(life.agent)})).json()
        assert (rights["periods"][-1]["end"], rights["periods"][-1]["leg"]) == ("2026-05-31", "HALF")


async def test_half_pay_awaiting_a_decision_is_acquired_even_if_the_decision_is_backdated(claims: Claims) -> None:
    """CE 9 nov. 2018 n° 412684 (rulebook §1.1): a disponibilité decided afterwards takes no half pay back."""
    life = Life().accord().hired().affiliated().paid("2025-03")
    await claims.tell(life.sick("2025-04-06", "2026-05-31", waiting_days=0).facts)
    before = await claims.benefits(life)
    await claims.tell(life.shortened("2026-03-31").sick("2026-04-01", "2026-05-31", kind="DO").last)
    assert await claims.benefits(life) == before
    assert await claims.events("overpayment.opened") == []
    await claims.decided()


async def test_a_disponibilite_known_from_the_start_has_no_half_pay(claims: Claims) -> None:
    life = Life().accord().hired().affiliated().paid("2025-02")
    life.sick("2025-03-01", "2026-02-23", waiting_days=0).sick("2026-02-24", "2026-05-31", "do", "DO")
    await claims.tell(life.facts)
    (row,) = await claims.rows("SELECT statutory_net FROM benefit WHERE month = '2026-04-01'")
    assert row["statutory_net"] == 0


async def test_a_notified_allowance_lowers_what_is_due_on_unpaid_days(claims: Claims, service: Service) -> None:
    life = Life().accord().hired(regime="IRCANTEC_FONCTIONNAIRE").affiliated().paid("2026-01")
    await claims.tell(life.sick("2026-02-01", "2026-06-30", "do", "DO").facts)
    before = await claims.benefits(life)
    who = {"employer": CITY, "agent": str(life.agent)}
    body = {**who, "kind": "SICKNESS", "stop_start": "2026-02-01", "start": "2026-06-01", "end": "2026-06-30"}
    async with service.caller(READ, WRITE) as staff:
        noted = (await staff.put("/v1/claims/daily-allowances", json={**body, "daily": "30.00"})).json()
        assert noted["doubts"] == []
        after = await claims.benefits(life)
        assert float(before["2026-06"]) - float(after["2026-06"]) == pytest.approx(900)
        high = (await staff.put("/v1/claims/daily-allowances", json={**body, "daily": "60.00"})).json()
        assert high["doubts"] == ["ABOVE_CAP"]
        clash = await staff.put("/v1/claims/daily-allowances", json={**body, "start": "2026-06-15", "daily": "1.00"})
        assert (clash.status_code, clash.json()["code"]) == (422, "overlapping_allowances")
        listed = (await staff.get("/v1/claims/daily-allowances", params=who)).json()["allowances"]
        assert [(one["daily"], one["doubts"], one["expected"]) for one in listed] == [("60.00", ["ABOVE_CAP"], None)]
        told = [item["kind"] for item in await claims.events("work-item.opened")]
        assert [kind for kind in told if kind.startswith("daily-")] == [
            "daily-allowance-missing",
            "daily-allowance-doubtful",
        ]
        await claims.tell([*life.paid("2025-11").last, *life.paid("2025-12").last])
        (beside,) = (await staff.get("/v1/claims/daily-allowances", params=who)).json()["allowances"]
        assert (beside["expected"], beside["trace"]["inputs"]["gross"]) == ("37.44", "40.13"), (
            "half of 2 441.41 a month"
        )
        checked = (
            await staff.put("/v1/claims/daily-allowances", json={**body, "daily": "60.00", "checked": True})
        ).json()
        assert (checked["doubts"], checked["checked"]) == (["ABOVE_CAP"], True)
        closed = [item["kind"] for item in await claims.events("work-item.closed")]
        assert closed == ["daily-allowance-missing", "daily-allowance-doubtful"]
    async with service.caller(READ, WRITE, employers=[CENTRE]) as other:
        assert (await other.get("/v1/claims/daily-allowances", params=who)).status_code == 403
    await claims.decided()


async def test_an_ait_lowers_what_is_due_in_disponibilite_and_is_doubted_above_its_cap(
    claims: Claims, service: Service
) -> None:
    life = Life().accord().hired().affiliated().paid("2026-01")
    await claims.tell(life.sick("2026-02-01", "2026-06-30", "do", "DO").facts)
    before = await claims.benefits(life)
    who = {"employer": CITY, "agent": str(life.agent)}
    body = {**who, "start": "2026-06-01", "end": "2026-11-30", "group": 1}
    path = "/v1/claims/temporary-invalidities"
    async with service.caller(READ, WRITE) as staff:
        assert (await staff.put(path, json={**body, "monthly": "1201.51"})).json()["doubts"] == ["ABOVE_CAP"]
        assert (await staff.put(path, json={**body, "monthly": "600.00"})).json()["doubts"] == []
        after = await claims.benefits(life)
        assert float(before["2026-06"]) - float(after["2026-06"]) == pytest.approx(600)
        assert {month: amount for month, amount in after.items() if month != "2026-06"} == {
            month: amount for month, amount in before.items() if month != "2026-06"
        }
        clash = await staff.put(path, json={**body, "start": "2026-07-01", "monthly": "1.00"})
        assert (clash.status_code, clash.json()["code"]) == (422, "overlapping_allowances")
        (listed,) = (await staff.get(path, params=who)).json()["temporary_invalidities"]
        assert (listed["group"], listed["monthly"]) == (1, "600.00")
    await claims.decided()


async def test_full_time_revives_when_part_time_work_ends_in_a_leave(claims: Claims, service: Service) -> None:
    """Décret 2004-777 art. 9 (rulebook §1.4), told after the leave."""
    life = Life().accord().hired().affiliated().paid("2026-01")
    await claims.tell(life.sick("2026-02-01", "2026-07-31", waiting_days=0).facts)
    before = await claims.benefits(life)
    who = {"employer": CITY, "agent": str(life.agent)}
    body = {**who, "start": "2025-09-01", "quotity": "0.6000"}
    async with service.caller(READ, WRITE) as staff:
        assert (await staff.put("/v1/claims/part-times", json=body)).json()["end"] is None
        assert await claims.benefits(life) == before
        assert (await staff.put("/v1/claims/part-times", json={**body, "end": "2026-05-31"})).status_code == 200
        after = await claims.benefits(life)
        assert after["2026-05"] == before["2026-05"]
        assert after["2026-06"] < before["2026-06"]
        clash = await staff.put("/v1/claims/part-times", json={**body, "start": "2026-05-31"})
        assert (clash.status_code, clash.json()["code"]) == (422, "overlapping_part_time")
        listed = (await staff.get("/v1/claims/part-times", params=who)).json()["part_times"]
        assert [one["end"] for one in listed] == ["2026-05-31"]
    await claims.decided()


async def test_who_is_replaced_in_a_clm_loses_the_nbi_from_that_day_on_until_it_is_withdrawn(
    claims: Claims, service: Service
) -> None:
    """Décret 93-863 art. 2 (rulebook §1.4); the benefit makes it up."""
    life = Life().accord().hired().affiliated().paid("2024-12")
    await claims.tell(life.sick("2025-01-01", "2026-06-30", kind="CLM").facts)
    before = await claims.benefits(life)
    who = {"employer": CITY, "agent": str(life.agent)}
    path, body = "/v1/claims/replacements", {**who, "start": "2026-05-01"}
    async with service.caller(READ, WRITE) as staff:
        assert (await staff.put(path, json=body)).json()["end"] is None
        after = await claims.benefits(life)
        assert {month for month in before if before[month] != after[month]} == {"2026-05", "2026-06"}
        assert all(Money.parse(after[month]) > Money.parse(before[month]) for month in ("2026-05", "2026-06"))
        clash = await staff.put(path, json={**body, "start": "2026-06-01"})
        assert (clash.status_code, clash.json()["code"]) == (422, "overlapping_replacements")
        assert (await staff.put(path, json={**body, "withdrawn": True})).json()["withdrawn"]
        assert await claims.benefits(life) == before
        later = {**body, "start": "2026-06-01", "end": "2026-06-30"}
        assert (await staff.put(path, json=later)).status_code == 200, "what is withdrawn is in nobody's way"
        listed = (await staff.get(path, params=who)).json()["replacements"]
        assert [(one["start"], one["end"], one["withdrawn"]) for one in listed] == [
            ("2026-05-01", None, True),
            ("2026-06-01", "2026-06-30", False),
        ]
    await claims.decided()


async def test_an_accord_may_compare_the_sft_and_its_correction_is_then_another_reference(claims: Claims) -> None:
    """S28: the SFT of the reference month counts where the accord says so, and nowhere else."""
    found = {}
    for elements in (["TIB", "NBI", "RI"], ["TIB", "NBI", "RI", "SFT"]):
        accord = deepcopy(ACCORD)
        accord["guarantees"][0]["benefit"]["elements"] = elements
        life = Life().accord(guarantees=accord["guarantees"]).hired().affiliated()
        await claims.tell(life.paid("2026-01", sft="100.00").sick("2026-02-01", "2026-06-30", waiting_days=0).facts)
        before = await claims.benefits(life)
        await claims.tell(life.paid("2026-01", "pay.corrected", sft="200.00").last)
        found[len(elements)] = (before["2026-06"], (await claims.benefits(life))["2026-06"])
    plain, counted = found.values()
    assert plain[0] == plain[1] == "997.11"
    assert len({plain[0], *counted}) == 3
    await claims.decided()
