"""Facts in, decisions out: the main job, in order and out of order."""

from __future__ import annotations

from random import Random

import pytest

from tests.services.claims.lives import Claims, Life, insured, interleaved

DUE = {"2026-05": "997.11", "2026-06": "997.11"}


def long_cmo() -> Life:
    """Sick from February, prolonged to June 2026: half pay from 2 May."""
    return insured().sick("2026-02-01", "2026-02-28").sick("2026-03-01", "2026-06-30")


async def test_a_leave_that_passes_to_half_pay_opens_a_claim_and_is_paid(claims: Claims) -> None:
    life = long_cmo()
    await claims.tell(life.facts)
    assert await claims.claims(life) == [("leave", "2026-05-02", "decided", None)]
    assert await claims.benefits(life) == DUE
    (opened,) = await claims.events("claim.opened")
    assert opened["from"] == "2026-05-02"
    assert opened["agreement"] == life.agreement
    decided = await claims.events("benefit.decided")
    assert [(event["month"], event["benefit"]) for event in decided] == list(DUE.items())
    assert (
        decided[1]
        | {
            "target_net": "1846.93",
            "statutory_net": "849.82",
            "social_security": "0.00",
            "decree_floor": "777.65",
            "alerts": [],
            "version": 1,
        }
        == decided[1]
    )
    assert await claims.decided() == 2


async def test_the_passage_is_announced_once_when_the_end_comes_near(claims: Claims) -> None:
    life = insured().sick("2026-05-15", "2026-07-01")
    await claims.tell(life.facts)
    assert await claims.events("half-pay.foreseen") == []
    await claims.tell(life.sick("2026-07-02", "2026-07-20").last)
    (foreseen,) = await claims.events("half-pay.foreseen")
    assert (foreseen["leave"], foreseen["on"]) == (str(life.ids["leave"]), "2026-08-13")
    await claims.tell(life.sick("2026-07-21", "2026-08-31").last)
    assert len(await claims.events("half-pay.foreseen")) == 1


@pytest.mark.parametrize("seed", range(12))
async def test_any_order_and_any_repetition_decide_the_same(claims: Claims, seed: int) -> None:
    life = insured(agreement=f"accord-{seed}")
    life.elected("RI_FULL_PAY").sick("2026-02-01", "2026-02-28").sick("2026-03-01", "2026-06-30")
    life.sick("2026-07-01", "2026-09-30", "long", "CLM").paid("2025-12").paid("2026-01", "pay.corrected", ri="310.00")
    life.invalid("2028-01-01", cnracl_rate="0.4000")
    random = Random(seed)
    await claims.tell(interleaved(life.facts, random), times=random.choice([1, 2, 3]))
    (claim,) = await claims.claims(life)
    assert claim == ("leave", "2026-05-02", "decided", None)
    assert await claims.benefits(life) == {
        "2026-05": "1005.24",
        "2026-06": "1005.24",
        "2026-07": "240.41",
        "2026-08": "240.41",
        "2026-09": "240.41",
    }
    assert await claims.annuities(life) == ["764.05"]
    assert await claims.held(life) == []
    await claims.decided()


async def test_nothing_is_invented_while_pay_is_awaited(claims: Claims) -> None:
    life = Life().accord().hired().affiliated().sick("2026-02-01", "2026-06-30", waiting_days=0)
    await claims.tell(life.facts)
    assert await claims.claims(life) == [("leave", "2026-05-02", "awaiting_pay", "2026-01")]
    assert await claims.benefits(life) == {}
    await claims.tell(life.paid("2025-12").last)
    assert await claims.benefits(life) == {}
    await claims.tell(life.paid("2026-01").last)
    assert await claims.claims(life) == [("leave", "2026-05-02", "decided", None)]
    assert await claims.benefits(life) == DUE
    assert len(await claims.events("claim.opened")) == 1


async def test_a_claim_without_any_full_month_waits_for_a_person(claims: Claims) -> None:
    life = Life().accord().hired(start="2026-01-05").affiliated().paid("2026-01")
    await claims.tell(life.sick("2026-02-01", "2026-06-30").facts)
    assert await claims.claims(life) == [("leave", "2026-05-02", "awaiting_pay", "no_full_pay_month")]


