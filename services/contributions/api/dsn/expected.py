"""What an employer must put in its own DSN."""

from __future__ import annotations

from typing import Annotated, Self
from uuid import UUID

from fastapi import Request as HttpRequest
from fastapi import Response

from kit.http.auth import Principal, requires
from kit.http.pagination import Page, Paging, paged
from kit.http.paths import EmployerPath
from kit.http.route import Tx, service_router
from kit.http.subject import about
from kit.http.types import Answer
from services.contributions.api.parameters import PathMonth, after
from services.contributions.application.dsn import expect_dsn
from services.contributions.application.dsn.expect_dsn import AgentBlocks
from services.contributions.domain.dsn.expected import Written
from services.contributions.domain.errors import DsnCodesUnknown

router = service_router(tags=["DSN"])
Reader = Annotated[Principal, requires("contributions:read")]


class RubricAnswer(Answer):
    """A rubric to write; `value` null: nobody has given it."""

    rubric: str
    value: str | None


class EmployerBlocksAnswer(Answer):
    """Blocks 15, 20 and 55. `unknown` lists rubrics without a value; `assumption`: codes of a demonstration."""

    adhesions: list[RubricAnswer]
    payments: list[RubricAnswer]
    unknown: list[str]
    assumption: bool


class AgentBlocksAnswer(Answer):
    """Blocks 70, 78, 79 and 81 of an agent."""

    agent_id: UUID
    matricule: str | None
    rubrics: list[RubricAnswer]
    unknown: list[str]

    @classmethod
    def of(cls, one: AgentBlocks) -> Self:
        unknown = expect_dsn.unknown(one.rubrics)
        return cls(agent_id=one.agent, matricule=one.matricule, rubrics=_rubrics(one.rubrics), unknown=unknown)


@router.get("/v1/dsn/expected/{employer}/{month}", summary="Blocs 15, 20 et 55 à déclarer")
async def of_employer(employer: EmployerPath, month: PathMonth, caller: Reader, tx: Tx) -> EmployerBlocksAnswer:
    """What stands once in the employer's DSN of the month."""
    caller.check_employer(employer)
    found = await expect_dsn.of_employer(tx, employer, month)
    unknown = expect_dsn.unknown([*found.adhesions, *found.payments])
    return EmployerBlocksAnswer(
        adhesions=_rubrics(found.adhesions),
        payments=_rubrics(found.payments),
        unknown=unknown,
        assumption=found.assumption,
    )


@router.get("/v1/dsn/expected/{employer}/{month}/agents", summary="Blocs 70, 78, 79 et 81 à déclarer, par agent")
async def of_agents(
    *,
    employer: EmployerPath,
    month: PathMonth,
    caller: Reader,
    tx: Tx,
    request: HttpRequest,
    response: Response,
    page: Paging,
) -> Page[AgentBlocksAnswer]:
    """What stands under each agent."""
    caller.check_employer(employer)
    found = await expect_dsn.of_agents(tx, employer, month, page.fetch, after(page))
    return paged(request, response, page, [AgentBlocksAnswer.of(one) for one in found], lambda one: (one.agent_id,))


@router.get(
    "/v1/dsn/expected/{employer}/{month}/file",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}, "description": "Un fragment de DSN"}},
    summary="Les mêmes blocs, en lignes de DSN, par matricule",
)
async def file(employer: EmployerPath, month: PathMonth, caller: Reader, tx: Tx) -> Response:
    """A fragment to compare with or to copy from; refused while a code is unknown, for no line holds a guess."""
    caller.check_employer(employer)
    head = await expect_dsn.of_employer(tx, employer, month)
    written = [*head.head, *head.adhesions, *head.payments]
    last: UUID | None = None
    agents: list[UUID] = []
    while page := await expect_dsn.of_agents(tx, employer, month, _PAGE, last):
        for one in page:
            written += [Written("S21.G00.30.019", one.matricule), *one.rubrics]
            agents.append(one.agent)
        last = page[-1].agent
    lacking = expect_dsn.unknown(written)
    if lacking:
        raise DsnCodesUnknown(detail_fr=f"Rubriques sans valeur : {', '.join(lacking)}.")
    written.append(Written("S90.G00.90.001", str(len(written) + 1)))
    content = "".join(f"{one.text}\r\n" for one in written).encode("latin-1")
    headers = {"content-disposition": f'attachment; filename="dsn-prevoyance-{employer}-{month}.txt"'}
    answer = Response(content, media_type="text/plain; charset=iso-8859-1", headers=headers)
    about(answer, *agents)
    return answer


_PAGE = 500


def _rubrics(written: tuple[Written, ...]) -> list[RubricAnswer]:
    return [RubricAnswer(rubric=one.rubric, value=one.value) for one in written]
