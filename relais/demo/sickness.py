"""Step 4: a sick leave starts and is extended; full and half pay per day, the claim, the benefit and its trace."""

from __future__ import annotations

from typing import Any

from relais.demo.world import World

REFERENCE_MONTH = "2026-01"
# Rulebook G30: index 420, NBI 15 points, RI 300, category C, 2026.
PAY = {"tib": "2067.57", "nbi": "73.84", "ri": "300.00"}
NET = {"net": "1944.14", "net_tib_nbi": "1699.63", "net_ri": "244.51"}
FIRST_STOP = ("2026-02-01", "2026-02-28")
EXTENSION = ("2026-03-01", "2026-06-30")
# 90 days of full pay from 1 February, waiting day included, end on 1 May (rulebook §1.2, article 15 of décret 87-602).
HALF_PAY_FROM = "2026-05-02"
HALF_PAY_MONTH = "2026-06"
# Rulebook G31: a whole month at half pay.
BENEFIT = {
    "target_net": "1846.93",
    "statutory_net": "849.82",
    "social_security": "0.00",
    "benefit": "997.11",
    "decree_floor": "777.65",
}


def play(world: World) -> None:
    report = world.report
    report.title("4. Un arrêt de travail commence, est prolongé, passe à demi-traitement")
    _net_pay(world)
    world.pay("titulaire", REFERENCE_MONTH, PAY)
    agent = world.id_of("titulaire")
    start, end = FIRST_STOP
    leave = world.hris.post(
        f"/v1/agents/{agent}/leaves", {"kind": "CMO", "start": start, "end": end}, key=world.key("leave")
    )
    start, end = EXTENSION
    world.hris.post(
        f"/v1/agents/{agent}/leaves/{leave['id']}/extensions", {"start": start, "end": end}, key=world.key("extension")
    )
    report.note(f"arrêt {leave['id']} du {FIRST_STOP[0]} au {EXTENSION[1]}")
    _entitlement(world, agent)
    _benefit(world, agent)


def _net_pay(world: World) -> None:
    body = {"month": REFERENCE_MONTH, "regime": "CNRACL", "category": "C", "pay": PAY}
    answer = world.hris.post("/v1/simulations/net-pay", body)
    world.report.equal("net de référence", {name: answer[name] for name in NET}, NET, "rulebook G30")


def _entitlement(world: World, agent: str) -> None:
    def half() -> str | None:
        answer = world.hris.get("/v1/entitlements", agent=agent, **{"from": FIRST_STOP[0], "to": EXTENSION[1]})
        return next((period["start"] for period in answer["periods"] if period["leg"] == "HALF"), None)

    found = world.hris.until(half, "passage à demi-traitement")
    world.report.equal("demi-traitement à partir du", found, HALF_PAY_FROM, "rulebook §1.2 : 90 jours sur un an")


def _benefit(world: World, agent: str) -> None:
    def claim() -> dict[str, Any] | None:
        found = world.hris.get("/v1/claims", agent=agent)["items"]
        return found[0] if found else None

    def decided() -> dict[str, Any] | None:
        found = world.hris.get("/v1/benefits", claim=opened["id"])["items"]
        return next((item for item in found if item["month"] == HALF_PAY_MONTH), None)

    opened = world.hris.until(claim, "ouverture du sinistre")
    world.claims["titulaire"] = opened
    world.report.note(f"sinistre {opened['id']}")
    benefit = world.hris.until(decided, "prestation de juin 2026")
    world.report.equal("prestation de juin 2026", {name: benefit[name] for name in BENEFIT}, BENEFIT, "rulebook G31")
    trace = world.hris.get(f"/v1/decisions/{benefit['decision']}/trace")
    world.report.true("la décision montre sa trace", holds=bool(trace["steps"]), source="chaque chiffre a sa règle")
