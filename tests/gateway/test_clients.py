"""Machine clients: registered, rotated and revoked by the staff, proved by a secret or by a signed assertion."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx
import pytest
from joserfc import jws
from joserfc.jwk import ECKey, OctKey, RSAKey

from gateway.application.assertions import TYPE
from gateway.application.clients import register_client
from gateway.application.hashing import WAITING
from gateway.application.keys import rotate_signing_key
from gateway.application.revocations import Revocations
from gateway.domain.clients import Client
from gateway.main import Gateway, create_app
from kit.clock import FixedClock, SystemClock
from kit.crypto import KeyRing
from kit.db.database import Scope
from kit.http.auth import Principal
from kit.ids import new_id
from tests.gateway.conftest import MINE, OTHER, Door
from tests.gateway.feeding import Producers
from tests.kit.http.serving import running
from tests.waiting import eventually

GRANT = {"grant_type": "client_credentials"}


def new_key(kid: str = "k1") -> ECKey:
    return ECKey.generate_key("P-256", {"kid": kid, "use": "sig", "alg": "ES256"}, private=True)


KEY, OTHER_KEY = new_key(), new_key("k2")
NEW: dict[str, Any] = {
    "id": "sirh-neuf",
    "name": "SIRH neuf",
    "scopes": ["agents:read", "events:read"],
    "employers": [MINE],
}


async def register(door: Door, **more: Any) -> httpx.Response:
    return await door.http.post("/v1/clients", json=NEW | more, headers=await door.bearer("staff"))


async def ask(door: Door, secret: str, client: str = "sirh-neuf") -> httpx.Response:
    return await door.http.post("/oauth/token", data=GRANT, auth=(client, secret))


def assertion(door: Door, key: Any = KEY, header: dict[str, Any] | None = None, **claims: Any) -> str:
    now = int(time.time())
    content = {
        "iss": "sirh-neuf",
        "sub": "sirh-neuf",
        "aud": door.settings.issuer,
        "iat": now,
        "exp": now + 60,
        "jti": str(new_id()),
    }
    content = {name: value for name, value in (content | claims).items() if value is not None}
    header = {"alg": "ES256", "kid": "k1"} | (header or {})
    return jws.serialize_compact(header, json.dumps(content), key, algorithms=[header["alg"]])


async def present(door: Door, token: str, **more: str) -> httpx.Response:
    form = GRANT | {"client_assertion_type": TYPE, "client_assertion": token} | more
    return await door.http.post("/oauth/token", data=form)


async def test_a_client_is_registered_and_its_secret_shown_once(door: Door) -> None:
    made = await register(door)
    assert (made.status_code, made.headers["cache-control"]) == (201, "no-store")
    got = await ask(door, made.json()["secret"])
    bearer = {"authorization": f"Bearer {got.json()['access_token']}"}
    assert (await door.http.get("/v1/agents", headers=bearer)).status_code == 200
    read = await door.http.get("/v1/clients/sirh-neuf", headers=await door.bearer("staff"))
    assert read.headers["etag"] == '"1"'
    assert made.json()["secret"] not in read.text
    again = await register(door)
    assert (again.status_code, again.json()["code"]) == (409, "client_exists")
    listed = await door.http.get("/v1/clients", params={"limit": 3}, headers=await door.bearer("staff"))
    assert len(listed.json()["items"]) == 3
    assert listed.json()["next"]


@pytest.mark.parametrize(
    ("more", "pointer"),
    [
        ({"scopes": ["agents:destroy"]}, None),
        ({"id": "Bad Id"}, "/id"),
        ({"employers": ["12345678901234"]}, "/employers/0"),
        ({"all_employers": True}, "/all_employers"),
        ({"insurer": "demo-a"}, "/insurer"),
        ({"department": "85"}, "/department"),
        ({"department": "999", "employers": []}, "/department"),
        ({"keys": [KEY.as_dict(private=True)]}, "/keys/0"),
        ({"keys": [KEY.as_dict(private=False)] * 2}, "/keys/1"),
        ({"keys": [KEY.as_dict(private=False) | {"y": "AAAA"}]}, "/keys/0"),
        ({"keys": [{"kty": "oct", "k": "c2VjcmV0", "kid": "a"}]}, "/keys/0"),
        ({"keys": [RSAKey.generate_key(2048, {"kid": "r"}).as_dict(private=False)]}, "/keys/0"),
    ],
)
async def test_a_client_that_cannot_be_is_refused(door: Door, more: dict[str, Any], pointer: str | None) -> None:
    answer = await register(door, **more)
    assert answer.status_code == (403 if pointer is None else 422), answer.text
    if pointer is not None:
        assert answer.json()["errors"][0]["pointer"] == pointer


async def test_nobody_grants_more_than_he_has_and_only_the_staff_grants(door: Door) -> None:
    async with door.database.worker.transaction(Scope.all()) as tx:
        small = Client("small", "Peu", frozenset({"clients:write", "agents:read"}), None)
        await register_client(tx, small, None, SystemClock())
    answer = await door.http.post("/v1/clients", json=NEW, headers=await door.bearer("small"))
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_beyond_yours")
    # Nor by another's new secret.
    taken = {**await door.bearer("small"), "if-match": '"1"'}
    answer = await door.http.post("/v1/clients/staff/rotations", json={}, headers=taken)
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_beyond_yours")
    hris = await door.http.post("/v1/clients", json=NEW, headers=await door.bearer("demo-hris"))
    assert hris.status_code == 403


async def test_a_centre_stands_for_the_employers_of_its_departement_and_no_other(door: Door) -> None:
    """Whatever the order in which the registry's events come; an employer that moves leaves."""
    producers = Producers(door.database.worker)
    told = [producers.event("agreements.organisation.registered", MINE, _organisation(MINE, "85"), None)]
    told.append(producers.event("agreements.organisation.changed", MINE, _organisation(MINE, "44"), None))
    elsewhere = producers.event("agreements.organisation.registered", OTHER, _organisation(OTHER, "85"), None)
    code = producers.event("agreements.organisation.registered", "CDG85", _organisation("CDG85", "85"), None)
    await producers.deliver(told[0], elsewhere, code)
    secret = (await register(door, employers=[], department="85")).json()["secret"]
    assert await _stands_for(door, secret) == sorted([MINE, OTHER])
    mine, theirs = producers.statement("2026-01"), producers.statement("2026-01", OTHER)
    await producers.deliver(told[1], mine, theirs)
    assert await _stands_for(door, secret) == [OTHER]
    token = (await ask(door, secret)).json()["access_token"]
    bearer = {"authorization": f"Bearer {token}"}
    feed = await door.http.get("/v1/events", headers=bearer)
    assert [event["id"] for event in feed.json()["events"]] == [str(theirs.id)]
    refused = await door.http.get("/v1/events", headers=bearer | {"x-acting-employer": MINE})
    assert (refused.status_code, refused.json()["code"]) == (403, "employer_not_yours")


