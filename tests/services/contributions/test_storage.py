"""What is stored: for whom to see, never changed, enough to compute again, in few statements."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import DBAPIError

from kit.db import decisions
from kit.db.database import Scope, count_statements
from kit.db.migrate import check
from kit.period import Month
from services.contributions.application.record_pay import Sent, record_pay
from services.contributions.domain.intake import Pay, PayKey
from services.contributions.domain.replay import replayed
from tests.services.contributions.facts import AGGLOMERATION, CITY, elements
from tests.services.contributions.world import RECEPTION, World, amounts

OWN = Scope.of(frozenset({CITY}))


async def test_employers_do_not_mix(world: World) -> None:
    agent = await world.member("M1")
    await world.hire("A1", agent=agent, employer=AGGLOMERATION)
    await world.affiliate(agent, employer=AGGLOMERATION)
    await world.pay("M1", "2025-06", tib="2400.00")
    await world.pay("A1", "2025-06", employer=AGGLOMERATION, tib="1000.00")
    assert amounts(await world.run("2025-06")) == [("2025-06", "BASE", "49.20")]
    assert amounts(await world.run("2025-06", employer=AGGLOMERATION)) == [("2025-06", "BASE", "20.50")]
    numbers = await world.rows("SELECT employer, number FROM statement ORDER BY employer")
    assert numbers == [{"employer": CITY, "number": 1}, {"employer": AGGLOMERATION, "number": 1}]


async def test_a_tenant_sees_its_own_rows_and_nobody_none(world: World) -> None:
    agent = await world.member("M1")
    await world.elect(agent, "DEATH", "2025-01-01")
    await world.pay("M1", "2025-06", tib="2400.00")
    await world.pay("unknown", "2025-06", tib="2400.00")
    await world.run("2025-06")
    await world.pay("M1", "2025-07", tib="900000.00")
    await world.run("2025-07")
    await world.close("2025-05")
    tables = (
        "agent_matricule",
        "pay_told",
        "employment",
        "affiliation",
        "option_election",
        "pay_version",
        "pay_waiting",
        "run",
        "statement",
        "contribution_line",
        "statement_number",
        "decision",
        "parked_change",
        "month_closing",
    )
    for table in tables:
        query = f"SELECT * FROM {table}"
        assert await world.rows(query, OWN), table
        assert await world.rows(query, Scope.none()) == [], table
        assert await world.rows(query, Scope.of(frozenset({AGGLOMERATION}))) == [], table


@pytest.mark.parametrize("table", ["pay_version", "run", "statement", "contribution_line", "month_closing"])
async def test_what_was_received_or_issued_is_never_changed(world: World, table: str) -> None:
    await world.member("M1")
    await world.pay("M1", "2025-06", tib="2400.00")
    await world.run("2025-06")
    await world.close("2025-06")
    for role in (world.database.api, world.database.worker, world.database.migrator):
        for change in (f"UPDATE {table} SET employer = employer", f"DELETE FROM {table}"):
            with pytest.raises(DBAPIError, match=r"permission denied|never changed"):
                async with role.transaction(Scope.all()) as tx:
                    await tx.exec_driver_sql(change)


async def test_a_stored_run_replays_to_the_byte(world: World) -> None:
    await world.member("M1")
    await world.pay("M1", "2025-06", tib="2113.92", ri="300.00")
    await world.run("2025-06")
    await world.pay("M1", "2025-06", 1, tib="2113.92", ri="310.00")
    second = await world.run("2025-06")
    assert second.record is not None
    async with world.database.api.transaction(OWN) as tx:
        kept = await decisions.load(tx, second.record.id)
    assert kept is not None
    assert [value["id"] for value in kept.snapshot.rules] == ["tpp.monthly.C"]
    assert replayed(kept.snapshot).bytes() == kept.snapshot.bytes()
    assert kept.snapshot.result["lines"] | {"count": 1, "amount": "0.21"} == kept.snapshot.result["lines"]


async def test_a_run_of_hundreds_takes_as_many_statements_whatever_their_number(world: World) -> None:
    async def statements(first: int, count: int, month: str) -> int:
        keys = [PayKey(CITY, f"M{n}", "", Month.parse(month)) for n in range(first, first + count)]
        await world.members(key.matricule for key in keys)
        async with world.database.api.transaction(Scope.all()) as tx:
            await record_pay(tx, {key: Sent(Pay(elements(tib="2400.00"))) for key in keys}, RECEPTION)
        async with count_statements(world.database.api) as seen:
            outcome = await world.run(month)
        assert sum(len(draft.deltas) for draft in outcome.drafts) == count
        return seen.total

    # A few lines go in as they are, many through a stage: three statements more, however many. Two months apart, as a
    # month 250 times as large as the one before would be parked.
    assert await statements(0, 2, "2025-03") <= 18
    assert await statements(2, 150, "2025-06") == await statements(152, 300, "2025-09") <= 21


async def test_tables_and_migration_agree(world: World) -> None:
    assert await check(world.database.urls["migrator"], "contributions") == []
