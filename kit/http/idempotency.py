"""A POST that creates money or a case happens once per `Idempotency-Key`: its answer is stored with its effect.

The key is taken by an advisory lock of the transaction, never waited for: whoever comes second while the first runs
gets 409. Whoever comes later gets the stored answer again, with `Idempotency-Replayed: true`, as long as it is kept
(kit/db/retention.py).
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import Response

from kit.db.schema import KIT
from kit.http.auth import Principal
from kit.http.problem import FieldError, Problem
from kit.http.strict_json import loads
from kit.http.subject import HEADER
from kit.http.types import MESSAGES
from kit.http.validation import invalid
from kit.nir import Nir
from kit.redaction import NIR_LOOKALIKE

MAX_KEY: Final = 128
IN_FLIGHT_RETRY_S: Final = 1.0
KEPT_HEADERS: Final = ("content-type", "content-language", "location", "etag", "link", HEADER)
_TABLE: Final = KIT.idempotency_key
_LOCK: Final = text("SELECT pg_try_advisory_xact_lock(:key)")


class Replay(Exception):
    """Carries the stored answer out of the dependencies to the route."""

    def __init__(self, response: Response) -> None:
        super().__init__("replayed")
        self.response = response


@dataclass(frozen=True, slots=True)
class Once:
    """A key taken by this transaction, whose answer must be stored before it commits."""

    client: str
    key: str
    operation: str
    request_hash: str
    now: datetime

    async def remember(self, tx: AsyncConnection, response: Response) -> None:
        """Store the answer in the transaction of the effect."""
        await tx.execute(
            insert(_TABLE).values(
                client=self.client,
                key=self.key,
                operation=self.operation,
                request_hash=self.request_hash,
                status=response.status_code,
                headers={name: response.headers[name] for name in KEPT_HEADERS if name in response.headers},
                body=bytes(response.body),
                recorded_at=self.now,
            )
        )


async def begin(tx: AsyncConnection, request: Request, principal: Principal, key: str | None) -> Once:
    """Take the key. Raises Replay when it was answered, and Problem 400 (missing), 409 (in flight), 422 (other
    payload, or a key that names somebody).
    """
    if key is None:
        raise _missing()
    if _names_somebody(key):
        raise invalid([FieldError("/header/Idempotency-Key", *MESSAGES["nir_in_text"], "nir_in_text")])
    operation = f"{request.method} {request.url.path}"
    once = Once(principal.client, key, operation, await _hash(request), request.app.state.clock.instant())
    if not (await tx.execute(_LOCK, {"key": _lock_number(once)})).scalar_one():
        raise _in_flight()
    where = (_TABLE.c.client == once.client, _TABLE.c.key == once.key)
    stored = (await tx.execute(select(_TABLE).where(*where))).mappings().one_or_none()
    if stored is None:
        return once
    if (stored["operation"], stored["request_hash"]) != (once.operation, once.request_hash):
        raise _reused()
    raise Replay(_stored_response(dict(stored)))


def _names_somebody(key: str) -> bool:
    """Whether a NIR stands in the key, which is stored in the clear. One without its two last digits is let through:
    the milliseconds of a clock, a usual key, look the same.

    >>> _names_somebody("pay 2 95 10 99 126 111 93"), _names_somebody("1795910400123"), _names_somebody("2" * 15)
    (True, False, False)
    """
    return any(_is_nir(found[0]) for found in NIR_LOOKALIKE.finditer(key))


def _is_nir(text: str) -> bool:
    try:
        Nir.parse("".join(sign for sign in text if sign.isalnum()))
    except ValueError:
        return False
    return True


def _stored_response(stored: dict[str, Any]) -> Response:
    headers = {**stored["headers"], "idempotency-replayed": "true"}
    return Response(stored["body"], stored["status"], headers)


def _lock_number(once: Once) -> int:
    name = json.dumps(["idempotency", once.client, once.key]).encode()
    return int.from_bytes(hashlib.blake2b(name, digest_size=8).digest(), "big", signed=True)


async def _hash(request: Request) -> str:
    """What makes two requests the same: who it acts for, the query and what the body says, however it is spaced."""
    parts = [request.headers.get("x-acting-employer", ""), request.url.query]
    digest = hashlib.sha256(json.dumps(parts).encode())
    digest.update(_said(await request.body()))
    return digest.hexdigest()


def _said(body: bytes) -> bytes:
    """The body, in the one form of its JSON where it is JSON: a caller that writes it anew says the same.

    What two parties could read differently, as a field given twice, is the same only byte for byte.

    >>> _said(b'{"b": 2, "a": 1}'), _said(b'{"a": 1, "a": 2}')
    (b'{"a":1,"b":2}', b'{"a": 1, "a": 2}')
    """
    try:
        return json.dumps(loads(body), sort_keys=True, separators=(",", ":")).encode()
    except Problem:
        return body


def _missing() -> Problem:
    detail_fr = "Cette opération demande un en-tête Idempotency-Key."
    detail_en = "This operation needs an Idempotency-Key header."
    return Problem(
        400,
        "idempotency_key_missing",
        "Clé d'idempotence absente",
        "Idempotency key missing",
        detail_fr=detail_fr,
        detail_en=detail_en,
        errors=[FieldError("/header/Idempotency-Key", detail_fr, detail_en)],
    )


def _in_flight() -> Problem:
    return Problem(
        409,
        "idempotency_in_flight",
        "Demande déjà en cours",
        "Request already in flight",
        detail_fr="La même demande est en cours de traitement.",
        detail_en="The same request is being handled.",
        retry_in=IN_FLIGHT_RETRY_S,
    )


def _reused() -> Problem:
    detail_fr = "Cette clé a déjà servi pour une autre demande."
    detail_en = "This key was already used for another request."
    return Problem(
        422,
        "idempotency_key_reused",
        "Clé d'idempotence déjà utilisée",
        "Idempotency key reused",
        detail_fr=detail_fr,
        detail_en=detail_en,
        errors=[FieldError("/header/Idempotency-Key", detail_fr, detail_en)],
    )
