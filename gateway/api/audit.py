"""`GET /v1/audit`: who read or changed whose file, who administered what, for those who answer for the platform."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from fastapi import Query
from pydantic import AfterValidator, BaseModel
from pydantic_core import PydanticCustomError

from gateway.adapters import audit_trail
from gateway.adapters.audit_trail import Wanted
from gateway.domain.audit import Chained
from kit.http.auth import Principal, requires
from kit.http.route import Tx, service_router
from kit.http.strict_json import UNSTORABLE

Order = Literal["oldest", "newest"]
router = service_router(tags=["Traçabilité"])


def _storable(text: str | None) -> str | None:
    """The text itself. Raises `forbidden_character` for one that no database can be asked for."""
    if text is not None and UNSTORABLE.search(text):
        raise PydanticCustomError("forbidden_character", "{message}", {"message": "Caractère interdit."})
    return text


class AccessAnswer(BaseModel):
    """One entry of the trail. Of a page or a delivery, how many agents it told of: naming the others tells of them."""

    position: int
    at: datetime
    client: str
    acting: str | None
    method: str
    path: str
    query: str
    agent: str | None
    status: int
    purpose: str | None
    trace: str | None
    agents: int
    digest: str

    @classmethod
    def of(cls, one: Chained) -> Self:
        said = {name: getattr(one.entry, name) for name in cls.model_fields.keys() - {"position", "digest"}}
        return cls(**said | {"position": one.position, "digest": one.digest, "agents": len(one.entry.agents)})


class TrailAnswer(BaseModel):
    """`next` is the position to ask the following page after; absent on the last one."""

    items: list[AccessAnswer]
    next: int | None


@router.get("/v1/audit", summary="Qui a lu ou modifié le dossier de qui, et qui a administré quoi")
async def search(
    *,
    _caller: Annotated[Principal, requires("audit:read", tenancy="platform")],
    tx: Tx,
    agent: Annotated[
        UUID | None, Query(description="Accès au dossier de cet agent, et ce qui a été dit de lui.")
    ] = None,
    client: Annotated[
        str | None, Query(max_length=63, description="Accès de ce client."), AfterValidator(_storable)
    ] = None,
    after: Annotated[int, Query(ge=0, le=2**62, description="Position après laquelle lire, dans cet ordre.")] = 0,
    order: Annotated[Order, Query(description="Du plus ancien au plus récent, ou l'inverse.")] = "oldest",
    changes: Annotated[bool, Query(description="Seulement ce qui a changé quelque chose.")] = False,
    limit: Annotated[int, Query(ge=1, le=200, description="Nombre de lignes au plus.")] = 100,
) -> TrailAnswer:
    asked = Wanted(None if agent is None else str(agent), client, order == "newest", changes)
    found = await audit_trail.page(tx, after, limit, asked)
    return TrailAnswer(
        items=[AccessAnswer.of(one) for one in found], next=found[-1].position if len(found) == limit else None
    )
