"""A worker killed by SIGKILL inside a chunk: another one takes the file up, and nothing of it is lost or doubled."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from datetime import timedelta
from typing import Final

import pytest

from kit.crypto import KeyRing
from kit.db import jobs
from kit.db.database import Scope
from kit.db.job_runner import JobRunner
from services.contributions.adapters.dsn import store
from tests.services.client import Service
from tests.services.contributions.conftest import RING
from tests.services.contributions.dsn import files
from tests.services.contributions.facts import CITY, ROOT
from tests.services.contributions.world import World

AGENTS: Final = 12
PATIENCE: Final = 60
PAY: Final = b"".join(
    json.dumps({"employer": CITY, "matricule": f"M{n}", "month": "2025-06", "tib": f"{2000 + n}.00"}).encode() + b"\n"
    for n in range(AGENTS)
)
DSN: Final = files.written(
    *files.sender(),
    *files.declaration(),
    *(line for n in range(AGENTS) for line in files.individual(f"M{n}", files.NIRS[n % 10], files.contribution())),
    *files.trailer(),
)


async def killed_inside_a_chunk(world: World, kind: str, chunks: int) -> None:
    """A process applies chunks, and is killed when it has applied the last of them and not committed it."""
    settings = world.database.settings
    assert settings.worker_database_url is not None
    given = {
        "RELAIS_COMPONENT": "contributions",
        "RELAIS_ROLE": "worker",
        "RELAIS_DATABASE_URL": settings.database_url.get_secret_value(),
        "RELAIS_WORKER_DATABASE_URL": settings.worker_database_url.get_secret_value(),
        "RELAIS_KEY_RING": RING,
        "KIND": kind,
        "CHUNKS": str(chunks),
    }
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.services.contributions.dying_worker"),
        cwd=ROOT,
        env={**os.environ, **given},
        stdout=asyncio.subprocess.PIPE,
    )
    assert child.stdout is not None
    try:
        assert await asyncio.wait_for(child.stdout.readline(), PATIENCE) == b"applied\n"
    finally:
        child.send_signal(signal.SIGKILL)
        await child.wait()


FILES: Final = {"pay": ("application/jsonl", PAY), "dsn": ("text/plain", DSN)}


@pytest.mark.parametrize("kind", FILES)
async def test_a_killed_worker_is_followed_by_another(
    service: Service, world: World, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    media_type, content = FILES[kind]
    await world.members(f"M{n}" for n in range(AGENTS))
    monkeypatch.setattr("kit.http.imports.CHUNK_LINES", max(2, content.count(b"\n") // 6))
    async with service.caller("pay:write", "pay:read", employers=[CITY], client="demo-hris") as client:
        answer = await client.post(f"/v1/imports/{kind}", content=content, headers={"content-type": media_type})
        assert answer.status_code == 202, answer.text
        await killed_inside_a_chunk(world, kind, 3)
        assert (await client.get(answer.headers["location"])).json()["accepted"] > 0
        service.clock.at += jobs.LEASE + timedelta(minutes=1)
        runner = JobRunner(world.database.worker, world.database.api, service.app.state.jobs, service.clock)
        while await runner.step():
            pass
        job = (await client.get(answer.headers["location"])).json()
    assert (job["state"], job["accepted"], job["rejected"]) == ("done", job["lines"], 0)
    if kind == "pay":
        assert len(await world.rows("SELECT * FROM pay_version")) == AGENTS
        assert len(await world.events("pay.recorded")) == AGENTS
    else:
        (row,) = await world.rows("SELECT id, individuals, lines FROM dsn_declaration")
        assert (row["individuals"], row["lines"]) == (AGENTS, content.count(b"\n"))
        async with world.database.api.transaction(Scope.all()) as tx:
            assert await store.raw(tx, row["id"], KeyRing.parse(RING)) == content
