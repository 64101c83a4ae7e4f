"""An insurer that is authorised knows who the persons of its lots are; nobody else does."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx

from gateway.application.tokens import Issuer, issue_token
from gateway.domain.clients import Client
from kit.clock import SystemClock
from kit.http.auth import SCOPES
from relais.clients import demo_employers
from relais.demo.play import play
from relais.demo.report import Report
from tests.platform import TestPlatform


async def test_an_insurer_reads_who_is_covered_in_its_lots_and_leaves_a_trace(platform: TestPlatform) -> None:
    await asyncio.to_thread(play, platform.gateway, platform.clients, Report(lambda _: None))
    state = platform.apps["gateway"].state
    key, issuer = await state.signer.key(), Issuer(state.settings.issuer, state.settings.audience, SystemClock())

    async def asked(http: httpx.AsyncClient, client: Client, path: str = "/v1/insured", **query: Any) -> httpx.Response:
        headers = {"authorization": f"Bearer {issue_token(client, key, issuer)}", "x-purpose": "instruction"}
        return await http.get(path, params=query, headers=headers)

    naming = frozenset({"insured:read"})
    mine, theirs = (
        Client("insurer-a", "A", naming, insurer="demo-a"),
        Client("insurer-b", "B", naming, insurer="demo-b"),
    )
    unnamed = Client("insurer-c", "C", frozenset({"events:read"}), insurer="demo-a")
    staff = Client("staff", "S", frozenset(SCOPES), None)
    async with httpx.AsyncClient(base_url=platform.gateway, timeout=30, trust_env=False) as http:
        found = (await asked(http, mine, limit=200)).json()["items"]
        assert found
        assert {one["employer"] for one in found} <= demo_employers()
        assert found[0].keys() >= {"agent", "last_name", "first_name", "birth_date", "start"}
        assert not {"nir", "matricule"} & found[0].keys()
        person = found[0]
        again = (await asked(http, mine, agent=person["agent"])).json()["items"]
        assert [one["last_name"] for one in again] == [person["last_name"]]
        assert (await asked(http, theirs, agent=person["agent"])).json() == {"items": [], "next": None}
        assert (await asked(http, unnamed)).status_code == 403
        before = (await asked(http, mine, on="2024-12-31")).json()
        assert before["items"] == [], "before the contract began nobody was covered by it"
        assert (await asked(http, mine, employer="35600000049837")).json()["items"] == []
        read = (await asked(http, staff, "/v1/audit", agent=person["agent"], order="newest")).json()["items"]
    mine_read = [one for one in read if one["client"] == "insurer-a"]
    assert {one["path"] for one in mine_read} >= {"/v1/affiliations", "/v1/insured"}
    assert {one["purpose"] for one in mine_read} == {"instruction"}
