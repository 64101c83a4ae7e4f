"""Settlements with insurers: each statement once, to the cent, and each employer sees its own part."""

from __future__ import annotations

import asyncio
import csv
import io
import zipfile
from collections.abc import Sequence
from dataclasses import replace

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.ids import new_id
from kit.money import Money
from rules.vocabulary import Guarantee
from services.contributions.domain.delta import Amounts
from services.contributions.domain.errors import SettlementOff
from services.contributions.domain.settlement import Share, Stated, reconcile
from tests.services.client import Service
from tests.services.contributions.facts import ACCORD, AGGLOMERATION, CITY
from tests.services.contributions.test_payments import PAYMENT
from tests.services.contributions.world import World

PATH = "/v1/settlements"
SCOPES = ("contributions:read", "contributions:write")


async def settles(client: httpx.AsyncClient, month: str, key: str | None = None) -> httpx.Response:
    body = {"insurer": "demo-a", "month": month}
    return await client.post(PATH, json=body, headers={"Idempotency-Key": key or str(new_id())})


@pytest.fixture
async def issued(world: World) -> World:
    """49.20 of the city and 20.50 of the agglomeration for May, and options; June is the city's, less a correction."""
    agent = await world.member("M1")
    await world.elect(agent, "DEATH", "2025-05-01")
    await world.pay("M1", "2025-05", tib="2400.00")
    await world.member("A1", employer=AGGLOMERATION)
    await world.pay("A1", "2025-05", employer=AGGLOMERATION, tib="1000.00")
    for employer in (CITY, AGGLOMERATION):
        await world.run("2025-05", employer=employer)
    await world.pay("M1", "2025-05", 1, tib="2300.00")
    await world.pay("M1", "2025-06", tib="2400.00")
    await world.run("2025-06")
    return world


async def test_a_settlement_holds_each_statement_once_and_adds_up(service: Service, issued: World) -> None:
    async with service.caller(*SCOPES) as staff:
        may, june = await settles(staff, "2025-05", "may"), await settles(staff, "2025-06")
        assert (may.status_code, june.status_code) == (201, 201), may.text
        assert (await settles(staff, "2025-05", "may")).json() == may.json()
        assert (await settles(staff, "2025-06")).json()["code"] == "nothing_to_settle"
        listed = (await staff.get(PATH, params={"insurer": "demo-a"})).json()["items"]
        assert listed == [may.json(), june.json()]
        assert (await staff.get(PATH, params={"month": "2025-05"})).json()["items"] == [may.json()]
        assert (await staff.get(f"{PATH}/{new_id()}")).json()["code"] == "settlement_not_found"
        (lot,) = (await staff.get(f"{PATH}/{may.json()['id']}/lots")).json()["items"]
        rows = (await staff.get(f"{PATH}/{may.json()['id']}/statements")).json()["items"]
    one = may.json()
    assert (one["number"], june.json()["number"], one["reconciled"]) == (1, 2, True)
    # BASE: 2.05 % of 2 400.00 and of 1 000.00; DEATH: 0.20 % of 2 400.00 (annexe).
    assert {code: figures["amount"] for code, figures in one["guarantees"].items()} == {
        "BASE": "69.70",
        "DEATH": "4.80",
    }
    assert (one["statements"], one["amount"], one["left"]) == (2, "74.50", "74.50")
    assert (lot["agreement"], lot["employers"], lot["amount"]) == (ACCORD, 2, "74.50")
    assert lot["guarantees"] == one["guarantees"]
    assert sorted((row["siret"], row["amount"]) for row in rows) == [(CITY, "54.00"), (AGGLOMERATION, "20.50")]
    # A regularisation of May that June's statement carries: -2.05 and -0.20, beside 49.20 and 4.80.
    assert june.json()["amount"] == "51.75"
    (whole,) = await issued.rows("SELECT CAST(sum(amount) AS bigint) AS cents FROM statement")
    assert Money.parse(one["amount"]) + Money.parse(june.json()["amount"]) == Money(whole["cents"])


async def test_what_is_paid_is_collected(service: Service, issued: World) -> None:
    async with service.caller(*SCOPES) as staff:
        may = (await settles(staff, "2025-05")).json()
        paid = {**PAYMENT, "amount": "10.00", "employer": CITY}
        await staff.post("/v1/payments", json=paid, headers={"Idempotency-Key": "pay"})
        again = (await staff.get(f"{PATH}/{may['id']}")).json()
        (lot,) = (await staff.get(f"{PATH}/{may['id']}/lots")).json()["items"]
    # The lump sum uses first what June's regularisation does not owe; nothing of it is below zero here.
    assert (again["collected"], again["left"], lot["left"]) == ("10.00", "64.50", "64.50")


