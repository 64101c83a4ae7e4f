"""Step 4: a sick leave starts and is extended; full and half pay per day, the claim, the benefit and its trace."""

from __future__ import annotations

from typing import Any

from relais.demo.world import World

REFERENCE_MONTH = "2026-01"
# Rulebook G30: index 420, NBI 15 points, RI 300, category C, 2026.
PAY = {"tib": "2067.57", "nbi": "73.84", "ri": "300.00"}
NET = {"net": "1944.14", "net_tib_nbi": "1699.63", "net_ri": "244.51"}
FIRST_STOP = ("2026-02-01", "2026-02-28")
EXTENSION = ("2026-03-01", "2026-07-15")
# One waiting day, then full pay until 90 days are used on 1 May, then half pay (rulebook §1.1, §1.2, §1.3).
PERIODS = (
    ("WAITING", "2026-02-01", "2026-02-01", "0.00"),
    ("FULL", "2026-02-02", "2026-05-01", "0.90"),
    ("HALF", "2026-05-02", "2026-07-15", "0.50"),
)
# Rulebook G31: a whole month at half pay; then fifteen thirtieths of it, each amount rounded.
BENEFITS = {
    "2026-06": {
        "target_net": "1846.93",
        "statutory_net": "849.82",
        "social_security": "0.00",
        "benefit": "997.11",
        "decree_floor": "777.65",
    },
    "2026-07": {
        "target_net": "923.47",
        "statutory_net": "424.91",
        "social_security": "0.00",
        "benefit": "498.56",
        "decree_floor": "388.83",
    },
}
DECLARE_BY = "2026-10-29"  # 180 days from 2 May
DOCUMENTS = [
    *("DECLARATION_FORM", "LEAVE_ORDER", "MEDICAL_CERTIFICATE"),
    *("PAYSLIPS_BEFORE", "PAYSLIPS_PERIOD", "BANK_DETAILS"),
]
SOURCES = {"2026-06": "rulebook G31", "2026-07": "rulebook G31, quinze trentièmes"}
# Beyond twelve months of ordinary leave, a fonctionnaire keeps half pay while a decision is awaited (rulebook §1.1).
LONG_STOP = ("2025-04-01", "2026-05-31")
AWAITING = ("HALF", "2026-05-31", "0.50")


def play(world: World) -> None:
    report = world.report
    report.title("4. Un arrêt de travail commence, est prolongé, passe à demi-traitement")
    _net_pay(world)
    world.pay("titulaire", REFERENCE_MONTH, PAY)
    agent = world.id_of("titulaire")
    leave = _stop(world, "titulaire", FIRST_STOP)
    start, end = EXTENSION
    world.hris.post(
        f"/v1/agents/{agent}/leaves/{leave['id']}/extensions", {"start": start, "end": end}, key=world.key("extension")
    )
    report.note(f"arrêt {leave['id']} du {FIRST_STOP[0]} au {EXTENSION[1]}")
    report.equal("droits statutaires", _periods(world, agent, EXTENSION[1]), PERIODS, "décret 87-602, art. 14 et 15")
    _benefits(world, agent)
    _stop(world, "vingt-huit", LONG_STOP)
    *_, (leg, _, last, rate) = _periods(world, world.id_of("vingt-huit"), LONG_STOP[1])
    report.equal("au-delà de douze mois", (leg, last, rate), AWAITING, "décret 87-602, art. 17")


def _stop(world: World, role: str, days: tuple[str, str]) -> dict[str, Any]:
    body = {"kind": "CMO", "start": days[0], "end": days[1]}
    path = f"/v1/agents/{world.id_of(role)}/leaves"
    started: dict[str, Any] = world.hris.post(path, body, key=world.key(f"leave-{role}"))
    return started


def _net_pay(world: World) -> None:
    body = {"month": REFERENCE_MONTH, "regime": "CNRACL", "category": "C", "pay": PAY}
    answer = world.hris.post("/v1/simulations/net-pay", body)
    world.report.equal("net de référence", {name: answer[name] for name in NET}, NET, "rulebook G30")


def _periods(world: World, agent: str, last: str) -> tuple[tuple[str, str, str, str], ...]:
    """Full and half pay of an agent, once they are known up to this day."""

    def known() -> list[dict[str, Any]] | None:
        periods: list[dict[str, Any]] = world.hris.get("/v1/entitlements", agent=agent)["periods"]
        return periods if periods and periods[-1]["end"] == last else None

    found = world.hris.until(known, "droits statutaires")
    return tuple((period["leg"], period["start"], period["end"], period["rate"]) for period in found)


def _benefits(world: World, agent: str) -> None:
    opened = world.hris.until(lambda: _first(world, agent), "ouverture du sinistre")
    world.report.note(f"sinistre {opened['id']}")
    file = world.hris.get(f"/v1/claims/{opened['id']}/file")
    handling = "usage des contrats (rulebook §5.2)"
    world.report.equal("pièces attendues du sinistre", file["missing"], DOCUMENTS, handling)
    world.report.equal("sinistre à déclarer avant le", file["declare_by"], DECLARE_BY, f"{handling} : 180 jours")
    decided: dict[str, Any] = world.hris.until(lambda: _decided(world, opened["id"]), "prestations")
    for month, expected in BENEFITS.items():
        amounts = {name: decided[month][name] for name in expected}
        world.report.equal(f"prestation de {month}", amounts, expected, SOURCES[month])
    trace = world.hris.get(f"/v1/decisions/{decided['2026-06']['decision']}/trace")
    world.report.true("la décision montre sa trace", holds=bool(trace["steps"]), source="chaque chiffre a sa règle")


def _first(world: World, agent: str) -> dict[str, Any] | None:
    found: list[dict[str, Any]] = world.hris.get("/v1/claims", agent=agent)["items"]
    return found[0] if found else None


def _decided(world: World, claim: str) -> dict[str, dict[str, Any]] | None:
    """The benefits of a claim by month, once those that are expected are there."""
    found = {item["month"]: item for item in world.hris.get("/v1/benefits", claim=claim)["items"]}
    return found if found.keys() >= BENEFITS.keys() else None
