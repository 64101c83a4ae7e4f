"""A vendor of HRIS software has a fictitious employer to itself, and another one when it starts anew."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from starlette.types import Message

from gateway.sandbox import HEADER, marking
from kit.siret import is_siret
from relais import sandbox
from relais.api import Api
from tests.platform import TestPlatform

VENDOR = "editeur-essai"


async def test_a_vendor_works_on_its_own_fictitious_employer_alone(
    platform: TestPlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sandbox, "AGENTS", 2)
    await asyncio.to_thread(_play, platform)


def _play(platform: TestPlatform) -> None:
    with platform.api("demo-staff") as staff, platform.api("demo-hris") as other:
        tenant = sandbox.open_tenant(staff, VENDOR)
        assert is_siret(tenant.siret)
        assert tenant.siret.startswith("000"), "no SIREN begins so"
        assert staff.get(f"/v1/organisations/{tenant.siret}")["assumption"] is True
        secret = staff.post("/v1/clients", sandbox.registration(VENDOR, tenant))["secret"]
        with Api(platform.gateway, VENDOR, secret) as vendor:
            sandbox.fill(vendor, tenant)
            covered = vendor.until(lambda: _covered(vendor, tenant), "affiliations")
            assert {(one["employer"], one["agreement"]) for one in covered} == {(tenant.siret, tenant.agreement)}
            feed = vendor.until(lambda: vendor.get("/v1/events")["events"], "its own feed")
            assert {event["employer"] for event in feed} == {tenant.siret}
        assert other.get("/v1/agents", employer=tenant.siret)["items"] == []
        assert sandbox.open_tenant(staff, VENDOR).siret != tenant.siret, "who starts anew gets another"


def _covered(vendor: Api, tenant: sandbox.Tenant) -> list[dict[str, Any]] | None:
    found: list[dict[str, Any]] = vendor.get("/v1/affiliations", employer=tenant.siret, on="2026-01-31")["items"]
    return found or None


async def test_every_answer_of_a_sandbox_says_so() -> None:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    marked = marking(send)
    await marked({"type": "http.response.start", "status": 200, "headers": [(b"a", b"b")]})
    await marked({"type": "http.response.body", "body": b""})
    assert sent[0]["headers"] == [(b"a", b"b"), (HEADER.encode(), b"true")]
    assert sent[1] == {"type": "http.response.body", "body": b""}
