"""Every error becomes a problem here, and nowhere else."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.routing import iter_route_contexts
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from kit.db.away import LOST
from kit.errors import RelaisError
from kit.http.database_errors import problem_of_database
from kit.http.problem import Problem
from kit.http.validation import problem_of

_BY_STATUS: Final[dict[int, tuple[str, str, str]]] = {
    400: ("bad_request", "Demande illisible", "Bad request"),
    404: ("not_found", "Ressource introuvable", "Not found"),
    405: ("method_not_allowed", "Méthode non permise", "Method not allowed"),
    413: ("too_large", "Corps trop volumineux", "Body too large"),
    415: ("unsupported_media_type", "Type de contenu refusé", "Unsupported media type"),
}
METHOD_NOT_ALLOWED: Final = 405
Handler = Callable[[Request, Any], Awaitable[Response]]


def install(app: FastAPI) -> None:
    """Give the application the one renderer of errors."""
    handlers: dict[Any, Handler] = {
        Problem: _problem,
        RelaisError: _refusal,
        RequestValidationError: _invalid,
        HTTPException: _http,
        SQLAlchemyError: _database,
        **dict.fromkeys(LOST, _database),
    }
    for kind, handler in handlers.items():
        app.add_exception_handler(kind, handler)


async def _problem(request: Request, problem: Problem) -> Response:
    return problem.response_for(request)


async def _refusal(request: Request, error: RelaisError) -> Response:
    return Problem.of(error).response_for(request)


async def _invalid(request: Request, error: RequestValidationError) -> Response:
    return problem_of(error.errors()).response_for(request)


async def _http(request: Request, error: HTTPException) -> Response:
    code, french, english = _BY_STATUS.get(error.status_code, ("http_error", "Demande refusée", "Request refused"))
    headers = {name.lower(): value for name, value in (error.headers or {}).items()}
    if error.status_code == METHOD_NOT_ALLOWED:
        headers["allow"] = ", ".join(_methods_of(request))
    return Problem(error.status_code, code, french, english, headers=headers).response_for(request)


def _methods_of(request: Request) -> list[str]:
    """The methods of every operation on this path: Starlette's own `Allow` names those of the first only."""
    contexts = iter_route_contexts(request.app.routes)
    here = (c for c in contexts if c.path_regex is not None and c.path_regex.match(request.url.path))
    return sorted({method for context in here for method in context.methods or ()})


async def _database(request: Request, error: Exception) -> Response:
    problem = problem_of_database(error)
    if problem is None:
        raise error  # for the request's span, which reports it
    return problem.response_for(request)
