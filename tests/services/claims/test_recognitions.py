"""Invalidities that worsen, birth dates corrected, contracts that end: annuities follow, one at a time."""

from __future__ import annotations

from itertools import pairwise, permutations
from random import Random
from typing import Any

import pytest

from tests.services.claims.lives import Claims, Fact, Life, insured, interleaved
from tests.services.client import Service

WORSE = {"cnracl_rate": "0.5000", "pension_net": "1000.00"}


def recognised(life: Life, name: str, start: str, to: str | None = None, **said: Any) -> Fact:
    """What eligibility tells of one recognition of the life; `event` if it is not the first telling."""
    event, follows = said.pop("event", "recognised"), said.pop("follows", None)
    fields = {"ss_category": None, "atmp_rate": None, "cnracl_rate": "0.3000", "pension_net": "900.00", **said}
    chain = {"from": start, "to": to, "follows": str(life.ids[follows]) if follows else None}
    return life.told(f"invalidity.{event}", recognition=str(life.ids[name]), **chain, **fields).last[0]


def worsening() -> Life:
    """Recognised in March, worse from June: the former is told again with its last day, then the one that follows."""
    life = insured()
    recognised(life, "first", "2026-03-01")
    recognised(life, "first", "2026-03-01", "2026-05-31", event="revised")
    recognised(life, "second", "2026-06-01", follows="first", **WORSE)
    return life


async def runs(claims: Claims, life: Life) -> dict[str, tuple[str, str | None]]:
    """The days of each annuity as last decided, by the name of its recognition; nothing due is left out."""
    names = {identifier: name for name, identifier in life.ids.items()}
    rows = await claims.rows(
        "SELECT DISTINCT ON (recognition) * FROM annuity WHERE agent = :agent ORDER BY recognition, version DESC",
        agent=life.agent,
    )
    found = [row for row in rows if row["monthly"]]
    return {names[row["recognition"]]: (str(row["starts"]), row["ends"] and str(row["ends"])) for row in found}


CHAIN = {"first": ("2026-03-01", "2026-05-31"), "second": ("2026-06-01", "2039-02-28")}


async def test_a_worse_invalidity_ends_the_former_annuity(claims: Claims) -> None:
    life = worsening()
    await claims.tell(life.facts)
    assert await runs(claims, life) == CHAIN
    (ended,) = await claims.events("annuity.ended")
    assert (ended["recognition"], ended["to"]) == (str(life.ids["first"]), "2026-05-31")
    await claims.decided()


async def test_an_end_to_come_is_told_as_an_adjustment(claims: Claims) -> None:
    life = insured()
    recognised(life, "first", "2026-03-01")
    recognised(life, "first", "2026-03-01", "2026-09-30", event="revised")
    await claims.tell(life.facts)
    assert await claims.events("annuity.ended") == []
    assert [event["to"] for event in await claims.events("annuity.adjusted")] == ["2026-09-30"]


@pytest.mark.parametrize("order", list(permutations(range(3))))
async def test_whatever_recognition_is_known_first_no_two_annuities_run_side_by_side(
    claims: Claims, order: tuple[int, ...]
) -> None:
    """Each telling leaves what is known without a day of two annuities, even before the former's end is told."""
    life = insured()
    tellings = [
        recognised(life, "first", "2026-03-01"),
        recognised(life, "second", "2026-05-01", "2026-05-31", cnracl_rate="0.4000", follows="first"),
        recognised(life, "third", "2026-06-01", follows="second", **WORSE),
    ]
    await claims.tell([fact for fact in life.facts if fact not in tellings])
    for place in order:
        await claims.tell([tellings[place]])
        days = sorted((await runs(claims, life)).values())
        assert all(end is not None and end < start for (_, end), (start, _) in pairwise(days))
    assert await runs(claims, life) == {
        "first": ("2026-03-01", "2026-04-30"),
        "second": ("2026-05-01", "2026-05-31"),
        "third": ("2026-06-01", "2039-02-28"),
    }


@pytest.mark.parametrize("seed", range(5))
async def test_any_order_of_the_producers_gives_the_same_annuities(claims: Claims, seed: int) -> None:
    life = worsening()
    await claims.tell(interleaved(life.facts, Random(seed)), times=2)
    assert await runs(claims, life) == CHAIN


async def test_a_worsening_withdrawn_lets_the_former_annuity_go_on(claims: Claims) -> None:
    life = worsening()
    await claims.tell(life.facts)
    withdrawn = recognised(life, "second", "2026-06-01", event="withdrawn", follows="first", **WORSE)
    await claims.tell([withdrawn, recognised(life, "first", "2026-03-01", event="revised")])
    assert await runs(claims, life) == {"first": ("2026-03-01", "2039-02-28")}
    assert await claims.events("overpayment.opened"), "June was due for more than the former annuity"


