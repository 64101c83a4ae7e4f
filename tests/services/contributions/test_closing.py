"""A closed month is not issued any more; what comes late goes to the next one, or waits for a reopening."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kit.db.database import Scope
from kit.period import Month
from services.contributions.application.close_month import reopen_month
from services.contributions.application.record_pay import Reception, Sent, record_pay
from services.contributions.domain.errors import FutureCutOff, MonthClosed, MonthNotClosed
from services.contributions.domain.intake import Pay, PayKey
from tests.services.client import Service
from tests.services.contributions.facts import AGGLOMERATION, CITY, elements
from tests.services.contributions.world import NOW, RECEPTION, World, amounts


async def reopen(world: World, month: str) -> None:
    async with world.database.api.transaction(Scope.of(frozenset({CITY}))) as tx:
        await reopen_month(tx, CITY, Month.parse(month), "Paie incomplète.", RECEPTION)


async def test_closing_issues_what_is_left_then_late_pay_goes_to_the_next_month(world: World) -> None:
    await world.member("M1")
    await world.pay("M1", "2025-06", tib="2000.00")
    done = await world.close("2025-06")
    assert (amounts(done.run), done.closing is not None) == ([("2025-06", "BASE", "41.00")], True)
    await world.pay("M1", "2025-06", 1, tib="2100.00")
    with pytest.raises(MonthClosed):
        await world.run("2025-06")
    with pytest.raises(MonthClosed):
        await world.close("2025-05")
    assert amounts(await world.run("2025-06", dry_run=True)) == [("2025-06", "BASE", "2.05")]
    assert amounts(await world.run("2025-07")) == [("2025-06", "BASE", "2.05")]
    (told,) = await world.events("month.closed")
    assert done.run.record is not None
    assert told == {
        "employer": CITY,
        "month": "2025-06",
        "cut_off": "2025-07-01T08:00:00+00:00",
        "run": str(done.run.record.id),
    }


async def test_pay_received_after_the_cut_off_is_the_next_months(world: World) -> None:
    await world.member("M1")
    for hours, tib, given in ((-2, "2000.00", None), (0, "2100.00", 1)):
        at = Reception(NOW + timedelta(hours=hours), "demo-hris")
        async with world.database.api.transaction(Scope.all()) as tx:
            sent = {PayKey(CITY, "M1", "", Month(2025, 6)): Sent(Pay(elements(tib=tib)), given)}
            await record_pay(tx, sent, at)
    with pytest.raises(FutureCutOff):
        await world.close("2025-06", cut_off=NOW + timedelta(seconds=1))
    done = await world.close("2025-06", cut_off=NOW - timedelta(hours=1))
    assert amounts(done.run) == [("2025-06", "BASE", "41.00")]
    assert amounts(await world.run("2025-07")) == [("2025-06", "BASE", "2.05")]


async def test_a_month_with_parked_changes_is_not_closed(world: World) -> None:
    await world.member("M1")
    await world.pay("M1", "2025-06", tib="30000.00")
    assert (await world.close("2025-06")).closing is None
    assert await world.events("month.closed") == []
    await world.release()
    assert (await world.close("2025-06")).closing is not None


async def test_reopening_opens_the_month_and_those_after_it(world: World) -> None:
    await world.member("M1")
    for month in ("2025-05", "2025-06"):
        await world.close(month)
    with pytest.raises(MonthNotClosed):
        await reopen(world, "2025-07")
    await reopen(world, "2025-05")
    await world.pay("M1", "2025-05", tib="2000.00")
    assert amounts(await world.run("2025-05")) == [("2025-05", "BASE", "41.00")]
    assert await world.events("month.reopened") == [{"employer": CITY, "month": "2025-05"}]
    with pytest.raises(MonthNotClosed):
        await reopen(world, "2025-05")
    with pytest.raises(MonthClosed):
        await world.run("2025-04")


async def test_over_http_with_its_history(service: Service, world: World) -> None:
    await world.member("M1")
    async with service.caller("contributions:read", "contributions:write", employers=[CITY]) as client:
        path = f"/v1/months/{CITY}/2025-06"
        closed = await client.post(f"{path}/close", json={}, headers={"Idempotency-Key": "1"})
        assert (closed.status_code, closed.json()["closing"]["closed"]) == (201, True)
        again = await client.post(f"{path}/close", json={}, headers={"Idempotency-Key": "2"})
        assert (again.status_code, again.json()["code"]) == (409, "month_closed")
        naive = await client.post(f"{path}/close", json={"cut_off": "2025-07-01"}, headers={"Idempotency-Key": "3"})
        assert naive.status_code == 422
        opened = await client.post(f"{path}/reopen", json={"reason": "Oubli"}, headers={"Idempotency-Key": "4"})
        assert (opened.status_code, opened.json()["reason"]) == (201, "Oubli")
        history = (await client.get(f"/v1/months/{CITY}")).json()["items"]
        assert [(one["month"], one["closed"], one["reason"]) for one in history] == [
            ("2025-06", False, "Oubli"),
            ("2025-06", True, None),
        ]
        page = (await client.get(f"/v1/months/{CITY}", params={"limit": 1})).json()
        rest = (await client.get(f"/v1/months/{CITY}", params={"cursor": page["next"]})).json()["items"]
        assert [*page["items"], *rest] == history
    async with service.caller("contributions:read", "contributions:write", employers=[AGGLOMERATION]) as other:
        for call in (other.post(f"{path}/close", json={}, headers={"Idempotency-Key": "5"}), other.get(path[:-8])):
            assert (await call).json()["code"] == "employer_not_yours"
