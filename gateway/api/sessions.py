"""`/v1/sessions`: who is signed in on the pages, and ending a session."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self

from fastapi import Path, Query, Request, Response

from gateway.adapters import accounts, users
from gateway.api.users import LOGIN, Reads, Writes
from gateway.domain.accounts import Session
from kit.errors import RelaisError
from kit.http.pagination import Page, Paging, paged
from kit.http.route import Now, Tx, service_router
from kit.http.types import Answer, Instant

DIGEST = r"^[0-9a-f]{64}$"
router = service_router(tags=["Personnes"])


class UnknownSession(RelaisError):
    code = "unknown_session"
    title_fr = "Session inconnue"
    title_en = "Unknown session"
    status = 404


class SessionAnswer(Answer):
    """`id` names the session and opens nothing. Not complete: the code of the second factor is still to come."""

    id: str
    login: str
    opened_at: Instant
    seen_at: Instant
    ends_at: Instant
    complete: bool

    @classmethod
    def of(cls, one: Session) -> Self:
        return cls(
            id=one.digest,
            login=one.login,
            opened_at=one.created_at,
            seen_at=one.seen_at,
            ends_at=one.ends_at,
            complete=one.complete,
        )


@router.get("/v1/sessions", summary="Sessions ouvertes, la plus récente d'abord")
async def index(
    *,
    request: Request,
    response: Response,
    page: Paging,
    _caller: Reads,
    tx: Tx,
    clock: Now,
    login: Annotated[str | None, Query(pattern=LOGIN, description="Celles de cette personne.")] = None,
) -> Page[SessionAnswer]:
    after = page.start(lambda at, digest: (datetime.fromisoformat(at), str(digest)))
    found = await users.session_page(tx, login, clock.instant(), after, page.fetch)
    items = [SessionAnswer.of(one) for one in found]
    return paged(request, response, page, items, lambda one: (one.opened_at.isoformat(), one.id))


@router.delete("/v1/sessions/{session}", status_code=204, summary="Fermer une session")
async def end(
    session: Annotated[str, Path(pattern=DIGEST, description="Identifiant de la session.", examples=["0" * 64])],
    _caller: Writes,
    tx: Tx,
) -> None:
    if not await accounts.close_session(tx, session):
        raise UnknownSession
