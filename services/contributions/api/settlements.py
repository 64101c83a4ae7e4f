"""Settlements with insurers: what their lots are owed, by accord and employer, out of statements, to the cent."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from fastapi import Query, Response
from fastapi import Request as HttpRequest

from kit.http.auth import Principal, requires
from kit.http.pagination import Page, Paging, paged
from kit.http.route import Idempotent, Now, Tx, service_router
from kit.http.types import Answer, Code, MonthText, Request, SignedAmount, example
from services.contributions.adapters import settlements
from services.contributions.adapters.papers.sheet import Sheet
from services.contributions.adapters.settlements import Lot, SettledStatement, Settlement
from services.contributions.api.figures import AmountsAnswer
from services.contributions.api.files import AskedFormat, answer, documented
from services.contributions.api.parameters import QueryMonth, SettlementId, after
from services.contributions.application.record_pay import Reception
from services.contributions.application.settle_insurer import MAX_STATEMENTS, settle_insurer
from services.contributions.domain.errors import UnknownSettlement

router = service_router(tags=["Règlements"])
PATH = "/v1/settlements"
READS = [requires("contributions:read")]
_COLUMNS = (
    *("reglement", "assureur", "accord", "employeur", "bordereau", "mois"),
    *("cotisation", "part_employeur", "part_agent", "encaisse", "reste"),
)


class SettlementRequest(Request):
    """Settle with an insurer the statements up to `month` that no settlement holds yet."""

    model_config = example({"insurer": "demo-a", "month": "2026-01"})

    insurer: Code
    month: MonthText


class TotalsAnswer(Answer):
    """Contributions issued, `collected` of them by now, and what is `left`. By guarantee where it is summed so."""

    statements: int
    guarantees: dict[str, AmountsAnswer]
    amount: SignedAmount
    employer: SignedAmount
    agent: SignedAmount
    collected: SignedAmount
    left: SignedAmount


class SettlementAnswer(TotalsAnswer):
    """A settlement. An employer sees its own part of it: the totals are those of the rows it may see.

    `reconciled`: its lines and its statements, added up again now, are the same.
    """

    id: UUID
    insurer: str
    number: int
    month: MonthText
    reconciled: bool
    recorded_at: datetime

    @classmethod
    def of(cls, found: Settlement) -> Self:
        same = {name: getattr(found, name) for name in ("id", "insurer", "number", "month", "reconciled")}
        return cls(**same, recorded_at=found.recorded_at, **_totals(found))


class LotAnswer(TotalsAnswer):
    """The part of one accord, whose contract with the insurer is a lot."""

    agreement: str
    employers: int

    @classmethod
    def of(cls, found: Lot) -> Self:
        return cls(agreement=found.agreement, employers=found.employers, **_totals(found))


class SettledStatementAnswer(Answer):
    """A statement of the settlement."""

    statement: UUID
    siret: str
    agreement: str
    number: int
    month: MonthText
    amount: SignedAmount
    employer: SignedAmount
    agent: SignedAmount
    collected: SignedAmount
    left: SignedAmount

    @classmethod
    def of(cls, found: SettledStatement) -> Self:
        same = {name: getattr(found, name) for name in SettledStatement.__slots__ if name != "id"}
        return cls(statement=found.id, left=found.amount - found.collected, **same)


def _totals(found: Settlement | Lot) -> dict[str, object]:
    same = {name: getattr(found, name) for name in ("statements", "amount", "employer", "agent", "collected")}
    guarantees = {code.value: AmountsAnswer.model_validate(one) for code, one in found.guarantees.items()}
    return {**same, "guarantees": guarantees, "left": found.amount - found.collected}


@router.post(PATH, status_code=201, summary="Arrêter le règlement d'un assureur")
async def settle(
    *,
    body: SettlementRequest,
    caller: Annotated[Principal, requires("contributions:write", tenancy="platform")],
    tx: Tx,
    clock: Now,
    _once: Idempotent,
) -> SettlementAnswer:
    """Each statement is in one settlement; one issued later is in the next."""
    key = await settle_insurer(tx, body.insurer, body.month, Reception(clock.instant(), caller.client))
    return SettlementAnswer.of(await _found(tx, key))


@router.get(PATH, summary="Règlements, dans l'ordre où ils ont été arrêtés", dependencies=READS)
async def index(
    *,
    request: HttpRequest,
    response: Response,
    page: Paging,
    tx: Tx,
    insurer: Annotated[Code | None, Query(description="Code de l'assureur.")] = None,
    month: QueryMonth,
) -> Page[SettlementAnswer]:
    """Settlements in which the caller has a part."""
    found = await settlements.after(tx, page.fetch, after(page), insurer, month)
    return paged(request, response, page, [SettlementAnswer.of(one) for one in found], lambda one: (one.id,))


@router.get(f"{PATH}/{{settlement}}", summary="Un règlement", dependencies=READS)
async def read(settlement: SettlementId, tx: Tx) -> SettlementAnswer:
    """One settlement."""
    return SettlementAnswer.of(await _found(tx, settlement))


@router.get(f"{PATH}/{{settlement}}/lots", summary="Un règlement par lot (accord et assureur)", dependencies=READS)
async def lots(
    settlement: SettlementId, request: HttpRequest, response: Response, page: Paging, tx: Tx
) -> Page[LotAnswer]:
    """Its lots, whose sums are the settlement's."""
    await _found(tx, settlement)
    found = await settlements.lots(tx, settlement, page.fetch, page.start(str))
    return paged(request, response, page, [LotAnswer.of(one) for one in found], lambda one: (one.agreement,))


@router.get(f"{PATH}/{{settlement}}/statements", summary="Bordereaux d'un règlement", dependencies=READS)
async def statements(
    settlement: SettlementId, request: HttpRequest, response: Response, page: Paging, tx: Tx
) -> Page[SettledStatementAnswer]:
    """Its statements, whose sums are the settlement's."""
    await _found(tx, settlement)
    found = await settlements.statements(tx, settlement, page.fetch, after(page))
    shown = [SettledStatementAnswer.of(one) for one in found]
    return paged(request, response, page, shown, lambda one: (one.statement,))


@router.get(
    f"{PATH}/{{settlement}}/file",
    response_class=Response,
    responses=documented("Les bordereaux du règlement"),
    summary="Un règlement en fichier, bordereau par bordereau",
    dependencies=READS,
)
async def file(settlement: SettlementId, tx: Tx, form: AskedFormat) -> Response:
    """Every statement of it."""
    one = await _found(tx, settlement)
    rows = await settlements.statements(tx, settlement, MAX_STATEMENTS, None)
    name = f"reglement-{one.insurer}-{one.number:04d}"
    lines = (
        (
            *(str(one.number), one.insurer, row.agreement, row.siret, row.number, str(row.month)),
            *(row.amount, row.employer, row.agent, row.collected, row.amount - row.collected),
        )
        for row in rows
    )
    return await answer(Sheet(name, _COLUMNS, lines), form)


async def _found(tx: Tx, key: UUID) -> Settlement:
    found = await settlements.one(tx, key)
    if found is None:
        raise UnknownSettlement
    return found
