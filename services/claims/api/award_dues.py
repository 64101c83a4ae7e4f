"""The file of what insurers pay of annuities and capitals, which no claim's file and no payroll holds."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Annotated, Final

from fastapi import Query
from pydantic import AwareDatetime
from starlette.responses import Response

from kit.http.auth import Principal, requires
from kit.http.route import Tx, service_router
from kit.http.subject import about
from kit.http.types import BOUNDED_MONTH_PATTERN, SiretText
from kit.period import Month
from rules.vocabulary import Guarantee
from services.claims.adapters.award_dues import AwardDue, award_dues

router = service_router(prefix="/v1/awards", tags=["Rentes", "Capitaux"])
COLUMNS: Final = ("nature", "agent", "prestation", "garantie", "depuis", "assureur", "mois", "du", "rappel", "a_payer")


@router.get(
    "/dues",
    operation_id="export_award_dues",
    summary="Fichier de l'assureur : rentes et capitaux à payer (CSV)",
    response_class=Response,
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
)
async def export_award_dues(
    tx: Tx,
    caller: Annotated[Principal, requires("claims:read")],
    employer: Annotated[SiretText, Query(description="SIRET de l'employeur.")],
    month: Annotated[str, Query(pattern=BOUNDED_MONTH_PATTERN, description="Mois à payer, AAAA-MM.")],
    drawn_at: Annotated[
        AwareDatetime | None,
        Query(description="Instant où le fichier du mois précédent a été tiré ; absent, il n'y en a pas eu."),
    ] = None,
) -> Response:
    caller.check_employer(employer)
    rows = await award_dues(tx, employer, Month.parse(month), drawn_at)
    headers = {"content-disposition": f'attachment; filename="rentes-capitaux-{employer}-{month}.csv"'}
    response = Response(_csv(month, rows), media_type="text/csv; charset=utf-8", headers=headers)
    about(response, *dict.fromkeys(row.agent for row in rows))
    return response


def _csv(month: str, rows: Iterable[AwardDue]) -> str:
    """One line for each annuity and capital, separated by semicolons; `rappel` is below zero where less was due."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in rows:
        nature = "RENTE" if row.guarantee is Guarantee.BASE else "CAPITAL"
        who = (nature, row.agent, row.award, row.guarantee.value, row.day, row.insurer or "")
        writer.writerow([*who, month, row.due, row.arrears, row.due + row.arrears])
    return out.getvalue()
