"""Step 5: an invalidity is recognised, an annuity follows; a death brings a capital."""

from __future__ import annotations

from typing import Any

from relais.demo.hiring import titulaire
from relais.demo.world import World

RECOGNISED_FROM = "2028-01-01"
REFERENCE_MONTH = "2026-01"
# A net of exactly 1 800.00, so that 95 % of it is the 1 710 of rulebook G26.
PAY = {"tib": "2267.87"}
# Rulebook G26: M = R × I / 50, in full from 50 %.
ANNUITIES = {"0.6000": "1710.00", "0.5000": "1710.00", "0.4000": "1368.00", "0.2500": "855.00", "0.1000": "342.00"}


def play(world: World) -> None:
    report = world.report
    report.title("5. Une invalidité est reconnue, une rente est due")
    for rate in ANNUITIES:
        role = f"invalide-{rate[2:4]}"
        world.hire(role, titulaire("2025-02-01"), birth="1975-03-01")
        world.pay(role, REFERENCE_MONTH, PAY)
        recognise(world, role, rate, pension="0.00")
    found = {rate: annuity(world, f"invalide-{rate[2:4]}")["monthly"] for rate in ANNUITIES}
    report.equal("rentes selon le taux d'invalidité", found, ANNUITIES, "rulebook G26")


def recognise(world: World, role: str, rate: str, *, pension: str) -> None:
    """Announce that the CNRACL recognised an invalidity of this rate."""
    body = {"from": RECOGNISED_FROM, "cnracl_rate": rate, "pension_net": pension}
    world.hris.post(f"/v1/agents/{world.id_of(role)}/invalidities", body, key=world.key(f"invalidity-{role}"))


def annuity(world: World, role: str) -> dict[str, Any]:
    def read() -> dict[str, Any] | None:
        found = world.hris.get("/v1/annuities", agent=world.id_of(role))["items"]
        return found[0] if found else None

    return world.hris.until(read, f"rente de {role}")
