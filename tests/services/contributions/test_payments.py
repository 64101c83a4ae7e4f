"""Payments: recorded once, put on the oldest statements or on those named, cancelled, claimed when late."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.clock import FixedClock
from kit.db.database import Scope
from kit.ids import new_id
from kit.money import Money
from services.contributions.application.record_payment import remind_late
from services.contributions.domain.payment import Owed, oldest_first
from tests.services.client import Service
from tests.services.contributions.facts import ACCORD, AGGLOMERATION, BOOK, CITY
from tests.services.contributions.world import NOW, World

PAYMENT = {
    "employer": CITY,
    "agreement": ACCORD,
    "insurer": "demo-a",
    "received_on": "2025-06-30",
    "amount": "60.00",
    "reference": "VIR-1",
}
# 2.05 % of 2 400.00 a month (rulebook G25).
MONTH = "49.20"
DUE_DAYS = BOOK.at("contributions.payment.days", NOW.date()).integer


def treasury(service: Service, *employers: str) -> httpx.AsyncClient:
    return service.caller("contributions:read", "contributions:write", employers=list(employers or (CITY,)))


async def pays(client: httpx.AsyncClient, **changes: Any) -> httpx.Response:
    body = {**PAYMENT, **changes}
    return await client.post("/v1/payments", json=body, headers={"Idempotency-Key": str(new_id())})


async def acts(client: httpx.AsyncClient, payment: str, what: str, body: dict[str, Any]) -> httpx.Response:
    return await client.post(f"/v1/payments/{payment}/{what}", json=body, headers={"Idempotency-Key": str(new_id())})


async def left(client: httpx.AsyncClient) -> list[tuple[int, str]]:
    """Number and what is left of each statement that is not settled."""
    items = (await client.get("/v1/receivables", params={"employer": CITY})).json()["items"]
    return [(one["number"], one["left"]) for one in items]


@pytest.fixture
async def issued(world: World) -> list[UUID]:
    """The statements of April, May and June, 49.20 each."""
    await world.member("M1")
    for month in ("2025-04", "2025-05", "2025-06"):
        await world.pay("M1", month, tib="2400.00")
        await world.run(month)
    return [row["id"] for row in await world.rows("SELECT id FROM statement ORDER BY number")]


async def test_a_payment_settles_the_oldest_statements(service: Service, world: World, issued: list[UUID]) -> None:
    async with treasury(service) as client:
        assert await left(client) == [(1, MONTH), (2, MONTH), (3, MONTH)]
        answer = await pays(client)
        assert answer.status_code == 201, answer.text
        paid = answer.json()
        assert (paid["unallocated"], paid["cancelled"]) == ("0.00", None)
        assert {one["statement"]: one["amount"] for one in paid["allocations"]} == {
            str(issued[0]): MONTH,
            str(issued[1]): "10.80",
        }
        assert await left(client) == [(2, "38.40"), (3, MONTH)]
        assert (await client.get(f"/v1/payments/{paid['id']}")).json() == paid
        assert (await client.get("/v1/payments", params={"employer": CITY})).json()["items"] == [paid]
        second = (await client.get(f"/v1/statements/{issued[1]}/payments")).json()
        assert (second["amount"], second["paid"], second["left"], second["late"]) == (MONTH, "10.80", "38.40", False)
        assert [(one["payment"], one["amount"]) for one in second["payments"]] == [(paid["id"], "10.80")]
    async with treasury(service, AGGLOMERATION) as other:
        assert (await other.get(f"/v1/statements/{issued[1]}/payments")).status_code == 404
    (told,) = await world.events("payment.recorded")
    assert (told["amount"], told["on"], told["insurer"]) == ("60.00", "2025-06-30", "demo-a")


async def test_lists_may_begin_with_the_newest(service: Service, issued: list[UUID]) -> None:
    async with treasury(service) as client:
        paid = [(await pays(client, reference=f"VIR-{n}", amount="1.00")).json()["id"] for n in range(2)]
        for path, keys in (("/v1/payments", paid), ("/v1/statements", [str(one) for one in issued])):
            first = (await client.get(path, params={"order": "newest", "limit": 1})).json()
            rest = (await client.get(path, params={"order": "newest", "cursor": first["next"]})).json()
            assert [one["id"] for one in first["items"] + rest["items"]] == keys[::-1]


async def test_the_same_reference_is_the_same_payment(service: Service, issued: list[UUID]) -> None:
    async with treasury(service) as client:
        first, again = await pays(client), await pays(client)
        assert (again.status_code, again.json()) == (200, first.json())
        other = await pays(client, amount="61.00")
        assert (other.status_code, other.json()["code"]) == (409, "payment_reference_taken")
        assert len((await client.get("/v1/payments")).json()["items"]) == 1
    assert issued


async def test_a_hundred_at_once_are_one(service: Service, issued: list[UUID]) -> None:
    async with treasury(service) as client:
        answers = await asyncio.gather(*(pays(client) for _ in range(20)))
        assert sorted(answer.status_code for answer in answers) == [200] * 19 + [201]
        account = (await client.get("/v1/accounts")).json()
    assert (account["issued"], account["paid"], account["balance"]) == ("147.60", "60.00", "87.60")
    assert issued


async def test_what_is_paid_beyond_waits_for_the_next_statement(
    service: Service, world: World, issued: list[UUID]
) -> None:
    async with treasury(service) as client:
        paid = (await pays(client, amount="200.00")).json()
        assert (paid["unallocated"], len(paid["allocations"]), await left(client)) == ("52.40", len(issued), [])
        await world.pay("M1", "2025-07", tib="2400.00")
        await world.run("2025-07")
        again = (await acts(client, paid["id"], "allocations", {})).json()
        assert (again["unallocated"], await left(client)) == ("3.20", [])
        (account,) = (await client.get("/v1/accounts")).json()["items"]
    assert (account["statements"], account["unallocated"], account["balance"]) == (4, "3.20", "-3.20")


async def test_a_regularisation_in_favour_is_used_before_money(
    service: Service, world: World, issued: list[UUID]
) -> None:
    """May's pay falls by half: the statement that takes 24.60 back settles part of the others."""
    await world.pay("M1", "2025-05", 1, tib="1200.00")
    await world.pay("M1", "2025-07", tib="0.00")
    await world.run("2025-07")
    async with treasury(service) as client:
        assert (await left(client))[-1] == (4, "-24.60")
        paid = (await pays(client, amount="123.00")).json()
        assert (paid["unallocated"], await left(client)) == ("0.00", [])
        assert sorted(one["amount"] for one in paid["allocations"]) == ["-24.60", MONTH, MONTH, MONTH]
    assert issued


