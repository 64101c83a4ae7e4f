"""The simulations of the services, called in this process through their real routes; only the token is granted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import httpx
from fastapi import FastAPI
from pydantic import SecretStr

from kit.app import create_service
from kit.http.auth import Principal
from kit.settings import Settings
from rules.book import RuleBook
from services.claims.api import simulations as claims

TOKEN: Final = "golden"
NO_DATABASE: Final = Settings(
    component="claims", database_url=SecretStr("postgresql+asyncpg://nobody@127.0.0.1:1/none")
)


class GrantedVerifier:
    """Stands where tokens are verified, and knows one caller."""

    async def verify(self, token: str) -> Principal:
        assert token == TOKEN
        return Principal("golden", frozenset({"simulations:run"}))


@dataclass(frozen=True, slots=True)
class Simulator:
    """Answers a simulation by the service that owns the decision."""

    apps: Mapping[str, FastAPI]

    @classmethod
    def start(cls, rules: RuleBook) -> Simulator:
        """The services, without a database: for simulations that read no terms."""
        app = create_service(NO_DATABASE, name="claims", routers=(claims.router,), rules=rules)
        app.state.verifier = GrantedVerifier()
        return cls({"/v1/simulations/net-pay": app, "/v1/simulations/statutory-pay": app})

    async def post(self, path: str, body: Any) -> httpx.Response:
        transport = httpx.ASGITransport(app=self.apps[path])
        async with httpx.AsyncClient(transport=transport, base_url="http://relais") as client:
            return await client.post(path, json=body, headers={"Authorization": f"Bearer {TOKEN}"})
