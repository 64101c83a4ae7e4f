"""What an employer must put in its DSN of a month, from that month's statements and the insurer's codes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.period import Month
from rules.vocabulary import Regime
from services.contributions.adapters import agents
from services.contributions.adapters.agents import Known
from services.contributions.adapters.dsn import parameters, report
from services.contributions.domain.dsn import expected
from services.contributions.domain.dsn.expected import Written
from services.contributions.domain.dsn.parameters import Contracts


@dataclass(frozen=True, slots=True)
class AgentBlocks:
    """The blocks 70, 78, 79 and 81 of an agent; `matricule` None when nobody knows it any more."""

    agent: UUID
    matricule: str | None
    rubrics: tuple[Written, ...]


@dataclass(frozen=True, slots=True)
class EmployerBlocks:
    """The blocks 15, 20 and 55, and whether the codes are an assumption."""

    head: tuple[Written, ...]
    adhesions: tuple[Written, ...]
    payments: tuple[Written, ...]
    assumption: bool


async def of_employer(tx: AsyncConnection, employer: str, month: Month) -> EmployerBlocks:
    """What stands once in the declaration."""
    contracts = await _contracts(tx, employer, month)
    owing = await report.owing(tx, employer, month)
    return EmployerBlocks(
        tuple(expected.head(employer, month)),
        tuple(expected.adhesions(contracts)),
        tuple(expected.payments((one for lines in owing.values() for one in lines), contracts)),
        any(contract.assumption for contract in contracts.known),
    )


async def of_agents(
    tx: AsyncConnection, employer: str, month: Month, limit: int, previous: UUID | None
) -> list[AgentBlocks]:
    """What stands under each agent, those on the month's statements, in the order of their ids."""
    page = await report.agents_after(tx, employer, month, limit, previous)
    contracts = await _contracts(tx, employer, month)
    owing = await report.owing(tx, employer, month, page)
    names = await report.matricules(tx, employer, page)
    known = await agents.known(tx, employer)
    return [
        AgentBlocks(
            agent,
            next(iter(names.get(agent, ())), None),
            tuple(expected.of_agent(owing.get(agent, ()), _regime(known.get(agent), month), contracts)),
        )
        for agent in page
    ]


def unknown(rubrics: Sequence[Written]) -> list[str]:
    """The rubrics that nobody has given a value for."""
    return sorted({one.rubric for one in rubrics if one.value is None})


async def _contracts(tx: AsyncConnection, employer: str, month: Month) -> Contracts:
    return Contracts.in_month(await parameters.of_employer(tx, employer), month)


def _regime(known: Known | None, month: Month) -> Regime | None:
    """The regime of the latest employment that has begun by the end of the month."""
    begun = [e for e in known.employments if e.period.start <= month.last] if known else []
    return max(begun, key=lambda e: (e.period.start, e.id)).status.regime if begun else None
