"""Signing in at the installation's issuer: who has an account is let in, and nothing that was tampered with."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from gateway.application.oidc import IdentityProvider
from gateway.application.sign_in import register_account
from gateway.domain.clients import Client
from kit.clock import SystemClock
from kit.db.database import Scope
from tests.gateway.conftest import EVERYTHING, MINE, Door
from tests.gateway.issuer import CLIENT, SECRET, Issuer
from tests.gateway.test_users import ANNE, ask
from tests.kit.http.serving import running

BEGIN = "/app/sign-in/oidc?back=/app/account"


@dataclass
class There:
    """The issuer, and a browser without a screen."""

    issuer: Issuer
    http: httpx.AsyncClient

    async def callback(self, begin: str = BEGIN) -> httpx.URL:
        """Where the issuer sends the browser back to."""
        asked = await self.http.get(begin)
        assert asked.status_code == 303, asked.text
        return httpx.URL((await self.http.get(asked.headers["location"])).headers["location"])

    async def sign_in(self) -> httpx.Response:
        return await self.http.get(await self.callback())

    async def is_in(self) -> bool:
        return (await self.http.get("/app/account")).status_code == 200


@pytest.fixture
async def there(door: Door) -> AsyncIterator[There]:
    issuer, state = Issuer(), door.gateway.state
    async with running(issuer.app) as issuer.url, httpx.AsyncClient(trust_env=False) as out:
        settings = door.settings.model_copy(
            update={
                "oidc_issuer": issuer.url,
                "oidc_client_id": CLIENT,
                "oidc_client_secret": SecretStr(SECRET),
            }
        )
        state.identity_provider = IdentityProvider(settings, out, SystemClock())
        async with door.database.worker.transaction(Scope.all()) as tx:
            person = Client("anne", "Anne", EVERYTHING, frozenset({MINE}))
            await register_account(tx, person, "Ville", "correct horse battery staple", SystemClock())
        async with httpx.AsyncClient(base_url=door.http.base_url, timeout=20) as http:
            yield There(issuer, http)
        state.identity_provider = None


async def link(door: Door, subject: str = "1234-anne") -> None:
    version = (await ask(door, "GET", "/v1/users/anne")).json()["version"]
    changed = await ask(door, "PUT", "/v1/users/anne", json=ANNE | {"oidc_subject": subject}, etag=version)
    assert changed.status_code == 200, changed.text


async def test_whom_the_issuer_knows_needs_an_account_and_then_no_second_factor_here(door: Door, there: There) -> None:
    refused = await there.sign_in()
    assert refused.status_code == 401
    assert "1234-anne" in refused.text  # to give to who administers the accounts
    assert not await there.is_in()
    await link(door)
    answer = await there.sign_in()
    assert (answer.status_code, answer.headers["location"]) == (303, "/app/account")
    assert await there.is_in()
    again = await ask(door, "POST", "/v1/users", json=ANNE | {"login": "other", "oidc_subject": "1234-anne"})
    assert again.json()["code"] == "subject_taken"
    await ask(door, "PUT", "/v1/users/anne", json=ANNE | {"active": False, "oidc_subject": "1234-anne"}, etag=2)
    assert not await there.is_in()
    assert (await there.sign_in()).status_code == 401


async def test_signing_out_goes_on_to_the_issuer(door: Door, there: There) -> None:
    await link(door)
    await there.sign_in()
    page = await there.http.get("/app/account")
    token = re.search(r'name="csrf" value="([0-9a-f]+)"', page.text)
    assert token is not None
    out = await there.http.post("/app/sign-out", data={"csrf": token[1]})
    where = out.headers["refresh"].removeprefix("0; url=")
    assert where.startswith(f"{there.issuer.url}/logout?")
    await there.http.get(where)
    (told,) = there.issuer.signed_out
    assert told["post_logout_redirect_uri"].endswith("/app/sign-in?out=1")
    assert told["id_token_hint"].count(".") == 2
    assert not await there.is_in()


@pytest.mark.parametrize(
    ("lies", "header"),
    [
        ({"nonce": "another"}, {}),
        ({"aud": "another"}, {}),
        ({"aud": [CLIENT, "another"]}, {}),
        ({"iss": "https://elsewhere.example"}, {}),
        ({"exp": 1_000_000_000}, {}),
        ({"iat": 1_000_000_000}, {}),
        ({"sub": ""}, {}),
        ({}, {"alg": "none"}),
        ({}, {"alg": "HS256"}),
        ({}, {"kid": "unknown"}),
    ],
)
async def test_a_token_that_is_not_what_it_should_be_is_refused(
    door: Door, there: There, lies: dict[str, Any], header: dict[str, str]
) -> None:
    await link(door)
    there.issuer.lies, there.issuer.header = lies, header
    assert (await there.sign_in()).status_code == 401
    assert not await there.is_in()


async def test_an_answer_is_of_the_browser_that_asked_and_serves_once(door: Door, there: There) -> None:
    await link(door)
    async with httpx.AsyncClient(base_url=door.http.base_url, timeout=20) as stranger:
        assert (await stranger.get(await there.callback())).status_code == 401
    back = await there.callback()
    for change in ({"state": "another"}, {"iss": "https://elsewhere.example"}, {"code": "another"}):
        assert (await there.http.get(back.copy_merge_params(change))).status_code == 401
        back = await there.callback()
    held = there.http.cookies["relais_oidc"]
    assert (await there.http.get(back)).status_code == 303
    there.http.cookies.set("relais_oidc", held, path="/app")
    assert (await there.http.get(back)).status_code == 401


async def test_an_issuer_that_is_away_leaves_local_accounts(door: Door, there: There) -> None:
    state = door.gateway.state
    away = door.settings.model_copy(update={"oidc_issuer": "http://127.0.0.1:9", "oidc_client_id": CLIENT})
    async with httpx.AsyncClient(trust_env=False) as out:
        state.identity_provider = IdentityProvider(away, out, SystemClock())
        answer = await there.http.get(BEGIN)
    assert (answer.status_code, "login" in answer.text) == (503, True)
