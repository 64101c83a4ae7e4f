"""One request, one transaction: it commits before the answer leaves, and rolls back on any error.

    router = service_router(tags=["Agents"])

    @router.post("/v1/agents", status_code=201)
    async def hire(
        body: HireRequest,
        caller: Annotated[Principal, requires("agents:write")],
        tx: Tx,
        clock: Now,
        _once: Idempotent,
    ) -> AgentAnswer:
        caller.check_employer(body.employer)
        agent = await hire_agent(tx, body.to_command(), clock)
        return AgentAnswer.of(agent)

Nobody calls commit(). What waits or streams uses `StrictRoute` (`service_router(route_class=StrictRoute)`) and opens
its own short transactions from `request.app.state.db`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import APIRouter, Depends, Header, Request, params
from fastapi.routing import APIRoute
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from kit.clock import Clock
from kit.crypto import KeyRing
from kit.http import idempotency
from kit.http.auth import authenticate
from kit.http.documents import PROBLEMS, REQUIRED
from kit.http.problem import Problem
from kit.http.query import check_query, parameters_of
from kit.http.strict_json import loads
from kit.http.subject import name_subject, tells_of

if TYPE_CHECKING:
    from rules.book import RuleBook

FIRST_ERROR: Final = 400
Transaction = AbstractAsyncContextManager[AsyncConnection]
Handler = Callable[[Request], Awaitable[Response]]


class _StrictRequest(Request):
    """A request whose JSON is read once, strictly."""

    async def json(self) -> Any:
        if not hasattr(self, "_json"):
            self._json = loads(await self.body())
        return self._json


async def _read_json(request: _StrictRequest) -> None:
    """Parse the body here: a Problem raised inside FastAPI's own reading would become a bare 400."""
    if not await request.body():
        return
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json" and not (kind.startswith("application/") and kind.endswith("+json")):
        raise Problem(
            415,
            "unsupported_media_type",
            "Type de contenu refusé",
            "Unsupported media type",
            detail_fr="Le corps est attendu en application/json.",
            detail_en="The body is expected as application/json.",
        )
    await request.json()


def scopes_of(dependant: Any) -> list[str]:
    """Every scope that an operation needs, through all its dependencies."""
    scopes = list(dependant.own_oauth_scopes or ())
    for dependency in dependant.dependencies:
        scopes += scopes_of(dependency)
    return scopes


class StrictRoute(APIRoute):
    """A route without a transaction of its own, for what waits or streams."""

    def get_route_handler(self) -> Any:
        inner = super().get_route_handler()
        guarded = bool(scopes_of(self.dependant))
        parameters = parameters_of(self.dependant)
        reads_json = self.body_field is not None and not isinstance(self.body_field.field_info, params.Form)
        says_whose = tells_of(self.response_model)

        async def handle(request: Request) -> Response:
            strict = _StrictRequest(request.scope, request.receive)
            if guarded:  # before the body is looked at, so that strangers learn nothing from it
                await authenticate(strict)
            check_query(strict, parameters)
            if reads_json:
                await _read_json(strict)
            response = await self.around(strict, inner)
            name_subject(response, getattr(strict, "_json", None), answered=says_whose)
            return response

        return handle

    async def around(self, request: Request, inner: Handler) -> Response:
        return await inner(request)


class UnitOfWork(StrictRoute):
    """A route whose operation has one transaction, opened on first use with the caller's tenancy."""

    async def around(self, request: Request, inner: Handler) -> Response:
        unit = Unit(request)
        request.state.unit = unit
        try:
            response = await inner(request)
            if unit.once is not None:
                await unit.once.remember(await unit.tx(), response)
        except idempotency.Replay as replay:
            await unit.close(commit=False)
            return replay.response
        except BaseException as error:
            await unit.abandon(error)
            raise
        await unit.close(commit=response.status_code < FIRST_ERROR)
        return response


class _Abandoned(Exception):
    """Makes a transaction roll back without an error to show."""


class Unit:
    """The transaction of one request: opened once, closed by the route."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.once: idempotency.Once | None = None
        self._opened: Transaction | None = None
        self._tx: AsyncConnection | None = None

    async def tx(self) -> AsyncConnection:
        if self._tx is None:
            principal = await authenticate(self.request)
            opened: Transaction = self.request.app.state.db.transaction(principal.tenancy)
            self._tx = await opened.__aenter__()
            self._opened = opened
        return self._tx

    async def close(self, *, commit: bool) -> None:
        if not commit:
            await self.abandon(_Abandoned())
            return
        opened, self._opened = self._opened, None
        if opened is not None:
            await opened.__aexit__(None, None, None)

    async def abandon(self, error: BaseException) -> None:
        """Roll back. The error stays the caller's to raise."""
        opened, self._opened = self._opened, None
        if opened is None:
            return
        try:
            await opened.__aexit__(type(error), error, error.__traceback__)
        except BaseException as raised:
            if raised is not error:
                raise


async def _tx(request: Request) -> AsyncConnection:
    unit: Unit | None = getattr(request.state, "unit", None)
    assert unit is not None, "Tx needs a UnitOfWork route"
    return await unit.tx()


async def _once(
    request: Request,
    key: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            json_schema_extra={REQUIRED: True},
            min_length=1,
            max_length=idempotency.MAX_KEY,
            description="Clé choisie par l'appelant ; un renvoi de la même demande donne la même réponse.",
        ),
    ] = None,
) -> None:
    unit: Unit = request.state.unit
    principal = await authenticate(request)
    unit.once = await idempotency.begin(await unit.tx(), request, principal, key)


def _state(name: str) -> Callable[[Request], Any]:
    def read(request: Request) -> Any:
        return getattr(request.app.state, name)

    return read


Tx = Annotated[AsyncConnection, Depends(_tx)]
Idempotent = Annotated[None, Depends(_once)]
Now = Annotated[Clock, Depends(_state("clock"))]
Crypto = Annotated[KeyRing, Depends(_state("crypto"))]
if TYPE_CHECKING:
    Rules = Annotated[RuleBook, Depends(_state("rules"))]
else:  # kit does not import rules at run time; FastAPI reads only the dependency
    Rules = Annotated[Any, Depends(_state("rules"))]


def service_router(*, route_class: type[StrictRoute] = UnitOfWork, **options: Any) -> APIRouter:
    """A router whose operations are units of work, and whose problems are documented."""
    return APIRouter(route_class=route_class, responses=PROBLEMS, **options)
