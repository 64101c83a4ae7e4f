"""Ready or not, and the documents of the whole platform."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

import pytest

from gateway.api.page import page
from gateway.application.openapi import merged
from gateway.application.readiness import check_demo
from gateway.local import set_demo_loaded
from gateway.main import create_app
from kit.db.migrate import check
from kit.settings import Settings
from tests.gateway.conftest import Door
from tests.postgres import DatabaseFactory


async def test_tables_and_migrations_agree(database: DatabaseFactory) -> None:
    assert await check((await database("gateway")).urls["migrator"], "gateway") == []


async def test_ready_only_when_every_service_is(door: Door) -> None:
    assert (await door.http.get("/health/ready")).status_code == 200
    door.upstream.ready = False
    answer = await door.http.get("/health/ready")
    assert (answer.status_code, answer.json()["code"]) == (503, "not_ready")
    assert "eligibility" in answer.json()["detail"]


async def test_ready_only_once_the_demo_data_is_loaded(door: Door) -> None:
    checks = door.gateway.state.readiness
    checks.append(partial(check_demo, door.gateway.state.db))
    try:
        assert (await door.http.get("/health/ready")).status_code == 503
        await set_demo_loaded(door.settings)
        assert (await door.http.get("/health/ready")).status_code == 200
    finally:
        checks.pop()


async def test_one_document_and_a_page_of_it(door: Door) -> None:
    document = (await door.http.get("/openapi.json")).json()
    assert document["openapi"] == "3.1.0"
    assert {"/oauth/token", "/v1/agents", "/v1/events"} <= document["paths"].keys()
    assert document["paths"]["/v1/agents"]["get"]["operationId"] == "eligibility_index"
    assert document["paths"]["/v1/events"]["get"]["security"] == [{"oauth2": ["events:read"]}]
    home = await door.http.get("/", follow_redirects=False)
    assert (home.is_redirect, home.headers["location"]) == (True, "/docs")
    browser = await door.http.get("/", headers={"accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert (browser.is_redirect, browser.headers["location"]) == (True, "/app")
    answer = await door.http.get("/docs")
    assert answer.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "<script" not in answer.text
    assert "/v1/agents" in answer.text


def test_a_gateway_without_services_or_keys_does_not_start(door: Door) -> None:
    values = door.settings.model_dump()
    with pytest.raises(ValueError, match="claims"):
        create_app(Settings(**values | {"producers": {"agreements": "http://127.0.0.1:1"}}))
    with pytest.raises(ValueError, match="KEY_RING"):
        create_app(Settings(**values | {"key_ring": None}))


def test_a_gateway_reads_the_law_where_nobody_gives_it(door: Door) -> None:
    day = date(2026, 1, 1)
    assert create_app(door.settings).state.rules.at("claim.four_eyes.threshold", day).value


def _service(path: str, schema: dict[str, str]) -> dict[str, Any]:
    reference = {"$ref": "#/components/schemas/Item"}
    content = {"content": {"application/json": {"schema": {"items": reference}}}}
    return {
        "paths": {path: {"get": {"operationId": "read", "responses": {"200": content}}}},
        "components": {"schemas": {"Item": schema, "Unused": {"type": "null"}}},
    }


OWN: dict[str, Any] = {"info": {"title": "gateway", "version": "1"}, "paths": {}, "components": {}}


def test_components_that_differ_get_their_service_s_name() -> None:
    one, other = {"type": "object", "title": "A"}, {"type": "object", "title": "B"}
    services = {"claims": _service("/v1/claims", one), "contributions": _service("/v1/pay", other)}
    document = merged(OWN, services)
    assert document["components"]["schemas"] == {"ClaimsItem": one, "ContributionsItem": other}
    answer = document["paths"]["/v1/pay"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert answer["items"] == {"$ref": "#/components/schemas/ContributionsItem"}
    assert document == merged(OWN, dict(reversed(services.items())))


def test_components_that_agree_stay_one_and_unused_ones_go() -> None:
    same = {"type": "object"}
    services = {"claims": _service("/v1/claims", same), "contributions": _service("/v1/pay", dict(same))}
    assert merged(OWN, services)["components"]["schemas"] == {"Item": same}


def test_the_page_escapes_what_it_shows() -> None:
    hostile = "<script>alert(1)</script>"
    document = {
        "paths": {f"/{hostile}": {"get": {"summary": hostile, "tags": [hostile], "responses": {hostile: {}}}}},
        "components": {"schemas": {hostile: {"description": hostile, "properties": {hostile: {"enum": [hostile]}}}}},
    }
    assert hostile not in page(document)
