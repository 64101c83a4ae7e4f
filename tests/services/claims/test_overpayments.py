"""What was paid and is no longer due: opened, lowered, paid back, given up, spread."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from kit.ids import new_id
from kit.money import Money
from tests.services.claims.lives import CENTRE, CITY, Claims, Life, insured
from tests.services.client import Service

READ, WRITE = "claims:read", "claims:write"
TODAY = "2026-07-01"


def once() -> dict[str, str]:
    return {"Idempotency-Key": str(new_id())}


def half_paid() -> Life:
    """May and June 2026 at half pay, both over on the day of the tests."""
    return insured().sick("2026-02-01", "2026-02-28").sick("2026-03-01", "2026-06-30")


async def overpaid(claims: Claims, service: Service) -> dict[str, Any]:
    """June is taken back: 997.11 to be paid back."""
    life = half_paid()
    await claims.tell(life.facts)
    await claims.approved(life)
    await claims.tell(life.shortened("2026-05-31").last)
    async with service.caller(READ) as staff:
        (found,) = (await staff.get("/v1/overpayments", params={"agent": str(life.agent)})).json()["items"]
    return dict(found)


async def test_a_month_taken_back_opens_an_overpayment_with_two_clocks(claims: Claims, service: Service) -> None:
    found = await overpaid(claims, service)
    assert found | {"month": "2026-06", "amount": "997.11", "balance": "997.11", "kind": "BENEFIT"} == found
    assert (found["opened_on"], found["employer_until"], found["status"]) == (TODAY, "2028-06-30", "open")
    assert found["insurer_until"] is None, "the accord does not say which code its insurer is under"
    assert "2000-321" in found["employer_reference"]
    (opened,) = await claims.events("overpayment.opened")
    assert opened | {"overpayment": found["id"], "month": "2026-06", "amount": "997.11", "on": TODAY} == opened


@pytest.mark.parametrize(
    ("code", "until"), [("MUTUALITE", "2031-07-01"), ("SECURITE_SOCIALE", "2031-07-01"), ("ASSURANCES", "2028-07-01")]
)
async def test_the_insurer_s_clock_is_that_of_its_code(claims: Claims, code: str, until: str) -> None:
    """Rulebook §7."""
    insurers = [{"code": "x", "name": "X", "legal_code": code, "from": "2025-01-01", "to": None}]
    life = Life().accord(insurers=insurers).hired().affiliated().paid("2026-01")
    await claims.tell(life.sick("2026-02-01", "2026-06-30", waiting_days=0).facts)
    await claims.approved(life)
    await claims.tell(life.shortened("2026-05-31").last)
    (opened,) = await claims.events("overpayment.opened")
    assert (opened["insurer_until"], opened["employer_until"]) == (until, "2028-06-30")


async def test_a_month_that_is_not_over_was_paid_to_nobody(claims: Claims) -> None:
    life = insured().paid("2026-03").sick("2026-04-01", "2026-08-31")
    await claims.tell(life.facts)
    await claims.approved(life)
    await claims.tell(life.shortened("2026-07-10").last)
    assert await claims.events("overpayment.opened") == []


async def test_what_nobody_approved_or_paid_is_not_owed(claims: Claims, service: Service) -> None:
    """Decided at first sight, and corrected before anybody acted on it: nothing left anybody's hands."""
    life = half_paid()
    await claims.tell(life.facts)
    await claims.tell(life.shortened("2026-05-31").last)
    early = insured().sick("2026-01-01", "2026-06-30", waiting_days=0)
    await claims.tell(early.paid("2025-12").facts)
    await claims.tell(early.affiliated(("2025-01-01", None, "DEFERRED")).last)
    assert await claims.benefits(early) == {"2026-04": "0.00", "2026-05": "0.00", "2026-06": "0.00"}
    assert await claims.events("overpayment.opened") == []


