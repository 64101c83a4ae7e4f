"""The three simulations of claims in this process and without a database: the demo's accord is at hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import httpx
from fastapi import FastAPI
from pydantic import SecretStr

from kit.app import create_service
from kit.http.auth import Principal, requires
from kit.http.route import Rules, service_router
from kit.settings import Settings
from rules.book import RuleBook
from services.claims.api import benefits, simulations
from services.claims.api.benefits import BenefitsAnswer, BenefitsRequest
from services.claims.application.simulated_terms import simulated_terms
from services.claims.domain.agent_file import DatedTerms
from services.claims.domain.terms_document import read_terms
from tests.yaml_files import read_yaml

ROOT: Final = Path(__file__).resolve().parents[3]
ACCORD: Final[dict[str, Any]] = {
    **read_yaml(ROOT / "examples/accords/la-roche-sur-yon-2025.yaml"),
    "version": 1,
}
TERMS: Final = read_terms(ACCORD)
NO_DATABASE: Final = Settings(
    component="claims", database_url=SecretStr("postgresql+asyncpg://nobody@127.0.0.1:1/none")
)


class GrantedVerifier:
    """Stands where tokens are verified, and knows one caller."""

    async def verify(self, _token: str) -> Principal:
        return Principal("test", frozenset({"simulations:run"}))


def application(rules: RuleBook) -> FastAPI:
    """The simulations; benefits read the accord from memory."""
    router = service_router(prefix="/v1/simulations")

    @router.post("/benefits", dependencies=[requires("simulations:run")])
    async def with_the_accord(body: BenefitsRequest, law: Rules) -> BenefitsAnswer:
        versions = [DatedTerms(body.start, TERMS, ACCORD)] if body.agreement == TERMS.agreement else []
        return benefits.answer(body, simulated_terms(versions, body.start), law)

    app = create_service(NO_DATABASE, name="claims", routers=(router, simulations.router), rules=rules)
    app.state.verifier = GrantedVerifier()
    return app


async def post(app: FastAPI, path: str, body: Any) -> httpx.Response:
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://relais") as client:
        return await client.post(path, json=body, headers={"Authorization": "Bearer test"})
