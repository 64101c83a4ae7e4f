"""Many agents decided again in sets, after the rules changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import pytest

from kit.db.database import Scope, count_statements
from kit.ids import new_id
from services.claims.adapters import files, redecisions
from services.claims.adapters.redecisions import Cause
from services.claims.application.redecider import Redecider
from tests.services.claims.lives import BOOK, CENTRE, CITY, Claims, Life, insured
from tests.services.client import Service

HARDER: Final = BOOK.replacing("csg.deductible.rate", "0.0780")
HALF_PAY: Final = ("2026-02-01", "2026-05-31")


def on_half_pay(**about: Any) -> Life:
    return insured(**about).sick(*HALF_PAY, waiting_days=0)


async def decided_under_former_law(claims: Claims, number: int) -> list[Life]:
    """So many agents, each with a claim, and the run that says which law they were decided by."""
    found = [on_half_pay() for _ in range(number)]
    for life in found:
        await claims.tell(life.facts)
    assert await Redecider(claims.database.worker, BOOK, claims.clock).ask_if_law_changed()
    assert await Redecider(claims.database.worker, BOOK, claims.clock).drain() == number
    return found


async def cut_off(claims: Claims) -> None:
    """A set is taken, and the connection goes before it is decided."""
    async with claims.database.worker.transaction(Scope.all()) as tx:
        taken, _ = await redecisions.take(tx, 10)
        assert len(taken) == 2
        raise ConnectionAbortedError


async def waiting(claims: Claims) -> Sequence[redecisions.Run]:
    async with claims.database.worker.transaction(Scope.all()) as tx:
        return await redecisions.runs(tx, 10)


async def test_a_law_that_changes_decides_everybody_again_once_as_if_it_had_always_said_so(claims: Claims) -> None:
    old = await decided_under_former_law(claims, 3)
    before = [await claims.benefits(life) for life in old]
    redecider = Redecider(claims.database.worker, HARDER, claims.clock)
    assert await redecider.ask_if_law_changed()
    assert not await redecider.ask_if_law_changed()
    assert await redecider.drain() == 3
    after = [await claims.benefits(life) for life in old]
    assert all(now != then for now, then in zip(after, before, strict=True))

    claims.rules = HARDER
    fresh = on_half_pay()
    await claims.tell(fresh.facts[1:])
    assert after == [await claims.benefits(fresh)] * 3
    last, first = await waiting(claims)
    assert (last.cause, last.reference, last.agents) == (Cause.LAW, HARDER.version, 3)
    assert (last.waiting, last.failed) == (0, 0)
    assert last.finished_at is not None
    assert first.reference == BOOK.version
    await claims.decided()


async def test_the_same_law_again_writes_nothing(claims: Claims) -> None:
    await decided_under_former_law(claims, 2)
    count = "SELECT (SELECT count(*) FROM outbox) AS told, (SELECT count(*) FROM decision) AS decided"
    before = await claims.rows(count)
    async with claims.database.worker.transaction(Scope.all()) as tx:
        await redecisions.ask(tx, Cause.LAW, "again", await files.with_any_case(tx), claims.clock.instant())
    assert await Redecider(claims.database.worker, BOOK, claims.clock).drain() == 2
    assert await claims.rows(count) == before


async def test_a_set_takes_no_more_statements_than_one_agent(claims: Claims) -> None:
    await decided_under_former_law(claims, 4)
    sent = []
    for number, book in ((1, HARDER), (4, BOOK)):
        async with claims.database.worker.transaction(Scope.all()) as tx:
            who = (await files.with_any_case(tx))[:number]
            await redecisions.ask(tx, Cause.LAW, book.version, who, claims.clock.instant())
        async with count_statements(claims.database.worker) as statements:
            assert await Redecider(claims.database.worker, book, claims.clock).drain() == number
        sent.append(statements.total)
    one, four = sent
    # From twenty rows on a table is written through a stage, which is made, read and emptied.
    assert four <= one + 8


async def test_who_cannot_be_decided_is_put_aside_and_holds_nobody_up(claims: Claims) -> None:
    broken, *others = await decided_under_former_law(claims, 3)
    before = await claims.benefits(broken)
    await claims.change(
        "UPDATE leave SET entries = jsonb_set(entries, '{0,start}', '\"never\"') WHERE agent = :agent",
        agent=broken.agent,
    )
    redecider = Redecider(claims.database.worker, HARDER, claims.clock)
    assert await redecider.ask_if_law_changed()
    await redecider.drain()
    last = (await waiting(claims))[0]
    assert (last.agents, last.waiting, last.failed) == (3, 0, 1)
    assert last.finished_at is not None
    assert await claims.benefits(broken) == before
    assert all([await claims.benefits(life) != before for life in others])
    assert await redecider.drain() == 0


async def test_a_set_that_is_cut_off_waits_as_before(claims: Claims) -> None:
    await decided_under_former_law(claims, 2)
    assert await Redecider(claims.database.worker, HARDER, claims.clock).ask_if_law_changed()
    with pytest.raises(ConnectionAbortedError):
        await cut_off(claims)
    assert (await waiting(claims))[0].waiting == 2


async def test_a_spell_that_grows_into_a_leave_with_a_claim_stands_on_that_claim(claims: Claims) -> None:
    life = insured().sick("2025-01-01", "2025-06-30", name="first", waiting_days=0)
    life.paid("2024-12").sick("2026-02-01", "2026-06-30", name="second", waiting_days=0)
    await claims.tell(life.facts)
    assert [leave for leave, *_ in await claims.claims(life)] == ["first", "second"]
    told = len(life.facts)
    life.sick("2025-07-01", "2026-01-31", name="first").shortened("2025-03-01", name="first")
    life.sick("2025-03-02", "2026-01-31", name="first", kind="MATERNITY")
    await claims.tell(life.facts[told:])
    standing = [(leave, opened) for leave, opened, status, _ in await claims.claims(life) if status != "closed"]
    assert standing == [("second", "2026-05-02")]


async def test_somebody_decides_one_agent_again_and_sees_how_far_the_others_are(
    claims: Claims, service: Service
) -> None:
    (life,) = await decided_under_former_law(claims, 1)
    async with service.caller("claims:read", "claims:write") as staff:
        answer = await staff.put(f"/v1/claims/redecisions/{CITY}/{life.agent}")
        assert answer.json() == {"employer": CITY, "agent": str(life.agent), "changes": 0, "held": None}
        nobody = await staff.put(f"/v1/claims/redecisions/{CITY}/{new_id()}")
        assert (nobody.status_code, nobody.json()["changes"]) == (200, 0)
        (run,) = (await staff.get("/v1/claims/redecisions")).json()["runs"]
        assert (run["cause"], run["agents"], run["waiting"], run["failed"]) == ("LAW", 1, 0, 0)
    async with service.caller("claims:read", "claims:write", employers=[CENTRE]) as other:
        assert (await other.put(f"/v1/claims/redecisions/{CITY}/{life.agent}")).status_code == 403
        assert (await other.get("/v1/claims/redecisions")).status_code == 403