async def test_what_is_noted_as_paid_is_owed_whoever_approved_it(claims: Claims, service: Service) -> None:
    """Never beyond what was paid, and a month under way as well."""
    life = insured().sick("2026-02-01", "2026-02-28").sick("2026-03-01", "2026-07-31")
    await claims.tell(life.facts)
    async with service.caller(READ, WRITE) as staff:
        (claim,) = (await staff.get("/v1/claims")).json()["items"]
        for month, amount in (("2026-06", "600.00"), ("2026-07", "997.11")):
            body = {"month": month, "amount": amount, "paid_on": TODAY, "payee": "AGENT", "reference": month}
            assert (await staff.post(f"/v1/claims/{claim['id']}/payments", json=body, headers=once())).is_success
    await claims.tell(life.shortened("2026-06-15").last)
    opened = await claims.events("overpayment.opened")
    assert {event["month"]: event["amount"] for event in opened} == {"2026-06": "101.44", "2026-07": "997.11"}


async def test_what_is_paid_of_a_former_decision_is_owed_as_it_comes(claims: Claims, service: Service) -> None:
    """The insurer paid June before it knew that the leave was shorter; what it pays beyond any decision is its own."""
    life = half_paid()
    await claims.tell(life.facts)
    await claims.tell(life.shortened("2026-06-15").last)
    async with service.caller(READ, WRITE) as staff:
        (claim,) = (await staff.get("/v1/claims")).json()["items"]
        for reference, amount in (("V1", "600.00"), ("V1", "600.00"), ("V2", "397.11"), ("V3", "50.00")):
            body = {"month": "2026-06", "amount": amount, "paid_on": TODAY, "payee": "AGENT", "reference": reference}
            assert (await staff.post(f"/v1/claims/{claim['id']}/payments", json=body, headers=once())).is_success
    assert [event["amount"] for event in await claims.events("overpayment.opened")] == ["101.44", "397.11"]


async def test_a_payment_above_anything_decided_is_a_fact_and_work(claims: Claims, service: Service) -> None:
    """Until a decision reaches it; with nothing decided of the month as well."""
    decided, waiting = half_paid(), Life().accord().hired().affiliated().sick("2026-02-01", "2026-06-30")
    await claims.tell([*decided.facts, *waiting.facts])
    async with service.caller(READ, WRITE) as staff:

        async def paid(life: Life, reference: str, amount: str) -> list[str]:
            (claim,) = (await staff.get("/v1/claims", params={"agent": str(life.agent)})).json()["items"]
            path = f"/v1/claims/{claim['id']}/payments"
            body = {"month": "2026-06", "amount": amount, "paid_on": TODAY, "payee": "AGENT", "reference": reference}
            answer = await staff.post(path, json=body, headers=once())
            assert answer.status_code == 201
            known = (await staff.get(path)).json()["payments"]
            assert {tuple(one["warnings"]) for one in known} == {tuple(answer.json()["warnings"])}
            return list(answer.json()["warnings"])

        assert await paid(decided, "V1", "997.11") == []
        for _ in range(2):
            assert await paid(decided, "V2", "50.00") == ["above_decided"]
        assert await paid(waiting, "V1", "50.00") == ["nothing_decided"]
        opened = [(one["kind"], one["agent"]) for one in await claims.events("work-item.opened")]
        assert opened == [("payment-above-decided", str(life.agent)) for life in (decided, waiting)]
        assert await claims.events("overpayment.opened") == [], "it is no part of what had been due"
        await claims.tell([*decided.paid("2026-01", "pay.corrected", ri="400.00").last, *waiting.paid("2026-01").last])
        assert [one["agent"] for one in await claims.events("work-item.closed")] == [opened[0][1], opened[1][1]]
        assert await paid(decided, "V2", "50.00") == await paid(waiting, "V1", "50.00") == []


async def test_what_was_approved_again_is_what_is_owed_the_next_time(claims: Claims) -> None:
    life = half_paid()
    await claims.tell(life.facts)
    await claims.approved(life)
    await claims.tell(life.sick("2026-07-01", "2026-07-31").last)
    await claims.tell(life.shortened("2026-06-15").last)
    await claims.tell(life.sick("2026-06-16", "2026-06-20").last)
    await claims.tell(life.shortened("2026-05-31").last)
    opened = [event["amount"] for event in await claims.events("overpayment.opened")]
    assert opened == ["498.55", "664.74"], "the month in between was due again, and went away with the rest"


