"""`/v1/delegations`: the right to act for an employer, given to a centre de gestion or to a vendor, and received."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, Self
from uuid import UUID

from fastapi import Path, Query, Request, Response
from pydantic import Field

from gateway.adapters import delegations
from gateway.api.clients import IDENTIFIER, MAX_SCOPES
from gateway.application.delegations import delegate, end_delegation
from gateway.application.standing import as_delegate
from gateway.domain.clients import DEPARTMENT_PATTERN
from gateway.domain.delegations import Delegate, Delegation, InvalidDelegation
from kit.db.database import Scope
from kit.http import types
from kit.http.auth import Principal, requires
from kit.http.pagination import Page, Paging, paged
from kit.http.route import Now, Tx, service_router
from kit.http.types import Answer, DateText, Instant, SiretText
from kit.ids import new_id

router = service_router(tags=["Délégations"])
Reads = Annotated[Principal, requires("delegations:read")]
Writes = Annotated[Principal, requires("delegations:write")]


class DelegationRequest(types.Request):
    """To a client or to the centre de gestion of a département, not both. `to` is the last day.

    The answer is the same whether a client has this id or not: ask its vendor for it.
    """

    model_config = types.example(
        {
            "employer": "99985001900012",
            "department": "44",
            "scopes": ["agents:read", "claims:read"],
            "from": "2026-01-01",
            "to": "2027-12-31",
        }
    )

    employer: SiretText
    client: Annotated[str | None, Field(pattern=IDENTIFIER, description="Le logiciel d'un éditeur.")] = None
    department: Annotated[
        str | None, Field(pattern=DEPARTMENT_PATTERN, description="Le centre de gestion de ce département.")
    ] = None
    scopes: Annotated[list[str], Field(min_length=1, max_length=MAX_SCOPES, examples=[["agents:read"]])]
    first: Annotated[DateText, Field(alias="from")]
    last: Annotated[DateText, Field(alias="to")]

    def delegate(self) -> Delegate:
        """Raises InvalidDelegation unless it names one."""
        if self.client is not None and self.department is None:
            return Delegate("CLIENT", self.client)
        if self.department is not None and self.client is None:
            return Delegate("DEPARTMENT", self.department)
        raise InvalidDelegation(pointer="/client")


class DelegationAnswer(Answer):
    """`state` is FORESEEN, IN_FORCE, OVER or REVOKED, today."""

    id: UUID
    employer: str
    client: str | None
    department: str | None
    scopes: list[str]
    first: Annotated[date, Field(alias="from")]
    last: Annotated[date, Field(alias="to")]
    state: str
    given_by: str
    given_at: Instant
    revoked_by: str | None
    revoked_at: Instant | None

    @classmethod
    def of(cls, one: Delegation, today: date) -> Self:
        return cls.model_validate(
            {
                "id": one.id,
                "employer": one.employer,
                "client": one.delegate.key if one.delegate.kind == "CLIENT" else None,
                "department": one.delegate.key if one.delegate.kind == "DEPARTMENT" else None,
                "scopes": sorted(one.scopes),
                "from": one.first,
                "to": one.last,
                "state": one.state(today),
                "given_by": one.given_by,
                "given_at": one.given_at,
                "revoked_by": one.revoked_by,
                "revoked_at": one.revoked_at,
            }
        )


@router.get("/v1/delegations", summary="Délégations données, ou reçues, la plus récente d'abord")
async def index(
    *,
    request: Request,
    response: Response,
    caller: Reads,
    tx: Tx,
    clock: Now,
    page: Paging,
    side: Annotated[
        Literal["given", "received"], Query(description="Données par vos employeurs, ou reçues par vous.")
    ] = "given",
    employer: Annotated[SiretText | None, Query(description="De cet employeur.")] = None,
) -> Page[DelegationAnswer]:
    after = page.start(lambda key: UUID(str(key)))
    if side == "given":
        found = await delegations.page(tx, after, page.fetch, employer=employer, to=None)
    else:
        async with request.app.state.db.transaction(Scope.all()) as every:
            to = await as_delegate(every, caller)
            found = await delegations.page(every, after, page.fetch, employer=employer, to=to)
    today = clock.day()
    return paged(request, response, page, [DelegationAnswer.of(one, today) for one in found], lambda one: (one.id,))


@router.post("/v1/delegations", status_code=201, summary="Déléguer à un tiers le droit d'agir pour un employeur")
async def give(body: DelegationRequest, caller: Writes, tx: Tx, clock: Now) -> DelegationAnswer:
    one = Delegation(
        new_id(),
        str(body.employer),
        body.delegate(),
        frozenset(body.scopes),
        body.first,
        body.last,
        caller.client,
        clock.instant(),
    )
    await delegate(tx, one, clock, caller)
    return DelegationAnswer.of(one, clock.day())


@router.delete("/v1/delegations/{delegation}", status_code=204, summary="Mettre fin à une délégation")
async def end(
    delegation: Annotated[UUID, Path(description="La délégation.")], caller: Writes, tx: Tx, clock: Now
) -> None:
    await end_delegation(tx, delegation, clock, caller)
