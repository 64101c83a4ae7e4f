"""The embedded server: fast to start again, ends with its owner, comes back after a kill, asks for its password."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import pytest

from relais.postgres import THROWAWAY, EmbeddedPostgres

ROOT = Path(__file__).resolve().parents[2]
OWNER = """
import sys, time
from pathlib import Path
from relais.postgres import EmbeddedPostgres, THROWAWAY
server = EmbeddedPostgres(Path(sys.argv[1]), settings=THROWAWAY)
server.start()
print(server.pid, server.port, server.moved_from, flush=True)
sys.stdin.read()
server.stop()
"""


@pytest.fixture
def home() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="relais-server-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it does not happen"
        time.sleep(0.01)


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def owner(home: Path, **options: int) -> tuple[subprocess.Popen[str], int, int, str]:
    """A process that owns a server, its server's process and port, and where it was asked to be if elsewhere."""
    process = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(home)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        **options,  # type: ignore[call-overload]  # user, group and extra groups
    )
    assert process.stdout is not None
    pid, port, moved = process.stdout.readline().split(maxsplit=2)
    return process, int(pid), int(port), moved.strip()


async def answer(server: EmbeddedPostgres, query: str) -> object:
    connection = await asyncpg.connect(server.admin_dsn)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


async def test_it_keeps_its_rows_and_starts_again_at_once(home: Path) -> None:
    server = EmbeddedPostgres(home, settings=THROWAWAY)
    with server:
        await answer(server, "SELECT 1; CREATE TABLE kept AS SELECT 42 AS value") if False else None
        connection = await asyncpg.connect(server.admin_dsn)
        await connection.execute("CREATE TABLE kept AS SELECT 42 AS value")
        await connection.close()
    assert server.pid is None
    began = time.monotonic()
    with EmbeddedPostgres(home, settings=THROWAWAY) as again:
        assert time.monotonic() - began < 5
        again.start()
        assert await answer(again, "SELECT value FROM kept") == 42
