"""Capitals after a death, an IAD or for a loss of pension: any order, any repetition, corrections as deltas."""

from __future__ import annotations

from copy import deepcopy
from decimal import Decimal
from itertools import permutations
from random import Random
from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError

from kit.db import decisions
from kit.db.database import Scope
from kit.ids import new_id
from services.claims.application.verify import same, verify
from services.claims.main import create_app
from tests.postgres import DatabaseFactory
from tests.services.claims.capital_facts import NOW, Fact, World
from tests.services.client import running
from tests.services.contributions.facts import AGGLOMERATION, CITY

DIED = "2026-02-10"
# Rulebook G27: 50 % of twelve times 2 400.00. TIB, and RI less the 13.92 of category C: 2 100 + 313.92 - 13.92.
PAY = {"tib": "2100.00", "ri": "313.92"}
G27 = "14400.00"


@pytest.fixture
async def world(database: DatabaseFactory) -> World:
    return World(await database("claims"))


def facts(world: World) -> list[Fact]:
    """What makes a death capital, in the order of events."""
    return [world.accord(), world.hired(), world.covered(), world.elected("DEATH"), world.paid("2026-01", **PAY)]


def said(event: dict[str, Any]) -> tuple[str, str, str, int, str]:
    return event["guarantee"], event["amount"], event["due"], event["version"], event["amount_delta"]


async def test_a_death_pays_half_a_year_of_the_contribution_base(world: World) -> None:
    await world.tell(*facts(world), world.died(DIED))
    (due,) = await world.told("capital.due")
    assert said(due) == ("DEATH", G27, DIED, 1, G27)
    assert (due["employer"], due["agreement"]) == (CITY, "la-roche-sur-yon-2025")


async def test_an_iad_pays_the_same_and_the_death_after_it_nothing_more(world: World) -> None:
    await world.tell(*facts(world), world.died(DIED, "IAD"), world.died("2026-05-01"))
    assert [said(due) for due in await world.told("capital.due")] == [("DEATH", G27, DIED, 1, G27)]


async def test_an_accord_that_advances_a_part_on_iad_pays_the_rest_at_the_death(database: DatabaseFactory) -> None:
    """S8 as another accord may settle it; whatever comes first, and taken back when the death is."""
    component = await database("claims")
    for order in ((0, 1), (1, 0)):
        await component.empty()
        world = World(component)
        accord = deepcopy(world.accord())
        (option,) = (one for one in accord[1]["guarantees"] if one["code"] == "DEATH")
        option["benefit"]["advance_on_iad"] = "0.2500"
        happened = [world.died(DIED, "IAD"), world.died("2026-05-01")]
        await world.tell(accord, *facts(world)[1:], *(happened[place] for place in order))
        await world.tell(world.did_not_die("2026-05-01"), world.died("2026-05-02"))
        rows = await world.rows(
            "SELECT DISTINCT ON (capital) amount, due, rest FROM capital ORDER BY capital, version DESC"
        )
        assert sorted((row["rest"], row["amount"], str(row["due"])) for row in rows) == [
            (False, 3_600_00, DIED),
            (True, 10_800_00, "2026-05-02"),
        ]
        async with component.worker.transaction(Scope.all()) as tx:
            assert all([one.same async for one in verify(tx)])


async def test_whatever_comes_first_the_same_capital_stands(database: DatabaseFactory) -> None:
    component = await database("claims")
    orders = list(permutations(range(6)))
    for order in Random(27).sample(orders, 12):
        await component.empty()  # an accord decides again whoever died under it
        world = World(component)
        known = [*facts(world), world.died(DIED)]
        await world.tell(*(known[place] for place in order))
        rows = await world.rows(f"SELECT guarantee, amount, due, version FROM capital WHERE agent = '{world.agent}'")
        assert [(row["guarantee"], row["amount"], str(row["due"]), row["version"]) for row in rows] == [
            ("DEATH", 14400_00, DIED, 1)
        ], order


async def test_private_law_has_the_capital_and_says_what_nobody_vouches_for(world: World) -> None:
    """A leave and a pension of private law are left to a person, by code, and hold nothing else up."""
    hired = world.hired(kind="PRIVATE_LAW", regime="PRIVATE_LAW", category=None)
    pay = world.paid("2026-01", tib="1500.00")
    pay[1]["gross"] = "2400.00"
    known = [world.accord(), hired, world.covered(), world.elected("DEATH"), pay]
    await world.tell(*known, world.on_leave(new_id(), "2026-02-01", "2026-02-28"), world.died(DIED))
    assert [said(due) for due in await world.told("capital.due")] == [("DEATH", G27, DIED, 1, G27)]
    assert [row["code"] for row in await world.rows("SELECT code FROM held_case")] == ["private_law_not_verified"]
    assert await world.told("claim.opened") == []