async def test_statements_are_named(service: Service, issued: list[UUID]) -> None:
    named = [{"statement": str(issued[2]), "amount": "40.00"}]
    async with treasury(service) as client:
        paid = (await pays(client, allocations=named)).json()
        assert (paid["unallocated"], await left(client)) == ("20.00", [(1, MONTH), (2, MONTH), (3, "9.20")])
        refused = {
            "statement_allocated_twice": [{"statement": str(issued[2]), "amount": "1.00"}] * 2,
            "statement_not_owed": [{"statement": str(new_id()), "amount": "1.00"}],
            "allocation_too_large": [{"statement": str(issued[2]), "amount": "9.21"}],
        }
        for code, allocations in refused.items():
            answer = await acts(client, paid["id"], "allocations", {"allocations": allocations})
            assert (answer.status_code, answer.json()["code"]) == (422, code)
            assert answer.json()["errors"][0]["pointer"].startswith("/allocations/")
        beyond = [{"statement": str(one), "amount": "15.00"} for one in issued[:2]]
        answer = await acts(client, paid["id"], "allocations", {"allocations": beyond})
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/allocations")
        assert await left(client) == [(1, MONTH), (2, MONTH), (3, "9.20")]


async def test_a_payment_sent_back_is_owed_again(service: Service, world: World, issued: list[UUID]) -> None:
    async with treasury(service) as client:
        paid = (await pays(client)).json()
        cancelled = (await acts(client, paid["id"], "cancellation", {"reason": "rejet de la banque"})).json()
        assert (cancelled["cancelled"], cancelled["allocations"], cancelled["unallocated"]) == (
            "rejet de la banque",
            [],
            "0.00",
        )
        assert await left(client) == [(1, MONTH), (2, MONTH), (3, MONTH)]
        for what, body in (("cancellation", {"reason": "encore"}), ("allocations", {})):
            answer = await acts(client, paid["id"], what, body)
            assert (answer.status_code, answer.json()["code"]) == (409, "payment_cancelled")
        account = (await client.get("/v1/accounts")).json()
    assert (account["paid"], account["balance"]) == ("0.00", "147.60")
    assert len(await world.events("payment.cancelled")) == 1
    assert issued


