"""What a month's pay may hold: flat pay of cabinet staff, the gross of private law, rappels, shares of half pay."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.money import Money
from kit.period import Month
from kit.rate import Rate
from rules.pay import PayElements
from services.contributions.domain.intake import Pay, Rappel, Verdict, decide
from services.contributions.domain.pay_line import PayLine, added_up
from tests.services.client import Service
from tests.services.contributions.facts import CITY, elements, money
from tests.services.contributions.world import World, amounts

JUNE = f"/v1/pay/{CITY}/M1/2025-06"


def hris(service: Service) -> httpx.AsyncClient:
    return service.caller("pay:write", "pay:read", employers=[CITY], client="demo-hris")


async def put(service: Service, path: str, body: dict[str, Any]) -> httpx.Response:
    async with hris(service) as client:
        return await client.put(path, json=body)


async def test_flat_pay_of_cabinet_staff_is_their_base(service: Service, world: World) -> None:
    await world.member("M1", regime="CONTRACTUEL_PUBLIC", category=None)
    sent = await put(service, JUNE, {"cabinet": "3000.00", "ri": "100.00"})
    assert (sent.status_code, sent.json()["tib"], sent.json()["cabinet"]) == (201, "0.00", "3000.00")
    (told,) = await world.events("pay.recorded")
    assert (told["tib"], told["cabinet"]) == ("3000.00", "3000.00")
    assert amounts(await world.run("2025-06")) == [("2025-06", "BASE", "63.55")]


async def test_private_law_contributes_on_the_gross_it_states(service: Service, world: World) -> None:
    """CSS L. 242-1: what the payroll declares; without it, the whole of the elements."""
    await world.member("M1", regime="PRIVATE_LAW", category=None)
    sent = await put(service, JUNE, {"gross": "1801.80", "sft": "10.00"})
    assert (sent.status_code, sent.json()["gross"]) == (201, "1801.80")
    assert amounts(await world.run("2025-06")) == [("2025-06", "BASE", "36.94")]
    await put(service, f"/v1/pay/{CITY}/M1/2025-07", {"tib": "1800.00", "sft": "10.00", "other": {"IHTS": "5.00"}})
    assert amounts(await world.run("2025-07")) == [("2025-07", "BASE", "37.21")]


async def test_a_rappel_is_a_contribution_of_the_month_it_concerns(service: Service, world: World) -> None:
    await world.member("M1")
    await world.pay("M1", "2025-05", tib="2000.00", ri="200.00")
    await world.run("2025-05")
    rappels = [{"month": "2025-05", "tib": "100.00", "ri": "-50.00"}, {"month": "2025-04", "tib": "10.00"}]
    sent = await put(service, JUNE, {"tib": "2100.00", "rappels": rappels})
    assert sent.json()["rappels"] == [
        {"month": "2025-04", "tib": "10.00", "nbi": "0.00", "ri": "0.00", "gross": None},
        {"month": "2025-05", "tib": "100.00", "nbi": "0.00", "ri": "-50.00", "gross": None},
    ]
    done = await world.run("2025-06")
    assert amounts(done) == [("2025-04", "BASE", "0.21"), ("2025-05", "BASE", "1.03"), ("2025-06", "BASE", "43.05")]
    lines = await world.rows("SELECT month, regularisation FROM contribution_line ORDER BY id")
    assert [row["regularisation"] for row in lines] == [False, True, True, False]
    (told,) = [e for e in await world.events("pay.recorded") if e["month"] == "2025-06"]
    assert [one["month"] for one in told["rappels"]] == ["2025-04", "2025-05"]


async def test_a_rappel_withdrawn_is_taken_back(service: Service, world: World) -> None:
    await world.member("M1")
    await world.pay("M1", "2025-05", tib="2000.00")
    await put(service, JUNE, {"tib": "2000.00", "rappels": [{"month": "2025-05", "tib": "100.00"}]})
    await world.run("2025-06")
    await world.pay("M1", "2025-06", 1, tib="2000.00")
    assert amounts(await world.run("2025-06")) == [("2025-05", "BASE", "-2.05")]


async def test_rappels_that_take_back_more_than_is_known_are_held(service: Service, world: World) -> None:
    await world.member("M1")
    await put(service, JUNE, {"tib": "2000.00", "rappels": [{"month": "2025-05", "tib": "-1.00", "ri": "-1.00"}]})
    done = await world.run("2025-06")
    assert [(str(one.month), one.reason) for one in done.held] == [("2025-05", "negative_base")]
    assert amounts(done) == [("2025-06", "BASE", "41.00")]


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        ({"tib": "1.00", "rappels": [{"month": "2025-06", "tib": "1.00"}]}, "rappel_not_earlier", "/rappels"),
        ({"tib": "1.00", "rappels": [{"month": "2025-07", "tib": "1.00"}]}, "rappel_not_earlier", "/rappels"),
        ({"tib": "1.00", "rappels": [{"tib": "1.00"}]}, "validation", "/rappels/0/month"),
        ({"tib": "1.00", "rappels": [{"month": "2025-01"}] * 121}, "validation", "/rappels"),
        ({"cabinet": "0.00"}, "validation", "/tib"),
    ],
)
async def test_what_no_pay_can_hold_is_refused(service: Service, body: dict[str, Any], code: str, pointer: str) -> None:
    refused = await put(service, JUNE, body)
    assert (refused.status_code, refused.json()["code"]) == (422, code)
    assert [error["pointer"] for error in refused.json()["errors"]] == [pointer]


def line(share: str | None, tib: str, **given: Any) -> PayLine:
    pay = elements(tib=tib, **{k: v for k, v in given.items() if k in {"ri", "tpp"}})
    rest = {k: v for k, v in given.items() if k not in {"ri", "tpp"}}
    return PayLine(Month(2025, 6), 1, pay, share_of_pay=Rate.parse(share) if share else None, **rest)


def test_the_shares_of_several_employments_weigh_their_full_traitement() -> None:
    """1 000 at half pay of 2 000, and 1 000 whole: 2 000 of 3 000."""
    assert added_up([line("0.5", "1000.00"), line(None, "1000.00")]).share_of_pay == Rate(Decimal("0.666667"))
    assert added_up([line("0.5", "1000.00"), line("0.5", "1.00")]).share_of_pay == Rate.parse("0.5")
    assert added_up([line(None, "1000.00"), line("0", "0.00")]).share_of_pay == Rate.parse("1")


def test_a_rappel_withholds_no_tpp_of_its_own() -> None:
    rappel = line(None, "100.00", ri="50.00", paid_in=Month(2025, 8))
    own = line("0.5", "1000.00", ri="200.00")
    assert added_up([rappel]).pay.tpp == Money(0)
    together = added_up([own, rappel])
    assert (together.pay.tpp, together.share_of_pay, together.pay.ri) == (None, Rate.parse("0.5"), money("250.00"))
    stated = replace(own, pay=replace(own.pay, tpp=money("13.92")))
    assert added_up([stated, rappel]).pay.tpp == money("13.92")


def test_gross_adds_up_with_elements_that_state_none() -> None:
    assert added_up([line(None, "1.00", gross=money("5.00")), line(None, "2.00")]).whole == money("7.00")
    assert added_up([line(None, "1.00"), line(None, "2.00")]).gross is None


@given(months=st.lists(st.integers(-3, 3), max_size=3))
def test_a_rappel_is_of_an_earlier_month(months: list[int]) -> None:
    june = Month(2025, 6)
    sent = Pay(PayElements(), rappels=tuple(Rappel(june.plus(n)) for n in months))
    verdict = decide(june, None, sent, None).verdict
    assert verdict is (Verdict.RECORDED if all(n < 0 for n in months) else Verdict.RAPPEL_NOT_EARLIER)
