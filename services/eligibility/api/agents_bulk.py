"""Agents in bulk: up to 500 hires in one call, each with its own answer."""

from __future__ import annotations

from typing import Annotated

from fastapi import Request as HttpRequest
from fastapi import Response
from pydantic import Field

from kit.errors import RelaisError
from kit.http.auth import Principal, requires
from kit.http.bulk import MAX_ITEMS, BulkAnswer, ItemAnswer, Malformed, OrMalformed
from kit.http.language import Language, preferred
from kit.http.problem import FieldError, Problem
from kit.http.route import Crypto, Rules, Tx, service_router
from kit.http.subject import about
from kit.http.types import Request, example
from services.eligibility.api.common import Recorded, remarks_on
from services.eligibility.api.schemas import HIRE, HireRequest
from services.eligibility.application.hire_agent import Draft, Hired, hire_agents

router = service_router(tags=["Agents"])


class BulkRequest(Request):
    """Hires, of any employers of the caller. SIRET and matricule name each, so the whole may be sent again."""

    model_config = example({"items": [HIRE]})

    items: Annotated[list[Annotated[HireRequest, OrMalformed]], Field(min_length=1, max_length=MAX_ITEMS)]


@router.post("/v1/agents:bulk", status_code=207, summary="Embauches par lots de 500 au plus")
async def hire(
    *,
    body: BulkRequest,
    caller: Annotated[Principal, requires("agents:write")],
    tx: Tx,
    rules: Rules,
    crypto: Crypto,
    recording: Recorded,
    request: HttpRequest,
    response: Response,
) -> BulkAnswer:
    """Hire agents, as POST /v1/agents does one by one: 201 entered, 200 already known, else the item's problem."""
    items: list[HireRequest | Malformed] = list(body.items)
    refused = {n: problem for n, item in enumerate(items) if (problem := _refused(n, item, caller))}
    sent = {n: item for n, item in enumerate(items) if n not in refused and isinstance(item, HireRequest)}
    drafts = [Draft.of(item.to_hire(), rules, crypto, recording.at.date()) for item in sent.values()]
    outcomes = dict(zip(sent, await hire_agents(tx, drafts, crypto, recording), strict=True))
    about(response, *dict.fromkeys(one.agent for one in outcomes.values() if isinstance(one, Hired)))
    language = preferred(request.headers.get("accept-language"))
    return BulkAnswer(items=[_answer(n, refused.get(n) or outcomes[n], language) for n in range(len(items))])


def _refused(index: int, item: HireRequest | Malformed, caller: Principal) -> Problem | None:
    """Why an item is not even looked at, or None."""
    if isinstance(item, Malformed):
        return item.problem(index)
    try:
        caller.check_employer(item.employer)
    except Problem as problem:
        return problem
    return None


def _answer(index: int, outcome: Hired | RelaisError | Problem, language: Language) -> ItemAnswer:
    if isinstance(outcome, Hired):
        status, remarks = 201 if outcome.new else 200, remarks_on(outcome.doubts, f"/items/{index}")
        return ItemAnswer(index=index, status=status, id=str(outcome.agent), warnings=remarks)
    problem = outcome if isinstance(outcome, Problem) else _problem(index, outcome)
    return ItemAnswer(index=index, status=problem.status, problem=problem.body(language))


def _problem(index: int, error: RelaisError) -> Problem:
    """The problem of an item, pointing into the whole body."""
    problem = Problem.of(error)
    problem.errors = tuple(
        FieldError(f"/items/{index}{one.pointer}", one.detail_fr, one.detail_en, one.code) for one in problem.errors
    )
    return problem
