"""What to look at in the lines that an import entered: the remarks that a hire answers, by line."""

from __future__ import annotations

from typing import Final

from fastapi import Response

from kit.db import jobs
from kit.http.auth import requires
from kit.http.import_lines import CSV
from kit.http.imports import import_not_found, report
from kit.http.paths import JobId
from kit.http.route import Tx, service_router
from services.eligibility.adapters import import_warnings
from services.eligibility.api.import_agents import AGENTS

router: Final = service_router(tags=["Imports"])


@router.get(
    "/v1/imports/agents/{job}/warnings",
    dependencies=[requires("agents:read")],
    summary="Lignes entrées d'un import, à vérifier",
    response_class=Response,
    responses={200: {"content": {CSV: {"schema": {"type": "string"}}}, "description": "Lignes à vérifier"}},
)
async def warnings(job: JobId, tx: Tx) -> Response:
    """The lines that were entered, or would be, and should be looked at: their number, the field and why."""
    found = await jobs.find(tx, job)
    if found is None or found.kind != AGENTS.name:
        raise import_not_found()
    headers = {"content-disposition": f'attachment; filename="avertissements-{job}.csv"'}
    return Response(report(await import_warnings.of_job(tx, job)), media_type=f"{CSV}; charset=utf-8", headers=headers)
