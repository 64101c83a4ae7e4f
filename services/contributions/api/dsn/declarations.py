"""Declarations read from DSN files: what is mapped and what is kept raw, and how they differ from what was computed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Any, Final, Self
from uuid import UUID

from fastapi import Query, Response
from fastapi import Request as HttpRequest

from kit.http.auth import requires
from kit.http.pagination import Page, Paging, paged
from kit.http.route import Crypto, Tx, service_router
from kit.http.subject import about
from kit.http.types import Answer, MonthText, SiretText
from rules.vocabulary import Guarantee
from services.contributions.adapters.dsn import report, store
from services.contributions.adapters.dsn.report import Numbered
from services.contributions.adapters.dsn.store import Declaration, StoredPart, Wanted
from services.contributions.adapters.papers.sheet import Sheet, csv_of
from services.contributions.api.parameters import DeclarationId, QueryMonth, after
from services.contributions.domain.dsn.difference import What
from services.contributions.domain.dsn.lines import Why
from services.contributions.domain.dsn.norm import KNOWN_NORM
from services.contributions.domain.errors import UnknownDsn

router = service_router(tags=["DSN"], dependencies=[requires("contributions:read")])
_PAGE: Final = 1_000
_COLUMNS: Final = ("numero", "agent", "matricule", "ecart", "garantie", "mois", "declare", "calcule", "ligne")
CSV_FILE: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {"text/csv": {"schema": {"type": "string"}}}, "description": "Le rapport d'écarts"}
}


class DeclarationAnswer(Answer):
    """A declaration. `lines` = `mapped` + those kept raw; `known_norm` false: all of it is kept raw.

    `reconciled_at` null: not compared (not monthly, another norm, no month, withdrawn), or not yet: `reconciliation` is
    the job that does it. `replaced_by`: a later declaration stands for it.
    """

    id: UUID
    siret: str
    month: MonthText | None
    norm: str | None
    known_norm: bool
    nature: str | None
    type: str | None
    import_job: UUID
    lines: int
    mapped: int
    individuals: int
    truncated: bool
    recorded_at: datetime
    recorded_by: str
    reconciled_at: datetime | None
    fraction: str | None
    replaced_by: UUID | None
    reconciliation: UUID | None

    @classmethod
    def of(cls, found: Declaration) -> Self:
        other = ("siret", "known_norm", "import_job", "differences")
        same: dict[str, Any] = {name: getattr(found, name) for name in cls.model_fields if name not in other}
        return cls(siret=found.employer, known_norm=found.norm == KNOWN_NORM, import_job=found.job, **same)


class DeclarationSummary(DeclarationAnswer):
    """With the number of differences of each kind."""

    differences: dict[str, int]


class KeptAnswer(Answer):
    """A line that is not mapped: its number, its rubric, why. Its content stays sealed."""

    line: int
    rubric: str | None
    why: Why


class BlockAnswer(Answer):
    """One block as mapped; amounts in euros, dates as ISO. Reasons of leave stay sealed."""

    block: str
    line: int
    values: dict[str, str]


class PartAnswer(Answer):
    """Consecutive lines: a head or an individual. `other_person`: the number stated stands for another agent."""

    first_line: int
    lines: int
    individual: bool
    agent_id: UUID | None
    matricule: str | None
    other_person: bool
    blocks: list[BlockAnswer]
    kept: list[KeptAnswer]


class DifferenceAnswer(Answer):
    """One difference; `declared` and `expected` null: nothing was."""

    number: int
    agent_id: UUID | None
    matricule: str | None
    what: What
    guarantee: Guarantee | None
    month: MonthText | None
    declared: str | None
    expected: str | None
    line: int | None

    @classmethod
    def of(cls, one: Numbered) -> Self:
        said = one.found.difference
        return cls(
            number=one.number,
            agent_id=one.found.agent,
            matricule=one.found.matricule,
            what=said.what,
            guarantee=said.guarantee,
            month=said.month,
            declared=said.declared,
            expected=said.expected,
            line=said.line,
        )


@router.get("/v1/dsn", summary="Déclarations lues, dans l'ordre de leur réception")
async def index(
    *,
    request: HttpRequest,
    response: Response,
    page: Paging,
    tx: Tx,
    employer: Annotated[SiretText | None, Query(description="SIRET de l'employeur.")] = None,
    month: QueryMonth,
    current: Annotated[bool, Query(description="Sans celles qu'une autre remplace.")] = False,
) -> Page[DeclarationAnswer]:
    """Declarations in the order they came in."""
    found = await store.after(tx, page.fetch, after(page), Wanted(employer, month, current))
    return paged(request, response, page, [DeclarationAnswer.of(one) for one in found], lambda one: (one.id,))


@router.get("/v1/dsn/{declaration}", summary="Une déclaration, et le nombre de ses écarts")
async def read(declaration: DeclarationId, tx: Tx) -> DeclarationSummary:
    """One declaration."""
    return await summary(tx, await _declaration(tx, declaration))


@router.get("/v1/dsn/{declaration}/parts", summary="Ce qui en est lu, et les lignes gardées telles quelles")
async def parts(
    *, declaration: DeclarationId, request: HttpRequest, response: Response, page: Paging, tx: Tx, crypto: Crypto
) -> Page[PartAnswer]:
    """Parts in the order of the file."""
    await _declaration(tx, declaration)
    previous = page.start(int) or 0
    found = await store.parts(tx, declaration, page.fetch, min(previous, _BIGGEST))
    mapped = await store.mapped(tx, declaration, [part.first_line for part in found], crypto)
    answers = [_part(part, mapped[part.first_line].blocks if part.first_line in mapped else []) for part in found]
    return paged(request, response, page, answers, lambda one: (one.first_line,))


@router.get("/v1/dsn/{declaration}/differences", summary="Écarts avec ce que Relais a calculé")
async def differences(
    *,
    declaration: DeclarationId,
    request: HttpRequest,
    response: Response,
    page: Paging,
    tx: Tx,
    agent: Annotated[UUID | None, Query(description="Identifiant de l'agent.")] = None,
) -> Page[DifferenceAnswer]:
    """Differences in the order of the report."""
    await _declaration(tx, declaration)
    found = await report.differences(tx, declaration, page.fetch, min(page.start(int) or 0, _BIGGEST), agent)
    return paged(request, response, page, [DifferenceAnswer.of(one) for one in found], lambda one: (one.number,))


@router.get(
    "/v1/dsn/{declaration}/differences/file",
    response_class=Response,
    responses=CSV_FILE,
    summary="Le rapport d'écarts en CSV",
)
async def file(declaration: DeclarationId, tx: Tx) -> Response:
    """The whole report."""
    found = await _declaration(tx, declaration)
    told = [DifferenceAnswer.of(one) async for one in _every(tx, declaration)]
    rows = [tuple(one.model_dump(mode="json").values()) for one in told]
    content = await asyncio.to_thread(csv_of, Sheet("", _COLUMNS, rows))
    headers = {"content-disposition": f'attachment; filename="ecarts-dsn-{found.id}.csv"'}
    answer = Response(content, media_type="text/csv; charset=utf-8", headers=headers)
    about(answer, *dict.fromkeys(one.agent_id for one in told if one.agent_id is not None))
    return answer


_BIGGEST: Final = 2**31 - 1
# Health: why somebody is away is for the service that decides on leaves.
_UNSHOWN: Final = frozenset({("S21.G00.60", "reason"), ("S21.G00.60", "return_reason"), ("S21.G00.65", "reason")})


def _part(part: StoredPart, blocks: Any) -> PartAnswer:
    shown = [
        BlockAnswer(
            block=block.code,
            line=block.line,
            values={name: value for name, value in block.values.items() if (block.code, name) not in _UNSHOWN},
        )
        for block in blocks
    ]
    kept = [KeptAnswer(line=line, rubric=rubric or None, why=Why(why)) for line, rubric, why in part.kept]
    return PartAnswer(
        first_line=part.first_line,
        lines=part.lines,
        individual=part.individual,
        agent_id=part.agent,
        matricule=part.matricule,
        other_person=part.other_person,
        blocks=shown,
        kept=kept,
    )


async def _every(tx: Tx, declaration: UUID) -> AsyncIterator[Numbered]:
    last = 0
    while page := await report.differences(tx, declaration, _PAGE, last):
        for one in page:
            yield one
        last = page[-1].number


async def summary(tx: Tx, found: Declaration) -> DeclarationSummary:
    """A declaration with the number of its differences."""
    shown = DeclarationAnswer.of(found)
    return DeclarationSummary(**dict(shown), differences=await report.counts(tx, found.id))


async def _declaration(tx: Tx, key: UUID) -> Declaration:
    found = await store.one(tx, key)
    if found is None:
        raise UnknownDsn
    return found
