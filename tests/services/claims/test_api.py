"""Claims over HTTP: what is read, who may read it, what is refused."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from kit.ids import new_id
from tests.services.claims.lives import CENTRE, CITY, Claims, Life, insured
from tests.services.client import Service

READ, WRITE = "claims:read", "claims:write"
DUE = "997.11"


async def decided(claims: Claims) -> Life:
    life = insured().sick("2026-02-01", "2026-02-28").sick("2026-03-01", "2026-06-30")
    await claims.tell(life.invalid("2028-01-01", cnracl_rate="0.4000").facts)
    return life


async def items(client: httpx.AsyncClient, path: str, **query: Any) -> list[dict[str, Any]]:
    response = await client.get(path, params=query)
    assert response.status_code == 200, response.text
    return list(response.json()["items"])


async def test_the_main_job_is_read_from_entitlement_to_trace(claims: Claims, service: Service) -> None:
    life = await decided(claims)
    async with service.caller(READ, employers=[CITY]) as hris:
        answer = await hris.get(
            "/v1/entitlements", params={"agent": str(life.agent), "from": "2026-02-01", "to": "2026-06-30"}
        )
        found = answer.json()
        assert [(p["start"], p["end"], p["leg"], p["rate"], p["days"]) for p in found["periods"]] == [
            ("2026-02-01", "2026-02-01", "WAITING", "0.00", 1),
            ("2026-02-02", "2026-05-01", "FULL", "0.90", 89),
            ("2026-05-02", "2026-06-30", "HALF", "0.50", 60),
        ]
        assert found["half_pay"] == [{"leave": str(life.ids["leave"]), "on": "2026-05-02"}]
        assert (found["employer"], found["held"]) == (CITY, None)
        assert found["trace"]["steps"]
        (claim,) = await items(hris, "/v1/claims", agent=life.agent)
        assert (claim["opened_from"], claim["status"], claim["leave"]) == (
            "2026-05-02",
            "decided",
            str(life.ids["leave"]),
        )
        detail = (await hris.get(f"/v1/claims/{claim['id']}")).json()
        assert detail["reference"] | {"month": "2026-01", "target": "1846.93", "version": 1} == detail["reference"]
        assert detail["reference"]["pay"]["tib"] == "2067.57"
        may, june = await items(hris, "/v1/benefits", claim=claim["id"])
        assert (june["month"], june["benefit"], june["benefit_delta"], june["version"]) == ("2026-06", DUE, DUE, 1)
        decision = (await hris.get(f"/v1/decisions/{june['decision']}")).json()
        assert decision["result"]["months"][0]["benefit"] == DUE
        assert {rule["id"] for rule in decision["rules"]} >= {"cnracl.employee.tib", "leave.cmo.full_days"}
        assert decision["inputs"]["agent"]["birth_date"] is None
        trace = (await hris.get(f"/v1/decisions/{may['decision']}/trace")).json()
        assert (trace["rule"], trace["result"]["benefit"]) == ("benefits", {"2026-05": DUE})
        (annuity,) = await items(hris, "/v1/annuities", agent=life.agent)
        assert (annuity["start"], annuity["monthly"], annuity["full"]) == ("2028-01-01", "757.54", "946.93")
        assert (annuity["claim"], annuity["alerts"]) == (claim["id"], ["LEGAL_FLOOR_SHORTFALL"])


async def test_a_decision_explains_itself_in_french(claims: Claims, service: Service) -> None:
    life = await decided(claims)
    async with service.caller(READ) as staff:
        (claim,) = await items(staff, "/v1/claims", agent=life.agent)
        june = (await items(staff, "/v1/benefits", claim=claim["id"]))[1]
        response = await staff.get(f"/v1/decisions/{june['decision']}/trace", params={"format": "text"})
        assert response.headers["content-type"] == "text/plain; charset=utf-8"
        page = response.text
        assert page.startswith("Décision enregistrée le 01/07/2026\n")
        for said in (
            "Prestation du mois : 997,11",
            "Revenu net garanti : 1 846,93",
            "demi-traitement",
            "Trente jours de mai, ou les vingt-huit de février, font donc le mois entier",
            "[CGFP L. 822-2 et L. 822-3, trois mois",
            "hypothèse : aucun maintien connu",
            "Retenue CNRACL sur le traitement indiciaire",
            "Transfert primes/points, retenue mensuelle : 13,92",
        ):
            assert said in page, page
        assert "HALF" not in page
        assert "2026-05-02" not in page
        assert "minimum du décret" not in page
        (annuity,) = await items(staff, "/v1/annuities", agent=life.agent)
        page = (await staff.get(f"/v1/decisions/{annuity['decision']}/trace", params={"format": "text"})).text
        assert "le montant est inférieur au minimum du décret 2022-581" in page


async def test_history_shows_every_version_page_by_page(claims: Claims, service: Service) -> None:
    life = await decided(claims)
    await claims.tell(life.paid("2026-01", "pay.corrected", ri="400.00").last)
    async with service.caller(READ) as staff:
        (claim,) = await items(staff, "/v1/claims")
        seen = []
        query: dict[str, Any] | None = {"claim": claim["id"], "history": "true", "limit": 1}
        while query:
            body = (await staff.get("/v1/benefits", params=query)).json()
            seen += [(item["month"], item["version"], item["benefit_delta"]) for item in body["items"]]
            query = {**query, "cursor": body["next"]} if body["next"] else None
        assert seen == [("2026-05", 1, DUE), ("2026-05", 2, "81.20"), ("2026-06", 1, DUE), ("2026-06", 2, "81.20")]
        latest = await items(staff, "/v1/benefits", claim=claim["id"], limit=1)
        assert [(item["month"], item["version"]) for item in latest] == [("2026-05", 2)]
        page = (await staff.get("/v1/benefits", params={"claim": claim["id"], "limit": 1})).json()
        rest = await items(staff, "/v1/benefits", claim=claim["id"], cursor=page["next"])
        assert [(item["month"], item["version"]) for item in rest] == [("2026-06", 2)]


async def test_claims_and_annuities_come_in_pages(claims: Claims, service: Service) -> None:
    lives = [insured().sick("2026-02-01", "2026-06-30") for _ in range(3)]
    for life in lives:
        await claims.tell(life.facts)
    async with service.caller(READ) as staff:
        first = (await staff.get("/v1/claims", params={"limit": 2})).json()
        second = (await staff.get("/v1/claims", params={"limit": 2, "cursor": first["next"]})).json()
        agents = [claim["agent"] for claim in (*first["items"], *second["items"])]
        assert sorted(agents) == sorted(str(life.agent) for life in lives)
        one = await items(staff, "/v1/annuities", agent=lives[0].agent, cursor=first["next"])
        assert one == []


async def test_another_employer_sees_nothing(claims: Claims, service: Service) -> None:
    life = await decided(claims)
    async with service.caller(READ) as staff, service.caller(READ, employers=[CENTRE]) as other:
        (claim,) = await items(staff, "/v1/claims", agent=life.agent)
        (benefit, _) = await items(staff, "/v1/benefits", claim=claim["id"])
        assert await items(other, "/v1/claims", agent=life.agent) == []
        assert await items(other, "/v1/annuities", agent=life.agent) == []
        assert (await other.get("/v1/entitlements", params={"agent": str(life.agent)})).json()["periods"] == []
        for path, query in (
            (f"/v1/claims/{claim['id']}", {}),
            ("/v1/benefits", {"claim": claim["id"]}),
            (f"/v1/decisions/{benefit['decision']}", {}),
            (f"/v1/decisions/{benefit['decision']}/trace", {}),
        ):
            assert (await other.get(path, params=query)).status_code == 404, path


@pytest.mark.parametrize(
    ("path", "query", "status", "code"),
    [
        ("/v1/claims", {"agent": "me"}, 422, "validation"),
        ("/v1/claims", {"cursor": "WzFd"}, 422, "cursor"),
        ("/v1/claims/018f0000-0000-7000-8000-000000000000", {}, 404, "unknown_claim"),
        ("/v1/benefits", {}, 422, "validation"),
        ("/v1/benefits", {"claim": "018f0000-0000-7000-8000-000000000000"}, 404, "unknown_claim"),
        ("/v1/annuities", {}, 422, "validation"),
        ("/v1/entitlements", {}, 422, "validation"),
        ("/v1/decisions/018f0000-0000-7000-8000-000000000000", {}, 404, "unknown_decision"),
        ("/v1/decisions/018f0000-0000-7000-8000-000000000000/trace", {"format": "pdf"}, 422, "validation"),
    ],
)
async def test_a_bad_question_has_its_clear_answer(
    service: Service, path: str, query: dict[str, str], status: int, code: str
) -> None:
    async with service.caller(READ) as staff:
        response = await staff.get(path, params=query)
        assert (response.status_code, response.json()["code"]) == (status, code)
        assert response.headers["content-type"] == "application/problem+json"


async def test_entitlements_of_bad_dates_are_refused(claims: Claims, service: Service) -> None:
    life = await decided(claims)
    async with service.caller(READ) as staff:
        query = {"agent": str(life.agent), "from": "2026-06-30", "to": "2026-06-01"}
        assert (await staff.get("/v1/entitlements", params=query)).json()["code"] == "reversed_interval"
        assert (await staff.get("/v1/entitlements", params={**query, "to": "tomorrow"})).status_code == 422


async def test_a_cursor_of_another_list_is_refused(claims: Claims, service: Service) -> None:
    await decided(claims)
    async with service.caller(READ) as staff:
        (claim,) = await items(staff, "/v1/claims")
        response = await staff.get("/v1/benefits", params={"claim": claim["id"], "cursor": "WyJhIl0"})
        assert (response.status_code, response.json()["code"]) == (422, "cursor")


async def test_nothing_is_known_of_an_agent_without_leave(service: Service) -> None:
    async with service.caller(READ) as staff:
        body = (await staff.get("/v1/entitlements", params={"agent": str(new_id())})).json()
        assert (body["periods"], body["employer"], body["half_pay"]) == ([], None, [])


async def test_an_agent_of_two_employers_is_read_one_by_one(claims: Claims, service: Service) -> None:
    here = insured().sick("2026-02-01", "2026-02-10")
    there = Life(agent=here.agent, employer=CENTRE).hired().affiliated().sick("2026-03-01", "2026-03-05")
    await claims.tell([*here.facts, *there.facts])
    async with service.caller(READ) as staff, service.caller(READ, employers=[CENTRE]) as hris:
        query = {"agent": str(here.agent)}
        refused = await staff.get("/v1/entitlements", params=query)
        assert (refused.status_code, refused.json()["code"]) == (422, "employer_required")
        chosen = (await staff.get("/v1/entitlements", params={**query, "employer": CITY})).json()
        own = (await hris.get("/v1/entitlements", params=query)).json()
        assert [period["start"] for period in chosen["periods"]] == ["2026-02-01", "2026-02-02"]
        assert [period["start"] for period in own["periods"]] == ["2026-03-01", "2026-03-02"]


async def test_a_second_late_note_and_a_tpt_of_some_hours_lower_what_is_paid(claims: Claims, service: Service) -> None:
    life = Life().hired(kind="CONTRACTUEL_PUBLIC", regime="CONTRACTUEL_PUBLIC").affiliated()
    tpt = life.sick("2026-05-01", "2026-05-31", "tpt", "TPT", quotity="0.6000")
    ill = insured().sick("2025-10-01", "2025-10-10", "first", sent_on="2025-10-08")
    ill.sick("2026-02-02", "2026-02-10", "second", sent_on="2026-02-06")
    await claims.tell([*tpt.facts, *ill.facts])
    async with service.caller(READ) as staff:
        (worked,) = (await staff.get("/v1/entitlements", params={"agent": str(tpt.agent)})).json()["periods"]
        assert (worked["leg"], worked["rate"]) == ("FULL", "0.60")
        periods = (await staff.get("/v1/entitlements", params={"agent": str(ill.agent)})).json()["periods"]
        assert [(one["start"], one["rate"], one.get("paid_rate")) for one in periods][-3:] == [
            ("2026-02-02", "0.00", "0.0000"),
            ("2026-02-03", "0.90", "0.4500"),
            ("2026-02-06", "0.90", None),
        ]


async def test_a_held_case_says_so(claims: Claims, service: Service) -> None:
    life = await decided(claims)
    await claims.tell(life.sick("2026-06-30", "2026-07-02", "other").last)
    async with service.caller(READ) as staff:
        response = await staff.get("/v1/entitlements", params={"agent": str(life.agent)})
        assert response.status_code == 200, "the question is well put: it is the facts that contradict each other"
        assert (response.json()["held"], response.json()["periods"]) == ("overlapping_leaves", [])


# --- simulations


async def test_a_simulation_needs_its_scope(service: Service) -> None:
    async with service.caller(READ) as caller:
        for name in ("net-pay", "statutory-pay", "benefits"):
            assert (await caller.post(f"/v1/simulations/{name}", json={})).status_code == 403


async def test_the_demo_net_pay_through_the_service(service: Service) -> None:
    body = {
        "month": "2026-01",
        "regime": "CNRACL",
        "category": "C",
        "pay": {"tib": "2067.57", "nbi": "73.84", "ri": "300"},
    }
    async with service.caller("simulations:run") as caller:
        answer = (await caller.post("/v1/simulations/net-pay", json=body)).json()
        assert (answer["net"], answer["net_tib_nbi"], answer["net_ri"]) == ("1944.14", "1699.63", "244.51")
        assert answer["lines"][0] == {"code": "TPP", "base": None, "rate": None, "amount": "-13.92"}
        law = {"id": "cnracl.employee.tib", "value": "0.1110", "from": "2020-01-01", "reference": "OF cnracl_s_ti"}
        assert law in answer["parameters"]
        assert set(answer["trace"]) == {"rule", "reference", "inputs", "result", "steps"}


async def test_a_case_is_decided_the_same_simulated_or_real(claims: Claims, service: Service) -> None:
    """The same facts both ways: the real months must be those of the simulation."""
    life = await decided(claims)
    body = {
        "agreement": "la-roche-sur-yon-2025",
        "agent": {"regime": "CNRACL", "category": "C", "birth_date": "1975-03-01", "service_start": "2005-09-01"},
        "reference_pay": {"month": "2026-01", "tib": "2067.57", "nbi": "73.84", "ri": "300.00"},
        "leaves": [
            {"kind": "CMO", "start": "2026-02-01", "end": "2026-02-28"},
            {"kind": "CMO", "start": "2026-03-01", "end": "2026-06-30"},
        ],
        "invalidity": {"from": "2028-01-01", "cnracl_rate": "0.4000", "pension_net": "900.00"},
        "from": "2026-05-01",
        "to": "2026-06-30",
    }
    async with service.caller("simulations:run") as caller:
        simulated = (await caller.post("/v1/simulations/benefits", json=body)).json()
    async with service.caller(READ) as staff:
        (claim,) = await items(staff, "/v1/claims", agent=life.agent)
        real = await items(staff, "/v1/benefits", claim=claim["id"])
        (annuity,) = await items(staff, "/v1/annuities", agent=life.agent)
    assert [{name: month[name] for name in simulated["months"][0]} for month in real] == simulated["months"]
    same = ("full", "monthly", "formula", "decree_floor", "alerts")
    assert {name: annuity[name] for name in same} == {name: simulated["annuity"][name] for name in same}


INSURED = {"regime": "CNRACL", "birth_date": "1975-03-01", "service_start": "2005-09-01"}
REFERENCE = {"month": "2026-01", "tib": "2067.57", "ri": "300.00"}
WHOLE = {"agreement": "la-roche-sur-yon-2025", "from": "2026-02-01", "to": "2026-10-31"}
LONG = [{"kind": "CMO", "start": "2026-02-01", "end": "2026-10-31"}]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({}, "/agent/category"),
        ({"reference_pay": REFERENCE | {"tpp": "300.01"}, "agent": INSURED | {"category": "C"}}, "/reference_pay/tpp"),
        ({"agent": INSURED | {"regime": "PRIVATE_LAW"}, "leaves": []}, "/agent/regime"),
        ({"agent": {"regime": "CONTRACTUEL_PUBLIC"}}, "/agent/service_start"),
        ({"agent": INSURED | {"category": "C"}, "to": "2026-10-30"}, "/from"),
        ({"agent": INSURED | {"category": "C"}, "leaves": [LONG[0] | {"kind": "AT_MP"}]}, "/leaves/0/kind"),
    ],
)
async def test_a_refused_case_points_at_a_field_of_its_own(
    claims: Claims, service: Service, change: dict[str, object], pointer: str
) -> None:
    await decided(claims)
    body = WHOLE | {"agent": INSURED, "reference_pay": REFERENCE, "leaves": LONG} | change
    async with service.caller("simulations:run") as caller:
        answer = await caller.post("/v1/simulations/benefits", json=body)
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
