"""Employments in the database: stretches of a contract under one set of conditions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, select
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.recording import Recording
from rules.vocabulary import Category, ContractKind, EmploymentKind
from services.eligibility.adapters.tables import employment
from services.eligibility.adapters.temporal import known, known_now, record, retract
from services.eligibility.domain.facts import Conditions, ContractKey, Spell
from services.eligibility.domain.file import ArtTeaching


async def of_agents(
    tx: AsyncConnection, agents: Sequence[UUID], at: datetime | None = None
) -> list[tuple[UUID, Spell]]:
    """All that is known now of these agents' employments, with the agent of each; one employer sees its own."""
    query = select(employment).where(known(employment, at), employment.c.agent.in_(agents))
    rows = (await tx.execute(query.order_by(employment.c.valid, employment.c.id))).mappings()
    return [(row["agent"], _spell(row)) for row in rows]


async def of_contract(tx: AsyncConnection, key: ContractKey) -> list[Spell]:
    """The stretches known now of one contract, in date order."""
    columns = employment.c
    query = select(employment).where(
        known_now(employment),
        columns.employer == key.employer,
        columns.matricule == key.matricule,
        columns.contract_number == key.number,
    )
    return [_spell(row) for row in (await tx.execute(query.order_by(columns.valid))).mappings()]


async def add(tx: AsyncConnection, agent: UUID, spells: Sequence[Spell], recording: Recording) -> None:
    await record(tx, employment, [_row(agent, spell) for spell in spells], recording)


async def replace(tx: AsyncConnection, agent: UUID, key: UUID, spells: Sequence[Spell], recording: Recording) -> None:
    """From now on the employment is known as these stretches; what was known before stays readable."""
    await retract(tx, employment, employment.c.id == key, recording)
    await add(tx, agent, spells, recording)


async def facts_of(tx: AsyncConnection, keys: Sequence[UUID]) -> list[UUID]:
    """What names the facts known now about some employments, in their order."""
    query = select(employment.c.fact).where(known_now(employment), employment.c.id.in_(keys))
    return list((await tx.execute(query.order_by(employment.c.id, employment.c.valid))).scalars())


async def of_facts(tx: AsyncConnection, facts: Sequence[UUID]) -> list[Spell]:
    """The stretches that some facts said, whether they are still known or not, in date order."""
    query = select(employment).where(employment.c.fact.in_(facts))
    return [_spell(row) for row in (await tx.execute(query.order_by(employment.c.valid))).mappings()]


def _row(agent: UUID, spell: Spell) -> dict[str, Any]:
    held = spell.conditions
    return {
        "id": spell.employment,
        "agent": agent,
        "employer": spell.key.employer,
        "matricule": spell.key.matricule,
        "contract_number": spell.key.number,
        "kind": held.kind.value,
        "contract": held.contract,
        "weekly_hours": held.weekly_hours,
        "category": held.category,
        "art_teaching": held.art_teaching,
        "service_start": spell.service_start,
        "agreed_end": spell.agreed_end,
        "valid": spell.period,
    }


def _spell(row: RowMapping) -> Spell:
    return Spell(
        employment=row["id"],
        key=ContractKey(row["employer"], row["matricule"], row["contract_number"]),
        period=row["valid"],
        conditions=Conditions(
            kind=EmploymentKind(row["kind"]),
            contract=None if row["contract"] is None else ContractKind(row["contract"]),
            weekly_hours=row["weekly_hours"],
            category=None if row["category"] is None else Category(row["category"]),
            art_teaching=None if row["art_teaching"] is None else ArtTeaching(row["art_teaching"]),
        ),
        service_start=row["service_start"],
        agreed_end=row["agreed_end"],
    )