async def test_an_extension_decides_the_new_months_only(claims: Claims) -> None:
    life = long_cmo()
    await claims.tell(life.facts)
    await claims.tell(life.sick("2026-07-01", "2026-08-15").last)
    assert await claims.benefits(life) == {**DUE, "2026-07": "997.11", "2026-08": "498.56"}
    assert await claims.decided() == 4
    assert await claims.events("benefit.adjusted") == []


async def test_the_same_fact_again_changes_nothing(claims: Claims) -> None:
    life = long_cmo()
    await claims.tell(life.facts)
    before = await claims.events()
    await claims.tell(life.facts[-1:], times=3)
    assert await claims.events() == before


async def test_a_shorter_leave_takes_months_back(claims: Claims) -> None:
    life = long_cmo()
    await claims.tell(life.facts)
    await claims.tell(life.shortened("2026-05-15").last)
    assert await claims.benefits(life) == {"2026-05": "465.32", "2026-06": "0.00"}
    adjusted = await claims.events("benefit.adjusted")
    assert [(e["month"], e["benefit"], e["benefit_delta"], e["version"]) for e in adjusted] == [
        ("2026-05", "465.32", "-531.79", 2),
        ("2026-06", "0.00", "-997.11", 2),
    ]
    await claims.decided()


async def test_a_leave_that_no_longer_reaches_half_pay_closes_its_claim_and_may_reopen_it(claims: Claims) -> None:
    life = long_cmo()
    await claims.tell(life.facts)
    await claims.tell(life.shortened("2026-04-30").last)
    assert await claims.claims(life) == [("leave", "2026-05-02", "closed", "no_longer_due")]
    assert await claims.benefits(life) == {"2026-05": "0.00", "2026-06": "0.00"}
    await claims.tell(life.sick("2026-05-01", "2026-06-30").last)
    assert await claims.claims(life) == [("leave", "2026-05-02", "decided", None)]
    assert await claims.benefits(life) == DUE
    assert [len(await claims.events(f"claim.{past}")) for past in ("opened", "closed", "reopened")] == [1, 1, 1]
    await claims.decided()


async def test_a_cancelled_leave_never_was(claims: Claims) -> None:
    life = long_cmo()
    await claims.tell(life.facts)
    await claims.tell(life.cancelled().last)
    assert await claims.claims(life) == [("leave", "2026-05-02", "closed", "no_longer_due")]
    assert set((await claims.benefits(life)).values()) == {"0.00"}


async def test_a_leave_cancelled_before_it_was_heard_of(claims: Claims) -> None:
    life = insured().sick("2026-02-01", "2026-06-30").cancelled()
    await claims.tell([fact for fact in life.facts if fact.kind != "sick-leave.started"])
    assert await claims.claims(life) == []


async def test_corrected_pay_freezes_another_reference_and_issues_the_difference(claims: Claims) -> None:
    life = long_cmo()
    await claims.tell(life.facts)
    await claims.tell(life.paid("2026-01", "pay.corrected", ri="400.00").last)
    assert await claims.benefits(life) == {"2026-05": "1078.31", "2026-06": "1078.31"}
    versions = await claims.rows("SELECT version, target FROM claim_reference ORDER BY version")
    assert [row["version"] for row in versions] == [1, 2]
    await claims.tell(life.paid("2025-11", "pay.corrected", ri="900.00").last)
    assert len(await claims.rows("SELECT 1 FROM claim_reference")) == 2


async def test_a_claim_that_loses_its_reference_month_keeps_what_was_decided(claims: Claims) -> None:
    """An earlier stop makes January no month of full pay; until December's pay is known, nothing is taken back."""
    life = long_cmo()
    await claims.tell(life.facts)
    await claims.tell(life.sick("2026-01-12", "2026-01-16", "earlier").last)
    assert await claims.claims(life) == [("leave", "2026-04-27", "awaiting_pay", "2025-12")]
    assert await claims.benefits(life) == DUE
    await claims.tell(life.paid("2025-12").last)
    assert await claims.benefits(life) == {"2026-04": "132.95", **DUE}


