"""A claim in the hands of people: declared, documented, proposed, approved by another, paid, closed, reopened."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from kit.http.subject import HEADER
from kit.ids import new_id
from tests.services.claims.lives import CENTRE, CITY, Claims, Life, insured
from tests.services.client import Service

READ, WRITE, CAUSE = "claims:read", "claims:write", "claims:cause"
IBAN = "FR7630006000011234567890189"
DOCUMENTS = [
    "DECLARATION_FORM",
    "LEAVE_ORDER",
    "MEDICAL_CERTIFICATE",
    "PAYSLIPS_BEFORE",
    "PAYSLIPS_PERIOD",
    "BANK_DETAILS",
]


@pytest.fixture
async def staff(service: Service) -> AsyncIterator[httpx.AsyncClient]:
    async with service.caller(READ, WRITE, client="marie") as client:
        yield client


def once() -> dict[str, str]:
    return {"Idempotency-Key": str(new_id())}


async def detected(claims: Claims, staff: httpx.AsyncClient, months: int = 2) -> tuple[Life, str]:
    """A claim that Relais found by itself, and its path."""
    end = {2: "2026-06-30", 8: "2026-12-31"}[months]
    life = insured().sick("2026-02-01", "2026-02-28").sick("2026-03-01", end)
    await claims.tell(life.facts)
    (claim,) = (await staff.get("/v1/claims", params={"agent": str(life.agent)})).json()["items"]
    assert claim["stage"] == "DETECTED", "nobody has touched it"
    return life, f"/v1/claims/{claim['id']}"


async def declared(staff: httpx.AsyncClient, path: str, **said: Any) -> dict[str, Any]:
    answer = await staff.put(f"{path}/declaration", json={"on": "2026-06-15", "iban": IBAN, **said})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def documented(staff: httpx.AsyncClient, path: str) -> None:
    for code in DOCUMENTS:
        body = {"document": code, "reference": f"ged-{code}", "received_on": "2026-06-20"}
        assert (await staff.post(f"{path}/documents", json=body)).status_code == 200


async def step(client: httpx.AsyncClient, path: str, name: str, **said: Any) -> httpx.Response:
    etag = (await client.get(f"{path}/file")).headers["etag"]
    return await client.post(f"{path}/steps", json={"step": name, **said}, headers={"If-Match": etag})


async def proposed(claims: Claims, staff: httpx.AsyncClient, months: int = 2, **said: Any) -> tuple[Life, str]:
    life, path = await detected(claims, staff, months)
    await declared(staff, path, **said)
    await documented(staff, path)
    for name in ("REVIEW", "PROPOSE"):
        answer = await step(staff, path, name)
        assert answer.status_code == 200, answer.text
    return life, path


async def test_a_claim_is_found_before_anyone_declares_it(claims: Claims, staff: httpx.AsyncClient) -> None:
    _, path = await detected(claims, staff)
    answer = await staff.get(f"{path}/file")
    file = answer.json()
    assert file["declare_by"] == "2026-10-29", "180 days after the passage to half pay"
    assert (file["stage"], file["steps"], file["due"]) == ("DETECTED", ["DECLARE"], "1994.22")
    assert file["required"] == file["missing"] == DOCUMENTS
    assert (file["history"], file["documents"], answer.headers["etag"]) == ([], [], '"1"')
    assert (file["prescribed_after"], file["prescription_reference"]) == (None, "code dont relève l'assureur : inconnu")


@pytest.mark.parametrize(
    ("kind", "status", "more"),
    [
        ("CLM", {}, ["MEDICAL_BOARD_OPINION"]),
        ("CGM", {"regime": "IRCANTEC_FONCTIONNAIRE"}, ["MEDICAL_BOARD_OPINION", "DAILY_ALLOWANCES"]),
        ("CMO", {"regime": "IRCANTEC_FONCTIONNAIRE"}, ["DAILY_ALLOWANCES"]),
    ],
)
async def test_documents_depend_on_the_leave_and_the_regime(
    claims: Claims, staff: httpx.AsyncClient, kind: str, status: dict[str, str], more: list[str]
) -> None:
    """Rulebook §5.2."""
    life = Life().accord().hired(**status).affiliated()
    for month in ("2024-11", "2024-12", "2026-01"):
        life.paid(month)
    start = "2026-02-01" if kind == "CMO" else "2025-01-01"
    await claims.tell(life.sick(start, "2026-06-30", kind=kind).facts)
    (claim,) = (await staff.get("/v1/claims")).json()["items"]
    assert (await staff.get(f"/v1/claims/{claim['id']}/file")).json()["required"] == [*DOCUMENTS, *more]


async def test_the_whole_way_to_payment_and_closing(claims: Claims, staff: httpx.AsyncClient, service: Service) -> None:
    life, path = await proposed(claims, staff)
    answer = await step(staff, path, "APPROVE")
    assert answer.json()["stage"] == "APPROVED", "1 994.22 is below the threshold: one person is enough"
    (listed,) = (await staff.get("/v1/claims", params={"agent": str(life.agent)})).json()["items"]
    assert (listed["stage"], (await staff.get(path)).json()["stage"]) == ("APPROVED", "APPROVED")
    payment = {"month": "2026-05", "amount": "997.11", "paid_on": "2026-06-30", "payee": "AGENT", "reference": "V1"}
    first = await staff.post(f"{path}/payments", json=payment, headers=once())
    again = await staff.post(f"{path}/payments", json=payment, headers=once())
    assert (first.status_code, again.json()["id"]) == (201, first.json()["id"])
    nothing = await staff.post(f"{path}/payments", json={**payment, "amount": "0.00"}, headers=once())
    assert [(one["pointer"], one["detail"]) for one in nothing.json()["errors"]] == [("/amount", "Supérieur à 0.00.")]
    other = await staff.post(f"{path}/payments", json={**payment, "amount": "1.00"}, headers=once())
    assert (other.status_code, other.json()["code"]) == (409, "payment_known_otherwise")
    decision = {"outcome": "ACCEPTED", "on": "2026-07-01", "reference": "D1"}
    assert (await staff.post(f"{path}/insurer-decisions", json=decision, headers=once())).status_code == 201
    known = (await staff.get(f"{path}/payments")).json()
    assert [one["reference"] for one in (*known["decisions"], *known["payments"])] == ["D1", "V1"]
    closed = await step(staff, path, "CLOSE", reason="BACK_TO_WORK", note="reprise le 1er juillet")
    assert closed.json()["stage"] == "CLOSED"
    assert [one["step"] for one in closed.json()["history"]] == ["DECLARE", "REVIEW", "PROPOSE", "APPROVE", "CLOSE"]
    told = [len(await claims.events(f"claim.{name}")) for name in ("documented", "approved", "closed", "reopened")]
    assert told == [1, 1, 1, 0]
    assert (await claims.events("claim.closed"))[0]["reason"] == "BACK_TO_WORK"
    await claims.tell(life.sick("2026-07-01", "2026-07-31").last)
    assert (await staff.get(f"{path}/file")).json()["stage"] == "UNDER_REVIEW", "new facts reopen what was closed"
    assert len(await claims.events("claim.reopened")) == 1


async def test_above_the_threshold_another_person_approves(
    claims: Claims, staff: httpx.AsyncClient, service: Service
) -> None:
    _, path = await proposed(claims, staff, months=8)
    refused = await step(staff, path, "APPROVE")
    assert (refused.status_code, refused.json()["code"]) == (409, "four_eyes_required")
    async with service.caller(READ, WRITE, client="paul") as colleague:
        assert (await step(colleague, path, "APPROVE")).json()["stage"] == "APPROVED"


async def test_what_is_due_is_what_is_over_and_two_people_sign_for_all_of_it(
    claims: Claims, staff: httpx.AsyncClient
) -> None:
    """On 1 July, of a leave known to the end of December: two months are due, eight are proposed."""
    _, path = await proposed(claims, staff, months=8)
    file = (await staff.get(f"{path}/file")).json()
    assert (file["due"], file["foreseen"]) == ("1994.22", "7976.88")
    assert (await step(staff, path, "APPROVE")).json()["code"] == "four_eyes_required"


async def test_what_changes_after_the_proposal_is_looked_at_again(claims: Claims, staff: httpx.AsyncClient) -> None:
    life, path = await proposed(claims, staff)
    await claims.tell(life.paid("2026-01", "pay.corrected", ri="400.00").last)
    file = (await staff.get(f"{path}/file")).json()
    assert (file["stage"], file["due"]) == ("UNDER_REVIEW", "2156.62")
    assert (
        file["history"][-1] | {"step": "REOPEN", "reason": "NEW_FACTS", "recorded_by": "relais"} == file["history"][-1]
    )
    assert await claims.events("claim.reopened") == [], "it had not been closed"


async def test_what_was_approved_is_approved_again_once_it_changes(claims: Claims, staff: httpx.AsyncClient) -> None:
    """Neither the employer's payroll nor who changes the account decides alone what two people settled."""
    life, path = await proposed(claims, staff)
    assert (await step(staff, path, "APPROVE")).json()["stage"] == "APPROVED"
    await claims.tell(life.sick("2026-07-01", "2026-07-31").last)
    assert (await staff.get(f"{path}/file")).json()["stage"] == "APPROVED", "a month more was meant too"
    await claims.tell(life.paid("2026-01", "pay.corrected", ri="400.00").last)
    file = (await staff.get(f"{path}/file")).json()
    assert (file["stage"], file["history"][-1]["step"]) == ("UNDER_REVIEW", "REOPEN")
    assert len(await claims.events("claim.reopened")) == 1
    assert (await step(staff, path, "PROPOSE")).status_code == 200
    moved = (await staff.put(f"{path}/declaration", json={"on": "2026-06-14"})).json()
    assert (moved["stage"], len(await claims.events("claim.reopened"))) == ("UNDER_REVIEW", 1), "it was not done with"
    await staff.put(f"{path}/declaration", json={"on": "2026-06-15"})
    for name in ("PROPOSE", "APPROVE"):
        assert (await step(staff, path, name)).status_code == 200
    same = await staff.put(f"{path}/declaration", json={"on": "2026-06-15"})
    assert (same.json()["stage"], len(same.json()["history"])) == ("APPROVED", 10)
    other = (await staff.put(f"{path}/declaration", json={"on": "2026-06-15", "payee": "EMPLOYER"})).json()
    assert (other["stage"], other["payee"], other["history"][-1]["step"]) == ("UNDER_REVIEW", "EMPLOYER", "REOPEN")
    again = (await staff.put(f"{path}/declaration", json={"on": "2026-06-16", "payee": "EMPLOYER"})).json()
    assert (again["stage"], again["history"][-1]["step"]) == ("UNDER_REVIEW", "DECLARE"), (
        "said otherwise, and on record"
    )


