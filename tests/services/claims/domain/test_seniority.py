"""Services of a contractuel over several contracts (décret 88-145 art. 28 and 31; rulebook §1.1, K where not said)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from rules.vocabulary import LeaveKind, Leg, Regime
from services.claims.domain.agent_file import Employment
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


def test_a_second_contract_has_the_tier_of_both() -> None:
    """Three years over two contracts: 90 days in full, where the second alone opens 30."""
    contracts = (contract("2022-06-01", "2025-05-31"), contract("2025-08-01"))
    known = file(employments=contracts, leaves=(leave(entry("2026-02-01", "2026-05-31", LeaveKind.CMO, 0)),))
    (spell,) = spells(known, BOOK)
    full = [one for one in spell.entitlement.periods() if one.leg is Leg.FULL]
    assert [one.period.days for one in full] == [90]
    alone = file(employments=contracts[1:], leaves=known.leaves)
    assert [one.period.days for one in spells(alone, BOOK)[0].entitlement.periods()] == [30, 30, 60]