async def test_facts_told_again_change_nothing(world: World) -> None:
    known = [*facts(world), world.died(DIED)]
    await world.tell(*known, *known, *reversed(known))
    assert len(await world.told("capital.due")) == 1


async def test_a_death_on_another_day_with_other_pay_moves_the_capital_by_a_delta(world: World) -> None:
    await world.tell(*facts(world), world.died(DIED))
    await world.tell(world.paid("2026-02", tib="2500.00"), world.died("2026-03-05"))
    changes = [said(due)[1:] for due in await world.told("capital.due")]
    assert changes == [(G27, DIED, 1, G27), ("15000.00", "2026-03-05", 2, "600.00")]


@pytest.mark.parametrize("kind", ["DEATH", "IAD"])
async def test_a_withdrawn_death_nets_to_zero_and_may_come_again(world: World, kind: str) -> None:
    await world.tell(*facts(world), world.died(DIED, kind), world.did_not_die(DIED, kind))
    await world.tell(world.did_not_die(DIED, kind))
    told = await world.told("capital.due")
    assert [said(due)[1:] for due in told] == [(G27, DIED, 1, G27), ("0.00", DIED, 2, f"-{G27}")]
    assert sum(Decimal(due["amount_delta"]) for due in told) == 0
    await world.tell(world.died(DIED, kind))
    assert said((await world.told("capital.due"))[-1])[1:] == (G27, DIED, 3, G27)
    assert len({due["capital"] for due in told}) == 1


@pytest.mark.parametrize(
    "without",
    [
        pytest.param({"option": ("DEATH", "2026-02-11", None)}, id="chosen the day after"),
        pytest.param({"option": ("DEATH", "2025-01-01", "2026-02-09")}, id="given up the day before"),
        pytest.param({"option": ("RETIREMENT_LOSS", "2025-01-01", None)}, id="another option"),
        pytest.param({"timeline": ("2025-01-01", "2026-02-09", "AFFILIATED")}, id="cover ended the day before"),
        pytest.param({"timeline": ("2025-01-01", None, "SUSPENDED")}, id="suspended"),
    ],
)
async def test_without_cover_or_option_on_the_day_nothing_is_due(world: World, without: dict[str, Any]) -> None:
    option = without.get("option", ("DEATH", "2025-01-01", None))
    timeline = without.get("timeline", ("2025-01-01", None, "AFFILIATED"))
    known = [world.accord(), world.hired(), world.paid("2026-01", **PAY), world.elected(*option)]
    await world.tell(*known, world.covered(timeline), world.died(DIED))
    assert await world.told("capital.due") == []


async def test_whatever_comes_first_the_ended_contract_owes_the_capital(database: DatabaseFactory) -> None:
    """Article 8: paid by the contract when it ended, and until the death. The event says whose lot it is."""
    component = await database("claims")
    for order in Random(8).sample(list(permutations(range(7))), 10):
        await component.empty()
        world = World(component)
        ended = deepcopy(world.accord())
        ended[1]["effective"]["to"] = "2026-01-31"
        stopped = world.covered(("2025-01-01", "2026-01-31", "AFFILIATED"), ("2026-02-01", None, "ENDED"))
        known = [
            ended,
            world.hired(),
            stopped,
            world.elected("DEATH", end="2026-01-31"),
            world.paid("2025-09", **PAY),
            world.on_leave(new_id(), "2025-10-01", "2026-03-31"),
            world.died(DIED),
        ]
        await world.tell(*(known[place] for place in order))
        assert await world.told("claim.opened"), order
        due = (await world.told("capital.due"))[-1]
        assert (due["amount"], due["due"], due["covered_on"]) == (G27, DIED, "2026-01-31"), order
        async with component.worker.transaction(Scope.all()) as tx:
            assert all([one.same async for one in verify(tx)])


async def test_the_last_day_of_cover_still_pays(world: World) -> None:
    ends = world.covered(("2025-01-01", DIED, "AFFILIATED"), ("2026-02-11", None, "ENDED"))
    await world.tell(*facts(world), world.died(DIED), ends)
    assert [said(due)[1] for due in await world.told("capital.due")] == [G27]