@pytest.mark.parametrize(
    ("name", "reason", "code"),
    [
        ("PROPOSE", None, "step_not_allowed"),
        ("APPROVE", None, "step_not_allowed"),
        ("CLOSE", "BACK_TO_WORK", "step_not_allowed"),
        ("REFUSE", None, "step_not_allowed"),
        ("REFUSE", "BACK_TO_WORK", "step_not_allowed"),
        ("REVIEW", "APPEAL", "step_not_allowed"),
    ],
)
async def test_a_step_out_of_its_place_is_refused(
    claims: Claims, staff: httpx.AsyncClient, name: str, reason: str | None, code: str
) -> None:
    _, path = await detected(claims, staff)
    await declared(staff, path)
    answer = await step(staff, path, name, reason=reason)
    assert (answer.status_code, answer.json()["code"]) == (409, code)


async def test_a_claim_without_its_documents_is_not_proposed(claims: Claims, staff: httpx.AsyncClient) -> None:
    _, path = await detected(claims, staff)
    await declared(staff, path)
    await step(staff, path, "REVIEW")
    answer = await step(staff, path, "PROPOSE")
    assert (answer.status_code, answer.json()["code"]) == (409, "documents_missing")
    assert "LEAVE_ORDER" in answer.json()["detail"]
    refused = await step(staff, path, "REFUSE", reason="DOCUMENTS_MISSING")
    assert refused.json()["stage"] == "REFUSED"
    assert (await claims.events("claim.refused"))[0]["reason"] == "DOCUMENTS_MISSING"
    assert (await step(staff, path, "REOPEN", reason="APPEAL")).json()["stage"] == "UNDER_REVIEW"


