"""What of an agent's file decides: employments, regimes, options, leaves without an end."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.services.claims.lives import BOOK, CENTRE, Claims, Life, insured

DUE = {"2026-05": "997.11", "2026-06": "997.11"}


def long_cmo() -> Life:
    """Sick from February, prolonged to June 2026: half pay from 2 May."""
    return insured().sick("2026-02-01", "2026-02-28").sick("2026-03-01", "2026-06-30")


async def test_each_employer_has_its_own_file(claims: Claims) -> None:
    here = long_cmo()
    there = Life(agent=here.agent, employer=CENTRE, agreement=here.agreement).hired().affiliated().paid("2026-01")
    await claims.tell([*here.facts, *there.sick("2026-02-01", "2026-03-31").facts])
    employers = await claims.rows("SELECT employer FROM claim")
    assert [row["employer"] for row in employers] == [here.employer]


async def test_two_employments_of_one_employer_are_one_pay(claims: Claims) -> None:
    life = Life().accord().hired().affiliated()
    life.paid("2026-01", employment="a", tib="1067.57", ri="100.00", tpp="13.92")
    life.paid("2026-01", employment="b", tib="1000.00", nbi="0.00", ri="200.00")
    await claims.tell(life.sick("2026-02-01", "2026-06-30").facts)
    assert await claims.benefits(life) == DUE


async def test_two_employments_without_a_stated_tpp_have_the_rule_s(claims: Claims) -> None:
    life = Life().accord().hired().affiliated()
    life.paid("2026-01", employment="a", tib="1067.57", ri="100.00")
    life.paid("2026-01", employment="b", tib="1000.00", nbi="0.00", ri="200.00")
    await claims.tell(life.sick("2026-02-01", "2026-06-30").facts)
    assert await claims.benefits(life) == DUE


async def test_a_regime_that_changes_decides_the_leaves_that_start_under_it(claims: Claims) -> None:
    life = insured().employment("2026-04-01", regime="IRCANTEC_FONCTIONNAIRE", weekly_hours="20.00")
    await claims.tell(life.sick("2026-02-01", "2026-06-30").facts)
    assert await claims.benefits(life) == DUE
    rows = await claims.rows("SELECT regime, starts, ends FROM employment ORDER BY starts")
    assert [(row["regime"], str(row["starts"]), str(row["ends"])) for row in rows] == [
        ("CNRACL", "2005-09-01", "2026-03-31"),
        ("IRCANTEC_FONCTIONNAIRE", "2026-04-01", "None"),
    ]
    await claims.tell(life.employment("2005-09-01").last)
    assert len(await claims.rows("SELECT 1 FROM employment")) == 1


async def test_a_leave_whose_end_is_unknown_goes_on_to_the_end_of_the_month(claims: Claims) -> None:
    claims.clock.at = datetime(2026, 6, 10, 8, 0, tzinfo=UTC)
    life = insured().sick("2026-02-01", None)
    await claims.tell(life.facts)
    assert await claims.benefits(life) == DUE


async def test_an_unpaid_position_is_no_leave(claims: Claims) -> None:
    life = insured().sick("2026-02-01", "2026-06-30", "off", "DISPONIBILITE")
    await claims.tell(life.facts)
    assert await claims.claims(life) == []
    assert await claims.held(life) == []


async def test_an_option_cancelled_pays_no_more(claims: Claims) -> None:
    life = insured().elected("RI_FULL_PAY").sick("2026-02-01", "2026-02-28", "clm", "CLM")
    await claims.tell(life.facts)
    assert await claims.benefits(life) == {"2026-02": "232.28"}
    await claims.tell(
        life.told("option.cancelled", guarantee="RI_FULL_PAY", **{"from": "2025-01-01", "to": None}).facts[-1:]
    )
    assert await claims.benefits(life) == {"2026-02": "0.00"}
    await claims.tell(life.elected("RI_FULL_PAY").last)
    ends = {"from": "2025-01-01", "to": "2026-12-31"}
    await claims.tell(life.told("option.cancelled", guarantee="RI_FULL_PAY", **ends).last)
    assert await claims.benefits(life) == {"2026-02": "232.28"}


async def test_a_rule_that_changes_decides_otherwise(claims: Claims) -> None:
    life = long_cmo()
    claims.rules = BOOK.replacing("leave.half_rate", "0.60")
    await claims.tell(life.facts)
    assert await claims.benefits(life) != DUE
    await claims.decided()


async def test_nothing_is_looked_at_before_something_happens_to_an_agent(claims: Claims) -> None:
    await claims.tell(insured().facts)
    for table in ("decided", "claim", "held_case", "half_pay_forecast"):
        assert await claims.rows(f"SELECT 1 FROM {table}") == []


async def test_a_change_of_employment_keeps_the_date_of_birth(claims: Claims) -> None:
    life = insured().employment("2005-09-01", category="B").employment("2026-01-01", category="A")
    await claims.tell(life.facts)
    rows = await claims.rows("SELECT category, birth_date FROM employment ORDER BY starts")
    assert [(row["category"], str(row["birth_date"])) for row in rows] == [("B", "1975-03-01"), ("A", "1975-03-01")]