async def test_what_is_due_again_lowers_the_overpayment_of_its_month(claims: Claims, service: Service) -> None:
    life = half_paid()
    await claims.tell(life.facts)
    await claims.approved(life)
    await claims.tell(life.shortened("2026-05-31").last)
    await claims.tell(life.sick("2026-06-01", "2026-06-15").last)
    async with service.caller(READ) as staff:
        (found,) = (await staff.get("/v1/overpayments")).json()["items"]
        assert found["balance"] == "498.55"
        (movement,) = (await staff.get(f"/v1/overpayments/{found['id']}")).json()["movements"]
        assert movement | {"kind": "COMPENSATED", "amount": "498.56", "happened_on": TODAY} == movement
        await claims.tell(life.sick("2026-06-16", "2026-06-30").last)
        (found,) = (await staff.get("/v1/overpayments")).json()["items"]
    assert (found["status"], found["balance"]) == ("settled", "0.00")
    assert len(await claims.events("overpayment.settled")) == 1


async def test_it_is_paid_back_in_parts_and_the_rest_given_up(claims: Claims, service: Service) -> None:
    found = await overpaid(claims, service)
    path = f"/v1/overpayments/{found['id']}"
    service.clock.at = service.clock.at.replace(month=10)
    async with service.caller(READ, WRITE, employers=[CITY]) as staff:
        first = await staff.post(f"{path}/recoveries", json={"amount": "400.00", "on": "2026-08-31"}, headers=once())
        assert (first.status_code, first.json()["balance"]) == (201, "597.11")
        assert await claims.events("overpayment.settled") == []
        waiver = {"ground": "HARDSHIP", "on": "2026-09-30", "note": "décision du 30 septembre"}
        last = (await staff.post(f"{path}/waivers", json=waiver, headers=once())).json()
    assert (last["balance"], last["status"]) == ("0.00", "settled")
    assert [(m["kind"], m["amount"], m["ground"]) for m in last["movements"]] == [
        ("RECOVERED", "400.00", None),
        ("WAIVED", "597.11", "HARDSHIP"),
    ]
    (settled,) = await claims.events("overpayment.settled")
    assert settled["overpayment"] == found["id"]


async def test_a_schedule_adds_up_to_what_is_left(claims: Claims, service: Service) -> None:
    found = await overpaid(claims, service)
    path = f"/v1/overpayments/{found['id']}/schedule"
    async with service.caller(READ, WRITE) as staff:
        await staff.put(path, json={"instalments": 10, "first_due": "2026-09-30"})
        planned = (await staff.put(path, json={"instalments": 3, "first_due": "2026-08-31"})).json()["schedule"]
        assert planned == [
            {"due": "2026-08-31", "amount": "332.37"},
            {"due": "2026-09-30", "amount": "332.37"},
            {"due": "2026-10-31", "amount": "332.37"},
        ]
        paid_back = {"amount": "400.00", "on": TODAY}
        recoveries = f"/v1/overpayments/{found['id']}/recoveries"
        left = (await staff.post(recoveries, json=paid_back, headers=once())).json()["schedule"]
        assert left == [{"due": "2026-09-30", "amount": "264.74"}, {"due": "2026-10-31", "amount": "332.37"}]
        rest = (await staff.post(recoveries, json={"amount": "597.11", "on": TODAY}, headers=once())).json()["schedule"]
        assert rest == []
        for count in (0, 121):
            refused = await staff.put(path, json={"instalments": count, "first_due": "2026-08-31"})
            assert refused.status_code == 422


@pytest.mark.parametrize("amount", ["0.00", "997.12"])
async def test_nothing_and_more_than_is_owed_are_refused(claims: Claims, service: Service, amount: str) -> None:
    found = await overpaid(claims, service)
    async with service.caller(READ, WRITE) as staff:
        path = f"/v1/overpayments/{found['id']}/recoveries"
        refused = await staff.post(path, json={"amount": amount, "on": TODAY}, headers=once())
        assert (refused.status_code, refused.json()["code"]) == (422, "more_than_owed")
        assert refused.json()["errors"][0]["pointer"] == "/amount"