async def test_the_reference_is_the_last_month_of_full_pay_before_the_leave_in_which_the_agent_died(
    world: World,
) -> None:
    await world.tell(*facts(world), world.on_leave(new_id(), "2026-02-01", "2026-05-31"))
    halved = [world.paid(month, tib="1000.00") for month in ("2026-02", "2026-03", "2026-04")]
    await world.tell(*halved, world.died("2026-05-20"))
    assert [said(due)[1:3] for due in await world.told("capital.due")] == [(G27, "2026-05-20")]


async def test_an_annuity_opens_the_retirement_capital_on_the_day_of_the_legal_age(world: World) -> None:
    recognition = new_id()
    await world.tell(*facts(world), world.elected("RETIREMENT_LOSS"))
    await world.tell(world.invalid(recognition, "2026-03-01", "0.4000"))
    (due,) = await world.told("capital.due")
    # Born on 1 March 1975: sixty-four years (CSS art. L. 161-17-2).
    assert said(due) == ("RETIREMENT_LOSS", "20000.00", "2039-03-01", 1, "20000.00")
    await world.tell(world.invalid(recognition, "2026-03-01", "0.4000", gone=True))
    assert said((await world.told("capital.due"))[-1]) == (
        "RETIREMENT_LOSS", "0.00", "2039-03-01", 2, "-20000.00"
    )  # fmt: skip


async def test_a_death_before_the_legal_age_takes_the_retirement_capital_back(world: World) -> None:
    await world.tell(*facts(world), world.elected("RETIREMENT_LOSS"))
    await world.tell(world.invalid(new_id(), "2026-03-01", "0.6000"), world.died("2026-05-20"))
    told = {said(due) for due in await world.told("capital.due")}
    assert told == {
        ("RETIREMENT_LOSS", "20000.00", "2039-03-01", 1, "20000.00"),
        ("RETIREMENT_LOSS", "0.00", "2039-03-01", 2, "-20000.00"),
        ("DEATH", G27, "2026-05-20", 1, G27),
    }


async def test_a_pension_above_the_target_leaves_no_annuity_and_no_retirement_capital(world: World) -> None:
    await world.tell(*facts(world), world.elected("RETIREMENT_LOSS"))
    await world.tell(world.invalid(new_id(), "2026-03-01", "0.6000", pension="5000.00"))
    assert await world.told("capital.due") == []


@pytest.mark.parametrize("wrong", [{"kind": "ACCIDENT"}, {"date": "2026-13-01"}, {"date": None}, {"kind": None}])
async def test_a_death_that_cannot_be_read_is_refused_whole(world: World, wrong: dict[str, Any]) -> None:
    kind, data = world.died(DIED)
    with pytest.raises(ValidationError):
        await world.tell((kind, data | wrong))
    assert await world.rows("SELECT * FROM death") == []


async def test_decisions_come_out_the_same_again_and_cannot_be_rewritten(world: World) -> None:
    await world.tell(*facts(world), world.died(DIED), world.did_not_die(DIED))
    async with world.database.worker.transaction(Scope.all()) as tx:
        checked = [one async for one in verify(tx)]
        first, last = [await decisions.load(tx, one.id) for one in checked]
    assert first is not None
    assert last is not None
    assert same(first.snapshot)
    assert (first.snapshot.result["capitals"][0]["amount"], last.snapshot.result["capitals"]) == (G27, [])
    with pytest.raises(DBAPIError, match="capital"):
        await world.rows("UPDATE capital SET amount = 1 RETURNING *")


async def test_capitals_are_read_over_http_by_the_employer_alone(world: World) -> None:
    await world.tell(*facts(world), world.died(DIED))
    async with running(create_app, world.database, NOW) as service:
        async with service.caller("claims:read", employers=[CITY]) as own:
            (found,) = (await own.get("/v1/capitals", params={"agent": str(world.agent)})).json()["items"]
            page = await own.get(f"/v1/decisions/{found['decision']}/trace", params={"format": "text"})
            assert (await own.get("/v1/capitals", params={"agent": "nobody"})).status_code == 422
        async with service.caller("claims:read", employers=[AGGLOMERATION]) as other:
            assert (await other.get("/v1/capitals", params={"agent": str(world.agent)})).json()["items"] == []
        async with service.caller("agents:read", employers=[CITY]) as unread:
            assert (await unread.get("/v1/capitals", params={"agent": str(world.agent)})).status_code == 403
    assert (found["amount"], found["due"], found["guarantee"], found["version"]) == (G27, DIED, "DEATH", 1)
    assert "Capital décès : 14 400,00" in page.text.replace("\u202f", " ").replace("\xa0", " ")
