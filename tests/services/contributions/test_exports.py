"""Payment orders and accounting files: valid for a bank, balanced for an accountant, the same for the same debt."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from typing import Any, Final
from xml.etree import ElementTree as ET

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.ids import new_id
from kit.money import Money
from rules.vocabulary import Guarantee
from services.contributions.adapters.papers.sepa import SCHEMA, schema
from services.contributions.domain.accounting import IssuedPiece, PaidPiece, Role, journal
from services.contributions.domain.payment_order import Owing, transfers
from tests.services.client import Service
from tests.services.contributions.facts import ACCORD, AGGLOMERATION, CITY
from tests.services.contributions.test_payments import PAYMENT
from tests.services.contributions.world import NOW, World

ORDERS: Final = "/v1/payment-orders"
TODAY: Final = NOW.date()
CREDITOR: Final = {
    "agreement": ACCORD,
    "insurer": "demo-a",
    "name": "Assureur été",
    "iban": "FR7630001007941234567890185",
}
ORDER: Final[dict[str, Any]] = {
    "employer": CITY,
    "execution_date": TODAY.isoformat(),
    "debtor": {"name": "Ville de démonstration", "iban": "FR76 3000 6000 0112 3456 7890 189", "bic": "AGRIFRPP"},
    "creditors": [CREDITOR],
}


def treasury(service: Service, employer: str = CITY) -> httpx.AsyncClient:
    return service.caller("contributions:read", "contributions:write", employers=[employer])


async def pays(client: httpx.AsyncClient, amount: str, reference: str) -> httpx.Response:
    body = {**PAYMENT, "amount": amount, "reference": reference}
    return await client.post("/v1/payments", json=body, headers={"Idempotency-Key": str(new_id())})


def texts(content: bytes, name: str) -> list[str | None]:
    return [node.text for node in ET.fromstring(content).iter(f"{{urn:iso:std:iso:20022:tech:xsd:{SCHEMA}}}{name}")]


@pytest.fixture
async def issued(world: World) -> World:
    """May and June of an agent, 49.20 each; May is then taken down by 2.05 on June's statement."""
    await world.member("M1")
    await world.pay("M1", "2025-05", tib="2400.00")
    await world.run("2025-05")
    await world.pay("M1", "2025-05", 1, tib="2300.00")
    await world.pay("M1", "2025-06", tib="2400.00")
    await world.run("2025-06")
    return world


async def test_an_order_is_valid_and_settles_what_is_owed(service: Service, issued: World) -> None:
    async with treasury(service) as client:
        first = await client.post(ORDERS, json=ORDER)
        assert first.status_code == 200, first.text
        assert (first.headers["content-type"], first.headers["cache-control"]) == ("application/xml", "no-store")
        assert schema().is_valid(first.content.decode())
        assert texts(first.content, "InstdAmt") == ["96.35"]
        assert texts(first.content, "CtrlSum") == ["96.35"] * 2
        assert texts(first.content, "IBAN") == ["FR7630006000011234567890189", CREDITOR["iban"]]
        assert texts(first.content, "Nm")[-1] == "Assureur ete"
        assert texts(first.content, "Ustrd") == [f"Prevoyance {CITY} bordereaux 1 a 2 (2) {ACCORD}"]
        assert (await client.post(ORDERS, json=ORDER)).content == first.content, "the same debt, the same order"
        (reference,) = texts(first.content, "EndToEndId")
        for _ in range(2):
            assert (await pays(client, "96.35", str(reference))).json()["unallocated"] == "0.00"
        assert (await client.post(ORDERS, json=ORDER)).json()["code"] == "nothing_to_pay"
        assert (await client.get("/v1/receivables")).json()["items"] == []
    assert issued


async def test_what_was_paid_too_much_is_not_ordered_again(service: Service, issued: World) -> None:
    async with treasury(service) as client:
        await pays(client, "100.00", "VIR-1")
        await issued.pay("M1", "2025-07", tib="2400.00")
        await issued.run("2025-07")
        order = await client.post(ORDERS, json=ORDER)
    assert texts(order.content, "InstdAmt") == ["45.55"]  # 49.20 less 3.65 that settles nothing yet


async def test_orders_that_are_refused(service: Service, issued: World) -> None:
    yesterday = (TODAY - timedelta(days=1)).isoformat()
    bad_iban = {**CREDITOR, "iban": "FR7630001007941234567890186"}
    cases: list[tuple[dict[str, Any], int, str]] = [
        ({"execution_date": yesterday}, 422, "order_in_the_past"),
        ({"creditors": [{**CREDITOR, "insurer": "nobody"}]}, 409, "nothing_to_pay"),
        ({"creditors": []}, 422, "validation"),
        ({"creditors": [CREDITOR, CREDITOR]}, 422, "validation"),
        ({"creditors": [bad_iban]}, 422, "validation"),
        ({"creditors": [{**CREDITOR, "name": "\N{GRINNING FACE}"}]}, 422, "order_not_valid"),
        ({"creditors": [{**CREDITOR, "bic": "lower"}]}, 422, "validation"),
        ({"employer": AGGLOMERATION}, 403, "employer_not_yours"),
    ]
    async with treasury(service) as client:
        for change, status, code in cases:
            answer = await client.post(ORDERS, json={**ORDER, **change})
            assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
            assert "FR76" not in answer.text
    assert issued


