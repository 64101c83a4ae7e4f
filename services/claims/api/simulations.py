"""Stateless what-ifs, answered by the code that decides. They write nothing and call no other service."""

from __future__ import annotations

from typing import Annotated

from kit.errors import pointing_at
from kit.http.auth import Principal, requires
from kit.http.route import Rules, Tx, service_router
from services.claims.adapters import files
from services.claims.api import benefits, statutory_pay
from services.claims.api.benefits import BenefitsAnswer, BenefitsRequest
from services.claims.api.net_pay import NetPayAnswer, NetPayRequest
from services.claims.api.statutory_pay import StatutoryPayAnswer, StatutoryPayRequest
from services.claims.application.simulated_terms import draft_terms, simulated_terms
from services.claims.domain.net_pay import net_pay

router = service_router(prefix="/v1/simulations", tags=["Simulations"])
Simulator = Annotated[Principal, requires("simulations:run")]


@router.post("/net-pay", operation_id="simulate_net_pay", summary="Du brut au net, pour un mois")
async def simulate_net_pay(body: NetPayRequest, _caller: Simulator, rules: Rules) -> NetPayAnswer:
    recorder = rules.recorder()
    with pointing_at("/month"):
        found = net_pay(body.month, body.regime, body.category, body.pay.elements(), recorder)
    return NetPayAnswer.of(found, recorder)


@router.post("/statutory-pay", operation_id="simulate_statutory_pay", summary="Plein et demi-traitement, jour par jour")
async def simulate_statutory_pay(body: StatutoryPayRequest, _caller: Simulator, rules: Rules) -> StatutoryPayAnswer:
    return statutory_pay.answer(body, rules)


@router.post("/benefits", operation_id="simulate_benefits", summary="Prestations mensuelles, rente et capitaux")
async def simulate_benefits(body: BenefitsRequest, _caller: Simulator, rules: Rules, tx: Tx) -> BenefitsAnswer:
    if body.terms is not None:
        return benefits.answer(body, draft_terms(body.agreement, body.terms), rules)
    terms = simulated_terms(await files.terms_of(tx, body.agreement), body.start)
    return benefits.answer(body, terms, rules)
