"""An accounting file per employer: what its contracts bring into its journal, in entries that balance."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final

from fastapi import Query, Response

from kit.http.auth import Principal, requires
from kit.http.paths import EmployerPath
from kit.http.route import Tx, service_router
from kit.http.types import Code, DateText
from services.contributions.adapters import accounting
from services.contributions.adapters.papers.sheet import Cell, Sheet
from services.contributions.api.files import AskedFormat, answer, documented
from services.contributions.domain.accounting import Entry, Role, journal
from services.contributions.domain.errors import InvalidPeriod, PeriodTooLong

router = service_router(tags=["Paiements"])
MAX_DAYS: Final = 366
_COLUMNS: Final = (
    *("date", "piece", "compte", "role", "libelle", "accord", "assureur", "garantie"),
    *("debit", "credit"),
)
_ABOUT: Final = "Compte de l'employeur pour ce rôle ; vide, la colonne le reste."
Chart = Annotated[Code | None, Query(description=_ABOUT)]


@router.get(
    "/v1/accounting/{employer}",
    response_class=Response,
    responses=documented("Le journal de la période"),
    summary="Écritures d'un employeur : bordereaux et paiements, pièce par pièce",
)
async def file(
    *,
    employer: EmployerPath,
    caller: Annotated[Principal, requires("contributions:read")],
    tx: Tx,
    form: AskedFormat,
    first: Annotated[DateText, Query(alias="from", description="Premier jour.")],
    last: Annotated[DateText, Query(alias="to", description="Dernier jour, compris.")],
    charge: Chart = None,
    withheld: Chart = None,
    insurer: Chart = None,
    treasury: Chart = None,
) -> Response:
    """A statement debits the charge and what is withheld, and credits the insurer; a payment debits the insurer."""
    caller.check_employer(employer)
    _check(first, last)
    chart = {Role.CHARGE: charge, Role.WITHHELD: withheld, Role.INSURER: insurer, Role.TREASURY: treasury}
    entries = journal(await accounting.pieces(tx, employer, first, last))
    rows = [_row(one, chart[one.role]) for one in entries]
    return await answer(Sheet(f"ecritures-{employer}-{first}-{last}", _COLUMNS, rows), form)


def _check(first: date, last: date) -> None:
    if last < first:
        raise InvalidPeriod(pointer="/query/to")
    if (last - first).days >= MAX_DAYS:
        raise PeriodTooLong(pointer="/query/to")


def _row(one: Entry, account: str | None) -> tuple[Cell, ...]:
    guarantee = None if one.guarantee is None else one.guarantee.value
    about = (one.on.isoformat(), one.reference, account, one.role.value, one.label)
    return (*about, one.agreement, one.insurer, guarantee, one.debit, one.credit)