async def test_a_client_stands_for_an_insurer_that_the_registry_knows(door: Door) -> None:
    """A carrier or who manages for it; an employer, a union and a code nobody registered are none."""
    producers = Producers(door.database.worker)
    for key, kind in (("demo-a", "INSURER"), ("collecteam", "MANAGER"), ("cfdt", "UNION"), (MINE, "COMMUNE")):
        told = {"organisation": key, "kind": kind, "name": "x", "assumption": True, "departement": None}
        await producers.deliver(producers.event("agreements.organisation.registered", key, told, None))
    for unknown in ("demo-z", "cfdt", MINE):
        refused = await register(door, employers=[], insurer=unknown)
        assert (refused.status_code, refused.json()["code"]) == (422, "unknown_insurer")
        assert refused.json()["errors"][0]["pointer"] == "/insurer"
        assert unknown in refused.json()["detail"]
    for known in ("demo-a", "collecteam"):
        made = await register(door, id=f"of-{known}", employers=[], insurer=known)
        assert made.status_code == 201, made.text
        read = await door.http.get(f"/v1/clients/of-{known}", headers=await door.bearer("staff"))
        assert read.json()["insurer"] == known


def _organisation(key: str, department: str) -> dict[str, Any]:
    return {"organisation": key, "kind": "EMPLOYER", "name": "x", "assumption": True, "departement": department}


async def _stands_for(door: Door, secret: str) -> list[str]:
    token = (await ask(door, secret)).json()["access_token"]
    content = json.loads(jws.extract_compact(token.encode()).payload or b"")
    found: list[str] = content["employers"]
    return found


async def test_both_secrets_are_good_during_a_rotation(door: Door) -> None:
    old = (await register(door)).json()["secret"]
    staff = await door.bearer("staff")
    rotate = "/v1/clients/sirh-neuf/rotations"
    assert (await door.http.post(rotate, json={}, headers=staff)).status_code == 428
    assert (await door.http.post(rotate, json={}, headers=staff | {"if-match": '"7"'})).status_code == 412
    made = await door.http.post(rotate, json={"keep_hours": 1}, headers=staff | {"if-match": '"1"'})
    new = made.json()["secret"]
    assert [(await ask(door, secret)).status_code for secret in (old, new, "wrong")] == [200, 200, 401]
    token = (await ask(door, old)).json()["access_token"]
    made = await door.http.post(rotate, json={"keep_hours": 0}, headers=staff | {"if-match": '"2"'})
    assert [(await ask(door, secret)).status_code for secret in (old, new, made.json()["secret"])] == [401, 401, 200]
    bearer = {"authorization": f"Bearer {token}"}
    await refused(door, bearer)