async def test_a_journal_balances_and_says_what_is_still_owed(service: Service, issued: World) -> None:
    path = f"/v1/accounting/{CITY}"
    asked = {"from": "2025-01-01", "to": "2025-12-31", "insurer": "437", "charge": "6458"}
    async with treasury(service) as client:
        paid = (await pays(client, "60.00", "=1+1")).json()
        sent_back = {"reason": "rejet"}, {"Idempotency-Key": "back"}
        await pays(client, "10.00", "VIR-2")
        got = await client.get(path, params={**asked, "format": "csv"})
        book = await client.get(path, params={**asked, "format": "xlsx"})
        await client.post(f"/v1/payments/{paid['id']}/cancellation", json=sent_back[0], headers=sent_back[1])
        after = await client.get(path, params={**asked, "format": "csv"})
        (account,) = (await client.get("/v1/accounts")).json()["items"]
        for wrong, code in (
            ({"to": "2024-12-31"}, "invalid_period"),
            ({"to": "2026-01-02"}, "period_too_long"),
            ({"charge": "=cmd"}, "validation"),
        ):
            answer = await client.get(path, params={**asked, "format": "csv", **wrong})
            assert (answer.status_code, answer.json()["code"]) == (422, code)
    async with treasury(service, AGGLOMERATION) as other:
        assert (await other.get(path, params={**asked, "format": "csv"})).status_code == 403
    assert book.content.startswith(b"PK")
    rows = [list(csv.DictReader(io.StringIO(one.content.decode("utf-8-sig")), delimiter=";")) for one in (got, after)]
    assert [(r["piece"], r["role"], r["debit"], r["credit"]) for r in rows[0]][:4] == [
        ("'=1+1", "INSURER", "60.00", "0.00"),
        ("'=1+1", "TREASURY", "0.00", "60.00"),
        ("VIR-2", "INSURER", "10.00", "0.00"),
        ("VIR-2", "TREASURY", "0.00", "10.00"),
    ]
    assert {(r["role"], r["compte"]) for r in rows[0]} == {("INSURER", "437"), ("TREASURY", ""), ("CHARGE", "6458")}
    for one in rows:
        debit, credit = ([Money.parse(r[side]) for r in one] for side in ("debit", "credit"))
        assert Money.sum(debit) == Money.sum(credit)
    insurer = [Money.parse(r["credit"]) - Money.parse(r["debit"]) for r in rows[1] if r["role"] == "INSURER"]
    assert Money.sum(insurer) == Money.parse(account["balance"])


cents = st.integers(-100_000, 100_000).map(Money)
days = st.dates(date(2025, 1, 1), date(2025, 12, 31))
issues = st.builds(
    IssuedPiece,
    *(days, st.just("B"), st.just("a"), st.just("i"), st.just("l")),
    st.lists(st.tuples(st.sampled_from(Guarantee), cents, cents), max_size=4).map(tuple),
)
payments = st.builds(PaidPiece, days, st.just("P"), st.just("a"), st.just("i"), st.just("l"), cents)


@given(st.lists(issues | payments, max_size=8))
def test_every_journal_balances(pieces: list[IssuedPiece | PaidPiece]) -> None:
    entries = journal(pieces)
    assert Money.sum(one.debit for one in entries) == Money.sum(one.credit for one in entries)
    assert [one.on for one in entries] == sorted(one.on for one in entries)
    assert all(Money(0) == min(one.debit, one.credit) < max(one.debit, one.credit) for one in entries)
    charged = Money.sum(own + theirs for p in pieces if isinstance(p, IssuedPiece) for _, own, theirs in p.shares)
    paid = Money.sum(p.amount for p in pieces if isinstance(p, PaidPiece))
    owed = Money.sum(one.credit - one.debit for one in entries if one.role is Role.INSURER)
    assert owed == charged - paid


@given(st.lists(st.tuples(st.sampled_from("ab"), cents), max_size=8), st.integers(0, 50_000).map(Money))
def test_a_transfer_is_what_its_contract_owes_and_its_reference_is_its_debts(
    owing: list[tuple[str, Money]], unallocated: Money
) -> None:
    debts = [Owing(contract, "i", new_id(), n, left) for n, (contract, left) in enumerate(owing, start=1)]
    found = transfers("1", debts, {("a", "i"): unallocated})
    for contract in "ab":
        balance = Money.sum(left for name, left in owing if name == contract)
        balance -= unallocated if contract == "a" else Money(0)
        ordered = [one.amount for one in found if one.agreement == contract]
        assert ordered == ([balance] if balance > Money(0) else [])
    assert found == transfers("1", reversed(debts), {("a", "i"): unallocated})
    assert len({one.reference for one in found}) == len(found)
    assert all(len(one.reference) <= 35 and len(one.description) <= 140 for one in found)
