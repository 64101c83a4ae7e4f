"""Months, matricules and cursors in paths and queries."""

from __future__ import annotations

from typing import Annotated, Final
from uuid import UUID

from fastapi import Depends, Path, Query
from pydantic import AfterValidator

from kit.http.pagination import PageRequest
from kit.http.problem import FieldError, Problem
from kit.http.types import not_a_nir
from kit.period import Month

# The years of kit.http.types: beyond them date arithmetic overflows.
MONTH: Final = r"^(19|2[01])[0-9]{2}-(0[1-9]|1[0-2])$"
Matricule = Annotated[
    str,
    Path(max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]*$", description="Matricule chez cet employeur."),
    AfterValidator(not_a_nir),
]


async def _path_month(month: Annotated[str, Path(pattern=MONTH, description="Mois, AAAA-MM.")]) -> Month:
    return Month.parse(month)


async def _query_month(
    month: Annotated[str | None, Query(pattern=MONTH, description="Mois, AAAA-MM.")] = None,
) -> Month | None:
    return None if month is None else Month.parse(month)


PathMonth = Annotated[Month, Depends(_path_month)]
QueryMonth = Annotated[Month | None, Depends(_query_month)]


def after(page: PageRequest) -> UUID | None:
    """The last id of the page before."""
    if page.after is None:
        return None
    try:
        return UUID(str(page.after[0]))
    except ValueError:
        error = FieldError("/query/cursor", "Curseur inconnu.", "Unknown cursor.", "cursor")
        raise Problem(422, "cursor", "Curseur inconnu", "Unknown cursor", errors=[error]) from None
