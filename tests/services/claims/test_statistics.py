"""Absence of a year: counted by kind and length, and nothing said of few."""

from __future__ import annotations

from typing import Any

from tests.services.claims.lives import CITY, Claims, insured
from tests.services.client import Service

PATH = "/v1/statistics/absence"


async def test_days_of_the_year_by_kind_and_length_and_small_groups_are_not_counted(
    claims: Claims, service: Service
) -> None:
    for _ in range(5):  # from before the year, forty days in all, ten of them in it
        await claims.tell(insured().sick("2025-12-02", "2025-12-20").sick("2025-12-21", "2026-01-10").facts)
    for _ in range(2):
        await claims.tell(insured().sick("2026-03-01", "2026-03-03").facts)
    await claims.tell(insured().sick("2025-01-01", "2025-01-02").facts)
    async with service.caller("claims:read") as staff:
        found = (await staff.get(PATH, params={"year": 2026})).json()
        nobody = await staff.get(PATH, params={"year": 2026, "employer": "35600000049837"})
    assert (found["least_group"], nobody.json()["items"]) == (5, [])
    nothing: dict[str, Any] = {"agents": None, "leaves": None, "days": None}
    # Two agents alone would be found from a total: the five are not counted either.
    assert found["items"] == [{"kind": "CMO", "longer": longer, **nothing} for longer in (1, 31)]
    for _ in range(3):
        await claims.tell(insured().sick("2026-03-01", "2026-03-03").facts)
    async with service.caller("claims:read", employers=[CITY]) as hris:
        found = (await hris.get(PATH, params={"year": 2026})).json()
    assert found["items"] == [
        {"kind": "CMO", "longer": 1, "agents": 5, "leaves": 5, "days": 15},
        {"kind": "CMO", "longer": 31, "agents": 5, "leaves": 5, "days": 50},
    ]
