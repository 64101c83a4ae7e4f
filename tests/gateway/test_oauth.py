"""Tokens by client credentials."""

from __future__ import annotations

import base64
import json
from datetime import timedelta

import httpx
import pytest

from gateway.application.clients import register_client
from gateway.application.keys import rotate_signing_key
from gateway.application.purge import purge
from gateway.domain.clients import Client, InvalidClient
from kit.clock import SystemClock
from kit.crypto import KeyRing
from kit.db.database import Scope
from tests.gateway.conftest import MINE, SECRET, Door

FORM = {"grant_type": "client_credentials"}
CLIENT = Client("secretive", "Client à secret", frozenset({"agents:read", "events:read"}), frozenset({MINE}))


@pytest.fixture
async def ready(door: Door) -> Door:
    async with door.database.worker.transaction(Scope.all()) as tx:
        await register_client(tx, CLIENT, SECRET, SystemClock())
    return door


def claims(token: str) -> dict[str, object]:
    part = token.split(".")[1]
    content: dict[str, object] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return content


async def test_a_secret_gives_a_token_of_ten_minutes(ready: Door) -> None:
    answer = await ready.http.post("/oauth/token", data=FORM, auth=(CLIENT.id, SECRET))
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    content = answer.json()
    assert (content["token_type"], content["expires_in"], content["scope"]) == (
        "Bearer",
        600,
        "agents:read events:read",
    )
    inside = claims(content["access_token"])
    assert inside["sub"] == CLIENT.id
    assert inside["employers"] == [MINE]
    assert int(str(inside["exp"])) - int(str(inside["iat"])) == 600
    bearer = {"authorization": f"Bearer {content['access_token']}"}
    assert (await ready.http.get("/v1/agents", headers=bearer)).status_code == 200


async def test_the_secret_may_be_in_the_form_and_the_scope_narrowed(ready: Door) -> None:
    form = FORM | {"client_id": CLIENT.id, "client_secret": SECRET, "scope": "agents:read"}
    answer = await ready.http.post("/oauth/token", data=form)
    assert answer.json()["scope"] == claims(answer.json()["access_token"])["scope"] == "agents:read"


@pytest.mark.parametrize(
    ("form", "auth", "status", "error"),
    [
        (FORM, (CLIENT.id, "wrong"), 401, "invalid_client"),
        (FORM, ("nobody", SECRET), 401, "invalid_client"),
        (FORM, ("demo-hris", ""), 401, "invalid_client"),
        (FORM, (CLIENT.id, SECRET + "x" * 300), 401, "invalid_client"),
        (FORM, None, 401, "invalid_client"),
        (FORM | {"scope": "agents:write"}, (CLIENT.id, SECRET), 400, "invalid_scope"),
        ({"grant_type": "password"}, (CLIENT.id, SECRET), 400, "unsupported_grant_type"),
        ({"scope": ""}, (CLIENT.id, SECRET), 400, "unsupported_grant_type"),
        ({}, (CLIENT.id, SECRET), 400, "invalid_request"),
        (FORM | {"client_id": CLIENT.id, "client_secret": SECRET}, (CLIENT.id, SECRET), 400, "invalid_request"),
        (FORM | {f"x{n}": "" for n in range(20)}, (CLIENT.id, SECRET), 400, "invalid_request"),
    ],
)
async def test_what_is_refused(
    ready: Door, form: dict[str, str], auth: tuple[str, str] | None, status: int, error: str
) -> None:
    basic = {} if auth is None else {"authorization": httpx.BasicAuth(*auth)._auth_header}
    answer = await ready.http.post("/oauth/token", data=form, headers=basic)
    assert (answer.status_code, answer.json()["error"], answer.json()["code"]) == (status, error, error)
    assert answer.headers["content-type"] == "application/problem+json"
    assert ("www-authenticate" in answer.headers) == (status == 401)


@pytest.mark.parametrize("body", [b"grant_type=a&grant_type=b", b"\xff", b"grant_type=client_credentials&\x00"])
async def test_a_form_that_reads_two_ways_is_refused(ready: Door, body: bytes) -> None:
    headers = {"content-type": "application/x-www-form-urlencoded"}
    answer = await ready.http.post("/oauth/token", content=body, headers=headers)
    assert answer.status_code in {400, 401}
    other = await ready.http.post("/oauth/token", json=FORM)
    assert (other.status_code, other.json()["error"]) == (400, "invalid_request")


