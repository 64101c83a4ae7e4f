"""What an employer keeps of the RI: stated once, dated, and decided again at once."""

from __future__ import annotations

from typing import Any

import pytest

from tests.services.claims.lives import CENTRE, CITY, Claims, insured
from tests.services.client import Service

READ, WRITE = "claims:read", "claims:write"
DUE = "997.11"


async def test_a_deliberation_changes_what_the_contract_adds(claims: Claims, service: Service) -> None:
    life = insured().sick("2026-02-01", "2026-06-30")
    await claims.tell(life.facts)
    body = {"kind": "CMO", "from": "2026-06-01", "full": "1", "half": "0.5000", "deliberation": "2026-05-12/7"}
    async with service.caller(READ, WRITE, employers=[CITY]) as hris:
        answer = await hris.put(f"/v1/ri-maintenance/{CITY}", json=body)
        assert answer.status_code == 200, answer.text
        (stated,) = answer.json()["statements"]
        assert stated | {"kind": "CMO", "from": "2026-06-01", "full": "1.0000", "half": "0.5000"} == stated
        assert await claims.benefits(life) == {"2026-05": DUE, "2026-06": "874.85"}
        again = await hris.put(f"/v1/ri-maintenance/{CITY}", json=body)
        assert again.json() == answer.json()
        assert len(await claims.rows("SELECT 1 FROM ri_maintenance")) == 1
        corrected = await hris.put(f"/v1/ri-maintenance/{CITY}", json={**body, "half": "0.0000"})
        assert [one["half"] for one in corrected.json()["statements"]] == ["0.0000"]
        assert (await hris.get(f"/v1/ri-maintenance/{CITY}")).json() == corrected.json()
        assert await claims.benefits(life) == {"2026-05": DUE, "2026-06": DUE}
        await claims.decided()


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"half": "1.0001"}, "/half"),
        ({"full": 1}, "/full"),
        ({"kind": "HOLIDAY"}, "/kind"),
        ({"from": "2026-02-30"}, "/from"),
        ({"start": "2026-02-01"}, "/start"),
        ({"half": None}, "/half"),
    ],
)
async def test_a_policy_that_says_nonsense_is_refused(service: Service, change: dict[str, Any], pointer: str) -> None:
    body = {"kind": "CMO", "from": "2026-06-01", "full": "1", "half": "0.5000", **change}
    async with service.caller(WRITE) as staff:
        response = await staff.put(f"/v1/ri-maintenance/{CITY}", json=body)
        assert response.status_code == 422
        assert pointer in [error["pointer"] for error in response.json()["errors"]]


async def test_a_policy_is_the_employer_s_own(service: Service) -> None:
    body = {"kind": "CMO", "from": "2026-06-01", "full": "1", "half": "0.5"}
    async with service.caller(READ, WRITE, employers=[CENTRE]) as other, service.caller(READ) as reader:
        assert (await other.put(f"/v1/ri-maintenance/{CITY}", json=body)).status_code == 403
        assert (await other.get(f"/v1/ri-maintenance/{CITY}")).status_code == 403
        assert (await reader.put(f"/v1/ri-maintenance/{CITY}", json=body)).status_code == 403
        assert (await other.put("/v1/ri-maintenance/12345678901234", json=body)).status_code == 422