async def test_a_revoked_client_and_its_tokens_are_refused_by_every_gateway(door: Door) -> None:
    secret = (await register(door)).json()["secret"]
    bearer = {"authorization": f"Bearer {(await ask(door, secret)).json()['access_token']}"}
    staff = await door.bearer("staff")
    async with second_gateway(door) as (other, _):
        assert (await other.get("/v1/agents", headers=bearer)).status_code == 200
        gone = await door.http.delete("/v1/clients/sirh-neuf", headers=staff | {"if-match": '"1"'})
        assert gone.status_code == 204
        for http in (door.http, other):
            await refused(door, bearer, http)
            answer = await http.post("/oauth/token", data=GRANT, auth=("sirh-neuf", secret))
            assert answer.status_code == 401
    assert (await register(door)).status_code == 409  # an id is never somebody else's afterwards
    gone = await door.http.delete("/v1/clients/sirh-neuf", headers=staff | {"if-match": '"2"'})
    assert gone.status_code == 404


async def test_a_token_given_back_is_refused_and_only_its_owner_gives_it_back(door: Door) -> None:
    secret = (await register(door)).json()["secret"]
    theirs = (await register(door, id="voisin")).json()["secret"]
    token, kept = [(await ask(door, secret)).json()["access_token"] for _ in range(2)]
    for auth, status in ((("voisin", theirs), 200), (("sirh-neuf", secret), 401)):
        answer = await door.http.post("/oauth/revoke", data={"token": token}, auth=auth)
        assert answer.status_code == 200
        assert await _status(door, {"authorization": f"Bearer {token}"}) == status
    assert await _status(door, {"authorization": f"Bearer {kept}"}) == 200
    revoked = "/oauth/revoke"
    assert (await door.http.post(revoked, data={"token": "x.y.z"}, auth=("voisin", theirs))).status_code == 200
    assert (await door.http.post(revoked, data={}, auth=("voisin", theirs))).status_code == 400
    assert (await door.http.post(revoked, data={"token": kept}, auth=("voisin", "no"))).status_code == 401


async def test_a_signed_assertion_gives_a_token_once(door: Door) -> None:
    keys = [key.as_dict(private=False) for key in (KEY, OTHER_KEY)]
    made = await register(door, keys=keys)
    assert made.json()["secret"] is None
    token = assertion(door)
    got = await present(door, token, client_id="sirh-neuf")
    assert got.status_code == 200, got.text
    assert await _status(door, {"authorization": f"Bearer {got.json()['access_token']}"}) == 200
    assert (await present(door, token)).status_code == 401
    audience = f"{door.settings.issuer}/oauth/token"
    assert (await present(door, assertion(door, OTHER_KEY, {"kid": "k2"}, aud=[audience]))).status_code == 200
    several = await asyncio.gather(*(present(door, token) for token in [assertion(door)] * 10))
    assert sorted(answer.status_code for answer in several) == [200] + [401] * 9


async def test_forged_assertions_are_refused(door: Door) -> None:
    public = KEY.as_dict(private=False)
    await register(door, keys=[public, OTHER_KEY.as_dict(private=False)])
    now = int(time.time())
    unsigned = jws.serialize_compact({"alg": "none"}, assertion(door).split(".")[1], None, algorithms=["none"])
    symmetric = OctKey.import_key(json.dumps(public).encode() + b" " * 32)
    stranger = new_key()
    forged = {
        "none": unsigned,
        "confusion": assertion(door, symmetric, {"alg": "HS256"}),
        "unknown kid": assertion(door, header={"kid": "k9"}),
        "no kid among two": jws.serialize_compact(
            {"alg": "ES256"}, json.dumps({"sub": "sirh-neuf"}), KEY, algorithms=["ES256"]
        ),
        "other key": assertion(door, stranger),
        "own key in the header": assertion(door, stranger, {"jwk": stranger.as_dict(private=False)}),
        "key of the other": assertion(door, OTHER_KEY),
        "wrong audience": assertion(door, aud="https://elsewhere.example"),
        "two audiences": assertion(door, aud=[door.settings.issuer, "https://elsewhere.example"]),
        "expired": assertion(door, iat=now - 100, exp=now - 50),
        "lasting": assertion(door, exp=now + 3_600),
        "not yet": assertion(door, nbf=now + 100),
        "no end": assertion(door, exp=None),
        "no id": assertion(door, jti=None),
        "a NUL": assertion(door, jti="a\0b"),
        "other issuer": assertion(door, iss="voisin"),
        "other subject": assertion(door, sub="staff"),
        "nobody": assertion(door, iss="nobody", sub="nobody"),
        "NUL client": assertion(door, iss="a\0", sub="a\0"),
        "long": "x" * 5_000,
        "garbage": "a.b.c",
        "empty": "",
    }
    for name, token in forged.items():
        answer = await present(door, token)
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client"), name
    good = assertion(door)
    assert (await present(door, good, client_id="voisin")).status_code == 401
    assert (await present(door, good, client_assertion_type="other")).status_code == 400
    form = GRANT | {"client_assertion_type": TYPE, "client_assertion": good}
    assert (await door.http.post("/oauth/token", data=form, auth=("sirh-neuf", "x"))).status_code == 400


