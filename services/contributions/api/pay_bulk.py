"""Pay in bulk: up to 500 months in one call, each with its own answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final

from fastapi import Request as HttpRequest
from fastapi import Response
from pydantic import Field

from kit.http.auth import Principal, requires
from kit.http.bulk import MAX_ITEMS, Malformed, OrMalformed
from kit.http.language import Language, preferred
from kit.http.problem import FieldError, Problem
from kit.http.route import Now, Tx, service_router
from kit.http.types import Answer, Request, example
from services.contributions.api.pay import name_agents, refusal
from services.contributions.api.pay_schemas import PAY_ITEM, PayItem
from services.contributions.application.record_pay import Reception, Sent, record_pay
from services.contributions.domain.intake import Decision, PayKey, Verdict

router = service_router(tags=["Paie"])
CREATED: Final = 201
OK: Final = 200


class BulkRequest(Request):
    """Months of pay, of any agents and employers of the caller."""

    model_config = example({"items": [PAY_ITEM]})

    items: Annotated[list[Annotated[PayItem, OrMalformed]], Field(min_length=1, max_length=MAX_ITEMS)]


class ItemAnswer(Answer):
    """What became of the item at this index: 201 first version, 200 correction or nothing new, else a problem."""

    index: int
    status: int
    version: int | None = None
    problem: dict[str, Any] | None = None


class BulkAnswer(Answer):
    """One answer per item, in their order."""

    items: list[ItemAnswer]


@router.post("/v1/pay:bulk", status_code=207, summary="Éléments de paie par lots de 500 au plus")
async def record(
    *,
    body: BulkRequest,
    caller: Annotated[Principal, requires("pay:write")],
    tx: Tx,
    clock: Now,
    request: HttpRequest,
    response: Response,
) -> BulkAnswer:
    items: list[PayItem | Malformed] = list(body.items)
    refused = {n: problem for n, item in enumerate(items) if (problem := _refused(n, item, caller))}
    sent: dict[PayKey, Sent] = {}
    for n, item in enumerate(items):
        if n in refused or isinstance(item, Malformed):
            continue
        one = Sent(item.to_domain(), item.version)
        if sent.setdefault(item.key, one) != one:
            refused[n] = _contradicts(n)
    decided = await record_pay(tx, sent, Reception(clock.instant(), caller.client))
    await name_agents(tx, sent, response)
    language = preferred(request.headers.get("accept-language"))
    return BulkAnswer(items=[_answer(n, item, refused, decided, language) for n, item in enumerate(items)])


def _refused(index: int, item: PayItem | Malformed, caller: Principal) -> Problem | None:
    """Why an item is not even looked at, or None."""
    if isinstance(item, Malformed):
        return item.problem(index)
    try:
        caller.check_employer(item.employer)
    except Problem as problem:
        return problem
    return None


def _contradicts(index: int) -> Problem:
    detail_fr = "Ce mois de paie figure déjà dans la demande, avec un autre contenu."
    detail_en = "This month of pay is already in the request, with another content."
    return Problem(
        422,
        "contradictory_item",
        "Élément contradictoire",
        "Contradictory item",
        errors=[FieldError(f"/items/{index}", detail_fr, detail_en)],
    )


def _answer(
    index: int,
    item: PayItem | Malformed,
    refused: Mapping[int, Problem],
    decided: Mapping[PayKey, Decision],
    language: Language,
) -> ItemAnswer:
    problem = refused.get(index)
    decision = None
    if problem is None:
        assert isinstance(item, PayItem), "what is malformed is refused"
        decision = decided[item.key]
        problem = refusal(decision)
    if problem is not None:
        return ItemAnswer(index=index, status=problem.status, problem=problem.body(language))
    assert decision is not None
    status = CREATED if decision.verdict is Verdict.RECORDED else OK
    return ItemAnswer(index=index, status=status, version=decision.version)
