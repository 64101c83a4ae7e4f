"""Alive, ready, and measured: what an orchestrator asks, without a token and outside /v1."""

from __future__ import annotations

import asyncio
from typing import Final

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text

from kit.db.database import Scope
from kit.http.problem import Problem

READY_TIMEOUT_S: Final = 3.0
router = APIRouter(include_in_schema=False)


@router.get("/health/live")
async def live() -> dict[str, str]:
    return {"status": "live"}


@router.get("/health/ready")
async def ready(request: Request) -> dict[str, str]:
    """200 when the database answers, has been migrated, and what `app.state.readiness` asks holds; else 503."""
    try:
        async with asyncio.timeout(READY_TIMEOUT_S), request.app.state.db.transaction(Scope.none()) as tx:
            await tx.execute(text("SELECT 1 FROM feed_meta"))
        for check in getattr(request.app.state, "readiness", ()):
            await check()
    except Problem:
        raise
    except Exception as error:
        raise not_ready("La base de données ne répond pas.", "The database does not answer.") from error
    return {"status": "ready"}


def not_ready(detail_fr: str, detail_en: str) -> Problem:
    return Problem(
        503, "not_ready", "Service non prêt", "Service not ready", detail_fr=detail_fr, detail_en=detail_en, retry_in=1
    )


@router.get("/metrics")
async def metrics() -> Response:
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