async def test_an_employer_sees_its_own_part_and_settles_nothing(service: Service, issued: World) -> None:
    async with service.caller(*SCOPES) as staff:
        may, june = (await settles(staff, "2025-05")).json(), (await settles(staff, "2025-06")).json()
    async with service.caller(*SCOPES, employers=[AGGLOMERATION]) as own:
        assert (await settles(own, "2025-06")).status_code == 403
        (seen,) = (await own.get(PATH)).json()["items"]
        assert (seen["id"], seen["amount"], seen["statements"], seen["reconciled"]) == (may["id"], "20.50", 1, True)
        assert [row["siret"] for row in (await own.get(f"{PATH}/{may['id']}/statements")).json()["items"]] == [
            AGGLOMERATION
        ]
        for path in ("", "/lots", "/statements", "/file?format=csv"):
            assert (await own.get(f"{PATH}/{june['id']}{path}")).status_code == 404
    async with service.caller(*SCOPES, employers=[]) as nobody:
        assert (await nobody.get(PATH)).json()["items"] == []


async def test_settling_at_once_settles_once(service: Service, issued: World) -> None:
    async with service.caller(*SCOPES) as staff:
        answers = await asyncio.gather(*(settles(staff, "2025-06") for _ in range(6)))
    assert sorted(one.status_code for one in answers) == [201, 409, 409, 409, 409, 409]
    assert len(await issued.rows("SELECT 1 FROM settlement_statement")) == 3
    assert await issued.rows("SELECT number FROM settlement") == [{"number": 1}]


async def test_as_a_file(service: Service, issued: World) -> None:
    async with service.caller(*SCOPES) as staff:
        one = (await settles(staff, "2025-06")).json()
        got = await staff.get(f"{PATH}/{one['id']}/file", params={"format": "csv"})
        book = await staff.get(f"{PATH}/{one['id']}/file", params={"format": "xlsx"})
        assert (await staff.get(f"{PATH}/{one['id']}/file", params={"format": "pdf"})).status_code == 422
    rows = list(csv.DictReader(io.StringIO(got.content.decode("utf-8-sig")), delimiter=";"))
    assert got.headers["content-disposition"].endswith('reglement-demo-a-0001.csv"')
    assert Money.sum(Money.parse(row["cotisation"]) for row in rows) == Money.parse(one["amount"])
    with zipfile.ZipFile(io.BytesIO(book.content)) as opened:
        assert b"54" in opened.read("xl/worksheets/sheet1.xml")


cents = st.integers(-100_000, 100_000)
statements = st.lists(
    st.tuples(st.sampled_from(("a", "b")), st.sampled_from(("e", "f")), st.sampled_from(Guarantee), cents, cents),
    min_size=1,
    max_size=8,
)


def _settled(rows: Sequence[tuple[str, str, Guarantee, int, int]]) -> tuple[list[Share], list[Stated]]:
    """One statement a row, and what their lines add up to."""
    said: list[Stated] = []
    summed: dict[tuple[str, str, Guarantee], Share] = {}
    for agreement, employer, guarantee, mine, theirs in rows:
        amounts = Amounts(Money(0), Money(mine + theirs), Money(mine), Money(theirs))
        said.append(Stated(agreement, employer, 1, amounts, {guarantee: amounts}))
        before = summed.get((agreement, employer, guarantee), Share(agreement, employer, guarantee, 0, Amounts.zero()))
        summed[agreement, employer, guarantee] = replace(
            before, lines=before.lines + 1, amounts=before.amounts + amounts
        )
    return list(summed.values()), said


@given(statements, st.data())
def test_a_cent_off_is_never_settled(rows: list[tuple[str, str, Guarantee, int, int]], data: st.DataObject) -> None:
    shares, said = _settled(rows)
    reconcile(shares, said)
    place = data.draw(st.integers(0, len(shares) - 1))
    one = shares[place]
    cent = Amounts(Money(0), Money(1), Money(1), Money(0))
    for wrong in (
        replace(one, amounts=one.amounts + cent),
        replace(one, lines=one.lines + 1),
        replace(one, employer="g"),
    ):
        with pytest.raises(SettlementOff):
            reconcile([*shares[:place], wrong, *shares[place + 1 :]], said)
    with pytest.raises(SettlementOff):
        reconcile([*shares[:place], *shares[place + 1 :]], said)
    with pytest.raises(SettlementOff):
        reconcile(shares, [replace(said[0], total=said[0].total + cent), *said[1:]])
