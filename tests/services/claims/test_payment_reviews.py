"""What became of what the insurer paid above anything decided."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.services.claims.lives import CENTRE, CITY, Claims, Life
from tests.services.claims.test_handling import READ, WRITE, proposed, step
from tests.services.claims.test_overpayments import TODAY, half_paid, once
from tests.services.client import Service

SAID = {"month": "2026-06", "outcome": "ACCEPTED", "amount": "50.00", "on": TODAY, "note": "Lettre.", "reference": "R1"}


@pytest.fixture
async def staff(service: Service) -> AsyncIterator[httpx.AsyncClient]:
    async with service.caller(READ, WRITE, client="marie") as client:
        yield client


async def path_of(staff: httpx.AsyncClient, life: Life) -> str:
    (claim,) = (await staff.get("/v1/claims", params={"agent": str(life.agent)})).json()["items"]
    return f"/v1/claims/{claim['id']}"


async def paid(staff: httpx.AsyncClient, path: str, reference: str, amount: str, payee: str = "AGENT") -> None:
    body = {"month": "2026-06", "amount": amount, "paid_on": TODAY, "payee": payee, "reference": reference}
    assert (await staff.post(f"{path}/payments", json=body, headers=once())).status_code == 201


async def said(staff: httpx.AsyncClient, path: str, **otherwise: Any) -> httpx.Response:
    return await staff.post(f"{path}/payment-reviews", json={**SAID, **otherwise}, headers=once())


async def excesses(staff: httpx.AsyncClient, path: str) -> list[tuple[str, str, str]]:
    found = (await staff.get(f"{path}/payments")).json()
    assert bool(found["excesses"]) == any(one["warnings"] for one in found["payments"])
    return [(one["paid"], one["decided"], one["amount"]) for one in found["excesses"]]


async def work(claims: Claims) -> list[tuple[str, str]]:
    rows = await claims.rows("SELECT kind, reference FROM open_work ORDER BY reference")
    return [(row["kind"], row["reference"]) for row in rows]


async def test_an_excess_is_settled_and_comes_back_with_more(
    claims: Claims, staff: httpx.AsyncClient, service: Service
) -> None:
    life = half_paid()
    await claims.tell(life.facts)
    path = await path_of(staff, life)
    await paid(staff, path, "V1", "1047.11")
    assert await excesses(staff, path) == [("1047.11", "997.11", "50.00")]
    item = ("payment-above-decided", f"{path}/payments")
    assert await work(claims) == [item]
    for refused, code, pointer in (
        ({"amount": "49.99"}, "excess_changed", "/amount"),
        ({"month": "2026-05"}, "excess_changed", "/amount"),
        ({"amount": "0.00"}, "validation", "/amount"),
        ({"on": "2026-07-02"}, "day_in_future", "/on"),
        ({"on": "2026-01-31"}, "day_too_early", "/on"),
        ({"outcome": "FORGOTTEN"}, "validation", "/outcome"),
    ):
        answer = await said(staff, path, **refused)
        assert (answer.json()["code"], answer.json()["errors"][0]["pointer"]) == (code, pointer)
    async with service.caller(READ, WRITE, employers=[CENTRE]) as other:
        assert (await said(other, path)).status_code == 404
    first = await said(staff, path)
    assert (first.status_code, first.json() | SAID) == (201, first.json() | {"recorded_by": "marie"})
    assert (await excesses(staff, path), await work(claims)) == ([], [])
    assert (await said(staff, path)).json() == first.json(), "said again it changes nothing"
    assert (await said(staff, path, outcome="RETURNED")).json()["code"] == "payment_known_otherwise"
    await paid(staff, path, "V2", "30.00")
    assert await excesses(staff, path) == [("1077.11", "997.11", "30.00")]
    assert await work(claims) == [item]
    assert (await said(staff, path, outcome="RETURNED", amount="30.00", reference="R2")).status_code == 201
    assert (await excesses(staff, path), await work(claims)) == ([], [])
    told = [(await claims.events(f"work-item.{happened}")) for happened in ("opened", "closed")]
    assert [[(one["kind"], one["reference"]) for one in events] for events in told] == [[item, item], [item, item]]
    listed = (await staff.get(f"{path}/payments")).json()["reviews"]
    assert [(one["outcome"], one["amount"]) for one in listed] == [("ACCEPTED", "50.00"), ("RETURNED", "30.00")]
    await claims.tell(life.shortened("2026-06-15").last)
    assert [one["amount"] for one in await claims.events("overpayment.opened")] == ["498.55"], "of what was due alone"
    assert await work(claims) == []


@pytest.mark.parametrize(("outcome", "owed"), [("ACCEPTED", ["50.00"]), ("RETURNED", [])])
async def test_what_was_returned_is_paid_no_longer(
    claims: Claims, staff: httpx.AsyncClient, outcome: str, owed: list[str]
) -> None:
    """The month is due for more, and then as before: what was accepted had become a part of what is due."""
    life = half_paid()
    await claims.tell(life.facts)
    path = await path_of(staff, life)
    await paid(staff, path, "V1", "1047.11")
    assert (await said(staff, path, outcome=outcome)).status_code == 201
    await claims.tell(life.paid("2026-01", "pay.corrected", ri="900.00").last)
    assert (await claims.benefits(life))["2026-06"] > "1047.11"
    await claims.tell(life.paid("2026-01", "pay.corrected").last)
    opened = await claims.events("overpayment.opened")
    assert [one["amount"] for one in opened if one["month"] == "2026-06"] == owed
    assert await work(claims) == []


async def test_the_employer_advances_what_was_returned_and_not_what_was_accepted(
    claims: Claims, staff: httpx.AsyncClient
) -> None:
    life, path = await proposed(claims, staff, payee="EMPLOYER")
    await step(staff, path, "APPROVE")

    async def june() -> list[str]:
        query = {"employer": CITY, "month": "2026-06"}
        text = (await staff.get("/v1/claims/advances", params=query)).text
        return [line.split(";", 3)[3] for line in text.split("\r\n") if "2026-06" in line]

    await paid(staff, path, "V1", "1047.11", "EMPLOYER")
    assert await june() == ["997.11;1047.11;-50.00"]
    assert (await said(staff, path)).status_code == 201
    assert await june() == []
    await paid(staff, path, "V2", "20.00", "EMPLOYER")
    assert await june() == ["997.11;1017.11;-20.00"]
    assert (await said(staff, path, outcome="RETURNED", amount="20.00", reference="R2")).status_code == 201
    assert await june() == []
    await claims.tell(life.paid("2026-01", "pay.corrected", ri="900.00").last)
    for name in ("PROPOSE", "APPROVE"):
        assert (await step(staff, path, name)).status_code == 200
    (line,) = await june()
    assert line.split(";")[1] == "1047.11", "what was accepted is a part of what is due now"


async def decided(staff: httpx.AsyncClient, path: str, outcome: str, on: str, reference: str) -> list[str]:
    body = {"outcome": outcome, "on": on, "reference": reference}
    answer = await staff.post(f"{path}/insurer-decisions", json=body, headers=once())
    assert answer.status_code == 201
    return list(answer.json()["warnings"])


async def test_an_insurer_who_accepts_and_refuses_on_one_day_is_looked_into(
    claims: Claims, staff: httpx.AsyncClient
) -> None:
    """Both are facts; one of a later day says which holds."""
    life = half_paid()
    await claims.tell(life.facts)
    path = await path_of(staff, life)
    assert await decided(staff, path, "ACCEPTED", "2026-06-20", "D1") == []
    assert await decided(staff, path, "ACCEPTED", "2026-06-20", "D2") == []
    assert await decided(staff, path, "REFUSED", "2026-06-19", "D3") == [], "the insurer thought again"
    assert await work(claims) == []
    item = ("insurer-decisions-differ", f"{path}/insurer-decisions")
    for _ in range(2):
        assert await decided(staff, path, "REFUSED", "2026-06-20", "D4") == ["otherwise_same_day"]
        assert await work(claims) == [item]
    listed = (await staff.get(f"{path}/payments")).json()["decisions"]
    differ = [one["reference"] for one in listed if one["warnings"]]
    assert differ == ["D1", "D2", "D4"]
    await claims.tell(life.paid("2026-01", "pay.corrected", ri="900.00").last)
    assert await work(claims) == [item], "what else happens leaves it open"
    assert await decided(staff, path, "REFUSED", "2026-06-25", "D5") == []
    assert await work(claims) == []
    assert not any(one["warnings"] for one in (await staff.get(f"{path}/payments")).json()["decisions"])
    told = [await claims.events(f"work-item.{happened}") for happened in ("opened", "closed")]
    assert [[(one["kind"], one["reference"]) for one in events] for events in told] == [[item], [item]]
