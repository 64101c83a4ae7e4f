"""Stateless what-ifs, answered by the code that decides. They write nothing and call no other service."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Annotated, Any, Final

from fastapi import APIRouter

from kit.errors import pointing_at
from kit.http.auth import Principal, requires
from kit.http.problem import Problem
from kit.http.route import Rules, Tx, service_router
from services.claims.adapters import files
from services.claims.api import benefits, statutory_pay
from services.claims.api.benefits import BenefitsAnswer, BenefitsRequest
from services.claims.api.net_pay import NetPayAnswer, NetPayRequest
from services.claims.api.statutory_pay import StatutoryPayAnswer, StatutoryPayRequest
from services.claims.application.simulated_terms import simulated_terms
from services.claims.domain.net_pay import net_pay

Simulator = Annotated[Principal, requires("simulations:run")]
SUMMARIES: Final = {
    "net-pay": "Du brut au net, pour un mois",
    "statutory-pay": "Plein et demi-traitement, jour par jour",
    "benefits": "Prestations mensuelles, rente et capitaux",
}
# The simulations that are open. The others answer 501 until their rules have been proved on published cases.
OPEN: Final = frozenset({"net-pay"})


async def simulate_net_pay(body: NetPayRequest, _caller: Simulator, rules: Rules) -> NetPayAnswer:
    recorder = rules.recorder()
    with pointing_at("/month"):
        found = net_pay(body.month, body.regime, body.category, body.pay.elements(), recorder)
    return NetPayAnswer.of(found, recorder)


async def simulate_statutory_pay(body: StatutoryPayRequest, _caller: Simulator, rules: Rules) -> StatutoryPayAnswer:
    return statutory_pay.answer(body, rules)


async def simulate_benefits(body: BenefitsRequest, _caller: Simulator, rules: Rules, tx: Tx) -> BenefitsAnswer:
    terms = simulated_terms(await files.terms_of(tx, body.agreement), body.start)
    return benefits.answer(body, terms, rules)


def not_open(name: str) -> Callable[..., Any]:
    """What stands where a simulation is not open: whatever the body, 501."""

    async def closed(_body: dict[str, Any], _caller: Simulator) -> None:
        raise Problem(501, "simulation_not_open", "Simulation pas encore ouverte", "Simulation not open yet")

    closed.__name__ = f"{name.replace('-', '_')}_not_open"
    return closed


def simulations(opened: Collection[str] = OPEN) -> APIRouter:
    """The routes, of which those in `opened` answer."""
    made = service_router(prefix="/v1/simulations", tags=["Simulations"])
    answers: dict[str, Callable[..., Any]] = {
        "net-pay": simulate_net_pay,
        "statutory-pay": simulate_statutory_pay,
        "benefits": simulate_benefits,
    }
    for name, answer in answers.items():
        made.add_api_route(
            f"/{name}",
            answer if name in opened else not_open(name),
            methods=["POST"],
            operation_id=f"simulate_{name.replace('-', '_')}",
            summary=SUMMARIES[name],
        )
    return made


router = simulations()
