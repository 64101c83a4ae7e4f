"""Step 6: capitals, for a loss of pension and after a death."""

from __future__ import annotations

from typing import Any

from relais.demo.world import World

# Accord, annex, option 1: a flat sum at the legal age. Born on 1 March 1975: 64 years (rulebook §5.2).
FOR_PENSION = {"guarantee": "RETIREMENT_LOSS", "amount": "20000.00", "due": "2039-03-01"}


def play(world: World) -> None:
    report = world.report
    report.title("6. Des capitaux sont dus")
    found = capital(world, "titulaire", "RETIREMENT_LOSS")
    report.equal("perte de retraite", {k: found[k] for k in FOR_PENSION}, FOR_PENSION, "accord, annexe, option 1")


def capital(world: World, role: str, guarantee: str) -> dict[str, Any]:
    def read() -> dict[str, Any] | None:
        found = world.hris.get("/v1/capitals", agent=world.id_of(role))["items"]
        return next((item for item in found if item["guarantee"] == guarantee), None)

    return world.hris.until(read, f"capital {guarantee} de {role}")