async def test_who_is_not_covered_has_no_claim(claims: Claims) -> None:
    life = Life().accord().hired().affiliated(("2025-01-01", None, "DISPENSED")).paid("2026-01")
    await claims.tell(life.sick("2026-02-01", "2026-06-30").facts)
    assert await claims.claims(life) == []
    await claims.tell(life.affiliated().last)
    assert await claims.benefits(life) == DUE


async def test_a_later_version_of_the_accord_decides_its_agents_again(claims: Claims) -> None:
    life = long_cmo()
    await claims.tell(life.facts)
    base, *others = life.facts[0].data["guarantees"]
    lower = {**base, "benefit": {**base["benefit"], "target": "0.9000"}}
    await claims.tell(life.accord(version=2, guarantees=[lower, *others]).last)
    assert await claims.benefits(life) == {"2026-05": "899.91", "2026-06": "899.91"}
    assert len(await claims.events("benefit.adjusted")) == 2


async def test_an_annuity_starts_is_adjusted_and_withdrawn(claims: Claims) -> None:
    life = long_cmo().invalid("2028-01-01", cnracl_rate="0.4000")
    await claims.tell(life.facts)
    assert await claims.annuities(life) == ["757.54"]
    (started,) = await claims.events("annuity.started")
    assert started | {"from": "2028-01-01", "full": "946.93", "formula": "PRORATED_I_OVER_50"} == started
    assert started["alerts"] == ["LEGAL_FLOOR_SHORTFALL"]
    assert started["claim"] is not None
    await claims.tell(life.invalid("2028-01-01", event="revised", cnracl_rate="0.5000").last)
    assert await claims.annuities(life) == ["946.93"]
    await claims.tell(life.invalid("2028-01-01", event="withdrawn", cnracl_rate="0.5000").last)
    assert await claims.annuities(life) == ["0.00"]
    adjusted = await claims.events("annuity.adjusted")
    assert [(e["version"], e["monthly_delta"]) for e in adjusted] == [(2, "189.39"), (3, "-946.93")]
    await claims.tell(life.invalid("2028-01-01", event="withdrawn", cnracl_rate="0.5000").last)
    assert len(await claims.events("annuity.adjusted")) == 2
    await claims.decided()


async def test_an_annuity_waits_for_pay(claims: Claims) -> None:
    life = Life().accord().hired().affiliated().invalid("2028-01-01", cnracl_rate="0.6000", pension_net="0.00")
    await claims.tell(life.facts)
    assert await claims.annuities(life) == []
    await claims.tell(life.paid("2026-01", tib="2267.87", nbi="0.00", ri="0.00").last)
    assert await claims.annuities(life) == ["1710.00"]  # rulebook G26


@pytest.mark.parametrize(
    ("kind", "code"), [("CGM", "leave_kind_not_applicable"), ("AT_MP", "leave_kind_not_applicable")]
)
async def test_facts_that_contradict_each_other_hold_the_case(claims: Claims, kind: str, code: str) -> None:
    life = long_cmo()
    await claims.tell(life.facts)
    await claims.tell(life.sick("2026-08-01", "2026-08-31", "wrong", kind).last)
    assert await claims.held(life) == [code]
    assert await claims.benefits(life) == DUE
    await claims.tell(life.cancelled("wrong").last)
    assert await claims.held(life) == []


async def test_overlapping_leaves_hold_the_case_until_one_goes(claims: Claims) -> None:
    life = insured().sick("2026-02-01", "2026-06-30").sick("2026-06-15", "2026-07-31", "other")
    await claims.tell(life.facts)
    assert await claims.held(life) == ["overlapping_leaves"]
    await claims.tell(life.cancelled("other").last)
    assert await claims.held(life) == []
    assert await claims.benefits(life) == DUE


async def test_a_reference_month_that_no_parameter_covers_holds_the_case(claims: Claims) -> None:
    life = Life().accord().hired().affiliated().paid("2023-12").sick("2024-01-01", "2026-02-28", "clm", "CLM")
    await claims.tell(life.facts)
    assert await claims.held(life) == ["no_value_at_date"]
    assert [event["kind"] for event in await claims.events()] == ["case-held"]
