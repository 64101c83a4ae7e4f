"""Step 1: the accord is registered, signed and in force, with its own figures."""

from __future__ import annotations

from relais.demo.world import AGREEMENT, World

# Annex of the accord, « taux de cotisations »; article 5.1 for the share.
RATES = {"BASE": "0.0205", "DEATH": "0.0020", "RETIREMENT_LOSS": "0.0035", "RI_FULL_PAY": "0.0025"}
EMPLOYER_SHARE = "1.0000"
TARGET = "0.9500"
EMPLOYERS = 4
IN_FORCE_ON = "2025-06-01"


def play(world: World) -> None:
    report = world.report
    report.title("1. L'accord de La Roche-sur-Yon est en vigueur")
    terms = world.staff.get(f"/v1/agreements/{AGREEMENT}/terms", as_of=IN_FORCE_ON)
    guarantees = {item["code"]: item for item in terms["guarantees"]}
    rates = {code: guarantees[code]["rate"] for code in RATES}
    report.equal("taux des garanties", rates, RATES, "accord, annexe")
    shares = {guarantees[code]["employer_share"] for code in RATES}
    report.equal("part de l'employeur", shares, {EMPLOYER_SHARE}, "accord, art. 5.1")
    document = world.staff.get(f"/v1/agreements/{AGREEMENT}")["document"]
    base = next(item for item in document["guarantees"] if item["code"] == "BASE")
    report.equal("niveau de maintien", base["benefit"]["target"], TARGET, "accord, annexe")
    report.true("l'accord est en vigueur", holds=terms["in_force"], source="accord, art. 8 et 9")
    report.equal("employeurs liés", len(terms["employers"]), EMPLOYERS, "accord, parties signataires")
    report.true(
        "l'option 3 est signalée comme non tranchée",
        holds=guarantees["RI_FULL_PAY"]["unresolved"],
        source="accord, préambule et art. 5.1 se contredisent",
    )