async def test_a_step_names_the_version_it_was_decided_on(claims: Claims, staff: httpx.AsyncClient) -> None:
    _, path = await detected(claims, staff)
    await declared(staff, path)
    assert (await staff.post(f"{path}/steps", json={"step": "REVIEW"})).status_code == 428
    stale = await staff.post(f"{path}/steps", json={"step": "REVIEW"}, headers={"If-Match": '"1"'})
    assert stale.status_code == 412


async def test_the_account_is_sealed_and_shown_masked(claims: Claims, staff: httpx.AsyncClient) -> None:
    _, path = await detected(claims, staff)
    assert (await declared(staff, path))["iban"] == "FR** **** 0189"
    (row,) = await claims.rows("SELECT iban FROM claim_file")
    assert IBAN.encode() not in bytes(row["iban"])
    bad = await staff.put(f"{path}/declaration", json={"on": "2026-06-15", "iban": IBAN[:-1] + "8"})
    assert (bad.status_code, bad.json()["errors"][0]["pointer"]) == (422, "/iban")
    assert IBAN[:-1] not in bad.text
    said = await declared(staff, path, payee="EMPLOYER", iban=None)
    assert (said["payee"], said["iban"], said["stage"]) == ("EMPLOYER", None, "DECLARED"), "the agent's account"


