"""Months, matricules and cursors in paths and queries."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Depends, Path, Query
from pydantic import AfterValidator

from kit.http.pagination import PageRequest
from kit.http.problem import FieldError, Problem
from kit.http.types import BOUNDED_MONTH_PATTERN, MATRICULE_PATTERN, not_a_nir
from kit.period import Month

QueryMatricule = Annotated[
    str | None,
    Query(max_length=64, pattern=MATRICULE_PATTERN, description="Matricule chez cet employeur."),
    AfterValidator(lambda text: text and not_a_nir(text)),
]
Matricule = Annotated[
    str,
    Path(max_length=64, pattern=MATRICULE_PATTERN, description="Matricule chez cet employeur."),
    AfterValidator(not_a_nir),
]

StatementId = Annotated[UUID, Path(description="Identifiant du bordereau.")]
SettlementId = Annotated[UUID, Path(description="Identifiant du règlement.")]
PaymentId = Annotated[UUID, Path(description="Identifiant du paiement.")]
DeclarationId = Annotated[UUID, Path(description="Identifiant de la déclaration DSN.")]


async def _path_month(
    month: Annotated[str, Path(pattern=BOUNDED_MONTH_PATTERN, description="Mois, AAAA-MM.")],
) -> Month:
    return Month.parse(month)


async def _query_month(
    month: Annotated[str | None, Query(pattern=BOUNDED_MONTH_PATTERN, description="Mois, AAAA-MM.")] = None,
) -> Month | None:
    return None if month is None else Month.parse(month)


async def _first_month(
    first: Annotated[
        str | None, Query(alias="from", pattern=BOUNDED_MONTH_PATTERN, description="Premier mois, AAAA-MM.")
    ] = None,
) -> Month | None:
    return None if first is None else Month.parse(first)


async def _last_month(
    last: Annotated[
        str | None, Query(alias="to", pattern=BOUNDED_MONTH_PATTERN, description="Dernier mois, AAAA-MM.")
    ] = None,
) -> Month | None:
    return None if last is None else Month.parse(last)


PathMonth = Annotated[Month, Depends(_path_month)]
QueryMonth = Annotated[Month | None, Depends(_query_month)]
FirstMonth = Annotated[Month | None, Depends(_first_month)]
LastMonth = Annotated[Month | None, Depends(_last_month)]
Order = Annotated[Literal["oldest", "newest"], Query(description="Par lesquels commencer.")]


def after(page: PageRequest) -> UUID | None:
    """The last id of the page before."""
    if page.after is None:
        return None
    try:
        return UUID(str(page.after[0]))
    except ValueError:
        error = FieldError("/query/cursor", "Curseur inconnu.", "Unknown cursor.", "cursor")
        raise Problem(422, "cursor", "Curseur inconnu", "Unknown cursor", errors=[error]) from None
