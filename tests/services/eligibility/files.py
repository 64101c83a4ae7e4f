"""Files of agents that Hypothesis makes up."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from kit.period import Period
from rules.vocabulary import ContractKind, EmploymentKind, PositionKind
from services.eligibility.domain.file import FONCTIONNAIRES, AgentFile, Dispense, Employment, Position

DAYS = st.dates(date(2024, 6, 1), date(2026, 6, 30))
LENGTHS = st.integers(0, 420)


@st.composite
def employments(draw: st.DrawFn) -> Employment:
    kind = draw(st.sampled_from(EmploymentKind))
    start = draw(DAYS)
    end = start + timedelta(days=draw(LENGTHS))
    if kind in FONCTIONNAIRES:
        return Employment(kind, None, Period(start, draw(st.sampled_from([end, None]))), Decimal(35))
    contract = draw(st.sampled_from(ContractKind))
    last = end if contract is ContractKind.CDD else draw(st.sampled_from([end, None]))
    return Employment(kind, contract, Period(start, last), Decimal(20))


@st.composite
def chains(draw: st.DrawFn) -> tuple[Employment, ...]:
    """Contracts that follow one another closely: where seniority is decided."""
    start, found = draw(st.dates(date(2024, 7, 1), date(2025, 6, 30))), []
    for length, gap in draw(
        st.lists(st.tuples(st.integers(20, 200), st.sampled_from([0, 0, 0, 1])), min_size=1, max_size=4)
    ):
        kind = draw(
            st.sampled_from(
                [EmploymentKind.CONTRACTUEL_PUBLIC] * 3 + [EmploymentKind.APPRENTI, EmploymentKind.VACATAIRE]
            )
        )
        end = start + timedelta(days=length)
        found.append(Employment(kind, ContractKind.CDD, Period(start, end), Decimal(35)))
        start = end + timedelta(days=1 + gap)
    return tuple(found)


@st.composite
def positions(draw: st.DrawFn) -> tuple[Position, ...]:
    """Leaves that do not overlap, some of them running on the accord's effect."""
    start = draw(st.dates(date(2024, 11, 1), date(2025, 3, 31)))
    found: list[Position] = []
    for length, gap in draw(st.lists(st.tuples(st.integers(0, 90), st.integers(1, 60)), max_size=4)):
        end = start + timedelta(days=length)
        found.append(Position(draw(st.sampled_from(PositionKind)), Period(start, end), draw(st.booleans())))
        start = end + timedelta(days=gap)
    if draw(st.booleans()) and found:
        found[-1] = Position(found[-1].kind, Period(found[-1].period.start), found[-1].paid)
    return tuple(found)


DISPENSES = st.builds(
    Dispense,
    requested_on=st.dates(date(2024, 12, 1), date(2025, 12, 31)),
    individual_cover=st.sampled_from([True, True, True, False]),
    proofs=st.lists(st.dates(date(2024, 1, 1), date(2026, 12, 31)), max_size=4).map(tuple),
    until=st.one_of(st.none(), st.none(), st.dates(date(2025, 1, 1), date(2026, 12, 31))),
)

FILES = st.builds(
    AgentFile,
    employments=st.one_of(chains(), st.lists(employments(), min_size=1, max_size=3).map(tuple)),
    positions=positions(),
    prior_collective_cover=st.sampled_from([False, False, True]),
    dispenses=st.lists(DISPENSES, max_size=2).map(tuple),
)
