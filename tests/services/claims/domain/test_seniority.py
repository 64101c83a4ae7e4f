"""Services of a contractuel over several contracts (décret 88-145 art. 28 and 31; rulebook §1.1, K where not said)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest

from kit.period import Period
from kit.trace import canonical, plain
from rules.vocabulary import LeaveKind, Leg, Regime
from services.claims.domain.agent_file import Employment
from services.claims.domain.leave_document import person_document, read_person
from services.claims.domain.seniority import person_at
from services.claims.domain.spell import spells
from tests.services.claims.domain.files import day, employed, entry, file, leave
from tests.services.claims.domain.histories import BOOK

PUBLIC = Regime.CONTRACTUEL_PUBLIC


def contract(start: str, end: str | None = None, regime: Regime = PUBLIC, service: str | None = None) -> Employment:
    return replace(employed(start, regime, end), id=start, service_start=day(service or start))


@pytest.mark.parametrize(
    ("before", "since"),
    [
        ([], "2026-01-01"),
        ([contract("2023-01-01", "2025-12-31")], "2023-01-01"),
        # Four months to the day leave it counted, one day more does not; the 122 or 123 days between are no service.
        ([contract("2023-01-01", "2025-08-31")], "2023-05-03"),
        ([contract("2023-01-01", "2025-08-30")], "2026-01-01"),
        ([contract("2022-01-01", "2022-12-31"), contract("2023-02-01", "2025-12-31")], "2022-02-01"),
        ([contract("2023-01-01", "2025-12-31", Regime.PRIVATE_LAW)], "2026-01-01"),
        ([contract("2024-01-01", "2025-12-31", service="2020-01-01")], "2020-01-01"),
        ([contract("2025-06-01", "2025-12-31"), contract("2023-01-01", "2025-12-31")], "2023-01-01"),
    ],
)
def test_services_of_before_count_without_their_interruptions(before: list[Employment], since: str) -> None:
    now = contract("2026-01-01")
    assert person_at([now, *before], now, date(2026, 6, 1), BOOK).service_start == day(since)
    assert person_at([*before, contract("2026-07-01", None), now], now, date(2026, 6, 1), BOOK).service_start == day(
        since
    )


def test_the_days_between_contracts_are_told() -> None:
    """Of contractuels alone, private law being no service; later contracts are not known of yet."""
    contracts = [contract("2023-01-01", "2023-06-30"), contract("2023-09-01", "2025-12-31"), contract("2026-02-01")]
    private = contract("2023-07-01", "2023-08-31", Regime.PRIVATE_LAW)
    told = [person_at([*contracts, private], one, one.period.start, BOOK).interruptions for one in contracts]
    summer, january = Period(date(2023, 7, 1), date(2023, 8, 31)), Period(date(2026, 1, 1), date(2026, 1, 31))
    assert told == [(), (summer,), (summer, january)]
    assert person_at(contracts, replace(contracts[2], regime=Regime.CNRACL), date(2026, 6, 1), BOOK).interruptions == ()


def test_a_leave_after_an_interruption_is_counted_over_days_of_service() -> None:
    """As the golden case of 300 days; a decision about it is taken again from what it keeps."""
    contracts = (contract("2024-06-01", "2025-05-31"), contract("2025-09-01"))
    first, second = (
        entry("2025-03-20", "2025-04-18", LeaveKind.CMO, 0),
        entry("2026-04-10", "2026-05-10", LeaveKind.CMO, 0),
    )
    known = file(employments=contracts, leaves=(leave(first), leave(second, id="other")))
    spell = spells(known, BOOK)[1]
    paid = [one for one in spell.entitlement.periods() if one.period.start >= second.start]
    assert [(one.leg, one.period.days) for one in paid] == [(Leg.HALF, 6), (Leg.FULL, 25)]
    assert read_person(json.loads(canonical(plain(person_document(spell.person))))) == spell.person
    never = BOOK.replacing("leave.contractual.discontinuous_when", "NEVER")
    yearly = [one for one in spells(known, never)[1].entitlement.periods() if one.period.start >= second.start]
    assert [(one.leg, one.period.days) for one in yearly] == [(Leg.FULL, 30), (Leg.HALF, 1)]


def test_a_second_contract_has_the_tier_of_both() -> None:
    """Three years over two contracts: 90 days in full, where the second alone opens 30."""
    contracts = (contract("2022-06-01", "2025-05-31"), contract("2025-08-01"))
    known = file(employments=contracts, leaves=(leave(entry("2026-02-01", "2026-05-31", LeaveKind.CMO, 0)),))
    (spell,) = spells(known, BOOK)
    full = [one for one in spell.entitlement.periods() if one.leg is Leg.FULL]
    assert [one.period.days for one in full] == [90]
    alone = file(employments=contracts[1:], leaves=known.leaves)
    assert [one.period.days for one in spells(alone, BOOK)[0].entitlement.periods()] == [30, 30, 60]