async def test_a_document_that_no_rule_asks_for_is_refused(claims: Claims, staff: httpx.AsyncClient) -> None:
    _, path = await detected(claims, staff)
    body = {"document": "HOROSCOPE", "reference": "x", "received_on": "2026-06-20"}
    answer = await staff.post(f"{path}/documents", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_document")
    assert all(code in answer.json()["detail"] for code in DOCUMENTS), "which ones are known"


async def test_payroll_gets_what_the_employer_advances(claims: Claims, staff: httpx.AsyncClient) -> None:
    life, path = await proposed(claims, staff, payee="EMPLOYER")
    query = {"employer": CITY, "month": "2026-06"}
    assert (await staff.get("/v1/claims/advances", params=query)).text.count("\r\n") == 1, "nothing before approval"
    await step(staff, path, "APPROVE")
    payment = {"month": "2026-05", "amount": "900.00", "paid_on": "2026-06-30", "payee": "EMPLOYER", "reference": "V1"}
    await staff.post(f"{path}/payments", json=payment, headers=once())
    answer = await staff.get("/v1/claims/advances", params=query)
    claim = path.rsplit("/", 1)[1]
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers[HEADER] == str(life.agent), "the audit trail names everybody in it"
    assert answer.text.split("\r\n") == [
        "agent;sinistre;mois;du;verse;a_avancer",
        f"{life.agent};{claim};2026-05;997.11;900.00;97.11",
        f"{life.agent};{claim};2026-06;997.11;0.00;997.11",
        "",
    ]


async def test_another_employer_handles_nothing(claims: Claims, staff: httpx.AsyncClient, service: Service) -> None:
    _, path = await detected(claims, staff)
    async with service.caller(READ, WRITE, employers=[CENTRE]) as other:
        for answer in (
            await other.get(f"{path}/file"),
            await other.put(f"{path}/declaration", json={"on": "2026-06-15"}),
            await other.get(f"{path}/payments"),
        ):
            assert (answer.status_code, answer.json()["code"]) == (404, "unknown_claim")
        query = {"employer": CITY, "month": "2026-06"}
        assert (await other.get("/v1/claims/advances", params=query)).status_code == 403


async def test_a_claim_is_taken_over_from_a_former_insurer(claims: Claims, staff: httpx.AsyncClient) -> None:
    """The leave began before the accord, so nothing covers it, until somebody states that it is taken over."""
    life = Life().accord().hired().affiliated(("2025-01-01", None, "DEFERRED"))
    await claims.tell(life.sick("2024-10-01", "2025-06-30", waiting_days=0).facts)
    assert await claims.claims(life) == []
    body = {
        "employer": CITY,
        "agent": str(life.agent),
        "leave": str(life.ids["leave"]),
        "agreement": life.agreement,
        "from": "2025-03-01",
        "former_insurer": "Ancienne mutuelle",
        "reference_pay": {"month": "2024-09", "tib": "2067.57", "nbi": "73.84", "ri": "300.00"},
    }
    answer = await staff.post("/v1/claims/takeovers", json=body, headers=once())
    assert answer.status_code == 201, answer.text
    assert await claims.claims(life) == [("leave", "2025-03-01", "decided", None)]
    assert next(iter((await claims.benefits(life)).items())) == ("2025-03", "997.11")
    late = {"month": "2024-11", "tib": "1.00", "nbi": "0.00", "ri": "0.00"}
    for more, code, pointer in (
        ({"leave": str(new_id())}, "unknown_leave", "/leave"),
        ({"from": "2024-09-30"}, "day_too_early", "/from"),
        ({"from": "2025-07-01"}, "day_too_late", "/from"),
        ({"reference_pay": late}, "day_too_late", "/reference_pay/month"),
    ):
        refused = await staff.post("/v1/claims/takeovers", json={**body, **more}, headers=once())
        assert (refused.status_code, refused.json()["code"]) == (422, code), refused.text
        assert [one["pointer"] for one in refused.json()["errors"]] == [pointer]


async def test_a_takeover_is_read_back_and_cancelled(
    claims: Claims, staff: httpx.AsyncClient, service: Service
) -> None:
    """What it gave is taken back month by month; every statement stays, and it may be taken over again."""
    life = Life().accord().hired().affiliated(("2025-01-01", None, "DEFERRED"))
    await claims.tell(life.sick("2024-10-01", "2025-06-30", waiting_days=0).facts)
    who = {"employer": CITY, "agent": str(life.agent), "leave": str(life.ids["leave"])}
    pay = {"month": "2024-09", "tib": "2067.57", "nbi": "73.84", "ri": "300.00"}
    said = {"agreement": life.agreement, "from": "2025-03-01", "former_insurer": "Mutuelle"}
    body: dict[str, Any] = {**who, **said, "reference_pay": pay}
    path, end = "/v1/claims/takeovers", "/v1/claims/takeovers/cancellations"
    unsaid = await staff.post(end, json={**who, "reason": "?"}, headers=once())
    assert (unsaid.status_code, unsaid.json()["code"]) == (404, "unknown_takeover")
    shown = (await staff.post(path, json=body, headers=once())).json()
    (listed,) = (await staff.get(path, params={"agent": str(life.agent)})).json()["items"]
    assert listed == shown
    assert (shown["reference_pay"], shown["version"], shown["cancelled"]) == (pay, 1, None)
    assert (await staff.get(path, params={"agent": str(new_id())})).json()["items"] == []
    async with service.caller(READ, WRITE, employers=[CENTRE]) as other:
        assert (await other.get(path)).json()["items"] == []
        assert (await other.post(end, json={**who, "reason": "x"}, headers=once())).status_code == 403
    for _ in range(2):
        gone = await staff.post(end, json={**who, "reason": "L'ancien assureur le garde."}, headers=once())
        assert (gone.status_code, gone.json()["version"]) == (200, 2), gone.text
    assert gone.json()["cancelled"] == "L'ancien assureur le garde."
    assert set((await claims.benefits(life)).values()) == {"0.00"}
    assert [status for *_, status, _ in await claims.claims(life)] == ["closed"]
    deltas = {one["benefit_delta"] for one in await claims.events("benefit.adjusted")}
    assert deltas == {"-997.11"}
    assert (await staff.post(path, json=body, headers=once())).json()["version"] == 3
    assert next(iter((await claims.benefits(life)).items())) == ("2025-03", "997.11")
    assert len(await claims.rows("SELECT version FROM takeover")) == 3


async def test_no_accord_takes_over_a_citis(claims: Claims, staff: httpx.AsyncClient) -> None:
    life = Life().accord().hired().affiliated(("2025-01-01", None, "DEFERRED"))
    await claims.tell(life.sick("2024-10-01", "2025-06-30", kind="CITIS").facts)
    body = {"employer": CITY, "agent": str(life.agent), "leave": str(life.ids["leave"]), "agreement": life.agreement}
    body |= {"from": "2025-03-01", "former_insurer": "Mutuelle"}
    answer = await staff.post("/v1/claims/takeovers", json=body, headers=once())
    assert (answer.status_code, answer.json()["code"]) == (422, "leave_not_taken_over")
    assert answer.json()["errors"][0]["pointer"] == "/leave"
    assert (await staff.get("/v1/claims/takeovers")).json()["items"] == []


async def test_a_cause_is_sealed_and_read_by_one_scope(
    claims: Claims, staff: httpx.AsyncClient, service: Service
) -> None:
    """CLD of one cause share their five years; of two causes, each has its own."""
    life = Life().accord().hired().affiliated().paid("2021-12").paid("2025-12")
    life.sick("2022-01-01", "2024-12-31", "first", "CLD").sick("2026-01-01", "2026-06-30", "second", "CLD")
    await claims.tell(life.facts)
    query = {"agent": str(life.agent), "from": "2026-01-01", "to": "2026-06-30"}
    legs = [p["leg"] for p in (await staff.get("/v1/entitlements", params=query)).json()["periods"]]
    assert legs == ["HALF"], "nothing says that they are two causes"
    who = {"employer": CITY, "agent": str(life.agent)}
    async with service.caller(CAUSE, employers=[CITY]) as doctor:
        for name in ("first", "second"):
            body = {**who, "leave": str(life.ids[name]), "cause_key": f"K-{name}-cause"}
            assert (await doctor.put("/v1/claims/causes", json=body)).status_code == 200
        found = (await doctor.get("/v1/claims/causes", params=who)).json()["causes"]
        assert {one["cause_key"] for one in found} == {"K-first-cause", "K-second-cause"}
    legs = [p["leg"] for p in (await staff.get("/v1/entitlements", params=query)).json()["periods"]]
    assert legs == ["FULL"]
    assert (await staff.get("/v1/claims/causes", params=who)).status_code == 403
    kept = await claims.rows("SELECT sealed, mark FROM leave_cause")
    assert all(b"K-" not in bytes(row["sealed"]) and "K-" not in row["mark"] for row in kept)
    stored = await claims.rows("SELECT inputs::text || trace::text || result::text AS said FROM decision")
    published = await claims.rows("SELECT envelope::text AS said FROM outbox")
    assert not [row for row in (*stored, *published) if "K-first" in row["said"]]
    await claims.decided()


async def test_an_ald_waives_the_waiting_day_and_no_decision_tells_of_it(
    claims: Claims, staff: httpx.AsyncClient, service: Service
) -> None:
    life = Life().accord().hired().affiliated().sick("2025-11-03", "2025-11-14", "first")
    life.sick("2026-02-01", "2026-06-30", "second")
    await claims.tell(life.facts)
    query = {"agent": str(life.agent), "from": "2026-02-01", "to": "2026-02-28"}
    legs = [p["leg"] for p in (await staff.get("/v1/entitlements", params=query)).json()["periods"]]
    assert legs == ["WAITING", "FULL"]
    who = {"employer": CITY, "agent": str(life.agent)}
    async with service.caller(CAUSE, employers=[CITY]) as doctor:
        for name in ("first", "second"):
            body = {**who, "leave": str(life.ids[name]), "cause_key": "K-cause", "ald": True}
            assert (await doctor.put("/v1/claims/causes", json=body)).json()["ald"] is True
        found = (await doctor.get("/v1/claims/causes", params=who)).json()["causes"]
        assert [one["ald"] for one in found] == [True, True]
    legs = [p["leg"] for p in (await staff.get("/v1/entitlements", params=query)).json()["periods"]]
    assert legs == ["FULL"]
    await claims.tell(life.paid("2026-01").last)
    assert not await claims.rows("SELECT 1 FROM decision WHERE inputs::text LIKE '%ald%' OR trace::text LIKE '%ald%'")
    assert await claims.rows("SELECT 1 FROM decision WHERE inputs -> 'leaves' -> 1 ->> 'waiting_days' = '0'")
    await claims.decided()


async def test_an_erased_person_has_no_account_and_no_cause(claims: Claims, service: Service) -> None:
    """What was decided stays, and stays the same; what was sealed is gone, and its key with it."""
    life = insured().sick("2026-02-01", "2026-02-28").sick("2026-03-01", "2026-06-30")
    await claims.tell(life.facts)
    place: dict[str, Any] = {"params": {"agent": str(life.agent)}}
    who = {"employer": CITY, "agent": str(life.agent)}
    scopes = (READ, WRITE, CAUSE)
    async with service.caller(*scopes) as staff, service.caller(*scopes, "persons:read", "persons:write") as officer:
        (claim,) = (await staff.get("/v1/claims", **place)).json()["items"]
        path = f"/v1/claims/{claim['id']}"
        await declared(staff, path)
        cause = {**who, "leave": str(life.ids["leave"]), "cause_key": "K-cause"}
        assert (await staff.put("/v1/claims/causes", json=cause)).status_code == 200
        await claims.tell(life.told("agent.restricted").last)
        assert (await staff.get("/v1/claims/causes", params=who)).json()["code"] == "person_restricted"
        assert (await officer.get("/v1/claims/causes", params=who)).json()["causes"][0]["cause_key"] == "K-cause"
        await claims.tell(life.told("agent.unrestricted").last)
        assert (await staff.get("/v1/claims/causes", params=who)).status_code == 200

        preview = (await officer.get("/v1/claims/erasures", **place)).json()
        assert [hold["what"] for hold in preview["holds"]] == ["claims", "benefits", "prescription"]
        last = preview["holds"][-1]
        assert (last["until"], last["rule"][:13], last["confidence"]) == ("2031-05-02", "prescription.", "V")
        body = {"preview": preview["preview"], "reason": "RGPD art. 17"}
        assert (await officer.post("/v1/claims/erasures", json=body, **place)).json()["code"] == "retention_runs"
        before = await claims.rows("SELECT id, inputs, result FROM decision ORDER BY id")
        async with service.caller("persons:read", "persons:write", "persons:override") as head:
            done = await head.post("/v1/claims/erasures", json={**body, "override": True}, **place)
        assert (done.status_code, done.json()["overridden"]) == (200, True)
        await claims.tell(life.told("agent.erased").last)  # told again by eligibility: nothing changes
        assert (await officer.get("/v1/claims/erasures", **place)).json() == done.json()
        for caller in (staff, officer):
            assert (await caller.get("/v1/claims/causes", params=who)).json()["code"] == "person_erased"
        assert (await staff.put("/v1/claims/causes", json=cause)).json()["code"] == "person_erased"
        again = await staff.put(f"{path}/declaration", json={"on": "2026-06-15", "iban": IBAN})
        assert (again.status_code, again.json()["code"]) == (410, "person_erased")
        file = await staff.get(f"{path}/file")
        assert (file.status_code, file.json()["iban"]) == (200, None)
    assert await claims.rows("SELECT iban, iban_shown FROM claim_file") == [{"iban": None, "iban_shown": None}]
    assert await claims.rows("SELECT sealed, mark FROM leave_cause") == [{"sealed": b"", "mark": "0001"}]
    assert (await claims.rows("SELECT wrapped_key FROM data_subject")) == [{"wrapped_key": None}]
    assert await claims.rows("SELECT id, inputs, result FROM decision ORDER BY id") == before
    await claims.decided()


async def test_accounts_of_claims_that_are_over_go_in_time(
    claims: Claims, staff: httpx.AsyncClient, service: Service
) -> None:
    _, path = await detected(claims, staff)
    await declared(staff, path)
    assert (await step(staff, path, "REVIEW")).status_code == 200
    assert (await step(staff, path, "REFUSE", reason="OUT_OF_TIME")).status_code == 200
    due = []
    for year in (2030, 2032):
        service.clock.at = service.clock.at.replace(year=year)
        async with service.caller("persons:read", "persons:write") as officer:
            due.append((await officer.get("/v1/claims/purges")).json()["items"][0])
    assert [(one["rule"], one["count"]) for one in due] == [
        ("retention.benefit_years", 0),
        ("retention.benefit_years", 1),
    ]
    async with service.caller("persons:read", "persons:write") as officer:
        assert (await officer.post("/v1/claims/purges")).json()["items"][0]["count"] == 1
    assert await claims.rows("SELECT iban FROM claim_file") == [{"iban": None}]


async def test_days_and_amounts_that_make_no_sense_are_refused(claims: Claims, staff: httpx.AsyncClient) -> None:
    """What is noted as done lies between the first day of the leave, though pay halves in May only, and today."""
    _, path = await detected(claims, staff)
    await declared(staff, path, on="2026-02-01")
    document = {"document": "LEAVE_ORDER", "reference": "ged-1"}
    paid = {"month": "2026-06", "amount": "1.00", "paid_on": "2026-06-30", "payee": "AGENT", "reference": "V1"}
    for verb, what, body, pointer in (
        ("PUT", "declaration", {}, "/on"),
        ("POST", "documents", document, "/received_on"),
        ("POST", "insurer-decisions", {"outcome": "ACCEPTED", "reference": "D1"}, "/on"),
        ("POST", "payments", paid, "/paid_on"),
    ):
        for day, code in (
            ("2026-07-02", "day_in_future"),
            ("2026-01-31", "day_too_early"),
            ("0001-01-01", "validation"),
        ):
            said = body | {pointer[1:]: day}
            answer = await staff.request(verb, f"{path}/{what}", json=said, headers=once())
            assert (answer.status_code, answer.json()["code"]) == (422, code), (what, day, answer.text)
            assert [one["pointer"] for one in answer.json()["errors"]] == [pointer]
    for more, code, pointer in (
        ({"month": "2026-08"}, "day_in_future", "/month"),
        ({"month": "2026-01"}, "day_too_early", "/month"),
        ({"amount": "100000.00"}, "validation", "/amount"),
    ):
        answer = await staff.post(f"{path}/payments", json={**paid, **more}, headers=once())
        assert (answer.status_code, answer.json()["code"]) == (422, code)
        assert [one["pointer"] for one in answer.json()["errors"]] == [pointer]
    known = (await staff.get(f"{path}/payments")).json()
    assert (known["decisions"], known["payments"]) == ([], [])


@pytest.mark.parametrize("nir", ["295109912611193", "2 95 10 99 126 111 93", "2951099126111", "2 95 10 99 126 111"])
async def test_a_note_holds_no_nir(claims: Claims, staff: httpx.AsyncClient, nir: str) -> None:
    _, path = await detected(claims, staff)
    await declared(staff, path)
    answer = await step(staff, path, "REFUSE", reason="NOT_COVERED", note=f"assuré {nir}, vu le 3 juin")
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["pointer"], error["code"]) == (422, "/note", "nir_in_text")
    assert "95109912" not in answer.text.replace(" ", ""), "nothing of it is said"