async def test_a_corrected_birth_date_moves_the_legal_age(claims: Claims) -> None:
    """Born in May 1976 instead of March 1975: sixty-four years are reached later (rulebook §5.2)."""
    life = insured().elected("RETIREMENT_LOSS").invalid("2026-04-01", cnracl_rate="0.5000")
    await claims.tell(life.facts)
    (before,) = (await runs(claims, life)).values()
    assert before == ("2026-04-01", "2039-02-28")
    changed = life.told("agent.changed", matricules=["M1"], birth_date="1976-05-10").last
    await claims.tell([*changed, *life.employment("2026-05-01", category="B").last], times=2)
    assert await runs(claims, life) == {"invalidity": ("2026-04-01", "2040-05-09")}
    rows = await claims.rows("SELECT DISTINCT birth_date FROM employment")
    assert [str(row["birth_date"]) for row in rows] == ["1976-05-10"]
    assert (await claims.events("capital.due"))[-1]["due"] == "2040-05-10"
    await claims.decided()


def contract_over(life: Life, last: str, first_after: str) -> Fact:
    """The employer's adhesion ended: what eligibility tells of it, with what the contract goes on owing (art. 8)."""
    kept = [{"what": what, "insurer": "demo-a"} for what in ("ANNUITIES_REVALUED", "DEATH_COVER_KEPT")]
    timeline = [
        {"start": "2025-01-01", "end": last, "outcome": "AFFILIATED"},
        {"start": first_after, "end": None, "outcome": "ENDED"},
    ]
    ending = {"kind": "ADHESION_ENDED", "on": last, "kept": kept}
    fields = {"agreement": life.agreement, "from": first_after, "to": None, "reasons": [], "timeline": timeline}
    return life.told("affiliation.ended", ending=ending, **fields).last[0]


async def test_the_end_of_the_contract_takes_nothing_from_what_runs(claims: Claims) -> None:
    life = insured().sick("2026-02-01", "2026-02-28").sick("2026-03-01", "2026-05-31")
    life.invalid("2026-06-01", cnracl_rate="0.5000")
    await claims.tell(life.facts)
    before = await claims.events()
    await claims.tell([contract_over(life, "2026-05-20", "2026-05-21")])
    assert await claims.events() == before
    assert await claims.benefits(life) == {"2026-05": "997.11"}


async def test_an_invalidity_that_worsens_after_the_contract_keeps_its_annuity(claims: Claims) -> None:
    """The invalidity came under the contract: the recognition that replaces it is owed too (loi Évin art. 7)."""
    life = insured()
    recognised(life, "first", "2026-03-01")
    contract_over(life, "2026-04-30", "2026-05-01")
    recognised(life, "first", "2026-03-01", "2026-05-31", event="revised")
    recognised(life, "second", "2026-06-01", follows="first", **WORSE)
    await claims.tell(life.facts)
    assert await runs(claims, life) == CHAIN


async def test_an_invalidity_that_comes_after_the_contract_has_no_annuity(claims: Claims) -> None:
    life = insured()
    contract_over(life, "2026-04-30", "2026-05-01")
    recognised(life, "first", "2026-06-01")
    await claims.tell(life.facts)
    assert await runs(claims, life) == {}


@pytest.mark.parametrize(
    ("regime", "measures", "documents"),
    [
        ("CNRACL", {"cnracl_rate": "0.5000"}, ["PENSION_TITLE", "REMOVAL_ORDER", "BANK_DETAILS"]),
        ("IRCANTEC_FONCTIONNAIRE", {"ss_category": "2"}, ["CATEGORY_NOTICE", "BANK_DETAILS"]),
    ],
)
async def test_an_annuity_and_a_capital_say_the_documents_of_their_file(
    claims: Claims, service: Service, regime: str, measures: dict[str, str], documents: list[str]
) -> None:
    """Rulebook §5.2: by the scheme that recognised the invalidity; an IAD is no death."""
    life = Life().accord().hired(regime=regime).affiliated().paid("2026-03").elected("DEATH")
    await claims.tell(
        life.invalid("2026-04-01", **measures).told("agent.deceased", date="2026-05-01", kind="IAD").facts
    )
    async with service.caller("claims:read") as staff:
        query = {"agent": str(life.agent)}
        (annuity,) = (await staff.get("/v1/annuities", params=query)).json()["items"]
        (capital,) = (await staff.get("/v1/capitals", params=query)).json()["items"]
        assert annuity["required"] == documents
        assert capital["required"] == ["MEDICAL_CERTIFICATE", "BANK_DETAILS"]
        await claims.tell(life.told("agent.death-withdrawn", date="2026-05-01", kind="IAD").last)
        await claims.tell(life.told("agent.deceased", date="2026-05-01", kind="DEATH").last)
        (capital,) = (await staff.get("/v1/capitals", params=query)).json()["items"]
        assert capital["required"] == ["DEATH_CERTIFICATE", "BANK_DETAILS"]
