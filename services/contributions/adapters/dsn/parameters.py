"""The insurer's codes of contracts, as given."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.ids import new_id
from kit.period import Period
from rules.vocabulary import Guarantee, Regime
from services.contributions.adapters.dsn.tables import dsn_parameters
from services.contributions.domain.dsn.parameters import Codes, Contract

_TABLE: Final = dsn_parameters.c
_LOCK: Final = text("SELECT pg_advisory_xact_lock(hashtextextended('contributions.dsn.parameters:' || :employer, 0))")


async def add(tx: AsyncConnection, employer: str, one: Contract, at: datetime, by: str) -> UUID:
    """Keep what was given; what it replaces stays in the history."""
    key = new_id()
    await tx.execute(
        insert(dsn_parameters).values(
            id=key,
            employer=employer,
            agreement=one.agreement,
            insurer=one.insurer,
            starts=one.period.start,
            ends=one.period.end,
            document=_document(one),
            recorded_at=at,
            recorded_by=by,
        )
    )
    return key


async def lock(tx: AsyncConnection, employer: str) -> None:
    """Until commit nobody else gives codes of this employer."""
    await tx.execute(_LOCK, {"employer": employer})


async def given(
    tx: AsyncConnection, employer: str, agreement: str, insurer: str, start: date
) -> tuple[int, Contract | None]:
    """How often the codes of a contract from a day on were given (its version), and those that count."""
    this = (_TABLE.employer == employer, _TABLE.agreement == agreement)
    query = select(dsn_parameters).where(*this, _TABLE.insurer == insurer, _TABLE.starts == start).order_by(_TABLE.id)
    rows = (await tx.execute(query)).all()
    return len(rows), _contract(rows[-1]) if rows else None


async def of_employer(tx: AsyncConnection, employer: str) -> list[Contract]:
    """What counts now: of each contract and start, the last given."""
    current: dict[tuple[Any, ...], Contract] = {}
    rows = await tx.execute(select(dsn_parameters).where(_TABLE.employer == employer).order_by(_TABLE.id))
    for row in rows:
        current[row.agreement, row.insurer, row.starts] = _contract(row)
    return [current[key] for key in sorted(current)]


def _document(one: Contract) -> dict[str, Any]:
    return {
        "reference": one.reference,
        "organisation": one.organisation,
        "delegate": one.delegate,
        "staff": one.staff,
        "assumption": one.assumption,
        "source": one.source,
        "guarantees": {
            guarantee.value: {
                "option": codes.option,
                "populations": {regime.value: code for regime, code in codes.populations.items()},
            }
            for guarantee, codes in one.guarantees.items()
        },
    }


def _contract(row: Any) -> Contract:
    said = row.document
    guarantees = {
        Guarantee(name): Codes(codes["option"], {Regime(r): code for r, code in codes["populations"].items()})
        for name, codes in said["guarantees"].items()
    }
    plain = {name: said[name] for name in ("reference", "organisation", "delegate", "staff", "assumption", "source")}
    return Contract(row.agreement, row.insurer, Period(row.starts, row.ends), guarantees=guarantees, **plain)
