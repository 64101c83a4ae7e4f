"""Agents employed and covered, counted by employer on a day."""

from __future__ import annotations

from tests.services.eligibility.conftest import CITY, OTHER, Eligibility
from tests.services.eligibility.test_agents_bulk import hires, send


async def test_agents_are_counted_where_they_are_employed_and_covered(eligibility: Eligibility) -> None:
    await eligibility.publish_accord()
    async with eligibility.hris() as staff, eligibility.hris(OTHER) as stranger:
        await send(staff, hires(3))
        await eligibility.decide()
        found = (await staff.get("/v1/statistics/cover")).json()
        before = (await staff.get("/v1/statistics/cover", params={"as_of": "2019-12-31"})).json()
        hidden = (await stranger.get("/v1/statistics/cover")).json()
    assert found["employed"] == [{"employer": CITY, "agents": 3}]
    assert found["covered"] == [{"employer": CITY, "agreement": "la-roche-sur-yon-2025", "agents": 3}]
    assert (before["employed"], before["covered"]) == ([], [])
    assert (hidden["employed"], hidden["covered"]) == ([], [])
