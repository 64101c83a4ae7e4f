"""A partner's endpoint on a loopback port: it checks signatures, keeps what it takes, and fails when asked to."""

from __future__ import annotations

import asyncio
import base64
import json
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route


@dataclass
class Receiver:
    """`answers` are the statuses of the next deliveries, 204 afterwards."""

    answers: list[int] = field(default_factory=list)
    taken: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    asked: int = 0

    @property
    def app(self) -> Starlette:
        routes = [
            Route("/hook", self.hook, methods=["POST"]),
            Route("/endless", self.endless, methods=["POST"]),
            Route("/elsewhere", self.elsewhere, methods=["POST"]),
        ]
        return Starlette(routes=routes)

    async def hook(self, request: Request) -> Response:
        body = await request.body()
        self.asked += 1
        status = self.answers.pop(0) if self.answers else 204
        if status < 300:
            self.taken.append(json.loads(body))
            self.bodies.append(body)
            self.headers.append(dict(request.headers))
        return Response(status_code=status)

    async def endless(self, _request: Request) -> Response:
        """Answers 200 and never stops talking."""

        async def chunks() -> Any:
            while True:
                yield b"x" * 65_536
                await asyncio.sleep(0)

        return StreamingResponse(chunks())

    async def elsewhere(self, _request: Request) -> Response:
        return Response(status_code=307, headers={"location": "/hook"})

    def is_signed(self, number: int, public: str) -> bool:
        """Whether one of the signatures of a delivery is of this key, as a receiver checks it."""
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public.removeprefix("whpk_")))
        headers = self.headers[number]
        content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + self.bodies[number]
        for signature in headers["webhook-signature"].split():
            version, _, value = signature.partition(",")
            assert version == "v1a"
            try:
                key.verify(base64.b64decode(value), content)
            except Exception:  # noqa: BLE001 - the next signature may be of this key
                continue
            return True
        return False
