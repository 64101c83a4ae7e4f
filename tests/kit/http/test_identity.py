"""Tokens: what a forger may try, and how often the issuer is asked for its keys."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from datetime import datetime, timedelta

import httpx
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from kit.clock import SystemClock
from kit.http.identity import JwksUrl, Verifier
from kit.http.problem import Problem
from relais.ports import free_port
from tests.kit.http.conftest import Sample
from tests.kit.http.issuer import AUDIENCE, ISSUER, TestIssuer, new_key
from tests.kit.http.serving import running

MINE, OTHER = "73282932000074", "35600000049837"


def _part(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def _unsigned(issuer: TestIssuer) -> str:
    _, claims, _ = issuer.token().split(".")
    return f"{_part({'alg': 'none', 'typ': 'at+jwt', 'kid': issuer.key.kid})}.{claims}."


def _confused(issuer: TestIssuer) -> str:
    """HS256 with the public key as the secret."""
    _, claims, _ = issuer.token().split(".")
    signed = f"{_part({'alg': 'HS256', 'typ': 'at+jwt', 'kid': issuer.key.kid})}.{claims}"
    digest = hmac.new(issuer.key.as_pem(private=False), signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{base64.urlsafe_b64encode(digest).decode().rstrip('=')}"


def _critical(issuer: TestIssuer) -> str:
    """A good signature over a header that asks for an extension nobody knows."""
    _, claims, _ = issuer.token().split(".")
    header = {"alg": "ES256", "typ": "at+jwt", "kid": issuer.key.kid, "crit": ["x"], "x": 1}
    signed = f"{_part(header)}.{claims}"
    private = issuer.key.private_key
    assert private is not None
    r, s = decode_dss_signature(private.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
    raw = r.to_bytes(32, "big") + s.to_bytes(32, "big")
    return f"{signed}.{base64.urlsafe_b64encode(raw).decode().rstrip('=')}"


def _tampered(issuer: TestIssuer) -> str:
    head, claims, signature = issuer.token().split(".")
    content = json.loads(base64.urlsafe_b64decode(claims + "=="))
    return f"{head}.{_part(content | {'employers': '*'})}.{signature}"


FORGERIES: dict[str, Callable[[TestIssuer], str]] = {
    "none": _unsigned,
    "algorithm confusion": _confused,
    "tampered claims": _tampered,
    "another key under our kid": lambda issuer: issuer.token(key=new_key()),
    "unknown kid": lambda issuer: issuer.token(header={"kid": "nobody"}),
    "no kid": lambda issuer: issuer.token(header={"kid": ""}),
    "expired": lambda issuer: issuer.token(exp=int(time.time()) - 60),
    "never expires": lambda issuer: issuer.token(exp=None),
    "expiry as text": lambda issuer: issuer.token(exp="9999999999"),
    "not yet": lambda issuer: issuer.token(nbf=int(time.time()) + 600),
    "wrong audience": lambda issuer: issuer.token(aud="other"),
    "no audience": lambda issuer: issuer.token(aud=None),
    "wrong issuer": lambda issuer: issuer.token(iss="http://evil.test"),
    "another kind of token": lambda issuer: issuer.token(header={"typ": "JWT"}),
    "critical extension": _critical,
    "employers as a number": lambda issuer: issuer.token(employers=7),
    "no subject": lambda issuer: issuer.token(sub=None),
    "scopes as a list": lambda issuer: issuer.token(scope=["agents:read"]),
    "garbage": lambda _issuer: "a.b.c",
    "not even garbage": lambda _issuer: "é" * 10,
    "huge": lambda _issuer: "a" * 60_000,
}


@pytest.mark.parametrize("forgery", FORGERIES)
async def test_a_forged_token_is_refused(sample: Sample, forgery: str) -> None:
    token = FORGERIES[forgery](sample.issuer)
    answer = await sample.http.get("/v1/notes", headers=[(b"authorization", f"Bearer {token}".encode())])
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthorised")
    assert answer.headers["www-authenticate"].startswith("Bearer ")


@pytest.mark.parametrize("header", ["", "Bearer", "Basic YTpi"])
async def test_no_token_is_refused(sample: Sample, header: str) -> None:
    headers = {"authorization": header} if header else {}
    assert (await sample.http.get("/v1/notes", headers=headers)).status_code == 401


async def test_a_stranger_learns_nothing_from_the_body(sample: Sample) -> None:
    assert (await sample.http.post("/v1/notes", content=b"{")).status_code == 401


async def test_a_token_without_the_scope_is_403(sample: Sample) -> None:
    answer = await sample.http.get("/v1/notes", headers=sample.issuer.bearer(scope="pay:read"))
    assert (answer.status_code, answer.json()["code"]) == (403, "insufficient_scope")
    assert 'scope="agents:read"' in answer.headers["www-authenticate"]


async def test_acting_for_an_employer_narrows_and_never_widens(sample: Sample) -> None:
    headers = sample.issuer.bearer(employers=[MINE])
    body = {"employer": MINE, "text": "x"}
    other = await sample.http.get("/v1/notes", headers=headers | {"x-acting-employer": OTHER})
    assert (other.status_code, other.json()["code"]) == (403, "employer_not_yours")
    everywhere = sample.issuer.bearer(employers="*") | {"x-acting-employer": OTHER, "idempotency-key": "1"}
    assert (await sample.http.post("/v1/notes", json=body, headers=everywhere)).status_code == 403
    bad = await sample.http.get("/v1/notes", headers=headers | {"x-acting-employer": "123"})
    assert bad.status_code == 403


async def test_another_employers_rows_are_neither_written_nor_seen(sample: Sample) -> None:
    mine, other = sample.issuer.bearer(employers=[MINE]), sample.issuer.bearer(employers=[OTHER])
    body = {"employer": MINE, "text": "x"}
    assert (await sample.http.post("/v1/notes", json=body, headers=mine | {"idempotency-key": "1"})).status_code == 201
    refused = await sample.http.post("/v1/notes", json=body, headers=other | {"idempotency-key": "2"})
    assert (refused.status_code, refused.json()["code"]) == (403, "employer_not_yours")
    assert len((await sample.http.get("/v1/notes", headers=mine)).json()["items"]) == 1
    assert (await sample.http.get("/v1/notes", headers=other)).json()["items"] == []
    nobody = sample.issuer.bearer(employers=[])
    assert (await sample.http.get("/v1/notes", headers=nobody)).json()["items"] == []


async def test_a_token_of_1400_employers_fits(sample: Sample) -> None:
    headers = sample.issuer.bearer(employers=[f"{n:014d}" for n in range(1_400)])
    assert (await sample.http.get("/v1/notes", headers=headers)).status_code == 200


async def test_unknown_keys_do_not_flood_the_issuer(sample: Sample) -> None:
    await sample.http.get("/v1/notes", headers=sample.issuer.bearer())
    before = sample.issuer.reads
    for n in range(50):
        token = sample.issuer.token(header={"kid": f"unknown-{n}"})
        assert (await sample.http.get("/v1/notes", headers={"authorization": f"Bearer {token}"})).status_code == 401
    assert sample.issuer.reads - before <= 1


async def test_a_verified_token_expires_in_the_cache_too() -> None:
    issuer = TestIssuer()
    token = issuer.token(exp=int(time.time()) + 30)

    class Later(SystemClock):
        ahead = 0.0

        def instant(self) -> datetime:
            return super().instant() + timedelta(seconds=self.ahead)

    clock = Later()
    verifier = Verifier(issuer, issuer=ISSUER, audience=AUDIENCE, clock=clock)
    assert (await verifier.verify(token)).client == "demo-hris"
    clock.ahead = 60
    with pytest.raises(Problem) as refused:
        await verifier.verify(token)
    assert refused.value.status == 401


async def test_a_new_key_is_fetched_over_http_and_an_issuer_that_is_down_is_503() -> None:
    issuer = TestIssuer()

    async def jwks(_request: Request) -> JSONResponse:
        return JSONResponse(issuer.jwks())

    port = free_port()
    source = JwksUrl(f"http://127.0.0.1:{port}/jwks")
    verifier = Verifier(source, issuer=ISSUER, audience=AUDIENCE, clock=SystemClock())
    with pytest.raises(Problem) as down:
        await verifier.verify(issuer.token())
    assert (down.value.status, down.value.code) == (503, "identity_unavailable")
    async with running(Starlette(routes=[Route("/jwks", jwks)]), port=port):
        assert (await verifier.verify(issuer.token())).scopes == {"agents:read", "agents:write"}
    assert (await verifier.verify(issuer.token(sub="still"))).client == "still"
    await verifier.close()
    assert isinstance(source._client, httpx.AsyncClient)