async def test_the_same_recovery_twice_is_one(claims: Claims, service: Service) -> None:
    found = await overpaid(claims, service)
    headers, body = once(), {"amount": "100.00", "on": TODAY}
    async with service.caller(READ, WRITE) as staff:
        for _ in range(2):
            await staff.post(f"/v1/overpayments/{found['id']}/recoveries", json=body, headers=headers)
        assert (await staff.get(f"/v1/overpayments/{found['id']}")).json()["balance"] == "897.11"


async def test_another_employer_sees_none(claims: Claims, service: Service) -> None:
    found = await overpaid(claims, service)
    async with service.caller(READ, WRITE, employers=[CENTRE]) as other:
        assert (await other.get("/v1/overpayments")).json()["items"] == []
        answer = await other.get(f"/v1/overpayments/{found['id']}")
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown_overpayment")


async def test_an_annuity_taken_back_is_owed_for_each_month_that_is_over(claims: Claims) -> None:
    life = half_paid().invalid("2026-04-01", cnracl_rate="0.5000")
    await claims.tell(life.facts)
    await claims.tell(life.invalid("2026-05-01", event="revised", cnracl_rate="0.5000", pension_net="1000.00").last)
    opened = await claims.events("overpayment.opened")
    amounts = {event["month"]: event["amount"] for event in opened if event["kind"] == "ANNUITY"}
    (started,) = await claims.events("annuity.started")
    assert amounts == {"2026-04": started["monthly"], "2026-05": "100.00", "2026-06": "100.00"}


async def test_a_capital_taken_back_is_owed(claims: Claims) -> None:
    life = half_paid().elected("DEATH")
    await claims.tell(life.told("agent.deceased", date="2026-06-10", kind="DEATH").facts)
    (due,) = await claims.events("capital.due")
    await claims.tell(life.told("agent.death-withdrawn", date="2026-06-10", kind="DEATH").last)
    opened = [event for event in await claims.events("overpayment.opened") if event["kind"] == "CAPITAL"]
    assert [(event["month"], event["amount"]) for event in opened] == [("2026-06", due["amount"])]


async def test_a_capital_for_a_loss_of_pension_is_prescribed_as_no_death(
    claims: Claims,
) -> None:
    """Rulebook §7: two years in mutual insurance, where a death has ten and an incapacity five."""
    insurers = [{"code": "x", "name": "X", "legal_code": "MUTUALITE", "from": "2025-01-01", "to": None}]
    life = Life().accord(insurers=insurers).hired().affiliated().paid("2026-01").elected("RETIREMENT_LOSS")
    next(fact for fact in life.facts if fact.kind == "agent.hired").data["birth_date"] = "1963-09-10"
    await claims.tell(life.invalid("2026-04-01", cnracl_rate="0.5000").facts)
    (due,) = await claims.events("capital.due")
    assert (due["guarantee"], due["due"], due["amount"]) == ("RETIREMENT_LOSS", "2026-06-10", "20000.00")
    await claims.tell(life.invalid("2026-04-01", event="revised", cnracl_rate="0.5000", pension_net="5000.00").last)
    opened = {event["kind"]: event["insurer_until"] for event in await claims.events("overpayment.opened")}
    assert opened == {"ANNUITY": "2031-07-01", "CAPITAL": "2028-07-01"}


