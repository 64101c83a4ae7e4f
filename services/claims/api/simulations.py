"""Stateless what-ifs, answered by the code that decides. They write nothing and call no other service."""

from __future__ import annotations

from typing import Annotated, Any, Final

from kit.http.auth import Principal, requires
from kit.http.problem import Problem
from kit.http.route import Rules, service_router
from services.claims.api.net_pay import NetPayAnswer, NetPayRequest
from services.claims.domain.net_pay import net_pay

router = service_router(prefix="/v1/simulations", tags=["Simulations"])
Simulator = Annotated[Principal, requires("simulations:run")]

# The simulations that are open; the others answer 501 until their rules have been proved on published cases.
OPEN: Final = frozenset({"net-pay"})


@router.post("/net-pay", operation_id="simulate_net_pay", summary="Du brut au net, pour un mois")
async def simulate_net_pay(body: NetPayRequest, _caller: Simulator, rules: Rules) -> NetPayAnswer:
    recorder = rules.recorder()
    found = net_pay(body.month, body.regime, body.category, body.pay.elements(), recorder)
    return NetPayAnswer.of(found, recorder)


@router.post("/statutory-pay", operation_id="simulate_statutory_pay", summary="Plein et demi-traitement, jour par jour")
async def simulate_statutory_pay(_body: dict[str, Any], _caller: Simulator) -> None:
    raise not_open()


@router.post("/benefits", operation_id="simulate_benefits", summary="Prestations, rente et capitaux")
async def simulate_benefits(_body: dict[str, Any], _caller: Simulator) -> None:
    raise not_open()


def not_open() -> Problem:
    return Problem(501, "simulation_not_open", "Simulation pas encore ouverte", "Simulation not open yet")