async def test_a_flood_of_bad_secrets_leaves_the_rest_alone(door: Door) -> None:
    staff = await door.bearer("staff")
    flood = [asyncio.create_task(ask(door, f"wrong {n}", f"nobody-{n}")) for n in range(WAITING + 24)]
    async with asyncio.timeout(5):
        assert (await door.http.get("/v1/clients", headers=staff)).status_code == 200
    statuses = {answer.status_code for answer in await asyncio.gather(*flood)}
    assert statuses == {401, 503}


async def test_a_new_signing_key_is_known_everywhere_before_it_signs(door: Door) -> None:
    """Two gateways, a rotation in between: at no moment does a token of one not pass the other."""
    secret = (await register(door)).json()["secret"]
    ring = KeyRing.parse(door.settings.key_ring.get_secret_value()) if door.settings.key_ring else None
    assert ring is not None
    async with second_gateway(door) as (other, app):
        kinds = set()
        for step in ("before", "published", "signing"):
            if step == "published":
                async with door.database.api.transaction(Scope.none()) as tx:
                    made = await rotate_signing_key(tx, ring, SystemClock())
                assert made.signs_from - made.created_at >= timedelta(seconds=60)
            if step == "signing":  # the minute has passed
                await _let_a_minute_pass(door, app)
            for source in (door.http, other):
                got = await source.post("/oauth/token", data=GRANT, auth=("sirh-neuf", secret))
                token = got.json()["access_token"]
                kinds.add(jws.extract_compact(token.encode()).headers()["kid"])
                for target in (door.http, other):
                    answer = await target.get("/v1/agents", headers={"authorization": f"Bearer {token}"})
                    assert answer.status_code == 200, (step, answer.text)
        assert len(kinds) == 2


async def _let_a_minute_pass(door: Door, other: Gateway) -> None:
    """What the clock does in a minute: both processes read the keys again, then the new one signs."""
    for state in (door.gateway.state, other.state):
        state.signer._read_at = float("-inf")
        state.verifier._read_at -= 60
        assert len((await state.signer.jwks())["keys"]) == 2
    await door.database.admin.execute(
        "UPDATE signing_key SET signs_from = signs_from - interval '61 s', retired_at = retired_at - interval '61 s'"
    )
    door.gateway.state.signer._read_at = float("-inf")


async def _status(door: Door, bearer: dict[str, str], http: httpx.AsyncClient | None = None) -> int:
    return (await (http or door.http).get("/v1/agents", headers=bearer)).status_code


async def refused(door: Door, bearer: dict[str, str], http: httpx.AsyncClient | None = None) -> None:
    async def seen() -> bool:
        return await _status(door, bearer, http) == 401

    await eventually(seen, "the refusal", 5)


@asynccontextmanager
async def second_gateway(door: Door) -> AsyncIterator[tuple[httpx.AsyncClient, Gateway]]:
    """Another process's worth of gateway: its own memory, the same database."""
    app = create_app(door.settings)
    async with running(app) as url, httpx.AsyncClient(base_url=url, timeout=20) as http:
        yield http, app


def test_a_token_of_before_the_revocation_s_second_is_refused() -> None:
    held = Revocations(None, FixedClock(SystemClock().instant()), None)  # type: ignore[arg-type]  # nothing is read
    held._clients = {"a": 100}
    assert [held.holds(Principal("a", issued=second)) for second in (99, 100, 101)] == [True, True, False]
    assert not held.holds(Principal("b", issued=50))
