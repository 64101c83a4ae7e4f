"""What is merely unlikely in a write of the file is entered all the same, and said in its answer."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, Final

import pytest

from kit.ids import new_id
from kit.period import Period
from kit.rate import Rate
from rules.vocabulary import EmploymentKind, PositionKind, Regime
from services.eligibility.domain.doubts import on_absence, on_dispense
from services.eligibility.domain.facts import Conditions, ContractKey, DispenseRequest, LeaveEntry, Spell
from tests.services.eligibility.conftest import CITY, RULES, Eligibility, hire_body
from tests.services.eligibility.test_bad_input import KEY

TODAY, START = date(2026, 3, 10), date(2026, 1, 1)
CNRACL, IRCANTEC = {Regime.CNRACL}, {Regime.IRCANTEC_FONCTIONNAIRE}


def entry(kind: str, start: str, end: str | None, quotity: str | None = None) -> LeaveEntry:
    period = Period(date.fromisoformat(start), None if end is None else date.fromisoformat(end))
    rate = None if quotity is None else Rate.parse(quotity)
    return LeaveEntry(new_id(), new_id(), CITY, PositionKind(kind), period, paid=True, quotity=rate)


@pytest.mark.parametrize(
    ("entries", "regimes", "expected"),
    [
        # rulebook §1.1: each leave is of a regime, and private law has its own.
        ([entry("CLM", "2026-01-01", "2026-06-30")], CNRACL, []),
        ([entry("CLM", "2026-01-01", "2026-06-30")], IRCANTEC, ["other_regime"]),
        ([entry("CGM", "2026-01-01", None)], CNRACL, ["other_regime"]),
        ([entry("CGM", "2026-01-01", None)], set(), []),
        ([entry("CMO", "2026-01-01", None)], {Regime.PRIVATE_LAW}, []),
        # A CLM is granted for three to six months, a TPT for one to three.
        ([entry("CLM", "2026-01-01", "2026-07-01")], CNRACL, ["unlikely_period"]),
        ([entry("TPT", "2026-01-01", "2026-03-31", "0.5")], CNRACL, []),
        ([entry("TPT", "2026-01-01", "2026-04-01", "0.55")], CNRACL, ["unlikely_period", "unlikely_quotity"]),
        # A CMO lasts a year; what was of another kind before does not count.
        ([entry("CMO", "2025-01-01", "2025-06-30"), entry("CMO", "2025-07-01", "2025-12-31")], CNRACL, []),
        (
            [entry("CMO", "2025-01-01", "2025-06-30"), entry("CMO", "2025-07-01", "2026-01-01")],
            CNRACL,
            ["unlikely_length"],
        ),
        ([entry("MATERNITY", "2024-01-01", "2024-12-31"), entry("CMO", "2025-01-01", "2025-12-31")], CNRACL, []),
        ([entry("CONGE_SANS_TRAITEMENT", "2023-01-01", "2025-12-31")], CNRACL, []),
        ([entry("CONGE_SANS_TRAITEMENT", "2023-01-01", "2026-01-01")], CNRACL, ["unlikely_length"]),
    ],
)
def test_of_a_leave_or_a_position(entries: list[LeaveEntry], regimes: set[Regime], expected: list[str]) -> None:
    assert [one.code for one in on_absence(entries, (), regimes, TODAY, rules=RULES)] == expected


def test_a_dispense_is_asked_for_by_whoever_is_still_employed() -> None:
    key, conditions = ContractKey(CITY, "M1", "1"), Conditions(EmploymentKind.TITULAIRE, None, Decimal(35))
    spells = [Spell(new_id(), key, Period(START, date(2026, 1, 31)), conditions)]
    for day, expected in ((date(2026, 1, 31), []), (date(2026, 2, 1), ["not_employed_then"])):
        asked = DispenseRequest(new_id(), CITY, Period(day, None), individual_cover=True, proofs=())
        assert [one.code for one in on_dispense(asked, spells)] == expected


# After the hire of a TITULAIRE (CNRACL) and, under M2, of a STAGIAIRE of 20 hours (IRCANTEC). In their order.
WRITES: Final[list[tuple[str, str, dict[str, Any], list[tuple[str, str]]]]] = [
    ("first", "leaves", {"kind": "CGM", "start": "2026-01-01", "end": "2026-01-31"}, [("other_regime", "/kind")]),
    ("first", "leaves", {"kind": "CMO", "start": "2026-03-01", "end": "2026-03-31"}, []),
    ("second", "leaves", {"kind": "DO", "start": "2026-01-01", "paid": True}, [("other_status", "/kind")]),
    ("third", "positions", {"kind": "DISPONIBILITE", "start": "2026-01-01"}, [("other_status", "/kind")]),
    ("first", "options", {"guarantee": "DEATH", "from": "2026-01-01"}, [("no_accord_then", "/from")]),
    (
        "first",
        "dispenses",
        {"requested_on": "2026-01-10", "individual_cover": True, "proofs": ["2025-01-10"]},
        [("old_proof", "/proofs")],
    ),
    ("first", "invalidities", {"from": "2026-01-01", "ss_category": "2", "pension_net": "900.00"}, [
        ("other_regime", "/ss_category"),
    ]),
    ("second", "invalidities", {"from": "2026-01-01", "cnracl_rate": "0.4", "pension_net": "900.00"}, [
        ("other_regime", "/cnracl_rate"),
        ("other_status", "/cnracl_rate"),
    ]),
    ("first", "employments", {
        "kind": "CONTRACTUEL_PUBLIC", "contract": "CDD", "start": "2026-01-01", "end": "2032-01-01",
        "weekly_hours": "10.00", "contract_number": "2",
    }, [("unlikely_term", "/end"), ("unlikely_total_hours", "/weekly_hours")]),
    ("first", "death", {"date": "2026-02-15", "kind": "DEATH"}, [("facts_after", "/date")]),
]  # fmt: skip


async def test_each_write_says_its_doubts_and_those_of_the_fields_it_has(eligibility: Eligibility) -> None:
    stagiaire = {"kind": "STAGIAIRE", "weekly_hours": "20.00", "titular": False}
    hires = {
        "first": hire_body(),
        "second": hire_body(matricule="M2", nir="180075912612355", birth_date="1980-07-01", employment=stagiaire),
        "third": hire_body(matricule="M3", nir="180075912612454", birth_date="1980-07-01", employment=stagiaire),
    }

    def said(answer: Any) -> list[tuple[str, str]]:
        assert answer.is_success, answer.text
        return [(one["code"], one["pointer"]) for one in answer.json()["warnings"]]

    async with eligibility.hris(CITY) as hris:
        agents = {}
        for name, body in hires.items():
            hired = await hris.post("/v1/agents", json=body, headers={"idempotency-key": name})
            assert said(hired) == []
            agents[name] = f"/v1/agents/{hired.json()['id']}"
        for name, what, body, expected in WRITES:
            path = f"{agents[name]}/{what}"
            answer = await hris.post(path, json=body, headers=KEY)
            assert (what, said(answer)) == (what, expected)
            assert said(await hris.post(path, json=body, headers=KEY)) == expected, "said twice"

        async def changed(below: str, body: dict[str, Any]) -> list[tuple[str, str]]:
            etag = (await hris.get(agents["third"])).headers["etag"]
            return said(await hris.patch(agents["third"] + below, json=body, headers={"if-match": etag}))

        file = (await hris.get(agents["third"])).json()
        job = f"/employments/{file['employments'][0]['id']}"
        assert await changed(job, {"from": "2026-01-01", "weekly_hours": "45.00"}) == [
            ("unlikely_hours", "/weekly_hours")
        ]
        assert await changed(job, {"end": "2027-12-31"}) == [], "of its hours it says nothing"
        assert await changed("", {"birth_date": "1981-07-01"}) == [("nir_birth_mismatch", "/birth_date")]
        assert await changed("", {"last_name": "AUTRE"}) == []
        stop = await hris.post(
            f"{agents['third']}/leaves", json={"kind": "CMO", "start": "2025-03-01", "end": "2025-10-31"}
        )
        requalified = {"kind": "CLM", "from": "2025-03-01"}
        assert await changed(f"/leaves/{stop.json()['id']}", requalified) == [
            ("other_regime", "/kind"),
            ("unlikely_period", "/kind"),
        ]
        assert await changed(f"/leaves/{stop.json()['id']}", {"cancelled": True}) == []
        left = await hris.post(f"{agents['third']}/departures", json={"date": "2025-12-31", "reason": "OTHER"})
        assert said(left) == [("facts_after", "/date")]
