"""An insurer answers: what it decides, pays and receives is recorded where it belongs, once, and in its lots only."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx

from gateway.application.tokens import Issuer, issue_token
from gateway.domain.clients import Client
from kit.clock import SystemClock
from kit.http.auth import SCOPES
from kit.ids import new_id
from relais.demo.play import play
from relais.demo.report import Report
from tests.platform import TestPlatform

ANSWERS = frozenset({"partner:write", "events:read"})
MINE = Client("answering-a", "A", ANSWERS, insurer="demo-a")
OTHER = Client("answering-b", "B", ANSWERS, insurer="demo-b")
STAFF = Client("answering-staff", "S", frozenset(SCOPES), None)
PATH = "/v1/partner-messages"
CITY = "99985001900012"


def message(kind: str, **data: Any) -> dict[str, Any]:
    return {"id": str(new_id()), "type": f"fr.psc.partner.{kind}.v1", "data": data}


async def test_what_an_insurer_answers_is_recorded_once_and_in_its_lots_only(platform: TestPlatform) -> None:
    await asyncio.to_thread(play, platform.gateway, platform.clients, Report(lambda _: None))
    state = platform.apps["gateway"].state
    key, issuer = await state.signer.key(), Issuer(state.settings.issuer, state.settings.audience, SystemClock())
    async with httpx.AsyncClient(base_url=platform.gateway, timeout=30, trust_env=False) as http:

        async def ask(who: Client, path: str, body: dict[str, Any] | None = None, **query: Any) -> httpx.Response:
            headers = {"authorization": f"Bearer {issue_token(who, key, issuer)}"}
            method = "GET" if body is None else "POST"
            return await http.request(method, path, json=body, params=query, headers=headers)

        claim = next(
            c["id"] for c in (await ask(STAFF, "/v1/claims", limit=200)).json()["items"] if c["employer"] == CITY
        )
        reference = f"SIN-{new_id()}"
        accepted = message("claim.accepted", claim=claim, on="2026-05-20", reference=reference)
        paid = message(
            "benefit.paid",
            claim=claim,
            month="2026-05",
            amount="100.00",
            paid_on="2026-06-05",
            payee="AGENT",
            reference=reference,
        )
        for body in (accepted, paid, paid):
            answer = await ask(MINE, PATH, body)
            assert (answer.status_code, answer.json().get("outcome")) == (200, "DONE"), answer.text
        held = (await ask(STAFF, f"/v1/claims/{claim}/payments")).json()
        assert [one["outcome"] for one in held["decisions"] if one["reference"] == reference] == ["ACCEPTED"]
        assert [one["amount"] for one in held["payments"] if one["reference"] == reference] == ["100.00"]

        otherwise = message("benefit.paid", **{**paid["data"], "amount": "200.00"})
        refused = await ask(MINE, PATH, otherwise)
        assert (await ask(MINE, PATH, otherwise | {"id": paid["id"]})).status_code == 422, "another message of that id"
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (409, "/data/reference")
        assert (await ask(OTHER, PATH, accepted)).json()["code"] == "not_of_your_lots"
        assert (await ask(STAFF, PATH, accepted)).json()["code"] == "insurers_only"
        assert (await ask(MINE, PATH, message("benefit.decided", claim=claim))).status_code == 422

        premium = {"employer": CITY, "agreement": "la-roche-sur-yon-2025"}
        premium |= {"received_on": "2026-02-15", "amount": "12.34", "reference": reference}
        assert (await ask(MINE, PATH, message("premium.received", **premium))).status_code == 200
        payments = (await ask(STAFF, "/v1/payments", employer=CITY, limit=200)).json()["items"]
        assert [one["amount"] for one in payments if one["reference"] == reference] == ["12.34"]
        assert (await ask(OTHER, PATH, message("premium.received", **premium))).status_code == 404

        cursor = (await ask(MINE, "/v1/events", limit=1)).json()["next"]
        assert (await ask(MINE, PATH, message("event.acknowledged", cursor=cursor))).status_code == 200
        older = message("event.acknowledged", cursor=f"{cursor.partition(':')[0]}:0")
        assert (await ask(MINE, PATH, older)).status_code == 200
        mine = (await ask(MINE, PATH, limit=200)).json()["items"]
        assert [one["outcome"] for one in mine if one["id"] == paid["id"]] == ["DONE"], "what was done stays so"
        assert {one["insurer"] for one in mine} == {"demo-a"}
        assert next(one["cursor"] for one in mine if one["id"] == "acknowledged") == cursor
        theirs = (await ask(OTHER, PATH, limit=200, outcome="REFUSED")).json()["items"]
        assert {(one["insurer"], one["code"]) for one in theirs} == {("demo-b", "not_of_your_lots")}
