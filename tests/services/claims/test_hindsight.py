"""What is known late is worth what is known in time, and a change that is undone is worth nothing."""

from __future__ import annotations

from random import Random
from typing import Final

import httpx
import pytest

from kit.ids import new_id
from kit.money import Money
from tests.services.claims.lives import Claims, Life, insured
from tests.services.client import Service

ENDS: Final = ("2026-04-30", "2026-05-31", "2026-06-15", "2026-06-30", "2026-08-31")
BONUSES: Final = ("300.00", "250.00", "412.34")
PENSIONS: Final = ("900.00", "0.00", "1200.00")


def changed(life: Life, what: str, value: str) -> Life:
    """Tell that the leave ends on another day, or that pay or a pension was another."""
    if what == "leave":
        return life.shortened(value) if value <= life.leaves["leave"][-1]["end"] else _longer(life, value)
    if what == "pay":
        return life.paid("2026-01", "pay.corrected", ri=value)
    return life.invalid("2028-01-01", "revised", cnracl_rate="0.4000", pension_net=value)


def _longer(life: Life, end: str) -> Life:
    (entry,) = life.leaves["leave"]
    life.leaves["leave"] = [{**entry, "end": end}]
    return life.shortened(end)


VALUES: Final = {"leave": ENDS, "pay": BONUSES, "pension": PENSIONS}


def begun(name: str, state: dict[str, str]) -> Life:
    life = insured(agreement=name).paid("2026-01", "pay.corrected", ri=state["pay"])
    life.sick("2026-02-01", state["leave"], waiting_days=0)
    return life.invalid("2028-01-01", cnracl_rate="0.4000", pension_net=state["pension"])


async def due(claims: Claims, life: Life) -> tuple[dict[str, str], list[str]]:
    """What is due, months of nothing left out; the deltas of each month are checked to say the same."""
    months = await claims.benefits(life)
    return {month: amount for month, amount in months.items() if float(amount)}, await claims.annuities(life)


@pytest.mark.parametrize("seed", range(4))
async def test_what_is_known_late_is_due_as_what_is_known_in_time(claims: Claims, seed: int) -> None:
    random = Random(seed)
    state = {what: values[0] for what, values in VALUES.items()}
    lived = begun(f"lived-{seed}", state)
    await claims.tell(lived.facts)
    for _ in range(5):
        what = random.choice(list(VALUES))
        state[what] = random.choice(VALUES[what])
        await claims.tell(changed(lived, what, state[what]).last)
    late = begun(f"late-{seed}", state)
    await claims.tell(late.facts)
    assert await due(claims, lived) == await due(claims, late)
    await claims.decided()


@pytest.mark.parametrize("what", list(VALUES))
async def test_a_change_that_is_undone_nets_to_nothing(claims: Claims, what: str) -> None:
    state = {"leave": "2026-06-30", "pay": "300.00", "pension": "900.00"}
    life = begun(f"undone-{what}", state)
    await claims.tell(life.facts)
    before = await due(claims, life)
    for value in VALUES[what]:
        await claims.tell(changed(life, what, value).last)
    await claims.tell(changed(life, what, state[what]).last)
    assert await due(claims, life) == before
    await claims.decided()


Entries = list[tuple[str, str, str]]


async def rights(staff: httpx.AsyncClient, life: Life) -> list[tuple[str, str, str]]:
    """The kind and leg of each run of days since May 2025."""
    query = {"agent": str(life.agent), "from": "2025-05-01", "to": "2026-06-30"}
    periods = (await staff.get("/v1/entitlements", params=query)).json()["periods"]
    return [(one["start"], one["kind"], one["leg"]) for one in periods]


def granted(life: Life, entries: Entries) -> Life:
    """The leave as these entries, each of a kind, whatever was told of it before."""
    named = [{"id": str(new_id()), "kind": kind, "start": start, "end": end} for kind, start, end in entries]
    life.leaves["leave"] = [{**entry, "paid": True, "waiting_days": None, "seniority_days": None} for entry in named]
    return life._told_leave("extended", "leave")


@pytest.mark.parametrize(
    ("first", "then", "owed", "more"),
    [
        pytest.param(
            [("CMO", "2026-02-01", "2026-06-30")],
            [("CLM", "2026-02-01", "2026-06-30")],
            {"2026-05": "764.83", "2026-06": "764.83"},
            {"2026-02": "232.28", "2026-03": "232.28", "2026-04": "232.28"},
            id="an ordinary leave becomes a CLM",
        ),
        pytest.param(
            [("CMO", "2026-02-01", "2026-06-30")],
            [("CITIS", "2026-02-01", "2026-06-30")],
            {"2026-05": "997.11", "2026-06": "997.11"},
            {},
            id="a service accident is recognised late",
        ),
        pytest.param(
            [("CLM", "2025-05-01", "2026-06-30")],
            [("CLD", "2025-05-01", "2026-06-30")],
            {"2026-05": "764.83", "2026-06": "764.83"},
            {},
            id="a CLM becomes a CLD from its first day",
        ),
        pytest.param(
            [("CLM", "2025-05-01", "2026-06-30")],
            [("CLM", "2025-05-01", "2026-04-30"), ("CLD", "2026-05-01", "2026-06-30")],
            {"2026-05": "764.83", "2026-06": "764.83"},
            {},
            id="a CLD follows a CLM, whose full year counts in it",
        ),
    ],
)
async def test_a_leave_granted_late_is_worth_what_it_is_in_time_and_the_rest_is_asked_back(
    claims: Claims, service: Service, *, first: Entries, then: Entries, owed: dict[str, str], more: dict[str, str]
) -> None:
    """Rulebook §1.1 and §5.2, with option 3; `owed` and `more`: what is asked back, and what is due for more."""

    def covered(name: str) -> Life:
        return insured(agreement=name).paid("2025-04").elected("RI_FULL_PAY")

    lived = granted(covered("lived"), first)
    await claims.tell(lived.facts)
    await claims.approved(lived)
    before = await claims.benefits(lived)
    await claims.tell(granted(lived, then).last)
    after = await claims.benefits(lived)
    in_time = granted(covered("in-time"), then)
    await claims.tell(in_time.facts)
    assert await due(claims, lived) == await due(claims, in_time)
    async with service.caller("claims:read") as staff:
        found = await rights(staff, lived)
        assert found == await rights(staff, in_time)
    # NBI is suspended on the days of a CLD.
    assert {kind for _, kind, _ in found} == {kind for kind, _, _ in then}
    assert {leg for _, _, leg in found} == {"FULL"}
    opened = {event["month"]: event["amount"] for event in await claims.events("overpayment.opened")}
    changes = {
        month: Money.parse(after.get(month, "0")) - Money.parse(before.get(month, "0")) for month in before | after
    }
    assert opened == owed == {month: str(-change) for month, change in changes.items() if change < Money.zero()}
    assert {month: str(change) for month, change in changes.items() if change > Money.zero()} == more
    await claims.decided()
