"""What is known late is worth what is known in time, and a change that is undone is worth nothing."""

from __future__ import annotations

from random import Random
from typing import Final

import pytest

from tests.services.claims.lives import Claims, Life, insured

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
