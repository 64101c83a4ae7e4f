"""An accord on two days, side by side."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final, Self

from fastapi import Query
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.http.auth import requires
from kit.http.route import Now, Tx, service_router
from kit.http.types import Answer, DateText, SiretText
from services.agreements.adapters import agreements
from services.agreements.api.agreements import Key
from services.agreements.api.history import ChangedTermAnswer
from services.agreements.domain.comparison import ComparedTerm, compared, said_on
from services.agreements.domain.errors import UnknownAgreement
from services.agreements.domain.lifecycle import Force

router = service_router(tags=["Accords"])
# Two accords that have nothing in common differ in some hundred terms, and in as many again for each exception.
MOST: Final = 500
_SPEAKING: Final = frozenset({Force.IN_FORCE, Force.SUSPENDED, Force.NOT_PUBLISHED})


class ComparedTermAnswer(ChangedTermAnswer):
    """The same with the paragraphs that say so; null: none is given, or nothing is said."""

    before_source: str | None
    after_source: str | None


class SideAnswer(Answer):
    """The accord on a day: the version that speaks, whether it binds; null before any version does."""

    as_of: date
    version: int | None
    force: Force | None


class ComparisonAnswer(Answer):
    """What differs, 500 terms at most of `total`."""

    agreement: str
    before: SideAnswer
    after: SideAnswer
    total: int
    changes: list[ComparedTermAnswer]

    @classmethod
    def of(cls, agreement: str, before: SideAnswer, after: SideAnswer, found: list[ComparedTerm]) -> Self:
        shown = [ComparedTermAnswer.model_validate(one) for one in found[:MOST]]
        return cls(agreement=agreement, before=before, after=after, total=len(found), changes=shown)


@router.get(
    "/v1/agreements/{agreement}/comparison",
    dependencies=[requires("agreements:read")],
    summary="Ce qu'un accord dit d'un jour à l'autre, clause par clause",
)
async def compare(
    *,
    agreement: Key,
    tx: Tx,
    clock: Now,
    before: Annotated[DateText, Query(description="Premier jour auquel lire l'accord.")],
    after: Annotated[DateText | None, Query(description="Second jour ; aujourd'hui sinon.")] = None,
    employer: Annotated[SiretText | None, Query(description="Employeur dont appliquer les exceptions.")] = None,
) -> ComparisonAnswer:
    """Every term that differs, old and new, with its paragraphs. Outside its days an accord says nothing."""
    if await agreements.get(tx, agreement) is None:
        raise UnknownAgreement
    old, left = await _said(tx, agreement, before, employer)
    new, right = await _said(tx, agreement, after or clock.day(), employer)
    return ComparisonAnswer.of(agreement, left, right, compared(old, new))


async def _said(
    tx: AsyncConnection, agreement: str, day: date, employer: str | None
) -> tuple[dict[str, str], SideAnswer]:
    stored = await agreements.get(tx, agreement, on=day)
    if stored is None:
        return {}, SideAnswer(as_of=day, version=None, force=None)
    side = SideAnswer(as_of=day, version=stored.version, force=stored.force(day))
    return said_on(stored.document.dump(), day, employer) if side.force in _SPEAKING else {}, side