async def previewed(staff: httpx.AsyncClient, life: Life, **supposed: Any) -> dict[str, Any]:
    body = {"employer": CITY, "agent": str(life.agent), **supposed}
    answer = await staff.post("/v1/claims/previews", json=body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_a_change_is_seen_before_it_is_confirmed_and_leaves_no_trace(claims: Claims, service: Service) -> None:
    life = half_paid()
    await claims.tell(life.facts)
    await claims.approved(life)
    before = await claims.events()
    entries = [{"kind": "CMO", "start": "2026-02-01", "end": "2026-05-31"}]
    async with service.caller(READ, employers=[CITY]) as staff:
        seen = await previewed(staff, life, leaves=[{"leave": str(life.ids["leave"]), "entries": entries}])
    assert (seen["benefit_delta"], seen["overpaid"], seen["held"]) == ("-997.11", "997.11", None)
    assert [change["type"].split(".")[3] for change in seen["changes"]] == ["benefit", "overpayment"] or seen["changes"]
    assert await claims.events() == before
    assert await claims.benefits(life) == {"2026-05": "997.11", "2026-06": "997.11"}
    await claims.tell(life.shortened("2026-05-31").last)
    told = [event["benefit_delta"] for event in await claims.events("benefit.adjusted")]
    assert told == ["-997.11"], "what was seen is what comes"


async def test_a_corrected_pay_an_invalidity_and_a_leave_that_never_was_are_previewed(
    claims: Claims, service: Service
) -> None:
    life = half_paid()
    await claims.tell(life.facts)
    await claims.approved(life)
    async with service.caller(READ) as staff:
        pay = [{"month": "2026-01", "tib": "2067.57", "nbi": "73.84", "ri": "400.00"}]
        assert (await previewed(staff, life, pay=pay))["benefit_delta"] == "162.40"
        invalidity = [{"from": "2026-08-01", "cnracl_rate": "0.5000", "pension_net": "900.00"}]
        types = [change["type"] for change in (await previewed(staff, life, invalidities=invalidity))["changes"]]
        assert types == ["fr.psc.claims.annuity.started.v1"]
        gone = await previewed(staff, life, leaves=[{"leave": str(life.ids["leave"]), "entries": []}])
        assert gone["overpaid"] == "1994.22"
        clash = [{"entries": [{"kind": "CGM", "start": "2026-07-01"}]}]
        assert (await previewed(staff, life, leaves=clash))["held"] == "leave_kind_not_applicable"


def general() -> Life:
    life = Life().accord().hired(regime="IRCANTEC_FONCTIONNAIRE").affiliated().paid("2026-01")
    return life.sick("2026-02-01", "2026-06-30", kind="DO")


def uncovered() -> Life:
    life = Life().accord().hired().affiliated(("2025-01-01", None, "DEFERRED"))
    return life.sick("2024-10-01", "2025-06-30", waiting_days=0)


@pytest.mark.parametrize(
    ("life", "name", "said", "where"),
    [
        pytest.param(
            half_paid(),
            "ri_maintenance",
            {"kind": "CMO", "from": "2026-01-01", "full": "0.9000", "half": "0.5000"},
            f"PUT /v1/ri-maintenance/{CITY}",
            id="a délibération",
        ),
        pytest.param(
            half_paid(),
            "part_times",
            {"start": "2025-01-01", "end": "2026-05-31", "quotity": "0.6000"},
            "PUT /v1/claims/part-times",
            id="part-time",
        ),
        pytest.param(
            general(),
            "allowances",
            {
                "kind": "SICKNESS",
                "stop_start": "2026-02-01",
                "start": "2026-06-01",
                "end": "2026-06-30",
                "daily": "20.00",
            },
            "PUT /v1/claims/daily-allowances",
            id="daily allowances",
        ),
        pytest.param(
            insured().sick("2026-02-01", "2026-06-30", "leave", "DO"),
            "temporary_invalidities",
            {"start": "2026-06-01", "end": "2026-06-30", "group": 1, "monthly": "620.00"},
            "PUT /v1/claims/temporary-invalidities",
            id="AIT",
        ),
        pytest.param(
            Life().accord().hired().affiliated().paid("2024-12").sick("2025-01-01", "2026-06-30", "leave", "CLM"),
            "replacements",
            {"start": "2026-06-01", "end": None},
            "PUT /v1/claims/replacements",
            id="a replacement",
        ),
        pytest.param(
            uncovered(),
            "takeovers",
            {
                "leave": None,
                "agreement": "la-roche-sur-yon-2025",
                "from": "2025-03-01",
                "former_insurer": "X",
                "reference_pay": {"month": "2024-09", "tib": "2067.57", "nbi": "73.84", "ri": "300.00"},
            },
            "POST /v1/claims/takeovers",
            id="a takeover",
        ),
    ],
)
async def test_what_is_stated_here_is_previewed_as_it_comes(
    claims: Claims, service: Service, *, life: Life, name: str, said: dict[str, Any], where: str
) -> None:
    await claims.tell(life.facts)
    before = Money.sum(map(Money.parse, (await claims.benefits(life)).values()))
    said = {**said, **({"leave": str(life.ids["leave"])} if "leave" in said else {})}
    who = {} if name == "ri_maintenance" else {"employer": CITY, "agent": str(life.agent)}
    async with service.caller(READ, WRITE) as staff:
        seen = await previewed(staff, life, **{name: [said]})
        assert Money.parse(seen["benefit_delta"]) != Money.zero()
        verb, path = where.split(" ")
        assert (await staff.request(verb, path, json={**who, **said}, headers=once())).is_success
    after = Money.sum(map(Money.parse, (await claims.benefits(life)).values()))
    assert str(after - before) == seen["benefit_delta"]


async def test_all_that_an_entry_and_a_month_of_pay_say_is_previewed(claims: Claims, service: Service) -> None:
    life = half_paid()
    await claims.tell(life.facts)
    async with service.caller(READ) as staff:
        wrong = [{"entries": [{"kind": "TPT", "start": "2026-07-01", "end": "2026-07-31", "quotity": "0.5500"}]}]
        assert (await previewed(staff, life, leaves=wrong))["held"] == "quotity_not_applicable"
        late = {"kind": "CMO", "start": "2026-09-01", "end": "2026-09-30", "sent_on": "2026-09-20"}
        assert (await previewed(staff, life, leaves=[{"entries": [late]}]))["held"] is None
        pay = [{"month": "2026-01", "tib": "2067.57", "nbi": "73.84", "ri": "300.00", "sft": "10.67", "ir": "20.00"}]
        assert (await previewed(staff, life, pay=pay))["held"] is None
        days = {
            "kind": "SICKNESS",
            "stop_start": "2026-02-01",
            "start": "2026-06-30",
            "end": "2026-06-01",
            "daily": "1",
        }
        body = {"employer": CITY, "agent": str(life.agent), "allowances": [{**days, "daily": "1.00"}]}
        refused = await staff.post("/v1/claims/previews", json=body)
        assert refused.json()["errors"][0]["pointer"] == "/allowances/0/end"


async def test_a_preview_is_refused_to_another_employer_and_for_a_reversed_leave(
    claims: Claims, service: Service
) -> None:
    life = half_paid()
    await claims.tell(life.facts)
    body = {"employer": CITY, "agent": str(life.agent)}
    async with service.caller(READ, employers=[CENTRE]) as other:
        assert (await other.post("/v1/claims/previews", json=body)).status_code == 403
    async with service.caller(READ) as staff:
        leaves = [{"entries": [{"kind": "CMO", "start": "2026-07-02", "end": "2026-07-01"}]}]
        refused = await staff.post("/v1/claims/previews", json={**body, "leaves": leaves})
        assert refused.json()["errors"][0]["pointer"] == "/leaves/0/entries/0/end"


async def test_a_settlement_is_dated_between_its_month_and_today(claims: Claims, service: Service) -> None:
    """And a schedule starts within years: what lies beyond is mistyped."""
    path = f"/v1/overpayments/{(await overpaid(claims, service))['id']}"
    async with service.caller(READ, WRITE) as staff:
        for verb, what, body, pointer in (
            ("POST", "recoveries", {"amount": "1.00"}, "/on"),
            ("POST", "waivers", {"ground": "HARDSHIP"}, "/on"),
            ("PUT", "schedule", {"instalments": 2}, "/first_due"),
        ):
            late = ("2031-07-02", "day_too_late") if verb == "PUT" else ("2026-07-02", "day_in_future")
            for day, code in (late, ("2026-05-31", "day_too_early")):
                said = body | {pointer[1:]: day}
                refused = await staff.request(verb, f"{path}/{what}", json=said, headers=once())
                assert (refused.status_code, refused.json()["code"]) == (422, code), (what, day)
                assert [one["pointer"] for one in refused.json()["errors"]] == [pointer]
        assert (await staff.get(path)).json()["balance"] == "997.11"
