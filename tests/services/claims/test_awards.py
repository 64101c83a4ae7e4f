"""A person decides another annuity or another capital than the one worked out, once another person approves it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from kit.money import Money
from tests.services.claims.lives import CENTRE, Claims, Life, insured
from tests.services.claims.test_handling import READ, WRITE
from tests.services.client import Service

SAID = {"amount": "500.00", "reason": "COURT_DECISION", "note": "Jugement du 3 juin."}


@pytest.fixture
async def marie(service: Service) -> AsyncIterator[httpx.AsyncClient]:
    async with service.caller(READ, WRITE, client="marie") as client:
        yield client


@pytest.fixture
async def paul(service: Service) -> AsyncIterator[httpx.AsyncClient]:
    async with service.caller(READ, WRITE, client="paul") as client:
        yield client


def invalid() -> Life:
    """An annuity from March on, and the loss of pension that goes with it."""
    return insured().elected("RETIREMENT_LOSS").invalid("2026-03-01", cnracl_rate="0.5500")


async def said(client: httpx.AsyncClient, award: str, what: str, **body: Any) -> httpx.Response:
    etag = (await client.get(f"/v1/awards/{award}/overrides")).headers["etag"]
    given = {name: value for name, value in {**SAID, **body}.items() if value is not None}
    sent = given if what == "proposal" else None
    return await client.put(f"/v1/awards/{award}/overrides/{what}", json=sent, headers={"If-Match": etag})


async def last(client: httpx.AsyncClient, kind: str, life: Life) -> dict[str, Any]:
    (one,) = (await client.get(f"/v1/{kind}", params={"agent": str(life.agent)})).json()["items"]
    return dict(one)


def less(computed: dict[str, Any]) -> str:
    """What a decision for 500.00 takes off."""
    return str(Money.parse(computed["monthly"]) - Money.parse("500.00"))


async def work(claims: Claims) -> list[str]:
    rows = await claims.rows("SELECT kind FROM open_work WHERE kind LIKE 'override-%' ORDER BY kind")
    return [row["kind"] for row in rows]


async def test_another_annuity_counts_once_another_person_approves_it(
    claims: Claims, marie: httpx.AsyncClient, paul: httpx.AsyncClient
) -> None:
    life = invalid()
    await claims.tell(life.facts)
    computed = await last(marie, "annuities", life)
    award = computed["id"]
    answer = await said(marie, award, "proposal")
    assert answer.status_code == 200, answer.text
    (waiting,) = answer.json()["overrides"]
    assert waiting | {**SAID, "computed": computed["monthly"], "proposed_by": "marie", "approved_by": None} == waiting
    assert await last(marie, "annuities", life) == computed, "nothing changes before"
    assert await work(claims) == ["override-to-approve"]
    alone = await said(marie, award, "approval")
    assert (alone.status_code, alone.json()["code"]) == (409, "four_eyes_required")
    assert (await said(paul, award, "approval")).status_code == 200
    assert await work(claims) == []
    now = await last(marie, "annuities", life)
    assert (now["monthly"], now["version"]) == ("500.00", 2)
    assert now["alerts"] == ["LEGAL_FLOOR_SHORTFALL", "OVERRIDDEN"]
    (adjusted,) = await claims.events("annuity.adjusted")
    assert (adjusted["monthly"], adjusted["monthly_delta"]) == ("500.00", "-" + less(computed))
    owed = (await marie.get("/v1/overpayments", params={"agent": str(life.agent)})).json()["items"]
    assert [(one["month"], one["amount"]) for one in owed] == [
        (month, less(computed)) for month in ("2026-03", "2026-04", "2026-05", "2026-06")
    ], "an annuity counts as paid once its month is over"
    trace = (await marie.get(f"/v1/decisions/{now['decision']}/trace")).json()
    top = next(one for one in trace["steps"] if one["rule"] == "benefit.override")
    assert (top["result"], top["inputs"]["reason"], top["steps"][0]["result"]) == (
        "500.00",
        "COURT_DECISION",
        computed["monthly"],
    )
    page = (await marie.get(f"/v1/decisions/{now['decision']}/trace", params={"format": "text"})).text
    assert "une personne a décidé ce montant" in page
    assert "_" not in page
    await claims.tell(life.paid("2026-01", "pay.corrected", ri="400.00").last)
    now = await last(marie, "annuities", life)
    assert (now["monthly"], "OVERRIDE_TO_REVIEW" in now["alerts"]) == ("500.00", True)
    assert await work(claims) == ["override-to-review"]
    assert (await said(paul, award, "proposal", amount=None)).status_code == 200
    assert (await said(marie, award, "approval")).status_code == 200
    now = await last(marie, "annuities", life)
    assert (now["alerts"], await work(claims)) == ([], [])
    assert Money.parse(now["monthly"]) > Money.parse(computed["monthly"])
    await claims.decided()


async def test_the_other_readings_of_a_decision_are_worked_out(claims: Claims, service: Service) -> None:
    life = insured().invalid("2026-03-01", cnracl_rate="0.4000")
    await claims.tell(life.facts)
    async with service.caller(READ) as staff:
        decided = await last(staff, "annuities", life)
        path = f"/v1/decisions/{decided['decision']}/alternatives"
        (found,) = (await staff.get(path)).json()["alternatives"]
        assert [found[name] for name in ("code", "chosen", "other", "stated", "refused")] == [
            "S6", "PRORATED_ANNUITY", "PRORATED_TARGET", False, None,
        ]  # fmt: skip
        (figure,) = found["figures"]
        assert (figure["now"]["amount"], figure["otherwise"]["amount"]) == (decided["monthly"], "577.54")
        assert "S10" in (await staff.get(path)).json()["without_effect"]
    async with service.caller(READ, employers=[CENTRE]) as other:
        assert (await other.get(path)).status_code == 404


async def test_a_capital_goes_the_same_way(claims: Claims, marie: httpx.AsyncClient, paul: httpx.AsyncClient) -> None:
    life = insured().elected("DEATH").told("agent.deceased", kind="DEATH", date="2026-02-10")
    await claims.tell(life.facts)
    computed = await last(marie, "capitals", life)
    for reason in ("PART_REFUSED", "TERMS_READ_OTHERWISE"):
        above = await said(marie, computed["id"], "proposal", amount="99999.99", reason=reason)
        assert (above.status_code, above.json()["code"]) == (422, "above_terms")
    assert [one["pointer"] for one in above.json()["errors"]] == ["/amount"]
    assert (await said(marie, computed["id"], "proposal", amount="0.00", reason="PART_REFUSED")).status_code == 200
    assert (await said(paul, computed["id"], "approval")).status_code == 200
    now = await last(marie, "capitals", life)
    assert (now["amount"], now["amount_delta"], now["alerts"]) == ("0.00", f"-{computed['amount']}", ["OVERRIDDEN"])
    trace = (await marie.get(f"/v1/decisions/{now['decision']}/trace")).json()
    assert [one["rule"] for one in trace["steps"]] == ["statutory-pay", "benefit.override"]
    (owed,) = (await marie.get("/v1/overpayments", params={"agent": str(life.agent)})).json()["items"]
    assert (owed["kind"], owed["amount"]) == ("CAPITAL", computed["amount"])
    await claims.tell(life.paid("2026-01", "pay.corrected", ri="400.00").last)
    now = await last(marie, "capitals", life)
    assert (now["amount"], now["alerts"]) == ("0.00", ["OVERRIDDEN", "OVERRIDE_TO_REVIEW"])
    await claims.decided()


async def test_a_court_may_give_more_after_a_death_than_was_worked_out(
    claims: Claims, marie: httpx.AsyncClient, paul: httpx.AsyncClient
) -> None:
    """The base was higher than the facts say: that is on the decision, and a second person approves it as ever."""
    life = insured().elected("DEATH").told("agent.deceased", kind="DEATH", date="2026-02-10")
    await claims.tell(life.facts)
    computed = await last(marie, "capitals", life)
    award, more = computed["id"], str(Money.parse(computed["amount"]) + Money(1))
    assert (await said(marie, award, "proposal", amount=more)).status_code == 200
    assert (await said(marie, award, "approval")).json()["code"] == "four_eyes_required"
    assert await last(marie, "capitals", life) == computed, "nothing changes before"
    assert (await said(paul, award, "approval")).status_code == 200
    now = await last(marie, "capitals", life)
    assert (now["amount"], now["alerts"]) == (more, ["OVERRIDDEN", "OVERRIDE_ABOVE_TERMS"])
    page = (await marie.get(f"/v1/decisions/{now['decision']}/trace", params={"format": "text"})).text
    assert "dépasse ce que l'accord donne" in page
    for reason in ("INSURER_DECISION", "FACTS_NOT_RECORDED"):
        assert (await said(marie, award, "proposal", amount=more, reason=reason)).status_code == 200
    await claims.decided()


async def test_a_refused_annuity_carries_no_capital_for_a_loss_of_pension(
    claims: Claims, marie: httpx.AsyncClient, paul: httpx.AsyncClient
) -> None:
    life = invalid()
    await claims.tell(life.facts)
    annuity, capital = await last(marie, "annuities", life), await last(marie, "capitals", life)
    assert capital["amount"] == "20000.00"
    assert (await said(marie, capital["id"], "proposal", amount="20000.01")).json()["code"] == "above_terms"
    for amount, due in (("0.00", "0.00"), (None, "20000.00")):
        assert (await said(marie, annuity["id"], "proposal", amount=amount)).status_code == 200
        assert (await said(paul, annuity["id"], "approval")).status_code == 200
        assert (await last(marie, "capitals", life))["amount"] == due
    await claims.decided()


async def test_what_cannot_be_decided_so_is_refused(
    claims: Claims, marie: httpx.AsyncClient, paul: httpx.AsyncClient, service: Service
) -> None:
    life = invalid()
    await claims.tell(life.facts)
    award = await last(marie, "annuities", life)
    for more, code, pointer in (
        ({"amount": str(Money.parse(award["full"]) + Money(1))}, "above_terms", "/amount"),
        ({"amount": "-1.00"}, "validation", "/amount"),
        ({"reason": "WHIM"}, "validation", "/reason"),
        ({"note": "pour 2 95 10 99 126 111 93"}, "validation", "/note"),
    ):
        refused = await said(marie, award["id"], "proposal", **more)
        assert (refused.status_code, refused.json()["code"]) == (422, code), refused.text
        assert [one["pointer"] for one in refused.json()["errors"]] == [pointer]
    nothing = await said(paul, award["id"], "approval")
    assert (nothing.status_code, nothing.json()["code"]) == (409, "step_not_allowed")
    path = f"/v1/awards/{award['id']}/overrides"
    assert (await marie.put(f"{path}/proposal", json=SAID)).status_code == 428
    assert (await marie.put(f"{path}/proposal", json=SAID, headers={"If-Match": '"7"'})).status_code == 412
    assert (await said(marie, award["id"], "proposal")).status_code == 200
    await claims.tell(life.paid("2026-01", "pay.corrected", ri="400.00").last)
    outdated = await said(paul, award["id"], "approval")
    assert (outdated.status_code, outdated.json()["code"]) == (409, "proposal_outdated")
    await claims.tell(life.invalid("2026-03-01", "withdrawn", cnracl_rate="0.6000").last)
    gone = await said(marie, award["id"], "proposal")
    assert (gone.status_code, gone.json()["code"]) == (409, "nothing_to_propose")
    async with service.caller(READ, WRITE, employers=[CENTRE]) as other:
        assert (await other.get(path)).json()["code"] == "unknown_award"