@pytest.mark.parametrize(
    "header", ["Basic", "Basic ???", "Basic " + base64.b64encode(b"no colon").decode(), "Digest a"]
)
async def test_a_basic_header_that_is_none_is_refused(ready: Door, header: str) -> None:
    answer = await ready.http.post("/oauth/token", data=FORM, headers={"authorization": header})
    assert answer.status_code in {400, 401}


async def test_a_changed_secret_is_forgotten_at_once(ready: Door) -> None:
    assert (await ready.http.post("/oauth/token", data=FORM, auth=(CLIENT.id, SECRET))).status_code == 200
    async with ready.database.worker.transaction(Scope.all()) as tx:
        await register_client(tx, CLIENT, "another", SystemClock())
    assert (await ready.http.post("/oauth/token", data=FORM, auth=(CLIENT.id, SECRET))).status_code == 401
    assert (await ready.http.post("/oauth/token", data=FORM, auth=(CLIENT.id, "another"))).status_code == 200


async def test_the_keys_are_public_and_only_public(door: Door) -> None:
    keys = (await door.http.get("/.well-known/jwks.json")).json()["keys"]
    assert [set(key) for key in keys] == [{"kty", "crv", "x", "y", "kid", "use", "alg"}]
    sealed = await door.database.admin.fetchval("SELECT sealed FROM signing_key")
    assert keys[0]["x"].encode() not in bytes(sealed)
    metadata = (await door.http.get("/.well-known/oauth-authorization-server")).json()
    assert metadata["issuer"] == door.settings.issuer
    assert metadata["token_endpoint"].endswith("/oauth/token")


async def test_after_a_rotation_old_tokens_hold_and_new_ones_have_the_new_key(door: Door) -> None:
    old = await door.bearer()
    assert door.settings.key_ring is not None
    ring = KeyRing.parse(door.settings.key_ring.get_secret_value())
    async with door.database.api.transaction(Scope.none()) as tx:
        rotated = await rotate_signing_key(tx, ring, SystemClock(), timedelta())
    door.gateway.state.signer._read_at = float("-inf")
    assert len((await door.http.get("/.well-known/jwks.json")).json()["keys"]) == 2
    new = await door.bearer()
    head = json.loads(base64.urlsafe_b64decode(new["authorization"].split()[1].split(".")[0] + "=="))
    assert head["kid"] == rotated.kid
    door.gateway.state.verifier._read_at = float("-inf")
    for headers in (old, new):
        assert (await door.http.get("/v1/agents", headers=headers)).status_code == 200


async def test_a_retired_key_leaves_once_its_tokens_have_expired(door: Door) -> None:
    await door.bearer()
    assert door.settings.key_ring is not None
    ring = KeyRing.parse(door.settings.key_ring.get_secret_value())
    async with door.database.api.transaction(Scope.none()) as tx:
        await rotate_signing_key(tx, ring, SystemClock(), timedelta())
    await door.database.admin.execute(
        "UPDATE signing_key SET retired_at = retired_at - $1::interval WHERE retired_at IS NOT NULL", timedelta(hours=2)
    )
    door.gateway.state.signer._read_at = float("-inf")
    assert len((await door.http.get("/.well-known/jwks.json")).json()["keys"]) == 1
    async with door.database.worker.transaction(Scope.all()) as tx:
        await purge(tx, SystemClock().instant())
    assert await door.database.admin.fetchval("SELECT count(*) FROM signing_key") == 1


@pytest.mark.parametrize(
    "client",
    [
        Client("Bad Id", "x", frozenset({"agents:read"})),
        Client("noscope", "x", frozenset()),
        Client("unknown-scope", "x", frozenset({"agents:destroy"})),
        Client("bad-siret", "x", frozenset({"agents:read"}), frozenset({"12345678901234"})),
        Client("both", "x", frozenset({"agents:read"}), frozenset({MINE}), insurer="a"),
        Client("too-many", "x", frozenset({"agents:read"}), frozenset(str(n) for n in range(2_001))),
    ],
)
def test_a_client_that_could_not_be_served_is_refused(client: Client) -> None:
    with pytest.raises(InvalidClient):
        client.check()


async def test_a_refusal_speaks_the_language_asked_for(ready: Door) -> None:
    answer = await ready.http.post(
        "/oauth/token", data=FORM, auth=("nobody", SECRET), headers={"accept-language": "en"}
    )
    assert answer.json()["detail"] == "Unknown client or wrong secret."
