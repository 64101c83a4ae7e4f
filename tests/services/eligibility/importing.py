"""Files sent to eligibility, and a worker that applies them when told."""

from __future__ import annotations

from typing import Any

import httpx

from kit.db.job_runner import Handler, JobRunner
from tests.services.eligibility.conftest import Eligibility

JSON_LINES = "application/jsonl"
CSV = "text/csv"


def runner(eligibility: Eligibility, **handlers: Handler) -> JobRunner:
    """A worker; `handlers` stand for those of the service."""
    state, database = eligibility.service.app.state, eligibility.database
    return JobRunner(database.worker, database.api, {**state.jobs, **handlers}, eligibility.service.clock)


async def send(
    hris: httpx.AsyncClient, kind: str, content: bytes, media_type: str = JSON_LINES, **query: Any
) -> httpx.Response:
    headers = {"content-type": media_type}
    return await hris.post(f"/v1/imports/{kind}", content=content, headers=headers, params=query)


async def imported(
    eligibility: Eligibility,
    hris: httpx.AsyncClient,
    kind: str,
    content: bytes,
    media_type: str = JSON_LINES,
    **query: Any,
) -> dict[str, Any]:
    """The job of a file, once a worker has applied it."""
    sent = await send(hris, kind, content, media_type, **query)
    assert sent.status_code == 202, sent.text
    worker = runner(eligibility)
    while await worker.step():
        pass
    found: dict[str, Any] = (await hris.get(sent.headers["location"])).json()
    return found


async def refused(hris: httpx.AsyncClient, job: dict[str, Any]) -> list[list[str]]:
    """Line, field and code of each reject."""
    answer = await hris.get(f"/v1/imports/{job['kind']}/{job['id']}/rejects")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    return [line.split(";")[:3] for line in answer.text.splitlines()[1:]]
