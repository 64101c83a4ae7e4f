"""Step 5: an invalidity is recognised, an annuity follows."""

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
# Décret 2022-581, article 3: 90 % of the net of 1 800.00, whatever the rate.
FLOOR = "1620.00"
# The agent of rulebook G30, a pension of 900.00: 95 % of 1 944.14 less 900.00, × 40 / 50; 90 % of it less 900.00.
AFTER_SICKNESS = {
    "full": "946.93",
    "monthly": "757.54",
    "formula": "PRORATED_I_OVER_50",
    "decree_floor": "849.73",
    "alerts": ["LEGAL_FLOOR_SHORTFALL"],
}
# What contracts usually ask of an agent of the CNRACL: to be read in the notice, says rules/claims_handling.yaml.
DOCUMENTS = ["BANK_DETAILS", "PENSION_TITLE", "REMOVAL_ORDER"]
# More than the pay and all that the CNRACL adds for the help of another person: nothing is left to pay, and it is odd.
TOO_MUCH = "3700.00"


def play(world: World) -> None:
    report = world.report
    report.title("5. Une invalidité est reconnue, une rente est due")
    for rate in ANNUITIES:
        role = f"invalide-{rate[2:4]}"
        world.hire(role, titulaire("2025-02-01"), birth="1975-03-01")
        world.pay(role, REFERENCE_MONTH, PAY)
        recognise(world, role, rate, pension="0.00")
    annuities = {rate: annuity(world, f"invalide-{rate[2:4]}") for rate in ANNUITIES}
    found = {rate: one["monthly"] for rate, one in annuities.items()}
    report.equal("rentes selon le taux d'invalidité", found, ANNUITIES, "rulebook G26")
    floors = {one["decree_floor"] for one in annuities.values()}
    report.equal("plancher légal de ces rentes", floors, {FLOOR}, "décret 2022-581, art. 3")
    short = {rate for rate, one in annuities.items() if one["alerts"]}
    report.equal("taux dont la rente reste sous le plancher", short, {"0.4000", "0.2500", "0.1000"}, "rulebook S6")
    asked = sorted({document for one in annuities.values() for document in one["required"]})
    report.equal("pièces de ces rentes", asked, DOCUMENTS, "rulebook §5.2 : usage des contrats")
    world.hire("pension-douteuse", titulaire("2025-02-01"), birth="1975-03-01")
    world.pay("pension-douteuse", REFERENCE_MONTH, PAY)
    recognise(world, "pension-douteuse", "0.5000", pension=TOO_MUCH)
    odd = annuity(world, "pension-douteuse")
    doubted = {"monthly": "0.00", "alerts": ["PENSION_ABOVE_PAY"]}
    report.equal("pension notifiée au-delà de la paie", {k: odd[k] for k in doubted}, doubted, "BIP:retinv")
    recognise(world, "titulaire", "0.4000", pension="900.00")
    after = annuity(world, "titulaire")
    report.equal("rente après l'arrêt", {k: after[k] for k in AFTER_SICKNESS}, AFTER_SICKNESS, "rulebook G30, S6")


def recognise(world: World, role: str, rate: str, *, pension: str) -> None:
    """Announce that the CNRACL recognised an invalidity of this rate."""
    body = {"from": RECOGNISED_FROM, "cnracl_rate": rate, "pension_net": pension}
    world.hris.post(f"/v1/agents/{world.id_of(role)}/invalidities", body, key=world.key(f"invalidity-{role}"))


def annuity(world: World, role: str) -> dict[str, Any]:
    def read() -> dict[str, Any] | None:
        found = world.hris.get("/v1/annuities", agent=world.id_of(role))["items"]
        return found[0] if found else None

    return world.hris.until(read, f"rente de {role}")
