"""Accounts of persons: opened, changed and closed by who administers the platform, and all of it on record."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from sqlalchemy import text

from gateway.application.clients import register_client
from gateway.application.sign_in import register_account
from gateway.domain.accounts import FAILURES_BEFORE_LOCK
from gateway.domain.clients import Client
from gateway.domain.roles import ROLES
from kit.clock import SystemClock
from kit.db.database import Scope
from kit.http.auth import SCOPES
from tests.gateway.conftest import EVERYTHING, MINE, OTHER, Door
from tests.gateway.feeding import Producers
from tests.gateway.test_sign_in import Visitor

PASSWORD = "a password of her own"
NEW: dict[str, Any] = {"login": "anne", "name": "Anne Martin", "organisation": "Ville", "role": "EMPLOYER"}
ANNE = {name: value for name, value in NEW.items() if name != "login"} | {"employers": [MINE]}


async def ask(door: Door, method: str, path: str, *, by: str = "staff", etag: int | None = None, **how: Any) -> Any:
    headers = await door.bearer(by) | ({} if etag is None else {"if-match": f'"{etag}"'})
    return await door.http.request(method, path, headers=headers, **how)


async def opened(door: Door, **more: Any) -> str:
    """An account, and the code that chooses its password."""
    answer = await ask(door, "POST", "/v1/users", json=NEW | {"employers": [MINE]} | more)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["code"])


async def choose(http: httpx.AsyncClient, code: str, password: str = PASSWORD) -> int:
    answer = await Visitor(http).send(f"/app/invitation?code={code}", password=password, again=password, code=code)
    return answer.status_code


async def test_a_person_is_invited_chooses_a_password_and_signs_in(door: Door) -> None:
    code = await opened(door)
    async with httpx.AsyncClient(base_url=door.http.base_url, timeout=20) as http:
        visitor = Visitor(http)
        assert (await visitor.sign_in(PASSWORD)).status_code == 401
        assert await choose(http, code, "short") == 422
        assert await choose(http, "x" * 43) == 422
        assert await choose(http, code) == 303
        assert await choose(http, code) == 422  # it serves once
        assert (await visitor.sign_in(PASSWORD)).status_code == 303
        assert await visitor.is_in()
        sessions = (await ask(door, "GET", "/v1/sessions", params={"login": "anne"})).json()["items"]
        assert len(sessions) == 1
        assert (await ask(door, "DELETE", f"/v1/sessions/{sessions[0]['id']}")).status_code == 204
        assert not await visitor.is_in()
    read = await ask(door, "GET", "/v1/users/anne")
    assert code not in read.text
    assert read.json()["has_password"]
    assert read.json()["scopes"] == sorted(ROLES["EMPLOYER"])


async def test_a_change_is_of_the_version_read_and_closing_ends_the_sessions(door: Door) -> None:
    code = await opened(door)
    async with httpx.AsyncClient(base_url=door.http.base_url, timeout=20) as http:
        visitor = Visitor(http)
        await choose(http, code)
        await visitor.sign_in(PASSWORD)
        body = ANNE | {"employers": [MINE, OTHER]}
        assert (await ask(door, "PUT", "/v1/users/anne", json=body)).status_code == 428
        changed = await ask(door, "PUT", "/v1/users/anne", json=body, etag=1)
        assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')
        assert changed.json()["employers"] == sorted([MINE, OTHER])
        assert (await ask(door, "PUT", "/v1/users/anne", json=body, etag=1)).status_code == 412
        assert await visitor.is_in()
        await ask(door, "PUT", "/v1/users/anne", json=ANNE | {"active": False}, etag=2)
        assert not await visitor.is_in()
        assert (await visitor.sign_in(PASSWORD)).status_code == 401
        await ask(door, "PUT", "/v1/users/anne", json=ANNE, etag=3)
        assert (await visitor.sign_in(PASSWORD)).status_code == 303


async def test_a_locked_account_is_unlocked_and_a_password_taken_away(door: Door) -> None:
    code = await opened(door)
    async with httpx.AsyncClient(base_url=door.http.base_url, timeout=20) as http:
        visitor = Visitor(http)
        await choose(http, code)
        for _ in range(FAILURES_BEFORE_LOCK):
            await visitor.sign_in("another password")
        assert (await ask(door, "GET", "/v1/users/anne")).json()["locked_until"]
        assert (await ask(door, "DELETE", "/v1/users/anne/lock", etag=1)).status_code == 204
        assert (await visitor.sign_in(PASSWORD)).status_code == 303
        again = await ask(door, "POST", "/v1/users/anne/invitations", etag=2)
        assert (again.status_code, again.headers["cache-control"]) == (201, "no-store")
        assert not await visitor.is_in()
        assert (await visitor.sign_in(PASSWORD)).status_code == 401
        assert (await ask(door, "DELETE", "/v1/users/anne/second-factor", etag=3)).status_code == 204
        assert await choose(http, again.json()["code"], "another of her own") == 303


@pytest.mark.parametrize(
    ("more", "pointer"),
    [
        ({"role": "KING"}, "/role"),
        ({"role": None}, "/scopes"),
        ({"role": None, "scopes": ["agents:destroy"]}, "/scopes"),
        ({"scopes": ["agents:read"]}, "/scopes"),
        ({"login": "-"}, "/login"),
        ({"all_employers": True}, "/all_employers"),
        ({"employers": ["12345678901234"]}, "/employers/0"),
        ({"department": "85"}, "/department"),
    ],
)
async def test_an_account_that_cannot_be_is_refused(door: Door, more: dict[str, Any], pointer: str) -> None:
    answer = await ask(door, "POST", "/v1/users", json=NEW | {"employers": [MINE]} | more)
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["pointer"] == pointer


async def test_nobody_gives_or_gets_more_than_he_has_nor_administers_himself(door: Door) -> None:
    await opened(door)
    async with door.database.worker.transaction(Scope.all()) as tx:
        small = frozenset({"users:read", "users:write", "agents:read"})
        await register_client(tx, Client("small", "Peu", small, None), None, SystemClock())
        await register_account(
            tx, Client("chief", "Chef", EVERYTHING, None, assumption=True), "CDG", PASSWORD, SystemClock()
        )
    more = {"login": "bob", "role": None, "scopes": ["claims:write"], "employers": [MINE]}
    assert (await ask(door, "POST", "/v1/users", by="small", json=NEW | more)).json()["code"] == "scope_beyond_yours"
    for path in ("/v1/users/anne/invitations", "/v1/users/anne/second-factor"):
        method = "POST" if path.endswith("invitations") else "DELETE"
        assert (await ask(door, method, path, by="small", etag=1)).json()["code"] == "scope_beyond_yours"
    less = ANNE | {"role": None, "scopes": ["agents:read", "pay:read"]}
    assert (await ask(door, "PUT", "/v1/users/anne", by="small", json=less, etag=1)).status_code == 200
    wider = less | {"employers": [MINE, OTHER]}
    wide = await ask(door, "PUT", "/v1/users/anne", by="small", json=wider, etag=2)
    assert wide.json()["code"] == "scope_beyond_yours", "pay:read on another employer"
    back = await ask(door, "PUT", "/v1/users/anne", by="small", json=ANNE, etag=2)
    assert back.json()["code"] == "scope_beyond_yours"
    assert (await ask(door, "POST", "/v1/users", by="demo-hris", json=NEW)).json()["code"] == "staff_only"
    async with httpx.AsyncClient(base_url=door.http.base_url, timeout=20) as http:
        visitor = Visitor(http)
        await visitor.send("/app/sign-in", login="chief", password=PASSWORD)
        refused = await visitor.send("/app/admin/users/chief", step="invitations", version='"1"')
        assert "Nul n'administre son propre compte" in refused.text.replace("&#39;", "'")


async def test_what_is_administered_is_on_record_and_the_newest_is_read_first(door: Door) -> None:
    await opened(door)
    await ask(door, "DELETE", "/v1/users/anne/lock", etag=9)
    query = {"order": "newest", "changes": "true", "limit": 1}
    first = (await ask(door, "GET", "/v1/audit", params=query)).json()
    assert [(one["client"], one["method"], one["path"], one["status"]) for one in first["items"]] == [
        ("staff", "DELETE", "/v1/users/anne/lock", 412)
    ]
    after = (await ask(door, "GET", "/v1/audit", params=query | {"after": first["next"]})).json()
    assert after["items"][0]["path"] == "/v1/users"


def test_roles_are_made_of_scopes_and_the_cause_of_a_leave_is_in_none() -> None:
    assert all(scopes and scopes <= SCOPES.keys() for scopes in ROLES.values())
    assert not any("claims:cause" in scopes for scopes in ROLES.values())


async def test_a_person_stands_for_an_insurer_that_the_registry_knows(door: Door) -> None:
    """Asked when it is said, not again while it stays: an account that stands for one can always be closed."""
    producers = Producers(door.database.worker)
    told = {"organisation": "demo-a", "kind": "INSURER", "name": "x", "assumption": True, "departement": None}
    await producers.deliver(producers.event("agreements.organisation.registered", "demo-a", told, None))
    of_insurer = {"role": "INSURER", "employers": []}
    refused = await ask(door, "POST", "/v1/users", json=NEW | of_insurer | {"insurer": "demo-z"})
    assert (refused.status_code, refused.json()["code"]) == (422, "unknown_insurer")
    await opened(door, **of_insurer, insurer="demo-a")
    body = ANNE | of_insurer
    moved = await ask(door, "PUT", "/v1/users/anne", json=body | {"insurer": "demo-z"}, etag=1)
    assert (moved.status_code, moved.json()["errors"][0]["pointer"]) == (422, "/insurer")
    async with door.database.worker.transaction(Scope.all()) as tx:
        await tx.execute(text("DELETE FROM insurer"))
    closed = await ask(door, "PUT", "/v1/users/anne", json=body | {"insurer": "demo-a", "active": False}, etag=1)
    assert (closed.status_code, closed.json()["active"]) == (200, False)
