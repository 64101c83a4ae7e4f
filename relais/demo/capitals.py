"""Step 6: capitals, for a loss of pension and after a death."""

from __future__ import annotations

from typing import Any

from relais.demo.hiring import elect, titulaire
from relais.demo.world import World

REFERENCE_MONTH = "2026-01"
# A base of 2 400.00 after the transfert primes/points of category C.
PAY = {"tib": "2113.92", "ri": "300.00"}
DIED_ON = "2026-02-15"
# Rulebook G27: 50 % of twelve times 2 400.00.
AFTER_DEATH = {"guarantee": "DEATH", "amount": "14400.00", "due": DIED_ON}
# Accord, annex, option 1: a flat sum at the legal age. Born on 1 March 1975: 64 years (rulebook §5.2).
FOR_PENSION = {"guarantee": "RETIREMENT_LOSS", "amount": "20000.00", "due": "2039-03-01"}


def play(world: World) -> None:
    report = world.report
    report.title("6. Des capitaux sont dus")
    found = capital(world, "titulaire", "RETIREMENT_LOSS")
    report.equal("perte de retraite", {k: found[k] for k in FOR_PENSION}, FOR_PENSION, "accord, annexe, option 1")
    world.hire("capital-deces", titulaire("2025-02-01"), birth="1968-10-05")
    elect(world, "capital-deces", "DEATH")
    world.pay("capital-deces", REFERENCE_MONTH, PAY)
    died = {"date": DIED_ON, "kind": "DEATH"}
    world.hris.post(f"/v1/agents/{world.id_of('capital-deces')}/death", died, key=world.key("death"))
    found = capital(world, "capital-deces", "DEATH")
    report.equal("capital décès", {k: found[k] for k in AFTER_DEATH}, AFTER_DEATH, "rulebook G27")


def capital(world: World, role: str, guarantee: str) -> dict[str, Any]:
    def read() -> dict[str, Any] | None:
        found = world.hris.get("/v1/capitals", agent=world.id_of(role))["items"]
        return next((item for item in found if item["guarantee"] == guarantee), None)

    return world.hris.until(read, f"capital {guarantee} de {role}")
