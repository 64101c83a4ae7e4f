"""A person decides another amount for a month than the one worked out: both are kept, and another person approves."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.services.claims.lives import CENTRE, Claims, Life, insured
from tests.services.claims.test_handling import READ, WRITE, declared, detected, documented, step
from tests.services.client import Service

SAID = {"amount": "500.00", "reason": "INSURER_DECISION", "note": "Lettre du 3 juin."}


@pytest.fixture
async def staff(service: Service) -> AsyncIterator[httpx.AsyncClient]:
    async with service.caller(READ, WRITE, client="marie") as client:
        yield client


async def reviewed(claims: Claims, staff: httpx.AsyncClient) -> tuple[Life, str]:
    life, path = await detected(claims, staff)
    await declared(staff, path)
    await documented(staff, path)
    assert (await step(staff, path, "REVIEW")).status_code == 200
    return life, path


async def override(client: httpx.AsyncClient, path: str, month: str = "2026-06", **said: Any) -> httpx.Response:
    etag = (await client.get(f"{path}/overrides")).headers["etag"]
    body = {name: value for name, value in {**SAID, **said}.items() if value is not None}
    return await client.put(f"{path}/overrides/{month}", json=body, headers={"If-Match": etag})


async def june(client: httpx.AsyncClient, path: str) -> dict[str, Any]:
    found = (await client.get("/v1/benefits", params={"claim": path.rsplit("/", 1)[1]})).json()["items"]
    return next(one for one in found if one["month"] == "2026-06")


async def test_another_amount_is_decided_and_another_person_approves_it(
    claims: Claims, staff: httpx.AsyncClient, service: Service
) -> None:
    life, path = await reviewed(claims, staff)
    answer = await override(staff, path)
    assert answer.status_code == 200, answer.text
    (said,) = answer.json()["overrides"]
    assert said | SAID | {"month": "2026-06", "computed": "997.11", "recorded_by": "marie"} == said
    month = await june(staff, path)
    assert (month["benefit"], month["benefit_delta"], month["version"]) == ("500.00", "-497.11", 2)
    assert month["alerts"] == ["LEGAL_FLOOR_SHORTFALL", "OVERRIDDEN"]
    decision = (await staff.get(f"/v1/decisions/{month['decision']}")).json()
    (shown,) = decision["result"]["months"]
    assert (shown["benefit"], shown["computed"]) == ("500.00", "997.11")
    trace = (await staff.get(f"/v1/decisions/{month['decision']}/trace")).json()
    top = next(one for one in trace["steps"] if one["rule"] == "benefit.override")
    assert (top["result"], top["inputs"]["reason"], top["steps"][0]["result"]) == (
        "500.00",
        "INSURER_DECISION",
        "997.11",
    )
    page = (await staff.get(f"/v1/decisions/{month['decision']}/trace", params={"format": "text"})).text
    assert "Montant décidé par une personne à la place du calcul : 500,00" in page
    assert "décision de l'assureur" in page
    assert "_" not in page
    assert (await step(staff, path, "PROPOSE")).status_code == 200
    alone = await step(staff, path, "APPROVE")
    assert (alone.status_code, alone.json()["code"]) == (409, "four_eyes_required"), "below the threshold as well"
    async with service.caller(READ, WRITE, client="paul") as colleague:
        assert (await step(colleague, path, "APPROVE")).json()["stage"] == "APPROVED"
    await claims.tell(life.paid("2026-01", "pay.corrected", ri="400.00").last)
    month = await june(staff, path)
    assert (month["benefit"], month["benefit_delta"]) == ("500.00", "0.00"), "the override stands"
    assert "OVERRIDE_TO_REVIEW" in month["alerts"]
    assert (await staff.get(f"{path}/file")).json()["stage"] == "UNDER_REVIEW"
    assert (await override(staff, path)).json()["overrides"][-1]["computed"] == "1078.31"
    assert "OVERRIDE_TO_REVIEW" not in (await june(staff, path))["alerts"], "somebody has looked at it"
    assert (await override(staff, path, amount=None, reason="FACTS_NOT_RECORDED")).status_code == 200
    month = await june(staff, path)
    assert (month["benefit"], month["alerts"]) == ("1078.31", [])
    await claims.decided()


async def test_what_cannot_be_decided_so_is_refused(claims: Claims, staff: httpx.AsyncClient, service: Service) -> None:
    _, path = await detected(claims, staff)
    early = await override(staff, path)
    assert (early.status_code, early.json()["code"]) == (409, "step_not_allowed"), "nobody reviews it yet"
    await declared(staff, path)
    await step(staff, path, "REVIEW")
    for month, more, status, code, pointer in (
        ("2026-06", {"amount": "1846.94"}, 422, "above_target", "/amount"),
        ("2026-06", {"amount": "-1.00"}, 422, "validation", "/amount"),
        ("2026-06", {"reason": "WHIM"}, 422, "validation", "/reason"),
        ("2026-06", {"note": "pour 2 95 10 99 126 111 93"}, 422, "validation", "/note"),
        ("2026-06", {"note": None}, 422, "validation", "/note"),
        ("2026-01", {}, 404, "month_not_decided", "/path/month"),
    ):
        refused = await override(staff, path, month, **more)
        assert (refused.status_code, refused.json()["code"]) == (status, code), refused.text
        assert [one["pointer"] for one in refused.json()["errors"]] == [pointer]
    stale = await staff.put(f"{path}/overrides/2026-06", json=SAID, headers={"If-Match": '"1"'})
    assert stale.status_code == 412
    assert (await staff.put(f"{path}/overrides/2026-06", json=SAID)).status_code == 428
    async with service.caller(READ, WRITE, employers=[CENTRE]) as other:
        assert (await other.get(f"{path}/overrides")).status_code == 404
    assert (await june(staff, path))["benefit"] == "997.11"


async def test_what_option_3_pays_is_decided_apart_from_the_income_of_the_month(
    claims: Claims, staff: httpx.AsyncClient, service: Service
) -> None:
    """A CLM at full pay, of which nothing of the RI is kept: 95 % of its net is the most there is."""
    life = insured().elected("RI_FULL_PAY").sick("2026-02-01", "2026-06-30", kind="CLM")
    await claims.tell(life.facts)
    (claim,) = (await staff.get("/v1/claims")).json()["items"]
    path = f"/v1/claims/{claim['id']}"
    await declared(staff, path)
    for document in (await staff.get(f"{path}/file")).json()["missing"]:
        body = {"document": document, "reference": document, "received_on": "2026-07-01"}
        assert (await staff.post(f"{path}/documents", json=body)).is_success
    assert (await step(staff, path, "REVIEW")).status_code == 200
    before = await june(staff, path)
    assert before["ri_full_pay"] == "232.28"
    option = {"guarantee": "RI_FULL_PAY"}
    above = await override(staff, path, amount="232.29", **option)
    assert (above.status_code, above.json()["code"]) == (422, "above_terms")
    (said,) = (await override(staff, path, amount="100.00", **option)).json()["overrides"]
    assert (said["guarantee"], said["computed"], said["version"]) == ("RI_FULL_PAY", "232.28", 1)
    month = await june(staff, path)
    assert (month["ri_full_pay"], month["ri_full_pay_delta"], month["alerts"]) == ("100.00", "-132.28", ["OVERRIDDEN"])
    assert month["benefit"] == before["benefit"]
    trace = (await staff.get(f"/v1/decisions/{month['decision']}/trace")).json()
    (of_month,) = [one for one in trace["steps"] if one["rule"] == "benefit.month"]
    assert (of_month["steps"][-1]["rule"], of_month["steps"][-1]["result"]) == ("benefit.override", "100.00")
    await step(staff, path, "PROPOSE")
    assert (await step(staff, path, "APPROVE")).json()["code"] == "four_eyes_required"
    async with service.caller(READ, WRITE, client="paul") as colleague:
        assert (await step(colleague, path, "APPROVE")).json()["stage"] == "APPROVED"
    await claims.tell(life.paid("2026-01", "pay.corrected", ri="400.00").last)
    month = await june(staff, path)
    assert (month["ri_full_pay"], "OVERRIDE_TO_REVIEW" in month["alerts"]) == ("100.00", True)
    assert (await staff.get(f"{path}/file")).json()["stage"] == "UNDER_REVIEW"
    assert (await override(staff, path, amount="0.00")).json()["overrides"][0]["guarantee"] == "BASE"
    assert (await override(staff, path, amount=None, **option)).status_code == 200
    assert (await june(staff, path))["ri_full_pay"] != "100.00"
    await claims.decided()