async def test_accounts_come_in_pages_with_the_totals_of_all(
    service: Service, world: World, issued: list[UUID]
) -> None:
    await world.member("A1", employer=AGGLOMERATION)
    await world.pay("A1", "2025-06", employer=AGGLOMERATION, tib="1000.00")
    await world.run("2025-06", employer=AGGLOMERATION)
    async with treasury(service, CITY, AGGLOMERATION) as client:
        await pays(client)
        whole = (await client.get("/v1/accounts")).json()
        first = await client.get("/v1/accounts", params={"limit": 1})
        second = await client.get("/v1/accounts", params={"limit": 1, "cursor": first.json()["next"]})
        assert [*first.json()["items"], *second.json()["items"]] == whole["items"]
        assert (len(whole["items"]), whole["next"], second.json()["next"]) == (2, None, None)
        totals = {(one["issued"], one["paid"], one["balance"]) for one in (whole, first.json(), second.json())}
        assert totals == {("168.10", "60.00", "108.10")}
        assert 'rel="next"' in first.headers["link"]
        own = (await client.get("/v1/accounts", params={"employer": AGGLOMERATION})).json()
        assert (own["issued"], own["paid"]) == ("20.50", "0.00")
        foreign = (await client.get("/v1/statements", params={"limit": 1})).json()["next"]
        assert (await client.get("/v1/accounts", params={"cursor": foreign})).json()["code"] == "cursor"
    assert issued


async def test_what_is_refused(service: Service, issued: list[UUID]) -> None:
    async with treasury(service) as client:
        tomorrow = (NOW.date() + timedelta(days=1)).isoformat()
        for changes, code, pointer in (
            ({"received_on": tomorrow}, "paid_in_the_future", "/received_on"),
            ({"insurer": "nobody"}, "contract_without_statement", "/agreement"),
            ({"amount": "0.00"}, "validation", "/amount"),
            ({"amount": "-1.00"}, "validation", "/amount"),
            ({"allocations": []}, "validation", "/allocations"),
        ):
            answer = await pays(client, **changes)
            found = answer.json()
            assert (answer.status_code, found["code"], found["errors"][0]["pointer"]) == (422, code, pointer)
        assert (await client.get(f"/v1/payments/{new_id()}")).status_code == 404
        assert (await acts(client, str(new_id()), "allocations", {})).status_code == 404
    assert issued


async def test_another_employer_sees_and_touches_nothing(service: Service, issued: list[UUID]) -> None:
    async with treasury(service) as client:
        paid = (await pays(client)).json()
    async with treasury(service, AGGLOMERATION) as other:
        assert (await pays(other, reference="VIR-2")).status_code == 403
        assert (await other.get(f"/v1/payments/{paid['id']}")).status_code == 404
        assert (await acts(other, paid["id"], "cancellation", {"reason": "x"})).status_code == 404
        assert (await other.get("/v1/payments")).json()["items"] == []
        assert (await other.get("/v1/accounts")).json()["items"] == []
        assert await left(other) == []
    assert issued


async def test_a_late_statement_is_told_once_and_no_more_once_paid(
    service: Service, world: World, issued: list[UUID]
) -> None:
    async def night(days: int) -> int:
        async with world.database.worker.transaction(Scope.all()) as tx:
            return await remind_late(tx, BOOK, FixedClock(NOW + timedelta(days=days)))

    assert [await night(days) for days in (0, DUE_DAYS, DUE_DAYS + 1, DUE_DAYS + 2)] == [0, 0, len(issued), 0]
    opened = await world.events("work-item.opened")
    due = (datetime(2025, 7, 1, tzinfo=UTC) + timedelta(days=DUE_DAYS)).date().isoformat()
    assert {(one["kind"], one["due"]) for one in opened} == {("statement-late", due)}
    async with treasury(service) as client:
        paid = (await pays(client)).json()
        (closed,) = await world.events("work-item.closed")
        assert closed["reference"] == f"/v1/statements/{issued[0]}"
        assert await night(DUE_DAYS + 3) == 0
        await acts(client, paid["id"], "cancellation", {"reason": "rejet de la banque"})
    assert [await night(DUE_DAYS + days) for days in (4, 5)] == [1, 0], "sent back, it is late again"


@given(st.integers(1, 10_000), st.lists(st.integers(-5_000, 5_000).filter(bool), max_size=12))
def test_a_lump_sum_is_put_whole_and_never_beyond_what_is_owed(cents: int, owing: list[int]) -> None:
    owed = [Owed(new_id(), Money(one)) for one in owing]
    parts = {one.statement: one.amount for one in oldest_first(Money(cents), owed)}
    after = [one.left - parts.get(one.statement, Money(0)) for one in owed]
    put = Money.sum(parts.values())
    assert Money(0) <= put <= Money(cents)
    for one, rest in zip(owed, after, strict=True):
        assert min(one.left, Money(0)) <= rest <= max(one.left, Money(0)), "nothing turns into its contrary"
    if put < Money(cents):
        assert all(rest <= Money(0) for rest in after), "money is left only when nothing is owed"
    debts = [rest for one, rest in zip(owed, after, strict=True) if one.left > Money(0)]
    started = next((n for n, rest in enumerate(debts) if rest), len(debts))
    untouched = [one.left for one in owed if one.left > Money(0)][started + 1 :]
    assert debts[started + 1 :] == untouched, "the oldest first"
